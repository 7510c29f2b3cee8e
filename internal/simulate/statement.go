package simulate

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// A Statement is an official statement of votes in one contest, by precinct.
type Statement struct {
	Seats      int
	Candidates []string
	Precincts  []Precinct
}

// A Precinct is one precinct of a statement.
type Precinct struct {
	Code       string // as in the file
	ID         string // the code with other characters than letters and digits as "-"
	Electorate int
	Ballots    int
	Votes      []int // by candidate
	Undervotes int
	Overvotes  int // ballots with too many marks in the contest: blank here
}

// maxBallots is how many voters two devices serve in a branch.
const maxBallots = 70_000

// header is the first line of the file.
var header = []string{"precinct", "active_voters", "ballots", "candidate", "votes", "undervotes", "overvotes"}

// Faults are the faults of a file, each with its line.
type Faults []string

func (f Faults) Error() string { return strings.Join(f, "\n") }

// ReadStatement reads the CSV of a contest with the number of seats, which is
// also what each voter may choose. name is used in errors.
func ReadStatement(r io.Reader, name string, seats int) (*Statement, error) {
	if seats < 1 {
		return nil, fmt.Errorf("read %s: %d seats: give the number of seats with --seats", name, seats)
	}
	c := csv.NewReader(r)
	c.FieldsPerRecord = -1
	s := &Statement{Seats: seats}
	var faults Faults
	fault := func(line int, format string, args ...any) {
		if len(faults) < 100 {
			faults = append(faults, fmt.Sprintf("%s:%d: %s", name, line, fmt.Sprintf(format, args...)))
		}
	}
	candidates, precincts := map[string]int{}, map[string]int{}
	type cell struct{ precinct, candidate int }
	seen := map[cell]bool{}
	for first := true; ; first = false {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			if first {
				return nil, fmt.Errorf("read %s: the file is empty: it starts with the line %s", name, strings.Join(header, ","))
			}
			break
		}
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			fault(parse.Line, "%v", parse.Err)
			break // what follows a broken quote means nothing
		} else if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		line, _ := c.FieldPos(0) // only a row that was read has positions
		if first {
			row[0] = strings.TrimPrefix(row[0], "\ufeff")
			if !slices.Equal(row, header) {
				return nil, fmt.Errorf("%s:1: the first line is %q; it must be %q", name, strings.Join(row, ","), strings.Join(header, ","))
			}
			continue
		}
		if len(row) != len(header) {
			fault(line, "%d fields, there must be %d", len(row), len(header))
			continue
		}
		var n [7]int
		good := true
		for _, i := range []int{1, 2, 4, 5, 6} {
			v, err := strconv.Atoi(row[i])
			if err != nil || v < 0 || v > 1<<30 || strconv.Itoa(v) != row[i] {
				fault(line, "%s: %q is not a whole number", header[i], row[i])
				good = false
			}
			n[i] = v
		}
		if row[0] == "" || row[3] == "" {
			fault(line, "precinct and candidate must not be empty")
			good = false
		}
		if !good {
			continue
		}
		if _, ok := candidates[row[3]]; !ok {
			candidates[row[3]] = len(s.Candidates)
			s.Candidates = append(s.Candidates, row[3])
		}
		i, ok := precincts[row[0]]
		if !ok {
			i = len(s.Precincts)
			precincts[row[0]] = i
			s.Precincts = append(s.Precincts, Precinct{Code: row[0], ID: branchID(row[0]), Electorate: n[1], Ballots: n[2], Undervotes: n[5], Overvotes: n[6]})
			for _, p := range s.Precincts[:i] {
				if p.ID == branchID(row[0]) {
					fault(line, "precincts %q and %q have the same id %q", p.Code, row[0], p.ID)
				}
			}
		}
		p := &s.Precincts[i]
		if p.Electorate != n[1] || p.Ballots != n[2] || p.Undervotes != n[5] || p.Overvotes != n[6] {
			fault(line, "precinct %s: active_voters, ballots, undervotes or overvotes differ from its first line", row[0])
		}
		at := cell{i, candidates[row[3]]}
		if seen[at] {
			fault(line, "precinct %s has candidate %s twice", row[0], row[3])
			continue
		}
		seen[at] = true
		for len(p.Votes) <= at.candidate {
			p.Votes = append(p.Votes, 0)
		}
		p.Votes[at.candidate] = n[4]
	}
	for i := range s.Precincts {
		p := &s.Precincts[i]
		for len(p.Votes) < len(s.Candidates) {
			p.Votes = append(p.Votes, 0)
		}
		for j, c := range s.Candidates {
			if !seen[cell{i, j}] {
				faults = append(faults, fmt.Sprintf("%s: precinct %s has no line for candidate %s", name, p.Code, c))
			}
		}
		if p.Ballots > maxBallots {
			faults = append(faults, fmt.Sprintf("%s: precinct %s: %d ballots, a branch of the demo serves at most %d", name, p.Code, p.Ballots, maxBallots))
			continue
		}
		if text := p.check(seats); text != "" {
			faults = append(faults, fmt.Sprintf("%s: precinct %s: %s", name, p.Code, text))
		}
		if len(p.ID) > 32 {
			faults = append(faults, fmt.Sprintf("%s: precinct %s: a code has at most 32 letters and digits", name, p.Code))
		}
	}
	if len(s.Precincts) == 0 && len(faults) == 0 {
		faults = append(faults, name+": no precinct")
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return s, nil
}

// check returns what contradicts itself in a precinct: there must be ballots
// that have exactly its numbers.
func (p *Precinct) check(seats int) string {
	sum := 0
	for _, v := range p.Votes {
		sum += v
		if v > p.Ballots-p.Overvotes {
			return fmt.Sprintf("a candidate has %d votes on %d ballots", v, p.Ballots-p.Overvotes)
		}
	}
	if got, want := sum+p.Undervotes+seats*p.Overvotes, seats*p.Ballots; got != want {
		return fmt.Sprintf("votes + undervotes + %d·overvotes = %d, but %d·ballots = %d: check the number of seats", seats, got, seats, want)
	}
	return ""
}

// branchID turns a precinct's code into a branch's id: each run of other
// characters than letters and digits becomes one hyphen.
func branchID(code string) string {
	var b strings.Builder
	hyphen := false
	for _, r := range code {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			b.WriteRune(r)
			hyphen = false
		case !hyphen:
			b.WriteByte('-')
			hyphen = true
		}
	}
	return b.String()
}

// ballots returns the selections of the precinct's voters as codes 1..n: as
// many ballots, votes of each candidate, undervotes and overvotes (as blank
// ballots) as the statement has.
func (p *Precinct) ballots(rng *rng, seats int) [][]int {
	good := p.Ballots - p.Overvotes
	out := make([][]int, p.Ballots)
	// Dealing the votes of one candidate after the other to the ballots in turn
	// gives no ballot a candidate twice, and none more than the limit, because
	// the loads differ by one at most and their sum is at most seats·good.
	next := 0
	for c, v := range p.Votes {
		for range v {
			out[next] = append(out[next], c+1)
			next = (next + 1) % good
		}
	}
	// Exchanges that keep every ballot valid take the pattern out.
	for range 4 * good {
		a, b := rng.IntN(good), rng.IntN(good)
		if len(out[a]) == 0 {
			continue
		}
		i := rng.IntN(len(out[a]))
		x := out[a][i]
		if slices.Contains(out[b], x) {
			continue
		}
		if len(out[b]) < seats && rng.IntN(2) == 0 {
			out[a] = slices.Delete(out[a], i, i+1)
			out[b] = append(out[b], x)
		} else if len(out[b]) > 0 {
			j := rng.IntN(len(out[b]))
			if y := out[b][j]; !slices.Contains(out[a], y) {
				out[a][i], out[b][j] = y, x
			}
		}
	}
	for _, b := range out {
		slices.Sort(b)
	}
	rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
