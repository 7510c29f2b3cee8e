package count

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/election"
)

// Kinds of questions.
const (
	Tie                     = "tie"
	MoreSeatsThanCandidates = "more-seats-than-candidates"
	NoValidVotes            = "no-valid-votes"
)

// Places that a question is about.
const (
	Seat      = "seat"
	Alternate = "alternate"
)

// An Outcome is who wins a contest, as far as that is settled.
type Outcome struct {
	Elected    []string   `json:"elected"`    // ids, by descending votes
	Alternates []string   `json:"alternates"` // ids, in the order in which they step in
	Questions  []Question `json:"questions"`
	Steps      []Step     `json:"steps"`
}

// A Question is what votes and tie order leave open. A tie is for the lot; the
// others are for a ruling.
type Question struct {
	Kind    string   `json:"kind"`
	Between []string `json:"between"` // ids, sorted; those tied, else empty
	Seats   int      `json:"seats"`   // how many places are open
	Place   string   `json:"place"`   // seat or alternate
	Article string   `json:"article"`
}

// A Decision answers a tie: the order of those tied, the first before the
// others. It answers every question between the same candidates, so that one
// lot gives the last seats and the first alternates.
type Decision struct {
	Between []string // ids, in any order
	Order   []string // the same ids; the first wins
}

// A Step is one sentence of the reasoning.
type Step struct {
	Fa string `json:"fa"`
	En string `json:"en"`
}

// Contest returns the outcome of a contest by its rule, with nothing decided
// but by votes and tie order.
//
// votes[i] is the number of votes of the candidate with code i+1. Blank is the
// number of selections left blank (with a vote limit of 1, of blank ballots).
// Contests with a vote limit of 0 are not checked against it.
func Contest(c *election.Contest, votes []int, ballots, blank int) (Outcome, error) {
	return Decided(c, votes, ballots, blank, nil)
}

// Decided is [Contest] with the answers to the questions that it put. A decision
// that answers no question changes nothing.
func Decided(c *election.Contest, votes []int, ballots, blank int, decisions []Decision) (Outcome, error) {
	in := input{c: c, votes: votes, ballots: ballots, blank: blank, decisions: decisions}
	if err := in.check(); err != nil {
		return Outcome{}, fmt.Errorf("count contest %q: %w", c.ID, err)
	}
	switch c.Rule {
	case election.PluralityAtLarge:
		return plurality(in), nil
	case election.SingleSeatPlurality:
		if c.Seats != 1 {
			return Outcome{}, fmt.Errorf("count contest %q: rule %s with %d seats", c.ID, c.Rule, c.Seats)
		}
		return plurality(in), nil
	}
	return Outcome{}, fmt.Errorf("count contest %q: rule %q is not known", c.ID, c.Rule)
}

// input is what a rule counts.
type input struct {
	c              *election.Contest
	votes          []int
	ballots, blank int
	decisions      []Decision
}

// maxBallots bounds the numbers of a count, so that no sum overflows.
const maxBallots = 1 << 40

func (in *input) check() error {
	c := in.c
	if len(in.votes) != c.N() {
		return fmt.Errorf("votes of %d candidates are given, there are %d", len(in.votes), c.N())
	}
	if c.N() < 1 || c.N() > election.MaxCandidates || c.Seats < 1 || c.Alternates < 0 || c.VoteLimit < 0 || c.VoteLimit > election.MaxVoteLimit {
		return fmt.Errorf("contest of %d candidates for %d seats, %d alternates, vote limit %d", c.N(), c.Seats, c.Alternates, c.VoteLimit)
	}
	if in.ballots < 0 || in.ballots > maxBallots || in.blank < 0 || in.blank > maxBallots {
		return fmt.Errorf("%d ballots, %d blank selections", in.ballots, in.blank)
	}
	seen := make(map[string]bool, c.N())
	sum := in.blank
	for i, v := range in.votes {
		id := c.Candidates[i].ID
		if seen[id] {
			return fmt.Errorf("candidate %q is there twice", id)
		}
		seen[id] = true
		if v < 0 || v > in.ballots {
			return fmt.Errorf("candidate %q has %d votes on %d ballots", id, v, in.ballots)
		}
		sum += v
	}
	if slots := in.ballots * c.VoteLimit; c.VoteLimit > 0 && sum > slots {
		return fmt.Errorf("%d selections on %d ballots of %d", sum, in.ballots, c.VoteLimit)
	}
	for _, t := range c.TieOrder {
		if t != election.TieVeteran && t != election.TieDegree && t != election.TieLot {
			return fmt.Errorf("tie order %q is not known", t)
		}
	}
	for i, d := range in.decisions {
		between, order := sorted(d.Between), sorted(d.Order)
		if !slices.Equal(between, order) || len(slices.Compact(order)) != len(d.Order) {
			return fmt.Errorf("decision between %s orders %s", strings.Join(d.Between, ", "), strings.Join(d.Order, ", "))
		}
		for _, e := range in.decisions[:i] {
			if slices.Equal(sorted(e.Between), between) {
				return fmt.Errorf("two decisions between %s", strings.Join(between, ", "))
			}
		}
	}
	return nil
}

// decided returns the order in which those tied were put, if they were.
func (in *input) decided(between []string) ([]string, bool) {
	for _, d := range in.decisions {
		if slices.Equal(sorted(d.Between), between) {
			return d.Order, true
		}
	}
	return nil, false
}

func sorted(ids []string) []string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return ids
}
