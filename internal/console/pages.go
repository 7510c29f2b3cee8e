package console

import (
	"embed"
	"io/fs"

	"github.com/sandogh/sandogh/internal/console/show"
	"github.com/sandogh/sandogh/internal/console/wording"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/internal/web/page"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed static
var static embed.FS

// words are those of the shell.
var words = wording.Shell

// shellName is the part of the shell's own pages.
const shellName = page.Shell

// newPages reads the pages of all parts, and the files that they load.
func newPages(parts []Part) (*page.Set, *page.Assets, error) {
	dir, err := fs.Sub(static, "static")
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
	set, err := page.New(assets, sources, show.Funcs)
	return set, assets, err
}

// NameIn returns a name in the language, or in the other if it has none.
func NameIn(l web.Lang, fa, en string) string { return show.NameIn(l, fa, en) }
