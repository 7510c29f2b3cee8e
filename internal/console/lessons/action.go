package lessons

import (
	"errors"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/lessons"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/lessonsdb"
)

var actionFilters = []console.Field{
	{Name: "state", Kind: console.Choice, Label: words["lessons.state"], Choices: states},
	{Name: "kind", Kind: console.Choice, Label: words["lessons.act.kind"], Choices: kinds},
}

// checklist lists the actions of the person's subtrees.
func checklist(r *console.Request) (console.Answer, error) {
	l := console.List{
		Intro: r.Say("lessons.actions.intro"), Empty: r.Say("lessons.actions.empty"), Crumbs: crumbs(r),
		Columns: []console.Column{{Key: "content", Label: words["lessons.act.content"]}, {Key: "office", Label: words["lessons.office"]}, {Key: "becomes", Label: words["lessons.act.kind"]},
			{Key: "owner", Label: words["lessons.owner"]}, {Key: "due", Label: words["lessons.due"], Kind: console.Days}, {Key: "state", Label: words["lessons.state"], Kind: console.States}},
	}
	p := r.Paging()
	skip := p.Skip
	for _, code := range r.Over() {
		lo, hi := office.Range(code)
		rows, err := lessonsdb.New(r.DB).Actions(r.Context(), lessonsdb.ActionsParams{Lo: lo, Hi: hi, State: r.Values.Get("state"), Kind: r.Values.Get("kind"),
			Max: int32(p.Limit - len(l.Rows)), Skip: int32(skip)})
		if err != nil {
			return nil, err
		}
		skip = 0
		for _, x := range rows {
			what, err := Becomes(r, x.Kind, x.Target)
			if err != nil {
				return nil, err
			}
			l.Rows = append(l.Rows, console.Row{ID: x.ID, Path: path(x.Problem), Cells: []any{x.Content, console.NameIn(r.Lang, x.NameFa, x.NameEn), what, x.OwnerName, x.Due, State(r, x.State, x.Due)}})
		}
		if len(l.Rows) >= p.Limit {
			break
		}
	}
	return l, nil
}

// mine lists what stays before the person until it is closed.
func mine(r *console.Request) (console.Answer, error) {
	q := lessonsdb.New(r.DB)
	l := console.List{
		Whole: true, Intro: r.Say("lessons.mine.intro"), Empty: r.Say("lessons.mine.empty"), Crumbs: crumbs(r),
		Columns: []console.Column{{Key: "what", Label: words["lessons.mine.what"]}, {Key: "kind", Label: words["lessons.mine.kind"]}, {Key: "due", Label: words["lessons.due"], Kind: console.Days, Sort: true},
			{Key: "state", Label: words["lessons.state"], Kind: console.States}},
	}
	if !r.Actor.Somewhere(office.LessonsSee) {
		l.Crumbs = nil
	}
	actions, err := q.ActionsOwned(r.Context(), r.Actor.Person)
	if err != nil {
		return nil, err
	}
	for _, x := range actions {
		l.Rows = append(l.Rows, console.Row{ID: x.ID, Path: "/lessons/action/" + x.ID + "/finish", Cells: []any{x.Content, r.Say("lessons.mine.action"), x.Due, State(r, x.State, x.Due)}})
	}
	problems, err := q.ProblemsOwned(r.Context(), r.Actor.Person)
	if err != nil {
		return nil, err
	}
	for _, p := range problems {
		l.Rows = append(l.Rows, console.Row{ID: p.ID, Path: path(p.ID), Cells: []any{p.Problem, r.Say("lessons.problem"), p.Due, State(r, p.State, p.Due)}})
	}
	return l, nil
}

// actionScope lets in the owner of an action, and who edits problems of its
// office.
func actionScope(r *console.Request) (string, error) {
	x, err := lessons.GetAction(r.Context(), r.DB, r.PathValue("action"))
	if err == nil && !x.MayFinish(r.Actor) {
		err = office.ErrForbidden
	}
	return x.Office, err
}

var finishForm = &console.Form{
	Intro: words["lessons.finish.intro"], Submit: words["lessons.finish.submit"],
	Fields: []console.Field{{Name: "evidence", Kind: console.Long, Label: words["lessons.finish.evidence"], Help: words["lessons.finish.help"], Required: true},
		{Name: "version", Kind: console.Hidden, Required: true}},
	Fill: func(r *console.Request) (console.Values, error) {
		x, err := lessons.GetAction(r.Context(), r.DB, r.PathValue("action"))
		var v console.Values
		v.SetInt("version", x.Version)
		return v, err
	},
	Back: func(r *console.Request) console.Link {
		return console.Link{Path: "/lessons/mine", Word: r.Say("shell.cancel")}
	},
	Page: func(r *console.Request, form *console.FormView) (console.Page, error) {
		x, err := lessons.GetAction(r.Context(), r.DB, r.PathValue("action"))
		return console.Page{Template: "finish", Data: struct {
			Action lessons.Action
			Form   *console.FormView
		}{x, form}}, err
	},
}

func finish(r *console.Request) (console.Answer, error) {
	id := r.PathValue("action")
	err := r.Tx(func(tx *store.Tx) error {
		return lessons.Finish(r.Context(), tx, r.Now(), r.Actor, id, r.Values.Get("evidence"), r.Values.Int("version"))
	})
	if errors.Is(err, lessons.ErrState) {
		return nil, r.Wrong("", "lessons.state.already")
	}
	if err != nil {
		return nil, err
	}
	x, err := lessons.GetAction(r.Context(), r.DB, id)
	to := path(x.Problem)
	if !r.Actor.May(office.LessonsSee, x.Office) {
		to = "/lessons/mine"
	}
	return console.Redirect{Path: to, Flash: r.Say("lessons.finished")}, err
}
