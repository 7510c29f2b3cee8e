package agenda

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/agendadb"
)

var tokenForm = regexp.MustCompile(`^[a-z2-7]{26}$`)

// NewFeed makes the secret address of a person's iCalendar anew, and returns what
// stands in it; the one before it is worth nothing any more. It is stored as its
// SHA-256 and can be shown once.
func NewFeed(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor) (string, error) {
	token := store.NewID() // 128 random bits
	q := agendadb.New(tx)
	if _, err := q.DeleteFeed(ctx, a.Person); err != nil {
		return "", fmt.Errorf("make feed: %w", err)
	}
	if err := q.InsertFeed(ctx, agendadb.InsertFeedParams{ID: hashOf(token), Person: a.Person, Made: store.Millis(now)}); err != nil {
		return "", fmt.Errorf("make feed: %w", err)
	}
	return token, office.Audit(ctx, tx, now, a, office.Own, office.Change{Act: "agenda.feed", Object: a.Person})
}

// RevokeFeed makes a person's address worth nothing.
func RevokeFeed(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor) error {
	n, err := agendadb.New(tx).DeleteFeed(ctx, a.Person)
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("revoke feed: %w", err)
	}
	return office.Audit(ctx, tx, now, a, office.Own, office.Change{Act: "agenda.feed.revoke", Object: a.Person})
}

// FeedOf returns since when a person has an address; the zero time if there is
// none.
func FeedOf(ctx context.Context, db agendadb.DBTX, person string) (time.Time, error) {
	f, err := agendadb.New(db).FeedOf(ctx, person)
	if err = store.Classify(err); errors.Is(err, store.ErrNotFound) {
		return time.Time{}, nil
	}
	return store.Time(f.Made), err
}

// ICalendar returns the calendar of the widest office of the person whose address
// it is, as iCalendar. The error is store.ErrNotFound for any other address, and
// for one whose person has no post today that sees a calendar.
func (d *Desk) ICalendar(ctx context.Context, db agendadb.DBTX, now time.Time, token string, l calendar.Lang, host string) ([]byte, error) {
	if !tokenForm.MatchString(token) {
		return nil, store.ErrNotFound
	}
	f, err := agendadb.New(db).Feed(ctx, hashOf(token))
	if err != nil {
		return nil, fmt.Errorf("read feed: %w", store.Classify(err))
	}
	a, err := office.LoadActor(ctx, db, f.Person, office.Day(now))
	if err != nil {
		return nil, err
	}
	over := a.Over(office.AgendaSee)
	if len(over) == 0 {
		return nil, store.ErrNotFound
	}
	b, err := d.Book(ctx, db)
	if err != nil {
		return nil, err
	}
	if !b.Set() {
		return nil, store.ErrNotFound
	}
	s, err := b.Schedule(over[0], isoDay(office.Day(now)))
	if err != nil {
		return nil, err
	}
	own := *s // which others share
	own.Constituency, own.Revision = over[0], int(b.Seq)
	return own.ICalendar(calendar.Export{Calendar: host, Stamp: now, Lang: l}), nil
}

func hashOf(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}
