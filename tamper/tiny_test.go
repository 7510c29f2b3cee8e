package tamper_test

import (
	"context"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// tinySeed is one with which, of two voters, the first wants another card and the
// second challenges the other device; takeApart makes sure that there is one each.
const tinySeed = 4729

// tinyLimit is the greatest number of ballots of a device.
const tinyLimit = 100

// tiny is the record of the smallest election that has everything worth
// tampering with: one branch, two voters who choose one of two candidates, four
// sealed ballots (two cast, one spoiled, one challenged), two trustees who both
// must open, two mixers, one witness. It is certified. tinyTied is the same
// with a tie, so that the law leaves a question open.
var (
	tiny     = sync.OnceValue(func() *loot { return hold(tinySeed, func(e *simulate.Election) { shrink(e, 1, 1) }) })
	tinyTied = sync.OnceValue(func() *loot { return hold(tinySeed, func(e *simulate.Election) { shrink(e, 1, 2) }) })
)

// shrink takes from the small election what the tiny one does without. Its
// voters vote for the codes.
func shrink(e *simulate.Election, votes ...int) {
	d := e.Definition
	c := &d.Contests[0]
	c.Candidates, c.Seats, c.Alternates, c.VoteLimit = c.Candidates[:2], 1, 0, 1
	c.Units, c.MinUnit = c.Units[:1], 2
	d.Branches, d.Trustees, d.Quorum, d.Mixers = d.Branches[:1], d.Trustees[:2], 2, d.Mixers[:2]
	d.MaxBallotsPerDevice = tinyLimit
	e.Branches = e.Branches[:1]
	e.Branches[0].Voters = func() (out []simulate.Voter) {
		for _, code := range votes {
			out = append(out, simulate.Voter{{Contest: contest, Codes: []int{code}}})
		}
		return out
	}
	if faults := d.Validate(); len(faults) > 0 {
		panic(&faults)
	}
}

// TestTiny: the tiny record verifies, every check but V041's answers has
// something to look at, and it is small enough to flip every bit of it.
func TestTiny(t *testing.T) {
	l := tiny()
	for name, files := range map[string]fstest.MapFS{"published": l.files, "put together again": l.forger().publish()} {
		r, _ := verify.Record(context.Background(), files, verify.Options{Election: &l.id})
		if r.Status != report.Verified || r.Phase != report.PhaseCertified {
			t.Errorf("%s: status %s, phase %s: %s", name, r.Status, r.Phase, found(r))
		}
		for _, c := range r.Checks {
			if c.State != report.Pass {
				t.Errorf("%s: %s is %s", name, c.ID, c.State)
			}
		}
	}
	size := 0
	for name, f := range l.files {
		t.Log(name, len(f.Data))
		size += len(f.Data)
	}
	t.Logf("%d bytes in %d files", size, len(l.files))
	if size > 40_000 {
		t.Errorf("the tiny record has %d bytes", size)
	}
}
