package page

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"strings"

	"github.com/sandogh/sandogh/internal/web"
)

// A Source is where pages come from: a part of a console.
type Source struct {
	Name      string
	Words     web.Words
	Templates fs.FS
}

// Shell is the name of the source of the frame and of pages of no other part. It comes
// first.
const Shell = "shell"

// A Set is the templates and words of all parts, in both languages.
type Set struct {
	words  web.Words
	assets *Assets
	sets   [2]map[string]*template.Template
}

// New reads the templates of all parts, the shell's first, and checks that no word is
// missing. More is what they call besides, in a language.
func New(assets *Assets, parts []Source, more func(web.Lang) template.FuncMap) (*Set, error) {
	p := &Set{words: web.Words{}, assets: assets}
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
		shell, err := template.New("_layout.html").Funcs(p.funcs(l)).Funcs(more(l)).ParseFS(parts[0].Templates, "_*.html")
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
func (p *Set) add(l web.Lang, shell *template.Template, part Source) error {
	if part.Templates == nil {
		return nil
	}
	base, err := shell.Clone()
	if err != nil {
		return err
	}
	own, _ := fs.Glob(part.Templates, "_*.html")
	if part.Name != Shell && len(own) > 0 {
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

// Say returns the words of a key; the key itself if there are none.
func (p *Set) Say(l web.Lang, key string, args ...any) string {
	t, ok := p.words[key]
	if !ok {
		return key
	}
	return l.Say(t, args...)
}

// funcs are what templates call, bound to a language.
func (p *Set) funcs(l web.Lang) template.FuncMap {
	return template.FuncMap{
		"t":      func(key string, args ...any) string { return p.Say(l, key, args...) },
		"text":   func(t web.Text) string { return t[l] },
		"num":    func(n any) (string, error) { return number(l, n) },
		"digits": l.Digits,
		"u":      func(path string) string { return l.Prefix() + path },
		"asset":  func(name string) string { return "/static/" + p.assets.version + "/" + name },
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

// Render returns the page in the frame.
func (p *Set) Render(l web.Lang, name string, view any) ([]byte, error) {
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
