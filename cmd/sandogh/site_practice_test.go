package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/site"
	"github.com/sandogh/sandogh/internal/site/country"
	"github.com/sandogh/sandogh/internal/terminal/screen"
)

// TestSitePractice: a served site leads to a terminal to practise with, whose
// visits outlast a state of the site.
func TestSitePractice(t *testing.T) {
	var own sitePractice
	state := func() site.Config {
		x := country.New(1, country.Small)
		cfg := site.Config{Invented: x.At(country.State{})}
		if err := own.join(&cfg); err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	cfg := state()
	s, err := site.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ask := func(method, path, body, cookie string) *httptest.ResponseRecorder {
		r, w := httptest.NewRequest(method, path, strings.NewReader(body)), httptest.NewRecorder()
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", cookie)
		s.ServeHTTP(w, r)
		return w
	}
	for _, path := range []string{"/voting.html", "/en/voting.html"} {
		if w := ask(http.MethodGet, path, "", ""); !strings.Contains(w.Body.String(), `href="/practice/"`) {
			t.Errorf("%s, status %d, does not lead to the terminal", path, w.Code)
		}
	}
	if w := ask(http.MethodGet, "/practice/", "", ""); w.Code != http.StatusOK || w.Header().Get("Content-Security-Policy") != screen.Policy {
		t.Fatalf("status %d, %v", w.Code, w.Header())
	}
	w := ask(http.MethodPost, "/practice/", "branch="+cfg.Invented.Definition.Branches[0].ID, "")
	cookies := w.Result().Cookies()
	if w.Code != http.StatusSeeOther || len(cookies) != 1 {
		t.Fatalf("status %d, cookies %v", w.Code, cookies)
	}
	if err := s.Refresh(state()); err != nil {
		t.Fatal(err)
	}
	if w := ask(http.MethodGet, "/practice/vote/", "", cookies[0].String()); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "هیچ رأیی داده نمی‌شود") {
		t.Errorf("the visit after a refresh: status %d, %s", w.Code, w.Body)
	}
}
