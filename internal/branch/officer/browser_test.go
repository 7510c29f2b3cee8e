package officer_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/record"
)

var screenshots = flag.String("screenshots", "", "folder for pictures of every screen")

// browser starts a browser that reaches nothing but what the test opens.
func browser(t *testing.T) context.Context {
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

// axe is axe-core, "" where SANDOGH_AXE does not name it.
func axe(t *testing.T) string {
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

type seen struct {
	Dir, Lang, Marked string
	Scroll, Client    int
	Small             []string // targets under 24 px, or under 44 px that are buttons or fields
	Headings, Green   int
}

const looking = `({
	Dir: getComputedStyle(document.body).direction,
	Lang: document.documentElement.lang,
	Marked: (document.querySelector('.practice') || {innerText: ''}).innerText,
	Scroll: document.documentElement.scrollWidth,
	Client: document.documentElement.clientWidth,
	Headings: document.querySelectorAll('h1').length,
	Green: document.querySelectorAll('.go').length,
	Small: [...document.querySelectorAll('nav a, td a, th a, button, .button, input:not([type=hidden]), select, textarea')].filter(e => {
		const r = e.getBoundingClientRect()
		const least = e.matches('button, .button, input:not([type=checkbox]):not([type=radio]), select') ? 44 : 24
		return r.width > 0 && (r.width < 24 || r.height < least)
	}).map(e => e.outerHTML),
})`

// A watcher looks at pages.
type watcher struct {
	*place
	ctx       context.Context
	axe       string
	mu        sync.Mutex
	complains []string
}

func (w *watcher) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	if err := chromedp.Do(w.ctx, steps...); err != nil {
		w.t.Fatal(err)
	}
}

// look opens a page, one of each make in English too and on a wider screen: nothing
// may be wider than the screen, no target small, more than one button green, and
// axe-core must find nothing.
func (w *watcher) look(name, path string) {
	w.t.Helper()
	for i, l := range []struct{ prefix, code, dir string }{{"/en", "en", "ltr"}, {"", "fa", "rtl"}} {
		if l.code == "en" && !kinds[name] && *screenshots == "" {
			continue
		}
		w.do(chromedp.EmulateViewport([]int64{1366, 768}[i], 900))
		w.open(l.prefix + path)
		w.see(name, l.code, l.dir)
	}
}

// kinds are the screens that are looked at more closely: one of each make.
var kinds = map[string]bool{"sign-in-wrong": true, "board-waiting": true, "open-1-definition": true, "open-3-devices": true, "settle": true, "extend": true,
	"terminals": true, "incident-written": true, "close-8-done": true, "stopped": true}

// open opens a page.
func (w *watcher) open(path string) {
	w.t.Helper()
	w.do(chromedp.Navigate(w.url + path))
}

// see looks at the page that is open.
func (w *watcher) see(name, code, dir string) {
	w.t.Helper()
	got, err := chromedp.Run(w.ctx, chromedp.Evaluate[seen](looking))
	if err != nil {
		w.t.Fatalf("%s: %v", name, err)
	}
	if got.Dir != dir || got.Lang != code || got.Headings != 1 || !strings.Contains(got.Marked, "SIMULATED") {
		w.t.Errorf("%s %s: direction %s, language %s, %d headings, marked %q", name, code, got.Dir, got.Lang, got.Headings, got.Marked)
	}
	if got.Scroll > got.Client {
		w.t.Errorf("%s %s: %d px wide, more than the screen's %d", name, code, got.Scroll, got.Client)
	}
	if len(got.Small) > 0 {
		w.t.Errorf("%s %s: small targets: %q", name, code, got.Small)
	}
	if got.Green > 1 {
		w.t.Errorf("%s %s: %d green buttons", name, code, got.Green)
	}
	if w.axe != "" && code == "fa" && kinds[name] { // the English page has the same elements, and axe-core takes longer than all the rest
		found, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](w.axe+`;axe.run().then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html).join(" | ")).join("\n"))`, chromedp.EvalAwaitPromise))
		if err != nil {
			w.t.Fatalf("%s: axe: %v", name, err)
		}
		if found != "" {
			w.t.Errorf("%s: axe: %s", name, found)
		}
	}
	if *screenshots != "" {
		height, err := chromedp.Run(w.ctx, chromedp.Evaluate[int64]("document.documentElement.scrollHeight"))
		if err != nil {
			w.t.Fatal(err)
		}
		w.do(chromedp.EmulateViewport(map[string]int64{"en": 1366, "fa": 768}[code], height))
		png, err := chromedp.Run(w.ctx, chromedp.CaptureScreenshot())
		if err == nil {
			err = os.WriteFile(filepath.Join(*screenshots, name+"-"+code+".png"), png, 0o644)
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// press fills fields of the page that is open and presses its green button. The text
// is one of the next page, and not of this one.
func (w *watcher) press(text string, fields ...string) {
	w.t.Helper()
	for i := 0; i < len(fields); i += 2 {
		w.do(chromedp.SendKeys(fields[i], fields[i+1]))
	}
	w.do(chromedp.Click("button.go"))
	w.says(text)
}

// says waits until the page has the text.
func (w *watcher) says(text string) {
	w.t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	for { // a page that goes while it is asked ends the question: it is asked again
		_, err := chromedp.Run(ctx, chromedp.Poll[bool](`document.readyState === "complete" && document.body.innerText.includes(`+string(quoted)+`)`, chromedp.WithPollingTimeout(20*time.Second)))
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			page, _ := chromedp.Run(w.ctx, chromedp.Evaluate[string]("document.body.innerText"))
			w.t.Fatalf("the page does not say %q: %v; it says %s", text, err, page)
		}
	}
}

const pass = "#passphrase"

// TestBrowser: two officers open, lead and close a branch in a real browser, and
// every screen on the way is looked at.
func TestBrowser(t *testing.T) {
	ctx := browser(t)
	p := newPlace(t)
	w := &watcher{place: p, ctx: ctx, axe: axe(t)}
	err := chromedp.Listen(ctx, func(ev any) {
		switch fmt.Sprintf("%T", ev) { // of packages that are no requirement of this module
		case "*runtime.EventExceptionThrown", "*runtime.EventConsoleAPICalled", "*log.EventEntryAdded":
			b, _ := json.Marshal(ev)
			w.mu.Lock()
			w.complains = append(w.complains, fmt.Sprintf("%T %s", ev, b))
			w.mu.Unlock()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	w.look("home", "/")
	w.look("sign-in", "/sign-in?to=/officer")
	w.press("گذرواژه درست نیست", pass, "nothing")
	w.see("sign-in-wrong", "fa", "rtl")
	w.press("تابلوی شعبه", pass, "words of o1")
	w.look("desk", "/open-desk")
	w.look("board-before", "/officer")

	// The opening, step by step.
	w.look("open-1-definition", "/officer/open")
	status, page := p.inBrowser()
	if status != http.StatusOK {
		t.Fatal(status)
	}
	typed := p.typed(page)
	var fields []string
	for i, m := range askedGroup.FindAllStringSubmatch(page, -1) {
		fields = append(fields, "#g"+m[1], typed[2*i+1])
	}
	w.press("دیسک، جای خالی", fields...)
	w.look("open-2-test", "/officer/open")
	w.do(chromedp.Click("#clock"))
	w.press("همهٔ دستگاه‌های رأی‌گیری")
	p.commit("d1")
	w.look("open-3-devices", "/officer/open")
	w.says("آمادهٔ افزودن")
	w.press("دفتر شعبه خالی است")
	w.look("open-4-sign", "/officer/open")
	w.press("گذرواژهٔ مسئول دوم درست نبود", pass, "wrong")
	w.see("refused", "fa", "rtl")
	w.open("/officer/open")
	w.press("شعبه باز شد", pass, "words of o2")
	w.see("opened", "fa", "rtl")

	// The day.
	p.commit("d2")
	p.people.n = 3
	p.orders = [][]byte{p.order()}
	session, end := p.seal("d1", "1")
	p.station.Heard("d1", station.Seen{Screen: "help", Printer: "low", Assisted: true})
	w.look("board-open", "/officer")
	e := end(station.Cast)
	e.Session = session
	if err := p.station.End(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	p.seal("d1", "2")
	if err := p.station.Dismiss("d1"); err != nil {
		t.Fatal(err)
	}
	// The board that is open says so by itself.
	w.says("برگه‌هایی که تکلیفشان روشن نیست")
	w.look("board-waiting", "/officer")
	w.look("settle", "/officer/settle?device=d1&number=1")
	w.look("pause", "/officer/pause")
	w.press("رأی‌گیری متوقف شد", pass, "words of o2")
	w.look("board-paused", "/officer")
	w.look("resume", "/officer/resume")
	w.press("رأی‌گیری ادامه یافت", pass, "words of o2")
	w.look("extend", "/officer/extend")
	w.look("terminals", "/officer/terminals")
	w.look("enrol", "/officer/terminals/enrol?device=d2")
	w.press("دستگاه افزوده شد", pass, "words of o2")
	w.look("retire", "/officer/terminals/retire?device=d1")
	w.look("incidents", "/officer/incidents")
	w.press("ثبت شد.", "#text", "برق ده دقیقه رفت.")
	w.see("incident-written", "fa", "rtl")

	// The closing, step by step.
	w.look("close-1-time", "/officer/close")
	w.press("آخرین نفر صف")
	w.look("close-2-queue", "/officer/close")
	w.do(chromedp.Click("#sure"))
	w.press("تکلیف این برگه‌ها را روشن کنید")
	w.look("close-4-settle", "/officer/close")
	by := [2]record.Signer{p.election.Keys.Signer("officer/o1"), p.election.Keys.Signer("officer/o2")}
	if err := p.station.Retire(t.Context(), by, "d1", record.RetireFaulty); err != nil {
		t.Fatal(err)
	}
	if err := p.station.Settle(t.Context(), by, "d1", 1, station.Spoiled); err != nil {
		t.Fatal(err)
	}
	// The page that waited goes on by itself.
	w.says("با امضای هر دو مسئول")
	w.look("close-5-sign", "/officer/close")
	w.press("شاهدان دفتر را امضا می‌کنند", pass, "words of o2")
	w.look("close-6-publish", "/officer/close")
	w.press("اگر شبکه قطع شود")
	w.press("به ستاد نرسید")
	w.open("/officer/close")
	w.press("کار شعبه تمام شد")
	w.look("close-8-done", "/officer/close")
	w.look("board-closed", "/officer")
	if err := p.station.Shut(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.look("stopped", "/officer")
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.complains {
		if !strings.Contains(s, "the server responded with a status of 4") && !strings.Contains(s, `"level":"verbose"`) {
			t.Error(s)
		}
	}
}

// inBrowser returns the opening's page as the browser's officer sees it.
func (p *place) inBrowser() (int, string) {
	p.t.Helper()
	p.signIn()
	return p.get("/officer/open")
}
