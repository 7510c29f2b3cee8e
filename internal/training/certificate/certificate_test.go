package certificate_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/training/certificate"
	"pgregory.net/rapid"
)

func key(t testing.TB, n byte) certificate.Key {
	seed := make([]byte, 32)
	seed[0] = n
	k, err := certificate.NewKey(seed)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var zahra = certificate.Certificate{Serial: "abcd2345", Name: "زهرا کاظمی", Last4: "3810", Course: "قانون تازهٔ شوراها", Issued: "2026-06-01",
	Expires: "2027-06-01", Articles: []certificate.Article{{Article: "41", Version: "1404"}, {Article: "councils/seats", Version: "1405"}}}

func TestRoundTrip(t *testing.T) {
	k := key(t, 1)
	text, err := zahra.Text(k)
	if err != nil {
		t.Fatal(err)
	}
	got, err := certificate.Open(text, k.Public())
	if err != nil || fmt.Sprint(got) != fmt.Sprint(zahra) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := certificate.Open(text, key(t, 2).Public()); !errors.Is(err, certificate.ErrForged) {
		t.Errorf("with another key: %v", err)
	}
	for _, day := range []struct {
		day  string
		list certificate.List
		want certificate.State
	}{
		{"2026-05-31", certificate.List{}, certificate.Early}, {"2026-06-01", certificate.List{}, certificate.Good},
		{"2027-06-01", certificate.List{}, certificate.Good}, {"2027-06-02", certificate.List{}, certificate.Expired},
		{"2026-07-01", certificate.List{Serials: []string{"abcd2345"}}, certificate.Revoked},
	} {
		if s := zahra.On(day.day, day.list); s != day.want {
			t.Errorf("on %s it is %s, not %s", day.day, s, day.want)
		}
	}
}

// TestForged changes each character once: nothing else opens.
func TestForged(t *testing.T) {
	k := key(t, 1)
	text, _ := zahra.Text(k)
	for i := range text {
		for _, c := range []string{"A", "b", "7", "_", ".", "\n", ""} {
			if changed := text[:i] + c + text[i+1:]; changed != text {
				if got, err := certificate.Open(changed, k.Public()); err == nil {
					t.Fatalf("with %q at %d it opens: %v", c, i, got)
				}
			}
		}
	}
	for _, bad := range []string{"", "SC1.", "SC1..", text + "A", text + "\n", " " + text, strings.Replace(text, "SC1", "SR1", 1), "SC1." + strings.Repeat("A", 2000)} {
		if _, err := certificate.Open(bad, k.Public()); err == nil {
			t.Errorf("%.40q opens", bad)
		}
	}
	// A list is no certificate, and the other way round, whatever stands before.
	list := certificate.List{Day: "2026-07-01", Serials: []string{"b", "a"}}.Text(k)
	if _, err := certificate.Open("SC1."+list[4:], k.Public()); !errors.Is(err, certificate.ErrForged) {
		t.Errorf("a list opens as a certificate: %v", err)
	}
	if l, err := certificate.OpenList(list, k.Public()); err != nil || fmt.Sprint(l) != "{2026-07-01 [a b]}" {
		t.Errorf("%v, %v", l, err)
	}
	if _, err := certificate.OpenList("SR1."+text[4:], k.Public()); !errors.Is(err, certificate.ErrForged) {
		t.Errorf("a certificate opens as a list: %v", err)
	}
}

func TestRefused(t *testing.T) {
	for name, change := range map[string]func(*certificate.Certificate){
		"a line in a name":        func(c *certificate.Certificate) { c.Name = "a\nb" },
		"the whole number":        func(c *certificate.Certificate) { c.Last4 = "0932833810" },
		"no serial":               func(c *certificate.Certificate) { c.Serial = "" },
		"expires before issue":    func(c *certificate.Certificate) { c.Expires = "2026-05-01" },
		"no day":                  func(c *certificate.Certificate) { c.Issued = "1405-02-01x" },
		"article without version": func(c *certificate.Certificate) { c.Articles = []certificate.Article{{Article: "41"}} },
		"too much for a code": func(c *certificate.Certificate) {
			c.Articles = nil
			for i := range 40 {
				c.Articles = append(c.Articles, certificate.Article{Article: strings.Repeat("x", 40), Version: fmt.Sprint(i)})
			}
		},
	} {
		c := zahra
		change(&c)
		if text, err := c.Text(key(t, 1)); err == nil {
			t.Errorf("%s: signed as %s", name, text)
		}
	}
}

func TestProperty(t *testing.T) {
	k := key(t, 3)
	field := rapid.StringMatching(`[a-z@آ-ی0-9 /.]{1,30}`)
	rapid.Check(t, func(t *rapid.T) {
		c := certificate.Certificate{Serial: field.Draw(t, "serial"), Name: field.Draw(t, "name"), Last4: "0000", Course: field.Draw(t, "course"),
			Issued: "2026-01-01", Expires: "2026-01-01", Articles: []certificate.Article{}}
		for range rapid.IntRange(0, 3).Draw(t, "articles") {
			c.Articles = append(c.Articles, certificate.Article{Article: field.Draw(t, "article"), Version: rapid.StringMatching(`[a-z0-9/]{1,9}`).Draw(t, "version")})
		}
		text, err := c.Text(k)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := certificate.Open(text, k.Public()); err != nil || fmt.Sprint(got) != fmt.Sprint(c) {
			t.Errorf("%v, %v", got, err)
		}
	})
}

func FuzzOpen(f *testing.F) {
	k := key(f, 1)
	text, _ := zahra.Text(k)
	f.Add(text)
	f.Add("SC1.YQ.YQ")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := certificate.Open(text, k.Public())
		if err != nil {
			return
		}
		if again, err := c.Text(k); err != nil || again != text {
			t.Errorf("%q opens and is written as %q, %v", text, again, err)
		}
	})
}

func TestKey(t *testing.T) {
	k := key(t, 1)
	j, _ := json.Marshal(map[string]any{"k": k})
	var b strings.Builder
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "k", k)
	for _, s := range []string{fmt.Sprint(k), fmt.Sprintf("%+v %x", k, k), string(j), b.String()} {
		if !strings.Contains(s, "REDACTED") || strings.Contains(s, "1 0 0 0") {
			t.Errorf("the key is shown: %s", s)
		}
	}
	public, err := certificate.ParsePublic(certificate.FormatPublic(k.Public()))
	if err != nil || !public.Equal(k.Public()) {
		t.Errorf("%x, %v", public, err)
	}
	if _, err := certificate.ParsePublic([]byte("sandogh training key 1 AAAA")); err == nil {
		t.Error("a short key is read")
	}
}
