package branch

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/internal/web/page"
)

//go:embed static all:templates
var files embed.FS

// Policy is the content security policy of every page.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// A Seat is an officer of the branch.
type Seat struct {
	ID     string
	Head   bool
	Office election.Name // that granted it
}

// A Status is what every page says of the branch.
type Status struct {
	State     string // before, open, paused, closing or closed
	Admission string // assigned, central, or offline while the register does not answer
	Stopped   error  // why nothing is taken any more
}

// Config is what the pages of a branch are made from.
type Config struct {
	Branch    election.Name
	Practice  bool
	Simulated bool // a device or voter of it is not real
	Officers  []Seat
	Status    func() Status
	// Unlock returns an officer's key, or ErrPassphrase.
	Unlock func(officer, passphrase string) (ed25519.PrivateKey, error)
	// Note keeps who signed in and which desk was opened, durably.
	Note func(who, what, text string) error
	Now  func() time.Time
	Log  *slog.Logger
	// Elsewhere is what else runs, for the front page.
	Elsewhere func(web.Lang) []Group
}

// ErrPassphrase says that a passphrase is not the officer's.
var ErrPassphrase = errors.New("the passphrase does not open the key")

// A Server serves the pages. It holds the keys of who is signed in.
type Server struct {
	cfg     Config
	parts   []Part
	pages   *page.Set
	mux     *http.ServeMux
	handler http.Handler

	unlocking sync.Mutex // one passphrase is tried at a time: each costs memory
	mu        sync.Mutex
	sessions  map[string]*session
}

// New puts the parts together.
func New(cfg Config, parts ...Part) (*Server, error) {
	own, err := fs.Sub(files, "templates")
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, mux: http.NewServeMux(), sessions: map[string]*session{}}
	shell := Part{Name: page.Shell, Words: words, Templates: own, Routes: s.routes(),
		Nav: []Nav{{"/", "shell.home", Anyone}}}
	s.parts = append([]Part{shell}, parts...)
	var assets *page.Assets
	if s.pages, assets, err = newPages(s.parts); err != nil {
		return nil, fmt.Errorf("make the branch's pages: %w", err)
	}
	for i := range s.parts {
		for _, route := range s.parts[i].Routes {
			for _, l := range web.Langs {
				s.mux.HandleFunc(route.Method+" "+l.Prefix()+route.Path, s.handle(l, &s.parts[i], route))
			}
		}
	}
	s.mux.Handle("GET /static/{version}/{name}", assets)
	for _, l := range web.Langs {
		s.mux.HandleFunc(l.Prefix()+"/", func(w http.ResponseWriter, hr *http.Request) {
			s.fail(s.request(w, hr, l, &s.parts[0]), &Refusal{Status: http.StatusNotFound, Text: words["error.lost"], Do: words["error.lost.do"]})
		})
	}
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		s.fail(s.request(w, hr, web.Persian, &s.parts[0]), &Refusal{Status: http.StatusForbidden, Text: words["error.foreign"], Do: words["error.foreign.do"]})
	}))
	s.handler = guard.Handler(s.mux)
	return s, nil
}

const maxForm = 1 << 20 // bytes of a form

// ServeHTTP answers.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", Policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if len(r.URL.Path) > 512 || len(r.URL.RawQuery) > 4096 {
		http.Error(w, "414", http.StatusRequestURITooLong)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	s.handler.ServeHTTP(w, r)
}

func (s *Server) handle(l web.Lang, part *Part, route Route) http.HandlerFunc {
	return func(w http.ResponseWriter, hr *http.Request) {
		r := s.request(w, hr, l, part)
		defer func() {
			if e := recover(); e != nil {
				if e == http.ErrAbortHandler {
					panic(e)
				}
				s.fail(r, fmt.Errorf("panic: %v", e))
			}
		}()
		answer, err := s.do(r, route)
		if err == nil {
			err = s.answer(r, answer)
		}
		if err != nil {
			s.fail(r, err)
		}
	}
}

func (s *Server) do(r *Request, route Route) (Answer, error) {
	if !r.May(route.Role) {
		if r.session == nil && r.Method == http.MethodGet {
			return Redirect{Path: "/sign-in?to=" + url.QueryEscape(r.path())}, nil
		}
		return nil, &Refusal{Status: http.StatusForbidden, Text: words["error.role"], Do: words["error.role.do"], Back: "/sign-in"}
	}
	if r.Method != http.MethodGet {
		if err := r.ParseForm(); err != nil {
			return nil, &Refusal{Status: http.StatusBadRequest, Text: words["error.form"], Do: words["error.form.do"]}
		}
		if stopped := s.cfg.Status().Stopped; stopped != nil && !route.Always {
			return nil, &Refusal{Status: http.StatusServiceUnavailable, Text: words["shell.stopped"], Do: words["shell.stopped.do"]}
		}
	}
	return route.Do(r)
}

func (s *Server) answer(r *Request, a Answer) error {
	switch a := a.(type) {
	case Page:
		b, err := s.render(r, a)
		if err != nil {
			return err
		}
		r.w.Header().Set("Content-Type", "text/html; charset=utf-8")
		r.w.WriteHeader(cmp.Or(a.Status, http.StatusOK))
		_, err = r.w.Write(b)
		return ignoreGone(err)
	case Redirect:
		if a.Flash != "" {
			http.SetCookie(r.w, &http.Cookie{Name: flashCookie, Value: base64.RawURLEncoding.EncodeToString([]byte(a.Flash)), Path: "/", MaxAge: 60, HttpOnly: true, SameSite: http.SameSiteStrictMode})
		}
		http.Redirect(r.w, r.Request, r.Lang.Prefix()+a.Path, http.StatusSeeOther)
		return nil
	case File:
		r.w.Header().Set("Content-Type", a.Type)
		if a.Name != "" {
			r.w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(a.Name))
		}
		_, err := r.w.Write(a.Data)
		return ignoreGone(err)
	}
	return fmt.Errorf("the answer of %s %s is %T", r.Method, r.URL.Path, a)
}

// ignoreGone: whoever asked has gone, and nobody is left to tell.
func ignoreGone(error) error { return nil }

// fail says what went wrong. What it was not made for is kept in the log of the
// process, without anything that was typed.
func (s *Server) fail(r *Request, err error) {
	var f *Refusal
	if !errors.As(err, &f) {
		if s.cfg.Log != nil {
			s.cfg.Log.Error("page failed", "path", r.URL.Path, "error", err)
		}
		f = &Refusal{Status: http.StatusInternalServerError, Text: words["error.own"], Do: words["error.own.do"]}
		if s.cfg.Status().Stopped != nil {
			f = &Refusal{Status: http.StatusServiceUnavailable, Text: words["shell.stopped"], Do: words["shell.stopped.do"]}
		}
	}
	kind := "open"
	if f.Status >= 500 {
		kind = "bad"
	}
	r.part = &s.parts[0]
	err = s.answer(r, Page{Template: "error", Title: r.Say("error.title"), Status: cmp.Or(f.Status, http.StatusConflict),
		Data: map[string]any{"Kind": kind, "Text": r.Lang.Say(f.Text, f.Args...), "Do": r.Lang.Say(f.Do), "Back": cmp.Or(f.Back, "/")}})
	if err != nil {
		http.Error(r.w, "500", http.StatusInternalServerError)
	}
}

// Serve answers on the listener until the context ends.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve the branch's pages: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if server.Shutdown(stop) != nil {
		server.Close()
	}
	<-done
	return nil
}
