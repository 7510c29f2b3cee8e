package screen_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/terminal"
	. "github.com/sandogh/sandogh/internal/terminal/screen"
	"github.com/sandogh/sandogh/internal/web"
)

func fetch(t testing.TB, ask func() (*http.Response, error)) (int, string, http.Header) {
	t.Helper()
	r, err := ask()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b), r.Header
}

func get(t testing.TB, address string) (int, string, http.Header) {
	t.Helper()
	return fetch(t, func() (*http.Response, error) { return http.Get(address) })
}

var turnOf = regexp.MustCompile(`name="turn" value="(\d+)"`)

// press presses a button of the page that is there, or of an earlier one.
func (b *booth) press(turn, do string) (int, string) {
	b.t.Helper()
	if turn == "" {
		_, page, _ := get(b.t, b.url)
		turn = turnOf.FindStringSubmatch(page)[1]
	}
	code, page, _ := fetch(b.t, func() (*http.Response, error) { return http.PostForm(b.url, url.Values{"turn": {turn}, "do": {do}}) })
	return code, page
}

// unspoken returns the texts of a page that are in no element with a clip, and the
// clips.
func unspoken(page string) (texts, clips []string) {
	_, body, _ := strings.Cut(page, "<body>")
	type open struct {
		name   string
		spoken bool
	}
	var stack []open
	spoken := func() bool { return slices.ContainsFunc(stack, func(o open) bool { return o.spoken }) }
	for body != "" {
		text, rest, _ := strings.Cut(body, "<")
		if strings.TrimSpace(strings.ReplaceAll(strings.Trim(text, " \n–"), "&nbsp;", "")) != "" && !spoken() {
			texts = append(texts, strings.TrimSpace(text))
		}
		tag, after, _ := strings.Cut(rest, ">")
		body = after
		name := strings.Fields(tag + " x")[0]
		switch {
		case strings.HasPrefix(name, "/"):
			for len(stack) > 0 {
				top := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				if top.name == name[1:] {
					break
				}
			}
		case slices.Contains([]string{"input", "img", "br"}, name):
		default:
			if m := regexp.MustCompile(`data-clip="([^"]*)"`).FindStringSubmatch(tag); m != nil {
				clips = append(clips, m[1])
			}
			stack = append(stack, open{name, strings.Contains(tag, "data-clip=") || strings.Contains(tag, "aria-hidden")})
		}
	}
	return texts, clips
}

// TestEveryScreen: each screen there is, in both languages, says nothing without
// a clip, keeps to its language and offers no button that does nothing.
func TestEveryScreen(t *testing.T) {
	server := serve(t)
	p := paper(t, 300, 21)
	known := map[string]bool{"digits": true, "slip.code": true}
	for _, c := range Clips(p) {
		known[c.ID] = true
		if c.Text[web.Persian] == "" || c.Text[web.English] == "" {
			t.Errorf("clip %s has %q", c.ID, c.Text)
		}
	}
	seen := map[string]bool{}
	for _, lang := range web.Langs {
		walk(t, server, p, 141, lang, func(name string, b *booth) {
			name = lang.Code() + " " + name
			code, page, head := get(t, b.url)
			if code != http.StatusOK || head.Get("Cache-Control") != "no-store" || head.Get("Content-Security-Policy") != Policy || len(head.Values("Set-Cookie")) > 0 {
				t.Fatalf("%s: status %d, %v", name, code, head)
			}
			texts, clips := unspoken(page)
			if len(texts) > 0 {
				t.Errorf("%s: said without a clip: %q", name, texts)
			}
			for _, c := range clips {
				seen[c] = true
				if !known[c] && !strings.HasPrefix(c, "key/") {
					t.Errorf("%s: clip %q is not in the list", name, c)
				}
			}
			if !strings.HasSuffix(name, "language") && !strings.Contains(page, fmt.Sprintf(`<html lang="%s" dir="%s"`, lang.Code(), lang.Dir())) {
				t.Errorf("%s: another language", name)
			}
			if lang == web.Persian {
				if m := regexp.MustCompile(`>[^<]*[0-9][^<]*<`).FindString(regexp.MustCompile(`(?s)<bdi.*?</bdi>|<span class="code".*?</span>|\x{2068}.*?\x{2069}`).ReplaceAllString(page, "")); m != "" {
					t.Errorf("%s: Latin digits in %q", name, m)
				}
			}
			for _, bad := range []string{"<no value>", "%!", "ZgotmplZ", "style=", "onclick"} {
				if strings.Contains(page, bad) {
					t.Errorf("%s: the page has %q", name, bad)
				}
			}
			if !strings.Contains(page, "شبیه‌سازی‌شده") && !strings.Contains(page, "SIMULATED") {
				t.Errorf("%s: not marked as simulated", name)
			}
		})
	}
	for _, c := range Clips(p) {
		if !strings.Contains(c.ID, "/") && !strings.HasPrefix(c.ID, "practice.") && !seen[c.ID] && !slices.Contains([]string{"choose.title", "simulated.paper", "lists.none", "stale"}, c.ID) {
			t.Errorf("word %s is on no screen", c.ID)
		}
	}
}

// TestNothingTwice: reload, the back button, a double tap and a second window do
// nothing twice, and say so.
func TestNothingTwice(t *testing.T) {
	server := serve(t)
	b := server.booth(t, paper(t, 30, 5), 141)
	b.do("lang:en", "start", "next", "toggle:1", "next", "seal", "!sealed", "!printed", "right")
	_, page, _ := get(t, b.url)
	turn := turnOf.FindStringSubmatch(page)[1]
	if code, page := b.press(turn, "cast"); code != http.StatusOK || !strings.Contains(page, "being recorded") {
		t.Fatalf("status %d", code)
	}
	for range 3 { // the same button again, from the other window or by a second tap
		if code, page := b.press(turn, "cast"); code != http.StatusConflict || !strings.Contains(page, "earlier screen") || !strings.Contains(page, "being recorded") {
			t.Errorf("status %d", code)
		}
	}
	if code, page, _ := get(t, b.url); code != http.StatusOK || !strings.Contains(page, "being recorded") {
		t.Errorf("reload: status %d", code)
	}
	b.do("!recorded", "!slip")
	for _, do := range []string{"cast", "toggle:1", "seal"} {
		if code, page := b.press("", do); code != http.StatusConflict || !strings.Contains(page, "Your vote is cast") {
			t.Errorf("%s after the end: status %d", do, code)
		}
	}
	for _, form := range []url.Values{{}, {"turn": {"x"}, "do": {"cast"}}, {"turn": {"1"}}, {"do": {"cast"}}, {"turn": {"0"}, "do": {strings.Repeat("x", 10000)}}} {
		code, _, _ := fetch(t, func() (*http.Response, error) { return http.PostForm(b.url, form) })
		if code != http.StatusBadRequest && code != http.StatusConflict {
			t.Errorf("%.40v: status %d", form, code)
		}
	}
}

func TestForeign(t *testing.T) {
	server := serve(t)
	b := server.booth(t, paper(t, 30, 5), 141)
	if code, page, head := get(t, server.URL+"/another/"); code != http.StatusGone || strings.Contains(page, "Language") || head.Get("Refresh") == "" {
		t.Errorf("status %d: %s", code, page)
	}
	r, err := http.NewRequest(http.MethodPost, b.url, strings.NewReader("turn=0&do=lang:en"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://elsewhere.example")
	if code, _, _ := fetch(t, func() (*http.Response, error) { return http.DefaultClient.Do(r) }); code != http.StatusForbidden {
		t.Errorf("a form from elsewhere: status %d", code)
	}
}

// TestNews: a page that waits hears of a change at once, and of the clock.
func TestNews(t *testing.T) {
	server := serve(t)
	b := server.booth(t, paper(t, 30, 5), 141)
	heard := make(chan string)
	ask := func(turn, phase string) {
		_, page, _ := get(t, b.url+"turn?turn="+turn+"&phase="+phase)
		heard <- page
	}
	go ask("0", "0")
	b.do("lang:fa")
	if got := <-heard; !strings.Contains(got, `"phase":0,"over":false`) || strings.Contains(got, `"turn":0`) {
		t.Errorf("heard %s", got)
	}
	b.pass(terminal.Usual.Idle + time.Second)
	go ask("2", "0")
	if got := <-heard; !strings.Contains(got, `"phase":1`) {
		t.Errorf("heard %s", got)
	}
	b.pass(terminal.Usual.Alert)
	go ask("2", "1")
	if got := <-heard; !strings.Contains(got, `"over":true`) {
		t.Errorf("heard %s", got)
	}
}

func TestRedacted(t *testing.T) {
	b := serve(t).booth(t, paper(t, 30, 5), 141)
	b.do("lang:en", "start")
	b.press("", "toggle:2")
	if text := fmt.Sprintf("%v %+v %#v", b.screen, b.screen, b.screen); strings.Contains(text, "toggle") || !strings.Contains(text, "screen[REDACTED]") {
		t.Errorf("prints as %s", text)
	}
}

// BenchmarkScreen is the server's time of one act and the page after it, with
// 3,000 candidates.
func BenchmarkScreen(b *testing.B) {
	p := paper(b, 3000, 21)
	for name, acts := range map[string][]string{"names": {"page:7"}, "letters": {"tab:letters"}, "search": {"query:ا"}, "code": {"digit:7"}, "list": {"list:A"}} {
		b.Run(name, func(b *testing.B) {
			booth := serve(b).booth(b, p, 141)
			booth.do("lang:fa", "start", "next")
			booth.do(acts...)
			i := 0
			for b.Loop() {
				i++
				if code, _ := booth.press("", fmt.Sprintf("toggle:%d", 1+i%3000)); code != http.StatusOK {
					b.Fatal(code)
				}
			}
		})
	}
}
