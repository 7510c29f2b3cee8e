package verifier_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

var (
	measured = flag.String("verifier.record", "", "folder of a record whose first -verifier.units units are checked in the browser and timed")
	units    = flag.Int("verifier.units", 3, "how many units of -verifier.record are checked")
)

// A watcher looks at pages.
type watcher struct {
	t   testing.TB
	ctx context.Context
}

func watch(t testing.TB) *watcher {
	w := &watcher{t: t, ctx: webtest.Browser(t)}
	webtest.Watch(w.ctx, t)
	return w
}

func (w *watcher) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	webtest.Do(w.ctx, w.t, steps...)
}

// look looks at the page that is open, narrow and wide.
func (w *watcher) look(lang, name string) {
	w.t.Helper()
	for _, width := range []int64{320, 1366} {
		at := fmt.Sprintf("%s-%s-%d", lang, name, width)
		w.do(chromedp.EmulateViewport(width, 900))
		webtest.Look(w.ctx, w.t, at, lang, 24)
		if width == 1366 {
			webtest.Axe(w.ctx, w.t, at)
		}
		webtest.Shoot(w.ctx, w.t, lang+"-"+name, width)
	}
}

// answered waits until the answer has come and returns its text and how long it
// took, by the page's own clock.
func (w *watcher) answered() (text string, seconds float64) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 4*time.Minute)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](`!document.getElementById("answer").hasAttribute("aria-busy") && document.getElementById("answer").dataset.seconds !== undefined`, chromedp.WithPollingTimeout(4*time.Minute))); err != nil {
		page, _ := chromedp.Run(w.ctx, chromedp.Evaluate[string]("document.body.innerText"))
		w.t.Fatalf("no answer: %v; the page says %s", err, page)
	}
	text, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`document.getElementById("answer").innerText`))
	if err == nil {
		seconds, err = chromedp.Run(w.ctx, chromedp.Evaluate[float64](`Number(document.getElementById("answer").dataset.seconds)`))
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return text, seconds
}

// ask types a code and waits for the answer.
func (w *watcher) ask(code string) string {
	w.t.Helper()
	quoted, err := json.Marshal(code)
	if err != nil {
		w.t.Fatal(err)
	}
	w.do(chromedp.WaitVisible("#code"))
	if _, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`delete document.getElementById("answer").dataset.seconds; document.getElementById("code").value = `+string(quoted)+`; document.querySelector("form.ask button").click(); true`)); err != nil {
		w.t.Fatal(err)
	}
	text, seconds := w.answered()
	w.t.Logf("%.12s… answered in %.2f s", code, seconds)
	return text
}

// divide lets the page divide the next check among three verifiers, as it does
// with many ballots.
func (w *watcher) divide() {
	w.t.Helper()
	w.do(chromedp.WaitVisible("#unit"))
	if _, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`Object.defineProperty(navigator, "hardwareConcurrency", { value: 3, configurable: true }); document.getElementById("unit").selectedOptions[0].dataset.ballots = 1000; (Real => { window.made = 0; window.Worker = function (address) { made++; return new Real(address) } })(Worker); true`)); err != nil {
		w.t.Fatal(err)
	}
}

// checkUnit checks the unit that is chosen.
func (w *watcher) checkUnit() (string, float64) {
	w.t.Helper()
	w.do(chromedp.WaitVisible("#unit"))
	if _, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`delete document.getElementById("answer").dataset.seconds; document.querySelector("form.ask button").click(); true`)); err != nil {
		w.t.Fatal(err)
	}
	return w.answered()
}

func has(t testing.TB, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("the answer does not say %q: %s", want, text)
		}
	}
}

// TestBrowser: a code found, not found, challenged and unclear; a unit that is
// right; and the same with one byte of the record changed. All of it is computed
// in the browser.
func TestBrowser(t *testing.T) {
	s := newSite(t, vector(t, "good/certified-01.zip"), module(t), false)
	server := httptest.NewServer(s.mux)
	defer server.Close()
	w := watch(t)
	words := map[string]map[string]string{
		"en": {"found": "Found: this sealed ballot", "cast": "It was cast: it counts", "proved": "Checked in your browser", "none": "Not found", "unclear": "This is not a code", "long": "It is too long",
			"challenge": "The device sealed what it showed", "unit": "This unit is right", "wrong": "contradicts what is signed", "refuted": "Wrong: this unit does not stand"},
		"fa": {"found": "پیدا شد: این رأی مهرشده", "cast": "به صندوق داده شد", "proved": "در مرورگر شما بررسی شد", "none": "پیدا نشد", "unclear": "این یک کد کامل نیست", "long": "بلند است",
			"challenge": "دستگاه همان را مهر کرده است", "unit": "این واحد درست است", "wrong": "با امضاها نمی‌خواند", "refuted": "نادرست: این واحد تأیید نمی‌شود"},
	}
	tested := s.code(t, "challenged")
	recompute := func() string {
		t.Helper()
		w.do(chromedp.Click("#recompute"), chromedp.WaitVisible("#answer .answer h3, #answer .answer.bad"))
		text, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`document.getElementById("answer").innerText`))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for _, lang := range []string{"en", "fa"} {
		page := server.URL + map[string]string{"en": "/en", "fa": ""}[lang]
		say := words[lang]
		w.do(chromedp.Navigate(page + "/code.html"))
		w.look(lang, "code")
		has(t, w.ask(s.code(t, "cast").Code), say["found"], say["cast"], say["proved"])
		w.look(lang, "found")
		has(t, w.ask("https://site.example/code.html#"+s.code(t, "spoiled").Code[:12]), say["found"])
		has(t, w.ask("00000000"), say["none"])
		if lang == "en" {
			w.look(lang, "none")
		}
		has(t, w.ask("<img src=x onerror=alert(1)>"), say["unclear"])
		has(t, w.ask(strings.Repeat("7", 100000)), say["long"])
		has(t, w.ask(tested.Code), say["found"])
		has(t, recompute(), say["challenge"])
		w.look(lang, "challenged")
		w.do(chromedp.Navigate(page + "/check.html"))
		if lang == "fa" {
			w.look(lang, "check")
		}
		text, seconds := w.checkUnit()
		has(t, text, say["unit"])
		t.Logf("a unit of two ballots in %.1f s, with the start of the verifier", seconds)
		w.look(lang, "unit")
		w.divide()
		again, seconds := w.checkUnit()
		if before, _, _ := strings.Cut(text, "("); !strings.HasPrefix(again, before) {
			t.Errorf("divided among verifiers: %s, and undivided: %s", again, text)
		}
		if made, err := chromedp.Run(w.ctx, chromedp.Evaluate[int](`made`)); err != nil || made != 2 {
			t.Errorf("%d verifiers joined the first: %v", made, err)
		}
		t.Logf("the same, divided, in %.1f s", seconds)
		for _, name := range []string{"verify", "parties"} {
			w.do(chromedp.Navigate(page + "/" + name + ".html"))
			w.look(lang, name)
		}
	}

	// A page of a unit names the unit that it leads to, also one that the list has no
	// room for.
	contest := s.view.Definition().Contests[0].ID
	fixed, err := s.view.Units(contest)
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range []string{fixed[len(fixed)-1].ID, "elsewhere"} {
		w.do(chromedp.Navigate(server.URL+"/check.html?unit="+contest+"%2f"+unit), chromedp.WaitVisible("#unit"))
		if chosen := webtest.Evaluate[string](w.ctx, t, `document.getElementById("unit").value`); chosen != contest+"/"+unit {
			t.Errorf("%s is chosen where the address names %s/%s", chosen, contest, unit)
		}
	}

	// One byte is another: of a tile, of a sealed ballot, of a blob. Each time at a
	// new address, because a browser keeps what follows from its name.
	changed := func(match func(name string) bool) string {
		t.Helper()
		again := newSite(t, vector(t, "good/certified-01.zip"), module(t), false)
		for name, f := range again.record {
			if match(name) {
				f.Data[len(f.Data)-5] ^= 1
				server := httptest.NewServer(again.mux)
				t.Cleanup(server.Close)
				return server.URL
			}
		}
		t.Fatal("nothing was changed")
		return ""
	}
	of := func(part string) func(string) bool {
		return func(name string) bool { return strings.HasPrefix(name, "branch/") && strings.Contains(name, part) }
	}
	w.do(chromedp.Navigate(changed(of("tile/0/")) + "/en/code.html"))
	has(t, w.ask(tested.Code), words["en"]["wrong"])
	w.look("en", "wrong")
	w.do(chromedp.Navigate(changed(of("tile/entries")) + "/en/check.html"))
	w.divide()
	text, _ := w.checkUnit()
	has(t, text, words["en"]["refuted"], "V006")
	w.look("en", "refuted")
	large := 0
	for name, f := range s.record {
		if strings.HasPrefix(name, "blob/") && !strings.Contains(name, fmt.Sprintf("%x", s.view.Election())) {
			large = max(large, len(f.Data))
		}
	}
	w.do(chromedp.Navigate(changed(func(name string) bool { return strings.HasPrefix(name, "blob/") && len(s.record[name].Data) == large }) + "/check.html"))
	text, _ = w.checkUnit()
	has(t, text, words["fa"]["refuted"], "V002")
}

// TestForged: a device sealed another vote than it revealed, and every signature
// is right.
func TestForged(t *testing.T) {
	s := newSite(t, vector(t, "bad/V026-01.zip"), module(t), true)
	server := httptest.NewServer(s.mux)
	defer server.Close()
	w := watch(t)
	w.do(chromedp.Navigate(server.URL + "/en/code.html"))
	has(t, w.ask(s.code(t, "challenged").Code), "Found: this sealed ballot")
	w.do(chromedp.Click("#recompute"), chromedp.WaitVisible("#answer .answer.bad"))
	text, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`document.getElementById("answer").innerText`))
	if err != nil {
		t.Fatal(err)
	}
	has(t, text, "Wrong: this ballot does not fit", "V026")
}

// BenchmarkUnits checks units of a record of real size, such as sandogh demo
// --statement makes, and tells how long each took: -verifier.record DIR.
func BenchmarkUnits(b *testing.B) {
	if *measured == "" {
		b.Skip("no -verifier.record")
	}
	for b.Loop() {
		checkUnits(b)
	}
}

func checkUnits(t *testing.B) {
	record := load(t, os.DirFS(*measured))
	s := newSite(t, record, module(t), false)
	server := httptest.NewServer(s.mux)
	defer server.Close()
	w := watch(t)
	w.do(chromedp.Navigate(server.URL + "/en/code.html"))
	p := s.code(t, "cast")
	w.ask(p.Code)
	w.ask(p.Code) // the verifier runs
	w.do(chromedp.Navigate(server.URL + "/en/check.html"))
	for i := range *units {
		name, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](fmt.Sprintf(`(u => { u.selectedIndex = %d; return u.selectedOptions[0].text })(document.getElementById("unit"))`, i)))
		if err != nil {
			t.Fatal(err)
		}
		text, seconds := w.checkUnit()
		has(t, text, "This unit is right")
		t.Logf("unit %s in %.1f s", name, seconds)
	}
}
