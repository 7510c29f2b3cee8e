package desk

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/roll/marks"
	"github.com/sandogh/sandogh/internal/web"
)

// The paper list is written after so many marks, or so long after the first mark
// that it does not have; but with a pause after the start and after each time, and
// one as many times as long as writing took: a list of 25,000 takes a processor seven
// seconds, and the desks come first.
const (
	everyMarks = 20
	every      = 30 * time.Second
	pause      = 15 * time.Second
	pauses     = 10
)

// list is everybody whom the branch may admit, as the paper list says it.
type list struct {
	rows [][6]string // number in the list, name, father, birth, national number, mark
	in   int         // checked in
	at   string
}

func say(key string, args ...any) string { return web.Persian.Say(words[key], args...) }

func (d *Desk) listed() (list, error) {
	lines, err := d.Book.Paper()
	if err != nil {
		return list{}, err
	}
	out := list{at: persian.Digits(d.Now().In(d.Zone).Format("15:04"))}
	for i, l := range lines {
		birth := ""
		if l.Person.Birth != 0 {
			birth = printing.Code(persian.Digits(l.Person.Birth.String()))
		}
		if l.Standing == marks.CheckedIn {
			out.in++
		}
		out.rows = append(out.rows, [6]string{persian.Digits(strconv.Itoa(i + 1)), l.Person.Name, l.Person.Father, birth,
			printing.Code(persian.Digits(l.Person.Number.Digits())), noted(l)})
	}
	return out, nil
}

// paper lays out the list of everybody whom the branch may admit, with their marks,
// to go on with pen and paper. It is in Persian: it is for those who work here.
func (d *Desk) paper() ([]byte, error) {
	l, err := d.listed()
	if err != nil {
		return nil, err
	}
	t := printing.Table{Grid: true, Columns: []printing.Column{{Title: say("desk.paper.row"), Share: 7}, {Title: say("desk.person.name"), Share: 30},
		{Title: say("desk.person.father"), Share: 16}, {Title: say("desk.person.birth"), Share: 14}, {Title: say("desk.person.number"), Share: 16}, {Title: say("desk.paper.mark"), Share: 17}}}
	for i := range l.rows {
		t.Rows = append(t.Rows, l.rows[i][:])
	}
	pages, err := printing.Lay(printing.Document{Title: say("desk.paper"), Paper: printing.A4, Margin: printing.MM(120), Text: 9 * printing.Point, Simulated: d.Simulated,
		Footer: say("desk.paper.foot", d.Branch), Blocks: append(d.head(&l), t)})
	if err != nil {
		return nil, fmt.Errorf("lay out the paper list: %w", err)
	}
	return pages.PDF(), nil
}

func (d *Desk) head(l *list) []printing.Block {
	return []printing.Block{
		printing.Heading{Text: say("desk.paper")},
		printing.Paragraph{Text: say("desk.paper.of", d.Branch, d.Election)},
		printing.Paragraph{Text: say("desk.paper.count", len(l.rows), l.in, l.at)},
		printing.Paragraph{Text: say("desk.paper.how")},
	}
}

// sheetRows is how many people are on one sheet of the list from a receipt printer:
// less than a metre of paper.
const sheetRows = 60

// sheets are the same list for a receipt printer.
func (d *Desk) sheets() ([]printing.Document, error) {
	l, err := d.listed()
	if err != nil {
		return nil, err
	}
	all := max(1, (len(l.rows)+sheetRows-1)/sheetRows)
	var out []printing.Document
	for n := range all {
		t := printing.Table{Grid: true, Columns: []printing.Column{{Title: say("desk.paper.row"), Share: 16}, {Title: say("desk.person.name"), Share: 64}, {Title: say("desk.paper.mark"), Share: 20}}}
		for _, r := range l.rows[n*sheetRows : min(len(l.rows), (n+1)*sheetRows)] {
			t.Rows = append(t.Rows, []string{r[0], printing.Isolate(r[1]) + " — " + printing.Isolate(r[2]) + " — " + r[3] + " — " + r[4], r[5]})
		}
		out = append(out, printing.Document{Title: say("desk.paper"), Text: 8 * printing.Point, Simulated: d.Simulated,
			Blocks: append(d.head(&l), printing.Paragraph{Text: say("desk.paper.sheet", n+1, all), Bold: true}, t)})
	}
	return out, nil
}

// Keep keeps what needs keeping until the context is done: the paper list, and the
// register's answers about those who were checked in without it. It goes on after a
// failure, which it tells.
func (d *Desk) Keep(ctx context.Context, failed func(error)) {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { d.keepAsking(ctx, failed) })
	if d.List != "" {
		d.keepList(ctx, failed)
	}
}

// keepAsking asks the register again while there is somebody of whom it was not.
func (d *Desk) keepAsking(ctx context.Context, failed func(error)) {
	if a, _ := d.Book.Admission(); a != marks.Central {
		return
	}
	if err := d.tellConflicts(); err != nil { // those of before a restart
		failed(err)
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if d.Book.Unasked() == 0 {
			continue
		}
		if err := d.reconcile(ctx); err != nil && !errors.Is(err, marks.ErrOffline) {
			failed(err)
		}
	}
}

// keepList writes the list soon after the start, whenever it has become old, and once
// more at the end.
func (d *Desk) keepList(ctx context.Context, failed func(error)) {
	write := func() {
		data, err := d.paper()
		if err == nil {
			err = d.Disk.WriteFile(d.List, data, 0o600)
		}
		if err != nil {
			failed(fmt.Errorf("keep the paper list: %w", err))
		}
	}
	rest := time.After(pause)
	behind := everyMarks // there is none of this start
	var due <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			if behind > 0 || len(d.changed) > 0 {
				write()
			}
			return
		case <-d.changed:
			if behind++; behind == 1 {
				due = time.After(every)
			}
		case <-due:
			due, behind = nil, max(behind, everyMarks)
		case <-rest:
			rest = nil
		}
		if behind >= everyMarks && rest == nil {
			began := time.Now()
			write()
			behind, due, rest = 0, nil, time.After(max(pause, pauses*time.Since(began)))
		}
	}
}
