package results

import (
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/verify/report"
)

// New returns the election of a definition in which nothing is counted yet. Who
// sets totals calls Index afterwards.
func New(id string, d *election.Definition, r *report.Report) *Election {
	e := &Election{ID: id, Definition: d, Report: r, contests: map[string]*Contest{}, branches: map[string]*Branch{}, places: map[string]*Place{}}
	if d == nil {
		return e
	}
	for i := range d.Districts {
		p := &Place{District: &d.Districts[i]}
		e.Places = append(e.Places, p)
		e.places[p.ID] = p
	}
	for _, p := range e.Places {
		if up := e.places[p.District.Parent]; up != nil {
			p.Parent = up
			up.Children = append(up.Children, p)
		}
	}
	for i := range d.Branches {
		b := &Branch{Branch: &d.Branches[i], Place: e.places[d.Branches[i].District]}
		e.Branches = append(e.Branches, b)
		e.branches[b.ID] = b
		if b.Place != nil {
			b.Place.Branches = append(b.Place.Branches, b)
		}
	}
	for i := range d.Contests {
		c := &Contest{Contest: &d.Contests[i], Place: e.places[d.Contests[i].District], Kind: Waiting, Entry: -1}
		c.Law, _ = d.LawOf(c.Contest)
		c.Votes = make([]uint64, c.N())
		e.Contests = append(e.Contests, c)
		e.contests[c.ID] = c
		if c.Place != nil {
			c.Place.Contests = append(c.Place.Contests, c)
			c.Branches = c.Place.within(nil)
		}
	}
	return e
}

// within returns the branches of a place and of all that it holds.
func (p *Place) within(out []*Branch) []*Branch {
	out = append(out, p.Branches...)
	for _, c := range p.Children {
		out = c.within(out)
	}
	return out
}

// Index adds up what was set: the opened units of each contest, and what lies in
// each place.
func (e *Election) Index() {
	for _, p := range e.Places {
		p.Sum = Sum{}
	}
	for _, c := range e.Contests {
		c.add()
		for p := c.Place; p != nil; p = p.Parent {
			p.Sum.Contests++
			if c.Counted() {
				p.Sum.Counted++
			}
			if c.Settled() {
				p.Sum.Certified++
			}
			if c.Done > 0 {
				p.Sum.Started++
			}
		}
	}
	for _, b := range e.Branches {
		for p := b.Place; p != nil; p = p.Parent {
			p.Sum.Branches++
			p.Sum.All += uint64(b.Electorate)
			if b.Closed {
				p.Sum.Closed++
				p.Sum.Electorate += uint64(b.Electorate)
				p.Sum.Cast += b.Counts.Cast
			}
		}
	}
}

// add adds up the opened units.
func (c *Contest) add() {
	clear(c.Votes)
	c.Ballots, c.Blank, c.Done = 0, 0, 0
	opened := 0
	for _, u := range c.Units {
		if !u.Opened {
			continue
		}
		opened++
		c.Done += len(u.Branches)
		c.Ballots += u.Ballots
		c.Blank += u.Blank
		for i, n := range u.Votes {
			c.Votes[i] += n
		}
	}
	switch {
	case opened == 0:
		c.Kind = Waiting
	case opened < len(c.Units):
		c.Kind = Partial
	case c.Kind == Waiting || c.Kind == Partial:
		c.Kind = Complete
	}
}

// All is the sum of the whole election: of the places that lie in no other.
func (e *Election) All() Sum {
	var s Sum
	for _, p := range e.Places {
		if p.Parent == nil {
			s.Contests += p.Sum.Contests
			s.Counted += p.Sum.Counted
			s.Certified += p.Sum.Certified
			s.Started += p.Sum.Started
			s.Branches += p.Sum.Branches
			s.Closed += p.Sum.Closed
			s.Electorate += p.Sum.Electorate
			s.Cast += p.Sum.Cast
			s.All += p.Sum.All
		}
	}
	return s
}

// Missing returns the branches that are due and not there.
func (e *Election) Missing() []*Branch {
	var out []*Branch
	for _, b := range e.Branches {
		if b.Missing {
			out = append(out, b)
		}
	}
	return out
}
