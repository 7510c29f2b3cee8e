package practice_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

// TestBrowser practises on the screen of a telephone: nothing is wider than it, no
// policy is broken, and the way out leads to the site.
func TestBrowser(t *testing.T) {
	ctx := webtest.Browser(t)
	s := serve(t)
	webtest.Watch(ctx, t, "favicon")
	webtest.Do(ctx, t, chromedp.EmulateViewport(390, 844), chromedp.Navigate(s.URL+"/practice/?branch=1"))
	// Between the two that go on is another: the same button twice is a hand that trembles.
	for _, act := range []string{"1", "lang:en", "start", "toggle:2", "next", "toggle:1", "next", "seal", "right", "cast", "out"} {
		button := fmt.Sprintf("document.querySelector('button[value=%q]')", act)
		if act == "out" {
			button = "document.querySelector('.practice a')"
		}
		webtest.Until(ctx, t, button)
		if wide := webtest.Evaluate[string](ctx, t, `[document.documentElement, ...document.querySelectorAll('.scroll, footer, .practice')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.className || e.tagName).join()`); wide != "" {
			t.Errorf("before %s: too wide: %s", act, wide)
		}
		webtest.Screen(ctx, t, act)
		turn := webtest.Evaluate[string](ctx, t, `(() => { const turn = document.documentElement.dataset.turn; `+button+`.click(); return turn })()`)
		if act != "out" {
			webtest.Until(ctx, t, `document.documentElement.dataset.turn !== undefined && document.documentElement.dataset.turn !== "`+turn+`"`)
		}
	}
	webtest.Until(ctx, t, `location.pathname === "/en/voting.html"`)
}
