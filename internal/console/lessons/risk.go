package lessons

import (
	"fmt"
	"html/template"
	"maps"
	"slices"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/console/drawing"
	"github.com/sandogh/sandogh/internal/lessons"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
)

var riskFilters = []console.Field{{Name: "province", Kind: console.Choice, Label: words["lessons.risk.province"], Choices: func(r *console.Request) ([]console.Item, error) {
	provinces, err := provinces(r)
	var out []console.Item
	for _, o := range provinces {
		out = append(out, console.Item{Value: o.Code, Word: console.NameIn(r.Lang, o.NameFa, o.NameEn)})
	}
	return out, err
}}}

// provinces are those in which the person sees anything.
func provinces(r *console.Request) ([]officedb.Office, error) {
	lo, hi := office.Range("")
	all, err := officedb.New(r.DB).OfficesOfKind(r.Context(), officedb.OfficesOfKindParams{Kind: office.ProvinceAt, Lo: lo, Hi: hi, Max: 100})
	if err != nil {
		return nil, store.Classify(err)
	}
	over := r.Over()
	return slices.DeleteFunc(all, func(o officedb.Office) bool {
		return !slices.ContainsFunc(over, func(code string) bool { return office.Within(o.Code, code) || office.Within(code, o.Code) })
	}), nil
}

// provinceRisk is a row of the table beside the map.
type provinceRisk struct {
	Code   string         `json:"code"`
	Name   string         `json:"name"`
	Weight lessons.Weight `json:"weight"`
	State  console.State  `json:"highest"`
}

type series struct {
	Name   string          `json:"name"`
	Points []lessons.Point `json:"points"`
}

func risks(r *console.Request) (console.Answer, error) {
	ctx := r.Context()
	sums := map[string]lessons.Weight{}
	for _, code := range r.Over() {
		w, err := lessons.Weights(ctx, r.DB, code)
		if err != nil {
			return nil, err
		}
		maps.Copy(sums, w)
	}
	all, err := provinces(r)
	if err != nil {
		return nil, err
	}
	d := struct {
		Rows   []provinceRisk    `json:"provinces"`
		Trend  []series          `json:"trend"`
		Days   []string          `json:"-"`
		Map    template.HTML     `json:"-"`
		Lines  template.HTML     `json:"-"`
		Filter *console.ListView `json:"-"`
		Empty  bool              `json:"-"`
	}{Rows: []provinceRisk{}, Trend: []series{}}
	var tiles []drawing.Tile
	for _, o := range all {
		w := sums[o.Code]
		row := provinceRisk{o.Code, console.NameIn(r.Lang, o.NameFa, o.NameEn), w, Level(r, w.Highest)}
		d.Rows = append(d.Rows, row)
		tiles = append(tiles, drawing.Tile{Name: o.NameFa, Shown: row.Name, State: row.State.Kind, Value: r.Lang.Number(w.Risk),
			More: r.Say("lessons.risk.tile", w.Open, w.Unjudged, w.Highest)})
	}
	d.Map = drawing.Map(r.Say("lessons.risk.map"), tiles)

	// The lines: the person's own subtree, and a province beside it.
	home := ""
	if over := r.Over(); len(over) > 0 {
		home = over[0]
	}
	codes := []string{home}
	if chosen := r.Values.Get("province"); chosen != "" && chosen != home && r.May(chosen) {
		codes = append(codes, chosen)
	}
	var lines []drawing.Series
	for i, code := range codes {
		name, err := officeName(r, code)
		if err != nil {
			return nil, err
		}
		points, err := lessons.Trend(ctx, r.DB, code, r.Now())
		if err != nil {
			return nil, err
		}
		d.Trend = append(d.Trend, series{name, points})
		if len(points) > len(d.Days) {
			d.Days = nil
			for _, p := range points {
				d.Days = append(d.Days, p.Day)
			}
		}
		line := drawing.Series{Name: name, State: []string{"open", "bad"}[i], Dash: i > 0}
		for _, p := range points {
			line.Y = append(line.Y, p.Risk)
		}
		lines = append(lines, line)
	}
	for i := range d.Trend { // a province that began later was at 0 before
		for len(d.Trend[i].Points) < len(d.Days) {
			d.Trend[i].Points = slices.Insert(d.Trend[i].Points, 0, lessons.Point{Day: d.Days[len(d.Days)-len(d.Trend[i].Points)-1]})
			lines[i].Y = slices.Insert(lines[i].Y, 0, 0)
		}
	}
	var times []string
	for _, day := range d.Days {
		times = append(times, r.Lang.Digits(console.ISODay(day).String()))
	}
	d.Empty = len(d.Days) == 0
	d.Lines = drawing.Lines(r.Lang, r.Say("lessons.risk.trend"), times, lines)
	if d.Filter, err = r.ListView(console.List{}); err != nil {
		return nil, err
	}
	return console.Page{Template: "risk", Data: d, Crumbs: crumbs(r)}, nil
}

// cells of the table of a trend are asked for by week.
func (s series) At(i int) (lessons.Point, error) {
	if i < 0 || i >= len(s.Points) {
		return lessons.Point{}, fmt.Errorf("no week %d", i)
	}
	return s.Points[i], nil
}
