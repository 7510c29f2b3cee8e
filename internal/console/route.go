package console

import (
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/sandogh/sandogh/internal/identity"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/web"
)

// Deps are what the parts are given.
type Deps struct {
	DB     *store.DB
	Now    func() time.Time
	Log    *slog.Logger
	Dir    string          // folder for files, backed up with the database
	Origin string          // where people reach it, such as https://hq.example; for links in messages
	Limits identity.Limits // of sessions
	Cost   identity.Cost   // of passwords
	Key    identity.Key    // that seals the secrets of authenticators

	Passkeys *identity.Passkeys // nil if the origin can have none
}

// Secure reports whether people reach it over TLS: then cookies need it too.
func (d Deps) Secure() bool { return len(d.Origin) > 8 && d.Origin[:8] == "https://" }

// A Part is an area of the console: its routes, its words and its pages.
type Part struct {
	Name      string // of its package; its pages are named after it
	Words     web.Words
	Templates fs.FS // *.html, each defining "main"; those that begin with "_" hold parts for all of them
	Nav       []Nav
	Routes    []Route
	Acts      []Act
	Tiles     func(*Request) ([]Tile, error) // what the front page shows of it, for the person who asks; may be nil
}

// A Nav is an entry of the navigation, for those who have the power somewhere.
type Nav struct {
	Path  string
	Word  web.Text
	Power office.Power
}

// A Tile is a number on the front page, and where to go with it.
type Tile struct {
	Word  string `json:"word"`
	Count int64  `json:"count"`
	State string `json:"state"` // good, bad, open or wait
	Path  string `json:"path"`
}

// An Act changes the election, so a second person confirms it: the route that
// begins it calls [office.Propose], and Do is called when it is confirmed, in the
// transaction of the confirmation.
type Act struct {
	Name  string // one of office.TwoPersonActs
	Word  web.Text
	Power office.Power // who may confirm
	Do    func(ctx context.Context, tx *store.Tx, r *Request, object string, data json.RawMessage) error
}

// A Route is one thing that can be asked for. The table of all routes is the mux,
// the authorization, and the OpenAPI description.
//
// A route with a Form and a method other than GET also answers GET on its path,
// with the form, unless another route does.
type Route struct {
	Method  string       // GET or POST
	Path    string       // pattern of net/http, without method and language: /people/{id}
	Power   office.Power // who may; "" is everybody, also signed out
	Scope   Scope        // which office it concerns; nil: the person needs the power anywhere, and Do keeps to r.Over
	Summary web.Text     // title of its page, and summary in OpenAPI
	Form    *Form
	Query   []Field // filters of a list
	Do      func(*Request) (Answer, error)

	part *Part
}

// A Scope returns the code of the office that a request concerns. What is outside
// the posts of the person is refused before Do is called.
type Scope func(*Request) (string, error)

// A Request is what Do is given: a request that was authorized, in a language,
// with values that are valid.
type Request struct {
	*http.Request
	Deps
	Lang    web.Lang
	Actor   office.Actor
	Session identity.Session
	Office  string // what Scope returned
	Values  Values // of the form, or of the query

	route  *Route
	server *Server
	w      http.ResponseWriter
	paging Paging
	faults []Fault // of the query
}

// Route returns the route that was asked for.
func (r *Request) Route() *Route { return r.route }

// Say returns the words of a key in the language of the request.
func (r *Request) Say(key string, args ...any) string {
	return r.server.pages.Say(r.Lang, key, args...)
}

// Text returns a text in the language of the request.
func (r *Request) Text(t web.Text, args ...any) string { return r.Lang.Say(t, args...) }

// Today is the day in Tehran, as days are stored.
func (r *Request) Today() string { return office.Day(r.Now()) }

// May reports whether the person has the power of the route over an office.
func (r *Request) May(code string) bool { return r.Actor.May(r.route.Power, code) }

// Over returns the offices whose subtrees the person has the power of the route
// over.
func (r *Request) Over() []string { return r.Actor.Over(r.route.Power) }

// Tx writes: see [store.DB.Tx].
func (r *Request) Tx(write func(*store.Tx) error) error { return r.DB.Tx(r.Context(), write) }

// Audit records a change in the transaction that makes it.
func (r *Request) Audit(tx *store.Tx, c office.Change) error {
	return office.Audit(r.Context(), tx, r.Now(), r.Actor, r.route.Power, c)
}

// Address is from where the request came.
func (r *Request) Address() string { return address(r.Request) }
