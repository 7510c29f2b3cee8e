package threshold

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
	"github.com/sandogh/sandogh/crypto/zkp"
)

// A Dealing is one trustee's part in the key generation: a random polynomial
// f of degree t−1, whose constant term is its part of the secret key.
type Dealing struct {
	coefficients []group.Scalar // nil once erased
	commitments  []group.Element
	n            int
}

// Deal draws a polynomial for the quorum t of n trustees, 1 ≤ t ≤ n.
func Deal(t, n int) (*Dealing, error) {
	if t < 1 || n < t {
		return nil, fmt.Errorf("deal shares: quorum %d of %d trustees", t, n)
	}
	d := &Dealing{n: n}
	for range t {
		// A zero coefficient has no commitment that could be written; it
		// comes up with probability 2^-256.
		a := group.RandomScalar()
		for a.IsZero() {
			a = group.RandomScalar()
		}
		d.coefficients = append(d.coefficients, a)
		d.commitments = append(d.commitments, group.BaseMul(a))
	}
	return d, nil
}

// Commitments returns a_0·g, …, a_{t−1}·g for f = a_0 + a_1·X + ….
func (d *Dealing) Commitments() []group.Element { return slices.Clone(d.commitments) }

// Share returns f(i), which only trustee i may learn.
func (d *Dealing) Share(i int) group.Scalar {
	d.alive()
	if i < 1 || i > d.n {
		panic("threshold: no share has this index")
	}
	x := group.NewScalar(uint64(i))
	var sum group.Scalar
	for _, a := range slices.Backward(d.coefficients) {
		sum = sum.Mul(x).Add(a)
	}
	return sum
}

// ProvePossession proves knowledge of the constant term, without which a
// dealer could choose its own so as to cancel the others'. The tag must name
// the ceremony and the dealer, so that nobody repeats another's proof.
func (d *Dealing) ProvePossession(tag []byte) ([]byte, error) {
	d.alive()
	return zkp.ProveLog(tag, d.coefficients[0])
}

// Bytes returns the coefficients a_0 ‖ … ‖ a_{t−1}, 32 bytes big-endian each,
// for the dealer's encrypted file and nothing else.
func (d *Dealing) Bytes() []byte {
	d.alive()
	var b []byte
	for _, a := range d.coefficients {
		b = append(b, a.Bytes()...)
	}
	return b
}

// DecodeDealing reads what Bytes returned for the quorum t of n trustees.
func DecodeDealing(b []byte, t, n int) (*Dealing, error) {
	if t < 1 || n < t {
		return nil, fmt.Errorf("decode dealing: quorum %d of %d trustees", t, n)
	}
	if len(b) != t*group.ScalarSize {
		return nil, fmt.Errorf("decode dealing: not the %d coefficients of the quorum", t)
	}
	d := &Dealing{n: n}
	for ; len(b) > 0; b = b[group.ScalarSize:] {
		a, err := group.DecodeScalar(b[:group.ScalarSize])
		if err != nil || a.IsZero() {
			return nil, errors.New("decode dealing: a coefficient is not a scalar other than zero")
		}
		d.coefficients = append(d.coefficients, a)
		d.commitments = append(d.commitments, group.BaseMul(a))
	}
	return d, nil
}

// Erase forgets the polynomial. Afterwards only Commitments may be called.
func (d *Dealing) Erase() {
	clear(d.coefficients)
	d.coefficients = nil
}

func (d *Dealing) alive() {
	if d.coefficients == nil {
		panic("threshold: the dealing was erased")
	}
}

// VerifyPossession checks the proof of a dealer's constant term.
func VerifyPossession(tag []byte, commitments []group.Element, proof []byte) error {
	if len(commitments) == 0 {
		return errors.New("verify possession: no commitments")
	}
	if err := zkp.VerifyLog(tag, commitments[0], proof); err != nil {
		return fmt.Errorf("verify possession: %w", err)
	}
	return nil
}

// CommitHash returns what a dealer publishes before anyone reveals: SHA-256 of
//
//	"sandogh dealing v1" ‖ length of tag (4) ‖ tag
//	‖ t (4) ‖ commitments (33 each) ‖ length of proof (4) ‖ proof of possession
//
// with integers little-endian. The commitments hold enough that is random to
// hide them. Commitments must not be the identity.
func CommitHash(tag []byte, commitments []group.Element, possession []byte) [32]byte {
	b := transcript.AppendString([]byte("sandogh dealing v1"), tag)
	b = transcript.AppendUint32(b, uint32(len(commitments)))
	b = append(b, EncodeCommitments(commitments)...)
	b = transcript.AppendString(b, possession)
	return sha256.Sum256(b)
}

// EncodeCommitments returns the concatenation of the elements, 33 bytes each.
func EncodeCommitments(commitments []group.Element) []byte {
	var b []byte
	for _, c := range commitments {
		b = c.AppendBytes(b)
	}
	return b
}

// DecodeCommitments reads exactly t elements, none the identity: the quorum is
// the one agreed, and no dealer's polynomial is of lower degree.
func DecodeCommitments(b []byte, t int) ([]group.Element, error) {
	if t < 1 {
		return nil, fmt.Errorf("decode commitments: quorum %d", t)
	}
	c, err := group.DecodeElements(b, t)
	if err != nil {
		return nil, fmt.Errorf("decode commitments: %w", err)
	}
	return c, nil
}

// VerifyShare reports whether share = f(i) for the polynomial committed to.
// It does not leak the share, which is a secret unless a complaint made it
// public.
func VerifyShare(commitments []group.Element, i int, share group.Scalar) bool {
	if len(commitments) == 0 || i < 1 {
		return false
	}
	return group.BaseMul(share).Equal(evaluate(commitments, i))
}

// evaluate returns f(i)·g = Σ i^k·commitments[k].
func evaluate(commitments []group.Element, i int) group.Element {
	x, power := group.NewScalar(uint64(i)), group.NewScalar(1)
	powers := make([]group.Scalar, len(commitments))
	for k := range powers {
		powers[k] = power
		power = power.Mul(x)
	}
	return group.MultiMul(commitments, powers)
}

// PublicKey returns y, the sum of the dealers' constant terms. Their proofs of
// possession must have been verified.
func PublicKey(dealers [][]group.Element) (group.Element, error) {
	y, err := sumDealers(dealers, func(c []group.Element) group.Element { return c[0] })
	if err != nil {
		return group.Element{}, fmt.Errorf("compute public key: %w", err)
	}
	return y, nil
}

// VerificationKey returns y_i = x_i·g, where x_i is the sum of what trustee i
// received.
func VerificationKey(dealers [][]group.Element, i int) (group.Element, error) {
	if i < 1 {
		return group.Element{}, fmt.Errorf("compute verification key: trustee %d", i)
	}
	y, err := sumDealers(dealers, func(c []group.Element) group.Element { return evaluate(c, i) })
	if err != nil {
		return group.Element{}, fmt.Errorf("compute verification key %d: %w", i, err)
	}
	return y, nil
}

func sumDealers(dealers [][]group.Element, part func([]group.Element) group.Element) (group.Element, error) {
	var sum group.Element
	for k, c := range dealers {
		if len(c) == 0 || len(c) != len(dealers[0]) {
			return sum, fmt.Errorf("dealer %d of %d has %d commitments", k+1, len(dealers), len(c))
		}
		sum = sum.Add(part(c))
	}
	if sum.IsIdentity() {
		return sum, errors.New("it is the identity")
	}
	return sum, nil
}
