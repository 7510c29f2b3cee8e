package results

import (
	"slices"
	"time"

	"github.com/sandogh/sandogh/verify/report"
)

// maxMoments bounds what is kept of a contest's past.
const maxMoments = 12

// Remember gives each contest the moments that were shown before, by its id, and
// the present one if it is another. When a contest loses units that it had, a
// moment shows that too: the past is not taken back.
func (e *Election) Remember(before func(contest string) []Moment, now time.Time) {
	for _, c := range e.Contests {
		c.History = before(c.ID)
		if e.Report.Status != report.Verified {
			continue // what was shown is not taken back, and nothing is added to it
		}
		m := c.Moment()
		if n := len(c.History); n > 0 {
			last := c.History[n-1]
			m.At = last.At
			if m == last {
				continue
			}
		} else if c.Kind == Waiting {
			continue
		}
		m.At = now.UTC().Truncate(time.Second)
		c.History = append(slices.Clone(c.History), m)
		if over := len(c.History) - maxMoments; over > 0 {
			c.History = c.History[over:]
		}
	}
}

// Changes are the ids of what differs.
type Changes struct {
	Everything bool // also what all pages have: the verdict, the definition
	Phase      bool
	Contests   map[string]map[string]bool // with the units that differ
	Branches   map[string]bool            // also those of such units
}

// None reports whether nothing differs.
func (c Changes) None() bool {
	return !c.Everything && !c.Phase && len(c.Contests) == 0 && len(c.Branches) == 0
}

// Changed returns what differs between two states of one election.
func Changed(old, new *Election) Changes {
	if old == nil || old.ID != new.ID || old.Report.Status != new.Report.Status ||
		old.Withheld != new.Withheld || len(old.Contests) != len(new.Contests) {
		return Changes{Everything: true}
	}
	out := Changes{Phase: old.Report.Phase != new.Report.Phase, Contests: map[string]map[string]bool{}, Branches: map[string]bool{}}
	for i, c := range new.Contests {
		o := old.Contests[i]
		units := map[string]bool{}
		for j := range c.Units {
			if u := &c.Units[j]; j >= len(o.Units) || !u.same(&o.Units[j]) {
				units[u.ID] = true
				for _, b := range u.Branches {
					out.Branches[b.ID] = true
				}
			}
		}
		if len(units) > 0 || len(c.Units) != len(o.Units) || c.Kind != o.Kind || c.Entry != o.Entry ||
			len(c.Chain) != len(o.Chain) || len(c.Answers) != len(o.Answers) {
			out.Contests[c.ID] = units
		}
	}
	for i, b := range new.Branches {
		if o := old.Branches[i]; b.Closed != o.Closed || b.Missing != o.Missing || b.Counts != o.Counts {
			out.Branches[b.ID] = true
		}
	}
	return out
}

func (u *Unit) same(o *Unit) bool {
	return u.ID == o.ID && u.Opened == o.Opened && u.Ballots == o.Ballots && u.Blank == o.Blank && slices.Equal(u.Votes, o.Votes)
}
