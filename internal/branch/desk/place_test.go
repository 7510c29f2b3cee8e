package desk_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/branch"
	"github.com/sandogh/sandogh/internal/branch/desk"
	"github.com/sandogh/sandogh/internal/branch/press"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/printing/device"
	"github.com/sandogh/sandogh/internal/roll"
	"github.com/sandogh/sandogh/internal/roll/marks"
	"github.com/sandogh/sandogh/internal/simulate"
)

var world = func() *simulate.Election {
	e, err := simulate.Small(1)
	if err != nil {
		panic(err)
	}
	return e
}()

var csv = rollOf(300)

// rollOf is a roll of so many voters in each branch.
func rollOf(n int) []byte {
	var b bytes.Buffer
	if err := simulate.Roll(&b, world.Definition, 1, n); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func id(i int) string { return world.Definition.Branches[i].ID }

// chances are a station's: how many check-ins are in use.
type chances struct {
	mu   sync.Mutex
	book *marks.Book
	used int
}

func (c *chances) Withdraw(undo func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if int(c.book.CheckedIn())-c.used < 1 {
		return errors.New("nobody is left")
	}
	return undo()
}

// A place is a branch's desk at an address.
type place struct {
	t       testing.TB
	book    *marks.Book
	desk    *desk.Desk
	chances chances
	url     string
	list    string
	mu      sync.Mutex
	state   string
	fail    bool // the disk
	log     bytes.Buffer
	printer device.Simulator
	press   *press.Press
	told    []int // of conflicts
}

func (p *place) set(state string) { p.mu.Lock(); p.state = state; p.mu.Unlock() }

func newPlace(t testing.TB, i int, change func(*marks.Place), more ...func(*desk.Config)) *place {
	t.Helper()
	return newPlaceOf(t, csv, i, change, more...)
}

func newPlaceOf(t testing.TB, csv []byte, i int, change func(*marks.Place), more ...func(*desk.Config)) *place {
	t.Helper()
	p := &place{t: t, state: "open", list: filepath.Join(t.TempDir(), "list.pdf")}
	now := func() time.Time { return time.Date(2026, 5, 1, 6, 0, 0, 0, time.UTC) }
	r, err := roll.Read(bytes.NewReader(csv), int64(len(csv)), roll.Config{Definition: world.Definition, Branch: id(i)})
	ok(t, err)
	at := marks.Place{Path: filepath.Join(t.TempDir(), "marks"), Definition: world.Definition, Roll: r, Admission: marks.Assigned,
		Key: world.Keys.Signing("log/branch/" + id(i)), Now: now}
	at.Disk.Before = func(durable.Step, string) error {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.fail {
			return errors.New("no space left on device")
		}
		return nil
	}
	if change != nil {
		change(&at)
	}
	p.book, err = marks.Open(at)
	ok(t, err)
	t.Cleanup(func() { p.book.Close() })
	p.chances.book = p.book
	b := world.Definition.Branches[i]
	p.press = press.New(&p.printer, printing.Roll80)
	t.Cleanup(func() { p.press.Close() })
	cfg := desk.Config{Press: p.press, Conflicts: func(n int) error { p.told = append(p.told, n); return nil },
		Book: p.book, Chances: &p.chances, Election: world.Definition.Name, Branch: b.Name, Simulated: true, Now: now,
		Zone: time.FixedZone("Asia/Tehran", 3*3600+1800), List: p.list}
	for _, change := range more {
		change(&cfg)
	}
	p.desk = desk.New(cfg)
	server, err := branch.New(branch.Config{Branch: b.Name, Practice: true, Simulated: true,
		Officers: []branch.Seat{{ID: "o1", Head: true, Office: world.Definition.Offices[0].Name}, {ID: "o2", Office: world.Definition.Offices[1].Name}},
		Status: func() branch.Status {
			p.mu.Lock()
			defer p.mu.Unlock()
			return branch.Status{State: p.state, Admission: p.desk.Rule(), Stopped: p.book.Err()}
		},
		Unlock: func(id, passphrase string) (ed25519.PrivateKey, error) {
			if passphrase != "words of "+id {
				return nil, branch.ErrPassphrase
			}
			return world.Keys.Signing("officer/" + id), nil
		},
		Note: func(string, string, string) error { return nil }, Now: now, Log: slog.New(slog.NewTextHandler(&p.log, nil))}, p.desk.Part(), p.press.Part())
	ok(t, err)
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	p.url = web.URL
	return p
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A seat is somebody's browser.
type seat struct {
	*place
	client *http.Client
	prefix string // of the language
}

// seat signs somebody in: o1 is the head, o2 the supervisor; with a desk's number
// the machine is that desk.
func (p *place) seat(officer, number string) *seat {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	ok(p.t, err)
	s := &seat{p, &http.Client{Jar: jar}, "/en"}
	if officer != "" {
		s.post("/sign-in", "officer", officer, "passphrase", "words of "+officer)
	}
	if number != "" {
		s.post("/open-desk", "desk", number)
	}
	return s
}

func (s *seat) get(path string) (int, string) {
	s.t.Helper()
	a, err := s.client.Get(s.url + s.prefix + path)
	return s.read(a, err)
}

func (s *seat) post(path string, pairs ...string) (int, string) {
	s.t.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	a, err := s.client.PostForm(s.url+s.prefix+path, v)
	return s.read(a, err)
}

func (s *seat) read(a *http.Response, err error) (int, string) {
	s.t.Helper()
	ok(s.t, err)
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	ok(s.t, err)
	return a.StatusCode, string(b)
}

// find looks for somebody and wants the text on the page.
func (s *seat) find(query, text string) string {
	s.t.Helper()
	code, page := s.post("/desk/find", "q", query)
	if code >= 500 || !strings.Contains(page, text) {
		s.t.Fatalf("looked for somebody: %d, without %q in\n%s", code, text, main(page))
	}
	return page
}

var (
	hidden = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`)
	body   = regexp.MustCompile(`(?s)<main.*</main>`)
)

func main(page string) string { return body.FindString(page) }

// send sends the form of a page, with more fields.
func (s *seat) send(path, page string, pairs ...string) (int, string) {
	s.t.Helper()
	seen := map[string]bool{}
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		if !seen[m[1]] {
			pairs = append(pairs, m[1], m[2])
			seen[m[1]] = true
		}
	}
	return s.post(path, pairs...)
}

// adult is the i-th grown-up voter of a branch.
func adult(b, i int) roll.Person { return voter(b, i, true) }

func voter(b, i int, grown bool) roll.Person {
	r, err := roll.Read(bytes.NewReader(csv), int64(len(csv)), roll.Config{Definition: world.Definition, Branch: id(b)})
	if err != nil {
		panic(err)
	}
	for _, p := range r.Own() {
		if r.OldEnough(&p) == grown {
			if i--; i < 0 {
				return p
			}
		}
	}
	panic("no such voter")
}
