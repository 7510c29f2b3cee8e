package site_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sandogh/sandogh/internal/rehearsal"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/verify/report"
)

// Of a large election: more candidates and more units than the front page
// shows, and nobody's name in Persian.
const (
	largePrecincts  = 21
	largeCandidates = 41
)

var large = sync.OnceValues(func() (held, error) {
	return holdOf(func() (*simulate.Election, error) {
		var csv strings.Builder
		csv.WriteString("precinct,active_voters,ballots,candidate,votes,undervotes,overvotes\n")
		for p := range largePrecincts {
			for c := range largeCandidates {
				votes := 0
				if c == p || c == p+1 {
					votes = 1
				}
				fmt.Fprintf(&csv, "%d,9,2,Candidate %02d,%d,0,0\n", 800+p, c, votes)
			}
		}
		s, err := simulate.ReadStatement(strings.NewReader(csv.String()), "large.csv", 1)
		if err != nil {
			return nil, err
		}
		e, err := s.Election("Large", seed, 0)
		if err != nil {
			return nil, err
		}
		e.Definition.Contests[0].MinUnit = 2
		return e, nil
	})
})

// TestLarge: what does not fit on the front page has pages of its own.
func TestLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: holds an election with 21 units")
	}
	h, err := large()
	if err != nil {
		t.Fatal(err)
	}
	units, err := h.view.Units("council")
	if err != nil || len(units) != largePrecincts || h.report.Status != report.Verified {
		t.Fatalf("%d units, %v, %s", len(units), err, h.report.Status)
	}
	s := h.handler(t)
	for _, p := range []string{"/", "/en/"} {
		_, body := get(t, s, p)
		if len(body) > 80_000 {
			t.Errorf("%s has %d bytes", p, len(body))
		}
		if n := strings.Count(body, `<svg class="bar`); n != 40 {
			t.Errorf("%s shows %d candidates", p, n)
		}
		want(t, p, body, "/contest/council/units-1.html", "/contest/council/unit/800.html")
		wantNot(t, p, body, "/contest/council/unit/820.html")
	}
	_, body := get(t, s, "/en/contest/council/units-1.html")
	want(t, "units", body, "/contest/council/unit/800.html", "/contest/council/unit/820.html")
	_, body = get(t, s, "/en/contest/council.html")
	if n := strings.Count(body, `<svg class="bar`); n != largeCandidates {
		t.Errorf("the contest's page shows %d candidates", n)
	}
	_, body = get(t, s, "/en/contest/council/unit/803.html")
	want(t, "unit", text(body), "Candidate 03 1 50.0%", "Candidate 04 1 50.0%", "Candidate 05 0 0.0%")
	want(t, "unit", body, `href="/en/check.html?unit=council%2f803"`)
	_, body = get(t, s, "/")
	want(t, "/", body, `<bdi lang="en">Candidate 01</bdi>`)
	_, body = get(t, s, "/record/hq")
	want(t, "log", body, `rel="next"`, "?page=2")
	wantNot(t, "log", body, `rel="prev"`)
	status, body := get(t, s, "/record/hq?page=2")
	if status != http.StatusOK {
		t.Errorf("the second page has status %d", status)
	}
	want(t, "log", body, `rel="prev"`, `href="/record/hq/50"`, "صفحهٔ ۲")
	wantNot(t, "log", body, `href="/record/hq/49"`)
}

// TestManyContests: a front page that would be too long leads to places.
func TestManyContests(t *testing.T) {
	e, err := simulate.County(seed)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	r, err := rehearsal.New(ctx, rehearsal.Config{Election: e, Dir: filepath.Join(t.TempDir(), "demo"), Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(ctx)
	if err := r.Verify(ctx); err != nil {
		t.Fatal(err)
	}
	if r.Report().Status != report.Verified || len(e.Definition.Contests) < 4 {
		t.Fatalf("%s, %d contests", r.Report().Status, len(e.Definition.Contests))
	}
	s := held{record: os.DirFS(r.Record()), report: r.Report(), view: r.View()}.handler(t)
	_, body := get(t, s, "/en/")
	wantNot(t, "/en/", body, "Sample ballot")
	for _, c := range e.Definition.Contests {
		if where, ok := e.Definition.District(c.District); ok && where.Parent != "" { // it is found from the front page down
			_, up := get(t, s, "/en/place/"+where.Parent+".html")
			want(t, where.Parent, up, `href="/en/contest/`+c.ID+`.html"`)
		}
		status, page := get(t, s, "/en/contest/"+c.ID+".html")
		if status != http.StatusOK {
			t.Errorf("contest %s has status %d", c.ID, status)
		}
		want(t, c.ID, page, "Not counted yet")
	}
}
