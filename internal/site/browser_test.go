package site_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/chromedp/chromedp"
)

// browser starts a browser that reaches nothing but what the test opens.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("SANDOGH_REQUIRE_CHROMIUM") == "1" {
			t.Fatal("no chromium on PATH, and SANDOGH_REQUIRE_CHROMIUM=1")
		}
		t.Skip("no chromium on PATH: pages were not opened in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.NoFirstRun,
		chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...) // a fresh profile, removed at the end
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// look is what is asked of a page.
type look struct {
	Dir, Lang, Style string
	Scroll, Client   int
	Small            []string // targets under 24 px
}

const looking = `({
	Dir: getComputedStyle(document.body).direction,
	Lang: document.documentElement.lang,
	Style: getComputedStyle(document.querySelector('.skip')).position,
	Scroll: document.documentElement.scrollWidth,
	Client: document.documentElement.clientWidth,
	Small: [...document.querySelectorAll('nav a, td a, th a, button, input')].filter(e => {
		const r = e.getBoundingClientRect()
		return r.width < 24 || r.height < 24
	}).map(e => e.outerHTML),
})`

// TestBrowser opens every page in both languages, narrow and wide: nothing may
// be wider than the screen, nothing may be blocked or fail. With
// SANDOGH_SCREENSHOTS naming a folder, pictures are left there.
func TestBrowser(t *testing.T) {
	h := elected(t)
	whole := httptest.NewServer(h.handler(t))
	t.Cleanup(whole.Close)
	wrong := httptest.NewServer(spoilt(t, func(m fstest.MapFS) { flip(t, m, "branch/101/tile/entries/*") }).handler(t))
	t.Cleanup(wrong.Close)
	ctx := browser(t)

	var mu sync.Mutex
	var complaints []string
	err := chromedp.Listen(ctx, func(ev any) {
		switch fmt.Sprintf("%T", ev) { // of packages that are no requirement of this module
		case "*runtime.EventExceptionThrown", "*runtime.EventConsoleAPICalled", "*log.EventEntryAdded", "*network.EventLoadingFailed":
			b, _ := json.Marshal(ev)
			mu.Lock()
			complaints = append(complaints, fmt.Sprintf("%T %s", ev, b))
			mu.Unlock()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	type page struct{ server, path string }
	pages := []page{{wrong.URL, "/"}, {wrong.URL, "/checks.html"}, {wrong.URL, "/record/branch/101"}}
	for _, path := range []string{"/", "/record.html", "/record/hq", "/record/hq/0", "/record/branch/101", "/record/branch/101/1", "/checks.html", "/verify.html", "/contest/council.html",
		"/contest/council/units", "/contest/council/unit/101.html", "/code.html", "/code.html?code=" + h.endings(t)["challenged"].code, "/code.html?code=!", "/code.html?code=00000000", "/nothing"} {
		pages = append(pages, page{whole.URL, path})
	}
	for _, lang := range []struct{ prefix, code, dir string }{{"", "fa", "rtl"}, {"/en", "en", "ltr"}} {
		for _, width := range []int64{320, 1280} {
			for _, page := range pages {
				path := page.path
				name := fmt.Sprintf("%s%s at %d px", lang.prefix, path, width)
				if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(page.server+lang.prefix+path)); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				seen, err := chromedp.Run(ctx, chromedp.Evaluate[look](looking))
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if seen.Dir != lang.dir || seen.Lang != lang.code {
					t.Errorf("%s: direction %s, language %s", name, seen.Dir, seen.Lang)
				}
				if seen.Style != "absolute" {
					t.Errorf("%s: the style was not applied", name)
				}
				if seen.Scroll > seen.Client {
					t.Errorf("%s: %d px wide, more than the screen's %d", name, seen.Scroll, seen.Client)
				}
				if len(seen.Small) > 0 {
					t.Errorf("%s: targets smaller than 24 px: %q", name, seen.Small)
				}
				if dir := os.Getenv("SANDOGH_SCREENSHOTS"); dir != "" {
					png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
					if err != nil {
						t.Fatal(err)
					}
					file := strings.NewReplacer("/", "_", "?", "_", "=", "_", "!", "x").Replace(fmt.Sprintf("%s%s-%d-%v.png", lang.code, path, width, page.server == whole.URL))
					if err := os.WriteFile(filepath.Join(dir, file), png, 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for _, c := range complaints {
		// A page that says 400 or 404 is logged as a failed load; that is what it is.
		if !strings.Contains(c, "the server responded with a status of 40") {
			t.Error(c)
		}
	}
}
