package screen_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/terminal"
	. "github.com/sandogh/sandogh/internal/terminal/screen"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/spec"
)

var given = []string{"علی‌اکبر", "زهرا", "پریسا", "گلی‌ناز", "آرش", "ژاله", "چمن‌آرا", "یحیی", "کیان", "فاطمه‌سادات", "محمّدرضا", "نازنین", "سعید", "طاهره", "وحید"}
var family = []string{"حسینی‌نژاد", "کاظمی", "رضایی", "میرمحمّدصادقی", "قزوینی", "پارسا", "شیرازی", "علی‌پور", "ژاله‌زاده", "ضیغم‌پور"}

// paper has a small contest and one with n candidates and k votes, in lists, one
// of which has a name as long as names get.
func paper(t testing.TB, n, k int) *terminal.Paper {
	t.Helper()
	data, err := spec.Examples.ReadFile("examples/definition.json")
	if err != nil {
		t.Fatal(err)
	}
	def, err := election.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	c, ok := def.Contest("karaj")
	if !ok {
		t.Fatal("no contest karaj")
	}
	c.VoteLimit, c.Seats, c.Candidates = k, k, nil
	c.Lists[1].Name = election.Name{Fa: "ائتلاف فراگیر جوانان و پیشکسوتان آبادانی شهر", En: "Broad coalition of the young and the veterans for the city"}
	for i := range n {
		x := election.Candidate{ID: fmt.Sprint(101 + i), Name: election.Name{Fa: given[i%len(given)] + " " + family[i/len(given)%len(family)], En: fmt.Sprintf("%c. Candidate-Familyname %d", 'A'+i*7%26, i+1)}}
		if i == 4 {
			x.Name = election.Name{Fa: "سیّد محمّدرضا حسینی‌نژاد فراهانی قزوینی‌زادهٔ اصل", En: "Seyyed Mohammad-Reza Hosseini-Nezhad Farahani Qazvini"}
		}
		if i < 2*k {
			x.List = c.Lists[i%2].ID
		}
		c.Candidates = append(c.Candidates, x)
	}
	p, err := terminal.NewPaper(def, "1")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// booth is a session with its pages behind a server, and a clock that is moved.
type booth struct {
	t      testing.TB
	url    string
	screen *Screen

	mu  sync.Mutex
	now time.Time
}

func (b *booth) Now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *booth) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

// pages is a server whose pages are those of the booth that was set last.
type pages struct {
	*httptest.Server
	token string // of every booth, so that a page that is open becomes the next one
	mu    sync.Mutex
	now   *Screen
}

func serve(t testing.TB) *pages {
	p := &pages{token: NewToken()}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		now := p.now
		p.mu.Unlock()
		if r.URL.Path == "/" {
			fmt.Fprint(w, "<!DOCTYPE html><title>home</title><h1 id=home>home</h1>")
			return
		}
		now.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *pages) booth(t testing.TB, paper *terminal.Paper, dpi int) *booth {
	t.Helper()
	b := &booth{t: t, now: time.Now()}
	s := terminal.New(paper, terminal.Comforts{Size: 1}, terminal.Usual, b.Now)
	x, err := New(Config{Session: s, Token: p.token, Home: p.URL + "/", DPI: dpi, Stay: time.Hour, Simulated: true,
		SlipCode: func() string { return "KYVZ-5ZX7-WXDT-BN81-FGNN-PS8T-FMJP-05PA" }})
	if err != nil {
		t.Fatal(err)
	}
	b.screen, b.url = x, p.URL+"/"+p.token+"/"
	p.mu.Lock()
	p.now = x
	p.mu.Unlock()
	return b
}

// do does acts of the voter, each written as verb:arg, and reports of the machine,
// each written as !report:arg.
func (b *booth) do(acts ...string) {
	b.t.Helper()
	for _, a := range acts {
		verb, arg, _ := strings.Cut(a, ":")
		var err error
		b.screen.Update(func(s *terminal.Session) {
			switch verb {
			case "!sealed":
				err = s.Sealed()
			case "!printed":
				err = s.Printed()
			case "!torn":
				err = s.TornCard()
			case "!recorded":
				err = s.Recorded()
			case "!slip":
				err = s.SlipPrinted()
			case "!wait":
				s.Wait(terminal.Trouble(arg))
			case "!fail":
				s.Fail()
			case "!settled":
				s.Settled()
			default:
				err = s.Do(terminal.Act{Verb: verb, Arg: arg})
			}
		})
		if err != nil {
			b.t.Fatalf("%s: %v", a, err)
		}
	}
}

// walk visits every screen there is in a language.
func walk(t testing.TB, p *pages, paper *terminal.Paper, dpi int, lang web.Lang, visit func(name string, b *booth)) {
	t.Helper()
	key := [...]string{"گ", "C"}[lang]
	b := p.booth(t, paper, dpi)
	at := func(name string, acts ...string) {
		t.Helper()
		b.do(acts...)
		visit(name, b)
	}
	if lang == web.Persian {
		at("language")
	}
	at("comfort", "lang:"+lang.Code())
	at("choose-few", "start", "toggle:2")
	at("choose-few-too-many", "toggle:1")
	at("choose", "next")
	at("choose-added", "toggle:5")
	at("choose-last-page", "page:99999")
	at("letters", "tab:letters")
	at("letter", "letter:2")
	at("search-empty", "tab:search")
	at("search", "key:"+key)
	at("search-none", "key:"+key, "key:"+key)
	at("lists", "tab:lists")
	at("list-too-long", "take:B")
	at("mine", "tab:mine")
	at("ask-clear", "ask-clear")
	at("list-taken", "clear", "take:B")
	at("list-removed", "toggle:4")
	at("mine-many", "tab:mine")
	at("code-empty", "tab:code")
	at("code-echo", "digit:7")
	at("code-repeated", "correct", "digit:2", "add")
	at("code-nobody", "correct", "digit:9", "digit:9", "digit:9", "digit:9", "digit:9", "add")
	at("not-blank", "correct", "blank")
	at("blank", "ask-clear", "clear", "blank", "tab:names")
	at("blank-is-on", "toggle:3")
	at("settings", "settings")
	at("help", "close", "help")
	at("help-called", "call", "assisted")
	at("ask-leave", "ask-leave")
	at("mine-none", "close", "uncall", "blank", "tab:mine")
	at("review-some", "toggle:1", "next")
	at("review-blank", "change:1", "ask-clear", "clear", "blank", "next")
	at("check-blank", "seal", "!sealed", "!printed")
	b.do("wrong", "another", "!recorded")
	at("review", "change:1", "blank", "take:B", "toggle:2", "toggle:4", "toggle:5", fmt.Sprintf("toggle:%d", len(paper.Contests[1].Candidates)), "next")
	at("changing", "change:1")
	at("sealing", "next", "seal")
	at("sealing-branch", "!wait:branch")
	at("sealing-paused", "!wait:paused")
	at("printing", "!wait:", "!sealed")
	for _, trouble := range []string{"out", "cover", "hot", "faulty", "lost"} {
		at("printing-"+trouble, "!wait:"+trouble)
	}
	at("check", "!wait:", "!printed")
	at("drop", "right")
	b.pass(terminal.Usual.Idle)
	at("alert-sealed")
	b.do("continue")
	at("wrong", "back", "wrong")
	at("warning", "test")
	at("ending", "challenge")
	at("slip", "!recorded")
	at("slip-out", "!wait:out")
	at("tested", "!slip")
	at("torn", "anew", "next", "next", "seal", "!sealed", "!torn")
	b.do("another", "!recorded", "seal", "!sealed", "!printed", "right", "cast", "!recorded")
	at("done", "!slip")
	for name, how := range map[string][]string{"left-fault": {"!fail"}, "left-officer": {"!settled"}, "left-left": {"help", "ask-leave", "leave"}, "left-undecided": {"next", "next", "seal", "!sealed", "!fail"}} {
		b = p.booth(t, paper, dpi)
		b.do("lang:"+lang.Code(), "start")
		at(name, how...)
	}
	b = p.booth(t, paper, dpi)
	b.do("lang:"+lang.Code(), "start")
	b.pass(terminal.Usual.Idle)
	at("alert")
	b.pass(terminal.Usual.Alert)
	b.screen.Update(func(s *terminal.Session) { s.Tick() })
	at("left-timeout")
}
