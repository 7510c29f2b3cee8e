package agenda_test

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/internal/console/agenda"
	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/console/people"
	"github.com/sandogh/sandogh/internal/console/setup"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

// body waits until a page says something.
func body(text string) chromedp.Action[chromedp.Void] {
	return chromedp.WaitReady(`//main[contains(., "` + text + `")]`)
}

// TestBrowser opens every page of the part, of an election under way with one
// constituency postponed.
func TestBrowser(t *testing.T) {
	ctx := webtest.Browser(t)
	c := consoletest.New(t, storetest.SQLite(t), people.Part, setup.Part, agenda.Part)
	set(c, 100)
	hq := c.As(office.HQ, "")
	hq.Post("/agenda/-/stages/start-order-city/confirm", "on", "1404/12/27", "reason", "نامهٔ ۱۲").Is(303)
	hq.Post("/agenda/-/stages/training-national/set", "from", "1405/2/10", "to", "1405/4/20").Is(303)
	r := hq.Post("/agenda/"+place+"/postpone", "polling_day", "1405/6/20", "reason", "سیل، نامهٔ ۷").Is(303)
	approval := proposalOf.FindString(r.Header.Get("Location"))
	secondHQ(c).Post(approval+"/confirm", "version", "1").Is(303)
	c.SignIn(ctx, office.HQ, "")
	c.Look(ctx, t, "/agenda", "/agenda/today", "/agenda/-/stages/executive-boards-city", "/agenda/-/stages/executive-boards-city/offices", "/agenda/-/stages/training-national/set",
		"/agenda/-/events", "/agenda/-/freeze", "/agenda/postpone", "/agenda/"+place, "/agenda/feed")
}

// TestStory: an empty folder becomes a calendar; then one constituency is
// postponed by two people.
func TestStory(t *testing.T) {
	for _, lang := range []struct{ prefix, unset, order, wait, moved string }{
		{"", "روز رأی‌گیری تعیین نشده است", "صدور دستور شروع انتخابات، شهرها", "نفر دیگری باید تأیید کند", "دوشنبه ۱۱ خرداد ۱۴۰۵"},
		{"/en", "no polling day is set", "Order to start the election, cities", "", "Monday 11 Khordad 1405"},
	} {
		t.Run("lang"+lang.prefix, func(t *testing.T) {
			ctx := webtest.Browser(t)
			c := consoletest.New(t, storetest.SQLite(t), people.Part, setup.Part, agenda.Part)
			c.SignIn(ctx, office.HQ, "")
			at := c.URL + lang.prefix
			do := func(what string, actions ...chromedp.Action[chromedp.Void]) {
				t.Helper()
				step, cancel := context.WithTimeout(ctx, time.Minute)
				defer cancel()
				if err := chromedp.Do(step, actions...); err != nil {
					t.Fatalf("%s: %v", what, err)
				}
			}
			do("an empty calendar", chromedp.Navigate(at+"/agenda"), body(lang.unset))
			set(c, 10)
			do("a calendar", chromedp.Navigate(at+"/agenda"), chromedp.WaitVisible("svg[role=img]"), body(lang.order))
			do("propose", chromedp.Navigate(at+"/agenda/postpone"), chromedp.WaitVisible("#office"), chromedp.SendKeys("#office", place), chromedp.Submit("#office"),
				chromedp.WaitVisible("#polling_day"), chromedp.SendKeys("#polling_day", "1405/3/11"), chromedp.SendKeys("#reason", "سیل"), chromedp.Submit("#reason"), body("1405-03-11"))
			if lang.wait != "" {
				do("one is not enough", body(lang.wait))
			}
			url, err := chromedp.Run(ctx, chromedp.Location())
			if err != nil {
				t.Fatal(err)
			}
			approval := proposalOf.FindString(url)
			secondHQ(c)
			do("sign out", chromedp.Click(".who form button"), chromedp.WaitVisible("#password"))
			c.SignIn(ctx, office.Trainer, "")
			do("confirm", chromedp.Navigate(at+approval+"/confirm"), chromedp.WaitVisible("#note"), chromedp.Submit("#note"), chromedp.WaitVisible("#said .notice"))
			do("postponed", chromedp.Navigate(at+"/agenda/"+place), body(lang.moved))
			do("leave", chromedp.Navigate("about:blank")) // its stream would keep the server waiting
		})
	}
}
