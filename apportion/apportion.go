package apportion

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// Rules.
const (
	RoundThenShare   = "round-then-share"
	FloorThenShare   = "floor-then-share"
	LargestRemainder = "largest-remainder"
	DHondt           = "dhondt"
	SainteLague      = "sainte-lague"
)

// Rules returns the rules.
func Rules() []string {
	return []string{RoundThenShare, FloorThenShare, LargestRemainder, DHondt, SainteLague}
}

// MaxSeats bounds a house.
const MaxSeats = 1000

// What becomes of a quota that ends in exactly a half, under RoundThenShare.
const (
	HalfUp       = "up" // holds where nothing is said
	HalfEven     = "even"
	HalfDown     = "down"
	HalfQuestion = "question" // it is left open
)

// A Group is a list, or all independents together.
type Group struct {
	Name  string
	Votes int // of its candidates, added up
	Limit int // the most seats that it can fill: its candidates
}

// Options are the settings of a rule. The zero value is none.
type Options struct {
	Threshold Fraction // of all votes; a group below it is out
	Half      string   // what becomes of exactly a half; empty is HalfUp

	// Decide answers what is open, or says that it is not decided. It is called
	// with the open points in the order in which they arise.
	Decide func(Open) (Answer, bool)
}

// What a rule can leave open.
const (
	Tie             = "tie"                        // the last seats, between groups with an equal claim
	OverAllocation  = "over-allocation"            // more seats by rounding than there are
	MoreSeats       = "more-seats-than-candidates" // nobody can fill the seats that are left
	NoVotes         = "no-valid-votes"
	ThresholdNobody = "threshold-nobody" // no group reaches the threshold
	Half            = "half"             // a quota ends in exactly a half, and the setting says to ask
)

// Open is a point that the rule does not settle.
type Open struct {
	Kind   string
	Groups []string // sorted; those tied, rounded, or with a half; else empty
	Seats  int      // how many are open: of a tie and what is left; how many too many; how many halves
}

// An Answer settles an open point: a tie by an order of the tied groups, of which
// the first get a seat each; an over-allocation or an unreached threshold by the
// seats of all groups, which fill the house; halves by the seats of those groups,
// one up or down. Seats of a group that is not named are 0. Seats that nobody can
// fill and a contest without votes have no answer here.
type Answer struct {
	Order []string
	Seats map[string]int
}

// A Result is what each group gets.
type Result struct {
	Rule   string
	House  int
	All    int     // votes of all groups
	Total  int     // votes of the groups that reach the threshold
	Groups []Share // by name
	Awards []Award // seats given one by one, in order
	Open   *Open   // nil if all is settled
}

// A Share is one group's part.
type Share struct {
	Group
	Below bool // the group does not reach the threshold
	Half  bool // its quota ends in exactly a half
	First int  // quota rounded or cut off and then limited; 0 under a divisor rule
	Seats int  // as far as they are sure; nobody is sure of one in an over-allocation
}

// An Award is one seat given to a group.
type Award struct {
	Group   string
	Pass    int // quota rules: which pass, from 1
	Divisor int // divisor rules: of which quotient
}

// Quota returns seats times votes by total, exactly; 0 for a group that is out.
func (r *Result) Quota(i int) *big.Rat {
	g := r.Groups[i]
	if g.Below || r.Total == 0 {
		return new(big.Rat)
	}
	n := new(big.Int).Mul(big.NewInt(int64(r.House)), big.NewInt(int64(g.Votes)))
	return new(big.Rat).SetFrac(n, big.NewInt(int64(r.Total)))
}

// Seats parts the seats of the house among the groups.
func Seats(rule string, house int, groups []Group, o Options) (Result, error) {
	a := allocation{Result: Result{Rule: rule, House: house, Groups: make([]Share, len(groups))}, Options: o}
	if err := a.read(groups); err != nil {
		return Result{}, fmt.Errorf("part seats: %w", err)
	}
	var err error
	switch {
	case a.All == 0:
		a.Open = &Open{Kind: NoVotes, Groups: []string{}, Seats: house}
	case a.Total == 0:
		err = a.nobody()
	case rule == DHondt || rule == SainteLague:
		err = a.divisors()
	default:
		err = a.quotas()
	}
	if err != nil {
		return Result{}, fmt.Errorf("part seats: %w", err)
	}
	return a.Result, nil
}

// An allocation is a result in the making.
type allocation struct {
	Result
	Options
}

// maxVotes bounds all votes together; see exact.go.
const maxVotes = 1 << 62

func (a *allocation) read(groups []Group) error {
	if !slices.Contains(Rules(), a.Rule) {
		return fmt.Errorf("rule %q parts no seats among groups", a.Rule)
	}
	if a.House < 1 || a.House > MaxSeats {
		return fmt.Errorf("%d seats, not 1 to %d", a.House, MaxSeats)
	}
	switch a.Options.Half {
	case "", HalfUp, HalfEven, HalfDown, HalfQuestion:
	default:
		return fmt.Errorf("half %q is not known", a.Options.Half)
	}
	if f := a.Threshold; f.Num > f.Den || f.Num == 0 && f.Den != 0 {
		return fmt.Errorf("threshold %d/%d is no part of the whole", f.Num, f.Den)
	}
	for i, g := range groups {
		if g.Votes < 0 || g.Limit < 0 {
			return fmt.Errorf("group %q has %d votes and %d candidates", g.Name, g.Votes, g.Limit)
		}
		if g.Votes >= maxVotes || a.All+g.Votes >= maxVotes {
			return errors.New("more votes than can be counted")
		}
		a.All += g.Votes
		a.Groups[i].Group = g
	}
	slices.SortFunc(a.Groups, func(x, y Share) int { return cmp.Compare(x.Name, y.Name) })
	for i := range a.Groups {
		g := &a.Groups[i]
		if i > 0 && a.Groups[i-1].Name == g.Name {
			return fmt.Errorf("group %q is there twice", g.Name)
		}
		g.Below = !a.Threshold.ReachedBy(g.Votes, a.All) // no threshold is reached by all: 0 ≥ 0
		if !g.Below {
			a.Total += g.Votes
		}
	}
	return nil
}

// free reports whether a group can be given another seat.
func (a *allocation) free(i int) bool {
	g := &a.Groups[i]
	return !g.Below && g.Votes > 0 && g.Seats < g.Limit
}

// award gives a seat to a group.
func (a *allocation) award(i int, w Award) {
	w.Group = a.Groups[i].Name
	a.Groups[i].Seats++
	a.Awards = append(a.Awards, w)
}

// last gives the last seats to some of the groups that have an equal claim to
// them, by decision, or leaves them open.
func (a *allocation) last(tied []int, seats int, w func(i int) Award) error {
	names := a.names(tied)
	answer, ok := a.ask(Open{Kind: Tie, Groups: names, Seats: seats})
	if !ok {
		return nil
	}
	if answer.Seats != nil || len(answer.Order) != len(names) {
		return fmt.Errorf("a tie between the groups %q takes an order of all of them", names)
	}
	sorted := slices.Sorted(slices.Values(answer.Order))
	if !slices.Equal(sorted, names) {
		return fmt.Errorf("the order %q is none of the tied groups %q", answer.Order, names)
	}
	for _, name := range answer.Order[:seats] {
		i := a.index(name)
		a.award(i, w(i))
	}
	return nil
}

// ask puts an open point; if it is not decided, it stays in the result.
func (a *allocation) ask(o Open) (Answer, bool) {
	if a.Decide != nil {
		if answer, ok := a.Decide(o); ok {
			return answer, true
		}
	}
	a.Open = &o
	return Answer{}, false
}

// fill takes a decision on the seats of all groups.
func (a *allocation) fill(answer Answer) error {
	if answer.Order != nil {
		return errors.New("the decision must give the seats of groups, not an order")
	}
	sum := 0
	for name, n := range answer.Seats {
		i := a.index(name)
		if i < 0 {
			return fmt.Errorf("the decision gives seats to %q, which is no group here", name)
		}
		g := &a.Groups[i]
		if n < 0 || n > min(g.Limit, a.House) || n > 0 && g.Votes == 0 {
			return fmt.Errorf("the decision gives the group %q %d seats: it has %d votes and %d candidates", name, n, g.Votes, g.Limit)
		}
		sum += n
	}
	if sum != a.House {
		return fmt.Errorf("the decision gives %d seats, there are %d", sum, a.House)
	}
	for i := range a.Groups {
		a.Groups[i].Seats = answer.Seats[a.Groups[i].Name]
	}
	return nil
}

// nobody is the case that no group reaches the threshold.
func (a *allocation) nobody() error {
	answer, ok := a.ask(Open{Kind: ThresholdNobody, Groups: []string{}, Seats: a.House})
	if !ok {
		return nil
	}
	return a.fill(answer)
}

// names returns the names of groups by index, sorted.
func (a *allocation) names(groups []int) []string {
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = a.Groups[g].Name
	}
	slices.Sort(names)
	return names
}

func (a *allocation) index(name string) int {
	return slices.IndexFunc(a.Groups, func(g Share) bool { return g.Name == name })
}
