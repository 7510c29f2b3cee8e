package readiness

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/agenda"
	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/readiness"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/training"
)

//go:embed templates/*.html
var templates embed.FS

// part is the part with a desk of its own for the calendar.
type part struct{ desk *agenda.Desk }

// Part returns the part.
func Part(console.Deps) console.Part {
	own, _ := fs.Sub(templates, "templates") // embedded: it is there
	p := &part{agenda.NewDesk()}
	return console.Part{Name: "readiness", Words: words, Templates: own, Routes: p.routes(), Tiles: p.tiles,
		Nav: []console.Nav{{Path: "/readiness", Word: words["readiness.title"], Power: office.ReadinessSee}}}
}

// Routes returns its routes.
func Routes(d console.Deps) []console.Route { return Part(d).Routes }

func (p *part) routes() []console.Route {
	see := office.ReadinessSee
	return []console.Route{
		{Method: "GET", Path: "/readiness", Power: see, Summary: words["readiness.title"], Do: p.home},
		{Method: "GET", Path: "/readiness/{code}", Power: see, Scope: scope, Summary: words["readiness.title"], Do: p.show},
		{Method: "GET", Path: "/readiness/{code}/red", Power: see, Scope: scope, Summary: words["readiness.red"], Do: p.red},
		{Method: "GET", Path: "/readiness/{code}/report", Power: see, Scope: scope, Summary: words["readiness.report"], Do: p.report},
		{Method: "POST", Path: "/readiness/count", Power: office.TrainingPlan, Summary: words["readiness.count"],
			Form: &console.Form{Intro: words["readiness.count.intro"], Back: func(r *console.Request) console.Link {
				return console.Link{Path: "/readiness", Word: r.Say("shell.cancel")}
			}}, Do: count},
	}
}

func scope(r *console.Request) (string, error) {
	code := r.PathValue("code")
	if code == "-" {
		return "", nil
	}
	o, err := officedb.New(r.DB).Office(r.Context(), code)
	return o.Code, err
}

func pathOf(code string) string {
	if code == "" {
		code = "-"
	}
	return "/readiness/" + code
}

func lang(r *console.Request) calendar.Lang { return calendar.Lang(r.Lang.Code()) }

func nameOf(r *console.Request, code string) (string, error) {
	o, err := officedb.New(r.DB).Office(r.Context(), code)
	return console.NameIn(r.Lang, o.NameFa, o.NameEn), err
}

// count counts all anew, because somebody does not want to wait.
func count(r *console.Request) (console.Answer, error) {
	reg, err := training.Register(r.Dir)
	if err == nil {
		err = readiness.Count(r.Context(), r.DB, reg, r.Now())
	}
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/readiness", Flash: r.Say("readiness.counted.flash")}, nil
}

// read adds up the office of the request, and names the offices below it.
func (p *part) read(r *console.Request, code string) (*readiness.Report, map[string]string, calendar.Day, error) {
	book, err := p.desk.Book(r.Context(), r.DB)
	if err != nil {
		return nil, nil, 0, err
	}
	today := console.ISODay(r.Today())
	report, err := readiness.Read(r.Context(), r.DB, book, code, today)
	if err != nil {
		return nil, nil, 0, err
	}
	names := map[string]string{}
	for _, o := range book.Offices(code, -1) {
		names[o.Code] = console.NameIn(r.Lang, o.NameFa, o.NameEn)
	}
	var polling calendar.Day
	if book.Set() {
		s, err := book.Schedule(code, today)
		if err != nil {
			return nil, nil, 0, err
		}
		polling = s.PollingDay
	}
	return report, names, polling, nil
}

// number is a count, or a dash for one that is not known.
func number(r *console.Request, known bool, n int64) string {
	if !known || n < 0 {
		return "–"
	}
	return r.Lang.Number(n)
}

// problems are the open problems of earlier rounds in a few words.
func problems(r *console.Request, l *readiness.Line) string {
	if l.Problems == 0 {
		return number(r, true, 0)
	}
	return r.Say("readiness.problems.of", number(r, true, l.Problems), number(r, true, l.Unjudged), number(r, l.Highest > 0, l.Highest))
}

func percent(r *console.Request, l *readiness.Line) string {
	if !l.Known || l.Seats == 0 {
		return "–"
	}
	return r.Lang.Percent(uint64(max(l.Trained, 0)), uint64(l.Seats))
}

// forecast is the forecast in words.
func forecast(r *console.Request, l *readiness.Line) string {
	switch f := l.Forecast; {
	case l.Known && l.Seats > 0 && l.Missing() <= 0:
		return r.Say("readiness.all")
	case !f.Known:
		return r.Say("readiness.cannot")
	case f.Ready == 0:
		return r.Say("readiness.never")
	default:
		return f.Ready.In(lang(r))
	}
}

// state is a line at a glance.
func state(r *console.Request, l *readiness.Line, polling calendar.Day) console.State {
	why := l.Red(console.ISODay(r.Today()), polling)
	switch {
	case len(why) > 0:
		return console.State{Kind: "bad", Word: r.Say("readiness.is.red"), Key: "red"}
	case !l.Known:
		return console.State{Kind: "wait", Word: r.Say("readiness.is.unknown"), Key: "unknown"}
	case l.Seats > 0 && l.Missing() <= 0:
		return console.State{Kind: "good", Word: r.Say("readiness.is.ready"), Key: "ready"}
	}
	return console.State{Kind: "open", Word: r.Say("readiness.is.under-way"), Key: "under-way"}
}

var columns = []console.Column{
	{Key: "office", Label: words["readiness.office"], Sort: true}, {Key: "code", Label: words["readiness.code"], Kind: console.Codes},
	{Key: "state", Label: words["readiness.state"], Kind: console.States},
	{Key: "seats", Label: words["readiness.seats"]}, {Key: "trained", Label: words["readiness.trained"]}, {Key: "share", Label: words["readiness.share"]},
	{Key: "stale", Label: words["readiness.stale"]}, {Key: "invited", Label: words["readiness.invited"]},
	{Key: "problems", Label: words["readiness.problems"]}, {Key: "late", Label: words["readiness.late"]},
	{Key: "forecast", Label: words["readiness.forecast"]}, {Key: "counted", Label: words["readiness.counted"], Kind: console.Times},
}

// cells are a line as a row. What programs read is a number, or nothing.
func cells(r *console.Request, l *readiness.Line, name string, polling calendar.Day) []any {
	n := func(known bool, n int64) any {
		switch {
		case !exported(r):
			return number(r, known, n)
		case !known || n < 0:
			return ""
		}
		return n
	}
	out := []any{name, l.Office, state(r, l, polling), n(l.Known, l.Seats), n(l.Known, l.Trained), percent(r, l), n(l.Known, l.Stale), n(l.Known, l.Invited),
		l.Problems, n(l.Late >= 0, l.Late), forecast(r, l), l.Counted}
	if exported(r) {
		return append(out, l.Unjudged, n(l.Highest > 0, l.Highest))
	}
	out[8] = problems(r, l)
	return out
}

// exports are columns for programs: what a page says in the cell of problems.
var exports = []console.Column{{Key: "unjudged", Label: words["readiness.unjudged"]}, {Key: "highest", Label: words["readiness.highest"]}}

func exported(r *console.Request) bool {
	return r.WantsJSON() || r.URL.Query().Get("format") == "csv"
}

func (p *part) home(r *console.Request) (console.Answer, error) {
	r.Office = r.Over()[0]
	return p.show(r)
}

// role is a line by role, as its page shows it.
type role struct{ Name, Seats, Trained, Share, Stale, Invited string }

func (p *part) show(r *console.Request) (console.Answer, error) {
	report, names, polling, err := p.read(r, r.Office)
	if err != nil {
		return nil, err
	}
	name, err := nameOf(r, r.Office)
	if err != nil {
		return nil, err
	}
	l := console.List{Columns: columns, Empty: r.Say("readiness.below.none"), Whole: exported(r), Total: int64(len(report.Children))}
	for i := range report.Children {
		c := &report.Children[i]
		l.Rows = append(l.Rows, console.Row{ID: c.Office, Path: pathOf(c.Office), Cells: cells(r, c, names[c.Office], polling)})
	}
	title := r.Say("readiness.of", name)
	if exported(r) {
		l.Columns = slices.Concat(columns, exports)
		l.Rows = append([]console.Row{{ID: r.Office, Cells: cells(r, &report.Line, name, polling)}}, l.Rows...)
		return l, nil
	}
	l.Columns = slices.Clone(columns)
	for i := range l.Columns {
		l.Columns[i].Sort = false // all are on one page
	}
	view := struct {
		State   console.State
		Facts   [][2]string
		Counted time.Time
		Missing []string
		Method  string
		Roles   []role
		List    *console.ListView
		Links   []console.Link
	}{State: state(r, &report.Line, polling), Counted: report.Counted}
	whole := &report.Line
	for _, f := range []struct{ key, value string }{
		{"trained", r.Say("readiness.trained.of", number(r, whole.Known, whole.Trained), number(r, whole.Known, whole.Seats), percent(r, whole))},
		{"stale", number(r, whole.Known, whole.Stale)}, {"invited", number(r, whole.Known, whole.Invited)},
		{"problems", problems(r, whole)}, {"late", number(r, whole.Late >= 0, whole.Late)}, {"forecast", forecast(r, whole)},
	} {
		view.Facts = append(view.Facts, [2]string{r.Say("readiness." + f.key), f.value})
	}
	if len(r.Office) <= 5 {
		view.Method = method(r, whole)
	}
	for _, code := range report.Missing {
		missing, err := nameOf(r, code)
		if err != nil {
			return nil, err
		}
		view.Missing = append(view.Missing, missing)
	}
	for i := range report.Roles {
		x := &report.Roles[i]
		view.Roles = append(view.Roles, role{roleName(r, x.Role), number(r, x.Known, x.Seats), number(r, x.Known, x.Trained), percent(r, x), number(r, x.Known, x.Stale), number(r, x.Known, x.Invited)})
	}
	if view.List, err = r.ListView(l); err != nil {
		return nil, err
	}
	view.Links = []console.Link{{Path: pathOf(r.Office) + "/red", Word: r.Say("readiness.red")}, {Path: pathOf(r.Office) + "/report", Word: r.Say("readiness.report")}}
	if whole.Problems > 0 && r.Actor.May(office.LessonsSee, r.Office) {
		view.Links = append(view.Links, console.Link{Path: "/lessons?state=open", Word: r.Say("readiness.problems.see")})
	}
	if r.Actor.Somewhere(office.TrainingPlan) {
		view.Links = append(view.Links, console.Link{Path: "/readiness/count", Word: r.Say("readiness.count")})
	}
	return console.Page{Template: "readiness", Title: title, Data: view, Crumbs: above(r)}, nil
}

// roleName is the role of a seat as people are told it: one of an office's roles, or
// the name under which it was imported.
func roleName(r *console.Request, role string) string {
	if word := r.Say("role." + role); word != "role."+role {
		return word
	}
	return role
}

// method says how the forecast was made.
func method(r *console.Request, l *readiness.Line) string {
	if f := l.Forecast; f.Known {
		return r.Say("readiness.method", f.Gain, f.Days, f.Since.In(lang(r)))
	}
	return r.Say("readiness.method.none")
}

// above are the offices above that of the request that the person sees.
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

// reds are the office of the request and those one level below it that are on the
// red list, those with most reasons first.
func (p *part) reds(r *console.Request) (lines []readiness.Line, names map[string]string, polling calendar.Day, err error) {
	report, names, polling, err := p.read(r, r.Office)
	if err != nil {
		return nil, nil, 0, err
	}
	lines = append([]readiness.Line{report.Line}, report.Children...)
	today := console.ISODay(r.Today())
	lines = slices.DeleteFunc(lines, func(l readiness.Line) bool { return len(l.Red(today, polling)) == 0 })
	slices.SortStableFunc(lines, func(a, b readiness.Line) int {
		if n := len(b.Red(today, polling)) - len(a.Red(today, polling)); n != 0 {
			return n
		}
		return int(b.Late+b.Missing()) - int(a.Late+a.Missing())
	})
	return lines, names, polling, nil
}

func why(r *console.Request, l *readiness.Line, polling calendar.Day) string {
	var out []string
	for _, w := range l.Red(console.ISODay(r.Today()), polling) {
		out = append(out, r.Say("readiness.why."+w))
	}
	return strings.Join(out, r.Say("shell.comma"))
}

func (p *part) red(r *console.Request) (console.Answer, error) {
	lines, names, polling, err := p.reds(r)
	if err != nil {
		return nil, err
	}
	l := console.List{Whole: true, Intro: r.Say("readiness.red.intro"), Empty: r.Say("readiness.red.none"), Search: r.Say("readiness.office"),
		Columns: slices.Insert(slices.Clone(columns), 3, console.Column{Key: "why", Label: words["readiness.why"]}),
		Crumbs:  append(above(r), console.Link{Path: pathOf(r.Office), Word: r.Say("readiness.title")})}
	if exported(r) {
		l.Columns = slices.Concat(l.Columns, exports)
	}
	for i := range lines {
		x := &lines[i]
		l.Rows = append(l.Rows, console.Row{ID: x.Office, Path: pathOf(x.Office), Cells: slices.Insert(cells(r, x, names[x.Office], polling), 3, any(why(r, x, polling)))})
	}
	return l, nil
}

// tiles is whether the person's offices are on the red list.
func (p *part) tiles(r *console.Request) ([]console.Tile, error) {
	over := r.Actor.Over(office.ReadinessSee)
	if len(over) == 0 {
		return nil, nil
	}
	r.Office = over[0]
	lines, _, _, err := p.reds(r)
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	return []console.Tile{{Word: r.Say("readiness.tile"), Count: int64(len(lines)), State: "bad", Path: pathOf(r.Office) + "/red"}}, nil
}
