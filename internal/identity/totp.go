package identity

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/identitydb"
)

// A Key seals the secrets of authenticators, so that a copy of the database alone
// does not make codes. It is secret.
type Key struct{ aead cipher.AEAD }

// LogValue, Format and MarshalJSON keep the key out of logs and messages.
func (Key) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Key) Format(s fmt.State, _ rune)   { fmt.Fprint(s, redacted) }
func (Key) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// KeyFile is the name of the file of the key in its folder.
const KeyFile = "console.key"

// LoadKey reads the key of a folder, and makes one if there is none.
func LoadKey(dir string) (Key, error) {
	path := filepath.Join(dir, KeyFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		b = make([]byte, 32)
		rand.Read(b)
		err = durable.WriteFile(path, b, 0o600)
	}
	if err != nil {
		return Key{}, fmt.Errorf("read key: %w", err)
	}
	if len(b) != 32 {
		return Key{}, fmt.Errorf("read key: %s has %d bytes and not 32: put the file back from the backup of keys", path, len(b))
	}
	block, err := aes.NewCipher(b)
	if err != nil {
		return Key{}, fmt.Errorf("read key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return Key{}, fmt.Errorf("read key: %w", err)
	}
	return Key{aead}, nil
}

// seal encrypts a secret for a person: base64(nonce ‖ AES-256-GCM(secret)), with
// "sandogh totp " ‖ person as what is bound.
func (k Key) seal(person, secret string) string {
	return base64.RawStdEncoding.EncodeToString(k.aead.Seal(nil, nil, []byte(secret), []byte("sandogh totp "+person)))
}

func (k Key) open(person, sealed string) (string, error) {
	b, err := base64.RawStdEncoding.DecodeString(sealed)
	if err == nil {
		b, err = k.aead.Open(nil, nil, b, []byte("sandogh totp "+person))
	}
	if err != nil {
		return "", errors.New("open the secret of an authenticator: the key beside the database is another one")
	}
	return string(b), nil
}

// A Secret is that of an authenticator, base32. It is secret.
type Secret string

// LogValue, Format and MarshalJSON keep the secret out of logs and messages.
func (Secret) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Secret) Format(s fmt.State, _ rune)   { fmt.Fprint(s, redacted) }
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// Show returns the secret in groups of four, to be typed.
func (s Secret) Show() string {
	var groups []string
	for t := string(s); t != ""; {
		n := min(4, len(t))
		groups, t = append(groups, t[:n]), t[n:]
	}
	return strings.Join(groups, " ")
}

// URL returns the address that authenticators read from a picture.
func (s Secret) URL(issuer, name string) string {
	q := url.Values{"secret": {string(s)}, "issuer": {issuer}, "period": {"30"}, "digits": {"6"}, "algorithm": {"SHA1"}}
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + name, RawQuery: strings.ReplaceAll(q.Encode(), "+", "%20")}
	return u.String()
}

// period is how long a code is good, in seconds.
const period = 30

// step returns the number of the step in which the code is right: now, one before
// or one after. ok is false if it is in none.
func (s Secret) step(now time.Time, code string) (step int64, ok bool) {
	code = strings.Join(strings.Fields(persian.ASCII(code)), "")
	this := now.Unix() / period
	for _, n := range []int64{this, this - 1, this + 1} {
		want, err := totp.GenerateCode(string(s), time.Unix(n*period, 0))
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = n, true
		}
	}
	return step, ok
}

// An Enrolment is what an invitation holds: a sealed secret for the account that
// will be made.
type Enrolment struct {
	Person string `json:"person"` // "" of the first administrator
	Sealed string `json:"sealed"`
}

// NewEnrolment makes a secret for an invitation.
func (k Key) NewEnrolment(person string) Enrolment {
	b := make([]byte, 20)
	rand.Read(b)
	return Enrolment{person, k.seal("enrolment", base32.StdEncoding.EncodeToString(b))}
}

// Secret returns the secret of an enrolment.
func (k Key) Secret(e Enrolment) (Secret, error) {
	s, err := k.open("enrolment", e.Sealed)
	return Secret(s), err
}

// Enrol gives an account its authenticator, if the code is one of the secret, and
// new recovery codes. The error is ErrSignIn for a wrong code.
func (k Key) Enrol(ctx context.Context, tx *store.Tx, now time.Time, person string, s Secret, code string) (recovery []string, err error) {
	step, ok := s.step(now, code)
	if !ok {
		return nil, ErrSignIn
	}
	q := identitydb.New(tx)
	if err := store.Changed(q.SetTOTP(ctx, identitydb.SetTOTPParams{Totp: k.seal(person, string(s)), TotpStep: step, Person: person})); err != nil {
		return nil, fmt.Errorf("enrol: %w", err)
	}
	return Recovery(ctx, tx, person)
}

// Recovery codes: ten of 50 random bits, each good once.
const recoveryCodes = 10

// Recovery gives an account new recovery codes; those that it had are void.
func Recovery(ctx context.Context, tx *store.Tx, person string) ([]string, error) {
	q := identitydb.New(tx)
	if err := q.DeleteRecovery(ctx, person); err != nil {
		return nil, fmt.Errorf("make recovery codes: %w", err)
	}
	var codes []string
	for range recoveryCodes {
		code := strings.ToLower(rand.Text()[:10])
		codes = append(codes, code[:5]+"-"+code[5:])
		if err := q.InsertRecovery(ctx, identitydb.InsertRecoveryParams{Person: person, Hash: recoveryHash(person, code)}); err != nil {
			return nil, fmt.Errorf("make recovery codes: %w", err)
		}
	}
	return codes, nil
}

func recoveryHash(person, code string) string {
	return Token("recovery " + person + " " + strings.ToLower(strings.ReplaceAll(code, "-", ""))).Hash()
}

// Second begins the second step of signing in and returns its ticket; "" if the
// account has no authenticator.
func Second(ctx context.Context, tx *store.Tx, now time.Time, a identitydb.Account) (Token, error) {
	if a.Totp == "" {
		return "", nil
	}
	return Issue(ctx, tx, now, second, a.Person, nil)
}

// CheckCode finishes the second step with a code of the authenticator, each of
// which is good once, or with a recovery code. Wrong ones count as failures of the
// name; the ticket stays good for the next try.
func (k Key) CheckCode(ctx context.Context, db *store.DB, now time.Time, t Token, code string) (a identitydb.Account, err error) {
	person, err := Peek(ctx, db, now, second, t, new(any))
	if err != nil {
		return a, err
	}
	if a, err = identitydb.New(db).Account(ctx, person); err != nil {
		return a, fmt.Errorf("read account: %w", store.Classify(err))
	}
	key := "name " + a.Name
	if err := throttled(ctx, db, now, key); err != nil {
		return a, err
	}
	secret, err := k.open(person, a.Totp)
	if err != nil {
		return a, err
	}
	step, right := Secret(secret).step(now, code)
	wrong := false
	err = db.Tx(ctx, func(tx *store.Tx) error {
		q := identitydb.New(tx)
		n := int64(0)
		var err error
		if right {
			n, err = q.UseStep(ctx, identitydb.UseStepParams{Step: step, Person: person})
		} else {
			n, err = q.UseRecovery(ctx, identitydb.UseRecoveryParams{Person: person, Hash: recoveryHash(person, strings.TrimSpace(code))})
		}
		if err != nil {
			return err
		}
		if wrong = n == 0; wrong {
			return Failed(ctx, tx, now, key)
		}
		_, err = Take(ctx, tx, now, second, t, new(any))
		return err
	})
	if err != nil {
		return a, err
	}
	if wrong {
		return a, ErrSignIn
	}
	return a, nil
}
