package planner

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/sandogh/sandogh/calendar"
)

// A Point is a place on the earth, in degrees.
type Point struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// Km is the distance between two places, in whole kilometres.
func (p Point) Km(q Point) int64 {
	const radius, rad = 6371, math.Pi / 180
	a, b := p.Lat*rad, q.Lat*rad
	s, t := math.Sin((b-a)/2), math.Sin((q.Lon-p.Lon)*rad/2)
	return int64(math.Round(2 * radius * math.Asin(math.Min(1, math.Sqrt(s*s+math.Cos(a)*math.Cos(b)*t*t)))))
}

// A Unit sends its people to one session.
type Unit struct {
	ID     string   `json:"id"`
	At     Point    `json:"at"`
	Near   []string `json:"near"` // ids of its neighbours
	People int64    `json:"people"`
}

// A Span is days, both ends included.
type Span struct {
	From calendar.Day `json:"from"`
	To   calendar.Day `json:"to"`
}

func (s Span) has(d calendar.Day) bool { return s.From <= d && d <= s.To }

// A Venue is where a session can be held, one at a time.
type Venue struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	At    Point  `json:"at"`
	Seats int64  `json:"seats"`
	Open  []Span `json:"open,omitempty"` // nil: on every day
}

// A Trainer teaches one session at a time, and travels in between.
type Trainer struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Base Point  `json:"base"`
	Off  []Span `json:"off,omitempty"`
}

// An Input is what a plan is made from.
type Input struct {
	Units    []Unit         `json:"units"`
	Size     int            `json:"size"` // units in a group
	Days     int            `json:"days"` // that a session lasts, all of them open
	Window   Span           `json:"window"`
	Holidays []calendar.Day `json:"holidays,omitempty"`
	Closed   []int          `json:"closed,omitempty"` // weekdays, Saturday is 0
	Parallel int            `json:"parallel"`         // sessions on one day at most; 0: no bound
	Venues   []Venue        `json:"venues"`
	Trainers []Trainer      `json:"trainers"`
	Teachers int            `json:"teachers"` // trainers that a session needs
	Reach    int64          `json:"reach"`    // km that a trainer travels between two days; each further Reach takes a free day; 0: no bound
	Pins     Pins           `json:"pins"`
}

// A Group is units that meet in one session.
type Group struct {
	Number   int          `json:"number"` // from 1
	Units    []string     `json:"units"`
	People   int64        `json:"people"`
	Joined   bool         `json:"joined"`             // each unit is reached from each over neighbours in the group
	Day      calendar.Day `json:"day,omitzero"`       // the first; 0: none could be had
	Last     calendar.Day `json:"last,omitzero"`      //
	Venue    string       `json:"venue,omitempty"`    //
	Trainers []string     `json:"trainers,omitempty"` //
	Km       int64        `json:"km"`                 // there and back, of everybody who comes and who teaches
}

// A Plan is groups in the order of their numbers, and what could not be had.
type Plan struct {
	Groups []Group `json:"groups"`
	Wishes []Wish  `json:"wishes"`
}

// Group returns the group of a unit.
func (p *Plan) Group(unit string) (Group, bool) {
	for _, g := range p.Groups {
		if slices.Contains(g.Units, unit) {
			return g, true
		}
	}
	return Group{}, false
}

// Km is the travel of all groups.
func (p *Plan) Km() (km int64) {
	for _, g := range p.Groups {
		km += g.Km
	}
	return km
}

// A Constraint is why something cannot be had.
type Constraint string

// The constraints, and what of a Wish says more.
const (
	NoUnit      Constraint = "no-unit"      // a pin names a unit that is not there
	NoGroup     Constraint = "no-group"     // a pin names group Group of Have groups
	GroupFull   Constraint = "group-full"   // Need units are pinned to a group that takes Have
	Apart       Constraint = "apart"        // the units of a group are not neighbours
	NoVenue     Constraint = "no-venue"     // a pin names a venue that is not there
	OutOfWindow Constraint = "window"       // the days lie outside the window
	ClosedDay   Constraint = "closed-day"   // Day is a holiday or a closed weekday
	Seats       Constraint = "seats"        // Need people, and the largest venue has Have seats
	VenueClosed Constraint = "venue-closed" // the venue is closed then
	VenueBusy   Constraint = "venue-busy"   // group Other is there
	NoTrainer   Constraint = "no-trainer"   // Have trainers are free of Need
	TooMany     Constraint = "parallel"     // Have sessions are on that day already
	NoDay       Constraint = "no-day"       // no day of the window is left for it
)

// A Remedy is what would make it possible.
type Remedy string

// The remedies, and what of a Wish says more.
const (
	Unpin      Remedy = "unpin"       // take the pin away
	Widen      Remedy = "widen"       // let the window reach Until
	OtherDay   Remedy = "other-day"   // Until is the next day on which it can be
	OtherVenue Remedy = "other-venue" // Venue can have it on that day
	MoreSeats  Remedy = "more-seats"  // a venue with Need seats, or smaller groups
	Train      Remedy = "train"       // Need − Have trainers more
	Accept     Remedy = "accept"      // nothing: it is kept as it was pinned
)

// A Wish is something that could not be had.
type Wish struct {
	Unit       string       `json:"unit,omitempty"`
	Group      int          `json:"group,omitempty"`
	Constraint Constraint   `json:"constraint"`
	Day        calendar.Day `json:"day,omitzero"`
	Venue      string       `json:"venue,omitempty"`
	Other      int          `json:"other,omitempty"`
	Need       int64        `json:"need,omitempty"`
	Have       int64        `json:"have,omitempty"`
	Remedy     Remedy       `json:"remedy"`
	Until      calendar.Day `json:"until,omitzero"`
}

// Make plans. Before is the plan that stands, or nil: what no pin and no change of
// the input touches stays as it is there.
func Make(in Input, before *Plan) (*Plan, error) {
	if err := check(&in); err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	g := newGrouping(&in)
	plan := g.plan(before)
	newSchedule(&in, g, plan).fill(before)
	return plan, nil
}

func check(in *Input) error {
	switch {
	case len(in.Units) == 0:
		return errors.New("there are no units: enter the provinces or counties first")
	case in.Size < 1 || in.Size > 100:
		return fmt.Errorf("a group of %d units: take 1 to 100", in.Size)
	case in.Days < 1 || in.Days > 30:
		return fmt.Errorf("a session of %d days: take 1 to 30", in.Days)
	case in.Window.From > in.Window.To:
		return errors.New("the window ends before it begins")
	case in.Window.To-in.Window.From > 1000:
		return errors.New("the window is longer than 1000 days")
	case in.Teachers < 0 || in.Reach < 0 || in.Parallel < 0:
		return errors.New("a number is below zero")
	}
	ids := map[string]bool{}
	for _, u := range in.Units {
		if u.ID == "" || ids[u.ID] {
			return fmt.Errorf("unit %q is there twice or has no id", u.ID)
		}
		if u.People < 0 {
			return fmt.Errorf("unit %q sends fewer than no people", u.ID)
		}
		ids[u.ID] = true
	}
	for _, u := range in.Units {
		for _, n := range u.Near {
			if !ids[n] {
				return fmt.Errorf("unit %q: its neighbour %q is not there", u.ID, n)
			}
		}
	}
	seen := map[string]bool{}
	for _, v := range in.Venues {
		if v.ID == "" || seen["v"+v.ID] {
			return fmt.Errorf("venue %q is there twice or has no id", v.ID)
		}
		seen["v"+v.ID] = true
	}
	for _, t := range in.Trainers {
		if t.ID == "" || seen["t"+t.ID] {
			return fmt.Errorf("trainer %q is there twice or has no id", t.ID)
		}
		seen["t"+t.ID] = true
	}
	return nil
}
