package console

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/web"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed static
var static embed.FS

// pages are the templates and words of all parts, in both languages.
type pages struct {
	words web.Words
	sets  [2]map[string]*template.Template
}

func newPages(parts []Part) (*pages, error) {
	p := &pages{words: web.Words{}}
	for _, part := range parts {
		for key, t := range part.Words {
			if _, twice := p.words[key]; twice {
				return nil, fmt.Errorf("part %s: word %q is there twice", part.Name, key)
			}
			if t[web.Persian] == "" || t[web.English] == "" {
				return nil, fmt.Errorf("part %s: word %q is missing in one language", part.Name, key)
			}
			p.words[key] = t
		}
	}
	for _, l := range web.Langs {
		p.sets[l] = map[string]*template.Template{}
		shell, err := template.New("_layout.html").Funcs(p.funcs(l)).ParseFS(templates, "templates/_*.html")
		if err != nil {
			return nil, err
		}
		for _, part := range parts {
			if err := p.add(l, shell, part); err != nil {
				return nil, fmt.Errorf("part %s: %w", part.Name, err)
			}
		}
	}
	return p, nil
}

// add reads the pages of a part.
func (p *pages) add(l web.Lang, shell *template.Template, part Part) error {
	if part.Templates == nil {
		return nil
	}
	base, err := shell.Clone()
	if err != nil {
		return err
	}
	own, _ := fs.Glob(part.Templates, "_*.html")
	if part.Name != shellName && len(own) > 0 {
		if _, err := base.ParseFS(part.Templates, own...); err != nil {
			return err
		}
	}
	names, err := fs.Glob(part.Templates, "*.html")
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, "_") {
			continue
		}
		set, err := base.Clone()
		if err != nil {
			return err
		}
		if set, err = set.ParseFS(part.Templates, name); err != nil {
			return err
		}
		for _, t := range set.Templates() {
			if err := web.CheckWords(t, p.words); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		p.sets[l][part.Name+"/"+strings.TrimSuffix(name, ".html")] = set
	}
	return nil
}

func (p *pages) say(l web.Lang, key string, args ...any) string {
	t, ok := p.words[key]
	if !ok {
		return key
	}
	return l.Say(t, args...)
}

// funcs are what templates call, bound to a language.
func (p *pages) funcs(l web.Lang) template.FuncMap {
	return template.FuncMap{
		"t":      func(key string, args ...any) string { return p.say(l, key, args...) },
		"text":   func(t web.Text) string { return t[l] },
		"num":    func(n any) (string, error) { return number(l, n) },
		"digits": l.Digits,
		"u":      func(path string) string { return l.Prefix() + path },
		"day":    func(d any) template.HTML { return dayHTML(l, d) },
		"when":   func(t any) template.HTML { return timeHTML(l, t) },
		"code":   codeHTML,
		"name":   func(fa, en string) string { return NameIn(l, fa, en) },
		"asset":  func(name string) string { return "/static/" + version + "/" + name },
		"dict":   dict,
	}
}

// codeHTML isolates what is neither language. An id is kept in one piece; longer
// ones break anywhere.
func codeHTML(s string) template.HTML {
	class := "code"
	if len(s) <= 26 {
		class = "code short"
	}
	return template.HTML(`<bdi dir="ltr" class="` + class + `">` + template.HTMLEscapeString(s) + `</bdi>`)
}

// NameIn returns a name in the language, or in the other if it has none.
func NameIn(l web.Lang, fa, en string) string {
	if l == web.English && en != "" || fa == "" {
		return en
	}
	return fa
}

// dict makes a map of names and values in turn, to hand several to a template.
func dict(pairs ...any) (map[string]any, error) {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}

func number(l web.Lang, n any) (string, error) {
	switch n := n.(type) {
	case int:
		return l.Number(int64(n)), nil
	case int64:
		return l.Number(n), nil
	}
	return "", fmt.Errorf("%T is no number", n)
}

func langOf(l web.Lang) calendar.Lang { return calendar.Lang(l.Code()) }

// dayHTML is a day in the language's words, with the Gregorian date beside it for
// those who point at it.
func dayHTML(l web.Lang, v any) template.HTML {
	d, ok := v.(calendar.Day)
	if s, isText := v.(string); isText {
		d, ok = ISODay(s), true
	}
	if !ok || d == 0 {
		return "–"
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s">%s</time>`, d.Gregorian(), d.Time().Format("2 January 2006"), d.In(langOf(l))))
}

// timeHTML is an instant in Tehran, to the minute.
func timeHTML(l web.Lang, v any) template.HTML {
	t, ok := v.(time.Time)
	if ms, isMillis := v.(int64); isMillis {
		t, ok = time.UnixMilli(ms), ms != 0
	}
	if !ok || t.IsZero() {
		return "–"
	}
	t = t.In(office.Tehran)
	d := calendar.DayOf(t.Date())
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s">%s، %s</time>`, t.Format(time.RFC3339), t.Format("2 January 2006 15:04"),
		d.In(langOf(l)), l.Digits(t.Format("15:04"))))
}

// render returns the page in the frame.
func (p *pages) render(l web.Lang, name string, view any) ([]byte, error) {
	set, ok := p.sets[l][name]
	if !ok {
		return nil, fmt.Errorf("no page %s", name)
	}
	var b bytes.Buffer
	if err := set.ExecuteTemplate(&b, "_layout.html", view); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// assets are what pages load; version is the beginning of the hash of all of
// them, so that no old one is kept.
var assets, version = func() (map[string][]byte, string) {
	all, h := map[string][]byte{}, sha256.New()
	entries, _ := static.ReadDir("static")
	for _, e := range entries {
		b, _ := static.ReadFile("static/" + e.Name()) // embedded: it is there
		all[e.Name()] = b
		h.Write(b)
	}
	return all, hex.EncodeToString(h.Sum(nil)[:6])
}()

var kinds = map[string]string{"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "woff2": "font/woff2",
	"svg": "image/svg+xml", "txt": "text/plain; charset=utf-8"}

func serveStatic(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	b, ok := assets[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kinds[name[strings.LastIndexByte(name, '.')+1:]])
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
}
