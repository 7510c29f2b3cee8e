package zkp

import (
	"errors"
	"fmt"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
)

// A sigma is the transcript of one sigma proof: with nonces k_j,
// commitments[i] = map_i(k), and responses[j] = k_j + challenge·w_j. Verifiers
// decide, for every equation i,
//
//	commitments[i] + challenge·image_i = map_i(responses)
type sigma struct {
	commitments []group.Element
	challenge   group.Scalar
	responses   []group.Scalar
}

// ProveBatchable proves knowledge of the witness, one scalar each in order.
// The sponge of the tag absorbs the statement and the commitments and squeezes
// the challenge. The proof holds the commitments, so that many are verified at
// once:
//
//	commitment of each equation (33 each) ‖ response of each scalar (32 each)
func ProveBatchable(tag []byte, in *Instance, witness []group.Scalar) ([]byte, error) {
	p, err := in.prove(transcript.New(tag), witness, group.RandomScalar)
	if err != nil {
		return nil, err
	}
	return p.batchable(), nil
}

// VerifyBatchable checks a proof of ProveBatchable.
func VerifyBatchable(tag []byte, in *Instance, proof []byte) error {
	return verifyBatchable(transcript.New(tag), in, proof)
}

// AddBatchable adds the equations of a proof of ProveBatchable to a batch,
// which then decides about them with all others. An error is a proof that can
// be refused at once; nothing of it was added.
func AddBatchable(b *group.Batch, tag []byte, in *Instance, proof []byte) error {
	p, err := readBatchable(transcript.New(tag), in, proof)
	if err != nil {
		return err
	}
	for i := range in.equations {
		b.Begin()
		scalars, points := in.terms(i, p)
		for j := range points {
			b.AddShared(scalars[j], points[j])
		}
	}
	return nil
}

// ProveCompact is ProveBatchable with the challenge in the place of the
// commitments:
//
//	challenge (32) ‖ response of each scalar (32 each)
//
// Only the tag tells the two apart: never use one tag for both.
func ProveCompact(tag []byte, in *Instance, witness []group.Scalar) ([]byte, error) {
	p, err := in.prove(transcript.New(tag), witness, group.RandomScalar)
	if err != nil {
		return nil, err
	}
	return p.compact(), nil
}

// VerifyCompact checks a proof of ProveCompact.
func VerifyCompact(tag []byte, in *Instance, proof []byte) error {
	if len(proof)%group.ScalarSize != 0 || len(proof)/group.ScalarSize != 1+in.scalars {
		return fmt.Errorf("verify compact proof: %d bytes are not %d scalars", len(proof), 1+in.scalars)
	}
	r := reader{rest: proof}
	p := &sigma{challenge: r.scalar(), responses: r.scalars(in.scalars)}
	if r.err != nil {
		return fmt.Errorf("verify compact proof: %w", r.err)
	}
	commitments := make([]group.Element, len(in.equations))
	for i := range commitments {
		// p has no commitments yet: this is −(challenge·image_i − map_i(responses)).
		commitments[i] = in.evaluate(i, p).Neg()
		if commitments[i].IsIdentity() {
			return fmt.Errorf("verify compact proof: the commitment of equation %d is the identity", i)
		}
	}
	if !in.challenge(transcript.New(tag), commitments).Equal(p.challenge) {
		return errors.New("verify compact proof: the challenge differs")
	}
	return nil
}

func (p *sigma) batchable() (b []byte) {
	for _, e := range p.commitments {
		b = e.AppendBytes(b)
	}
	return appendScalars(b, p.responses)
}

func (p *sigma) compact() []byte { return appendScalars(p.challenge.Bytes(), p.responses) }

func appendScalars(b []byte, scalars []group.Scalar) []byte {
	for _, s := range scalars {
		b = s.AppendBytes(b)
	}
	return b
}

// prove continues the sponge, which may have absorbed more than its tag. It is
// in constant time with respect to the witness and the nonces.
func (in *Instance) prove(s *transcript.Sponge, witness []group.Scalar, nonce func() group.Scalar) (*sigma, error) {
	if len(witness) != in.scalars {
		return nil, fmt.Errorf("prove linear relation: %d scalars where it has %d", len(witness), in.scalars)
	}
	bases := make([]*group.Base, len(in.elements))
	for el, e := range in.elements {
		bases[el] = group.NewBase(e)
	}
	bases[0] = group.GeneratorBase()
	nonces := make([]group.Scalar, in.scalars)
	defer clear(nonces)
	for j := range nonces {
		nonces[j] = nonce()
	}
	p := &sigma{}
	for i, eq := range in.equations {
		var sum group.Acc
		for _, t := range eq.Terms {
			sum.AddMul(t.Coefficient.Mul(nonces[t.Scalar]), bases[t.Element])
		}
		e := sum.Element()
		if e.IsIdentity() {
			return nil, fmt.Errorf("prove linear relation: the commitment of equation %d is the identity", i)
		}
		p.commitments = append(p.commitments, e)
	}
	p.challenge = in.challenge(s, p.commitments)
	for j := range nonces {
		p.responses = append(p.responses, nonces[j].Add(p.challenge.Mul(witness[j])))
	}
	// Responses to a wrong witness, or computed wrongly, are not handed out.
	if i := in.firstFalse(p); i >= 0 {
		return nil, fmt.Errorf("prove linear relation: the witness does not satisfy equation %d", i)
	}
	return p, nil
}

// challenge absorbs
//
//	Instance.Bytes ‖ commitment of each equation (33 each)
//
// and squeezes 48 bytes, little-endian, mod q.
func (in *Instance) challenge(s *transcript.Sponge, commitments []group.Element) group.Scalar {
	s.Absorb(in.encoded)
	for _, e := range commitments {
		s.AbsorbElement(e)
	}
	return s.Scalar()
}

func verifyBatchable(s *transcript.Sponge, in *Instance, proof []byte) error {
	p, err := readBatchable(s, in, proof)
	if err != nil {
		return err
	}
	if i := in.firstFalse(p); i >= 0 {
		return fmt.Errorf("verify batchable proof: equation %d does not hold", i)
	}
	return nil
}

// readBatchable decodes a proof and derives its challenge.
func readBatchable(s *transcript.Sponge, in *Instance, proof []byte) (*sigma, error) {
	size := len(in.equations) * group.ElementSize
	if want := size + in.scalars*group.ScalarSize; len(proof) != want {
		return nil, fmt.Errorf("verify batchable proof: %d bytes where it has %d", len(proof), want)
	}
	commitments, err := group.DecodeElements(proof[:size], len(in.equations))
	r := reader{rest: proof[size:], err: err}
	p := &sigma{commitments: commitments, responses: r.scalars(in.scalars)}
	if r.err != nil {
		return nil, fmt.Errorf("verify batchable proof: %w", r.err)
	}
	p.challenge = in.challenge(s, p.commitments)
	return p, nil
}

// terms returns the terms of
//
//	commitments[i] + challenge·image_i − map_i(responses)
//
// without the first where p has no commitments.
func (in *Instance) terms(i int, p *sigma) (scalars []group.Scalar, points []group.Element) {
	if p.commitments != nil {
		scalars, points = append(scalars, one), append(points, p.commitments[i])
	}
	for _, t := range in.equations[i].Image {
		scalars, points = append(scalars, p.challenge.Mul(t.Coefficient)), append(points, in.elements[t.Element])
	}
	for _, t := range in.equations[i].Terms {
		scalars, points = append(scalars, p.responses[t.Scalar].Mul(t.Coefficient).Neg()), append(points, in.elements[t.Element])
	}
	return scalars, points
}

func (in *Instance) evaluate(i int, p *sigma) group.Element {
	scalars, points := in.terms(i, p)
	return group.MultiMul(points, scalars)
}

// firstFalse returns the first equation that does not hold, −1 if all do.
func (in *Instance) firstFalse(p *sigma) int {
	for i := range in.equations {
		if !in.evaluate(i, p).IsIdentity() {
			return i
		}
	}
	return -1
}
