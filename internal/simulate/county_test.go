package simulate_test

import (
	"reflect"
	"testing"

	"github.com/sandogh/sandogh/ballot"
	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/simulate"
)

// tally counts the voters of one contest without any cryptography.
func tally(t *testing.T, e *simulate.Election, c *election.Contest) count.Outcome {
	t.Helper()
	votes := make([]int, c.N())
	ballots, blank := 0, 0
	for _, b := range e.Branches {
		for _, v := range b.Voters() {
			for _, s := range v {
				if s.Contest != c.ID {
					continue
				}
				ballots++
				blank += c.K() - len(s.Codes)
				for _, code := range s.Codes {
					votes[code-1]++
				}
			}
		}
	}
	o, err := count.Contest(c, votes, ballots, blank)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// The demo's default seed is to show certified results; other seeds may well
// leave a question open, which is right too.
func TestDefaultSeedLeavesNothingOpen(t *testing.T) {
	e, err := simulate.County(simulate.DefaultSeed)
	if err != nil {
		t.Fatal(err)
	}
	for i := range e.Definition.Contests {
		c := &e.Definition.Contests[i]
		if o := tally(t, e, c); len(o.Questions) > 0 || len(o.Elected) != c.Seats || len(o.Alternates) != c.Alternates {
			t.Errorf("%s: %+v", c.ID, o)
		}
	}
}

// Every voter's selections must be a ballot of the branch's style.
func TestCountyVotersHaveBallots(t *testing.T) {
	for seed := range uint64(5) {
		e, err := simulate.County(seed)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range e.Branches {
			style, err := e.Definition.StyleOf(b.ID)
			if err != nil {
				t.Fatal(err)
			}
			if len(style.Contests) != 2 {
				t.Errorf("branch %s votes in %d contests", b.ID, len(style.Contests))
			}
			for _, v := range b.Voters() {
				if _, err := ballot.New(style, v); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

func TestSeedDecidesTheChoices(t *testing.T) {
	voters := func(seed uint64) (all []simulate.Voter) {
		e, err := simulate.County(seed)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range e.Branches {
			all = append(all, b.Voters()...)
		}
		return all
	}
	if !reflect.DeepEqual(voters(1), voters(1)) || reflect.DeepEqual(voters(1), voters(2)) {
		t.Error("the same seed must give the same choices, another one others")
	}
}
