package identity_test

import (
	"errors"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/sandogh/sandogh/internal/identity"
	"github.com/sandogh/sandogh/internal/store"
)

// newKey returns a new key of an authenticator. Package virtualwebauthn drops the
// zero bytes with which one coordinate in 128 begins; such keys are left out.
func newKey() virtualwebauthn.Credential {
	for {
		key := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
		if len(key.Key.AttestationData()) == 77 {
			return key
		}
	}
}

func TestPasskey(t *testing.T) {
	const origin = "https://hq.example"
	if _, err := identity.NewPasskeys("no origin", "x"); err == nil {
		t.Error("passkeys of no site")
	}
	each(t, func(t *testing.T, f fixture) {
		keys, err := identity.NewPasskeys(origin, "Sandogh")
		if err != nil {
			t.Fatal(err)
		}
		site := virtualwebauthn.RelyingParty{Name: "Sandogh", ID: "hq.example", Origin: origin}
		device := virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte("p")})
		holder, key := identity.Holder{Person: "p", Name: "amir", Display: "امیر"}, newKey()

		// add begins now and answers later, for a holder, as a site.
		add := func(site virtualwebauthn.RelyingParty, by identity.Holder, later time.Duration) error {
			var b identity.Begun
			f.tx(func(tx *store.Tx) (err error) { b, err = keys.BeginAdding(ctx, tx, start, holder); return err })
			options, err := virtualwebauthn.ParseAttestationOptions(string(b.Options))
			if err != nil {
				t.Fatal(err)
			}
			answer := []byte(virtualwebauthn.CreateAttestationResponse(site, device, key, *options))
			err = f.db.Tx(ctx, func(tx *store.Tx) error { return keys.Add(ctx, tx, start.Add(later), by, b.Ticket, answer, "کلید") })
			if err == nil {
				if again := f.db.Tx(ctx, func(tx *store.Tx) error { return keys.Add(ctx, tx, start, by, b.Ticket, answer, "کلید") }); !errors.Is(again, identity.ErrTicket) {
					t.Errorf("the same answer twice: %v", again)
				}
			}
			return err
		}
		evil := virtualwebauthn.RelyingParty{Name: "Evil", ID: "hq.example", Origin: "https://evil.example"}
		if err := add(evil, holder, 0); !errors.Is(err, identity.ErrSignIn) {
			t.Errorf("an answer to another site: %v", err)
		}
		if err := add(site, identity.Holder{Person: "q"}, 0); !errors.Is(err, identity.ErrTicket) {
			t.Errorf("somebody else's answer: %v", err)
		}
		if err := add(site, holder, 5*time.Minute); !errors.Is(err, identity.ErrTicket) {
			t.Errorf("an answer after five minutes: %v", err)
		}
		if err := add(site, holder, time.Minute); err != nil {
			t.Fatal(err)
		}

		signIn := func(site virtualwebauthn.RelyingParty, device virtualwebauthn.Authenticator, key virtualwebauthn.Credential) (string, error) {
			var b identity.Begun
			f.tx(func(tx *store.Tx) (err error) { b, err = keys.BeginSignIn(ctx, tx, start); return err })
			options, err := virtualwebauthn.ParseAssertionOptions(string(b.Options))
			if err != nil {
				t.Fatal(err)
			}
			answer := []byte(virtualwebauthn.CreateAssertionResponse(site, device, key, *options))
			var person string
			take := func(tx *store.Tx) error {
				a, err := keys.SignIn(ctx, tx, start, b.Ticket, answer)
				person = a.Person
				return err
			}
			if err := f.db.Tx(ctx, take); err != nil {
				return "", err
			}
			who := person
			if again := f.db.Tx(ctx, take); !errors.Is(again, identity.ErrTicket) {
				t.Errorf("the same answer twice: %v", again)
			}
			return who, nil
		}
		key.Counter = 5
		if who, err := signIn(site, device, key); err != nil || who != "p" {
			t.Fatalf("%q, %v", who, err)
		}
		copied := key
		copied.Counter = 3
		unverified := virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte("p"), UserNotVerified: true})
		stranger := virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte("q")})
		next := key
		next.Counter = 9
		for name, c := range map[string]struct {
			site   virtualwebauthn.RelyingParty
			device virtualwebauthn.Authenticator
			key    virtualwebauthn.Credential
		}{
			"another site": {evil, device, next}, "another key": {site, device, newKey()}, "a copy": {site, device, copied},
			"nobody was asked for the finger": {site, unverified, next}, "another person": {site, stranger, next},
		} {
			if who, err := signIn(c.site, c.device, c.key); !errors.Is(err, identity.ErrSignIn) {
				t.Errorf("%s: %q, %v", name, who, err)
			}
		}
		for _, garbage := range []string{"", "{}", "null", `{"id":"x"}`} {
			var b identity.Begun
			f.tx(func(tx *store.Tx) (err error) { b, err = keys.BeginSignIn(ctx, tx, start); return err })
			if err := f.db.Tx(ctx, func(tx *store.Tx) error {
				_, err := keys.SignIn(ctx, tx, start, b.Ticket, []byte(garbage))
				return err
			}); !errors.Is(err, identity.ErrSignIn) {
				t.Errorf("%q: %v", garbage, err)
			}
		}
		f.disable()
		if _, err := signIn(site, device, next); !errors.Is(err, identity.ErrSignIn) {
			t.Errorf("a disabled account: %v", err)
		}
	})
}
