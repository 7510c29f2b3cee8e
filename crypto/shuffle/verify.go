package shuffle

import (
	"crypto/rand"
	"fmt"
	"sync"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
)

// Verify returns nil if p proves that out is a shuffle of in under key in the
// session, whose generators are gens.
//
// It decides N + 5 equations at once, each with a fresh random weight of 128
// bits. In additive notation, with v the challenge, e_i the batching exponents
// and B_{−1} = h_0:
//
//	A    v·Σ e_i·u_i + A' = kA·g + Σ kE_i·h_i
//	B_i  v·B_i + B'_i = kB_i·g + kE_i·B_{i−1}
//	C    v·(Σ u_i − Σ h_i) + C' = kC·g
//	D    v·(B_{N−1} − (Π e_i)·h_0) + D' = kD·g
//	F    v·Σ e_i·in_i + F' = −kF·(g, y) + Σ kE_i·out_i      (two equations)
func Verify(session Session, gens *Generators, key *elgamal.Key, in, out []elgamal.Ciphertext, p *Proof) error {
	if err := checkInput(session, gens, in); err != nil {
		return fmt.Errorf("verify shuffle: %w", err)
	}
	if err := checkShuffle(in, out, p); err != nil {
		return fmt.Errorf("verify shuffle: %w", err)
	}
	s := &statement{gens, key, in, out}
	seed := s.seed(p.u)
	if err := s.verify(p, seed, s.challenge(seed, p)); err != nil {
		return fmt.Errorf("verify shuffle: %w", err)
	}
	return nil
}

// weights are the factors of the equations that are not one per row.
type weights struct{ a, c, d, fA, fB group.Scalar }

// randomWeight returns 128 random bits.
func randomWeight() group.Scalar {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return group.ReduceScalar(b[:])
}

// verify decides the equations for a given challenge.
func (s *statement) verify(p *Proof, seed [32]byte, v group.Scalar) error {
	if v.IsZero() {
		return errChallenge // every equation would hold of every statement
	}
	w := &weights{randomWeight(), randomWeight(), randomWeight(), randomWeight(), randomWeight()}
	n := len(s.in)
	var (
		mu      sync.Mutex
		sum     group.Element
		product = group.NewScalar(1)
	)
	parallel(n, func(lo, hi int) {
		partial, exponents := s.rows(p, seed, v, w, lo, hi)
		mu.Lock()
		defer mu.Unlock()
		sum = sum.Add(partial)
		product = product.Mul(exponents)
	})
	// What occurs once.
	g := w.a.Mul(*p.kA).Add(w.c.Mul(*p.kC)).Add(w.d.Mul(*p.kD)).Sub(w.fA.Mul(*p.kF)).Neg()
	dv := w.d.Mul(v)
	rest := group.MultiMul(
		[]group.Element{group.Generator(), s.key.Element(), *p.a1, *p.c1, *p.d1, p.f1[0], p.f1[1], p.b[n-1], s.gens.h[0]},
		[]group.Scalar{g, w.fB.Mul(*p.kF), w.a, w.c, w.d, w.fA, w.fB, dv, dv.Mul(product).Neg()})
	if !sum.Add(rest).IsIdentity() {
		return errRefuted
	}
	return nil
}

// rows returns the weighted sum of what rows lo to hi−1 contribute to the
// equations, and the product of their batching exponents.
func (s *statement) rows(p *Proof, seed [32]byte, v group.Scalar, w *weights, lo, hi int) (sum group.Element, product group.Scalar) {
	size := 8*(hi-lo) + 2
	points, scalars := make([]group.Element, 0, size), make([]group.Scalar, 0, size)
	add := func(k group.Scalar, e group.Element) {
		points, scalars = append(points, e), append(scalars, k)
	}
	product = group.NewScalar(1)
	av, cv := w.a.Mul(v), w.c.Mul(v)
	fAv, fBv := w.fA.Mul(v), w.fB.Mul(v)

	var g group.Scalar // Σ of the weights of equation B_i times kB_i
	weight := randomWeight()
	previous := s.gens.h[0]
	if lo > 0 {
		previous = p.b[lo-1]
	}
	add(weight.Mul(p.kE[lo]).Neg(), previous)
	for i := lo; i < hi; i++ {
		e, k := batchingExponent(seed, i), p.kE[i]
		product = product.Mul(e)
		add(av.Mul(e).Add(cv), p.u[i])
		add(w.a.Mul(k).Add(cv).Neg(), s.gens.h[i])
		add(fAv.Mul(e), s.in[i].A)
		add(fBv.Mul(e), s.in[i].B)
		add(w.fA.Mul(k).Neg(), s.out[i].A)
		add(w.fB.Mul(k).Neg(), s.out[i].B)
		g = g.Add(weight.Mul(p.kB[i]))
		add(weight, p.b1[i])
		// B_i stands in its own equation and in the next, if that is ours.
		b := weight.Mul(v)
		if i+1 < hi {
			weight = randomWeight()
			b = b.Sub(weight.Mul(p.kE[i+1]))
		}
		add(b, p.b[i])
	}
	add(g.Neg(), group.Generator())
	return group.MultiMul(points, scalars), product
}
