package zkp

import (
	"errors"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
)

// ReencodeSlotProof decodes a proof for vectors of length N and encodes it again.
func ReencodeSlotProof(in []byte, N int) ([]byte, error) {
	p, err := decodeSlotProof(in, N)
	if err != nil {
		return nil, err
	}
	return p.encode(), nil
}

// ChallengeFunc replaces the challenge number i, in the order in which they
// are drawn, which would honestly be c.
type ChallengeFunc func(i int, c group.Scalar) group.Scalar

func (f ChallengeFunc) draw() slotDraw {
	i := -1
	return func(s *transcript.Sponge) group.Scalar {
		i++
		return f(i, s.Scalar())
	}
}

// ProveSlotsWith is ProveSlots with replaced challenges.
func ProveSlotsWith(st *SlotStatement, w *SlotWitness, f ChallengeFunc) ([]byte, error) {
	return proveSlots(f.draw(), st, w)
}

// VerifySlotsWith is VerifySlots with replaced challenges.
func VerifySlotsWith(st *SlotStatement, proof []byte, f ChallengeFunc) error {
	var batch group.Batch
	if err := addSlots(f.draw(), &batch, st, proof); err != nil {
		return err
	}
	if !batch.Valid() {
		return errors.New("the equations do not hold")
	}
	return nil
}

// DrawBlanksForTest opens the shuffled blanks of a sealing.
var DrawBlanksForTest = drawBlanks
