package desk_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/internal/branch/desk"
	"github.com/sandogh/sandogh/internal/reader"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

// withScanner is a place whose scanner is a simulated one, which is read until the
// test ends.
func withScanner(t *testing.T) (*place, *reader.Simulator) {
	t.Helper()
	s := reader.NewSimulator()
	p := newPlace(t, 0, nil, func(c *desk.Config) { c.Scanner = s })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); p.desk.Scan(ctx, func(error) {}) }()
	t.Cleanup(func() { cancel(); <-done })
	return p, s
}

// A scanned is what a page that waits for a scan is told.
type scanned struct{ State, Turn, Text string }

// wait asks as the page of the desk does.
func (s *seat) wait(turn string) scanned {
	s.t.Helper()
	code, body := s.get("/desk/scan?turn=" + turn)
	var got scanned
	if err := json.Unmarshal([]byte(body), &got); err != nil || code != http.StatusOK {
		s.t.Errorf("%d %v: %.200s", code, err, body)
	}
	return got
}

// told waits until the scanner is in a state, and returns the turn.
func (s *seat) told(state string) string {
	s.t.Helper()
	for turn, end := "-", time.Now().Add(time.Minute); time.Now().Before(end); {
		got := s.wait(turn)
		if turn = got.Turn; got.State == state {
			return turn
		}
	}
	s.t.Fatalf("the scanner is not %s", state)
	return ""
}

// dock sends an order to the panel.
func (s *seat) dock(body string) (int, string) {
	s.t.Helper()
	a, err := s.client.Post(s.url+s.prefix+"/dock/", "application/json", strings.NewReader(body))
	return s.read(a, err)
}

// waits waits until a page waits for a scan, or none does.
func (s *seat) waits(want bool) {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		if _, page := s.get("/dock/"); strings.Contains(page, "what is scanned goes there") == want {
			return
		}
	}
	s.t.Fatalf("that a page waits is not %v", want)
}

func TestScanner(t *testing.T) {
	p, s := withScanner(t)
	one, two, nobody := p.seat("o1", "1"), p.seat("o1", "2"), p.seat("", "")
	turn := one.told("ready")
	if _, page := one.get("/desk"); !strings.Contains(page, `data-scan="/en/desk/scan"`) || !strings.Contains(page, "scan.js") {
		t.Errorf("the page of desk 1 does not wait for scans:\n%s", page)
	}
	for name, other := range map[string]*seat{"desk 2": two, "the head": p.seat("o1", "")} {
		if _, page := other.get("/desk"); strings.Contains(page, "data-scan") {
			t.Errorf("the page of %s waits for scans", name)
		}
		if code, page := other.get("/desk/scan?turn=" + turn); code != http.StatusForbidden || !strings.Contains(page, "of desk 1") {
			t.Errorf("%s is given scans: %d", name, code)
		}
	}
	if _, page := nobody.get("/desk/scan?turn=" + turn); strings.Contains(page, "Turn") || !strings.Contains(page, "Sign in") {
		t.Error("scans are given to anybody")
	}

	// What is scanned while no page waits is thrown away.
	one.waits(false)
	n := adult(0, 3).Number.Digits()
	ok(t, s.Present(adult(0, 4).Number.Digits()))
	ok(t, s.Smudge())
	turn = one.told("unreadable")
	got := make(chan scanned, 2)
	go func() { got <- one.wait(turn) }()
	one.waits(true)
	for range 2 { // held before the scanner
		if code, answer := one.dock(`{"scan":"` + n + `"}`); code != http.StatusOK || !strings.Contains(answer, `{"scanner":"`) {
			t.Fatalf("%d %s", code, answer)
		}
	}
	if g := <-got; g.Text != n {
		t.Errorf("the page is told %v", g)
	}
	one.waits(false)
	turn = one.told("ready")

	// Two pages of the desk: the one that asked last is given the scan, once.
	for range 2 {
		go func() { got <- one.wait(turn) }()
	}
	one.waits(true)
	ok(t, s.Present("نمونه"))
	if g := <-got; g.Text != "نمونه" {
		t.Errorf("the page is told %v", g)
	}
	if code, answer := one.dock(`{"scanner":"unreadable"}`); code != http.StatusOK {
		t.Fatalf("%d %s", code, answer)
	}
	if g := <-got; g.Text != "" || g.State != "unreadable" {
		t.Errorf("the other page is told %v", g)
	}

	// Without the scanner one types.
	turn = one.wait("-").Turn
	go func() { got <- one.wait(turn) }()
	one.dock(`{"scanner":"lost"}`)
	if g := <-got; g.State != "lost" || g.Text != "" {
		t.Errorf("the page is told %v", g)
	}
	if _, page := one.get("/desk"); !strings.Contains(page, `<div data-scanner="lost"><div`) || !strings.Contains(page, `<div data-scanner="unreadable" hidden>`) {
		t.Errorf("the page does not say that the scanner is lost:\n%s", page)
	}
	one.find(n, "May vote here")
	if code, page := one.dock(`{"scan":"1"}`); code != http.StatusBadRequest || !strings.Contains(page, "not connected") {
		t.Errorf("scanned by a scanner that is unplugged: %d %s", code, page)
	}
	one.dock(`{"scanner":"ready"}`)
	one.told("ready")
	for _, body := range []string{"", "[]", `{"scanner":"dirty"}`, `{"scan":"1","times":10}`, `{"printer":"out"}`} {
		if code, page := one.dock(body); code != http.StatusBadRequest || !strings.Contains(page, "send JSON") {
			t.Errorf("%s: %d", body, code)
		}
	}
	if strings.Contains(p.log.String(), n) {
		t.Error("what was scanned is in the log")
	}
}

// TestNoPanel: a scanner that types has no panel, nor has a real one.
func TestNoPanel(t *testing.T) {
	for name, p := range map[string]*place{"keyboard": newPlace(t, 0, nil), "real": newPlace(t, 0, nil, func(c *desk.Config) { c.Scanner = reader.TCP("127.0.0.1:9") })} {
		s := p.seat("o1", "1")
		if code, _ := s.get("/dock/"); code != http.StatusNotFound {
			t.Errorf("%s: the panel is there: %d", name, code)
		}
		if _, page := s.get("/"); strings.Contains(page, "Simulated scanner") {
			t.Errorf("%s: the panel is on the front page", name)
		}
	}
	p := newPlace(t, 0, nil)
	p.desk.Scan(t.Context(), nil) // there is nothing to read
}

// TestScannerInBrowser scans people with the page of the desk open, in both languages,
// and looks at what the scanner's faults look like.
func TestScannerInBrowser(t *testing.T) {
	ctx := webtest.Browser(t)
	webtest.Watch(ctx, t)
	for i, prefix := range []string{"", "/en"} {
		p, s := withScanner(t)
		w := &watcher{t: t, ctx: ctx, lang: []string{"fa", "en"}[i]}
		page := p.url + prefix
		w.do(chromedp.Navigate(page+"/sign-in"), chromedp.SetValue("#officer", "o1"), chromedp.SendKeys("#passphrase", "words of o1"), chromedp.Submit("#passphrase"))
		w.at("/")
		w.do(chromedp.Navigate(page+"/open-desk"), chromedp.SetValue("#desk", "1"), chromedp.Submit("#desk"))
		w.at("/")
		look := func(name string) {
			t.Helper()
			w.do(chromedp.EmulateViewport(1366, 900))
			webtest.Look(ctx, t, w.lang+"-"+name, w.lang, 44)
			if prefix == "" { // the elements are the same in both languages
				webtest.Axe(ctx, t, w.lang+"-"+name)
			}
			webtest.Shoot(ctx, t, w.lang+"-"+name, 1366)
		}
		panel := p.seat("", "")
		shown := func(state string) string {
			return `!document.querySelector('[data-scanner="` + state + `"]').hidden`
		}
		w.do(chromedp.Navigate(page + "/desk"))
		panel.waits(true)
		s.Unplug()
		webtest.Until(ctx, t, shown("lost"))
		look("scanner-lost")
		s.Plug()
		webtest.Until(ctx, t, "!("+shown("lost")+")")
		panel.waits(true)
		ok(t, s.Smudge())
		webtest.Until(ctx, t, shown("unreadable"))
		look("scanner-unreadable")
		panel.waits(true)
		ok(t, s.Present(adult(0, 3).Number.Digits())) // as from an identity card
		w.at("/desk/find")
		webtest.Until(ctx, t, "document.querySelector('form[action$=\"/desk/check-in\"]')")
		panel.waits(false) // this page waits for the clerk
		ok(t, s.Present(adult(0, 4).Number.Digits()))
		w.focused("button.go")
		w.do(chromedp.KeyEvent("\r"))
		w.at("/desk/done")
		panel.waits(true)
		ok(t, s.Present(adult(0, 5).Number.Digits()))
		w.at("/desk/find")
		w.focused("button.go")
		w.do(chromedp.KeyEvent("\r"))
		w.at("/desk/done")
		if got := p.book.CheckedIn(); got != 2 {
			t.Errorf("%d are checked in", got)
		}
		w.do(chromedp.Navigate(page+"/dock/"), chromedp.WaitVisible("#scan"))
		look("scanner-panel")
		w.do(chromedp.SendKeys("#scan", "0499370899"), chromedp.Click(`button[value="twice"]`))
		w.at("/dock/")
		webtest.Until(ctx, t, "document.querySelector('#said .notice')")
		w.do(chromedp.Navigate("about:blank"))
	}
}
