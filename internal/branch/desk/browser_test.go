package desk_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/internal/roll/marks"
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
	do(ctx, t, chromedp.Navigate("about:blank"))
	return ctx
}

func do(ctx context.Context, t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
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
	ok(t, err)
	return string(b)
}

type seen struct {
	Dir, Lang      string
	Scroll, Client int
	Small          []string // targets under 24 px, or under 44 px that are buttons or fields
	Headings       int
	Focus          string
}

const looking = `({
	Dir: getComputedStyle(document.body).direction,
	Lang: document.documentElement.lang,
	Scroll: document.documentElement.scrollWidth,
	Client: document.documentElement.clientWidth,
	Headings: document.querySelectorAll('h1').length,
	Focus: document.activeElement ? document.activeElement.tagName + "." + document.activeElement.className : "",
	Small: [...document.querySelectorAll('nav a, td a, th a, button, .button, input:not([type=hidden]), select')].filter(e => {
		const r = e.getBoundingClientRect()
		const least = e.matches('button, .button, input, select') ? 44 : 24
		return r.width > 0 && (r.width < 24 || r.height < least)
	}).map(e => e.outerHTML),
})`

// A watcher looks at pages.
type watcher struct {
	t         *testing.T
	ctx       context.Context
	axe       string
	lang, dir string
	mu        sync.Mutex
	complains []string
}

// ownElements are screens that have elements which no other one has.
var ownElements = []string{"desk", "done", "digit", "many", "day", "undo", "release-form", "release"}

// look looks at the page that is open, at two widths.
func (w *watcher) look(name string) {
	w.t.Helper()
	for _, width := range []int64{768, 1366} {
		at := fmt.Sprintf("%s-%s-%d", w.lang, name, width)
		do(w.ctx, w.t, chromedp.EmulateViewport(width, 900))
		got, err := chromedp.Run(w.ctx, chromedp.Evaluate[seen](looking))
		if err != nil {
			w.t.Fatalf("%s: %v", at, err)
		}
		if got.Dir != w.dir || got.Lang != w.lang || got.Headings != 1 {
			w.t.Errorf("%s: direction %s, language %s, %d headings", at, got.Dir, got.Lang, got.Headings)
		}
		if got.Scroll > got.Client {
			w.t.Errorf("%s: %d px wide, more than the screen's %d", at, got.Scroll, got.Client)
		}
		if len(got.Small) > 0 {
			w.t.Errorf("%s: small targets: %q", at, got.Small)
		}
		// axe-core takes longer than all the rest: it looks at the screens that have
		// elements of their own.
		if w.axe != "" && width == 1366 && (w.lang == "fa" && slices.Contains(ownElements, name) || name == "here") {
			found, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](w.axe+`;axe.run().then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html).join(" | ")).join("\n"))`, chromedp.EvalAwaitPromise))
			if err != nil {
				w.t.Fatalf("%s: axe: %v", at, err)
			}
			if found != "" {
				w.t.Errorf("%s: axe: %s", at, found)
			}
		}
		if *screenshots != "" {
			height, err := chromedp.Run(w.ctx, chromedp.Evaluate[int64]("document.documentElement.scrollHeight"))
			ok(w.t, err)
			do(w.ctx, w.t, chromedp.EmulateViewport(width, height))
			png, err := chromedp.Run(w.ctx, chromedp.CaptureScreenshot())
			ok(w.t, err)
			ok(w.t, os.WriteFile(filepath.Join(*screenshots, at+".png"), png, 0o644))
		}
	}
}

// says waits until the page has the text.
func (w *watcher) says(text string) {
	w.t.Helper()
	quoted, err := json.Marshal(text)
	ok(w.t, err)
	w.until("document.body.innerText.includes(" + string(quoted) + ")")
}

// at waits until the page of the path is there.
func (w *watcher) at(path string) {
	w.t.Helper()
	w.until("['', '/en'].some(prefix => location.pathname === prefix + '" + path + "')")
}

// focused waits until what is typed goes to the element.
func (w *watcher) focused(selector string) {
	w.t.Helper()
	w.until("document.activeElement?.matches('" + selector + "')")
}

// until waits until the page is there and the expression is true of it.
func (w *watcher) until(expression string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	// A page that goes while it is asked ends the question: it is asked again.
	for {
		_, err := chromedp.Run(ctx, chromedp.Poll[bool](`document.readyState === "complete" && (`+expression+`)`, chromedp.WithPollingTimeout(20*time.Second)))
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			page, _ := chromedp.Run(w.ctx, chromedp.Evaluate[string]("document.body.innerText"))
			w.t.Fatalf("%s is not so: %v; the page says %s", expression, err, page)
		}
	}
}

// TestBrowser walks through every screen of the desk, with the keyboard alone
// where somebody is checked in.
func TestBrowser(t *testing.T) {
	ctx := browser(t)
	w := &watcher{t: t, ctx: ctx, axe: axe(t)}
	err := chromedp.Listen(ctx, func(ev any) {
		switch fmt.Sprintf("%T", ev) { // of packages that are no requirement of this module
		case "*runtime.EventExceptionThrown", "*log.EventEntryAdded", "*network.EventLoadingFailed":
			b, _ := json.Marshal(ev)
			w.mu.Lock()
			w.complains = append(w.complains, fmt.Sprintf("%T %s", ev, b))
			w.mu.Unlock()
		}
	})
	ok(t, err)
	// The screens in each language: what to type, and what is then said.
	for i, c := range []struct {
		code, dir, prefix string
		says              map[string]string
	}{
		{"fa", "rtl", "", map[string]string{"here": "می‌تواند همین‌جا", "done": "یک کارت از دسته", "again": "پیش‌تر پذیرش شده", "elsewhere": "در شعبهٔ دیگری رأی می‌دهد",
			"young": "به سن رأی نرسیده", "unknown": "در فهرست رأی‌دهندگان نیست", "digit": "رقم آخر با بقیه", "many": "چند نفر پیدا شد", "none": "کسی با این نام",
			"day": "پذیرش در هر ۱۵ دقیقه", "release": "این برگه را چاپ کنید", "released": "آزاد شده است", "paused": "رأی‌گیری متوقف است", "slip": "امضای این برگه"}},
		{"en", "ltr", "/en", map[string]string{"here": "May vote here", "done": "Hand out a card", "again": "checked in before", "elsewhere": "Votes in another branch",
			"young": "too young", "unknown": "not on the roll", "digit": "does not fit the others", "many": "Several people", "none": "Nobody of this name",
			"day": "each quarter of an hour", "release": "Print this slip", "released": "Has been released", "paused": "Voting is paused", "slip": "signature of this slip"}},
	} {
		p := newPlace(t, 0, nil)
		w.lang, w.dir = c.code, c.dir
		page := p.url + c.prefix
		signIn := func(officer string) {
			do(ctx, t, chromedp.Navigate(page+"/sign-in"), chromedp.SetValue("#officer", officer), chromedp.SendKeys("#passphrase", "words of "+officer), chromedp.Submit("#passphrase"))
			w.at("/")
		}
		find := func(query, key string) {
			t.Helper()
			do(ctx, t, chromedp.Navigate(page+"/desk"), chromedp.WaitVisible("#q"), chromedp.SendKeys("#q", query+"\r"))
			w.at("/desk/find")
			w.says(c.says[key])
		}
		n := adult(0, 3)
		signIn("o1")
		do(ctx, t, chromedp.Navigate(page+"/open-desk"), chromedp.SetValue("#desk", "1"), chromedp.Submit("#desk"))
		w.at("/")
		do(ctx, t, chromedp.Navigate(page+"/desk"))
		w.look("desk")
		// Two people, each with a number, Enter, Enter: the next number is typed where
		// the page is after the first.
		for v := 3; v < 5; v++ {
			if v == 3 {
				find(adult(0, v).Number.Digits(), "here")
				w.look("here")
			} else {
				w.focused("#q")
				do(ctx, t, chromedp.KeyEvent(adult(0, v).Number.Digits()+"\r"))
				w.at("/desk/find")
				w.says(c.says["here"])
			}
			w.focused("button.go")
			do(ctx, t, chromedp.KeyEvent("\r"))
			w.at("/desk/done")
			w.says(c.says["done"])
			if got := p.book.CheckedIn(); got != uint64(v-2) {
				t.Fatalf("%d are checked in, want %d", got, v-2)
			}
		}
		w.look("done")
		for _, s := range []struct{ query, key string }{{n.Number.Digits(), "again"}, {adult(1, i).Number.Digits(), "elsewhere"}, {voter(0, 0, false).Number.Digits(), "young"},
			{"0499370899", "unknown"}, {"0499370890", "digit"}, {"نمونه", "many"}, {"کسی", "none"}} {
			find(s.query, s.key)
			w.look(s.key)
		}
		// The keypad types; so it does by touch.
		do(ctx, t, chromedp.Navigate(page+"/desk"), chromedp.WaitVisible(".keypad"))
		for _, k := range n.Number.Digits() + "9" {
			do(ctx, t, chromedp.Click(fmt.Sprintf(`.keypad [data-key="%c"]`, k)))
		}
		do(ctx, t, chromedp.Click(`.keypad [data-key="back"]`))
		w.focused("#q")
		do(ctx, t, chromedp.KeyEvent("\r"))
		w.at("/desk/find")
		w.says(c.says["again"])
		p.set("paused")
		find(adult(0, 7).Number.Digits(), "paused")
		w.look("paused")
		p.set("open")
		ok(t, p.book.Wait(17))
		do(ctx, t, chromedp.Navigate(page+"/desk-day"))
		w.says(c.says["day"])
		w.look("day")
		signIn("o1")
		find(n.Number.Digits(), "again")
		w.look("undo")
		other := adult(0, 8).Number.Digits()
		find(other, "here")
		do(ctx, t, chromedp.Click("summary"), chromedp.SetValue("#to", id(1)))
		w.look("release-form")
		do(ctx, t, chromedp.Submit("#to"))
		w.at("/desk/release")
		w.says(c.says["release"])
		w.look("release")
		find(other, "released")
		w.look("released")
		find(forged(), "slip")
		do(ctx, t, chromedp.Navigate("about:blank"))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.complains {
		if !strings.Contains(s, "the server responded with a status of 4") && !strings.Contains(s, `"level":"info"`) && !strings.Contains(s, `"level":"verbose"`) {
			t.Error(s)
		}
	}
}

// forged is a slip of another election.
func forged() string {
	s := marks.Slip{From: id(1), To: id(0), Number: adult(1, 0).Number, Name: "x"}
	return s.Text([32]byte{1}, world.Keys.Signing("log/branch/"+id(1)))
}
