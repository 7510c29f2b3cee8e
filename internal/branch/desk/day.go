package desk

import (
	"fmt"
	"strings"

	"github.com/sandogh/sandogh/internal/branch"
	"github.com/sandogh/sandogh/internal/branch/press"
	"github.com/sandogh/sandogh/internal/roll/marks"
)

// dayView is the page of the day's figures.
type dayView struct {
	Counts    []figure
	Bars      []bar
	Table     []row
	Chart     string // what the chart shows, in words
	Width     int
	Unasked   int
	Conflicts []line
	List      bool
	Printer   bool
}

// A bar of the chart, in its units: a column is 40 wide, the chart 120 high.
type bar struct {
	X, Y, Height int
	Label        string
	LabelX       int
}

type row struct {
	From             string
	CheckedIn, Queue string
}

const (
	barStep   = 40
	barHeight = 120
	barsShown = 48 // twelve hours
)

func (d *Desk) day(r *branch.Request) (branch.Answer, error) {
	day := d.Book.Day(period)
	v := dayView{Unasked: day.Unasked, List: r.May(branch.Officer), Printer: d.Press != nil, Counts: []figure{
		{r.Say("desk.count.in"), day.CheckedIn}, {r.Say("desk.count.voters"), day.Voters}, {r.Say("desk.count.guests"), day.Guests},
		{r.Say("desk.count.released"), day.Released}, {r.Say("desk.count.undone"), day.Undone}}}
	if day.Waiting != nil {
		v.Counts = append(v.Counts, figure{r.Say("desk.count.waiting"), day.Waiting.Count})
	}
	periods := day.Periods[max(0, len(day.Periods)-barsShown):]
	most := 1
	for _, p := range periods {
		most = max(most, p.CheckedIn)
	}
	v.Width = max(1, len(periods)) * barStep
	for i, p := range periods {
		h := p.CheckedIn * barHeight / most
		b := bar{X: i*barStep + 4, Y: barHeight - h, Height: h, LabelX: i*barStep + barStep/2}
		if len(periods) <= 12 || i%4 == 0 {
			b.Label = d.clock(r, p.From)
		}
		v.Bars = append(v.Bars, b)
		queue := "–"
		if p.Waiting >= 0 {
			queue = r.Lang.Number(int64(p.Waiting))
		}
		v.Table = append(v.Table, row{d.clock(r, p.From), r.Lang.Number(int64(p.CheckedIn)), queue})
	}
	if n := len(periods); n > 0 {
		v.Chart = r.Say("desk.chart.text", d.clock(r, periods[0].From), d.clock(r, periods[n-1].From.Add(period)), day.CheckedIn, most)
	}
	conflicts, err := d.Book.Conflicts()
	if err != nil {
		return nil, err
	}
	for _, c := range conflicts {
		name, _ := d.Book.Roll().Name(c.Branch)
		v.Conflicts = append(v.Conflicts, line{Number: r.Lang.Digits(c.Person.Number.Masked()), Name: fmt.Sprintf("%s (%s)", r.Lang.Name(name), c.Branch), At: d.clock(r, c.Mark.At)})
	}
	return branch.Page{Template: "day", Title: r.Say("desk.day"), Every: 15, Data: v}, nil
}

// list hands out the paper list as it is now.
func (d *Desk) list(r *branch.Request) (branch.Answer, error) {
	data, err := d.paper()
	if err != nil {
		return nil, err
	}
	return branch.File{Type: "application/pdf", Name: "list.pdf", Data: data}, nil
}

// printList prints the paper list on the branch's printer, in sheets that are cut
// off each.
func (d *Desk) printList(r *branch.Request) (branch.Answer, error) {
	if d.Press == nil {
		return nil, refusal("desk.printer", "/desk-day")
	}
	sheets, err := d.sheets()
	if err != nil {
		return nil, err
	}
	return d.Press.Print(press.Paper{Title: r.Say("desk.paper"), Parts: sheets, Back: "/desk-day"})
}

// noted is what the paper list says of a line.
func noted(l marks.Line) string {
	switch l.Standing {
	case marks.CheckedIn:
		return words["desk.paper.in"][0]
	case marks.Released, marks.Given:
		return strings.TrimSpace(words["desk.paper.gone"][0] + " " + l.Branch)
	case marks.UnderAge:
		return words["desk.paper.young"][0]
	}
	return ""
}
