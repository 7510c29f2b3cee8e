package agenda

import (
	"slices"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/office"
)

// A Row is a stage on the board of an office.
type Row struct {
	Stage          calendar.Stage
	From, To, Done calendar.Day
	State          calendar.State
	Seat           Seat
	Why            string                 // of Blocked: WhyFrozen, WhyUnset or WhyBefore
	Before         []string               // of WhyBefore: the stages that are past their end
	Below          int                    // how many offices below confirm it; 0 if it is the office itself or one above
	Counts         map[calendar.State]int // of those
}

// Why a stage is blocked.
const (
	WhyFrozen = "frozen"
	WhyUnset  = "unset"
	WhyBefore = "before"
)

// A Board is the calendar of an office, as it is shown.
type Board struct {
	Office     string
	Today      calendar.Day
	PollingDay calendar.Day
	Base       calendar.Day // the polling day from which it counted at first
	Frozen     calendar.Day
	Seq        int64
	Rows       []Row
	Own        []string // offices below with calendars of their own
}

// gravest orders states by what most needs somebody.
var gravest = []calendar.State{calendar.Late, calendar.Blocked, calendar.Due, calendar.Open, calendar.Future, calendar.Done}

// Board returns the board of an office today.
func (b *Book) Board(code string, today calendar.Day) (*Board, error) {
	s, err := b.Schedule(code, today)
	if err != nil {
		return nil, err
	}
	out := &Board{Office: code, Today: today, PollingDay: s.PollingDay, Base: b.Base, Frozen: s.Frozen, Seq: b.Seq, Own: b.Own(code)}
	for i := range s.Entries {
		row := b.row(s, &s.Entries[i], today)
		if row.Seat.Level > len(code) {
			if err := b.gather(&row, code, today); err != nil {
				return nil, err
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

func (b *Book) row(s *calendar.Schedule, e *calendar.Entry, today calendar.Day) Row {
	r := Row{Stage: e.Stage, From: e.From, To: e.To, Done: e.Done, State: e.State, Seat: SeatOf(&e.Stage)}
	if e.State != calendar.Blocked {
		return r
	}
	for _, id := range e.Stage.After {
		x := entry(s, id)
		if x != nil && kindsOf(&x.Stage)&kindsOf(&e.Stage)&b.KindsAt(s.Constituency) != 0 && x.Done == 0 && x.To != 0 && today > x.To && (s.Frozen == 0 || x.To < s.Frozen) {
			r.Before = append(r.Before, id)
		}
	}
	switch {
	case s.Frozen != 0:
		r.Why = WhyFrozen
	case len(r.Before) > 0:
		r.Why = WhyBefore
	default:
		r.Why = WhyUnset
	}
	return r
}

// gather makes the row that of the offices below: the gravest of their states, and
// the days from the first to the last of theirs.
func (b *Book) gather(r *Row, code string, today calendar.Day) error {
	below := b.asked(code, &r.Stage)
	if len(below) == 0 {
		return nil
	}
	r.Below, r.Counts = len(below), map[calendar.State]int{}
	var done calendar.Day
	var why *Row
	for i, o := range below {
		s, err := b.Schedule(o.Code, today)
		if err != nil {
			return err
		}
		e := entry(s, r.Stage.ID)
		r.Counts[e.State]++
		done = max(done, e.Done)
		if i == 0 || e.From != 0 && (r.From == 0 || e.From < r.From) {
			r.From = e.From
		}
		r.To = max(r.To, e.To)
		if e.State == calendar.Blocked && why == nil {
			one := b.row(s, e, today)
			why = &one
		}
	}
	r.State, r.Done, r.Why, r.Before = calendar.Done, 0, "", nil
	for _, state := range gravest {
		if r.Counts[state] > 0 {
			r.State = state
			break
		}
	}
	switch {
	case r.State == calendar.Done:
		r.Done = done
	case r.State == calendar.Blocked && why != nil:
		r.Why, r.Before = why.Why, why.Before
	}
	return nil
}

// A Part is how one office stands with a stage.
type Part struct {
	Office Office
	Row    Row
}

// Parts returns how the offices that confirm a stage stand with it, in a subtree:
// those of its level, then those with calendars of their own.
func (b *Book) Parts(code, stage string, today calendar.Day) ([]Part, error) {
	st, ok := b.Stage(stage)
	if !ok {
		return nil, nil
	}
	codes := b.asked(code, st)
	for _, own := range b.Own(code) {
		if len(own) > SeatOf(st).Level {
			codes = append(codes, Office{Code: own})
		}
	}
	var out []Part
	for _, o := range codes {
		s, err := b.Schedule(o.Code, today)
		if err != nil {
			return nil, err
		}
		if e := entry(s, stage); e != nil {
			out = append(out, Part{o, b.row(s, e, today)})
		}
	}
	return out, nil
}

// Late returns how many stages are late in a subtree: each stage at each office
// that should have confirmed it, calendars of their own included.
func (b *Book) Late(code string, today calendar.Day) (int, error) {
	n := 0
	count := func(c string, own bool) error {
		s, err := b.Schedule(c, today)
		if err != nil {
			return err
		}
		for i := range s.Entries {
			level := SeatOf(&s.Entries[i].Stage).Level
			if s.Entries[i].State == calendar.Late && (level == len(c) || own && level < len(c)) {
				n++
			}
		}
		return nil
	}
	for _, o := range b.Offices(code, -1) {
		if err := count(o.Code, false); err != nil {
			return 0, err
		}
	}
	for _, own := range b.Own(code) {
		if err := count(own, true); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// A Task is a stage that an actor's posts confirm.
type Task struct {
	Office string
	Row    Row
}

// Tasks returns the stages that the actor confirms and that need them: late, due,
// open or blocked, and those that begin within some days; the gravest first, then
// by the day on which they end.
func (b *Book) Tasks(a office.Actor, today calendar.Day, ahead int) ([]Task, error) {
	var out []Task
	for _, p := range a.Posts {
		if !p.Role.Can(office.AgendaConfirm) {
			continue
		}
		for _, code := range append([]string{p.Office}, b.Own(p.Office)...) {
			s, err := b.Schedule(code, today)
			if err != nil {
				return nil, err
			}
			for i := range s.Entries {
				e := &s.Entries[i]
				// With the same days, what the office confirms for all counts here too.
				if code != p.Office && b.sameDays(Event{Event: calendar.Event{Stage: e.Stage.ID}, Office: p.Office}, s, today) {
					continue
				}
				if !b.Owns(office.Actor{Posts: []office.Post{p}}, &e.Stage, code) || e.State == calendar.Done ||
					e.State == calendar.Future && (e.From == 0 || e.From > today+calendar.Day(ahead)) {
					continue
				}
				out = append(out, Task{code, b.row(s, e, today)})
			}
		}
	}
	slices.SortStableFunc(out, func(x, y Task) int {
		if n := slices.Index(gravest, x.Row.State) - slices.Index(gravest, y.Row.State); n != 0 {
			return n
		}
		return int(end(&x.Row) - end(&y.Row))
	})
	return out, nil
}

func end(r *Row) calendar.Day {
	if r.To != 0 {
		return r.To
	}
	return r.From
}
