package kiosk_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/sandogh/sandogh/internal/printing/device"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

// browser is the browser of a device, with one way to press its buttons.
type browser struct {
	t     *testing.T
	ctx   context.Context
	press func(selector string)
}

func evaluate[T any](b *browser, js string) T {
	b.t.Helper()
	return webtest.Evaluate[T](b.ctx, b.t, js)
}

func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	webtest.Do(b.ctx, b.t, actions...)
}

// until waits until something holds in the page.
func (b *browser) until(js string) {
	b.t.Helper()
	end := time.After(time.Minute)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		if ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("!!("+js+")")); err == nil && ok {
			return
		}
		select {
		case <-again.C:
		case <-end:
			b.t.Fatalf("%s does not hold in\n%.2000s", js, evaluate[string](b, "document.body.innerText"))
		}
	}
}

func (b *browser) place(name string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`document.documentElement.dataset.place.split('/')[0] === %q && !busy`, name))
}

// button is the selector of a button of the voter's pages.
func button(value string) string { return fmt.Sprintf(`button:not(.default)[value="%s"]`, value) }

// act presses a button and waits for the page after it.
func (b *browser) act(values ...string) {
	b.t.Helper()
	for _, v := range values {
		turn := evaluate[string](b, "document.documentElement.dataset.turn")
		b.press(button(v))
		b.until(fmt.Sprintf(`document.documentElement.dataset.turn !== %q && !busy`, turn))
	}
}

// centre is where an element is on the screen.
func (b *browser) centre(selector string) (x, y float64) {
	b.t.Helper()
	b.until(fmt.Sprintf(`document.querySelector(%q)`, selector))
	at := evaluate[[]float64](b, fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.scrollIntoView({block: 'nearest'}); const r = e.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2] })()`, selector))
	return at[0], at[1]
}

// look lets axe-core look at a page of the device's own, and leaves a picture of it.
func (b *browser) look(name string) {
	b.t.Helper()
	webtest.Axe(b.ctx, b.t, "device-"+name)
	webtest.Screen(b.ctx, b.t, "device-"+name)
}

// fast presses buttons with a finger, as fast as the browser takes it.
func (b *browser) fast(values ...string) {
	b.t.Helper()
	var taps []chromedp.Action[chromedp.Void]
	for _, v := range values {
		x, y := b.centre(button(v))
		taps = append(taps, chromedp.TapXY(x, y))
	}
	b.do(taps...)
}

// byTouch presses with a finger.
func (b *browser) byTouch(selector string) {
	x, y := b.centre(selector)
	b.do(chromedp.TapXY(x, y))
}

// byKeys moves with a key until the element has the focus, and presses Enter.
func (b *browser) byKeys(move string) func(selector string) {
	return func(selector string) {
		b.t.Helper()
		b.until(fmt.Sprintf(`document.querySelector(%q)`, selector))
		for range 100 {
			if evaluate[bool](b, fmt.Sprintf(`document.activeElement.matches(%q)`, selector)) {
				b.do(chromedp.KeyEvent(kb.Enter))
				return
			}
			b.do(chromedp.KeyEvent(move))
		}
		b.t.Fatalf("%s is not reached", selector)
	}
}

// TestFlows votes three times in a real browser: in Persian by touch, in English by
// five keys, in Persian with two switches; and tries what trembling hands do.
func TestFlows(t *testing.T) {
	b := &browser{t: t, ctx: webtest.Browser(t)}
	r := newRig(t)
	r.open("11112222", "33334444", "55556666")
	b.do(chromedp.EmulateViewport(1920, 1080, chromedp.EmulateTouch), chromedp.Navigate(r.home.URL))

	// By touch.
	b.press = b.byTouch
	b.place("idle")
	b.look("idle")
	b.fast("digit:9", "rub", "digit:1", "digit:1", "digit:1", "digit:1", "digit:2", "digit:2", "digit:2", "digit:2")
	if got := evaluate[string](b, "document.querySelector('#card').value"); got != "۱۱۱۱۲۲۲۲" {
		t.Fatalf("eight quick digits are %q", got)
	}
	// The page is renewed, as when anything changes, and the digits stay.
	turn := evaluate[string](b, "document.documentElement.dataset.turn")
	r.kiosk.Simulate(device.Low, 0)
	b.until(fmt.Sprintf("document.documentElement.dataset.turn !== %q", turn))
	if got := evaluate[string](b, "document.querySelector('#card').value"); got != "۱۱۱۱۲۲۲۲" {
		t.Fatalf("the digits are %q in a new page", got)
	}
	b.press(button("begin"))
	b.place("language")
	b.act("lang:fa", "start", "toggle:2")
	// A press that ends elsewhere does nothing, a trembling one counts once, and a
	// held key too.
	turn = evaluate[string](b, "document.documentElement.dataset.turn")
	x, y := b.centre(button("toggle:2"))
	b.do(chromedp.MouseEvent("mousePressed", x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)), chromedp.MouseEvent("mouseReleased", x, y+400, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	if now := evaluate[string](b, "document.documentElement.dataset.turn"); now != turn {
		t.Error("a press that ends elsewhere was taken")
	}
	b.act("next")
	// The page's clock stands, so that the second press comes soon enough.
	evaluate[bool](b, "(() => { const now = Date.now(); Date.now = () => now; return true })()")
	b.act("toggle:3")
	turn = evaluate[string](b, "document.documentElement.dataset.turn")
	b.press(button("toggle:3"))
	if evaluate[bool](b, `new Promise(done => setTimeout(() => done(busy), 100))`) || evaluate[string](b, "document.documentElement.dataset.turn") != turn {
		t.Error("a trembling press counts twice")
	}
	if !evaluate[bool](b, `(() => { const e = new KeyboardEvent('keydown', {key: 'Enter', repeat: true, cancelable: true, bubbles: true}); document.querySelector('button[value="toggle:3"]').dispatchEvent(e); return e.defaultPrevented })()`) {
		t.Error("a key that is held presses again")
	}
	b.act("toggle:1", "next")
	if got := evaluate[string](b, "[...document.querySelectorAll('.list li')].map(e => e.value).join()"); got != "2,3,1" {
		t.Errorf("the review has %s", got)
	}
	b.do(chromedp.Reload())
	b.place("review")
	// Back to the device's own page, be it kept in memory or fetched again, which
	// leads to the session.
	evaluate[bool](b, "setTimeout(() => history.back()), true")
	b.place("live")
	b.look("live")
	b.press("a.end")
	b.place("review")
	b.act("settings", "size:3", "contrast:2", "close")
	b.act("seal")
	b.place("check")
	if evaluate[string](b, "document.documentElement.dataset.size") != "3" {
		t.Error("the size was lost")
	}
	b.act("right", "cast")
	b.place("done")
	if kept := evaluate[int](b, "localStorage.length + sessionStorage.length + document.cookie.length"); kept != 0 {
		t.Errorf("%d things are kept in the browser", kept)
	}
	stale := evaluate[string](b, "location.href")
	b.press("a.end")
	b.place("idle")
	b.do(chromedp.Navigate(stale)) // as in another window, or by the button back
	b.until("location.href === " + strconv.Quote(r.home.URL+"/"))
	b.place("idle")

	// What somebody has typed and left there goes after a while.
	evaluate[bool](b, "(() => { const after = setTimeout; window.setTimeout = (f, ms) => ms === 60000 ? (window.forget = () => { window.setTimeout = after; f() }, 0) : after(f, ms); return true })()")
	b.fast("digit:7")
	b.until("window.forget && document.querySelector('#card').value === '۷'")
	if got := evaluate[string](b, "forget(), document.querySelector('#card').value"); got != "" {
		t.Errorf("a minute later the card is still %q", got)
	}

	// By five keys, in English: the arrow to the right goes on.
	b.press = b.byKeys(kb.ArrowDown)
	b.do(chromedp.KeyEvent("33334444" + kb.Enter)) // as a card reader types
	b.place("language")
	b.act("lang:en")
	for _, step := range []string{"choose/0/names/0", "choose/1/names/0"} {
		b.do(chromedp.KeyEvent(kb.ArrowRight))
		b.until(fmt.Sprintf(`document.documentElement.dataset.place === %q && !busy`, step))
		b.act("toggle:1")
	}
	b.do(chromedp.KeyEvent(kb.ArrowRight))
	b.place("review")
	b.do(chromedp.KeyEvent(kb.ArrowLeft))
	b.place("choose")
	b.do(chromedp.KeyEvent(kb.ArrowRight))
	b.place("review")
	b.do(chromedp.KeyEvent(kb.ArrowRight))
	b.place("check")
	for _, to := range []string{"drop", "done"} {
		b.do(chromedp.KeyEvent(kb.ArrowRight))
		b.place(to)
	}
	b.do(chromedp.KeyEvent(kb.ArrowRight))
	b.place("idle")

	// With two switches: one moves, one chooses.
	b.press = b.byKeys(kb.Tab)
	b.do(chromedp.KeyEvent("55556666" + kb.Enter))
	b.place("language")
	b.act("lang:fa", "start", "toggle:3", "next", "toggle:2", "next", "seal")
	b.place("check")
	b.act("right", "cast")
	b.place("done")

	r.branch.with(func() {
		if got := fmt.Sprint(r.branch.ends); got != "map[0:cast 1:cast 2:cast]" {
			t.Errorf("the branch has %s", got)
		}
	})
	last := evaluate[string](b, "document.body.innerText")
	r.kiosk.Simulate(device.Out, 0)
	b.press("a.end")
	b.until(`document.querySelector('[data-clip="cause.out"]') && !busy`)
	b.look("out")
	b.do(chromedp.Navigate(r.home.URL + "/dock/"))
	b.place("dock")
	b.look("dock")
	if !strings.Contains(last, "رأی شما داده شد") {
		t.Errorf("the last page says %s", last)
	}
}
