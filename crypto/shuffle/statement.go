package shuffle

import (
	"errors"
	"fmt"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
)

// A statement is what a proof is about: out is a shuffle of in under key, in
// the session of gens.
type statement struct {
	gens    *Generators
	key     *elgamal.Key
	in, out []elgamal.Ciphertext
}

// checkInput reports an input that cannot be shuffled, and generators that are
// not those of the session and of as many rows.
func checkInput(session Session, gens *Generators, in []elgamal.Ciphertext) error {
	if gens.session != session || gens.Len() != len(in) {
		return fmt.Errorf("the generators are those of %d rows of session %s.%s, not of %d rows of %s.%s",
			gens.Len(), gens.session.SID, gens.session.AuxSID, len(in), session.SID, session.AuxSID)
	}
	return checkList("input", in)
}

// checkList reports a list that is too short or long, or holds the identity,
// which the hashes cannot take.
func checkList(name string, cs []elgamal.Ciphertext) error {
	if err := checkRows(len(cs)); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for i, c := range cs {
		if c.A.IsIdentity() || c.B.IsIdentity() {
			return fmt.Errorf("%s, row %d: %w", name, i, errIdentity)
		}
	}
	return nil
}

// checkShuffle checks everything about two lists and a proof that needs no
// arithmetic.
func checkShuffle(in, out []elgamal.Ciphertext, p *Proof) error {
	if err := checkList("input", in); err != nil {
		return err
	}
	if err := checkList("output", out); err != nil {
		return err
	}
	if len(in) != len(out) || len(in) != p.Rows() {
		return fmt.Errorf("%d rows became %d, with a proof about %d", len(in), len(out), p.Rows())
	}
	for i := range p.elements {
		if p.elements[i].IsIdentity() {
			return fmt.Errorf("proof, element %d: %w", i, errIdentity)
		}
	}
	return nil
}

// seed is the s from which the batching exponents come: the oracle of
//
//	node(g, array h, array u, node(g, y), list in, list out)
func (s *statement) seed(u []group.Element) [32]byte {
	return oracle(s.gens.rho, func(t *treeWriter) {
		t.node(6)
		t.point(group.Generator())
		t.points(s.gens.h)
		t.points(u)
		t.points(publicKey(s.key))
		t.ciphertexts(s.in)
		t.ciphertexts(s.out)
	})
}

// publicKey returns what Verificatum calls the full public key.
func publicKey(key *elgamal.Key) []group.Element {
	return []group.Element{group.Generator(), key.Element()}
}

var (
	errIdentity  = errors.New("the identity where an element with an encoding is needed")
	errChallenge = errors.New("the challenge is zero")
	errRefuted   = errors.New("the equations do not hold")
)

// challenge is v, the oracle of
//
//	node(leaf seed, first message)
//
// as a big-endian integer mod q.
func (s *statement) challenge(seed [32]byte, p *Proof) group.Scalar {
	return scalarFromHash(oracle(s.gens.rho, func(t *treeWriter) {
		t.node(2)
		t.leaf(seed[:])
		p.writeCommitment(t)
	}))
}
