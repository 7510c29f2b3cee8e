package site

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
)

// How much of a contest the front page shows; the rest has pages of its own.
const (
	homeContests   = 3
	homeCandidates = 40
	homeUnits      = 20
	homeSteps      = 40
	perPage        = 100
	matrixColumns  = 12 // candidates up to which units are shown with all totals
)

// contest is a contest with what the verified record says of it.
type contest struct {
	*election.Contest
	Counted    bool // the rest is only there if so
	Certified  bool
	Result     int64 // entry of the result, −1 if none
	Outcome    count.Outcome
	Canvass    *record.Canvass
	Units      []unit
	order      []int          // codes, by descending votes
	elected    map[string]int // place by id, from 1
	alternates map[string]int
}

// unit is an opened tally unit.
type unit struct {
	record.Unit
	Totals []uint64 // by candidate
	Blank  uint64
}

// readContests takes outcomes and units from the view. Nothing is taken from a
// record that is not verified.
func (s *site) readContests() {
	results := map[string]int64{}
	if s.cfg.Report.Status == report.Verified {
		results = s.results()
	}
	for i := range s.def.Contests {
		c := &contest{Contest: &s.def.Contests[i], Result: -1, elected: map[string]int{}, alternates: map[string]int{}}
		s.contests = append(s.contests, c)
		if s.cfg.Report.Status != report.Verified {
			continue
		}
		canvass, outcome, err := s.cfg.View.Canvass(c.ID)
		units, err2 := s.cfg.View.Units(c.ID)
		if err != nil || err2 != nil {
			continue // not counted yet
		}
		c.Counted, c.Canvass, c.Outcome = true, canvass, outcome
		if at, ok := results[c.ID]; ok {
			c.Result, c.Certified = at, true
		}
		for _, u := range units {
			counts, _, err := s.cfg.View.Opened(c.ID, u.ID)
			if err != nil || len(counts) < c.N() {
				continue // the canvass would not have been there
			}
			x := unit{Unit: u, Totals: counts[:c.N()]}
			for _, n := range counts[c.N():] {
				x.Blank += n
			}
			c.Units = append(c.Units, x)
		}
		c.order = c.Codes()
		slices.SortStableFunc(c.order, func(a, b int) int { return cmp.Compare(canvass.Votes[b-1], canvass.Votes[a-1]) })
		for i, id := range outcome.Elected {
			c.elected[id] = i + 1
		}
		for i, id := range outcome.Alternates {
			c.alternates[id] = i + 1
		}
	}
}

// results returns the entries of the results by contest.
func (s *site) results() map[string]int64 {
	out := map[string]int64{}
	l, err := s.open(record.HQ)
	if err != nil {
		return out
	}
	for e, err := range l.Entries(0, l.Size()) {
		if err != nil {
			return out
		}
		if d, err := record.Decode(e.Data); err == nil {
			switch r := d.Body.(type) {
			case *record.Result:
				out[r.Contest] = int64(e.Index)
			case *record.Correction: // it takes the place of the result
				out[r.Result.Contest] = int64(e.Index)
			}
		}
	}
	return out
}

// candidate is a row of the table of candidates.
type candidate struct {
	*election.Candidate
	List      *election.List
	Votes     uint64
	Ballots   uint64
	Elected   int // place, 0 if not
	Alternate int
	X, W      float64 // the bar, in percent of the ballots
}

// rows returns the candidates with the codes and their votes on the ballots.
func (c *contest) rows(l web.Lang, codes []int, votes []uint64, ballots uint64) []candidate {
	var out []candidate
	for _, code := range codes {
		x := &c.Candidates[code-1]
		r := candidate{Candidate: x, Votes: votes[code-1], Ballots: ballots, Elected: c.elected[x.ID], Alternate: c.alternates[x.ID]}
		r.List, _ = c.Contest.List(x.List)
		if ballots > 0 {
			r.W = 100 * float64(r.Votes) / float64(ballots)
		}
		if l == web.Persian { // bars grow from where lines begin
			r.X = 100 - r.W
		}
		out = append(out, r)
	}
	return out
}

// question is an open question in words.
type question struct {
	Words, Place, Article string
	Between               []*election.Candidate
}

// shown is a contest as a template shows it.
type shown struct {
	*contest
	Rows      []candidate
	Elected   []candidate
	Alternate []candidate
	Questions []question
	Steps     []string
	Part      []unit // of the units
	Matrix    bool
	MoreRows  int
	MoreUnits int
	MoreSteps int
	Path      string
}

// shown prepares a contest for the language of the call, with the candidates
// from, to of the order and the first of its units and steps.
func (c *call) shown(x *contest, from, to, units, steps int) shown {
	v := shown{contest: x, Path: "/contest/" + x.ID, Matrix: x.N() <= matrixColumns}
	if !x.Counted {
		return v
	}
	v.Rows = x.rows(c.lang, x.order[from:to], x.Canvass.Votes, x.Canvass.Ballots)
	v.MoreRows = x.N() - len(v.Rows)
	v.Elected = x.rows(c.lang, x.of(x.Outcome.Elected), x.Canvass.Votes, x.Canvass.Ballots)
	v.Alternate = x.rows(c.lang, x.of(x.Outcome.Alternates), x.Canvass.Votes, x.Canvass.Ballots)
	for _, q := range x.Outcome.Questions {
		y := question{Words: c.orOther("question.", q.Kind, q.Seats), Place: c.orOther("place.", q.Place), Article: q.Article}
		for _, code := range x.of(q.Between) {
			y.Between = append(y.Between, &x.Candidates[code-1])
		}
		v.Questions = append(v.Questions, y)
	}
	for _, s := range x.Outcome.Steps[:min(steps, len(x.Outcome.Steps))] {
		v.Steps = append(v.Steps, c.lang.Say(web.Text{web.Persian: s.Fa, web.English: s.En}))
	}
	v.MoreSteps = len(x.Outcome.Steps) - len(v.Steps)
	v.Part = x.Units[:min(units, len(x.Units))]
	v.MoreUnits = len(x.Units) - len(v.Part)
	return v
}

// orOther returns the words for a kind, or those for any that is not known here.
func (c *call) orOther(group, kind string, args ...any) string {
	if _, ok := c.pages.Text(group + kind); !ok {
		kind = "other"
	}
	return c.say(group+kind, args...)
}

// of returns the codes of the candidates with the ids.
func (c *contest) of(ids []string) []int {
	var out []int
	for _, id := range ids {
		if code, ok := c.Code(id); ok {
			out = append(out, code)
		}
	}
	return out
}

// branchNames returns the names of branches; one that is unknown has its id.
func (s *site) branchNames(ids []string) []branchName {
	var out []branchName
	for _, id := range ids {
		b := branchName{ID: id, Name: election.Name{Fa: id, En: id}}
		if d, ok := s.def.Branch(id); ok {
			b.Name = d.Name
		}
		out = append(out, b)
	}
	return out
}

type branchName struct {
	ID   string
	Name election.Name
}

// unitRow is a row of the table of units.
type unitRow struct {
	unit
	Branches []branchName
	Path     string
}

func (c *call) unitRows(path string, units []unit) []unitRow {
	var out []unitRow
	for _, u := range units {
		out = append(out, unitRow{unit: u, Branches: c.branchNames(u.Branches), Path: path + "/unit/" + u.ID})
	}
	return out
}

// unitTable is a table of units; its last row adds up all of them.
type unitTable struct {
	shown
	Table []unitRow
}

func (c *call) table(v shown) unitTable { return unitTable{v, c.unitRows(v.Path, v.Part)} }

// front is the body of the front page.
type front struct {
	Status   report.Status
	Phase    string
	Known    bool // there is a definition
	Day      string
	Election string
	Compared bool
	Contests []unitTable
	Others   []*contest // when there are too many for one page
	Finding  string
}

func (c *call) home() {
	r := c.cfg.Report
	f := front{Status: r.Status, Phase: c.phase(), Known: c.def != nil, Election: r.Election, Compared: r.Compared}
	title := c.say("home.state")
	if c.def != nil {
		f.Day = c.def.PollingDay
		if t, err := time.Parse(time.DateOnly, f.Day); err == nil {
			f.Day = calendar.DayOf(t.Date()).In(calendar.Lang(c.lang.Code()))
		}
		if r.Status == report.Verified && r.Phase == report.PhaseCertified {
			title = c.say("home.result")
		}
	}
	if r.Status == report.Refuted {
		title = c.say("home.refuted")
	}
	if _, finding, ok := r.First(); ok {
		f.Finding = finding.String()
	}
	if len(c.contests) <= homeContests {
		for _, x := range c.contests {
			f.Contests = append(f.Contests, c.table(c.shown(x, 0, min(homeCandidates, x.N()), homeUnits, homeSteps)))
		}
	} else {
		f.Others = c.contests[:min(len(c.contests), 500)]
	}
	c.show(http.StatusOK, "home", title, f)
}

// find returns the contest of the address, or answers that there is none.
func (c *call) find() (*contest, bool) {
	id := c.r.PathValue("contest")
	for _, x := range c.contests {
		if x.ID == id {
			return x, true
		}
	}
	c.fail(http.StatusNotFound, "error.contest")
	return nil, false
}

// contestPage is the body of a page about one contest.
type contestPage struct {
	unitTable
	Pager pager
}

func (c *call) contest() {
	x, ok := c.find()
	if !ok {
		return
	}
	p, ok := c.page(x.N(), perPage)
	if !ok {
		return
	}
	body := contestPage{Pager: p}
	body.unitTable = c.table(c.shown(x, p.From, p.To, homeUnits, 5000))
	body.MoreRows = 0 // the pager leads to them
	c.show(http.StatusOK, "contest", c.lang.Name(x.Name), body)
}

func (c *call) units() {
	x, ok := c.find()
	if !ok {
		return
	}
	p, ok := c.page(len(x.Units), perPage/2)
	if !ok {
		return
	}
	v := c.shown(x, 0, 0, 0, 0)
	v.Part, v.MoreUnits = x.Units[p.From:p.To], 0
	c.show(http.StatusOK, "units", c.say("units.title", x.Name), contestPage{c.table(v), p})
}

// unitPage is the body of the page of one unit.
type unitPage struct {
	unitRow
	Contest *contest
	Rows    []candidate
	Pager   pager
}

func (c *call) unit() {
	x, ok := c.find()
	if !ok {
		return
	}
	i := slices.IndexFunc(x.Units, func(u unit) bool { return u.ID == c.r.PathValue("unit") })
	if i < 0 {
		c.fail(http.StatusNotFound, "error.unit")
		return
	}
	p, ok := c.page(x.N(), perPage)
	if !ok {
		return
	}
	u := x.Units[i]
	order := x.Codes()
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(u.Totals[b-1], u.Totals[a-1]) })
	body := unitPage{unitRow: c.unitRows("/contest/"+x.ID, []unit{u})[0], Contest: x, Pager: p}
	body.Rows = x.rows(c.lang, order[p.From:p.To], u.Totals, u.Ballots)
	c.show(http.StatusOK, "unit", c.say("unit.title", u.ID), body)
}
