package calendar

import "slices"

// A State says how a stage stands on a day.
type State string

// The states. Where two would hold the earlier of this list does.
const (
	Done    State = "done"    // confirmed by its owner
	Blocked State = "blocked" // one before it is not done and past its end; or nobody has set its days; or all is frozen
	Due     State = "due"     // begins today
	Open    State = "open"    // today is within it
	Late    State = "late"    // past its end, not confirmed
	Future  State = "future"  // begins later
)

// An Entry is a stage with its days.
type Entry struct {
	Stage Stage
	From  Day // first day, or 0
	To    Day // last day, or 0
	Done  Day // when its owner confirmed it, or 0
	State State

	begins         Day  // From, or where that is open the first day that what it follows allows
	fromOff, toOff *int // the law's offsets, or those that the owner has set
	overdue        bool
}

// A Schedule is the calendar of a place on a day.
type Schedule struct {
	Constituency string // empty: everywhere else
	Today        Day
	PollingDay   Day
	Frozen       Day // since when nothing goes on, or 0
	Revision     int // how many events have made it
	Entries      []Entry
}

// Schedule returns the calendar as it stands in a constituency today, with the
// stages that apply to one of the kinds of contest. Events later than today have
// not happened. The error is *[Faults].
func (p *Plan) Schedule(constituency string, today Day, kinds Kinds) (*Schedule, error) {
	faults, err := p.checkValues()
	if err != nil {
		return nil, err
	}
	if !today.valid() {
		faults.add("on", outside)
	}
	if len(faults) > 0 {
		return nil, faults.err()
	}
	var happened []int
	for i, e := range p.Events {
		if e.On <= today && (e.Constituency == "" || e.Constituency == constituency) {
			happened = append(happened, i)
		}
	}
	f := p.fold(happened)
	if len(f.faults) > 0 {
		return nil, f.faults.err()
	}
	s := &Schedule{Constituency: constituency, Today: today, PollingDay: f.pollingDay(), Frozen: f.held(), Revision: len(happened)}
	f.states(today, kinds)
	for _, e := range f.entries {
		if e.Stage.kinds()&kinds != 0 {
			s.Entries = append(s.Entries, e)
		}
	}
	return s, nil
}

// Check applies all events, for every constituency that one names and for all
// others, and returns all faults.
func (p *Plan) Check() error {
	faults, err := p.checkValues()
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return faults.err()
	}
	var everywhere []int
	own := map[string][]int{}
	for i, e := range p.Events {
		if e.Constituency == "" {
			everywhere = append(everywhere, i)
		} else {
			own[e.Constituency] = append(own[e.Constituency], i)
		}
	}
	seen := map[Fault]bool{} // one that is everywhere is told once
	for _, c := range append([]string{""}, p.Constituencies()...) {
		events := slices.Concat(everywhere, own[c])
		slices.Sort(events)
		for _, x := range p.fold(events).faults {
			if !seen[x] {
				seen[x] = true
				faults = append(faults, x)
			}
		}
	}
	return faults.err()
}

// checkValues reports what is wrong whatever has happened; stages that are
// wrong at once, because nothing can be told of their events.
func (p *Plan) checkValues() (Faults, error) {
	if err := CheckStages(p.Stages); err != nil {
		return nil, err
	}
	faults := checkEvents(p.Events)
	if !p.PollingDay.valid() {
		faults.add("polling_day", outside)
	}
	return faults, nil
}

// fold applies the events, by their places in the plan.
func (p *Plan) fold(events []int) *fold {
	f := newFold(p)
	for _, i := range events {
		f.apply(at("events", i), p.Events[i])
	}
	f.checkStart()
	f.checkRange()
	return f
}

// states sets the state of each entry: only what applies to the same kind of
// contest, and to one of those asked for, holds a stage up.
func (f *fold) states(today Day, kinds Kinds) {
	held := f.held()
	for i := range f.entries {
		e := &f.entries[i]
		e.overdue = e.Done == 0 && e.To != 0 && today > e.To && (held == 0 || e.To < held)
	}
	for i := range f.entries {
		e := &f.entries[i]
		blocked := e.From == 0 && e.To == 0 || held != 0 && !e.overdue
		e.begins = e.From
		for _, id := range e.Stage.After {
			before := &f.entries[f.place[id]]
			if before.Stage.kinds()&e.Stage.kinds()&kinds == 0 {
				continue
			}
			blocked = blocked || before.overdue
			if e.From == 0 {
				e.begins = max(e.begins, before.From)
			}
		}
		switch {
		case e.Done != 0:
			e.State = Done
		case blocked:
			e.State = Blocked
		case e.overdue:
			e.State = Late
		case today == e.begins:
			e.State = Due
		case today > e.begins:
			e.State = Open
		default:
			e.State = Future
		}
	}
}
