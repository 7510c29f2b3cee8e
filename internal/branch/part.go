package branch

import (
	"io/fs"

	"github.com/sandogh/sandogh/internal/web"
)

// A Role says who may use a route.
type Role int

// The roles. Officers may do what a desk may.
const (
	Anyone  Role = iota
	Desk         // a machine that the head has opened as a desk
	Officer      // head or supervisor
	Head         // the head alone
)

// A Part is an area of the branch's pages.
type Part struct {
	Name      string
	Words     web.Words
	Templates fs.FS // *.html, each defining "main"; those that begin with "_" are for all of the part
	Routes    []Route
	Nav       []Nav
	// Entries, if given, are what the front page lists for whoever looks at it.
	Entries func(*Request) []Entry
}

// A Route is a path and what is done there, in both languages.
type Route struct {
	Method, Path string // a pattern of net/http
	Role         Role
	Do           func(*Request) (Answer, error)
	// Always is for what is done even when the branch has stopped.
	Always bool
}

// Nav is a line of the navigation; Word is a key.
type Nav struct {
	Path, Word string
	Role       Role
}

// An Entry is a line of the front page.
type Entry struct {
	Path  string // whole, with the language where it has one
	Title string
	Text  string
	Kind  string // good, bad, open or wait
}

// A Group is what runs together, for the front page.
type Group struct {
	Title   string
	Entries []Entry
}

// An Answer is a Page, Redirect or File.
type Answer any

// A Page is a template of the part in the frame.
type Page struct {
	Template string
	Title    string
	Status   int // 200 if not given
	Every    int // seconds after which the regions marked data-live are fetched again; 0 is never
	Data     any
}

// A Redirect leads on after a form, to a path without the language; Flash is said there.
type Redirect struct{ Path, Flash string }

// A File is handed out as it is. With a name it is kept, not shown.
type File struct {
	Type, Name string
	Data       []byte
}

// A Notice is something said with its weight: good, bad, open or wait.
type Notice struct{ Kind, Title, Text string }

// A Refusal is an error that people are told: what happened, and what to do.
type Refusal struct {
	Status int
	Text   web.Text
	Do     web.Text
	Back   string // where to go on, without the language; the front page if empty
	Args   []any  // of Text
}

func (r *Refusal) Error() string { return web.English.Say(r.Text, r.Args...) }
