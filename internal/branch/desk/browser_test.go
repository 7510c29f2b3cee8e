package desk_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/internal/roll/marks"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

// A watcher looks at pages in one language.
type watcher struct {
	t    *testing.T
	ctx  context.Context
	lang string
}

func (w *watcher) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	webtest.Do(w.ctx, w.t, steps...)
}

func (w *watcher) says(text string) {
	w.t.Helper()
	webtest.Says(w.ctx, w.t, text)
}

// ownElements are screens that have elements which no other one has.
var ownElements = []string{"desk", "done", "digit", "many", "day", "undo", "release-form", "release"}

// look looks at the page that is open, at two widths.
func (w *watcher) look(name string) {
	w.t.Helper()
	for _, width := range []int64{768, 1366} {
		w.do(chromedp.EmulateViewport(width, 900))
		at := fmt.Sprintf("%s-%s-%d", w.lang, name, width)
		webtest.Look(w.ctx, w.t, at, w.lang, 44)
		// axe-core takes longer than all the rest: it looks at the screens that have
		// elements of their own.
		if width == 1366 && (w.lang == "fa" && slices.Contains(ownElements, name) || name == "here") {
			webtest.Axe(w.ctx, w.t, at)
		}
		webtest.Shoot(w.ctx, w.t, w.lang+"-"+name, width)
	}
}

// at waits until the page of the path is there.
func (w *watcher) at(path string) {
	w.t.Helper()
	webtest.Until(w.ctx, w.t, "['', '/en'].some(prefix => location.pathname === prefix + '"+path+"')")
}

// focused waits until what is typed goes to the element.
func (w *watcher) focused(selector string) {
	w.t.Helper()
	webtest.Until(w.ctx, w.t, "document.activeElement?.matches('"+selector+"')")
}

// TestBrowser walks through every screen of the desk, with the keyboard alone
// where somebody is checked in.
func TestBrowser(t *testing.T) {
	ctx := webtest.Browser(t)
	webtest.Watch(ctx, t)
	w := &watcher{t: t, ctx: ctx}
	// The screens in each language: what to type, and what is then said.
	for i, c := range []struct {
		code, prefix string
		says         map[string]string
	}{
		{"fa", "", map[string]string{"here": "می‌تواند همین‌جا", "done": "یک کارت از دسته", "again": "پیش‌تر پذیرش شده", "elsewhere": "در شعبهٔ دیگری رأی می‌دهد",
			"young": "به سن رأی نرسیده", "unknown": "در فهرست رأی‌دهندگان نیست", "digit": "رقم آخر با بقیه", "many": "چند نفر پیدا شد", "none": "کسی با این نام",
			"day": "پذیرش در هر ۱۵ دقیقه", "release": "این برگه را چاپ کنید", "released": "آزاد شده است", "paused": "رأی‌گیری متوقف است", "slip": "امضای این برگه"}},
		{"en", "/en", map[string]string{"here": "May vote here", "done": "Hand out a card", "again": "checked in before", "elsewhere": "Votes in another branch",
			"young": "too young", "unknown": "not on the roll", "digit": "does not fit the others", "many": "Several people", "none": "Nobody of this name",
			"day": "each quarter of an hour", "release": "Print this slip", "released": "Has been released", "paused": "Voting is paused", "slip": "signature of this slip"}},
	} {
		p := newPlace(t, 0, nil)
		w.lang = c.code
		page := p.url + c.prefix
		signIn := func(officer string) {
			w.do(chromedp.Navigate(page+"/sign-in"), chromedp.SetValue("#officer", officer), chromedp.SendKeys("#passphrase", "words of "+officer), chromedp.Submit("#passphrase"))
			w.at("/")
		}
		find := func(query, key string) {
			t.Helper()
			w.do(chromedp.Navigate(page+"/desk"), chromedp.WaitVisible("#q"), chromedp.SendKeys("#q", query+"\r"))
			w.at("/desk/find")
			w.says(c.says[key])
		}
		n := adult(0, 3)
		signIn("o1")
		w.do(chromedp.Navigate(page+"/open-desk"), chromedp.SetValue("#desk", "1"), chromedp.Submit("#desk"))
		w.at("/")
		w.do(chromedp.Navigate(page + "/desk"))
		w.look("desk")
		// Two people, each with a number, Enter, Enter: the next number is typed where
		// the page is after the first.
		for v := 3; v < 5; v++ {
			if v == 3 {
				find(adult(0, v).Number.Digits(), "here")
				w.look("here")
			} else {
				w.focused("#q")
				w.do(chromedp.KeyEvent(adult(0, v).Number.Digits() + "\r"))
				w.at("/desk/find")
				w.says(c.says["here"])
			}
			w.focused("button.go")
			w.do(chromedp.KeyEvent("\r"))
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
		w.do(chromedp.Navigate(page+"/desk"), chromedp.WaitVisible(".keypad"))
		for _, k := range n.Number.Digits() + "9" {
			w.do(chromedp.Click(fmt.Sprintf(`.keypad [data-key="%c"]`, k)))
		}
		w.do(chromedp.Click(`.keypad [data-key="back"]`))
		w.focused("#q")
		w.do(chromedp.KeyEvent("\r"))
		w.at("/desk/find")
		w.says(c.says["again"])
		p.set("paused")
		find(adult(0, 7).Number.Digits(), "paused")
		w.look("paused")
		p.set("open")
		ok(t, p.book.Wait(17))
		w.do(chromedp.Navigate(page + "/desk-day"))
		w.says(c.says["day"])
		w.look("day")
		signIn("o1")
		find(n.Number.Digits(), "again")
		w.look("undo")
		other := adult(0, 8).Number.Digits()
		find(other, "here")
		w.do(chromedp.Click("summary"), chromedp.SetValue("#to", id(1)))
		w.look("release-form")
		w.do(chromedp.Submit("#to"))
		w.at("/desk/release")
		w.says(c.says["release"])
		w.look("release")
		find(other, "released")
		w.look("released")
		find(forged(), "slip")
		w.do(chromedp.Navigate("about:blank"))
	}
}

// forged is a slip of another election.
func forged() string {
	s := marks.Slip{From: id(1), To: id(0), Number: adult(1, 0).Number, Name: "x"}
	return s.Text([32]byte{1}, world.Keys.Signing("log/branch/"+id(1)))
}
