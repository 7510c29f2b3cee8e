package lessons

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/lessons"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/lessonsdb"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/web"
)

//go:embed templates/*.html
var templates embed.FS

// Part returns the part.
func Part(d console.Deps) console.Part {
	own, _ := fs.Sub(templates, "templates") // embedded: it is there
	return console.Part{
		Name: "lessons", Words: words, Templates: own, Routes: Routes(d), Tiles: tiles,
		Nav: []console.Nav{{Path: "/lessons", Word: words["lessons.title"], Power: office.LessonsSee}},
	}
}

// Routes returns its routes.
func Routes(console.Deps) []console.Route {
	see, edit, judge := office.LessonsSee, office.LessonsEdit, office.LessonsJudge
	const one = "/lessons/problem/{problem}"
	return []console.Route{
		{Method: "GET", Path: "/lessons", Power: see, Summary: words["lessons.title"], Query: filters, Do: register},
		{Method: "POST", Path: "/lessons/new", Power: edit, Summary: words["lessons.new"],
			Form: &console.Form{Fields: newFields, Fill: fillNew, Submit: words["lessons.save"], Back: backTo("/lessons")}, Do: add},
		{Method: "POST", Path: "/lessons/import", Power: edit, Summary: words["lessons.import"], Form: importForm, Do: importFile},
		{Method: "GET", Path: "/lessons/mine", Power: office.Own, Summary: words["lessons.mine"], Do: mine},
		{Method: "GET", Path: "/lessons/actions", Power: see, Summary: words["lessons.actions"], Query: actionFilters, Do: checklist},
		{Method: "POST", Path: "/lessons/action/{action}/finish", Power: office.Own, Scope: actionScope, Summary: words["lessons.finish"], Form: finishForm, Do: finish},
		{Method: "GET", Path: "/lessons/factors", Power: see, Summary: words["lessons.factors"], Query: factorFilters, Do: factorList},
		{Method: "GET", Path: "/lessons/factors/{factor}", Power: see, Summary: words["lessons.factor"], Do: showFactor},
		{Method: "GET", Path: "/lessons/risk", Power: see, Summary: words["lessons.risk"], Query: riskFilters, Do: risks},
		{Method: "GET", Path: "/lessons/groups", Power: see, Summary: words["lessons.groups"], Do: groups},
		{Method: "GET", Path: "/lessons/groups/{family}", Power: see, Summary: words["lessons.group.one"], Do: showGroup},
		{Method: "GET", Path: "/lessons/suggestions", Power: edit, Scope: country, Summary: words["lessons.suggestions"], Do: suggestions},
		{Method: "POST", Path: "/lessons/grouping/{grouping}/undo", Power: edit, Scope: country, Summary: words["lessons.undo"], Form: undoForm, Do: undo},
		{Method: "GET", Path: one, Power: see, Scope: scope, Summary: words["lessons.one"], Do: show},
		{Method: "POST", Path: one + "/edit", Power: edit, Scope: scope, Summary: words["lessons.edit"],
			Form: &console.Form{Fields: editFields, Fill: fill, Submit: words["lessons.save"], Back: backToOne}, Do: save},
		{Method: "POST", Path: one + "/act", Power: edit, Scope: scope, Summary: words["lessons.act"], Form: actForm, Do: act},
		{Method: "POST", Path: one + "/judge", Power: judge, Scope: scope, Summary: words["lessons.judge"], Form: judgeForm, Do: judgeIt},
		{Method: "POST", Path: one + "/again", Power: judge, Scope: scope, Summary: words["lessons.again"],
			Form: &console.Form{Intro: words["lessons.again.intro"], Back: backToOne}, Do: again},
		{Method: "POST", Path: one + "/close", Power: judge, Scope: scope, Summary: words["lessons.close"], Form: stateForm("lessons.close.why", "lessons.close.help"), Do: setState(lessons.Close, "lessons.closed.flash")},
		{Method: "POST", Path: one + "/reopen", Power: judge, Scope: scope, Summary: words["lessons.reopen"], Form: stateForm("lessons.reopen.why", "lessons.reopen.help"), Do: setState(lessons.Reopen, "lessons.reopened.flash")},
		{Method: "POST", Path: one + "/group", Power: edit, Scope: country, Summary: words["lessons.group"], Form: groupForm, Do: group},
	}
}

// country is the scope of what concerns all provinces.
func country(*console.Request) (string, error) { return "", nil }

func scope(r *console.Request) (string, error) {
	p, err := lessons.Get(r.Context(), r.DB, r.PathValue("problem"))
	return p.Office, err
}

func path(id string) string { return "/lessons/problem/" + id }

func backTo(path string) func(*console.Request) console.Link {
	return func(r *console.Request) console.Link { return console.Link{Path: path, Word: r.Say("shell.cancel")} }
}

func backToOne(r *console.Request) console.Link {
	return console.Link{Path: path(r.PathValue("problem")), Word: r.Say("shell.cancel")}
}

func crumbs(r *console.Request, more ...console.Link) []console.Link {
	return append([]console.Link{{Path: "/lessons", Word: r.Say("lessons.title")}}, more...)
}

// tiles are what waits for the person.
func tiles(r *console.Request) ([]console.Tile, error) {
	n, err := lessonsdb.New(r.DB).CountOwned(r.Context(), r.Actor.Person)
	if err != nil || n.Problems+n.Actions == 0 {
		return nil, err
	}
	return []console.Tile{{Word: r.Say("lessons.tile"), Count: n.Problems + n.Actions, State: "open", Path: "/lessons/mine"}}, nil
}

// Level is how a risk is said.
func Level(r *console.Request, risk int64) console.State {
	switch {
	case risk == 0:
		return console.State{Kind: "wait", Word: r.Say("lessons.risk.none"), Key: "0"}
	case risk <= 5:
		return console.State{Kind: "good", Word: r.Say("lessons.risk.small", risk), Key: fmt.Sprint(risk)}
	case risk < 12:
		return console.State{Kind: "open", Word: r.Say("lessons.risk.middle", risk), Key: fmt.Sprint(risk)}
	}
	return console.State{Kind: "bad", Word: r.Say("lessons.risk.great", risk), Key: fmt.Sprint(risk)}
}

// State is how a problem or an action is said: open, late after its day, or closed.
func State(r *console.Request, s, due string) console.State {
	switch {
	case s == lessons.Closed:
		return console.State{Kind: "good", Word: r.Say("lessons.state.closed"), Key: s}
	case due != "" && due < r.Today():
		return console.State{Kind: "bad", Word: r.Say("lessons.state.late"), Key: "late"}
	}
	return console.State{Kind: "open", Word: r.Say("lessons.state.open"), Key: s}
}

var states = console.Items(lessons.Open, words["lessons.state.open"], lessons.Closed, words["lessons.state.closed"])

var filters = []console.Field{
	{Name: "state", Kind: console.Choice, Label: words["lessons.state"], Choices: states},
	{Name: "round", Kind: console.Code, Label: words["lessons.round"], Max: 40},
}

func register(r *console.Request) (console.Answer, error) {
	l := console.List{
		Intro: r.Say("lessons.intro"), Search: r.Say("lessons.search"), Empty: r.Say("lessons.empty"),
		Columns: []console.Column{{Key: "problem", Label: words["lessons.problem"]}, {Key: "office", Label: words["lessons.office"]}, {Key: "round", Label: words["lessons.round"], Kind: console.Codes},
			{Key: "topic", Label: words["lessons.topic"]}, {Key: "risk", Label: words["lessons.risk.word"], Kind: console.States}, {Key: "due", Label: words["lessons.due"], Kind: console.Days},
			{Key: "state", Label: words["lessons.state"], Kind: console.States}},
	}
	if r.Actor.Somewhere(office.LessonsEdit) {
		l.Primary = &console.Link{Path: "/lessons/new", Word: r.Say("lessons.new")}
		l.Actions = append(l.Actions, console.Link{Path: "/lessons/import", Word: r.Say("lessons.import")})
	}
	for _, x := range []string{"risk", "actions", "groups", "factors", "sessions", "mine"} {
		l.Actions = append(l.Actions, console.Link{Path: "/lessons/" + x, Word: r.Say("lessons." + x)})
	}
	p := r.Paging()
	skip := p.Skip
	for _, code := range r.Over() {
		found, err := lessons.Find(r.Context(), r.DB, code, lessons.Filter{State: r.Values.Get("state"), Round: r.Values.Get("round"), Text: p.Search}, p.Limit-len(l.Rows), skip)
		if err != nil {
			return nil, err
		}
		skip = 0
		for _, e := range found {
			l.Rows = append(l.Rows, console.Row{ID: e.ID, Path: path(e.ID), Cells: []any{e.Problem.Problem, console.NameIn(r.Lang, e.NameFa, e.NameEn), e.Round, e.Topic,
				Level(r, e.Risk), e.Due, State(r, e.State, e.Due)}})
		}
		if len(l.Rows) >= p.Limit {
			break
		}
	}
	return l, nil
}

// The fields of a problem.
var (
	about = []console.Field{
		{Name: "round", Kind: console.Code, Label: words["lessons.round"], Help: words["lessons.round.help"], Required: true, Max: 40},
		{Name: "topic", Kind: console.Line, Label: words["lessons.topic"], Help: words["lessons.topic.help"], Required: true},
		{Name: "problem", Kind: console.Long, Label: words["lessons.problem"], Help: words["lessons.problem.help"], Required: true},
		{Name: "evidence", Kind: console.Long, Label: words["lessons.evidence"], Help: words["lessons.evidence.help"]},
		{Name: "cause", Kind: console.Long, Label: words["lessons.cause"]},
		{Name: "proposal", Kind: console.Long, Label: words["lessons.proposal"]},
		{Name: "factor", Kind: console.Choice, Label: words["lessons.factor"], Choices: factorItems},
		{Name: "owner", Kind: console.Person, Label: words["lessons.owner"]},
		{Name: "due", Kind: console.Day, Label: words["lessons.due"]},
	}
	newFields = append([]console.Field{{Name: "office", Kind: console.Office, Label: words["lessons.office"], Required: true},
		{Name: "session", Kind: console.Hidden}}, about...)
	editFields = append(about[:len(about):len(about)], console.Field{Name: "version", Kind: console.Hidden, Required: true})
)

func factorItems(r *console.Request) ([]console.Item, error) {
	var out []console.Item
	for _, f := range lessons.Factors() {
		out = append(out, console.Item{Value: f.ID, Word: word(r, f.Name)})
	}
	return out, nil
}

func word(r *console.Request, w lessons.Word) string { return r.Text(web.Text{w.Fa, w.En}) }

// fillNew begins a problem from what the address says: a factor, a session.
func fillNew(r *console.Request) (console.Values, error) {
	q := r.URL.Query()
	v := console.Fill("session", q.Get("session"))
	if code := q.Get("office"); code != "" && r.May(code) {
		v.Set("office", code)
	} else if over := r.Over(); len(over) == 1 {
		v.Set("office", officeValue(over[0]))
	}
	if f, ok := lessons.FactorByID(q.Get("factor")); ok {
		v.Set("factor", f.ID)
		v.Set("topic", word(r, f.Name))
	}
	return v, nil
}

func officeValue(code string) string {
	if code == "" {
		return "-"
	}
	return code
}

func entered(r *console.Request) lessons.Problem {
	v := r.Values
	return lessons.Problem{ID: r.PathValue("problem"), Office: v.OfficeOf("office"), Round: v.Get("round"), Topic: v.Get("topic"), Problem: v.Get("problem"), Evidence: v.Get("evidence"),
		Cause: v.Get("cause"), Proposal: v.Get("proposal"), Factor: v.Get("factor"), Session: v.Get("session"), Owner: v.Get("owner"), Due: v.Get("due"), Version: v.Int("version")}
}

func add(r *console.Request) (console.Answer, error) {
	var p lessons.Problem
	err := r.Tx(func(tx *store.Tx) (err error) {
		p, err = lessons.Add(r.Context(), tx, r.Now(), r.Actor, entered(r))
		return err
	})
	if errors.Is(err, lessons.ErrTwice) {
		return nil, r.Wrong("problem", "lessons.twice")
	}
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: path(p.ID), Flash: r.Say("lessons.added"), Value: p}, nil
}

func fill(r *console.Request) (console.Values, error) {
	p, err := lessons.Get(r.Context(), r.DB, r.PathValue("problem"))
	v := console.Fill("round", p.Round, "topic", p.Topic, "problem", p.Problem, "evidence", p.Evidence, "cause", p.Cause, "proposal", p.Proposal,
		"factor", p.Factor, "owner", p.Owner, "due", p.Due)
	v.SetInt("version", p.Version)
	return v, err
}

func save(r *console.Request) (console.Answer, error) {
	p := entered(r)
	err := r.Tx(func(tx *store.Tx) error { return lessons.Edit(r.Context(), tx, r.Now(), r.Actor, p) })
	if errors.Is(err, lessons.ErrTwice) {
		return nil, r.Wrong("problem", "lessons.twice")
	}
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: path(p.ID), Flash: r.Say("lessons.saved")}, nil
}

// officeName returns the name of an office in the language.
func officeName(r *console.Request, code string) (string, error) {
	o, err := officedb.New(r.DB).Office(r.Context(), code)
	return console.NameIn(r.Lang, o.NameFa, o.NameEn), err
}

// personName returns the name of a person, "–" for nobody.
func personName(r *console.Request, id string) (string, error) {
	if id == "" {
		return "–", nil
	}
	p, err := office.GetPerson(r.Context(), r.DB, id)
	return p.Name, err
}
