package pages

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/site/layout"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/verify/report"
)

// A label says how far the numbers beside it have come.
type label struct {
	Kind  string // of its colour and sign: good, open, wait or bad
	Words string
	Since string // when it came to this
	Diff  string // what was before
}

var labelKinds = map[results.Kind]string{results.Waiting: "wait", results.Partial: "open", results.Complete: "open", results.Asked: "open",
	results.Certified: "good", results.Corrected: "bad"}

// silent returns the label that stands for all numbers of a record that is not
// verified.
func (s *Site) silent(l web.Lang) (label, bool) {
	switch s.e.Report.Status {
	case report.Verified:
		return label{}, false
	case report.Refuted:
		return label{Kind: "bad", Words: s.pages.Say(l, "standing.refuted")}, true
	}
	return label{Kind: "open", Words: s.pages.Say(l, "standing.unknown")}, true
}

func (s *Site) label(l web.Lang, c *results.Contest) label {
	if x, ok := s.silent(l); ok {
		return x
	}
	x := label{Kind: labelKinds[c.Kind], Words: s.standing(l, c.Moment())}
	if n := len(c.History); n > 0 {
		now := c.History[n-1]
		x.Since = s.pages.Say(l, "standing.since", clock(l, now.At))
		if n > 1 {
			before := c.History[n-2]
			x.Diff = s.pages.Say(l, "standing.diff", s.standing(l, before), before.Ballots, signed(l, now.Ballots, before.Ballots))
		}
	}
	return x
}

func (s *Site) standing(l web.Lang, m results.Moment) string {
	return s.pages.Say(l, "standing."+string(m.Kind), m.Done, m.Of)
}

// signed writes a difference with its sign.
func signed(l web.Lang, now, before uint64) string {
	d := int64(now) - int64(before)
	if d < 0 {
		return l.Number(d)
	}
	return "+" + l.Number(d)
}

// tehran is the time of the country: no summer time since 1401.
var tehran = time.FixedZone("Asia/Tehran", 3*3600+1800)

// clock writes a moment for people.
func clock(l web.Lang, t time.Time) string {
	t = t.In(tehran)
	comma := [...]string{"، ", ", "}[l]
	return calendar.DayOf(t.Date()).In(calendar.Lang(l.Code())) + comma + l.Digits(t.Format("15:04"))
}

func (s *Site) placeLabel(l web.Lang, sum results.Sum) label {
	if x, ok := s.silent(l); ok {
		return x
	}
	switch {
	case sum.Contests == 0 || sum.Started == 0:
		return label{Kind: "wait", Words: s.pages.Say(l, "standing.waiting")}
	case sum.Certified == sum.Contests:
		return label{Kind: "good", Words: s.pages.Say(l, "standing.place.certified")}
	case sum.Counted == sum.Contests:
		return label{Kind: "open", Words: s.pages.Say(l, "standing.place.complete")}
	}
	return label{Kind: "open", Words: s.pages.Say(l, "standing.place.partial", sum.Counted, sum.Contests)}
}

// A link leads to another page.
type link struct {
	Path string
	Name election.Name
}

func crumbs(p *results.Place) []link {
	var out []link
	for _, x := range p.Up() {
		if !x.Leaf() {
			out = append(out, link{layout.Place(x), x.Name})
		}
	}
	return out
}

// A figure is a number that stands out.
type figure struct{ Word, Value, Note string }

func (s *Site) figures(l web.Lang, sum results.Sum) []figure {
	n := func(n int) string { return l.Number(int64(n)) }
	out := []figure{
		{s.pages.Say(l, "figure.contests"), n(sum.Counted), s.pages.Say(l, "figure.of", sum.Contests)},
		{s.pages.Say(l, "figure.certified"), n(sum.Certified), s.pages.Say(l, "figure.of", sum.Contests)},
		{s.pages.Say(l, "figure.closed"), n(sum.Closed), s.pages.Say(l, "figure.of", sum.Branches)},
	}
	if sum.Closed == 0 {
		return append(out, figure{s.pages.Say(l, "figure.turnout"), "–", s.pages.Say(l, "figure.none")})
	}
	return append(out, figure{s.pages.Say(l, "figure.cast"), l.Number(int64(sum.Cast)), ""},
		figure{s.pages.Say(l, "figure.turnout"), l.Percent(sum.Cast, sum.Electorate), s.pages.Say(l, "figure.of-closed", sum.Electorate)})
}

// A row is a candidate in a table.
type row struct {
	Name      election.Name
	List      election.Name
	Photo     string
	Votes     uint64
	Ballots   uint64
	Badge     string
	Good      bool // the badge is of one who is elected for certain
	Alternate int
	In        bool    // the bar is of one who is elected
	X, W      float64 // the bar, in percent of the ballots
}

// order returns the codes of the candidates by descending votes; before the count
// as on the ballot.
func order(c *results.Contest, votes []uint64) []int {
	out := c.Codes()
	if c.Kind != results.Waiting {
		slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(votes[b-1], votes[a-1]) })
	}
	return out
}

func (s *Site) rows(l web.Lang, c *results.Contest, w results.Who, codes []int, votes []uint64, ballots uint64) []row {
	out := make([]row, 0, len(codes))
	for _, code := range codes {
		x := &c.Candidates[code-1]
		r := row{Name: x.Name, Votes: votes[code-1], Ballots: ballots, Alternate: w.Alternate[x.ID], In: w.Elected[x.ID], Good: c.Settled()}
		if list, ok := c.List(x.List); ok {
			r.List = list.Name
		}
		if p := s.Assets.Photo(x.Photo); x.Photo != "" && p != "" {
			r.Photo = "/asset/" + p
		}
		switch {
		case r.In && r.Good:
			r.Badge = s.pages.Say(l, "badge.elected")
		case r.In:
			r.Badge = s.pages.Say(l, "badge.first")
		case w.Runoff[x.ID]:
			r.Badge = s.pages.Say(l, "badge.runoff")
		}
		if ballots > 0 {
			r.W = min(100, 100*float64(r.Votes)/float64(ballots))
		}
		if l == web.Persian { // bars grow from where lines begin
			r.X = 100 - r.W
		}
		out = append(out, r)
	}
	return out
}

// codes returns the codes of the candidates with the ids.
func codes(c *results.Contest, ids []string) []int {
	var out []int
	for _, id := range ids {
		if code, ok := c.Code(id); ok {
			out = append(out, code)
		}
	}
	return out
}

// A pager is a place in a list of several pages.
type pager struct {
	Page, Pages    int
	Previous, Next string // without the language
}

func pageOf(n, of int, path func(int) string) pager {
	p := pager{Page: n, Pages: of}
	if n > 1 {
		p.Previous = path(n - 1)
	}
	if n < of {
		p.Next = path(n + 1)
	}
	return p
}

// A hour is a row of turnout.
type hour struct {
	Until  string
	Voters uint64
	Of     uint64
}

// get is where a page's numbers are to be had.
type get struct{ CSV, JSON, ERR, Widget, Snippet string }

// signers names those who signed an entry: offices by their names.
func (s *Site) signers(l web.Lang, by []string) string {
	var names []string
	for _, b := range by {
		id, ok := strings.CutPrefix(b, "office/")
		if o, known := s.e.Definition.Office(id); ok && known {
			names = append(names, l.Name(o.Name))
		} else {
			names = append(names, b)
		}
	}
	return l.And(names)
}

func (s *Site) named(c *results.Contest, ids []string) []election.Name {
	var out []election.Name
	for _, id := range ids {
		if code, ok := c.Code(id); ok {
			out = append(out, c.Candidates[code-1].Name)
		} else if list, ok := c.List(id); ok {
			out = append(out, list.Name)
		} else {
			out = append(out, election.Name{Fa: id, En: id})
		}
	}
	return out
}
