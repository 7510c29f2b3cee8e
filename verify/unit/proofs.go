package unit

import (
	"fmt"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/shuffle"
)

// Proofs returns the shuffles of a unit that is mixed completely, as one
// session of Verificatum with its mixers as the parties 1..M.
func (c *Checker) Proofs(u *Unit) (*shuffle.Directory, error) {
	if !u.mixed || u.plan.Ballots == 0 {
		return nil, fmt.Errorf("unit %s is not mixed completely, or has no ballots: there are no proofs to export", u.id.Unit)
	}
	in, err := c.input(u)
	if err != nil {
		return nil, err
	}
	d := &shuffle.Directory{Session: Session(c.Election, u.id.Contest, u.id.Unit), Key: c.Key}
	if d.In, err = elgamal.Decode(in, u.rows()); err != nil {
		return nil, err
	}
	for _, s := range u.Shuffles {
		out, err := c.Again(s.Body.Output)
		if err != nil {
			return nil, err
		}
		proof, err := c.Again(s.Body.Proof)
		if err != nil {
			return nil, err
		}
		var m shuffle.Mix
		if m.Out, err = elgamal.Decode(out, u.rows()); err != nil {
			return nil, err
		}
		if m.Proof, err = shuffle.DecodeProof(proof, u.rows()); err != nil {
			return nil, err
		}
		d.Mixes = append(d.Mixes, m)
	}
	return d, nil
}
