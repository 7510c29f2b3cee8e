package tamper_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/shared"
)

const threats = "../doc/threats.md"

// A threat is one row of doc/threats.md.
type threat struct{ id, stands, what string }

func readThreats(t *testing.T) []threat {
	t.Helper()
	data, err := os.ReadFile(threats)
	if err != nil {
		t.Fatal(err)
	}
	var out []threat
	for line := range strings.Lines(string(data)) {
		if cells := strings.Split(strings.TrimSpace(line), "|"); len(cells) > 1 && threatID.MatchString(cells[1]) {
			if len(cells) != 6 {
				t.Fatalf("row%s has %d cells", cells[1], len(cells)-2)
			}
			out = append(out, threat{strings.TrimSpace(cells[1]), strings.TrimSpace(cells[3]), strings.TrimSpace(cells[4])})
		}
	}
	return out
}

var (
	threatID  = regexp.MustCompile(`^ [A-I][0-9]{2} $`)
	idOfRow   = regexp.MustCompile(`^([A-I][0-9]{2}) `)
	testName  = regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark)[A-Z]\w*`)
	testCited = regexp.MustCompile("`([a-z/]+)\\.((?:Test|Fuzz|Benchmark)[A-Z]\\w*)`")
	rowCited  = regexp.MustCompile(`"([^"]+)"`)
	unbuilt   = regexp.MustCompile(`(?m)^- \*\*([a-z ]+)\*\*:`)
)

// catalogue is how many rows each letter has.
var catalogue = map[byte]int{'A': 20, 'B': 18, 'C': 11, 'D': 19, 'E': 13, 'F': 10, 'G': 11, 'H': 11, 'I': 10}

// TestThreats holds doc/threats.md against the code: it has each id once and in
// order, and the tests and the rows of tables that it names are there.
func TestThreats(t *testing.T) {
	rows := readThreats(t)
	var ids []string
	for _, r := range rows {
		ids = append(ids, r.id)
	}
	var want []string
	for letter := byte('A'); letter <= 'I'; letter++ {
		for n := range catalogue[letter] {
			want = append(want, string(letter)+string(rune('0'+(n+1)/10))+string(rune('0'+(n+1)%10)))
		}
	}
	if !slices.Equal(ids, want) {
		t.Errorf("%d rows for %d ids:\n%s\nwant\n%s", len(ids), len(want), ids, want)
	}

	data, err := os.ReadFile(threats)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(data), "\n## ")
	var words []string // what may stand, and the parts that are not built
	for _, m := range unbuilt.FindAllStringSubmatch(head, -1) {
		words = append(words, m[1])
	}
	states, parts := []string{"test", "replaced", "part", "open", "not built"}, []string(nil)
	for _, w := range words {
		if !slices.Contains(states, w) {
			parts = append(parts, w)
		}
	}
	if len(words) != len(states)+len(parts) || len(parts) == 0 {
		t.Fatalf("the head explains %q", words)
	}

	tests := map[string][]string{} // of a folder
	attacks := attackNames(t)
	for _, r := range rows {
		cites := 0
		for _, m := range testCited.FindAllStringSubmatch(r.what, -1) {
			cites++
			if tests[m[1]] == nil {
				tests[m[1]] = testsIn(t, m[1])
			}
			if !slices.Contains(tests[m[1]], m[2]) {
				t.Errorf("%s: %s has no %s", r.id, m[1], m[2])
			}
		}
		if n := len(testName.FindAllString(r.what, -1)); n != cites {
			t.Errorf("%s: %d of %d tests are named without their folder", r.id, n-cites, n)
		}
		for _, m := range rowCited.FindAllStringSubmatch(r.what, -1) {
			cites++
			if !attacks[m[1]] {
				t.Errorf("%s: no row of a table is %q", r.id, m[1])
			}
		}
		switch r.stands {
		case "test", "replaced", "part":
			if cites == 0 && !strings.Contains(r.what, "`.ci/run`") {
				t.Errorf("%s: names no test", r.id)
			}
			// A part that is missing is one of those that the head explains.
			if r.stands == "part" && !strings.Contains(r.what, "not ") && !strings.Contains(r.what, "SECURITY.md") &&
				!slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(r.what, ": "+p) }) {
				t.Errorf("%s: does not say what is missing", r.id)
			}
		case "open":
			if !strings.Contains(r.what, "SECURITY.md") {
				t.Errorf("%s: does not say where that is admitted", r.id)
			}
		case "not built":
			for part := range strings.SplitSeq(strings.SplitN(r.what, ";", 2)[0], ", ") {
				if !slices.Contains(parts, part) {
					t.Errorf("%s: %q is no part that the head explains", r.id, part)
				}
			}
		default:
			t.Errorf("%s: stands %q", r.id, r.stands)
		}
	}

	// Whatever carries an id is a test of that row.
	for name := range attacks {
		m := idOfRow.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		i := slices.IndexFunc(rows, func(r threat) bool { return r.id == m[1] })
		if i < 0 || rows[i].stands == "not built" {
			t.Errorf("%q is tested, and the page does not know it", name)
		}
	}

	t.Run("catalogue", func(t *testing.T) {
		var shares []string
		for _, m := range regexp.MustCompile(`(?m)^\| ([A-I][0-9]{2}) \|`).FindAllStringSubmatch(string(shared.Read(t, "design", "threats.md")), -1) {
			shares = append(shares, m[1])
		}
		if !slices.Equal(shares, want) {
			t.Errorf("the catalogue has %s", shares)
		}
	})
}

// attackNames returns the names of the rows of this package's tables: the first
// string of every composite literal.
func attackNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	eachTestFile(t, ".", func(f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			if c, ok := n.(*ast.CompositeLit); ok && len(c.Elts) >= 4 {
				if s, ok := c.Elts[0].(*ast.BasicLit); ok && s.Kind == token.STRING {
					if name, err := strconv.Unquote(s.Value); err == nil {
						names[name] = true
					}
				}
			}
			return true
		})
	})
	return names
}

// testsIn returns the tests of a folder of the module.
func testsIn(t *testing.T, folder string) []string {
	t.Helper()
	if folder == "sandogh" {
		folder = "."
	}
	names := []string{}
	eachTestFile(t, filepath.Join("..", folder), func(f *ast.File) {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				names = append(names, fn.Name.Name)
			}
		}
	})
	return names
}

func eachTestFile(t *testing.T, folder string, do func(*ast.File)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		do(f)
	}
}
