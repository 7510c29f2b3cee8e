package shuffle_test

import (
	"testing"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/shuffle"
)

// unforged says of what is hashed why leaving it out gives no forgery. A proof
// with such a transcript is refused all the same.
var unforged = map[string]string{
	"ρ":    "the generators are derived from it, and hashed; a proof for others holds for nobody who derives them",
	"g":    "a constant",
	"h":    "derived by the verifier; for one who takes them from the prover see TestKnownLogarithms",
	"seed": "D fixes the product of exponents that are then drawn after everything in D",
	"B":    "determined by B' and the answers, one row after the other",
}

// TestWeakTranscripts leaves out of the hash each part of it. A verifier that
// does the same accepts a shuffle that is none, wherever a forgery is known;
// ours refuses that, and also honest proofs.
func TestWeakTranscripts(t *testing.T) {
	if len(shuffle.WeakForgeries)+len(unforged) != len(shuffle.WeakParts) {
		t.Errorf("%d forgeries and %d reasons for %d parts", len(shuffle.WeakForgeries), len(unforged), len(shuffle.WeakParts))
	}
	i := newInstance(t, 2)
	accepted := func(w *shuffle.Weak) bool {
		key, in, out, p := w.Lists()
		return shuffle.Verify(i.session, i.gens, key, in, out, p) == nil
	}
	w := shuffle.NewWeak("", i.gens, i.key)
	if w.Honest(); !w.Holds() || !accepted(w) {
		t.Fatal("an honest proof is refused")
	}
	for _, omit := range shuffle.WeakParts {
		t.Run(omit, func(t *testing.T) {
			w := shuffle.NewWeak(omit, i.gens, i.key)
			if w.Honest(); !w.Holds() {
				t.Error("the weak verifier refuses an honest weak prover")
			}
			if accepted(w) {
				t.Error("it is not hashed here either")
			}
			forge, ok := shuffle.WeakForgeries[omit]
			if !ok {
				if unforged[omit] == "" {
					t.Error("neither a forgery nor a reason")
				}
				return
			}
			w = shuffle.NewWeak(omit, i.gens, i.key)
			forge(w)
			if !w.Holds() {
				t.Error("the forgery is no good")
			}
			key, in, out, _ := w.Lists()
			// Under another key the rows hold what nobody knows.
			if key == i.key && sameVotes(i.secret, in, out) {
				t.Error("the forged statement is true")
			}
			if accepted(w) {
				t.Error("accepted")
			}
		})
	}
}

// sameVotes reports whether two lists of two hold the same, in any order.
func sameVotes(secret group.Scalar, in, out []elgamal.Ciphertext) bool {
	open := func(c elgamal.Ciphertext) group.Element { return c.B.Sub(c.A.Mul(secret)) }
	a, b, c, d := open(in[0]), open(in[1]), open(out[0]), open(out[1])
	return a.Equal(c) && b.Equal(d) || a.Equal(d) && b.Equal(c)
}
