package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/identitydb"
)

// AccountName returns the name under which an account is kept: trimmed, in small
// letters, with ASCII digits.
func AccountName(s string) string { return strings.ToLower(strings.TrimSpace(persian.ASCII(s))) }

// Create makes an account for a person. The hash is of the password, or empty for
// one who has none.
func Create(ctx context.Context, tx *store.Tx, person, name, hash string) error {
	err := identitydb.New(tx).InsertAccount(ctx, identitydb.InsertAccountParams{Person: person, Name: AccountName(name), Password: hash})
	if err != nil {
		return fmt.Errorf("make account: %w", err)
	}
	return nil
}

// Throttling: after so many failures one waits, twice as long each time.
const (
	freeFailures = 5
	firstWait    = 30 * time.Second
	longestWait  = time.Hour
)

// Throttled says from when on it may be tried again.
type Throttled struct{ Until time.Time }

func (t *Throttled) Error() string { return "too many wrong tries: wait until " + t.Until.String() }

// nobody is the hash of a password that nobody has, to take as long for a wrong
// name as for a wrong password.
const nobody = "$argon2id$v=19$m=65536,t=3,p=2$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// CheckPassword returns the account of which the name and the password are. It
// counts failures by name and by address; the error is ErrSignIn, or *Throttled.
func CheckPassword(ctx context.Context, db *store.DB, now time.Time, name, password, address string) (identitydb.Account, error) {
	name = AccountName(name)
	keys := []string{"name " + name, "from " + address}
	for _, k := range keys {
		if err := throttled(ctx, db, now, k); err != nil {
			return identitydb.Account{}, err
		}
	}
	account, err := identitydb.New(db).AccountByName(ctx, name)
	if err = store.Classify(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return account, fmt.Errorf("read account: %w", err)
	}
	known := err == nil && account.Password != "" && account.Disabled == 0
	hash := nobody
	if known {
		hash = account.Password
	}
	same, err := verify(hash, password)
	if err != nil {
		return account, err
	}
	if known && same {
		return account, nil
	}
	if err := db.Tx(ctx, func(tx *store.Tx) error { return Failed(ctx, tx, now, keys...) }); err != nil {
		return account, err
	}
	return identitydb.Account{}, ErrSignIn
}

func throttled(ctx context.Context, db identitydb.DBTX, now time.Time, key string) error {
	t, err := identitydb.New(db).Throttle(ctx, key)
	if err = store.Classify(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("read failures: %w", err)
	}
	if err == nil && store.Time(t.Until).After(now) {
		return &Throttled{store.Time(t.Until)}
	}
	return nil
}

// Failed counts a failure under the keys.
func Failed(ctx context.Context, tx *store.Tx, now time.Time, keys ...string) error {
	q := identitydb.New(tx)
	for _, key := range keys {
		t, err := q.Throttle(ctx, key)
		if err = store.Classify(err); err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("read failures: %w", err)
		}
		next := identitydb.SetThrottleParams{Key: key, Failures: t.Failures + 1}
		if over := next.Failures - freeFailures; over >= 0 {
			next.Until = store.Millis(now.Add(min(firstWait<<min(over, 10), longestWait)))
		}
		if err := q.SetThrottle(ctx, next); err != nil {
			return fmt.Errorf("count failure: %w", err)
		}
	}
	return nil
}

// Succeeded forgets the failures of a name.
func Succeeded(ctx context.Context, tx *store.Tx, name string) error {
	return identitydb.New(tx).ClearThrottle(ctx, "name "+AccountName(name))
}
