package kiosk_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/internal/reader"
	. "github.com/sandogh/sandogh/internal/terminal/kiosk"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

// withReader gives a device a simulated reader and a stack for its panel.
func withReader(s *reader.Simulator, cards ...string) func(*Config) {
	return func(c *Config) { c.Reader, c.Cards = s, cards }
}

// dock does something to the simulated devices and returns the status and the answer.
func (r *rig) dock(body string) (int, string) {
	r.t.Helper()
	a, err := r.client.Post(r.home.URL+"/dock/", "application/json", strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return a.StatusCode, string(b)
}

// does does something to the simulated devices.
func (r *rig) does(body string) {
	r.t.Helper()
	if status, said := r.dock(body); status != http.StatusNoContent {
		r.t.Fatalf("%s: %d %s", body, status, said)
	}
}

// shows does something to the reader until the page says something: what is shown
// while the last card is still being dealt with is thrown away.
func (r *rig) shows(body, text string) (page string) {
	r.t.Helper()
	for range 20 {
		r.does(body)
		again := time.After(4 * time.Second)
		if r.wait(func() bool {
			page = r.get(r.home.URL)
			select {
			case <-again:
				return true
			default:
				return strings.Contains(page, text)
			}
		}); strings.Contains(page, text) {
			return page
		}
	}
	r.t.Fatalf("%s: no page says %q; the last one is\n%s", body, text, page)
	return ""
}

// devices is how the simulated devices are.
func (r *rig) devices() string {
	r.t.Helper()
	q, err := http.NewRequest(http.MethodGet, r.home.URL+"/dock/", nil)
	if err != nil {
		r.t.Fatal(err)
	}
	q.Header.Set("Accept", "application/json")
	a, err := r.client.Do(q)
	if err != nil {
		r.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

// TestReader shows cards to the reader: good, wrong, unreadable, twice, too early; and
// pulls its cable.
func TestReader(t *testing.T) {
	s := reader.NewSimulator()
	r := newRig(t, withReader(s, "77778888", "33334444"))
	page := r.home.URL
	r.until(page, `data-clip="cause.before"`)
	if !r.wait(func() bool { return r.devices() == `{"printer":"ready","reader":"ready"}` }) {
		t.Fatalf("the devices are %s", r.devices())
	}
	r.does(`{"card":"11112222"}`) // before the device is in service: for nobody
	r.does(`{"reader":"unreadable"}`)
	if !r.wait(func() bool { return r.devices() == `{"printer":"ready","reader":"unreadable"}` }) {
		t.Fatalf("the devices are %s", r.devices())
	}
	r.open("11112222", "33334444")

	r.shows(`{"reader":"unreadable"}`, `data-clip="refused.unreadable"`)
	r.shows(`{"card":"next"}`, `data-clip="refused.unknown"`) // which is of no use
	r.shows(`{"card":"`+strings.Repeat("x", 401)+`"}`, `data-clip="refused.unreadable"`)

	// A card begins a session once, though it lies before the reader, and the page
	// before which it was shown goes on; another one only leads back.
	begun := r.shows(`{"card":"۱۱۱۱۲۲۲۲","times":3}`, `data-place="begun"`)
	if !strings.Contains(begun, `data-over="true"`) {
		t.Error("the page does not go on by itself")
	}
	if again := r.get(page); !strings.Contains(again, `data-place="live"`) || !strings.Contains(again, `data-over="false"`) {
		t.Errorf("every page goes on by itself:\n%s", again)
	}
	_, address, _ := strings.Cut(begun, `data-home="`)
	address, _, _ = strings.Cut(address, `"`)
	r.press(address, vote...)
	r.press(address, "!check")
	r.does(`{"card":"33334444"}`) // during a session: for nobody, not for the next voter
	r.does(`{"reader":"unreadable"}`)
	r.press(address, "right", "cast", "!done")
	idle := r.until(page, `data-place="idle"`)
	if strings.Contains(idle, `data-clip="refused.`) {
		t.Errorf("the next voter is told of what was shown before:\n%s", idle)
	}
	r.branch.with(func() {
		if r.branch.sessions != 1 || !r.branch.cards["33334444"] {
			t.Errorf("%d sessions have begun", r.branch.sessions)
		}
	})

	// Without the reader the digits are typed.
	r.does(`{"reader":"lost"}`)
	r.until(page, `data-clip="idle.lost"`)
	if status, said := r.dock(`{"card":"33334444"}`); status != http.StatusBadRequest || !strings.Contains(said, "not connected") {
		t.Errorf("shown to a reader that is unplugged: %d %s", status, said)
	}
	if _, said := r.activate("11112222"); !strings.Contains(said, `data-clip="refused.used"`) {
		t.Error("a card that is typed is not asked about")
	}
	r.does(`{"reader":"ready"}`)
	r.until(page, `data-clip="idle.text"`)
	r.shows(`{"card":"next"}`, `data-place="begun"`) // the first one was of no use
	if status, said := r.dock(`{"card":"next"}`); status != http.StatusBadRequest || !strings.Contains(said, "empty") {
		t.Errorf("the stack has another card: %d %s", status, said)
	}
}

func TestDockRefuses(t *testing.T) {
	r := newRig(t, withReader(reader.NewSimulator()))
	for _, body := range []string{``, `{}`, `[]`, `{"reader":"dirty"}`, `{"printer":"gone"}`, `{"printer":"ready","after":-1}`, `{"card":"1","times":10}`, `{"cards":"1"}`} {
		if status, _ := r.dock(body); status != http.StatusBadRequest {
			t.Errorf("%s: status %d", body, status)
		}
	}
	a, err := r.client.PostForm(r.home.URL+"/dock/", url.Values{"reader": {"once"}, "card": {" "}})
	if err != nil {
		t.Fatal(err)
	}
	if a.Body.Close(); a.StatusCode != http.StatusBadRequest {
		t.Errorf("no card at all: status %d", a.StatusCode)
	}
}

// TestSimulatedReaderIsForPractice is about a reader that is not real beside a printer
// that is.
func TestSimulatedReaderIsForPractice(t *testing.T) {
	r := newRig(t, withReader(reader.NewSimulator()), func(c *Config) { c.Setup.Simulated = false })
	if status, said := r.dock(`{"printer":"out"}`); status != http.StatusBadRequest {
		t.Errorf("a real printer was set: %d %s", status, said)
	}
	r.branch.with(func() { r.branch.simulated, r.branch.state = false, "open" })
	r.until(r.home.URL, `data-clip="cause.simulated"`)
}

// TestPulled is about a reader that is not there: why is told, to those who look after
// the device.
func TestPulled(t *testing.T) {
	told := make(chan error, 9)
	r := newRig(t, func(c *Config) { c.Reader, c.ReaderLost = reader.Path("/dev/none"), func(err error) { told <- err } })
	r.open()
	r.until(r.home.URL, `data-clip="idle.lost"`)
	if err := <-told; !errors.Is(err, reader.ErrLost) || !strings.Contains(err.Error(), "/dev/none") {
		t.Errorf("told %v", err)
	}
}

// TestReaderInBrowser shows a card before the page that waits, by a button of the
// panel, and looks at what the reader's faults look like.
func TestReaderInBrowser(t *testing.T) {
	ctx := webtest.Browser(t)
	webtest.Watch(ctx, t)
	b := &browser{t: t, ctx: ctx}
	b.press = b.byTouch
	s := reader.NewSimulator()
	r := newRig(t, withReader(s, "11112222"))
	r.open("11112222")
	b.do(chromedp.EmulateViewport(1920, 1080), chromedp.Navigate(r.home.URL))
	b.place("idle")
	look := func(name string) {
		t.Helper()
		webtest.Axe(ctx, t, name)
		webtest.Shoot(ctx, t, "reader-"+name, 1920)
	}
	s.Unplug()
	b.until(`document.querySelector('[data-clip="idle.lost"]')`)
	look("lost")
	s.Plug()
	b.until(`document.querySelector('[data-clip="idle.text"]')`)
	r.does(`{"reader":"unreadable"}`)
	b.until(`document.querySelector('[data-clip="refused.unreadable"]')`)
	look("unreadable")
	b.do(chromedp.Navigate(r.home.URL+"/dock/"), chromedp.WaitVisible("#card"))
	look("panel")
	b.do(chromedp.SendKeys("#card", "99990000\r")) // shown
	b.until(`document.querySelector('#card') && document.querySelector('#card').value === '' && !busy`)
	b.do(chromedp.Navigate(r.home.URL))
	b.until(`document.querySelector('[data-clip="refused.unknown"]')`)
	r.does(`{"card":"next"}`)
	b.place("language")
	b.act("lang:fa", "start")
	b.place("choose")
	b.do(chromedp.Navigate("about:blank")) // before there is nobody to ask
}
