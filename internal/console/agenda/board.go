package agenda

import (
	"errors"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/agenda"
	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/agendadb"
	"github.com/sandogh/sandogh/internal/store/lessonsdb"
)

var boardQuery = []console.Field{
	{Name: "state", Kind: console.Choice, Label: words["agenda.state"], Choices: console.Items("done", words["agenda.state.done"], "blocked", words["agenda.state.blocked"],
		"due", words["agenda.state.due"], "open", words["agenda.state.open"], "late", words["agenda.state.late"], "future", words["agenda.state.future"])},
}

// home is the board of the widest office whose calendar the person sees.
func (p *part) home(r *console.Request) (console.Answer, error) {
	r.Office = r.Over()[0]
	return p.board(r)
}

// boardView is the board as its page shows it.
type boardView struct {
	Unset   bool
	Polling calendar.Day
	Today   calendar.Day
	Frozen  calendar.Day
	Chart   template.HTML
	List    *console.ListView
	Months  []month // of the list, if nothing is filtered
	Own     []console.Link
	Links   []console.Link
	Live    string
}

func (p *part) board(r *console.Request) (console.Answer, error) {
	b, err := p.desk.Book(r.Context(), r.DB)
	if err != nil {
		return nil, err
	}
	name, err := nameOf(r, r.Office)
	if err != nil {
		return nil, err
	}
	title := r.Say("agenda.of", name)
	if !b.Set() {
		if r.WantsJSON() || r.URL.Query().Get("format") == "csv" {
			return boardList(r, nil, nil), nil
		}
		page := console.Page{Template: "board", Title: title, Data: boardView{Unset: true}}
		if r.Actor.May(office.ElectionEdit, "") {
			page.Next = &console.Next{Text: r.Say("agenda.unset.edit"), Link: console.Link{Path: "/setup", Word: r.Say("agenda.unset.link")}}
		}
		return page, nil
	}
	board, err := b.Board(r.Office, today(r))
	if err != nil {
		return nil, err
	}
	rows := board.Rows
	if want := r.Values.Get("state"); want != "" {
		rows = slices.DeleteFunc(slices.Clone(rows), func(row agenda.Row) bool { return string(row.State) != want })
	}
	slices.SortStableFunc(rows, func(x, y agenda.Row) int { return int(begin(&x) - begin(&y)) })
	review, err := reviewed(r)
	if err != nil {
		return nil, err
	}
	l := boardList(r, rows, review)
	if r.WantsJSON() || r.URL.Query().Get("format") == "csv" {
		return l, nil
	}
	l.Total = int64(len(rows))
	view := boardView{Polling: board.PollingDay, Today: board.Today, Frozen: board.Frozen, Live: r.Lang.Prefix() + pathOf(r.Office) + "/live"}
	if view.List, err = r.ListView(l); err != nil {
		return nil, err
	}
	if r.Values.Get("state") == "" {
		if view.Months, err = months(r, rows, review); err != nil {
			return nil, err
		}
	}
	view.Chart = chart(r, board, rows)
	for _, code := range board.Own {
		own, err := nameOf(r, code)
		if err != nil {
			return nil, err
		}
		view.Own = append(view.Own, console.Link{Path: pathOf(code), Word: own})
	}
	view.Links = links(r, board)
	return console.Page{Template: "board", Title: title, Data: view, Crumbs: above(r), Next: p.next(r, b)}, nil
}

// begin is the day by which rows are in order; those without days come last.
func begin(r *agenda.Row) calendar.Day {
	for _, d := range []calendar.Day{r.From, r.To} {
		if d != 0 {
			return d
		}
	}
	return unset
}

// unset stands behind all days.
const unset calendar.Day = 1 << 30

// A month of the board: its stages, and whether one of them needs somebody.
type month struct {
	Name string
	Open bool
	Sum  string
	List *console.ListView
}

// months folds the rows by the month in which they begin, so that the board is short
// on a small screen too: open are this month, and those with something late, due or
// open.
func months(r *console.Request, rows []agenda.Row, review map[string]lessonsdb.OpenByStageRow) ([]month, error) {
	name := func(d calendar.Day) string {
		if d >= unset {
			return r.Say("agenda.month.none")
		}
		words := strings.Fields(d.In(lang(r))) // weekday, day, month, year
		return r.Say("agenda.month", words[2], words[3])
	}
	now := name(today(r))
	var out []month
	for first := 0; first < len(rows); {
		last := first
		m := month{Name: name(begin(&rows[first]))}
		m.Open = m.Name == now
		counts := map[calendar.State]int{}
		for ; last < len(rows) && name(begin(&rows[last])) == m.Name; last++ {
			state := rows[last].State
			counts[state]++
			m.Open = m.Open || state == calendar.Late || state == calendar.Due || state == calendar.Open
		}
		var said []string
		for _, s := range []calendar.State{calendar.Late, calendar.Blocked, calendar.Due, calendar.Open, calendar.Future, calendar.Done} {
			if counts[s] > 0 {
				said = append(said, r.Say("agenda.month.count", counts[s], r.Say("agenda.state."+string(s))))
			}
		}
		m.Sum = strings.Join(said, r.Say("shell.comma"))
		var err error
		if m.List, err = r.ListView(boardList(r, rows[first:last], review)); err != nil {
			return nil, err
		}
		out = append(out, m)
		first = last
	}
	return out, nil
}

// above are the boards above that of the request that the person sees.
func above(r *console.Request) []console.Link {
	var out []console.Link
	for code := r.Office; code != ""; {
		if code = office.Parent(code); !r.May(code) {
			break
		}
		name, err := nameOf(r, code)
		if err != nil {
			break // the place lies in no such office
		}
		out = append(out, console.Link{Path: pathOf(code), Word: name})
	}
	slices.Reverse(out)
	return out
}

// links lead to what the person can do with the calendar of an office.
func links(r *console.Request, b *agenda.Board) []console.Link {
	out := []console.Link{{Path: "/agenda/today", Word: r.Say("agenda.today")}, {Path: pathOf(r.Office) + "/events", Word: r.Say("agenda.events")},
		{Path: "/agenda/feed", Word: r.Say("agenda.feed")}}
	if !r.Actor.May(office.AgendaMove, r.Office) {
		return out
	}
	if b.Frozen != 0 {
		return append(out, console.Link{Path: pathOf(r.Office) + "/resume", Word: r.Say("agenda.resume")})
	}
	out = append(out, console.Link{Path: pathOf(r.Office) + "/freeze", Word: r.Say("agenda.freeze")})
	if r.Office != "" {
		return append(out, console.Link{Path: pathOf(r.Office) + "/postpone", Word: r.Say("agenda.postpone")})
	}
	return append(out, console.Link{Path: "/agenda/-/re-anchor", Word: r.Say("agenda.re-anchor")}, console.Link{Path: "/agenda/postpone", Word: r.Say("agenda.postpone")})
}

// next is the gravest stage that the person confirms.
func (p *part) next(r *console.Request, b *agenda.Book) *console.Next {
	tasks, err := b.Tasks(r.Actor, today(r), 0)
	if err != nil {
		return nil
	}
	for _, t := range tasks {
		if t.Row.State != calendar.Blocked {
			return &console.Next{Text: r.Say("agenda.next."+string(t.Row.State), t.Row.Stage.Title(lang(r))),
				Link: console.Link{Path: stagePath(t.Office, t.Row.Stage.ID), Word: r.Say("agenda.next.link")}}
		}
	}
	return nil
}

// boardList is the board as a list.
func boardList(r *console.Request, rows []agenda.Row, review map[string]lessonsdb.OpenByStageRow) console.List {
	l := console.List{
		Columns: []console.Column{{Key: "stage", Label: words["agenda.stage"]}, {Key: "state", Label: words["agenda.state"], Kind: console.States},
			{Key: "from", Label: words["agenda.from"], Kind: console.Days}, {Key: "to", Label: words["agenda.to"], Kind: console.Days},
			{Key: "owner", Label: words["agenda.owner"]}, {Key: "confirmed", Label: words["agenda.confirmed"]},
			{Key: "blocked_by", Label: words["agenda.blocked"]}, {Key: "review", Label: words["agenda.review"]}, {Key: "article", Label: words["agenda.article"]}},
		Empty: r.Say("agenda.none"), Whole: r.WantsJSON() || r.URL.Query().Get("format") == "csv",
	}
	for i := range rows {
		row := &rows[i]
		l.Rows = append(l.Rows, console.Row{ID: row.Stage.ID, Path: stagePath(r.Office, row.Stage.ID), Cells: []any{
			row.Stage.Title(lang(r)), state(r, row.State), row.From, row.To, owner(r, row), confirmed(r, row), blocked(r, row), asks(r, review[row.Stage.ID]), article(r, &row.Stage)}})
	}
	return l
}

// owner is who confirms a stage.
func owner(r *console.Request, row *agenda.Row) string {
	word := r.Say("agenda.owner." + row.Stage.Owner)
	if row.Stage.Owner == "candidate" || row.Stage.Owner == "all" {
		return r.Say("agenda.owner.by", word, r.Say("agenda.level."+string(row.Seat.Role)))
	}
	return word
}

// confirmed is when it was, or how many have.
func confirmed(r *console.Request, row *agenda.Row) string {
	if row.Below > 0 {
		return r.Say("agenda.of.all", row.Counts[calendar.Done], row.Below)
	}
	if row.Done != 0 {
		return row.Done.In(lang(r))
	}
	return ""
}

// blocked says what holds a stage up.
func blocked(r *console.Request, row *agenda.Row) string {
	if row.Why == "" {
		return ""
	}
	var titles []string
	all := calendar.Stages()
	for _, id := range row.Before {
		if i := slices.IndexFunc(all, func(s calendar.Stage) bool { return s.ID == id }); i >= 0 {
			titles = append(titles, all[i].Title(lang(r)))
		}
	}
	if row.Why == agenda.WhyBefore {
		return r.Say("agenda.why.before") + " " + strings.Join(titles, r.Say("shell.comma"))
	}
	return r.Say("agenda.why." + row.Why)
}

// task is a stage that is asked of the reader.
type task struct {
	Path    string        `json:"path"`
	Title   string        `json:"title"`
	Office  string        `json:"office"`
	State   console.State `json:"state"`
	Days    string        `json:"days"`
	Blocked string        `json:"blocked"`
	Article string        `json:"article"`
	Left    string        `json:"-"`
}

// today is what is asked of the posts of the person, and what holds up others.
func (p *part) today(r *console.Request) (console.Answer, error) {
	b, err := p.desk.Book(r.Context(), r.DB)
	if err != nil {
		return nil, err
	}
	data := struct {
		Today string `json:"today"`
		Unset bool   `json:"unset"`
		Mine  []task `json:"mine"`
		Late  []task `json:"late"`
	}{Today: r.Today(), Unset: !b.Set(), Mine: []task{}, Late: []task{}}
	crumbs := []console.Link{{Path: "/agenda", Word: r.Say("agenda.title")}}
	if data.Unset {
		return console.Page{Template: "today", Data: data, Crumbs: crumbs}, nil
	}
	tasks, err := b.Tasks(r.Actor, today(r), 14)
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		name, err := nameOf(r, t.Office)
		if err != nil {
			return nil, err
		}
		data.Mine = append(data.Mine, asTask(r, t.Office, name, &t.Row))
	}
	for _, code := range r.Over() {
		board, err := b.Board(code, today(r))
		if err != nil {
			return nil, err
		}
		name, err := nameOf(r, code)
		if err != nil {
			return nil, err
		}
		for i := range board.Rows {
			row := &board.Rows[i]
			mine := slices.ContainsFunc(tasks, func(t agenda.Task) bool { return t.Office == code && t.Row.Stage.ID == row.Stage.ID })
			if row.State == calendar.Late && !mine {
				data.Late = append(data.Late, asTask(r, code, name, row))
			}
		}
	}
	return console.Page{Template: "today", Data: data, Crumbs: crumbs, Next: p.next(r, b)}, nil
}

func asTask(r *console.Request, code, name string, row *agenda.Row) task {
	t := task{Path: stagePath(code, row.Stage.ID), Title: row.Stage.Title(lang(r)), Office: name, State: state(r, row.State), Days: days(r, row.From, row.To),
		Blocked: blocked(r, row), Article: article(r, &row.Stage)}
	if n := int(row.To - today(r)); row.To != 0 && row.State != calendar.Future {
		switch {
		case n > 0:
			t.Left = r.Say("agenda.left", n)
		case n == 0:
			t.Left = r.Say("agenda.last")
		default:
			t.Left = r.Say("agenda.past", -n)
		}
	}
	if row.Below > 0 {
		t.Left = confirmed(r, row)
	}
	return t
}

// events lists what has moved the calendar of the office and of those below it.
func (p *part) events(r *console.Request) (console.Answer, error) {
	lo, hi := office.Range(r.Office)
	page := r.Paging()
	rows, err := agendadb.New(r.DB).EventsFor(r.Context(), agendadb.EventsForParams{Lo: lo, Hi: hi, Max: int32(page.Limit), Skip: int32(page.Skip)})
	if err != nil {
		return nil, err
	}
	l := console.List{
		Columns: []console.Column{{Key: "on", Label: words["agenda.on"], Kind: console.Days}, {Key: "event", Label: words["agenda.event"]},
			{Key: "stage", Label: words["agenda.stage"]}, {Key: "office", Label: words["agenda.office"]}, {Key: "reason", Label: words["agenda.reason"]},
			{Key: "person", Label: words["agenda.person"]}, {Key: "at", Label: words["agenda.at"], Kind: console.Times}},
		Empty: r.Say("agenda.events.none"), Crumbs: append(above(r), console.Link{Path: pathOf(r.Office), Word: r.Say("agenda.title")}),
	}
	stages := calendar.Stages()
	for _, row := range rows {
		title := ""
		if i := slices.IndexFunc(stages, func(s calendar.Stage) bool { return s.ID == row.Stage }); i >= 0 {
			title = stages[i].Title(lang(r))
		}
		name, err := nameOf(r, row.Office)
		if err != nil {
			return nil, err
		}
		l.Rows = append(l.Rows, console.Row{Cells: []any{row.OnDay, r.Say("agenda.event." + row.Event), title, name, row.Reason, row.Name, store.Time(row.At)}})
	}
	return l, nil
}

// The life of a stream: its reader comes back by itself, and is asked again who
// they are.
const (
	streamLife = 10 * time.Minute
	streamBeat = 25 * time.Second
	streamLook = 3 * time.Second // for what another process has written
)

// lastEvent is the number of the last event of the calendar.
func lastEvent(r *console.Request) (int64, error) {
	n, err := agendadb.New(r.DB).LastEvent(r.Context())
	if err = store.Classify(err); errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return n, err
}

// live tells when the calendar changes, to a reader of events; anybody else is led
// to the board.
func (p *part) live(r *console.Request) (console.Answer, error) {
	if r.Header.Get("Accept") != "text/event-stream" {
		return console.Redirect{Path: pathOf(r.Office)}, nil
	}
	return console.Stream{Send: func(send func(event, data string) error) error {
		changed := p.desk.Changed()
		seq, err := lastEvent(r)
		if err != nil {
			return err
		}
		end, beat, look := time.NewTimer(streamLife), time.NewTicker(streamBeat), time.NewTicker(streamLook)
		defer end.Stop()
		defer beat.Stop()
		defer look.Stop()
		news := func() error { // the database says it, whoever has written
			n, err := lastEvent(r)
			if err != nil || n == seq {
				return err
			}
			seq = n
			return send("changed", "")
		}
		for err := send("beat", ""); err == nil; {
			select {
			case <-r.Context().Done():
				return nil
			case <-end.C:
				return nil
			case <-beat.C:
				err = send("beat", "")
			case <-changed:
				changed = p.desk.Changed()
				err = news()
			case <-look.C:
				err = news()
			}
		}
		return nil // the reader is gone, or comes back by itself
	}}, nil
}
