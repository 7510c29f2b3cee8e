package sandogh_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/sandogh/sandogh"

// A layer says what a package may import. Paths are relative to the module. A
// path that ends in "/..." stands for everything below it.
type layer struct {
	pkg   string
	may   []string // packages of this module
	third []string // modules of others
	not   []string // packages of the standard library, besides those of its group
}

// Groups of the table. Secrecy is an import rule too: see meets.
var (
	mathematics = []string{"crypto/group", "crypto/transcript", "crypto/elgamal", "crypto/zkp", "crypto/shuffle", "crypto/threshold"}
	lawful      = []string{"law", "strictjson", "apportion", "election", "count"} // not ballot: who checks holds no plaintext
	public      = slices.Concat(mathematics, lawful, []string{"record", "board"})
	checks      = []string{"verify/report", "verify/source", "verify/branchlog", "verify/unit", "verify/outcome", "verify"}
	checked     = slices.Concat(public, checks)
	acts        = []string{"keyceremony", "encrypt", "mix", "decrypt", "tally", "canvass"}
	root        = slices.Concat(checked, acts, []string{"ballot", "calendar", "spec"})
	shell       = []string{"calendar", "internal/persian", "internal/web", "internal/store", "internal/store/officedb", "internal/office", "internal/identity"}
	tools       = []string{"internal/durable", "internal/journal", "internal/roll", "internal/sequencer", "internal/witness", "internal/body", "internal/identity", "internal/printing", "internal/printing/device", "internal/web", "internal/persian"}
)

// The layers, from the bottom up. A package that is not here may not be.
var layers = []layer{
	{pkg: ".", may: nil},
	{pkg: "spec", may: nil},

	{pkg: "crypto/group", third: []string{"filippo.io/nistec", "filippo.io/bigmod",
		"github.com/consensys/gnark-crypto/ecc",
		"github.com/consensys/gnark-crypto/ecc/secp256r1", "github.com/consensys/gnark-crypto/ecc/secp256r1/..."}},
	{pkg: "crypto/transcript", may: []string{"crypto/group"}},
	{pkg: "crypto/elgamal", may: []string{"crypto/group"}},
	{pkg: "crypto/zkp", may: []string{"crypto/group", "crypto/transcript", "crypto/elgamal"}},
	{pkg: "crypto/shuffle", may: []string{"crypto/group", "crypto/elgamal"}},
	{pkg: "crypto/threshold", may: []string{"crypto/group", "crypto/transcript", "crypto/elgamal", "crypto/zkp"}},

	{pkg: "law", may: []string{"spec"}},
	{pkg: "strictjson"},
	{pkg: "apportion", not: []string{"crypto", "crypto/..."}},
	{pkg: "election", may: []string{"law", "spec", "strictjson", "apportion"}, third: []string{"github.com/fxamacker/cbor/v2"}},
	{pkg: "ballot", may: []string{"law", "election"}, not: []string{"encoding/json"}},
	{pkg: "count", may: []string{"law", "election", "apportion"}, not: []string{"crypto", "crypto/..."}},
	{pkg: "calendar", may: []string{"law", "election"}},

	{pkg: "record", third: []string{"github.com/fxamacker/cbor/v2", "golang.org/x/mod/sumdb/tlog"}},
	{pkg: "board", third: []string{"golang.org/x/mod/sumdb/note", "golang.org/x/mod/sumdb/tlog"}},
	{pkg: "verify/report"},
	{pkg: "verify/source", may: []string{"record", "board", "verify/report"}},
	{pkg: "verify/branchlog", may: slices.Concat(mathematics, []string{"election", "record", "board", "verify/report", "verify/source"}),
		third: []string{"golang.org/x/mod/sumdb/tlog"}},
	{pkg: "verify/unit", may: slices.Concat(mathematics, []string{"election", "record", "verify/report", "verify/source", "verify/branchlog"})},
	{pkg: "verify/outcome", may: []string{"election", "count", "record", "verify/report", "verify/source", "verify/branchlog", "verify/unit"}},
	{pkg: "verify", may: slices.Concat(public, []string{"verify/report", "verify/source", "verify/branchlog", "verify/unit", "verify/outcome"})},

	{pkg: "keyceremony", may: checked},
	{pkg: "encrypt", may: slices.Concat(checked, []string{"ballot"}), third: []string{"golang.org/x/mod/sumdb/tlog"}},
	{pkg: "mix", may: checked},
	{pkg: "decrypt", may: checked},
	{pkg: "tally", may: checked},
	{pkg: "canvass", may: checked},

	{pkg: "internal/durable", third: []string{"golang.org/x/sys/unix"}},
	{pkg: "internal/journal", may: []string{"internal/durable"}},
	{pkg: "internal/typed"}, // also in browsers
	{pkg: "internal/persian", third: []string{"golang.org/x/text/collate", "golang.org/x/text/language", "golang.org/x/text/unicode/norm"}},
	{pkg: "internal/planner", may: []string{"calendar"}, not: []string{"os", "os/...", "net", "net/...", "time", "database/..."}},
	{pkg: "internal/planner/iran", may: []string{"internal/persian", "internal/planner"}},
	{pkg: "internal/shared"},                                     // for tests
	{pkg: "internal/mutants", may: []string{"internal/durable"}}, // for those who work on tests
	{pkg: "internal/remote"},
	{pkg: "internal/mirror", may: []string{"internal/durable", "internal/remote", "election", "record", "board"}, third: []string{"golang.org/x/mod/sumdb/tlog"}},
	{pkg: "internal/roll", may: []string{"calendar", "election", "internal/persian"}},
	{pkg: "internal/roll/marks", may: []string{"election", "internal/durable", "internal/journal", "internal/roll"}},
	{pkg: "internal/roll/central", may: []string{"election", "internal/durable", "internal/journal", "internal/roll", "internal/roll/marks"}},
	{pkg: "internal/sequencer", may: []string{"internal/durable", "board"}, third: []string{"golang.org/x/mod/sumdb/note",
		"golang.org/x/mod/sumdb/tlog", "github.com/transparency-dev/tessera", "github.com/transparency-dev/tessera/...", "k8s.io/klog/v2"}},
	{pkg: "internal/witness", may: []string{"internal/durable", "strictjson", "board"}, third: []string{"golang.org/x/mod/sumdb/note"}},
	{pkg: "internal/store", third: []string{"github.com/jackc/pgx/v5", "github.com/jackc/pgx/v5/...", "github.com/pressly/goose/v3",
		"modernc.org/sqlite", "modernc.org/sqlite/..."}},
	{pkg: "internal/store/officedb"},
	{pkg: "internal/store/identitydb"},
	{pkg: "internal/store/trainingdb"},
	{pkg: "internal/store/lessonsdb"},
	{pkg: "internal/store/outreachdb"},
	{pkg: "internal/store/agendadb"},
	{pkg: "internal/store/readinessdb"},
	{pkg: "internal/store/storetest", may: []string{"internal/store"}}, // for tests
	{pkg: "internal/office", may: []string{"internal/persian", "internal/store", "internal/store/officedb"}},
	{pkg: "internal/agenda", may: []string{"calendar", "internal/store", "internal/store/agendadb", "internal/office"}},
	{pkg: "internal/identity", may: []string{"internal/durable", "internal/persian", "internal/store", "internal/store/identitydb"},
		third: []string{"golang.org/x/crypto/argon2", "golang.org/x/text/unicode/norm", "github.com/pquerna/otp", "github.com/pquerna/otp/...",
			"github.com/go-webauthn/webauthn/..."}},
	{pkg: "internal/body", may: []string{"internal/durable", "internal/sequencer", "strictjson", "election", "record", "board"}, third: []string{"filippo.io/age"}},
	{pkg: "internal/printing/shape", third: []string{"github.com/go-text/typesetting/di", "github.com/go-text/typesetting/font", "github.com/go-text/typesetting/font/opentype",
		"github.com/go-text/typesetting/language", "github.com/go-text/typesetting/segmenter", "github.com/go-text/typesetting/shaping",
		"golang.org/x/image/math/fixed", "golang.org/x/text/unicode/bidi"}},
	{pkg: "internal/printing", may: []string{"internal/persian", "internal/printing/shape"}, third: []string{"github.com/skip2/go-qrcode", "golang.org/x/image/vector"}},
	{pkg: "internal/activation", may: []string{"election", "internal/persian", "internal/printing"}},
	{pkg: "internal/printing/device", may: []string{"internal/durable", "internal/printing"}},
	{pkg: "internal/reader", third: []string{"golang.org/x/sys/unix"}},
	{pkg: "internal/web", may: []string{"internal/durable", "law", "election", "record", "internal/typed"}},
	{pkg: "internal/web/page", may: []string{"internal/web"}},
	{pkg: "internal/schematest", may: []string{"spec"}, third: []string{"github.com/santhosh-tekuri/jsonschema/v6"}},
	{pkg: "internal/web/webtest", third: []string{"github.com/chromedp/chromedp"}},

	{pkg: "internal/training/certificate"},
	{pkg: "internal/training/door"},
	{pkg: "internal/training/mail", may: []string{"internal/durable"}},
	{pkg: "internal/training", may: []string{"law", "calendar", "internal/durable", "internal/persian", "internal/store", "internal/store/officedb",
		"internal/store/trainingdb", "internal/office", "internal/printing", "internal/training/certificate", "internal/training/door"}},
	{pkg: "internal/training/courier", may: []string{"internal/store", "internal/store/trainingdb", "internal/office", "internal/training", "internal/training/mail"}},
	{pkg: "internal/training/intake", may: []string{"internal/persian", "internal/store", "internal/store/officedb", "internal/store/trainingdb", "internal/office", "internal/training"}},
	{pkg: "internal/training/history", may: []string{"internal/persian", "internal/store", "internal/store/officedb", "internal/store/trainingdb", "internal/office", "internal/training/intake"}},
	{pkg: "internal/training/programme", may: []string{"calendar", "internal/persian", "internal/planner", "internal/planner/iran", "internal/store",
		"internal/store/officedb", "internal/store/trainingdb", "internal/office", "internal/printing", "internal/training"}},
	{pkg: "internal/sample", may: []string{"law", "calendar", "internal/planner", "internal/store", "internal/store/officedb", "internal/store/trainingdb", "internal/office",
		"internal/training", "internal/training/certificate", "internal/training/programme"}},
	{pkg: "internal/lessons", may: []string{"internal/persian", "internal/store", "internal/store/officedb", "internal/store/lessonsdb", "internal/store/trainingdb", "internal/office"}},
	{pkg: "internal/outreach", may: []string{"internal/persian", "internal/store", "internal/store/officedb", "internal/store/outreachdb", "internal/office"}},

	// The offices' console: a shell, and a part for each area.
	{pkg: "internal/console/table", may: []string{"calendar", "internal/persian", "internal/web", "internal/office"}},
	{pkg: "internal/console/show", may: []string{"calendar", "internal/web", "internal/office", "internal/console/table"}},
	{pkg: "internal/console/entry", may: []string{"calendar", "internal/persian", "internal/store"}},
	{pkg: "internal/console/openapi"},
	{pkg: "internal/console/lookup", may: []string{"internal/persian", "internal/store", "internal/store/officedb", "internal/office"}},
	{pkg: "internal/console/cookie", may: []string{"internal/identity"}},
	{pkg: "internal/console/wording", may: []string{"internal/web"}},
	{pkg: "internal/console", may: slices.Concat(shell, []string{"internal/console/table", "internal/web/page", "internal/console/show", "internal/console/entry", "internal/console/openapi",
		"internal/console/lookup", "internal/console/cookie", "internal/console/wording"})},
	{pkg: "internal/console/signin", may: slices.Concat(shell, []string{"internal/console", "internal/store/identitydb"}),
		third: []string{"github.com/skip2/go-qrcode", "github.com/go-webauthn/webauthn/..."}},
	{pkg: "internal/console/setup", may: slices.Concat(shell, []string{"internal/console", "internal/sample"})},
	{pkg: "internal/console/people", may: slices.Concat(shell, []string{"internal/console", "internal/training/mail"})},
	{pkg: "internal/console/drawing", may: []string{"internal/planner/iran", "internal/web"}},
	{pkg: "internal/console/training", may: slices.Concat(shell, []string{"internal/console", "internal/console/drawing", "internal/planner", "internal/planner/iran",
		"internal/store/trainingdb", "internal/training", "internal/training/history", "internal/training/intake", "internal/training/programme"})},
	{pkg: "internal/console/courses", may: slices.Concat(shell, []string{"internal/console", "internal/console/training", "internal/store/trainingdb", "internal/training"})},
	{pkg: "internal/console/sessions", may: slices.Concat(shell, []string{"internal/console", "internal/console/training", "internal/console/courses", "internal/store/trainingdb",
		"internal/training", "internal/training/certificate", "internal/training/courier"}),
		third: []string{"github.com/skip2/go-qrcode"}},
	{pkg: "internal/console/venues", may: slices.Concat(shell, []string{"internal/console", "internal/store/trainingdb", "internal/training/programme"})},
	{pkg: "internal/readiness", may: []string{"law", "calendar", "internal/store", "internal/store/readinessdb", "internal/office", "internal/agenda", "internal/training"}},
	{pkg: "internal/console/readiness", may: slices.Concat(shell, []string{"internal/printing", "internal/agenda", "internal/training", "internal/readiness", "internal/console"})},
	{pkg: "internal/console/agenda", may: slices.Concat(shell, []string{"law", "internal/store/agendadb", "internal/store/lessonsdb", "internal/agenda", "internal/console"})},
	{pkg: "internal/console/lessons", may: slices.Concat(shell, []string{"internal/console", "internal/console/drawing", "internal/lessons",
		"internal/store/lessonsdb", "internal/store/trainingdb"})},
	{pkg: "internal/console/review", may: slices.Concat(shell, []string{"internal/console", "internal/console/lessons", "internal/lessons", "internal/printing",
		"internal/store/lessonsdb", "internal/store/trainingdb"})},
	{pkg: "internal/console/outreach", may: slices.Concat(shell, []string{"internal/console", "internal/console/drawing", "internal/outreach", "internal/store/outreachdb"})},
	{pkg: "internal/console/consoletest", may: slices.Concat(shell, []string{"internal/console", "internal/console/signin", "internal/store/identitydb", "internal/store/storetest", "internal/web/webtest"}),
		third: []string{"github.com/chromedp/chromedp"}}, // for tests

	// The branch's machine: a shell, and a part for each area. The desk alone meets
	// the roll.
	{pkg: "internal/branch", may: []string{"election", "record", "internal/web", "internal/web/page"}},

	// The machines never import one another; they meet in the record's bytes.
	{pkg: "internal/station/book", may: []string{"election", "record", "verify/branchlog"}},
	{pkg: "internal/station", may: slices.Concat(checked, without(tools, "internal/roll"), []string{"internal/station/book"})},
	{pkg: "internal/branch/press", may: []string{"internal/printing", "internal/printing/device", "internal/web", "internal/branch"}},
	{pkg: "internal/branch/desk", may: []string{"election", "internal/durable", "internal/persian", "internal/printing", "internal/reader", "internal/roll", "internal/roll/marks", "internal/web", "internal/branch", "internal/branch/press"}},
	{pkg: "internal/branch/daybook", may: []string{"internal/durable", "internal/journal"}},
	{pkg: "internal/branch/papers", may: []string{"election", "record", "internal/printing", "internal/web", "internal/branch/daybook"}},
	{pkg: "internal/branch/officer", may: []string{"election", "record", "internal/durable", "internal/printing", "internal/web",
		"internal/station", "internal/branch", "internal/branch/daybook", "internal/branch/papers", "internal/branch/press"}},
	{pkg: "internal/handover", may: []string{"strictjson", "election", "board", "internal/durable"}},
	{pkg: "internal/branch/link", may: []string{"strictjson", "record", "internal/station"}},
	{pkg: "internal/hq", may: slices.Concat(checked, []string{"keyceremony", "tally", "canvass"}, tools)},
	// The voting device: the voter's session as a model, what it prints, its pages
	// in a process of their own, and the process that outlives them.
	{pkg: "internal/terminal", may: []string{"election", "ballot", "internal/persian", "internal/web"}},
	{pkg: "internal/terminal/card", may: []string{"election", "record", "internal/web", "internal/printing", "internal/printing/device", "internal/terminal"}},
	{pkg: "internal/terminal/screen", may: []string{"election", "internal/web", "internal/terminal"}},
	{pkg: "internal/terminal/vault", may: []string{"crypto/group", "crypto/elgamal", "strictjson", "election", "record", "encrypt", "internal/durable"}},
	{pkg: "internal/terminal/voter", may: []string{"ballot", "record", "encrypt", "internal/durable", "internal/printing", "internal/printing/device", "internal/web",
		"internal/terminal", "internal/terminal/card", "internal/terminal/screen", "internal/terminal/vault"}},
	{pkg: "internal/terminal/kiosk", may: []string{"election", "record", "encrypt", "internal/persian", "internal/printing/device", "internal/reader", "internal/web",
		"internal/terminal", "internal/terminal/screen", "internal/terminal/vault", "internal/terminal/voter"}},
	{pkg: "internal/terminal/practice", may: []string{"election", "internal/printing", "internal/web", "internal/terminal", "internal/terminal/card", "internal/terminal/screen"}},
	{pkg: "internal/nomination", may: slices.Concat(lawful, tools)},
	{pkg: "internal/drafting", may: slices.Concat(lawful, []string{"calendar", "internal/persian"})},
	{pkg: "internal/site/lookup", may: []string{"election", "record", "board", "internal/typed"}},
	{pkg: "internal/site/check", may: slices.Concat(checked, []string{"internal/typed", "internal/site/lookup"})}, // also in browsers
	{pkg: "internal/site/agents", may: []string{"election", "internal/typed"}},
	{pkg: "internal/site/wasm/p256"},
	{pkg: "internal/site/wasm"},
	{pkg: "internal/site/frame", may: []string{"election", "internal/web"}},
	{pkg: "internal/site/results", may: []string{"election", "count", "record", "board", "verify", "verify/report"}},
	{pkg: "internal/site/verifier", may: slices.Concat(checked, []string{"internal/typed", "internal/web", "internal/site/frame", "internal/site/lookup",
		"internal/site/check", "internal/site/agents", "internal/site/wasm", "internal/site/results", "internal/remote"})},
	{pkg: "internal/site/country", may: []string{"election", "record", "verify/report", "internal/persian", "internal/planner/iran", "internal/site/results"}},
	{pkg: "internal/site/find", may: []string{"election", "internal/persian"}},
	{pkg: "internal/site/assets", may: []string{"election", "strictjson"}},
	{pkg: "internal/site/cdf", may: []string{"election", "count", "verify/report", "internal/site/results"}},
	{pkg: "internal/site/tables", may: []string{"election", "count", "verify/report", "internal/site/results"}},
	{pkg: "internal/site/wording", may: []string{"internal/web"}},
	{pkg: "internal/site/layout", may: []string{"election", "internal/web", "internal/site/results", "internal/site/frame"}},
	{pkg: "internal/site/data", may: []string{"election", "internal/web", "internal/site/results", "internal/site/frame", "internal/site/assets", "internal/site/cdf",
		"internal/site/tables", "internal/site/layout"}},
	{pkg: "internal/site/pages", may: []string{"internal/site/wording", "internal/site/layout", "internal/site/data", "law", "calendar", "election", "count", "record", "verify/report", "internal/console/drawing", "internal/planner/iran", "internal/web",
		"internal/site/results", "internal/site/frame", "internal/site/find", "internal/site/assets"}},
	{pkg: "internal/site/publish", may: []string{"internal/durable", "internal/site/tables", "internal/site/results", "internal/site/frame", "internal/site/pages"}},
	{pkg: "internal/site/server", may: []string{"internal/web", "internal/site/frame", "internal/site/pages"}},
	{pkg: "internal/site", may: slices.Concat(checked, []string{"canvass", "calendar"}, without(tools, "internal/roll"), []string{"internal/site/results", "internal/site/frame",
		"internal/site/assets", "internal/site/pages", "internal/site/publish", "internal/site/server"})},
	// Invented voters, and an election of them in which one process plays every
	// part: the only machine that reaches all acts.
	{pkg: "internal/simulate", may: slices.Concat(lawful, []string{"ballot", "record"})},
	{pkg: "internal/rehearsal", may: slices.Concat(root, without(tools, "internal/roll"),
		[]string{"internal/station", "internal/activation", "internal/terminal", "internal/hq", "internal/simulate"})},
	{pkg: "internal/totals", may: slices.Concat(lawful, []string{"record"})},
	// What people are told of it.
	{pkg: "internal/demo", may: slices.Concat(checked, tools, []string{"internal/rehearsal", "internal/simulate", "internal/site", "internal/site/lookup", "internal/site/verifier", "internal/site/wasm"})},

	{pkg: "cmd/sandogh", may: []string{"..."}, third: []string{"github.com/alecthomas/kong", "golang.org/x/term"}},
	{pkg: "cmd/sandogh-wasm", may: []string{"internal/site/check"}},
	{pkg: "internal/console/stories"}, // tests only
	{pkg: "tamper"},                   // tests only
}

// meets are packages that nothing but the command may reach together, however
// far: who has voted, and what was voted.
var meets = [][2]string{
	{"internal/roll", "ballot"}, {"internal/roll", "encrypt"}, {"internal/roll", "decrypt"},
}

// within reports whether the path is one of the patterns.
func within(path string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		under, tree := strings.CutSuffix(p, "...")
		return p == path || tree && strings.HasPrefix(path, under)
	})
}

func without(paths []string, not string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return p == not })
}

// isRoot reports whether the package is one that others may import.
func isRoot(pkg string) bool {
	return !within(pkg, []string{"internal/...", "cmd/...", "tamper"})
}

// forbidden returns the packages of the standard library that a package may not
// use.
func forbidden(l layer) []string {
	not := slices.Clone(l.not)
	if l.pkg != "internal/simulate" && l.pkg != "internal/rehearsal" { // what invented voters choose and do
		not = append(not, "math/rand", "math/rand/v2")
	}
	if isRoot(l.pkg) { // pure: files and networks are handed in by those who call
		not = append(not, "os", "os/...", "net", "net/...", "database/...", "log", "plugin", "syscall", "testing", "testing/...", "unsafe")
	}
	if within(l.pkg, []string{"crypto/..."}) {
		not = append(not, "time")
	}
	return not
}

// wrong returns what is wrong with an import, or nothing.
func wrong(pkg, imported string) string {
	i := slices.IndexFunc(layers, func(l layer) bool { return l.pkg == pkg })
	if i < 0 {
		return "package " + pkg + " is not in the table of layers"
	}
	l := layers[i]
	first, _, _ := strings.Cut(imported, "/")
	switch own, ok := strings.CutPrefix(imported, module); {
	case ok:
		own = strings.TrimPrefix(own, "/")
		if isRoot(pkg) && strings.HasPrefix(own, "internal") {
			return pkg + " imports " + own + ": what is public imports no machine"
		}
		if !within(own, l.may) {
			return pkg + " imports " + own + ": not a layer below it"
		}
	case strings.Contains(first, "."):
		if !within(imported, l.third) {
			return pkg + " imports " + imported + ": not on the list of modules of others"
		}
	case imported == "C" || within(imported, forbidden(l)):
		return pkg + " imports " + imported + ": forbidden here"
	}
	return ""
}

// together returns the packages that reach both of a pair that may not meet.
func together(imports map[string][]string) []string {
	var reach func(pkg string, seen map[string]bool) map[string]bool
	reach = func(pkg string, seen map[string]bool) map[string]bool {
		if !seen[pkg] {
			seen[pkg] = true
			for _, next := range imports[pkg] {
				reach(next, seen)
			}
		}
		return seen
	}
	var out []string
	for pkg := range imports {
		seen := reach(pkg, map[string]bool{})
		for _, m := range meets {
			if pkg != "cmd/sandogh" && seen[m[0]] && seen[m[1]] {
				out = append(out, pkg+" reaches both "+m[0]+" and "+m[1])
			}
		}
	}
	return out
}

// loose returns the uses of log/slog in a file that are not the redaction of a
// secret: what is public logs nothing.
func loose(f *ast.File) []string {
	redaction := []string{"Value", "LogValuer", "StringValue"}
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "slog" && !slices.Contains(redaction, s.Sel.Name) {
				out = append(out, "slog."+s.Sel.Name)
			}
		}
		return true
	})
	return out
}

func TestLayers(t *testing.T) {
	imports := map[string][]string{}
	files := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != "." && (name[0] == '.' || name[0] == '_' || name == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files++
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(filepath.Dir(path))
		imports[pkg] = imports[pkg][:len(imports[pkg]):len(imports[pkg])]
		if !slices.ContainsFunc(layers, func(l layer) bool { return l.pkg == pkg }) {
			t.Errorf("%s: package %s is not in the table of layers", path, pkg)
		}
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if text := wrong(pkg, imported); text != "" {
				t.Errorf("%s: %s", path, text)
			}
			if own, ok := strings.CutPrefix(imported, module+"/"); ok {
				imports[pkg] = append(imports[pkg], own)
			}
			if imported == "log/slog" && isRoot(pkg) {
				if spec.Name != nil {
					t.Errorf("%s: log/slog has another name here", path)
				}
				for _, use := range loose(f) {
					t.Errorf("%s: %s: log/slog is for redaction only here", path, use)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range together(imports) {
		t.Error(text)
	}
	// A walk that found nothing proves nothing.
	if len(imports["verify"]) == 0 || files < 50 {
		t.Errorf("only %d files in %d packages were read", files, len(imports))
	}
}

// TestLayersTable: what the table allows leads down only, and so never round.
func TestLayersTable(t *testing.T) {
	place := map[string]int{}
	for i, l := range layers {
		if _, ok := place[l.pkg]; ok {
			t.Errorf("%s is in the table twice", l.pkg)
		}
		place[l.pkg] = i
	}
	for i, l := range layers {
		for _, p := range l.may {
			if strings.HasSuffix(p, "...") {
				continue
			}
			if j, ok := place[p]; !ok || j >= i {
				t.Errorf("%s may import %s, which is not above it in the table", l.pkg, p)
			}
		}
	}
	for i, a := range acts {
		for _, b := range acts {
			if wrong(a, module+"/"+b) == "" {
				t.Errorf("act %s may import act %s", acts[i], b)
			}
		}
	}
}

// TestLayersCanFail feeds the checks imports that must be refused.
func TestLayersCanFail(t *testing.T) {
	for _, c := range []struct{ pkg, imported string }{
		{"crypto/group", module + "/election"},
		{"crypto/elgamal", module + "/crypto/zkp"},
		{"crypto/elgamal", "filippo.io/nistec"},
		{"crypto/zkp", "github.com/consensys/gnark-crypto/ecc/secp256r1"},
		{"crypto/shuffle", "os"},
		{"crypto/shuffle", "time"},
		{"crypto/threshold", "net/http"},
		{"crypto/zkp", "math/rand"},
		{"crypto/zkp", "math/rand/v2"},
		{"count", "crypto/sha256"},
		{"count", module + "/crypto/group"},
		{"count", module + "/ballot"},
		{"election", module + "/record"},
		{"ballot", "github.com/fxamacker/cbor/v2"},
		{"ballot", "encoding/json"},
		{"record", "os"},
		{"record", module + "/verify"},
		{"record", module + "/internal/durable"},
		{"board", "net"},
		{"board", "os"},
		{"board", module + "/record"},
		{"verify", "os"},
		{"verify", "net/http"},
		{"verify", module + "/mix"},
		{"verify", module + "/ballot"},
		{"verify", module + "/internal/sequencer"},
		{"verify/source", module + "/crypto/group"},
		{"verify/branchlog", module + "/verify/unit"},
		{"verify/unit", module + "/verify"},
		{"verify/unit", module + "/count"},
		{"mix", module + "/decrypt"},
		{"encrypt", module + "/internal/roll"},
		{"canvass", "log"},
		{"canvass", "math/rand"},
		{"tally", "database/sql"},
		{"mix", "github.com/transparency-dev/tessera"},
		{"mix", "C"},
		{"internal/station", module + "/internal/hq"},
		{"internal/hq", module + "/internal/station"},
		{"internal/terminal", module + "/internal/roll"},
		{"internal/station", module + "/encrypt"},
		{"internal/hq", module + "/internal/rehearsal"},
		{"internal/rehearsal", module + "/internal/roll"},
		{"internal/simulate", module + "/encrypt"},
		{"internal/witness", "github.com/transparency-dev/tessera"},
		{"internal/durable", module + "/record"},
		{"internal/sequencer", "math/rand"},
		{"cmd/sandogh", "math/rand/v2"},
		{"cmd/sandogh", "github.com/someone/something"},
		{"util", "fmt"},
		{"crypto/rsa", "fmt"},
		{"verify", module},
	} {
		if wrong(c.pkg, c.imported) == "" {
			t.Errorf("%s may import %s", c.pkg, c.imported)
		}
	}
	for _, c := range []struct{ pkg, imported string }{ // and does not refuse everything
		{"crypto/group", "filippo.io/nistec"}, {"verify", module + "/board"}, {"encrypt", module + "/ballot"},
		{"internal/durable", "os"}, {"internal/simulate", "math/rand/v2"}, {"cmd/sandogh", module + "/internal/hq"},
		{"internal/sequencer", "github.com/transparency-dev/tessera/storage/posix"}, {"count", "fmt"},
	} {
		if text := wrong(c.pkg, c.imported); text != "" {
			t.Error(text)
		}
	}

	met := together(map[string][]string{
		"cmd/sandogh":      {"internal/roll", "ballot"},
		"internal/station": {"internal/roll", "verify"},
		"internal/hq":      {"internal/roll", "verify", "count"},
		"count":            {"ballot"},
	})
	if !slices.Equal(met, []string{"internal/hq reaches both internal/roll and ballot"}) {
		t.Errorf("who meets is %q", met)
	}

	f, err := parser.ParseFile(token.NewFileSet(), "x.go", `package x
import "log/slog"
func (T) LogValue() slog.Value { return slog.StringValue("[REDACTED]") }
func f() { slog.Info("voted", "for", 7) }`, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := loose(f); !slices.Equal(got, []string{"slog.Info"}) {
		t.Errorf("loose uses of log/slog are %q", got)
	}
}

// TestMap: the map names every package of the root by its folder.
func TestMap(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range root {
		if _, err := os.Stat(pkg); err != nil {
			continue // it has no user yet
		}
		if last := filepath.Base(pkg); !strings.Contains(string(text), last) {
			t.Errorf("doc.go does not name package %s", pkg)
		}
	}
}
