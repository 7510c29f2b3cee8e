package tables

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/verify/report"
)

// A Site is what is written about.
type Site struct {
	Election *results.Election
	Name     election.Name
	Practice bool
	Record   string // address of the record, or empty
	Assets   string // fingerprint of what is in no record, or empty
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }

func write(rows [][]string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(rows); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// plainText keeps a name from being taken for a formula by a spreadsheet.
func plainText(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// ContestCSV has a row for each candidate in each opened unit, one for the blanks
// of each, and so for the sum, whose unit is "*".
func ContestCSV(c *results.Contest) ([]byte, error) {
	rows := [][]string{{"contest", "status", "branches_counted", "branches", "unit", "unit_branches", "unit_ballots", "candidate", "name_fa", "name_en", "list", "votes"}}
	m := c.Moment()
	add := func(unit string, branches []*results.Branch, ballots uint64, votes []uint64, blank uint64) {
		var ids []string
		for _, b := range branches {
			ids = append(ids, b.ID)
		}
		head := []string{c.ID, string(m.Kind), strconv.Itoa(m.Done), strconv.Itoa(m.Of), unit, strings.Join(ids, " "), number(ballots)}
		for i, x := range c.Candidates {
			rows = append(rows, append(slices.Clip(head), x.ID, plainText(x.Name.Fa), plainText(x.Name.En), x.List, number(votes[i])))
		}
		rows = append(rows, append(slices.Clip(head), "", "", "", "blank", number(blank)))
	}
	if c.Kind != results.Waiting {
		for _, u := range c.Units {
			if u.Opened {
				add(u.ID, u.Branches, u.Ballots, u.Votes, u.Blank)
			}
		}
		add("*", nil, c.Ballots, c.Votes, c.Blank)
	}
	return write(rows)
}

// contestData is the JSON of a contest.
type contestData struct {
	Election    string           `json:"election"`
	Practice    bool             `json:"practice"`
	Contest     string           `json:"contest"`
	Name        election.Name    `json:"name"`
	District    string           `json:"district"`
	Seats       int              `json:"seats"`
	Verified    bool             `json:"verified"`
	Now         results.Moment   `json:"now"`
	History     []results.Moment `json:"history"`
	Blank       uint64           `json:"blank"`
	Candidates  []candidateData  `json:"candidates"`
	Groups      []count.Group    `json:"groups"`
	Units       []unitData       `json:"units"`
	Questions   []count.Question `json:"questions"`
	Steps       []count.Step     `json:"steps"`
	Corrections []correctionData `json:"corrections"`
}

type candidateData struct {
	ID        string        `json:"id"`
	Name      election.Name `json:"name"`
	List      string        `json:"list,omitempty"`
	Votes     *uint64       `json:"votes,omitempty"`
	Elected   bool          `json:"elected,omitempty"`
	Alternate int           `json:"alternate,omitempty"`
	Runoff    bool          `json:"runoff,omitempty"`
}

type unitData struct {
	ID       string   `json:"id"`
	Branches []string `json:"branches"`
	Opened   bool     `json:"opened"`
	Ballots  uint64   `json:"ballots,omitempty"`
	Votes    []uint64 `json:"votes,omitempty"`
	Blank    uint64   `json:"blank,omitempty"`
}

type correctionData struct {
	Old     []string `json:"old"`
	New     []string `json:"new"`
	Article string   `json:"article"`
	Text    string   `json:"text"`
	By      []string `json:"by"`
	Entry   uint64   `json:"entry"`
}

// ContestJSON has all that is told of a contest.
func (s *Site) ContestJSON(c *results.Contest) ([]byte, error) {
	var o count.Outcome
	if c.Counted() {
		var err error
		if o, err = c.Count(); err != nil {
			return nil, fmt.Errorf("count contest %s: %w", c.ID, err)
		}
	}
	w := c.Who(o)
	d := contestData{Election: s.Election.ID, Practice: s.Practice, Contest: c.ID, Name: c.Name, District: c.District, Seats: c.Seats,
		Verified: s.Election.Report.Status == report.Verified && len(s.Election.Report.Checks) > 0, Now: c.Moment(), History: c.History, Blank: c.Blank,
		Candidates: []candidateData{}, Groups: o.Groups, Units: []unitData{}, Questions: o.Questions, Steps: o.Steps, Corrections: []correctionData{}}
	if n := len(c.History); n == 0 {
		d.History = []results.Moment{}
	} else if s.Election.Report.Status == report.Verified {
		d.Now = c.History[n-1]
	}
	if d.Groups == nil {
		d.Groups = []count.Group{}
	}
	if d.Questions == nil {
		d.Questions, d.Steps = []count.Question{}, []count.Step{}
	}
	for i := range c.Candidates {
		x := &c.Candidates[i]
		r := candidateData{ID: x.ID, Name: x.Name, List: x.List, Elected: w.Elected[x.ID], Alternate: w.Alternate[x.ID], Runoff: w.Runoff[x.ID]}
		if c.Kind != results.Waiting {
			r.Votes = &c.Votes[i]
		}
		d.Candidates = append(d.Candidates, r)
	}
	for _, u := range c.Units {
		r := unitData{ID: u.ID, Opened: u.Opened, Branches: []string{}, Votes: u.Votes, Blank: u.Blank}
		if u.Opened {
			r.Ballots = u.Ballots
		}
		for _, b := range u.Branches {
			r.Branches = append(r.Branches, b.ID)
		}
		d.Units = append(d.Units, r)
	}
	for _, x := range c.Chain {
		d.Corrections = append(d.Corrections, correctionData{x.Old.Elected, x.New.Elected, x.Article, x.Text, x.By, x.Entry})
	}
	return Encode(d)
}

// Encode writes a value as one line of JSON.
func Encode(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	return append(b, '\n'), err
}

// ReadHistory returns the moments in the JSON of a contest as this package writes
// it. Of anything else there are none.
func ReadHistory(data []byte) []results.Moment {
	var d struct {
		History []results.Moment `json:"history"`
	}
	if json.Unmarshal(data, &d) != nil {
		return nil
	}
	return d.History
}

// childRow is a row of the table of a place: of a place in it or of a contest.
type childRow struct {
	Type       string        `json:"type"` // place or contest
	ID         string        `json:"id"`
	Name       election.Name `json:"name"`
	Contests   int           `json:"contests"`
	Counted    int           `json:"contests_counted"`
	Certified  int           `json:"contests_certified"`
	Branches   int           `json:"branches"`
	Closed     int           `json:"branches_closed"`
	Electorate uint64        `json:"electorate"` // of the closed branches
	Cast       uint64        `json:"cast"`
	Ballots    uint64        `json:"ballots_counted"`
	Status     string        `json:"status"`
}

func children(p *results.Place) []childRow {
	out := []childRow{}
	status := func(sum results.Sum) string {
		switch {
		case sum.Started == 0:
			return string(results.Waiting)
		case sum.Certified == sum.Contests:
			return string(results.Certified)
		case sum.Counted == sum.Contests:
			return string(results.Complete)
		}
		return string(results.Partial)
	}
	for _, x := range p.Children {
		out = append(out, childRow{"place", x.ID, x.Name, x.Sum.Contests, x.Sum.Counted, x.Sum.Certified, x.Sum.Branches, x.Sum.Closed, x.Sum.Electorate, x.Sum.Cast, 0, status(x.Sum)})
	}
	for _, c := range p.Contests {
		r := childRow{Type: "contest", ID: c.ID, Name: c.Name, Contests: 1, Branches: len(c.Branches), Ballots: c.Ballots, Status: string(c.Kind)}
		if c.Counted() {
			r.Counted = 1
		}
		if c.Settled() {
			r.Certified = 1
		}
		for _, b := range c.Branches {
			if b.Closed {
				r.Closed++
				r.Electorate += uint64(b.Electorate)
				r.Cast += b.Counts.Cast
			}
		}
		out = append(out, r)
	}
	return out
}

// PlaceCSV has a row for each place and each contest in a place.
func PlaceCSV(p *results.Place) ([]byte, error) {
	rows := [][]string{{"type", "id", "name_fa", "name_en", "status", "contests", "contests_counted", "contests_certified", "branches", "branches_closed", "electorate", "cast", "ballots_counted"}}
	for _, r := range children(p) {
		rows = append(rows, []string{r.Type, r.ID, plainText(r.Name.Fa), plainText(r.Name.En), r.Status, strconv.Itoa(r.Contests), strconv.Itoa(r.Counted), strconv.Itoa(r.Certified),
			strconv.Itoa(r.Branches), strconv.Itoa(r.Closed), number(r.Electorate), number(r.Cast), number(r.Ballots)})
	}
	return write(rows)
}

// PlaceJSON has the same as PlaceCSV.
func (s *Site) PlaceJSON(p *results.Place) ([]byte, error) {
	return Encode(struct {
		Election string        `json:"election"`
		Practice bool          `json:"practice"`
		Place    string        `json:"place"`
		Kind     string        `json:"kind"`
		Name     election.Name `json:"name"`
		Rows     []childRow    `json:"rows"`
	}{s.Election.ID, s.Practice, p.ID, p.Kind, p.Name, children(p)})
}

// IndexJSON says where a program begins.
func (s *Site) IndexJSON() ([]byte, error) {
	type entry struct {
		ID   string        `json:"id"`
		Kind string        `json:"kind"`
		Name election.Name `json:"name"`
		JSON string        `json:"json"`
	}
	d := struct {
		Format   string        `json:"format"`
		Election string        `json:"election"`
		Name     election.Name `json:"name"`
		Practice bool          `json:"practice"`
		Status   report.Status `json:"status"`
		Verified bool          `json:"verified"`
		Phase    report.Phase  `json:"phase"`
		Record   string        `json:"record,omitempty"`
		Assets   string        `json:"assets,omitempty"` // hash of the list
		All      childRow      `json:"all"`
		Top      []entry       `json:"top"`
	}{"sandogh-site-1", s.Election.ID, s.Name, s.Practice, s.Election.Report.Status, s.Election.Report.Status == report.Verified && len(s.Election.Report.Checks) > 0, s.Election.Report.Phase,
		s.Record, s.Assets, childRow{}, []entry{}}
	sum := s.Election.All()
	d.All = childRow{"election", s.Election.ID, s.Name, sum.Contests, sum.Counted, sum.Certified, sum.Branches, sum.Closed, sum.Electorate, sum.Cast, 0, ""}
	for _, p := range s.Election.Places {
		if p.Parent == nil {
			path := "/place/" + p.ID + ".json"
			if p.Leaf() {
				path = "/contest/" + p.Contests[0].ID + ".json"
			}
			d.Top = append(d.Top, entry{p.ID, p.Kind, p.Name, path})
		}
	}
	return Encode(d)
}
