package readiness

import (
	"fmt"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/web"
)

// report is the daily report of an office, as a PDF.
func (p *part) report(r *console.Request) (console.Answer, error) {
	report, names, polling, err := p.read(r, r.Office)
	if err != nil {
		return nil, err
	}
	name, err := nameOf(r, r.Office)
	if err != nil {
		return nil, err
	}
	e, err := office.LoadElection(r.Context(), r.DB)
	if err != nil {
		return nil, err
	}
	whole, today := &report.Line, console.ISODay(r.Today())
	title := r.Say("readiness.report.of", name)
	doc := printing.Document{Title: title, Lang: printing.Persian, Paper: printing.A4Landscape, Footer: title, Simulated: e.Sample}
	if r.Lang == web.English {
		doc.Lang = printing.English
	}
	age := r.Say("readiness.is.unknown")
	if !whole.Counted.IsZero() {
		t := whole.Counted.In(office.Tehran)
		age = calendar.DayOf(t.Date()).In(lang(r)) + r.Say("shell.comma") + r.Lang.Digits(t.Format("15:04"))
	}
	pairs := []printing.Pair{{Key: r.Say("readiness.day"), Value: today.In(lang(r))}, {Key: r.Say("readiness.counted"), Value: age},
		{Key: r.Say("readiness.trained"), Value: r.Say("readiness.trained.of", number(r, whole.Known, whole.Trained), number(r, whole.Known, whole.Seats), percent(r, whole))},
		{Key: r.Say("readiness.stale"), Value: number(r, whole.Known, whole.Stale)}, {Key: r.Say("readiness.invited"), Value: number(r, whole.Known, whole.Invited)},
		{Key: r.Say("readiness.problems"), Value: problems(r, whole)}, {Key: r.Say("readiness.late"), Value: number(r, whole.Late >= 0, whole.Late)},
		{Key: r.Say("readiness.forecast"), Value: forecast(r, whole)}}
	if polling != 0 {
		pairs = append(pairs, printing.Pair{Key: r.Say("readiness.polling"), Value: polling.In(lang(r))})
	}
	doc.Blocks = []printing.Block{printing.Heading{Text: title}, printing.KeyValue{Pairs: pairs}}
	if len(r.Office) <= 5 {
		doc.Blocks = append(doc.Blocks, printing.Paragraph{Text: method(r, whole)})
	}
	if len(report.Roles) > 0 {
		t := printing.Table{Columns: heads(r, "role", "seats", "trained", "share", "stale", "invited")}
		for i := range report.Roles {
			x := &report.Roles[i]
			t.Rows = append(t.Rows, []string{printing.Isolate(roleName(r, x.Role)), number(r, x.Known, x.Seats), number(r, x.Known, x.Trained), percent(r, x), number(r, x.Known, x.Stale), number(r, x.Known, x.Invited)})
		}
		doc.Blocks = append(doc.Blocks, printing.Heading{Text: r.Say("readiness.roles"), Level: 2}, t)
	}
	if len(report.Children) > 0 {
		t := printing.Table{Columns: heads(r, "office", "state", "seats", "trained", "share", "stale", "invited", "problems", "late", "forecast")}
		for i := range report.Children {
			x := &report.Children[i]
			t.Rows = append(t.Rows, []string{printing.Isolate(names[x.Office]), state(r, x, polling).Word, number(r, x.Known, x.Seats), number(r, x.Known, x.Trained), percent(r, x),
				number(r, x.Known, x.Stale), number(r, x.Known, x.Invited), problems(r, x), number(r, x.Late >= 0, x.Late), forecast(r, x)})
		}
		doc.Blocks = append(doc.Blocks, printing.Heading{Text: r.Say("readiness.below"), Level: 2}, t)
	}
	lines, _, _, err := p.reds(r)
	if err != nil {
		return nil, err
	}
	doc.Blocks = append(doc.Blocks, printing.Heading{Text: r.Say("readiness.red"), Level: 2})
	if len(lines) == 0 {
		doc.Blocks = append(doc.Blocks, printing.Paragraph{Text: r.Say("readiness.red.none")})
	} else {
		t := printing.Table{Columns: heads(r, "office", "why")}
		for i := range lines {
			t.Rows = append(t.Rows, []string{printing.Isolate(names[lines[i].Office]), why(r, &lines[i], polling)})
		}
		doc.Blocks = append(doc.Blocks, t)
	}
	pages, err := printing.Lay(doc)
	if err != nil {
		return nil, fmt.Errorf("print the report: %w", err)
	}
	code := r.Office
	if code == "" {
		code = "country"
	}
	return console.File{Name: "readiness-" + code + "-" + today.String() + ".pdf", Type: "application/pdf", Data: pages.PDF()}, nil
}

func heads(r *console.Request, keys ...string) []printing.Column {
	var out []printing.Column
	for i, key := range keys {
		c := printing.Column{Title: r.Say("readiness." + key), Share: 2}
		if i == 0 || key == "forecast" || key == "why" {
			c.Share = 4
		}
		out = append(out, c)
	}
	return out
}
