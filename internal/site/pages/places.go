package pages

import (
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/console/drawing"
	"github.com/sandogh/sandogh/internal/planner/iran"
	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/site/layout"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/verify/report"
)

// A placeRow is a place in a table.
type placeRow struct {
	Path  string
	Name  election.Name
	Label label
	Sum   results.Sum
}

// A contestRow is a contest in a table.
type contestRow struct {
	Path    string
	Name    election.Name
	Label   label
	Leading []row
	Ballots uint64
	Counted bool
}

// within is the body of a page about a place, and of the front page.
type within struct {
	Name     election.Name
	Up       []link
	Label    label
	Figures  []figure
	Map      template.HTML
	Places   []placeRow
	Contests []contestRow
	Get      get
}

// front is the body of the front page.
type front struct {
	within
	Status    report.Status
	Known     bool
	Withheld  bool
	Finding   string
	Missing   []link
	Day       string
	Phase     string
	Election  string
	Compared  bool
	Whole     []contestBody // contests, when they are few
	Simulated bool
	Report    string // of all contests, or empty
	Practice  string // address of a terminal, until voting is over
}

func (s *Site) placeRows(l web.Lang, all []*results.Place) []placeRow {
	var out []placeRow
	for _, p := range all {
		r := placeRow{layout.Place(p), p.Name, s.placeLabel(l, p.Sum), p.Sum}
		if p.Leaf() {
			r.Label = s.label(l, p.Contests[0])
			r.Label.Since, r.Label.Diff = "", ""
		}
		out = append(out, r)
	}
	return out
}

func (s *Site) contestRows(l web.Lang, all []*results.Contest) []contestRow {
	var out []contestRow
	for _, c := range all {
		r := contestRow{Path: layout.Contest(c), Name: c.Name, Label: s.label(l, c), Ballots: c.Ballots, Counted: c.Kind != results.Waiting}
		r.Label.Diff = ""
		if r.Counted {
			r.Leading = s.rows(l, c, results.Who{}, order(c, c.Votes)[:min(3, c.N())], c.Votes, c.Ballots)
		}
		out = append(out, r)
	}
	return out
}

// provinces draws those of the places that are provinces.
func (s *Site) provinces(l web.Lang, all []*results.Place) template.HTML {
	var tiles []drawing.Tile
	for _, p := range all {
		if p.Kind != election.Province {
			continue
		}
		label := s.placeLabel(l, p.Sum)
		share := "–"
		if p.Sum.Contests > 0 {
			share = l.Digits(strconv.Itoa(p.Sum.Counted*100/p.Sum.Contests)) + [...]string{"٪", "%"}[l]
		}
		shown := l.Name(p.Name)
		if l == web.Persian {
			shown = strings.TrimPrefix(shown, "استان ")
		}
		tiles = append(tiles, drawing.Tile{Name: p.Name.String(), Shown: shown, State: label.Kind, Value: share,
			More: s.pages.Say(l, "map.tile", p.Sum.Counted, p.Sum.Contests), Link: l.Prefix() + layout.Place(p)})
	}
	found := slices.ContainsFunc(tiles, func(t drawing.Tile) bool { _, ok := iran.Find(t.Name); return ok })
	if !found {
		return ""
	}
	return drawing.Map(s.pages.Say(l, "map.label"), tiles)
}

func (s *Site) within(l web.Lang, name election.Name, sum results.Sum, children []*results.Place, contests []*results.Contest) within {
	return within{Name: name, Label: s.placeLabel(l, sum), Figures: s.figures(l, sum), Map: s.provinces(l, children),
		Places: s.placeRows(l, children), Contests: s.contestRows(l, contests)}
}

func (s *Site) place(l web.Lang, p *results.Place) (frame.File, error) {
	body := s.within(l, p.Name, p.Sum, p.Children, p.Contests)
	body.Up = crumbs(p.Parent)
	body.Get = get{CSV: "/place/" + p.ID + ".csv", JSON: "/place/" + p.ID + ".json"}
	if p.Reports() {
		body.Get.ERR = "/place/" + p.ID + ".err.json"
	}
	return s.page(l, "place", layout.Place(p), l.Name(p.Name), body)
}

// tops returns what the front page lists: what lies in the one place that holds
// all others, or the places that lie in none.
func (s *Site) tops() (top *results.Place, children []*results.Place, contests []*results.Contest) {
	for _, p := range s.e.Places {
		if p.Parent == nil {
			children = append(children, p)
		}
	}
	if len(children) == 1 && !children[0].Leaf() {
		top = children[0]
		return top, top.Children, top.Contests
	}
	return nil, children, nil
}

func (s *Site) front(l web.Lang, _ string) (frame.File, error) {
	r, d := s.e.Report, s.e.Definition
	body := front{Status: r.Status, Known: d != nil, Withheld: s.e.Withheld, Phase: s.phase(l), Election: r.Election, Compared: r.Compared,
		Simulated: s.Frame.Invented}
	if _, finding, ok := r.First(); ok {
		body.Finding = finding.String()
	}
	switch r.Phase {
	case report.PhaseDefined, report.PhaseCeremony, report.PhaseReady, report.PhaseVoting:
		body.Practice = s.Practice
	}
	for _, b := range s.e.Missing() {
		body.Missing = append(body.Missing, link{layout.Branch(b), b.Name})
	}
	title := s.pages.Say(l, "home.state")
	if d != nil {
		body.Day = day(l, d.PollingDay)
		top, children, contests := s.tops()
		body.within = s.within(l, d.Name, s.e.All(), children, contests)
		if top != nil {
			body.Get = get{CSV: "/place/" + top.ID + ".csv", JSON: "/place/" + top.ID + ".json"}
		}
		for _, name := range s.streams {
			body.Report = "/" + name
		}
		if len(s.e.Contests) <= onFront {
			body.Contests = nil
			for _, c := range s.e.Contests {
				x, err := s.contestBody(l, c, 1)
				if err != nil {
					return frame.File{}, err
				}
				x.Rows, x.Pager = x.Rows[:min(onFrontRows, len(x.Rows))], pager{}
				x.MoreSteps += len(x.Steps) - min(onFrontRows, len(x.Steps))
				x.Steps = x.Steps[:min(onFrontRows, len(x.Steps))]
				body.Whole = append(body.Whole, x)
			}
		}
		if r.Status == report.Verified && r.Phase == report.PhaseCertified {
			title = s.pages.Say(l, "home.result")
		}
	}
	if r.Status == report.Refuted {
		title = s.pages.Say(l, "home.refuted")
	}
	return s.page(l, "home", "/", title, body)
}

// phase is how far the election has come, or is claimed to have come.
func (s *Site) phase(l web.Lang) string {
	word := s.pages.Say(l, "phase."+string(s.e.Report.Phase))
	if s.e.Report.Status == report.Refuted {
		return s.pages.Say(l, "phase.claimed", word)
	}
	return word
}

// parseDay reads an ISO date.
func parseDay(iso string) (calendar.Day, error) {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return 0, err
	}
	return calendar.DayOf(t.Date()), nil
}

// day writes an ISO date for people.
func day(l web.Lang, iso string) string {
	d, err := parseDay(iso)
	if err != nil {
		return iso
	}
	return d.In(calendar.Lang(l.Code()))
}
