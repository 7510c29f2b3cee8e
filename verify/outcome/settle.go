package outcome

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/record"
)

// settled is what came of the questions of a contest.
type settled struct {
	outcome count.Outcome
	asked   []*asked
	last    []given            // of each question that was answered, the last ruling or lot
	given   []given            // those of them that hold
	entered map[[32]byte]bool  // every ruling and lot, also those that were replaced
	results []judged           // results and corrections, in their order
	unasked []*record.Question // open, and not on the record
	wrong   []misplaced        // entries that do not belong
}

// asked is a question on the record.
type asked struct {
	hash [32]byte
	body *record.Question
	open bool
}

// given is a ruling or lot that holds.
type given struct {
	hash     [32]byte
	question *asked
	decision count.Decision
}

// judged is a result with what there was when it was given.
type judged struct {
	Certified
	answers [][]byte
	outcome count.Outcome
}

type misplaced struct {
	entry uint64
	text  string
}

// settle walks through the questions, rulings, lots and results of a contest in
// their order. Each question must be open when it is put, and each answer must
// answer a question that is open then, or replace an answer that has led to a
// result. Entries that do not are left out of the outcome.
func (c *Checker) settle(contest string, in count.Input) (*settled, error) {
	s := &settled{entered: map[[32]byte]bool{}}
	var err error
	if s.outcome, err = count.Count(in); err != nil {
		return nil, err
	}
	stated := c.stated(contest)
	if stated.Canvass == nil {
		return s, nil
	}
	canvass := stated.Canvass.Hash
	results := stated.Results()
	for _, e := range stated.Proceedings {
		var err error
		switch b := e.Body.(type) {
		case *record.Question:
			err = s.ask(contest, canvass, b, e.Hash)
		case *record.Result, *record.Correction:
			s.results = append(s.results, judged{results[len(s.results)], s.answers(), s.outcome})
		default:
			err = s.answer(contest, canvass, in, b, e.Hash)
		}
		if err != nil {
			s.wrong = append(s.wrong, misplaced{e.Index, err.Error()})
		}
	}
	for _, q := range Questions(contest, canvass, s.outcome) {
		if s.find(q) == nil {
			s.unasked = append(s.unasked, q)
		}
	}
	return s, nil
}

// answers returns the hashes of the rulings and lots that hold.
func (s *settled) answers() (out [][]byte) {
	for _, g := range s.given {
		out = append(out, g.hash[:])
	}
	return out
}

// ask puts a question that is open and has not been put.
func (s *settled) ask(contest string, canvass [32]byte, q *record.Question, hash [32]byte) error {
	if s.find(q) != nil {
		return fmt.Errorf("this question is put already")
	}
	if !asks(contest, canvass, s.outcome, q) {
		return fmt.Errorf("the law does not leave this question open here")
	}
	s.asked = append(s.asked, &asked{hash, q, true})
	return nil
}

func (s *settled) find(q *record.Question) *asked {
	for _, a := range s.asked {
		if equalBody(a.body, q) {
			return a
		}
	}
	return nil
}

// answer enters a ruling or lot. Before there is a result it answers a question
// that is open. Afterwards a ruling may also answer anew what was answered. The
// error says why it is no answer, and nothing has changed.
func (s *settled) answer(contest string, canvass [32]byte, in count.Input, body record.Body, hash [32]byte) error {
	g, err := s.decide(canvass, body, hash)
	if err != nil {
		return err
	}
	if s.entered[hash] {
		return fmt.Errorf("the %s is on the record already", body.Kind())
	}
	holds := slices.ContainsFunc(s.given, g.sameQuestion)
	_, lot := body.(*record.Lot)
	switch {
	case g.question.open:
		if _, err := counted(in, append(slices.Clone(s.given), g)); err != nil {
			return err
		}
	case !holds || len(s.results) == 0:
		return fmt.Errorf("the %s answers a question that is answered, or not put any more", body.Kind())
	case lot:
		return fmt.Errorf("the lot answers what has led to a result: only a ruling does that")
	}
	last := slices.Clone(s.last)
	if i := slices.IndexFunc(last, g.sameQuestion); i >= 0 {
		last[i] = g
	} else {
		last = append(last, g)
	}
	given, o, err := hold(contest, canvass, in, last)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(given, g.sameQuestion); i < 0 {
		return fmt.Errorf("the %s does not answer its question as the rule asks it", body.Kind())
	}
	s.last, s.given, s.outcome, s.entered[hash] = last, given, o, true
	for _, a := range s.asked { // one order may answer several
		a.open = asks(contest, canvass, o, a.body)
	}
	return nil
}

func (g given) sameQuestion(h given) bool { return g.question == h.question }

// hold returns which of the answers hold, and what they come to: beginning with
// none, the first whose question is open with those that hold, and so on.
func hold(contest string, canvass [32]byte, in count.Input, last []given) (holds []given, o count.Outcome, err error) {
	if o, err = counted(in, nil); err != nil {
		return nil, o, err
	}
	for i := 0; i < len(last); i++ {
		g := last[i]
		if slices.ContainsFunc(holds, g.sameQuestion) || !asks(contest, canvass, o, g.question.body) {
			continue
		}
		more := append(slices.Clone(holds), g)
		if next, err := counted(in, more); err == nil {
			holds, o, i = more, next, -1 // and look from the first one on
		}
	}
	return holds, o, nil
}

// asks reports whether an outcome leaves a question open.
func asks(contest string, canvass [32]byte, o count.Outcome, q *record.Question) bool {
	return slices.ContainsFunc(Questions(contest, canvass, o), func(open *record.Question) bool { return equalBody(open, q) })
}

// counted counts with answers.
func counted(in count.Input, holds []given) (count.Outcome, error) {
	in.Decisions = nil
	for _, g := range holds {
		in.Decisions = append(in.Decisions, g.decision)
	}
	return count.Count(in)
}

// decide returns what a ruling or lot decides, and of which question.
func (s *settled) decide(canvass [32]byte, body record.Body, hash [32]byte) (given, error) {
	var of []byte
	switch b := body.(type) {
	case *record.Ruling:
		of = b.Question
	case *record.Lot:
		of = b.Question
	default:
		return given{}, fmt.Errorf("a %s answers nothing", body.Kind())
	}
	i := slices.IndexFunc(s.asked, func(a *asked) bool { return bytes.Equal(a.hash[:], of) })
	if i < 0 {
		return given{}, fmt.Errorf("the %s answers no question of this contest that is on the record before it", body.Kind())
	}
	q := s.asked[i]
	d := count.Decision{Kind: q.body.What, Of: q.body.Of, Between: q.body.Between}
	switch b := body.(type) {
	case *record.Ruling:
		if b.Article == "" || b.Text == "" {
			return given{}, fmt.Errorf("the ruling does not say on which article it rests, or why")
		}
		d.Order, d.Article = b.Order, b.Article
		for i, g := range b.Seats {
			if i > 0 && b.Seats[i-1].Group >= g.Group || g.Seats > 1<<20 {
				return given{}, fmt.Errorf("the seats of the ruling are not one number for each group, ascending by group")
			}
			if d.Seats == nil {
				d.Seats = map[string]int{}
			}
			d.Seats[g.Group] = int(g.Seats)
		}
	case *record.Lot:
		switch {
		case q.body.What != count.Tie:
			return given{}, fmt.Errorf("a lot answers ties only; this question (%s) needs a ruling", q.body.What)
		case !bytes.Equal(b.Canvass, canvass[:]):
			return given{}, fmt.Errorf("the lot rests on another canvass")
		case b.Seed == "" || b.Source == "":
			return given{}, fmt.Errorf("the lot does not say its seed and where it came from")
		}
		d.Order = record.LotOrder(b.Seed, q.body.Between)
	}
	return given{hash, q, d}, nil
}
