package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/identitydb"
)

// What a caller may tell people.
var (
	ErrSignIn    = errors.New("name, password or code is wrong")
	ErrNoSession = errors.New("there is no session, or it has ended")
)

// Limits are how long a session lives.
type Limits struct {
	Idle     time.Duration // since it was last used
	Absolute time.Duration // since it began
}

// DefaultLimits are half an hour and twelve.
var DefaultLimits = Limits{Idle: 30 * time.Minute, Absolute: 12 * time.Hour}

// A Token is what is handed out: 256 random bits, base64url. It is secret.
type Token string

// NewToken returns a new token.
func NewToken() Token {
	b := make([]byte, 32)
	rand.Read(b)
	return Token(base64.RawURLEncoding.EncodeToString(b))
}

// Hash is what the database holds of it.
func (t Token) Hash() string {
	h := sha256.Sum256([]byte(t))
	return hex.EncodeToString(h[:])
}

// Secret returns the token itself, to be handed out.
func (t Token) Secret() string { return string(t) }

const redacted = "[REDACTED]"

// LogValue, Format and MarshalJSON keep the token out of logs and messages.
func (t Token) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (t Token) Format(s fmt.State, _ rune)   { fmt.Fprint(s, redacted) }
func (t Token) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// A Session is one that is alive.
type Session struct {
	ID      string // SHA-256 of the token
	Person  string
	Created time.Time
	Seen    time.Time
	Ends    time.Time // if it is not used before
}

// Begin begins a session.
func Begin(ctx context.Context, tx *store.Tx, now time.Time, person, address, agent string) (Token, error) {
	t := NewToken()
	err := identitydb.New(tx).InsertSession(ctx, identitydb.InsertSessionParams{ID: t.Hash(), Person: person, Created: store.Millis(now),
		Seen: store.Millis(now), Address: address, Agent: cut(agent, 200)})
	if err != nil {
		return "", fmt.Errorf("begin session: %w", err)
	}
	return t, nil
}

// cut returns at most n bytes of the text, whole characters of it.
func cut(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}

// seenEach is how exactly the last use is kept: not every page is a write.
const seenEach = time.Minute

// Find returns the session of a token. The error is ErrNoSession for one that is
// unknown, over, or of a disabled account.
func Find(ctx context.Context, db *store.DB, now time.Time, l Limits, t Token) (Session, error) {
	if t == "" {
		return Session{}, ErrNoSession
	}
	s, err := identitydb.New(db).Session(ctx, t.Hash())
	if err != nil {
		if err = store.Classify(err); errors.Is(err, store.ErrNotFound) {
			return Session{}, ErrNoSession
		}
		return Session{}, fmt.Errorf("read session: %w", err)
	}
	out := Session{ID: t.Hash(), Person: s.Person, Created: store.Time(s.Created), Seen: store.Time(s.Seen)}
	if s.Disabled != 0 || now.Sub(out.Seen) >= l.Idle || now.Sub(out.Created) >= l.Absolute {
		return Session{}, ErrNoSession
	}
	if now.Sub(out.Seen) >= seenEach {
		err := db.Tx(ctx, func(tx *store.Tx) error {
			return identitydb.New(tx).SeeSession(ctx, identitydb.SeeSessionParams{Seen: store.Millis(now), ID: out.ID})
		})
		if err != nil {
			return Session{}, fmt.Errorf("keep session: %w", err)
		}
		out.Seen = now
	}
	out.Ends = out.Seen.Add(l.Idle)
	if end := out.Created.Add(l.Absolute); end.Before(out.Ends) {
		out.Ends = end
	}
	return out, nil
}

// End ends one session.
func End(ctx context.Context, tx *store.Tx, id string) error {
	_, err := identitydb.New(tx).DeleteSession(ctx, id)
	return err
}

// EndAll ends all sessions of a person and returns how many there were.
func EndAll(ctx context.Context, tx *store.Tx, person string) (int64, error) {
	return identitydb.New(tx).DeleteSessions(ctx, person)
}
