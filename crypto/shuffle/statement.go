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

// checkInput reports what makes in unfit to be shuffled in the session.
func checkInput(session Session, gens *Generators, in []elgamal.Ciphertext) error {
	if err := checkRows(len(in)); err != nil {
		return err
	}
	if gens.session != session {
		return fmt.Errorf("the generators are of session %s.%s, not %s.%s",
			gens.session.SID, gens.session.AuxSID, session.SID, session.AuxSID)
	}
	if len(gens.h) != len(in) {
		return fmt.Errorf("%d generators for %d rows", len(gens.h), len(in))
	}
	return checkCiphertexts("input", in)
}

func checkCiphertexts(name string, cs []elgamal.Ciphertext) error {
	for i, c := range cs {
		if c.A.IsIdentity() || c.B.IsIdentity() {
			return fmt.Errorf("%s row %d: %w", name, i, errIdentity)
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
		writeKey(t, s.key)
		t.ciphertexts(s.in)
		t.ciphertexts(s.out)
	})
}

// writeKey writes node(g, y), the full public key.
func writeKey(t *treeWriter, key *elgamal.Key) {
	t.ciphertext(elgamal.Ciphertext{A: group.Generator(), B: key.Element()})
}

var errChallenge = errors.New("the challenge is zero")

// challenge is v, the oracle of
//
//	node(leaf seed, node(array B, A', array B', C', D', node(F'.A, F'.B)))
//
// as a big-endian integer mod q.
func (s *statement) challenge(seed [32]byte, c *commitment) group.Scalar {
	return scalarFromHash(oracle(s.gens.rho, func(t *treeWriter) {
		t.node(2)
		t.leaf(seed[:])
		c.write(t)
	}))
}
