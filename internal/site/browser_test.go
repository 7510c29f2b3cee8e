package site_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

// viewer opens pages and looks at each.
type viewer struct{ context.Context }

func view(t *testing.T) *viewer {
	t.Helper()
	v := &viewer{webtest.Browser(t)}
	webtest.Watch(v, t, `"type":"EventSource"`) // a stream of events ends when the page is left
	return v
}

// open opens a page at a width and looks at it.
func (v *viewer) open(t *testing.T, server, path string, width int64, axe bool) {
	t.Helper()
	code := "fa"
	if strings.HasPrefix(path, "/en/") {
		code = "en"
	}
	name := fmt.Sprintf("%s at %d px", path, width)
	webtest.Do(v, t, chromedp.EmulateViewport(width, 900), chromedp.Navigate(server+path))
	webtest.Look(v, t, name, code, 24)
	if margin := webtest.Evaluate[string](v, t, "getComputedStyle(document.body).marginTop"); margin != "0px" {
		t.Errorf("%s: the style was not applied", name)
	}
	if axe {
		webtest.Axe(v, t, name)
	}
}

// TestBrowser opens the pages of a record that was held: whole, and with a changed
// byte.
func TestBrowser(t *testing.T) {
	v := view(t)
	h := elected(t)
	whole := httptest.NewServer(h.handler(t))
	t.Cleanup(whole.Close)
	wrong := httptest.NewServer(spoilt(t, func(m fstest.MapFS) { flip(t, m, "branch/101/tile/entries/*") }).handler(t))
	t.Cleanup(wrong.Close)
	for i, prefix := range []string{"", "/en"} {
		for j, width := range []int64{320, 1366} {
			for _, path := range []string{"/", "/checks.html", "/record/branch/101", "/contest/council.html"} {
				v.open(t, wrong.URL, prefix+path, width, i == j)
				webtest.Shoot(v, t, "wrong"+prefix+path, width)
			}
			for _, path := range []string{"/", "/record.html", "/record/hq", "/record/hq/0", "/record/branch/101/1", "/checks.html", "/verify.html", "/contest/council.html",
				"/contest/council/unit/101.html", "/branch/101.html", "/code.html", "/code?code=" + h.endings(t)["challenged"].code, "/code?code=00000000", "/nothing"} {
				v.open(t, whole.URL, prefix+path, width, i == j)
				webtest.Shoot(v, t, "record"+prefix+path, width)
			}
		}
	}
}
