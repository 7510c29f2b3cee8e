package agents

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/typed"
)

// A Unit is a tally unit of the record.
type Unit struct {
	Contest  string
	ID       string
	Branches []string
	Opened   bool
	Votes    []uint64 // by candidate
	Blank    uint64   // selections left blank
}

// Blank names, in the place of a candidate, the selections that were left blank.
const Blank = "blank"

// Limits of a file. A country of 59,000 branches fits.
const (
	MaxBytes  = 64 << 20
	maxFaults = 100
)

// header is the first line of a file.
var header = []string{"branch", "contest", "candidate", "votes"}

// A Fault is what is wrong with a line of a file.
type Fault struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

func (f Fault) String() string { return fmt.Sprintf("line %d: %s", f.Line, f.Text) }

// An Outcome is what a comparison says of one row.
type Outcome string

// The outcomes. Lacking: the file says nothing for some branch of the unit. Closed:
// the record has not opened the unit.
const (
	Equal   Outcome = "equal"
	Differs Outcome = "differs"
	Lacking Outcome = "lacking"
	Closed  Outcome = "closed"
)

// A Row is one candidate of one unit.
type Row struct {
	Contest   string   `json:"contest"`
	Unit      string   `json:"unit"`
	Branches  []string `json:"branches"` // more than one were merged
	Candidate string   `json:"candidate"`
	Outcome   Outcome  `json:"outcome"`
	Agents    uint64   `json:"agents"` // the sum of what the file says
	Record    uint64   `json:"record"`
	Without   []string `json:"without,omitempty"` // branches of which the file says nothing
}

// Difference returns the agents' number less the record's.
func (r Row) Difference() int64 { return int64(r.Agents) - int64(r.Record) }

// A Comparison is what came of a file.
type Comparison struct {
	Rows   []Row   `json:"rows"` // those that differ first, then in the record's order
	Faults []Fault `json:"faults"`
	More   int     `json:"more"` // faults beyond those listed
}

// Count returns how many rows have the outcome.
func (c *Comparison) Count(o Outcome) int {
	n := 0
	for _, r := range c.Rows {
		if r.Outcome == o {
			n++
		}
	}
	return n
}

// key is a cell of the file.
type key struct{ branch, contest, candidate string }

// Compare compares a file with the units.
func Compare(file io.Reader, def *election.Definition, units []Unit) (*Comparison, error) {
	c := &Comparison{Rows: []Row{}, Faults: []Fault{}}
	stated, err := c.read(file, def)
	if err != nil {
		return nil, err
	}
	said := map[[2]string]bool{} // contest and branch
	for k := range stated {
		said[[2]string{k.contest, k.branch}] = true
	}
	for _, u := range units {
		contest, ok := def.Contest(u.Contest)
		if !ok || !slices.ContainsFunc(u.Branches, func(b string) bool { return said[[2]string{u.Contest, b}] }) {
			continue
		}
		candidates := make([]string, 0, len(contest.Candidates)+1)
		for _, x := range contest.Candidates {
			candidates = append(candidates, x.ID)
		}
		for i, candidate := range append(candidates, Blank) {
			r := Row{Contest: u.Contest, Unit: u.ID, Branches: u.Branches, Candidate: candidate, Outcome: Closed}
			for _, b := range u.Branches {
				n, ok := stated[key{b, u.Contest, candidate}]
				if !ok {
					r.Without = append(r.Without, b)
				}
				r.Agents += n
			}
			if candidate == Blank && len(r.Without) == len(u.Branches) {
				continue // agents need not count blanks
			}
			if u.Opened {
				if r.Record = u.Blank; i < len(u.Votes) {
					r.Record = u.Votes[i]
				}
				switch {
				case len(r.Without) > 0:
					r.Outcome = Lacking
				case r.Agents == r.Record:
					r.Outcome = Equal
				default:
					r.Outcome = Differs
				}
			}
			c.Rows = append(c.Rows, r)
		}
	}
	order := []Outcome{Differs, Lacking, Closed, Equal}
	slices.SortStableFunc(c.Rows, func(a, b Row) int {
		return cmp.Compare(slices.Index(order, a.Outcome), slices.Index(order, b.Outcome))
	})
	return c, nil
}

func (c *Comparison) fault(line int, format string, args ...any) {
	if len(c.Faults) == maxFaults {
		c.More++
		return
	}
	c.Faults = append(c.Faults, Fault{line, fmt.Sprintf(format, args...)})
}

// read reads the cells of a file whose lines are right.
func (c *Comparison) read(file io.Reader, def *election.Definition) (map[key]uint64, error) {
	limited := &io.LimitedReader{R: file, N: MaxBytes + 1}
	r := csv.NewReader(limited)
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	candidates := map[[2]string]bool{}
	for i := range def.Contests {
		for _, x := range def.Contests[i].Candidates {
			candidates[[2]string{def.Contests[i].ID, x.ID}] = true
		}
	}
	votes := map[[2]string]bool{} // a contest in which a branch votes
	for i := range def.Contests {
		for _, u := range def.Contests[i].Units {
			for _, b := range u.Branches {
				votes[[2]string{def.Contests[i].ID, b}] = true
			}
		}
	}
	stated, at := map[key]uint64{}, map[key]int{}
	for first := true; ; first = false {
		row, err := r.Read()
		if limited.N == 0 {
			return nil, fmt.Errorf("read agents' counts: the file has more than %d bytes", MaxBytes)
		}
		var parse *csv.ParseError
		switch {
		case errors.Is(err, io.EOF) && first:
			return nil, fmt.Errorf("read agents' counts: the file is empty: its first line is %s", strings.Join(header, ","))
		case errors.Is(err, io.EOF):
			return stated, nil
		case errors.As(err, &parse):
			c.fault(parse.Line, "%v: nothing after it was read", parse.Err)
			return stated, nil
		case err != nil:
			return nil, fmt.Errorf("read agents' counts: %w", err)
		}
		line, _ := r.FieldPos(0)
		for i := range row {
			row[i] = strings.Trim(row[i], " \t\u00a0\u200c\u200e\u200f")
		}
		if first {
			row[0] = strings.TrimPrefix(row[0], "\ufeff")
			if !slices.Equal(row, header) {
				return nil, fmt.Errorf("read agents' counts: line 1 is %.80q; it must be %s", strings.Join(row, ","), strings.Join(header, ","))
			}
			continue
		}
		if len(row) != len(header) {
			c.fault(line, "it has %d fields, not %d", len(row), len(header))
			continue
		}
		k := key{strings.Clone(row[0]), strings.Clone(row[1]), strings.Clone(row[2])}
		n, ok := typed.ParseNumber(row[3])
		switch _, known := def.Branch(k.branch); {
		case !known:
			c.fault(line, "the election has no branch %.40q", k.branch)
		case !votes[[2]string{k.contest, k.branch}]:
			c.fault(line, "branch %.40q does not vote in a contest %.40q", k.branch, k.contest)
		case k.candidate != Blank && !candidates[[2]string{k.contest, k.candidate}]:
			c.fault(line, "contest %.40q has no candidate %.40q; selections left blank are called %s", k.contest, k.candidate, Blank)
		case !ok || n > 1<<32:
			c.fault(line, "%.40q is not a number of votes", row[3])
		case at[k] > 0:
			c.fault(line, "says again what line %d says", at[k])
		default:
			stated[k], at[k] = n, line
		}
	}
}
