package lessons

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/lessons"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/lessonsdb"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
)

// one is what the page of a problem shows.
type one struct {
	Problem    lessons.Problem     `json:"problem"`
	OfficeName string              `json:"office_name"`
	OwnerName  string              `json:"owner_name"`
	FactorName string              `json:"factor_name,omitempty"`
	State      console.State       `json:"state"`
	Risk       console.State       `json:"risk"`
	Actions    []actionView        `json:"actions"`
	Judgements []lessons.Judgement `json:"judgements"`
	InTurn     int                 `json:"judged_in_turn"`
	Provinces  int64               `json:"provinces"` // that had it
	Waits      bool                `json:"-"`         // for a second judgement
	Links      []console.Link      `json:"-"`
}

type actionView struct {
	lessons.Action
	OwnerName string        `json:"owner_name"`
	What      string        `json:"what"`
	Shown     console.State `json:"-"`
	Finish    bool          `json:"-"`
}

func show(r *console.Request) (console.Answer, error) {
	ctx, q := r.Context(), lessonsdb.New(r.DB)
	p, err := lessons.Get(ctx, r.DB, r.PathValue("problem"))
	if err != nil {
		return nil, err
	}
	d := one{Problem: p, State: State(r, p.State, p.Due), Risk: Level(r, p.Risk), Actions: []actionView{}}
	if d.OfficeName, err = officeName(r, p.Office); err != nil {
		return nil, err
	}
	if d.OwnerName, err = personName(r, p.Owner); err != nil {
		return nil, err
	}
	if f, ok := lessons.FactorByID(p.Factor); ok {
		d.FactorName = word(r, f.Name)
	}
	rows, err := q.ActionsOf(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	undone := lessons.Action{}
	for _, x := range rows {
		a := lessons.Action{ID: x.ID, Problem: x.Problem, Office: x.Office, Kind: x.Kind, Target: x.Target, Content: x.Content, Owner: x.Owner, Due: x.Due, State: x.State, Closing: x.Closing, Version: x.Version}
		what, err := Becomes(r, a.Kind, a.Target)
		if err != nil {
			return nil, err
		}
		d.Actions = append(d.Actions, actionView{a, x.OwnerName, what, State(r, a.State, a.Due), a.State == lessons.Open && a.MayFinish(r.Actor)})
		if a.State == lessons.Open && undone.ID == "" {
			undone = a
		}
	}
	if d.Judgements, d.InTurn, err = lessons.Judgements(ctx, r.DB, p, r.Actor.Person); err != nil {
		return nil, err
	}
	slices.Reverse(d.Judgements) // the last turn first
	d.Waits = d.InTurn == 1
	mineIn := slices.ContainsFunc(d.Judgements, func(j lessons.Judgement) bool { return j.Turn == p.Turn && j.Person == r.Actor.Person })
	if p.Family != "" {
		size, err := q.FamilySize(ctx, p.Family)
		if err != nil {
			return nil, err
		}
		d.Provinces = size.Provinces
	}

	page := console.Page{Template: "problem", Title: p.Topic, Crumbs: crumbs(r)}
	link := func(to, key string) console.Link { return console.Link{Path: path(p.ID) + "/" + to, Word: r.Say(key)} }
	next := func(key string, l console.Link) {
		if page.Next == nil {
			page.Next = &console.Next{Text: r.Say(key), Link: l}
			return
		}
		d.Links = append(d.Links, l)
	}
	edits, judges := r.Actor.May(office.LessonsEdit, p.Office), r.Actor.May(office.LessonsJudge, p.Office)
	if p.State == lessons.Open {
		if edits && len(d.Actions) == 0 {
			next("lessons.next.act", link("act", "lessons.act"))
		}
		if undone.ID != "" && undone.MayFinish(r.Actor) {
			next("lessons.next.finish", console.Link{Path: "/lessons/action/" + undone.ID + "/finish", Word: r.Say("lessons.finish")})
		}
		if judges && d.InTurn < 2 && !mineIn {
			next("lessons.next.judge", link("judge", "lessons.judge"))
		}
		if judges && undone.ID == "" && len(d.Actions) > 0 {
			next("lessons.next.close", link("close", "lessons.close"))
		}
		if edits && len(d.Actions) > 0 {
			d.Links = append(d.Links, link("act", "lessons.act"))
		}
		if judges && d.InTurn >= 2 {
			d.Links = append(d.Links, link("again", "lessons.again"))
		}
		if judges && len(d.Actions) == 0 {
			d.Links = append(d.Links, link("close", "lessons.close"))
		}
	} else if judges {
		d.Links = append(d.Links, link("reopen", "lessons.reopen"))
	}
	if edits {
		d.Links = append(d.Links, link("edit", "lessons.edit"))
	}
	if r.Actor.May(office.LessonsEdit, "") {
		d.Links = append(d.Links, link("group", "lessons.group"))
	}
	page.Data = d
	return page, nil
}

// Becomes says what an action becomes.
func Becomes(r *console.Request, kind, target string) (string, error) {
	switch kind {
	case lessons.Stage:
		all := calendar.Stages()
		if i := slices.IndexFunc(all, func(s calendar.Stage) bool { return s.ID == target }); i >= 0 {
			return r.Say("lessons.becomes.stage", all[i].Title(calendar.Lang(r.Lang.Code()))), nil
		}
		return r.Say("lessons.becomes.stage", target), nil
	case lessons.Topic:
		t, err := trainingdb.New(r.DB).Topic(r.Context(), target)
		if err = store.Classify(err); errors.Is(err, store.ErrNotFound) {
			return r.Say("lessons.becomes.topic.gone"), nil
		}
		if err != nil {
			return "", err
		}
		c, err := trainingdb.New(r.DB).Course(r.Context(), t.Course)
		return r.Say("lessons.becomes.topic", c.Name), err
	}
	return r.Say("lessons.becomes.item"), nil
}

// withProblem puts the problem above a form that is about it.
func withProblem(r *console.Request, form *console.FormView) (console.Page, error) {
	p, err := lessons.Get(r.Context(), r.DB, r.PathValue("problem"))
	if err != nil {
		return console.Page{}, err
	}
	name, err := officeName(r, p.Office)
	return console.Page{Template: "about", Crumbs: crumbs(r, console.Link{Path: path(p.ID), Word: p.Topic}), Data: struct {
		Problem lessons.Problem
		Office  string
		Form    *console.FormView
	}{p, name, form}}, err
}

var kinds = console.Items(lessons.Item, words["lessons.kind.item"], lessons.Stage, words["lessons.kind.stage"], lessons.Topic, words["lessons.kind.topic"])

var actForm = &console.Form{
	Intro: words["lessons.act.intro"], Submit: words["lessons.act.submit"], Back: backToOne, Check: checkAct, Page: withProblem,
	Fill: func(*console.Request) (console.Values, error) { return console.Fill("minutes", "30"), nil },
	Fields: []console.Field{
		{Name: "content", Kind: console.Line, Label: words["lessons.act.content"], Required: true, Max: 300},
		{Name: "kind", Kind: console.Choice, Label: words["lessons.act.kind"], Required: true, Choices: kinds},
		{Name: "stage", Kind: console.Choice, Label: words["lessons.act.stage"], Help: words["lessons.act.stage.help"], Choices: stageItems},
		{Name: "place", Kind: console.Choice, Label: words["lessons.act.place"], Help: words["lessons.act.place.help"], Choices: placeItems},
		{Name: "minutes", Kind: console.Number, Label: words["lessons.act.minutes"], Min: 5, Max: 480},
		{Name: "owner", Kind: console.Person, Label: words["lessons.owner"], Required: true},
		{Name: "due", Kind: console.Day, Label: words["lessons.due"], Help: words["lessons.act.due.help"]},
	},
}

func stageItems(r *console.Request) ([]console.Item, error) {
	var out []console.Item
	for _, s := range calendar.Stages() {
		out = append(out, console.Item{Value: s.ID, Word: s.Title(calendar.Lang(r.Lang.Code()))})
	}
	return out, nil
}

// placeItems are the courses and the coming sessions whose topics the person
// plans.
func placeItems(r *console.Request) ([]console.Item, error) {
	var out []console.Item
	q := trainingdb.New(r.DB)
	if r.Actor.May(office.TrainingPlan, "") {
		courses, err := q.Courses(r.Context())
		if err != nil {
			return nil, err
		}
		for _, c := range courses {
			out = append(out, console.Item{Value: "course:" + c.ID, Word: r.Say("lessons.place.course", c.Name)})
		}
	}
	for _, code := range r.Actor.Over(office.TrainingPlan) {
		lo, hi := office.Range(code)
		all, err := q.SessionsIn(r.Context(), trainingdb.SessionsInParams{Lo: lo, Hi: hi, Since: r.Today(), Max: 200})
		if err != nil {
			return nil, err
		}
		for _, s := range all {
			out = append(out, console.Item{Value: "session:" + s.ID, Word: r.Say("lessons.place.session", s.Number, s.Venue)})
		}
	}
	return out, nil
}

// dueBefore is the day before a stage begins, "" if that is not known yet.
func dueBefore(r *console.Request, stage string) (string, error) {
	e, err := office.LoadElection(r.Context(), r.DB)
	polling := console.ISODay(e.PollingDay)
	if err != nil || polling == 0 {
		return "", err
	}
	for _, s := range calendar.Stages() {
		if s.ID == stage && s.From != nil {
			return (polling + calendar.Day(*s.From) - 1).Gregorian(), nil
		}
	}
	return "", nil
}

// checkAct says what one field alone cannot: what a kind of action needs.
func checkAct(r *console.Request) []console.Fault {
	var faults []console.Fault
	need := func(field string) {
		if r.Values.Get(field) == "" {
			faults = append(faults, console.Fault{Field: field, Text: r.Say("form.required")})
		}
	}
	switch r.Values.Get("kind") {
	case lessons.Stage:
		if need("stage"); len(faults) == 0 && r.Values.Get("due") == "" {
			if due, err := dueBefore(r, r.Values.Get("stage")); err == nil && due != "" {
				r.Values.Set("due", due)
			}
		}
	case lessons.Topic:
		need("place")
	}
	need("due")
	return faults
}

func act(r *console.Request) (console.Answer, error) {
	v := r.Values
	x := lessons.Action{Problem: r.PathValue("problem"), Kind: v.Get("kind"), Content: v.Get("content"), Owner: v.Get("owner"), Due: v.Get("due")}
	at := lessons.Place{Minutes: max(v.Int("minutes"), 5)}
	switch x.Kind {
	case lessons.Stage:
		x.Target = v.Get("stage")
	case lessons.Topic:
		at.Course, _ = strings.CutPrefix(v.Get("place"), "course:")
		if s, ok := strings.CutPrefix(v.Get("place"), "session:"); ok {
			at.Course, at.Session = "", s
		}
	}
	err := r.Tx(func(tx *store.Tx) (err error) {
		x, err = lessons.Act(r.Context(), tx, r.Now(), r.Actor, x, at)
		return err
	})
	if errors.Is(err, lessons.ErrState) {
		return nil, r.Wrong("", "lessons.already.closed")
	}
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: path(x.Problem), Flash: r.Say("lessons.acted"), Value: x}, nil
}

var scale = func(key string) func(*console.Request) ([]console.Item, error) {
	return console.Items(1, words[key+".1"], 2, words[key+".2"], 3, words[key+".3"], 4, words[key+".4"], 5, words[key+".5"])
}

var judgeForm = &console.Form{
	Intro: words["lessons.judge.intro"], Submit: words["lessons.judge.submit"], Back: backToOne, Page: withProblem,
	Fields: []console.Field{
		{Name: "likelihood", Kind: console.Choice, Label: words["lessons.likelihood"], Required: true, Choices: scale("lessons.likely")},
		{Name: "harm", Kind: console.Choice, Label: words["lessons.harm"], Required: true, Choices: scale("lessons.harm")},
		{Name: "reason", Kind: console.Long, Label: words["lessons.judge.reason"], Required: true},
	},
}

func judgeIt(r *console.Request) (console.Answer, error) {
	var p lessons.Problem
	v := r.Values
	err := r.Tx(func(tx *store.Tx) (err error) {
		p, err = lessons.Judge(r.Context(), tx, r.Now(), r.Actor, r.PathValue("problem"), lessons.Judgement{Likelihood: v.Int("likelihood"), Harm: v.Int("harm"), Reason: v.Get("reason")})
		return err
	})
	for cause, key := range map[error]string{lessons.ErrOnce: "lessons.judge.once", lessons.ErrJudged: "lessons.judge.twice", lessons.ErrState: "lessons.already.closed"} {
		if errors.Is(err, cause) {
			return nil, r.Wrong("", key)
		}
	}
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: path(p.ID), Flash: r.Say("lessons.judged")}, nil
}

func again(r *console.Request) (console.Answer, error) {
	id := r.PathValue("problem")
	err := r.Tx(func(tx *store.Tx) error { return lessons.Again(r.Context(), tx, r.Now(), r.Actor, id) })
	if errors.Is(err, lessons.ErrState) {
		return nil, r.Wrong("", "lessons.again.not")
	}
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: path(id), Flash: r.Say("lessons.again.flash")}, nil
}

// stateForm asks why, before a problem is closed or opened again.
func stateForm(why, help string) *console.Form {
	return &console.Form{
		Back: backToOne, Page: withProblem,
		Fields: []console.Field{{Name: "why", Kind: console.Long, Label: words[why], Help: words[help], Required: true},
			{Name: "version", Kind: console.Hidden, Required: true}},
		Fill: func(r *console.Request) (console.Values, error) {
			p, err := lessons.Get(r.Context(), r.DB, r.PathValue("problem"))
			var v console.Values
			v.SetInt("version", p.Version)
			return v, err
		},
	}
}

type setter func(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id, why string, version int64) error

func setState(set setter, flash string) func(*console.Request) (console.Answer, error) {
	return func(r *console.Request) (console.Answer, error) {
		id := r.PathValue("problem")
		err := r.Tx(func(tx *store.Tx) error {
			return set(r.Context(), tx, r.Now(), r.Actor, id, r.Values.Get("why"), r.Values.Int("version"))
		})
		switch {
		case errors.Is(err, lessons.ErrOpenActions):
			return nil, r.Wrong("", "lessons.close.actions")
		case errors.Is(err, lessons.ErrState):
			return nil, r.Wrong("", "lessons.state.already")
		case err != nil:
			return nil, err
		}
		return console.Redirect{Path: path(id), Flash: r.Say(flash)}, nil
	}
}
