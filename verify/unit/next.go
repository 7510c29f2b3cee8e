package unit

import (
	"errors"
	"fmt"
	"math"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/shuffle"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/source"
)

// A Mix is what the next mixer of a unit starts from.
type Mix struct {
	Session shuffle.Session
	Turn    int    // from 1
	Rows    []byte // the rows to mix, 66 bytes each
	N       int    // rows
}

// NextMix returns what the mixer takes if it is its turn. It is an error if the
// mixer may not take the next turn, if the unit has no ballots, or if it is
// mixed completely.
func (c *Checker) NextMix(u *Unit, mixer string) (m Mix, err error) {
	switch _, may := c.mayMix(u.turns+1, mixer, u.mixers()); {
	case u.plan.Ballots == 0:
		return Mix{}, fmt.Errorf("unit %s has no ballots: it is not mixed", u.id.Unit)
	case u.mixed:
		return Mix{}, fmt.Errorf("unit %s is mixed completely", u.id.Unit)
	case !may:
		return Mix{}, fmt.Errorf("mixer %s is not the next for unit %s, after %d turns", mixer, u.id.Unit, u.turns)
	}
	m = Mix{Session: Session(c.Election, u.id.Contest, u.id.Unit), Turn: u.turns + 1, N: u.rows()}
	if u.turns == 0 {
		m.Rows, err = c.input(u)
	} else {
		m.Rows, err = c.Again(u.output)
	}
	return m, err
}

// mixers returns who has had a sound turn.
func (u *Unit) mixers() (ids []string) {
	for _, s := range u.Shuffles[:u.turns] {
		ids = append(ids, s.Body.Mixer)
	}
	return ids
}

// Mixed returns the rows of a unit after the last mixer, ready to be opened.
func (c *Checker) Mixed(u *Unit) ([]elgamal.Ciphertext, error) {
	if !u.mixed || u.plan.Ballots == 0 {
		return nil, fmt.Errorf("unit %s is not mixed completely: there is nothing to open", u.id.Unit)
	}
	b, err := c.Again(u.output)
	if err != nil {
		return nil, err
	}
	return elgamal.Decode(b, u.rows())
}

// AdmitShuffle applies the checks to a mixer's turn as if it were the record's
// next entry. Src reads the record with the new blobs and has the ledger that
// findings go into.
func (c *Checker) AdmitShuffle(src *source.Reader, u *Unit, b *record.Shuffle) error {
	in, err := c.NextMix(u, b.Mixer)
	if err != nil {
		return err
	}
	m := &mixing{Unit: &Unit{id: u.id, contest: u.contest, plan: u.plan, sound: u.sound, turns: u.turns}, before: u.mixers()}
	c.over(src).checkTurn(m, source.Entry[*record.Shuffle]{Index: math.MaxInt64, Body: b}, in.Rows)
	return nil
}

// AdmitShares applies the checks to a trustee's shares as if they were the
// record's next entry; src is as in AdmitShuffle.
func (c *Checker) AdmitShares(src *source.Reader, u *Unit, b *record.Shares) error {
	if !u.mixed || u.plan.Ballots == 0 {
		return fmt.Errorf("unit %s is not mixed completely: there is nothing to open", u.id.Unit)
	}
	c = c.over(src)
	o := c.newOpening(u)
	if o == nil {
		return errors.New("the rows to open cannot be read")
	}
	for _, s := range u.Shares {
		o.seen = append(o.seen, s.Body.Trustee)
	}
	c.checkShares(o, source.Entry[*record.Shares]{Index: math.MaxInt64, Body: b})
	return nil
}

// over returns a checker of the same units that reads from src.
func (c *Checker) over(src *source.Reader) *Checker {
	return &Checker{Reader: src, Given: c.Given, Units: c.Units}
}
