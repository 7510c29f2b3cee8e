package verify

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/unit"
)

// canvass returns what the canvass of a contest must say, from the closing
// statements and the opened units, and what is to be counted.
func (r *run) canvass(c *election.Contest) (*record.Canvass, count.Input, error) {
	plan := r.hq.plans[c.ID]
	if !plan.Read {
		return nil, count.Input{}, fmt.Errorf("the units of contest %s are not fixed", c.ID)
	}
	n, k := c.N(), c.K()
	out := &record.Canvass{Contest: c.ID, Votes: make([]uint64, n)}
	for _, u := range plan.Units {
		st := r.units[unit.ID{Contest: c.ID, Unit: u.ID}]
		if st == nil || len(st.Opened()) != n+k {
			return nil, count.Input{}, fmt.Errorf("unit %s of contest %s is not opened soundly", u.ID, c.ID)
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
	if out.Statements, err = r.listed(c); err != nil {
		return nil, count.Input{}, err
	}
	votes := make([]int, n)
	for i, v := range out.Votes {
		votes[i] = int(v)
	}
	law, _ := r.def.LawOf(c)
	return out, count.Input{Contest: c, Law: law, Votes: votes, Ballots: int(out.Ballots), Blank: int(out.Blank)}, nil
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

// checkOutcomes recomputes canvass, questions and result of each contest: V040
// to V042.
func (r *run) checkOutcomes() {
	for i := range r.def.Contests {
		c := &r.def.Contests[i]
		stated, ok := r.hq.canvass[c.ID]
		if !ok {
			continue // admit lets no question and no result in before it
		}
		p := report.At(record.HQ, stated.Index)
		r.Count("V040", 1)
		want, in, err := r.canvass(c)
		if err != nil {
			r.Absent("V040", p, "the canvass of contest %s cannot be recomputed: %v", c.ID, err)
			continue
		}
		if !equalBody(want, stated.Body) {
			r.Refute("V040", p, "the canvass of contest %s is not what the statements and the units give", c.ID)
			continue
		}
		r.Count("V041", 1)
		settled, err := r.settle(c.ID, in)
		if err != nil {
			r.Refute("V041", p, "contest %s cannot be counted: %v", c.ID, err)
			continue
		}
		for _, f := range settled.wrong {
			r.amiss("V041", report.At(record.HQ, f.entry), "contest %s: %s", c.ID, f.text)
		}
		for _, q := range settled.unasked {
			r.Absent("V041", p, "contest %s leaves a question open (%s for %d %s) that is not on the record", c.ID, q.What, q.Seats, q.Place)
		}
		result, ok := r.hq.results[c.ID]
		if !ok {
			continue
		}
		r.Count("V042", 1)
		p = report.At(record.HQ, result.Index)
		switch {
		case len(settled.outcome.Questions) > 0:
			r.amiss("V042", p, "contest %s has a result while %d questions are open", c.ID, len(settled.outcome.Questions))
		case !bytes.Equal(result.Body.Canvass, stated.Hash[:]):
			r.Refute("V042", p, "the result of contest %s rests on another canvass", c.ID)
		case !slices.EqualFunc(result.Body.Answers, settled.answers, bytes.Equal):
			r.amiss("V042", p, "the result of contest %s does not name the rulings and lots that it rests on, in their order", c.ID)
		case !equalBody(result.Body, Result(c.ID, stated.Hash, settled.answers, settled.outcome)):
			r.amiss("V042", p, "contest %s: the counting rule gives %v with alternates %v, not %v with %v", c.ID,
				settled.outcome.Elected, settled.outcome.Alternates, result.Body.Elected, result.Body.Alternates)
		}
	}
}

// equalBody compares two entries' content by their one encoding.
func equalBody(a, b record.Body) bool {
	x, err := record.Message([32]byte{}, record.HQ, a)
	y, err2 := record.Message([32]byte{}, record.HQ, b)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}
