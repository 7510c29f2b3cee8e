package pages

import (
	"slices"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/site/find"
	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/site/layout"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/internal/site/wording"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/verify/report"
)

// stageRow is a stage of the calendar.
type stageRow struct{ Title, From, To, Article string }

// A bodyRow is one that has a part in the election, and its public key.
type bodyRow struct {
	Name election.Name
	Role string
	Key  string
}

// A bodyTable is bodies of one kind.
type bodyTable struct {
	Title string
	Rows  []bodyRow
}

// electionBody is the body of the page about the election.
type electionBody struct {
	Known    bool
	Election string
	Compared bool
	Day      string
	Record   string
	JSON     bool
	Stages   []stageRow
	Offices  bodyTable
	Trustees bodyTable
	Mixers   bodyTable
	Witness  bodyTable
	Quorum   int
	Needed   int // of witnesses
	Laws     []election.Law
	Contests int
	Branches int
}

func (s *Site) election(l web.Lang, _ string) (frame.File, error) {
	r, d := s.e.Report, s.e.Definition
	b := electionBody{Known: d != nil, Election: s.e.ID, Compared: r.Compared, Record: s.Record, JSON: d != nil && len(r.Checks) > 0}
	if d != nil {
		b.Day, b.Quorum, b.Needed, b.Laws, b.Contests, b.Branches = day(l, d.PollingDay), d.Quorum, d.WitnessQuorum, d.Laws, len(d.Contests), len(d.Branches)
		b.Stages = s.stages(l)
		b.Offices.Title, b.Trustees.Title = s.pages.Say(l, "about.offices"), s.pages.Say(l, "about.trustees")
		b.Mixers.Title, b.Witness.Title = s.pages.Say(l, "about.mixers"), s.pages.Say(l, "about.witnesses")
		for _, o := range d.Offices {
			b.Offices.Rows = append(b.Offices.Rows, bodyRow{o.Name, s.orOther(l, "role.", o.Role), o.Key.String()})
		}
		for _, t := range d.Trustees {
			b.Trustees.Rows = append(b.Trustees.Rows, bodyRow{t.Name, "", t.SigningKey.String()})
		}
		for _, m := range d.Mixers {
			role := ""
			if m.Reserve {
				role = s.pages.Say(l, "role.reserve")
			}
			b.Mixers.Rows = append(b.Mixers.Rows, bodyRow{m.Name, role, m.Key.String()})
		}
		for _, w := range d.Witnesses {
			b.Witness.Rows = append(b.Witness.Rows, bodyRow{election.Name{Fa: w.Name, En: w.Name}, "", w.Key.String()})
		}
	}
	return s.page(l, "election", "/election.html", s.pages.Say(l, "about.title"), b)
}

// stages returns the calendar counted from polling day. What its owner has still
// to set has no day here.
func (s *Site) stages(l web.Lang) []stageRow {
	polling, err := parseDay(s.e.Definition.PollingDay)
	if err != nil {
		return nil
	}
	kinds := map[string]bool{"all": true}
	for i := range s.e.Definition.Contests {
		c := &s.e.Definition.Contests[i]
		kinds[c.Kind] = true
		if c.Proportional() {
			kinds["proportional"] = true
		}
	}
	var out []stageRow
	for _, x := range calendar.Stages() {
		if x.From == nil || !kinds[x.AppliesTo] {
			continue
		}
		r := stageRow{Title: x.Title(calendar.Lang(l.Code())), Article: x.Article, From: (polling + calendar.Day(*x.From)).In(calendar.Lang(l.Code()))}
		if x.To != nil && *x.To != *x.From {
			r.To = (polling + calendar.Day(*x.To)).In(calendar.Lang(l.Code()))
		}
		out = append(out, r)
	}
	return out
}

// votingBody is the body of the page on how to vote.
type votingBody struct {
	Day      string
	Practice string // address of a terminal to practise with
	Sample   link   // a contest whose sample ballot stands there
}

func (s *Site) voting(l web.Lang, _ string) (frame.File, error) {
	b := votingBody{Practice: s.Practice}
	if d := s.e.Definition; d != nil {
		b.Day = day(l, d.PollingDay)
	}
	if len(s.e.Contests) > 0 {
		b.Sample = link{layout.Contest(s.e.Contests[0]), s.e.Contests[0].Name}
	}
	return s.page(l, "voting", "/voting.html", s.pages.Say(l, "voting.title"), b)
}

func (s *Site) trust(l web.Lang, _ string) (frame.File, error) {
	type row struct{ How, Shown, Left string }
	var rows []row
	for _, id := range wording.Cheats {
		rows = append(rows, row{s.pages.Say(l, "cheat."+id), s.pages.Say(l, "cheat."+id+".shown"), s.pages.Say(l, "cheat."+id+".left")})
	}
	return s.page(l, "trust", "/trust.html", s.pages.Say(l, "cheat.title"), struct {
		Rows     []row
		Invented bool
	}{rows, s.Frame.Invented})
}

func (s *Site) corrections(l web.Lang, _ string) (frame.File, error) {
	var all []change
	for _, c := range s.e.Contests {
		all = append(all, s.changes(l, c)...)
	}
	slices.SortStableFunc(all, func(a, b change) int { return int(int64(b.Entry) - int64(a.Entry)) })
	return s.page(l, "corrections", "/corrections.html", s.pages.Say(l, "corrections.title"), all)
}

// dataBody is the body of the page on data.
type dataBody struct {
	Whole  string     // name of the report of all contests, or empty
	Places []placeRow // with a report
	Assets int
	Office election.Name
	Record string
	Served bool
}

func (s *Site) data(l web.Lang, _ string) (frame.File, error) {
	b := dataBody{Record: s.Record, Served: s.Served, Assets: len(s.Assets.Published())}
	for _, name := range s.streams {
		b.Whole = name
	}
	for _, p := range s.e.Places {
		if p.Reports() && len(b.Places) < 500 {
			b.Places = append(b.Places, placeRow{Path: "/place/" + p.ID + ".err.json", Name: p.Name})
		}
	}
	if s.Assets != nil {
		if o, ok := s.e.Definition.Office(s.Assets.Office); ok {
			b.Office = o.Name
		}
	}
	return s.page(l, "data", "/data.html", s.pages.Say(l, "data.title"), b)
}

// recordBody is the body of the page on the record, where nobody answers for its
// logs.
type recordBody struct {
	Record   string
	Election string
	Invented bool
	Branches int
	Quorum   int
}

func (s *Site) record(l web.Lang, _ string) (frame.File, error) {
	b := recordBody{Record: s.Record, Election: s.e.ID, Invented: s.Frame.Invented, Branches: len(s.e.Branches)}
	if s.e.Definition != nil {
		b.Quorum = s.e.Definition.WitnessQuorum
	}
	return s.page(l, "record", "/record.html", s.pages.Say(l, "record.title"), b)
}

// names makes the index of what can be found: places and contests by letter,
// branches and candidates by search.
func (s *Site) names() *find.Index {
	var listed []find.Item
	where := func(p *results.Place) election.Name {
		if p == nil || p.Parent == nil {
			return election.Name{}
		}
		return p.Parent.Name
	}
	for _, p := range s.e.Places {
		listed = append(listed, find.Item{Name: p.Name, Where: where(p), Path: layout.Place(p), Kind: "place"})
	}
	for _, c := range s.e.Contests {
		if c.Place == nil || !c.Place.Leaf() {
			listed = append(listed, find.Item{Name: c.Name, Where: where(c.Place), Path: layout.Contest(c), Kind: "contest"})
		}
	}
	e := s.e
	return find.New(listed, func() []find.Item {
		var out []find.Item
		for _, b := range e.Branches {
			out = append(out, find.Item{Name: b.Name, Path: layout.Branch(b), Kind: "branch"})
		}
		for _, c := range e.Contests {
			for i := range c.Candidates {
				out = append(out, find.Item{Name: c.Candidates[i].Name, Where: c.Name, Path: layout.Contest(c), Kind: "candidate"})
			}
		}
		return out
	})
}

// findBody is the body of the search.
type findBody struct {
	Served  bool
	Asked   bool
	Busy    bool
	Typed   string
	Found   []find.Item
	N       int
	Letters []find.Letter
}

func (s *Site) find(l web.Lang, _ string) (frame.File, error) {
	return s.page(l, "find", "/find.html", s.pages.Say(l, "find.title"), findBody{Served: s.Served, Letters: s.index.Letters()})
}

// maxFound is how many items a search shows.
const maxFound = 50

// Search answers a search. A search that is refused because too many are under way
// is said to be busy.
func (s *Site) Search(l web.Lang, typed string, busy bool) (frame.File, error) {
	b := findBody{Served: true, Asked: true, Busy: busy, Letters: s.index.Letters()}
	if len(typed) <= find.MaxQuery {
		b.Typed = typed
	}
	if !busy {
		b.Found, b.N = s.index.Search(typed, maxFound)
	}
	return s.page(l, "find", "/find.html", s.pages.Say(l, "find.title"), b)
}

// letterBody is the body of a page of the list by letter.
type letterBody struct {
	find.Page
	Pager pager
}

func (s *Site) letter(l web.Lang, name string, p find.Page) (frame.File, error) {
	at := func(page string) string {
		if page == "" {
			return ""
		}
		return "/find/" + page + ".html"
	}
	return s.page(l, "letter", "/find/"+name+".html", s.pages.Say(l, "find.letter", p.Letter), letterBody{p, pager{p.Number, p.Of, at(p.Previous), at(p.Next)}})
}

// checkRow is a check in words.
type checkRow struct {
	report.Check
	Words string
	Kind  string // of the sign: good, bad, open or wait
	State string
}

// checksBody is the body of the list of checks.
type checksBody struct {
	Election string
	Compared bool
	Phase    string
	Checks   []checkRow
	Passed   int
}

func (s *Site) checks(l web.Lang, _ string) (frame.File, error) {
	r := s.e.Report
	b := checksBody{Election: r.Election, Compared: r.Compared, Phase: s.phase(l), Passed: r.Passed()}
	kinds := map[report.State]string{report.Pass: "good", report.Fail: "bad", report.NotDue: "wait", report.Missing: "open"}
	for _, x := range r.Checks {
		b.Checks = append(b.Checks, checkRow{x, s.checkTitle(l, x), kinds[x.State], s.pages.Say(l, "state."+string(x.State))})
	}
	return s.page(l, "checks", "/checks.html", s.pages.Say(l, "checks.title"), b)
}

func (s *Site) lost(l web.Lang, _ string) (frame.File, error) { return s.Failure(l, 404) }

// Failure makes the page that says why there is none, by the status of HTTP.
func (s *Site) Failure(l web.Lang, status int) (frame.File, error) {
	title, text := "error.500", "error.failed"
	switch status {
	case 400:
		title, text = "error.400", "error.long"
	case 404:
		title, text = "error.404", "lost.text"
	case 405:
		title, text = "error.405", "error.method"
	}
	// The other language of a page that is not there is its front page.
	f, err := s.page(l, "lost", "/", s.pages.Say(l, title), s.pages.Say(l, text))
	f.Path = frame.FilePath(l, "/404.html")
	return f, err
}
