package console

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/internal/console/cookie"
	"github.com/sandogh/sandogh/internal/console/table"
	"github.com/sandogh/sandogh/internal/identity"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/internal/web/page"
)

// Policy is the content security policy of every page.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// A Server serves the parts.
type Server struct {
	deps    Deps
	parts   []Part
	routes  []*Route
	pages   *page.Set
	mux     *http.ServeMux
	cookies cookie.Jar
	handler http.Handler
}

// New puts the parts together. Each part is what its New returned for the same
// deps.
func New(d Deps, parts ...Part) (*Server, error) {
	if d.Limits == (identity.Limits{}) {
		d.Limits = identity.DefaultLimits
	}
	if d.Cost == (identity.Cost{}) {
		d.Cost = identity.DefaultCost
	}
	own, err := fs.Sub(templates, "templates")
	if err != nil {
		return nil, err
	}
	shell := Part{Name: shellName, Words: words, Templates: own}
	shell.Routes = []Route{{Method: "GET", Path: "/{$}", Power: office.Own, Summary: words["shell.home"], Do: home},
		{Method: "GET", Path: "/api/openapi.json", Power: office.Own, Summary: words["shell.api"], Do: openAPI}}
	s := &Server{deps: d, parts: append([]Part{shell}, parts...), mux: http.NewServeMux(), cookies: cookie.Jar{Secure: d.Secure()}}
	var assets *page.Assets
	if s.pages, assets, err = newPages(s.parts); err != nil {
		return nil, fmt.Errorf("make the console: %w", err)
	}
	taken := map[string]bool{}
	for i := range s.parts {
		for j := range s.parts[i].Routes {
			route := &s.parts[i].Routes[j]
			route.part = &s.parts[i]
			s.routes = append(s.routes, route)
			taken[route.Method+" "+route.Path] = true
		}
	}
	for _, route := range s.routes {
		if route.Do == nil || route.Summary[0] == "" || route.Summary[1] == "" {
			return nil, fmt.Errorf("make the console: route %s %s has no Do or no summary", route.Method, route.Path)
		}
		s.handle(route.Method, route, s.do)
		if route.Form != nil && route.Method != "GET" && !taken["GET "+route.Path] {
			s.handle("GET", route, s.showForm)
		}
	}
	s.mux.Handle("GET /static/{version}/{name}", assets)
	for _, l := range web.Langs {
		s.mux.HandleFunc(l.Prefix()+"/", s.lost(l))
	}
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(s.request(w, r, langOfPath(r.URL.Path), nil), &crossSite{})
	}))
	s.handler = secure(guard.Handler(s.mux))
	return s, nil
}

// ServeHTTP answers.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if len(r.URL.Path) > 512 || len(r.URL.RawQuery) > 4096 {
		http.Error(w, "414", http.StatusRequestURITooLong)
		return
	}
	s.handler.ServeHTTP(w, r)
}

// Routes returns the table of all routes.
func (s *Server) Routes() []Route {
	out := make([]Route, len(s.routes))
	for i, r := range s.routes {
		out[i] = *r
	}
	return out
}

// Routes returns the table of all routes of the console.
func (r *Request) Routes() []Route { return r.server.Routes() }

// Acts returns all acts that a second person confirms.
func (r *Request) Acts() []Act {
	var out []Act
	for _, p := range r.server.parts {
		out = append(out, p.Acts...)
	}
	return out
}

func secure(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Content-Security-Policy", Policy)
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "same-origin")
		head.Set("Cross-Origin-Opener-Policy", "same-origin")
		head.Set("Cross-Origin-Resource-Policy", "same-origin")
		head.Set("Cache-Control", "no-store")
		head.Set("Vary", "Accept, Cookie")
		h.ServeHTTP(w, r)
	})
}

func langOfPath(path string) web.Lang {
	if path == "/en" || strings.HasPrefix(path, "/en/") {
		return web.English
	}
	return web.Persian
}

func (s *Server) handle(method string, route *Route, do func(*Request) (Answer, error)) {
	for _, l := range web.Langs {
		s.mux.HandleFunc(method+" "+l.Prefix()+route.Path, func(w http.ResponseWriter, hr *http.Request) {
			r := s.request(w, hr, l, route)
			defer func() {
				if e := recover(); e != nil {
					if e == http.ErrAbortHandler {
						panic(e)
					}
					s.fail(r, fmt.Errorf("panic: %v", e))
				}
			}()
			if err := s.admit(r); err != nil {
				s.fail(r, err)
				return
			}
			answer, err := do(r)
			if err == nil {
				err = s.answer(r, answer)
			}
			if err != nil {
				s.fail(r, err)
			}
		})
	}
}

func (s *Server) request(w http.ResponseWriter, hr *http.Request, l web.Lang, route *Route) *Request {
	if route == nil {
		route = s.routes[0] // the front page
	}
	return &Request{Request: hr, Deps: s.deps, Lang: l, route: route, server: s, w: w}
}

// admit finds out who asks, and whether they may.
func (s *Server) admit(r *Request) error {
	r.paging = table.ReadPaging(r.URL.Query())
	if token := s.cookies.Session(r.Request); token != "" {
		session, err := identity.Find(r.Context(), s.deps.DB, s.deps.Now(), s.deps.Limits, token)
		switch {
		case err == nil:
			r.Session = session
			if r.Actor, err = office.LoadActor(r.Context(), s.deps.DB, session.Person, r.Today()); err != nil {
				return err
			}
		case !errors.Is(err, identity.ErrNoSession):
			return err
		}
	}
	if r.route.Power == "" {
		return nil
	}
	if r.Actor.Person == "" {
		return errSignedOut
	}
	if r.route.Scope == nil {
		if !r.Actor.Somewhere(r.route.Power) {
			return office.ErrForbidden
		}
	} else {
		var err error
		if r.Office, err = r.route.Scope(r); err != nil {
			return err
		}
		if !r.Actor.May(r.route.Power, r.Office) {
			return office.ErrForbidden
		}
	}
	var err error
	r.Values, r.faults, err = queryValues(r, r.route.Query, r.URL.Query())
	return err
}

// do reads and checks the form, and does what the route does.
func (s *Server) do(r *Request) (Answer, error) {
	f := r.route.Form
	if f == nil || r.Method == http.MethodGet {
		return r.route.Do(r)
	}
	in, err := f.read(r)
	if err != nil {
		return nil, err
	}
	values, faults, err := clean(r, f.Fields, in)
	if err != nil {
		return nil, err
	}
	r.Values = values
	if len(faults) == 0 && f.Check != nil {
		faults = f.Check(r)
	}
	var invalid *Invalid
	if len(faults) > 0 {
		invalid = &Invalid{faults}
	} else {
		answer, err := r.route.Do(r)
		switch {
		case err == nil:
			return answer, nil
		case errors.As(err, &invalid):
		case errors.Is(err, store.ErrConflict) && f.Fill != nil:
			return s.conflict(r)
		default:
			return nil, err
		}
	}
	if r.WantsJSON() {
		return nil, invalid
	}
	return s.formPage(r, r.Values, invalid.Faults, nil, http.StatusUnprocessableEntity)
}

// conflict shows what was entered beside what another has written meanwhile; what
// was entered can be sent again, over theirs.
func (s *Server) conflict(r *Request) (Answer, error) {
	theirs, err := r.route.Form.Fill(r)
	if err != nil {
		return nil, err
	}
	conflicts := r.conflicts(r.route.Form, r.Values, theirs)
	if r.WantsJSON() {
		return nil, store.ErrConflict
	}
	mine := r.Values.Clone()
	for _, f := range r.route.Form.Fields {
		if f.Kind == Hidden {
			mine.Set(f.Name, theirs.Get(f.Name))
		}
	}
	return s.formPage(r, mine, nil, conflicts, http.StatusConflict)
}

// showForm answers GET with the form of a route.
func (s *Server) showForm(r *Request) (Answer, error) {
	var v Values
	if r.route.Form.Fill != nil {
		var err error
		if v, err = r.route.Form.Fill(r); err != nil {
			return nil, err
		}
	}
	return s.formPage(r, v, nil, nil, http.StatusOK)
}

func (s *Server) formPage(r *Request, v Values, faults []Fault, conflicts []Conflicting, status int) (Answer, error) {
	fv, err := r.FormView(r.route.Form, r.path(), v, faults)
	if err != nil {
		return nil, err
	}
	fv.Conflicts = conflicts
	if r.route.Form.Page == nil {
		return shellPage("form", r.Text(r.route.Summary), fv, status), nil
	}
	p, err := r.route.Form.Page(r, fv)
	p.Status = status
	return p, err
}

// shellPage is a page of the shell, whatever the part of the route.
func shellPage(name, title string, data any, status int) Page {
	return Page{Template: shellName + "/" + name, Title: title, Data: data, Status: status}
}

func (r *Request) path() string { return cmp.Or(strings.TrimPrefix(r.URL.Path, r.Lang.Prefix()), "/") }

// WantsJSON reports whether a program asks.
func (r *Request) WantsJSON() bool {
	return strings.HasPrefix(r.Header.Get("Accept"), "application/json") || r.URL.Query().Get("format") == "json"
}

// answer sends what Do returned.
func (s *Server) answer(r *Request, a Answer) error {
	switch a := a.(type) {
	case Page:
		if r.WantsJSON() {
			return s.sendJSON(r, cmp.Or(a.Status, http.StatusOK), a.Data)
		}
		return s.page(r, a)
	case List:
		return s.list(r, a)
	case Redirect:
		if r.WantsJSON() {
			if a.Value == nil {
				a.Value = map[string]string{"path": a.Path}
			}
			return s.sendJSON(r, http.StatusOK, a.Value)
		}
		if a.Flash != "" {
			s.cookies.SetFlash(r.w, a.Flash)
		}
		http.Redirect(r.w, r.Request, r.Lang.Prefix()+a.Path, http.StatusSeeOther)
		return nil
	case File:
		r.w.Header().Set("Content-Type", a.Type)
		if a.Name != "" {
			r.w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(a.Name))
		}
		r.w.WriteHeader(cmp.Or(a.Status, http.StatusOK))
		if a.Reader != nil {
			_, err := io.Copy(r.w, a.Reader)
			return err
		}
		_, err := r.w.Write(a.Data)
		return err
	case Stream:
		return s.stream(r, a)
	}
	return fmt.Errorf("answer of %s %s is %T", r.route.Method, r.route.Path, a)
}

func (s *Server) stream(r *Request, a Stream) error {
	r.w.Header().Set("Content-Type", "text/event-stream")
	control := http.NewResponseController(r.w)
	return a.Send(func(event, data string) error {
		if _, err := fmt.Fprintf(r.w, "event: %s\ndata: %s\n\n", event, strings.ReplaceAll(data, "\n", "\ndata: ")); err != nil {
			return err
		}
		return control.Flush()
	})
}

func (s *Server) list(r *Request, l List) error {
	switch {
	case r.URL.Query().Get("format") == "csv":
		if !l.Whole {
			r.paging.Limit, r.paging.Skip = csvBatch, 0
			a, err := r.route.Do(r)
			if err != nil {
				return err
			}
			l = a.(List)
		} else {
			r.paging.Limit, r.paging.Skip = len(l.Rows), 0
			l.settle(r.paging)
		}
		return r.csv(l)
	case r.WantsJSON():
		l.settle(r.paging)
		return s.sendJSON(r, http.StatusOK, l.asJSON(r.paging))
	}
	l.settle(r.paging)
	v, err := r.ListView(l)
	if err != nil {
		return err
	}
	p := shellPage("list", l.Title, v, http.StatusOK)
	p.Crumbs, p.Next = l.Crumbs, l.Next
	return s.page(r, p)
}

func (s *Server) sendJSON(r *Request, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	r.w.Header().Set("Content-Type", "application/json")
	r.w.WriteHeader(status)
	_, err = r.w.Write(append(b, '\n'))
	return err
}

// page sends a page in the frame.
func (s *Server) page(r *Request, p Page) error {
	name := p.Template
	if !strings.HasPrefix(name, shellName+"/") {
		name = r.route.part.Name + "/" + name
	}
	b, err := s.pages.Render(r.Lang, name, s.frame(r, p))
	if err != nil {
		return err
	}
	r.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	r.w.WriteHeader(cmp.Or(p.Status, http.StatusOK))
	_, err = r.w.Write(b)
	return err
}

func (s *Server) frame(r *Request, p Page) frame {
	f := frame{Lang: r.Lang, Title: cmp.Or(p.Title, r.Text(r.route.Summary)), Site: r.Say("shell.name"), Crumbs: p.Crumbs, Next: p.Next, Body: p.Data}
	if e, err := office.LoadElection(r.Context(), s.deps.DB); err == nil {
		f.Site, f.Practice = cmp.Or(NameIn(r.Lang, e.NameFa, e.NameEn), f.Site), e.Sample
	}
	u := url.URL{Path: r.Lang.Other().Prefix() + r.path(), RawQuery: r.URL.RawQuery}
	f.Alternate = u.String()
	if r.Actor.Person != "" {
		f.Person = r.Actor.Name
		if post, ok := r.Actor.Home(); ok {
			f.Post = r.Say("role."+string(post.Role)) + r.Say("shell.comma") + NameIn(r.Lang, post.NameFa, post.NameEn)
		}
		f.Idle = max(1, int(r.Session.Ends.Sub(s.deps.Now()).Seconds()))
		for _, part := range s.parts {
			for _, n := range part.Nav {
				if r.Actor.Somewhere(n.Power) {
					f.Nav = append(f.Nav, navLink{Link{n.Path, r.Text(n.Word)}, r.path() == n.Path || strings.HasPrefix(r.path(), n.Path+"/")})
				}
			}
		}
	}
	f.Flash = s.cookies.TakeFlash(r.w, r.Request)
	return f
}

// home is the front page: what each part has for the person.
func home(r *Request) (Answer, error) {
	tiles := []Tile{}
	for _, p := range r.server.parts {
		if p.Tiles != nil {
			some, err := p.Tiles(r)
			if err != nil {
				return nil, fmt.Errorf("tiles of %s: %w", p.Name, err)
			}
			tiles = append(tiles, some...)
		}
	}
	slices.SortStableFunc(tiles, func(a, b Tile) int { return urgency[a.State] - urgency[b.State] })
	return Page{Template: "home", Data: map[string]any{"Tiles": tiles, "Today": r.Today()}}, nil
}

var urgency = map[string]int{"bad": 0, "open": 1, "wait": 2, "good": 3}

func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// SetSession gives the browser a session, or takes it away if the token is empty.
func (r *Request) SetSession(t identity.Token) { r.server.cookies.SetSession(r.w, t) }
