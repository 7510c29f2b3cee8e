package branch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/web"
)

const shellName = "shell"

// pages are the templates and words of all parts, in both languages.
type pages struct {
	words   web.Words
	version string // of the assets: the beginning of the hash of all of them
	assets  map[string][]byte
	sets    [2]map[string]*template.Template
}

func newPages(parts []Part) (*pages, error) {
	p := &pages{words: web.Words{}, assets: map[string][]byte{}}
	if err := p.readAssets(); err != nil {
		return nil, err
	}
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
		frame, err := template.New("_layout.html").Funcs(p.funcs(l)).ParseFS(parts[0].Templates, "_*.html")
		if err != nil {
			return nil, err
		}
		for _, part := range parts {
			if err := p.add(l, frame, part); err != nil {
				return nil, fmt.Errorf("part %s: %w", part.Name, err)
			}
		}
	}
	return p, nil
}

func (p *pages) add(l web.Lang, frame *template.Template, part Part) error {
	if part.Templates == nil {
		return nil
	}
	base, err := frame.Clone()
	if err != nil {
		return err
	}
	if own, _ := fs.Glob(part.Templates, "_*.html"); part.Name != shellName && len(own) > 0 {
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
		"num":    func(n any) (string, error) { return number(l, n) },
		"digits": l.Digits,
		"u":      func(path string) string { return l.Prefix() + path },
		"code": func(s string) template.HTML {
			return template.HTML(`<bdi dir="ltr" class="code short">` + template.HTMLEscapeString(s) + `</bdi>`)
		},
		"asset":  func(name string) string { return "/static/" + p.version + "/" + name },
		"notice": func(kind, title, text string) Notice { return Notice{kind, title, text} },
		"lang":   l.Code,
	}
}

func number(l web.Lang, n any) (string, error) {
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

var kinds = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".woff2": "font/woff2",
	".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8"}

func (p *pages) readAssets() error {
	entries, err := files.ReadDir("static")
	if err != nil {
		return err
	}
	h := sha256.New()
	for _, e := range entries {
		b, err := files.ReadFile("static/" + e.Name())
		if err != nil {
			return err
		}
		p.assets[e.Name()] = b
		h.Write(b)
	}
	p.version = hex.EncodeToString(h.Sum(nil)[:6])
	return nil
}

func (p *pages) asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	b, ok := p.assets[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kinds[path.Ext(name)])
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
}
