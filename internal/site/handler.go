package site

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what the site shows.
type Config struct {
	Record  fs.FS          // the published record, as it was verified
	Report  *report.Report // of verify.Record over it
	View    *verify.View   // of the same call; nil if not even the definition can be read
	Dir     string         // the folder of the record, as shown in commands; "DIR/record" if empty
	Command string         // how the program is started; "go run ./cmd/sandogh" if empty
	Code    string         // a confirmation code to try the look-up with, or empty
}

// Limits of what is taken from an address. A server bounds both already; these
// are what a page of this site can need.
const (
	maxQuery = 2048 // bytes
	maxPath  = 512
)

// site is a Config made ready.
type site struct {
	cfg      Config
	pages    *web.Pages
	def      *election.Definition // nil without a view
	contests []*contest
	mux      *http.ServeMux
	codes    codes
}

// Handler returns the site of a record.
func Handler(cfg Config) (http.Handler, error) {
	if cfg.Record == nil || cfg.Report == nil {
		return nil, errors.New("make the site: a record and its report are needed")
	}
	if cfg.Command == "" {
		cfg.Command = "go run ./cmd/sandogh"
	}
	if cfg.Dir == "" {
		cfg.Dir = "DIR/record"
	}
	own, err := fs.Sub(templates, "templates")
	if err != nil {
		return nil, err
	}
	s := &site{cfg: cfg, mux: http.NewServeMux()}
	if s.pages, err = web.NewPages(own); err != nil {
		return nil, fmt.Errorf("make the site: %w", err)
	}
	if cfg.View != nil {
		s.def = cfg.View.Definition()
		s.readContests()
	}
	if err := web.Assets(s.mux); err != nil {
		return nil, fmt.Errorf("make the site: %w", err)
	}
	for path, show := range map[string]func(*call){
		"/{$}":                           (*call).home,
		"/contest/{contest}":             (*call).contest,
		"/contest/{contest}/units":       (*call).units,
		"/contest/{contest}/unit/{unit}": (*call).unit,
		"/record":                        (*call).record,
		"/record/hq":                     (*call).log,
		"/record/hq/{entry}":             (*call).entry,
		"/record/branch/{id}":            (*call).log,
		"/record/branch/{id}/{entry}":    (*call).entry,
		"/checks":                        (*call).checks,
		"/code":                          (*call).code,
		"/verify":                        (*call).verify,
	} {
		for _, l := range web.Langs {
			s.mux.HandleFunc("GET "+l.Prefix()+path, s.answer(l, show))
		}
	}
	s.mux.HandleFunc("/", s.answer(web.Persian, (*call).lost))
	s.mux.HandleFunc("/en/", s.answer(web.English, (*call).lost))
	return web.Secure(http.HandlerFunc(s.serve)), nil
}

// serve refuses what is too long before anything looks at it.
func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	if len(r.URL.Path) > maxPath || len(r.URL.RawQuery) > maxQuery {
		l := web.Persian
		if strings.HasPrefix(r.URL.Path, web.English.Prefix()+"/") {
			l = web.English
		}
		c := &call{site: s, w: w, r: &http.Request{Method: r.Method, URL: &url.URL{Path: l.Prefix() + "/"}}, lang: l}
		c.fail(http.StatusBadRequest, "error.long")
		return
	}
	s.mux.ServeHTTP(w, r)
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
	p := web.Page{
		Lang: c.lang, Title: title, Path: c.path(), Query: c.r.URL.RawQuery, Body: body,
		Site: election.Name{Fa: "صندوق", En: "Sandogh"}, Notice: c.notice(),
	}
	if c.def != nil {
		p.Site, p.Practice = c.def.Name, c.def.Practice
	}
	for _, path := range []string{"/", "/record", "/checks", "/code", "/verify"} {
		p.Nav = append(p.Nav, web.Link{Path: path, Word: c.say("nav." + strings.TrimPrefix(path, "/"))})
	}
	c.pages.Render(c.w, status, name, p)
}

// notice is what the report says, on top of every page.
func (c *call) notice() web.Notice {
	r := c.cfg.Report
	n := web.Notice{Path: "/checks", Link: c.say("status.more")}
	switch r.Status {
	case report.Verified:
		n.Kind, n.Title = "good", c.say("status.verified")
		n.Text = c.say("status.verified.text", r.Passed(), len(r.Checks)-r.Passed())
	case report.Refuted:
		n.Kind, n.Title = "bad", c.say("status.refuted")
		n.Text = c.say("status.refuted.text", c.first()...)
	default:
		n.Kind, n.Title = "open", c.say("status.unknown")
		n.Text = c.say("status.unknown.text", c.first()...)
	}
	return n
}

// first names the check that decides the report, by title and id.
func (c *call) first() []any {
	check, _, ok := c.cfg.Report.First()
	if !ok {
		return []any{"–", "–"}
	}
	return []any{c.checkTitle(check), check.ID}
}

// phase is how far the election has come, or is claimed to have come.
func (c *call) phase() string {
	s := c.say("phase." + string(c.cfg.Report.Phase))
	if c.cfg.Report.Status == report.Refuted {
		return c.say("phase.claimed", s)
	}
	return s
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
	case http.StatusMethodNotAllowed:
		title = c.say("error.405")
	}
	// The other language of a page that is not there is its front page.
	u := *c.r.URL
	u.Path, u.RawQuery = c.lang.Prefix()+"/", ""
	c.r = &http.Request{Method: c.r.Method, URL: &u}
	c.show(status, "error", title, failure{c.say(key, args...)})
}

// lost answers what no page answers.
func (c *call) lost() {
	if c.r.Method != http.MethodGet && c.r.Method != http.MethodHead {
		c.w.Header().Set("Allow", "GET, HEAD")
		c.fail(http.StatusMethodNotAllowed, "error.method")
		return
	}
	c.fail(http.StatusNotFound, "error.lost")
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
