package planner_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/planner"
	"github.com/sandogh/sandogh/internal/planner/iran"
	"pgregory.net/rapid"
)

func day(t testing.TB, s string) calendar.Day {
	d, err := calendar.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// national is the programme of the provinces: four a session, one session at a
// time, until 20 Tir.
func national(t testing.TB) planner.Input {
	in := planner.Input{Size: 4, Days: 2, Window: planner.Span{From: day(t, "1405-03-01"), To: day(t, "1405-04-20")},
		Closed: []int{5, 6}, Holidays: []calendar.Day{day(t, "1405-03-14"), day(t, "1405-03-15")}, Teachers: 2, Reach: 500, Parallel: 1}
	all := iran.Provinces()
	for _, p := range all {
		u := planner.Unit{ID: p.En, At: p.Capital, People: 4}
		for _, n := range p.Neighbours() {
			u.Near = append(u.Near, n.En)
		}
		in.Units = append(in.Units, u)
		in.Venues = append(in.Venues, planner.Venue{ID: "v-" + p.En, Name: p.Fa, At: p.Capital, Seats: 40})
	}
	for i := range 6 {
		in.Trainers = append(in.Trainers, planner.Trainer{ID: fmt.Sprint("t", i), Base: all[7].Capital})
	}
	return in
}

func TestNational(t *testing.T) {
	in := national(t)
	for _, name := range iran.First {
		p, _ := iran.Find(name)
		in.Pins = in.Pins.Pin(p.En, 1)
	}
	plan, err := planner.Make(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Groups) != 8 || len(plan.Groups[7].Units) != 3 {
		t.Fatalf("groups: %v", plan.Groups)
	}
	first := slices.Sorted(slices.Values(plan.Groups[0].Units))
	if !slices.Equal(first, []string{"Alborz", "Qazvin", "Qom", "Semnan"}) {
		t.Errorf("the first session is that of %v", first)
	}
	// As published they are no neighbours: Tehran lies between them. That is said,
	// and is the only thing.
	want := []planner.Wish{{Group: 1, Constraint: planner.Apart, Remedy: planner.Unpin}}
	if !reflect.DeepEqual(plan.Wishes, want) {
		t.Errorf("wishes: %+v", plan.Wishes)
	}
	for _, g := range plan.Groups {
		t.Log(g)
		if g.Day == 0 || !g.Joined && g.Number != 1 {
			t.Errorf("group %d: %+v", g.Number, g)
		}
	}
}

// invariants checks what every plan keeps, and that pins are kept or explained.
func invariants(t interface{ Errorf(string, ...any) }, in planner.Input, plan *planner.Plan) {
	seen := map[string]int{}
	people := map[string]int64{}
	for _, u := range in.Units {
		people[u.ID] = u.People
	}
	short := 0
	for _, g := range plan.Groups {
		var sum int64
		for _, u := range g.Units {
			seen[u]++
			sum += people[u]
		}
		if sum != g.People {
			t.Errorf("group %d: %d people, not %d", g.Number, g.People, sum)
		}
		if len(g.Units) != in.Size {
			short++
		}
		if g.Day == 0 {
			if !slices.ContainsFunc(plan.Wishes, func(w planner.Wish) bool { return w.Group == g.Number }) {
				t.Errorf("group %d has no session, and nothing says why", g.Number)
			}
			continue
		}
		i := slices.IndexFunc(in.Venues, func(v planner.Venue) bool { return v.ID == g.Venue })
		if in.Venues[i].Seats < g.People {
			t.Errorf("group %d: %d people in %s with %d seats", g.Number, g.People, g.Venue, in.Venues[i].Seats)
		}
		if g.Day < in.Window.From || g.Last > in.Window.To || int(g.Last-g.Day) != in.Days-1 {
			t.Errorf("group %d lies outside the window: %v to %v", g.Number, g.Day, g.Last)
		}
		for d := g.Day; d <= g.Last; d++ {
			if slices.Contains(in.Holidays, d) || slices.Contains(in.Closed, d.Weekday()) {
				t.Errorf("group %d meets on closed day %v", g.Number, d)
			}
		}
		if len(g.Trainers) != in.Teachers {
			t.Errorf("group %d has %d trainers", g.Number, len(g.Trainers))
		}
		for _, h := range plan.Groups[:g.Number-1] {
			if h.Day == 0 || h.Last < g.Day || g.Last < h.Day {
				continue
			}
			if h.Venue == g.Venue {
				t.Errorf("groups %d and %d are both in %s", h.Number, g.Number, g.Venue)
			}
			for _, tr := range g.Trainers {
				if slices.Contains(h.Trainers, tr) {
					t.Errorf("%s teaches groups %d and %d at once", tr, h.Number, g.Number)
				}
			}
		}
	}
	for _, u := range in.Units {
		if seen[u.ID] != 1 {
			t.Errorf("unit %s is in %d groups", u.ID, seen[u.ID])
		}
	}
	if len(seen) != len(in.Units) || short > 1 {
		t.Errorf("%d units in groups of %d, %d groups of another size", len(seen), len(in.Units), short)
	}
	for u, n := range in.Pins.Units {
		g, ok := plan.Group(u)
		if (!ok || g.Number != n) && !slices.ContainsFunc(plan.Wishes, func(w planner.Wish) bool { return w.Unit == u }) {
			t.Errorf("the pin of %s is dropped, and nothing says why", u)
		}
	}
	for n, pin := range in.Pins.Sessions {
		kept := n >= 1 && n <= len(plan.Groups)
		if kept {
			g := plan.Groups[n-1]
			kept = (pin.Day == 0 || g.Day == pin.Day) && (pin.Venue == "" || g.Venue == pin.Venue)
		}
		if !kept && !slices.ContainsFunc(plan.Wishes, func(w planner.Wish) bool { return w.Group == n }) {
			t.Errorf("the pin of session %d is dropped, and nothing says why", n)
		}
	}
}

// drawn is any input: units on a grid, each a neighbour of some beside it.
func drawn(t *rapid.T) planner.Input {
	n := rapid.IntRange(1, 24).Draw(t, "units")
	from := calendar.Day(2461000 + rapid.IntRange(0, 7).Draw(t, "from"))
	in := planner.Input{Size: rapid.IntRange(1, 5).Draw(t, "size"), Days: rapid.IntRange(1, 3).Draw(t, "days"),
		Window: planner.Span{From: from, To: from + calendar.Day(rapid.IntRange(0, 40).Draw(t, "window"))}, Closed: []int{6},
		Teachers: rapid.IntRange(0, 2).Draw(t, "teachers"), Reach: int64(rapid.SampledFrom([]int{0, 100, 600}).Draw(t, "reach")),
		Parallel: rapid.IntRange(0, 2).Draw(t, "parallel")}
	for i := range n {
		u := planner.Unit{ID: fmt.Sprintf("u%02d", i), At: planner.Point{Lat: 30 + float64(i/5), Lon: 50 + float64(i%5)},
			People: int64(rapid.IntRange(0, 9).Draw(t, "people"))}
		for _, j := range []int{i - 1, i - 5} {
			if j >= 0 && rapid.IntRange(0, 9).Draw(t, "near") > 1 {
				u.Near = append(u.Near, fmt.Sprintf("u%02d", j))
			}
		}
		in.Units = append(in.Units, u)
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "venues") {
		in.Venues = append(in.Venues, planner.Venue{ID: fmt.Sprint("v", i), At: in.Units[rapid.IntRange(0, n-1).Draw(t, "at")].At,
			Seats: int64(rapid.IntRange(5, 50).Draw(t, "seats"))})
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "trainers") {
		in.Trainers = append(in.Trainers, planner.Trainer{ID: fmt.Sprint("t", i), Base: planner.Point{Lat: 32, Lon: 52}})
	}
	for range rapid.IntRange(0, 4).Draw(t, "pins") {
		in.Pins = in.Pins.Pin(fmt.Sprintf("u%02d", rapid.IntRange(0, n).Draw(t, "pin")), rapid.IntRange(0, n/in.Size+1).Draw(t, "to"))
	}
	for range rapid.IntRange(0, 2).Draw(t, "session pins") {
		in.Pins = in.Pins.PinSession(rapid.IntRange(1, n/in.Size+1).Draw(t, "session"),
			planner.Pin{Day: from + calendar.Day(rapid.IntRange(-2, 44).Draw(t, "on")), Venue: rapid.SampledFrom([]string{"", "v0", "v1", "v9"}).Draw(t, "in")})
	}
	return in
}

func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawn(t)
		plan, err := planner.Make(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		invariants(t, in, plan)
		// The same input gives the same plan, and a plan that stands stays.
		again, _ := planner.Make(in, nil)
		if !reflect.DeepEqual(plan, again) {
			t.Errorf("two plans of one input: %v", planner.Diff(plan, again))
		}
		if !slices.ContainsFunc(plan.Groups, func(g planner.Group) bool { return g.Day == 0 }) {
			stays, _ := planner.Make(in, plan)
			if d := planner.Diff(plan, stays); len(d) > 0 {
				t.Errorf("nothing was asked for, and this moved: %v", d)
			}
		}
		// Any one command keeps them too.
		unit := in.Units[rapid.IntRange(0, len(in.Units)-1).Draw(t, "unit")].ID
		in.Pins = in.Pins.Pin(unit, rapid.IntRange(1, len(plan.Groups)).Draw(t, "group"))
		moved, _ := planner.Make(in, plan)
		invariants(t, in, moved)
	})
}

// TestConnected compares with trying every division: where one of connected groups
// exists, one is found.
func TestConnected(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "units")
		in := planner.Input{Size: rapid.IntRange(1, 4).Draw(t, "size"), Days: 1}
		for i := range n {
			u := planner.Unit{ID: fmt.Sprint(i), At: planner.Point{Lat: float64(rapid.IntRange(0, 5).Draw(t, "lat")), Lon: float64(rapid.IntRange(0, 5).Draw(t, "lon"))}}
			for j := range i {
				if rapid.IntRange(0, 3).Draw(t, "near") == 0 {
					u.Near = append(u.Near, fmt.Sprint(j))
				}
			}
			in.Units = append(in.Units, u)
		}
		plan, err := planner.Make(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := !slices.ContainsFunc(plan.Groups, func(g planner.Group) bool { return !g.Joined })
		if want := divides(in, 1<<n-1); got != want {
			t.Errorf("connected groups were found: %v; there are some: %v", got, want)
		}
	})
}

// divides reports whether the units of a set can be divided into connected groups.
func divides(in planner.Input, set int) bool {
	if set == 0 {
		return true
	}
	left := 0
	for i := range in.Units {
		left += set >> i & 1
	}
	low := set & -set
	for sub := set; sub > 0; sub = (sub - 1) & set {
		size := 0
		for i := range in.Units {
			size += sub >> i & 1
		}
		if sub&low == 0 || size != in.Size && (size != len(in.Units)%in.Size || left%in.Size == 0) || !connected(in, sub) {
			continue
		}
		if divides(in, set&^sub) {
			return true
		}
	}
	return false
}

func connected(in planner.Input, set int) bool {
	reached := set & -set
	for range in.Units {
		for i, u := range in.Units {
			for _, near := range u.Near {
				var j int
				fmt.Sscan(near, &j)
				if set>>i&1 == 1 && set>>j&1 == 1 && (reached>>i|reached>>j)&1 == 1 {
					reached |= 1<<i | 1<<j
				}
			}
		}
	}
	return reached == set
}

func TestCommands(t *testing.T) {
	in := national(t)
	plan, err := planner.Make(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Wishes) > 0 {
		t.Fatalf("wishes: %+v", plan.Wishes)
	}
	qom, _ := plan.Group("Qom")
	yazd, _ := plan.Group("Yazd")
	in.Pins = in.Pins.Swap(plan, "Qom", "Yazd")
	swapped, err := planner.Make(in, plan)
	if err != nil {
		t.Fatal(err)
	}
	want := []planner.Move{{Unit: "Qom", What: planner.MovedGroup, From: qom.Number, To: yazd.Number},
		{Unit: "Yazd", What: planner.MovedGroup, From: yazd.Number, To: qom.Number}}
	if got := planner.Diff(plan, swapped); !reflect.DeepEqual(got, want) {
		t.Errorf("the exchange moves %+v", got)
	}
	in.Pins = in.Pins.Unpin("Qom").Unpin("Yazd")
	moved, _ := planner.Make(planner.Input(in), swapped)
	if d := planner.Diff(swapped, moved); len(d) > 0 {
		t.Errorf("to take pins away moves %v", d)
	}
	// A move of one brings another back.
	in.Pins = in.Pins.Pin("Tehran", yazd.Number)
	moved, _ = planner.Make(in, swapped)
	if n := len(planner.Diff(swapped, moved)); n < 2 || n > 6 {
		t.Errorf("the move of one unit changes %d things", n)
	}
}

// TestWishes: each constraint is named, with what would make it possible.
func TestWishes(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*planner.Input)
		want   planner.Wish
	}{
		{"a group that is not there", func(in *planner.Input) { in.Pins = in.Pins.Pin("Qom", 9) },
			planner.Wish{Unit: "Qom", Group: 9, Constraint: planner.NoGroup, Have: 8, Remedy: planner.Unpin}},
		{"a unit that is not there", func(in *planner.Input) { in.Pins = in.Pins.Pin("Atlantis", 1) },
			planner.Wish{Unit: "Atlantis", Constraint: planner.NoUnit, Remedy: planner.Unpin}},
		{"five in a group of four", func(in *planner.Input) {
			for _, u := range []string{"Qom", "Yazd", "Fars", "Ilam", "Zanjan"} {
				in.Pins = in.Pins.Pin(u, 2)
			}
		}, planner.Wish{Unit: "Zanjan", Group: 2, Constraint: planner.GroupFull, Need: 5, Have: 4, Remedy: planner.Unpin}},
		{"behind the window", func(in *planner.Input) { in.Pins = in.Pins.PinSession(1, planner.Pin{Day: day(t, "1405-04-20")}) },
			planner.Wish{Group: 1, Constraint: planner.OutOfWindow, Day: day(t, "1405-04-20"), Remedy: planner.Widen, Until: day(t, "1405-04-21")}},
		{"a holiday", func(in *planner.Input) { in.Pins = in.Pins.PinSession(1, planner.Pin{Day: day(t, "1405-03-13")}) },
			planner.Wish{Group: 1, Constraint: planner.ClosedDay, Day: day(t, "1405-03-14"), Remedy: planner.OtherDay, Until: day(t, "1405-03-16")}},
		{"a small venue", func(in *planner.Input) {
			in.Venues[0].Seats = 3
			in.Pins = in.Pins.PinSession(1, planner.Pin{Venue: in.Venues[0].ID})
		}, planner.Wish{Group: 1, Constraint: planner.Seats, Venue: "v-East Azerbaijan", Need: 16, Have: 3, Remedy: planner.MoreSeats}},
		{"two in one venue", func(in *planner.Input) {
			in.Parallel = 0
			p := planner.Pin{Day: day(t, "1405-03-02"), Venue: in.Venues[0].ID}
			in.Pins = in.Pins.PinSession(1, p).PinSession(2, p)
			in.Venues = in.Venues[:1]
		}, planner.Wish{Group: 2, Constraint: planner.VenueBusy, Day: day(t, "1405-03-02"), Venue: "v-East Azerbaijan", Other: 1,
			Remedy: planner.OtherDay, Until: day(t, "1405-03-04")}},
		{"no trainers", func(in *planner.Input) { in.Trainers = in.Trainers[:1] },
			planner.Wish{Group: 1, Constraint: planner.NoTrainer, Remedy: planner.Train, Need: 2, Have: 1}},
		{"no venue is large enough", func(in *planner.Input) {
			for i := range in.Venues {
				in.Venues[i].Seats = 15
			}
		}, planner.Wish{Group: 1, Constraint: planner.Seats, Remedy: planner.MoreSeats, Need: 16, Have: 15}},
		{"a short window", func(in *planner.Input) { in.Window.To = in.Window.From + 10 },
			planner.Wish{Group: 8, Constraint: planner.NoDay, Remedy: planner.Widen, Until: day(t, "1405-03-26")}},
	} {
		in := national(t)
		c.change(&in)
		plan, err := planner.Make(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		invariants(t, in, plan)
		if !slices.Contains(plan.Wishes, c.want) {
			t.Errorf("%s: %+v is not among %+v", c.name, c.want, plan.Wishes)
		}
	}
}

func TestRefused(t *testing.T) {
	for name, change := range map[string]func(*planner.Input){
		"no units":         func(in *planner.Input) { in.Units = nil },
		"a unit twice":     func(in *planner.Input) { in.Units[1].ID = in.Units[0].ID },
		"no such border":   func(in *planner.Input) { in.Units[1].Near = []string{"Atlantis"} },
		"window backwards": func(in *planner.Input) { in.Window.To = in.Window.From - 1 },
		"no size":          func(in *planner.Input) { in.Size = 0 },
	} {
		in := national(t)
		change(&in)
		if _, err := planner.Make(in, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func BenchmarkProvinces(b *testing.B) {
	in := national(b)
	for b.Loop() {
		if _, err := planner.Make(in, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// counties is 457 units: a grid, with the eight beside each as its neighbours.
func counties(t testing.TB) planner.Input {
	in := national(t)
	in.Units, in.Parallel = nil, 0
	in.Trainers = nil
	const across = 22
	for i := range 457 {
		u := planner.Unit{ID: fmt.Sprintf("%03d", i), At: planner.Point{Lat: 26 + float64(i/across)*.6, Lon: 45 + float64(i%across)*.7}, People: 12}
		for _, d := range []int{1, across - 1, across, across + 1} {
			if j := i - d; j >= 0 && max(j%across-i%across, i%across-j%across) <= 1 {
				u.Near = append(u.Near, fmt.Sprintf("%03d", j))
			}
		}
		in.Units = append(in.Units, u)
	}
	for i := range in.Venues {
		in.Venues[i].Seats = 60
	}
	for i := range 40 {
		in.Trainers = append(in.Trainers, planner.Trainer{ID: fmt.Sprint("t", i), Base: in.Units[i*11].At})
	}
	return in
}

func TestCounties(t *testing.T) {
	in := counties(t)
	plan, err := planner.Make(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	invariants(t, in, plan)
	for _, g := range plan.Groups {
		if !g.Joined || g.Day == 0 {
			t.Errorf("group %+v", g)
		}
	}
}

func BenchmarkCounties(b *testing.B) {
	in := counties(b)
	for b.Loop() {
		if _, err := planner.Make(in, nil); err != nil {
			b.Fatal(err)
		}
	}
}
