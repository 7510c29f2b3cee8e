package rehearsal_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/ballot"
	"github.com/sandogh/sandogh/internal/rehearsal"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
)

// tied runs the small election to its canvass, with candidates 102 and 103
// equal at the second of two seats.
func tied(t *testing.T) *rehearsal.Rehearsal {
	t.Helper()
	ctx := context.Background()
	e, err := simulate.Small(5)
	if err != nil {
		t.Fatal(err)
	}
	for i, branch := range [][][]int{{{1, 2}, {1, 3}, {1, 2}, {1, 3}, {1}, {1}}, {{1, 2}, {1, 3}, {1}}, {}, {{1}, {1}, {1, 4}, {1}}} {
		e.Branches[i].Voters = func() []simulate.Voter {
			var out []simulate.Voter
			for _, codes := range branch {
				out = append(out, simulate.Voter{ballot.Selections{Contest: "council", Codes: codes}})
			}
			return out
		}
	}
	r, err := rehearsal.New(ctx, rehearsal.Config{Election: e, Dir: filepath.Join(t.TempDir(), "e"), Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(ctx) })
	for _, act := range []func() error{
		func() error { return r.Ceremony(ctx) },
		func() error { _, err := r.Vote(ctx); return err },
		func() error { return r.Units(ctx) },
		func() error { return r.Mix(ctx, "m1") },
		func() error { return r.Mix(ctx, "m2") },
		func() error { return r.Open(ctx, 1, 2, 3) },
		func() error { return r.Tally(ctx) },
		func() error { return r.Canvass(ctx) },
	} {
		if err := act(); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.Report().Phase; got != report.PhaseCanvassed {
		t.Fatalf("phase %s: a tie must stop the result", got)
	}
	return r
}

func result(t *testing.T, r *rehearsal.Rehearsal) *record.Result {
	t.Helper()
	if got := r.Report(); got.Phase != report.PhaseCertified || got.Status != report.Verified {
		t.Fatalf("phase %s, status %s", got.Phase, got.Status)
	}
	b, err := r.View().Result("council")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestLotSettlesATie(t *testing.T) {
	r := tied(t)
	if err := r.Draw(context.Background(), "17 4 33", "dice, thrown in public"); err != nil {
		t.Fatal(err)
	}
	order := record.LotOrder("17 4 33", []string{"102", "103"})
	b := result(t, r)
	if !slices.Equal(b.Elected, []string{"101", order[0]}) || !slices.Equal(b.Alternates, order[1:]) || len(b.Answers) != 1 {
		t.Errorf("%+v, the lot's order is %v", b, order)
	}
}

func TestRulings(t *testing.T) {
	r := tied(t)
	ctx := context.Background()
	open, err := r.View().Questions("council")
	if err != nil || len(open) == 0 {
		t.Fatal(open, err)
	}
	hash, _ := r.View().Canvassed("council")
	ruling := record.Ruling{Contest: "council", Question: open[0].Hash[:], Order: []string{"103", "102"}, Article: "councils/plurality", Text: "by the joint session"}
	for name, change := range map[string]func() (record.Body, string){
		"of another question":    func() (record.Body, string) { b := ruling; b.Question = hash[:]; return &b, "no question" },
		"of a foreign candidate": func() (record.Body, string) { b := ruling; b.Order = []string{"103", "104"}; return &b, "" },
		"with one name":          func() (record.Body, string) { b := ruling; b.Order = []string{"103"}; return &b, "" },
		"with seats": func() (record.Body, string) {
			b := ruling
			b.Seats = []record.GroupSeats{{Group: "A", Seats: 1}}
			return &b, ""
		},
		"lot without a seed": func() (record.Body, string) {
			return &record.Lot{Contest: "council", Question: ruling.Question, Source: "x", Canvass: hash[:]}, "seed"
		},
		"lot on another canvass": func() (record.Body, string) {
			return &record.Lot{Contest: "council", Question: ruling.Question, Seed: "1", Source: "x", Canvass: make([]byte, 32)}, "another canvass"
		},
		"of an unknown contest": func() (record.Body, string) { b := ruling; b.Contest = "nowhere"; return &b, "no contest" },
		"that is not an answer": func() (record.Body, string) { return &record.Cast{}, "neither" },
	} {
		b, want := change()
		if err := r.Answer(ctx, b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("answer %s: %v", name, err)
		}
	}
	if err := r.Answer(ctx, &ruling); err != nil {
		t.Fatal(err)
	}
	if err := r.Answer(ctx, &ruling); err == nil || !strings.Contains(err.Error(), "answered") {
		t.Errorf("a second answer: %v", err)
	}
	if err := r.Draw(ctx, "unused", "unused"); err != nil { // nothing is left to draw
		t.Fatal(err)
	}
	if b := result(t, r); !slices.Equal(b.Elected, []string{"101", "103"}) || !slices.Equal(b.Alternates, []string{"102"}) {
		t.Errorf("%+v", b)
	}
}
