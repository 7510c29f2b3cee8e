package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/sandogh/sandogh/internal/console/entry"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/web"
)

// crossSite is a write that another site has sent.
type crossSite struct{}

func (*crossSite) Error() string { return "the request comes from another site" }

var errSignedOut = errors.New("nobody is signed in")

// ErrNotFound says that there is no such thing.
var ErrNotFound = store.ErrNotFound

// problem is an error as a page shows it.
type problem struct {
	Code    string  `json:"code"`
	Title   string  `json:"title"`
	Text    string  `json:"text"`
	Article string  `json:"article,omitempty"`
	Date    string  `json:"date,omitempty"` // ISO
	Fields  []Fault `json:"fields,omitempty"`
}

// fail answers with the page of an error. What is not expected is logged, and not
// told.
func (s *Server) fail(r *Request, err error) {
	status, p := http.StatusInternalServerError, problem{Code: "broken"}
	var refused *Refused
	var invalid *Invalid
	var bad *entry.Unreadable
	var cross *crossSite
	switch err = store.Classify(err); {
	case errors.Is(err, errSignedOut):
		if !r.WantsJSON() {
			to := ""
			if r.Method == http.MethodGet {
				to = "?to=" + url.QueryEscape(r.URL.RequestURI())
			}
			http.Redirect(r.w, r.Request, r.Lang.Prefix()+"/sign-in"+to, http.StatusSeeOther)
			return
		}
		status, p.Code = http.StatusUnauthorized, "signed-out"
	case errors.As(err, &refused):
		status, p = http.StatusConflict, problem{Code: "refused", Text: refused.Text, Article: refused.Article}
		if refused.Date != 0 {
			p.Date = refused.Date.Gregorian()
		}
	case errors.As(err, &invalid):
		status, p.Code, p.Fields = http.StatusUnprocessableEntity, "invalid", invalid.Faults
	case errors.As(err, &bad):
		status, p.Code, p.Text = http.StatusBadRequest, "unreadable", bad.Error()
	case errors.As(err, &cross):
		status, p.Code = http.StatusForbidden, "cross-site"
	case errors.Is(err, office.ErrForbidden):
		status, p.Code = http.StatusForbidden, "forbidden"
	case errors.Is(err, ErrNotFound):
		status, p.Code = http.StatusNotFound, "not-found"
	case errors.Is(err, errMethod):
		status, p.Code = http.StatusMethodNotAllowed, "method"
	case errors.Is(err, store.ErrConflict):
		status, p.Code = http.StatusConflict, "conflict"
	case errors.Is(err, entry.ErrTooLarge):
		status, p.Code = http.StatusRequestEntityTooLarge, "too-large"
	case errors.Is(err, store.ErrFull):
		status, p.Code = http.StatusInsufficientStorage, "full"
	case errors.Is(err, store.ErrUnavailable):
		status, p.Code = http.StatusServiceUnavailable, "unavailable"
	}
	if status >= 500 {
		s.deps.Log.Error("request failed", "method", r.Method, "route", r.route.Path, "status", status, "err", err)
	}
	p.Title = r.Say("error." + p.Code)
	if p.Text == "" {
		p.Text = r.Say("error." + p.Code + ".text")
	}
	if r.WantsJSON() {
		s.sendJSON(r, status, map[string]problem{"error": p})
		return
	}
	page := shellPage("error", p.Title, p, status)
	b, err := s.pages.Render(r.Lang, page.Template, s.frame(r, page))
	if err != nil {
		http.Error(r.w, p.Title, status)
		return
	}
	r.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	r.w.WriteHeader(status)
	r.w.Write(b)
}

var errMethod = errors.New("this address does not take the method")

// lost answers what no route answers.
func (s *Server) lost(l web.Lang) http.HandlerFunc {
	return func(w http.ResponseWriter, hr *http.Request) {
		r := s.request(w, hr, l, nil)
		if hr.Method != http.MethodGet && hr.Method != http.MethodHead {
			s.fail(r, errMethod)
			return
		}
		if err := s.admit(r); err != nil && !strings.HasPrefix(hr.URL.Path, "/static/") {
			s.fail(r, err)
			return
		}
		s.fail(r, ErrNotFound)
	}
}
