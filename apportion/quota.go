package apportion

import (
	"cmp"
	"fmt"
	"slices"
)

// quotas is the family of round-then-share, floor-then-share and
// largest-remainder: each group's quota seats·votes/total as a whole number,
// limited to its candidates, and then the seats that are left, one by one.
func (a *allocation) quotas() error {
	rest := make([]int, len(a.Groups)) // numerators over total
	var halves []int
	sum := 0
	for i := range a.Groups {
		g := &a.Groups[i]
		if g.Below || g.Votes == 0 {
			continue
		}
		g.First, rest[i] = divide(a.House, g.Votes, a.Total)
		g.Half = 2*rest[i] == a.Total
		if a.Rule == RoundThenShare {
			switch {
			case g.Half && a.Options.Half == HalfQuestion && g.First < g.Limit:
				halves = append(halves, i)
			case 2*rest[i] > a.Total || g.Half && a.up(g.First):
				g.First++
			}
		}
		g.First = min(g.First, g.Limit)
	}
	if done, err := a.halves(halves); done || err != nil {
		return err
	}
	var rounded []string
	for i := range a.Groups {
		if n := a.Groups[i].First; n > 0 {
			rounded = append(rounded, a.Groups[i].Name)
			sum += n
		}
	}
	if sum > a.House {
		answer, ok := a.ask(Open{Kind: OverAllocation, Groups: rounded, Seats: sum - a.House})
		if !ok {
			return nil
		}
		return a.fill(answer)
	}
	for i := range a.Groups {
		a.Groups[i].Seats = a.Groups[i].First
	}
	// By share of all votes, or by what was cut off.
	key := func(i int) int { return a.Groups[i].Votes }
	if a.Rule == LargestRemainder {
		key = func(i int) int { return rest[i] }
	}
	return a.passes(a.House-sum, key)
}

// up says whether a half above whole is rounded up. An open half counts as down
// until it is decided.
func (a *allocation) up(whole int) bool {
	switch a.Options.Half {
	case "", HalfUp:
		return true
	case HalfEven:
		return whole%2 == 1
	}
	return false
}

// halves settles quotas with exactly a half that are left to a ruling, and
// reports whether that stays open.
func (a *allocation) halves(halves []int) (open bool, err error) {
	if len(halves) == 0 {
		return false, nil
	}
	names := a.names(halves)
	answer, ok := a.ask(Open{Kind: Half, Groups: names, Seats: len(halves)})
	if !ok {
		return true, nil
	}
	if answer.Order != nil || len(answer.Seats) != len(halves) {
		return false, fmt.Errorf("exactly a half takes the seats of each of the groups %q", names)
	}
	for _, i := range halves {
		g := &a.Groups[i]
		n, ok := answer.Seats[g.Name]
		if !ok || n != g.First && n != g.First+1 {
			return false, fmt.Errorf("the group %q must be given %d or %d seats", g.Name, g.First, g.First+1)
		}
		g.First = n
	}
	return false, nil
}

// passes gives the seats that are left: in each pass one to every group that can
// take another, in descending order of the key.
func (a *allocation) passes(left int, key func(int) int) error {
	for pass := 1; left > 0; pass++ {
		var takers []int
		for i := range a.Groups {
			if a.free(i) {
				takers = append(takers, i)
			}
		}
		if len(takers) == 0 {
			a.Open = &Open{Kind: MoreSeats, Groups: []string{}, Seats: left}
			return nil
		}
		slices.SortStableFunc(takers, func(i, j int) int { return cmp.Compare(key(j), key(i)) })
		w := Award{Pass: pass}
		if left < len(takers) {
			at := key(takers[left])
			above := slices.IndexFunc(takers, func(i int) bool { return key(i) == at })
			tied := slices.DeleteFunc(slices.Clone(takers), func(i int) bool { return key(i) != at })
			if above < left { // equal keys on both sides of the cut
				for _, i := range takers[:above] {
					a.award(i, w)
				}
				return a.last(tied, left-above, func(int) Award { return w })
			}
			takers = takers[:left]
		}
		for _, i := range takers {
			a.award(i, w)
		}
		left -= len(takers)
	}
	return nil
}
