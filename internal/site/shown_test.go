package site_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sandogh/sandogh/internal/site"
	"github.com/sandogh/sandogh/internal/site/assets"
	"github.com/sandogh/sandogh/internal/site/country"
	"github.com/sandogh/sandogh/internal/site/publish"
)

// TestWithheld: before the lawful moment no number of votes is anywhere.
func TestWithheld(t *testing.T) {
	h := elected(t)
	s, err := site.New(site.Config{Record: h.record, Report: h.report, View: h.view, Withheld: true, Now: time.Date(2026, 5, 1, 20, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	_, page := get(t, s, "/en/contest/council.html")
	want(t, "contest", page, "The lawful moment of results has not come")
	wantNot(t, "contest", page, "Elected (seats", `class="bar`, "Ballots: 13")
	_, front := get(t, s, "/en/")
	want(t, "front", front, "The lawful moment of results has not come")
	_, data := get(t, s, "/contest/council.json")
	wantNot(t, "data", data, `"votes"`, `"elected"`, `"steps":[{`)
	if _, table := get(t, s, "/contest/council.csv"); strings.Count(table, "\n") != 1 {
		t.Errorf("the table has %s", table)
	}
	if status, _ := get(t, s, "/contest/council/unit/101.html"); status != http.StatusNotFound {
		t.Errorf("a unit has status %d", status)
	}
	// The moment comes.
	if err := s.Refresh(site.Config{Record: h.record, Report: h.report, View: h.view, Now: time.Date(2026, 5, 1, 22, 0, 0, 0, time.UTC)}); err != nil {
		t.Fatal(err)
	}
	_, page = get(t, s, "/en/contest/council.html")
	want(t, "contest", page, "Elected (seats: 2)", "Certified", "since", "01:30")
}

// signed is a folder of assets that headquarters has signed.
func signed(t *testing.T, h held) fstest.MapFS {
	t.Helper()
	f := fstest.MapFS{"photo/first.jpg": {Data: []byte(picture)}, "minutes/101/page.pdf": {Data: []byte("minutes")},
		"turnout/day.csv": {Data: []byte("branch,until,voters\n101,09:00,2\n101,12:00,6\n101,18:00,9\n102,12:00,3\n")}}
	list, err := assets.Collect(f, h.view.Election())
	if err != nil {
		t.Fatal(err)
	}
	f[assets.ListName] = &fstest.MapFile{Data: list}
	f[assets.SignatureName] = &fstest.MapFile{Data: assets.Sign(h.view.Election(), list, "hq", keys.Signing("office/hq"))}
	return f
}

// TestAssets: photographs, minutes and turnout stand beside the numbers, and
// turnout in steps of no fewer than the unit.
func TestAssets(t *testing.T) {
	h := elected(t)
	a, err := assets.Read(signed(t, h), h.view.Definition(), h.view.Election())
	if err != nil {
		t.Fatal(err)
	}
	s, err := site.New(site.Config{Record: h.record, Report: h.report, View: h.view, Assets: a})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(picture))
	photo := "/asset/" + hex.EncodeToString(sum[:]) + ".jpg"
	_, page := get(t, s, "/en/contest/council.html")
	want(t, "contest", page, `<img src="`+photo+`" alt=""`, "Turnout by hour", "Headquarters")
	_, branch := get(t, s, "/en/branch/101.html")
	want(t, "branch", branch, ".pdf", "Turnout by hour", "18:00")
	wantNot(t, "branch", branch, "09:00", "12:00") // the unit is of five
	_, other := get(t, s, "/en/branch/102.html")
	wantNot(t, "branch", other, "Turnout by hour") // three persons in all
	if status, body := get(t, s, photo); status != http.StatusOK || body != picture {
		t.Errorf("the photograph: %d, %q", status, body)
	}
	if status, _ := get(t, s, "/asset/assets.json"); status != http.StatusNotFound {
		t.Errorf("what is not of the list: %d", status)
	}
}

// TestBuild: the files of a record are built once, again without a change, and in
// red when the record is wrong.
// TestBuildLarge: the report of all contests is written after the pages, follows
// the state that was built last, and no build takes it away.
func TestBuildLarge(t *testing.T) {
	c := country.New(9, country.Scale{Counties: 4, Rural: 4, Cities: 4, Villages: 4, Branches: 20})
	dir := filepath.Join(t.TempDir(), "site")
	b, err := site.NewBuilder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := b.BuildLarge(); err != nil {
		t.Fatal(err)
	}
	n := len(c.Definition.Contests)
	for i, state := range []country.State{{}, {Closed: n, Opened: 1}, {Closed: n, Opened: n}} {
		if _, err := b.Build(site.Config{Invented: c.At(state)}, nil); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, "all.err.json"))
		if i == 0 && !errors.Is(err, fs.ErrNotExist) || i > 0 && err != nil {
			t.Fatalf("before it is written: %v", err)
		}
		if err := b.BuildLarge(); err != nil {
			t.Fatal(err)
		}
		next, err := os.ReadFile(filepath.Join(dir, "all.err.json"))
		if status := []string{"pre-election", "unofficial-partial", "unofficial-complete"}[i]; err != nil || string(next) == string(data) || !strings.Contains(string(next), `"Status":"`+status+`"`) {
			t.Errorf("%v, %.300s", err, next)
		}
	}
}

func TestBuild(t *testing.T) {
	h := elected(t)
	dir := filepath.Join(t.TempDir(), "site")
	b, err := site.NewBuilder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := site.NewBuilder(dir); err == nil {
		t.Error("two build one folder")
	}
	cfg := site.Config{Record: h.record, Report: h.report, View: h.view, Now: time.Date(2026, 5, 1, 20, 0, 0, 0, time.UTC)}
	first, err := b.Build(cfg, nil)
	if err != nil || first.Written != first.Files {
		t.Fatalf("%+v, %v", first, err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if b, err = site.NewBuilder(dir); err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	cfg.Now = cfg.Now.Add(time.Hour) // the moments are those of the first build
	if again, err := b.Build(cfg, nil); err != nil || again.Written != 0 || again.Files != first.Files {
		t.Errorf("%+v, %v", again, err)
	}
	for _, name := range []string{"index.html", "en/index.html", "contest/council.html", "contest/council.csv", "place/city.err.json", "404.html", "feed.xml", "style.css"} {
		if data, err := os.ReadFile(filepath.Join(dir, name)); err != nil || strings.Contains(string(data), "live.js") {
			t.Errorf("%s: %v, or a script", name, err)
		}
	}
	wrong := spoilt(t, func(m fstest.MapFS) { flip(t, m, "branch/101/tile/entries/*") })
	if _, err := b.Build(site.Config{Record: wrong.record, Report: wrong.report, View: wrong.view, Now: cfg.Now}, nil); err != nil {
		t.Fatal(err)
	}
	front, err := os.ReadFile(filepath.Join(dir, "en", "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	want(t, "front", string(front), `class="notice bad"`, "There is no result")
	page, err := os.ReadFile(filepath.Join(dir, "en", "contest", "council.html"))
	if err != nil {
		t.Fatal(err)
	}
	wantNot(t, "contest", string(page), "Arash", "Elected")
	if _, err := site.NewBuilder(t.TempDir() + "/../"); !errors.Is(err, publish.ErrOther) {
		t.Errorf("a folder with something else: %v", err)
	}
}
