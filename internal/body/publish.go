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

// Publish has the log cosigned and writes its published form into dst if as many
// of the definition's witnesses have cosigned as it wants. Then the error is nil
// and missing says why the others have not.
func Publish(ctx context.Context, log *sequencer.Log, dst string, def *election.Definition, origin string, key ed25519.PublicKey, witnesses []sequencer.Cosigner) (missing []error, err error) {
	signed, err := log.Cosign(ctx, witnesses)
	if signed == nil {
		return nil, err
	}
	missing = parts(err)
	var known []board.Witness
	for _, w := range def.Witnesses {
		known = append(known, board.Witness{Name: w.Name, Key: w.Key.Ed25519()})
	}
	c, err := board.ParseCheckpoint(signed, origin, key, known)
	if err != nil {
		return nil, fmt.Errorf("publish: %w", err)
	}
	if n := len(c.Cosigned); n < def.WitnessQuorum {
		return nil, &QuorumError{origin, n, def.WitnessQuorum, missing}
	}
	return missing, log.PublishCheckpoint(ctx, dst, signed)
}

// parts returns the errors that were joined.
func parts(err error) []error {
	if err == nil {
		return nil
	}
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		return j.Unwrap()
	}
	return []error{err}
}
