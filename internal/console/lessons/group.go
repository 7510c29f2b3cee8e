package lessons

import (
	"encoding/json"
	"errors"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/lessons"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/lessonsdb"
)

// groups lists the families: the same problem in several provinces.
func groups(r *console.Request) (console.Answer, error) {
	rows, err := lessonsdb.New(r.DB).Families(r.Context())
	if err != nil {
		return nil, store.Classify(err)
	}
	l := console.List{
		Whole: true, Intro: r.Say("lessons.groups.intro"), Empty: r.Say("lessons.groups.empty"), Search: r.Say("lessons.group.name"), Crumbs: crumbs(r),
		Columns: []console.Column{{Key: "name", Label: words["lessons.group.name"], Sort: true}, {Key: "provinces", Label: words["lessons.group.provinces"], Kind: console.Numbers, Sort: true},
			{Key: "problems", Label: words["lessons.group.problems"], Kind: console.Numbers, Sort: true}, {Key: "open", Label: words["lessons.group.open"], Kind: console.Numbers, Sort: true},
			{Key: "risk", Label: words["lessons.risk.highest"], Kind: console.States}},
	}
	if r.Actor.May(office.LessonsEdit, "") {
		l.Primary = &console.Link{Path: "/lessons/suggestions", Word: r.Say("lessons.suggestions")}
	}
	for _, f := range rows {
		l.Rows = append(l.Rows, console.Row{ID: f.ID, Path: "/lessons/groups/" + f.ID, Cells: []any{f.Name, f.Provinces, f.Problems, f.Unsolved, Level(r, f.Highest)}})
	}
	return l, nil
}

// decision is one that problems are the same.
type decision struct {
	ID     string `json:"id"`
	Person string `json:"person"`
	At     int64  `json:"at"`
	Count  int    `json:"problems"`
	Undone int64  `json:"undone"`
	Undo   bool   `json:"-"`
}

func showGroup(r *console.Request) (console.Answer, error) {
	ctx, q := r.Context(), lessonsdb.New(r.DB)
	f, err := q.Family(ctx, r.PathValue("family"))
	if err != nil {
		return nil, store.Classify(err)
	}
	d := struct {
		Name      string     `json:"name"`
		Provinces []string   `json:"provinces"`
		Count     int        `json:"count"`
		Problems  []Row      `json:"problems"` // within one's posts
		Decisions []decision `json:"decisions"`
	}{Name: f.Name, Problems: []Row{}}
	had, err := q.FamilyProvinces(ctx, f.ID)
	if err != nil {
		return nil, store.Classify(err)
	}
	for _, o := range had {
		d.Provinces = append(d.Provinces, console.NameIn(r.Lang, o.NameFa, o.NameEn))
	}
	d.Count = len(had)
	for _, code := range r.Over() {
		found, err := lessons.Find(ctx, r.DB, code, lessons.Filter{Family: f.ID}, 1000, 0)
		if err != nil {
			return nil, err
		}
		d.Problems = append(d.Problems, Rows(r, found)...)
	}
	rows, err := q.GroupingsOf(ctx, f.ID)
	if err != nil {
		return nil, store.Classify(err)
	}
	for _, g := range rows {
		var moved []json.RawMessage
		if err := json.Unmarshal([]byte(g.Moved), &moved); err != nil {
			return nil, err
		}
		d.Decisions = append(d.Decisions, decision{g.ID, g.Name, g.At, len(moved), g.Undone, g.Undone == 0 && r.Actor.May(office.LessonsEdit, "")})
	}
	return console.Page{Template: "group", Title: f.Name, Data: d, Crumbs: crumbs(r, console.Link{Path: "/lessons/groups", Word: r.Say("lessons.groups")})}, nil
}

// A Row is a problem in a table of a page.
type Row struct {
	ID     string        `json:"id"`
	Text   string        `json:"problem"`
	Office string        `json:"office"`
	Round  string        `json:"round"`
	Risk   console.State `json:"risk"`
	State  console.State `json:"state"`
}

// Rows returns problems as a table shows them.
func Rows(r *console.Request, found []lessons.Entry) []Row {
	out := make([]Row, len(found))
	for i, e := range found {
		out[i] = Row{e.ID, e.Problem.Problem, console.NameIn(r.Lang, e.NameFa, e.NameEn), e.Round, Level(r, e.Risk), State(r, e.State, e.Due)}
	}
	return out
}

// suggestions lists problems that may be the same in several provinces.
func suggestions(r *console.Request) (console.Answer, error) {
	found, err := lessons.Suggest(r.Context(), r.DB)
	if err != nil {
		return nil, err
	}
	l := console.List{
		Whole: true, Intro: r.Say("lessons.suggestions.intro"), Empty: r.Say("lessons.suggestions.empty"),
		Crumbs: crumbs(r, console.Link{Path: "/lessons/groups", Word: r.Say("lessons.groups")}),
		Columns: []console.Column{{Key: "problem", Label: words["lessons.problem"]}, {Key: "office", Label: words["lessons.office"]},
			{Key: "provinces", Label: words["lessons.suggestions.provinces"], Kind: console.Numbers, Sort: true}, {Key: "like", Label: words["lessons.suggestions.like"], Kind: console.Numbers, Sort: true}},
	}
	for _, s := range found {
		l.Rows = append(l.Rows, console.Row{ID: s.ID, Path: path(s.ID) + "/group", Cells: []any{s.Problem.Problem, console.NameIn(r.Lang, s.NameFa, s.NameEn), s.Provinces, len(s.Like)}})
	}
	return l, nil
}

var groupForm = &console.Form{
	Intro: words["lessons.group.intro"], Submit: words["lessons.group.submit"], Back: backToOne, Page: withProblem,
	Fields: []console.Field{
		{Name: "name", Kind: console.Line, Label: words["lessons.group.name"], Help: words["lessons.group.name.help"], Required: true, Max: 150},
		{Name: "problems", Kind: console.Choices, Label: words["lessons.group.same"], Help: words["lessons.group.same.help"], Required: true, Choices: likeItems},
	},
	Fill: func(r *console.Request) (console.Values, error) {
		p, err := lessons.Get(r.Context(), r.DB, r.PathValue("problem"))
		if err != nil {
			return console.Values{}, err
		}
		name := p.Topic
		if p.Family != "" {
			f, err := lessonsdb.New(r.DB).Family(r.Context(), p.Family)
			if err != nil {
				return console.Values{}, store.Classify(err)
			}
			name = f.Name
		}
		return console.Fill("name", name), nil // nothing is ticked: a person decides
	},
}

// shownLike is how many similar problems are offered at once.
const shownLike = 100

func likeItems(r *console.Request) ([]console.Item, error) {
	found, err := lessons.Like(r.Context(), r.DB, r.PathValue("problem"))
	if err != nil {
		return nil, err
	}
	var out []console.Item
	for _, s := range found[:min(len(found), shownLike)] {
		out = append(out, console.Item{Value: s.ID, Word: r.Say("lessons.group.item", console.NameIn(r.Lang, s.NameFa, s.NameEn), s.Round, s.Problem.Problem)})
	}
	return out, nil
}

func group(r *console.Request) (console.Answer, error) {
	id, family := r.PathValue("problem"), ""
	err := r.Tx(func(tx *store.Tx) (err error) {
		p, err := lessons.Get(r.Context(), tx, id)
		if err != nil {
			return err
		}
		family, err = lessons.Join(r.Context(), tx, r.Now(), r.Actor, p.Family, r.Values.Get("name"), append(r.Values.All("problems"), id))
		return err
	})
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/lessons/groups/" + family, Flash: r.Say("lessons.grouped", len(r.Values.All("problems"))+1), Value: map[string]string{"family": family}}, nil
}

var undoForm = &console.Form{Intro: words["lessons.undo.intro"], Back: backTo("/lessons/groups")}

func undo(r *console.Request) (console.Answer, error) {
	err := r.Tx(func(tx *store.Tx) error {
		return lessons.Undo(r.Context(), tx, r.Now(), r.Actor, r.PathValue("grouping"))
	})
	switch {
	case errors.Is(err, lessons.ErrMoved):
		return nil, r.Wrong("", "lessons.undo.moved")
	case errors.Is(err, lessons.ErrState):
		return nil, r.Wrong("", "lessons.state.already")
	case err != nil:
		return nil, err
	}
	return console.Redirect{Path: "/lessons/groups", Flash: r.Say("lessons.undone")}, nil
}
