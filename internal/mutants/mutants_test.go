package main

import (
	"context"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// small returns the program in testdata with its mutants.
func small(t *testing.T) (*module, *checker, []*parsed) {
	t.Helper()
	all, err := goList(context.Background(), "-export", "-deps", "errors", "fmt", "os", "strconv", "strings", "sync/atomic")
	if err != nil {
		t.Fatal(err)
	}
	c := &checker{fset: token.NewFileSet(), path: "small", exports: map[string]string{}}
	for _, p := range all {
		c.exports[p.ImportPath] = p.Export
	}
	files, err := c.find(listed{Dir: filepath.Join("testdata", "small"), GoFiles: []string{"small.go"}})
	if err != nil {
		t.Fatal(err)
	}
	m := &module{}
	m.number("small", files[0])
	return m, c, files
}

// TestEachMutantIsAnotherProgram builds the program with all its mutants once,
// and runs it with each. What it prints tells all of them from it; without one
// it prints what it did.
func TestEachMutantIsAnotherProgram(t *testing.T) {
	m, c, files := small(t)
	if err := c.drop("main", files, len(m.mutants)); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"small.go":   render(files[0].src, 0, len(files[0].src), files[0].sites),
		"support.go": support("main", len(m.mutants)),
		"go.mod":     "module small\n\ngo 1.26\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-buildvcs=false", "-o", "small", ".")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := func(selected string) string {
		cmd := exec.Command(filepath.Join(dir, "small"))
		cmd.Env = append(os.Environ(), variable+"="+selected)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return err.Error()
		}
		return string(out)
	}
	const want = `true false false
true false
6 <nil> too much too much
none
 no name of 1
one
first! <nil>
two
second! <nil>
int 1 string a other 6
2
`
	if got := run(""); got != want {
		t.Fatalf("without a mutant it prints\n%s", got)
	}
	reach := filepath.Join(dir, "reach")
	if got := run("reach:" + reach); got != want {
		t.Fatalf("asked what it reaches it prints\n%s", got)
	}
	data, err := os.ReadFile(reach)
	if err != nil {
		t.Fatal(err)
	}
	reached := strings.Fields(string(data))
	ids := map[string]bool{}
	for _, mu := range m.mutants {
		// What main asks of the others need not be the only way to ask it.
		if !strings.HasSuffix(mu.place, " main") && run(strconv.Itoa(mu.number)) == want {
			t.Errorf("%s prints the same", mu)
		}
		if !slices.Contains(reached, strconv.Itoa(mu.number)) {
			t.Errorf("%s is not reached", mu)
		}
		if ids[mu.id] {
			t.Errorf("two mutants have the id of %s", mu)
		}
		ids[mu.id] = true
	}
	if len(reached) != len(m.mutants) {
		t.Errorf("%d of %d mutants are reached", len(reached), len(m.mutants))
	}
}

// TestWhatIsMutated: one of each kind, and nothing that is only printed.
func TestWhatIsMutated(t *testing.T) {
	m, _, _ := small(t)
	var all []string
	for _, mu := range m.mutants {
		all = append(all, strings.TrimPrefix(mu.place, "small/small.go:")+": "+mu.what)
	}
	for _, want := range []string{
		"15 compare: “a < b” → “a >= b”",
		"15 compare: “a < b” → “a <= b”",
		"18 both: “a && b” → “!(a && b)”",
		"18 both: “a && b” → “(a) || (b)”",
		"19 both: “true” → “!true”",
		"24 sum: “a + b” → “a - b”",
		"27 small: “most” → “(most) + 1”",
		"27 small: “most” → “(most) - 1”",
		"28 small: nil for “errors.New(\"too much\")”",
		"34 name: without “case 1:”",
		"34 name: without “default:”",
		"40 name: nil for “fmt.Errorf(\"no name of %d\", n+1)”",
		"42 name: without “out += \"!\"”",
		"47 kind: without “case string:”",
		"58 count: “c++” → “c--”",
		"59 count: “c += 2” → “c -= 2”",
		"66 main: without “fmt.Println(both(true, true), both(true, false))”",
		"73 main: “!both(false, true)” → “both(false, true)”",
	} {
		if !slices.Contains(all, want) {
			t.Errorf("missing: %s", want)
		}
	}
	for _, text := range all {
		if strings.Contains(text, "“n+1” →") || strings.Contains(text, "“8”") || strings.HasPrefix(text, "11 ") || strings.HasPrefix(text, "13 ") {
			t.Errorf("mutated: %s", text)
		}
	}
}

// TestSample: a sample is the same each time, and within the greater one.
func TestSample(t *testing.T) {
	m, _, _ := small(t)
	ten, again, twenty := sample(m.mutants, "s", 10, ""), sample(m.mutants, "s", 10, ""), sample(m.mutants, "s", 20, "")
	if !slices.Equal(ten, again) || len(ten) != 10 || len(twenty) != 20 {
		t.Fatalf("samples of %d, %d and %d", len(ten), len(again), len(twenty))
	}
	for _, mu := range ten {
		if !slices.Contains(twenty, mu) {
			t.Errorf("%s is not in the greater sample", mu)
		}
	}
	if other := sample(m.mutants, "t", 10, ""); slices.Equal(ten, other) {
		t.Error("another seed gives the same sample")
	}
	if all := sample(m.mutants, "s", 0, ""); len(all) != len(m.mutants) {
		t.Errorf("%d of %d are all", len(all), len(m.mutants))
	}
	if one := sample(m.mutants, "s", 10, "x,"+ten[3].id); len(one) != 1 || one[0] != ten[3] {
		t.Errorf("asked for one: %v", one)
	}
}

// TestResults: what was killed need not be tried again, a survivor must.
func TestResults(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results")
	r, err := openResults(file)
	if err != nil {
		t.Fatal(err)
	}
	for id, verdict := range map[string]string{"0123abcd": "killed by board TestX", "89abcdef": "SURVIVED"} {
		if err := r.note(id, verdict); err != nil {
			t.Fatal(err)
		}
	}
	if r, err = openResults(file); err != nil {
		t.Fatal(err)
	}
	if v, ok := r.killed("0123abcd"); !ok || v != "killed by board TestX" {
		t.Errorf("%q, %v", v, ok)
	}
	for _, id := range []string{"89abcdef", "00000000"} {
		if _, ok := r.killed(id); ok {
			t.Errorf("%s was not killed", id)
		}
	}
	if !isExplained("| `0123abcd` | because |", "0123abcd") || isExplained("0123abcd", "0123abcd") {
		t.Error("what is explained is not told from what is not")
	}
}
