// Package shared finds the vectors and statements that lie beside the checkout,
// for tests.
//
// Specification: README.md, "What you see": tests read them where they are
// present and say clearly that they were skipped where they are not.
//
// In goes a path below ../shared, out comes the file. Where it is missing the
// test is skipped; with SANDOGH_REQUIRE_SHARED=1, as in continuous integration,
// it fails.
//
// What it never does: it copies nothing into the module, and no program
// imports it.
//
// Sources: none.
package shared

import (
	"os"
	"path/filepath"
	"testing"
)

// Path returns the path of a file or folder of ../shared.
func Path(t testing.TB, elem ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(append([]string{filepath.Dir(dir), "shared"}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("SANDOGH_REQUIRE_SHARED") == "1" {
			t.Fatal(err)
		}
		t.Skipf("../shared does not lie beside the checkout: %v", err)
	}
	return path
}

// Read returns a file of ../shared.
func Read(t testing.TB, elem ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(Path(t, elem...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
