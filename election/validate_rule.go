package election

import (
	"slices"
	"strings"

	"github.com/sandogh/sandogh/apportion"
)

// Rules returns the counting rules.
func Rules() []string {
	return append([]string{PluralityAtLarge, SingleSeatPlurality, TwoRound}, apportion.Rules()...)
}

// Proportional reports whether the contest's rule parts seats among lists.
func (c *Contest) Proportional() bool { return slices.Contains(apportion.Rules(), c.Rule) }

// RuleFaults returns what is wrong with a contest by itself, without the
// definition around it: its rule, the settings of that, its candidates and
// lists. Paths begin at the contest.
func (c *Contest) RuleFaults() Faults {
	v := validator{d: new(Definition)}
	v.rule("", c)
	v.candidates("", c)
	return v.faults
}

// rule checks the rule and the settings that belong to it.
func (v *validator) rule(p string, c *Contest) {
	known := slices.Contains(Rules(), c.Rule)
	if !known {
		v.add(join(p, "rule"), "%s is not a rule: write one of %s", quote(c.Rule), strings.Join(Rules(), ", "))
	}
	v.between(join(p, "seats"), c.Seats, 1, MaxSeats)
	v.between(join(p, "alternates"), c.Alternates, 0, MaxSeats)
	if c.Rule == SingleSeatPlurality && c.Seats > 1 {
		v.add(join(p, "seats"), "%d seats under single-seat-plurality: write 1, or another rule", c.Seats)
	}
	v.tieOrder(join(p, "tie_order"), c.TieOrder)
	if c.Kind != "" && !slices.Contains([]string{KindCity, KindVillage, KindMajlis, KindExperts}, c.Kind) {
		v.add(join(p, "kind"), "%s is not a kind of contest: write city, village, majlis or experts", quote(c.Kind))
	}
	if c.Kind == KindMajlis && len(c.TieOrder) > 1 {
		v.add(join(p, "tie_order"), "a tie for the Majlis is settled by lot alone: write lot and nothing else")
	}
	if known {
		v.settings(p, c)
	}
}

// settings checks the settings of a known rule: what belongs to another rule is
// refused, so that nobody believes that it counts.
func (v *validator) settings(p string, c *Contest) {
	twoRound, lists := c.Rule == TwoRound, c.Proportional()
	if c.Threshold != "" {
		q := join(p, "threshold")
		if _, err := apportion.ParseFraction(c.Threshold); err != nil {
			v.add(q, "%v", err)
		} else if !twoRound && !lists {
			v.add(q, "%s knows no threshold: remove it, or write another rule", c.Rule)
		}
	} else if twoRound && c.Round != 2 {
		v.add(join(p, "threshold"), "no threshold for the first round: write one, such as 1/5")
	}
	if c.Half != "" {
		q := join(p, "half")
		if !slices.Contains([]string{apportion.HalfUp, apportion.HalfEven, apportion.HalfDown, apportion.HalfQuestion}, c.Half) {
			v.add(q, "%s is not known: write up, even, down or question", quote(c.Half))
		} else if c.Rule != RoundThenShare {
			v.add(q, "%s rounds nothing: remove it, or write round-then-share", c.Rule)
		}
	}
	if c.AlternatesBy != "" {
		q := join(p, "alternates_by")
		if c.AlternatesBy != AlternatesByVotes && c.AlternatesBy != AlternatesNone {
			v.add(q, "%s is not known: write votes or none", quote(c.AlternatesBy))
		} else if !lists {
			v.add(q, "%s parts no seats among lists: remove it", c.Rule)
		}
	}
	if c.AlternatesBy == AlternatesNone && c.Alternates > 0 {
		v.add(join(p, "alternates"), "%d alternates where there are none: write 0, or remove alternates_by", c.Alternates)
	}
	v.rounds(p, c)
	l := join(p, "list_limits")
	v.between(join(l, "min"), c.ListLimits.Min, 0, MaxCandidates)
	v.between(join(l, "max"), c.ListLimits.Max, 0, MaxCandidates)
	if c.ListLimits.Max > 0 && c.ListLimits.Min > c.ListLimits.Max {
		v.add(l, "at least %d and at most %d: correct one", c.ListLimits.Min, c.ListLimits.Max)
	}
}

func (v *validator) rounds(p string, c *Contest) {
	if c.Rule != TwoRound {
		if c.Round != 0 {
			v.add(join(p, "round"), "%s has no rounds: remove it, or write two-round", c.Rule)
		}
		if c.PreviousResult != "" {
			v.add(join(p, "previous_result"), "%s has no rounds: remove it, or write two-round", c.Rule)
		}
		return
	}
	if c.Round != 1 && c.Round != 2 {
		v.add(join(p, "round"), "%d is no round: write 1 or 2", c.Round)
	}
	if c.Alternates > 0 {
		v.add(join(p, "alternates"), "%d alternates under two-round: write 0", c.Alternates)
	}
	switch {
	case c.PreviousResult == "":
	case c.Round == 1:
		v.add(join(p, "previous_result"), "the first round has no result before it: remove it")
	default:
		v.hash(join(p, "previous_result"), c.PreviousResult)
	}
	if c.Round == 2 && len(c.Candidates) > 2*c.Seats && c.Seats >= 1 && c.Seats <= MaxSeats {
		v.add(join(p, "candidates"), "%d candidates in a run-off for %d seats: keep the first %d of round one", len(c.Candidates), c.Seats, 2*c.Seats)
	}
}

// listLengths checks the lists' lengths and that none is called like the group
// of those without a list.
func (v *validator) listLengths(p string, c *Contest) {
	length := make(map[string]int, len(c.Lists))
	for i := range c.Candidates {
		length[c.Candidates[i].List]++
	}
	for i, l := range c.Lists {
		q := at(p, i)
		switch n := length[l.ID]; {
		case c.ListLimits.Max > 0 && n > c.ListLimits.Max:
			v.add(q, "the list %s has %d candidates: keep it within %d", quote(l.ID), n, c.ListLimits.Max)
		case n < c.ListLimits.Min:
			v.add(q, "the list %s has %d candidates: it needs at least %d", quote(l.ID), n, c.ListLimits.Min)
		}
		if l.ID == Independents && c.Proportional() {
			v.add(q+".id", "all candidates without a list are called so: give the list another id")
		}
	}
}
