package count_test

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

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
