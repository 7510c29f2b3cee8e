package consoletest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

// A Story is somebody who does something in a browser, page by page, in one
// language. Each page that they open is looked at as by [Console.Look], at one width
// after the other.
type Story struct {
	t      *testing.T
	ctx    context.Context
	c      *Console
	name   string
	prefix string // of addresses in the language
	code   string
	step   int
	width  int64
}

// Tell begins a story in a browser, in English or in Persian.
func (c *Console) Tell(t *testing.T, ctx context.Context, name string, english bool) *Story {
	t.Helper()
	s := &Story{t: t, ctx: ctx, c: c, name: name, code: "fa"}
	if english {
		s.prefix, s.code, s.step = "/en", "en", 2
	}
	return s
}

// Say returns the words of the story's language.
func (s *Story) Say(fa, en string) string {
	if s.code == "en" {
		return en
	}
	return fa
}

// do takes steps, each of which waits until it can be done.
func (s *Story) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		page, _ := chromedp.Run(s.ctx, chromedp.Text("body"))
		at, _ := chromedp.Run(s.ctx, chromedp.Location())
		s.t.Fatalf("%s, %s: %v\nat %s:\n%s", s.name, what, err, at, page)
	}
}

// As signs somebody in, who goes on with the story.
func (s *Story) As(role office.Role, code string) {
	s.t.Helper()
	s.c.Person(role, code)
	s.do("look up", chromedp.EmulateViewport(1366, 900))
	s.do("sign out", chromedp.Navigate(s.c.URL+"/sign-in"), chromedp.WaitReady("main"))
	if signed, err := chromedp.Run(s.ctx, chromedp.Evaluate[bool](`!!document.querySelector(".who form button")`)); err == nil && signed {
		s.do("sign out", chromedp.Click(".who form button"), chromedp.WaitReady("#password"))
	}
	s.do("sign in", chromedp.Navigate(s.c.URL+"/sign-in"), chromedp.WaitVisible("#password"), chromedp.SendKeys("#name", name(role, code)),
		chromedp.SendKeys("#password", Password), chromedp.Submit("#password"), chromedp.WaitVisible("header .who form"))
}

// Open opens a page by its path without the language, and looks at it.
func (s *Story) Open(path string) {
	s.t.Helper()
	s.do("open "+path, chromedp.Navigate(s.c.URL+s.prefix+path), chromedp.WaitReady("main h1"))
	s.look()
}

// look looks at the page at the next of the four widths.
func (s *Story) look() {
	s.t.Helper()
	s.width = []int64{320, 768, 1366, 1920}[s.step%4]
	s.step++
	s.do("look", chromedp.EmulateViewport(s.width, 900))
	name := fmt.Sprintf("%s, step %d at %d px", s.name, s.step, s.width)
	webtest.Look(s.ctx, s.t, name, s.code, 44)
	webtest.Axe(s.ctx, s.t, name)
	webtest.Shoot(s.ctx, s.t, fmt.Sprintf("story-%s-%s-%02d", s.name, s.code, s.step), s.width)
}

// Follow follows a link by its text, and looks at the page where it leads, which has
// a heading with some words.
func (s *Story) Follow(link, heading string) {
	s.t.Helper()
	s.mark()
	s.do("follow "+link, chromedp.Click(`//main//a[contains(., "`+link+`")]`), chromedp.WaitReady(`//main[not(@data-seen)]//h1[contains(., "`+heading+`")]`))
	s.look()
}

// Fill enters values, names and values in turn; the browser's keys have no ZWNJ. A
// choice, or a box of several, is chosen by its value.
func (s *Story) Fill(pairs ...string) {
	s.t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		id, value := pairs[i], pairs[i+1]
		field := byID(id)
		kind, err := chromedp.Run(s.ctx, chromedp.Evaluate[string](fmt.Sprintf(`(document.querySelector('main [name=%q]') || {type: ""}).type`, id)))
		if err != nil {
			s.t.Fatal(err)
		}
		switch kind {
		case "checkbox":
			s.do("choose "+id, chromedp.Click(fmt.Sprintf(`main input[name=%q][value=%q]`, id, value)))
		case "select-one":
			s.do("choose "+id, chromedp.SetValue(field, value))
		case "file":
			s.do("choose "+id, chromedp.SetUploadFiles(field, []string{value}))
		case "":
			s.t.Fatalf("%s: there is no field %q", s.name, id)
		default:
			if _, err := chromedp.Run(s.ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.getElementById(%q).value = ""`, id))); err != nil {
				s.t.Fatal(err)
			}
			for k, line := range strings.Split(value, "\n") {
				if k > 0 {
					line = "\r" + line
				}
				s.do("type "+id, chromedp.SendKeys(field, line))
			}
		}
	}
}

// Choose chooses in a field by the words that are shown.
func (s *Story) Choose(id, words string) {
	s.t.Helper()
	value, err := chromedp.Run(s.ctx, chromedp.Evaluate[string](fmt.Sprintf(`[...document.querySelectorAll('#%s option')].find(o => o.textContent.replace(/[\u2066-\u2069]/g, "").includes(%q)).value`, id, words)))
	if err != nil {
		s.t.Fatalf("%s: choose %q in %s: %v", s.name, words, id, err)
	}
	s.do("choose "+id, chromedp.SetValue(byID(id), value))
}

// byID selects a field, and not the link that leads to it from a list of faults.
func byID(id string) string { return `main [id="` + id + `"]` }

// Send presses the button of the form, and waits for a page that says something.
func (s *Story) Send(then string) {
	s.t.Helper()
	s.mark()
	s.do("send", chromedp.Click(`main form[method="post"] button`), said(then))
	s.look()
}

// mark marks the page as one that was seen: what is waited for is on the next.
func (s *Story) mark() {
	s.t.Helper()
	if _, err := chromedp.Run(s.ctx, chromedp.Evaluate[bool](`document.querySelector("main").dataset.seen = "1", true`)); err != nil {
		s.t.Fatalf("%s: %v", s.name, err)
	}
}

// See wants the page to say something.
func (s *Story) See(words ...string) {
	s.t.Helper()
	for _, w := range words {
		s.do("see "+w, said(w))
	}
}

// said waits until the page says something, whatever isolates its parts.
func said(words string) chromedp.Action[chromedp.Void] {
	return chromedp.WaitReady(`//main[not(@data-seen)][contains(translate(normalize-space(.), "` + isolates + `", ""), "` + words + `")]`)
}

// isolates are the marks around what is put into a sentence.
const isolates = "\u2066\u2067\u2068\u2069"

// Leave ends the story: an open stream would keep the server waiting.
func (s *Story) Leave() {
	s.t.Helper()
	s.do("leave", chromedp.Navigate("about:blank"))
}
