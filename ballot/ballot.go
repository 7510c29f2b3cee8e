package ballot

import (
	"crypto/subtle"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/election"
)

// Selections are the codes of the candidates chosen in a contest, in any order.
type Selections struct {
	Contest string // id
	Codes   []int  // 1..n, distinct, at most k
}

// A Ballot is one voter's valid selections in all contests of a style.
type Ballot struct {
	style    string
	contests []string
	slots    func() [][]int // a closure: fmt prints its address, even in a holder's unexported field
}

// New returns the ballot with the selections, one for each contest of the style
// in its order.
func New(style election.Style, selections []Selections) (*Ballot, error) {
	if len(style.Contests) == 0 {
		return nil, fmt.Errorf("make ballot: style %q has no contests: use a style of the definition", style.ID)
	}
	b := &Ballot{style: style.ID}
	var all [][]int
	for i, c := range style.Contests {
		if i >= len(selections) {
			return nil, fmt.Errorf("make ballot: contest %q is missing: give its selections, none for a blank vote", c.ID)
		}
		s := selections[i]
		if s.Contest != c.ID {
			return nil, fmt.Errorf("make ballot: contest %q is out of place at %d: give contest %q there, as the style does",
				s.Contest, i+1, c.ID)
		}
		slots, err := fill(s.Codes, c.N(), c.K())
		if err != nil {
			return nil, fmt.Errorf("make ballot: contest %q: %w", c.ID, err)
		}
		b.contests = append(b.contests, c.ID)
		all = append(all, slots)
	}
	if len(selections) > len(style.Contests) {
		return nil, fmt.Errorf("make ballot: contest %q is not in style %q, or is given twice: leave it out",
			selections[len(style.Contests)].Contest, style.ID)
	}
	b.slots = func() [][]int { return all }
	return b, nil
}

// fill returns the k slots with the codes in ascending order and zeros last.
// Which codes are valid shows in its time only when they are not.
func fill(codes []int, n, k int) ([]int, error) {
	if len(codes) > k {
		return nil, fmt.Errorf("more than %d candidates are chosen: take some back", k)
	}
	// An empty slot is n+1 until the slots are in order.
	slots := slices.Repeat([]int{n + 1}, k)
	outside := 0
	for i, code := range codes {
		outside |= (code - 1) | (n - code) // negative exactly when outside 1..n
		slots[i] = code
	}
	if outside < 0 {
		return nil, fmt.Errorf("a code is not of a candidate: use the codes 1 to %d", n)
	}
	for round := range k {
		for i := round % 2; i+1 < k; i += 2 {
			inOrder := subtle.ConstantTimeLessOrEq(slots[i], slots[i+1])
			slots[i], slots[i+1] = subtle.ConstantTimeSelect(inOrder, slots[i], slots[i+1]),
				subtle.ConstantTimeSelect(inOrder, slots[i+1], slots[i])
		}
	}
	twice := 0
	for i := range slots {
		empty := subtle.ConstantTimeEq(int32(slots[i]), int32(n+1))
		if i > 0 {
			same := subtle.ConstantTimeEq(int32(slots[i-1]), int32(slots[i]))
			twice |= same &^ empty
		}
	}
	if twice != 0 {
		return nil, fmt.Errorf("a candidate is chosen twice: choose each once")
	}
	for i := range slots {
		empty := subtle.ConstantTimeEq(int32(slots[i]), int32(n+1))
		slots[i] = subtle.ConstantTimeSelect(empty, 0, slots[i])
	}
	return slots, nil
}

// Style returns the id of the ballot's style.
func (b *Ballot) Style() string { return b.style }

// Contests returns the ids of the ballot's contests, in the style's order.
func (b *Ballot) Contests() []string { return slices.Clone(b.contests) }

// Slots returns the k slots of a contest, the codes ascending and then zeros, or
// nil if the contest is not on the ballot. The slice is the caller's, and so is
// the duty to keep it secret.
func (b *Ballot) Slots(contest string) []int {
	i := slices.Index(b.contests, contest)
	if i < 0 {
		return nil
	}
	return slices.Clone(b.slots()[i])
}

// Erase overwrites the selections with blank votes, once the ballot is sealed.
func (b *Ballot) Erase() {
	if b.slots == nil {
		return
	}
	for _, s := range b.slots() {
		clear(s)
	}
}
