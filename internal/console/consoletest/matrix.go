package consoletest

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/console/signin"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store/storetest"
)

var update = flag.Bool("update", false, "write testdata/matrix.txt anew")

// at is the office at which each role has its post in the matrix: in Qom.
var at = map[office.Role]string{office.HQ: "", office.Province: "07", office.County: "07001", office.District: "0700101",
	office.ExecutiveBoard: "07001", office.SupervisoryBoard: "07001", office.GuardianBoard: "07", office.IT: "07", office.Trainer: "07", office.Auditor: "07"}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// Matrix asks for every route of the part as every role, of an object in the
// role's own subtree and of one in another province, and signed out, and compares
// who was let in with testdata/matrix.txt. Objects makes the two objects, and
// returns the value of each placeholder of the paths, by the office in which the
// object lies; it may be nil if no path has one.
//
// A line is: method, path, role: own, foreign. "in" was let in (whatever came
// then), "no" was refused, "out" was led to sign in.
func Matrix(t *testing.T, part func(console.Deps) console.Part, objects func(c *Console, code string) map[string]string) {
	t.Helper()
	db := storetest.SQLite(t)
	var c *Console
	if part == nil { // signin itself, which is always there
		c, part = New(t, db), signin.Part
	} else {
		c = New(t, db, part)
	}
	values := map[string]map[string]string{"own": {}, "foreign": {}}
	if objects != nil {
		values["own"], values["foreign"] = objects(c, "0700101"), objects(c, "0300101")
	}
	clients := map[string]*Client{"nobody": c.SignedOut()}
	order := []string{"nobody"}
	for _, role := range office.Roles {
		clients[string(role)] = c.As(role, at[role])
		order = append(order, string(role))
	}
	var b strings.Builder
	routes, taken := part(c.Deps).Routes, map[string]bool{}
	for _, route := range routes {
		taken[route.Method+" "+route.Path] = true
	}
	for _, route := range routes {
		methods := []string{route.Method}
		if route.Form != nil && route.Method != "GET" && !taken["GET "+route.Path] {
			methods = append(methods, "GET")
		}
		for _, method := range methods {
			for _, who := range order {
				fmt.Fprintf(&b, "%s %s %s:", method, route.Path, who)
				for _, where := range []string{"own", "foreign"} {
					path := placeholder.ReplaceAllStringFunc(route.Path, func(p string) string {
						v, ok := values[where][strings.Trim(p, "{}.$")]
						if !ok && p != "{$}" {
							t.Fatalf("no value for %s of %s", p, route.Path)
						}
						return v
					})
					if who != "nobody" && !clients[who].signedIn() { // the one before was to sign out
						clients[who] = c.As(office.Role(who), at[office.Role(who)])
					}
					b.WriteString(" " + outcome(clients[who], method, path))
				}
				b.WriteByte('\n')
			}
		}
	}
	file := filepath.Join("testdata", "matrix.txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, old := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(old)) {
		var g, o string
		if i < len(got) {
			g = got[i]
		}
		if i < len(old) {
			o = old[i]
		}
		if g != o {
			t.Errorf("line %d of %s is %q, and now %q", i+1, file, o, g)
		}
	}
}

func (cl *Client) signedIn() bool { return cl.Get("/").Status == http.StatusOK }

// outcome asks, and says whether one was let in. A form is sent empty, so that
// nothing is written where fields are required.
func outcome(cl *Client, method, path string) string {
	var r Reply
	if method == "GET" {
		r = cl.Get(path)
	} else {
		r = cl.Post(path, "no-such-field", "1")
	}
	switch {
	case r.Status == http.StatusForbidden:
		return "no"
	case r.Status == http.StatusSeeOther && strings.Contains(r.Header.Get("Location"), "/sign-in"):
		return "out"
	case r.Status >= 500:
		return fmt.Sprint(r.Status)
	}
	return "in"
}
