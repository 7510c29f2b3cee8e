package results

import (
	"time"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
)

// An Election is what the site shows. Index makes it ready; afterwards it is not
// changed.
type Election struct {
	ID         string               // hex, or empty if it could not be read
	Definition *election.Definition // nil if it could not be read
	Report     *report.Report
	Withheld   bool // the lawful moment has not come: no number is there

	Contests []*Contest // in the definition's order
	Branches []*Branch  // likewise
	Places   []*Place   // likewise, of the definition's districts

	contests map[string]*Contest
	branches map[string]*Branch
	places   map[string]*Place
}

// A Kind is how far a contest has come.
type Kind string

// Waiting: no unit is opened. Partial: some are. Complete: all are. Asked: all
// are, and the law leaves a question open. Certified: the result is on the record.
// Corrected: another has taken its place.
const (
	Waiting   Kind = "waiting"
	Partial   Kind = "partial"
	Complete  Kind = "complete"
	Asked     Kind = "asked"
	Certified Kind = "certified"
	Corrected Kind = "corrected"
)

// A Moment is when a contest came to where it is, or was before.
type Moment struct {
	At      time.Time `json:"at,omitzero"`
	Kind    Kind      `json:"status"`
	Done    int       `json:"branches_counted"`
	Of      int       `json:"branches"`
	Ballots uint64    `json:"ballots"`
}

// A Contest is a contest with its totals as far as they are opened.
type Contest struct {
	*election.Contest
	Law     *election.Law
	Place   *Place
	Kind    Kind
	Units   []Unit   // fixed ones, in their order
	Votes   []uint64 // by candidate, of the opened units
	Ballots uint64
	Blank   uint64
	Outcome *count.Outcome // nil if it follows from totals and decisions: see Count
	Answers []Answer       // rulings and lots, in their order
	Entry   int64          // of the result in headquarters' log, −1 if there is none
	Chain   []Correction   // of the result, in their order
	History []Moment       // the last is the present one

	Branches []*Branch // who vote in it, in the definition's order
	Done     int       // of these, counted
}

// A Unit is a tally unit.
type Unit struct {
	ID       string
	Branches []*Branch
	Opened   bool
	Ballots  uint64
	Votes    []uint64
	Blank    uint64
}

// A Branch is a branch with what it stated at its close.
type Branch struct {
	*election.Branch
	Place   *Place
	Closed  bool
	Missing bool // due, and not there or not readable
	Counts  record.Counts
}

// An Answer is a ruling or a lot with the question that it answers.
type Answer struct {
	Question *record.Question
	Ruling   *record.Ruling // or nil
	Lot      *record.Lot    // or nil
	By       []string       // signers
	Entry    uint64
}

// Order returns the names in the question as the answer puts them.
func (a *Answer) Order() []string {
	if a.Ruling != nil {
		return a.Ruling.Order
	}
	if a.Question == nil {
		return nil
	}
	return record.LotOrder(a.Lot.Seed, a.Question.Between)
}

// A Correction is a result in the place of another.
type Correction struct {
	Old, New *record.Result
	Article  string
	Text     string // why
	By       []string
	Entry    uint64
}

// A Place is a district with what lies in it.
type Place struct {
	*election.District
	Parent   *Place
	Children []*Place
	Contests []*Contest // its own
	Branches []*Branch  // its own
	Sum      Sum
}

// A Sum is of a place and all within it.
type Sum struct {
	Contests, Counted, Certified int // contests; counted are complete, certified or corrected
	Started                      int // of which a unit is opened
	Branches, Closed             int
	Electorate, Cast             uint64 // of the closed branches
	All                          uint64 // electorate of all branches
}

// Counted reports whether every unit is opened.
func (c *Contest) Counted() bool {
	return c.Kind == Complete || c.Kind == Asked || c.Kind == Certified || c.Kind == Corrected
}

// Settled reports whether there is a result on the record.
func (c *Contest) Settled() bool { return c.Kind == Certified || c.Kind == Corrected }

// Count returns the outcome of a contest that is counted.
func (c *Contest) Count() (count.Outcome, error) {
	if c.Outcome != nil {
		return *c.Outcome, nil
	}
	in := count.Input{Contest: c.Contest, Law: c.Law, Ballots: int(c.Ballots), Blank: int(c.Blank)}
	for _, n := range c.Votes {
		in.Votes = append(in.Votes, int(n))
	}
	return count.Count(in)
}

// Moment returns where the contest is, without the time.
func (c *Contest) Moment() Moment {
	return Moment{Kind: c.Kind, Done: c.Done, Of: len(c.Branches), Ballots: c.Ballots}
}

// Contest returns the contest with the id.
func (e *Election) Contest(id string) (*Contest, bool) { c, ok := e.contests[id]; return c, ok }

// Branch returns the branch with the id.
func (e *Election) Branch(id string) (*Branch, bool) { b, ok := e.branches[id]; return b, ok }

// Place returns the place with the id.
func (e *Election) Place(id string) (*Place, bool) { p, ok := e.places[id]; return p, ok }

// Up returns the places that hold p, from the outermost, and p.
func (p *Place) Up() []*Place {
	if p == nil {
		return nil
	}
	return append(p.Parent.Up(), p)
}

// Asks returns the contests that a branch votes in: those of its place and of the
// places around it.
func (b *Branch) Asks() []*Contest {
	var out []*Contest
	for _, p := range b.Place.Up() {
		out = append(out, p.Contests...)
	}
	return out
}

// Unit returns the unit of a contest that the branch is in.
func (c *Contest) Unit(branch *Branch) (*Unit, bool) {
	for i := range c.Units {
		for _, b := range c.Units[i].Branches {
			if b == branch {
				return &c.Units[i], true
			}
		}
	}
	return nil, false
}

// Found returns the unit with the id.
func (c *Contest) Found(unit string) (*Unit, bool) {
	for i := range c.Units {
		if c.Units[i].ID == unit {
			return &c.Units[i], true
		}
	}
	return nil, false
}

// MinUnit is the fewest persons that a number about the branch may be of.
func (b *Branch) MinUnit() uint64 {
	most := uint64(1)
	for _, c := range b.Asks() {
		most = max(most, uint64(c.Contest.MinUnit))
	}
	return most
}
