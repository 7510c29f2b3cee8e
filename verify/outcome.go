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
// statements and the opened units, and the outcome that follows from it.
func (r *run) canvass(c *election.Contest) (*record.Canvass, count.Outcome, error) {
	plan, ok := r.hq.plans[c.ID]
	if !ok {
		return nil, count.Outcome{}, fmt.Errorf("the units of contest %s are not fixed", c.ID)
	}
	n, k := c.N(), c.K()
	out := &record.Canvass{Contest: c.ID, Votes: make([]uint64, n)}
	for _, u := range plan.Units {
		st := r.units[unit.ID{Contest: c.ID, Unit: u.ID}]
		if st == nil || len(st.Opened()) != n+k {
			return nil, count.Outcome{}, fmt.Errorf("unit %s of contest %s is not opened soundly", u.ID, c.ID)
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
	for _, b := range r.def.BranchesOf(c.ID) {
		var counts record.Counts
		closed := false
		if st := r.branches[b.ID]; st != nil {
			counts, closed = st.Closed()
		}
		if !closed {
			return nil, count.Outcome{}, fmt.Errorf("branch %s has not closed", b.ID)
		}
		out.Statements = append(out.Statements, record.Statement{Branch: b.ID, Counts: counts})
		if counts.CheckedIn > counts.Cast {
			out.Exceptions = append(out.Exceptions, record.Exception{Branch: b.ID, What: record.ExceptionNotCast, Number: counts.CheckedIn - counts.Cast})
		}
	}
	votes := make([]int, n)
	for i, v := range out.Votes {
		votes[i] = int(v)
	}
	law, _ := r.def.LawOf(c)
	outcome, err := count.Count(count.Input{Contest: c, Law: law, Votes: votes, Ballots: int(out.Ballots), Blank: int(out.Blank)})
	return out, outcome, err
}

// Questions returns what must be on the record about the open questions of an
// outcome; canvass is the hash of the contest's canvass entry.
func Questions(contest string, canvass [32]byte, o count.Outcome) []*record.Question {
	var out []*record.Question
	for _, q := range o.Questions {
		out = append(out, &record.Question{Contest: contest, What: q.Kind, Place: q.Place,
			Between: q.Between, Seats: uint64(q.Seats), Article: q.Article, Votes: canvass[:]})
	}
	return out
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
		want, outcome, err := r.canvass(c)
		if err != nil {
			r.Absent("V040", p, "the canvass of contest %s cannot be recomputed: %v", c.ID, err)
			continue
		}
		if !equalBody(want, stated.Body) {
			r.Refute("V040", p, "the canvass of contest %s is not what the statements and the units give", c.ID)
			continue
		}
		open := Questions(c.ID, stated.Hash, outcome)
		recorded := r.hq.questions[c.ID]
		r.Count("V041", 1)
		for i, q := range recorded {
			if i >= len(open) || !equalBody(q.Body, open[i]) {
				r.Refute("V041", report.At(record.HQ, q.Index), "contest %s: the law does not leave this question open here", c.ID)
			}
		}
		for _, q := range open[min(len(recorded), len(open)):] {
			r.Absent("V041", p, "contest %s leaves a question open (%s for %d %s) that is not on the record", c.ID, q.What, q.Seats, q.Place)
		}
		result, ok := r.hq.results[c.ID]
		if !ok {
			continue
		}
		r.Count("V042", 1)
		p = report.At(record.HQ, result.Index)
		switch {
		case len(open) > 0:
			r.Refute("V042", p, "contest %s has a result while %d questions are open", c.ID, len(open))
		case !bytes.Equal(result.Body.Canvass, stated.Hash[:]):
			r.Refute("V042", p, "the result of contest %s rests on another canvass", c.ID)
		case !slices.Equal(result.Body.Elected, outcome.Elected) || !slices.Equal(result.Body.Alternates, outcome.Alternates):
			r.Refute("V042", p, "contest %s: the counting rule gives %v with alternates %v, not %v with %v", c.ID,
				outcome.Elected, outcome.Alternates, result.Body.Elected, result.Body.Alternates)
		}
	}
}

// equalBody compares two entries' content by their one encoding.
func equalBody(a, b record.Body) bool {
	x, err := record.Message([32]byte{}, record.HQ, a)
	y, err2 := record.Message([32]byte{}, record.HQ, b)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}
