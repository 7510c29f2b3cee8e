package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/web"
)

func TestCode(t *testing.T) {
	h := elected(t)
	s := h.handler(t)
	endings := h.endings(t)
	words := map[string]string{
		"cast": "It was cast: it counts", "spoiled": "It was spoiled, at the voter&#39;s wish or by the branch&#39;s officers", "challenged": "It was challenged to test the device",
	}
	for kind, sentence := range words {
		f, ok := endings[kind]
		if !ok {
			t.Fatalf("the election has no %s ballot: choose another seed", kind)
		}
		plain := strings.ReplaceAll(f.code, "-", "")
		for _, typed := range []string{f.code, plain, strings.ToLower(f.code), plain[:8], plain[:17], f.code[:9] + "-", " " + strings.ReplaceAll(f.code, "-", " "),
			strings.NewReplacer("0", "O", "1", "l").Replace(f.code), strings.ReplaceAll(f.code, "1", "I"), web.Persian.Digits(f.code)} {
			status, body := get(t, s, "/en/code?code="+url.QueryEscape(typed))
			if status != http.StatusOK {
				t.Errorf("%s ballot as %q has status %d", kind, typed, status)
				continue
			}
			want(t, typed, body, sentence, "Found", f.code, "The proof that it is in the branch")
			if kind != "challenged" {
				wantNot(t, typed, body, "Selections on")
				for _, c := range h.view.Definition().Contests[0].Candidates {
					wantNot(t, typed, body, ">"+web.English.Name(c.Name)+"<")
				}
				continue
			}
			want(t, typed, body, "Selections on the challenged ballot")
			for _, c := range h.view.Definition().Contests[0].Candidates {
				chosen := false
				for _, name := range f.selections {
					chosen = chosen || name == c.Name.String()
				}
				if shown := strings.Contains(body, ">"+web.English.Name(c.Name)+"<"); shown != chosen {
					t.Errorf("%s is shown: %v; is chosen: %v", c.Name.En, shown, chosen)
				}
			}
		}
		_, fa := get(t, s, "/code?code="+plain)
		want(t, "/code", fa, "پیدا شد", f.code)
		for i := range plain { // a code that differs in a character is another one
			other := []byte(plain)
			other[i] = 'Z' + '0' - other[i]
			if other[i] < '0' || other[i] > '9' {
				other[i] = '7'
			}
			if string(other) == plain {
				continue
			}
			if status, body := get(t, s, "/en/code?code="+string(other)); status != http.StatusNotFound || !strings.Contains(body, "tell the supervisory office") {
				t.Errorf("%s has status %d", other, status)
			}
		}
	}
}

// TestCodeAtOnce: many may ask first.
func TestCodeAtOnce(t *testing.T) {
	h := elected(t)
	s := h.handler(t)
	answers := make(chan int, 8)
	for range cap(answers) {
		go func() { answers <- status(s, "/en/code?code="+h.votes.Code) }()
	}
	for range cap(answers) {
		if got := <-answers; got != http.StatusOK {
			t.Errorf("status %d", got)
		}
	}
}

func BenchmarkLookUp(b *testing.B) {
	h, err := whole()
	if err != nil {
		b.Fatal(err)
	}
	s := h.handler(b)
	for b.Loop() {
		if code := status(s, "/en/code?code="+h.votes.Code); code != http.StatusOK {
			b.Fatal(code)
		}
	}
}

func BenchmarkFront(b *testing.B) {
	h, err := whole()
	if err != nil {
		b.Fatal(err)
	}
	s := h.handler(b)
	for b.Loop() {
		if code := status(s, "/"); code != http.StatusOK {
			b.Fatal(code)
		}
	}
}
