package site

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/web"
)

//go:embed templates/*.html
var templates embed.FS

// site answers what is no file, over one state of a record.
type site struct {
	cfg   Config
	frame *frame.Frame
	pages *web.Pages
	def   *election.Definition // nil without a view
}

// handle adds what is no file.
func (x *state) handle(mux *http.ServeMux) error {
	own, err := fs.Sub(templates, "templates")
	if err != nil {
		return err
	}
	s := &site{cfg: x.cfg, frame: x.pages.Frame}
	if s.pages, err = web.NewPages(own); err != nil {
		return fmt.Errorf("make the site: %w", err)
	}
	if s.cfg.View != nil {
		s.def = s.cfg.View.Definition()
	}
	for path, show := range map[string]func(*call){
		"/record.html":                (*call).record,
		"/record/hq":                  (*call).log,
		"/record/hq/{entry}":          (*call).entry,
		"/record/branch/{id}":         (*call).log,
		"/record/branch/{id}/{entry}": (*call).entry,
	} {
		for _, l := range web.Langs {
			mux.HandleFunc("GET "+l.Prefix()+path, s.answer(l, show))
		}
	}
	return nil
}

// call is one request on its way.
type call struct {
	*site
	w     http.ResponseWriter
	r     *http.Request
	lang  web.Lang
	query url.Values
}

func (s *site) answer(l web.Lang, show func(*call)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{site: s, w: w, r: r, lang: l}
		var err error
		if c.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
			c.fail(http.StatusBadRequest, "error.query")
			return
		}
		show(c)
	}
}

// say returns words in the language of the call.
func (c *call) say(key string, args ...any) string { return c.pages.Say(c.lang, key, args...) }

// path returns the path of the page without the language.
func (c *call) path() string {
	if p := strings.TrimPrefix(c.r.URL.Path, c.lang.Prefix()); p != "" {
		return p
	}
	return "/"
}

// show answers with a page.
func (c *call) show(status int, name, title string, body any) {
	p := web.Page{Lang: c.lang, Title: title, Path: c.path(), Query: c.r.URL.RawQuery, Body: body}
	c.frame.Fill(&p)
	c.pages.Render(c.w, status, name, p)
}

// failure is the body of an error page.
type failure struct{ Text string }

// fail answers with an error page.
func (c *call) fail(status int, key string, args ...any) {
	title := c.say("error.400")
	switch status {
	case http.StatusNotFound:
		title = c.say("error.404")
	case http.StatusInternalServerError:
		title = c.say("error.500")
	}
	// The other language of a page that is not there is its front page.
	u := *c.r.URL
	u.Path, u.RawQuery = c.lang.Prefix()+"/", ""
	c.r = &http.Request{Method: c.r.Method, URL: &u}
	c.show(status, "error", title, failure{c.say(key, args...)})
}

// pager is a place in a list that is shown in pages.
type pager struct {
	Page, Pages int // from 1
	From, To    int // of the list, from 0; To is behind the last
	Path        string
}

// page reads which page of a list of n things is asked for; it answers itself
// if there is none.
func (c *call) page(n, each int) (pager, bool) {
	p := pager{Page: 1, Pages: max((n+each-1)/each, 1), Path: c.path()}
	if text := c.query.Get("page"); text != "" {
		k, ok := web.ParseNumber(text)
		switch {
		case !ok:
			c.fail(http.StatusBadRequest, "error.page")
			return p, false
		case k < 1 || k > uint64(p.Pages):
			c.fail(http.StatusNotFound, "error.nopage", p.Pages)
			return p, false
		}
		p.Page = int(k)
	}
	p.From = (p.Page - 1) * each
	p.To = min(p.From+each, n)
	return p, true
}

const perPage = 100

// orOther returns the words for a kind, or those for any that is not known here.
func (c *call) orOther(group, kind string, args ...any) string {
	if _, ok := c.pages.Text(group + kind); !ok {
		kind = "other"
	}
	return c.say(group+kind, args...)
}

// branchNames returns the names of branches; one that is unknown has its id.
func (s *site) branchNames(ids []string) []branchName {
	var out []branchName
	for _, id := range ids {
		b := branchName{ID: id, Name: election.Name{Fa: id, En: id}}
		if d, ok := s.def.Branch(id); ok {
			b.Name = d.Name
		}
		out = append(out, b)
	}
	return out
}

type branchName struct {
	ID   string
	Name election.Name
}
