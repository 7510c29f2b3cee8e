package consoletest

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
	"github.com/sandogh/sandogh/internal/office"
)

var screenshots = flag.String("screenshots", "", "folder for pictures of every screen")

// Browser starts a browser that reaches nothing but what the test opens. The test
// is skipped if there is none, and fails with SANDOGH_REQUIRE_CHROMIUM=1; with
// -short it is skipped. The options are added to those that every test has.
func Browser(t *testing.T, more ...chromedp.ExecAllocatorOption) context.Context {
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
	ctx, cancel = context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// SignIn signs the browser in through the page, as somebody in the role.
func (c *Console) SignIn(ctx context.Context, role office.Role, code string) {
	c.t.Helper()
	c.Person(role, code)
	err := chromedp.Do(ctx, chromedp.Navigate(c.URL+"/sign-in"), chromedp.WaitVisible("#password"),
		chromedp.SendKeys("#name", name(role, code)), chromedp.SendKeys("#password", Password), chromedp.Submit("#password"), chromedp.WaitVisible("header .who form"))
	if err != nil {
		c.t.Fatal(err)
	}
}

// seen is what is asked of a page.
type seen struct {
	Dir, Lang, Font string
	Scroll, Client  int
	Small           []string // targets under 24 px, or under 44 px that are buttons or fields
	Headings        int
}

const looking = `({
	Dir: getComputedStyle(document.body).direction,
	Lang: document.documentElement.lang,
	Font: String(document.fonts.check("1rem Vazirmatn", "ابپ")),
	Scroll: document.documentElement.scrollWidth,
	Client: document.documentElement.clientWidth,
	Headings: document.querySelectorAll('h1').length,
	Small: [...document.querySelectorAll('nav a, td a, th a, button, .button, input:not([type=hidden]), select')].filter(e => {
		const r = e.getBoundingClientRect()
		const least = e.matches('button, .button, input:not([type=checkbox]), select') ? 44 : 24
		return r.width > 0 && (r.width < 24 || r.height < least)
	}).map(e => e.outerHTML),
})`

// Look opens pages in both languages at four widths: nothing may be wider than the
// screen, nothing be blocked or fail, no target be small, and axe-core must find
// nothing where SANDOGH_AXE names its file: with four widths, in Persian at two of
// them and in English at the others. With -screenshots a picture of each is
// left.
func (c *Console) Look(ctx context.Context, t *testing.T, paths ...string) {
	t.Helper()
	axe := axeScript(t)
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
	for _, lang := range []struct{ prefix, code, dir string }{{"", "fa", "rtl"}, {"/en", "en", "ltr"}} {
		for i, width := range widths() {
			// Half of the widths in each language: what axe-core finds is of the one or
			// of the other, and it takes longer than all the rest.
			axe := axe
			if (i%2 == 0) != (lang.code == "fa") && len(widths()) > 2 {
				axe = ""
			}
			for _, path := range paths {
				name := fmt.Sprintf("%s%s at %d px", lang.prefix, path, width)
				if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(c.URL+lang.prefix+path)); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				inspect(ctx, t, name, lang.code, lang.dir, axe)
				shoot(ctx, t, lang.code+path, width)
			}
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for _, s := range complaints {
		if !strings.Contains(s, "the server responded with a status of 4") {
			t.Error(s)
		}
	}
}

// inspect looks at the page that is open.
func inspect(ctx context.Context, t *testing.T, name, code, dir, axe string) {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[seen](looking))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if got.Dir != dir || got.Lang != code || got.Headings != 1 {
		t.Errorf("%s: direction %s, language %s, %d headings", name, got.Dir, got.Lang, got.Headings)
	}
	if got.Scroll > got.Client {
		t.Errorf("%s: %d px wide, more than the screen's %d", name, got.Scroll, got.Client)
	}
	if len(got.Small) > 0 {
		t.Errorf("%s: small targets: %q", name, got.Small)
	}
	if axe == "" {
		return
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](axe+`;axe.run().then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html).join(" | ")).join("\n"))`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: axe: %v", name, err)
	}
	if found != "" {
		t.Errorf("%s: axe: %s", name, found)
	}
}

// shoot leaves a picture of the page that is open, if pictures are wanted.
func shoot(ctx context.Context, t *testing.T, name string, width int64) {
	t.Helper()
	if *screenshots == "" {
		return
	}
	// A screen as high as the page: beyond the screen pages from right to left are moved.
	height, err := chromedp.Run(ctx, chromedp.Evaluate[int64]("document.documentElement.scrollHeight"))
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatal(err)
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	file := strings.NewReplacer("/", "_", "?", "_", "=", "_", " ", "_").Replace(fmt.Sprintf("%s-%d.png", name, width))
	if err := os.WriteFile(filepath.Join(*screenshots, file), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// axeScript is axe-core, "" where SANDOGH_AXE does not name it.
func axeScript(t *testing.T) string {
	t.Helper()
	path := os.Getenv("SANDOGH_AXE")
	if path == "" {
		if os.Getenv("SANDOGH_REQUIRE_AXE") == "1" {
			t.Fatal("SANDOGH_AXE does not name axe.min.js, and SANDOGH_REQUIRE_AXE=1")
		}
		t.Log("pages were not looked at by axe-core: SANDOGH_AXE does not name axe.min.js")
		return ""
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// widths are those of the screens: all of them only where everything is required.
func widths() []int64 {
	if os.Getenv("SANDOGH_REQUIRE_CHROMIUM") == "1" {
		return []int64{320, 768, 1366, 1920}
	}
	return []int64{320, 1366}
}
