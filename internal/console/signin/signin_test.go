package signin_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/pquerna/otp/totp"
	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/console/signin"
	"github.com/sandogh/sandogh/internal/identity"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/storetest"
)

var (
	secretOf = regexp.MustCompile(`class="code">((?:[A-Z2-7]{4} ?){8})<`)
	codesOf  = regexp.MustCompile(`>[a-z2-7]{5}-[a-z2-7]{5}<`)
	ticketOf = regexp.MustCompile(`name="ticket" value="([^"]+)"`)
)

func find(t *testing.T, re *regexp.Regexp, body string) string {
	t.Helper()
	m := re.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("nothing like %v in\n%s", re, body)
	}
	return strings.TrimSpace(m[len(m)-1])
}

func codeAt(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(strings.ReplaceAll(secret, " ", ""), at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// invited makes somebody with an account by invitation: the browser, the secret
// and the recovery codes.
func invited(t *testing.T, c *consoletest.Console) (cl *consoletest.Client, secret string, recovery []string) {
	t.Helper()
	var token identity.Token
	c.Tx(func(ctx context.Context, tx *store.Tx) error {
		p, err := office.AddPerson(ctx, tx, c.Now(), c.Root, office.Person{Name: "مریم", Office: "07"})
		if err != nil {
			return err
		}
		if _, err := office.Appoint(ctx, tx, c.Now(), c.Root, p.ID, office.Province, "07", "2026-01-01", ""); err != nil {
			return err
		}
		token, err = identity.Issue(ctx, tx, c.Now(), identity.Invitation, p.ID, c.Deps.Key.NewEnrolment(p.ID))
		return err
	})
	cl = c.SignedOut()
	path := "/invitation/" + token.Secret()
	secret = find(t, secretOf, cl.Get(path).Is(http.StatusOK).Body)
	cl.Post(path, "name", "maryam", "password", "short", "code", "").Is(http.StatusUnprocessableEntity)
	cl.Post(path, "name", "maryam", "password", "short", "code", "000000").Is(http.StatusUnprocessableEntity).Has("دست‌کم")
	cl.Post(path, "name", "maryam", "password", "چهار واژهٔ ساده", "code", "000000").Is(http.StatusUnprocessableEntity).Has("درست نیست")
	r := cl.Post(path, "name", "Maryam", "password", "چهار واژهٔ ساده", "code", codeAt(t, secret, c.Now())).Is(http.StatusOK)
	recovery = codesOf.FindAllString(r.Body, -1)
	for i := range recovery {
		recovery[i] = strings.Trim(recovery[i], "<>")
	}
	if len(recovery) != 10 {
		t.Fatalf("%d recovery codes", len(recovery))
	}
	c.SignedOut().Get(path).Is(http.StatusConflict) // it was used
	return cl, secret, recovery
}

func TestInvitation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db)
		cl, secret, recovery := invited(t, c)
		cl.Get("/account").Is(http.StatusOK).Has("maryam")

		again := c.SignedOut()
		in := func() string {
			r := again.Post("/sign-in", "to", "/account", "name", "MARYAM", "password", "چهار واژهٔ ساده").Is(http.StatusOK)
			return find(t, ticketOf, r.Body)
		}
		ticket := in()
		again.Get("/account").Is(http.StatusSeeOther)                                                                        // not yet
		again.Post("/sign-in/code", "ticket", ticket, "code", codeAt(t, secret, c.Now())).Is(http.StatusUnprocessableEntity) // was used to enrol
		c.Pass(31 * time.Second)
		again.Post("/sign-in/code", "to", "/account", "ticket", ticket, "code", codeAt(t, secret, c.Now())).Is(http.StatusSeeOther)
		again.Get("/account").Is(http.StatusOK)
		again.Post("/sign-in/code", "ticket", ticket, "code", recovery[0]).Is(http.StatusUnprocessableEntity) // the ticket was used

		ticket = in()
		again.Post("/sign-in/code", "ticket", ticket, "code", recovery[0]).Is(http.StatusSeeOther)
		ticket = in()
		again.Post("/sign-in/code", "ticket", ticket, "code", recovery[0]).Is(http.StatusUnprocessableEntity) // once
		c.Pass(6 * time.Minute)
		again.Post("/sign-in/code", "ticket", ticket, "code", recovery[1]).Is(http.StatusUnprocessableEntity) // too late
	})
}

func TestFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db)
		ctx := context.Background()
		if link, err := signin.FirstLink(ctx, c.Deps); err != nil || link != "" {
			t.Fatalf("a console with an account gives %q, %v", link, err)
		}
	})
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.Empty(t, db)
		link, err := signin.FirstLink(context.Background(), c.Deps)
		if err != nil {
			t.Fatal(err)
		}
		path := strings.TrimPrefix(link, c.URL)
		cl := c.SignedOut()
		secret := find(t, secretOf, cl.Get(path).Is(http.StatusOK).Body)
		cl.Post(path, "person", "مدیر", "name", "admin", "password", "correct horse battery", "code", codeAt(t, secret, c.Now())).Is(http.StatusOK)
		cl.Get("/account").Is(http.StatusOK).Has("ستاد انتخابات کشور")
		c.SignedOut().Get(path).Is(http.StatusConflict)
		if _, _, err := office.CheckLog(context.Background(), db); err != nil {
			t.Error(err)
		}
	})
}

// TestSessions: idle, old, ended and stolen ones.
func TestSessions(t *testing.T) {
	c := consoletest.New(t, storetest.SQLite(t))
	cl := c.As(office.County, "07001")
	for range 20 { // used every 20 minutes, it lives, but no longer than 12 hours
		c.Pass(20 * time.Minute)
		cl.Get("/account").Is(http.StatusOK)
	}
	c.Pass(31 * time.Minute)
	cl.Get("/account").Is(http.StatusSeeOther)

	cl = c.As(office.County, "07001")
	for range 36 {
		c.Pass(20 * time.Minute)
		cl.Get("/account")
	}
	cl.Get("/account").Is(http.StatusSeeOther)

	a, b := c.As(office.County, "07001"), c.As(office.County, "07001")
	a.Get("/account/sign-out").Is(http.StatusOK)
	b.Get("/account").Is(http.StatusOK)
	a.Post("/account/sign-out").Is(http.StatusSeeOther)
	b.Get("/account").Is(http.StatusSeeOther)

	// A cookie that was made up, and the stored form of one that is real.
	cl = c.As(office.County, "07001")
	u, _ := url.Parse(c.URL)
	real := cl.Cookies(u)
	if len(real) != 1 {
		t.Fatalf("cookies are %v", real)
	}
	for _, value := range []string{"", "x", identity.Token(real[0].Value).Hash()} {
		thief := c.SignedOut()
		thief.SetCookie(u, &http.Cookie{Name: "sandogh", Value: value})
		thief.Get("/account").Is(http.StatusSeeOther)
	}
}

func TestThrottle(t *testing.T) {
	c := consoletest.New(t, storetest.SQLite(t))
	c.Person(office.County, "07001")
	cl := c.SignedOut()
	unknown := cl.Post("/sign-in", "name", "nobody-here", "password", "wrong password").Is(http.StatusUnprocessableEntity).Body
	wrong := cl.Post("/sign-in", "name", "county-07001", "password", "wrong password").Is(http.StatusUnprocessableEntity).Body
	if strings.ReplaceAll(unknown, "nobody-here", "") != strings.ReplaceAll(wrong, "county-07001", "") {
		t.Error("an unknown name and a wrong password are told apart")
	}
	for range 5 {
		cl.Post("/sign-in", "name", "county-07001", "password", "wrong password")
	}
	cl.Post("/sign-in", "name", "county-07001", "password", consoletest.Password).Is(http.StatusUnprocessableEntity).Has("دقیقه")
	c.Pass(2 * time.Hour)
	cl.Post("/sign-in", "name", "county-07001", "password", consoletest.Password).Is(http.StatusSeeOther)
}

// TestBack: signing in leads to pages of the console only.
func TestBack(t *testing.T) {
	c := consoletest.New(t, storetest.SQLite(t))
	c.Person(office.HQ, "")
	for to, want := range map[string]string{"/account": "/account", "//evil.example/x": "/", "https://evil.example/": "/", `/\evil.example`: "/", "javascript:1": "/", "": "/"} {
		r := c.SignedOut().Post("/sign-in", "to", to, "name", "hq", "password", consoletest.Password).Is(http.StatusSeeOther)
		if got := r.Header.Get("Location"); got != want {
			t.Errorf("%q leads to %q", to, got)
		}
	}
}

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
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db)
		cl := c.As(office.Province, "07")
		cl.JSON = true
		rp := virtualwebauthn.RelyingParty{Name: "Sandogh", ID: "localhost", Origin: c.URL}
		device := virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(c.Person(office.Province, "07"))})
		key := newKey()
		var b struct {
			Ticket  string          `json:"ticket"`
			Options json.RawMessage `json:"options"`
		}
		cl.PostJSON("/account/passkeys/begin", nil).Is(http.StatusOK).Decode(&b)
		options, err := virtualwebauthn.ParseAttestationOptions(string(b.Options))
		if err != nil {
			t.Fatal(err)
		}
		answer := virtualwebauthn.CreateAttestationResponse(rp, device, key, *options)
		cl.PostJSON("/account/passkeys", map[string]string{"ticket": b.Ticket, "answer": answer, "name": "کلید من"}).Is(http.StatusOK)
		cl.PostJSON("/account/passkeys", map[string]string{"ticket": b.Ticket, "answer": answer}).Is(http.StatusUnprocessableEntity) // once
		cl.Get("/account").Is(http.StatusOK).Has("کلید من")
		device.AddCredential(key)

		in := func(rp virtualwebauthn.RelyingParty, key virtualwebauthn.Credential) (*consoletest.Client, consoletest.Reply) {
			cl := c.SignedOut()
			cl.JSON = true
			cl.PostJSON("/sign-in/passkey/begin", nil).Is(http.StatusOK).Decode(&b)
			options, err := virtualwebauthn.ParseAssertionOptions(string(b.Options))
			if err != nil {
				t.Fatal(err)
			}
			answer := virtualwebauthn.CreateAssertionResponse(rp, device, key, *options)
			return cl, cl.PostJSON("/sign-in/passkey", map[string]string{"ticket": b.Ticket, "answer": answer})
		}
		got, r := in(rp, key)
		r.Is(http.StatusOK)
		got.Get("/account").Is(http.StatusOK)

		_, r = in(virtualwebauthn.RelyingParty{Name: "Evil", ID: "localhost", Origin: "https://evil.example"}, key)
		r.Is(http.StatusUnprocessableEntity)
		_, r = in(rp, newKey())
		r.Is(http.StatusUnprocessableEntity)
	})
}

func TestPassword(t *testing.T) {
	c := consoletest.New(t, storetest.SQLite(t))
	cl, other := c.As(office.HQ, ""), c.As(office.HQ, "")
	cl.Post("/account/password", "old", "wrong password", "password", "another password").Is(http.StatusUnprocessableEntity)
	cl.Post("/account/password", "old", consoletest.Password, "password", "another password").Is(http.StatusSeeOther)
	cl.Get("/account").Is(http.StatusOK)
	other.Get("/account").Is(http.StatusSeeOther)
	c.SignedOut().Post("/sign-in", "name", "hq", "password", "another password").Is(http.StatusSeeOther)
}

func TestMatrix(t *testing.T) {
	consoletest.Matrix(t, nil, func(c *consoletest.Console, code string) map[string]string {
		return map[string]string{"token": "no-such-token", "key": "no-such-key"}
	})
}
