package outcome_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/outcome"
	"github.com/sandogh/sandogh/verify/source"
)

var canvass = [32]byte{0xca}

// assembly returns what is counted in a contest in which no list reaches the
// threshold, so that a ruling gives the seats, after which there are ties within
// the lists that get one.
func assembly() count.Input {
	c := &election.Contest{ID: "c", Rule: election.LargestRemainder, Seats: 2, Threshold: "1/2", Article: "20",
		TieOrder: []string{election.TieLot}}
	var votes []int
	for _, list := range []string{"A", "B", "C"} {
		c.Lists = append(c.Lists, election.List{ID: list})
		for i := range 2 {
			c.Candidates = append(c.Candidates, election.Candidate{ID: fmt.Sprint(list, i+1), List: list})
			votes = append(votes, 10)
		}
	}
	return count.Input{Contest: c, Votes: votes, Ballots: 60}
}

// A log is the proceedings of the assembly, as they are written.
type log struct {
	*testing.T
	in     count.Input
	bodies []record.Body
}

func (l *log) contest() *outcome.Contest {
	return &outcome.Contest{Canvass: &source.Entry[*record.Canvass]{Hash: canvass}, Proceedings: outcome.Entries(l.bodies...)}
}

func (l *log) settle() outcome.Settled {
	l.Helper()
	s, err := outcome.Settle(l.in, l.contest())
	if err != nil {
		l.Fatal(err)
	}
	return s
}

// add appends entries and returns the number of the last.
func (l *log) add(b ...record.Body) int {
	l.bodies = append(l.bodies, b...)
	return len(l.bodies) - 1
}

// ask puts the open questions that are not on the record.
func (l *log) ask() {
	for _, q := range l.settle().Unasked {
		l.add(q)
	}
}

// question returns the hash of the last question of a kind between the names.
func (l *log) question(kind string, between ...string) []byte {
	l.Helper()
	for i, e := range slices.Backward(outcome.Entries(l.bodies...)) {
		if q, ok := l.bodies[i].(*record.Question); ok && q.What == kind && (len(between) == 0 || slices.Equal(q.Between, between)) {
			return e.Hash[:]
		}
	}
	l.Fatalf("no question %s between %v is put: %+v", kind, between, l.settle())
	return nil
}

func (l *log) seats(of ...record.GroupSeats) int {
	return l.add(&record.Ruling{Contest: "c", Question: l.question(count.ThresholdNobody), Seats: of, Article: "20", Text: "ruled"})
}

func (l *log) order(names ...string) int {
	q := l.question(count.Tie, slices.Sorted(slices.Values(names))...)
	return l.add(&record.Ruling{Contest: "c", Question: q, Order: names, Article: "21", Text: "ruled"})
}

func (l *log) lot(seed string, between ...string) int {
	return l.add(&record.Lot{Contest: "c", Question: l.question(count.Tie, between...), Seed: seed, Source: "dice", Canvass: canvass[:]})
}

// want compares what holds: the numbers of the answers, and who is elected.
func (l *log) want(what string, answers []int, elected ...string) {
	l.Helper()
	s := l.settle()
	var hold []int
	for _, h := range s.Answers {
		hold = append(hold, int(h[0]))
	}
	if !slices.Equal(hold, answers) || !slices.Equal(s.Outcome.Elected, elected) || len(s.Wrong) > 0 {
		l.Errorf("%s: answers %v hold and elect %v, wrong is %v; want %v and %v", what, hold, s.Outcome.Elected, s.Wrong, answers, elected)
	}
}

// refused wants the last entry to be wrong, and takes it off.
func (l *log) refused(what, text string) {
	l.Helper()
	n := len(l.bodies) - 1
	if got := l.settle().Wrong[uint64(n)]; !strings.Contains(got, text) || text == "" {
		l.Errorf("%s: %q, want %q", what, got, text)
	}
	l.bodies = l.bodies[:n]
}

func seats(group string, n uint64) record.GroupSeats {
	return record.GroupSeats{Group: group, Seats: n}
}

// TestAnswersAnew: after a result a ruling takes the place of an answer, and the
// answers after it hold as long as their questions are put.
func TestAnswersAnew(t *testing.T) {
	l := &log{T: t, in: assembly()}
	l.ask()
	first := l.seats(seats("A", 1), seats("B", 1))
	l.ask()
	inA := l.order("A2", "A1")
	inB := l.lot("7", "B1", "B2")
	b := record.LotOrder("7", []string{"B1", "B2"})[0]
	l.want("at first", []int{first, inA, inB}, "A2", b)

	// Before the result an answer is an answer.
	l.seats(seats("A", 2))
	l.refused("seats anew", "is answered")
	l.order("A1", "A2")
	l.refused("an order anew", "is answered")
	l.add(&record.Result{Contest: "c"})
	l.want("with a result", []int{first, inA, inB}, "A2", b)

	// A lot is drawn once.
	l.lot("8", "B1", "B2")
	l.refused("a second lot", "only a ruling")
	l.lot("8", "A1", "A2")
	l.refused("a lot for a ruling", "only a ruling")
	l.add(&record.Ruling{Contest: "c", Question: l.question(count.Tie, "B1", "B2"), Order: []string{"B1"}, Article: "21", Text: "ruled"})
	l.refused("an order of one", "as the rule asks it")
	l.want("after what was refused", []int{first, inA, inB}, "A2", b)

	// In its place among the answers.
	anew := l.order("A1", "A2")
	l.want("the second of three anew", []int{first, anew, inB}, "A1", b)

	// The question of B is not put any more: the lot counts for nothing. That of C is.
	here := len(l.bodies)
	other := l.seats(seats("A", 1), seats("C", 1))
	l.want("without B", []int{other, anew}, "A1")
	if s := l.settle(); len(s.Unasked) != 1 || !slices.Equal(s.Unasked[0].Between, []string{"C1", "C2"}) {
		t.Errorf("not asked: %+v", s.Unasked)
	}
	l.ask()
	inC := l.lot("9", "C1", "C2")
	c := record.LotOrder("9", []string{"C1", "C2"})[0]
	l.want("C by lot", []int{other, anew, inC}, "A1", c)
	l.order("B1", "B2")
	l.refused("an order in B, which has no seat", "not put any more")

	// And back: the lot in B, which was drawn once, holds again, and that in C does
	// not.
	l.add(&record.Correction{Result: record.Result{Contest: "c"}})
	back := l.seats(seats("A", 1), seats("B", 1))
	l.want("back", []int{back, anew, inB}, "A1", b)
	l.lot("8", "B1", "B2")
	l.refused("a second lot in B", "only a ruling")

	// All seats of one list: no tie is left.
	l.bodies = l.bodies[:here]
	all := l.seats(seats("A", 2))
	l.want("all for A", []int{all}, "A1", "A2")
}
