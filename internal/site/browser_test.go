package site_test

import (
	"context"
	"encoding/json"
	"flag"
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

var screenshots = flag.String("screenshots", "", "folder in which pictures of the pages are left")

// browser starts a browser that reaches nothing but what the test opens.
func browser(t *testing.T, more ...chromedp.ExecAllocatorOption) context.Context {
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
	options = append(options, more...)
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...) // a fresh profile, removed at the end
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 5*time.Minute)
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
	Headings         int
	Small            []string // targets under 24 px
}

const looking = `({
	Dir: getComputedStyle(document.body).direction,
	Lang: document.documentElement.lang,
	Style: getComputedStyle(document.body).marginTop,
	Scroll: document.documentElement.scrollWidth,
	Client: document.documentElement.clientWidth,
	Headings: document.querySelectorAll('h1').length,
	Small: [...document.querySelectorAll('nav a, td a, th a, button, input, .letters a, .found a, .get a')].filter(e => {
		const r = e.getBoundingClientRect()
		return r.width < 24 || r.height < 24
	}).map(e => e.outerHTML),
})`

// viewer opens pages and looks at each: nothing may be wider than the screen, no
// target small, nothing blocked or failing, and axe-core must find nothing where
// SANDOGH_AXE names its file.
type viewer struct {
	context.Context
	axe string

	mu         sync.Mutex
	complaints []string
}

func view(t *testing.T) *viewer {
	t.Helper()
	v := &viewer{Context: browser(t)}
	if path := os.Getenv("SANDOGH_AXE"); path != "" {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		v.axe = string(b)
	} else if os.Getenv("SANDOGH_REQUIRE_AXE") == "1" {
		t.Fatal("SANDOGH_AXE does not name axe.min.js, and SANDOGH_REQUIRE_AXE=1")
	}
	err := chromedp.Listen(v, func(ev any) {
		switch fmt.Sprintf("%T", ev) { // of packages that are no requirement of this module
		case "*runtime.EventExceptionThrown", "*runtime.EventConsoleAPICalled", "*log.EventEntryAdded", "*network.EventLoadingFailed":
			b, _ := json.Marshal(ev)
			v.mu.Lock()
			v.complaints = append(v.complaints, fmt.Sprintf("%T %s", ev, b))
			v.mu.Unlock()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		for _, c := range v.complaints {
			// A page that says 400 or 404 is logged as a failed load; that is what it is.
			// A stream of events ends when the page is left.
			if !strings.Contains(c, "the server responded with a status of 40") && !strings.Contains(c, "net::ERR_ABORTED") && !strings.Contains(c, `"type":"EventSource"`) {
				t.Error(c)
			}
		}
	})
	return v
}

// open opens a page at a width and looks at it.
func (v *viewer) open(t *testing.T, server, path string, width int64, axe bool) {
	t.Helper()
	code, dir := "fa", "rtl"
	if strings.HasPrefix(path, "/en/") {
		code, dir = "en", "ltr"
	}
	name := fmt.Sprintf("%s at %d px", path, width)
	if err := chromedp.Do(v, chromedp.EmulateViewport(width, 900), chromedp.Navigate(server+path)); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	seen, err := chromedp.Run(v, chromedp.Evaluate[look](looking))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if seen.Dir != dir || seen.Lang != code || seen.Headings != 1 {
		t.Errorf("%s: direction %s, language %s, %d headings", name, seen.Dir, seen.Lang, seen.Headings)
	}
	if seen.Style != "0px" {
		t.Errorf("%s: the style was not applied", name)
	}
	if seen.Scroll > seen.Client {
		t.Errorf("%s: %d px wide, more than the screen's %d", name, seen.Scroll, seen.Client)
	}
	if len(seen.Small) > 0 {
		t.Errorf("%s: targets smaller than 24 px: %q", name, seen.Small)
	}
	if axe && v.axe != "" {
		found, err := chromedp.Run(v, chromedp.Evaluate[string](v.axe+`;axe.run().then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html).join(" | ")).join("\n"))`, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatalf("%s: axe: %v", name, err)
		}
		if found != "" {
			t.Errorf("%s: axe: %s", name, found)
		}
	}
}

// shoot leaves a picture of the page that is open, if pictures are wanted.
func (v *viewer) shoot(t *testing.T, name string, width int64) {
	t.Helper()
	if *screenshots == "" {
		return
	}
	// A screen as high as the page: beyond the screen pages from right to left are moved.
	height, err := chromedp.Run(v, chromedp.Evaluate[int64]("document.documentElement.scrollHeight"))
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(v, chromedp.EmulateViewport(width, min(height, 6000))); err != nil {
		t.Fatal(err)
	}
	png, err := chromedp.Run(v, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	file := strings.NewReplacer("/", "_", "?", "_", "=", "_", "!", "x").Replace(fmt.Sprintf("%s-%d.png", name, width))
	if err := os.WriteFile(filepath.Join(*screenshots, file), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestBrowser opens the pages of a record that was held: whole, and with a changed
// byte.
func TestBrowser(t *testing.T) {
	h := elected(t)
	whole := httptest.NewServer(h.handler(t))
	t.Cleanup(whole.Close)
	wrong := httptest.NewServer(spoilt(t, func(m fstest.MapFS) { flip(t, m, "branch/101/tile/entries/*") }).handler(t))
	t.Cleanup(wrong.Close)
	v := view(t)
	for i, prefix := range []string{"", "/en"} {
		for j, width := range []int64{320, 1366} {
			for _, path := range []string{"/", "/checks.html", "/record/branch/101", "/contest/council.html"} {
				v.open(t, wrong.URL, prefix+path, width, i == j)
				v.shoot(t, "wrong"+prefix+path, width)
			}
			for _, path := range []string{"/", "/record.html", "/record/hq", "/record/hq/0", "/record/branch/101/1", "/checks.html", "/verify.html", "/contest/council.html",
				"/contest/council/unit/101.html", "/branch/101.html", "/code.html", "/code?code=" + h.endings(t)["challenged"].code, "/code?code=00000000", "/nothing"} {
				v.open(t, whole.URL, prefix+path, width, i == j)
				v.shoot(t, "record"+prefix+path, width)
			}
		}
	}
}
