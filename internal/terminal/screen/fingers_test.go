package screen_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/internal/terminal"
	. "github.com/sandogh/sandogh/internal/terminal/screen"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

// TestQuickFingers: digits that are tapped while the first is on its way count, be
// the answer ever so slow; an act that is not a key of the pad does not, nor does a
// key that was meant for a page that is gone. A page of a session that is over goes.
func TestQuickFingers(t *testing.T) {
	server := serve(t)
	b := server.booth(t, paper(t, 3000, 21), 141)
	b.do("lang:fa", "start", "next", "tab:code")
	slow, answered := make(chan struct{}), make(chan struct{}, 100)
	inner := server.Config.Handler
	var over atomic.Bool
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if over.Load() && r.URL.Path != "/" {
			Gone(server.URL+"/").ServeHTTP(w, r)
			return
		}
		if r.Method == http.MethodPost && r.URL.Path == "/"+server.token+"/" {
			select {
			case <-slow:
			case <-t.Context().Done():
			}
		}
		inner.ServeHTTP(w, r)
		if r.Method == http.MethodGet && r.URL.Path == "/"+server.token+"/" {
			answered <- struct{}{}
		}
	})
	ctx := webtest.Browser(t)
	webtest.Do(ctx, t, chromedp.EmulateViewport(1920, 1080, chromedp.EmulateTouch), chromedp.Navigate(b.url))
	at := func(value string) (x, y float64) {
		t.Helper()
		xy := webtest.Evaluate[[]float64](ctx, t, fmt.Sprintf(`(() => { const e = document.querySelector('button:not(.default)[value=%q]'); e.scrollIntoView({block: 'nearest'}); const r = e.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2] })()`, value))
		return xy[0], xy[1]
	}
	tap := func(values ...string) {
		t.Helper()
		var taps []chromedp.Action[chromedp.Void]
		for _, v := range values {
			x, y := at(v)
			taps = append(taps, chromedp.TapXY(x, y))
		}
		webtest.Do(ctx, t, taps...)
	}
	answer := func(n int) {
		for range n {
			select {
			case slow <- struct{}{}:
			case <-time.After(time.Minute):
				t.Fatal("the page asks nothing")
			}
		}
		webtest.Until(ctx, t, "!busy")
	}
	digits := func() (typed string) {
		b.screen.Update(func(s *terminal.Session) { typed = s.View().Digits })
		return typed
	}

	tap("digit:2", "digit:9", "next", "digit:8", "digit:7")
	webtest.Until(ctx, t, "waiting.length === 3")
	answer(4)
	if got := digits(); got != "2987" {
		t.Errorf("the digits 2, 9, 8, 7 are %q", got)
	}

	tap("correct", "digit:5", "digit:6") // a digit after the press that clears
	webtest.Until(ctx, t, "waiting.length === 2")
	answer(3)
	if got := digits(); got != "56" {
		t.Errorf("the digits 5, 6 are %q", got)
	}

	b.do("tab:search", "key:ا")
	webtest.Do(ctx, t, chromedp.Navigate(b.url))
	tap("page:1", "key:ر") // a key after the press that leads elsewhere
	webtest.Until(ctx, t, "waiting.length === 1")
	answer(1)
	var view terminal.View
	b.screen.Update(func(s *terminal.Session) { view = s.View() })
	if left := webtest.Evaluate[int](ctx, t, "waiting.length"); left != 0 || view.Query != "ا" || view.Page != 1 {
		t.Errorf("a key that came too late: query %s, page %d, %d waiting", view.Query, view.Page, left)
	}

	// In large text the page begins with what was asked for.
	b.do("settings", "size:3", "close")
	webtest.Do(ctx, t, chromedp.Navigate(b.url))
	tap("tab:lists")
	answer(1)
	if down := webtest.Evaluate[float64](ctx, t, "document.querySelector('.tabs').getBoundingClientRect().top"); down < -1 || down > 30 {
		t.Errorf("the buttons of the tabs are %g px down", down)
	}

	// The answer comes while the finger is down on the next digit.
	tap("tab:code")
	answer(1)
	tap("correct")
	answer(1)
	webtest.Evaluate[bool](ctx, t, "(() => { const after = setTimeout; window.setTimeout = (f, ms) => after(f, ms === 1000 ? 1e6 : ms); return true })()")
	tap("digit:3")
	x, y := at("digit:4")
	webtest.Do(ctx, t, chromedp.MouseEvent("mousePressed", x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	for len(answered) > 0 {
		<-answered
	}
	slow <- struct{}{}
	<-answered
	if !webtest.Evaluate[bool](ctx, t, "new Promise(done => setTimeout(() => done(busy), 200))") {
		t.Error("the page is taken from under the finger")
	}
	webtest.Do(ctx, t, chromedp.MouseEvent("mouseReleased", x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	answer(1)
	if got := digits(); got != "34" {
		t.Errorf("the digits 3, 4 are %q", got)
	}

	// The session is over and its process gone: the page that is open goes home.
	over.Store(true)
	webtest.Until(ctx, t, "location.pathname === '/' && document.querySelector('#home')")
}
