package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
)

// TwoPersonActs change the election: one person proposes, another one with the
// power confirms, and only then it is done.
var TwoPersonActs = []string{"publish", "postpone", "re-anchor", "annul", "ruling", "certify"}

// What is wrong with a decision.
var (
	ErrSamePerson = errors.New("who proposed it cannot confirm it")
	ErrDecided    = errors.New("it was decided already")
)

// States of a proposal.
const (
	Open      = "open"
	Confirmed = "confirmed"
	Rejected  = "refused"
	Withdrawn = "withdrawn"
)

// Propose records that somebody wants an act of [TwoPersonActs] done to an object
// that concerns an office, with the data that the act needs, and returns the id of
// the proposal.
func Propose(ctx context.Context, tx *store.Tx, now time.Time, a Actor, p Power, act, object, code, reason string, data any) (string, error) {
	if !slices.Contains(TwoPersonActs, act) {
		return "", fmt.Errorf("propose %s: it is no act of two people", act)
	}
	if !a.May(p, code) {
		return "", fmt.Errorf("propose %s: %w", act, ErrForbidden)
	}
	b, err := json.Marshal(data)
	if err != nil {
		return "", fmt.Errorf("propose %s: %w", act, err)
	}
	id := store.NewID()
	err = officedb.New(tx).InsertProposal(ctx, officedb.InsertProposalParams{ID: id, Act: act, Office: code, Object: object, Data: string(b),
		Reason: reason, Proposer: a.Person, Proposed: store.Millis(now)})
	if err != nil {
		return "", fmt.Errorf("propose %s: %w", act, err)
	}
	return id, Audit(ctx, tx, now, a, p, Change{Act: act + ".propose", Object: object, Office: code,
		After: map[string]any{"proposal": id, "reason": reason, "data": json.RawMessage(b)}})
}

// Decide confirms, refuses or withdraws a proposal. To confirm takes the power, and
// another person than the one who proposed; only that one withdraws. What is
// confirmed the caller does, in the same transaction.
func Decide(ctx context.Context, tx *store.Tx, now time.Time, a Actor, p Power, id, state, note string, version int64) (officedb.Proposal, error) {
	q := officedb.New(tx)
	row, err := q.Proposal(ctx, id)
	if err != nil {
		return row, fmt.Errorf("decide: %w", store.Classify(err))
	}
	switch own := row.Proposer == a.Person; {
	case row.State != Open:
		return row, fmt.Errorf("decide: %w", ErrDecided)
	case state == Withdrawn && !own:
		return row, fmt.Errorf("withdraw: %w", ErrForbidden)
	case state != Withdrawn && own:
		return row, fmt.Errorf("decide: %w", ErrSamePerson)
	case state != Withdrawn && !a.May(p, row.Office):
		return row, fmt.Errorf("decide: %w", ErrForbidden)
	}
	err = store.Changed(q.DecideProposal(ctx, officedb.DecideProposalParams{State: state, Decider: a.Person, Decided: store.Millis(now), Note: note, ID: id, Version: version}))
	if err != nil {
		return row, fmt.Errorf("decide: %w", err)
	}
	verb := map[string]string{Confirmed: ".confirm", Rejected: ".refuse", Withdrawn: ".withdraw"}[state]
	return row, Audit(ctx, tx, now, a, p, Change{Act: row.Act + verb, Object: row.Object, Office: row.Office,
		After: map[string]string{"proposal": id, "note": note}})
}
