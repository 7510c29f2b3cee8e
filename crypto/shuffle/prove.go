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
//	kD = v·x_{N−1} + δ      kE_i = v·e'_i + ε_i   kF = v·Σ s_i·e_i + φ
//
// B is not computed along the chain: with x_i = b_i + e'_i·x_{i−1} and
// y_i = e'_i·y_{i−1}, B_i = x_i·g + y_i·h_0, so that all rows can be computed
// side by side from two tables.
func Prove(session Session, gens *Generators, key *elgamal.Key, in []elgamal.Ciphertext) ([]elgamal.Ciphertext, *Proof, error) {
	if err := checkInput(session, gens, in); err != nil {
		return nil, nil, fmt.Errorf("prove shuffle: %w", err)
	}
	w := newWitness(len(in))
	defer w.erase()
	out, u := w.shuffle(gens, key, in)
	p, err := w.prove(&statement{gens, key, in, out}, u)
	if err != nil {
		return nil, nil, fmt.Errorf("prove shuffle: %w", err)
	}
	return out, p, nil
}

// A witness is what a mixer knows and forgets.
type witness struct {
	perm []uint32       // input row i goes to output row perm[i]
	s    []group.Scalar // re-encryption of input row i
	r    []group.Scalar // commitment u_i
}

func newWitness(n int) *witness {
	return &witness{permutation(n), randomScalars(n), randomScalars(n)}
}

func (w *witness) erase() {
	clear(w.perm)
	clear(w.s)
	clear(w.r)
}

func randomScalars(n int) []group.Scalar {
	s := make([]group.Scalar, n)
	for i := range s {
		s[i] = group.RandomScalar()
	}
	return s
}

// shuffle returns the output rows and the commitment to the permutation.
func (w *witness) shuffle(gens *Generators, key *elgamal.Key, in []elgamal.Ciphertext) (out []elgamal.Ciphertext, u []group.Element) {
	out = make([]elgamal.Ciphertext, len(in))
	u = make([]group.Element, len(in))
	parallel(len(in), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			out[w.perm[i]] = key.Reencrypt(in[i], w.s[i])
			var a group.Acc
			a.AddMul(w.r[i], group.GeneratorBase())
			a.AddSelect(1, group.NewBase(gens.h[w.perm[i]]), nil)
			u[i] = a.Element()
		}
	})
	return out, u
}

// prove proves the statement, whose output and u came from w.shuffle.
func (w *witness) prove(st *statement, u []group.Element) (*Proof, error) {
	// That any of these is the identity has probability 2^-256.
	if err := checkElements(u); err != nil {
		return nil, err
	}
	if err := checkCiphertexts("output", st.out); err != nil {
		return nil, err
	}
	n := len(u)
	seed := st.seed(u)
	var sumR, sumRE, sumSE group.Scalar
	e := make([]group.Scalar, n) // e', in output order
	for i := range n {
		ei := batchingExponent(seed, i)
		e[w.perm[i]] = ei
		sumR = sumR.Add(w.r[i])
		sumRE = sumRE.Add(w.r[i].Mul(ei))
		sumSE = sumSE.Add(w.s[i].Mul(ei))
	}
	m := newMasks(n)
	b := randomScalars(n)
	x, y := chain(b, e)
	defer func() {
		for _, s := range [][]group.Scalar{e, b, x, y} {
			clear(s)
		}
		m.erase()
	}()

	p := &Proof{u: u, commitment: m.commit(st, x, y)}
	v := st.challenge(seed, &p.commitment)
	if v.IsZero() {
		return nil, errChallenge
	}
	p.reply = reply{
		kA: v.Mul(sumRE).Add(m.alpha),
		kC: v.Mul(sumR).Add(m.gamma),
		kD: v.Mul(x[n-1]).Add(m.delta),
		kF: v.Mul(sumSE).Add(m.phi),
		kB: make([]group.Scalar, n),
		kE: make([]group.Scalar, n),
	}
	for i := range n {
		p.kB[i] = v.Mul(b[i]).Add(m.beta[i])
		p.kE[i] = v.Mul(e[i]).Add(m.epsilon[i])
	}
	return p, nil
}

// chain returns x and y with B_i = x_i·g + y_i·h_0.
func chain(b, e []group.Scalar) (x, y []group.Scalar) {
	x, y = make([]group.Scalar, len(b)), make([]group.Scalar, len(b))
	lastX, lastY := group.Scalar{}, group.NewScalar(1)
	for i := range b {
		lastX = b[i].Add(e[i].Mul(lastX))
		lastY = e[i].Mul(lastY)
		x[i], y[i] = lastX, lastY
	}
	return x, y
}

// masks are the random exponents of the commitment.
type masks struct {
	alpha, gamma, delta, phi group.Scalar
	beta, epsilon            []group.Scalar
}

func newMasks(n int) *masks {
	return &masks{
		group.RandomScalar(), group.RandomScalar(), group.RandomScalar(), group.RandomScalar(),
		randomScalars(n), randomScalars(n),
	}
}

func (m *masks) erase() {
	clear(m.beta)
	clear(m.epsilon)
	*m = masks{}
}

// commit computes the prover's first message. All exponents are secret.
func (m *masks) commit(st *statement, x, y []group.Scalar) commitment {
	n := len(x)
	c := commitment{
		b:  make([]group.Element, n),
		b1: make([]group.Element, n),
		c1: group.BaseMul(m.gamma),
		d1: group.BaseMul(m.delta),
	}
	g, h0 := group.GeneratorBase(), group.NewFixedBase(st.gens.h[0])
	var mu sync.Mutex
	var a, fA, fB group.Acc
	a.AddMul(m.alpha, g)
	fA.AddMul(m.phi.Neg(), g)
	fB.AddMul(m.phi.Neg(), st.key.Base())
	parallel(n, func(lo, hi int) {
		var pa, pfA, pfB group.Acc
		for i := lo; i < hi; i++ {
			var b, b1 group.Acc
			b.AddMul(x[i], g)
			b.AddMul(y[i], h0)
			c.b[i] = b.Element()

			lastX, lastY := group.Scalar{}, group.NewScalar(1)
			if i > 0 {
				lastX, lastY = x[i-1], y[i-1]
			}
			b1.AddMul(m.beta[i].Add(m.epsilon[i].Mul(lastX)), g)
			b1.AddMul(m.epsilon[i].Mul(lastY), h0)
			c.b1[i] = b1.Element()

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
	c.a1 = a.Element()
	c.f1 = elgamal.Ciphertext{A: fA.Element(), B: fB.Element()}
	return c
}
