package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sandogh/sandogh/election"
)

// person is somebody with a browser without a screen; the first thing that goes
// wrong stays in err, and nothing is done after it.
type person struct {
	client *http.Client
	base   string
	url    string
	page   string
	err    error
	times  *screens
}

func newPerson(base string, times *screens) *person {
	jar, err := cookiejar.New(nil)
	return &person{client: &http.Client{Jar: jar, Timeout: 2 * time.Minute, Transport: &http.Transport{}}, base: base, err: err, times: times}
}

func (v *person) signIn() {
	v.get(v.base + "/en/sign-in")
	v.post("/en/sign-in", "officer", "b1-head", "passphrase", demoPassphrase)
}

func (v *person) read(a *http.Response, err error) {
	if err != nil {
		v.err = err
		return
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	v.url, v.page, v.err = a.Request.URL.String(), string(b), err
	if a.StatusCode >= 400 && v.err == nil {
		v.err = fmt.Errorf("%s: status %d:\n%s", v.url, a.StatusCode, v.page)
	}
}

func (v *person) get(address string) {
	if v.err != nil {
		return
	}
	began := time.Now()
	v.read(v.client.Get(address))
	v.times.add(v.place(), time.Since(began))
}

func (v *person) post(path string, pairs ...string) {
	if v.err != nil {
		return
	}
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	at, err := url.Parse(v.url)
	if err != nil {
		v.err = err
		return
	}
	began := time.Now()
	v.read(v.client.PostForm(at.ResolveReference(&url.URL{Path: path}).String(), values))
	v.times.add(v.place(), time.Since(began))
}

func (v *person) wants(text string) {
	if v.err == nil && !strings.Contains(v.page, text) {
		v.err = fmt.Errorf("%s: without %q:\n%s", v.url, text, v.page)
	}
}

// until asks for a page until it has the text, for two minutes.
func (v *person) until(address, text string) {
	end := time.Now().Add(2 * time.Minute)
	for v.get(address); v.err == nil && !strings.Contains(v.page, text); v.get(address) {
		if time.Now().After(end) {
			v.wants(text)
			return
		}
		time.Sleep(100 * time.Millisecond) // and ask again
	}
}

// find returns the first group of a pattern on the page, or "".
func (v *person) find(pattern string) string {
	if m := regexp.MustCompile(pattern).FindStringSubmatch(v.page); m != nil {
		return m[1]
	}
	return ""
}

func (v *person) turn() string { return v.find(`name="turn" value="([0-9]+)"`) }

// place is the name of the screen.
func (v *person) place() string {
	name, _, _ := strings.Cut(v.find(`data-place="([^"]*)"`), "/")
	if name == "" && strings.Contains(v.url, "/desk") {
		return "desk"
	}
	return name
}

// admit checks somebody in.
func (v *person) admit(number string) {
	v.get(v.base + "/en/desk")
	v.post("/en/desk/find", "q", number)
	if v.err != nil {
		return
	}
	_, form, _ := strings.Cut(v.page, `action="/en/desk/check-in"`)
	form, _, ok := strings.Cut(form, "</form>")
	if !ok {
		v.err = fmt.Errorf("%s cannot be checked in:\n%s", number, v.page)
		return
	}
	var fields []string
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(form, -1) {
		fields = append(fields, m[1], m[2])
	}
	v.post("/en/desk/check-in", fields...)
	v.wants("stack")
}

// press presses buttons of the voter's pages, one after another.
func (v *person) press(dos ...string) {
	for _, do := range dos {
		turn := v.turn()
		if v.err == nil && turn == "" {
			v.err = fmt.Errorf("%s: no page of a voter:\n%s", do, v.page)
		}
		pairs := []string{"turn", turn, "do", do}
		if q, ok := strings.CutPrefix(do, "query:"); ok {
			pairs = []string{"turn", turn, "do", "query", "query", q}
		}
		v.post("", pairs...)
	}
}

// reach waits as the page's script does until the screen is there.
func (v *person) reach(name string) {
	end := time.Now().Add(2 * time.Minute)
	for v.err == nil && v.place() != name {
		if time.Now().After(end) {
			v.err = fmt.Errorf("%s does not come; the screen is\n%s", name, v.page)
			return
		}
		v.turned()
	}
}

// turned waits as the page's script does until there is another page.
func (v *person) turned() {
	at := v.url
	a, err := v.client.Get(at + "turn?turn=" + v.turn() + "&phase=0")
	if err != nil {
		v.err = err
		return
	}
	io.Copy(io.Discard, a.Body)
	a.Body.Close()
	v.get(at)
}

// begin shows a card.
func (v *person) begin(x *post, card string) {
	v.until(x.home+"/", `data-place="idle"`)
	v.post("", "turn", v.turn(), "card", card, "do", "begin")
	if v.err == nil && v.place() != "language" {
		v.err = fmt.Errorf("the card %s is not taken:\n%s", card, v.page)
	}
}

// A ballotOf is what a scripted voter chooses.
type ballotOf struct {
	codes []int  // in the order of choosing
	query string // what the voter looks for, in vain
	how   string // list, codes or names
	spoil bool
	lines [][]byte // of dots of the printed card, two by two
}

// draw draws what a voter does. Codes under 24 are left out of what is chosen one
// by one: they are too short to be looked for.
func draw(r *rand.Rand, c *election.Contest, i, most int) *ballotOf {
	b := &ballotOf{how: []string{"names", "codes", "list"}[i%3], spoil: i%10 == 9}
	for range 16 {
		b.query += string(rune('a' + r.IntN(26)))
	}
	if b.how == "list" {
		b.codes = slices.Clone(c.Members("D"))
		most = len(b.codes)
	}
	for len(b.codes) < most {
		if code := 24 + r.IntN(c.N()-23); !slices.Contains(b.codes, code) {
			b.codes = append(b.codes, code)
		}
	}
	if b.how == "list" { // edited: one goes, another comes
		gone := r.IntN(len(b.codes))
		b.codes = slices.Delete(b.codes, gone, gone+1)
		for len(b.codes) < most {
			if code := 24 + r.IntN(c.N()-23); !slices.Contains(c.Members("D"), code) {
				b.codes = append(b.codes, code)
			}
		}
	}
	return b
}

// vote makes and casts a ballot. chosen is called when all is chosen,
// looked when the card has been printed.
func (v *person) vote(c *election.Contest, b *ballotOf, chosen, looked func()) {
	began := time.Now()
	v.press("lang:fa", "start", "toggle:1", "next", "tab:search", "query:"+b.query)
	switch b.how {
	case "list":
		v.press("tab:lists", "list:D", "take:D")
		for _, code := range c.Members("D") {
			if !slices.Contains(b.codes, code) {
				v.press("toggle:" + strconv.Itoa(code))
			}
		}
		v.press("toggle:" + strconv.Itoa(b.codes[len(b.codes)-1]))
	case "codes":
		v.press("tab:code")
		for _, code := range b.codes {
			for _, d := range strconv.Itoa(code) {
				v.press("digit:" + string(d))
			}
			v.press("add")
		}
	default:
		for _, code := range b.codes {
			v.press("toggle:" + strconv.Itoa(code))
		}
	}
	v.press("tab:search", "query:"+b.query)
	if chosen != nil && v.err == nil {
		chosen()
	}
	seal := func() {
		v.press("next")
		pressed := time.Now()
		v.press("seal")
		v.reach("check")
		v.times.add("seal, durable, card", time.Since(pressed))
	}
	seal()
	if v.err == nil {
		v.err = v.picture(b)
	}
	if looked != nil && v.err == nil {
		looked()
	}
	if b.spoil {
		v.press("wrong", "another")
		v.reach("review")
		v.press("back")
		seal()
	}
	v.press("right", "cast")
	v.reach("done")
	if chosen != nil || looked != nil { // which took their time
		return
	}
	v.times.add(fmt.Sprintf("whole vote of %d by %s", len(b.codes), b.how), time.Since(began))
}

// picture fetches what the simulated printer has printed.
func (v *person) picture(b *ballotOf) error {
	a, err := v.client.Get(v.url + "paper.png")
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if b.lines, err = pairs(a.Body); err != nil {
		return fmt.Errorf("read card: %w", err)
	}
	return nil
}
