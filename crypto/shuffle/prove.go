package shuffle

import (
	"fmt"
	"sync"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
)

// Prove re-encrypts the rows of in under key, permutes them uniformly, and
// proves it. It needs the generators of the session for len(in) rows. The
// permutation and the randomness are forgotten when it returns.
//
// With π the permutation, s_i the re-encryption randomness and r_i that of the
// commitment:
//
//	out_{π(i)} = in_i + s_i·(g, y)
//	u_i  = r_i·g + h_{π(i)}
//	e'_{π(i)} = e_i
//	B_i  = b_i·g + e'_i·B_{i−1},  B_{−1} = h_0
//	A'   = α·g + Σ ε_i·h_i
//	B'_i = β_i·g + ε_i·B_{i−1}
//	C'   = γ·g,  D' = δ·g
//	F'   = −φ·(g, y) + Σ ε_i·out_i
//	kA = v·Σ r_i·e_i + α    kB_i = v·b_i + β_i    kC = v·Σ r_i + γ
//	kD = v·x_N + δ          kE_i = v·e'_i + ε_i   kF = v·Σ s_i·e_i + φ
//
// B is not computed along the chain: with x_0 = 0, y_0 = 1, x_{i+1} = b_i +
// e'_i·x_i and y_{i+1} = e'_i·y_i, B_i = x_{i+1}·g + y_{i+1}·h_0, so that all
// rows can be computed side by side from two tables.
func Prove(session Session, gens *Generators, key *elgamal.Key, in []elgamal.Ciphertext) ([]elgamal.Ciphertext, *Proof, error) {
	if err := checkInput(session, gens, in); err != nil {
		return nil, nil, fmt.Errorf("prove shuffle: %w", err)
	}
	n := len(in)
	w := &witness{permutation(n), randomScalars(n), randomScalars(n)}
	st := &statement{gens, key, in, make([]elgamal.Ciphertext, n)}
	p := newProof(n)
	w.shuffle(st, p.u)
	if err := w.prove(st, p); err != nil {
		return nil, nil, fmt.Errorf("prove shuffle: %w", err)
	}
	return st.out, p, nil
}

// A witness is what a mixer knows and forgets.
type witness struct {
	perm []uint32       // input row i goes to output row perm[i]
	s    []group.Scalar // re-encryption of input row i
	r    []group.Scalar // commitment u_i
}

func randomScalars(n int) []group.Scalar {
	s := make([]group.Scalar, n)
	for i := range s {
		s[i] = group.RandomScalar()
	}
	return s
}

// shuffle fills in the output rows and the commitment to the permutation.
func (w *witness) shuffle(st *statement, u []group.Element) {
	parallel(len(u), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			st.out[w.perm[i]] = st.key.Reencrypt(st.in[i], w.s[i])
			var a group.Acc
			a.AddMul(w.r[i], group.GeneratorBase())
			a.AddSelect(1, group.NewBase(st.gens.h[w.perm[i]]), nil)
			u[i] = a.Element()
		}
	})
}

// prove fills in the rest of a proof whose p.u and output came from w.shuffle,
// and erases the witness.
func (w *witness) prove(st *statement, p *Proof) error {
	seed := st.seed(p.u)
	o := opening{e: make([]group.Scalar, len(p.u))}
	for i := range p.u {
		e := batchingExponent(seed, i)
		o.e[w.perm[i]] = e
		o.r = o.r.Add(w.r[i])
		o.re = o.re.Add(w.r[i].Mul(e))
		o.se = o.se.Add(w.s[i].Mul(e))
	}
	clear(w.perm)
	clear(w.s)
	clear(w.r)
	return o.prove(st, p, seed)
}

// An opening is what is proved to be known once the batching exponents are
// fixed.
type opening struct {
	e         []group.Scalar // e', in output order
	r, re, se group.Scalar   // Σ r_i, Σ r_i·e_i, Σ s_i·e_i
}

func (o *opening) prove(st *statement, p *Proof, seed [32]byte) error {
	n := len(o.e)
	m := masks{beta: randomScalars(n), epsilon: randomScalars(n)}
	for _, s := range []*group.Scalar{&m.alpha, &m.gamma, &m.delta, &m.phi} {
		*s = group.RandomScalar()
	}
	b := randomScalars(n)
	x, y := chain(b, o.e)
	defer func() {
		for _, s := range [][]group.Scalar{o.e, b, x, y, m.beta, m.epsilon} {
			clear(s)
		}
	}()
	m.commit(st, p, x, y)
	v := st.challenge(seed, p)
	if v.IsZero() {
		return errChallenge
	}
	*p.kA = v.Mul(o.re).Add(m.alpha)
	*p.kC = v.Mul(o.r).Add(m.gamma)
	*p.kD = v.Mul(x[n]).Add(m.delta)
	*p.kF = v.Mul(o.se).Add(m.phi)
	for i := range n {
		p.kB[i] = v.Mul(b[i]).Add(m.beta[i])
		p.kE[i] = v.Mul(o.e[i]).Add(m.epsilon[i])
	}
	return nil
}

// chain returns x and y with B_{i−1} = x_i·g + y_i·h_0, the first being h_0.
func chain(b, e []group.Scalar) (x, y []group.Scalar) {
	x, y = make([]group.Scalar, len(b)+1), make([]group.Scalar, len(b)+1)
	y[0] = group.NewScalar(1)
	for i := range b {
		x[i+1] = b[i].Add(e[i].Mul(x[i]))
		y[i+1] = e[i].Mul(y[i])
	}
	return x, y
}

// masks are the random exponents of the commitment.
type masks struct {
	alpha, gamma, delta, phi group.Scalar
	beta, epsilon            []group.Scalar
}

// commit fills in the prover's first message. All exponents are secret.
func (m *masks) commit(st *statement, p *Proof, x, y []group.Scalar) {
	g, h0 := group.GeneratorBase(), group.NewFixedBase(st.gens.h[0])
	var mu sync.Mutex
	var a, fA, fB group.Acc
	a.AddMul(m.alpha, g)
	fA.AddMul(m.phi.Neg(), g)
	fB.AddMul(m.phi.Neg(), st.key.Base())
	parallel(len(p.b), func(lo, hi int) {
		var pa, pfA, pfB group.Acc
		for i := lo; i < hi; i++ {
			var b, b1 group.Acc
			b.AddMul(x[i+1], g)
			b.AddMul(y[i+1], h0)
			p.b[i] = b.Element()
			b1.AddMul(m.beta[i].Add(m.epsilon[i].Mul(x[i])), g)
			b1.AddMul(m.epsilon[i].Mul(y[i]), h0)
			p.b1[i] = b1.Element()
			pa.AddMul(m.epsilon[i], group.NewBase(st.gens.h[i]))
			pfA.AddMul(m.epsilon[i], group.NewBase(st.out[i].A))
			pfB.AddMul(m.epsilon[i], group.NewBase(st.out[i].B))
		}
		mu.Lock()
		defer mu.Unlock()
		a.AddSelect(1, group.NewBase(pa.Element()), nil)
		fA.AddSelect(1, group.NewBase(pfA.Element()), nil)
		fB.AddSelect(1, group.NewBase(pfB.Element()), nil)
	})
	*p.a1, p.f1[0], p.f1[1] = a.Element(), fA.Element(), fB.Element()
	*p.c1, *p.d1 = group.BaseMul(m.gamma), group.BaseMul(m.delta)
}
