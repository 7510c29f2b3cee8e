package identity_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/sandogh/sandogh/internal/identity"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/identitydb"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
)

var (
	ctx   = context.Background()
	start = time.Date(2026, 4, 21, 8, 30, 0, 0, time.UTC)
	cheap = identity.Cost{Memory: 64, Passes: 1, Threads: 1}
)

const password = "correct horse battery"

// fixture is a database with the account "amir" of person "p".
type fixture struct {
	t  *testing.T
	db *store.DB
}

func each(t *testing.T, test func(t *testing.T, f fixture)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := fixture{t, db}
		hash, err := cheap.Hash(password)
		if err != nil {
			t.Fatal(err)
		}
		f.tx(func(tx *store.Tx) error {
			q := officedb.New(tx)
			if err := q.InsertOffice(ctx, officedb.InsertOfficeParams{Code: "", Kind: "country", NameFa: "ایران"}); err != nil {
				return err
			}
			if err := q.InsertPerson(ctx, officedb.InsertPersonParams{ID: "p", Name: "امیر"}); err != nil {
				return err
			}
			return identity.Create(ctx, tx, "p", " Amir ", hash)
		})
		test(t, f)
	})
}

func (f fixture) tx(write func(*store.Tx) error) {
	f.t.Helper()
	if err := f.db.Tx(ctx, write); err != nil {
		f.t.Fatal(err)
	}
}

func (f fixture) account() identitydb.Account {
	f.t.Helper()
	a, err := identitydb.New(f.db).Account(ctx, "p")
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

func (f fixture) disable() {
	f.t.Helper()
	f.tx(func(tx *store.Tx) error {
		return store.Changed(identitydb.New(tx).SetDisabled(ctx, identitydb.SetDisabledParams{Disabled: 1, Person: "p", Version: f.account().Version}))
	})
}

func TestHash(t *testing.T) {
	for _, p := range []string{"", "short pwd", "نه‌نویسه", strings.Repeat("x", 257), strings.Repeat("گ", 129)} {
		if _, err := cheap.Hash(p); !errors.Is(err, identity.ErrWeak) {
			t.Errorf("%d bytes: %v", len(p), err)
		}
	}
	a, err := cheap.Hash(password)
	if err != nil {
		t.Fatal(err)
	}
	b, err := cheap.Hash(password)
	if err != nil || a == b || !strings.HasPrefix(a, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("%s and %s, %v: no salt, or another form", a, b, err)
	}
	if identity.DefaultCost.Memory < 64<<10 || identity.DefaultCost.Passes < 3 {
		t.Errorf("passwords cost %+v", identity.DefaultCost)
	}
}

func TestPassword(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		if a, err := identity.CheckPassword(ctx, f.db, start, "AMIR", password, "1"); err != nil || a.Person != "p" {
			t.Errorf("%q, %v", a.Person, err)
		}
		// What two keyboards write differently is one password.
		composed, decomposed := "\u0622\u0622 pass word", "\u0627\u0653\u0627\u0653 pass word"
		hash, err := cheap.Hash(composed)
		if err != nil {
			t.Fatal(err)
		}
		f.tx(func(tx *store.Tx) error {
			return store.Changed(identitydb.New(tx).SetPassword(ctx, identitydb.SetPasswordParams{Password: hash, Person: "p"}))
		})
		if _, err := identity.CheckPassword(ctx, f.db, start, "amir", decomposed, "1"); err != nil {
			t.Error(err)
		}
		for i, c := range [][2]string{{"amir", password}, {"amir", ""}, {"nobody", composed}, {"", ""}} {
			a, err := identity.CheckPassword(ctx, f.db, start, c[0], c[1], fmt.Sprint("a", i))
			if !errors.Is(err, identity.ErrSignIn) || a.Person != "" {
				t.Errorf("%q: %q, %v", c[0], a.Person, err)
			}
		}
		f.disable()
		if _, err := identity.CheckPassword(ctx, f.db, start, "amir", composed, "2"); !errors.Is(err, identity.ErrSignIn) {
			t.Errorf("a disabled account: %v", err)
		}
		for _, broken := range []string{"plain", "$argon2id$v=19$m=64,t=1,p=1$AAAA$AAAA", "$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=9999999,t=1,p=1$AAAA$AAAA",
			"$argon2id$v=19$m=64,t=0,p=1$AAAA$AAAA", "$argon2id$v=19$m=64,t=1,p=0$AAAA$AAAA", "$argon2id$v=18$m=64,t=1,p=1$AAAA$AAAA"} {
			f.tx(func(tx *store.Tx) error {
				q := identitydb.New(tx)
				if err := store.Changed(q.SetPassword(ctx, identitydb.SetPasswordParams{Password: broken, Person: "p"})); err != nil {
					return err
				}
				return store.Changed(q.SetDisabled(ctx, identitydb.SetDisabledParams{Person: "p", Version: f.versionIn(tx)}))
			})
			if a, err := identity.CheckPassword(ctx, f.db, start, "amir", composed, "3"); err == nil || errors.Is(err, identity.ErrSignIn) || strings.Contains(err.Error(), broken) {
				t.Errorf("stored %q: %q, %v", broken, a.Person, err)
			}
		}
	})
}

func (f fixture) versionIn(tx *store.Tx) int64 {
	f.t.Helper()
	a, err := identitydb.New(tx).Account(ctx, "p")
	if err != nil {
		f.t.Fatal(err)
	}
	return a.Version
}

// TestThrottle: five failures are free; then one waits, twice as long each time, up
// to an hour, by name and by address; the right password does not help before.
func TestThrottle(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		now := start
		try := func(password, address string) error {
			_, err := identity.CheckPassword(ctx, f.db, now, "amir", password, address)
			return err
		}
		for i := range 5 {
			if err := try("wrong", fmt.Sprint("a", i)); !errors.Is(err, identity.ErrSignIn) {
				t.Fatalf("try %d: %v", i, err)
			}
		}
		var wait *identity.Throttled
		last := time.Duration(0)
		for i := range 12 {
			if err := try(password, "elsewhere"); !errors.As(err, &wait) {
				t.Fatalf("wait %d: %v", i, err)
			}
			d := wait.Until.Sub(now)
			if want := min(30*time.Second<<i, time.Hour); d != want || d < last {
				t.Errorf("wait %d is %v and not %v", i, d, want)
			}
			last, now = d, wait.Until
			if err := try("wrong", fmt.Sprint("b", i)); !errors.Is(err, identity.ErrSignIn) {
				t.Fatalf("behind wait %d: %v", i, err)
			}
		}
		now = now.Add(time.Hour)
		if err := try(password, "elsewhere"); err != nil {
			t.Errorf("behind the last wait: %v", err)
		}
		f.tx(func(tx *store.Tx) error { return identity.Succeeded(ctx, tx, "AMIR") })
		for i := range 4 {
			if err := try("wrong", fmt.Sprint("c", i)); !errors.Is(err, identity.ErrSignIn) {
				t.Errorf("forgotten, and try %d: %v", i, err)
			}
		}
		for i := range 5 { // one address, many names
			if _, err := identity.CheckPassword(ctx, f.db, now, fmt.Sprint("guess", i), "wrong", "10.0.0.9"); !errors.Is(err, identity.ErrSignIn) {
				t.Fatal(err)
			}
		}
		if err := try(password, "10.0.0.9"); !errors.As(err, &wait) {
			t.Errorf("an address that guesses names: %v", err)
		}
		if err := try(password, "10.0.0.10"); err != nil {
			t.Errorf("another address: %v", err)
		}
	})
}

func TestSession(t *testing.T) {
	limits := identity.Limits{Idle: 30 * time.Minute, Absolute: 2 * time.Hour}
	each(t, func(t *testing.T, f fixture) {
		begin := func(now time.Time) (s identity.Token) {
			f.tx(func(tx *store.Tx) (err error) {
				s, err = identity.Begin(ctx, tx, now, "p", "10.0.0.1", strings.Repeat("ع", 300))
				return err
			})
			return s
		}
		alive := func(s identity.Token, now time.Time) bool {
			t.Helper()
			found, err := identity.Find(ctx, f.db, now, limits, s)
			if err != nil && !errors.Is(err, identity.ErrNoSession) {
				t.Fatal(err)
			}
			if err == nil && (found.Person != "p" || found.ID != s.Hash() || !found.Ends.After(now) || found.Ends.After(found.Created.Add(limits.Absolute))) {
				t.Errorf("%+v at %v", found, now)
			}
			return err == nil
		}
		s := begin(start)
		if s.Secret() == "" || s.Hash() == s.Secret() || len(s.Secret()) < 43 {
			t.Fatal("a token of fewer than 256 bits")
		}
		if alive("", start) || alive(identity.NewToken(), start) || alive(identity.Token(s.Hash()), start) {
			t.Error("a token that was not given out")
		}
		if alive(s, start.Add(30*time.Minute)) || !alive(s, start.Add(30*time.Minute-time.Millisecond)) {
			t.Error("idle for the limit is not the end")
		}
		s = begin(start)
		for now := start.Add(20 * time.Minute); now.Before(start.Add(2 * time.Hour)); now = now.Add(20 * time.Minute) {
			if !alive(s, now) {
				t.Errorf("used, and dead at %v", now)
			}
		}
		if !alive(s, start.Add(2*time.Hour-time.Second)) || alive(s, start.Add(2*time.Hour)) {
			t.Error("old for the limit is not the end")
		}
		a, b := begin(start), begin(start)
		f.tx(func(tx *store.Tx) error { return identity.End(ctx, tx, a.Hash()) })
		if alive(a, start) || !alive(b, start) {
			t.Error("one ends, and the other does not")
		}
		f.disable()
		if alive(b, start) {
			t.Error("the session of a disabled account")
		}
		f.tx(func(tx *store.Tx) error {
			if n, err := identity.EndAll(ctx, tx, "p"); err != nil || n < 2 {
				t.Errorf("%d ended, %v", n, err)
			}
			return nil
		})
	})
}

func TestTicket(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		issue := func(now time.Time, kind, person string) (k identity.Token) {
			f.tx(func(tx *store.Tx) (err error) {
				k, err = identity.Issue(ctx, tx, now, kind, person, map[string]int{"n": 7})
				return err
			})
			return k
		}
		take := func(now time.Time, kind string, k identity.Token) (person string, data map[string]int, err error) {
			err = f.db.Tx(ctx, func(tx *store.Tx) (err error) {
				person, err = identity.Take(ctx, tx, now, kind, k, &data)
				return err
			})
			return
		}
		k := issue(start, identity.Invitation, "p")
		for range 2 { // looking does not use it up
			var data map[string]int
			if who, err := identity.Peek(ctx, f.db, start, identity.Invitation, k, &data); err != nil || who != "p" || data["n"] != 7 {
				t.Errorf("%q %v, %v", who, data, err)
			}
		}
		if _, _, err := take(start, identity.First, k); !errors.Is(err, identity.ErrTicket) {
			t.Errorf("of another kind: %v", err)
		}
		broken := errors.New("what it was for has failed")
		if err := f.db.Tx(ctx, func(tx *store.Tx) error {
			_, err := identity.Take(ctx, tx, start, identity.Invitation, k, new(any))
			return errors.Join(err, broken)
		}); !errors.Is(err, broken) {
			t.Error(err)
		}
		if who, data, err := take(start, identity.Invitation, k); err != nil || who != "p" || data["n"] != 7 {
			t.Errorf("%q %v, %v", who, data, err)
		}
		if _, _, err := take(start, identity.Invitation, k); !errors.Is(err, identity.ErrTicket) {
			t.Errorf("a second time: %v", err)
		}
		k = issue(start, identity.First, "")
		if _, _, err := take(start.Add(24*time.Hour), identity.First, k); !errors.Is(err, identity.ErrTicket) {
			t.Errorf("after its day: %v", err)
		}
		old := issue(start, identity.Invitation, "p")
		young := issue(start, identity.Invitation, "p")
		if _, _, err := take(start, identity.Invitation, old); !errors.Is(err, identity.ErrTicket) {
			t.Errorf("one before the last: %v", err)
		}
		if _, _, err := take(start, identity.Invitation, young); err != nil {
			t.Error(err)
		}
	})
}

func code(t *testing.T, s identity.Secret, at time.Time) string {
	t.Helper()
	c, err := totp.GenerateCode(strings.ReplaceAll(s.Show(), " ", ""), at)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestTOTP: each code once, none from before the last that was used, one step
// either way; each recovery code once; wrong ones are throttled.
func TestTOTP(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		dir := t.TempDir()
		key, err := identity.LoadKey(dir)
		if err != nil {
			t.Fatal(err)
		}
		secret, err := key.Secret(key.NewEnrolment("p"))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.db.Tx(ctx, func(tx *store.Tx) error {
			_, err := key.Enrol(ctx, tx, start, "p", secret, "000")
			return err
		}); !errors.Is(err, identity.ErrSignIn) {
			t.Fatalf("a wrong code enrols: %v", err)
		}
		var recovery []string
		f.tx(func(tx *store.Tx) (err error) {
			recovery, err = key.Enrol(ctx, tx, start, "p", secret, code(t, secret, start))
			return err
		})
		if stored := f.account().Totp; len(recovery) != 10 || stored == "" || strings.Contains(stored, strings.ReplaceAll(secret.Show(), " ", "")) {
			t.Fatalf("%d recovery codes, or the secret lies open", len(recovery))
		}
		begin := func(now time.Time) (k identity.Token) {
			f.tx(func(tx *store.Tx) (err error) {
				k, err = identity.Second(ctx, tx, now, f.account())
				return err
			})
			return k
		}
		check := func(now time.Time, code string) error {
			_, err := key.CheckCode(ctx, f.db, now, begin(now), code)
			return err
		}
		if err := check(start, code(t, secret, start)); !errors.Is(err, identity.ErrSignIn) {
			t.Errorf("the code of the enrolment, again: %v", err)
		}
		now := start.Add(5 * time.Minute)
		k := begin(now)
		if a, err := key.CheckCode(ctx, f.db, now, k, " "+persianDigits(code(t, secret, now))+" "); err != nil || a.Person != "p" {
			t.Errorf("%q, %v", a.Person, err)
		}
		if _, err := key.CheckCode(ctx, f.db, now, k, code(t, secret, now.Add(30*time.Second))); !errors.Is(err, identity.ErrTicket) {
			t.Errorf("a step that was taken: %v", err)
		}
		for _, late := range []time.Duration{0, -30 * time.Second} {
			if err := check(now, code(t, secret, now.Add(late))); !errors.Is(err, identity.ErrSignIn) {
				t.Errorf("a code that was used, or is older than one that was (%v): %v", late, err)
			}
		}
		if err := check(now, code(t, secret, now.Add(30*time.Second))); err != nil {
			t.Errorf("a clock that is ahead by one step: %v", err)
		}
		now = now.Add(10 * time.Minute)
		if err := check(now, code(t, secret, now.Add(-90*time.Second))); !errors.Is(err, identity.ErrSignIn) {
			t.Errorf("a code of three steps ago: %v", err)
		}
		f.tx(func(tx *store.Tx) error { return identity.Succeeded(ctx, tx, "amir") })

		if err := check(now, strings.ToUpper(recovery[0])); err != nil {
			t.Errorf("a recovery code: %v", err)
		}
		if err := check(now, recovery[0]); !errors.Is(err, identity.ErrSignIn) {
			t.Errorf("a recovery code again: %v", err)
		}
		f.tx(func(tx *store.Tx) error { _, err := identity.Recovery(ctx, tx, "p"); return err })
		if err := check(now, recovery[1]); !errors.Is(err, identity.ErrSignIn) {
			t.Errorf("a recovery code that was replaced: %v", err)
		}
		for range 3 {
			if err := check(now, "123"); !errors.Is(err, identity.ErrSignIn) {
				t.Error(err)
			}
		}
		var wait *identity.Throttled
		if err := check(now, code(t, secret, now)); !errors.As(err, &wait) {
			t.Errorf("after five wrong codes: %v", err)
		}
		other, err := identity.LoadKey(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		now = now.Add(2 * time.Hour)
		if _, err := other.CheckCode(ctx, f.db, now, begin(now), code(t, secret, now)); err == nil {
			t.Error("another key opens the secret")
		}
		if key, err = identity.LoadKey(dir); err != nil {
			t.Fatal(err)
		}
		if err := check(now, code(t, secret, now)); err != nil {
			t.Errorf("the key, read again: %v", err)
		}
		if err := os.WriteFile(filepath.Join(dir, identity.KeyFile), []byte("short"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := identity.LoadKey(dir); err == nil {
			t.Error("a key of five bytes")
		}
	})
}

func persianDigits(s string) string {
	return strings.Map(func(r rune) rune { return r - '0' + '۰' }, s)
}

// TestRedacted: no secret comes out by a log, a message or JSON.
func TestRedacted(t *testing.T) {
	key, err := identity.LoadKey(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	secret, err := key.Secret(key.NewEnrolment("p"))
	if err != nil {
		t.Fatal(err)
	}
	token := identity.NewToken()
	for _, v := range []any{token, secret, key} {
		var b strings.Builder
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v)
		fmt.Fprintf(&b, "%v %+v %#v %s %q %x %d", v, v, v, v, v, v, v)
		if err := json.NewEncoder(&b).Encode(map[string]any{"v": v}); err != nil {
			t.Fatal(err)
		}
		for _, hidden := range []string{token.Secret(), strings.ReplaceAll(secret.Show(), " ", ""), secret.Show()} {
			if strings.Contains(b.String(), hidden) || strings.Contains(b.String(), fmt.Sprintf("%x", hidden)) {
				t.Errorf("%T comes out: %s", v, b.String())
			}
		}
	}
}
