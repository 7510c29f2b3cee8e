package console

import (
	"net/http"
	"strings"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/console/table"
)

// What lists are made of: see package table.
type (
	Column = table.Column
	State  = table.State
	Row    = table.Row
	Paging = table.Paging
)

// Kinds of column, besides text.
const (
	Numbers = table.Numbers
	Days    = table.Days
	Times   = table.Times
	Codes   = table.Codes
	States  = table.States
)

// Harmless returns a cell of CSV that no program takes for a formula.
func Harmless(cell string) string { return table.Harmless(cell) }

// ISODay returns the day that is stored as ISO, or 0.
func ISODay(iso string) calendar.Day { return table.ISODay(iso) }

// A List is the rows of a page, or all of them if Whole: then the console
// searches, sorts and pages itself. One definition is the table, its CSV
// (?format=csv) and its JSON.
type List struct {
	Title   string // the summary of the route if empty
	Intro   string
	Columns []Column
	Rows    []Row
	Whole   bool
	Total   int64  // of all pages, if it is known and Whole is not set
	Search  string // what can be searched for, the label of the field; none if empty
	Empty   string // what to do if there is nothing
	Primary *Link  // the one action
	Actions []Link
	Crumbs  []Link
	Next    *Next
}

const csvBatch = 5000

// Paging returns which rows are asked for.
func (r *Request) Paging() Paging { return r.paging }

// settle does what the console does for a list that is Whole.
func (l *List) settle(p Paging) {
	if !l.Whole {
		return
	}
	l.Rows = table.Sort(l.Columns, table.Search(l.Rows, p.Search), p.Sort, p.Desc)
	l.Total = int64(len(l.Rows))
	l.Rows = l.Rows[min(p.Skip, len(l.Rows)):min(p.Skip+p.Limit, len(l.Rows))]
}

// asJSON is the list as programs read it.
func (l *List) asJSON(p Paging) any {
	out := map[string]any{"rows": table.JSON(l.Columns, l.Rows), "skip": p.Skip, "limit": p.Limit}
	if l.Whole || l.Total > 0 {
		out["total"] = l.Total
	}
	return out
}

// csv answers with all rows of the list.
func (r *Request) csv(l List) error {
	r.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	r.w.Header().Set("Content-Disposition", `attachment; filename="`+strings.Trim(strings.ReplaceAll(r.URL.Path, "/", "-"), "-")+`.csv"`)
	w, err := table.NewCSV(r.w, r.Lang, l.Columns)
	if err != nil {
		return err
	}
	for {
		if err := w.Write(l.Rows); err != nil {
			return err
		}
		if l.Whole || len(l.Rows) < r.paging.Limit {
			return w.Close()
		}
		r.paging.Skip += r.paging.Limit
		answer, err := r.route.Do(r)
		if err != nil {
			// Part of it was sent: only a broken connection tells that the rest is missing.
			r.Log.Error("export broken off", "path", r.URL.Path, "err", err)
			panic(http.ErrAbortHandler)
		}
		l = answer.(List)
	}
}
