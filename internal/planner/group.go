package planner

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// Bounds of the search: how many sets of units are tried, and how many are kept
// at each step of growing one.
const (
	steps = 20_000
	width = 200
)

// A grouping divides units, by their places in the input, into sets.
type grouping struct {
	in    *Input
	n     int
	index map[string]int
	near  [][]int
	km    [][]int64
	pin   []int // number of the group to which a unit is pinned, or 0
	left  int   // steps that may still be taken
	out   []Wish
}

func newGrouping(in *Input) *grouping {
	g := &grouping{in: in, n: len(in.Units), index: map[string]int{}, left: steps}
	for i, u := range in.Units {
		g.index[u.ID] = i
	}
	g.near, g.km, g.pin = make([][]int, g.n), make([][]int64, g.n), make([]int, g.n)
	for i, u := range in.Units {
		g.km[i] = make([]int64, g.n)
		for j := range i {
			g.km[i][j] = u.At.Km(in.Units[j].At)
			g.km[j][i] = g.km[i][j]
		}
	}
	for i, u := range in.Units {
		for _, id := range u.Near { // neighbours are neighbours of each other
			j := g.index[id]
			if i != j && !slices.Contains(g.near[i], j) {
				g.near[i], g.near[j] = append(g.near[i], j), append(g.near[j], i)
			}
		}
	}
	for i := range g.near {
		slices.Sort(g.near[i])
	}
	return g
}

// count is how many groups there are, and short how many units the smaller one
// has, or 0.
func (g *grouping) count() (count, short int) {
	return (g.n + g.in.Size - 1) / g.in.Size, g.n % g.in.Size
}

// sizes returns how many units group n takes: the last is the smaller one.
func (g *grouping) size(n int) int {
	count, short := g.count()
	if n == count && short > 0 {
		return short
	}
	return g.in.Size
}

// plan returns the groups, without days.
func (g *grouping) plan(before *Plan) *Plan {
	g.readPins()
	sets := g.kept(before)
	if sets == nil {
		sets = g.fresh()
	}
	p := &Plan{Wishes: g.out}
	for n, set := range sets {
		slices.Sort(set)
		group := Group{Number: n + 1, Joined: g.joined(set)}
		for _, i := range set {
			group.Units, group.People = append(group.Units, g.in.Units[i].ID), group.People+g.in.Units[i].People
		}
		if !group.Joined {
			w := Wish{Group: n + 1, Constraint: Apart, Remedy: Unpin}
			if !slices.ContainsFunc(set, func(i int) bool { return g.pin[i] != 0 }) {
				w.Remedy = Accept
			}
			p.Wishes = append(p.Wishes, w)
		}
		p.Groups = append(p.Groups, group)
	}
	return p
}

// readPins takes the pins that can be kept, in the order of the units.
func (g *grouping) readPins() {
	count, _ := g.count()
	taken := map[int]int64{}
	for _, id := range sortedKeys(g.in.Pins.Units) {
		n := g.in.Pins.Units[id]
		i, ok := g.index[id]
		switch {
		case !ok:
			g.out = append(g.out, Wish{Unit: id, Constraint: NoUnit, Remedy: Unpin})
		case n < 1 || n > count:
			g.out = append(g.out, Wish{Unit: id, Group: n, Constraint: NoGroup, Have: int64(count), Remedy: Unpin})
		case int(taken[n]) == g.size(n):
			g.out = append(g.out, Wish{Unit: id, Group: n, Constraint: GroupFull, Need: taken[n] + 1, Have: int64(g.size(n)), Remedy: Unpin})
		default:
			g.pin[i] = n
			taken[n]++
		}
	}
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// kept returns the groups of the plan before, with the pinned units exchanged for
// others, or nil if the plan is not of these units.
func (g *grouping) kept(before *Plan) [][]int {
	count, _ := g.count()
	if before == nil || len(before.Groups) != count {
		return nil
	}
	at, sets := make([]int, g.n), make([][]int, count)
	for _, group := range before.Groups {
		if group.Number < 1 || group.Number > count || len(group.Units) != g.size(group.Number) {
			return nil
		}
		for _, id := range group.Units {
			i, ok := g.index[id]
			if !ok || at[i] != 0 {
				return nil
			}
			at[i] = group.Number
			sets[group.Number-1] = append(sets[group.Number-1], i)
		}
	}
	for i, n := range g.pin {
		if n == 0 || at[i] == n {
			continue
		}
		// The one that comes back: what leaves both groups neighbours, then near.
		best, bestCost := -1, [2]int64{}
		from, to := sets[at[i]-1], sets[n-1]
		for _, j := range to {
			if g.pin[j] == n {
				continue
			}
			a, b := exchanged(from, i, j), exchanged(to, j, i)
			c := [2]int64{0, g.cost(a) + g.cost(b)}
			if !g.joined(a) {
				c[0]++
			}
			if !g.joined(b) {
				c[0]++
			}
			if best < 0 || slices.Compare(c[:], bestCost[:]) < 0 {
				best, bestCost = j, c
			}
		}
		if best < 0 {
			return nil // cannot be: readPins has left room
		}
		sets[at[i]-1], sets[n-1] = exchanged(from, i, best), exchanged(to, best, i)
		at[best], at[i] = at[i], n
	}
	return sets
}

// exchanged returns the set with one unit instead of another.
func exchanged(set []int, out, in int) []int {
	set = slices.Clone(set)
	set[slices.Index(set, out)] = in
	return set
}

// cost is how far the units of a set are from one another.
func (g *grouping) cost(set []int) (sum int64) {
	for a, i := range set {
		for _, j := range set[:a] {
			sum += g.km[i][j]
		}
	}
	return sum
}

// joined reports whether the units of a set are neighbours, directly or over
// others of the set.
func (g *grouping) joined(set []int) bool {
	if len(set) == 0 {
		return true
	}
	reached := []int{set[0]}
	for k := 0; k < len(reached); k++ {
		for _, j := range g.near[reached[k]] {
			if slices.Contains(set, j) && !slices.Contains(reached, j) {
				reached = append(reached, j)
			}
		}
	}
	return len(reached) == len(set)
}

// fresh divides the units anew.
func (g *grouping) fresh() [][]int {
	count, short := g.count()
	sets := make([][]int, count)
	free := make([]bool, g.n)
	for i := range free {
		free[i] = true
	}
	// Groups with pins first, each grown around them.
	for i, n := range g.pin {
		if n != 0 {
			sets[n-1], free[i] = append(sets[n-1], i), false
		}
	}
	var open, pinned []int // numbers of groups without pins, and with
	for n := range sets {
		if len(sets[n]) == 0 {
			open = append(open, n)
		} else if len(sets[n]) < g.size(n+1) {
			pinned = append(pinned, n)
		}
	}
	if short > 0 && len(sets[count-1]) > 0 {
		short = 0
	}
	found := make([][]int, 0, len(open))
	if !g.search(sets, pinned, free, short, &found) {
		g.left, found = steps, found[:0]
		for _, n := range pinned { // not all can be neighbours: each as near as can be
			sets[n] = slices.DeleteFunc(sets[n], func(i int) bool { return g.pin[i] != n+1 })
		}
		for i := range free {
			free[i] = g.pin[i] == 0
		}
		for _, n := range pinned {
			sets[n] = g.nearest(sets[n], free, g.size(n+1))
		}
		for k := range open {
			size := g.in.Size
			if k == len(open)-1 && short > 0 {
				size = short
			}
			found = append(found, g.nearest([]int{g.first(free)}, free, size))
		}
	}
	// Numbers: the smaller group last, the others by their first unit.
	slices.SortFunc(found, func(a, b []int) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(slices.Min(a), slices.Min(b)))
	})
	for k, n := range open {
		sets[n] = found[k]
	}
	g.improve(sets)
	return sets
}

// search completes the groups with pins, then divides what is free into connected
// sets. Found is what it has found so far; it reports whether all is divided.
func (g *grouping) search(sets [][]int, pinned []int, free []bool, short int, found *[][]int) bool {
	if !g.divisible(pinned, sets, free, short) {
		return false
	}
	if len(pinned) > 0 {
		n := pinned[0]
		old := sets[n]
		for _, set := range g.grow(old, free, g.size(n+1)) {
			if g.left--; g.left < 0 {
				return false
			}
			mark(free, set, false)
			sets[n] = set
			if g.search(sets, pinned[1:], free, short, found) {
				return true
			}
			mark(free, set, true)
			mark(free, old, false)
		}
		sets[n] = old
		return false
	}
	start := g.first(free)
	if start < 0 {
		return true
	}
	sizes := []int{g.in.Size}
	if short > 0 {
		sizes = append(sizes, short)
	}
	for _, size := range sizes {
		rest := short
		if size == short {
			rest = 0
		}
		free[start] = false
		sets2 := g.grow([]int{start}, free, size)
		free[start] = true
		for _, set := range sets2 {
			if g.left--; g.left < 0 {
				return false
			}
			mark(free, set, false)
			*found = append(*found, set)
			if g.search(sets, nil, free, rest, found) {
				return true
			}
			*found = (*found)[:len(*found)-1]
			mark(free, set, true)
		}
	}
	return false
}

func mark(free []bool, set []int, value bool) {
	for _, i := range set {
		free[i] = value
	}
}

// divisible reports whether the sizes of what is still connected allow a division.
// While groups with pins are not complete it cannot tell.
func (g *grouping) divisible(pinned []int, sets [][]int, free []bool, short int) bool {
	if len(pinned) > 0 {
		return true
	}
	seen := make([]bool, g.n)
	for i := range g.n {
		if !free[i] || seen[i] {
			continue
		}
		seen[i] = true
		reached := []int{i}
		for k := 0; k < len(reached); k++ {
			for _, j := range g.near[reached[k]] {
				if free[j] && !seen[j] {
					seen[j] = true
					reached = append(reached, j)
				}
			}
		}
		switch rest := len(reached) % g.in.Size; {
		case rest == 0:
		case rest == short:
			short = 0
		default:
			return false
		}
	}
	return true
}

// first returns the free unit with the fewest free neighbours, the one that is
// farthest from the others: who begins in the middle leaves islands. It is −1 if
// none is free.
func (g *grouping) first(free []bool) int {
	best, bestNear, bestKm := -1, 0, int64(0)
	for i := range g.n {
		if !free[i] {
			continue
		}
		near, km := 0, int64(0)
		for _, j := range g.near[i] {
			if free[j] {
				near++
			}
		}
		for j := range g.n {
			km += g.km[i][j]
		}
		if best < 0 || near < bestNear || near == bestNear && km > bestKm {
			best, bestNear, bestKm = i, near, km
		}
	}
	return best
}

// grow returns sets of a size that hold the given units and are reached from them
// over free neighbours, the closest together first; at most width.
func (g *grouping) grow(from []int, free []bool, size int) [][]int {
	type partial struct {
		set  []int
		cost int64
	}
	now := []partial{{from, g.cost(from)}}
	for len(now) > 0 && len(now[0].set) < size {
		seen := map[string]bool{}
		var next []partial
		for _, p := range now {
			for _, i := range p.set {
				for _, j := range g.near[i] {
					if !free[j] || slices.Contains(p.set, j) {
						continue
					}
					set := append(slices.Clone(p.set), j)
					slices.Sort(set)
					key := name(set)
					if seen[key] {
						continue
					}
					seen[key] = true
					c := p.cost
					for _, k := range p.set {
						c += g.km[j][k]
					}
					next = append(next, partial{set, c})
				}
			}
		}
		slices.SortStableFunc(next, func(a, b partial) int { return cmp.Or(cmp.Compare(a.cost, b.cost), slices.Compare(a.set, b.set)) })
		now = next[:min(len(next), width)]
	}
	out := make([][]int, len(now))
	for i, p := range now {
		out[i] = p.set
	}
	return out
}

func name(set []int) string {
	b := make([]byte, 0, 2*len(set))
	for _, i := range set {
		b = binary.AppendUvarint(b, uint64(i))
	}
	return string(b)
}

// nearest grows a set by the free units that are nearest to it, neighbours first,
// and takes them.
func (g *grouping) nearest(set []int, free []bool, size int) []int {
	mark(free, set, false)
	for len(set) < size {
		best, bestNear, bestKm := -1, false, int64(0)
		for j := range g.n {
			if !free[j] {
				continue
			}
			near, km := false, int64(0)
			for _, i := range set {
				near, km = near || slices.Contains(g.near[i], j), km+g.km[i][j]
			}
			if best < 0 || near && !bestNear || near == bestNear && km < bestKm {
				best, bestNear, bestKm = j, near, km
			}
		}
		set, free[best] = append(set, best), false
	}
	return set
}
