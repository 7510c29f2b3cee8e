package body

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/sequencer"
)

// A QuorumError says that too few witnesses have cosigned: nothing was published.
type QuorumError struct {
	Origin       string
	Have, Quorum int
	Missing      []error // why the others have not
}

func (e *QuorumError) Error() string {
	return fmt.Sprintf("%s: %d of %d witnesses have cosigned the checkpoint, so it is not published: %v",
		e.Origin, e.Have, e.Quorum, errors.Join(e.Missing...))
}

// Unwrap returns why the others have not cosigned.
func (e *QuorumError) Unwrap() []error { return e.Missing }

// Witnesses returns the definition's witnesses.
func Witnesses(def *election.Definition) []board.Witness {
	var out []board.Witness
	for _, w := range def.Witnesses {
		out = append(out, board.Witness{Name: w.Name, Key: w.Key.Ed25519()})
	}
	return out
}

// Publish has the log cosigned and writes its published form into dst if as many
// of the definition's witnesses have cosigned as it wants. Then the error is nil
// and missing says why the others have not. An answer that is not a cosignature
// of the definition's witnesses counts for nothing. When enough have cosigned and
// nothing is written yet, ready is called, if given.
func Publish(ctx context.Context, log *sequencer.Log, dst string, def *election.Definition, origin string, key ed25519.PublicKey, witnesses []sequencer.Cosigner, ready func() error) (missing []error, err error) {
	signed, err := log.Checkpoint(ctx)
	if err != nil {
		return nil, fmt.Errorf("publish: %w", err)
	}
	plain, have := len(signed), 0
	for _, w := range witnesses {
		one, err := log.Cosign(ctx, []sequencer.Cosigner{w})
		if err != nil {
			missing = append(missing, err)
			continue
		}
		more, err := board.AddCosignatures(signed, one[plain:])
		if err == nil {
			var c board.Checkpoint
			if c, err = board.ParseCheckpoint(more, origin, key, Witnesses(def)); err == nil && len(c.Cosigned) == have {
				err = errors.New("this is no witness of the definition, or one that has cosigned already")
			}
		}
		if err != nil {
			missing = append(missing, fmt.Errorf("take cosignature: %w", err))
			continue
		}
		signed, have = more, have+1
	}
	if have < def.WitnessQuorum {
		return nil, &QuorumError{origin, have, def.WitnessQuorum, missing}
	}
	if ready != nil {
		if err := ready(); err != nil {
			return missing, err
		}
	}
	return missing, log.PublishCheckpoint(ctx, dst, signed)
}
