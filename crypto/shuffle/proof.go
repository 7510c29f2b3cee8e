package shuffle

import (
	"fmt"
	"sync"

	"github.com/sandogh/sandogh/crypto/group"
)

// A Proof shows that one list of N ciphertexts is a re-encryption and a
// permutation of another. No element in it is the identity.
type Proof struct {
	elements []group.Element // 3N + 5 of them and
	scalars  []group.Scalar  // 2N + 4, both in the order of Encode

	// What stands where in the two.
	u              []group.Element // commitment to the permutation
	b, b1          []group.Element // the chain B; its commitments B'
	a1, c1, d1     *group.Element  // A', C', D'
	f1             []group.Element // the two of F'
	kA, kC, kD, kF *group.Scalar
	kB, kE         []group.Scalar
}

// newProof returns a proof about n rows to be filled in.
func newProof(n int) *Proof {
	e, k := make([]group.Element, 3*n+5), make([]group.Scalar, 2*n+4)
	return &Proof{
		elements: e, scalars: k,
		u: e[:n], b: e[n : 2*n], a1: &e[2*n], b1: e[2*n+1 : 3*n+1],
		c1: &e[3*n+1], d1: &e[3*n+2], f1: e[3*n+3:],
		kA: &k[0], kB: k[1 : n+1], kC: &k[n+1], kD: &k[n+2], kE: k[n+3 : 2*n+3], kF: &k[2*n+3],
	}
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
	out := append(make([]byte, 0, ProofSize(p.Rows())), proofVersion)
	for _, e := range p.elements {
		out = e.AppendBytes(out)
	}
	for _, k := range p.scalars {
		out = k.AppendBytes(out)
	}
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
	p := newProof(n)
	size := len(p.elements) * group.ElementSize
	if err := decodeElements(b[1:][:size], p.elements); err != nil {
		return nil, fmt.Errorf("decode proof: %w", err)
	}
	b = b[1+size:]
	for i := range p.scalars {
		var err error
		if p.scalars[i], err = group.DecodeScalar(b[i*group.ScalarSize:][:group.ScalarSize]); err != nil {
			return nil, fmt.Errorf("decode proof: scalar %d: %w", i, err)
		}
	}
	return p, nil
}

// decodeElements is group.DecodeElements on all processors: a square root for
// each element is most of the work of reading a proof.
func decodeElements(b []byte, into []group.Element) error {
	var mu sync.Mutex
	var failed error
	parallel(len(into), func(lo, hi int) {
		es, err := group.DecodeElements(b[lo*group.ElementSize:hi*group.ElementSize], hi-lo)
		if err != nil {
			mu.Lock()
			failed = err
			mu.Unlock()
		}
		copy(into[lo:hi], es)
	})
	return failed
}

// writeCommitment writes the prover's first message,
//
//	node(array B, A', array B', C', D', node(F'.A, F'.B))
func (p *Proof) writeCommitment(t *treeWriter) {
	t.node(6)
	t.points(p.b)
	t.point(*p.a1)
	t.points(p.b1)
	t.point(*p.c1)
	t.point(*p.d1)
	t.points(p.f1)
}

func (p *Proof) readCommitment(t *treeReader) {
	t.node(6)
	t.points(p.b)
	*p.a1 = t.point()
	t.points(p.b1)
	*p.c1 = t.point()
	*p.d1 = t.point()
	t.points(p.f1)
}

// writeReply writes node(kA, array kB, kC, kD, array kE, kF).
func (p *Proof) writeReply(t *treeWriter) {
	t.node(6)
	t.scalar(*p.kA)
	t.scalars(p.kB)
	t.scalar(*p.kC)
	t.scalar(*p.kD)
	t.scalars(p.kE)
	t.scalar(*p.kF)
}

func (p *Proof) readReply(t *treeReader) {
	t.node(6)
	*p.kA = t.scalar()
	t.scalars(p.kB)
	*p.kC = t.scalar()
	*p.kD = t.scalar()
	t.scalars(p.kE)
	*p.kF = t.scalar()
}
