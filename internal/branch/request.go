package branch

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/sandogh/sandogh/internal/web"
)

// A Request is one asked of a route, with who asks.
type Request struct {
	*http.Request
	Lang    web.Lang
	token   string
	session *session
	part    *Part
	server  *Server
	w       http.ResponseWriter
}

func (s *Server) request(w http.ResponseWriter, hr *http.Request, l web.Lang, part *Part) *Request {
	r := &Request{Request: hr, Lang: l, part: part, server: s, w: w}
	r.token, r.session = s.find(hr)
	return r
}

// May reports whether who asks may use what is for the role.
func (r *Request) May(role Role) bool {
	return role == Anyone || r.session != nil && r.session.role >= role
}

// Officer returns the id of the officer who asks; of a desk, of who opened it.
func (r *Request) Officer() string {
	if r.session == nil {
		return ""
	}
	return r.session.officer
}

// Desk returns the number of the desk that asks, or "".
func (r *Request) Desk() string {
	if r.session == nil {
		return ""
	}
	return r.session.desk
}

// Who names who asks, for a journal: "desk/1" or "officer/<id>".
func (r *Request) Who() string {
	switch {
	case r.session == nil:
		return ""
	case r.session.role == Desk:
		return "desk/" + r.session.desk
	}
	return "officer/" + r.session.officer
}

// Say returns the words of a key.
func (r *Request) Say(key string, args ...any) string {
	return r.server.pages.Say(r.Lang, key, args...)
}

// Status returns what the branch is doing.
func (r *Request) Status() Status { return r.server.cfg.Status() }

func (r *Request) path() string {
	return cmp.Or(strings.TrimPrefix(r.URL.Path, r.Lang.Prefix()), "/")
}

// A named officer is one in a list to choose from.
type named struct{ ID, Name string }

func (r *Request) officers() []named {
	var out []named
	for _, seat := range r.server.cfg.Officers {
		role := "role.supervisor"
		if seat.Head {
			role = "role.head"
		}
		out = append(out, named{seat.ID, r.Say(role, seat.ID, seat.Office)})
	}
	return out
}

// Others are the officers but who asks, for the template "both".
func (r *Request) Others() []named {
	var out []named
	for _, o := range r.officers() {
		if r.session == nil || o.ID != r.session.officer {
			out = append(out, o)
		}
	}
	return out
}

// OfficerName names an officer by id.
func (r *Request) OfficerName(id string) string {
	for _, o := range r.officers() {
		if o.ID == id {
			return o.Name
		}
	}
	return id
}

// State says a state of the branch with its weight.
func (r *Request) State(state string) (kind, word string) {
	kind = map[string]string{"open": "good", "paused": "open", "closing": "open", "closed": "wait", "before": "wait"}[state]
	return kind, r.Say("state." + state)
}

type navLink struct {
	Path, Word string
	Current    bool
}

type stateView struct{ Kind, Word string }

// frame is what the layout shows.
type frame struct {
	Lang                web.Lang
	Title, Branch, Who  string
	Simulated, Practice bool
	State               stateView
	Admission, Stopped  string
	Nav                 []navLink
	Flash, Alternate    string
	Every               int
	Body                any
}

func (s *Server) render(r *Request, p Page) ([]byte, error) {
	st := s.cfg.Status()
	kind, word := r.State(st.State)
	f := frame{Lang: r.Lang, Title: p.Title, Branch: r.Lang.Name(s.cfg.Branch), Simulated: s.cfg.Simulated, Practice: s.cfg.Practice,
		State: stateView{kind, word}, Admission: r.Say("admission." + st.Admission), Every: p.Every, Body: p.Data}
	if st.Stopped != nil {
		f.Stopped = r.Say("shell.stopped") + " " + r.Say("shell.stopped.do")
	}
	if r.session != nil {
		if f.Who = r.OfficerName(r.session.officer); r.session.role == Desk {
			f.Who = r.Say("desk.name", r.Lang.Digits(r.session.desk))
		}
	}
	alternate := url.URL{Path: r.Lang.Other().Prefix() + r.path(), RawQuery: r.URL.RawQuery}
	if r.Method != http.MethodGet {
		alternate = url.URL{Path: r.Lang.Other().Prefix() + "/"}
	}
	f.Alternate = alternate.String()
	here, path := -1, r.path() // the line of the navigation that is nearest to the page
	for _, part := range s.parts {
		for _, n := range part.Nav {
			if !r.May(n.Role) {
				continue
			}
			f.Nav = append(f.Nav, navLink{Path: n.Path, Word: r.Say(n.Word)})
			if at := n.Path == path || n.Path != "/" && strings.HasPrefix(path, n.Path+"/"); at && (here < 0 || len(n.Path) > len(f.Nav[here].Path)) {
				here = len(f.Nav) - 1
			}
		}
	}
	if here >= 0 {
		f.Nav[here].Current = true
	}
	if c, err := r.Cookie(flashCookie); err == nil && r.Header.Get("Sandogh-Refresh") == "" {
		b, _ := base64.RawURLEncoding.DecodeString(c.Value) // of somebody else: empty
		f.Flash = string(b)
		http.SetCookie(r.w, &http.Cookie{Name: flashCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	}
	return s.pages.Render(r.Lang, r.part.Name+"/"+p.Template, f)
}

// home is the front page: what runs here and where to open it.
func (s *Server) home(r *Request) (Answer, error) {
	var groups []Group
	own := Group{Title: r.Say("home.here")}
	for _, part := range s.parts {
		if part.Entries != nil {
			own.Entries = append(own.Entries, part.Entries(r)...)
		}
	}
	if len(own.Entries) > 0 {
		groups = append(groups, own)
	}
	if s.cfg.Elsewhere != nil {
		groups = append(groups, s.cfg.Elsewhere(r.Lang)...)
	}
	return Page{Template: "home", Title: r.Lang.Name(s.cfg.Branch), Data: map[string]any{"Groups": groups}}, nil
}
