package branch

import (
	"html/template"
	"io/fs"

	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/internal/web/page"
)

// newPages reads the pages of all parts, and the files that they load.
func newPages(parts []Part) (*page.Set, *page.Assets, error) {
	dir, err := fs.Sub(files, "static")
	if err != nil {
		return nil, nil, err
	}
	assets, err := page.NewAssets(dir)
	if err != nil {
		return nil, nil, err
	}
	var sources []page.Source
	for _, p := range parts {
		sources = append(sources, page.Source{Name: p.Name, Words: p.Words, Templates: p.Templates})
	}
	set, err := page.New(assets, sources, funcs)
	return set, assets, err
}

// funcs are what templates call besides, in a language.
func funcs(l web.Lang) template.FuncMap {
	return template.FuncMap{
		"code": func(s string) template.HTML {
			return template.HTML(`<bdi dir="ltr" class="code short">` + template.HTMLEscapeString(s) + `</bdi>`)
		},
		"notice": func(kind, title, text string) Notice { return Notice{kind, title, text} },
	}
}
