package publish_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/site/country"
	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/site/pages"
	"github.com/sandogh/sandogh/internal/site/publish"
	"github.com/sandogh/sandogh/internal/site/results"
)

var tiny = country.New(5, country.Scale{Counties: 3, Rural: 3, Cities: 3, Villages: 4, Branches: 40})

func at(t *testing.T, s country.State, before *results.Election, now time.Time, site *pages.Site) (*results.Election, *pages.Site) {
	t.Helper()
	e := tiny.At(s)
	e.Remember(func(id string) []results.Moment {
		if before == nil {
			return nil
		}
		c, _ := before.Contest(id)
		return c.History
	}, now)
	p, err := pages.New(pages.Options{Election: e}, site)
	if err != nil {
		t.Fatal(err)
	}
	return e, p
}

// read returns all files of a folder.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		out[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestLinks: every link and picture of a site of files, of a country that has no
// record, leads to a file that is there.
func TestLinks(t *testing.T) {
	n := len(tiny.Definition.Contests)
	_, s := at(t, country.State{Closed: n, Opened: n - 1, Units: 1, Certified: n / 2}, nil, time.Date(2026, 5, 2, 9, 0, 0, 0, time.UTC), nil)
	there := map[string]bool{}
	for p := range s.Paths() {
		there[strings.TrimSuffix("/"+p, "index.html")] = true
	}
	for _, p := range s.Streams() {
		there["/"+p] = true
	}
	links := 0
	for p := range s.Paths() {
		if !strings.HasSuffix(p, ".html") {
			continue
		}
		x, err := s.File(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?:href|src|action)="(/[^"#?]*)`).FindAllSubmatch(x.Data, -1) {
			links++
			if !there[string(m[1])] {
				t.Errorf("%s leads to %s, which is not there", p, m[1])
			}
		}
	}
	if links < 1000 {
		t.Errorf("only %d links", links)
	}
}

// TestUpdate: what an update leaves is what a build from nothing would be, in every
// state on the way, and it writes nothing else.
func TestUpdate(t *testing.T) {
	n := len(tiny.Definition.Contests)
	now := time.Date(2026, 5, 1, 20, 0, 0, 0, time.UTC)
	dir := filepath.Join(t.TempDir(), "site")
	folder, err := publish.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { folder.Close() })
	e, site := at(t, country.State{}, nil, now, nil)
	full, err := folder.Build(site, nil, nil)
	if err != nil || full.Written != full.Files || full.Files < 200 {
		t.Fatalf("%+v, %v", full, err)
	}
	if stats, err := folder.Build(site, nil, nil); err != nil || stats.Written != 0 || stats.Removed != 0 {
		t.Errorf("the same again: %+v, %v", stats, err)
	}
	for i, s := range []country.State{{Closed: 2}, {Closed: n, Opened: 3, Units: 1}, {Closed: n, Opened: 4, Certified: 1}, {Closed: n, Opened: n, Certified: n}} {
		now = now.Add(time.Hour)
		next, nextSite := at(t, s, e, now, site)
		changes := results.Changed(e, next)
		paths, all := nextSite.Affected(changes)
		if all || len(paths) == 0 {
			t.Fatalf("state %d: %d paths, all %v", i, len(paths), all)
		}
		stats, err := folder.Update(nextSite, paths)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 && stats.Files > full.Files/2 {
			t.Errorf("%d pages of %d may differ after two contests have closed", stats.Files, full.Files)
		}
		e, site = next, nextSite
		fresh := filepath.Join(t.TempDir(), "fresh")
		whole, err := publish.Open(fresh)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := whole.Build(site, nil, nil); err != nil {
			t.Fatal(err)
		}
		whole.Close()
		got, want := read(t, dir), read(t, fresh)
		for path, data := range want {
			if got[path] != data {
				t.Errorf("state %d: %s differs from a build from nothing", i, path)
			}
		}
		if len(got) != len(want) {
			t.Errorf("state %d: %d files, not %d", i, len(got), len(want))
		}
	}
	if h := folder.History(tiny.Definition.Contests[tiny.Order(0)].ID); len(h) < 2 || h[len(h)-1].Kind != results.Certified {
		t.Errorf("the folder remembers %v", h)
	}
	// What an earlier build has left goes; parts have files too.
	if err := os.WriteFile(filepath.Join(dir, "contest", "old.html"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	part := frame.Part{Files: func(put frame.Put) error { return put(frame.File{Path: "code.html", Data: []byte("c")}) }}
	if stats, err := folder.Build(site, []frame.Part{part}, nil); err != nil || stats.Removed != 1 || stats.Written != 1 {
		t.Errorf("%+v, %v", stats, err)
	}
	bad := frame.Part{Files: func(put frame.Put) error { return put(frame.File{Path: "../x", Data: nil}) }}
	if _, err := folder.Build(site, []frame.Part{bad}, nil); err == nil || strings.Contains(err.Error(), "discard") {
		t.Errorf("a path out of the folder: %v", err)
	}
}

// TestOpen: a folder with something else is not touched, and has one writer.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := publish.Open(dir); !errors.Is(err, publish.ErrOther) {
		t.Errorf("%v", err)
	}
	a, err := publish.Open(filepath.Join(t.TempDir(), "new", "site"))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
}
