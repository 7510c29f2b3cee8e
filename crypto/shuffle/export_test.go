package shuffle

import (
	"bytes"
	"fmt"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
)

// VerifyNaive checks each equation on its own, as the specification writes
// them, and returns the names of those that do not hold.
func VerifyNaive(gens *Generators, key *elgamal.Key, in, out []elgamal.Ciphertext, p *Proof) []string {
	s := &statement{gens, key, in, out}
	seed := s.seed(p.u)
	return s.naive(p, seed, s.challenge(seed, p))
}

func (s *statement) naive(p *Proof, seed [32]byte, v group.Scalar) (failed []string) {
	n := len(s.in)
	g, h := group.Generator(), s.gens.h
	mul := func(e group.Element, k group.Scalar) group.Element {
		return group.MultiMul([]group.Element{e}, []group.Scalar{k})
	}
	equal := func(name string, left, right group.Element) {
		if !left.Equal(right) {
			failed = append(failed, name)
		}
	}
	product := group.NewScalar(1)
	var a, c, fA, fB, kEh, kEA, kEB group.Element
	for i := range n {
		e := batchingExponent(seed, i)
		product = product.Mul(e)
		a = a.Add(mul(p.u[i], e))
		c = c.Add(p.u[i]).Sub(h[i])
		fA = fA.Add(mul(s.in[i].A, e))
		fB = fB.Add(mul(s.in[i].B, e))
		kEh = kEh.Add(mul(h[i], p.kE[i]))
		kEA = kEA.Add(mul(s.out[i].A, p.kE[i]))
		kEB = kEB.Add(mul(s.out[i].B, p.kE[i]))
	}
	equal("A", mul(a, v).Add(*p.a1), mul(g, *p.kA).Add(kEh))
	last := h[0]
	for i := range n {
		equal(fmt.Sprintf("B%d", i), mul(p.b[i], v).Add(p.b1[i]), mul(g, p.kB[i]).Add(mul(last, p.kE[i])))
		last = p.b[i]
	}
	equal("C", mul(c, v).Add(*p.c1), mul(g, *p.kC))
	equal("D", mul(last.Sub(mul(h[0], product)), v).Add(*p.d1), mul(g, *p.kD))
	equal("F.A", mul(fA, v).Add(p.f1[0]), kEA.Sub(mul(g, *p.kF)))
	equal("F.B", mul(fB, v).Add(p.f1[1]), kEB.Sub(mul(s.key.Element(), *p.kF)))
	return failed
}

// A Transcript is a proof with a challenge that is not recomputed, so that one
// corruption reaches only the equations it stands in.
type Transcript struct {
	st   *statement
	p    *Proof
	seed [32]byte
	v    group.Scalar
}

// NewTranscript copies its arguments and fixes the challenge as it is.
func NewTranscript(gens *Generators, key *elgamal.Key, in, out []elgamal.Ciphertext, p *Proof) *Transcript {
	q := newProof(p.Rows())
	copy(q.elements, p.elements)
	copy(q.scalars, p.scalars)
	s := &statement{gens, key, append([]elgamal.Ciphertext(nil), in...), append([]elgamal.Ciphertext(nil), out...)}
	seed := s.seed(p.u)
	return &Transcript{s, q, seed, s.challenge(seed, p)}
}

func (t *Transcript) Elements() []group.Element   { return t.p.elements }
func (t *Transcript) Scalars() []group.Scalar     { return t.p.scalars }
func (t *Transcript) In() []elgamal.Ciphertext    { return t.st.in }
func (t *Transcript) Out() []elgamal.Ciphertext   { return t.st.out }
func (t *Transcript) SetChallenge(v group.Scalar) { t.v = v }
func (t *Transcript) Batched() error              { return t.st.verify(t.p, t.seed, t.v) }
func (t *Transcript) Naive() []string             { return t.st.naive(t.p, t.seed, t.v) }

// ForgedGenerators claims to be of the session and is not derived from it.
func ForgedGenerators(s Session, h []group.Element) *Generators {
	return &Generators{s, s.rho(), h}
}

// Elements returns the generators.
func (g *Generators) Elements() []group.Element { return g.h }

// Permutation is the prover's.
var Permutation = permutation

// ProveTampered proves as Prove does, with a permutation of the caller's and
// with whatever tamper does to the outputs and the commitment before anything
// is hashed.
func ProveTampered(gens *Generators, key *elgamal.Key, in []elgamal.Ciphertext, perm []uint32, tamper func(out []elgamal.Ciphertext, u []group.Element)) ([]elgamal.Ciphertext, *Proof) {
	n := len(in)
	w := &witness{perm, randomScalars(n), randomScalars(n)}
	st := &statement{gens, key, in, make([]elgamal.Ciphertext, n)}
	p := newProof(n)
	w.shuffle(st, p.u)
	tamper(st.out, p.u)
	if err := w.prove(st, p); err != nil {
		panic(err)
	}
	return st.out, p
}

// ProveLinear proves, as well as it can be done, that in = M·out up to
// re-encryption, for a matrix M that is not a permutation. Given M⁻¹ it also
// computes out.
func ProveLinear(gens *Generators, key *elgamal.Key, in []elgamal.Ciphertext, m, inverse [][]group.Scalar) ([]elgamal.Ciphertext, *Proof) {
	n := len(in)
	r, s := randomScalars(n), randomScalars(n)
	st := &statement{gens, key, in, make([]elgamal.Ciphertext, n)}
	p := newProof(n)
	for i := range n {
		p.u[i] = group.BaseMul(r[i])
		for j := range n {
			p.u[i] = p.u[i].Add(gens.h[j].Mul(m[i][j]))
			st.out[i].A = st.out[i].A.Add(in[j].A.Mul(inverse[i][j]))
			st.out[i].B = st.out[i].B.Add(in[j].B.Mul(inverse[i][j]))
		}
		st.out[i] = key.Reencrypt(st.out[i], s[i])
	}
	seed := st.seed(p.u)
	o := opening{e: make([]group.Scalar, n)}
	for i := range n {
		e := batchingExponent(seed, i)
		o.r = o.r.Add(r[i])
		o.re = o.re.Add(r[i].Mul(e))
		for j := range n {
			o.e[j] = o.e[j].Add(m[i][j].Mul(e))
		}
	}
	for j := range n {
		o.se = o.se.Add(s[j].Mul(o.e[j]))
	}
	if err := o.prove(st, p, seed); err != nil {
		panic(err)
	}
	return st.out, p
}

// Shapes are the byte trees of a proof directory.
var Shapes = []string{"array", "list", "commitment", "reply"}

// RoundTripTree decodes a byte tree of n rows and encodes it again.
func RoundTripTree(shape string, b []byte, n int) ([]byte, error) {
	var out bytes.Buffer
	r, w := treeReader{b: b}, treeWriter{w: &out}
	p, list := newProof(n), make([]elgamal.Ciphertext, n)
	read := map[string]func(*treeReader){
		"array":      func(t *treeReader) { t.points(p.u) },
		"list":       func(t *treeReader) { t.ciphertexts(list) },
		"commitment": p.readCommitment,
		"reply":      p.readReply,
	}
	read[shape](&r)
	if err := r.end(); err != nil {
		return nil, err
	}
	switch shape {
	case "array":
		w.points(p.u)
	case "list":
		w.ciphertexts(list)
	case "commitment":
		p.writeCommitment(&w)
	case "reply":
		p.writeReply(&w)
	}
	w.flush()
	return out.Bytes(), nil
}

// FormatProtInfo writes a protInfo.xml.
var FormatProtInfo = formatProtInfo

// ParseProtInfo reads one.
func ParseProtInfo(b []byte) (sid string, parties, thres int, err error) {
	info, err := parseProtInfo(b)
	if err != nil {
		return "", 0, 0, err
	}
	return info.sid, info.parties, info.thres, nil
}
