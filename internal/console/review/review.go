package review

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"

	"github.com/sandogh/sandogh/internal/console"
	part "github.com/sandogh/sandogh/internal/console/lessons"
	"github.com/sandogh/sandogh/internal/lessons"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/lessonsdb"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/web"
)

//go:embed templates/*.html
var templates embed.FS

// Part returns the part.
func Part(d console.Deps) console.Part {
	own, _ := fs.Sub(templates, "templates") // embedded: it is there
	return console.Part{Name: "review", Words: words, Templates: own, Routes: Routes(d)}
}

// Routes returns its routes.
func Routes(console.Deps) []console.Route {
	return []console.Route{
		{Method: "GET", Path: "/lessons/sessions", Power: office.LessonsSee, Summary: words["review.title"], Do: sessions},
		{Method: "GET", Path: "/lessons/sessions/{session}", Power: office.LessonsSee, Summary: words["review.one"], Do: showSession},
		{Method: "GET", Path: "/lessons/sessions/{session}/report", Power: office.LessonsSee, Summary: words["review.report"], Do: report},
	}
}

func crumbs(r *console.Request, more ...console.Link) []console.Link {
	return append([]console.Link{{Path: "/lessons", Word: r.Say("lessons.title")}}, more...)
}

// officeName returns the name of an office in the language.
func officeName(r *console.Request, code string) (string, error) {
	o, err := officedb.New(r.DB).Office(r.Context(), code)
	return console.NameIn(r.Lang, o.NameFa, o.NameEn), err
}

// sessions lists the sessions of training to which provinces of the person come.
func sessions(r *console.Request) (console.Answer, error) {
	lo, hi := office.Range("")
	all, err := trainingdb.New(r.DB).SessionsIn(r.Context(), trainingdb.SessionsInParams{Lo: lo, Hi: hi, Max: 1000})
	if err != nil {
		return nil, store.Classify(err)
	}
	l := console.List{
		Whole: true, Intro: r.Say("review.intro"), Empty: r.Say("review.empty"), Crumbs: crumbs(r),
		Columns: []console.Column{{Key: "number", Label: words["review.number"], Kind: console.Numbers, Sort: true}, {Key: "first_day", Label: words["review.day"], Kind: console.Days, Sort: true},
			{Key: "venue", Label: words["review.venue"]}, {Key: "units", Label: words["review.units"]}},
	}
	known := map[string]string{} // names of offices: the same ones come again and again
	for _, s := range all {
		units, err := unitsOf(r, s)
		if err != nil {
			return nil, err
		}
		if len(units) == 0 {
			continue
		}
		var names []string
		for _, code := range units {
			if _, ok := known[code]; !ok {
				if known[code], err = officeName(r, code); err != nil {
					return nil, err
				}
			}
			names = append(names, known[code])
		}
		l.Rows = append(l.Rows, console.Row{ID: s.ID, Path: "/lessons/sessions/" + s.ID, Cells: []any{s.Number, s.FirstDay, s.Venue, r.Lang.And(names)}})
	}
	return l, nil
}

// unitsOf are the offices that come to a session and lie within the person's
// posts.
func unitsOf(r *console.Request, s trainingdb.TrainingSession) ([]string, error) {
	var all []string
	if err := json.Unmarshal([]byte(s.Units), &all); err != nil {
		return nil, fmt.Errorf("units of session %s: %w", s.ID, err)
	}
	return slices.DeleteFunc(all, func(code string) bool { return !r.May(code) }), nil
}

// brought is what a session's provinces brought.
type brought struct {
	Session  string     `json:"session"`
	Number   int64      `json:"number"`
	FirstDay string     `json:"first_day"`
	Venue    string     `json:"venue"`
	Parts    []province `json:"parts"`
	Report   string     `json:"-"`
	Edit     bool       `json:"-"`
	Together []together `json:"together"` // what several of them had
}

type together struct {
	Name      string `json:"name"`
	Provinces int64  `json:"provinces"`
	ID        string `json:"family"`
}

// A province is that of one province.
type province struct {
	Code     string     `json:"code"`
	Name     string     `json:"name"`
	Open     int        `json:"open"`
	Closed   int        `json:"closed"`
	Here     int        `json:"brought_here"`
	Highest  int64      `json:"highest"`
	Problems []part.Row `json:"problems"`
	Actions  []acted    `json:"actions"`
}

type acted struct {
	Content string        `json:"content"`
	Becomes string        `json:"becomes"`
	Owner   string        `json:"owner"`
	Due     string        `json:"due"`
	State   console.State `json:"state"`
}

// mostOf is how many problems and actions of a province a report holds.
const mostOf = 1000

func bring(r *console.Request) (*brought, error) {
	ctx, q := r.Context(), lessonsdb.New(r.DB)
	s, err := trainingdb.New(r.DB).Session(ctx, r.PathValue("session"))
	if err != nil {
		return nil, store.Classify(err)
	}
	units, err := unitsOf(r, s)
	if err != nil {
		return nil, err
	}
	if len(units) == 0 {
		return nil, office.ErrForbidden
	}
	d := &brought{Session: s.ID, Number: s.Number, FirstDay: s.FirstDay, Venue: s.Venue, Parts: []province{}, Report: "/lessons/sessions/" + s.ID + "/report", Edit: r.Actor.Somewhere(office.LessonsEdit)}
	families := map[string]bool{}
	for _, code := range units {
		p := province{Code: code}
		if p.Name, err = officeName(r, code); err != nil {
			return nil, err
		}
		found, err := lessons.Find(ctx, r.DB, code, lessons.Filter{}, mostOf, 0)
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			if e.State == lessons.Closed {
				p.Closed++
			} else {
				p.Open++
				p.Highest = max(p.Highest, e.Risk)
			}
			if e.Session == s.ID {
				p.Here++
			}
			if e.Family != "" {
				families[e.Family] = true
			}
		}
		p.Problems = part.Rows(r, found)
		lo, hi := office.Range(code)
		rows, err := q.Actions(ctx, lessonsdb.ActionsParams{Lo: lo, Hi: hi, Max: mostOf})
		if err != nil {
			return nil, store.Classify(err)
		}
		for _, x := range rows {
			what, err := part.Becomes(r, x.Kind, x.Target)
			if err != nil {
				return nil, err
			}
			p.Actions = append(p.Actions, acted{x.Content, what, x.OwnerName, x.Due, part.State(r, x.State, x.Due)})
		}
		d.Parts = append(d.Parts, p)
	}
	all, err := q.Families(ctx)
	if err != nil {
		return nil, store.Classify(err)
	}
	for _, f := range all {
		if families[f.ID] {
			d.Together = append(d.Together, together{f.Name, f.Provinces, f.ID})
		}
	}
	return d, nil
}

func showSession(r *console.Request) (console.Answer, error) {
	d, err := bring(r)
	if err != nil {
		return nil, err
	}
	return console.Page{Template: "session", Title: r.Say("review.heading", d.Number), Data: d,
		Crumbs: crumbs(r, console.Link{Path: "/lessons/sessions", Word: r.Say("review.title")})}, nil
}

// report is the same on paper.
func report(r *console.Request) (console.Answer, error) {
	d, err := bring(r)
	if err != nil {
		return nil, err
	}
	e, err := office.LoadElection(r.Context(), r.DB)
	if err != nil {
		return nil, err
	}
	doc := printing.Document{Title: r.Say("review.heading", d.Number), Footer: console.NameIn(r.Lang, e.NameFa, e.NameEn), Simulated: e.Sample}
	if r.Lang == web.English {
		doc.Lang = printing.English
	}
	day := func(iso string) string {
		if x := console.ISODay(iso); x != 0 {
			return r.Lang.Digits(x.String())
		}
		return "–"
	}
	add := func(b ...printing.Block) { doc.Blocks = append(doc.Blocks, b...) }
	add(printing.Heading{Text: r.Say("review.report.title")},
		printing.KeyValue{Pairs: []printing.Pair{{Key: r.Say("review.number"), Value: r.Lang.Number(d.Number)}, {Key: r.Say("review.day"), Value: day(d.FirstDay)},
			{Key: r.Say("review.venue"), Value: printing.Isolate(d.Venue)}, {Key: r.Say("review.report.on"), Value: day(r.Today())}}})
	if len(d.Together) > 0 {
		t := printing.Table{Columns: []printing.Column{{Title: r.Say("review.report.together"), Share: 4}, {Title: r.Say("review.provinces"), Share: 1}}}
		for _, f := range d.Together {
			t.Rows = append(t.Rows, []string{printing.Isolate(f.Name), r.Lang.Number(f.Provinces)})
		}
		add(t)
	}
	for _, p := range d.Parts {
		add(printing.Heading{Text: p.Name, Level: 2}, printing.Paragraph{Text: r.Say("review.sums", p.Open, p.Closed, p.Here)})
		if len(p.Problems) == 0 {
			add(printing.Paragraph{Text: r.Say("review.nothing")})
			continue
		}
		t := printing.Table{Columns: []printing.Column{{Title: r.Say("review.problem"), Share: 5}, {Title: r.Say("review.round"), Share: 1}, {Title: r.Say("review.risk"), Share: 2}, {Title: r.Say("review.state"), Share: 1}}}
		for _, x := range p.Problems {
			t.Rows = append(t.Rows, []string{printing.Isolate(x.Text), r.Lang.Digits(x.Round), x.Risk.Word, x.State.Word})
		}
		add(t)
		if len(p.Actions) == 0 {
			continue
		}
		t = printing.Table{Columns: []printing.Column{{Title: r.Say("review.content"), Share: 4}, {Title: r.Say("review.kind"), Share: 3}, {Title: r.Say("review.owner"), Share: 2}, {Title: r.Say("review.due"), Share: 2}, {Title: r.Say("review.state"), Share: 1}}}
		for _, x := range p.Actions {
			t.Rows = append(t.Rows, []string{printing.Isolate(x.Content), printing.Isolate(x.Becomes), printing.Isolate(x.Owner), day(x.Due), x.State.Word})
		}
		add(printing.Heading{Text: r.Say("review.report.actions"), Level: 3}, t)
	}
	pages, err := printing.Lay(doc)
	if err != nil {
		return nil, fmt.Errorf("print the report: %w", err)
	}
	return console.File{Name: fmt.Sprintf("session-%d.pdf", d.Number), Type: "application/pdf", Data: pages.PDF()}, nil
}
