package encrypt_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/cryptotest"

	"github.com/sandogh/sandogh/ballot"
)

// steered are the functions whose blocks may run more or less often with what
// is chosen, by file; all of a file where none is named.
var steered = map[string][]string{
	"crypto/group/table.go":    nil,                              // variable time: what is public, or masked already
	"crypto/group/variable.go": nil,                              // the same
	"crypto/group/element.go":  {"AppendBytes", "DecodeElement"}, // the sign of a public element
	"encrypt/encrypt.go":       {"codes"},                        // what a challenge reveals
}

// TestSealingRunsTheSameBlocks seals ballots in a build that counts how often
// each basic block of our code runs: from the device to the group not one count
// depends on what is chosen, but where it may. That is no measurement of time,
// and says nothing of what a processor or a module of others does with the
// values; it finds every branch and loop of ours that a selection steers. D16.
func TestSealingRunsTheSameBlocks(t *testing.T) {
	const choice = "ENCRYPT_TEST_CHOICE"
	if text := os.Getenv(choice); text != "" {
		sealOne(t, text)
		return
	}
	if testing.Short() {
		t.Skip("builds a test binary that counts")
	}
	dir := t.TempDir()
	bin := filepath.Join(dir, "counting")
	const module = "github.com/sandogh/sandogh/"
	build := exec.Command("go", "test", "-c", "-o", bin, "-covermode=count", "-coverpkg="+module+"encrypt,"+module+"crypto/...", ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	counts := func(codes string) map[string]string {
		profile := filepath.Join(dir, "profile")
		run := exec.Command(bin, "-test.run=^"+t.Name()+"$", "-test.coverprofile="+profile)
		run.Env = append(os.Environ(), choice+"="+codes)
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("seal: %v\n%s", err, out)
		}
		data, err := os.ReadFile(profile)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for line := range strings.Lines(string(data)) { // file:line.column,line.column statements count
			if at := strings.LastIndexByte(line, ' '); strings.Contains(line, ".go:") {
				out[strings.TrimPrefix(line[:at], module)] = strings.TrimSpace(line[at:])
			}
		}
		return out
	}
	// One vote among three candidates, and five among ten.
	const first = `[[1],[1,2,3,4,5]]`
	base := counts(first)
	ran := 0
	for _, n := range base {
		if n != "0" {
			ran++
		}
	}
	if ran < 200 {
		t.Fatalf("only %d blocks ran", ran)
	}
	may := steeredLines(t)
	seen := map[string]bool{} // that counts differ where they may
	for _, codes := range []string{`[[],[]]`, `[[3],[10]]`, `[[2],[2,4,7]]`, `[[],[10,9,8,7,6]]`} {
		for block, n := range counts(codes) {
			file, rest, _ := strings.Cut(block, ":")
			before, _, _ := strings.Cut(rest, ".")
			line, err := strconv.Atoi(before)
			switch {
			case err != nil:
				t.Fatalf("a block of the profile is %q", block)
			case base[block] == n:
			case may(file, line):
				seen[file] = true
			default:
				t.Errorf("%s: %s runs %s times, and %s times for %s", codes, block, n, base[block], first)
			}
		}
	}
	if len(seen) != len(steered) { // or the counts tell nothing
		t.Errorf("counts differ in %v, and may in %d files", seen, len(steered))
	}
}

// steeredLines returns whether a line belongs to one of the steered functions.
func steeredLines(t *testing.T) func(file string, line int) bool {
	type span struct{ from, to int }
	spans := map[string][]span{}
	for file, names := range steered {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, filepath.Join("..", file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && (names == nil || slices.Contains(names, fn.Name.Name)) {
				spans[file] = append(spans[file], span{fset.Position(fn.Pos()).Line, fset.Position(fn.End()).Line})
			}
		}
	}
	return func(file string, line int) bool {
		return slices.ContainsFunc(spans[file], func(s span) bool { return s.from <= line && line <= s.to })
	}
}

// sealOne seals and challenges a ballot on a device that has the same
// randomness each time.
func sealOne(t *testing.T, choice string) {
	cryptotest.SetGlobalRandom(t, 1)
	var codes [][]int
	if err := json.Unmarshal([]byte(choice), &codes); err != nil {
		t.Fatal(err)
	}
	device, def, _ := setting(t, 2)
	style, err := def.StyleOf(def.Branches[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	var all []ballot.Selections
	for i, c := range style.Contests {
		all = append(all, ballot.Selections{Contest: c.ID, Codes: codes[i]})
	}
	b, err := ballot.New(style, all)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := device.Seal(b); err != nil {
		t.Fatal(err)
	}
	if _, err := device.Challenge(0); err != nil {
		t.Fatal(err)
	}
}
