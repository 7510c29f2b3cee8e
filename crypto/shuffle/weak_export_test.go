package shuffle

import (
	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
)

// WeakParts is everything that is hashed: for the batching exponents, and with
// them for the challenge.
var WeakParts = []string{"ρ", "g", "h", "u", "y", "in", "out", "seed", "B", "A'", "B'", "C'", "D'", "F'"}

// A Weak is a proof about two rows with a transcript that leaves out one part.
type Weak struct {
	omit string
	st   *statement
	p    *Proof
	r, s []group.Scalar // randomness of u and of the output

	// What is known of the input rows, and of the masks.
	codes, randomness []group.Scalar
	m                 masks
	b, x              []group.Scalar
}

// NewWeak returns a proof to be made about rows of the codes 3 and 5.
func NewWeak(omit string, gens *Generators, key *elgamal.Key) *Weak {
	w := &Weak{omit: omit, p: newProof(2), r: randomScalars(2), s: randomScalars(2), randomness: randomScalars(2),
		codes: []group.Scalar{group.NewScalar(3), group.NewScalar(5)},
		st:    &statement{gens, key, make([]elgamal.Ciphertext, 2), make([]elgamal.Ciphertext, 2)}}
	for i := range w.st.in {
		w.st.in[i] = key.Encrypt(w.codes[i], w.randomness[i])
	}
	return w
}

// Lists returns the key and the two lists of the statement, and the proof.
func (w *Weak) Lists() (key *elgamal.Key, in, out []elgamal.Ciphertext, p *Proof) {
	return w.st.key, w.st.in, w.st.out, w.p
}

// Holds reports whether the weak verifier accepts.
func (w *Weak) Holds() bool {
	seed := w.seed()
	return len(w.st.naive(w.p, seed, w.challenge(seed))) == 0
}

func (w *Weak) rho() [32]byte {
	if w.omit == "ρ" {
		return [32]byte{}
	}
	return w.st.gens.rho
}

// part writes a part unless it is left out.
func (w *Weak) part(name string, write func()) {
	if name != w.omit {
		write()
	}
}

func (w *Weak) seed() [32]byte {
	return oracle(w.rho(), func(t *treeWriter) {
		t.node(6)
		w.part("g", func() { t.point(group.Generator()) })
		w.part("h", func() { t.points(w.st.gens.h) })
		w.part("u", func() { t.points(w.p.u) })
		w.part("y", func() { t.points(publicKey(w.st.key)) })
		w.part("in", func() { t.ciphertexts(w.st.in) })
		w.part("out", func() { t.ciphertexts(w.st.out) })
	})
}

func (w *Weak) challenge(seed [32]byte) group.Scalar {
	return scalarFromHash(oracle(w.rho(), func(t *treeWriter) {
		t.node(2)
		w.part("seed", func() { t.leaf(seed[:]) })
		t.node(6)
		w.part("B", func() { t.points(w.p.b) })
		w.part("A'", func() { t.point(*w.p.a1) })
		w.part("B'", func() { t.points(w.p.b1) })
		w.part("C'", func() { t.point(*w.p.c1) })
		w.part("D'", func() { t.point(*w.p.d1) })
		w.part("F'", func() { t.points(w.p.f1) })
	}))
}

// exponents returns e and their product.
func (w *Weak) exponents() (e []group.Scalar, product group.Scalar) {
	seed := w.seed()
	e = []group.Scalar{batchingExponent(seed, 0), batchingExponent(seed, 1)}
	return e, e[0].Mul(e[1])
}

// linear commits to a matrix and gives in = M·out.
func (w *Weak) linear(m, inverse [2][2]group.Scalar) {
	for i := range 2 {
		w.p.u[i] = group.BaseMul(w.r[i])
		w.st.out[i] = elgamal.Ciphertext{}
		for j := range 2 {
			w.p.u[i] = w.p.u[i].Add(w.st.gens.h[j].Mul(m[i][j]))
			w.st.out[i].A = w.st.out[i].A.Add(w.st.in[j].A.Mul(inverse[i][j]))
			w.st.out[i].B = w.st.out[i].B.Add(w.st.in[j].B.Mul(inverse[i][j]))
		}
		w.st.out[i] = w.st.key.Reencrypt(w.st.out[i], w.s[i])
	}
}

// opened returns what is to be proved of that matrix.
func (w *Weak) opened(m [2][2]group.Scalar) opening {
	e, _ := w.exponents()
	o := opening{e: make([]group.Scalar, 2)}
	for i := range 2 {
		o.r = o.r.Add(w.r[i])
		o.re = o.re.Add(w.r[i].Mul(e[i]))
		for j := range 2 {
			o.e[j] = o.e[j].Add(m[i][j].Mul(e[i]))
		}
	}
	for j := range 2 {
		o.se = o.se.Add(w.s[j].Mul(o.e[j]))
	}
	return o
}

// commit fills in the first message, answer the replies.
func (w *Weak) commit(o opening) {
	w.m = masks{group.RandomScalar(), group.RandomScalar(), group.RandomScalar(), group.RandomScalar(), randomScalars(2), randomScalars(2)}
	w.b = randomScalars(2)
	x, y := chain(w.b, o.e)
	w.x = x
	w.m.commit(w.st, w.p, x, y)
}

func (w *Weak) answer(o opening) (v group.Scalar) {
	v = w.challenge(w.seed())
	*w.p.kA = v.Mul(o.re).Add(w.m.alpha)
	*w.p.kC = v.Mul(o.r).Add(w.m.gamma)
	*w.p.kD = v.Mul(w.x[2]).Add(w.m.delta)
	*w.p.kF = v.Mul(o.se).Add(w.m.phi)
	for i := range 2 {
		w.p.kB[i] = v.Mul(w.b[i]).Add(w.m.beta[i])
		w.p.kE[i] = v.Mul(o.e[i]).Add(w.m.epsilon[i])
	}
	return v
}

var (
	zero, one, two = group.Scalar{}, group.NewScalar(1), group.NewScalar(2)
	third          = group.NewScalar(3).Inverse()
	turned         = [2][2]group.Scalar{{zero, one}, {one, zero}}
	// One row doubled and one halved: only C refuses it.
	scaled, scaledBack = [2][2]group.Scalar{{two, zero}, {zero, two.Inverse()}}, [2][2]group.Scalar{{two.Inverse(), zero}, {zero, two}}
	// Columns that sum to one: only D refuses it.
	mixed     = [2][2]group.Scalar{{two, one.Neg()}, {one.Neg(), two}}
	mixedBack = [2][2]group.Scalar{{two.Mul(third), third}, {third, two.Mul(third)}}
)

// Honest makes a proof of a true statement.
func (w *Weak) Honest() {
	w.linear(turned, turned)
	o := w.opened(turned)
	w.commit(o)
	w.answer(o)
}

// pretend lets the output be the code 4 and nothing, and chooses exponents for
// which product and sum of the votes are right. They do not belong to u.
func (w *Weak) pretend() opening {
	w.linear(turned, turned)
	four := group.NewScalar(4)
	w.st.out[0], w.st.out[1] = w.st.key.Encrypt(four, w.s[0]), w.st.key.Encrypt(zero, w.s[1])
	e, product := w.exponents()
	o := opening{e: make([]group.Scalar, 2), r: w.r[0].Add(w.r[1])}
	o.e[0] = e[0].Mul(w.codes[0]).Add(e[1].Mul(w.codes[1])).Mul(four.Inverse())
	o.e[1] = product.Mul(o.e[0].Inverse())
	for i := range 2 {
		o.se = o.se.Add(o.e[i].Mul(w.s[i])).Sub(e[i].Mul(w.randomness[i]))
		o.re = o.re.Add(w.r[i].Mul(e[i]))
	}
	return o
}

// shift adds one vote to the first row and takes as much from the second as
// leaves the sum with the weights as it is.
func shift(rows []elgamal.Ciphertext, weights []group.Scalar) {
	rows[0].B = rows[0].B.Add(group.Generator())
	rows[1].B = rows[1].B.Sub(group.BaseMul(weights[0].Mul(weights[1].Inverse())))
}

// WeakForgeries are by what is not hashed. Each chooses that last and leaves a
// statement that is false.
var WeakForgeries = map[string]func(*Weak){
	// The output is chosen when the exponents are known.
	"out": func(w *Weak) {
		w.linear(turned, turned)
		o := w.opened(turned)
		shift(w.st.out, o.e)
		w.commit(o)
		w.answer(o)
	},
	// Or the input, by the mixer before.
	"in": func(w *Weak) {
		w.linear(turned, turned)
		o := w.opened(turned)
		w.commit(o)
		w.answer(o)
		e, _ := w.exponents()
		shift(w.st.in, e)
	},
	// The key is chosen last: a vote was changed.
	"y": func(w *Weak) {
		w.linear(turned, turned)
		w.st.out[0].B = w.st.out[0].B.Add(group.Generator())
		o := w.opened(turned)
		w.commit(o)
		v := w.answer(o)
		e, _ := w.exponents()
		y := w.st.out[0].B.Mul(w.p.kE[0]).Add(w.st.out[1].B.Mul(w.p.kE[1])).Sub(w.p.f1[1])
		y = y.Sub(w.st.in[0].B.Mul(e[0].Mul(v))).Sub(w.st.in[1].B.Mul(e[1].Mul(v)))
		w.st.key = elgamal.NewKey(y.Mul(w.p.kF.Inverse()))
	},
	// The commitment to the permutation is chosen last.
	"u": func(w *Weak) {
		o := w.pretend()
		w.commit(o)
		v := w.answer(o)
		e, _ := w.exponents()
		h, g := w.st.gens.h, group.Generator()
		sum := h[0].Add(h[1]).Add(g.Mul(*w.p.kC).Sub(*w.p.c1).Mul(v.Inverse()))
		weighted := g.Mul(*w.p.kA).Add(h[0].Mul(w.p.kE[0])).Add(h[1].Mul(w.p.kE[1])).Sub(*w.p.a1).Mul(v.Inverse())
		w.p.u[0] = weighted.Sub(sum.Mul(e[1])).Mul(e[0].Sub(e[1]).Inverse())
		w.p.u[1] = sum.Sub(w.p.u[0])
	},
	// Without A' the exponents need not belong to u.
	"A'": func(w *Weak) {
		o := w.pretend()
		w.commit(o)
		v := w.answer(o)
		e, _ := w.exponents()
		h := w.st.gens.h
		*w.p.a1 = group.BaseMul(*w.p.kA).Add(h[0].Mul(w.p.kE[0])).Add(h[1].Mul(w.p.kE[1])).
			Sub(w.p.u[0].Mul(e[0].Mul(v))).Sub(w.p.u[1].Mul(e[1].Mul(v)))
	},
	// Without C' the columns need not sum to one.
	"C'": func(w *Weak) {
		w.linear(scaled, scaledBack)
		o := w.opened(scaled)
		w.commit(o)
		v := w.answer(o)
		h := w.st.gens.h
		*w.p.c1 = group.BaseMul(*w.p.kC).Sub(w.p.u[0].Add(w.p.u[1]).Sub(h[0]).Sub(h[1]).Mul(v))
	},
	// Without D' the product of the exponents need not be theirs.
	"D'": func(w *Weak) {
		w.linear(mixed, mixedBack)
		o := w.opened(mixed)
		w.commit(o)
		v := w.answer(o)
		_, product := w.exponents()
		*w.p.d1 = group.BaseMul(*w.p.kD).Sub(w.p.b[1].Sub(w.st.gens.h[0].Mul(product)).Mul(v))
	},
	// Nor without B': the chain may end anywhere.
	"B'": func(w *Weak) {
		w.linear(mixed, mixedBack)
		o := w.opened(mixed)
		w.commit(o)
		_, product := w.exponents()
		w.p.b[1] = group.BaseMul(w.x[2]).Add(w.st.gens.h[0].Mul(product))
		v := w.answer(o)
		last := w.st.gens.h[0]
		for i := range 2 {
			w.p.b1[i] = group.BaseMul(w.p.kB[i]).Add(last.Mul(w.p.kE[i])).Sub(w.p.b[i].Mul(v))
			last = w.p.b[i]
		}
	},
	// Without F' the output may be anything.
	"F'": func(w *Weak) {
		w.linear(turned, turned)
		w.st.out[0] = w.st.key.Encrypt(group.NewScalar(4), w.s[0])
		o := w.opened(turned)
		w.commit(o)
		v := w.answer(o)
		e, _ := w.exponents()
		in, out, k := w.st.in, w.st.out, w.p.kE
		w.p.f1[0] = out[0].A.Mul(k[0]).Add(out[1].A.Mul(k[1])).Sub(group.BaseMul(*w.p.kF)).
			Sub(in[0].A.Mul(e[0].Mul(v))).Sub(in[1].A.Mul(e[1].Mul(v)))
		w.p.f1[1] = out[0].B.Mul(k[0]).Add(out[1].B.Mul(k[1])).Sub(w.st.key.Element().Mul(*w.p.kF)).
			Sub(in[0].B.Mul(e[0].Mul(v))).Sub(in[1].B.Mul(e[1].Mul(v)))
	},
}
