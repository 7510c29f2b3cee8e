package training

import (
	"errors"
	"html/template"
	"slices"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/console/drawing"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/planner"
	"github.com/sandogh/sandogh/internal/planner/iran"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/internal/training/programme"
)

// home lists the programmes within reach.
func (p *part) home(r *console.Request) (console.Answer, error) {
	rows, err := trainingdb.New(r.DB).Programmes(r.Context())
	if err != nil {
		return nil, store.Classify(err)
	}
	l := console.List{Whole: true, Empty: r.Say("training.empty"), Search: r.Say("training.search"), Columns: []console.Column{
		{Key: "name", Label: words["training.name"], Sort: true}, {Key: "kind", Label: words["training.kind"]}, {Key: "office", Label: words["training.office"]},
		{Key: "sessions", Label: words["training.sessions"], Kind: console.Numbers}, {Key: "state", Label: words["training.stands"], Kind: console.States}},
		Actions: []console.Link{{Path: "/training/sessions", Word: r.Say("training.sessions")}, {Path: "/training/courses", Word: r.Say("training.courses")},
			{Path: "/training/certificates", Word: r.Say("training.certificates")}},
	}
	if r.Actor.Somewhere(office.TrainingPlan) {
		l.Primary = &console.Link{Path: "/training/new", Word: r.Say("training.new")}
		l.Actions = append(l.Actions, console.Link{Path: "/training/venues", Word: r.Say("training.venues")}, console.Link{Path: "/training/trainers", Word: r.Say("training.trainers")}, console.Link{Path: "/training/asks", Word: r.Say("training.asks")}, console.Link{Path: "/training/messages", Word: r.Say("training.messages")})
	}
	if r.Actor.Somewhere(office.PeopleEdit) {
		l.Actions = append(l.Actions, console.Link{Path: "/training/people/import", Word: r.Say("training.import")}, console.Link{Path: "/training/people/history", Word: r.Say("training.history")})
	}
	counted, err := trainingdb.New(r.DB).SessionsByProgramme(r.Context())
	if err != nil {
		return nil, store.Classify(err)
	}
	sessions := map[string]int64{}
	for _, c := range counted {
		sessions[c.Programme] = c.Sessions
	}
	rows = slices.DeleteFunc(rows, func(row trainingdb.TrainingProgramme) bool { return !r.May(row.Office) })
	var codes []string
	for _, row := range rows {
		codes = append(codes, row.Office)
	}
	at, err := Names(r, codes)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		state := console.State{Kind: "good", Word: r.Say("training.published"), Key: "published"}
		if row.Stands != row.Plan {
			state = console.State{Kind: "open", Word: r.Say("training.draft"), Key: "draft"}
		}
		l.Rows = append(l.Rows, console.Row{ID: row.ID, Path: "/training/programmes/" + row.ID,
			Cells: []any{row.Name, r.Say("training.kind." + row.Kind), at[i], sessions[row.ID], state}})
	}
	return l, nil
}

func newForm() *console.Form {
	kinds := []any{}
	for _, k := range training.Kinds {
		kinds = append(kinds, k, words["training.kind."+string(k)])
	}
	return &console.Form{Intro: words["training.new.intro"], Submit: words["training.new.submit"], Back: toHome,
		Fields: []console.Field{
			{Name: "name", Kind: console.Line, Label: words["training.name"], Required: true, Max: 100},
			{Name: "kind", Kind: console.Choice, Label: words["training.kind"], Required: true, Choices: console.Items(kinds...)},
			{Name: "office", Kind: console.Office, Label: words["training.office"], Required: true},
			{Name: "course", Kind: console.Choice, Label: words["training.course"], Required: true, Help: words["training.course.help"], Choices: courseItems},
			{Name: "from", Kind: console.Day, Label: words["training.from"], Required: true},
			{Name: "to", Kind: console.Day, Label: words["training.to"], Required: true},
			{Name: "size", Kind: console.Number, Label: words["training.size"], Required: true, Min: 1, Max: 20},
			{Name: "days", Kind: console.Number, Label: words["training.days"], Required: true, Min: 1, Max: 10},
			{Name: "parallel", Kind: console.Number, Label: words["training.parallel"], Required: true, Max: 50, Help: words["training.parallel.help"]},
			{Name: "teachers", Kind: console.Number, Label: words["training.teachers"], Required: true, Max: 10, Help: words["training.teachers.help"]},
			{Name: "seats", Kind: console.Number, Label: words["training.seats"], Required: true, Min: 1, Max: 5000, Help: words["training.seats.help"]},
		},
		Fill: func(r *console.Request) (console.Values, error) {
			from := console.ISODay(r.Today()) + 14
			year, _, _ := from.Jalali()
			to, err := calendar.Jalali(year, 4, 20)
			if err != nil || to < from+28 {
				to = from + 50
			}
			return console.Fill("from", from.Gregorian(), "to", to.Gregorian(), "kind", string(training.National), "size", "4", "days", "2", "parallel", "1", "teachers", "2", "seats", "60"), nil
		},
		Check: func(r *console.Request) []console.Fault {
			if r.Values.Get("from") > r.Values.Get("to") {
				return []console.Fault{{Field: "to", Text: r.Say("training.to.wrong")}}
			}
			return nil
		},
	}
}

func courseItems(r *console.Request) ([]console.Item, error) {
	rows, err := trainingdb.New(r.DB).Courses(r.Context())
	if err != nil {
		return nil, store.Classify(err)
	}
	var out []console.Item
	for _, c := range rows {
		out = append(out, console.Item{Value: c.ID, Word: c.Name})
	}
	return out, nil
}

func (p *part) add(r *console.Request) (console.Answer, error) {
	v := r.Values
	var made *programme.Programme
	err := r.Tx(func(tx *store.Tx) (err error) {
		made, err = programme.Add(r.Context(), tx, r.Now(), r.Actor, programme.Settings{Name: v.Get("name"), Kind: training.Kind(v.Get("kind")), Office: v.OfficeOf("office"),
			Course: v.Get("course"), Window: planner.Span{From: console.ISODay(v.Get("from")), To: console.ISODay(v.Get("to"))}, Size: int(v.Int("size")),
			Days: int(v.Int("days")), Parallel: int(v.Int("parallel")), Teachers: int(v.Int("teachers")), Seats: v.Int("seats")})
		return err
	})
	if errors.Is(err, programme.ErrNoUnits) {
		return nil, r.Wrong("office", "training.no-units")
	}
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/training/programmes/" + made.ID + "/plan", Flash: r.Say("training.planned")}, nil
}

// A group of the plan, as pages show it.
type group struct {
	Number  int          `json:"number"`
	Units   []unit       `json:"units"`
	Day     calendar.Day `json:"day"`
	Last    calendar.Day `json:"last"`
	Venue   string       `json:"venue"`
	People  int64        `json:"people"`
	Km      int64        `json:"km"`
	Joined  bool         `json:"joined"`
	Pinned  bool         `json:"pinned"` // its session
	Session string       `json:"session,omitempty"`
	Trained string       `json:"-"` // names of trainers
}

type unit struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Pinned bool   `json:"pinned"`
	fa     string
}

// groups are those of a plan, with names.
func groups(r *console.Request, p *programme.Programme) ([]group, error) {
	var codes []string
	for _, g := range p.Plan.Groups {
		codes = append(codes, g.Units...)
	}
	known, err := offices(r, codes)
	if err != nil {
		return nil, err
	}
	var out []group
	for _, g := range p.Plan.Groups {
		v := group{Number: g.Number, Day: g.Day, Last: g.Last, People: g.People, Km: g.Km, Joined: g.Joined, Venue: venueName(p, g.Venue)}
		_, v.Pinned = p.In.Pins.Sessions[g.Number]
		for _, code := range g.Units {
			o := known[code]
			_, pinned := p.In.Pins.Units[code]
			v.Units = append(v.Units, unit{code, console.NameIn(r.Lang, o.NameFa, o.NameEn), pinned, o.NameFa})
		}
		v.Trained = trainerNames(r, p, g.Trainers)
		out = append(out, v)
	}
	return out, nil
}

func trainerNames(r *console.Request, p *programme.Programme, ids []string) string {
	var all []string
	for _, id := range ids {
		if i := slices.IndexFunc(p.In.Trainers, func(t planner.Trainer) bool { return t.ID == id }); i >= 0 {
			all = append(all, p.In.Trainers[i].Name)
		}
	}
	return r.Lang.And(all)
}

func venueName(p *programme.Programme, id string) string {
	if i := slices.IndexFunc(p.In.Venues, func(v planner.Venue) bool { return v.ID == id }); i >= 0 {
		return p.In.Venues[i].Name
	}
	return ""
}

// mapOf draws the groups on the map of tiles, if they are of provinces.
func mapOf(r *console.Request, kind string, all []group) template.HTML {
	if kind != string(training.National) {
		return ""
	}
	var tiles []drawing.Tile
	for i, shade := range shades(all) {
		g := all[i]
		for _, u := range g.Units {
			tiles = append(tiles, drawing.Tile{Name: u.fa, Shown: u.Name, State: shade, Value: r.Lang.Number(int64(g.Number)),
				More: r.Say("training.tile.more", u.Name, g.Number, g.Venue)})
		}
	}
	return drawing.Map(r.Say("training.map"), tiles)
}

// shades returns a colour for each group: one that no group beside it has, as far
// as three colours go.
func shades(all []group) []string {
	at := map[string]int{} // province → its group
	for i, g := range all {
		for _, u := range g.Units {
			if p, ok := iran.Find(u.fa); ok {
				at[p.En] = i
			}
		}
	}
	out := make([]string, len(all))
	for i, g := range all {
		beside := map[string]int{}
		for _, u := range g.Units {
			p, _ := iran.Find(u.fa)
			for _, n := range p.Neighbours() {
				if j, ok := at[n.En]; ok && j != i {
					beside[out[j]]++
				}
			}
		}
		for _, shade := range []string{"good", "open", "wait"} {
			if out[i] == "" || beside[shade] < beside[out[i]] {
				out[i] = shade
			}
		}
	}
	return out
}

// board shows a programme.
func (p *part) board(r *console.Request) (console.Answer, error) {
	pr, err := load(r)
	if err != nil {
		return nil, err
	}
	all, err := groups(r, pr)
	if err != nil {
		return nil, err
	}
	rows, err := trainingdb.New(r.DB).SessionsOf(r.Context(), pr.ID)
	if err != nil {
		return nil, store.Classify(err)
	}
	for i := range all {
		for _, s := range rows {
			if int(s.Number) == all[i].Number {
				all[i].Session = s.ID
			}
		}
	}
	data := struct {
		Groups []group       `json:"groups"`
		Map    template.HTML `json:"-"`
		ID     string        `json:"id"`
		Draft  bool          `json:"draft"`
		Plans  bool          `json:"-"`
		Km     int64         `json:"km"`
		People int64         `json:"people"`
		Window planner.Span  `json:"window"`
	}{all, mapOf(r, pr.Kind, all), pr.ID, pr.TrainingProgramme.Plan != pr.TrainingProgramme.Stands, r.Actor.May(office.TrainingPlan, pr.Office), pr.Plan.Km(), 0, pr.In.Window}
	for _, g := range all {
		data.People += g.People
	}
	page := console.Page{Template: "programme", Title: pr.Name, Data: data, Crumbs: Crumbs(r)}
	if data.Plans && data.Draft {
		page.Next = &console.Next{Text: r.Say("training.next.publish"), Link: console.Link{Path: "/training/programmes/" + pr.ID + "/plan", Word: r.Say("training.plan")}}
	}
	return page, nil
}

// plan is the page on which a programme is planned: groups and pins, what could not
// be had and why, and what publishing would change.
func (p *part) plan(r *console.Request) (console.Answer, error) {
	pr, err := load(r)
	if err != nil {
		return nil, err
	}
	all, err := groups(r, pr)
	if err != nil {
		return nil, err
	}
	data := struct {
		Groups []group  `json:"groups"`
		Wishes []string `json:"wishes"`
		Moves  []string `json:"moves"`
		ID     string   `json:"id"`
		Pins   int      `json:"pins"`
		Plans  bool     `json:"-"`
		First  bool     `json:"-"`    // the published first session can be pinned
		New    bool     `json:"-"`    // nothing was published yet
		News   int      `json:"news"` // venues, trainers and units that it was not planned with
	}{all, nil, nil, pr.ID, len(pr.In.Pins.Units) + len(pr.In.Pins.Sessions), r.Actor.May(office.TrainingPlan, pr.Office), false, len(pr.Stands.Groups) == 0, 0}
	news, err := programme.Since(r.Context(), r.DB, r.Now(), pr)
	if err != nil && !errors.Is(err, programme.ErrNoUnits) {
		return nil, err
	}
	data.News = len(news.Venues) + len(news.Trainers) + len(news.Units)
	said, err := saying(r, pr)
	if err != nil {
		return nil, err
	}
	for _, g := range all {
		for _, u := range g.Units {
			if found, ok := iran.Find(u.fa); ok && slices.Contains(iran.First, found.Fa) && !u.Pinned {
				data.First = true
			}
		}
	}
	for _, w := range pr.Plan.Wishes {
		data.Wishes = append(data.Wishes, said.wish(w))
	}
	if !data.New {
		for _, m := range planner.Diff(&pr.Stands, &pr.Plan) {
			data.Moves = append(data.Moves, said.move(m))
		}
	}
	return console.Page{Template: "plan", Title: r.Say("training.plan.of", pr.Name), Data: data,
		Crumbs: Crumbs(r, console.Link{Path: "/training/programmes/" + pr.ID, Word: pr.Name})}, nil
}

// sayings put what the planner says into words.
type sayings struct {
	r     *console.Request
	p     *programme.Programme
	names map[string]string // of units
}

func (s sayings) day(d calendar.Day) string {
	if d == 0 {
		return ""
	}
	return d.In(calendar.Lang(s.r.Lang.Code()))
}

func (s sayings) wish(w planner.Wish) string {
	unit := s.names[w.Unit]
	if unit == "" {
		unit = w.Unit
	}
	venue := venueName(s.p, w.Venue)
	return s.r.Say("training.wish."+string(w.Constraint), w.Group, unit, s.day(w.Day), venue, w.Need, w.Have, w.Other) + " " +
		s.r.Say("training.remedy."+string(w.Remedy), s.day(w.Until), venue, w.Need, w.Need-w.Have)
}

func (s sayings) move(m planner.Move) string {
	if m.What == planner.MovedGroup {
		return s.r.Say("training.moved.group", s.names[m.Unit], m.From, m.To)
	}
	text := func(all []string) string {
		var out []string
		for i, a := range all {
			switch m.What {
			case planner.MovedDay:
				if d, err := calendar.ParseDay(a); err == nil && i == 0 {
					out = append(out, s.day(d))
				}
			case planner.MovedVenue:
				out = append(out, s.venue(a))
			default:
				out = append(out, s.trainer(a))
			}
		}
		if len(out) == 0 {
			return s.r.Say("training.none")
		}
		return s.r.Lang.And(out)
	}
	return s.r.Say("training.moved."+m.What, m.Group, text(m.Old), text(m.New))
}

func (p *part) pdf(r *console.Request) (console.Answer, error) {
	e, err := office.LoadElection(r.Context(), r.DB)
	if err != nil {
		return nil, err
	}
	b, err := programme.Print(r.Context(), r.DB, r.PathValue("programme"), e.Sample)
	if err != nil {
		return nil, err
	}
	return console.File{Name: "programme.pdf", Type: "application/pdf", Data: b}, nil
}
