package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/identitydb"
)

// Kinds of ticket, and how long each is good.
const (
	Invitation = "invitation" // an account for a person
	First      = "first"      // the first administrator
	second     = "second"     // the password was right, the code is missing
	challenge  = "challenge"  // of a passkey
)

var lives = map[string]time.Duration{Invitation: 7 * 24 * time.Hour, First: 24 * time.Hour, second: 5 * time.Minute, challenge: 5 * time.Minute}

// ErrTicket says that a ticket is unknown, over, or was used.
var ErrTicket = errors.New("the link or the step is no longer good")

// Issue hands out a ticket. Earlier ones of the kind for the same person end.
func Issue(ctx context.Context, tx *store.Tx, now time.Time, kind, person string, data any) (Token, error) {
	b, err := json.Marshal(data)
	if err != nil {
		return "", fmt.Errorf("issue %s: %w", kind, err)
	}
	q, t := identitydb.New(tx), NewToken()
	if err := q.DeleteOldTickets(ctx, store.Millis(now)); err != nil {
		return "", fmt.Errorf("issue %s: %w", kind, err)
	}
	if kind == Invitation || kind == First {
		if err := q.DeleteTickets(ctx, identitydb.DeleteTicketsParams{Person: person, Kind: kind}); err != nil {
			return "", fmt.Errorf("issue %s: %w", kind, err)
		}
	}
	err = q.InsertTicket(ctx, identitydb.InsertTicketParams{ID: t.Hash(), Kind: kind, Person: person, Data: string(b), Expires: store.Millis(now.Add(lives[kind]))})
	if err != nil {
		return "", fmt.Errorf("issue %s: %w", kind, err)
	}
	return t, nil
}

// Peek reads a ticket and leaves it: for whom it is, and its data.
func Peek(ctx context.Context, db identitydb.DBTX, now time.Time, kind string, t Token, data any) (person string, err error) {
	row, err := identitydb.New(db).Ticket(ctx, t.Hash())
	if err = store.Classify(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", fmt.Errorf("read ticket: %w", err)
	}
	if err != nil || row.Kind != kind || !store.Time(row.Expires).After(now) {
		return "", ErrTicket
	}
	return row.Person, json.Unmarshal([]byte(row.Data), data)
}

// Take uses a ticket up.
func Take(ctx context.Context, tx *store.Tx, now time.Time, kind string, t Token, data any) (person string, err error) {
	row, err := identitydb.New(tx).TakeTicket(ctx, identitydb.TakeTicketParams{ID: t.Hash(), Kind: kind})
	if err = store.Classify(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", fmt.Errorf("take ticket: %w", err)
	}
	if err != nil || !store.Time(row.Expires).After(now) {
		return "", ErrTicket
	}
	return row.Person, json.Unmarshal([]byte(row.Data), data)
}
