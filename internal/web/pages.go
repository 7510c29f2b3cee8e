package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/election"
)

//go:embed layout.html style.css icon.svg
var files embed.FS

// Words are texts by key.
type Words map[string]Text

// Policy is the content security policy of every page: nothing but our own
// style and icon, no script, no frame.
const Policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// A Link is a link of the navigation; its path is without the language.
type Link struct {
	Path, Word string
}

// A Notice stands on top of every page.
type Notice struct {
	Kind  string // good, bad or open
	Title string
	Text  string
	Path  string // where more is said, without the language
	Link  string // its words
}

// A Page is what the frame shows, around a template's "main".
type Page struct {
	Lang     Lang
	Title    string
	Site     election.Name
	Path     string // of this page without the language
	Query    string // raw, kept when the language is changed
	Nav      []Link
	Practice bool
	Notice   Notice
	Policy   string // said in the page too, for servers that send no headers
	Feed     string // address of what is new, with the language; or empty
	Script   string // address of a script of our own; or empty
	Bare     bool   // without header, navigation and footer: stands in the page of another
	Body     any    // what "main" is given
}

// Alternate returns the address of the page in the other language.
func (p Page) Alternate() string {
	u := url.URL{Path: p.Lang.Other().Prefix() + p.Path, RawQuery: p.Query}
	return u.String()
}

// Links returns the lines of the navigation. They are on every page, and a template
// takes ten times as long for them.
func (p Page) Links() template.HTML {
	var b strings.Builder
	for _, link := range p.Nav {
		b.WriteString("\n<li><a href=\"")
		template.HTMLEscape(&b, []byte(p.Lang.Prefix()+link.Path))
		b.WriteString("\"")
		if p.Current(link) {
			b.WriteString(" aria-current=\"page\"")
		}
		b.WriteString(">")
		template.HTMLEscape(&b, []byte(link.Word))
		b.WriteString("</a></li>")
	}
	return template.HTML(b.String())
}

// Other returns the other language.
func (p Page) Other() Lang { return p.Lang.Other() }

// Current reports whether the link is the page itself or above it.
func (p Page) Current(link Link) bool {
	section := strings.TrimSuffix(link.Path, ".html")
	return link.Path == p.Path || section != "/" && strings.HasPrefix(p.Path, section+"/")
}

// Pages are page templates in both languages.
type Pages struct {
	words Words
	sets  [2]map[string]*template.Template
}

// NewPages reads every *.html of fsys as a page, named without its ending. A
// file whose name begins with "_" holds parts for all of them. More words may be
// given than those of this package.
func NewPages(fsys fs.FS, more ...Words) (*Pages, error) {
	p := &Pages{words: Words{}}
	for _, part := range append([]Words{frameWords, pageWords, recordWords, fieldWords, reasonWords, checkWords, verifyWords}, more...) {
		for key, t := range part {
			if _, twice := p.words[key]; twice {
				return nil, fmt.Errorf("word %q is there twice", key)
			}
			p.words[key] = t
		}
	}
	names, err := fs.Glob(fsys, "*.html")
	if err != nil {
		return nil, err
	}
	for _, l := range Langs {
		base, err := template.New("layout.html").Funcs(p.funcs(l)).ParseFS(files, "layout.html")
		if err != nil {
			return nil, err
		}
		if parts, _ := fs.Glob(fsys, "_*.html"); len(parts) > 0 {
			if _, err := base.ParseFS(fsys, parts...); err != nil {
				return nil, err
			}
		}
		p.sets[l] = map[string]*template.Template{}
		for _, name := range names {
			if strings.HasPrefix(name, "_") {
				continue
			}
			set, err := base.Clone()
			if err != nil {
				return nil, err
			}
			if set, err = set.ParseFS(fsys, name); err != nil {
				return nil, err
			}
			for _, t := range set.Templates() {
				if err := CheckWords(t, p.words); err != nil {
					return nil, fmt.Errorf("%s: %w", name, err)
				}
				if t.Tree != nil {
					p.words.fold(l, t.Tree.Root)
				}
			}
			p.sets[l][strings.TrimSuffix(name, ".html")] = set
		}
	}
	return p, nil
}

// funcs are what templates call, bound to a language.
func (p *Pages) funcs(l Lang) template.FuncMap {
	return template.FuncMap{
		"t":       func(key string, args ...any) string { return p.Say(l, key, args...) },
		"num":     l.number,
		"percent": l.Percent,
		"name":    l.nameHTML,
		"title":   l.Name,
		"code":    codeHTML,
		"u":       func(parts ...any) string { return l.Prefix() + fmt.Sprint(join(parts)...) },
		"lang":    l.Code,
		"style":   func() string { return "/style.css?" + version },
		"add":     func(a, b int) int { return a + b },
		"digits":  l.Digits,
		"whole":   func(n int) uint64 { return uint64(max(0, n)) },
	}
}

// join makes strings of all parts, so that Sprint puts no spaces between them.
func join(parts []any) []any {
	out := make([]any, len(parts))
	for i, a := range parts {
		out[i] = fmt.Sprint(a)
	}
	return out
}

func (l Lang) number(n any) (string, error) {
	switch n := n.(type) {
	case int:
		return l.Number(int64(n)), nil
	case int64:
		return l.Number(n), nil
	case uint64:
		return l.Number(int64(min(n, 1<<62))), nil
	}
	return "", fmt.Errorf("%T is no number", n)
}

// Say returns the words of the key, or the key itself if there are none.
func (p *Pages) Say(l Lang, key string, args ...any) string {
	t, ok := p.words[key]
	if !ok {
		return key
	}
	return l.Say(t, args...)
}

// Render answers with the page in the frame.
func (p *Pages) Render(w http.ResponseWriter, status int, name string, page Page) {
	b, err := p.HTML(name, page)
	if err != nil {
		http.Error(w, p.Say(page.Lang, "frame.broken"), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b)
}

// HTML returns the page in the frame.
func (p *Pages) HTML(name string, page Page) ([]byte, error) {
	set, ok := p.sets[page.Lang][name]
	if !ok {
		return nil, fmt.Errorf("no page %s", name)
	}
	var b bytes.Buffer
	if err := set.ExecuteTemplate(&b, "layout.html", page); err != nil {
		return nil, fmt.Errorf("make page %s: %w", page.Path, err)
	}
	return b.Bytes(), nil
}

// assets are the files that every page loads.
var assets = []struct{ path, file, kind string }{
	{"/style.css", "style.css", "text/css; charset=utf-8"},
	{"/icon.svg", "icon.svg", "image/svg+xml"},
}

// version changes with the style, so that an old one is not kept.
var version = func() string {
	b, err := files.ReadFile("style.css")
	if err != nil {
		return ""
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:4])
}()

// Assets adds the style and the icon to a mux.
func Assets(mux *http.ServeMux) error {
	for _, a := range assets {
		b, err := files.ReadFile(a.file)
		if err != nil {
			return err
		}
		mux.HandleFunc("GET "+a.path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", a.kind)
			w.Header().Set("Cache-Control", "max-age=3600")
			w.Write(b)
		})
	}
	return nil
}

// AssetFiles returns the files that every page loads, by their paths without the
// leading slash.
func AssetFiles() (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, a := range assets {
		b, err := files.ReadFile(a.file)
		if err != nil {
			return nil, err
		}
		out[strings.TrimPrefix(a.path, "/")] = b
	}
	return out, nil
}

// Style returns the style sheet.
func Style() string {
	b, _ := files.ReadFile("style.css") // embedded: it is there
	return string(b)
}

// Keys returns the keys of all words, ascending.
func (p *Pages) Keys() []string { return slices.Sorted(maps.Keys(p.words)) }

// Text returns the words of a key in both languages.
func (p *Pages) Text(key string) (Text, bool) {
	t, ok := p.words[key]
	return t, ok
}

// Secure sets the headers that keep pages to themselves. A confirmation code
// stands in an address, so no address is told to others and nothing is kept.
func Secure(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Content-Security-Policy", Policy)
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "no-referrer")
		head.Set("Cross-Origin-Opener-Policy", "same-origin")
		head.Set("Cross-Origin-Resource-Policy", "same-origin")
		head.Set("Cache-Control", "no-store")
		h.ServeHTTP(w, r)
	})
}
