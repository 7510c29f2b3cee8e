package console_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/console/people"
	"github.com/sandogh/sandogh/internal/console/setup"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/web"
)

// failing is a part whose routes fail in every way.
func failing(console.Deps) console.Part {
	text := web.Text{"آزمون", "Test"}
	route := func(path string, err error) console.Route {
		return console.Route{Method: "GET", Path: "/fail/" + path, Power: office.Own, Summary: text, Do: func(*console.Request) (console.Answer, error) { return nil, err }}
	}
	return console.Part{Name: "failing", Routes: []console.Route{
		route("full", fmt.Errorf("write: %w", store.ErrFull)), route("gone", store.ErrUnavailable), route("broken", errors.New("secret of the machine")),
		route("refused", &console.Refused{Text: "نه", Article: "ماده ۳۳", Date: console.ISODay("2026-05-01")}),
		{Method: "GET", Path: "/fail/panic", Power: office.Own, Summary: text, Do: func(*console.Request) (console.Answer, error) { panic("secret of the machine") }},
		{Method: "POST", Path: "/fail/form", Power: office.Own, Summary: text, Form: &console.Form{Fields: []console.Field{
			{Name: "n", Kind: console.Number, Label: text, Min: 1, Max: 9000}, {Name: "d", Kind: console.Day, Label: text}, {Name: "t", Kind: console.Line, Label: text, Max: 5},
			{Name: "c", Kind: console.Choice, Label: text, Choices: console.Items("a", text)}, {Name: "k", Kind: console.Check, Label: text}}},
			Do: func(r *console.Request) (console.Answer, error) {
				return console.Redirect{Path: "/", Value: []string{r.Values.Get("n"), r.Values.Get("d"), r.Values.Get("t"), r.Values.Get("c"), r.Values.Get("k")}}, nil
			}},
		{Method: "GET", Path: "/fail/list", Power: office.Own, Summary: text, Query: []console.Field{{Name: "since", Kind: console.Day, Label: text}}, Do: func(*console.Request) (console.Answer, error) {
			l := console.List{Whole: true, Search: "x", Columns: []console.Column{{Key: "a", Label: text, Sort: true}, {Key: "n", Label: text, Kind: console.Numbers, Sort: true}, {Key: "d", Label: text, Kind: console.Days}}}
			for i, s := range []string{"=1+1", "+1", "-1", "@x", "\tx", "\rx", "پرویز", "ژاله", "آرش", `a"b`} {
				l.Rows = append(l.Rows, console.Row{Cells: []any{s, -i, "2026-05-01"}})
			}
			return l, nil
		}},
	}}
}

func TestFailures(t *testing.T) {
	c := consoletest.New(t, storetest.SQLite(t), failing)
	cl := c.As(office.Province, "07")
	for path, want := range map[string]struct {
		status int
		text   string
	}{
		"full": {507, "دیسک پر است"}, "gone": {503, "پاسخ نمی‌دهد"}, "broken": {500, "نیمه‌کاره"}, "panic": {500, "نیمه‌کاره"}, "refused": {409, "ماده ۳۳"},
	} {
		r := cl.Get("/fail/" + path).Is(want.status).Has(want.text)
		if strings.Contains(r.Body, "secret of the machine") || strings.Contains(r.Body, "goroutine") {
			t.Errorf("%s tells what is inside", path)
		}
		cl.Get("/en/fail/" + path).Is(want.status).Has(`lang="en"`)
	}
	if !strings.Contains(c.Log.String(), "secret of the machine") {
		t.Error("the log does not say what went wrong")
	}
	cl.Get("/nothing").Is(404)
	for _, path := range []string{"/static/x/../../route.go", "/static/x/..%2f..%2froute.go", "/people/../../etc/passwd", "/static/x/%2e%2e%2fconsole.css"} {
		if r := cl.Get(path); r.Status == 200 || strings.Contains(r.Body, "package console") {
			t.Errorf("%s: %d", path, r.Status)
		}
	}
	cl.Do("DELETE", "/fail/form", "", nil).Is(405)
}

// TestForm: any digits, one form for JSON and HTML, faults of all fields at once.
func TestForm(t *testing.T) {
	c := consoletest.New(t, storetest.SQLite(t), failing)
	cl := c.As(office.Province, "07")
	cl.JSON = true
	for _, day := range []string{"1405/2/11", "۱۴۰۵/۰۲/۱۱", "١٤٠٥-٢-١١", "2026-05-01"} {
		cl.Post("/fail/form", "n", "۱٬۲۳۴", "d", day, "t", " علي ", "c", "a", "k", "on").Is(200).Has(`["1234","2026-05-01","علي","a","1"]`)
	}
	cl.PostJSON("/fail/form", map[string]any{"n": 7, "k": true}).Is(200).Has(`["7","","","","1"]`)
	cl.Post("/fail/form", "n", "0", "d", "1405/12/31", "t", "ششتایی", "c", "b", "k", "maybe").Is(422).
		Has(`"field":"n"`).Has(`"field":"d"`).Has(`"field":"t"`).Has(`"field":"c"`).Has(`"field":"k"`)
	cl.PostJSON("/fail/form", map[string]any{"other": 1}).Is(400)
	cl.PostJSON("/fail/form", map[string]any{"n": map[string]int{}}).Is(400)
	cl.Do("POST", "/fail/form", "application/json", strings.NewReader("{")).Is(400)
	cl.Do("POST", "/fail/form", "text/plain", strings.NewReader("n=1")).Is(400)
	cl.Do("POST", "/fail/form", "application/x-www-form-urlencoded", strings.NewReader("t="+strings.Repeat("x", 2<<20))).Is(413)
	cl.Do("POST", "/fail/form", "application/x-www-form-urlencoded", strings.NewReader("t=%00")).Is(422)
}

func TestList(t *testing.T) {
	c := consoletest.New(t, storetest.SQLite(t), failing)
	cl := c.As(office.Province, "07")
	r := cl.Get("/fail/list?format=csv").Is(200).Has("\ufeff").Has("1405-02-11,2026-05-01")
	for _, cell := range []string{"\n'=1+1,", "\n'+1,", "\n'-1,", "\n'@x,", "\n'\tx,", "\n\"'x\",", ",-3,"} { // encoding/csv drops a lone \r
		r.Has(cell)
	}
	body := cl.Get("/fail/list?sort=a").Is(200).Has(`aria-sort="ascending"`).Body
	if !(strings.Index(body, "آرش") < strings.Index(body, "پرویز") && strings.Index(body, "پرویز") < strings.Index(body, "ژاله")) {
		t.Error("not in the order of a Persian dictionary")
	}
	body = cl.Get("/fail/list?q=" + "%DA%98%D8%A7%D9%84%D9%87").Is(200).Body
	if strings.Contains(body, "پرویز") || !strings.Contains(body, "ژاله") {
		t.Error("the search does not find, or finds everything")
	}
	// A filter that is none is told, with what was entered; a program is refused.
	cl.Get("/fail/list?since=1405/13/1").Is(200).Has(`id="since-fault"`).Has(`value="1405/13/1"`).Has("پرویز")
	if strings.Contains(cl.Get("/fail/list?since=1405/2/1").Is(200).Body, "since-fault") {
		t.Error("a day is called none")
	}
	cl.Get("/fail/list?since=x&format=csv").Is(422)
	cl.JSON = true
	cl.Get("/fail/list?since=x").Is(422).Has(`"field":"since"`)
}

// TestCSRF: what another site sends is not done.
func TestCSRF(t *testing.T) {
	c := consoletest.New(t, storetest.SQLite(t), people.Part)
	cl := c.As(office.Province, "07")
	for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
		cl.Header = http.Header{header: {value}}
		cl.Post("/people/new", "name", "نفوذی", "office", "07").Is(403).Has("جای دیگری")
	}
	cl.Header = nil
	if strings.Contains(cl.Get("/people?q=%D9%86%D9%81%D9%88%D8%B0%DB%8C").Body, "/people/a") {
		t.Error("it was done")
	}
	cl.Post("/people/new", "name", "نفوذی", "office", "07").Is(303)
}

// TestHeaders: the policy is on every page, and no page breaks it.
func TestHeaders(t *testing.T) {
	c := consoletest.New(t, storetest.SQLite(t), people.Part, setup.Part)
	cl := c.As(office.HQ, "")
	inline := regexp.MustCompile(`(?i)<script(?:[^>]*)>[^<]|<style|\sstyle=|\son[a-z]+=|href="javascript:|(?:src|href)="(?:https?:)?//`)
	for _, path := range []string{"/", "/en/", "/people", "/people/new", "/audit", "/approvals", "/offices", "/setup", "/account", "/nothing"} {
		r := cl.Get(path)
		if got := r.Header.Get("Content-Security-Policy"); got != console.Policy {
			t.Errorf("%s: policy %q", path, got)
		}
		if m := inline.FindString(r.Body); m != "" {
			t.Errorf("%s: %q", path, m)
		}
	}
}

// TestVendored pins what was taken from others.
func TestVendored(t *testing.T) {
	for name, want := range map[string]string{
		"htmx.js": "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717", "vazirmatn.woff2": "84a382e46c30fb4f73d0e3800c16d0af15888e2731e57fa5f93e2c29a2c6a957", "vazirmatn-latin.woff2": "d29c041cd4294af893cf3c01dfab6d47202c667ab55d702f68782599918c651d",
	} {
		b, err := os.ReadFile("static/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if h := sha256.Sum256(b); hex.EncodeToString(h[:]) != want {
			t.Errorf("%s is %x", name, h)
		}
	}
	sheet, err := os.ReadFile("static/console.css")
	if err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`(?m)\b(left|right|margin-top|margin-bottom|padding-top|padding-bottom)\b`).FindAll(sheet, -1); len(m) > 0 {
		t.Errorf("the style sheet has directions of the page: %q", m)
	}
}

// TestTemplates: no text stands in a template, and no part has a word without a
// use or a language.
func TestTemplates(t *testing.T) {
	d := console.Deps{}
	for _, p := range []console.Part{people.Part(d), setup.Part(d)} {
		consoletest.Words(t, p)
	}
	own := os.DirFS("templates")
	names, _ := fs.Glob(own, "*.html")
	for _, name := range names {
		b, err := fs.ReadFile(own, name)
		if err != nil {
			t.Fatal(err)
		}
		b = regexp.MustCompile(`(?m)^\{\{define "attrs"\}\}.*$`).ReplaceAll(b, nil) // the inside of a tag
		if text := consoletest.Literal(b); text != "" {
			t.Errorf("%s has the text %q", name, text)
		}
	}
}

func TestOpenAPI(t *testing.T) {
	c := consoletest.New(t, storetest.SQLite(t), people.Part, setup.Part)
	var doc struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			OperationID string                     `json:"operationId"`
			Responses   map[string]json.RawMessage `json:"responses"`
			Parameters  []struct{ Name, In string }
		}
		Components map[string]map[string]json.RawMessage
	}
	c.As(office.HQ, "").Get("/api/openapi.json").Is(200).Decode(&doc)
	ids, n := map[string]bool{}, 0
	for path, ops := range doc.Paths {
		for method, op := range ops {
			n++
			if ids[op.OperationID] || len(op.Responses) == 0 {
				t.Errorf("%s %s: operation %q", method, path, op.OperationID)
			}
			ids[op.OperationID] = true
			for _, m := range regexp.MustCompile(`\{([^}]+)\}`).FindAllStringSubmatch(path, -1) {
				found := false
				for _, p := range op.Parameters {
					found = found || p.In == "path" && p.Name == m[1]
				}
				if !found {
					t.Errorf("%s %s does not describe {%s}", method, path, m[1])
				}
			}
		}
	}
	if doc.OpenAPI != "3.1.0" || n != len(c.Server.Routes()) {
		t.Errorf("OpenAPI %s describes %d of %d routes", doc.OpenAPI, n, len(c.Server.Routes()))
	}
	var refs bytes.Buffer
	for _, ops := range doc.Paths {
		for _, op := range ops {
			for _, r := range op.Responses {
				refs.Write(r)
			}
		}
	}
	for _, m := range regexp.MustCompile(`#/components/responses/(\w+)`).FindAllSubmatch(refs.Bytes(), -1) {
		if doc.Components["responses"][string(m[1])] == nil {
			t.Errorf("no response %s", m[1])
		}
	}
}

// TestDatabaseGone: when the database goes away in the middle, the page says so, and
// nothing half-written stays.
func TestDatabaseGone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, people.Part)
		cl := c.As(office.Province, "07")
		before, err := db.StateHash(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		cancelled, cancel := context.WithCancel(context.Background())
		err = db.Tx(cancelled, func(tx *store.Tx) error {
			if _, err := office.AddPerson(cancelled, tx, c.Now(), c.Root, office.Person{Name: "نیمه", Office: "07"}); err != nil {
				return err
			}
			cancel() // the one who asked is gone
			_, err := tx.ExecContext(cancelled, "SELECT 1")
			return err
		})
		if err == nil {
			t.Error("a broken transaction was committed")
		}
		if after, err := db.StateHash(context.Background()); err != nil || after != before {
			t.Errorf("something half-written stays, %v", err)
		}
		db.Close()
		cl.Get("/people").Is(http.StatusServiceUnavailable)
	})
}
