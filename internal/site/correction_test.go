package site_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/ballot"
	"github.com/sandogh/sandogh/internal/rehearsal"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/site"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// TestCorrection: a lot settles a tie and the result is certified; then a ruling
// answers the tie anew, and both offices correct the result. The site shows what
// was, what is, who signed it and why.
func TestCorrection(t *testing.T) {
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
	r, err := rehearsal.New(ctx, rehearsal.Config{Election: e, Dir: filepath.Join(t.TempDir(), "e"), Seed: seed})
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
	must(r.Ceremony(ctx))
	_, err = r.Vote(ctx)
	must(err)
	must(r.Units(ctx))
	for _, m := range r.Mixers() {
		must(r.Mix(ctx, m))
	}
	must(r.Open(ctx, 0, 1, 2))
	must(r.Tally(ctx))
	must(r.Canvass(ctx))
	open, err := r.View().Questions("council")
	if err != nil || len(open) == 0 {
		t.Fatalf("no question is open: %v, %v", open, err)
	}
	tie := open[0].Hash[:]
	must(r.Draw(ctx, "17 4 33", "dice, thrown in public"))

	now := time.Date(2026, 5, 2, 9, 0, 0, 0, time.UTC)
	shown := func(after time.Duration) site.Config {
		files, err := read(r.Record())
		if err != nil {
			t.Fatal(err)
		}
		rep, view := verify.Record(ctx, files, verify.Options{})
		if check, f, found := rep.First(); rep.Status != report.Verified {
			t.Fatalf("the record is %s: %s, %s, %v", rep.Status, check.ID, f, found)
		}
		return site.Config{Record: files, Report: rep, View: view, Now: now.Add(after), Address: "https://results.example"}
	}
	x, err := site.New(shown(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
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
	if err := x.Refresh(shown(time.Hour)); err != nil {
		t.Fatal(err)
	}

	after := contestOf(t, x)
	corrected := []string{"101", other}
	slices.Sort(corrected)
	if got := after.elected(); !slices.Equal(got, corrected) || !after.Verified || after.Now.Status != "corrected" {
		t.Errorf("elected are %v, status %q", got, after.Now.Status)
	}
	if n := len(after.History); n != 2 || after.History[0].Status != "certified" || after.History[1].Status != "corrected" {
		t.Errorf("history is %+v", after.History)
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
	if err := schema(t, "site-contest")([]byte(data)); err != nil {
		t.Error(err)
	}
	if err := json.Unmarshal([]byte(data), &c); err != nil || status != http.StatusOK {
		t.Fatalf("status %d, %v", status, err)
	}
	return c
}
