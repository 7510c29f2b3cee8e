package console

import (
	"fmt"
	"io"
	"strings"

	"github.com/sandogh/sandogh/calendar"
)

// An Answer is what Do returns: a [Page], a [List], a [Redirect], a [File] or a
// [Stream].
type Answer interface{ isAnswer() }

// A Page is a template of the part with its data. As JSON it is the data.
type Page struct {
	Template string // of the part, without .html
	Title    string // the summary of the route if empty
	Data     any
	Crumbs   []Link // the pages above it, below the front page
	Next     *Next
	Status   int // 200 if zero
}

// A Link is a link with its word; the path is without the language.
type Link struct {
	Path string `json:"path"`
	Word string `json:"word"`
}

// Next is the box that says what to do next. It has the one primary action of the
// page.
type Next struct {
	Text string `json:"text"`
	Link Link   `json:"link"`
}

// A Redirect leads on after a write, with a sentence that says what was done.
type Redirect struct {
	Path  string
	Flash string
	Value any // what JSON is answered with; {"path": …} if nil
}

// A File is sent as it is.
type File struct {
	Name   string // offered for saving; shown in the page if empty
	Type   string
	Data   []byte
	Reader io.Reader // instead of Data
	Status int       // 200 if zero
}

// A Stream sends events until it returns or the reader is gone (server-sent
// events).
type Stream struct {
	Send func(send func(event, data string) error) error
}

func (Page) isAnswer()     {}
func (List) isAnswer()     {}
func (Redirect) isAnswer() {}
func (File) isAnswer()     {}
func (Stream) isAnswer()   {}

// Refused says that the calendar or the law does not allow it today. Texts are in
// the language of the request.
type Refused struct {
	Text    string
	Article string       // that says so, or ""
	Date    calendar.Day // from which on, or until which, it is allowed; or 0
}

func (e *Refused) Error() string { return "refused: " + e.Text }

// A Fault is what is wrong with a field. Text is in the language of the request
// and says how to put it right.
type Fault struct {
	Field string `json:"field"` // "" for the whole form
	Text  string `json:"text"`
}

// Invalid says what is wrong with what was entered: all of it.
type Invalid struct{ Faults []Fault }

func (e *Invalid) Error() string {
	var texts []string
	for _, f := range e.Faults {
		texts = append(texts, fmt.Sprintf("%s: %s", f.Field, f.Text))
	}
	return "invalid: " + strings.Join(texts, "; ")
}

// Wrong returns an Invalid with one fault.
func (r *Request) Wrong(field, key string, args ...any) error {
	return &Invalid{[]Fault{{field, r.Say(key, args...)}}}
}
