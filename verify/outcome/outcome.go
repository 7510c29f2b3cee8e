package outcome

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/branchlog"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
	"github.com/sandogh/sandogh/verify/unit"
)

// A Contest is what the record says of the outcome of one contest, for the
// Checker's maker to fill in by Enter.
type Contest struct {
	Canvass     *source.Entry[*record.Canvass] // nil as long as there is none, and with it the others
	Proceedings []source.Entry[record.Body]    // questions, rulings, lots, the result and its corrections, in their order
}

// Enter puts an entry among those of the contest, if it may stand there: V009.
// The canvass is the first, the result is there once, and a correction after it.
func (c *Contest) Enter(e source.Entry[record.Body]) error {
	certified := len(c.Results()) > 0
	canvass, isCanvass := e.Body.(*record.Canvass)
	_, isResult := e.Body.(*record.Result)
	_, corrects := e.Body.(*record.Correction)
	switch {
	case isCanvass && c.Canvass != nil:
		return errors.New("the contest is canvassed already")
	case isCanvass:
		c.Canvass = &source.Entry[*record.Canvass]{Index: e.Index, Body: canvass, Hash: e.Hash}
		return nil
	case c.Canvass == nil:
		return source.TooEarly("before the canvass of its contest")
	case isResult && certified:
		return errors.New("the contest has its result, which only a correction replaces")
	case corrects && !certified:
		return source.TooEarly("before the result of its contest")
	}
	c.Proceedings = append(c.Proceedings, e)
	return nil
}

// A Certified is a result on the record: that of a contest, or one by which a
// correction has replaced it.
type Certified struct {
	Index      uint64 // of its entry in headquarters' log
	Hash       [32]byte
	Result     *record.Result
	Correction *record.Correction // by which it replaces the one before; nil for the first
}

// Results returns the results of a contest in their order. The last is in force.
func (c *Contest) Results() (out []Certified) {
	for _, e := range c.Proceedings {
		switch b := e.Body.(type) {
		case *record.Result:
			out = append(out, Certified{e.Index, e.Hash, b, nil})
		case *record.Correction:
			out = append(out, Certified{e.Index, e.Hash, &b.Result, b})
		}
	}
	return out
}

// Given is what outcomes are checked against.
type Given struct {
	Definition *election.Definition
	Branches   map[string]*branchlog.Branch
	Fixed      map[string]unit.Fixed // by contest
	Units      map[unit.ID]*unit.Unit
	Gap        bool // headquarters' log could not be read whole
}

// A Checker checks the outcomes of one record.
type Checker struct {
	*source.Reader
	Given
	Contests map[string]*Contest // by id; those of which the record says something
}

// stated returns what the record says of a contest.
func (c *Checker) stated(contest string) *Contest {
	if s := c.Contests[contest]; s != nil {
		return s
	}
	return &Contest{}
}

// canvass returns what the canvass of a contest must say, from the closing
// statements and the opened units, and what is to be counted.
func (c *Checker) canvass(contest *election.Contest) (*record.Canvass, count.Input, error) {
	plan := c.Fixed[contest.ID]
	if !plan.Read {
		return nil, count.Input{}, fmt.Errorf("the units of contest %s are not fixed", contest.ID)
	}
	n, k := contest.N(), contest.K()
	out := &record.Canvass{Contest: contest.ID, Votes: make([]uint64, n)}
	for _, u := range plan.Units {
		st := c.Units[unit.ID{Contest: contest.ID, Unit: u.ID}]
		if st == nil || len(st.Opened()) != n+k {
			return nil, count.Input{}, fmt.Errorf("unit %s of contest %s is not opened soundly", u.ID, contest.ID)
		}
		out.Ballots += st.Ballots()
		for i, times := range st.Opened() {
			if i < n {
				out.Votes[i] += uint64(times)
			} else {
				out.Blank += uint64(times)
			}
		}
	}
	var err error
	if out.Statements, err = c.listed(contest); err != nil {
		return nil, count.Input{}, err
	}
	votes := make([]int, n)
	for i, v := range out.Votes {
		votes[i] = int(v)
	}
	law, _ := c.Definition.LawOf(contest)
	return out, count.Input{Contest: contest, Law: law, Votes: votes, Ballots: int(out.Ballots), Blank: int(out.Blank)}, nil
}

// Questions returns what must be on the record about the open questions of an
// outcome; canvass is the hash of the contest's canvass entry.
func Questions(contest string, canvass [32]byte, o count.Outcome) []*record.Question {
	var out []*record.Question
	for _, q := range o.Questions {
		out = append(out, &record.Question{Contest: contest, What: q.Kind, Place: q.Place, Of: q.Of,
			Between: q.Between, Seats: uint64(q.Seats), Article: q.Article, Votes: canvass[:]})
	}
	return out
}

// Result returns the result that follows from an outcome without open
// questions; answers are the hashes of the rulings and lots behind it.
func Result(contest string, canvass [32]byte, answers [][]byte, o count.Outcome) *record.Result {
	return &record.Result{Contest: contest, Canvass: canvass[:], Answers: answers, Elected: o.Elected, Alternates: o.Alternates, Runoff: o.Runoff}
}

// Check recomputes canvass, questions and results of each contest: V040 to V043.
func (c *Checker) Check() {
	for i := range c.Definition.Contests {
		contest := &c.Definition.Contests[i]
		if stated := c.stated(contest.ID); stated.Canvass != nil { // nothing else is let in before it
			c.check(contest, stated)
		}
	}
}

func (c *Checker) check(contest *election.Contest, stated *Contest) {
	id, canvass := contest.ID, stated.Canvass
	p := report.At(record.HQ, canvass.Index)
	c.Count("V040", 1)
	want, in, err := c.canvass(contest)
	if err != nil {
		c.Absent("V040", p, "the canvass of contest %s cannot be recomputed: %v", id, err)
		return
	}
	if !equalBody(want, canvass.Body) {
		c.Refute("V040", p, "the canvass of contest %s is not what the statements and the units give", id)
		return
	}
	c.Count("V041", 1)
	s, err := c.settle(id, in)
	if err != nil {
		c.Refute("V041", p, "contest %s cannot be counted: %v", id, err)
		return
	}
	for _, f := range s.wrong {
		c.amiss("V041", report.At(record.HQ, f.entry), "contest %s: %s", id, f.text)
	}
	for _, q := range s.unasked {
		c.Absent("V041", p, "contest %s leaves a question open (%s for %d %s) that is not on the record", id, q.What, q.Seats, q.Place)
	}
	if len(s.results) == 0 {
		return
	}
	c.Count("V042", 1)
	c.result(id, canvass.Hash, s.results[len(s.results)-1])
	for i, r := range s.results {
		c.Count("V043", 1)
		if i > 0 {
			c.correction(id, s.results[i-1], r)
		}
	}
}

// result checks a result against what there was to count when it was given:
// V042. One that was replaced is not looked at; why it was is the correction's.
func (c *Checker) result(id string, canvass [32]byte, r judged) {
	p := report.At(record.HQ, r.Index)
	switch {
	case len(r.outcome.Questions) > 0:
		c.amiss("V042", p, "contest %s has a result while %d questions are open", id, len(r.outcome.Questions))
	case !bytes.Equal(r.Result.Canvass, canvass[:]):
		c.Refute("V042", p, "the result of contest %s rests on another canvass", id)
	case !slices.EqualFunc(r.Result.Answers, r.answers, bytes.Equal):
		c.amiss("V042", p, "the result of contest %s does not name the rulings and lots that it rests on, in their order", id)
	case !equalBody(r.Result, Result(id, canvass, r.answers, r.outcome)):
		c.amiss("V042", p, "contest %s: the counting rule gives %v with alternates %v, not %v with %v", id,
			r.outcome.Elected, r.outcome.Alternates, r.Result.Elected, r.Result.Alternates)
	}
}

// correction checks that a correction replaces the result that was in force by
// another one, and says why: V043.
func (c *Checker) correction(id string, was, is judged) {
	p := report.At(record.HQ, is.Index)
	switch {
	case !bytes.Equal(is.Correction.Corrects, was.Hash[:]):
		c.amiss("V043", p, "the correction in contest %s is not of the result that is in force (entry %d)", id, was.Index)
	case equalBody(is.Result, was.Result):
		c.Refute("V043", p, "the correction in contest %s changes nothing", id)
	case is.Correction.Article == "" || is.Correction.Text == "":
		c.Refute("V043", p, "the correction in contest %s does not say on which article it rests, or why", id)
	}
}

// amiss notes that something is wrong, which is only that entries are missing
// if headquarters' log has a gap.
func (c *Checker) amiss(id string, p report.Place, format string, args ...any) {
	if c.Gap {
		c.Absent(id, p, "%s, or entries of headquarters' log are missing", fmt.Sprintf(format, args...))
	} else {
		c.Refute(id, p, format, args...)
	}
}

// equalBody compares two entries' content by their one encoding.
func equalBody(a, b record.Body) bool {
	x, err := record.Message([32]byte{}, record.HQ, a)
	y, err2 := record.Message([32]byte{}, record.HQ, b)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}
