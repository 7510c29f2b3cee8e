package agenda

import (
	"errors"
	"strings"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/agenda"
	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/law"
)

// row returns the stage of the path on the board of the office.
func (p *part) row(r *console.Request) (*agenda.Book, *agenda.Board, *agenda.Row, error) {
	b, err := p.desk.Book(r.Context(), r.DB)
	if err != nil {
		return nil, nil, nil, err
	}
	if !b.Set() {
		return nil, nil, nil, refused(r, b, &agenda.Refusal{Code: agenda.Unset})
	}
	board, err := b.Board(r.Office, today(r))
	if err != nil {
		return nil, nil, nil, err
	}
	for i := range board.Rows {
		if board.Rows[i].Stage.ID == r.PathValue("stage") {
			return b, board, &board.Rows[i], nil
		}
	}
	return nil, nil, nil, console.ErrNotFound
}

// near is a stage before or behind another.
type near struct {
	Path  string        `json:"path"`
	Title string        `json:"title"`
	State console.State `json:"state"`
}

// stage is the page of one stage.
func (p *part) stage(r *console.Request) (console.Answer, error) {
	b, board, row, err := p.row(r)
	if err != nil {
		return nil, err
	}
	name, err := nameOf(r, r.Office)
	if err != nil {
		return nil, err
	}
	data := struct {
		ID        string         `json:"stage"`
		Office    string         `json:"office"`
		State     console.State  `json:"state"`
		From      calendar.Day   `json:"from"`
		To        calendar.Day   `json:"to"`
		Days      string         `json:"days"`
		Owner     string         `json:"owner"`
		Confirmed string         `json:"confirmed"`
		Blocked   string         `json:"blocked_by"`
		Article   string         `json:"article"`
		Rule      string         `json:"rule"`
		Unknown   string         `json:"open"`
		Legal     bool           `json:"legal"`
		Before    []near         `json:"after"`
		Behind    []near         `json:"before"`
		Review    []ask          `json:"review"`
		Actions   []console.Link `json:"-"`
	}{ID: row.Stage.ID, Office: name, State: state(r, row.State), From: row.From, To: row.To, Days: days(r, row.From, row.To), Owner: owner(r, row),
		Confirmed: confirmed(r, row), Blocked: blocked(r, row), Article: article(r, &row.Stage), Legal: row.Stage.Legal}
	if row.Stage.Law != nil {
		if v, ok := law.Lookup(row.Stage.Law.Article, row.Stage.Law.Version); ok {
			data.Rule, data.Unknown = console.NameIn(r.Lang, v.Rule.Fa, v.Rule.En), console.NameIn(r.Lang, v.Open.Fa, v.Open.En)
		}
	}
	for i := range board.Rows {
		x := &board.Rows[i]
		one := near{stagePath(r.Office, x.Stage.ID), x.Stage.Title(lang(r)), state(r, x.State)}
		for _, id := range row.Stage.After {
			if id == x.Stage.ID {
				data.Before = append(data.Before, one)
			}
		}
		for _, id := range x.Stage.After {
			if id == row.Stage.ID {
				data.Behind = append(data.Behind, one)
			}
		}
	}
	if data.Review, err = review(r, row.Stage.ID); err != nil {
		return nil, err
	}
	path := stagePath(r.Office, row.Stage.ID)
	var next *console.Next
	if b.Owns(r.Actor, &row.Stage, r.Office) && row.Done == 0 {
		if row.From <= today(r) {
			next = &console.Next{Text: r.Say("agenda.next.confirm"), Link: console.Link{Path: path + "/confirm", Word: r.Say("agenda.confirm")}}
		}
		if row.Stage.From == nil || row.Stage.To == nil {
			data.Actions = append(data.Actions, console.Link{Path: path + "/set", Word: r.Say("agenda.set")})
		}
	}
	if row.Below > 0 || len(board.Own) > 0 {
		data.Actions = append(data.Actions, console.Link{Path: path + "/offices", Word: r.Say("agenda.offices")})
	}
	return console.Page{Template: "stage", Title: row.Stage.Title(lang(r)), Data: data, Next: next,
		Crumbs: append(above(r), console.Link{Path: pathOf(r.Office), Word: r.Say("agenda.of", name)})}, nil
}

// parts lists the offices that confirm a stage, those that need it most first.
func (p *part) parts(r *console.Request) (console.Answer, error) {
	b, _, row, err := p.row(r)
	if err != nil {
		return nil, err
	}
	all, err := b.Parts(r.Office, row.Stage.ID, today(r))
	if err != nil {
		return nil, err
	}
	l := console.List{
		Title: r.Say("agenda.offices.of", row.Stage.Title(lang(r))), Whole: true, Search: r.Say("agenda.office"), Empty: r.Say("agenda.offices.none"),
		Columns: []console.Column{{Key: "office", Label: words["agenda.office"], Sort: true}, {Key: "code", Label: words["agenda.office.code"], Kind: console.Codes, Sort: true},
			{Key: "state", Label: words["agenda.state"], Kind: console.States, Sort: true}, {Key: "from", Label: words["agenda.from"], Kind: console.Days},
			{Key: "to", Label: words["agenda.to"], Kind: console.Days}, {Key: "confirmed", Label: words["agenda.confirmed"], Kind: console.Days, Sort: true},
			{Key: "blocked_by", Label: words["agenda.blocked"]}},
		Crumbs: append(above(r), console.Link{Path: stagePath(r.Office, row.Stage.ID), Word: row.Stage.Title(lang(r))}),
	}
	for _, want := range []calendar.State{calendar.Late, calendar.Blocked, calendar.Due, calendar.Open, calendar.Future, calendar.Done} {
		for i := range all {
			x := &all[i]
			if x.Row.State != want {
				continue
			}
			name := console.NameIn(r.Lang, x.Office.NameFa, x.Office.NameEn)
			if name == "" {
				if name, err = nameOf(r, x.Office.Code); err != nil {
					return nil, err
				}
			}
			l.Rows = append(l.Rows, console.Row{ID: x.Office.Code, Path: stagePath(x.Office.Code, row.Stage.ID), Cells: []any{name, x.Office.Code, state(r, x.Row.State),
				x.Row.From, x.Row.To, x.Row.Done, blocked(r, &x.Row)}})
		}
	}
	return l, nil
}

// asked refuses, before a form is shown, what the reader cannot do with it.
func (p *part) asked(r *console.Request) (*agenda.Board, *agenda.Row, error) {
	b, board, row, err := p.row(r)
	if err != nil {
		return nil, nil, err
	}
	if !b.Owns(r.Actor, &row.Stage, r.Office) {
		return nil, nil, office.ErrForbidden
	}
	return board, row, nil
}

func (p *part) confirmForm() *console.Form {
	return &console.Form{Intro: words["agenda.confirm.intro"], Danger: true, Back: backToStage,
		Fields: []console.Field{
			{Name: "on", Kind: console.Day, Label: words["agenda.confirm.on"], Help: words["agenda.confirm.on.help"], Required: true},
			{Name: "reason", Kind: console.Long, Label: words["agenda.note"], Max: 1000},
		},
		Fill: func(r *console.Request) (console.Values, error) {
			_, row, err := p.asked(r)
			if err != nil {
				return console.Values{}, err
			}
			b, err := p.desk.Book(r.Context(), r.DB)
			if err != nil {
				return console.Values{}, err
			}
			v := agenda.Decision{Office: r.Office, Event: calendar.Event{Event: calendar.Confirm, Stage: row.Stage.ID}}
			if err := b.Check(r.Actor, v, today(r)); err != nil {
				return console.Values{}, refused(r, b, err)
			}
			on := r.Today()
			if e, err := office.LoadElection(r.Context(), r.DB); err == nil && strings.HasPrefix(row.Stage.ID, "start-order") && e.StartOrder != "" && e.StartOrder <= on {
				on = e.StartOrder // it was entered with the election
			}
			return console.Fill("on", on), nil
		},
	}
}

func (p *part) confirm(r *console.Request) (console.Answer, error) {
	v := agenda.Decision{Office: r.Office, Reason: r.Values.Get("reason"),
		Event: calendar.Event{Event: calendar.Confirm, Stage: r.PathValue("stage"), On: console.ISODay(r.Values.Get("on"))}}
	if v.Event.On > today(r) {
		return nil, r.Wrong("on", "agenda.confirm.future")
	}
	if err := r.Tx(func(tx *store.Tx) error { return p.add(r.Context(), tx, r, v) }); err != nil {
		return nil, err
	}
	return console.Redirect{Path: stagePath(r.Office, v.Event.Stage), Flash: r.Say("agenda.confirmed.flash")}, nil
}

func (p *part) setForm() *console.Form {
	return &console.Form{Intro: words["agenda.set.intro"], Back: backToStage,
		Fields: []console.Field{
			{Name: "from", Kind: console.Day, Label: words["agenda.from"]},
			{Name: "to", Kind: console.Day, Label: words["agenda.to"]},
			{Name: "reason", Kind: console.Long, Label: words["agenda.note"], Max: 1000},
		},
		Fill: func(r *console.Request) (console.Values, error) {
			_, row, err := p.asked(r)
			if err != nil {
				return console.Values{}, err
			}
			v := console.Values{}
			if row.From != 0 {
				v.Set("from", row.From.Gregorian())
			}
			if row.To != 0 {
				v.Set("to", row.To.Gregorian())
			}
			return v, nil
		},
		Check: func(r *console.Request) []console.Fault {
			from, to := console.ISODay(r.Values.Get("from")), console.ISODay(r.Values.Get("to"))
			switch {
			case from == 0 && to == 0:
				return []console.Fault{{Field: "from", Text: r.Say("agenda.set.empty")}}
			case from != 0 && to != 0 && to < from:
				return []console.Fault{{Field: "to", Text: r.Say("agenda.no.reversed")}}
			}
			return nil
		},
	}
}

func (p *part) set(r *console.Request) (console.Answer, error) {
	board, row, err := p.asked(r)
	if err != nil {
		return nil, err
	}
	e := calendar.Event{Event: calendar.Set, Stage: row.Stage.ID}
	for _, x := range []struct {
		field string
		was   calendar.Day
		to    **int
	}{{"from", row.From, &e.From}, {"to", row.To, &e.To}} {
		if d := console.ISODay(r.Values.Get(x.field)); d != 0 && d != x.was {
			n := int(d - board.PollingDay)
			if n < -400 || n > 400 {
				return nil, r.Wrong(x.field, "agenda.set.far")
			}
			*x.to = &n
		}
	}
	if e.From == nil && e.To == nil {
		return nil, r.Wrong("from", "agenda.set.same")
	}
	v := agenda.Decision{Office: r.Office, Event: e, Reason: r.Values.Get("reason")}
	if err := r.Tx(func(tx *store.Tx) error { return p.add(r.Context(), tx, r, v) }); err != nil {
		return nil, err
	}
	return console.Redirect{Path: stagePath(r.Office, e.Stage), Flash: r.Say("agenda.set.flash")}, nil
}

// moveForm asks for the decision by which the calendar is moved, and for the new
// polling day where there is one.
func moveForm(intro string, polling bool) *console.Form {
	f := &console.Form{Intro: words[intro], Danger: true, Back: backToBoard}
	if polling {
		f.Fields = append(f.Fields, console.Field{Name: "polling_day", Kind: console.Day, Label: words["agenda.polling.new"], Required: true})
	}
	f.Fields = append(f.Fields, console.Field{Name: "reason", Kind: console.Long, Label: words["agenda.reason"], Help: words["agenda.reason.help"], Required: true, Max: 1000})
	return f
}

func (p *part) freeze(r *console.Request) (console.Answer, error) {
	v := agenda.Decision{Office: r.Office, Event: calendar.Event{Event: calendar.Freeze}, Reason: r.Values.Get("reason")}
	if err := r.Tx(func(tx *store.Tx) error { return p.add(r.Context(), tx, r, v) }); err != nil {
		return nil, err
	}
	return console.Redirect{Path: pathOf(r.Office), Flash: r.Say("agenda.frozen.flash")}, nil
}

// A proposal is a decision that waits for a second person, as that one sees it.
type proposal struct {
	Event      string       `json:"event"`
	Office     string       `json:"office"`
	Name       string       `json:"office_name"`
	PollingDay calendar.Day `json:"polling_day,omitzero"`
	Reason     string       `json:"reason"`
}

// propose returns what proposes a move to a second person, if the calendar allows
// it today.
func (p *part) propose(event string) func(*console.Request) (console.Answer, error) {
	act := map[string]string{calendar.Postpone: "postpone", calendar.ReAnchor: "re-anchor", calendar.Resume: "re-anchor"}[event]
	return func(r *console.Request) (console.Answer, error) {
		if event == calendar.ReAnchor && r.Office != "" || event == calendar.Postpone && r.Office == "" {
			return nil, console.ErrNotFound
		}
		v := agenda.Decision{Office: r.Office, Reason: r.Values.Get("reason"),
			Event: calendar.Event{Event: event, On: today(r), PollingDay: console.ISODay(r.Values.Get("polling_day"))}}
		var id string
		err := r.Tx(func(tx *store.Tx) error {
			b, err := p.desk.Book(r.Context(), tx)
			if err != nil {
				return err
			}
			if err := b.Check(r.Actor, v, today(r)); err != nil {
				return refused(r, b, err)
			}
			name, err := nameOf(r, r.Office)
			if err != nil {
				return err
			}
			data := proposal{event, r.Office, name, v.Event.PollingDay, v.Reason}
			id, err = office.Propose(r.Context(), tx, r.Now(), r.Actor, office.AgendaMove, act, pathOf(r.Office), r.Office, v.Reason, data)
			return err
		})
		if err != nil {
			return nil, err
		}
		return console.Redirect{Path: "/approvals/" + id, Flash: r.Say("agenda.proposed.flash"), Value: map[string]string{"proposal": id}}, nil
	}
}

// whereForm asks which constituency is postponed.
var whereForm = &console.Form{Intro: words["agenda.postpone.where"], Submit: words["agenda.go.on"], Back: backTo("/agenda"),
	Fields: []console.Field{{Name: "office", Kind: console.Office, Label: words["agenda.constituency"], Required: true}}}

func where(r *console.Request) (console.Answer, error) {
	code := r.Values.OfficeOf("office")
	if code == "" {
		return nil, r.Wrong("office", "agenda.postpone.country")
	}
	return console.Redirect{Path: pathOf(code) + "/postpone"}, nil
}

// feed says whether the person has an iCalendar address.
func (p *part) feed(r *console.Request) (console.Answer, error) {
	since, err := agenda.FeedOf(r.Context(), r.DB, r.Actor.Person)
	if err != nil {
		return nil, err
	}
	data := map[string]any{"since": since}
	return console.Page{Template: "feed", Data: data, Crumbs: []console.Link{{Path: "/agenda", Word: r.Say("agenda.title")}}}, nil
}

func (p *part) newFeed(r *console.Request) (console.Answer, error) {
	var token string
	err := r.Tx(func(tx *store.Tx) (err error) {
		token, err = agenda.NewFeed(r.Context(), tx, r.Now(), r.Actor)
		return err
	})
	if err != nil {
		return nil, err
	}
	return console.Page{Template: "address", Data: map[string]string{"address": r.Origin + r.Lang.Prefix() + "/calendar/" + token + ".ics"},
		Crumbs: []console.Link{{Path: "/agenda", Word: r.Say("agenda.title")}, {Path: "/agenda/feed", Word: r.Say("agenda.feed")}}}, nil
}

func (p *part) revokeFeed(r *console.Request) (console.Answer, error) {
	err := r.Tx(func(tx *store.Tx) error { return agenda.RevokeFeed(r.Context(), tx, r.Now(), r.Actor) })
	if err != nil && !errors.Is(err, store.ErrNotFound) { // it was revoked before
		return nil, err
	}
	return console.Redirect{Path: "/agenda/feed", Flash: r.Say("agenda.feed.revoked")}, nil
}

// ics answers a program that subscribes.
func (p *part) ics(r *console.Request) (console.Answer, error) {
	token, _ := strings.CutSuffix(r.PathValue("token"), ".ics")
	host := r.Origin
	if _, after, ok := strings.Cut(host, "://"); ok {
		host = after
	}
	b, err := p.desk.ICalendar(r.Context(), r.DB, r.Now(), token, lang(r), host)
	if err != nil {
		return nil, err
	}
	return console.File{Type: "text/calendar; charset=utf-8", Data: b}, nil
}
