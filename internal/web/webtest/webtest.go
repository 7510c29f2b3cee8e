// Package webtest opens pages in a real browser for tests, and looks at them.
//
// What it is for: every package that has pages asks the same of them. Nothing is
// wider than the screen, no target is small, the language and its direction are
// said, there is one heading of the first rank, no script fails, no policy is
// broken, and axe-core finds nothing.
//
// In and out. In goes a page's address or the page that is open; out come the
// test's errors, and with -screenshots DIR a picture of each page.
//
// What it never does: it reaches nothing but what the test opens, and it keeps
// no profile.
//
// How it fails: without Chromium or axe-core the test is skipped, or does less
// and says so; with SANDOGH_REQUIRE_CHROMIUM=1 and SANDOGH_REQUIRE_AXE=1, which
// are set in continuous integration, that is an error.
//
// Sources: ../shared/design/ux.md, part 1 (widths, targets); WCAG 2.2, 2.5.8
// (targets of 24 px).
package webtest

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "folder for pictures of every screen")

// Pictures says whether pictures are wanted.
func Pictures() bool { return *screenshots != "" }

// Required says whether everything is required, and tests look at more.
func Required() bool { return os.Getenv("SANDOGH_REQUIRE_CHROMIUM") == "1" }

// Browser starts a browser that reaches nothing but what the test opens. The test
// is skipped if there is none, and fails with SANDOGH_REQUIRE_CHROMIUM=1; with
// -short it is skipped. The options are added to those that every test has.
func Browser(t testing.TB, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: pages were not opened in a browser")
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if Required() {
			t.Fatal("no chromium on PATH, and SANDOGH_REQUIRE_CHROMIUM=1")
		}
		t.Skip("no chromium on PATH: pages were not opened in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.NoFirstRun,
		chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		// Without it a press on a page that is not yet painted is thrown away: on a
		// loaded machine a test is faster than the painting.
		chromedp.Flag("allow-pre-commit-input", true))
	options = append(options, more...)
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...) // a fresh profile, removed at the end
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(cancel)
	Do(ctx, t, chromedp.Navigate("about:blank"))
	return ctx
}

// Do takes steps in the browser.
func Do(ctx context.Context, t testing.TB, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// Evaluate is the value of an expression in the page that is open; of a promise,
// what it promised.
func Evaluate[T any](ctx context.Context, t testing.TB, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%.200s: %v", expression, err)
	}
	return v
}

// Until waits until the page is there and the expression is true of it.
func Until(ctx context.Context, t testing.TB, expression string) {
	t.Helper()
	wait, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	// A page that goes while it is asked ends the question: it is asked again.
	for {
		_, err := chromedp.Run(wait, chromedp.Poll[bool](`document.readyState === "complete" && !!(`+expression+`)`, chromedp.WithPollingTimeout(20*time.Second)))
		if err == nil {
			return
		}
		if wait.Err() != nil {
			page, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
			t.Fatalf("%s is not so: %v; the page says %.2000s", expression, err, page)
		}
	}
}

// Says waits until the page has the text.
func Says(ctx context.Context, t testing.TB, text string) {
	t.Helper()
	Until(ctx, t, "document.body.innerText.includes("+quote(text)+")")
}

func quote(text string) string {
	b, _ := json.Marshal(text) // text has no way to fail
	return string(b)
}

// Watch makes errors of what the browser complains about until the test ends: a
// script's failure, a broken policy, something that was not loaded. A page that
// says a status of 400 or more logs that, and a request ends when its page is left:
// these are no complaints, nor is what the browser says for information or what
// contains one of the texts.
func Watch(ctx context.Context, t testing.TB, but ...string) {
	t.Helper()
	but = append(but, "the server responded with a status of 4", "net::ERR_ABORTED", `"level":"verbose"`, `"level":"info"`)
	var mu sync.Mutex
	var complaints []string
	err := chromedp.Listen(ctx, func(ev any) {
		switch fmt.Sprintf("%T", ev) { // of packages that are no requirement of this module
		case "*runtime.EventExceptionThrown", "*runtime.EventConsoleAPICalled", "*log.EventEntryAdded", "*network.EventLoadingFailed":
			b, _ := json.Marshal(ev)
			s := fmt.Sprintf("%T %.800s", ev, b)
			for _, known := range but {
				if strings.Contains(s, known) {
					return
				}
			}
			mu.Lock()
			defer mu.Unlock()
			complaints = append(complaints, s)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, s := range complaints {
			t.Errorf("the browser complains: %s", s)
		}
	})
}

// seen is what is asked of a page.
type seen struct {
	Dir, Lang                string
	Scroll, Client, Headings int
	Small                    []string
}

const looking = `({
	Dir: getComputedStyle(document.body).direction,
	Lang: document.documentElement.lang,
	Scroll: document.documentElement.scrollWidth,
	Client: document.documentElement.clientWidth,
	Headings: document.querySelectorAll('h1').length,
	Small: [...document.querySelectorAll('nav a, td a, th a, .letters a, .found a, .get a, button, .button, input:not([type=hidden]), select, textarea')].filter(e => {
		const r = e.getBoundingClientRect()
		const least = e.matches('button, .button, input:not([type=checkbox]):not([type=radio]), select, textarea') ? %d : 24
		return r.width > 0 && (r.width < 24 || r.height < least)
	}).map(e => e.outerHTML),
})`

// Look looks at the page that is open: its language, that nothing is wider than the
// screen, and that no target is small: under 24 px, or of buttons and fields under
// so many px.
func Look(ctx context.Context, t testing.TB, name, lang string, buttons int) {
	t.Helper()
	dir := "ltr"
	if lang == "fa" {
		dir = "rtl"
	}
	got := Evaluate[seen](ctx, t, fmt.Sprintf(looking, buttons))
	if got.Dir != dir || got.Lang != lang || got.Headings != 1 {
		t.Errorf("%s: direction %s, language %s, %d headings", name, got.Dir, got.Lang, got.Headings)
	}
	if got.Scroll > got.Client {
		t.Errorf("%s: %d px wide, more than the screen's %d", name, got.Scroll, got.Client)
	}
	if len(got.Small) > 0 {
		t.Errorf("%s: small targets: %q", name, got.Small)
	}
}

var axe = sync.OnceValues(func() (string, error) {
	path := os.Getenv("SANDOGH_AXE")
	if path == "" {
		if os.Getenv("SANDOGH_REQUIRE_AXE") == "1" {
			return "", fmt.Errorf("SANDOGH_AXE does not name axe.min.js, and SANDOGH_REQUIRE_AXE=1")
		}
		return "", nil
	}
	b, err := os.ReadFile(path)
	return string(b), err
})

// Axe lets axe-core look at the page that is open, with all its rules but those that
// are named. Where SANDOGH_AXE does not name axe.min.js it does nothing, or fails
// with SANDOGH_REQUIRE_AXE=1.
func Axe(ctx context.Context, t testing.TB, name string, but ...string) {
	t.Helper()
	script, err := axe()
	if err != nil {
		t.Fatal(err)
	}
	if script == "" {
		t.Logf("%s was not looked at by axe-core: SANDOGH_AXE does not name axe.min.js", name)
		return
	}
	if Evaluate[bool](ctx, t, "typeof axe === 'undefined'") { // a page that renews itself has it already
		Evaluate[bool](ctx, t, script+"; true")
	}
	off := map[string]map[string]bool{}
	for _, rule := range but {
		off[rule] = map[string]bool{"enabled": false}
	}
	rules, err := json.Marshal(off)
	if err != nil {
		t.Fatal(err)
	}
	found := Evaluate[string](ctx, t, `axe.run({resultTypes: ['violations'], rules: `+string(rules)+`}).then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html).join(" | ")).join("\n"))`)
	if found != "" {
		t.Errorf("%s: axe: %s", name, found)
	}
}

// Shoot leaves a picture of all of the page that is open, if pictures are wanted,
// and the screen as high as the page, but at most 6,000 px.
func Shoot(ctx context.Context, t testing.TB, name string, width int64) {
	t.Helper()
	if !Pictures() {
		return
	}
	// A screen as high as the page: beyond the screen pages from right to left are moved.
	height := Evaluate[int64](ctx, t, "document.documentElement.scrollHeight")
	Do(ctx, t, chromedp.EmulateViewport(width, min(height, 6000)))
	Screen(ctx, t, fmt.Sprintf("%s-%d", name, width))
}

// Screen leaves a picture of what the screen shows, if pictures are wanted.
func Screen(ctx context.Context, t testing.TB, name string) {
	t.Helper()
	if !Pictures() {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	file := strings.NewReplacer("/", "_", "?", "_", "=", "_", " ", "_", ":", "-", "!", "x").Replace(name) + ".png"
	if err := os.WriteFile(filepath.Join(*screenshots, file), png, 0o644); err != nil {
		t.Fatal(err)
	}
}
