package site_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/rehearsal"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/site"
	"github.com/sandogh/sandogh/internal/site/lookup"
	"github.com/sandogh/sandogh/internal/site/verifier"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// picture is the photograph of the first candidate, and keys sign what is shown
// besides the record.
const picture = "not really a picture"

var keys *simulate.Keys

// hostile is the name of a candidate that tries to be markup.
const hostile = `<script>alert("x")</script>`

// held is an election that was held once for all tests.
type held struct {
	dir    string
	record fs.FS
	report *report.Report
	view   *verify.View
	votes  rehearsal.Votes
	ready  *held // the same election before voting began
}

// seed is of a small election in which ballots of all three endings occur.
const seed = 4

var (
	whole = sync.OnceValues(func() (held, error) {
		return hold(func(e *simulate.Election) {
			e.Definition.Contests[0].Candidates[1].Name = election.Name{En: hostile}
			e.Definition.Contests[0].Candidates[0].Photo = fmt.Sprintf("%x", sha256.Sum256([]byte(picture)))
			keys = e.Keys
		})
	})
	// tied has one voter in each branch, who all choose the same two
	// candidates for one seat.
	tied = sync.OnceValues(func() (held, error) {
		return hold(func(e *simulate.Election) {
			e.Definition.Contests[0].Seats = 1
			for i := range e.Branches {
				e.Branches[i].Voters = func() []simulate.Voter {
					return []simulate.Voter{{{Contest: "council", Codes: []int{3, 4}}}}
				}
			}
		})
	})
	folders []string
	mu      sync.Mutex
)

func TestMain(m *testing.M) {
	code := m.Run()
	for _, dir := range folders {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// hold holds a small election.
func hold(change func(*simulate.Election)) (held, error) {
	return holdOf(func() (*simulate.Election, error) {
		e, err := simulate.Small(seed)
		if err == nil {
			change(e)
		}
		return e, err
	})
}

func holdOf(election func() (*simulate.Election, error)) (held, error) {
	h := held{}
	dir, err := os.MkdirTemp("", "sandogh-site")
	if err != nil {
		return h, err
	}
	mu.Lock()
	folders = append(folders, dir)
	mu.Unlock()
	e, err := election()
	if err != nil {
		return h, err
	}
	ctx := context.Background()
	r, err := rehearsal.New(ctx, rehearsal.Config{Election: e, Dir: filepath.Join(dir, "demo"), Seed: seed})
	if err != nil {
		return h, err
	}
	defer r.Close(ctx)
	steps := []func() error{
		func() error { return r.Ceremony(ctx) },
		func() error {
			files, err := read(r.Record())
			if err != nil {
				return err
			}
			rep, view := verify.Record(ctx, files, verify.Options{})
			h.ready = &held{record: files, report: rep, view: view}
			return nil
		},
		func() error { h.votes, err = r.Vote(ctx); return err },
		func() error { return r.Units(ctx) },
	}
	for _, m := range r.Mixers() {
		steps = append(steps, func() error { return r.Mix(ctx, m) })
	}
	var quorum []int
	for i := range e.Definition.Quorum {
		quorum = append(quorum, i)
	}
	steps = append(steps, func() error { return r.Open(ctx, quorum...) },
		func() error { return r.Tally(ctx) }, func() error { return r.Canvass(ctx) })
	for _, step := range steps {
		if err := step(); err != nil {
			return h, err
		}
	}
	h.dir, h.record, h.report, h.view = r.Record(), os.DirFS(r.Record()), r.Report(), r.View()
	return h, nil
}

// read copies a folder into memory.
func read(dir string) (fstest.MapFS, error) {
	out := fstest.MapFS{}
	fsys := os.DirFS(dir)
	return out, fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(fsys, path)
		out[path] = &fstest.MapFile{Data: b}
		return err
	})
}

// elected returns the election that most tests look at.
func elected(t *testing.T) held {
	t.Helper()
	h, err := whole()
	if err != nil {
		t.Fatal(err)
	}
	if h.report.Status != report.Verified || h.report.Phase != report.PhaseCertified {
		t.Fatalf("the election ended as %s, %s", h.report.Status, h.report.Phase)
	}
	return h
}

// spoilt returns the election with a change to its files, verified again.
func spoilt(t *testing.T, change func(fstest.MapFS)) held {
	t.Helper()
	files, err := read(elected(t).dir)
	if err != nil {
		t.Fatal(err)
	}
	change(files)
	rep, view := verify.Record(t.Context(), files, verify.Options{})
	return held{record: files, report: rep, view: view}
}

func (h held) handler(t testing.TB) http.Handler {
	t.Helper()
	own := verifier.Config{Record: h.record}
	if h.view != nil {
		own.Table = lookup.New(h.view.Election(), h.view.Definition())
		if err := own.Table.Refresh(t.Context(), h.record); err != nil {
			t.Fatal(err)
		}
	}
	s, err := site.Handler(site.Config{Record: h.record, Report: h.report, View: h.view, Parts: []site.Part{own.Part}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// get returns status and body of a page.
func get(t *testing.T, h http.Handler, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	b, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(b)
}

// found is a sealed ballot as the record itself has it.
type found struct {
	code, branch string
	entry        uint64
	selections   []string // of a challenged ballot, as names
}

// endings reads the record without the site: a ballot of each ending.
func (h held) endings(t *testing.T) map[string]found {
	t.Helper()
	out := map[string]found{}
	def := h.view.Definition()
	for _, b := range def.Branches {
		l := open(t, h, b.ID)
		sealed := map[string]uint64{}
		for e, err := range l.Entries(0, l.Size()) {
			if err != nil {
				t.Fatal(err)
			}
			d, err := record.Decode(e.Data)
			if err != nil {
				t.Fatal(err)
			}
			put := func(code []byte) found {
				f := found{record.FormatCode([32]byte(code)), b.ID, sealed[string(code)], nil}
				out[d.Body.Kind()] = f
				return f
			}
			switch x := d.Body.(type) {
			case *record.Sealed:
				code := record.Code(e.Data)
				sealed[string(code[:])] = e.Index
			case *record.Cast:
				put(x.Code)
			case *record.Spoiled:
				put(x.Code)
			case *record.Challenged:
				f := put(x.Code)
				for _, c := range x.Contests {
					contest, _ := def.Contest(c.Contest)
					for _, code := range c.Selections {
						cand, _ := contest.Candidate(int(code))
						f.selections = append(f.selections, cand.Name.String())
					}
				}
				out[d.Body.Kind()] = f
			}
		}
	}
	return out
}

var tag = regexp.MustCompile(`(?s)(?:<[^>]*>|\s+)+`)

// text is what a page says, without its markup.
func text(page string) string { return strings.TrimSpace(tag.ReplaceAllString(page, " ")) }

func want(t *testing.T, name, page string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(page, p) {
			t.Errorf("%s does not have %q:\n%s", name, p, clip(text(page)))
		}
	}
}

func wantNot(t *testing.T, name, page string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(page, p) {
			t.Errorf("%s has %q", name, p)
		}
	}
}

func clip(s string) string {
	if r := []rune(s); len(r) > 1500 {
		return string(r[:1500])
	}
	return s
}

// paths are all pages of the election, without the language.
func (h held) paths() []string {
	out := []string{"/", "/record.html", "/record/hq", "/record/hq/0", "/checks.html", "/code.html", "/verify.html", "/code?code=" + h.votes.Code, "/contest/council.html", "/corrections.html", "/trust.html", "/voting.html", "/election.html", "/data.html", "/find.html"}
	units, _ := h.view.Units("council")
	for _, u := range units {
		out = append(out, "/contest/council/unit/"+u.ID+".html")
	}
	for _, b := range h.view.Definition().Branches {
		out = append(out, "/branch/"+b.ID+".html", "/record/branch/"+b.ID, "/record/branch/"+b.ID+"/0")
	}
	return out
}
