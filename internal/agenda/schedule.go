package agenda

import (
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/office"
)

// Schedule returns the calendar of an office today. It is shared: nobody may
// change it.
func (b *Book) Schedule(code string, today calendar.Day) (*calendar.Schedule, error) {
	key := b.key(code)
	b.mu.Lock()
	if b.today != today {
		b.today, b.memo = today, map[string]*calendar.Schedule{}
	}
	s := b.memo[key]
	b.mu.Unlock()
	if s != nil {
		return s, nil
	}
	s, err := b.schedule(code, today)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.today == today {
		b.memo[key] = s
	}
	return s, nil
}

// key is the same for offices whose calendars are the same: those that no event
// names, and below which none is named, have that of the office above them, apart
// from what is confirmed below that one and from kinds of contest that are not held
// there.
func (b *Book) key(code string) string {
	i, named := slices.BinarySearch(b.direct, code)
	if named || i < len(b.direct) && office.Within(b.direct[i], code) || code == "" {
		return code
	}
	for above := office.Parent(code); ; above = office.Parent(above) {
		if _, named := slices.BinarySearch(b.direct, above); named || above == "" {
			return fmt.Sprintf("%s alone %d", above, b.KindsAt(code))
		}
	}
}

// schedule folds what concerns the office. First that which must hold; then what
// offices above and below have confirmed, as far as it fits.
func (b *Book) schedule(code string, today calendar.Day) (*calendar.Schedule, error) {
	must, may := b.of(code, today)
	s, err := b.fold(code, must, today)
	if err != nil || len(may) == 0 {
		return s, err
	}
	fitting := make([]Event, 0, len(may))
	for _, e := range may {
		if e.Office == code || b.sameDays(e, s, today) {
			fitting = append(fitting, e)
		}
	}
	if all, err := b.fold(code, slices.Concat(must, fitting), today); err == nil {
		return all, nil
	}
	for _, e := range fitting {
		if one, err := b.fold(code, append(slices.Clone(must), e), today); err == nil {
			must, s = append(slices.Clone(must), e), one
		}
	}
	return s, nil
}

// sameDays reports whether the stage of a confirmation has the same days at the
// office that gave it as in the schedule.
func (b *Book) sameDays(e Event, s *calendar.Schedule, today calendar.Day) bool {
	theirs, err := b.Schedule(e.Office, today)
	if err != nil {
		return false
	}
	x, y := entry(theirs, e.Stage), entry(s, e.Stage)
	return x != nil && y != nil && x.From == y.From && x.To == y.To
}

// of returns the events that concern an office: those that must hold there, and
// the confirmations that count if they fit. These are of offices above since the
// office has a calendar of its own, and one for each stage that all offices below
// have confirmed, on the day of the last.
func (b *Book) of(code string, today calendar.Day) (must, may []Event) {
	var all []Event
	for _, n := range []int{0, 2, 5, 7, 11} { // lengths of codes
		if n <= len(code) {
			all = append(all, b.at[code[:n]]...)
		}
	}
	for _, e := range all {
		if e.On > today {
			continue
		}
		if own := b.moved(code, e.Office); own != nil && e.Event.Event == calendar.Confirm && order(*own, e) < 0 {
			may = append(may, e)
		} else {
			must = append(must, e)
		}
	}
	for i := range b.stages {
		level := SeatOf(&b.stages[i]).Level
		given := b.confirms[b.stages[i].ID]
		if level <= len(code) || len(given) == 0 {
			continue
		}
		var last Event
		n, all := 0, b.asked(code, &b.stages[i])
		for _, o := range all {
			if e, ok := given[o.Code]; ok && e.On <= today {
				if n++; order(last, e) < 0 {
					last = e
				}
			}
		}
		if n > 0 && n == len(all) {
			last.Office = code
			may = append(may, last)
		}
	}
	return must, may
}

func (b *Book) fold(code string, events []Event, today calendar.Day) (*calendar.Schedule, error) {
	plan := calendar.Plan{PollingDay: b.Base, Stages: b.stages}
	events = slices.Clone(events)
	slices.SortStableFunc(events, order)
	for _, e := range events {
		v := e.Event
		if e.Office != "" {
			v.Constituency = code
		}
		plan.Events = append(plan.Events, v)
	}
	return plan.Schedule(code, today, b.KindsAt(code))
}

func entry(s *calendar.Schedule, stage string) *calendar.Entry {
	for i := range s.Entries {
		if s.Entries[i].Stage.ID == stage {
			return &s.Entries[i]
		}
	}
	return nil
}
