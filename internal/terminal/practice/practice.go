package practice

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/terminal"
	"github.com/sandogh/sandogh/internal/terminal/screen"
	"github.com/sandogh/sandogh/internal/web"
)

// Addresses of a Practice.
const (
	At   = "/practice/"
	vote = "practice/vote" // as the name of a session's pages; whose they are, the cookie says
	out  = At + "out"
)

// Limits of what is kept.
const (
	MaxVisits = 300
	MaxIdle   = 20 * time.Minute

	maxPapers = 64 // of branches, made ready
	maxForm   = 4096
	dpi       = 72 // a style sheet counts 96 an inch, of a page that is nearer than a terminal stands
)

// limits are those of a voting device, but for the last page, which is read here
// and not left for the next voter.
var limits = func() terminal.Limits {
	l := terminal.Usual
	l.Done = 2 * time.Minute
	return l
}()

// Config is what a Practice is made from.
type Config struct {
	Definition *election.Definition
	Home       web.Text                         // address to which a visitor returns, for each language
	Photo      func(hash string) ([]byte, bool) // of a candidate; nil if there are none
	Now        func() time.Time                 // nil: the computer's clock
}

// A Practice serves practice sessions. Any number of goroutines may use it.
type Practice struct {
	cfg     Config
	mux     http.Handler
	drawing chan struct{} // one for each picture that is being drawn

	mu     sync.Mutex
	visits map[string]*visit // by cookie

	making sync.Mutex
	papers map[string]*terminal.Paper // by branch
}

// New returns the practice sessions of an election.
func New(cfg Config) (*Practice, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if _, err := layout(); err != nil {
		return nil, err
	}
	if cfg.Definition == nil || len(cfg.Definition.Branches) == 0 {
		return nil, fmt.Errorf("make practice sessions: a definition with a branch is needed")
	}
	p := &Practice{cfg: cfg, drawing: make(chan struct{}, 2), visits: map[string]*visit{}, papers: map[string]*terminal.Paper{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+At+"{$}", p.choose)
	mux.HandleFunc("POST "+At+"{$}", p.begin)
	mux.HandleFunc("GET "+out, p.leave)
	mux.HandleFunc("/"+vote+"/", p.vote)
	screen.Assets(mux, At, dpi)
	p.mux = screen.Secure(mux)
	return p, nil
}

// ServeHTTP answers what is below At.
func (p *Practice) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.mux.ServeHTTP(w, r) }

// paper returns the paper of a branch.
func (p *Practice) paper(branch string) (*terminal.Paper, bool) {
	p.making.Lock()
	defer p.making.Unlock()
	if x, ok := p.papers[branch]; ok {
		return x, true
	}
	x, err := terminal.NewPaper(p.cfg.Definition, branch)
	if err != nil || len(x.Contests) == 0 {
		return nil, false
	}
	if len(p.papers) >= maxPapers {
		clear(p.papers)
	}
	p.papers[branch] = x
	return x, true
}

// choose answers with the choice of a branch.
func (p *Practice) choose(w http.ResponseWriter, r *http.Request) {
	branch := r.FormValue("branch")
	_, known := p.cfg.Definition.Branch(branch)
	if branch != "" && !known {
		p.page(w, http.StatusNotFound, branch)
		return
	}
	p.page(w, http.StatusOK, branch)
}

const cookie = "practice"

// begin begins a visit, and ends that of the same cookie.
func (p *Practice) begin(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		p.page(w, http.StatusBadRequest, "")
		return
	}
	branch := cmp.Or(r.PostForm.Get("branch"), strings.TrimSpace(r.PostForm.Get("typed")))
	paper, ok := p.paper(branch)
	if !ok {
		p.page(w, http.StatusNotFound, branch)
		return
	}
	v, err := p.newVisit(paper)
	if err != nil {
		http.Error(w, "این صفحه ساخته نشد. / This page could not be made.", http.StatusInternalServerError)
		return
	}
	name := screen.NewToken()
	p.end(r)
	p.keep(name, v)
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: name, Path: At, HttpOnly: true, Secure: encrypted(r), SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, "/"+vote+"/", http.StatusSeeOther)
}

// encrypted reports whether a visitor came by TLS, to this server or to a proxy on
// this machine that says so. Whoever says so falsely is sent a cookie that their own
// browser does not return.
func encrypted(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && from.Addr().Unmap().IsLoopback() && r.Header.Get("X-Forwarded-Proto") == "https"
}

// keep adds a visit. Those that have been quiet for too long go, and if there are
// still too many, the quietest.
func (p *Practice) keep(name string, v *visit) {
	p.mu.Lock()
	gone := p.sweep()
	if len(p.visits) >= MaxVisits {
		oldest := ""
		for n, x := range p.visits {
			if oldest == "" || x.seen.Before(p.visits[oldest].seen) {
				oldest = n
			}
		}
		gone = append(gone, p.visits[oldest])
		delete(p.visits, oldest)
	}
	v.seen = p.cfg.Now()
	p.visits[name] = v
	p.mu.Unlock()
	erase(gone)
}

// sweep takes out the visits that have been quiet for too long.
func (p *Practice) sweep() (gone []*visit) {
	now := p.cfg.Now()
	for n, x := range p.visits {
		if now.Sub(x.seen) >= MaxIdle {
			gone = append(gone, x)
			delete(p.visits, n)
		}
	}
	return gone
}

// find returns the visit that a request belongs to. A page that asks for news by
// itself is no sign of a visitor.
func (p *Practice) find(r *http.Request) (*visit, bool) {
	c, err := r.Cookie(cookie)
	p.mu.Lock()
	gone := p.sweep()
	var v *visit
	if err == nil {
		v = p.visits[c.Value]
	}
	if v != nil && r.URL.Path != "/"+vote+"/turn" {
		v.seen = p.cfg.Now()
	}
	p.mu.Unlock()
	erase(gone)
	return v, v != nil
}

// end ends the visit that a request belongs to, and returns it.
func (p *Practice) end(r *http.Request) (*visit, bool) {
	c, err := r.Cookie(cookie)
	if err != nil {
		return nil, false
	}
	p.mu.Lock()
	v, ok := p.visits[c.Value]
	delete(p.visits, c.Value)
	p.mu.Unlock()
	if ok {
		erase([]*visit{v})
	}
	return v, ok
}

// vote answers with the pages of a visit.
func (p *Practice) vote(w http.ResponseWriter, r *http.Request) {
	switch v, ok := p.find(r); {
	case ok:
		v.serve(w, r)
	case r.URL.Path == "/"+vote+"/":
		http.Redirect(w, r, At, http.StatusSeeOther)
	default:
		http.Error(w, "این تمرین پایان یافته است. / This practice is over.", http.StatusGone)
	}
}

// leave ends a visit and leads back to the site, in the visit's language.
func (p *Practice) leave(w http.ResponseWriter, r *http.Request) {
	lang := web.Persian
	if v, ok := p.end(r); ok {
		lang = v.lang()
	}
	http.SetCookie(w, &http.Cookie{Name: cookie, Path: At, MaxAge: -1, HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, p.cfg.Home[lang], http.StatusSeeOther)
}

const redacted = "practice[REDACTED]"

// Format writes a fixed text, whatever the verb.
func (*Practice) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue returns a fixed text.
func (*Practice) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns a fixed text.
func (*Practice) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }
