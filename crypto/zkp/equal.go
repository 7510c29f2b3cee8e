package zkp

import (
	"fmt"
	"math"
	"sync"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
)

// The lengths of proofs of ProveLog and ProveEqual in bytes.
const (
	LogSize   = group.ElementSize + group.ScalarSize
	EqualSize = 2*group.ElementSize + group.ScalarSize
)

// ProveLog proves knowledge of x for the public element x·g (Schnorr), as a
// batchable proof of the relation E[1] = w[0]·g. x must not be zero.
func ProveLog(tag []byte, x group.Scalar) ([]byte, error) {
	in, err := logInstance(group.BaseMul(x))
	if err != nil {
		return nil, err
	}
	return ProveBatchable(tag, in, []group.Scalar{x})
}

// VerifyLog checks that the prover knew the logarithm of e.
func VerifyLog(tag []byte, e group.Element, proof []byte) error {
	in, err := logInstance(e)
	if err != nil {
		return err
	}
	return VerifyBatchable(tag, in, proof)
}

func logInstance(e group.Element) (*Instance, error) {
	return NewInstance([]group.Element{e}, Equation{
		Image: []ImageTerm{{1, one}},
		Terms: []Term{{0, 0, one}},
	})
}

// ProveEqual proves that one x gives y = x·g and q = x·p for each of the n
// pairs (p, q) = pair(j), 0 ≤ j < n; x is secret, all else public. It calls
// pair twice for each j, in order. No element may be the identity, and n must
// not be zero.
//
// The sponge of the tag absorbs
//
//	n (4 bytes little-endian) ‖ y (33) ‖ p_0 (33) ‖ q_0 (33) ‖ p_1 ‖ q_1 ‖ …
//
// and squeezes a 16-byte weight for each pair, a little-endian integer. With
// P = Σ weight_j·p_j and Q = Σ weight_j·q_j the same sponge goes on with a
// batchable proof of the relation
//
//	E[1] = w[0]·g, E[3] = w[0]·E[2]    for E[1] = y, E[2] = P, E[3] = Q
//
// If some q_j ≠ x·p_j, then Q ≠ x·P but for 2^-128 of the weights.
func ProveEqual(tag []byte, x group.Scalar, y group.Element, n int, pair func(j int) (p, q group.Element)) ([]byte, error) {
	s, in, err := combinePairs(tag, y, n, pair)
	if err != nil {
		return nil, fmt.Errorf("prove equal logarithms: %w", err)
	}
	proof, err := in.prove(s, []group.Scalar{x}, group.RandomScalar)
	if err != nil {
		return nil, fmt.Errorf("prove equal logarithms: %w", err)
	}
	return proof.batchable(), nil
}

// VerifyEqual checks a proof of ProveEqual for the same y and pairs.
func VerifyEqual(tag []byte, y group.Element, n int, pair func(j int) (p, q group.Element), proof []byte) error {
	s, in, err := combinePairs(tag, y, n, pair)
	if err != nil {
		return fmt.Errorf("verify equal logarithms: %w", err)
	}
	if err := verifyBatchable(s, in, proof); err != nil {
		return fmt.Errorf("verify equal logarithms: %w", err)
	}
	return nil
}

// chunk is how many pairs are held at a time: long enough for the multi-scalar
// multiplication to be at its best, about 2 MiB.
const chunk = 1 << 14

// combinePairs absorbs the statement and returns the sponge, ready to go on,
// and the relation between the weighted sums.
func combinePairs(tag []byte, y group.Element, n int, pair func(j int) (p, q group.Element)) (*transcript.Sponge, *Instance, error) {
	if n < 1 || uint64(n) > math.MaxUint32 {
		return nil, nil, fmt.Errorf("%d pairs", n)
	}
	if y.IsIdentity() {
		return nil, nil, fmt.Errorf("the key is the identity")
	}
	s := transcript.New(tag)
	s.Absorb(y.AppendBytes(transcript.AppendUint32(nil, uint32(n))))
	buf := make([]byte, 0, 2*group.ElementSize)
	for j := range n {
		p, q := pair(j)
		if p.IsIdentity() || q.IsIdentity() {
			return nil, nil, fmt.Errorf("pair %d holds the identity", j)
		}
		buf = q.AppendBytes(p.AppendBytes(buf[:0]))
		s.Absorb(buf)
	}
	var sumP, sumQ group.Element
	var ps, qs []group.Element
	var weights []group.Scalar
	for j := range n {
		p, q := pair(j)
		ps, qs = append(ps, p), append(qs, q)
		weights = append(weights, group.ReduceScalar(s.Squeeze(16)))
		if len(ps) < chunk && j < n-1 {
			continue
		}
		var wg sync.WaitGroup
		wg.Go(func() { sumP = sumP.Add(group.MultiMul(ps, weights)) })
		sumQ = sumQ.Add(group.MultiMul(qs, weights))
		wg.Wait()
		ps, qs, weights = ps[:0], qs[:0], weights[:0]
	}
	in, err := NewInstance([]group.Element{y, sumP, sumQ},
		Equation{Image: []ImageTerm{{1, one}}, Terms: []Term{{0, 0, one}}},
		Equation{Image: []ImageTerm{{3, one}}, Terms: []Term{{0, 2, one}}})
	return s, in, err
}
