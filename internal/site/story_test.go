package site_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/sandogh/sandogh/internal/site"
	"github.com/sandogh/sandogh/internal/site/country"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

// TestElectionNight tells an election night of an invented country in a browser:
// polls are open, partial results, all certified, one corrected. Pages are looked
// at in every state, at four widths and in both languages; without -screenshots at two.
func TestElectionNight(t *testing.T) {
	v := view(t)
	c := country.New(7, country.Small)
	n := len(c.Definition.Contests)
	evening := time.Date(2026, 5, 1, 18, 30, 0, 0, time.UTC)
	show := func(s country.State, after time.Duration) site.Config {
		return site.Config{Invented: c.At(s), Now: evening.Add(after), Address: "https://results.example"}
	}
	x, err := site.New(show(country.State{}, 0))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(x)
	t.Cleanup(server.Close)
	t.Cleanup(x.Close) // ends the streams of events, for which the server would wait
	second := c.Definition.Contests[c.Order(1)].ID
	lists := c.Definition.Contests[0].ID // the largest city, by lists
	place := "/place/" + c.Definition.Districts[1].ID + ".html"
	says := func(path string, parts ...string) {
		t.Helper()
		_, body := get(t, x, path)
		want(t, path, text(body), parts...)
	}
	pages := func(state string, paths ...string) {
		t.Helper()
		for k, path := range paths {
			for i, prefix := range []string{"", "/en"} {
				for j, width := range []int64{320, 1366, 768, 1920} {
					if (j+k)%2 != i || j >= 2 && !webtest.Pictures() {
						continue // half of the widths in each language, the other half of the next page
					}
					v.open(t, server.URL, prefix+path, width, (i == 0) == (k%2 == 0) || webtest.Pictures())
					webtest.Shoot(v, t, state+prefix+path, width)
				}
			}
		}
	}

	// Polls are open: candidates, a sample ballot, no number of votes.
	says("/en/", "State of the election", "Not counted yet", "SIMULATED", "no branch has closed yet")
	says("/en/contest/"+second+".html", "Sample ballot", "SAMPLE: not a ballot")
	pages("1-open", "/", "/contest/"+second+".html", "/find.html", "/election.html", "/voting.html", "/trust.html")

	// A page that is open learns of the first results without being loaded again.
	if err := chromedp.Do(v, chromedp.EmulateViewport(1366, 900), chromedp.Navigate(server.URL+"/en/"), chromedp.WaitReady("html[data-live]")); err != nil {
		t.Fatal(err)
	}
	if err := x.Refresh(show(country.State{Closed: n / 2, Opened: n / 3, Units: 1, Certified: n / 6}, 2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(v, chromedp.WaitVisible("#changed")); err != nil {
		t.Fatalf("the open page was not told of the results: %v", err)
	}
	says("/en/", "Partial:", "Turnout", "voters in the branches that have closed")
	says("/en/contest/"+second+".html", "since", "Certified", "The reasoning, step by step")
	pages("2-partial", "/", place, "/contest/"+second+".html")

	// All are certified; one is corrected.
	if err := x.Refresh(show(country.State{Closed: n, Opened: n, Certified: n}, 20*time.Hour)); err != nil {
		t.Fatal(err)
	}
	says("/en/", "All certified")
	says("/en/contest/"+lists+".html", "Seats of the lists", "Certified")
	pages("3-certified", "/", "/contest/"+lists+".html", "/widget/"+lists+".html", "/find/0634-1.html", "/data.html")
	last := show(country.State{Closed: n, Opened: n, Certified: n}, 50*time.Hour)
	y, _ := last.Invented.Contest(second)
	if err := country.Correct(y, "شمارش دوبارهٔ شعبهٔ ۱ به رأی هیئت نظارت"); err != nil {
		t.Fatal(err)
	}
	if err := x.Refresh(last); err != nil {
		t.Fatal(err)
	}
	says("/en/contest/"+second+".html", "This result has been corrected", "Before", "Now", "Why", "Signed by", "before: \u2068Certified")
	says("/en/corrections.html", "This result has been corrected", "Supervisory board")
	if y, _ := last.Invented.Contest(lists); y.Kind != results.Certified {
		t.Errorf("another contest is %s", y.Kind)
	}
	pages("4-corrected", "/contest/"+second+".html", "/corrections.html")
}

// TestWithoutScript: everything is there when scripts are off.
func TestWithoutScript(t *testing.T) {
	c := country.New(7, country.Small)
	n := len(c.Definition.Contests)
	x, err := site.New(site.Config{Invented: c.At(country.State{Closed: n, Opened: n, Certified: n})})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(x)
	t.Cleanup(server.Close)
	v := webtest.Browser(t, chromedp.Flag("blink-settings", "scriptEnabled=false"))
	name := c.Definition.Contests[3].Candidates[0].Name.Fa
	if err := chromedp.Do(v, chromedp.Navigate(server.URL+"/find.html"),
		chromedp.SendKeys("#q", name), chromedp.Submit("#q"), chromedp.WaitVisible(".found")); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(v, chromedp.Click(".found a"), chromedp.WaitVisible("table.candidates")); err != nil {
		t.Fatal(err)
	}
	body, err := chromedp.Run(v, chromedp.Text("body"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(body, name) {
		t.Errorf("the page that was found does not have %s", name)
	}
}
