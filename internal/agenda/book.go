package agenda

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/agendadb"
)

// An Event is one of package calendar, with the office that it concerns instead of
// a constituency.
type Event struct {
	calendar.Event
	Seq    int64
	Office string
}

// An Office is one that has a calendar of stages to confirm: the country, a
// province, a county or a district.
type Office struct{ Code, NameFa, NameEn string }

// A Book is everything that has moved the calendar, as of one moment. It does not
// change; any number of goroutines may read it.
type Book struct {
	Base  calendar.Day   // the polling day from which it counts, 0 while none is set
	Kinds calendar.Kinds // of the election; see KindsAt
	Seq   int64          // of the last event, 0 if there is none

	places   map[calendar.Kinds][]string // where a kind is held, if not everywhere
	stages   []calendar.Stage
	events   []Event                     // by day, then by seq
	at       map[string][]Event          // the same by office
	moves    []Event                     // those that are neither confirm nor set
	direct   []string                    // offices that events name, sorted
	confirms map[string]map[string]Event // stage → office
	offices  []Office                    // by code

	mu    sync.Mutex
	today calendar.Day
	memo  map[string]*calendar.Schedule
}

// Set reports whether there is a calendar: a polling day is set.
func (b *Book) Set() bool { return b.Base != 0 }

// Stage returns a stage of the election by its id.
func (b *Book) Stage(id string) (*calendar.Stage, bool) {
	i := slices.IndexFunc(b.stages, func(s calendar.Stage) bool { return s.ID == id })
	if i < 0 {
		return nil, false
	}
	return &b.stages[i], true
}

// KindsAt returns the kinds of contest that concern an office: those that are held
// everywhere, and those of which a constituency lies below it or holds it.
func (b *Book) KindsAt(code string) calendar.Kinds {
	kinds := b.Kinds
	for k, codes := range b.places {
		if !slices.ContainsFunc(codes, func(c string) bool { return office.Within(c, code) || office.Within(code, c) }) {
			kinds &^= k
		}
	}
	return kinds
}

// asked returns the offices of a subtree that confirm a stage: those of its level
// that it concerns.
func (b *Book) asked(under string, s *calendar.Stage) []Office {
	return slices.DeleteFunc(b.Offices(under, SeatOf(s).Level), func(o Office) bool { return kindsOf(s)&b.KindsAt(o.Code) == 0 })
}

// Offices returns the offices of a subtree with codes of a length, or of all
// lengths if it is negative.
func (b *Book) Offices(under string, level int) []Office {
	lo, _ := slices.BinarySearchFunc(b.offices, under, func(o Office, c string) int { return strings.Compare(o.Code, c) })
	var out []Office
	for _, o := range b.offices[lo:] {
		if !office.Within(o.Code, under) {
			break
		}
		if level < 0 || len(o.Code) == level {
			out = append(out, o)
		}
	}
	return out
}

// Own returns the offices below one that have calendars of their own: a decision
// has moved theirs alone.
func (b *Book) Own(under string) []string {
	var out []string
	for _, code := range b.direct {
		if code != under && office.Within(code, under) && b.moved(code, under) != nil {
			out = append(out, code)
		}
	}
	return out
}

// moved returns the first event that has moved the calendar of an office, or of one
// above it that lies below another, apart from that other's.
func (b *Book) moved(code, above string) *Event {
	for i := range b.moves {
		if e := &b.moves[i]; len(e.Office) > len(above) && office.Within(code, e.Office) {
			return e
		}
	}
	return nil
}

// A Desk keeps the Book of a database, and reads only what is new.
type Desk struct {
	mu      sync.Mutex
	book    *Book
	count   int64 // of offices
	changed chan struct{}
}

// NewDesk returns a Desk that has read nothing.
func NewDesk() *Desk { return &Desk{changed: make(chan struct{})} }

// Changed returns a channel that is closed when this process has written the next
// event.
func (d *Desk) Changed() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.changed
}

func (d *Desk) tell() {
	d.mu.Lock()
	defer d.mu.Unlock()
	close(d.changed)
	d.changed = make(chan struct{})
}

// Book returns the book as the database has it. In a transaction it is called
// before the transaction writes an event or an office.
func (d *Desk) Book(ctx context.Context, db agendadb.DBTX) (*Book, error) {
	b, err := d.read(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("read the calendar: %w", store.Classify(err))
	}
	return b, nil
}

func (d *Desk) read(ctx context.Context, db agendadb.DBTX) (*Book, error) {
	q := agendadb.New(db)
	e, err := office.LoadElection(ctx, db)
	if err != nil {
		return nil, err
	}
	last, err := q.LastEvent(ctx)
	if err != nil && !errors.Is(store.Classify(err), store.ErrNotFound) {
		return nil, err
	}
	count, err := q.CountOfficesAsked(ctx)
	if err != nil {
		return nil, err
	}
	var kinds calendar.Kinds
	places := map[calendar.Kinds][]string{}
	for _, name := range e.Kinds {
		k, err := calendar.ParseKinds(name)
		if err != nil {
			return nil, err
		}
		kinds |= k
		if codes := e.Places[name]; len(codes) > 0 {
			places[k] = codes
		}
	}
	if kinds == 0 {
		kinds = calendar.All
	}

	d.mu.Lock()
	defer d.mu.Unlock()
	old := d.book
	base := isoDay(e.PollingDay)
	if old != nil && old.Seq > 0 {
		base = old.Base
	}
	if old != nil && old.Seq == last && d.count == count && old.Kinds == kinds && old.Base == base && maps.EqualFunc(old.places, places, slices.Equal) {
		return old, nil
	}
	b := &Book{Base: base, Kinds: kinds, Seq: last, places: places, stages: Stages(kinds)}
	if old != nil {
		b.events, b.offices = slices.Clone(old.events), old.offices
	}
	if old == nil || d.count != count {
		rows, err := q.OfficesAsked(ctx)
		if err != nil {
			return nil, err
		}
		b.offices = nil
		for _, r := range rows {
			b.offices = append(b.offices, Office(r))
		}
		slices.SortFunc(b.offices, func(x, y Office) int { return strings.Compare(x.Code, y.Code) })
	}
	after := int64(0)
	if old != nil {
		after = old.Seq
	}
	rows, err := q.EventsAfter(ctx, after)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.Seq == 1 {
			b.Base = isoDay(r.Base)
		}
		v := Event{Seq: r.Seq, Office: r.Office}
		if err := json.Unmarshal([]byte(r.Content), &v.Event); err != nil {
			return nil, fmt.Errorf("event %d: %w", r.Seq, err)
		}
		b.events, b.Seq = append(b.events, v), r.Seq
	}
	b.index()
	d.book, d.count = b, count
	return b, nil
}

// with returns the book with one more event.
func (b *Book) with(e Event) *Book {
	next := &Book{Base: b.Base, Kinds: b.Kinds, Seq: b.Seq + 1, places: b.places, stages: b.stages, events: slices.Clone(b.events), offices: b.offices}
	e.Seq = next.Seq
	next.events = append(next.events, e)
	next.index()
	return next
}

func (b *Book) index() {
	slices.SortStableFunc(b.events, order)
	b.confirms, b.at = map[string]map[string]Event{}, map[string][]Event{}
	for _, e := range b.events {
		b.at[e.Office] = append(b.at[e.Office], e)
		switch e.Event.Event {
		case calendar.Confirm:
			if b.confirms[e.Stage] == nil {
				b.confirms[e.Stage] = map[string]Event{}
			}
			b.confirms[e.Stage][e.Office] = e
		case calendar.Set:
		default:
			b.moves = append(b.moves, e)
		}
	}
	b.direct = slices.Sorted(maps.Keys(b.at))
}

// order is that in which events hold: by day, then as they were written.
func order(x, y Event) int { return cmp.Or(cmp.Compare(x.On, y.On), cmp.Compare(x.Seq, y.Seq)) }

func isoDay(iso string) calendar.Day {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return 0
	}
	return calendar.DayOf(t.Date())
}
