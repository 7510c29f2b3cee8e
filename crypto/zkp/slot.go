package zkp

import (
	"errors"
	"fmt"
	"math/bits"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
)

// The greatest shape of a slot proof. They bound the memory of the cached
// generators (N is at most 4,096) and keep m·2^b, at most 2^39, far below the
// group order, so that the sum of the differences cannot wrap around.
const (
	maxSlotCodes = 1 << 16
	maxSlots     = 64
)

// SlotParams returns the shape of the proof that k ciphertexts hold distinct
// ascending codes of 1..n+k: b bits for each difference, the number m of
// differences with padding, and the length N = m·b of the bit vector. All
// three are powers of two; b is the smallest with 2^b > n, m the smallest that
// is at least k+1.
func SlotParams(n, k int) (b, m, N int, err error) {
	if n < 1 || n > maxSlotCodes {
		return 0, 0, 0, fmt.Errorf("slot parameters: %d codes, not 1 to %d", n, maxSlotCodes)
	}
	if k < 1 || k > maxSlots {
		return 0, 0, 0, fmt.Errorf("slot parameters: %d slots, not 1 to %d", k, maxSlots)
	}
	b, m = 1, 2
	for uint64(1)<<b <= uint64(n) {
		b *= 2
	}
	for m < k+1 {
		m *= 2
	}
	return b, m, m * b, nil
}

// A SlotStatement is what a slot proof is about: under Key, the K Rows hold
// codes s_1 < … < s_K, all in 1..N+K. Tag is the caller's name for the proof
// and its context; a proof is good for one tag only.
type SlotStatement struct {
	Tag  []byte
	Key  group.Element
	N, K int
	Rows []elgamal.Ciphertext
}

// shape returns the parameters of a statement that is in order.
func (st *SlotStatement) shape() (b, m, N int, err error) {
	b, m, N, err = SlotParams(st.N, st.K)
	switch {
	case err != nil:
	case len(st.Rows) != st.K:
		err = fmt.Errorf("slot statement: %d rows for %d slots", len(st.Rows), st.K)
	case st.Key.IsIdentity():
		err = errors.New("slot statement: key is the identity")
	}
	for j, c := range st.Rows {
		if c.A.IsIdentity() || c.B.IsIdentity() {
			err = errors.Join(err, fmt.Errorf("slot statement: row %d has the identity", j))
		}
	}
	return b, m, N, err
}

// A slotDraw stands for Sponge.Scalar, so that tests can show what happens to a
// challenge of zero.
type slotDraw func(*transcript.Sponge) group.Scalar

// A slotTranscript is the sponge of one proof.
type slotTranscript struct {
	sponge *transcript.Sponge
	draw   slotDraw
}

// newSlotTranscript absorbs a statement that is in order. The sponge for the
// tag takes:
//
//	LE4(n) ‖ LE4(k) ‖ LE4(b) ‖ y (33) ‖ k × (A_j (33) ‖ B_j (33))
func newSlotTranscript(draw slotDraw, st *SlotStatement, b int) *slotTranscript {
	s := transcript.New(st.Tag)
	var head []byte
	head = transcript.AppendUint32(head, uint32(st.N))
	head = transcript.AppendUint32(head, uint32(st.K))
	head = transcript.AppendUint32(head, uint32(b))
	s.Absorb(st.Key.AppendBytes(head))
	s.Absorb(elgamal.Encode(st.Rows))
	return &slotTranscript{s, draw}
}

var (
	errSlotIdentity = errors.New("slot proof: a commitment is the identity")
	errSlotZero     = errors.New("slot proof: a challenge is zero")
)

// commit absorbs the elements and draws len(challenges) scalars, none zero.
func (t *slotTranscript) commit(elements []group.Element, challenges ...*group.Scalar) error {
	for _, e := range elements {
		if e.IsIdentity() {
			return errSlotIdentity
		}
		t.sponge.AbsorbElement(e)
	}
	for _, c := range challenges {
		if *c = t.draw(t.sponge); c.IsZero() {
			return errSlotZero
		}
	}
	return nil
}

// answer absorbs τx, μ and t̂ and draws w.
func (t *slotTranscript) answer(p *slotProof, w *group.Scalar) error {
	for _, s := range []group.Scalar{p.tauX, p.mu, p.t} {
		t.sponge.AbsorbScalar(s)
	}
	return t.commit(nil, w)
}

// A slotProof is a proof in memory. Its bytes, with r = log2 N:
//
//	A ‖ S ‖ T1' ‖ T1'' ‖ T2' ‖ T2''      6 × 33
//	τx ‖ μ ‖ t̂                           3 × 32
//	L_1 ‖ R_1 ‖ … ‖ L_r ‖ R_r           2r × 33
//	a ‖ b'                               2 × 32
type slotProof struct {
	a, s         group.Element
	t1, t2       elgamal.Ciphertext
	tauX, mu, t  group.Scalar
	lr           []group.Element // L_1, R_1, L_2, …
	aLast, bLast group.Scalar
}

func (p *slotProof) commitments() []group.Element { return []group.Element{p.a, p.s} }

func (p *slotProof) coefficients() []group.Element {
	return []group.Element{p.t1.A, p.t1.B, p.t2.A, p.t2.B}
}

func slotRounds(N int) int { return bits.Len(uint(N)) - 1 }

func slotProofSize(N int) int {
	return (6+2*slotRounds(N))*group.ElementSize + 5*group.ScalarSize
}

func (p *slotProof) encode() []byte {
	var out []byte
	for _, e := range append(p.commitments(), p.coefficients()...) {
		out = e.AppendBytes(out)
	}
	for _, s := range []group.Scalar{p.tauX, p.mu, p.t} {
		out = s.AppendBytes(out)
	}
	for _, e := range p.lr {
		out = e.AppendBytes(out)
	}
	return p.bLast.AppendBytes(p.aLast.AppendBytes(out))
}

// decodeSlotProof reads a proof for vectors of length N and nothing else.
func decodeSlotProof(in []byte, N int) (*slotProof, error) {
	if len(in) != slotProofSize(N) {
		return nil, fmt.Errorf("decode slot proof: %d bytes, not %d", len(in), slotProofSize(N))
	}
	var err error
	next := func(size int) []byte {
		b := in[:size]
		in = in[size:]
		return b
	}
	elements := func(n int) []group.Element {
		es, e := group.DecodeElements(next(n*group.ElementSize), n)
		if e != nil {
			err = errors.Join(err, e)
			return make([]group.Element, n)
		}
		return es
	}
	scalar := func() group.Scalar {
		s, e := group.DecodeScalar(next(group.ScalarSize))
		err = errors.Join(err, e)
		return s
	}
	head := elements(6)
	p := &slotProof{
		a: head[0], s: head[1],
		t1: elgamal.Ciphertext{A: head[2], B: head[3]},
		t2: elgamal.Ciphertext{A: head[4], B: head[5]},
	}
	p.tauX, p.mu, p.t = scalar(), scalar(), scalar()
	p.lr = elements(2 * slotRounds(N))
	p.aLast, p.bLast = scalar(), scalar()
	if err != nil {
		return nil, fmt.Errorf("decode slot proof: %w", err)
	}
	return p, nil
}
