package pages

import (
	"fmt"
	"html/template"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/console/drawing"
	"github.com/sandogh/sandogh/internal/site/assets"
	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/site/layout"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/internal/web"
)

// A groupRow is a list, or all independents, in the table of seats.
type groupRow struct {
	Number int
	Name   election.Name
	count.Group
}

// A unitRow is a tally unit in a table.
type unitRow struct {
	*results.Unit
	Path  string
	Names []link // of its branches
}

// A branchRow is a branch in a table.
type branchRow struct {
	*results.Branch
	Path    string
	Minutes []string
}

// A questionText is an open question in words.
type questionText struct {
	Words, Place, Article string
	Between               []election.Name
}

// An answerText is a ruling or a lot in words.
type answerText struct {
	Words, By string
	Order     []election.Name
}

// A change is a correction in words.
type change struct {
	Contest  link
	Old, New []election.Name
	Text     string
	Article  string
	By       string
	Entry    uint64
}

// A momentRow is where a contest was at a time.
type momentRow struct {
	At, Words, More string
	Ballots         uint64
}

// A contestBody is what is told of a contest.
type contestBody struct {
	*results.Contest
	Path      string
	Up        []link
	Label     label
	Shown     bool // there are numbers
	Elected   []row
	Others    []row // alternates
	Arc       template.HTML
	Groups    []groupRow
	Rows      []row
	Pager     pager
	Units     []unitRow
	MoreUnits string
	Stations  []branchRow
	More      string // all branches
	Questions []questionText
	Settled   []answerText
	Changes   []change
	Past      []momentRow
	Steps     []string
	MoreSteps int
	Hours     []hour
	HoursArt  template.HTML
	HoursOf   uint64
	HoursBy   election.Name
	Get       get
	Lists     bool
	Matrix    bool
	Withheld  bool
	Silent    bool   // the record is not verified: nothing is told
	Check     string // its only unit, as the page that checks units takes it
}

// matrixColumns are candidates up to which units are shown with all totals.
const matrixColumns = 12

// contestBody prepares the n-th page of a contest's candidates; what else is told
// stands on the first.
func (s *Site) contestBody(l web.Lang, c *results.Contest, n int) (contestBody, error) {
	b := contestBody{Contest: c, Path: layout.Contest(c), Label: s.label(l, c), Shown: c.Kind != results.Waiting, Lists: len(c.Contest.Lists) > 0,
		Matrix: c.N() <= matrixColumns, Withheld: s.e.Withheld}
	if c.Place != nil {
		b.Up = crumbs(c.Place.Parent)
		if !c.Place.Leaf() {
			b.Up = crumbs(c.Place)
		}
	}
	if _, b.Silent = s.silent(l); b.Silent {
		return b, nil
	}
	var o count.Outcome
	if c.Counted() {
		var err error
		if o, err = c.Count(); err != nil {
			return b, fmt.Errorf("count contest %s: %w", c.ID, err)
		}
	}
	w := c.Who(o)
	all := order(c, c.Votes)
	from := (n - 1) * perPage
	b.Rows = s.rows(l, c, w, all[from:min(from+perPage, len(all))], c.Votes, c.Ballots)
	b.Pager = pageOf(n, layout.Parts(c.N()), func(i int) string {
		if i == 1 {
			return layout.Contest(c)
		}
		return fmt.Sprintf("/contest/%s/candidates-%d.html", c.ID, i)
	})
	b.Get = get{CSV: "/contest/" + c.ID + ".csv", JSON: "/contest/" + c.ID + ".json", ERR: s.reportOf(c)}
	if layout.Widgets(c) {
		b.Get.Widget = l.Prefix() + "/widget/" + c.ID + ".html"
		b.Get.Snippet = `<iframe src="` + s.Address + b.Get.Widget + `" title="` + template.HTMLEscapeString(l.Name(c.Name)) + `" width="420" height="480"></iframe>`
	}
	if n > 1 {
		return b, nil
	}
	b.Elected = s.rows(l, c, w, codes(c, w.First), c.Votes, c.Ballots)
	b.Others = s.rows(l, c, w, codes(c, w.Alternates), c.Votes, c.Ballots)
	s.seats(l, &b, o)
	b.Units = s.unitRows(c, c.Units[:min(onContest, len(c.Units))])
	if len(c.Units) > onContest {
		b.MoreUnits = fmt.Sprintf("/contest/%s/units-1.html", c.ID)
	}
	if len(c.Units) == 1 {
		b.Check = s.checked(c, &c.Units[0])
	}
	b.Stations = s.branchRows(c.Branches[:min(onContest, len(c.Branches))])
	if len(c.Branches) > onContest {
		b.More = fmt.Sprintf("/contest/%s/branches-1.html", c.ID)
	}
	s.told(l, &b, o)
	s.hours(l, &b)
	return b, nil
}

// reportOf returns the address of the report that the contest is in.
func (s *Site) reportOf(c *results.Contest) string {
	for p := c.Place; p != nil; p = p.Parent {
		if p.Reports() {
			return "/place/" + p.ID + ".err.json"
		}
	}
	return ""
}

// seats draws what the lists get.
func (s *Site) seats(l web.Lang, b *contestBody, o count.Outcome) {
	var parties []drawing.Party
	total := 0
	for i, g := range o.Groups {
		name := election.Name{Fa: g.Name, En: g.Name}
		if list, ok := b.List(g.Name); ok {
			name = list.Name
		} else if g.Name == election.Independents {
			name = election.Name{Fa: s.pages.Say(web.Persian, "seats.alone"), En: s.pages.Say(web.English, "seats.alone")}
		}
		b.Groups = append(b.Groups, groupRow{i + 1, name, g})
		parties = append(parties, drawing.Party{Name: l.Name(name), Seats: g.Seats})
		total += g.Seats
	}
	if len(parties) > 0 {
		b.Arc = drawing.Arc(l, s.pages.Say(l, "seats.label", total), parties)
	}
}

// told puts into words what the law leaves open, how it was answered, what was
// corrected, how the count went and why it comes to this.
func (s *Site) told(l web.Lang, b *contestBody, o count.Outcome) {
	c := b.Contest
	for _, q := range o.Questions {
		b.Questions = append(b.Questions, questionText{Words: s.orOther(l, "question.", q.Kind, q.Seats), Place: s.orOther(l, "place.", q.Place),
			Article: q.Article, Between: s.named(c, q.Between)})
	}
	for i := range c.Answers {
		a := &c.Answers[i]
		x := answerText{By: s.signers(l, a.By), Order: s.named(c, a.Order())}
		if a.Lot != nil {
			x.Words = s.pages.Say(l, "answers.lot", a.Lot.Seed, a.Lot.Source)
		} else {
			x.Words = s.pages.Say(l, "answers.ruling", a.Ruling.Article, a.Ruling.Text)
		}
		b.Settled = append(b.Settled, x)
	}
	b.Changes = s.changes(l, c)
	for i, m := range c.History {
		r := momentRow{At: clock(l, m.At), Words: s.standing(l, m), Ballots: m.Ballots}
		if i > 0 {
			r.More = signed(l, m.Ballots, c.History[i-1].Ballots)
		}
		b.Past = append(b.Past, r)
	}
	for _, x := range o.Steps[:min(onSteps, len(o.Steps))] {
		b.Steps = append(b.Steps, l.Say(web.Text{web.Persian: x.Fa, web.English: x.En}))
	}
	b.MoreSteps = len(o.Steps) - len(b.Steps)
}

func (s *Site) changes(l web.Lang, c *results.Contest) []change {
	var out []change
	for _, x := range c.Chain {
		out = append(out, change{Contest: link{layout.Contest(c), c.Name}, Old: s.named(c, x.Old.Elected), New: s.named(c, x.New.Elected),
			Text: x.Text, Article: x.Article, By: s.signers(l, x.By), Entry: x.Entry})
	}
	return out
}

// orOther returns the words for a kind, or those for any that is not known here.
func (s *Site) orOther(l web.Lang, group, kind string, args ...any) string {
	if _, ok := s.pages.Text(group + kind); !ok {
		kind = "other"
	}
	return s.pages.Say(l, group+kind, args...)
}

// turnout adds up what branches have by hour: each in steps of its own unit, so
// that no difference between sums is of fewer persons.
func (s *Site) turnout(branches []*results.Branch) (hours []hour, of uint64) {
	if s.Assets == nil {
		return nil, 0
	}
	var all [][]assets.Hour
	for _, b := range branches {
		if h := assets.Coarse(s.Assets.TurnoutOf(b.ID), b.MinUnit()); len(h) > 0 {
			all = append(all, h)
			of += uint64(b.Electorate)
		}
	}
	for _, h := range assets.Add(all) {
		hours = append(hours, hour{h.Until, h.Voters, of})
	}
	return hours, of
}

func (s *Site) hours(l web.Lang, b *contestBody) {
	b.Hours, b.HoursOf = s.turnout(b.Branches)
	b.HoursArt, b.HoursBy = s.hoursArt(l, b.Hours)
}

func (s *Site) hoursArt(l web.Lang, hours []hour) (art template.HTML, by election.Name) {
	if len(hours) == 0 {
		return "", by
	}
	x := drawing.Series{Name: s.pages.Say(l, "turnout.voters"), State: "good"}
	var times []string
	for _, h := range hours {
		times = append(times, l.Digits(h.Until))
		x.Y = append(x.Y, int64(h.Voters))
	}
	if o, ok := s.e.Definition.Office(s.Assets.Office); ok {
		by = o.Name
	}
	return drawing.Lines(l, s.pages.Say(l, "turnout.label"), times, []drawing.Series{x}), by
}

func (s *Site) unitRows(c *results.Contest, units []results.Unit) []unitRow {
	var out []unitRow
	for i := range units {
		u := &units[i]
		r := unitRow{Unit: u}
		if len(c.Units) > 1 {
			r.Path = layout.Unit(c, u.ID)
		}
		for _, b := range u.Branches {
			x := link{Name: b.Name}
			if !b.Alone() {
				x.Path = layout.Branch(b)
			}
			r.Names = append(r.Names, x)
		}
		out = append(out, r)
	}
	return out
}

func (s *Site) branchRows(all []*results.Branch) []branchRow {
	var out []branchRow
	for _, b := range all {
		r := branchRow{Branch: b}
		if !b.Alone() { // else it is told right here
			r.Path = layout.Branch(b)
		}
		for _, m := range s.Assets.MinutesOf(b.ID) {
			r.Minutes = append(r.Minutes, "/asset/"+m)
		}
		out = append(out, r)
	}
	return out
}

func (s *Site) contest(l web.Lang, c *results.Contest, n int) (frame.File, error) {
	body, err := s.contestBody(l, c, n)
	if err != nil {
		return frame.File{}, err
	}
	path := layout.Contest(c)
	if n > 1 {
		path = fmt.Sprintf("/contest/%s/candidates-%d.html", c.ID, n)
	}
	return s.page(l, "contest", path, l.Name(c.Name), body)
}

// list is the body of a page of a long list of a contest.
type list struct {
	contestBody
	Pager pager
}

func (s *Site) list(l web.Lang, c *results.Contest, name string, n, of int, fill func(*contestBody, int, int)) (frame.File, error) {
	b := contestBody{Contest: c, Path: layout.Contest(c), Label: s.label(l, c), Matrix: c.N() <= matrixColumns, Shown: c.Kind != results.Waiting}
	b.Up = append(crumbs(c.Place), link{layout.Contest(c), c.Name})
	fill(&b, (n-1)*perPage, min(n*perPage, of))
	path := func(i int) string { return fmt.Sprintf("/contest/%s/%s-%d.html", c.ID, name, i) }
	return s.page(l, name, path(n), s.pages.Say(l, name+".caption", c.Name), list{b, pageOf(n, layout.Parts(of), path)})
}

func (s *Site) units(l web.Lang, c *results.Contest, n int) (frame.File, error) {
	return s.list(l, c, "units", n, len(c.Units), func(b *contestBody, from, to int) { b.Units = s.unitRows(c, c.Units[from:to]) })
}

func (s *Site) branches(l web.Lang, c *results.Contest, n int) (frame.File, error) {
	return s.list(l, c, "branches", n, len(c.Branches), func(b *contestBody, from, to int) { b.Stations = s.branchRows(c.Branches[from:to]) })
}

// checked returns how the page that checks units names the unit, if it can be.
func (s *Site) checked(c *results.Contest, u *results.Unit) string {
	if s.Frame.Invented || !u.Opened {
		return ""
	}
	return c.ID + "/" + u.ID
}

// unitBody is the body of the page of a unit.
type unitBody struct {
	*results.Unit
	Up       []link
	Contest  *results.Contest
	Label    label
	Rows     []row
	Stations []branchRow
	Check    string
}

func (s *Site) unit(l web.Lang, c *results.Contest, u *results.Unit) (frame.File, error) {
	body := unitBody{Unit: u, Up: append(crumbs(c.Place), link{layout.Contest(c), c.Name}), Contest: c, Stations: s.branchRows(u.Branches), Check: s.checked(c, u),
		Label: label{Kind: "wait", Words: s.pages.Say(l, "standing.waiting")}}
	if u.Opened { // what is said here is of this unit alone, so that the page stays as it is while others are counted
		body.Label = label{Kind: "good", Words: s.pages.Say(l, "standing.unit")}
		all := order(c, u.Votes)
		body.Rows = s.rows(l, c, results.Who{}, all[:min(perPage, len(all))], u.Votes, u.Ballots)
	}
	return s.page(l, "unit", layout.Unit(c, u.ID), s.pages.Say(l, "unit.title", u.ID), body)
}

// askedRow is a contest of a branch.
type askedRow struct {
	link
	Label    label
	Unit     *results.Unit // or nil
	UnitPath string
	Together bool
	Rows     []row
}

// branchBody is the body of the page of a branch.
type branchBody struct {
	branchRow
	Up       []link
	Asked    []askedRow
	Hours    []hour
	HoursArt template.HTML
	HoursOf  uint64
	HoursBy  election.Name
}

// onBranch is how many candidates of a contest stand on the page of a branch.
const onBranch = 10

func (s *Site) branch(l web.Lang, x *results.Branch) (frame.File, error) {
	body := branchBody{branchRow: s.branchRows([]*results.Branch{x})[0], Up: crumbs(x.Place)}
	for _, c := range x.Asks() {
		a := askedRow{link: link{layout.Contest(c), c.Name}}
		if u, ok := c.Unit(x); ok {
			a.Unit, a.UnitPath, a.Together = u, layout.Contest(c), len(u.Branches) > 1
			if len(c.Units) > 1 {
				a.UnitPath = layout.Unit(c, u.ID)
			}
			a.Label = label{Kind: "wait", Words: s.pages.Say(l, "standing.waiting")}
			if u.Opened {
				a.Label = label{Kind: "good", Words: s.pages.Say(l, "branch.in", u.ID)}
				all := order(c, u.Votes)
				a.Rows = s.rows(l, c, results.Who{}, all[:min(onBranch, len(all))], u.Votes, u.Ballots)
			}
		}
		body.Asked = append(body.Asked, a)
	}
	body.Hours, body.HoursOf = s.turnout([]*results.Branch{x})
	body.HoursArt, body.HoursBy = s.hoursArt(l, body.Hours)
	return s.page(l, "branch", layout.Branch(x), l.Name(x.Name), body)
}

// widget makes the page of a contest that others may show within theirs.
func (s *Site) widget(l web.Lang, c *results.Contest) (frame.File, error) {
	body, err := s.contestBody(l, c, 1)
	if err != nil {
		return frame.File{}, err
	}
	body.Rows = body.Rows[:min(5, len(body.Rows))]
	return s.Frame.Page(s.pages, "widget", web.Page{Lang: l, Title: l.Name(c.Name), Path: "/widget/" + c.ID + ".html", Bare: true, Body: body})
}
