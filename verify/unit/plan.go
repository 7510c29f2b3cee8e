package unit

import (
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// Plan returns the tally units of a contest in which each branch has cast the
// given number of ballots: the plan of the definition, with units under
// min_unit merged (protocol, section 2). A contest with one ballot in all has
// no units without a ruling; that is an error.
func Plan(c *election.Contest, cast func(branch string) uint64) ([]record.Unit, error) {
	var out []record.Unit
	small := -1 // the unit in out that is still too small
	for _, planned := range c.Units {
		u := record.Unit{ID: planned.ID, Branches: slices.Clone(planned.Branches)}
		for _, b := range planned.Branches {
			u.Ballots += cast(b)
		}
		switch {
		case u.Ballots == 0:
			out = append(out, u)
			continue
		case small < 0:
			out = append(out, u)
			small = len(out) - 1
		default:
			out[small].Branches = append(out[small].Branches, u.Branches...)
			out[small].Ballots += u.Ballots
		}
		if out[small].Ballots >= uint64(c.MinUnit) {
			small = -1
		}
	}
	if small < 0 {
		return out, nil
	}
	for before := small - 1; before >= 0; before-- {
		if out[before].Ballots > 0 {
			out[before].Branches = append(out[before].Branches, out[small].Branches...)
			out[before].Ballots += out[small].Ballots
			return slices.Delete(out, small, small+1), nil
		}
	}
	if out[small].Ballots == 1 {
		return nil, fmt.Errorf("contest %s has one ballot in all: it is opened only by a recorded ruling", c.ID)
	}
	return out, nil
}

// Fix reads the list of units that headquarters fixed in an entry.
func Fix(src *source.Reader, index uint64, b *record.Units) Fixed {
	f := Fixed{Index: index}
	p := report.At(record.HQ, index)
	if b.Units.Type != record.TypeUnits || b.Units.Size > record.MaxList {
		src.Refute("V030", p, "contest %s: a list of units is a blob of type %s and at most %d bytes", b.Contest, record.TypeUnits, record.MaxList)
		src.Compare(b.Units, p)
		return f
	}
	data, ok := src.Blob(b.Units, p)
	if !ok {
		src.Absent("V030", p, "the units of contest %s cannot be judged without their list", b.Contest)
		return f
	}
	units, err := record.DecodeUnits(data)
	if err != nil {
		src.Refute("V030", p, "contest %s: %v", b.Contest, err)
		return f
	}
	f.Units, f.Read = units, true
	return f
}

// checkPlan compares the fixed units of a contest with the plan (V030) and
// prepares them.
func (c *Checker) checkPlan(contest *election.Contest) {
	fixed, ok := c.Fixed[contest.ID]
	if !ok {
		return
	}
	c.Count("V030", 1)
	p := report.At(record.HQ, fixed.Index)
	known, sound := true, c.Key != nil
	for _, b := range c.Definition.BranchesOf(contest.ID) {
		for _, h := range c.Heads[b.ID] {
			if h.Index > fixed.Index {
				c.Refute("V030", report.At(record.HQ, h.Index), "branch %s sent entries after the units of contest %s were fixed", b.ID, contest.ID)
			}
		}
		log := c.Branches[b.ID]
		if log == nil {
			known = false // V020 names it
			continue
		}
		if _, closed := log.Closed(); log.Gap() {
			known = false
			c.Absent("V030", p, "units of contest %s cannot be judged: entries of branch %s are missing", contest.ID, b.ID)
		} else if !closed {
			known = false
			c.Refute("V030", p, "units of contest %s are fixed, and branch %s has not closed", contest.ID, b.ID)
		}
		sound = sound && log.Sound()
	}
	if !known || !fixed.Read {
		return
	}
	want, err := Plan(contest, func(b string) uint64 { return c.Branches[b].Cast() })
	if err != nil {
		c.Refute("V030", p, "%v", err)
		return
	}
	if !slices.EqualFunc(want, fixed.Units, func(a, b record.Unit) bool {
		return a.ID == b.ID && a.Ballots == b.Ballots && slices.Equal(a.Branches, b.Branches)
	}) {
		c.Refute("V030", p, "the units of contest %s are not those that the plan and the cast ballots give", contest.ID)
		return
	}
	for _, planned := range want {
		id := ID{contest.ID, planned.ID}
		u := c.Units[id]
		if u == nil {
			u = New(id)
			c.Units[id] = u
		}
		u.contest, u.plan, u.sound = contest, planned, sound
	}
}
