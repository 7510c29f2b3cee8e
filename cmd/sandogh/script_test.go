package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"sandogh": func() { interrupt(); os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs testdata/script. "exits N command…" wants an exact exit
// status; "flip FILE N" changes one bit of a byte; "pack DIR FILE"
// zips what DIR/record or DIR holds; [shared] is true where
// ../shared is present, and $SHARED names it. Those of witnesses are in
// witness_script_test.go, those of bodies in bodies_script_test.go.
func TestScripts(t *testing.T) {
	shared, err := filepath.Abs(filepath.Join("..", "..", "..", "shared"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(shared); err != nil && os.Getenv("SANDOGH_REQUIRE_SHARED") == "1" {
		t.Fatal(err)
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("SHARED", shared)
			e.Setenv("ROOT", root)
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond == "shared" {
				_, err := os.Stat(shared)
				return err == nil, nil
			}
			return false, os.ErrInvalid
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":             exits,
			"example-witnesses": exampleWitnesses,
			"publish-log":       publishLog,
			"serving":           serving,
			"end":               end,
			"only-file":         onlyFile,
			"pack":              pack,
			"flip":              flip,
			"keep":              keep,
			"fill":              fill,
			"carry":             carry,
			"each":              each,
			"killed":            killed,
		},
	})
}
