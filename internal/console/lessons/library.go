package lessons

import (
	"errors"
	"net/http"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/lessons"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
)

var importForm = &console.Form{
	Intro: words["lessons.import.intro"], Submit: words["lessons.import.submit"], Back: backTo("/lessons"), Limit: 64 << 20,
	Fields: []console.Field{{Name: "file", Kind: console.Upload, Label: words["lessons.import.file"], Help: words["lessons.import.help"], Required: true}},
}

// fault is a fault of a file as it is shown.
type fault struct {
	lessons.Fault
	Text string `json:"text"`
}

func importFile(r *console.Request) (console.Answer, error) {
	file, err := r.Values.File("file")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	n := 0
	err = r.Tx(func(tx *store.Tx) (err error) {
		n, err = lessons.Import(r.Context(), tx, r.Now(), r.Actor, file)
		return err
	})
	var faults lessons.Faults
	if errors.As(err, &faults) {
		out := make([]fault, len(faults))
		for i, f := range faults {
			column := ""
			if f.Field != "" {
				column = r.Say("lessons.fault.column", f.Field) + " "
			}
			out[i] = fault{f, column + r.Say("lessons.fault."+f.Code, f.Value)}
		}
		return console.Page{Template: "faults", Status: http.StatusUnprocessableEntity, Crumbs: crumbs(r), Data: map[string]any{"faults": out, "count": len(out)}}, nil
	}
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/lessons", Flash: r.Say("lessons.imported", n), Value: map[string]int{"problems": n}}, nil
}

var factorFilters = []console.Field{{Name: "group", Kind: console.Choice, Label: words["lessons.factor.group"], Choices: func(r *console.Request) ([]console.Item, error) {
	var out []console.Item
	for _, g := range lessons.Groups() {
		out = append(out, console.Item{Value: g.ID, Word: word(r, g.Name)})
	}
	return out, nil
}}}

func factorList(r *console.Request) (console.Answer, error) {
	l := console.List{
		Whole: true, Intro: r.Say("lessons.factors.intro"), Search: r.Say("lessons.factors.search"), Crumbs: crumbs(r),
		Columns: []console.Column{{Key: "factor", Label: words["lessons.factor"], Sort: true}, {Key: "group", Label: words["lessons.factor.group"], Sort: true}, {Key: "look", Label: words["lessons.factor.look"]}},
	}
	names := map[string]string{}
	for _, g := range lessons.Groups() {
		names[g.ID] = word(r, g.Name)
	}
	for _, f := range lessons.Factors() {
		if want := r.Values.Get("group"); want == "" || want == f.Group {
			l.Rows = append(l.Rows, console.Row{ID: f.ID, Path: "/lessons/factors/" + f.ID, Cells: []any{word(r, f.Name), names[f.Group], word(r, f.Look)}})
		}
	}
	return l, nil
}

func showFactor(r *console.Request) (console.Answer, error) {
	f, ok := lessons.FactorByID(r.PathValue("factor"))
	if !ok {
		return nil, console.ErrNotFound
	}
	p := console.Page{Template: "factor", Title: word(r, f.Name), Data: f, Crumbs: crumbs(r, console.Link{Path: "/lessons/factors", Word: r.Say("lessons.factors")})}
	if r.Actor.Somewhere(office.LessonsEdit) {
		p.Next = &console.Next{Text: r.Say("lessons.factor.next"), Link: console.Link{Path: "/lessons/new?factor=" + f.ID, Word: r.Say("lessons.factor.take")}}
	}
	return p, nil
}
