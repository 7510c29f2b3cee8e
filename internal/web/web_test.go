package web_test

import (
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/web"
)

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		n      int64
		fa, en string
	}{
		{0, "۰", "0"}, {7, "۷", "7"}, {999, "۹۹۹", "999"}, {1000, "۱٬۰۰۰", "1,000"},
		{1234567, "۱٬۲۳۴٬۵۶۷", "1,234,567"}, {-12345, "−۱۲٬۳۴۵", "−12,345"},
	} {
		if got := web.Persian.Number(c.n); got != c.fa {
			t.Errorf("%d in Persian is %q, want %q", c.n, got, c.fa)
		}
		if got := web.English.Number(c.n); got != c.en {
			t.Errorf("%d in English is %q, want %q", c.n, got, c.en)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		part, whole uint64
		fa, en      string
	}{
		{0, 0, "–", "–"}, {0, 3, "۰٫۰٪", "0.0%"}, {2, 3, "۶۶٫۷٪", "66.7%"}, {1, 2000, "۰٫۱٪", "0.1%"}, {1, 2001, "۰٫۰٪", "0.0%"}, {5, 5, "۱۰۰٫۰٪", "100.0%"},
	} {
		if fa, en := web.Persian.Percent(c.part, c.whole), web.English.Percent(c.part, c.whole); fa != c.fa || en != c.en {
			t.Errorf("%d of %d is %q and %q, want %q and %q", c.part, c.whole, fa, en, c.fa, c.en)
		}
	}
}

// TestNumberFolds: what is shown can be typed again.
func TestNumberFolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(0, 1<<53).Draw(t, "n")
		plain := strconv.FormatUint(n, 10)
		for _, l := range web.Langs {
			if got, ok := web.ParseNumber(l.Digits(plain)); !ok || got != n {
				t.Fatalf("%q reads as %d, %v", l.Digits(plain), got, ok)
			}
		}
	})
	for _, bad := range []string{"", "-1", "+1", "1.0", "1e3", " 1", "٬", "99999999999999999", "9007199254740993", "۱x", "\x00"} {
		if n, ok := web.ParseNumber(bad); ok {
			t.Errorf("%q reads as %d", bad, n)
		}
	}
	if got := web.FoldDigits("٣۴5"); got != "345" {
		t.Errorf("the three scripts fold to %q", got)
	}
}

func TestSay(t *testing.T) {
	text := web.Text{"%[2]v در %[1]v", "%[2]v in %[1]v"}
	if got, want := web.Persian.Say(text, "A-1", 1200), "۱٬۲۰۰ در \u2068A-1\u2069"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := web.English.Say(text, election.Name{Fa: "شعبه", En: "Branch"}, uint64(1200)), "1,200 in \u2068Branch\u2069"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := web.English.Name(election.Name{Fa: "شعبه"}); got != "شعبه" {
		t.Errorf("a name without English is %q", got)
	}
	if got := web.Persian.Name(election.Name{En: "Branch"}); got != "Branch" {
		t.Errorf("a name without Persian is %q", got)
	}
}

func TestCleanCode(t *testing.T) {
	const code = "1AB0-CDEF-GH1J-KMNP-QRST-VWXY-Z012-3456"
	plain := strings.ReplaceAll(code, "-", "")
	for _, typed := range []string{code, plain, strings.ToLower(code), strings.ReplaceAll(code, "-", " "), "  " + code + "\r\n",
		strings.ReplaceAll(code, "-", "–"), "LaBo-CDEF-GHiJ-KMNP-QRST-VWXY-ZOl2-3456", web.Persian.Digits(code), "\u2066" + code + "\u2069"} {
		if got, fault := web.CleanCode(typed); got != plain || fault != "" {
			t.Errorf("%q is %q, %q; want %q", typed, got, fault, plain)
		}
	}
	if got, fault := web.CleanCode("1ab0-cdef"); got != "1AB0CDEF" || fault != "" {
		t.Errorf("a beginning of eight characters is %q, %q", got, fault)
	}
	for typed, want := range map[string]web.CodeFault{
		"": web.CodeEmpty, " - ": web.CodeEmpty, "1AB0-CDE": web.CodeShort, plain + "0": web.CodeLong, strings.Repeat("0", 1<<16): web.CodeLong,
		"1AB0-CDEU": web.CodeForeign, "1AB0-CDE<": web.CodeForeign, "کد پیگیری": web.CodeForeign, "1AB0\x00CDEF": web.CodeForeign, "1AB0\xff\xffCDEF": web.CodeForeign,
	} {
		if got, fault := web.CleanCode(typed); fault != want || got != "" {
			t.Errorf("%.40q is %q, %q; want %q", typed, got, fault, want)
		}
	}
}

func FuzzCleanCode(f *testing.F) {
	f.Add("1AB0-CDEF")
	f.Add("۱٢3o-il\u200f")
	f.Fuzz(func(t *testing.T, typed string) {
		got, fault := web.CleanCode(typed)
		if (got == "") != (fault != "") {
			t.Fatalf("%q and %q", got, fault)
		}
		if fault == "" {
			if again, fault := web.CleanCode(got); again != got || fault != "" {
				t.Fatalf("%q reads as %q, %q", got, again, fault)
			}
			if len(got) < web.MinCodePrefix || len(got) > web.CodeLength || strings.Trim(got, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") != "" {
				t.Fatalf("%q is no code", got)
			}
		}
	})
}

// TestStyleIsLogical: no side of the page is named, so that one sheet serves
// both directions.
func TestStyleIsLogical(t *testing.T) {
	css := regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(web.Style(), "")
	if len(css) < 1000 {
		t.Fatalf("the style has %d bytes", len(css))
	}
	if side := regexp.MustCompile(`(?i)left|right|(margin|padding|border|inset)-(top|bottom)|[^-]\bwidth:|float|@import|url\(|letter-spacing`).FindString(css); side != "" {
		t.Errorf("the style has %q", side)
	}
}

// TestContrast: text stands out from its ground by 4.5 to 1, marks by 3 to 1,
// in the light and in the dark.
func TestContrast(t *testing.T) {
	css := web.Style()
	light, dark, ok := strings.Cut(css, "prefers-color-scheme: dark")
	if !ok {
		t.Fatal("the style has no dark colours")
	}
	dark, _, _ = strings.Cut(dark, "*, ::before")
	for name, part := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]float64{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(part, -1) {
			colours[m[1]] = luminance(m[2])
		}
		for _, c := range []struct {
			front, ground string
			least         float64
		}{
			{"text", "page", 4.5}, {"text", "card", 4.5}, {"soft", "page", 4.5}, {"soft", "card", 4.5}, {"link", "page", 4.5}, {"link", "card", 4.5},
			{"page", "link", 4.5}, {"good", "good-on", 4.5}, {"bad", "bad-on", 4.5}, {"open", "open-on", 4.5}, {"practice", "practice-on", 4.5},
			{"good", "card", 4.5}, {"open", "card", 4.5}, {"edge", "page", 3}, {"focus", "page", 3}, {"focus", "card", 3}, {"bar", "card", 3},
		} {
			a, ok1 := colours[c.front]
			b, ok2 := colours[c.ground]
			if !ok1 || !ok2 {
				t.Fatalf("%s: no colour %s or %s", name, c.front, c.ground)
			}
			if r := (max(a, b) + .05) / (min(a, b) + .05); r < c.least {
				t.Errorf("%s: %s on %s has contrast %.2f, want %.1f", name, c.front, c.ground, r, c.least)
			}
		}
	}
}

// luminance is WCAG's relative luminance.
func luminance(hex string) float64 {
	sum := 0.0
	for i, weight := range []float64{.2126, .7152, .0722} {
		n, _ := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		x := float64(n) / 255
		if x <= .04045 {
			x /= 12.92
		} else {
			x = math.Pow((x+.055)/1.055, 2.4)
		}
		sum += weight * x
	}
	return sum
}

func pages(t *testing.T, main string) *web.Pages {
	t.Helper()
	p, err := web.NewPages(fstest.MapFS{"a.html": {Data: []byte(main)}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRender(t *testing.T) {
	p := pages(t, `{{define "main"}}<p>{{t "votes" 1234}}</p>{{name .}}{{end}}`)
	page := web.Page{Lang: web.Persian, Title: "<b>", Site: election.Name{En: "A<B"}, Path: "/x", Query: "q=1&r=2", Practice: true, Body: election.Name{En: `"><script>`}}
	w := httptest.NewRecorder()
	p.Render(w, http.StatusTeapot, "a", page)
	body := w.Body.String()
	for _, want := range []string{`<html lang="fa" dir="rtl">`, "۱٬۲۳۴ رأی", `<bdi lang="en">&#34;&gt;&lt;script&gt;</bdi>`, "<h1>&lt;b&gt;</h1>", `href="/en/x?q=1&amp;r=2"`, "شبیه‌سازی‌شده"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not have %q:\n%s", want, body)
		}
	}
	if w.Code != http.StatusTeapot || strings.Contains(body, "<script") || strings.Contains(body, "<b>") {
		t.Errorf("status %d, body:\n%s", w.Code, body)
	}

	w = httptest.NewRecorder()
	p.Render(w, http.StatusOK, "no such page", page)
	if w.Code != http.StatusInternalServerError {
		t.Errorf("a page that is not there has status %d", w.Code)
	}
}

func TestNewPagesRefuses(t *testing.T) {
	for name, main := range map[string]string{
		"a word that is not there":       `{{define "main"}}{{if .}}{{t "no such word"}}{{end}}{{end}}`,
		"a word in a pipe that is not":   `{{define "main"}}{{range .}}{{else}}{{print (t "no such word")}}{{end}}{{end}}`,
		"a template that does not parse": `{{define "main"}}{{`,
		"a function that is not there":   `{{define "main"}}{{danger .}}{{end}}`,
	} {
		if _, err := web.NewPages(fstest.MapFS{"a.html": {Data: []byte(main)}}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// TestWords: every word is there in both languages, with the same verbs and the
// letters of its own script.
func TestWords(t *testing.T) {
	p := pages(t, `{{define "main"}}{{end}}`)
	keys := p.Keys()
	if len(keys) < 100 {
		t.Fatalf("%d words", len(keys))
	}
	verb := regexp.MustCompile(`%\[\d\]v`)
	for _, key := range keys {
		text, _ := p.Text(key)
		fa, en := text[web.Persian], text[web.English]
		if strings.HasPrefix(key, "check.") {
			en = "title of package verify"
		}
		if fa == "" || en == "" {
			t.Errorf("%s is not there in both languages: %q, %q", key, fa, en)
		}
		if strings.ContainsAny(fa, "يكى٠١٢٣٤٥٦٧٨٩") {
			t.Errorf("%s has Arabic letters or digits: %q", key, fa)
		}
		if strings.HasPrefix(key, "check.") {
			continue
		}
		count := map[string]int{}
		for _, v := range verb.FindAllString(fa, -1) {
			count[v] |= 1
		}
		for _, v := range verb.FindAllString(en, -1) {
			count[v] |= 2
		}
		for v, both := range count {
			if both != 3 {
				t.Errorf("%s has %s in one language only", key, v)
			}
		}
	}
}

func TestSecure(t *testing.T) {
	w := httptest.NewRecorder()
	web.Secure(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	for name, want := range map[string]string{"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	p, err := web.NewPages(fstest.MapFS{"a.html": {Data: []byte(`{{define "main"}}{{range .}}<td>{{num .}}</td>{{end}}{{end}}`)}})
	if err != nil {
		b.Fatal(err)
	}
	page := web.Page{Lang: web.Persian, Body: make([]int, 500)}
	for b.Loop() {
		p.Render(httptest.NewRecorder(), http.StatusOK, "a", page)
	}
}
