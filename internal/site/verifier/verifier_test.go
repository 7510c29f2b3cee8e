package verifier_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/internal/remote"
	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/site/lookup"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/internal/site/verifier"
	"github.com/sandogh/sandogh/internal/site/wasm"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// vector returns a record of spec/vectors in memory.
func vector(t testing.TB, name string) fstest.MapFS {
	t.Helper()
	z, err := zip.OpenReader(filepath.Join("..", "..", "..", "spec", "vectors", "record", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	return load(t, z)
}

func load(t testing.TB, fsys fs.FS) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(fsys, name)
		out[name] = &fstest.MapFile{Data: b, Mode: 0o444}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// site is the pages of this part with what they need of the others.
type site struct {
	record fstest.MapFS // as it is served, after any change
	view   *verify.View
	table  *lookup.Table
	files  map[string][]byte
	mux    *http.ServeMux
}

// newSite makes the site of a record. What is served of the record can then be
// changed without the pages knowing.
func newSite(t testing.TB, record fstest.MapFS, module *wasm.Module, served bool) *site {
	t.Helper()
	rep, view := verify.Record(context.Background(), record, verify.Options{})
	if view == nil {
		t.Fatal("the record has no definition")
	}
	e, err := results.FromRecord(record, rep, view, false)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{record: record, view: view, table: lookup.New(view.Election(), view.Definition()), files: map[string][]byte{}, mux: http.NewServeMux()}
	if err := s.table.Refresh(context.Background(), record); err != nil {
		t.Fatal(err)
	}
	part, err := verifier.New(verifier.Config{Election: e, Record: record, Table: s.table, Module: module, Site: "https://site.example",
		Frame: &frame.Frame{Name: view.Definition().Name, Served: served}})
	if err != nil {
		t.Fatal(err)
	}
	err = part.Files(func(f frame.File) error {
		if s.files[f.Path] != nil {
			return fmt.Errorf("%s is there twice", f.Path)
		}
		s.files[f.Path] = f.Data
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if served {
		part.Handle(s.mux)
	} else {
		s.mux.Handle("/raw/", http.StripPrefix("/raw", remote.Handler(s.record)))
	}
	if err := web.Assets(s.mux); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{".html": "text/html; charset=utf-8", ".js": "text/javascript", ".gz": "application/gzip", ".json": "application/json", ".txt": "text/plain; charset=utf-8"}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		b, ok := s.files[strings.TrimPrefix(r.URL.Path, "/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", kinds[path.Ext(r.URL.Path)])
		_, _ = w.Write(b)
	})
	return s
}

// code returns the code of a ballot that ended so.
func (s *site) code(t testing.TB, kind string) lookup.Place {
	t.Helper()
	for _, p := range s.table.Find("") {
		if p.Kind == kind {
			return p
		}
	}
	t.Fatalf("no ballot is %s", kind)
	return lookup.Place{}
}

var built = sync.OnceValues(func() (*wasm.Module, error) {
	return wasm.Build(context.Background(), filepath.Join("..", "..", ".."))
})

// module is the verifier for browsers, built once.
func module(t testing.TB) *wasm.Module {
	t.Helper()
	m, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (s *site) get(t testing.TB, address string) (int, http.Header, string) {
	t.Helper()
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
	b, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, w.Header(), string(b)
}

// TestPages: what the pages weigh, and which of them allow what.
func TestPages(t *testing.T) {
	m := &wasm.Module{Wasm: []byte("\x00asm\x01\x00\x00\x00"), Script: []byte("// none\n")}
	with, without := newSite(t, vector(t, "good/certified-01.zip"), m, false), newSite(t, vector(t, "good/certified-01.zip"), nil, true)
	for _, lang := range []string{"", "en/"} {
		for _, name := range []string{"code", "check", "verify", "parties"} {
			page := string(with.files[lang+name+".html"])
			if page == "" || len(page) > 60<<10 {
				t.Errorf("%s%s.html has %d bytes", lang, name, len(page))
			}
			computing := name == "code" || name == "check"
			if got := strings.Contains(page, "wasm-unsafe-eval"); got != computing {
				t.Errorf("%s%s.html allows WebAssembly: %v", lang, name, got)
			}
			if strings.Contains(page, "unsafe-inline") || strings.Contains(page, "<script>") || strings.Contains(page, "http://") || strings.Contains(strings.ReplaceAll(page, "https://site.example", ""), "https://") {
				t.Errorf("%s%s.html has a script of its own or asks somebody else", lang, name)
			}
			if strings.Contains(string(without.files[lang+name+".html"]), "<script") {
				t.Errorf("%s%s.html has a script without a verifier", lang, name)
			}
		}
	}
	if page := string(with.files["en/verify.html"]); strings.Count(page, `<li id="V`) != len(report.IDs()) || !strings.Contains(page, "sandogh mirror https://site.example/raw record --election "+fmt.Sprintf("%x", with.view.Election())) {
		t.Error("the page on verifying lacks checks or the command")
	}
	if page := string(with.files["verify.html"]); !strings.Contains(page, "رأیی که دو بار شمرده شود") {
		t.Error("the Persian page on verifying lacks what the checks protect from")
	}
	if page := string(with.files["en/code.html"]); !strings.Contains(page, "1 kilobytes") {
		t.Error("the page does not say how much is downloaded")
	}
}

// TestWithoutScript: the server answers the look-up by itself.
func TestWithoutScript(t *testing.T) {
	s := newSite(t, vector(t, "good/certified-01.zip"), nil, true)
	for _, kind := range []string{"cast", "spoiled", "challenged"} {
		p := s.code(t, kind)
		for _, typed := range []string{p.Code, strings.ToLower(p.Code[:8]), p.Code[:4] + "-" + p.Code[4:12]} {
			status, header, page := s.get(t, "/en/code?code="+typed)
			if status != 200 || !strings.Contains(page, "Found: this sealed ballot") || !strings.Contains(page, "c2sp.org/tlog-proof@v1") {
				t.Errorf("%s %s: %d", kind, typed, status)
			}
			if header.Get("Cache-Control") != "no-store" || header.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("%v", header)
			}
			if (kind == "challenged") != strings.Contains(page, "Selections on the challenged ballot") {
				t.Errorf("%s: what is revealed", kind)
			}
			if strings.Contains(page, fmt.Sprintf("entry %d", p.Entry)) {
				t.Error("the page tells where in the log the ballot stands")
			}
		}
	}
	for typed, want := range map[string]int{"": 400, "ABC": 400, "00000000": 404, "!!": 400, strings.Repeat("A", 5000): 400, "%3Cscript%3Ealert(1)%3C/script%3E": 400} {
		status, _, page := s.get(t, "/code?code="+typed)
		if status != want || strings.Contains(page, "<script>alert") || len(page) > 60<<10 {
			t.Errorf("%.40q: %d, want %d", typed, status, want)
		}
	}
	// The table says so, and the record does not.
	p := s.code(t, "cast")
	for name, f := range s.record {
		if strings.Contains(name, "tile/entries") && strings.HasPrefix(name, "branch/") {
			f.Data = bytes.Clone(f.Data)
			f.Data[len(f.Data)/2] ^= 1
		}
	}
	if status, _, page := s.get(t, "/en/code?code="+p.Code); status != 500 || !strings.Contains(page, "contradicts what is signed") {
		t.Errorf("with a changed log: %d", status)
	}
	for name := range s.record {
		if strings.HasPrefix(name, "branch/") && strings.Contains(name, "tile") {
			delete(s.record, name)
		}
	}
	if status, _, page := s.get(t, "/en/code?code="+p.Code); status != 500 || !strings.Contains(page, "cannot be told now") {
		t.Errorf("with a missing log: %d", status)
	}
}

// TestParties: counts of agents through the form.
func TestParties(t *testing.T) {
	s := newSite(t, vector(t, "good/certified-01.zip"), nil, true)
	def := s.view.Definition()
	var right strings.Builder
	right.WriteString("branch,contest,candidate,votes\n")
	for _, c := range def.Contests {
		units, err := s.view.Units(c.ID)
		if err != nil || len(units) != 1 || len(units[0].Branches) != 1 {
			t.Fatalf("%v, %v", units, err)
		}
		counts, _, err := s.view.Opened(c.ID, units[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range c.Candidates {
			fmt.Fprintf(&right, "%s,%s,%s,%d\n", units[0].Branches[0], c.ID, x.ID, counts[i])
		}
	}
	post := func(file string) (int, string) {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		w, err := m.CreateFormFile("file", "counts.csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, file); err != nil {
			t.Fatal(err)
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/en/parties", &b)
		r.Header.Set("Content-Type", m.FormDataContentType())
		rec := httptest.NewRecorder()
		s.mux.ServeHTTP(rec, r)
		return rec.Code, rec.Body.String()
	}
	if status, page := post(right.String()); status != 200 || !strings.Contains(page, `class="answer good"`) || !strings.Contains(page, "different: 0") {
		t.Errorf("right counts: %d\n%s", status, page)
	}
	wrong := right.String()[:strings.LastIndexByte(right.String(), ',')] + ",77\nnowhere,x,y,z\n"
	if status, page := post(wrong); status != 200 || !strings.Contains(page, "different: 1") || !strings.Contains(page, "line ") || !strings.Contains(page, "+") {
		t.Errorf("wrong counts: %d\n%s", status, page)
	}
	for _, file := range []string{"", "a,b\n", "<script>alert(1)</script>", strings.Repeat("x", 9<<20)} {
		if status, page := post(file); status != 400 || strings.Contains(page, "<script>alert") {
			t.Errorf("%.20q: %d", file, status)
		}
	}
}
