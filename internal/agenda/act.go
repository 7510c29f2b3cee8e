package agenda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/agendadb"
)

// A Refusal says what the calendar does not allow today.
type Refusal struct {
	Code   string       // one of the constants below
	Stage  string       // of which it is spoken, or ""
	Office string       // whose calendar makes it impossible
	Day    calendar.Day // from when it is allowed, or since when it is so; or 0
	Err    error        // of package calendar, or nil
}

// What is not allowed.
const (
	Unset     = "unset"      // no polling day is set
	Future    = "future"     // the day lies ahead
	Begins    = "begins"     // the stage begins on Day
	Confirmed = "confirmed"  // the stage was confirmed on Day
	Fixed     = "fixed"      // the law fixes the days of the stage
	Before    = "before"     // it would begin before Stage, which begins on Day
	Behind    = "behind"     // it would begin after Stage, which follows it, on Day
	Reversed  = "reversed"   // it would end before it begins
	Frozen    = "frozen"     // nothing goes on since Day
	NotFrozen = "not-frozen" // it goes on
	NotLater  = "not-later"  // polling day is Day already: only a later one is allowed
	Over      = "over"       // polling day, Day, was
	Earliest  = "earliest"   // because of Stage, Day is the first that is possible
	Never     = "impossible" // Err says why
)

// Error says it in a line.
func (r *Refusal) Error() string {
	s := "the calendar does not allow it: " + r.Code
	if r.Stage != "" {
		s += " " + r.Stage
	}
	if r.Day != 0 {
		s += " " + r.Day.String()
	}
	if r.Err != nil {
		s += ": " + r.Err.Error()
	}
	return s
}

// A Decision is an event that somebody wants written.
type Decision struct {
	Office string         `json:"office"`
	Event  calendar.Event `json:"event"` // without a constituency: Office says whom it concerns
	Reason string         `json:"reason"`
}

// Power returns the power that the decision takes.
func (d *Decision) Power() office.Power {
	if d.Event.Event == calendar.Confirm || d.Event.Event == calendar.Set {
		return office.AgendaConfirm
	}
	return office.AgendaMove
}

// Add writes a decision, on today's day; only a confirmation may have an earlier
// one. The error is *Refusal if the calendar does not allow it,
// and office.ErrForbidden if the actor may not.
func (d *Desk) Add(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, v Decision) error {
	b, err := d.Book(ctx, tx)
	if err != nil {
		return err
	}
	today := isoDay(office.Day(now))
	if v.Event.Event != calendar.Confirm || v.Event.On == 0 {
		v.Event.On = today
	}
	if err := b.Check(a, v, today); err != nil {
		return fmt.Errorf("%s: %w", v.Event.Event, err)
	}
	content, err := json.Marshal(v.Event)
	if err != nil {
		return err
	}
	err = agendadb.New(tx).InsertEvent(ctx, agendadb.InsertEventParams{Seq: b.Seq + 1, OnDay: v.Event.On.Gregorian(), Office: v.Office, Event: v.Event.Event,
		Stage: v.Event.Stage, Content: string(content), Reason: v.Reason, Base: b.Base.Gregorian(), Person: a.Person, At: store.Millis(now)})
	if err != nil {
		return fmt.Errorf("%s: %w", v.Event.Event, err)
	}
	tx.After(d.tell)
	return office.Audit(ctx, tx, now, a, v.Power(), office.Change{Act: "agenda." + v.Event.Event, Object: v.Event.Stage, Office: v.Office, After: v})
}

// Owns reports whether the actor confirms a stage in the calendar of an office, as
// its owner: at the office itself, or for one below it that has a calendar of its
// own.
func (b *Book) Owns(a office.Actor, s *calendar.Stage, code string) bool {
	seat := SeatOf(s)
	if kindsOf(s)&b.KindsAt(code) == 0 {
		return false
	}
	for _, p := range a.Posts {
		if p.Role == seat.Role && len(p.Office) == seat.Level && p.Role.Can(office.AgendaConfirm) &&
			(p.Office == code || office.Within(code, p.Office) && b.moved(code, p.Office) != nil) {
			return true
		}
	}
	return false
}

// Check says whether the actor may decide it, and whether the calendar allows it:
// that of the office, and those of all below it.
func (b *Book) Check(a office.Actor, v Decision, today calendar.Day) error {
	e := v.Event
	if v.Power() == office.AgendaConfirm {
		if s, ok := b.Stage(e.Stage); !ok || !b.Owns(a, s, v.Office) {
			return office.ErrForbidden
		}
	} else if !a.May(office.AgendaMove, v.Office) {
		return office.ErrForbidden
	}
	if !b.Set() {
		return &Refusal{Code: Unset}
	}
	if e.On > today {
		return &Refusal{Code: Future, Day: today}
	}
	if e.Event != calendar.Confirm || e.On == 0 {
		e.On = today
	}
	s, err := b.Schedule(v.Office, today)
	if err != nil {
		return &Refusal{Code: Never, Office: v.Office, Err: err}
	}
	next := b.with(Event{Event: e, Office: v.Office})
	for _, code := range next.below(v.Office) {
		if err := next.holds(code, today); err != nil {
			r := b.why(v.Office, e, s, err)
			if r.Code == Never {
				r.Office = code
			}
			if r.Code == Earliest {
				r.Day, r.Stage, r.Office = b.earliest(v.Office, e, today)
			}
			return r
		}
	}
	return nil
}

// below returns the office and those below it that events name.
func (b *Book) below(code string) []string {
	out := []string{code}
	for _, c := range b.direct {
		if c != code && office.Within(c, code) {
			out = append(out, c)
		}
	}
	return out
}

// holds folds what must hold at an office.
func (b *Book) holds(code string, today calendar.Day) error {
	must, _ := b.of(code, today)
	_, err := b.fold(code, must, today)
	return err
}

// why says in our words why package calendar refuses an event.
func (b *Book) why(code string, e calendar.Event, s *calendar.Schedule, err error) *Refusal {
	var faults *calendar.Faults
	if !errors.As(err, &faults) {
		return &Refusal{Code: Never, Office: code, Err: err}
	}
	switch e.Event {
	case calendar.Freeze:
		return &Refusal{Code: Frozen, Office: code, Day: s.Frozen}
	case calendar.Resume:
		return &Refusal{Code: NotFrozen, Office: code}
	case calendar.ReAnchor, calendar.Postpone:
		switch {
		case s.Frozen != 0:
			return &Refusal{Code: Frozen, Office: code, Day: s.Frozen}
		case s.PollingDay < e.On:
			return &Refusal{Code: Over, Office: code, Day: s.PollingDay}
		case e.Event == calendar.Postpone && e.PollingDay <= s.PollingDay:
			return &Refusal{Code: NotLater, Office: code, Day: s.PollingDay}
		}
		return &Refusal{Code: Earliest, Office: code}
	}
	x := entry(s, e.Stage)
	if x == nil {
		return &Refusal{Code: Never, Office: code, Err: err}
	}
	switch {
	case x.Done != 0:
		return &Refusal{Code: Confirmed, Stage: e.Stage, Office: code, Day: x.Done}
	case e.Event == calendar.Confirm && x.From > e.On:
		return &Refusal{Code: Begins, Stage: e.Stage, Office: code, Day: x.From}
	case e.Event == calendar.Confirm:
	case e.From != nil && x.Stage.From != nil && *e.From != *x.Stage.From || e.To != nil && x.Stage.To != nil && *e.To != *x.Stage.To:
		return &Refusal{Code: Fixed, Stage: e.Stage, Office: code, Day: x.From}
	case e.From != nil && e.To != nil && *e.From > *e.To:
		return &Refusal{Code: Reversed, Stage: e.Stage, Office: code}
	case e.From != nil:
		from := s.PollingDay + calendar.Day(*e.From)
		for _, id := range x.Stage.After {
			if y := entry(s, id); y != nil && y.From > from && kindsOf(&y.Stage)&kindsOf(&x.Stage) != 0 {
				return &Refusal{Code: Before, Stage: id, Office: code, Day: y.From}
			}
		}
		for i := range s.Entries {
			y := &s.Entries[i]
			for _, id := range y.Stage.After {
				if id == e.Stage && y.From != 0 && y.From < from && kindsOf(&y.Stage)&kindsOf(&x.Stage) != 0 {
					return &Refusal{Code: Behind, Stage: y.Stage.ID, Office: code, Day: y.From}
				}
			}
		}
	}
	return &Refusal{Code: Never, Stage: e.Stage, Office: code, Err: err}
}

// maxSearch is how many days ahead a possible polling day is looked for; offsets
// of stages are no larger.
const maxSearch = 800

// earliest returns the first polling day that an event could give, the stage that
// allows no earlier one, and the office in whose calendar that is; zeros if no day
// is possible.
func (b *Book) earliest(code string, e calendar.Event, today calendar.Day) (calendar.Day, string, string) {
	last, where := e.PollingDay, code
	var next *Book
	for _, c := range b.with(Event{Event: e, Office: code}).below(code) {
		for {
			next = b.with(Event{Event: e, Office: code})
			if next.holds(c, today) == nil {
				break
			}
			if e.PollingDay++; e.PollingDay > last+maxSearch {
				return 0, "", ""
			}
			where = c
		}
	}
	must, _ := next.of(where, today)
	s, err := next.fold(where, must, today)
	if err != nil {
		return 0, "", ""
	}
	for _, x := range s.Entries { // one that begins on the first day on which it may
		if x.Stage.Legal && x.Done == 0 && x.From == e.On {
			return e.PollingDay, x.Stage.ID, where
		}
	}
	for _, x := range s.Entries { // or the order to start, which was given that many days before
		if x.Stage.Legal && x.Done != 0 && x.Stage.From != nil && x.Done-calendar.Day(*x.Stage.From) == e.PollingDay {
			return e.PollingDay, x.Stage.ID, where
		}
	}
	return e.PollingDay, "", where
}
