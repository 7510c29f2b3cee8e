package count

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/apportion"
	"github.com/sandogh/sandogh/election"
)

// input is an Input that is being counted.
type input struct {
	Input
	c     *election.Contest
	votes []int
	used  []bool // which decisions answered a question
}

// maxBallots bounds the numbers of a count, so that no sum overflows.
const maxBallots = 1 << 40

func (in *input) check() error {
	c := in.c
	if !slices.Contains(election.Rules(), c.Rule) {
		return fmt.Errorf("rule %q is not known", c.Rule)
	}
	if len(in.votes) != c.N() {
		return fmt.Errorf("votes of %d candidates are given, there are %d", len(in.votes), c.N())
	}
	if c.N() < 1 || c.N() > election.MaxCandidates || c.VoteLimit < 0 || c.VoteLimit > election.MaxVoteLimit ||
		c.Seats < 1 || c.Seats > election.MaxSeats || c.Alternates < 0 || c.Alternates > election.MaxSeats {
		return fmt.Errorf("contest of %d candidates for %d seats, %d alternates, vote limit %d", c.N(), c.Seats, c.Alternates, c.VoteLimit)
	}
	if c.Rule == election.SingleSeatPlurality && c.Seats != 1 {
		return fmt.Errorf("rule %s with %d seats", c.Rule, c.Seats)
	}
	if c.Rule == election.TwoRound && (c.Round != 1 && c.Round != 2 || c.Alternates != 0) {
		return fmt.Errorf("rule %s with round %d and %d alternates", c.Rule, c.Round, c.Alternates)
	}
	if f, err := apportion.ParseFraction(c.Threshold); err != nil {
		return fmt.Errorf("threshold: %w", err)
	} else if c.Rule == election.TwoRound && c.Round == 1 && f.IsZero() {
		return errors.New("a first round without a threshold")
	}
	if in.Ballots < 0 || in.Ballots > maxBallots || in.Blank < 0 || in.Blank > maxBallots {
		return fmt.Errorf("%d ballots, %d blank selections", in.Ballots, in.Blank)
	}
	seen := make(map[string]bool, c.N())
	sum := in.Blank
	for i, v := range in.votes {
		id := c.Candidates[i].ID
		if seen[id] {
			return fmt.Errorf("candidate %q is there twice", id)
		}
		seen[id] = true
		if v < 0 || v > in.Ballots {
			return fmt.Errorf("candidate %q has %d votes on %d ballots", id, v, in.Ballots)
		}
		sum += v
	}
	if slots := in.Ballots * c.VoteLimit; c.VoteLimit > 0 && sum > slots {
		return fmt.Errorf("%d selections on %d ballots of %d", sum, in.Ballots, c.VoteLimit)
	}
	for _, t := range c.TieOrder {
		if t != election.TieVeteran && t != election.TieDegree && t != election.TieLot {
			return fmt.Errorf("tie order %q is not known", t)
		}
	}
	return in.checkDecisions()
}

func (d *Decision) kind() string {
	if d.Kind == "" {
		return Tie
	}
	return d.Kind
}

func (d *Decision) of() string {
	if d.Of == "" {
		return OfCandidates
	}
	return d.Of
}

// answers reports whether the decision is on the question.
func (d *Decision) answers(kind, of string, between []string) bool {
	return d.kind() == kind && d.of() == of && slices.Equal(sorted(d.Between), between)
}

func (in *input) checkDecisions() error {
	for i := range in.Decisions {
		d := &in.Decisions[i]
		between, order := sorted(d.Between), sorted(d.Order)
		if d.kind() == Tie && (!slices.Equal(between, order) || len(slices.Compact(order)) != len(d.Order) || d.Seats != nil) {
			return fmt.Errorf("decision between %s orders %s", strings.Join(d.Between, ", "), strings.Join(d.Order, ", "))
		}
		for j := range in.Decisions[:i] {
			if in.Decisions[j].answers(d.kind(), d.of(), between) {
				return fmt.Errorf("two decisions on %s between %s", d.kind(), strings.Join(between, ", "))
			}
		}
	}
	return nil
}

// decided returns the decision on a question, if there is one.
func (in *input) decided(kind, of string, between []string) (*Decision, bool) {
	for i := range in.Decisions {
		if in.Decisions[i].answers(kind, of, between) {
			in.used[i] = true
			return &in.Decisions[i], true
		}
	}
	return nil, false
}

// sorted returns the names in ascending order, nil if there are none.
func sorted(ids []string) []string {
	if len(ids) == 0 {
		return nil
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return ids
}

func total(votes []int) int {
	sum := 0
	for _, v := range votes {
		sum += v
	}
	return sum
}
