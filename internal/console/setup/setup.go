package setup

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/sample"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/web"
)

//go:embed templates/*.html
var templates embed.FS

// Part returns the part.
func Part(d console.Deps) console.Part {
	own, _ := fs.Sub(templates, "templates") // embedded: it is there
	return console.Part{Name: "setup", Words: words, Templates: own, Routes: Routes(d), Tiles: tiles}
}

// Routes returns its routes. All of them concern the whole country.
func Routes(console.Deps) []console.Route {
	country := func(*console.Request) (string, error) { return "", nil }
	return []console.Route{
		{Method: "GET", Path: "/setup", Power: office.ElectionEdit, Scope: country, Summary: words["setup.title"], Do: show},
		{Method: "POST", Path: "/setup/election", Power: office.ElectionEdit, Scope: country, Summary: words["setup.election"], Form: electionForm, Do: saveElection},
		{Method: "POST", Path: "/setup/places", Power: office.ElectionEdit, Scope: country, Summary: words["setup.places"], Form: placesForm, Do: importPlaces},
		{Method: "POST", Path: "/setup/polling-day", Power: office.ElectionEdit, Scope: country, Summary: words["setup.day"], Form: dayForm, Do: setDay},
		{Method: "POST", Path: "/setup/sample", Power: office.ElectionEdit, Scope: country, Summary: words["setup.sample"],
			Form: &console.Form{Intro: words["setup.sample.intro"], Back: back}, Do: loadSample},
	}
}

func back(r *console.Request) console.Link {
	return console.Link{Path: "/setup", Word: r.Say("shell.cancel")}
}

// A step is one thing to do at the first run.
type step struct {
	Word  string        `json:"word"`
	Path  string        `json:"path"`
	State console.State `json:"state"`
	done  bool
}

func steps(r *console.Request) ([]step, error) {
	e, err := office.LoadElection(r.Context(), r.DB)
	if err != nil {
		return nil, err
	}
	lo, hi := office.Range("")
	n, err := officedb.New(r.DB).CountOfficesOfKind(r.Context(), officedb.CountOfficesOfKindParams{Kind: office.ProvinceAt, Lo: lo, Hi: hi})
	if err != nil {
		return nil, err
	}
	all := []step{
		{r.Say("setup.election"), "/setup/election", console.State{}, e.NameFa != ""},
		{r.Say("setup.places"), "/setup/places", console.State{}, n > 0},
		{r.Say("setup.day"), "/setup/polling-day", console.State{}, e.PollingDay != ""},
	}
	for i := range all {
		all[i].State = console.State{Kind: "wait", Word: r.Say("setup.todo"), Key: "to-do"}
		if all[i].done {
			all[i].State = console.State{Kind: "good", Word: r.Say("setup.done"), Key: "done"}
		}
	}
	return all, nil
}

func show(r *console.Request) (console.Answer, error) {
	all, err := steps(r)
	if err != nil {
		return nil, err
	}
	p := console.Page{Template: "setup", Data: map[string]any{"Steps": all, "Sample": !all[0].done && !all[1].done},
		Next: &console.Next{Text: r.Say("setup.people"), Link: console.Link{Path: "/people", Word: r.Say("setup.people.go")}}}
	for _, s := range all {
		if !s.done {
			p.Next = &console.Next{Text: r.Say("setup.next"), Link: console.Link{Path: s.Path, Word: s.Word}}
			break
		}
	}
	return p, nil
}

// tiles say how much of the first run is left.
func tiles(r *console.Request) ([]console.Tile, error) {
	if !r.Actor.May(office.ElectionEdit, "") {
		return nil, nil
	}
	all, err := steps(r)
	if err != nil {
		return nil, err
	}
	n := int64(0)
	for _, s := range all {
		if !s.done {
			n++
		}
	}
	if n == 0 {
		return nil, nil
	}
	return []console.Tile{{Word: r.Say("setup.tile"), Count: n, State: "open", Path: "/setup"}}, nil
}

var electionForm = &console.Form{
	Submit: words["setup.save"], Back: back,
	Fields: []console.Field{
		{Name: "name_fa", Kind: console.Line, Label: words["setup.name.fa"], Required: true},
		{Name: "name_en", Kind: console.Line, Label: words["setup.name.en"]},
		{Name: "kinds", Kind: console.Choices, Label: words["setup.kinds"], Required: true, Choices: console.Items(
			"city", web.Text{"شورای شهر", "City council"}, "proportional", web.Text{"شورای شهر با فهرست‌ها (تناسبی)", "City council with lists (proportional)"},
			"village", web.Text{"شورای روستا", "Village council"}, "majlis", web.Text{"میان‌دوره‌ای مجلس", "By-election of the Majlis"},
			"experts", web.Text{"میان‌دوره‌ای خبرگان", "By-election of the Assembly of Experts"})},
		{Name: "start_order", Kind: console.Day, Label: words["setup.order"], Help: words["setup.order.help"]},
		placesField("majlis", words["setup.at.majlis"]), placesField("experts", words["setup.at.experts"]),
		{Name: "version", Kind: console.Hidden},
	},
	Fill: func(r *console.Request) (console.Values, error) {
		e, err := office.LoadElection(r.Context(), r.DB)
		v := console.Fill("name_fa", e.NameFa, "name_en", e.NameEn, "start_order", e.StartOrder)
		v.Set("kinds", e.Kinds...)
		for _, kind := range byElections {
			v.Set("at_"+kind, strings.Join(e.Places[kind], "\n"))
		}
		v.SetInt("version", e.Version)
		return v, err
	},
}

// earliest returns the first lawful polling day of an election, 0 if its order to
// start is not given.
func earliest(e office.Election) (calendar.Day, error) {
	order := console.ISODay(e.StartOrder)
	if order == 0 {
		return 0, nil
	}
	var kinds calendar.Kinds
	for _, k := range e.Kinds {
		one, err := calendar.ParseKinds(k)
		if err != nil {
			return 0, err
		}
		kinds |= one
	}
	return calendar.EarliestPollingDay(calendar.Stages(), order, kinds)
}

// tooEarly refuses a polling day that the law does not allow.
func tooEarly(r *console.Request, e office.Election) error {
	first, err := earliest(e)
	if err != nil || e.PollingDay == "" || first <= console.ISODay(e.PollingDay) {
		return err
	}
	return &console.Refused{Text: r.Say("setup.day.early"), Date: first}
}

func saveElection(r *console.Request) (console.Answer, error) {
	v := r.Values
	err := r.Tx(func(tx *store.Tx) error {
		e, err := office.LoadElection(r.Context(), tx)
		if err != nil {
			return err
		}
		e.NameFa, e.NameEn, e.Kinds, e.StartOrder, e.Version = v.Get("name_fa"), v.Get("name_en"), v.All("kinds"), v.Get("start_order"), v.Int("version")
		e.Places = map[string][]string{}
		for _, kind := range byElections {
			codes, _, err := codesOf(r, v.Get("at_"+kind)) // they were checked
			if err != nil {
				return err
			}
			if len(codes) > 0 && slices.Contains(e.Kinds, kind) {
				e.Places[kind] = codes
			}
		}
		if err := tooEarly(r, e); err != nil {
			return err
		}
		return office.SaveElection(r.Context(), tx, r.Now(), r.Actor, e)
	})
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/setup", Flash: r.Say("setup.saved")}, nil
}

// byElections are the kinds that are not held everywhere.
var byElections = []string{"majlis", "experts"}

// placesField asks in which constituencies a kind is held.
func placesField(kind string, label web.Text) console.Field {
	return console.Field{Name: "at_" + kind, Kind: console.Long, Label: label, Help: words["setup.at.help"], Check: func(r *console.Request, text string) string {
		_, wrong, err := codesOf(r, text)
		if err != nil || wrong != "" {
			return r.Say("setup.at.wrong", wrong)
		}
		return ""
	}}
}

// codesOf reads offices, one on a line, by code or name; wrong is the first line
// that is none, or that more than one has as its name.
func codesOf(r *console.Request, text string) (codes []string, wrong string, err error) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		code := persian.ASCII(line)
		if strings.Trim(code, "0123456789") != "" {
			var n int
			if code, n, err = console.OfficeNamed(r, line); err != nil || n != 1 {
				return nil, line, err
			}
		} else if _, err := officedb.New(r.DB).Office(r.Context(), code); err != nil {
			if err = store.Classify(err); errors.Is(err, store.ErrNotFound) {
				err = nil
			}
			return nil, line, err
		}
		if code == "" {
			return nil, line, nil
		}
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes, "", nil
}

var dayForm = &console.Form{
	Submit: words["setup.save"], Back: back, Intro: words["setup.day.intro"],
	Fields: []console.Field{{Name: "day", Kind: console.Day, Label: words["setup.day"], Required: true}},
	Fill: func(r *console.Request) (console.Values, error) {
		e, err := office.LoadElection(r.Context(), r.DB)
		if err != nil || e.PollingDay != "" {
			return console.Fill("day", e.PollingDay), err
		}
		first, err := earliest(e)
		if first == 0 {
			return console.Values{}, err
		}
		return console.Fill("day", first.Gregorian()), err
	},
}

func setDay(r *console.Request) (console.Answer, error) {
	err := r.Tx(func(tx *store.Tx) error {
		e, err := office.LoadElection(r.Context(), tx)
		switch {
		case err != nil:
			return err
		case e.NameFa == "":
			return &console.Refused{Text: r.Say("setup.day.first")}
		case e.PollingDay != "":
			return &console.Refused{Text: r.Say("setup.day.set"), Date: console.ISODay(e.PollingDay)}
		}
		e.PollingDay = r.Values.Get("day")
		if err := tooEarly(r, e); err != nil {
			return err
		}
		return office.SaveElection(r.Context(), tx, r.Now(), r.Actor, e)
	})
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/setup", Flash: r.Say("setup.saved")}, nil
}

var placesForm = &console.Form{
	Submit: words["setup.places.import"], Back: back, Intro: words["setup.places.intro"], Limit: 256 << 20,
	Fields: []console.Field{{Name: "file", Kind: console.Upload, Label: words["setup.places.file"], Help: words["setup.places.help"], Required: true}},
}

// mostShown is how many faults a page shows; all of them are in a file otherwise.
const mostShown = 500

func importPlaces(r *console.Request) (console.Answer, error) {
	file, err := r.Values.File("file")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	places, faults, err := office.ReadPlaces(file)
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return refuse(r, faults)
	}
	err = r.Tx(func(tx *store.Tx) error { return office.ImportPlaces(r.Context(), tx, r.Now(), r.Actor, places) })
	if errors.Is(err, store.ErrExists) {
		return nil, r.Wrong("file", "setup.places.exist")
	}
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/setup", Flash: r.Say("setup.places.done", len(places)), Value: map[string]int{"offices": len(places)}}, nil
}

// refuse shows all faults of a list.
func refuse(r *console.Request, faults []office.LineFault) (console.Answer, error) {
	if len(faults) > mostShown && !r.WantsJSON() {
		var b strings.Builder
		b.WriteString("\ufeffline,fault,found\r\n")
		for _, f := range faults {
			fmt.Fprintf(&b, "%d,%q,%q\r\n", f.Line, r.Say("setup.fault."+f.What), console.Harmless(strings.ReplaceAll(f.Got, `"`, "'")))
		}
		return console.File{Name: "faults.csv", Type: "text/csv; charset=utf-8", Data: []byte(b.String()), Status: http.StatusUnprocessableEntity}, nil
	}
	type fault struct {
		Line int    `json:"line"`
		Text string `json:"text"`
		Got  string `json:"found"`
	}
	out := make([]fault, len(faults))
	for i, f := range faults {
		out[i] = fault{f.Line, r.Say("setup.fault." + f.What), f.Got}
	}
	return console.Page{Template: "faults", Title: r.Say("setup.faults", len(faults)), Status: http.StatusUnprocessableEntity, Data: map[string]any{"faults": out},
		Crumbs: []console.Link{{Path: "/setup", Word: r.Say("setup.title")}}}, nil
}

func loadSample(r *console.Request) (console.Answer, error) {
	err := sample.Load(r.Context(), r.DB, sample.Small, r.Now())
	if errors.Is(err, sample.ErrNotEmpty) {
		return nil, &console.Refused{Text: r.Say("setup.sample.late")}
	}
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/", Flash: r.Say("setup.sample.done")}, nil
}
