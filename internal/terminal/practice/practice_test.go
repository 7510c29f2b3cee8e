package practice_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"html"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sandogh/sandogh/election"
	. "github.com/sandogh/sandogh/internal/terminal/practice"
	"github.com/sandogh/sandogh/internal/terminal/screen"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/spec"
)

// site has a Practice at its place and a clock that is moved.
type site struct {
	*httptest.Server
	practice *Practice

	mu  sync.Mutex
	now time.Time
}

func (s *site) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func serve(t testing.TB) *site {
	t.Helper()
	data, err := spec.Examples.ReadFile("examples/definition.json")
	if err != nil {
		t.Fatal(err)
	}
	def, err := election.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{now: time.Now()}
	s.practice, err = New(Config{Definition: def, Home: web.Text{"/voting.html", "/en/voting.html"}, Now: func() time.Time {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.now
	}})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(At, s.practice)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "site "+r.URL.Path) })
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// visitor is a browser.
type visitor struct {
	t    testing.TB
	site *site
	http *http.Client
	last string // page
	head http.Header
	at   string
}

func (s *site) visitor(t testing.TB) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, site: s, http: &http.Client{Jar: jar}}
}

func (v *visitor) take(a *http.Response, err error) int {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	v.last, v.head, v.at = string(b), a.Header, a.Request.URL.Path
	return a.StatusCode
}

func (v *visitor) get(path string) int {
	v.t.Helper()
	return v.take(v.http.Get(v.site.URL + path))
}

func (v *visitor) post(path string, form url.Values) int {
	v.t.Helper()
	return v.take(v.http.PostForm(v.site.URL+path, form))
}

var turn = regexp.MustCompile(`name="turn" value="(\d+)"`)

// do presses buttons, each of which must be on the page, which must say what it is.
func (v *visitor) do(acts ...string) {
	v.t.Helper()
	for _, a := range acts {
		if !strings.Contains(html.UnescapeString(v.last), `name="do" value="`+a+`"`) {
			v.t.Fatalf("no button %s on the page: %s", a, v.last)
		}
		if code := v.post("/practice/vote/", url.Values{"do": {a}, "turn": {turn.FindStringSubmatch(v.last)[1]}}); code != http.StatusOK {
			v.t.Fatalf("%s: status %d: %s", a, code, v.last)
		}
		v.marked()
	}
}

// marked says that the page is marked as practice, with a way out.
func (v *visitor) marked() {
	v.t.Helper()
	if !strings.Contains(v.last, "هیچ رأیی داده نمی‌شود") && !strings.Contains(v.last, "no vote is given") || !strings.Contains(v.last, `href="/practice/out"`) {
		v.t.Fatalf("the page at %s is not marked as practice with a way out: %s", v.at, v.last)
	}
	if v.head.Get("Content-Security-Policy") != screen.Policy || v.head.Get("Cache-Control") != "no-store" {
		v.t.Fatalf("headers of %s: %v", v.at, v.head)
	}
}

func (v *visitor) begin(branch, lang string) {
	v.t.Helper()
	if code := v.post(At, url.Values{"branch": {branch}}); code != http.StatusOK || v.at != "/practice/vote/" {
		v.t.Fatalf("begin: status %d at %s: %s", code, v.at, v.last)
	}
	v.marked()
	v.do("lang:"+lang, "start")
}

// picture returns the paper that is shown.
func (v *visitor) picture() []byte {
	v.t.Helper()
	if !strings.Contains(v.last, `src="paper.png`) {
		v.t.Fatalf("no paper is shown: %s", v.last)
	}
	page := v.last
	defer func() { v.last = page }()
	if code := v.get("/practice/vote/paper.png"); code != http.StatusOK {
		v.t.Fatalf("paper: status %d", code)
	}
	if _, err := png.Decode(strings.NewReader(v.last)); err != nil {
		v.t.Fatalf("the paper is no picture: %v", err)
	}
	return []byte(v.last)
}

func (v *visitor) says(texts ...string) {
	v.t.Helper()
	for _, x := range texts {
		if !strings.Contains(v.last, x) {
			v.t.Errorf("the page does not say %q: %s", x, v.last)
		}
	}
}

// TestVote gives a practice vote from the start page to the slip, with a test of
// the machine and another card on the way, in both languages.
func TestVote(t *testing.T) {
	s := serve(t)
	for _, x := range []struct{ lang, done, home string }{
		{"fa", "تمرین تمام شد. رأیی داده نشد.", "/voting.html"},
		{"en", "The practice is finished. No vote was given.", "/en/voting.html"},
	} {
		v := s.visitor(t)
		if code := v.get("/practice/?branch=1"); code != http.StatusOK {
			t.Fatalf("status %d", code)
		}
		v.says(`name="branch" value="1"`, "PRACTICE", "تمرین", `href="/voting.html"`, `href="/en/voting.html"`)
		if strings.Contains(v.last, `value="2"`) || v.head.Get("Set-Cookie") != "" {
			t.Errorf("offers another branch, or begins before it is asked to: %v", v.head)
		}
		v.begin("1", x.lang)
		v.do("toggle:2", "next", "toggle:1", "toggle:3", "next", "seal")
		v.says(`value="right"`)
		first := v.picture()
		v.do("wrong", "another")
		if code := v.get("/practice/vote/paper.png"); code != http.StatusNotFound {
			t.Errorf("the spoiled card is still shown: status %d", code)
		}
		v.get("/practice/vote/")
		v.do("change:1", "toggle:3", "next", "seal")
		if bytes.Equal(first, v.picture()) {
			t.Error("the second card has the names of the first")
		}
		v.do("wrong", "test", "challenge")
		v.says(`value="anew"`)
		test := v.picture()
		v.do("anew", "toggle:1", "next", "next", "seal", "right", "cast")
		v.says(x.done)
		if slip := v.picture(); !bytes.Equal(slip, test) {
			t.Error("two slips differ, though none has a code")
		}
		if strings.Contains(v.last, "Your vote is cast") || strings.Contains(v.last, "رأی شما داده شد") {
			t.Error("says that a vote was cast")
		}
		if code := v.get("/practice/out"); code != http.StatusOK || v.at != x.home {
			t.Errorf("leads out to %s, status %d", v.at, code)
		}
		if v.get("/practice/vote/"); v.at != At {
			t.Errorf("after the end the pages lead to %s", v.at)
		}
		if code := v.get("/practice/vote/paper.png"); code != http.StatusGone {
			t.Errorf("after the end the paper has status %d", code)
		}
	}
}

// TestApart: two visitors do not see each other, nor does who has no cookie or
// makes one up see either.
func TestApart(t *testing.T) {
	s := serve(t)
	a, b, none := s.visitor(t), s.visitor(t), s.visitor(t)
	a.begin("1", "en")
	b.begin("1", "fa")
	a.do("toggle:2")
	b.get("/practice/vote/")
	if strings.Contains(b.last, `aria-pressed="true"`) || !strings.Contains(b.last, `lang="fa"`) {
		t.Errorf("a choice or the language of another: %s", b.last)
	}
	b.do("toggle:1")
	a.get("/practice/vote/")
	a.says(`value="toggle:2" class="name on"`, `value="toggle:1" class="name "`)
	for _, with := range []string{"", "practice=", "practice=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"} {
		r, err := http.NewRequest(http.MethodGet, s.URL+"/practice/vote/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if with != "" {
			r.Header.Set("Cookie", with)
		}
		if none.take(none.http.Do(r)); none.at != At {
			t.Errorf("cookie %q sees %s", with, none.at)
		}
	}
	if text := fmt.Sprintf("%v %+v %s", s.practice, s.practice, slog.AnyValue(s.practice).Resolve()); text != strings.TrimSpace(strings.Repeat("practice[REDACTED] ", 3)) {
		t.Errorf("prints as %s", text)
	}
}

// TestLimits: the visit that was quiet the longest makes room, who is quiet for too
// long is forgotten, and a page that only asks for news is no sign.
func TestLimits(t *testing.T) {
	s := serve(t)
	first, second := s.visitor(t), s.visitor(t)
	first.begin("1", "fa")
	s.pass(time.Second)
	second.begin("1", "fa")
	s.pass(time.Second)
	first.get("/practice/vote/") // so the second is the quietest
	for range MaxVisits - 1 {
		s.pass(time.Millisecond)
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, At, strings.NewReader("branch=2"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if s.practice.ServeHTTP(w, r); w.Code != http.StatusSeeOther {
			t.Fatalf("status %d", w.Code)
		}
		c := w.Result().Cookies()
		if len(c) != 1 || !c[0].HttpOnly || c[0].SameSite != http.SameSiteStrictMode || c[0].Path != At || len(c[0].Value) != 32 {
			t.Fatalf("cookies %v", c)
		}
	}
	if first.get("/practice/vote/"); first.at != "/practice/vote/" {
		t.Error("a visit that was not the quietest was dropped")
	}
	if second.get("/practice/vote/"); second.at != At {
		t.Error("the quietest visit was not dropped")
	}
	s.pass(MaxIdle / 2)
	if code := first.get("/practice/vote/turn?turn=9999"); code != http.StatusOK {
		t.Errorf("news: status %d", code)
	}
	s.pass(MaxIdle / 2)
	if code := first.get("/practice/vote/turn?turn=9999"); code != http.StatusGone {
		t.Errorf("after %v without a sign: status %d", MaxIdle, code)
	}
}

// TestSecure: the cookie goes back by TLS alone where it came by TLS, also through a
// proxy on this machine; what others say of that does not count.
func TestSecure(t *testing.T) {
	s := serve(t)
	for _, x := range []struct {
		from, says string
		tls, want  bool
	}{
		{"203.0.113.7:5000", "", true, true}, {"203.0.113.7:5000", "", false, false}, {"127.0.0.1:5000", "https", false, true}, {"[::1]:5000", "https", false, true},
		{"127.0.0.1:5000", "http", false, false}, {"127.0.0.1:5000", "", false, false}, {"203.0.113.7:5000", "https", false, false}, {"", "https", false, false},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, At, strings.NewReader("branch=2"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = x.from
		if x.says != "" {
			r.Header.Set("X-Forwarded-Proto", x.says)
		}
		if x.tls {
			r.TLS = &tls.ConnectionState{}
		}
		s.practice.ServeHTTP(w, r)
		if c := w.Result().Cookies(); len(c) != 1 || c[0].Secure != x.want {
			t.Errorf("%+v: %v", x, c)
		}
	}
}

// TestBad: what is asked for in vain is answered with the way on.
func TestBad(t *testing.T) {
	s := serve(t)
	v := s.visitor(t)
	if code := v.get("/practice/?branch=%3Cb%3E"); code != http.StatusNotFound {
		t.Errorf("status %d", code)
	}
	v.says("no such branch", `name="branch" value="1"`)
	if code := v.post(At, url.Values{"branch": {"999"}}); code != http.StatusNotFound {
		t.Errorf("status %d", code)
	}
	if code := v.post(At, url.Values{"branch": {strings.Repeat("1", 5000)}}); code != http.StatusBadRequest {
		t.Errorf("a form of 5,000 bytes: status %d", code)
	}
	r, err := http.NewRequest(http.MethodPost, s.URL+At, strings.NewReader("branch=1"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if code := v.take(v.http.Do(r)); code != http.StatusForbidden {
		t.Errorf("a form from elsewhere: status %d", code)
	}
	if code := v.get("/practice/screen.js"); code != http.StatusOK {
		t.Errorf("script: status %d", code)
	}
	if _, err := New(Config{}); err == nil {
		t.Error("practice without a definition")
	}
}
