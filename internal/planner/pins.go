package planner

import (
	"maps"
	"slices"

	"github.com/sandogh/sandogh/calendar"
)

// Pins are what people have fixed.
type Pins struct {
	Units    map[string]int `json:"units,omitempty"`    // unit → number of its group
	Sessions map[int]Pin    `json:"sessions,omitempty"` // number of a group → its session
}

// A Pin fixes a session: its first day, its venue, or both.
type Pin struct {
	Day   calendar.Day `json:"day,omitzero"`
	Venue string       `json:"venue,omitempty"`
}

// clone returns pins that can be changed.
func (p Pins) clone() Pins {
	p.Units, p.Sessions = maps.Clone(p.Units), maps.Clone(p.Sessions)
	if p.Units == nil {
		p.Units = map[string]int{}
	}
	if p.Sessions == nil {
		p.Sessions = map[int]Pin{}
	}
	return p
}

// Pin returns the pins with a unit fixed in a group. To move a unit is to pin it
// to another group: the planner chooses which one comes back for it.
func (p Pins) Pin(unit string, group int) Pins {
	p = p.clone()
	p.Units[unit] = group
	return p
}

// Swap returns the pins with two units fixed each in the group where the other is
// in the plan.
func (p Pins) Swap(plan *Plan, a, b string) Pins {
	ga, okA := plan.Group(a)
	gb, okB := plan.Group(b)
	if !okA || !okB {
		return p
	}
	return p.Pin(a, gb.Number).Pin(b, ga.Number)
}

// PinSession returns the pins with the session of a group fixed; the zero Pin
// frees it.
func (p Pins) PinSession(group int, pin Pin) Pins {
	p = p.clone()
	p.Sessions[group] = pin
	if pin == (Pin{}) {
		delete(p.Sessions, group)
	}
	return p
}

// Unpin returns the pins without that of a unit.
func (p Pins) Unpin(unit string) Pins {
	p = p.clone()
	delete(p.Units, unit)
	return p
}

// A Move is something that differs between two plans.
type Move struct {
	Unit  string   `json:"unit,omitempty"` // moved from group From to group To; or:
	Group int      `json:"group,omitempty"`
	What  string   `json:"what"` // group, day, venue, trainers
	From  int      `json:"from,omitempty"`
	To    int      `json:"to,omitempty"`
	Old   []string `json:"old,omitempty"` // days as Jalali dates, ids of venues and trainers
	New   []string `json:"new,omitempty"`
}

// What a Move is about.
const (
	MovedGroup    = "group"
	MovedDay      = "day"
	MovedVenue    = "venue"
	MovedTrainers = "trainers"
)

// Diff returns what differs: units that change groups in the order of their ids,
// then sessions in the order of their numbers. A group that one of the plans does
// not have has no day there.
func Diff(a, b *Plan) []Move {
	var out []Move
	of := func(p *Plan) (map[string]int, map[int]Group) {
		units, groups := map[string]int{}, map[int]Group{}
		for _, g := range p.Groups {
			groups[g.Number] = g
			for _, u := range g.Units {
				units[u] = g.Number
			}
		}
		return units, groups
	}
	unitsA, groupsA := of(a)
	unitsB, groupsB := of(b)
	both := maps.Clone(unitsA)
	maps.Copy(both, unitsB)
	for _, u := range slices.Sorted(maps.Keys(both)) {
		if unitsA[u] != unitsB[u] {
			out = append(out, Move{Unit: u, What: MovedGroup, From: unitsA[u], To: unitsB[u]})
		}
	}
	for n := 1; n <= max(len(a.Groups), len(b.Groups)); n++ {
		x, y := groupsA[n], groupsB[n]
		for _, c := range []struct {
			what     string
			old, new []string
		}{
			{MovedDay, days(x), days(y)}, {MovedVenue, one(x.Venue), one(y.Venue)}, {MovedTrainers, x.Trainers, y.Trainers},
		} {
			if !slices.Equal(c.old, c.new) {
				out = append(out, Move{Group: n, What: c.what, Old: c.old, New: c.new})
			}
		}
	}
	return out
}

func days(g Group) []string {
	if g.Day == 0 {
		return nil
	}
	return []string{g.Day.String(), g.Last.String()}
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
