package shuffle

import (
	"errors"
	"fmt"
	"sync"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
)

// A Proof shows that one list of N ciphertexts is a re-encryption and a
// permutation of another. Every element in it is other than the identity.
type Proof struct {
	u []group.Element // commitment to the permutation
	commitment
	reply
}

// A commitment is the prover's first message.
type commitment struct {
	b, b1 []group.Element // the chain B and its commitments B'
	a1    group.Element   // A'
	c1    group.Element   // C'
	d1    group.Element   // D'
	f1    elgamal.Ciphertext
}

// A reply answers the challenge.
type reply struct {
	kA, kC, kD, kF group.Scalar
	kB, kE         []group.Scalar
}

func (c *commitment) write(t *treeWriter) {
	t.node(6)
	t.points(c.b)
	t.point(c.a1)
	t.points(c.b1)
	t.point(c.c1)
	t.point(c.d1)
	t.ciphertext(c.f1)
}

func (r *reply) write(t *treeWriter) {
	t.node(6)
	t.scalar(r.kA)
	t.scalars(r.kB)
	t.scalar(r.kC)
	t.scalar(r.kD)
	t.scalars(r.kE)
	t.scalar(r.kF)
}

// Rows returns the number of rows that p is about.
func (p *Proof) Rows() int { return len(p.u) }

const proofVersion = 1

// ProofSize returns the length in bytes of an encoded proof about n rows.
func ProofSize(n int) int {
	return 1 + group.ElementSize*(3*n+5) + group.ScalarSize*(2*n+4)
}

// Encode returns the bytes of p for N rows, ProofSize(N) in all:
//
//	 1        0x01
//	33·N      u_0 … u_{N−1}
//	33·N      B_0 … B_{N−1}
//	33        A'
//	33·N      B'_0 … B'_{N−1}
//	33·4      C', D', F'.A, F'.B
//	32        kA
//	32·N      kB_0 … kB_{N−1}
//	32·2      kC, kD
//	32·N      kE_0 … kE_{N−1}
//	32        kF
func (p *Proof) Encode() []byte {
	out := append(make([]byte, 0, ProofSize(len(p.u))), proofVersion)
	elements := func(es ...group.Element) {
		for _, e := range es {
			out = e.AppendBytes(out)
		}
	}
	scalars := func(ss ...group.Scalar) {
		for _, s := range ss {
			out = s.AppendBytes(out)
		}
	}
	elements(p.u...)
	elements(p.b...)
	elements(p.a1)
	elements(p.b1...)
	elements(p.c1, p.d1, p.f1.A, p.f1.B)
	scalars(p.kA)
	scalars(p.kB...)
	scalars(p.kC, p.kD)
	scalars(p.kE...)
	scalars(p.kF)
	return out
}

// DecodeProof reads a proof about n rows. It refuses any other length or
// version, the identity, and every element or scalar that is not in its one
// encoding.
func DecodeProof(b []byte, n int) (*Proof, error) {
	if err := checkRows(n); err != nil {
		return nil, fmt.Errorf("decode proof: %w", err)
	}
	if len(b) != ProofSize(n) {
		return nil, fmt.Errorf("decode proof: %d bytes are not the %d of a proof about %d rows", len(b), ProofSize(n), n)
	}
	if b[0] != proofVersion {
		return nil, fmt.Errorf("decode proof: version %d, not %d", b[0], proofVersion)
	}
	m := 3*n + 5
	es, err := decodeElements(b[1:][:m*group.ElementSize], m)
	if err != nil {
		return nil, fmt.Errorf("decode proof: %w", err)
	}
	b = b[1+m*group.ElementSize:]
	ks := make([]group.Scalar, 2*n+4)
	for i := range ks {
		if ks[i], err = group.DecodeScalar(b[i*group.ScalarSize:][:group.ScalarSize]); err != nil {
			return nil, fmt.Errorf("decode proof: scalar %d: %w", i, err)
		}
	}
	p := &Proof{u: es[:n:n]}
	p.b = es[n : 2*n : 2*n]
	p.a1 = es[2*n]
	p.b1 = es[2*n+1 : 3*n+1 : 3*n+1]
	p.c1, p.d1 = es[3*n+1], es[3*n+2]
	p.f1 = elgamal.Ciphertext{A: es[3*n+3], B: es[3*n+4]}
	p.kA = ks[0]
	p.kB = ks[1 : n+1 : n+1]
	p.kC, p.kD = ks[n+1], ks[n+2]
	p.kE = ks[n+3 : 2*n+3 : 2*n+3]
	p.kF = ks[2*n+3]
	return p, nil
}

// decodeElements is group.DecodeElements on all processors: a square root for
// each element is most of the work of reading a proof.
func decodeElements(b []byte, n int) ([]group.Element, error) {
	out := make([]group.Element, n)
	var mu sync.Mutex
	var failed error
	parallel(n, func(lo, hi int) {
		es, err := group.DecodeElements(b[lo*group.ElementSize:hi*group.ElementSize], hi-lo)
		if err != nil {
			mu.Lock()
			failed = err
			mu.Unlock()
			return
		}
		copy(out[lo:hi], es)
	})
	return out, failed
}

var errIdentity = errors.New("the identity where an element with an encoding is needed")

// check reports a proof that is not about n rows or holds the identity, which
// the hashes cannot take.
func (p *Proof) check(n int) error {
	for _, l := range []int{len(p.u), len(p.b), len(p.b1), len(p.kB), len(p.kE)} {
		if l != n {
			return fmt.Errorf("the proof is about %d rows, not %d", len(p.u), n)
		}
	}
	for _, es := range [][]group.Element{p.u, p.b, p.b1, {p.a1, p.c1, p.d1, p.f1.A, p.f1.B}} {
		if err := checkElements(es); err != nil {
			return fmt.Errorf("the proof: %w", err)
		}
	}
	return nil
}

func checkElements(es []group.Element) error {
	for _, e := range es {
		if e.IsIdentity() {
			return errIdentity
		}
	}
	return nil
}
