// Package consoletest starts a console for tests, with an office at each level and
// somebody in each role.
//
// Specification: none of its own; package console.
//
// In goes a database (of package storetest) and the parts under test, out comes a
// [Console]: a server, a clock that the test moves, and clients that are signed in
// ([Console.As]). The country is "07" (Qom) and "03" (another province), each with
// a county, "07001" and "03001", a district and a city.
//
// What it never does: it needs no network beyond the machine.
//
// How it fails: with t.Fatal.
//
// Sources: none.
package consoletest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/console/signin"
	"github.com/sandogh/sandogh/internal/identity"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/identitydb"
	"github.com/sandogh/sandogh/internal/store/officedb"
)

// Cost is what passwords cost in tests: as good as nothing.
var Cost = identity.Cost{Memory: 64, Passes: 1, Threads: 1}

// Start is what the clock says first: 1405-02-01 at noon in Tehran.
var Start = time.Date(2026, 4, 21, 8, 30, 0, 0, time.UTC)

// A Console is a console under test.
type Console struct {
	URL    string
	DB     *store.DB
	Server *console.Server
	Deps   console.Deps
	Root   office.Actor // headquarters, to write with in preparation
	Log    *bytes.Buffer

	t     testing.TB
	mu    sync.Mutex
	now   time.Time
	cases map[string]string // role and office → person
}

// A Unit is an office of the country.
type Unit struct{ Code, Kind, Fa, En string }

// Offices are those of the country.
var Offices = []Unit{
	{"", office.Country, "ایران", "Iran"},
	{"03", office.ProvinceAt, "استان دیگر", "Another province"},
	{"03001", office.CountyAt, "شهرستان دیگر", "Another county"},
	{"0300101", office.DistrictAt, "بخش دیگر", "Another district"},
	{"03001010001", office.City, "شهر دیگر", "Another city"},
	{"07", office.ProvinceAt, "قم", "Qom"},
	{"07001", office.CountyAt, "شهرستان قم", "Qom county"},
	{"0700101", office.DistrictAt, "بخش مرکزی", "Central district"},
	{"07001010001", office.City, "شهر قم", "Qom city"},
}

// New starts a console with the parts, which are called with its deps. The part
// signin is always there.
func New(t testing.TB, db *store.DB, parts ...func(console.Deps) console.Part) *Console {
	t.Helper()
	c := Empty(t, db, parts...)
	c.territory(Offices[1:])
	c.First()
	return c
}

// First makes the country's own office, and somebody at headquarters.
func (c *Console) First() {
	c.t.Helper()
	c.territory(Offices[:1])
	c.Root = office.Actor{Posts: []office.Post{{Role: office.HQ}}}
	c.Root.Person = c.Person(office.HQ, "")
	c.Root.Name = "hq"
}

func (c *Console) territory(offices []Unit) {
	c.t.Helper()
	c.Tx(func(ctx context.Context, tx *store.Tx) error {
		for _, o := range offices {
			if err := officedb.New(tx).InsertOffice(ctx, officedb.InsertOfficeParams{Code: o.Code, Kind: o.Kind, NameFa: o.Fa, NameEn: o.En}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Empty starts a console as it is at its first run.
func Empty(t testing.TB, db *store.DB, parts ...func(console.Deps) console.Part) *Console {
	t.Helper()
	c := &Console{DB: db, t: t, now: Start, cases: map[string]string{}, Log: &bytes.Buffer{}}
	server := httptest.NewUnstartedServer(nil)
	c.URL = "http://" + strings.Replace(server.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
	c.Deps = console.Deps{DB: db, Now: c.Now, Log: slog.New(slog.NewTextHandler(c.Log, nil)), Dir: t.TempDir(), Origin: c.URL, Cost: Cost, Limits: identity.DefaultLimits}
	var err error
	if c.Deps.Key, err = identity.LoadKey(c.Deps.Dir); err != nil {
		t.Fatal(err)
	}
	if c.Deps.Passkeys, err = identity.NewPasskeys(c.URL, "Sandogh"); err != nil {
		t.Fatal(err)
	}
	all := []console.Part{signin.Part(c.Deps)}
	for _, p := range parts {
		all = append(all, p(c.Deps))
	}
	if c.Server, err = console.New(c.Deps, all...); err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = c.Server
	server.Start()
	t.Cleanup(server.Close)
	return c
}

// Now is what the clock says.
func (c *Console) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Pass moves the clock.
func (c *Console) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Tx writes, in preparation of a test.
func (c *Console) Tx(write func(ctx context.Context, tx *store.Tx) error) {
	c.t.Helper()
	ctx := context.Background()
	if err := c.DB.Tx(ctx, func(tx *store.Tx) error { return write(ctx, tx) }); err != nil {
		c.t.Fatal(err)
	}
}

// Password is that of every account.
const Password = "correct horse battery"

// Person returns the id of somebody in the role at the office, who has an account.
func (c *Console) Person(role office.Role, code string) string {
	c.t.Helper()
	key := name(role, code)
	if id, ok := c.cases[key]; ok {
		return id
	}
	c.Tx(func(ctx context.Context, tx *store.Tx) error {
		if a, err := identitydb.New(tx).AccountByName(ctx, key); err == nil { // of a run before, in a database that stays
			c.cases[key] = a.Person
			return nil
		}
		p, err := office.AddPerson(ctx, tx, c.Now(), c.Root, office.Person{Name: key, Office: code, Simulated: true})
		if err != nil {
			return err
		}
		c.cases[key] = p.ID
		if _, err := office.Appoint(ctx, tx, c.Now(), c.Root, p.ID, role, code, "2026-01-01", ""); err != nil {
			return err
		}
		hash, err := Cost.Hash(Password)
		if err != nil {
			return err
		}
		return identity.Create(ctx, tx, p.ID, key, hash)
	})
	return c.cases[key]
}

// name is the sign-in name of somebody in the role at the office.
func name(role office.Role, code string) string { return strings.Trim(string(role)+"-"+code, "-") }

// A Client is somebody's browser.
type Client struct {
	http *http.Client
	c    *Console
	JSON bool // asks for JSON

	Header http.Header // sent besides
}

// As returns the browser of somebody in the role at the office, signed in through
// the page.
func (c *Console) As(role office.Role, code string) *Client {
	c.t.Helper()
	c.Person(role, code)
	cl := c.SignedOut()
	r := cl.Post("/sign-in", "name", name(role, code), "password", Password)
	if r.Status != http.StatusSeeOther {
		c.t.Fatalf("sign in as %s: %d\n%s", name(role, code), r.Status, r.Body)
	}
	return cl
}

// SignedOut returns the browser of a stranger.
func (c *Console) SignedOut() *Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return &Client{c: c, http: &http.Client{Jar: jar, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Cookies are those that the browser would send.
func (cl *Client) Cookies(u *url.URL) []*http.Cookie { return cl.http.Jar.Cookies(u) }

// SetCookie gives the browser a cookie.
func (cl *Client) SetCookie(u *url.URL, cookie *http.Cookie) {
	cl.http.Jar.SetCookies(u, []*http.Cookie{cookie})
}

// A Reply is what came back.
type Reply struct {
	Status int
	Header http.Header
	Body   string
	t      testing.TB
}

// Has fails the test if the body does not hold the text.
func (r Reply) Has(text string) Reply {
	r.t.Helper()
	if !strings.Contains(r.Body, text) {
		r.t.Errorf("the answer (%d) does not hold %q:\n%s", r.Status, text, r.Body)
	}
	return r
}

// Is fails the test if the status is another.
func (r Reply) Is(status int) Reply {
	r.t.Helper()
	if r.Status != status {
		r.t.Errorf("status %d, not %d:\n%s", r.Status, status, r.Body)
	}
	return r
}

// Decode reads the body as JSON.
func (r Reply) Decode(v any) {
	r.t.Helper()
	if err := json.Unmarshal([]byte(r.Body), v); err != nil {
		r.t.Fatalf("%v:\n%s", err, r.Body)
	}
}

// Do sends a request and reads the answer.
func (cl *Client) Do(method, path, kind string, body io.Reader) Reply {
	cl.c.t.Helper()
	q, err := http.NewRequest(method, cl.c.URL+path, body)
	if err != nil {
		cl.c.t.Fatal(err)
	}
	if kind != "" {
		q.Header.Set("Content-Type", kind)
	}
	if cl.JSON {
		q.Header.Set("Accept", "application/json")
	}
	for name, values := range cl.Header {
		q.Header[name] = values
	}
	a, err := cl.http.Do(q)
	if err != nil {
		cl.c.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		cl.c.t.Fatal(err)
	}
	return Reply{a.StatusCode, a.Header, string(b), cl.c.t}
}

// Get gets a page.
func (cl *Client) Get(path string) Reply {
	cl.c.t.Helper()
	return cl.Do("GET", path, "", nil)
}

// Post sends a form: names and values in turn.
func (cl *Client) Post(path string, pairs ...string) Reply {
	cl.c.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return cl.Do("POST", path, "application/x-www-form-urlencoded", strings.NewReader(v.Encode()))
}

// PostJSON sends a JSON object.
func (cl *Client) PostJSON(path string, v any) Reply {
	cl.c.t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		cl.c.t.Fatal(err)
	}
	return cl.Do("POST", path, "application/json", bytes.NewReader(b))
}

// Follow gets where a redirect leads.
func (cl *Client) Follow(r Reply) Reply {
	cl.c.t.Helper()
	if r.Status != http.StatusSeeOther {
		cl.c.t.Fatalf("no redirect but %d:\n%s", r.Status, r.Body)
	}
	return cl.Get(r.Header.Get("Location"))
}
