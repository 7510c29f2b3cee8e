package count_test

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/sandogh/sandogh/apportion"
	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
)

type drawn struct {
	seats, alternates int
	order             []string
	candidates        []stands
}

func draw(t *rapid.T) drawn {
	d := drawn{
		seats:      rapid.IntRange(1, 5).Draw(t, "seats"),
		alternates: rapid.IntRange(0, 4).Draw(t, "alternates"),
		order: rapid.SampledFrom([][]string{
			fullOrder,
			{election.TieLot},
			{election.TieDegree, election.TieLot},
			{election.TieVeteran, election.TieLot},
			{election.TieDegree, election.TieVeteran, election.TieLot},
		}).Draw(t, "order"),
	}
	for i := range rapid.IntRange(1, 9).Draw(t, "n") {
		d.candidates = append(d.candidates, stands{
			id:      fmt.Sprintf("c%d", 9-i),
			votes:   rapid.IntRange(0, 4).Draw(t, "votes"),
			veteran: rapid.Bool().Draw(t, "veteran"),
			degree:  rapid.IntRange(0, 2).Draw(t, "degree"),
		})
	}
	return d
}

// better compares two candidates by what the law looks at.
func (d drawn) better(a, b stands) int {
	if r := cmp.Compare(a.votes, b.votes); r != 0 {
		return r
	}
	for _, t := range d.order {
		switch {
		case t == election.TieVeteran && a.veteran != b.veteran:
			if a.veteran {
				return 1
			}
			return -1
		case t == election.TieDegree && a.degree != b.degree:
			return cmp.Compare(a.degree, b.degree)
		}
	}
	return 0
}

// Whoever has votes stands, in some order of the lot, at a place from the number
// of those better to that and those equal. It is sure of a seat when all these
// places are seats, and so on: nothing else is used here.
func TestBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		c, votes := contest(d.seats, d.alternates, d.order, d.candidates...)
		out, err := count.Contest(c, votes, 4, 0)
		if err != nil {
			t.Fatal(err)
		}
		var elected, alternates, seatTie, alternateTie []string
		standing := 0
		last := d.seats + d.alternates
		for _, a := range d.candidates {
			if a.votes == 0 {
				continue
			}
			standing++
			above, equal := 0, 0
			for _, b := range d.candidates {
				switch r := d.better(b, a); {
				case r > 0:
					above++
				case r == 0:
					equal++
				}
			}
			lo, hi := above, above+equal // places lo+1..hi
			if hi <= d.seats {
				elected = append(elected, a.id)
			}
			if lo >= d.seats && hi <= last {
				alternates = append(alternates, a.id)
			}
			if lo < d.seats && hi > d.seats {
				seatTie = append(seatTie, a.id)
			}
			if lo < last && hi > last && d.alternates > 0 {
				alternateTie = append(alternateTie, a.id)
			}
		}
		same := func(what string, got, want []string) {
			got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
			if !slices.Equal(got, want) {
				t.Fatalf("%s %q, want %q", what, got, want)
			}
		}
		same("elected", out.Elected, elected)
		same("alternates", out.Alternates, alternates)

		open := 0
		var gotSeat, gotAlternate []string
		kinds := make(map[string]int)
		for _, q := range out.Questions {
			kinds[q.Kind]++
			if q.Place == count.Seat {
				open += q.Seats
			}
			if !slices.IsSorted(q.Between) || q.Article != article || q.Seats < 1 {
				t.Fatalf("question %+v", q)
			}
			switch {
			case q.Kind == count.Tie && q.Place == count.Seat:
				gotSeat = q.Between
			case q.Kind == count.Tie && q.Place == count.Alternate:
				gotAlternate = q.Between
			}
			if q.Kind == count.Tie && q.Seats >= len(q.Between) {
				t.Fatalf("question %+v is none", q)
			}
		}
		same("tied for seats", gotSeat, seatTie)
		same("tied for alternates", gotAlternate, alternateTie)
		if len(out.Elected)+open != d.seats {
			t.Fatalf("%d elected and %d open, want %d", len(out.Elected), open, d.seats)
		}
		if none, few := standing == 0, standing > 0 && standing < d.seats; (kinds[count.NoValidVotes] == 1) != none || (kinds[count.MoreSeatsThanCandidates] == 1) != few {
			t.Fatalf("%d stand for %d seats: questions %+v", standing, d.seats, out.Questions)
		}
		if !slices.IsSortedFunc(out.Elected, func(a, b string) int {
			return cmp.Compare(d.votes(b), d.votes(a))
		}) {
			t.Fatalf("elected %q are not in descending order", out.Elected)
		}
	})
}

func (d drawn) votes(id string) int {
	return d.candidates[slices.IndexFunc(d.candidates, func(s stands) bool { return s.id == id })].votes
}

// The order of candidates in the definition changes nothing, not even a step.
func TestOrderOfCandidates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		c, votes := contest(d.seats, d.alternates, d.order, d.candidates...)
		want, err := count.Contest(c, votes, 4, 0)
		if err != nil {
			t.Fatal(err)
		}
		c, votes = contest(d.seats, d.alternates, d.order, rapid.Permutation(d.candidates).Draw(t, "permutation")...)
		got, err := count.Contest(c, votes, 4, 0)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("outcome %+v, in another order %+v", want, got)
		}
	})
}

// Any lot settles every tie, and takes no place from who was sure of it.
func TestAnyLotSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		c, votes := contest(d.seats, d.alternates, d.order, d.candidates...)
		before, err := count.Contest(c, votes, 4, 0)
		if err != nil {
			t.Fatal(err)
		}
		var decisions []count.Decision
		vacant := 0
		for _, q := range before.Questions {
			if q.Kind != count.Tie {
				vacant += q.Seats
			} else if !slices.ContainsFunc(decisions, func(d count.Decision) bool { return slices.Equal(d.Between, q.Between) }) {
				decisions = append(decisions, count.Decision{Between: q.Between, Order: rapid.Permutation(q.Between).Draw(t, "lot")})
			}
		}
		after, err := count.Decided(c, votes, 4, 0, decisions)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range after.Questions {
			if q.Kind == count.Tie {
				t.Fatalf("still open: %+v", q)
			}
		}
		if len(after.Elected) != d.seats-vacant {
			t.Fatalf("%d elected, %d vacant of %d", len(after.Elected), vacant, d.seats)
		}
		for _, id := range before.Elected {
			if !slices.Contains(after.Elected, id) {
				t.Fatalf("%s lost its seat", id)
			}
		}
		for _, id := range before.Alternates {
			if !slices.Contains(after.Alternates, id) {
				t.Fatalf("%s lost its place", id)
			}
		}
		for _, dec := range decisions {
			// The lot's order holds among those tied.
			var got []string
			for _, id := range append(slices.Clone(after.Elected), after.Alternates...) {
				if slices.Contains(dec.Between, id) {
					got = append(got, id)
				}
			}
			if !slices.Equal(got, dec.Order[:len(got)]) {
				t.Fatalf("places %q by the lot %q", got, dec.Order)
			}
		}
	})
}

// drawLists draws a contest with lists, small enough that ties are common.
func drawLists(t *rapid.T) (*election.Contest, []int) {
	names := []string{"A", "B", "C", election.Independents}
	groups := map[string][]int{}
	for _, name := range names[:rapid.IntRange(1, 4).Draw(t, "groups")] {
		groups[name] = rapid.SliceOfN(rapid.IntRange(0, 5), 1, 5).Draw(t, name)
	}
	c, votes := lists(rapid.SampledFrom(apportion.Rules()).Draw(t, "rule"),
		rapid.IntRange(1, 8).Draw(t, "seats"), rapid.IntRange(0, 3).Draw(t, "alternates"), groups)
	c.TieOrder = rapid.SampledFrom([][]string{fullOrder, {election.TieLot}}).Draw(t, "order")
	c.Threshold = rapid.SampledFrom([]string{"", "1/5", "1/2"}).Draw(t, "threshold")
	if c.Rule == election.RoundThenShare {
		c.Half = rapid.SampledFrom([]string{"", apportion.HalfUp, apportion.HalfEven, apportion.HalfDown, apportion.HalfQuestion}).Draw(t, "half")
	}
	for i := range c.Candidates {
		c.Candidates[i].Veteran = rapid.Bool().Draw(t, "veteran")
	}
	return c, votes
}

// The order of candidates and of lists changes nothing, not even a step, and
// another name for a list changes nothing but the name.
func TestOrderInLists(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, votes := drawLists(t)
		want, err := count.Contest(c, votes, 5, 0)
		if err != nil {
			t.Fatal(err)
		}
		order := rapid.Permutation(c.Codes()).Draw(t, "permutation")
		other, moved := *c, []int{}
		other.Candidates = nil
		for _, code := range order {
			other.Candidates = append(other.Candidates, c.Candidates[code-1])
			moved = append(moved, votes[code-1])
		}
		other.Lists = slices.Clone(c.Lists)
		slices.Reverse(other.Lists)
		got, err := count.Contest(&other, moved, 5, 0)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("outcome %+v, in another order %+v", want, got)
		}
		for i := range other.Lists {
			other.Lists[i].ID = "z" + other.Lists[i].ID
		}
		for i := range other.Candidates {
			if l := &other.Candidates[i].List; *l != "" {
				*l = "z" + *l
			}
		}
		got, err = count.Contest(&other, moved, 5, 0)
		if err != nil || !slices.Equal(got.Elected, want.Elected) || !slices.Equal(got.Alternates, want.Alternates) || len(got.Questions) != len(want.Questions) {
			t.Fatalf("outcome %+v, renamed %+v, error %v", want, got, err)
		}
	})
}

// settle answers the questions of an outcome one after the other until none is
// left, as somebody who may might.
func settle(t *rapid.T, c *election.Contest, votes []int, ballots int) (first, last count.Outcome) {
	var decisions []count.Decision
	for round := 0; ; round++ {
		out, err := count.Decided(c, votes, ballots, 0, decisions)
		if err != nil {
			t.Fatalf("%v, after %+v", err, decisions)
		}
		if round == 0 {
			first = out
		}
		if len(out.Questions) == 0 {
			return first, out
		}
		if round > 10 {
			t.Fatalf("still open: %+v", out.Questions)
		}
		var asked []string
		for _, q := range out.Questions {
			key := fmt.Sprint(q.Kind, q.Of, q.Between)
			if slices.Contains(asked, key) {
				continue // one order answers both
			}
			asked = append(asked, key)
			d := q.Answer(nil, nil)
			switch q.Kind {
			case count.Tie:
				d.Order = rapid.Permutation(q.Between).Draw(t, "lot")
			case count.Half:
				d.Seats = map[string]int{}
				for _, g := range out.Groups {
					if slices.Contains(q.Between, g.Name) {
						d.Seats[g.Name] = g.QuotaSeats + rapid.IntRange(0, 1).Draw(t, "up")
					}
				}
			case count.OverAllocation:
				d.Seats = map[string]int{}
				over := q.Seats
				for _, g := range out.Groups {
					take := min(over, g.QuotaSeats)
					over -= take
					d.Seats[g.Name] = g.QuotaSeats - take
				}
			case count.ThresholdNobody:
				// Whatever fills the house with candidates of groups that have votes.
				d.Seats = map[string]int{}
				left := q.Seats
				for _, g := range out.Groups {
					if n := min(left, len(c.Members(g.Name))); g.Votes > 0 && g.Name != election.Independents {
						d.Seats[g.Name] = n
						left -= n
					}
				}
				if left > 0 {
					t.Skip("the groups cannot fill the house")
				}
			}
			decisions = append(decisions, d)
		}
	}
}

// Answers settle every contest with lists; nobody is elected twice, no group gets
// more than it was given, and whoever was sure is elected.
func TestAnyAnswerSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, votes := drawLists(t)
		first, last := settle(t, c, votes, 5)
		if len(last.Elected) > c.Seats || len(slices.Compact(slices.Sorted(slices.Values(last.Elected)))) != len(last.Elected) {
			t.Fatalf("%q elected to %d seats", last.Elected, c.Seats)
		}
		of := map[string]int{}
		for _, id := range last.Elected {
			code, _ := c.Code(id)
			x, _ := c.Candidate(code)
			of[cmp.Or(x.List, election.Independents)]++
			if slices.Contains(last.Alternates, id) {
				t.Fatalf("%s is elected and an alternate", id)
			}
		}
		for _, g := range last.Groups {
			if of[g.Name] != g.Seats {
				t.Fatalf("group %s has %d seats and %d elected", g.Name, g.Seats, of[g.Name])
			}
		}
		for _, id := range first.Elected {
			if !slices.Contains(last.Elected, id) {
				t.Fatalf("%s lost its seat", id)
			}
		}
		// In each group nobody is passed over for one with fewer votes.
		for i := range c.Candidates {
			for j := range c.Candidates {
				x, y := &c.Candidates[i], &c.Candidates[j]
				if x.List == y.List && votes[i] > votes[j] && slices.Contains(last.Elected, y.ID) && !slices.Contains(last.Elected, x.ID) {
					t.Fatalf("%s with %d votes before %s with %d", y.ID, votes[j], x.ID, votes[i])
				}
			}
		}
	})
}
