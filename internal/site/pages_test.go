package site_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/internal/site"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

func TestEveryPage(t *testing.T) {
	h := elected(t)
	s := h.handler(t)
	link := regexp.MustCompile(`(?:href|action|src)="([^"]*)"`)
	seen := map[string]bool{}
	todo := []string{}
	for _, p := range h.paths() {
		todo = append(todo, p, "/en"+p)
	}
	pages := 0
	for len(todo) > 0 { // and whatever they link to
		p := todo[0]
		todo = todo[1:]
		if seen[p] {
			continue
		}
		seen[p] = true
		status, body := get(t, s, p)
		if status != http.StatusOK {
			t.Errorf("%s has status %d", p, status)
			continue
		}
		if path.Ext(strings.Split(p, "?")[0]) != ".html" && path.Ext(p) != "" || strings.Contains(p, "/widget/") {
			continue // data, style, or shown within the pages of others
		}
		pages++
		head := `<html lang="fa" dir="rtl">`
		if strings.HasPrefix(p, "/en/") {
			head = `<html lang="en" dir="ltr">`
		}
		want(t, p, body, head, `<a class="skip" href="#main">`, `<main id="main"`, "<h1>", `class="practice"`, `class="notice good" role="status"`, "<title>")
		// The command on the page on verifying takes an address.
		wantNot(t, p, strings.NewReplacer(`<script src="/live.js" defer></script>`, "", "mirror https://…/raw record", "").Replace(body), "<script", "style=", "onclick", "%!", "ZgotmplZ", "http://", "https://")
		if n := strings.Count(body, "<h1>"); n != 1 {
			t.Errorf("%s has %d headings of the first rank", p, n)
		}
		if strings.Count(body, "<table") != strings.Count(body, "<caption>") {
			t.Errorf("%s has a table without a caption", p)
		}
		if th := regexp.MustCompile(`<th[ >][^>]*>`).FindAllString(body, -1); len(th) > 0 {
			for _, x := range th {
				if !strings.Contains(x, "scope=") {
					t.Errorf("%s has %s", p, x)
				}
			}
		}
		if len(body) > 90_000 {
			t.Errorf("%s has %d bytes", p, len(body))
		}
		// A word that is not there shows as its key.
		if key := regexp.MustCompile(`\b(field|kind|says|phase|state|question|place|check|error)\.[A-Za-z0-9-]+`).FindString(text(body)); key != "" {
			t.Errorf("%s shows the key %q", p, key)
		}
		for _, m := range link.FindAllStringSubmatch(body, -1) {
			to := strings.ReplaceAll(m[1], "&amp;", "&")
			switch {
			case strings.HasPrefix(to, "#"), strings.HasPrefix(to, "/raw/"): // a file of the record
			case strings.HasSuffix(to, "/code"), strings.HasSuffix(to, "/parties"): // forms, which want an answer
			case strings.HasPrefix(to, "?"):
				at, _, _ := strings.Cut(p, "?")
				todo = append(todo, at+to)
			case strings.HasPrefix(to, "/"):
				if len(seen) < 600 {
					todo = append(todo, to)
				}
			default:
				t.Errorf("%s links to %q", p, to)
			}
		}
	}
	if pages < 150 {
		t.Errorf("only %d pages were reached", pages)
	}
}

func TestFirstLoad(t *testing.T) {
	s := elected(t).handler(t)
	total := 0
	for _, p := range []string{"/", "/style.css", "/icon.svg"} {
		_, body := get(t, s, p)
		total += len(body)
	}
	if total > 100_000 || total < 5_000 {
		t.Errorf("the first load has %d bytes", total)
	}
}

func TestResult(t *testing.T) {
	h := elected(t)
	s := h.handler(t)
	canvass, outcome, err := h.view.Canvass("council")
	if err != nil {
		t.Fatal(err)
	}
	_, fa := get(t, s, "/")
	_, en := get(t, s, "/en/")
	want(t, "/", fa, "نتیجهٔ انتخابات", "همه قطعی", "شبیه‌سازی‌شده", "آرش نمونه‌پور", "۱۳", "برگزیده", "واحدهای شمارش", outcome.Steps[1].Fa, "بررسی شد")
	want(t, "/en/", en, "Result of the election", "Certified", "SIMULATED", "Arash Nemunepur", "Ballots: 13", "elected", "Tally units", outcome.Steps[1].En, "Verified", h.report.Election)
	if canvass.Ballots != 13 {
		t.Fatalf("the election has %d ballots", canvass.Ballots)
	}
	// Numbers are in the digits of the language: what has ASCII digits in
	// Persian is a code, and isolated. Ids of candidates in steps are codes too.
	clean := regexp.MustCompile(`(?s)<ol>.*?</ol>|<bdi dir="ltr".*?</bdi>|V\d{3}|<head>.*?</head>`).ReplaceAllString(fa, "")
	if digit := regexp.MustCompile(`.{20}[0-9].{0,20}`).FindString(html.UnescapeString(text(clean))); digit != "" {
		t.Errorf("the Persian page has the digits %q", digit)
	}
	if digit := regexp.MustCompile(`[۰-۹].*`).FindString(en); digit != "" {
		t.Errorf("the English page has the digits %q", digit)
	}
}

func TestNamesAreText(t *testing.T) {
	h := elected(t)
	s := h.handler(t)
	for _, p := range []string{"/", "/en/", "/contest/council.html", "/en/contest/council.html", "/contest/council/unit/101.html", "/widget/council.html"} {
		_, body := get(t, s, p)
		want(t, p, body, "&lt;script&gt;alert")
		wantNot(t, p, body, "<script>")
	}
	_, body := get(t, s, "/en/code?code=%22%3E%3Cscript%3E")
	want(t, "look-up", body, `value="&#34;&gt;&lt;script&gt;"`)
}

func TestHeaders(t *testing.T) {
	s := elected(t).handler(t)
	const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	const live = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'"
	const framed = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors *"
	const data = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
	for p, want := range map[string]string{"/": live, "/en/contest/council.html": live, "/en/checks.html": policy, "/style.css": data, "/contest/council.csv": data,
		"/nothing": policy, "/code?code=x": policy, "/record/hq/0": policy, "/widget/council.html": framed, "/en/widget/council.html": framed} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, p, nil))
		if got := w.Header().Get("Content-Security-Policy"); got != want {
			t.Errorf("%s has the policy %q", p, got)
		}
		if w.Header().Get("Set-Cookie") != "" || w.Header().Get("Content-Type") == "" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s has the headers %v", p, w.Header())
		}
	}
}

func TestPoliteness(t *testing.T) {
	s := elected(t).handler(t)
	long := strings.Repeat("9", 5000)
	for p, status := range map[string]int{
		"/nothing": 404, "/en/nothing": 404, "/record/nothing": 404, "/record/branch/999": 404, "/record/branch/..%2f..": 404, "/contest/x": 404,
		"/contest/council/unit/x": 404, "/record/hq/x": 400, "/record/hq/-1": 400, "/record/hq/99999": 404, "/record/hq/" + long: 400, "/record/hq/9007199254740993": 400,
		"/record/hq/9007199254740992": 404, "/en/record/hq?page=0": 404, "/record/hq?page=x": 400, "/record/hq?page=99": 404, "/record/hq?page=" + long: 400,
		"/record/hq?page=%DB%B2": 200, "/record.html?page=-1": 400, "/contest/council/units-1.html": 404, "/contest/council/candidates-1.html": 404, "/code?code=%zz": 400, "/code?a;b": 400, "/code?code=": 400,
		"/code?code=" + strings.Repeat("A", 1500): 400, "/en/code?code=" + long: 400, "/code?code=%00%ff": 400, "/code?code=0000-0000": 404, "/x" + strings.Repeat("/y", 400): 400,
	} {
		got, body := get(t, s, p)
		if got != status {
			t.Errorf("%.60s has status %d, want %d", p, got, status)
		}
		want(t, p[:min(len(p), 60)], body, "<h1>", "<nav", "class=\"practice\"")
		wantNot(t, p[:min(len(p), 60)], body, "%!", long)
	}
	for _, p := range []string{"/", "/en/code.html", "/checks.html"} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, p, strings.NewReader("code=1")))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %s has status %d", p, w.Code)
		}
	}
}

func TestChecks(t *testing.T) {
	h := elected(t)
	s := h.handler(t)
	_, fa := get(t, s, "/checks.html")
	_, en := get(t, s, "/en/checks.html")
	if len(h.report.Checks) < 30 {
		t.Fatalf("%d checks", len(h.report.Checks))
	}
	for _, c := range h.report.Checks {
		want(t, "/en/checks.html", text(en), c.ID, strings.NewReplacer("'", "&#39;").Replace(c.Title))
		row := regexp.MustCompile(`(?s)<tr id="` + c.ID + `">.*?</tr>`).FindString(fa)
		if !regexp.MustCompile(`[آ-ی]{3}.*[آ-ی]{3}`).MatchString(strings.ReplaceAll(text(row), "درست", "")) || strings.Contains(row, c.Title) {
			t.Errorf("%s has no Persian title: %s", c.ID, text(row))
		}
	}
}

func TestVerifyPage(t *testing.T) {
	h := elected(t)
	_, en := get(t, h.handler(t), "/en/verify.html")
	want(t, "/en/verify.html", en, "sandogh verify record --election "+h.report.Election, "What the phases mean", "(now)", "Against:")
	_, fa := get(t, h.handler(t), "/verify.html")
	for _, id := range report.IDs() {
		want(t, "/verify.html", fa, `id="`+id+`"`)
		want(t, "/en/verify.html", en, `id="`+id+`"`)
	}
	want(t, "/verify.html", fa, "مرحله‌ها چه معنایی دارند", "(اکنون)", "در برابر:")
}

// TestRefuted: a record in which a byte was changed is shown in red, and nothing
// of it as a result.
func TestRefuted(t *testing.T) {
	for name, change := range map[string]func(fstest.MapFS){
		"entries":    func(m fstest.MapFS) { flip(t, m, "branch/101/tile/entries/*") },
		"tile":       func(m fstest.MapFS) { flip(t, m, "hq/tile/0/*") },
		"definition": func(m fstest.MapFS) { flipBlob(m, elected(t).report.Election) },
	} {
		h := spoilt(t, change)
		if h.report.Status != report.Refuted {
			t.Fatalf("%s: the report is %s", name, h.report.Status)
		}
		s := h.handler(t)
		check, _, _ := h.report.First()
		_, fa := get(t, s, "/")
		_, en := get(t, s, "/en/")
		want(t, name, fa, `class="notice bad"`, "رد شد", check.ID, "نتیجه‌ای در کار نیست")
		want(t, name, en, `class="notice bad"`, "Refuted", check.ID, "There is no result", "No number in this record is a result")
		for _, p := range []string{"/", "/contest/council.html", "/branch/101.html", "/record.html", "/checks.html", "/verify.html", "/code.html"} {
			_, body := get(t, s, "/en"+p)
			want(t, name+" "+p, body, `class="notice bad"`)
			wantNot(t, name+" "+p, body, "Certified result", "All certified", "Result of the election", "Arash", `class="notice good"`, "Elected", "class=\"bar", "<strong>(now)")
		}
		if h.view != nil { // else not even the contest is known
			_, data := get(t, s, "/contest/council.json")
			want(t, name, data, `"verified":false`)
			wantNot(t, name, data, `"votes"`, `"elected":true`)
			if _, csv := get(t, s, "/contest/council.csv"); strings.Count(csv, "\n") != 1 {
				t.Errorf("%s: the table has %s", name, csv)
			}
		}
		_, checks := get(t, s, "/en/checks.html")
		want(t, name, checks, `class="state bad"`, "Wrong", "as the record claims")
	}
}

// TestUnknown: what is missing is said to be missing.
func TestUnknown(t *testing.T) {
	h := spoilt(t, func(m fstest.MapFS) { delete(m, "branch/101/checkpoint") })
	if h.report.Status != report.Unknown {
		t.Fatalf("the report is %s", h.report.Status)
	}
	s := h.handler(t)
	_, en := get(t, s, "/en/")
	want(t, "/en/", en, `class="notice open"`, "Unknown", "No result is shown", "Branches whose log is due and is missing", "Branch 1")
	wantNot(t, "/en/", en, "Arash")
	_, body := get(t, s, "/en/record.html")
	want(t, "/en/record.html", body, "Could not be read")
	status, body := get(t, s, "/en/record/branch/101")
	if status != http.StatusInternalServerError {
		t.Errorf("a log without checkpoint has status %d", status)
	}
	want(t, "log", body, "This part of the record could not be read")
	_, body = get(t, s, "/en/code?code=ZZZZ-ZZZZ")
	want(t, "look-up", body, "Not found")
}

// TestBrokenLog: entries that the signed root does not cover are not shown.
func TestBrokenLog(t *testing.T) {
	h := spoilt(t, func(m fstest.MapFS) { flip(t, m, "branch/101/tile/entries/*") })
	s := h.handler(t)
	_, body := get(t, s, "/en/record/branch/101")
	want(t, "log", body, "From here on the log does not agree with its signed root")
	_, found := get(t, s, "/en/code?code=ZZZZ-ZZZZ")
	want(t, "look-up", found, "could not be read wholly", "Branch 1")
	broken := 0
	for _, p := range []string{"0", "1", "5", "10"} {
		if status, _ := get(t, s, "/en/record/branch/101/"+p); status == http.StatusInternalServerError {
			broken++
		}
	}
	if broken == 0 {
		t.Error("every entry of the broken log is shown")
	}
}

func TestBeforeVoting(t *testing.T) {
	h := *elected(t).ready
	if h.report.Status != report.Verified || h.report.Phase != report.PhaseReady {
		t.Fatalf("the report is %s, %s", h.report.Status, h.report.Phase)
	}
	s := h.handler(t)
	_, en := get(t, s, "/en/")
	want(t, "/en/", en, "State of the election", "Not counted yet", "Ready")
	wantNot(t, "/en/", en, "Result of the election", "All certified", `class="state good"`)
	_, checks := get(t, s, "/en/checks.html")
	want(t, "/en/checks.html", checks, "Not due yet")
	want(t, "/en/checks.html", checks, "not compared with an id from outside")
	_, page := get(t, s, "/en/contest/council.html")
	want(t, "contest", page, "Sample ballot", "SAMPLE: not a ballot", "Arash Nemunepur", "Print this page")
	wantNot(t, "contest", page, "check.html?unit")
	// A terminal to practise with is named on the front page until voting is over.
	for _, h := range []held{h, elected(t)} {
		s, err := site.Handler(site.Config{Record: h.record, Report: h.report, View: h.view, Practice: "https://practice.example/"})
		if err != nil {
			t.Fatal(err)
		}
		_, en := get(t, s, "/en/")
		if strings.Contains(en, `href="https://practice.example/"`) != (h.report.Phase == report.PhaseReady) {
			t.Errorf("in the phase %s the front page: %s", h.report.Phase, text(en))
		}
	}
}

func TestTie(t *testing.T) {
	h, err := tied()
	if err != nil {
		t.Fatal(err)
	}
	if h.report.Status != report.Verified || h.report.Phase != report.PhaseCanvassed {
		t.Fatalf("the report is %s, %s", h.report.Status, h.report.Phase)
	}
	s := h.handler(t)
	_, fa := get(t, s, "/")
	_, en := get(t, s, "/en/")
	want(t, "/en/", en, "State of the election", "Complete, unofficial: the law leaves a question open", "Equal votes. Places left: 1", "Puya Azmuni", "Taraneh Mesali", "Nobody is elected for certain yet")
	wantNot(t, "/en/", en, "All certified", `class="state good"`)
	want(t, "/", fa, "قانون پرسشی را باز گذاشته است", "تساوی آرا", "پویا آزمونی")
}

// TestKinds: every type of entry has a name and a sentence.
func TestKinds(t *testing.T) {
	pages, err := web.NewPages(fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	names, sentences := 0, map[string]bool{}
	for _, key := range pages.Keys() {
		group, kind, _ := strings.Cut(key, ".")
		switch {
		case kind == "other":
		case group == "kind":
			names++
		case group == "says":
			kind, _, _ = strings.Cut(kind, ".")
			sentences[kind] = true
		}
	}
	if names < record.Kinds() || len(sentences) != names {
		t.Errorf("%d types of entries have %d names and %d sentences", record.Kinds(), names, len(sentences))
	}
}

func TestHandlerRefuses(t *testing.T) {
	if _, err := site.Handler(site.Config{Record: fstest.MapFS{}}); err == nil {
		t.Error("a site without a report is made")
	}
	rep, view := verify.Record(t.Context(), fstest.MapFS{}, verify.Options{})
	s := held{record: fstest.MapFS{}, report: rep, view: view}.handler(t)
	for p, status := range map[string]int{"/": 200, "/en/checks.html": 200, "/verify.html": 200, "/record.html": 404, "/code?code=00000000": 500, "/record/hq/0": 404, "/contest/x": 404} {
		if got, _ := get(t, s, p); got != status {
			t.Errorf("of an empty record, %s has status %d, want %d", p, got, status)
		}
	}
}

// flip changes a byte in the middle of the one file that matches.
func flip(t *testing.T, m fstest.MapFS, pattern string) {
	t.Helper()
	for name, f := range m {
		if ok, _ := path.Match(pattern, name); ok || strings.HasPrefix(name, strings.TrimSuffix(pattern, "*")) {
			f.Data[len(f.Data)/2] ^= 1
			return
		}
	}
	t.Fatalf("no file matches %s", pattern)
}

func flipBlob(m fstest.MapFS, hash string) { m["blob/"+hash].Data[100] ^= 1 }
