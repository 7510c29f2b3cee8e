package outcome

import (
	"bytes"
	"fmt"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/record"
)

// settled is what came of the questions of a contest.
type settled struct {
	outcome   count.Outcome
	asked     []*asked
	answers   [][]byte           // hashes of the rulings and lots that hold, in their order
	decisions []count.Decision   // what they decide
	unasked   []*record.Question // open, and not on the record
	wrong     []misplaced        // entries that do not belong
}

// asked is a question on the record.
type asked struct {
	hash [32]byte
	body *record.Question
	open bool
}

type misplaced struct {
	entry uint64
	text  string
}

// settle walks through the questions, rulings and lots of a contest in their
// order. Each question must be open when it is put, and each answer must answer
// a question that is open then. Entries that do not are left out of the outcome.
func (c *Checker) settle(contest string, in count.Input) (*settled, error) {
	s := &settled{}
	var err error
	if s.outcome, err = count.Count(in); err != nil {
		return nil, err
	}
	stated := c.stated(contest)
	if stated.Canvass == nil {
		return s, nil
	}
	canvass := stated.Canvass.Hash
	for _, e := range stated.Proceedings {
		if q, ok := e.Body.(*record.Question); ok {
			if err := s.ask(contest, canvass, q, e.Hash); err != nil {
				s.wrong = append(s.wrong, misplaced{e.Index, err.Error()})
			}
			continue
		}
		next, err := s.answer(canvass, in, e.Body)
		if err != nil {
			s.wrong = append(s.wrong, misplaced{e.Index, err.Error()})
			continue
		}
		in, s.decisions = next, next.Decisions
		s.answers = append(s.answers, e.Hash[:])
		if s.outcome, err = count.Count(in); err != nil {
			return nil, err // answer has counted the same
		}
		s.reopen(contest, canvass)
	}
	for _, q := range Questions(contest, canvass, s.outcome) {
		if s.find(q) == nil {
			s.unasked = append(s.unasked, q)
		}
	}
	return s, nil
}

// ask puts a question that is open and has not been put.
func (s *settled) ask(contest string, canvass [32]byte, q *record.Question, hash [32]byte) error {
	if s.find(q) != nil {
		return fmt.Errorf("this question is put already")
	}
	for _, open := range Questions(contest, canvass, s.outcome) {
		if equalBody(open, q) {
			s.asked = append(s.asked, &asked{hash, q, true})
			return nil
		}
	}
	return fmt.Errorf("the law does not leave this question open here")
}

func (s *settled) find(q *record.Question) *asked {
	for _, a := range s.asked {
		if equalBody(a.body, q) {
			return a
		}
	}
	return nil
}

// reopen closes the questions that the outcome no longer puts: one order may
// answer several.
func (s *settled) reopen(contest string, canvass [32]byte) {
	for _, a := range s.asked {
		a.open = false
	}
	for _, q := range Questions(contest, canvass, s.outcome) {
		if a := s.find(q); a != nil {
			a.open = true
		}
	}
}

// answer returns what is to be counted after a ruling or lot. The error says
// why it is no answer.
func (s *settled) answer(canvass [32]byte, in count.Input, body record.Body) (count.Input, error) {
	var hash []byte
	switch b := body.(type) {
	case *record.Ruling:
		hash = b.Question
	case *record.Lot:
		hash = b.Question
	default:
		return in, fmt.Errorf("a %s answers nothing", body.Kind())
	}
	var q *asked
	for _, a := range s.asked {
		if bytes.Equal(a.hash[:], hash) {
			q = a
		}
	}
	switch {
	case q == nil:
		return in, fmt.Errorf("the %s answers no question of this contest that is on the record before it", body.Kind())
	case !q.open:
		return in, fmt.Errorf("the %s answers a question that is answered", body.Kind())
	}
	d := count.Decision{Kind: q.body.What, Of: q.body.Of, Between: q.body.Between}
	switch b := body.(type) {
	case *record.Ruling:
		d.Order, d.Article = b.Order, b.Article
		for i, g := range b.Seats {
			if i > 0 && b.Seats[i-1].Group >= g.Group || g.Seats > 1<<20 {
				return in, fmt.Errorf("the seats of the ruling are not one number for each group, ascending by group")
			}
			if d.Seats == nil {
				d.Seats = map[string]int{}
			}
			d.Seats[g.Group] = int(g.Seats)
		}
	case *record.Lot:
		switch {
		case q.body.What != count.Tie:
			return in, fmt.Errorf("a lot answers ties only; this question (%s) needs a ruling", q.body.What)
		case !bytes.Equal(b.Canvass, canvass[:]):
			return in, fmt.Errorf("the lot rests on another canvass")
		case b.Seed == "" || b.Source == "":
			return in, fmt.Errorf("the lot does not say its seed and where it came from")
		}
		d.Order = record.LotOrder(b.Seed, q.body.Between)
	}
	in.Decisions = append(append([]count.Decision(nil), in.Decisions...), d)
	if _, err := count.Count(in); err != nil {
		return in, err
	}
	return in, nil
}
