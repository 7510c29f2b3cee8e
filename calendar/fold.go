package calendar

// A fold applies the events of a plan, one after the other, to its entries.
type fold struct {
	entries []Entry
	place   map[string]int
	orders  map[string]Kinds // orders to start
	faults  Faults

	pollingPath string // where the polling day that holds was given
	alone       bool   // the constituency has a polling day of its own

	// Whether all, or the constituency alone, is frozen; and since when either
	// is. Both may be: it goes on when neither is.
	frozenAll, frozenHere bool
	since                 Day
	next                  Event // a resume that gives another polling day, until it goes on
	nextPath              string
}

func newFold(p *Plan) *fold {
	f := &fold{place: make(map[string]int, len(p.Stages)), orders: startsFor(All), pollingPath: "polling_day"}
	for i, s := range p.Stages {
		f.place[s.ID] = i
		e := Entry{Stage: s, fromOff: s.From, toOff: s.To}
		e.anchor(p.PollingDay)
		f.entries = append(f.entries, e)
	}
	return f
}

// anchor counts the days of the entry from a polling day.
func (e *Entry) anchor(polling Day) {
	e.From, e.To = 0, 0
	if e.fromOff != nil {
		e.From = polling + Day(*e.fromOff)
	}
	if e.toOff != nil {
		e.To = polling + Day(*e.toOff)
	}
}

// begun reports whether the entry has begun before the day, or is over.
func (e *Entry) begun(d Day) bool {
	return e.Done != 0 || e.From != 0 && e.From < d || e.From == 0 && e.To != 0 && e.To < d
}

func (f *fold) pollingDay() Day { return f.entries[f.place[PollingDay]].From }

// held returns since when nothing goes on, or 0.
func (f *fold) held() Day {
	if f.frozenAll || f.frozenHere {
		return f.since
	}
	return 0
}

func (f *fold) apply(path string, e Event) {
	switch e.Event {
	case Confirm:
		f.confirm(path, e)
	case Set:
		f.set(path, e)
	case Freeze:
		f.freeze(path, e)
	case Resume:
		f.resume(path, e)
	case ReAnchor, Postpone:
		f.move(path, e)
	}
}

func (f *fold) stage(path, id string) *Entry {
	i, ok := f.place[id]
	if !ok {
		f.faults.add(path+".stage", "there is no stage %q: name one of the calendar", id)
		return nil
	}
	return &f.entries[i]
}

func (f *fold) confirm(path string, v Event) {
	e := f.stage(path, v.Stage)
	_, order := f.orders[v.Stage]
	switch {
	case e == nil:
	case e.Done != 0:
		f.faults.add(path+".stage", "%s was confirmed on %v: remove this event", v.Stage, e.Done)
	case !order && e.From > v.On: // an order may be given early
		f.faults.add(path+".on", "%s begins on %v: confirm it then or later", v.Stage, e.From)
	default:
		e.Done = v.On
	}
}

func (f *fold) set(path string, v Event) {
	e := f.stage(path, v.Stage)
	if e == nil {
		return
	}
	if e.Done != 0 {
		f.faults.add(path+".stage", "%s was confirmed on %v: remove this event", v.Stage, e.Done)
		return
	}
	for _, x := range []struct {
		field      string
		fixed, new *int
	}{{"from_day", e.Stage.From, v.From}, {"to_day", e.Stage.To, v.To}} {
		if x.fixed != nil && x.new != nil && *x.fixed != *x.new {
			f.faults.add(path+"."+x.field, "day %d of %s is fixed: remove it; it moves with polling day", *x.fixed, v.Stage)
			return
		}
	}
	from, to := e.fromOff, e.toOff
	if v.From != nil {
		from = v.From
	}
	if v.To != nil {
		to = v.To
	}
	if from != nil && to != nil && *from > *to {
		f.faults.add(path+".to_day", "%s would end on day %d, before it begins on day %d: exchange them", v.Stage, *to, *from)
		return
	}
	for i := range f.entries {
		x := &f.entries[i]
		if x.Stage.kinds()&e.Stage.kinds() == 0 || from == nil || x.fromOff == nil {
			continue
		}
		if follows(&e.Stage, x.Stage.ID) && *from < *x.fromOff {
			f.faults.add(path+".from_day", "%s would begin on day %d, before %s, which begins on day %d: begin it on that day or later", v.Stage, *from, x.Stage.ID, *x.fromOff)
		}
		if follows(&x.Stage, v.Stage) && *x.fromOff < *from {
			f.faults.add(path+".from_day", "%s would begin on day %d, after %s, which follows it, on day %d: begin it on that day or earlier", v.Stage, *from, x.Stage.ID, *x.fromOff)
		}
	}
	e.fromOff, e.toOff = from, to
	e.anchor(f.pollingDay())
}

func follows(s *Stage, id string) bool {
	for _, a := range s.After {
		if a == id {
			return true
		}
	}
	return false
}

func (f *fold) freeze(path string, v Event) {
	frozen := &f.frozenAll
	if v.Constituency != "" {
		frozen = &f.frozenHere
	}
	if *frozen {
		f.faults.add(path, "it is frozen already: resume first, or remove this event")
		return
	}
	if f.held() == 0 {
		f.since = v.On
	}
	*frozen = true
}

// resume lets it go on: what has not begun moves, with polling day, by the days
// that were lost, or to another polling day; what had begun and not ended goes
// on for as many days more.
func (f *fold) resume(path string, v Event) {
	frozen := &f.frozenAll
	if v.Constituency != "" {
		frozen = &f.frozenHere
	}
	if !*frozen {
		f.faults.add(path, "it is not frozen: remove this event")
		return
	}
	*frozen = false
	if v.PollingDay != 0 && (v.Constituency != "" || !f.alone) {
		f.next, f.nextPath = v, path
		f.alone = f.alone || v.Constituency != ""
	}
	if f.held() != 0 {
		return
	}
	lost, held := v.On-f.since, f.entries[f.place[PollingDay]].begun(f.since)
	for i := range f.entries {
		e := &f.entries[i]
		if e.begun(f.since) || e.From == 0 && held { // a limit counted from a day that stays
			if e.Done == 0 && e.From != 0 && e.To >= f.since {
				e.To += lost
			}
			continue
		}
		if e.From != 0 {
			e.From += lost
		}
		if e.To != 0 {
			e.To += lost
		}
	}
	if f.next.PollingDay != 0 {
		next := f.next
		next.On = v.On
		f.anchorTo(f.nextPath, next)
		f.next = Event{}
	}
}

// move gives another polling day, to all that have none of their own, or to one
// constituency alone.
func (f *fold) move(path string, v Event) {
	if v.Constituency == "" && f.alone {
		return
	}
	if f.held() != 0 {
		f.faults.add(path, "it is frozen: give the polling day when it is resumed")
		return
	}
	if v.Event == Postpone && v.PollingDay <= f.pollingDay() {
		f.faults.add(path+".polling_day", "%v is not later than %v: give a later day", v.PollingDay, f.pollingDay())
		return
	}
	f.alone = f.alone || v.Constituency != ""
	f.anchorTo(path, v)
}

// anchorTo counts what has not begun from another polling day. A legal stage
// cannot begin before the day on which that is decided.
func (f *fold) anchorTo(path string, v Event) {
	path += ".polling_day"
	if f.entries[f.place[PollingDay]].begun(v.On) {
		f.faults.add(path, "polling day was %v, before %v: make a calendar of its own for the repeat", f.pollingDay(), v.On)
		return
	}
	var first *Entry // of the legal stages that would begin too early
	for i := range f.entries {
		e := &f.entries[i]
		if e.begun(v.On) {
			continue
		}
		e.anchor(v.PollingDay)
		if e.Stage.Legal && e.From != 0 && e.From < v.On && (first == nil || e.From < first.From) {
			first = e
		}
	}
	if first != nil {
		f.faults.add(path, "%v is impossible: %s would begin on %v, before %v, and the law fixes it: the earliest polling day is %v",
			v.PollingDay, first.Stage.ID, first.From, v.On, v.PollingDay+v.On-first.From)
	}
	f.pollingPath = path
}

// checkStart holds polling day against the orders to start that were given: the
// law fixes the days between.
func (f *fold) checkStart() {
	for i := range f.entries {
		e := &f.entries[i]
		if _, order := f.orders[e.Stage.ID]; !order || !e.Stage.Legal || e.Done == 0 || e.Stage.From == nil {
			continue
		}
		if earliest := e.Done - Day(*e.Stage.From); f.pollingDay() < earliest {
			f.faults.add(f.pollingPath, "%v is impossible: %s was on %v, and the law has it %d days before: the earliest polling day is %v",
				f.pollingDay(), e.Stage.ID, e.Done, -*e.Stage.From, earliest)
		}
	}
}

func (f *fold) checkRange() {
	for i := range f.entries {
		if e := &f.entries[i]; e.From != 0 && !e.From.valid() || e.To != 0 && !e.To.valid() {
			f.faults.add(f.pollingPath, "%s would lie outside the years %d to %d: give another polling day", e.Stage.ID, MinYear, MaxYear)
			return
		}
	}
}
