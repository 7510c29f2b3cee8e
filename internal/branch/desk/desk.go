package desk

import (
	"crypto/rand"
	"embed"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/branch"
	"github.com/sandogh/sandogh/internal/branch/press"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/reader"
	"github.com/sandogh/sandogh/internal/roll/marks"
)

//go:embed all:templates
var templates embed.FS

// Config is what a desk is made from.
type Config struct {
	Book      *marks.Book
	Chances   marks.Chances // of the station
	Election  election.Name
	Branch    election.Name
	Simulated bool
	Now       func() time.Time
	Zone      *time.Location // in which people read the clock
	// List is the file of the paper list; it is not kept if it is empty.
	List string
	Disk durable.Disk
	// Conflicts, if given, keeps durably how many people were checked in here and, as
	// the central register says, at another branch too.
	Conflicts func(n int) error
	// Press prints slips and the list; without one they are shown alone.
	Press *press.Press
	// Scanner is the one of the first desk; nil if it types into the page.
	Scanner reader.Reader
}

// A Desk is the pages of all desks of a branch.
type Desk struct {
	Config
	changed chan struct{} // a mark was made
	scanner *scanner
}

// New makes the pages.
func New(c Config) *Desk {
	if c.Zone == nil {
		c.Zone = time.Local
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Desk{c, make(chan struct{}, everyMarks), newScanner()}
}

// Part returns the pages for the shell.
func (d *Desk) Part() branch.Part {
	own, err := fs.Sub(templates, "templates")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	part := branch.Part{Name: "desk", Words: words, Templates: own,
		Nav: []branch.Nav{{Path: "/desk", Word: "desk", Role: branch.Desk}, {Path: "/desk-day", Word: "desk.day", Role: branch.Desk}},
		Entries: func(r *branch.Request) []branch.Entry {
			at := func(path, title, text, kind string) branch.Entry {
				return branch.Entry{Path: r.Lang.Prefix() + path, Title: r.Say(title), Text: r.Say(text), Kind: kind}
			}
			entries := []branch.Entry{at("/desk", "desk", "desk.first", "wait")}
			if r.May(branch.Desk) {
				entries = []branch.Entry{at("/desk", "desk", "desk.lead", "good"), at("/desk-day", "desk.day", "desk.day.lead", "wait")}
			}
			if d.simulator() != nil {
				entries = append(entries, at("/dock/", "desk.dock", "desk.dock.lead", "wait"))
			}
			return entries
		},
		Routes: []branch.Route{
			{Method: "GET", Path: "/desk", Role: branch.Desk, Do: d.front},
			{Method: "GET", Path: "/desk/done", Role: branch.Desk, Do: d.done},
			{Method: "POST", Path: "/desk/find", Role: branch.Desk, Do: d.find},
			{Method: "POST", Path: "/desk/check-in", Role: branch.Desk, Do: d.checkIn},
			{Method: "POST", Path: "/desk/undo", Role: branch.Head, Do: d.undo},
			{Method: "POST", Path: "/desk/release", Role: branch.Officer, Do: d.release},
			{Method: "POST", Path: "/desk/release/print", Role: branch.Officer, Do: d.printSlip},
			{Method: "POST", Path: "/desk/ask", Role: branch.Desk, Do: d.ask},
			{Method: "GET", Path: "/desk-day", Role: branch.Desk, Do: d.day},
			{Method: "POST", Path: "/desk-day/queue", Role: branch.Desk, Do: d.queue},
			{Method: "GET", Path: "/desk-day/list", Role: branch.Officer, Do: d.list},
			{Method: "POST", Path: "/desk-day/print", Role: branch.Officer, Do: d.printList},
		}}
	if d.Scanner != nil {
		part.Routes = append(part.Routes, branch.Route{Method: "GET", Path: "/desk/scan", Role: branch.Desk, Do: d.scan})
	}
	part.Routes = append(part.Routes, d.dockRoutes()...)
	return part
}

// Rule says whom the branch admits now, for the frame of every page: assigned,
// central, or offline while the central register does not answer.
func (d *Desk) Rule() string {
	a, answers := d.Book.Admission()
	if a == marks.Central && !answers {
		return "offline"
	}
	return string(a)
}

// open says whether people are checked in now: while the branch is open, and while
// those are served who were in the queue when it began to close.
func open(r *branch.Request) bool {
	s := r.Status().State
	return s == "open" || s == "closing"
}

// frontView is the page of the field.
type frontView struct {
	Query   string
	Fault   *branch.Notice
	Done    bool // somebody was checked in just now
	Closed  string
	Offline bool
	People  []line // to choose from
	More    int
	Counts  []figure
	Recent  []line
	Keys    []string
	Scanner *scannerView
}

// keys are those of the keypad, in the order of a telephone.
var keys = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "0"}

type figure struct {
	Word  string
	Count int
}

// A line is somebody in a list.
type line struct {
	ID     string // of the form that asks for them
	Name   string
	Father string
	Birth  string
	Number string
	State  state
	At     string
}

type state struct{ Kind, Word string }

func (d *Desk) frontPage(r *branch.Request, v frontView) (branch.Answer, error) {
	if !open(r) {
		v.Closed = r.Say("desk.shut." + r.Status().State)
	}
	v.Keys = keys
	v.Scanner = d.scannerAt(r)
	v.Offline = d.Rule() == "offline"
	voters, in, waiting := d.Book.Figures()
	v.Counts = []figure{{r.Say("desk.count.in"), in}, {r.Say("desk.count.voters"), voters}}
	if waiting != nil {
		v.Counts = append(v.Counts, figure{r.Say("desk.count.waiting"), waiting.Count})
	}
	recent, err := d.Book.Recent(5)
	if err != nil {
		return nil, err
	}
	for _, s := range recent {
		v.Recent = append(v.Recent, line{Number: r.Lang.Digits(s.Person.Number.Masked()), At: d.clock(r, s.Mark.At), Name: by(r, s.Mark.Desk)})
	}
	page := branch.Page{Template: "desk", Title: r.Say("desk"), Data: v}
	if v.Fault != nil {
		page.Status = http.StatusUnprocessableEntity
	}
	return page, nil
}

func (d *Desk) front(r *branch.Request) (branch.Answer, error) { return d.frontPage(r, frontView{}) }

func (d *Desk) done(r *branch.Request) (branch.Answer, error) {
	return d.frontPage(r, frontView{Done: true})
}

// by names the desk or officer of a mark.
func by(r *branch.Request, desk string) string {
	if officer, ok := strings.CutPrefix(desk, "officer/"); ok {
		return r.OfficerName(officer)
	}
	return r.Say("desk.name", r.Lang.Digits(desk))
}

func (d *Desk) clock(r *branch.Request, t time.Time) string {
	return r.Lang.Digits(t.In(d.Zone).Format("15:04"))
}

// newID is the id of a form.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// refusal is what a desk says instead of a page of its own.
func refusal(key string, back string) error {
	return &branch.Refusal{Status: http.StatusConflict, Text: words[key], Do: words[key+".do"], Back: back}
}

// Marked says that a mark was made which the paper list does not have.
func (d *Desk) Marked() {
	select {
	case d.changed <- struct{}{}:
	default: // it knows already
	}
}

// slipFaults are what is wrong with a slip, as words.
var slipFaults = []struct {
	err error
	key string
}{{marks.ErrSlipForged, "desk.slip.forged"}, {marks.ErrSlipForeign, "desk.slip.foreign"}, {marks.ErrSlipOwn, "desk.slip.own"}, {marks.ErrSlipUsed, "desk.slip.used"},
	{marks.ErrHome, "desk.slip.home"}, {marks.ErrNotAssigned, "desk.slip.central"}, {marks.ErrSlipForm, "desk.slip.form"}}

func slipFault(err error) (key string, ok bool) {
	for _, f := range slipFaults {
		if errors.Is(err, f.err) {
			return f.key, true
		}
	}
	return "", false
}

// period is how long a bar of the chart is.
const period = 15 * time.Minute
