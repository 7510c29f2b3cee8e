package check

import (
	"context"
	"encoding/hex"
	"slices"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// A Part is what verification of a part of the record says.
type Part struct {
	Report   *report.Report `json:"report"`
	Contest  Name           `json:"contest"`
	Unit     string         `json:"unit,omitempty"`
	Ballots  uint64         `json:"ballots"`
	Rows     []Row          `json:"rows"`     // of a unit that is opened soundly
	Revealed []Revealed     `json:"revealed"` // of a challenged ballot
}

// A Row is how often a candidate was chosen in a unit; the last one is of blanks.
type Row struct {
	Name  Name   `json:"name"`
	Votes uint64 `json:"votes"`
	Blank bool   `json:"blank"`
}

// Revealed is one contest of a challenged ballot.
type Revealed struct {
	Contest    Name   `json:"contest"`
	Selections []Name `json:"selections"`
	Blank      int    `json:"blank"`
}

func (s Source) options(looked func(check string, n int)) verify.Options {
	return verify.Options{Election: s.Election, Looked: looked}
}

// ProveUnit checks the nth of so many shares of the proofs of a unit. It returns
// those that hold, to be put together with those of the other shares into Proven.
func (s Source) ProveUnit(ctx context.Context, contest, unit string, nth, of int, looked func(check string, n int)) string {
	var out []byte
	for _, fact := range verify.Proofs(ctx, s.Record, contest, unit, nth, of, s.options(looked)) {
		out = hex.AppendEncode(out, fact[:])
	}
	return string(out)
}

// CheckUnit verifies one tally unit. looked is told how far each check has come.
func (s Source) CheckUnit(ctx context.Context, contest, unit string, looked func(check string, n int)) *Part {
	o := s.options(looked)
	proven, _ := hex.DecodeString(s.Proven) // what is no fact is believed of nothing
	o.Facts = &source.Facts{}
	for fact := range slices.Chunk(proven, 32) {
		if len(fact) == 32 {
			o.Facts.Hold([32]byte(fact))
		}
	}
	rep, counts := verify.Unit(ctx, s.Record, contest, unit, o)
	p := &Part{Report: rep, Unit: unit}
	_, def, err := s.definition()
	if err != nil {
		return p
	}
	c, ok := def.Contest(contest)
	if !ok {
		return p
	}
	p.Contest = name(c.Name)
	if counts == nil {
		return p
	}
	p.Ballots = counts.Ballots
	blanks := Row{Blank: true}
	for i, n := range counts.Codes {
		if cand, ok := c.Candidate(i + 1); ok {
			p.Rows = append(p.Rows, Row{Name: name(cand.Name), Votes: n})
		} else {
			blanks.Votes += n
		}
	}
	p.Rows = append(p.Rows, blanks)
	return p
}

// CheckChallenge recomputes a challenged ballot.
func (s Source) CheckChallenge(ctx context.Context, branch string, ending uint64, looked func(check string, n int)) *Part {
	rep, c := verify.Challenge(ctx, s.Record, branch, ending, s.options(looked))
	p := &Part{Report: rep}
	_, def, err := s.definition()
	if err != nil || c == nil {
		return p
	}
	p.Revealed = revealed(def, c)
	return p
}

// Reveal returns what a challenged ballot that was found reveals. It says nothing
// of whether the device sealed that: CheckChallenge does.
func (s Source) Reveal(a *Code) []Revealed {
	id, def, err := s.definition()
	if err != nil || a.State != Found {
		return nil
	}
	l, _, err := s.open(id, def, a.Branch)
	if err != nil {
		return nil
	}
	data, err := l.Entry(a.Ending)
	if err != nil {
		return nil
	}
	e, err := record.Decode(data)
	if err != nil {
		return nil
	}
	c, ok := e.Body.(*record.Challenged)
	if !ok {
		return nil
	}
	return revealed(def, c)
}

func revealed(def *election.Definition, c *record.Challenged) []Revealed {
	var out []Revealed
	for _, x := range c.Contests {
		contest, ok := def.Contest(x.Contest)
		if !ok {
			continue
		}
		r := Revealed{Contest: name(contest.Name), Blank: len(x.Blanks), Selections: []Name{}}
		for _, code := range x.Selections {
			if cand, ok := contest.Candidate(int(min(code, 1<<30))); ok {
				r.Selections = append(r.Selections, name(cand.Name))
			}
		}
		out = append(out, r)
	}
	return out
}

// ParseElection reads an election id.
func ParseElection(text string) (*[32]byte, bool) {
	id, err := hex.DecodeString(text)
	if err != nil || len(id) != 32 {
		return nil, false
	}
	return (*[32]byte)(id), true
}
