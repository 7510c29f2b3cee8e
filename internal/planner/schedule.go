package planner

import (
	"cmp"
	"slices"

	"github.com/sandogh/sandogh/calendar"
)

// wait is what a day later costs, in km for each who comes: of two places with the
// same travel the earlier day is taken, and nobody travels far to come a day
// earlier.
const wait = 3

// ahead is how many days behind the window are looked at, to tell how far it would
// have to reach.
const ahead = 366

// A schedule gives groups their days, venues and trainers.
type schedule struct {
	in     *Input
	plan   *Plan
	travel [][]int64 // of each group to each venue, there and back, of all its people
	base   [][]int64 // of each trainer to each venue, one way
	days   []calendar.Day
	busy   map[[2]int]int // venue, day → group
	load   map[int]int64  // day → sessions
	booked [][]booking    // of each trainer
	closed map[calendar.Day]bool
}

type booking struct {
	from, to calendar.Day
	venue    int
}

// A place is where and when a session can be.
type place struct {
	venue    int
	day      int // of days
	trainers []int
	km       int64
}

func newSchedule(in *Input, g *grouping, plan *Plan) *schedule {
	s := &schedule{in: in, plan: plan, busy: map[[2]int]int{}, load: map[int]int64{}, closed: map[calendar.Day]bool{}}
	for _, d := range in.Holidays {
		s.closed[d] = true
	}
	for _, group := range plan.Groups {
		row := make([]int64, len(in.Venues))
		for v, venue := range in.Venues {
			for _, id := range group.Units {
				u := in.Units[g.index[id]]
				row[v] += 2 * u.People * u.At.Km(venue.At)
			}
		}
		s.travel = append(s.travel, row)
	}
	for _, t := range in.Trainers {
		row := make([]int64, len(in.Venues))
		for v, venue := range in.Venues {
			row[v] = t.Base.Km(venue.At)
		}
		s.base = append(s.base, row)
	}
	s.booked = make([][]booking, len(in.Trainers))
	for d := in.Window.From; d <= in.Window.To; d++ {
		s.days = append(s.days, d)
	}
	return s
}

// fill gives every group its session: first those that are pinned, then those that
// had one before, then the others.
func (s *schedule) fill(before *Plan) {
	done := make([]bool, len(s.plan.Groups))
	for _, n := range sortedKeys(s.in.Pins.Sessions) {
		pin := s.in.Pins.Sessions[n]
		if n < 1 || n > len(s.plan.Groups) {
			s.wish(Wish{Group: n, Constraint: NoGroup, Have: int64(len(s.plan.Groups)), Remedy: Unpin})
			continue
		}
		if p, ok := s.best(n-1, pin); ok {
			s.take(n-1, p)
			done[n-1] = true
		} else {
			s.wish(s.refused(n-1, pin))
		}
	}
	if before != nil {
		for i := range s.plan.Groups {
			j := slices.IndexFunc(before.Groups, func(g Group) bool { return g.Number == i+1 })
			if done[i] || j < 0 || before.Groups[j].Day == 0 {
				continue
			}
			if p, ok := s.again(i, before.Groups[j]); ok {
				s.take(i, p)
				done[i] = true
			}
		}
	}
	for i := range s.plan.Groups {
		if done[i] {
			continue
		}
		var p place
		if p, done[i] = s.best(i, Pin{}); done[i] {
			s.take(i, p)
		}
	}
	for i := range s.plan.Groups {
		if !done[i] {
			s.wish(s.impossible(i))
		}
	}
}

func (s *schedule) wish(w Wish) { s.plan.Wishes = append(s.plan.Wishes, w) }

// openDay reports whether sessions are held on a day.
func (s *schedule) openDay(d calendar.Day) bool {
	return !s.closed[d] && !slices.Contains(s.in.Closed, d.Weekday())
}

// span returns the last day of a session that begins on days[k], or no: they are
// not all open, or not all within.
func (s *schedule) span(k int) (last calendar.Day, ok bool) {
	last = s.days[k] + calendar.Day(s.in.Days) - 1
	if last > s.days[len(s.days)-1] {
		return 0, false
	}
	for d := s.days[k]; d <= last; d++ {
		if !s.openDay(d) {
			return 0, false
		}
	}
	return last, true
}

// free reports whether a venue can have a group from days[k] on, or what stands
// against it.
func (s *schedule) free(i, v, k int, last calendar.Day) (why Wish, ok bool) {
	venue := &s.in.Venues[v]
	if venue.Seats < s.plan.Groups[i].People {
		return Wish{Constraint: Seats, Need: s.plan.Groups[i].People, Have: venue.Seats}, false
	}
	for d := s.days[k]; d <= last; d++ {
		if venue.Open != nil && !slices.ContainsFunc(venue.Open, func(o Span) bool { return o.has(d) }) {
			return Wish{Constraint: VenueClosed, Day: d}, false
		}
		at := k + int(d-s.days[k])
		if other := s.busy[[2]int{v, at}]; other != 0 {
			return Wish{Constraint: VenueBusy, Day: d, Other: other}, false
		}
		if s.in.Parallel > 0 && s.load[at] >= int64(s.in.Parallel) {
			return Wish{Constraint: TooMany, Day: d, Have: s.load[at]}, false
		}
	}
	return Wish{}, true
}

// canTeach reports whether a trainer can be at a venue on these days.
func (s *schedule) canTeach(t, v int, from, to calendar.Day) bool {
	for _, off := range s.in.Trainers[t].Off {
		if off.From <= to && from <= off.To {
			return false
		}
	}
	for _, b := range s.booked[t] {
		gap := int64(from - b.to - 1) // free days in between
		if from <= b.from {
			gap = int64(b.from - to - 1)
		}
		if from <= b.to && b.from <= to {
			return false
		}
		if km := s.in.Venues[b.venue].At.Km(s.in.Venues[v].At); s.in.Reach > 0 && km > 0 && (km-1)/s.in.Reach > gap {
			return false
		}
	}
	return true
}

// teachers returns the nearest trainers that a session needs; fewer if there are
// not so many free.
func (s *schedule) teachers(v int, from, to calendar.Day) (chosen []int, km int64) {
	for t := range s.in.Trainers {
		if s.canTeach(t, v, from, to) {
			chosen = append(chosen, t)
		}
	}
	slices.SortStableFunc(chosen, func(a, b int) int {
		return cmp.Or(cmp.Compare(s.base[a][v], s.base[b][v]), cmp.Compare(len(s.booked[a]), len(s.booked[b])))
	})
	chosen = chosen[:min(len(chosen), s.in.Teachers)]
	for _, t := range chosen {
		km += 2 * s.base[t][v]
	}
	return chosen, km
}

// best returns the cheapest place for a group that a pin allows.
func (s *schedule) best(i int, pin Pin) (place, bool) {
	var best place
	bestCost, found := int64(0), false
	for k := range s.days {
		later := int64(k) * wait * max(1, s.plan.Groups[i].People)
		if pin.Day != 0 && s.days[k] != pin.Day || found && later >= bestCost {
			continue
		}
		last, ok := s.span(k)
		if !ok {
			continue
		}
		for v := range s.in.Venues {
			if pin.Venue != "" && s.in.Venues[v].ID != pin.Venue || found && later+s.travel[i][v] >= bestCost {
				continue
			}
			if _, ok := s.free(i, v, k, last); !ok {
				continue
			}
			trainers, km := s.teachers(v, s.days[k], last)
			if len(trainers) < s.in.Teachers {
				continue
			}
			km += s.travel[i][v]
			if !found || km+later < bestCost {
				best, bestCost, found = place{v, k, trainers, km}, km+later, true
			}
		}
	}
	return best, found
}

// again returns the place that a group had, with the same trainers if they can.
func (s *schedule) again(i int, was Group) (place, bool) {
	k, v := int(was.Day-s.in.Window.From), slices.IndexFunc(s.in.Venues, func(v Venue) bool { return v.ID == was.Venue })
	if k < 0 || k >= len(s.days) || v < 0 {
		return place{}, false
	}
	last, ok := s.span(k)
	if !ok {
		return place{}, false
	}
	if _, ok := s.free(i, v, k, last); !ok {
		return place{}, false
	}
	p := place{venue: v, day: k, km: s.travel[i][v]}
	for _, id := range was.Trainers {
		t := slices.IndexFunc(s.in.Trainers, func(t Trainer) bool { return t.ID == id })
		if t < 0 || !s.canTeach(t, v, s.days[k], last) {
			continue
		}
		p.trainers = append(p.trainers, t)
	}
	if len(p.trainers) != s.in.Teachers {
		p.trainers, _ = s.teachers(v, s.days[k], last)
	}
	for _, t := range p.trainers {
		p.km += 2 * s.base[t][v]
	}
	return p, len(p.trainers) == s.in.Teachers
}

func (s *schedule) take(i int, p place) {
	g := &s.plan.Groups[i]
	g.Day, g.Venue, g.Km = s.days[p.day], s.in.Venues[p.venue].ID, p.km
	g.Last = g.Day + calendar.Day(s.in.Days) - 1
	g.Trainers = nil
	for _, t := range p.trainers {
		g.Trainers = append(g.Trainers, s.in.Trainers[t].ID)
	}
	s.book(i, p)
}

// book has the days of a place taken.
func (s *schedule) book(i int, p place) {
	from := s.days[p.day]
	for _, t := range p.trainers {
		s.booked[t] = append(s.booked[t], booking{from, from + calendar.Day(s.in.Days) - 1, p.venue})
	}
	for k := p.day; k < p.day+s.in.Days; k++ {
		s.busy[[2]int{p.venue, k}] = i + 1
		s.load[k]++
	}
}

// refused says why a pinned session cannot be, and what would make it possible.
func (s *schedule) refused(i int, pin Pin) Wish {
	w := Wish{Group: i + 1, Day: pin.Day, Venue: pin.Venue}
	v := -1
	if pin.Venue != "" {
		if v = slices.IndexFunc(s.in.Venues, func(v Venue) bool { return v.ID == pin.Venue }); v < 0 {
			w.Constraint, w.Remedy = NoVenue, Unpin
			return w
		}
		if seats := s.in.Venues[v].Seats; seats < s.plan.Groups[i].People {
			w.Constraint, w.Remedy, w.Need, w.Have = Seats, MoreSeats, s.plan.Groups[i].People, seats
			return w
		}
	}
	if pin.Day == 0 { // the venue alone is pinned
		if p, ok := s.later(i, Pin{Venue: pin.Venue}, false); ok {
			w.Constraint, w.Remedy, w.Until = NoDay, Widen, p
			return w
		}
		w.Constraint, w.Remedy, w.Need, w.Have = NoTrainer, Train, int64(s.in.Teachers), int64(len(s.in.Trainers))
		return w
	}
	last := pin.Day + calendar.Day(s.in.Days) - 1
	if pin.Day < s.in.Window.From || last > s.in.Window.To {
		w.Constraint, w.Remedy, w.Until = OutOfWindow, Widen, last
		return w
	}
	for d := pin.Day; d <= last; d++ {
		if !s.openDay(d) {
			w.Constraint, w.Day = ClosedDay, d
			return s.another(i, w, pin)
		}
	}
	// Which venue stands nearest to being possible says why.
	k := int(pin.Day - s.in.Window.From)
	w.Constraint = NoDay
	for at := range s.in.Venues {
		if v >= 0 && at != v {
			continue
		}
		why, ok := s.free(i, at, k, last)
		if ok {
			have, _ := s.teachers(at, pin.Day, last)
			w.Constraint, w.Need, w.Have, w.Remedy = NoTrainer, int64(s.in.Teachers), int64(len(have)), Train
			break
		}
		w.Constraint, w.Other, w.Need, w.Have = why.Constraint, why.Other, why.Need, why.Have
	}
	return s.another(i, w, pin)
}

// another names the next day, or another venue on the day, for a pin that cannot
// be kept.
func (s *schedule) another(i int, w Wish, pin Pin) Wish {
	if pin.Venue != "" && w.Constraint != ClosedDay {
		if p, ok := s.best(i, Pin{Day: pin.Day}); ok {
			w.Remedy, w.Venue = OtherVenue, s.in.Venues[p.venue].ID
			return w
		}
	}
	for k := range s.days {
		if s.days[k] <= pin.Day {
			continue
		}
		if _, ok := s.best(i, Pin{Day: s.days[k], Venue: pin.Venue}); ok {
			w.Remedy, w.Until = OtherDay, s.days[k]
			return w
		}
	}
	w.Remedy = cmp.Or(w.Remedy, Unpin)
	return w
}

// impossible says why a group has no session at all. Where a wider window helps it
// is given its days there, so that the next one is told of a day that is left.
func (s *schedule) impossible(i int) Wish {
	g := s.plan.Groups[i]
	w := Wish{Group: g.Number, Constraint: Seats, Remedy: MoreSeats, Need: g.People}
	for _, v := range s.in.Venues {
		w.Have = max(w.Have, v.Seats)
	}
	if w.Have < w.Need || len(s.in.Venues) == 0 {
		return w
	}
	if len(s.in.Trainers) < s.in.Teachers {
		return Wish{Group: g.Number, Constraint: NoTrainer, Remedy: Train, Need: int64(s.in.Teachers), Have: int64(len(s.in.Trainers))}
	}
	if d, ok := s.later(i, Pin{}, true); ok {
		return Wish{Group: g.Number, Constraint: NoDay, Remedy: Widen, Until: d}
	}
	return Wish{Group: g.Number, Constraint: NoTrainer, Remedy: Train, Need: int64(s.in.Teachers) + 1, Have: int64(s.in.Teachers)}
}

// later returns the last day of the first session of a group that would be
// possible behind the window, and books it if it is to.
func (s *schedule) later(i int, pin Pin, book bool) (calendar.Day, bool) {
	days := s.days
	defer func() { s.days = days }()
	for d := s.in.Window.To + 1; d <= s.in.Window.To+ahead; d++ {
		s.days = append(s.days[:len(s.days):len(s.days)], d)
	}
	for k := range s.days {
		if k+s.in.Days <= len(days) {
			continue
		}
		if p, ok := s.best(i, Pin{Day: s.days[k], Venue: pin.Venue}); ok {
			if book {
				s.book(i, p)
			}
			return s.days[k] + calendar.Day(s.in.Days) - 1, true
		}
	}
	return 0, false
}
