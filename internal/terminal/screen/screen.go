package screen

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sandogh/sandogh/internal/terminal"
	"github.com/sandogh/sandogh/internal/web"
)

// Config is what the pages of a session are made from.
type Config struct {
	Session   *terminal.Session
	Token     string // NewToken
	Home      string // address of the device's own page, to which the browser returns
	Exit      string // address at which a visitor leaves a session where no vote is given; empty on a voting device
	DPI       int    // pixels of an inch
	CardLang  web.Lang
	Stay      time.Duration // how long the last page stays
	Simulated bool
	Photo     func(hash string) ([]byte, bool) // nil if there are none
	Paper     func() []byte                    // what a simulated printer has printed last, as PNG; nil if it is a real one
	SlipCode  func() string                    // for a voter whose slip cannot be printed
}

// NewToken returns a random name for the pages of one session.
func NewToken() string {
	var b [20]byte
	rand.Read(b[:])
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}

// A Screen serves the pages of one session. Any number of goroutines may use it.
type Screen struct {
	cfg  Config
	sets [2]*set
	mux  http.Handler

	mu      sync.Mutex
	session *terminal.Session
	focus   string        // what was pressed last
	changed chan struct{} // closed when the session changes
}

// New returns the screen of a session.
func New(cfg Config) (*Screen, error) {
	sets, err := templates()
	if err != nil {
		return nil, err
	}
	x := &Screen{cfg: cfg, sets: sets, session: cfg.Session, changed: make(chan struct{})}
	mux := http.NewServeMux()
	at := "/" + cfg.Token + "/"
	mux.HandleFunc("GET "+at+"{$}", x.get)
	mux.HandleFunc("POST "+at+"{$}", x.post)
	mux.HandleFunc("GET "+at+"turn", x.turn)
	mux.HandleFunc("POST "+at+"awake", x.awake)
	mux.HandleFunc("GET "+at+"photo/{hash}", x.photo)
	mux.HandleFunc("GET "+at+"paper.png", x.paper)
	Assets(mux, at, cfg.DPI)
	mux.Handle("/", Gone(cfg.Home))
	x.mux = Secure(mux)
	return x, nil
}

// ServeHTTP answers with a page of the session.
func (x *Screen) ServeHTTP(w http.ResponseWriter, r *http.Request) { x.mux.ServeHTTP(w, r) }

// Policy is the content security policy of every page.
const Policy = "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Secure sets the headers that keep a page to itself and out of every cache, and
// refuses forms from elsewhere. A form may lead to the addresses that are named.
func Secure(h http.Handler, formsTo ...string) http.Handler {
	h = http.NewCrossOriginProtection().Handler(h)
	policy := strings.Replace(Policy, "form-action 'self'", strings.Join(append([]string{"form-action 'self'"}, formsTo...), " "), 1)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Content-Security-Policy", policy)
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "no-referrer")
		head.Set("Cross-Origin-Opener-Policy", "same-origin")
		head.Set("Cross-Origin-Resource-Policy", "same-origin")
		head.Set("Cache-Control", "no-store")
		h.ServeHTTP(w, r)
	})
}

// Update changes the session, for the machine. Those who wait see it.
func (x *Screen) Update(do func(*terminal.Session)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	before := x.session.Turn()
	do(x.session)
	if x.session.Turn() != before {
		x.tell()
	}
}

func (x *Screen) tell() {
	close(x.changed)
	x.changed = make(chan struct{})
}

// Wait waits until the session is as wanted, or the context ends.
func (x *Screen) Wait(ctx context.Context, wanted func(*terminal.Session) bool) error {
	for {
		x.mu.Lock()
		ok, changed := wanted(x.session), x.changed
		x.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (x *Screen) get(w http.ResponseWriter, r *http.Request) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.tick()
	x.render(w, http.StatusOK, false)
}

// tick lets the clock act before a page is shown.
func (x *Screen) tick() terminal.Phase {
	before := x.session.Turn()
	p := x.session.Tick()
	if x.session.Turn() != before {
		x.tell()
	}
	return p
}

const maxForm = 4096

func (x *Screen) post(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	err := r.ParseForm()
	x.mu.Lock()
	defer x.mu.Unlock()
	x.tick()
	turn, bad := strconv.ParseUint(r.PostForm.Get("turn"), 10, 64)
	do := r.PostForm.Get("do")
	switch {
	case err != nil || bad != nil:
		x.render(w, http.StatusBadRequest, true)
		return
	case turn != x.session.Turn():
		x.render(w, http.StatusConflict, true)
		return
	}
	verb, arg, _ := strings.Cut(do, ":")
	if do == "" || verb == "query" { // Enter in the field of the search
		if !r.PostForm.Has("query") {
			x.render(w, http.StatusBadRequest, true)
			return
		}
		do, verb, arg = "query", "query", r.PostForm.Get("query")
	}
	if err := x.session.Do(terminal.Act{Verb: verb, Arg: arg}); err != nil {
		x.render(w, http.StatusConflict, true)
		return
	}
	x.focus = do
	x.tell()
	http.Redirect(w, r, "/"+x.cfg.Token+"/", http.StatusSeeOther)
}

// patience is how long a browser that asks for news is kept waiting.
const patience = 4 * time.Second

// turn answers when the session is no longer in the turn and phase of the page
// that asks, or after a while.
func (x *Screen) turn(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	turn, phase := r.FormValue("turn"), r.FormValue("phase")
	for {
		x.mu.Lock()
		now := struct {
			Turn  uint64         `json:"turn"`
			Phase terminal.Phase `json:"phase"`
			Over  bool           `json:"over"`
		}{Phase: x.tick(), Over: x.session.Over()}
		now.Turn = x.session.Turn()
		changed, deadline := x.changed, patience
		if at, ok := x.session.Deadline(); ok {
			deadline = max(10*time.Millisecond, min(patience, time.Until(at)))
		}
		x.mu.Unlock()
		if strconv.FormatUint(now.Turn, 10) != turn || strconv.Itoa(int(now.Phase)) != phase || ctx.Err() != nil {
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(now)
			return
		}
		wait := time.NewTimer(deadline)
		select {
		case <-changed:
		case <-wait.C:
		case <-ctx.Done():
		}
		wait.Stop()
	}
}

// awake notes a sign of the voter that is no act.
func (x *Screen) awake(w http.ResponseWriter, r *http.Request) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.tick() == terminal.Awake {
		x.session.Awaken()
	}
	w.WriteHeader(http.StatusNoContent)
}

func (x *Screen) photo(w http.ResponseWriter, r *http.Request) {
	if x.cfg.Photo != nil {
		if b, ok := x.cfg.Photo(r.PathValue("hash")); ok {
			w.Header().Set("Content-Type", http.DetectContentType(b))
			w.Write(b)
			return
		}
	}
	http.NotFound(w, r)
}

func (x *Screen) paper(w http.ResponseWriter, r *http.Request) {
	if x.cfg.Paper != nil {
		if b := x.cfg.Paper(); b != nil {
			w.Header().Set("Content-Type", "image/png")
			w.Write(b)
			return
		}
	}
	http.NotFound(w, r)
}

// Gone answers for a session that is over, or another one: every address leads back
// to the device's own page at once, and says nothing of the session.
func Gone(home string) http.Handler {
	return Secure(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Refresh", "0; url="+home)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusGone)
		fmt.Fprintf(w, `<!DOCTYPE html><html lang="fa" dir="rtl"><meta charset="utf-8"><title>پایان</title><p><a href="%s">پایان – <span lang="en" dir="ltr">End</span></a></p>`, template.HTMLEscapeString(home))
	}))
}

// Warm prepares the pages of a paper: what is parsed when it is first used is parsed
// before a voter waits for it.
func Warm(paper *terminal.Paper) error {
	for _, lang := range web.Langs {
		x, err := New(Config{Session: terminal.New(paper, terminal.Comforts{Lang: lang}, terminal.Usual, time.Now), Token: NewToken()})
		if err != nil {
			return err
		}
		if _, err := x.draw(false); err != nil {
			return fmt.Errorf("make the voter's first page: %w", err)
		}
	}
	return nil
}

// draw makes the present page.
func (x *Screen) draw(stale bool) ([]byte, error) {
	p := x.page(stale)
	set := x.sets[p.Lang]
	var main, whole bytes.Buffer
	err := set.main(&main, p)
	if err == nil {
		p.Main = markup(main.String())
		err = set.layout(&whole, p)
	}
	clear(main.Bytes())
	return whole.Bytes(), err
}

// render answers with the present page.
func (x *Screen) render(w http.ResponseWriter, status int, stale bool) {
	page, err := x.draw(stale)
	defer clear(page)
	if err != nil { // a template is wrong; the error may hold what it was given
		http.Error(w, "این صفحه ساخته نشد. مسئول شعبه را صدا کنید. / This page could not be made. Call an officer.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(page)
}

// clock sets what the clock says, and when a page without the script asks again.
func (p *page) clock(x *Screen) {
	p.Phase = x.session.Tick()
	p.Refresh = 2
	if at, ok := x.session.Deadline(); ok {
		p.Refresh = max(1, int(time.Until(at).Seconds())+1)
	}
	if x.session.Over() {
		p.Refresh = max(1, int(x.cfg.Stay.Seconds()))
	}
}

const redacted = "screen[REDACTED]"

// Format writes a fixed text, whatever the verb.
func (*Screen) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue returns a fixed text.
func (*Screen) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns a fixed text.
func (*Screen) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }
