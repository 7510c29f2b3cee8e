package site_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/ballot"
	"github.com/sandogh/sandogh/internal/rehearsal"
	"github.com/sandogh/sandogh/internal/schematest"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/site"
	"github.com/sandogh/sandogh/internal/site/verifier"
	"github.com/sandogh/sandogh/internal/web/webtest"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// TestRecordNight tells an election night from a record that grows, on one server
// and in a browser that is told of each step: polls are open; they have closed; one
// unit is opened; all are, and a tie is left open; a lot settles it and the result is
// certified; then a ruling answers the tie anew, and both offices correct the result.
// The site shows what was, what is, who signed it and why.
func TestRecordNight(t *testing.T) {
	v := view(t)
	ctx := context.Background()
	e, err := simulate.Small(seed)
	if err != nil {
		t.Fatal(err)
	}
	// All choose the first candidate, and as many the second as the third.
	for i := range e.Branches {
		e.Branches[i].Voters = func() []simulate.Voter {
			var out []simulate.Voter
			for j := range 4 {
				out = append(out, simulate.Voter{ballot.Selections{Contest: "council", Codes: []int{1, 2 + j%2}}})
			}
			return out
		}
	}
	last := e.Definition.Trustees[e.Definition.Quorum-1].ID
	var r *rehearsal.Rehearsal
	var partial fstest.MapFS // the record when a quorum has opened one unit of two
	var torn error
	progress := func(act string, done, total int) {
		if strings.HasPrefix(act, "opening") && done == 1 && total == 2 && strings.HasSuffix(act, " "+last) {
			if torn = r.Verify(ctx); torn == nil { // publishes
				partial, torn = read(r.Record())
			}
		}
	}
	r, err = rehearsal.New(ctx, rehearsal.Config{Election: e, Dir: filepath.Join(t.TempDir(), "e"), Seed: seed, Progress: progress})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(ctx) })
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	now := time.Date(2026, 5, 1, 18, 0, 0, 0, time.UTC)
	shown := func(files fstest.MapFS) site.Config {
		if files == nil {
			files, err = read(r.Record())
			must(err)
		}
		rep, view := verify.Record(ctx, files, verify.Options{})
		if check, f, found := rep.First(); rep.Status != report.Verified {
			t.Fatalf("the record is %s: %s, %s, %v", rep.Status, check.ID, f, found)
		}
		now = now.Add(time.Hour)
		own := verifier.Config{Record: files}
		return site.Config{Record: files, Report: rep, View: view, Now: now, Address: "https://results.example", Parts: []site.Part{own.Part}}
	}
	must(r.Ceremony(ctx))
	x, err := site.New(shown(nil))
	must(err)
	server := httptest.NewServer(x)
	t.Cleanup(server.Close)
	t.Cleanup(x.Close) // ends the streams of events, for which the server would wait
	must(chromedp.Do(v, chromedp.EmulateViewport(1366, 900), chromedp.Navigate(server.URL+"/en/")))
	webtest.Says(v, t, "Not counted yet")
	// The page that is open is told of each step and then shows it.
	step := func(name string, files fstest.MapFS, says ...string) {
		t.Helper()
		webtest.Until(v, t, `document.documentElement.dataset.live === "on"`)
		must(x.Refresh(shown(files)))
		webtest.Until(v, t, `document.querySelector("#changed a")`)
		webtest.Evaluate[bool](v, t, `document.querySelector("#changed a").click(), true`)
		webtest.Until(v, t, `!document.getElementById("changed")`)
		for _, text := range says {
			webtest.Says(v, t, text)
		}
		webtest.Look(v, t, name, "en", 24)
		webtest.Shoot(v, t, "night-"+name, 1366)
	}
	_, err = r.Vote(ctx)
	must(err)
	must(r.Units(ctx))
	step("1-closed", nil, "Not counted yet", "4 / 4")
	for _, m := range r.Mixers() {
		must(r.Mix(ctx, m))
	}
	cores := runtime.GOMAXPROCS(1) // one unit is opened after the other
	for i := range e.Definition.Quorum {
		err = errors.Join(err, r.Open(ctx, i))
	}
	runtime.GOMAXPROCS(cores)
	must(errors.Join(err, torn))
	step("2-partial", partial, "Partial: 2 of 4 branches")
	must(r.Tally(ctx))
	step("3-complete", nil, "Complete")
	must(r.Canvass(ctx))
	open, err := r.View().Questions("council")
	if err != nil || len(open) == 0 {
		t.Fatalf("no question is open: %v, %v", open, err)
	}
	tie := open[0].Hash[:]
	must(r.Draw(ctx, "17 4 33", "dice, thrown in public"))
	step("4-certified", nil, "Certified")
	before := contestOf(t, x)
	if before.Now.Status != "certified" || len(before.Corrections) != 0 {
		t.Fatalf("before: %+v", before)
	}
	elected := before.elected()
	if len(elected) != 2 || elected[0] != "101" {
		t.Fatalf("elected are %v", elected)
	}
	other := "102"
	if elected[1] == "102" {
		other = "103"
	}
	_, page := get(t, x, "/en/corrections.html")
	wantNot(t, "corrections", page, "This result has been corrected")

	const why = "the dice were loaded, says the supervisory board"
	must(r.Answer(ctx, &record.Ruling{Contest: "council", Question: tie, Order: []string{other, elected[1]}, Article: "councils/plurality", Text: why}))
	must(r.Correct(ctx, "council", "councils/plurality", why))
	step("5-corrected", nil, "This result has been corrected", why)

	after := contestOf(t, x)
	corrected := []string{"101", other}
	slices.Sort(corrected)
	if got := after.elected(); !slices.Equal(got, corrected) || !after.Verified || after.Now.Status != "corrected" {
		t.Errorf("elected are %v, status %q", got, after.Now.Status)
	}
	var past []string
	for _, m := range after.History {
		past = append(past, m.Status)
	}
	if !slices.Equal(past[max(0, len(past)-2):], []string{"certified", "corrected"}) || !slices.Contains(past, "partial") {
		t.Errorf("history is %v", past)
	}
	if len(after.Corrections) != 1 {
		t.Fatalf("corrections are %+v", after.Corrections)
	}
	c := after.Corrections[0]
	slices.Sort(c.Old)
	slices.Sort(c.New)
	if !slices.Equal(c.Old, elected) || !slices.Equal(c.New, corrected) || c.Text != why || c.Article != "councils/plurality" ||
		!slices.Equal(c.By, []string{"office/hq", "office/supervisors"}) {
		t.Errorf("%+v", c)
	}

	_, table := get(t, x, "/contest/council.csv")
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil || len(rows) < 3 || slices.ContainsFunc(rows[1:], func(r []string) bool { return r[1] != "corrected" }) {
		t.Errorf("the table has %v, %v", rows, err)
	}
	_, errReport := get(t, x, "/place/city.err.json")
	var nist struct{ Status string }
	if err := json.Unmarshal([]byte(errReport), &nist); err != nil || nist.Status != "correction" {
		t.Errorf("the report for programs is %q, %v", nist.Status, err)
	}

	name := map[string]string{}
	for _, x := range r.Definition().Contests[0].Candidates {
		name[x.ID] = x.Name.En
	}
	for _, path := range []string{"/en/contest/council.html", "/en/corrections.html", "/en/"} {
		_, page := get(t, x, path)
		for _, id := range append(slices.Clone(elected), other) {
			want(t, path, text(page), name[id])
		}
		want(t, path, text(page), "This result has been corrected")
	}
	_, page = get(t, x, "/en/corrections.html")
	said := text(page)
	want(t, "corrections", said, why, "Headquarters", "Supervisor", "councils/plurality")
	if was, is := strings.Index(said, name[elected[1]]), strings.Index(said, name[other]); was < 0 || is < was {
		t.Errorf("what was (%d) does not stand before what is (%d): %s", was, is, clip(said))
	}
	_, fa := get(t, x, "/corrections.html")
	want(t, "corrections", fa, "اصلاح", why)
}

// toldContest is what a program reads of a contest.
type toldContest struct {
	Verified bool
	Now      toldMoment
	History  []toldMoment

	Candidates []struct {
		ID      string
		Elected bool
	}
	Corrections []struct {
		Old, New, By  []string
		Article, Text string
	}
}

type toldMoment struct{ Status string }

func (c toldContest) elected() []string {
	var out []string
	for _, x := range c.Candidates {
		if x.Elected {
			out = append(out, x.ID)
		}
	}
	slices.Sort(out)
	return out
}

func contestOf(t *testing.T, x http.Handler) (c toldContest) {
	t.Helper()
	status, data := get(t, x, "/contest/council.json")
	if err := schematest.Valid(t, "site-contest")([]byte(data)); err != nil {
		t.Error(err)
	}
	if err := json.Unmarshal([]byte(data), &c); err != nil || status != http.StatusOK {
		t.Fatalf("status %d, %v", status, err)
	}
	return c
}
