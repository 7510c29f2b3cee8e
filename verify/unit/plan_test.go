package unit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/unit"
	"pgregory.net/rapid"
)

// planned returns a contest whose plan has a unit for each of the lists of
// numbers, with a branch for each number, and the ballots that each has cast.
func planned(min int, cast ...[]uint64) (*election.Contest, func(string) uint64) {
	c := &election.Contest{ID: "c", MinUnit: min}
	ballots := map[string]uint64{}
	for i, unit := range cast {
		u := election.Unit{ID: fmt.Sprint("u", i+1)}
		for j, n := range unit {
			id := fmt.Sprintf("%d%c", i+1, 'a'+j)
			u.Branches = append(u.Branches, id)
			ballots[id] = n
		}
		c.Units = append(c.Units, u)
	}
	return c, func(branch string) uint64 {
		n, ok := ballots[branch]
		if !ok {
			panic("plan asks for branch " + branch)
		}
		return n
	}
}

// text writes units as "u1=3: 1a 1b; u2=0: 2a".
func text(units []record.Unit) string {
	var s []string
	for _, u := range units {
		s = append(s, fmt.Sprintf("%s=%d: %s", u.ID, u.Ballots, strings.Join(u.Branches, " ")))
	}
	return strings.Join(s, "; ")
}

func TestPlan(t *testing.T) {
	type units = [][]uint64
	for _, c := range []struct {
		what string
		min  int
		cast units
		want string // "" if refused
	}{
		{"nothing to merge", 5, units{{5}, {6}, {7}}, "u1=5: 1a; u2=6: 2a; u3=7: 3a"},
		{"several branches", 5, units{{2, 3}, {0, 9}}, "u1=5: 1a 1b; u2=9: 2a 2b"},
		{"absorbs the next", 5, units{{4}, {9}, {5}}, "u1=13: 1a 2a; u3=5: 3a"},
		{"absorbs just enough", 5, units{{4}, {1}, {5}}, "u1=5: 1a 2a; u3=5: 3a"},
		{"absorbs repeatedly", 5, units{{1}, {1}, {1}, {1}, {1}, {9}}, "u1=5: 1a 2a 3a 4a 5a; u6=9: 6a"},
		{"a small one absorbs a large one", 5, units{{1}, {500}}, "u1=501: 1a 2a"},
		{"a large one is not absorbed by a large one", 5, units{{500}, {500}}, "u1=500: 1a; u2=500: 2a"},
		{"zero units are explicit", 5, units{{0}, {5}, {0, 0}}, "u1=0: 1a; u2=5: 2a; u3=0: 3a 3b"},
		{"the next one that is not empty", 5, units{{4}, {0}, {3}}, "u1=7: 1a 3a; u2=0: 2a"},
		{"a last remainder joins the one before", 5, units{{5}, {4}}, "u1=9: 1a 2a"},
		{"and the one before it stays", 5, units{{5}, {6}, {4}}, "u1=5: 1a; u2=10: 2a 3a"},
		{"over an empty one", 5, units{{5}, {0}, {4}}, "u1=9: 1a 3a; u2=0: 2a"},
		{"a remainder of several", 5, units{{7}, {1}, {0}, {2}}, "u1=10: 1a 2a 4a; u3=0: 3a"},
		{"into a unit that was merged", 5, units{{2}, {3}, {4}}, "u1=9: 1a 2a 3a"},
		{"only one, too small", 50, units{{2}}, "u1=2: 1a"},
		{"only one after merging", 50, units{{1}, {0}, {1}}, "u1=2: 1a 3a; u2=0: 2a"},
		{"nobody voted", 5, units{{0}, {0, 0}}, "u1=0: 1a; u2=0: 2a 2b"},
		{"one ballot in all", 5, units{{0}, {1}, {0}}, ""},
		{"one ballot and one unit", 2, units{{1}}, ""},
		{"one ballot beside a large unit", 2, units{{9}, {1}}, "u1=10: 1a 2a"},
		{"one ballot before a large unit", 2, units{{1}, {9}}, "u1=10: 1a 2a"},
	} {
		contest, cast := planned(c.min, c.cast...)
		before := fmt.Sprint(contest.Units)
		got, err := unit.Plan(contest, cast)
		switch {
		case c.want == "":
			if err == nil {
				t.Errorf("%s: planned as %s", c.what, text(got))
			} else if !strings.Contains(err.Error(), "contest c") {
				t.Errorf("%s: %v does not name the contest", c.what, err)
			}
		case err != nil:
			t.Errorf("%s: %v", c.what, err)
		case text(got) != c.want:
			t.Errorf("%s: planned as %s, want %s", c.what, text(got), c.want)
		}
		if after := fmt.Sprint(contest.Units); after != before {
			t.Errorf("%s: the definition's plan became %s", c.what, after)
		}
	}
}

// TestPlanLaws: what holds of the units of every contest.
func TestPlanLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		min := rapid.IntRange(2, 60).Draw(t, "min")
		few := rapid.OneOf(rapid.Just(uint64(0)), rapid.Uint64Range(0, 3), rapid.Uint64Range(0, 80))
		plan := rapid.SliceOfN(rapid.SliceOfN(few, 1, 3), 1, 8).Draw(t, "cast")
		c, cast := planned(min, plan...)
		units, err := unit.Plan(c, cast)

		var total uint64
		var order []string // of all branches
		start := map[string]int{}
		for i, u := range c.Units {
			start[u.ID] = i
			for _, b := range u.Branches {
				total += cast(b)
				order = append(order, b)
			}
		}
		if (err != nil) != (total == 1) {
			t.Fatalf("%d ballots in all: %v", total, err)
		}
		if err != nil {
			return
		}
		full := 0
		for _, u := range units {
			if u.Ballots > 0 {
				full++
			}
		}
		if (full == 0) != (total == 0) {
			t.Fatalf("%d ballots in %d units", total, full)
		}
		seen := map[string]bool{}
		last := -1
		for _, u := range units {
			i, ok := start[u.ID]
			if !ok || i <= last {
				t.Fatalf("unit %s is not of the plan, or out of its order: %s", u.ID, text(units))
			}
			last = i
			if len(u.Branches) < len(c.Units[i].Branches) || !slices.Equal(u.Branches[:len(c.Units[i].Branches)], c.Units[i].Branches) {
				t.Fatalf("unit %s does not begin with its own branches: %s", u.ID, text(units))
			}
			var n uint64
			for _, b := range u.Branches {
				if seen[b] {
					t.Fatalf("branch %s is in two units: %s", b, text(units))
				}
				seen[b] = true
				n += cast(b)
			}
			if !slices.IsSortedFunc(u.Branches, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) }) {
				t.Fatalf("the branches of unit %s are not in the plan's order: %s", u.ID, text(units))
			}
			if n != u.Ballots {
				t.Fatalf("unit %s has %d ballots, not %d: %s", u.ID, n, u.Ballots, text(units))
			}
			if n > 0 && n < uint64(min) && full > 1 {
				t.Fatalf("unit %s has %d ballots, fewer than %d: %s", u.ID, n, min, text(units))
			}
		}
		if len(seen) != len(order) {
			t.Fatalf("%d of %d branches are in a unit: %s", len(seen), len(order), text(units))
		}
		for i, u := range c.Units { // an empty unit of the plan stays what it is
			empty := true
			for _, n := range plan[i] {
				empty = empty && n == 0
			}
			if j := slices.IndexFunc(units, func(v record.Unit) bool { return v.ID == u.ID }); empty && (j < 0 || !slices.Equal(units[j].Branches, u.Branches)) {
				t.Fatalf("the empty unit %s is not there by itself: %s", u.ID, text(units))
			}
		}
		again, err := unit.Plan(c, cast)
		if err != nil || text(again) != text(units) {
			t.Fatalf("planned again: %s, %v", text(again), err)
		}
	})
}
