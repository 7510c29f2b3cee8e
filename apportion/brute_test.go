package apportion_test

import (
	"cmp"
	"reflect"
	"slices"
	"testing"

	"github.com/sandogh/sandogh/apportion"
)

// small is a case of the brute force: groups g0, g1, … with votes and limits.
type small struct {
	rule          string
	house         int
	votes, limits []int
	threshold     apportion.Fraction
}

func (s small) call(t *testing.T, name func(i int) string) apportion.Result {
	var in []apportion.Group
	for i, v := range s.votes {
		in = append(in, apportion.Group{Name: name(i), Votes: v, Limit: s.limits[i]})
	}
	r, err := apportion.Seats(s.rule, s.house, in, apportion.Options{Threshold: s.threshold})
	if err != nil {
		t.Fatalf("%+v: %v", s, err)
	}
	return r
}

// answer is what an oracle says: the seats by index, what is open, between whom,
// and how many seats.
type answer struct {
	seats []int
	open  string
	tied  []int
	left  int
}

// standing returns the groups that take part and their votes together.
func (s small) standing() (in []int, total int) {
	all := 0
	for _, v := range s.votes {
		all += v
	}
	for i, v := range s.votes {
		if f := s.threshold; v > 0 && (f.Den == 0 || v*int(f.Den) >= all*int(f.Num)) {
			in = append(in, i)
			total += v
		}
	}
	return in, total
}

// byTable is the textbook's divisor table: every quotient of every group, the
// highest first, and a line under the last seat.
func (s small) byTable() answer {
	type cell struct{ group, votes, divisor int }
	a := answer{seats: make([]int, len(s.votes))}
	in, _ := s.standing()
	var table []cell
	for _, i := range in {
		for n := range s.limits[i] {
			d := n + 1
			if s.rule == apportion.SainteLague {
				d = 2*n + 1
			}
			table = append(table, cell{i, s.votes[i], d})
		}
	}
	higher := func(x, y cell) int { return cmp.Compare(y.votes*x.divisor, x.votes*y.divisor) }
	slices.SortStableFunc(table, higher)
	if len(table) <= s.house {
		for _, c := range table {
			a.seats[c.group]++
		}
		if a.left = s.house - len(table); a.left > 0 {
			a.open = apportion.MoreSeats
		}
		return a
	}
	a.left = s.house
	parted := higher(table[s.house-1], table[s.house]) != 0
	for i, c := range table {
		switch level := higher(c, table[s.house-1]); {
		case parted && i < s.house, !parted && level < 0:
			a.seats[c.group]++
			a.left--
		case !parted && level == 0:
			a.tied = append(a.tied, c.group)
		}
	}
	if !parted {
		a.open = apportion.Tie
	}
	return a
}

// byQuota gives quotas and then one level of keys at a time, with marks for who
// had a seat in this pass.
func (s small) byQuota() answer {
	a := answer{seats: make([]int, len(s.votes))}
	in, total := s.standing()
	key := make([]int, len(s.votes))
	left := s.house
	for _, i := range in {
		n := s.house * s.votes[i]
		a.seats[i] = n / total
		key[i] = s.votes[i]
		switch s.rule {
		case apportion.RoundThenShare:
			a.seats[i] = (2*n + total) / (2 * total)
		case apportion.LargestRemainder:
			key[i] = n % total
		}
		a.seats[i] = min(a.seats[i], s.limits[i])
		left -= a.seats[i]
	}
	if left < 0 {
		return answer{seats: make([]int, len(s.votes)), open: apportion.OverAllocation, left: -left}
	}
	had := make([]bool, len(s.votes))
	for left > 0 {
		var best []int
		anyFree := false
		for _, i := range in {
			if a.seats[i] >= s.limits[i] {
				continue
			}
			anyFree = true
			switch {
			case had[i]:
			case len(best) == 0 || key[i] > key[best[0]]:
				best = []int{i}
			case key[i] == key[best[0]]:
				best = append(best, i)
			}
		}
		switch {
		case !anyFree:
			a.open, a.left = apportion.MoreSeats, left
			return a
		case len(best) == 0:
			clear(had)
		case len(best) > left:
			a.open, a.tied, a.left = apportion.Tie, best, left
			return a
		default:
			for _, i := range best {
				had[i] = true
				a.seats[i]++
				left--
			}
		}
	}
	return a
}

func (s small) check(t *testing.T) {
	up := func(i int) string { return names[i] }
	r := s.call(t, up)
	var want answer
	in, total := s.standing()
	all := 0
	for _, v := range s.votes {
		all += v
	}
	switch {
	case all == 0:
		want = answer{seats: make([]int, len(s.votes)), open: apportion.NoVotes, left: s.house}
	case total == 0:
		want = answer{seats: make([]int, len(s.votes)), open: apportion.ThresholdNobody, left: s.house}
	case s.rule == apportion.DHondt || s.rule == apportion.SainteLague:
		want = s.byTable()
	default:
		want = s.byQuota()
	}
	sum, free := 0, true
	for i, g := range r.Groups {
		sum += g.Seats
		if g.Seats != want.seats[i] {
			t.Fatalf("%+v: %+v, want %+v", s, r.Groups, want)
		}
		if g.Seats < 0 || g.Seats > s.limits[i] || g.Seats > 0 && !slices.Contains(in, i) {
			t.Fatalf("%+v: group %d has %d seats", s, i, g.Seats)
		}
		free = free && s.limits[i] >= s.house
	}
	if sum > s.house || (sum == s.house) != (r.Open == nil) {
		t.Fatalf("%+v: %d seats given, open %+v", s, sum, r.Open)
	}
	if r.Open != nil {
		var tied []string
		for _, i := range want.tied {
			tied = append(tied, names[i])
		}
		if r.Open.Kind != want.open || r.Open.Seats != want.left || want.open == apportion.Tie && !slices.Equal(r.Open.Groups, tied) {
			t.Fatalf("%+v: open %+v, want %+v", s, r.Open, want)
		}
		if r.Open.Kind != apportion.OverAllocation && r.Open.Kind != apportion.NoVotes && sum+r.Open.Seats != s.house {
			t.Fatalf("%+v: %d seats and %d open", s, sum, r.Open.Seats)
		}
	}
	// What each rule promises, where no group is short of candidates.
	if free && r.Open == nil {
		for i, g := range r.Groups {
			q := s.house * s.votes[i]
			if g.Below {
				q = 0
			}
			switch s.rule {
			case apportion.LargestRemainder: // the quota rule
				if g.Seats < q/total || g.Seats > (q+total-1)/total {
					t.Fatalf("%+v: %d seats by quota %d/%d", s, g.Seats, q, total)
				}
			case apportion.FloorThenShare:
				if g.Seats < q/total || g.Seats > q/total+1 {
					t.Fatalf("%+v: %d seats by quota %d/%d", s, g.Seats, q, total)
				}
			case apportion.DHondt: // the lower quota
				if g.Seats < q/total {
					t.Fatalf("%+v: %d seats by quota %d/%d", s, g.Seats, q, total)
				}
			}
		}
	}
	// Other names, in the other order, and the groups in another order: the same.
	n := len(s.votes)
	other := s.call(t, func(i int) string { return names[n-1-i] })
	for i, g := range r.Groups {
		o := other.Groups[n-1-i]
		if o.Seats != g.Seats || o.First != g.First {
			t.Fatalf("%+v: renamed %+v, before %+v", s, other.Groups, r.Groups)
		}
	}
	if (other.Open == nil) != (r.Open == nil) || r.Open != nil && (other.Open.Kind != r.Open.Kind || other.Open.Seats != r.Open.Seats || len(other.Open.Groups) != len(r.Open.Groups)) {
		t.Fatalf("%+v: renamed %+v, before %+v", s, other.Open, r.Open)
	}
}

var names = []string{"g0", "g1", "g2", "g3"}

// TestBruteForce compares every small case, over a million of them, with an
// oracle that is written otherwise, and with what the rules promise.
func TestBruteForce(t *testing.T) {
	counts := make([]int, len(apportion.Rules()))
	t.Run("rules", func(t *testing.T) {
		for i, rule := range apportion.Rules() {
			t.Run(rule, func(t *testing.T) {
				t.Parallel()
				counts[i] = everySmall(rule, func(s small) { s.check(t) })
			})
		}
	})
	n := 0
	for _, c := range counts {
		n += c
	}
	t.Logf("%d cases", n)
	if want := 1_000_000; n < want && !testing.Short() {
		t.Errorf("only %d cases, want %d", n, want)
	}
}

// everySmall walks the cases of a rule, with -short one of 23.
func everySmall(rule string, check func(small)) int {
	n := 0
	for _, size := range []struct{ groups, votes, house int }{{2, 30, 9}, {3, 12, 8}, {4, 6, 7}} {
		votes := make([]int, size.groups)
		for {
			for house := 1; house <= size.house; house++ {
				for _, limits := range [][]int{{house, house, house, house}, {1, house, 2, house}, {2, 2, 1, 1}, {house, 0, house, 3}} {
					for _, f := range []apportion.Fraction{{}, {Num: 1, Den: 5}} {
						if n++; !testing.Short() || n%23 == 0 {
							check(small{rule, house, votes, limits[:size.groups], f})
						}
					}
				}
			}
			i := 0
			for ; i < size.groups && votes[i] == size.votes; i++ {
				votes[i] = 0
			}
			if i == size.groups {
				break
			}
			votes[i]++
		}
	}
	return n
}

// The order of the groups in the input changes nothing at all.
func TestOrderOfGroups(t *testing.T) {
	in := groups("A", 420000, "B", 310000, "C", 150000, "D", 120000)
	for _, rule := range apportion.Rules() {
		want, err := apportion.Seats(rule, 20, in, apportion.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			in = append(in[1:], in[0])
			got, err := apportion.Seats(rule, 20, in, apportion.Options{})
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %v, in another order %v", rule, want, got)
			}
		}
	}
}

func FuzzSeats(f *testing.F) {
	f.Add(uint8(0), 21, int64(42), int64(35), int64(25), 21, 2, uint64(1), uint64(20), "up")
	f.Add(uint8(3), 4, int64(60), int64(20), int64(20), 4, 4, uint64(0), uint64(0), "")
	f.Add(uint8(4), 1000, int64(1)<<61, int64(1)<<60, int64(1), 1000, 1000, uint64(0), uint64(0), "even")
	f.Fuzz(func(t *testing.T, rule uint8, house int, a, b, c int64, la, lb int, num, den uint64, half string) {
		rules := apportion.Rules()
		in := []apportion.Group{{Name: "a", Votes: int(a), Limit: la}, {Name: "b", Votes: int(b), Limit: lb}, {Name: "c", Votes: int(c), Limit: la}}
		o := apportion.Options{Threshold: apportion.Fraction{Num: num % (1 << 30), Den: den % (1 << 30)}, Half: half}
		r, err := apportion.Seats(rules[int(rule)%len(rules)], house, in, o)
		if err != nil {
			return
		}
		sum := 0
		for i, g := range r.Groups {
			sum += g.Seats
			if q := r.Quota(i); q.Sign() < 0 || g.Seats > g.Limit {
				t.Fatalf("%+v", r)
			}
		}
		if sum > house || sum < house && r.Open == nil {
			t.Fatalf("%d of %d seats: %+v", sum, house, r)
		}
	})
}
