package results

import (
	"slices"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
)

// Leaf reports whether a place is told on the page of its one contest.
func (p *Place) Leaf() bool { return len(p.Children) == 0 && len(p.Contests) == 1 }

// Alone reports whether a branch is told on the page of its one contest, in which
// nobody else votes.
func (b *Branch) Alone() bool {
	return b.Place != nil && b.Place.Leaf() && len(b.Place.Branches) == 1 && len(b.Asks()) == 1
}

// reporting reports whether contests are reported by places of this kind.
func (p *Place) reporting() bool {
	return p.Parent == nil || p.Kind == election.Country || p.Kind == election.Province || p.Kind == election.County
}

// Reported returns the contests of a place's report: all within it that belong to
// no smaller place that reports.
func (p *Place) Reported() []*Contest {
	out := slices.Clone(p.Contests)
	for _, c := range p.Children {
		if !c.reporting() {
			out = append(out, c.Reported()...)
		}
	}
	return out
}

// Reports reports whether the place has a report of contests.
func (p *Place) Reports() bool { return p.reporting() && p.some() }

// some reports whether Reported would return a contest.
func (p *Place) some() bool {
	return len(p.Contests) > 0 || slices.ContainsFunc(p.Children, func(c *Place) bool { return !c.reporting() && c.some() })
}

// Whole returns the place whose report is of all contests, if no report of a place
// has them all: there is one place above all others, and several report.
func (e *Election) Whole() (*Place, bool) {
	var top *Place
	reports := 0
	for _, p := range e.Places {
		if p.Parent == nil {
			if top != nil {
				return nil, false
			}
			top = p
		}
		if p.Reports() {
			reports++
		}
	}
	return top, reports > 1
}

// A Who says who is elected, by id: as in the result in force, else as it follows.
type Who struct {
	Elected, Runoff   map[string]bool
	Alternate         map[string]int // place, from 1
	First, Alternates []string       // the elected and the alternates, in order
}

// Who returns who is elected by an outcome, or by the result in force.
func (c *Contest) Who(o count.Outcome) Who {
	elected, alternates, runoff := o.Elected, o.Alternates, o.Runoff
	w := Who{map[string]bool{}, map[string]bool{}, map[string]int{}, elected, alternates}
	if n := len(c.Chain); n > 0 {
		in := c.Chain[n-1].New
		w.First, w.Alternates, runoff = in.Elected, in.Alternates, in.Runoff
	}
	for _, id := range w.First {
		w.Elected[id] = true
	}
	for i, id := range w.Alternates {
		w.Alternate[id] = i + 1
	}
	for _, id := range runoff {
		w.Runoff[id] = true
	}
	return w
}
