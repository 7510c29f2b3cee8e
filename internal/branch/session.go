package branch

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/record"
)

// How long a session lasts (U-42). A desk is left alone when nobody comes, and
// is opened once for the whole day.
const (
	OfficerIdle = 30 * time.Minute
	OfficerAge  = 12 * time.Hour
	DeskAge     = 20 * time.Hour
)

const (
	sessionCookie = "sandogh-branch"
	flashCookie   = "sandogh-said"
)

// session is somebody signed in, or a desk.
type session struct {
	role    Role
	officer string // of the desk: who opened it
	desk    string
	key     ed25519.PrivateKey // the officer's; nil for a desk
	began   time.Time
	seen    time.Time
}

const redacted = "session[REDACTED]"

func (session) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (session) Format(f fmt.State, _ rune)   { io.WriteString(f, redacted) }
func (session) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

func (x *session) over(now time.Time) bool {
	if x.role == Desk {
		return now.Sub(x.began) > DeskAge
	}
	return now.Sub(x.began) > OfficerAge || now.Sub(x.seen) > OfficerIdle
}

// find returns the session of a request. A page that refreshes itself keeps
// nobody signed in.
func (s *Server) find(r *http.Request) (string, *session) {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return "", nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.Now()
	for token, x := range s.sessions {
		if x.over(now) {
			delete(s.sessions, token)
		}
	}
	x := s.sessions[c.Value]
	if x == nil {
		return "", nil
	}
	if r.Header.Get("Sandogh-Refresh") == "" {
		x.seen = now
	}
	return c.Value, x
}

func (s *Server) begin(r *Request, x *session) {
	x.began = s.cfg.Now()
	x.seen = x.began
	var b [32]byte
	rand.Read(b[:])
	token := base64.RawURLEncoding.EncodeToString(b[:])
	s.mu.Lock()
	delete(s.sessions, r.token)
	s.sessions[token] = x
	s.mu.Unlock()
	http.SetCookie(r.w, &http.Cookie{Name: sessionCookie, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
}

func (s *Server) end(r *Request) {
	s.mu.Lock()
	delete(s.sessions, r.token)
	s.mu.Unlock()
	http.SetCookie(r.w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode})
}

// unlock opens an officer's key.
func (s *Server) unlock(officer, passphrase string) (Seat, ed25519.PrivateKey, error) {
	for _, seat := range s.cfg.Officers {
		if seat.ID == officer {
			s.unlocking.Lock()
			defer s.unlocking.Unlock()
			key, err := s.cfg.Unlock(officer, passphrase)
			return seat, key, err
		}
	}
	return Seat{}, nil, ErrPassphrase
}

// routes are those of the shell itself.
func (s *Server) routes() []Route {
	return []Route{
		{Method: "GET", Path: "/{$}", Do: s.home},
		{Method: "GET", Path: "/sign-in", Do: func(r *Request) (Answer, error) { return s.signInPage(r, "", nil), nil }},
		{Method: "POST", Path: "/sign-in", Do: s.signIn},
		{Method: "POST", Path: "/sign-out", Do: s.signOut, Always: true},
		{Method: "GET", Path: "/open-desk", Role: Head, Do: func(r *Request) (Answer, error) {
			return Page{Template: "desk", Title: r.Say("desk.open"), Data: map[string]any{"Desk": "1"}}, nil
		}},
		{Method: "POST", Path: "/open-desk", Role: Head, Do: s.openDesk},
	}
}

func (s *Server) signInPage(r *Request, officer string, fault *Notice) Page {
	status := http.StatusOK
	if fault != nil {
		status = http.StatusUnprocessableEntity
	}
	return Page{Template: "signin", Title: r.Say("signin"), Status: status,
		Data: map[string]any{"Officers": r.officers(), "Officer": officer, "Fault": fault}}
}

func (s *Server) signIn(r *Request) (Answer, error) {
	officer := r.PostForm.Get("officer")
	seat, key, err := s.unlock(officer, r.PostForm.Get("passphrase"))
	if errors.Is(err, ErrPassphrase) {
		if err := s.cfg.Note(officer, "sign-in-refused", ""); err != nil {
			return nil, err
		}
		return s.signInPage(r, officer, &Notice{"bad", r.Say("signin.wrong"), r.Say("signin.wrong.do")}), nil
	}
	if err != nil {
		return nil, err
	}
	if err := s.cfg.Note(seat.ID, "signed-in", ""); err != nil {
		return nil, err
	}
	role := Officer
	if seat.Head {
		role = Head
	}
	s.begin(r, &session{role: role, officer: seat.ID, key: key})
	to := r.URL.Query().Get("to")
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, `\`) {
		to = "/"
	}
	return Redirect{Path: to}, nil
}

func (s *Server) signOut(r *Request) (Answer, error) {
	s.end(r)
	return Redirect{Path: "/", Flash: r.Say("signin.out")}, nil
}

// openDesk makes the machine at which the head sits a desk, and signs the head
// out of it.
func (s *Server) openDesk(r *Request) (Answer, error) {
	n, ok := web.ParseNumber(r.PostForm.Get("desk"))
	if !ok || n < 1 || n > 99 {
		return nil, &Refusal{Status: http.StatusUnprocessableEntity, Text: words["desk.open.wrong"], Do: words["desk.open.help"], Back: "/open-desk"}
	}
	desk := fmt.Sprint(n)
	if err := s.cfg.Note(r.session.officer, "desk-opened", desk); err != nil {
		return nil, err
	}
	s.begin(r, &session{role: Desk, officer: r.session.officer, desk: desk})
	return Redirect{Path: "/", Flash: r.Say("desk.open.done", int(n))}, nil
}

// Both returns the officer who asks and a second one of another office, who has
// just confirmed with a passphrase: the two whom an act of the branch needs.
func (r *Request) Both() ([2]record.Signer, error) {
	var both [2]record.Signer
	if !r.May(Officer) {
		return both, &Refusal{Status: http.StatusForbidden, Text: words["error.role"], Do: words["error.role.do"], Back: "/sign-in"}
	}
	seat, key, err := r.server.unlock(r.PostForm.Get("second"), r.PostForm.Get("passphrase"))
	switch {
	case errors.Is(err, ErrPassphrase):
		return both, &Refusal{Status: http.StatusUnprocessableEntity, Text: words["shell.both.wrong"], Do: words["shell.both.wrong.do"], Back: r.path()}
	case err != nil:
		return both, err
	case seat.ID == r.session.officer:
		return both, &Refusal{Status: http.StatusUnprocessableEntity, Text: words["shell.both.same"], Do: words["shell.both.help"], Back: r.path()}
	}
	return [2]record.Signer{{By: "officer/" + r.session.officer, Key: r.session.key}, {By: "officer/" + seat.ID, Key: key}}, nil
}

// Signer returns the officer who asks, to sign alone; ok is false for a desk.
func (r *Request) Signer() (signer record.Signer, ok bool) {
	if !r.May(Officer) {
		return record.Signer{}, false
	}
	return record.Signer{By: "officer/" + r.session.officer, Key: r.session.key}, true
}
