package agenda

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/agenda"
	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/law"
)

//go:embed templates/*.html
var templates embed.FS

// part is the part with its desk.
type part struct{ desk *agenda.Desk }

// Part returns the part.
func Part(console.Deps) console.Part {
	own, _ := fs.Sub(templates, "templates") // embedded: it is there
	p := &part{agenda.NewDesk()}
	return console.Part{
		Name: "agenda", Words: words, Templates: own, Routes: p.routes(), Acts: p.acts(), Tiles: p.tiles,
		Nav: []console.Nav{{Path: "/agenda", Word: words["agenda.title"], Power: office.AgendaSee}},
	}
}

// Routes returns its routes.
func Routes(d console.Deps) []console.Route { return Part(d).Routes }

func (p *part) routes() []console.Route {
	see, confirm, move := office.AgendaSee, office.AgendaConfirm, office.AgendaMove
	return []console.Route{
		{Method: "GET", Path: "/agenda", Power: see, Summary: words["agenda.title"], Query: boardQuery, Do: p.home},
		{Method: "GET", Path: "/agenda/today", Power: see, Summary: words["agenda.today"], Do: p.today},
		{Method: "GET", Path: "/agenda/feed", Power: see, Summary: words["agenda.feed"], Do: p.feed},
		{Method: "POST", Path: "/agenda/feed/new", Power: see, Summary: words["agenda.feed.new"],
			Form: &console.Form{Intro: words["agenda.feed.new.intro"], Back: backTo("/agenda/feed")}, Do: p.newFeed},
		{Method: "POST", Path: "/agenda/feed/revoke", Power: see, Summary: words["agenda.feed.revoke"],
			Form: &console.Form{Intro: words["agenda.feed.revoke.intro"], Danger: true, Back: backTo("/agenda/feed")}, Do: p.revokeFeed},
		{Method: "GET", Path: "/agenda/{code}", Power: see, Scope: scope, Summary: words["agenda.title"], Query: boardQuery, Do: p.board},
		{Method: "GET", Path: "/agenda/{code}/live", Power: see, Scope: scope, Summary: words["agenda.live"], Do: p.live},
		{Method: "GET", Path: "/agenda/{code}/events", Power: see, Scope: scope, Summary: words["agenda.events"], Do: p.events},
		{Method: "GET", Path: "/agenda/{code}/stages/{stage}", Power: see, Scope: scope, Summary: words["agenda.stage"], Do: p.stage},
		{Method: "GET", Path: "/agenda/{code}/stages/{stage}/offices", Power: see, Scope: scope, Summary: words["agenda.offices"], Do: p.parts},
		{Method: "POST", Path: "/agenda/{code}/stages/{stage}/confirm", Power: confirm, Scope: scope, Summary: words["agenda.confirm"], Form: p.confirmForm(), Do: p.confirm},
		{Method: "POST", Path: "/agenda/{code}/stages/{stage}/set", Power: confirm, Scope: scope, Summary: words["agenda.set"], Form: p.setForm(), Do: p.set},
		{Method: "POST", Path: "/agenda/{code}/freeze", Power: move, Scope: scope, Summary: words["agenda.freeze"], Form: moveForm("agenda.freeze.intro", false), Do: p.freeze},
		{Method: "POST", Path: "/agenda/{code}/resume", Power: move, Scope: scope, Summary: words["agenda.resume"], Form: moveForm("agenda.resume.intro", false), Do: p.propose(calendar.Resume)},
		{Method: "POST", Path: "/agenda/{code}/re-anchor", Power: move, Scope: scope, Summary: words["agenda.re-anchor"], Form: moveForm("agenda.re-anchor.intro", true), Do: p.propose(calendar.ReAnchor)},
		{Method: "POST", Path: "/agenda/{code}/postpone", Power: move, Scope: scope, Summary: words["agenda.postpone"], Form: moveForm("agenda.postpone.intro", true), Do: p.propose(calendar.Postpone)},
		{Method: "POST", Path: "/agenda/postpone", Power: move, Summary: words["agenda.postpone"], Form: whereForm, Do: where},
		{Method: "GET", Path: "/calendar/{token}", Power: "", Summary: words["agenda.feed"], Do: p.ics},
	}
}

// scope is the office in the path.
func scope(r *console.Request) (string, error) {
	code := r.PathValue("code")
	if code == "-" {
		return "", nil
	}
	o, err := officedb.New(r.DB).Office(r.Context(), code)
	return o.Code, err
}

// pathOf is the board of an office.
func pathOf(code string) string {
	if code == "" {
		code = "-"
	}
	return "/agenda/" + url.PathEscape(code)
}

func stagePath(code, stage string) string { return pathOf(code) + "/stages/" + url.PathEscape(stage) }

func backTo(path string) func(*console.Request) console.Link {
	return func(r *console.Request) console.Link {
		return console.Link{Path: path, Word: r.Say("shell.cancel")}
	}
}

func backToBoard(r *console.Request) console.Link {
	return console.Link{Path: pathOf(r.Office), Word: r.Say("shell.cancel")}
}

func backToStage(r *console.Request) console.Link {
	return console.Link{Path: stagePath(r.Office, r.PathValue("stage")), Word: r.Say("shell.cancel")}
}

// nameOf is the name of an office.
func nameOf(r *console.Request, code string) (string, error) {
	o, err := officedb.New(r.DB).Office(r.Context(), code)
	return console.NameIn(r.Lang, o.NameFa, o.NameEn), err
}

func today(r *console.Request) calendar.Day { return console.ISODay(r.Today()) }

func lang(r *console.Request) calendar.Lang { return calendar.Lang(r.Lang.Code()) }

// article is the article of a stage as people are told it.
func article(r *console.Request, s *calendar.Stage) string {
	if s.Law == nil {
		return r.Say("agenda.administrative")
	}
	v, ok := law.Lookup(s.Law.Article, s.Law.Version)
	if !ok {
		return s.Law.Article
	}
	return r.Say("agenda.article.of", console.NameIn(r.Lang, v.Title.Fa, v.Title.En), v.Article+", "+v.Version)
}

// days is a window in words.
func days(r *console.Request, from, to calendar.Day) string {
	switch {
	case from == 0 && to == 0:
		return r.Say("agenda.unset")
	case from == 0:
		return r.Say("agenda.until", to.In(lang(r)))
	case to == 0:
		return r.Say("agenda.from.on", from.In(lang(r)))
	case from == to:
		return from.In(lang(r))
	}
	return r.Say("agenda.from.to", from.In(lang(r)), to.In(lang(r)))
}

var stateKinds = map[calendar.State]string{calendar.Done: "good", calendar.Late: "bad", calendar.Blocked: "open", calendar.Due: "open", calendar.Open: "open", calendar.Future: "wait"}

func state(r *console.Request, s calendar.State) console.State {
	return console.State{Kind: stateKinds[s], Word: r.Say("agenda.state." + string(s)), Key: string(s)}
}

// refused tells a refusal of the calendar in the language of the reader.
func refused(r *console.Request, b *agenda.Book, err error) error {
	var no *agenda.Refusal
	if !errors.As(err, &no) {
		return err
	}
	out := &console.Refused{Date: no.Day}
	title := ""
	if s, ok := b.Stage(no.Stage); ok {
		title, out.Article = s.Title(lang(r)), article(r, s)
	} else if v, ok := law.Lookup("calendar", "round-7"); ok {
		out.Article = r.Say("agenda.article.of", console.NameIn(r.Lang, v.Title.Fa, v.Title.En), v.Article+", "+v.Version)
	}
	out.Text = r.Say("agenda.no."+no.Code, title)
	if no.Code == agenda.Earliest && (title == "" || no.Day == 0) {
		out.Text = r.Say("agenda.no.impossible")
	}
	if no.Office != "" && no.Office != r.Office {
		if name, err := nameOf(r, no.Office); err == nil {
			out.Text += " " + r.Say("agenda.no.where", name)
		}
	}
	return out
}

// add writes a decision and tells what the calendar does not allow.
func (p *part) add(ctx context.Context, tx *store.Tx, r *console.Request, v agenda.Decision) error {
	err := p.desk.Add(ctx, tx, r.Now(), r.Actor, v)
	if err == nil {
		return nil
	}
	b, e := p.desk.Book(ctx, tx)
	if e != nil {
		return e
	}
	return refused(r, b, err)
}

// acts are what a second person confirms.
func (p *part) acts() []console.Act {
	do := func(ctx context.Context, tx *store.Tx, r *console.Request, _ string, data json.RawMessage) error {
		var v proposal
		if err := json.Unmarshal(data, &v); err != nil {
			return fmt.Errorf("read the proposal: %w", err)
		}
		return p.add(ctx, tx, r, agenda.Decision{Office: v.Office, Event: calendar.Event{Event: v.Event, PollingDay: v.PollingDay}, Reason: v.Reason})
	}
	return []console.Act{
		{Name: "postpone", Word: words["agenda.postpone"], Power: office.AgendaMove, Do: do},
		{Name: "re-anchor", Word: words["agenda.re-anchor"], Power: office.AgendaMove, Do: do},
	}
}

// tiles are what is asked of the person today.
func (p *part) tiles(r *console.Request) ([]console.Tile, error) {
	if !r.Actor.Somewhere(office.AgendaSee) {
		return nil, nil
	}
	b, err := p.desk.Book(r.Context(), r.DB)
	if err != nil || !b.Set() {
		return nil, err
	}
	tasks, err := b.Tasks(r.Actor, today(r), 0)
	if err != nil {
		return nil, err
	}
	counts := map[calendar.State]int64{}
	for _, t := range tasks {
		counts[t.Row.State]++
	}
	var out []console.Tile
	for _, s := range []calendar.State{calendar.Late, calendar.Due, calendar.Open} {
		if counts[s] > 0 {
			out = append(out, console.Tile{Word: r.Say("agenda.tile." + string(s)), Count: counts[s], State: stateKinds[s], Path: "/agenda/today"})
		}
	}
	return out, nil
}
