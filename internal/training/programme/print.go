package programme

import (
	"context"
	"fmt"
	"strings"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
)

// Print returns the sessions of a programme as PDF, in Persian.
func Print(ctx context.Context, db *store.DB, id string, simulated bool) ([]byte, error) {
	p, err := Get(ctx, db, id)
	if err != nil {
		return nil, err
	}
	rows, err := trainingdb.New(db).SessionsOf(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("print programme: %w", store.Classify(err))
	}
	table := printing.Table{Grid: true, Columns: []printing.Column{{Title: "جلسه", Share: 1}, {Title: "از", Share: 3}, {Title: "تا", Share: 3}, {Title: "جا", Share: 3},
		{Title: "واحدها", Share: 6}, {Title: "آموزشگران", Share: 4}}}
	for _, s := range rows {
		if s.State == training.Cancelled {
			continue
		}
		var units []string
		for _, code := range training.Texts(s.Units) {
			o, err := officedb.New(db).Office(ctx, code)
			if err != nil {
				return nil, fmt.Errorf("print programme: %w", store.Classify(err))
			}
			units = append(units, printing.Isolate(o.NameFa))
		}
		table.Rows = append(table.Rows, []string{persian.Number(uint64(s.Number)), training.ISO(s.FirstDay).In(calendar.Persian), training.ISO(s.LastDay).In(calendar.Persian),
			printing.Isolate(s.Venue), strings.Join(units, "، "), strings.Join(training.Texts(s.Trainers), "، ")})
	}
	doc := printing.Document{Title: p.Name, Paper: printing.A4Landscape, Footer: p.Name, Simulated: simulated,
		Blocks: []printing.Block{printing.Heading{Text: p.Name}}}
	if len(table.Rows) == 0 {
		doc.Blocks = append(doc.Blocks, printing.Paragraph{Text: "برنامه هنوز منتشر نشده است."})
	} else {
		doc.Blocks = append(doc.Blocks, table)
	}
	pages, err := printing.Lay(doc)
	if err != nil {
		return nil, fmt.Errorf("print programme: %w", err)
	}
	return pages.PDF(), nil
}
