package venues

import (
	"embed"
	"io/fs"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training/programme"
)

//go:embed templates/*.html
var templates embed.FS

// Part returns the part.
func Part(console.Deps) console.Part {
	own, _ := fs.Sub(templates, "templates") // embedded: it is there
	return console.Part{Name: "venues", Words: words, Templates: own, Routes: routes()}
}

// Routes returns its routes.
func Routes(d console.Deps) []console.Route { return Part(d).Routes }

func routes() []console.Route {
	see, plan := office.TrainingSee, office.TrainingPlan
	return []console.Route{
		{Method: "GET", Path: "/training/venues", Power: see, Summary: words["venues.title"], Do: list},
		{Method: "POST", Path: "/training/venues/new", Power: plan, Summary: words["venues.new"], Form: newForm, Do: add},
		{Method: "GET", Path: "/training/venues/{venue}", Power: see, Scope: venueScope, Summary: words["venues.venue"], Do: show},
		{Method: "POST", Path: "/training/venues/{venue}/edit", Power: plan, Scope: venueScope, Summary: words["venues.edit"], Form: editForm, Do: edit},
		{Method: "POST", Path: "/training/venues/{venue}/open", Power: plan, Scope: venueScope, Summary: words["venues.open"], Form: daysForm("venues.open.intro", toVenue), Do: open},
		{Method: "POST", Path: "/training/venues/{venue}/open/{days}/remove", Power: plan, Scope: venueScope, Summary: words["venues.close"],
			Form: &console.Form{Intro: words["venues.close.intro"], Back: toVenue}, Do: shut},
		{Method: "GET", Path: "/training/trainers", Power: see, Summary: words["venues.trainers"], Do: trainers},
		{Method: "GET", Path: "/training/trainers/{person}", Power: office.Own, Summary: words["venues.trainer"], Do: trainer},
		{Method: "POST", Path: "/training/trainers/{person}/off", Power: office.Own, Summary: words["venues.off"], Form: daysForm("venues.off.intro", toTrainer), Do: off},
		{Method: "POST", Path: "/training/trainers/{person}/off/{days}/remove", Power: office.Own, Summary: words["venues.back"],
			Form: &console.Form{Intro: words["venues.back.intro"], Back: toTrainer}, Do: back},
	}
}

func venueScope(r *console.Request) (string, error) {
	v, err := trainingdb.New(r.DB).Venue(r.Context(), r.PathValue("venue"))
	return v.Office, store.Classify(err)
}

func venuePath(id string) string { return "/training/venues/" + id }

func toVenue(r *console.Request) console.Link {
	return console.Link{Path: venuePath(r.PathValue("venue")), Word: r.Say("shell.cancel")}
}

// crumbs lead to the programmes, and to a list.
func crumbs(r *console.Request, more ...console.Link) []console.Link {
	return append([]console.Link{{Path: "/training", Word: r.Say("venues.training")}}, more...)
}

// stretch is days in words.
func stretch(r *console.Request, first, last string) string {
	lang := calendar.Lang(r.Lang.Code())
	if first == last {
		return console.ISODay(first).In(lang)
	}
	return r.Say("venues.stretch", console.ISODay(first).In(lang), console.ISODay(last).In(lang))
}

// list lists the venues within reach, with the days on which they are open.
func list(r *console.Request) (console.Answer, error) {
	l := console.List{Whole: true, Crumbs: crumbs(r), Intro: r.Say("venues.intro"), Empty: r.Say("venues.empty"), Search: r.Say("venues.search"), Columns: []console.Column{
		{Key: "name", Label: words["venues.name"], Sort: true}, {Key: "office", Label: words["venues.office"], Sort: true},
		{Key: "seats", Label: words["venues.seats"], Kind: console.Numbers, Sort: true}, {Key: "open", Label: words["venues.days"]}}}
	if r.Actor.Somewhere(office.TrainingPlan) {
		l.Primary = &console.Link{Path: "/training/venues/new", Word: r.Say("venues.new")}
	}
	q := trainingdb.New(r.DB)
	days, err := q.OpenDays(r.Context())
	if err != nil {
		return nil, store.Classify(err)
	}
	said := map[string][]string{}
	for _, d := range days {
		said[d.Venue] = append(said[d.Venue], stretch(r, d.FirstDay, d.LastDay))
	}
	for _, code := range r.Over() {
		lo, hi := office.Range(code)
		rows, err := q.VenuesIn(r.Context(), trainingdb.VenuesInParams{Lo: lo, Hi: hi})
		if err != nil {
			return nil, store.Classify(err)
		}
		for _, v := range rows {
			open := r.Say("venues.always")
			if all := said[v.ID]; len(all) > 0 {
				open = r.Lang.And(all)
			}
			l.Rows = append(l.Rows, console.Row{ID: v.ID, Path: venuePath(v.ID), Cells: []any{v.Name, console.NameIn(r.Lang, v.NameFa, v.NameEn), v.Seats, open}})
		}
	}
	return l, nil
}

var (
	nameField  = console.Field{Name: "name", Kind: console.Line, Label: words["venues.name"], Required: true, Max: 100}
	seatsField = console.Field{Name: "seats", Kind: console.Number, Label: words["venues.seats"], Required: true, Min: 1, Max: 5000}
	newForm    = &console.Form{Intro: words["venues.new.intro"], Fields: []console.Field{nameField,
		{Name: "office", Kind: console.Office, Label: words["venues.office"], Help: words["venues.office.help"], Required: true}, seatsField},
		Back: func(r *console.Request) console.Link {
			return console.Link{Path: "/training/venues", Word: r.Say("shell.cancel")}
		}}
	editForm = &console.Form{Fields: []console.Field{nameField, seatsField, {Name: "version", Kind: console.Hidden, Required: true}}, Back: toVenue,
		Fill: func(r *console.Request) (console.Values, error) {
			v, err := trainingdb.New(r.DB).Venue(r.Context(), r.PathValue("venue"))
			out := console.Fill("name", v.Name)
			out.SetInt("seats", v.Seats)
			out.SetInt("version", v.Version)
			return out, store.Classify(err)
		}}
)

// write does something in a transaction, and goes on to a page.
func write(r *console.Request, path, flash string, do func(tx *store.Tx) error) (console.Answer, error) {
	if err := r.Tx(do); err != nil {
		return nil, err
	}
	return console.Redirect{Path: path, Flash: r.Say(flash)}, nil
}

func add(r *console.Request) (console.Answer, error) {
	var id string
	err := r.Tx(func(tx *store.Tx) (err error) {
		id, err = programme.AddVenue(r.Context(), tx, r.Now(), r.Actor, r.Values.OfficeOf("office"), r.Values.Get("name"), r.Values.Int("seats"))
		return err
	})
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: venuePath(id), Flash: r.Say("venues.added"), Value: map[string]string{"id": id}}, nil
}

// A line is a stretch of days on a page.
type line struct {
	programme.Stretch
	Remove string `json:"-"`
}

func show(r *console.Request) (console.Answer, error) {
	q := trainingdb.New(r.DB)
	v, err := q.Venue(r.Context(), r.PathValue("venue"))
	if err != nil {
		return nil, store.Classify(err)
	}
	at, err := officedb.New(r.DB).Office(r.Context(), v.Office)
	if err != nil {
		return nil, store.Classify(err)
	}
	days, err := q.OpenDaysOf(r.Context(), v.ID)
	if err != nil {
		return nil, store.Classify(err)
	}
	data := struct {
		ID     string `json:"id"`
		Office string `json:"office"`
		Seats  int64  `json:"seats"`
		Days   []line `json:"open"`
		Plans  bool   `json:"-"`
	}{v.ID, console.NameIn(r.Lang, at.NameFa, at.NameEn), v.Seats, []line{}, r.Actor.May(office.TrainingPlan, v.Office)}
	for _, d := range days {
		data.Days = append(data.Days, line{programme.Stretch{ID: d.ID, First: d.FirstDay, Last: d.LastDay}, venuePath(v.ID) + "/open/" + d.ID + "/remove"})
	}
	return console.Page{Template: "venue", Title: v.Name, Data: data, Crumbs: crumbs(r, console.Link{Path: "/training/venues", Word: r.Say("venues.title")})}, nil
}

func edit(r *console.Request) (console.Answer, error) {
	return write(r, venuePath(r.PathValue("venue")), "venues.saved", func(tx *store.Tx) error {
		return programme.EditVenue(r.Context(), tx, r.Now(), r.Actor, r.PathValue("venue"), r.Values.Get("name"), r.Values.Int("seats"), r.Values.Int("version"))
	})
}

// daysForm asks for a stretch of days.
func daysForm(intro string, to func(*console.Request) console.Link) *console.Form {
	return &console.Form{Intro: words[intro], Back: to, Fields: []console.Field{{Name: "first", Kind: console.Day, Label: words["venues.first"], Required: true},
		{Name: "last", Kind: console.Day, Label: words["venues.last"], Help: words["venues.last.help"]}},
		Check: func(r *console.Request) []console.Fault {
			if last := r.Values.Get("last"); last != "" && last < r.Values.Get("first") {
				return []console.Fault{{Field: "last", Text: r.Say("venues.last.wrong")}}
			}
			return nil
		}}
}

// entered is the stretch that was entered; without a last day it is one day.
func entered(r *console.Request) (first, last string) {
	first, last = r.Values.Get("first"), r.Values.Get("last")
	if last == "" {
		last = first
	}
	return first, last
}

func open(r *console.Request) (console.Answer, error) {
	first, last := entered(r)
	return write(r, venuePath(r.PathValue("venue")), "venues.saved", func(tx *store.Tx) error {
		return programme.OpenVenue(r.Context(), tx, r.Now(), r.Actor, r.PathValue("venue"), first, last)
	})
}

func shut(r *console.Request) (console.Answer, error) {
	return write(r, venuePath(r.PathValue("venue")), "venues.saved", func(tx *store.Tx) error {
		return programme.CloseVenue(r.Context(), tx, r.Now(), r.Actor, r.PathValue("venue"), r.PathValue("days"))
	})
}
