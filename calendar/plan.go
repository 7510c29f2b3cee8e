package calendar

import (
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/law"
)

func at(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// What an [Event] does.
const (
	Confirm  = "confirm"   // the owner confirms that a stage is done
	Set      = "set"       // the owner sets offsets that the law leaves open
	Freeze   = "freeze"    // nothing goes on from this day
	Resume   = "resume"    // it goes on from this day, by as many days later
	ReAnchor = "re-anchor" // another polling day for all
	Postpone = "postpone"  // a later polling day for one constituency alone
)

// An Event is something that was decided on a day. Events never change; another
// one follows.
type Event struct {
	Event        string `json:"event"`
	On           Day    `json:"on"`
	Constituency string `json:"constituency,omitempty"` // empty: everywhere
	Stage        string `json:"stage,omitempty"`        // of confirm and set
	From         *int   `json:"from_day,omitempty"`     // of set
	To           *int   `json:"to_day,omitempty"`       // of set
	PollingDay   Day    `json:"polling_day,omitzero"`   // of re-anchor, postpone and, if it is another, resume
}

// A Plan is a polling day and what has happened to it since.
type Plan struct {
	PollingDay Day
	Stages     []Stage
	Events     []Event // in the order of their days
}

const (
	maxEvents = 100_000
	outside   = "not a day of the years 1300 to 1500: write a Jalali date such as 1405-02-11"
)

// ParseEvents reads events from strict JSON: an array, at most 4 MiB. The error
// is *[Faults].
func ParseEvents(data []byte) ([]Event, error) {
	var faults Faults
	if len(data) > maxJSON {
		faults.add("events", "%d bytes: keep the file within %d", len(data), maxJSON)
		return nil, faults.err()
	}
	raw, err := law.Elements(data)
	if err != nil {
		faults.add("events", "%v", err)
		return nil, faults.err()
	}
	all := make([]Event, len(raw))
	for i := range raw {
		if err := law.Decode(raw[i], &all[i], "event", "on"); err != nil {
			faults.add(at("events", i), "%v", err)
		}
	}
	if len(faults) > 0 {
		return nil, faults.err()
	}
	if faults = checkEvents(all); len(faults) > 0 {
		return nil, faults.err()
	}
	return all, nil
}

// checkEvents reports events that have not the fields that they need, or others,
// or are out of order.
func checkEvents(all []Event) Faults {
	var faults Faults
	if len(all) > maxEvents {
		faults.add("events", "%d events: keep them within %d", len(all), maxEvents)
		return faults
	}
	for i, e := range all {
		path := at("events", i)
		need := func(field string, has, wants bool) {
			if has && !wants {
				faults.add(path+"."+field, "%s has none: remove it", e.Event)
			} else if wants && !has {
				faults.add(path+"."+field, "%s needs it: write it", e.Event)
			}
		}
		if !slices.Contains([]string{Confirm, Set, Freeze, Resume, ReAnchor, Postpone}, e.Event) {
			faults.add(path+".event", "%q: write confirm, set, freeze, resume, re-anchor or postpone", e.Event)
			continue
		}
		need("stage", e.Stage != "", e.Event == Confirm || e.Event == Set)
		need("from_day", e.From != nil || e.To != nil, e.Event == Set)
		need("polling_day", e.PollingDay != 0, e.Event == ReAnchor || e.Event == Postpone || e.Event == Resume && e.PollingDay != 0)
		need("constituency", e.Constituency != "", e.Event == Postpone || e.Event != ReAnchor && e.Constituency != "")
		if e.Constituency != "" && (!isText(e.Constituency) || len(e.Constituency) > 80) {
			faults.add(path+".constituency", "write one line, at most 80 bytes")
		}
		for _, o := range []*int{e.From, e.To} {
			if o != nil && (*o < -maxOffset || *o > maxOffset) {
				faults.add(path, "day %d: keep within %d days of polling day", *o, maxOffset)
			}
		}
		if !e.On.valid() {
			faults.add(path+".on", outside)
		}
		if e.PollingDay != 0 && !e.PollingDay.valid() {
			faults.add(path+".polling_day", outside)
		}
		if i > 0 && e.On < all[i-1].On {
			faults.add(path+".on", "%v is before %v of the event before it: write events in the order of their days", e.On, all[i-1].On)
		}
	}
	return faults
}

// Constituencies returns those that events name.
func (p *Plan) Constituencies() []string {
	var all []string
	seen := map[string]bool{}
	for _, e := range p.Events {
		if e.Constituency != "" && !seen[e.Constituency] {
			seen[e.Constituency] = true
			all = append(all, e.Constituency)
		}
	}
	return all
}

// EarliestPollingDay returns the first polling day that the law allows for all
// of the kinds when the order to start is given on a day. Stages whose window
// begins before that of the order are left out: theirs had begun before it.
func EarliestPollingDay(all []Stage, order Day, kinds Kinds) (Day, error) {
	if err := CheckStages(all); err != nil {
		return 0, err
	}
	var earliest Day
	for id, k := range startsFor(kinds) {
		i := slices.IndexFunc(all, func(s Stage) bool { return s.ID == id })
		if i < 0 || all[i].From == nil {
			return 0, fmt.Errorf("find polling day: no stage %s with a day, which is the order to start for %s: add it", id, k)
		}
		for j := range all {
			if s := &all[j]; s.Legal && s.kinds()&k != 0 && s.From != nil && *s.From >= *all[i].From {
				earliest = max(earliest, order-Day(*s.From))
			}
		}
	}
	if !order.valid() || !earliest.valid() {
		return 0, fmt.Errorf("find polling day: the order or polling day is not in the years %d to %d", MinYear, MaxYear)
	}
	return earliest, nil
}
