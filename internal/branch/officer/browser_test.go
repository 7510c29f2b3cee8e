package officer_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/internal/printing/device"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/internal/web/webtest"
	"github.com/sandogh/sandogh/record"
)

// A watcher looks at pages.
type watcher struct {
	*place
	ctx context.Context
}

func (w *watcher) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	webtest.Do(w.ctx, w.t, steps...)
}

// look opens a page, one of each make in English too and on a wider screen: nothing
// may be wider than the screen, no target small, more than one button green, and
// axe-core must find nothing.
func (w *watcher) look(name, path string) {
	w.t.Helper()
	for i, l := range []struct{ prefix, code string }{{"/en", "en"}, {"", "fa"}} {
		if l.code == "en" && !kinds[name] && !webtest.Pictures() {
			continue
		}
		w.do(chromedp.EmulateViewport([]int64{1366, 768}[i], 900))
		w.open(l.prefix + path)
		w.see(name, l.code)
	}
}

// kinds are the screens that are looked at more closely: one of each make.
var kinds = map[string]bool{"sign-in-wrong": true, "board-waiting": true, "open-1-definition": true, "open-3-devices": true, "settle": true, "extend": true,
	"terminals": true, "incident-written": true, "close-9-done": true, "stopped": true, "open-5-zero": true, "printer-cover": true}

// open opens a page.
func (w *watcher) open(path string) {
	w.t.Helper()
	w.do(chromedp.Navigate(w.url + path))
}

// see looks at the page that is open.
func (w *watcher) see(name, code string) {
	w.t.Helper()
	webtest.Look(w.ctx, w.t, name, code, 44)
	if marked := webtest.Evaluate[bool](w.ctx, w.t, `[...document.querySelectorAll('.practice')].some(e => e.innerText.includes("SIMULATED"))`); !marked {
		w.t.Errorf("%s %s: not marked as simulated", name, code)
	}
	if green := webtest.Evaluate[int](w.ctx, w.t, `document.querySelectorAll('.go').length`); green > 1 {
		w.t.Errorf("%s %s: %d green buttons", name, code, green)
	}
	if code == "fa" && kinds[name] { // the English page has the same elements, and axe-core takes longer than all the rest
		webtest.Axe(w.ctx, w.t, name)
	}
	webtest.Shoot(w.ctx, w.t, name+"-"+code, map[string]int64{"en": 1366, "fa": 768}[code])
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

func (w *watcher) says(text string) {
	w.t.Helper()
	webtest.Says(w.ctx, w.t, text)
}

const pass = "#passphrase"

// TestBrowser: two officers open, lead and close a branch in a real browser, and
// every screen on the way is looked at.
func TestBrowser(t *testing.T) {
	ctx := webtest.Browser(t)
	webtest.Watch(ctx, t)
	p := newPlace(t)
	w := &watcher{place: p, ctx: ctx}
	w.look("home", "/")
	w.look("sign-in", "/sign-in?to=/officer")
	w.press("گذرواژه درست نیست", pass, "nothing")
	w.see("sign-in-wrong", "fa")
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
	w.see("refused", "fa")
	w.open("/officer/open")
	w.press("شعبه باز شد", pass, "words of o2")
	w.see("opened", "fa")
	w.look("open-5-zero", "/officer/open")
	w.printer.SetAfter(300, device.Cover)
	w.press("بی‌اعتبار است: پاره‌اش کنید")
	w.see("printer-cover", "fa")
	for _, fault := range []struct {
		state device.State
		text  string
	}{{device.Out, "یک حلقهٔ کاغذ تازه بگذارید"}, {device.Hot, "دو سه دقیقه صبر کنید"}, {device.Faulty, "خاموش و روشن کنید"}, {device.Lost, "برق و کابل آن را بررسی کنید"}} {
		w.printer.Set(fault.state)
		w.press(fault.text)
		w.see("printer-"+strings.ReplaceAll(fault.state.String(), " ", "-"), "fa")
	}
	w.printer.Set(device.Low)
	w.press("نگاه کنید که خوانا")
	w.look("printer-low", "/printer")
	w.printer.Set(device.Ready)
	w.do(chromedp.Click("a.go"))
	w.says("تابلوی شعبه")

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
	w.see("incident-written", "fa")

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
	w.press("کارت‌های صندوق را بشمارید", pass, "words of o2")
	w.look("close-6-minutes", "/officer/close")
	w.press("نگاه کنید که خوانا")
	w.see("printer-minutes", "fa")
	w.do(chromedp.Click("a.go"))
	w.says("شاهدان دفتر را امضا می‌کنند")
	w.look("close-7-publish", "/officer/close")
	w.press("اگر شبکه قطع شود")
	w.press("به ستاد نرسید")
	w.open("/officer/close")
	w.press("کار شعبه تمام شد")
	w.look("close-9-done", "/officer/close")
	w.look("board-closed", "/officer")
	if err := p.station.Shut(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.look("stopped", "/officer")
}

// inBrowser returns the opening's page as the browser's officer sees it.
func (p *place) inBrowser() (int, string) {
	p.t.Helper()
	p.signIn()
	return p.get("/officer/open")
}
