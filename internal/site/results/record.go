package results

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// FromRecord returns what a record says: all that is opened if it is verified,
// and nothing but its definition if it is not, or before the lawful moment.
func FromRecord(fsys fs.FS, r *report.Report, v *verify.View, withheld bool) (*Election, error) {
	if v == nil {
		return New(r.Election, nil, r), nil
	}
	e := New(r.Election, v.Definition(), r)
	e.Withheld = withheld
	for _, c := range r.Checks {
		for _, f := range c.Findings {
			if id, ok := strings.CutPrefix(f.Log, "branch/"); ok && c.State == report.Missing {
				if b, ok := e.Branch(id); ok {
					b.Missing = true
				}
			}
		}
	}
	if r.Status == report.Verified {
		for _, b := range e.Branches {
			n, closed := v.Cast(b.ID)
			if b.Closed = closed; closed {
				b.Counts.Cast = n
			}
		}
		if !withheld {
			if err := e.read(fsys, v); err != nil {
				return nil, err
			}
		}
	}
	e.Index()
	return e, nil
}

// read takes units, outcomes and results from the record.
func (e *Election) read(fsys fs.FS, v *verify.View) error {
	said, err := scan(fsys, v)
	if err != nil {
		return err
	}
	for _, c := range e.Contests {
		units, err := v.Units(c.ID)
		if err != nil {
			continue // not fixed yet
		}
		whole := true
		for _, u := range units {
			x := Unit{ID: u.ID}
			for _, id := range u.Branches {
				if b, ok := e.Branch(id); ok {
					x.Branches = append(x.Branches, b)
				}
			}
			counts, ballots, err := v.Opened(c.ID, u.ID)
			if err == nil && len(counts) >= c.N() {
				x.Opened, x.Ballots, x.Votes = true, ballots, counts[:c.N()]
				for _, n := range counts[c.N():] {
					x.Blank += n
				}
			}
			whole = whole && x.Opened
			c.Units = append(c.Units, x)
		}
		if st, err := v.Statements(c.ID); err == nil {
			for _, s := range st.Statements {
				if b, ok := e.Branch(s.Branch); ok {
					b.Counts = s.Counts
				}
			}
		}
		if !whole || len(units) == 0 {
			continue
		}
		if err := c.settle(v, said[c.ID]); err != nil {
			return err
		}
	}
	return nil
}

// settle takes outcome, answers and result of a contest whose units are opened.
func (c *Contest) settle(v *verify.View, s *spoken) error {
	_, outcome, err := v.Canvass(c.ID)
	if err != nil {
		return nil // opened, and not tallied yet
	}
	c.Outcome, c.Kind = &outcome, Complete
	if len(outcome.Questions) > 0 {
		c.Kind = Asked
	}
	if s == nil {
		return nil
	}
	c.Answers = s.answers
	if s.result != nil {
		c.Kind, c.Entry = Certified, s.entry
		if c.Chain = s.chain; len(c.Chain) > 0 {
			c.Kind = Corrected
		}
	} else if v.Certified(c.ID) {
		return fmt.Errorf("read contest %s: its result is not in headquarters' log", c.ID)
	}
	return nil
}

// spoken is what headquarters' log says of a contest.
type spoken struct {
	answers []Answer
	result  *record.Result // in force
	entry   int64          // of it
	chain   []Correction
}

// scan reads headquarters' log of a verified record once.
func scan(fsys fs.FS, v *verify.View) (map[string]*spoken, error) {
	d := v.Definition()
	var witnesses []board.Witness
	for _, w := range d.Witnesses {
		witnesses = append(witnesses, board.Witness{Name: w.Name, Key: w.Key.Ed25519()})
	}
	l, err := board.Open(fsys, record.HQ, election.HQOrigin(v.Election()), d.HQLogKey.Ed25519(), witnesses)
	if err != nil {
		return nil, fmt.Errorf("read headquarters' log: %w", err)
	}
	out := map[string]*spoken{}
	of := func(contest string) *spoken {
		if out[contest] == nil {
			out[contest] = &spoken{}
		}
		return out[contest]
	}
	questions := map[[32]byte]*record.Question{}
	ask := func(hash []byte) *record.Question {
		if len(hash) != 32 {
			return nil
		}
		return questions[[32]byte(hash)]
	}
	for e, err := range l.Entries(0, l.Size()) {
		if err != nil {
			return nil, fmt.Errorf("read headquarters' log: %w", err)
		}
		x, err := record.Decode(e.Data)
		if err != nil {
			return nil, fmt.Errorf("read headquarters' log, entry %d: %w", e.Index, err)
		}
		var by []string
		for _, s := range x.Signatures {
			by = append(by, s.By)
		}
		switch b := x.Body.(type) {
		case *record.Question:
			questions[sha256.Sum256(e.Data)] = b
		case *record.Ruling:
			s := of(b.Contest)
			s.answers = append(s.answers, Answer{Question: ask(b.Question), Ruling: b, By: by, Entry: e.Index})
		case *record.Lot:
			s := of(b.Contest)
			s.answers = append(s.answers, Answer{Question: ask(b.Question), Lot: b, By: by, Entry: e.Index})
		case *record.Result:
			s := of(b.Contest)
			s.result, s.entry = b, int64(e.Index)
		case *record.Correction:
			s := of(b.Result.Contest)
			if s.result == nil {
				return nil, fmt.Errorf("read headquarters' log, entry %d: %w", e.Index, errors.New("it corrects a result that is not there"))
			}
			s.chain = append(s.chain, Correction{Old: s.result, New: &b.Result, Article: b.Article, Text: b.Text, By: by, Entry: e.Index})
			s.result, s.entry = &b.Result, int64(e.Index)
		}
	}
	return out, nil
}
