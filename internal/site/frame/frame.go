package frame

import (
	"bytes"
	_ "embed"
	"net/http"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/web"
)

// Policies of pages. A page has [Plain] unless it says otherwise.
const (
	// Plain allows nothing but the site's own style and pictures.
	Plain = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
	// Live also allows the one script that tells readers of new numbers.
	Live = Plain + "; script-src 'self'; connect-src 'self'"
	// Computing allows a verifier in WebAssembly, and nothing else that is evaluated.
	Computing = Plain + "; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'"
	// Script is that of a script's own file, which counts where it runs as a worker.
	Script = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
)

// Who may show a page within another: nobody, or anybody. It follows a policy in
// the header, where alone it counts.
const (
	NotFramed = "; frame-ancestors 'none'"
	Framed    = "; frame-ancestors *"
)

// WidgetFolder holds the pages, of both languages, that anybody may show within
// others.
const WidgetFolder = "widget/"

// LiveScript is the one script of pages with numbers, where this program serves
// them.
//
//go:embed live.js
var LiveScript []byte

// LivePath is its path.
const LivePath = "live.js"

// A File is a file of the site.
type File struct {
	Path string // without a leading slash
	Data []byte
}

// Put takes a file of the site.
type Put func(File) error

// A Part is a part of the site with pages of its own.
type Part struct {
	// Files puts every file of the part.
	Files func(Put) error
	// Handle, if given, adds what only a server can answer. Patterns have a method
	// and a path, in both languages.
	Handle func(*http.ServeMux)
}

// A Section is an entry of the navigation.
type Section struct {
	Path     string // without the language
	Word     web.Text
	Recorded bool // of a site that has a record
}

// Sections are the sections of the site.
var Sections = []Section{
	{"/", web.Text{"نتیجه", "Result"}, false},
	{"/find.html", web.Text{"یافتن حوزه", "Find a place"}, false},
	{"/election.html", web.Text{"این انتخابات", "This election"}, false},
	{"/code.html", web.Text{"رأی من", "My ballot"}, true},
	{"/verify.html", web.Text{"خودتان بررسی کنید", "Verify it yourself"}, true},
	{"/record.html", web.Text{"پروندهٔ عمومی", "Record"}, false},
	{"/data.html", web.Text{"داده‌ها", "Data"}, false},
}

// A Frame is what surrounds every page of one site.
type Frame struct {
	Name     election.Name
	Practice bool
	Invented bool                      // there is no record
	Notice   func(web.Lang) web.Notice // what verification says; nil for none
	Served   bool                      // by this program, which also answers what is not a file
}

// Fill gives a page what all pages have. What the page says itself stays: its
// notice, policy and site.
func (f *Frame) Fill(p *web.Page) {
	for _, s := range Sections {
		if !s.Recorded || !f.Invented {
			p.Nav = append(p.Nav, web.Link{Path: s.Path, Word: p.Lang.Say(s.Word)})
		}
	}
	if p.Site == (election.Name{}) {
		p.Site = f.Name
	}
	if f.Notice != nil && p.Notice == (web.Notice{}) {
		p.Notice = f.Notice(p.Lang)
	}
	p.Practice = p.Practice || f.Practice
	if p.Policy == "" {
		p.Policy = Plain
	}
	if p.Script == "/"+LivePath {
		p.Policy = Live
	}
	p.Feed = p.Lang.Prefix() + "/feed.xml"
}

// HTML returns a page of the templates given, in the frame.
func (f *Frame) HTML(pages *web.Pages, name string, p web.Page) ([]byte, error) {
	f.Fill(&p)
	return pages.HTML(name, p)
}

// Page returns a page as a file. Its path ends in .html, or is "/".
func (f *Frame) Page(pages *web.Pages, name string, p web.Page) (File, error) {
	b, err := f.HTML(pages, name, p)
	return File{FilePath(p.Lang, p.Path), b}, err
}

// PolicyOf returns the policy of the page in a file, for its header.
func PolicyOf(path string, page []byte) string {
	policy := Plain
	for _, p := range []string{Live, Computing} {
		// As html/template writes it into the page.
		if bytes.Contains(page, []byte(strings.NewReplacer("'", "&#39;").Replace(p)+`"`)) {
			policy = p
		}
	}
	if strings.HasPrefix(strings.TrimPrefix(path, "en/"), WidgetFolder) {
		return policy + Framed
	}
	return policy + NotFramed
}

// FilePath returns the path of the file of a page, given without the language.
func FilePath(l web.Lang, path string) string {
	if strings.HasSuffix(path, "/") {
		path += "index.html"
	}
	return strings.TrimPrefix(l.Prefix()+path, "/")
}
