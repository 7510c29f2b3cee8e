package zkp_test

import (
	"bytes"
	"encoding/binary"
	"math/big"
	"sort"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
	"github.com/sandogh/sandogh/crypto/zkp"
)

// This file is the slot proof written a second time, straight from
// spec/crypto-slot.md: differences as group elements, generators folded, every
// power computed from scratch. It is slow, not constant time, and takes
// whatever bits a cheater likes.

func refNum(n int) group.Scalar {
	if n < 0 {
		return group.NewScalar(uint64(-n)).Neg()
	}
	return group.NewScalar(uint64(n))
}

func refPow(x group.Scalar, e int) group.Scalar {
	out := refNum(1)
	for range e {
		out = out.Mul(x)
	}
	return out
}

func refMul(s group.Scalar, e group.Element) group.Element { return e.Mul(s) }

func refSum(es ...group.Element) group.Element {
	var out group.Element
	for _, e := range es {
		out = out.Add(e)
	}
	return out
}

func refInner(a, b []group.Scalar) group.Scalar {
	var out group.Scalar
	for i := range a {
		out = out.Add(a[i].Mul(b[i]))
	}
	return out
}

// refWitness is what the reference prover puts into its commitments; aL and aR
// need not be bits.
type refWitness struct {
	r                      []group.Scalar
	aL, aR                 []group.Scalar
	alpha, rho, tau1, tau2 group.Scalar
	sL, sR                 []group.Scalar
}

// refCheat is how the reference prover departs from the protocol.
type refCheat struct {
	first int // the exponent of ζ that the first difference gets; 0 means 2

	// keyLog, if given, is log_g y, used to choose τx so that the second
	// equation holds whatever t̂ is.
	keyLog *group.Scalar

	// guessX, if given, is what x is hoped to be: T1'' is chosen so that the
	// second equation holds if it is.
	guessX *group.Scalar

	challenge zkp.ChallengeFunc // replaces challenges, as the verifier's

	omit    string // what is not hashed, by its name in slotHashed
	statesT bool   // t̂ is what the second equation wants, and not ⟨l, r⟩
}

// refTrace is everything that was computed on the way.
type refTrace struct {
	A, S             group.Element
	eta, zeta        group.Scalar
	T1, T2           elgamal.Ciphertext
	x, tauX, mu, t   group.Scalar
	w                group.Scalar
	L, R             []group.Element
	u                []group.Scalar
	aLast, bLast     group.Scalar
	proof            []byte
	equationsOfProof [3]bool
}

type refSlots struct {
	st      *zkp.SlotStatement
	b, m, N int
	first   int
	g, h    []group.Element
	f, u    group.Element
	sponge  *transcript.Sponge
	omit    string
	drawn   []group.Scalar
	replace zkp.ChallengeFunc
}

// slotHashed is everything that the slot proof hashes. Nothing else is needed
// to compute the challenges.
var slotHashed = []string{"tag", "n", "k", "b", "y", "A_j", "B_j", "A", "S", "T1'", "T1''", "T2'", "T2''", "τx", "μ", "t̂", "L_i", "R_i"}

func newRef(st *zkp.SlotStatement, cheat refCheat) *refSlots {
	b, m, N, err := zkp.SlotParams(st.N, st.K)
	if err != nil {
		panic(err)
	}
	p := &refSlots{st: st, b: b, m: m, N: N, first: 2, replace: cheat.challenge}
	if cheat.first != 0 {
		p.first = cheat.first
	}
	for i := range N {
		p.g = append(p.g, group.Hash("slot-G", uint32(i)))
		p.h = append(p.h, group.Hash("slot-H", uint32(i)))
	}
	p.f, p.u = group.Hash("slot-F", 0), group.Hash("slot-U", 0)
	p.omit = cheat.omit
	tag := st.Tag
	if p.omit == "tag" {
		tag = nil
	}
	p.sponge = transcript.New(tag)
	p.number("n", st.N)
	p.number("k", st.K)
	p.number("b", b)
	p.element("y", st.Key)
	for _, c := range st.Rows {
		p.element("A_j", c.A)
		p.element("B_j", c.B)
	}
	return p
}

func (p *refSlots) challenge() group.Scalar {
	c := p.sponge.Scalar()
	if p.replace != nil {
		c = p.replace(len(p.drawn), c)
	}
	p.drawn = append(p.drawn, c)
	return c
}

func (p *refSlots) absorb(name string, b []byte) {
	if name != p.omit {
		p.sponge.Absorb(b)
	}
}

func (p *refSlots) number(name string, n int) {
	p.absorb(name, binary.LittleEndian.AppendUint32(nil, uint32(n)))
}

func (p *refSlots) element(name string, e group.Element) { p.absorb(name, e.Bytes()) }

// The first message, the second and the third.

func (p *refSlots) commitments(tr *refTrace) {
	p.element("A", tr.A)
	p.element("S", tr.S)
}

func (p *refSlots) coefficients(tr *refTrace) {
	p.element("T1'", tr.T1.A)
	p.element("T1''", tr.T1.B)
	p.element("T2'", tr.T2.A)
	p.element("T2''", tr.T2.B)
}

func (p *refSlots) answer(tr *refTrace) {
	p.absorb("τx", tr.tauX.Bytes())
	p.absorb("μ", tr.mu.Bytes())
	p.absorb("t̂", tr.t.Bytes())
}

func (p *refSlots) round(L, R group.Element) {
	p.element("L_i", L)
	p.element("R_i", R)
}

// differences returns D_0 … D_k, P and Q apart.
func (p *refSlots) differences() (P, Q []group.Element) {
	rows, k, g := p.st.Rows, p.st.K, group.Generator()
	P, Q = append(P, rows[0].A), append(Q, rows[0].B.Sub(g))
	for j := 1; j < k; j++ {
		P = append(P, rows[j].A.Sub(rows[j-1].A))
		Q = append(Q, rows[j].B.Sub(rows[j-1].B).Sub(g))
	}
	P = append(P, rows[k-1].A.Neg())
	Q = append(Q, refMul(refNum(p.st.N+k), g).Sub(rows[k-1].B))
	return P, Q
}

// refDifferences returns d_0 … d_k of codes that may be anything.
func refDifferences(codes []group.Scalar, n int) []group.Scalar {
	k := len(codes)
	d := []group.Scalar{codes[0].Sub(refNum(1))}
	for j := 1; j < k; j++ {
		d = append(d, codes[j].Sub(codes[j-1]).Sub(refNum(1)))
	}
	return append(d, refNum(n+k).Sub(codes[k-1]))
}

// lowBits returns bits of the canonical integers, b for each, padded to N.
func lowBits(d []group.Scalar, b, N int) (aL, aR []group.Scalar) {
	aL, aR = make([]group.Scalar, N), make([]group.Scalar, N)
	for i := range N {
		if i/b < len(d) {
			v := new(big.Int).SetBytes(d[i/b].Bytes())
			aL[i] = refNum(int(v.Bit(i % b)))
		}
		aR[i] = aL[i].Sub(refNum(1))
	}
	return aL, aR
}

func (p *refSlots) vectors(w *refWitness, eta, zeta group.Scalar) (l0, r0, r1 []group.Scalar) {
	for i := range p.N {
		e := refPow(eta, i)
		l0 = append(l0, w.aL[i].Sub(zeta))
		weight := refPow(zeta, p.first+i/p.b).Mul(refPow(refNum(2), i%p.b))
		r0 = append(r0, e.Mul(w.aR[i].Add(zeta)).Add(weight))
		r1 = append(r1, e.Mul(w.sR[i]))
	}
	return l0, r0, r1
}

// delta is the public part of t0.
func (p *refSlots) delta(eta, zeta group.Scalar) group.Scalar {
	var etas, zetas group.Scalar
	for i := range p.N {
		etas = etas.Add(refPow(eta, i))
	}
	for j := range p.m {
		zetas = zetas.Add(refPow(zeta, p.first+1+j))
	}
	return zeta.Sub(refPow(zeta, 2)).Mul(etas).Sub(refPow(refNum(2), p.b).Sub(refNum(1)).Mul(zetas))
}

func refProve(st *zkp.SlotStatement, codes []group.Scalar, w *refWitness, cheat refCheat) *refTrace {
	p, tr := newRef(st, cheat), &refTrace{}
	g, k := group.Generator(), st.K
	multi := func(s []group.Scalar, es []group.Element) group.Element { return group.MultiMul(es, s) }
	tr.A = refSum(refMul(w.alpha, p.f), multi(w.aL, p.g), multi(w.aR, p.h))
	tr.S = refSum(refMul(w.rho, p.f), multi(w.sL, p.g), multi(w.sR, p.h))
	p.commitments(tr)
	tr.eta, tr.zeta = p.challenge(), p.challenge()

	l0, r0, r1 := p.vectors(w, tr.eta, tr.zeta)
	t0, t1, t2 := refInner(l0, r0), refInner(l0, r1).Add(refInner(w.sL, r0)), refInner(w.sL, r1)
	// What the rows require t0 to be; an honest prover's t0 is this.
	due := p.delta(tr.eta, tr.zeta)
	for j, d := range refDifferences(codes, st.N) {
		due = due.Add(refPow(tr.zeta, p.first+j).Mul(d))
	}
	tr.T1 = elgamal.Ciphertext{A: refMul(w.tau1, g), B: refSum(refMul(t1, g), refMul(w.tau1, st.Key))}
	tr.T2 = elgamal.Ciphertext{A: refMul(w.tau2, g), B: refSum(refMul(t2, g), refMul(w.tau2, st.Key))}
	if cheat.guessX != nil {
		tr.T1.B = tr.T1.B.Add(refMul(t0.Sub(due).Mul(cheat.guessX.Inverse()), g))
	}
	p.coefficients(tr)
	tr.x = p.challenge()

	gamma := []group.Scalar{w.r[0]}
	for j := 1; j < k; j++ {
		gamma = append(gamma, w.r[j].Sub(w.r[j-1]))
	}
	gamma = append(gamma, w.r[k-1].Neg())
	tr.tauX = w.tau1.Mul(tr.x).Add(w.tau2.Mul(refPow(tr.x, 2)))
	for j, c := range gamma {
		tr.tauX = tr.tauX.Add(refPow(tr.zeta, p.first+j).Mul(c))
	}
	tr.mu = w.alpha.Add(w.rho.Mul(tr.x))
	var l, r []group.Scalar
	for i := range p.N {
		l = append(l, l0[i].Add(w.sL[i].Mul(tr.x)))
		r = append(r, r0[i].Add(r1[i].Mul(tr.x)))
	}
	tr.t = refInner(l, r)
	if cheat.statesT {
		tr.t = tr.t.Add(due).Sub(t0)
	}
	if cheat.keyLog != nil {
		// g^{t̂}·y^{τx} must equal g^{due + t1·x + t2·x²}·y^{honest τx}.
		missing := due.Sub(t0)
		tr.tauX = tr.tauX.Add(missing.Mul(cheat.keyLog.Inverse()))
	}
	p.answer(tr)
	tr.w = p.challenge()

	G, H := p.g, []group.Element{}
	for i, h := range p.h {
		H = append(H, refMul(refPow(tr.eta, i).Inverse(), h))
	}
	for len(l) > 1 {
		c := len(l) / 2
		L := refSum(multi(l[:c], G[c:]), multi(r[c:], H[:c]), refMul(tr.w.Mul(refInner(l[:c], r[c:])), p.u))
		R := refSum(multi(l[c:], G[:c]), multi(r[:c], H[c:]), refMul(tr.w.Mul(refInner(l[c:], r[:c])), p.u))
		p.round(L, R)
		u := p.challenge()
		v := u.Inverse()
		var l2, r2 []group.Scalar
		var G2, H2 []group.Element
		for i := range c {
			l2 = append(l2, l[i].Mul(u).Add(l[c+i].Mul(v)))
			r2 = append(r2, r[i].Mul(v).Add(r[c+i].Mul(u)))
			G2 = append(G2, refSum(refMul(v, G[i]), refMul(u, G[c+i])))
			H2 = append(H2, refSum(refMul(u, H[i]), refMul(v, H[c+i])))
		}
		l, r, G, H = l2, r2, G2, H2
		tr.L, tr.R, tr.u = append(tr.L, L), append(tr.R, R), append(tr.u, u)
	}
	tr.aLast, tr.bLast = l[0], r[0]

	tr.proof = tr.encode()
	tr.equationsOfProof = refVerify(st, tr, cheat)
	return tr
}

func (tr *refTrace) encode() []byte {
	var out bytes.Buffer
	for _, e := range []group.Element{tr.A, tr.S, tr.T1.A, tr.T1.B, tr.T2.A, tr.T2.B} {
		out.Write(e.Bytes())
	}
	for _, s := range []group.Scalar{tr.tauX, tr.mu, tr.t} {
		out.Write(s.Bytes())
	}
	for i := range tr.L {
		out.Write(tr.L[i].Bytes())
		out.Write(tr.R[i].Bytes())
	}
	out.Write(tr.aLast.Bytes())
	out.Write(tr.bLast.Bytes())
	return out.Bytes()
}

// refVerify evaluates the three equations on a trace, whose challenges it
// draws anew.
func refVerify(st *zkp.SlotStatement, tr *refTrace, cheat refCheat) (holds [3]bool) {
	missing, _ := refMissing(st, tr, cheat)
	for i := range missing {
		holds[i] = missing[i].IsIdentity()
	}
	return holds
}

// refMissing returns what would have to be added, in each equation, to the side
// of the commitments, and the challenges.
func refMissing(st *zkp.SlotStatement, tr *refTrace, cheat refCheat) (missing [3]group.Element, drawn []group.Scalar) {
	p, g := newRef(st, cheat), group.Generator()
	p.commitments(tr)
	eta, zeta := p.challenge(), p.challenge()
	p.coefficients(tr)
	x := p.challenge()
	p.answer(tr)
	w := p.challenge()

	P, Q := p.differences()
	left, right := refMul(tr.tauX, g), refSum(refMul(x, tr.T1.A), refMul(refPow(x, 2), tr.T2.A))
	for j := range P {
		right = right.Add(refMul(refPow(zeta, p.first+j), P[j]))
	}
	missing[0] = left.Sub(right)

	left = refSum(refMul(tr.t, g), refMul(tr.tauX, st.Key))
	right = refSum(refMul(p.delta(eta, zeta), g), refMul(x, tr.T1.B), refMul(refPow(x, 2), tr.T2.B))
	for j := range Q {
		right = right.Add(refMul(refPow(zeta, p.first+j), Q[j]))
	}
	missing[1] = left.Sub(right)

	// P = A S^x ΠG^{−ζ} ΠH'^{ζη^i + ζ^{2+⌊i/b⌋}2^{i mod b}} F^{−μ} U^{w t̂}, H'_i = H_i^{η^{−i}}.
	c := refSum(tr.A, refMul(x, tr.S), refMul(tr.mu.Neg(), p.f), refMul(w.Mul(tr.t), p.u))
	G, H := p.g, []group.Element{}
	for i := range p.N {
		H = append(H, refMul(refPow(eta, i).Inverse(), p.h[i]))
		weight := refPow(zeta, p.first+i/p.b).Mul(refPow(refNum(2), i%p.b))
		c = refSum(c, refMul(zeta.Neg(), G[i]), refMul(zeta.Mul(refPow(eta, i)).Add(weight), H[i]))
	}
	for i := range tr.L {
		p.round(tr.L[i], tr.R[i])
		u := p.challenge()
		v := u.Inverse()
		c = refSum(c, refMul(refPow(u, 2), tr.L[i]), refMul(refPow(v, 2), tr.R[i]))
		half := len(G) / 2
		var G2, H2 []group.Element
		for j := range half {
			G2 = append(G2, refSum(refMul(v, G[j]), refMul(u, G[half+j])))
			H2 = append(H2, refSum(refMul(u, H[j]), refMul(v, H[half+j])))
		}
		G, H = G2, H2
	}
	missing[2] = refSum(refMul(tr.aLast, G[0]), refMul(tr.bLast, H[0]), refMul(w.Mul(tr.aLast).Mul(tr.bLast), p.u)).Sub(c)
	return missing, p.drawn
}

// refSealed is a sealing with everything that it is made of.
type refSealed struct {
	codes, blanks []int
	w             *refWitness
	st            *zkp.SlotStatement
	trace         *refTrace
}

func refSeal(tag []byte, y group.Element, n, k int, selections []int, seed [32]byte) *refSealed {
	b, _, N, err := zkp.SlotParams(n, k)
	if err != nil {
		panic(err)
	}
	le := func(x int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(x)) }
	s := transcript.New(bytes.Join([][]byte{le(12), []byte("sandogh seal"), le(len(tag)), tag}, nil))
	s.Absorb(bytes.Join([][]byte{seed[:], le(n), le(k), le(b), y.Bytes(), le(len(tag)), tag}, nil))
	out := &refSealed{}
	for _, sel := range selections {
		s.Absorb(le(sel))
		if sel != 0 {
			out.codes = append(out.codes, sel)
		}
	}
	type draw struct {
		key  []byte
		code int
	}
	var draws []draw
	for i := range k {
		draws = append(draws, draw{s.Squeeze(16), n + 1 + i})
	}
	sort.Slice(draws, func(i, j int) bool { return bytes.Compare(draws[i].key, draws[j].key) < 0 })
	for _, d := range draws[:k-len(out.codes)] {
		out.blanks = append(out.blanks, d.code)
	}
	sort.Ints(out.blanks)
	out.codes = append(out.codes, out.blanks...)

	draw48 := func(n int) (ss []group.Scalar) {
		for range n {
			ss = append(ss, group.ReduceScalar(s.Squeeze(48)))
		}
		return ss
	}
	w := &refWitness{}
	w.r = draw48(k)
	two := draw48(2)
	w.alpha, w.rho = two[0], two[1]
	w.sL, w.sR = draw48(N), draw48(N)
	two = draw48(2)
	w.tau1, w.tau2 = two[0], two[1]
	codes := make([]group.Scalar, k)
	out.st = &zkp.SlotStatement{Tag: tag, Key: y, N: n, K: k}
	for j, c := range out.codes {
		codes[j] = refNum(c)
		out.st.Rows = append(out.st.Rows, refEncrypt(y, codes[j], w.r[j]))
	}
	w.aL, w.aR = lowBits(refDifferences(codes, n), b, N)
	out.w = w
	out.trace = refProve(out.st, codes, w, refCheat{})
	return out
}

func refEncrypt(y group.Element, s, r group.Scalar) elgamal.Ciphertext {
	g := group.Generator()
	return elgamal.Ciphertext{A: refMul(r, g), B: refSum(refMul(s, g), refMul(r, y))}
}
