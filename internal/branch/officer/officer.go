package officer

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/branch"
	"github.com/sandogh/sandogh/internal/branch/daybook"
	"github.com/sandogh/sandogh/internal/branch/papers"
	"github.com/sandogh/sandogh/internal/branch/press"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/record"
)

//go:embed all:templates
var templates embed.FS

// Config is what the screens are made from.
type Config struct {
	Station  *station.Station
	Book     *daybook.Book
	Election *election.Definition
	Paper    papers.Branch // its language is that of the page
	Officers []papers.Officer
	Dir      string // of the branch; papers are kept below it
	Disk     durable.Disk
	Press    *press.Press // nil: papers are printed from the browser
	Now      func() time.Time
	Zone     *time.Location
	// Orders returns the orders to extend voting on headquarters' log.
	Orders func(ctx context.Context) ([][]byte, error)
	// Refresh reads again who was granted to the branch.
	Refresh func(ctx context.Context) error
	// Publish writes the published log and returns its folder. Push sends it to
	// headquarters; nil without an address.
	Publish func(ctx context.Context) (folder string, err error)
	Push    func(ctx context.Context) error
}

// Screens are the officers' screens.
type Screens struct {
	Config
	mu     sync.Mutex
	opened opening
	queue  bool   // the queue has been served
	folder string // of the published log
	pushed bool
}

// New returns the officers' screens.
func New(c Config) (*Screens, error) {
	s := &Screens{Config: c}
	if s.Zone == nil {
		s.Zone = time.Local
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	s.opened.draw()
	return s, nil
}

// Part returns the screens for the shell.
func (s *Screens) Part() branch.Part {
	own, err := fs.Sub(templates, "templates")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	get := func(path string, do func(*branch.Request) (branch.Answer, error)) branch.Route {
		return branch.Route{Method: "GET", Path: path, Role: branch.Officer, Do: do}
	}
	post := func(path string, do func(*branch.Request) (branch.Answer, error)) branch.Route {
		return branch.Route{Method: "POST", Path: path, Role: branch.Officer, Do: func(r *branch.Request) (branch.Answer, error) {
			a, err := do(r)
			return a, refusal(r, err)
		}}
	}
	return branch.Part{Name: "officer", Words: words, Templates: own, Entries: s.entries,
		Nav: []branch.Nav{{Path: "/officer", Word: "officer.board", Role: branch.Officer}, {Path: "/officer/terminals", Word: "officer.terminals", Role: branch.Officer},
			{Path: "/officer/incidents", Word: "officer.incidents", Role: branch.Officer}, {Path: "/open-desk", Word: "officer.desk", Role: branch.Head}},
		Routes: []branch.Route{
			get("/officer", s.board),
			get("/officer/open", s.open), post("/officer/open/definition", s.confirm), post("/officer/open/test", s.test),
			post("/officer/open/devices", s.complete), post("/officer/open/sign", s.begin),
			get("/officer/pause", s.form("pause")), post("/officer/pause", s.pause),
			get("/officer/resume", s.form("resume")), post("/officer/resume", s.resume),
			get("/officer/extend", s.extendPage), post("/officer/extend", s.extend),
			get("/officer/terminals", s.terminals), post("/officer/terminals/refresh", s.refresh),
			post("/officer/terminals/unlock", s.unlock), post("/officer/terminals/dismiss", s.dismiss),
			get("/officer/terminals/enrol", s.form("enrol")), post("/officer/terminals/enrol", s.enrol),
			get("/officer/terminals/retire", s.form("retire")), post("/officer/terminals/retire", s.retire),
			get("/officer/settle", s.settlePage), post("/officer/settle", s.settle),
			get("/officer/incidents", s.incidents), post("/officer/incidents", s.incident),
			get("/officer/close", s.close), post("/officer/close/time", s.closingTime), post("/officer/close/queue", s.queueServed),
			post("/officer/close/sign", s.sign), post("/officer/close/publish", s.publish), post("/officer/close/push", s.push),
			get("/officer/papers/{name}", s.paper),
			post("/officer/papers/{name}/print", s.print), post("/officer/papers/{name}/printed", s.printedElsewhere),
		}}
}

func (s *Screens) entries(r *branch.Request) []branch.Entry {
	return []branch.Entry{{Path: r.Lang.Prefix() + "/officer", Title: r.Say("officer.entry"), Text: r.Say("officer.entry.text"), Kind: "good"}}
}

// refusal says what the engine refuses.
func refusal(r *branch.Request, err error) error {
	var refused *station.Refused
	var space *station.SpaceError
	switch {
	case errors.As(err, &space):
		return &branch.Refusal{Status: http.StatusConflict, Text: words["refused.space"], Args: []any{int((space.Missing + 1<<20 - 1) >> 20)}, Do: words["refused.space.do"], Back: back(r)}
	case errors.As(err, &refused):
		word := refused.Word
		if _, ok := words["refused."+word]; !ok {
			word = "entry"
		}
		return &branch.Refusal{Status: http.StatusConflict, Text: words["refused."+word], Do: words["refused."+word+".do"], Back: back(r)}
	}
	return err
}

// back is where a refused form came from.
func back(r *branch.Request) string {
	if u, err := url.Parse(r.Referer()); err == nil && u.Host == r.Host {
		path := u.Path
		if r.Lang == web.English && len(path) > 3 {
			path = path[3:]
		}
		return path
	}
	return "/officer"
}

// both does what two officers sign, and tells the daybook.
func (s *Screens) both(r *branch.Request, what, text string, do func(by [2]record.Signer) error) error {
	by, err := r.Both()
	if err != nil {
		return err
	}
	if err := do(by); err != nil {
		return err
	}
	return s.Book.Write(r.Who(), what, text)
}

// next is the one green button of the board.
type next struct{ Path, Word, Text string }

func (s *Screens) next(r *branch.Request) next {
	switch s.Station.State() {
	case station.Before:
		return next{"/officer/open", r.Say("next.open"), r.Say("next.open.text")}
	case station.Open:
		if !s.printed(daybook.ZeroPrinted) {
			return next{"/officer/open", r.Say("next.zero"), r.Say("next.zero.text")}
		}
		return next{"/officer/close", r.Say("next.close"), r.Say("next.close.text")}
	case station.Paused:
		return next{"/officer/resume", r.Say("next.resume"), r.Say("next.resume.text")}
	case station.Closing:
		return next{"/officer/close", r.Say("next.closing"), r.Say("next.closing.text")}
	}
	return next{"/officer/close", r.Say("next.closed"), r.Say("next.closed.text")}
}

// terminalView is a line of the table of terminals.
type terminalView struct {
	station.Device
	Kind, Word       string // how it is
	Screen, Printer  string
	Assisted, Silent bool
}

// patience is how long a terminal may be silent: it says something every two seconds.
const patience = 10 * time.Second

func (s *Screens) terminalViews(r *branch.Request) []terminalView {
	var out []terminalView
	for _, d := range s.Station.Devices() {
		v := terminalView{Device: d, Assisted: d.Seen.Assisted, Silent: d.Seen.At.IsZero() || s.Now().Sub(d.Seen.At) > patience}
		if !d.Seen.At.IsZero() {
			v.Screen, v.Printer = r.Say("screen."+d.Seen.Screen), r.Say("printer."+d.Seen.Printer)
		}
		switch {
		case d.Retired:
			v.Kind, v.Word = "wait", r.Say("terminal.retired")
		case d.Locked:
			v.Kind, v.Word = "bad", r.Say("terminal.locked")
		case !d.Committed && d.Announced:
			v.Kind, v.Word = "open", r.Say("terminal.announced")
		case !d.Committed:
			v.Kind, v.Word = "wait", r.Say("terminal.absent")
		case v.Silent:
			v.Kind, v.Word = "bad", r.Say("terminal.silent")
		case d.Seen.Screen == "alert" || d.Seen.Screen == "help" || d.Seen.Screen == "out-of-service":
			v.Kind, v.Word = "bad", v.Screen
		case d.Seen.Printer != "ready":
			v.Kind, v.Word = "open", v.Printer
		case d.Session != "":
			v.Kind, v.Word = "good", r.Say("terminal.voting")
		default:
			v.Kind, v.Word = "good", r.Say("terminal.free")
		}
		out = append(out, v)
	}
	return out
}

// ballotView is a ballot that waits.
type ballotView struct {
	Device, Code string
	Number       uint64
	Live         bool
	Order        string
}

func (s *Screens) waiting(r *branch.Request) (out []ballotView) {
	for _, d := range s.Station.Devices() {
		for _, b := range d.Waiting {
			v := ballotView{Device: b.Device, Number: b.Number, Code: record.FormatCode(b.Code), Live: b.Live}
			if b.Order != "" {
				v.Order = r.Say("settle.ordered." + string(b.Order))
			}
			out = append(out, v)
		}
	}
	return out
}

func (s *Screens) board(r *branch.Request) (branch.Answer, error) {
	var faults []branch.Notice
	for _, d := range s.Station.Discrepancies() {
		faults = append(faults, branch.Notice{Kind: "bad", Title: r.Say("discrepancy." + string(d)), Text: r.Say("discrepancy." + string(d) + ".do")})
	}
	if n := s.Station.Torn(); n > 0 {
		faults = append(faults, branch.Notice{Kind: "open", Title: r.Say("torn"), Text: r.Say("torn.do")})
	}
	if n := s.Book.Last(daybook.Conflict); n != "" && n != "0" {
		faults = append(faults, branch.Notice{Kind: "bad", Title: r.Say("conflict", r.Lang.Digits(n)), Text: r.Say("conflict.do")})
	}
	if lines := s.Book.Lines(); len(lines) > 0 && lines[len(lines)-1].At.After(s.Now().Add(time.Minute)) {
		faults = append(faults, branch.Notice{Kind: "open", Title: r.Say("clock"), Text: r.Say("clock.do")})
	}
	state := s.Station.State()
	return branch.Page{Template: "board", Title: r.Say("officer.board"), Every: 3, Data: map[string]any{
		"Counts": s.Station.Counts(), "Terminals": s.terminalViews(r), "Waiting": s.waiting(r), "Faults": faults, "Next": s.next(r),
		"Running": state == station.Open || state == station.Closing, "State": state, "Papers": s.papers(), "Clock": r.Lang.Digits(s.Now().In(s.Zone).Format("15:04")),
	}}, nil
}

// form is a page of one act: its fields are in the template.
func (s *Screens) form(name string) func(*branch.Request) (branch.Answer, error) {
	return func(r *branch.Request) (branch.Answer, error) {
		type reason struct{ ID, Word string }
		var reasons []reason
		switch name {
		case "pause":
			for _, id := range record.PauseReasons() {
				reasons = append(reasons, reason{id, r.Say("pause." + id)})
			}
		case "retire":
			for _, id := range record.RetireReasons() {
				reasons = append(reasons, reason{id, r.Say("retire." + id)})
			}
		}
		return branch.Page{Template: name, Title: r.Say(name + ".title"), Data: map[string]any{
			"Reasons": reasons, "Others": r.Others(), "Device": r.URL.Query().Get("device")}}, nil
	}
}

func (s *Screens) pause(r *branch.Request) (branch.Answer, error) {
	reason := r.PostForm.Get("reason")
	err := s.both(r, daybook.Paused, r.Say("pause."+reason), func(by [2]record.Signer) error { return s.Station.Pause(r.Context(), by, reason) })
	return branch.Redirect{Path: "/officer", Flash: r.Say("pause.done")}, err
}

func (s *Screens) resume(r *branch.Request) (branch.Answer, error) {
	err := s.both(r, daybook.Resumed, "", func(by [2]record.Signer) error { return s.Station.Resume(r.Context(), by) })
	return branch.Redirect{Path: "/officer", Flash: r.Say("resume.done")}, err
}

func (s *Screens) terminals(r *branch.Request) (branch.Answer, error) {
	return branch.Page{Template: "terminals", Title: r.Say("officer.terminals"), Every: 3, Data: map[string]any{
		"Terminals": s.terminalViews(r), "Before": s.Station.State() == station.Before, "Closed": s.Station.State() == station.Closed}}, nil
}

func (s *Screens) refresh(r *branch.Request) (branch.Answer, error) {
	if err := s.Refresh(r.Context()); err != nil {
		return nil, &branch.Refusal{Status: http.StatusConflict, Text: words["refresh.failed"], Do: words["refresh.failed.do"], Back: "/officer/terminals"}
	}
	return branch.Redirect{Path: "/officer/terminals", Flash: r.Say("refresh.done")}, nil
}

func (s *Screens) unlock(r *branch.Request) (branch.Answer, error) {
	id := r.PostForm.Get("device")
	err := s.Station.Unlock(id)
	if err == nil {
		err = s.Book.Write(r.Who(), daybook.Unlocked, id)
	}
	return branch.Redirect{Path: "/officer/terminals", Flash: r.Say("unlock.done")}, err
}

func (s *Screens) dismiss(r *branch.Request) (branch.Answer, error) {
	id := r.PostForm.Get("device")
	err := s.Station.Dismiss(id)
	if err == nil {
		err = s.Book.Write(r.Who(), daybook.Dismissed, id)
	}
	return branch.Redirect{Path: "/officer/terminals", Flash: r.Say("dismiss.done")}, err
}

func (s *Screens) enrol(r *branch.Request) (branch.Answer, error) {
	id := r.PostForm.Get("device")
	err := s.both(r, daybook.Enrolled, id, func(by [2]record.Signer) error { return s.Station.Enrol(r.Context(), by, id) })
	return branch.Redirect{Path: "/officer/terminals", Flash: r.Say("enrol.done")}, err
}

func (s *Screens) retire(r *branch.Request) (branch.Answer, error) {
	id, reason := r.PostForm.Get("device"), r.PostForm.Get("reason")
	err := s.both(r, daybook.Retired, id+" — "+r.Say("retire."+reason), func(by [2]record.Signer) error { return s.Station.Retire(r.Context(), by, id, reason) })
	return branch.Redirect{Path: "/officer/terminals", Flash: r.Say("retire.done")}, err
}

// asked is the ballot that a page or form is about.
func (s *Screens) asked(values url.Values) (station.Ballot, bool) {
	n, err := strconv.ParseUint(values.Get("number"), 10, 64)
	if err != nil {
		return station.Ballot{}, false
	}
	for _, b := range s.Station.Device(values.Get("device")).Waiting {
		if b.Number == n {
			return b, true
		}
	}
	return station.Ballot{}, false
}

var errNoBallot = &branch.Refusal{Status: http.StatusConflict, Text: words["refused.ended"], Do: words["refused.ended.do"], Back: "/officer"}

func (s *Screens) settlePage(r *branch.Request) (branch.Answer, error) {
	b, ok := s.asked(r.URL.Query())
	if !ok {
		return nil, errNoBallot
	}
	return branch.Page{Template: "settle", Title: r.Say("settle.title"), Data: map[string]any{"Ballot": b, "Code": record.FormatCode(b.Code),
		"Retired": s.Station.Device(b.Device).Retired, "Others": r.Others()}}, nil
}

func (s *Screens) settle(r *branch.Request) (branch.Answer, error) {
	b, ok := s.asked(r.PostForm)
	if !ok {
		return nil, errNoBallot
	}
	end := station.Ending(r.PostForm.Get("end"))
	err := s.both(r, daybook.Settled, fmt.Sprintf("%s %d: %s", b.Device, b.Number, r.Say("settle.ordered."+string(end))), func(by [2]record.Signer) error {
		return s.Station.Settle(r.Context(), by, b.Device, b.Number, end)
	})
	return branch.Redirect{Path: "/officer", Flash: r.Say("settle.done")}, err
}

func (s *Screens) incidents(r *branch.Request) (branch.Answer, error) {
	type line struct {
		At, What, Text, Who string
		Back                bool
	}
	var lines []line
	all := s.Book.Lines()
	for i := len(all) - 1; i >= 0; i-- {
		l := all[i]
		lines = append(lines, line{r.Lang.Digits(l.At.In(s.Zone).Format("15:04")), papers.Did(r.Lang, l.What), papers.Text(r.Lang, &l), l.Who, l.Back})
	}
	return branch.Page{Template: "incidents", Title: r.Say("officer.incidents"), Data: map[string]any{"Lines": lines}}, nil
}

// maxIncident bounds what is written about an incident, in bytes.
const maxIncident = 2000

func (s *Screens) incident(r *branch.Request) (branch.Answer, error) {
	text := r.PostForm.Get("text")
	if text == "" || len(text) > maxIncident {
		return nil, &branch.Refusal{Status: http.StatusUnprocessableEntity, Text: words["incident.wrong"], Do: words["incident.wrong.do"], Back: "/officer/incidents"}
	}
	return branch.Redirect{Path: "/officer/incidents", Flash: r.Say("incident.done")}, s.Book.Write(r.Who(), daybook.Incident, text)
}
