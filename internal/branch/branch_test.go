package branch_test

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/branch"
	"github.com/sandogh/sandogh/internal/web"
)

// place is a shell with one part, and a browser without a screen.
type place struct {
	t      *testing.T
	url    string
	client *http.Client
	status branch.Status
	now    time.Time
	notes  []string
	signed []string // what Both and Signer gave
	acts   int
	log    strings.Builder
}

func key(id string) ed25519.PrivateKey {
	seed := make([]byte, 32)
	copy(seed, id)
	return ed25519.NewKeyFromSeed(seed)
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{t: t, status: branch.Status{State: "open", Admission: "assigned"}, now: time.Unix(1_800_000_000, 0)}
	page := func(r *branch.Request) (branch.Answer, error) {
		return branch.Page{Template: "one", Title: "One", Data: map[string]any{"Others": r.Others(), "Who": r.Who(), "Desk": r.Desk()}}, nil
	}
	part := branch.Part{Name: "part", Words: web.Words{"part.word": {"واژه", "Word"}},
		Templates: fstest.MapFS{"one.html": {Data: []byte(`{{define "main"}}who={{.Who}} desk={{.Desk}} {{t "part.word"}}{{template "both" .Others}}{{end}}`)}},
		Nav:       []branch.Nav{{Path: "/one", Word: "part.word", Role: branch.Desk}},
		Routes: []branch.Route{
			{Method: "GET", Path: "/one", Role: branch.Desk, Do: page},
			{Method: "GET", Path: "/head", Role: branch.Head, Do: page},
			{Method: "GET", Path: "/panic", Do: func(*branch.Request) (branch.Answer, error) { panic("boom") }},
			{Method: "POST", Path: "/act", Role: branch.Desk, Do: func(r *branch.Request) (branch.Answer, error) {
				p.acts++
				return branch.Redirect{Path: "/one", Flash: "done it"}, nil
			}},
			{Method: "POST", Path: "/both", Role: branch.Officer, Do: func(r *branch.Request) (branch.Answer, error) {
				by, err := r.Both()
				if err != nil {
					return nil, err
				}
				p.signed = []string{by[0].By, by[1].By}
				if !by[0].Key.Equal(key(by[0].By[8:])) || !by[1].Key.Equal(key(by[1].By[8:])) {
					t.Error("the keys are not the officers'")
				}
				return branch.Redirect{Path: "/one"}, nil
			}},
			{Method: "POST", Path: "/refuse", Do: func(r *branch.Request) (branch.Answer, error) {
				return nil, fmt.Errorf("wrapped: %w", &branch.Refusal{Status: 409, Text: web.Text{"نه %[1]s", "no %[1]s"}, Do: web.Text{"چنین کنید", "do so"}, Args: []any{"<b>"}})
			}},
			{Method: "GET", Path: "/file", Do: func(*branch.Request) (branch.Answer, error) {
				return branch.File{Type: "text/csv", Name: "فهرست.csv", Data: []byte("a,b")}, nil
			}},
		}}
	name := election.Name{Fa: "شعبه", En: "Branch"}
	s, err := branch.New(branch.Config{Branch: name, Practice: true, Officers: []branch.Seat{{ID: "o1", Head: true, Office: name}, {ID: "o2", Office: name}},
		Status: func() branch.Status { return p.status }, Now: func() time.Time { return p.now }, Log: slog.New(slog.NewTextHandler(&p.log, nil)),
		Note: func(who, what, text string) error { p.notes = append(p.notes, who+" "+what+" "+text); return nil },
		Unlock: func(id, passphrase string) (ed25519.PrivateKey, error) {
			if passphrase != "words of "+id {
				return nil, branch.ErrPassphrase
			}
			return key(id), nil
		}}, part)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	p.url = server.URL
	p.fresh()
	return p
}

// fresh is another browser.
func (p *place) fresh() {
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	p.client = &http.Client{Jar: jar}
}

func (p *place) want(status int, text, method, path string, pairs ...string) string {
	p.t.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequest(method, p.url+path, strings.NewReader(v.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	if method == "POST" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	a, err := p.client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if a.StatusCode != status || !strings.Contains(string(b), text) {
		p.t.Errorf("%s %s: status %d, want %d with %q:\n%s", method, path, a.StatusCode, status, text, b)
	}
	if a.Header.Get("Content-Security-Policy") != branch.Policy || a.Header.Get("Cache-Control") != "no-store" {
		p.t.Errorf("%s %s: headers %v", method, path, a.Header)
	}
	return string(b)
}

func (p *place) signIn(id string) {
	p.t.Helper()
	p.want(200, "who=officer/"+id, "POST", "/en/sign-in?to=/one", "officer", id, "passphrase", "words of "+id)
}

// TestSessions: who may do what, for how long, and what is noted of it.
func TestSessions(t *testing.T) {
	p := newPlace(t)
	p.want(200, "Sign in as an officer", "GET", "/en/one")
	p.want(403, "not open to you", "POST", "/en/act")
	p.want(422, "not right", "POST", "/en/sign-in", "officer", "o1", "passphrase", "words of o2")
	p.want(422, "not right", "POST", "/en/sign-in", "officer", "nobody", "passphrase", "words of nobody")
	p.signIn("o2")
	p.want(403, "not open to you", "GET", "/en/head")
	p.want(403, "not open to you", "POST", "/en/open-desk", "desk", "1")
	p.now = p.now.Add(branch.OfficerIdle - time.Second)
	p.want(200, "who=officer/o2", "GET", "/en/one")
	p.now = p.now.Add(branch.OfficerIdle + time.Second)
	p.want(200, "Sign in as an officer", "GET", "/en/one")

	p.signIn("o1")
	p.want(200, "who=officer/o1", "GET", "/en/head")
	for range 2 * int(branch.OfficerAge/branch.OfficerIdle) { // busy all the time
		p.now = p.now.Add(branch.OfficerIdle - time.Second)
		p.want(200, "", "GET", "/en/one")
	}
	p.want(200, "Sign in as an officer", "GET", "/en/one")

	p.signIn("o1")
	p.want(422, "not the number of a desk", "POST", "/en/open-desk", "desk", "100")
	p.want(200, "Desk 3 is open", "POST", "/en/open-desk", "desk", "۳")
	p.want(200, "who=desk/3 desk=3", "GET", "/en/one")
	p.want(403, "not open to you", "GET", "/en/head") // the head is signed out of it
	p.want(403, "not open to you", "POST", "/en/both")
	p.now = p.now.Add(branch.OfficerIdle * 3) // nobody came to the desk
	p.want(200, "who=desk/3", "GET", "/en/one")
	p.want(200, "You have signed out", "POST", "/en/sign-out")
	p.want(200, "Sign in as an officer", "GET", "/en/one")
	want := []string{"o1 sign-in-refused ", "nobody sign-in-refused ", "o2 signed-in ", "o1 signed-in ", "o1 signed-in ", "o1 desk-opened 3"}
	if fmt.Sprint(p.notes) != fmt.Sprint(want) {
		t.Errorf("noted %q, want %q", p.notes, want)
	}
}

// TestBoth: an act of two needs two persons, and the second's own passphrase.
func TestBoth(t *testing.T) {
	p := newPlace(t)
	p.signIn("o1")
	p.want(422, "another person", "POST", "/en/both", "second", "o1", "passphrase", "words of o1")
	p.want(422, "was not right", "POST", "/en/both", "second", "o2", "passphrase", "words of o1")
	p.want(422, "was not right", "POST", "/en/both", "second", "o9", "passphrase", "words of o9")
	if p.signed != nil {
		t.Fatalf("signed by %v", p.signed)
	}
	p.want(200, "who=officer/o1", "POST", "/en/both", "second", "o2", "passphrase", "words of o2")
	if fmt.Sprint(p.signed) != "[officer/o1 officer/o2]" {
		t.Errorf("signed by %v", p.signed)
	}
}

// TestStopped: when the branch has stopped every page says so, and nothing is done.
func TestStopped(t *testing.T) {
	p := newPlace(t)
	p.signIn("o1")
	p.want(200, "done it", "POST", "/en/act")
	p.status.Stopped = errors.New("no space left on device")
	p.want(503, "The branch has stopped", "POST", "/en/act")
	p.want(200, "The branch has stopped", "GET", "/en/one")
	p.want(200, "شعبه متوقف شد", "GET", "/one")
	if p.acts != 1 {
		t.Errorf("%d acts were done", p.acts)
	}
	p.want(200, "", "POST", "/en/sign-out")
}

// TestAnswers: what a page, a refusal, a failure and a file are.
func TestAnswers(t *testing.T) {
	p := newPlace(t)
	page := p.want(409, "do so", "POST", "/en/refuse")
	if !strings.Contains(page, "&lt;b&gt;") || strings.Contains(page, "<b>\u2069") {
		t.Error("what was typed is markup")
	}
	p.want(404, "There is no such page", "GET", "/en/nothing")
	p.want(404, "چنین صفحه‌ای نیست", "GET", "/nothing")
	p.want(500, "Something went wrong", "GET", "/en/panic")
	if !strings.Contains(p.log.String(), "panic") {
		t.Errorf("the log says %q", p.log.String())
	}
	p.want(200, "a,b", "GET", "/file")
	if home := p.want(200, `dir="rtl"`, "GET", "/"); !strings.Contains(home, "تمرین") || !strings.Contains(home, "باز است") || !strings.Contains(home, `href="/en/"`) {
		t.Errorf("the front page:\n%s", home)
	}
	p.status.State = "paused"
	p.want(200, "Paused", "GET", "/en/")
	// Where one goes on after signing in is on this machine.
	for _, to := range []string{"https://evil.example", "//evil.example", `/\evil.example`} {
		p.fresh()
		p.want(200, "What runs", "POST", "/en/sign-in?to="+url.QueryEscape(to), "officer", "o1", "passphrase", "words of o1")
	}
	req, err := http.NewRequest("POST", p.url+"/act", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	a, err := p.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Close()
	if a.StatusCode != http.StatusForbidden || p.acts != 0 {
		t.Errorf("from another site: status %d, %d acts", a.StatusCode, p.acts)
	}
	p.want(400, "could not be read", "POST", "/en/act", "text", strings.Repeat("x", 2<<20))
}

// TestNewRefuses: a page that uses a word that is missing is found at the start.
func TestNewRefuses(t *testing.T) {
	for what, part := range map[string]branch.Part{
		"is missing in one language": {Name: "a", Words: web.Words{"a": {"یک", ""}}},
		"is there twice":             {Name: "b", Words: web.Words{"shell.home": {"یک", "one"}}},
		"no word":                    {Name: "c", Templates: fstest.MapFS{"c.html": {Data: []byte(`{{define "main"}}{{t "c.none"}}{{end}}`)}}},
	} {
		if _, err := branch.New(branch.Config{}, part); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
