package identity

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/identitydb"
)

// Passkeys are those of a site.
type Passkeys struct{ site *webauthn.WebAuthn }

// NewPasskeys takes the origin of the site, such as https://hq.example.
func NewPasskeys(origin, name string) (*Passkeys, error) {
	u, err := url.Parse(origin)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("passkeys: %q is no origin such as https://hq.example", origin)
	}
	site, err := webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: name, RPOrigins: []string{origin},
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired}})
	if err != nil {
		return nil, fmt.Errorf("passkeys: %w", err)
	}
	return &Passkeys{site}, nil
}

// A Holder is a person as authenticators know them.
type Holder struct {
	Person, Name, Display string
	credentials           []webauthn.Credential
}

// WebAuthnID and the rest are what package webauthn asks for.
func (h *Holder) WebAuthnID() []byte                         { return []byte(h.Person) }
func (h *Holder) WebAuthnName() string                       { return h.Name }
func (h *Holder) WebAuthnDisplayName() string                { return h.Display }
func (h *Holder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }

func (h *Holder) load(ctx context.Context, db identitydb.DBTX) error {
	rows, err := identitydb.New(db).Passkeys(ctx, h.Person)
	if err != nil {
		return fmt.Errorf("read passkeys: %w", store.Classify(err))
	}
	for _, row := range rows {
		var c webauthn.Credential
		if err := json.Unmarshal([]byte(row.Credential), &c); err != nil {
			return fmt.Errorf("read passkey: %w", err)
		}
		h.credentials = append(h.credentials, c)
	}
	return nil
}

// A Begun is a ceremony that has begun: its ticket, and the options for the
// browser, JSON.
type Begun struct {
	Ticket  Token
	Options json.RawMessage
}

func begun(ctx context.Context, tx *store.Tx, now time.Time, person string, session *webauthn.SessionData, options any) (Begun, error) {
	b, err := json.Marshal(options)
	if err != nil {
		return Begun{}, err
	}
	t, err := Issue(ctx, tx, now, challenge, person, session)
	return Begun{t, b}, err
}

// BeginAdding begins to add a passkey to a person's account.
func (p *Passkeys) BeginAdding(ctx context.Context, tx *store.Tx, now time.Time, h Holder) (Begun, error) {
	if err := h.load(ctx, tx); err != nil {
		return Begun{}, err
	}
	options, session, err := p.site.BeginRegistration(&h, webauthn.WithExclusions(webauthn.Credentials(h.credentials).CredentialDescriptors()))
	if err != nil {
		return Begun{}, fmt.Errorf("begin to add a passkey: %w", err)
	}
	return begun(ctx, tx, now, h.Person, session, options)
}

// Add adds the passkey with which the browser has answered. The error is ErrSignIn
// for an answer that does not fit.
func (p *Passkeys) Add(ctx context.Context, tx *store.Tx, now time.Time, h Holder, t Token, answer []byte, name string) error {
	var session webauthn.SessionData
	person, err := Take(ctx, tx, now, challenge, t, &session)
	if err != nil {
		return err
	}
	if person != h.Person {
		return ErrTicket
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSignIn, err)
	}
	credential, err := p.site.CreateCredential(&h, session, parsed)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSignIn, err)
	}
	b, err := json.Marshal(credential)
	if err != nil {
		return err
	}
	err = identitydb.New(tx).InsertPasskey(ctx, identitydb.InsertPasskeyParams{ID: base64.RawURLEncoding.EncodeToString(credential.ID),
		Person: h.Person, Name: name, Credential: string(b), Created: store.Millis(now)})
	if err != nil {
		return fmt.Errorf("add passkey: %w", err)
	}
	return nil
}

// BeginSignIn begins to sign in by a passkey that the browser finds.
func (p *Passkeys) BeginSignIn(ctx context.Context, tx *store.Tx, now time.Time) (Begun, error) {
	options, session, err := p.site.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Begun{}, fmt.Errorf("begin to sign in: %w", err)
	}
	return begun(ctx, tx, now, "", session, options)
}

// SignIn returns the account whose passkey has answered. A counter that goes back,
// as that of a copy does, is refused.
func (p *Passkeys) SignIn(ctx context.Context, tx *store.Tx, now time.Time, t Token, answer []byte) (a identitydb.Account, err error) {
	var session webauthn.SessionData
	if _, err := Take(ctx, tx, now, challenge, t, &session); err != nil {
		return a, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return a, fmt.Errorf("%w: %w", ErrSignIn, err)
	}
	find := func(_, handle []byte) (webauthn.User, error) {
		h := &Holder{Person: string(handle)}
		return h, h.load(ctx, tx)
	}
	user, credential, err := p.site.ValidatePasskeyLogin(find, session, parsed)
	if err != nil {
		return a, fmt.Errorf("%w: %w", ErrSignIn, err)
	}
	if credential.Authenticator.CloneWarning {
		return a, fmt.Errorf("%w: the counter of the passkey went back", ErrSignIn)
	}
	q := identitydb.New(tx)
	if a, err = q.Account(ctx, string(user.WebAuthnID())); err != nil {
		if err = store.Classify(err); errors.Is(err, store.ErrNotFound) {
			err = ErrSignIn
		}
		return a, err
	}
	if a.Disabled != 0 {
		return a, ErrSignIn
	}
	b, err := json.Marshal(credential)
	if err != nil {
		return a, err
	}
	return a, store.Changed(q.UsePasskey(ctx, identitydb.UsePasskeyParams{Credential: string(b), Used: store.Millis(now),
		ID: base64.RawURLEncoding.EncodeToString(credential.ID)}))
}
