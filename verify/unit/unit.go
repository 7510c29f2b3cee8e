package unit

import (
	"sync"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/branchlog"
	"github.com/sandogh/sandogh/verify/source"
)

// An ID names a tally unit of a contest.
type ID struct{ Contest, Unit string }

// A Unit is what the record says of one tally unit. The exported fields are what
// stands on the record, for New and its caller to fill in.
type Unit struct {
	id       ID
	Shuffles []source.Entry[*record.Shuffle]
	Shares   []source.Entry[*record.Shares]
	Tallies  []source.Entry[*record.Tally]

	contest *election.Contest // nil unless the unit is one of the plan
	plan    record.Unit

	// What has been verified; only sound results are set.
	sound  bool        // the branches' ballots can be relied on
	turns  int         // mixers whose proofs hold
	mixed  bool        // by all of them
	doubt  bool        // the mixing could not be judged for want of something
	output record.Blob // of the last sound turn
	opened []int       // occurrences of each code, by code−1; nil unless opened
}

// New returns a unit of which nothing is on the record yet.
func New(id ID) *Unit { return &Unit{id: id} }

// Planned reports whether the unit is one of those that the plan gives.
func (u *Unit) Planned() bool { return u.contest != nil }

// Ballots returns how many ballots a planned unit has.
func (u *Unit) Ballots() uint64 { return u.plan.Ballots }

// Opened returns how often each code occurs, by code−1; nil unless the unit is
// opened soundly.
func (u *Unit) Opened() []int { return u.opened }

// rows returns how many rows a planned unit has.
func (u *Unit) rows() int { return int(u.plan.Ballots) * u.contest.K() }

func (u *Unit) where() string { return "contest " + u.id.Contest + ", unit " + u.id.Unit }

// Fixed is the units of a contest as headquarters fixed them.
type Fixed struct {
	Index uint64 // the entry that did
	Units []record.Unit
	Read  bool // the list could be read: without it nothing is known of the units
}

// Given is what units are checked against.
type Given struct {
	Election     [32]byte
	Definition   *election.Definition
	Key          *elgamal.Key    // nil before the ceremony is verified
	Verification []group.Element // of the trustees, in the definition's order
	Branches     map[string]*branchlog.Branch
	Fixed        map[string]Fixed                        // by contest
	Heads        map[string][]source.Entry[*record.Head] // by branch
	Gap          bool                                    // headquarters' log could not be read whole
}

// A Checker checks the units of one record.
type Checker struct {
	*source.Reader
	Given
	Units map[ID]*Unit // those that an entry names; Check adds the others

	tableMu   sync.Mutex
	table     *threshold.LogTable
	tableSize int
}

// Check compares the fixed units with the plan (V030) and checks the mixing, the
// opening and the tally of each (V031 to V037).
func (c *Checker) Check() {
	for i := range c.Definition.Contests {
		c.checkPlan(&c.Definition.Contests[i])
	}
	var todo []*Unit
	for i := range c.Definition.Contests { // in the plan's order, for steady progress
		contest := c.Definition.Contests[i].ID
		for _, planned := range c.Fixed[contest].Units {
			if u := c.Units[ID{contest, planned.ID}]; u != nil && u.Planned() {
				todo = append(todo, u)
			}
		}
	}
	c.Parallel("units", len(todo), func(i int) {
		c.checkOpening(todo[i], c.checkMixing(todo[i]))
	})
}
