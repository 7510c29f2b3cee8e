package simulate_test

import (
	"slices"
	"testing"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/internal/simulate"
)

// tally counts the sample's voters without any cryptography.
func tally(t *testing.T, e *simulate.Election) count.Outcome {
	t.Helper()
	c := &e.Definition.Contests[0]
	votes := make([]int, c.N())
	ballots, blank := 0, 0
	for _, b := range e.Branches {
		for _, v := range b.Voters() {
			ballots++
			blank += c.K() - len(v[0].Codes)
			for _, code := range v[0].Codes {
				votes[code-1]++
			}
		}
	}
	o, err := count.Contest(c, votes, ballots, blank)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// The demo's default seed is to show a certified result; other seeds may well
// leave a tie open, which is right too.
func TestDefaultSeedLeavesNothingOpen(t *testing.T) {
	e, err := simulate.Sample(simulate.DefaultSeed)
	if err != nil {
		t.Fatal(err)
	}
	if o := tally(t, e); len(o.Questions) > 0 || len(o.Elected) != 9 || len(o.Alternates) != 6 {
		t.Errorf("%+v", o)
	}
}

func TestSeedDecidesTheChoices(t *testing.T) {
	codes := func(seed uint64) [][]int {
		e, err := simulate.Sample(seed)
		if err != nil {
			t.Fatal(err)
		}
		var all [][]int
		for _, b := range e.Branches {
			for _, v := range b.Voters() {
				all = append(all, v[0].Codes)
			}
		}
		return all
	}
	same := func(a, b [][]int) bool { return slices.EqualFunc(a, b, slices.Equal[[]int]) }
	if !same(codes(1), codes(1)) || same(codes(1), codes(2)) {
		t.Error("the same seed must give the same choices, another one others")
	}
}
