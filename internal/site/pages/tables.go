package pages

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/site/cdf"
	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/verify/report"
)

// table makes a file for programs.
func (s *Site) table(path, folder, id string) (frame.File, error) {
	missing := &fs.PathError{Op: "make table", Path: path, Err: fs.ErrNotExist}
	if folder == "asset" {
		data, err := s.Assets.Open(id)
		return frame.File{Path: path, Data: data}, err
	}
	name, ending, _ := strings.Cut(id, ".")
	var data []byte
	var fault error
	switch {
	case folder == "contest":
		c, ok := s.e.Contest(name)
		switch {
		case ok && ending == "csv":
			data, fault = contestCSV(c)
		case ok && ending == "json":
			data, fault = s.contestJSON(c)
		default:
			return frame.File{}, missing
		}
	case folder == "place":
		p, ok := s.e.Place(name)
		switch {
		case ok && ending == "err.json" && reports(p):
			data, fault = cdf.Report(s.e, p, reported(p))
		case ok && ending == "csv" && !leaf(p):
			data, fault = s.placeCSV(p)
		case ok && ending == "json" && !leaf(p):
			data, fault = s.placeJSON(p)
		default:
			return frame.File{}, missing
		}
	default:
		return frame.File{}, missing
	}
	return frame.File{Path: path, Data: data}, fault
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

// contestCSV has a row for each candidate in each opened unit, one for the blanks
// of each, and so for the sum, whose unit is "*".
func contestCSV(c *results.Contest) ([]byte, error) {
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

func (s *Site) contestJSON(c *results.Contest) ([]byte, error) {
	var o count.Outcome
	if c.Counted() {
		var err error
		if o, err = c.Count(); err != nil {
			return nil, fmt.Errorf("count contest %s: %w", c.ID, err)
		}
	}
	w := whoOf(c, o.Elected, o.Alternates, o.Runoff)
	d := contestData{Election: s.e.ID, Practice: s.Frame.Practice, Contest: c.ID, Name: c.Name, District: c.District, Seats: c.Seats,
		Verified: s.e.Report.Status == report.Verified && len(s.e.Report.Checks) > 0, Now: c.Moment(), History: c.History, Blank: c.Blank,
		Candidates: []candidateData{}, Groups: o.Groups, Units: []unitData{}, Questions: o.Questions, Steps: o.Steps, Corrections: []correctionData{}}
	if n := len(c.History); n == 0 {
		d.History = []results.Moment{}
	} else if s.e.Report.Status == report.Verified {
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
		r := candidateData{ID: x.ID, Name: x.Name, List: x.List, Elected: w.elected[x.ID], Alternate: w.alternate[x.ID], Runoff: w.runoff[x.ID]}
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
	return encode(d)
}

func encode(v any) ([]byte, error) {
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

func (s *Site) children(p *results.Place) []childRow {
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

func (s *Site) placeCSV(p *results.Place) ([]byte, error) {
	rows := [][]string{{"type", "id", "name_fa", "name_en", "status", "contests", "contests_counted", "contests_certified", "branches", "branches_closed", "electorate", "cast", "ballots_counted"}}
	for _, r := range s.children(p) {
		rows = append(rows, []string{r.Type, r.ID, plainText(r.Name.Fa), plainText(r.Name.En), r.Status, strconv.Itoa(r.Contests), strconv.Itoa(r.Counted), strconv.Itoa(r.Certified),
			strconv.Itoa(r.Branches), strconv.Itoa(r.Closed), number(r.Electorate), number(r.Cast), number(r.Ballots)})
	}
	return write(rows)
}

func (s *Site) placeJSON(p *results.Place) ([]byte, error) {
	return encode(struct {
		Election string        `json:"election"`
		Practice bool          `json:"practice"`
		Place    string        `json:"place"`
		Kind     string        `json:"kind"`
		Name     election.Name `json:"name"`
		Rows     []childRow    `json:"rows"`
	}{s.e.ID, s.Frame.Practice, p.ID, p.Kind, p.Name, s.children(p)})
}

// plain makes the files at the top that are no pages.
func (s *Site) plain(path string) (frame.File, error) {
	switch path {
	case "index.json":
		data, err := s.indexJSON()
		return frame.File{Path: path, Data: data}, err
	case "definition.json":
		if s.e.Definition != nil {
			data, err := encode(s.e.Definition)
			return frame.File{Path: path, Data: data}, err
		}
	case frame.LivePath:
		if s.Served {
			return frame.File{Path: path, Data: frame.LiveScript}, nil
		}
	default:
		files, err := web.AssetFiles()
		if err != nil {
			return frame.File{}, err
		}
		if data, ok := files[path]; ok {
			return frame.File{Path: path, Data: data}, nil
		}
	}
	return frame.File{}, &fs.PathError{Op: "make file", Path: path, Err: fs.ErrNotExist}
}

// indexJSON says where a program begins.
func (s *Site) indexJSON() ([]byte, error) {
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
	}{"sandogh-site-1", s.e.ID, s.Frame.Name, s.Frame.Practice, s.e.Report.Status, s.e.Report.Status == report.Verified && len(s.e.Report.Checks) > 0, s.e.Report.Phase,
		s.Record, s.Assets.Fingerprint(), childRow{}, []entry{}}
	sum := s.e.All()
	d.All = childRow{"election", s.e.ID, s.Frame.Name, sum.Contests, sum.Counted, sum.Certified, sum.Branches, sum.Closed, sum.Electorate, sum.Cast, 0, ""}
	for _, p := range s.e.Places {
		if p.Parent == nil {
			path := "/place/" + p.ID + ".json"
			if leaf(p) {
				path = "/contest/" + p.Contests[0].ID + ".json"
			}
			d.Top = append(d.Top, entry{p.ID, p.Kind, p.Name, path})
		}
	}
	return encode(d)
}

// maxFeed is how many moments a feed holds.
const maxFeed = 50

type feedItem struct {
	Title string `xml:"title"`
	Link  string `xml:"link"`
	GUID  struct {
		Permanent bool   `xml:"isPermaLink,attr"`
		ID        string `xml:",chardata"`
	} `xml:"guid"`
	Date string `xml:"pubDate"`
	Text string `xml:"description"`
}

// feed makes the RSS feed of a language.
func (s *Site) feed(l web.Lang) (frame.File, error) {
	type told struct {
		*results.Contest
		results.Moment
	}
	var all []told
	for _, c := range s.e.Contests {
		for _, m := range c.History {
			all = append(all, told{c, m})
		}
	}
	slices.SortStableFunc(all, func(a, b told) int { return b.At.Compare(a.At) })
	var doc struct {
		XMLName xml.Name `xml:"rss"`
		Version string   `xml:"version,attr"`
		Channel struct {
			Title    string     `xml:"title"`
			Link     string     `xml:"link"`
			Text     string     `xml:"description"`
			Language string     `xml:"language"`
			Items    []feedItem `xml:"item"`
		} `xml:"channel"`
	}
	doc.Version = "2.0"
	ch := &doc.Channel
	ch.Title, ch.Link, ch.Text, ch.Language = s.pages.Say(l, "feed.title", s.Frame.Name), s.Address+l.Prefix()+"/", s.pages.Say(l, "feed.about"), l.Code()
	for _, m := range all[:min(maxFeed, len(all))] {
		i := feedItem{Title: s.pages.Say(l, "feed.item", m.Contest.Name, s.standing(l, m.Moment)), Link: s.Address + l.Prefix() + contestPath(m.Contest),
			Date: m.At.Format(time.RFC1123Z), Text: s.pages.Say(l, "feed.ballots", m.Moment.Ballots)}
		i.GUID.ID = fmt.Sprintf("%s/%s/%s/%d", s.e.ID, m.Contest.ID, m.Moment.Kind, m.At.Unix())
		ch.Items = append(ch.Items, i)
	}
	b, err := xml.MarshalIndent(doc, "", " ")
	return frame.File{Path: frame.FilePath(l, "/feed.xml"), Data: append([]byte(xml.Header), append(b, '\n')...)}, err
}
