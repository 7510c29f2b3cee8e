package outreach

import (
	"errors"
	"html/template"
	"net/http"
	"slices"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/console/drawing"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/outreach"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
)

var (
	contests = console.Items("councils", words["outreach.contest.councils"], "majlis", words["outreach.contest.majlis"], "experts", words["outreach.contest.experts"],
		"president", words["outreach.contest.president"])
	bases = console.Items("civil-register", words["outreach.basis.civil-register"], "census", words["outreach.basis.census"], "voters-roll", words["outreach.basis.voters-roll"])

	turnoutFilters = []console.Field{{Name: "contest", Kind: console.Choice, Label: words["outreach.contest"], Choices: contests},
		{Name: "basis", Kind: console.Choice, Label: words["outreach.basis"], Choices: bases}}

	importForm = &console.Form{
		Intro: words["outreach.import.intro"], Submit: words["outreach.import"], Back: backTo("/outreach/turnout"), Limit: 8 << 20,
		Fields: []console.Field{{Name: "file", Kind: console.Upload, Label: words["outreach.import.file"], Help: words["outreach.import.help"], Required: true}},
	}
)

// figure is a turnout as it is shown.
type figure struct {
	outreach.Turnout
	Name    string `json:"name"`
	Percent string `json:"percent"`
}

type comparison struct {
	Contest string        `json:"contest"`
	Basis   string        `json:"basis"`
	Figures []figure      `json:"figures"`
	Title   string        `json:"-"`
	Of      string        `json:"-"`
	Bars    template.HTML `json:"-"`
}

func turnout(r *console.Request) (console.Answer, error) {
	found, err := outreach.Compare(r.Context(), r.DB, r.Values.Get("contest"), r.Values.Get("basis"))
	if err != nil {
		return nil, err
	}
	d := struct {
		Comparisons []comparison      `json:"comparisons"`
		Filter      *console.ListView `json:"-"`
		Import      bool              `json:"-"`
	}{Comparisons: []comparison{}, Import: r.Actor.May(office.OutreachEdit, "")}
	names := map[string]string{}
	for _, c := range found {
		out := comparison{Contest: c.Contest, Basis: c.Basis, Title: r.Say("outreach.contest." + c.Contest), Of: r.Say("outreach.basis." + c.Basis)}
		var groups []drawing.Group
		for i, t := range c.Figures {
			if _, known := names[t.Office]; !known {
				o, err := officedb.New(r.DB).Office(r.Context(), t.Office)
				if err != nil {
					return nil, err
				}
				names[t.Office] = console.NameIn(r.Lang, o.NameFa, o.NameEn)
			}
			f := figure{t, names[t.Office], r.Lang.Percent(uint64(t.Voted), uint64(t.Eligible))}
			out.Figures = append(out.Figures, f)
			if i == 0 || c.Figures[i-1].Office != t.Office {
				groups = append(groups, drawing.Group{Name: f.Name})
			}
			g := &groups[len(groups)-1]
			g.Bars = append(g.Bars, drawing.Bar{Name: r.Lang.Digits(t.Round), Part: t.Voted, Whole: t.Eligible, Value: f.Percent, State: "wait"})
		}
		for i := range groups { // the last round stands out, by its colour and its place
			groups[i].Bars[len(groups[i].Bars)-1].State = "good"
		}
		out.Bars = drawing.Bars(r.Lang, r.Say("outreach.turnout.chart", out.Title, out.Of), groups)
		d.Comparisons = append(d.Comparisons, out)
	}
	slices.SortStableFunc(d.Comparisons, func(a, b comparison) int { return len(b.Figures) - len(a.Figures) })
	if d.Filter, err = r.ListView(console.List{}); err != nil {
		return nil, err
	}
	return console.Page{Template: "turnout", Data: d, Crumbs: crumbs(r)}, nil
}

// fault is a fault of a file as it is shown.
type fault struct {
	outreach.Fault
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
		n, err = outreach.Import(r.Context(), tx, r.Now(), r.Actor, file)
		return err
	})
	var faults outreach.Faults
	if errors.As(err, &faults) {
		out := make([]fault, len(faults))
		for i, f := range faults {
			column := ""
			if f.Field != "" {
				column = r.Say("outreach.fault.column", f.Field) + " "
			}
			out[i] = fault{f, column + r.Say("outreach.fault."+f.Code, f.Value)}
		}
		return console.Page{Template: "faults", Status: http.StatusUnprocessableEntity, Crumbs: crumbs(r), Data: map[string]any{"faults": out, "count": len(out)}}, nil
	}
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/outreach/turnout", Flash: r.Say("outreach.imported", n), Value: map[string]int{"figures": n}}, nil
}
