package console

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/web"
)

// A Column is a column of a list. Its cells are: "" a string; Numbers int64 (or
// int); Days a string (ISO) or a calendar.Day; Times a time.Time; Codes a string;
// States a State.
type Column struct {
	Key   string // of JSON, CSV and ?sort=
	Label web.Text
	Kind  string
	Sort  bool
}

// Kinds of column, besides text.
const (
	Numbers = "number"
	Days    = "day"
	Times   = "time"
	Codes   = "code"
	States  = "state"
)

// A State is said by an icon, a word and a colour.
type State struct {
	Kind string `json:"kind"` // good, bad, open or wait
	Word string `json:"word"`
	Key  string `json:"key"` // what programs read
}

// A Row is a row of a list; its first cell is a link if it has a path.
type Row struct {
	ID    string
	Path  string
	Cells []any
}

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

// Paging is which rows are asked for. A list that is not Whole reads up to Limit
// rows behind the first Skip.
type Paging struct {
	Search string
	Sort   string // key of a column, "" for the list's own order
	Desc   bool
	Limit  int
	Skip   int
}

const (
	pageSize = 50
	csvBatch = 5000
	maxPage  = 100_000
)

// Paging returns which rows are asked for.
func (r *Request) Paging() Paging { return r.paging }

func readPaging(q url.Values) (p Paging, page int) {
	p.Search = strings.TrimSpace(q.Get("q"))
	if runes := []rune(p.Search); len(runes) > 100 {
		p.Search = string(runes[:100])
	}
	p.Sort, p.Desc = strings.CutPrefix(q.Get("sort"), "-")
	page = 1
	if n, ok := web.ParseNumber(q.Get("page")); ok && n >= 1 && n <= maxPage {
		page = int(n)
	}
	p.Limit, p.Skip = pageSize, (page-1)*pageSize
	return p, page
}

// settle does what the console does for a list that is Whole.
func (l *List) settle(p Paging) {
	if !l.Whole {
		return
	}
	if p.Search != "" {
		l.Rows = slices.DeleteFunc(slices.Clone(l.Rows), func(row Row) bool {
			return !slices.ContainsFunc(row.Cells, func(c any) bool { return persian.Match(plain(c), p.Search) })
		})
	}
	if i := slices.IndexFunc(l.Columns, func(c Column) bool { return c.Key == p.Sort && c.Sort }); i >= 0 {
		l.Rows = slices.Clone(l.Rows)
		slices.SortStableFunc(l.Rows, func(a, b Row) int {
			n := compare(a.Cells[i], b.Cells[i])
			if p.Desc {
				return -n
			}
			return n
		})
	}
	l.Total = int64(len(l.Rows))
	l.Rows = l.Rows[min(p.Skip, len(l.Rows)):min(p.Skip+p.Limit, len(l.Rows))]
}

func compare(a, b any) int {
	switch a := a.(type) {
	case int64:
		b, _ := b.(int64)
		return cmp.Compare(a, b)
	case int:
		b, _ := b.(int)
		return cmp.Compare(a, b)
	case time.Time:
		b, _ := b.(time.Time)
		return a.Compare(b)
	}
	return persian.Order(plain(a), plain(b))
}

// plain is a cell as programs read it, in ASCII digits.
func plain(c any) string {
	switch c := c.(type) {
	case nil:
		return ""
	case string:
		return c
	case calendar.Day:
		if c == 0 {
			return ""
		}
		return c.Gregorian()
	case time.Time:
		if c.IsZero() {
			return ""
		}
		return c.In(office.Tehran).Format("2006-01-02T15:04:05-07:00")
	case State:
		return c.Word
	}
	return fmt.Sprint(c)
}

// ISODay returns the day that is stored as ISO, or 0.
func ISODay(iso string) calendar.Day {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return 0
	}
	return calendar.DayOf(t.Date())
}

// asJSON is the list as programs read it.
func (l *List) asJSON(p Paging) any {
	rows := make([]map[string]any, len(l.Rows))
	for i, row := range l.Rows {
		rows[i] = map[string]any{}
		if row.ID != "" {
			rows[i]["id"] = row.ID
		}
		if row.Path != "" {
			rows[i]["path"] = row.Path
		}
		for j, c := range l.Columns {
			switch cell := row.Cells[j].(type) {
			case int, int64:
				rows[i][c.Key] = cell
			case State:
				rows[i][c.Key] = cmp.Or(cell.Key, cell.Word)
			default:
				rows[i][c.Key] = plain(cell)
			}
		}
	}
	out := map[string]any{"rows": rows, "skip": p.Skip, "limit": p.Limit}
	if l.Whole || l.Total > 0 {
		out["total"] = l.Total
	}
	return out
}

// Harmless returns a cell of CSV that no program takes for a formula: one that
// begins with = + - @, a tab or a carriage return has an apostrophe before it.
func Harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// csv answers with all rows of the list, as CSV with a byte order mark. Days have
// a column as Jalali dates and one as ISO dates.
func (r *Request) csv(first List) error {
	r.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	r.w.Header().Set("Content-Disposition", `attachment; filename="`+strings.Trim(strings.ReplaceAll(r.URL.Path, "/", "-"), "-")+`.csv"`)
	io.WriteString(r.w, "\ufeff")
	w := csv.NewWriter(r.w)
	w.UseCRLF = true
	var head []string
	for _, c := range first.Columns {
		head = append(head, Harmless(r.Text(c.Label)))
		if c.Kind == Days {
			head = append(head, c.Key+"_iso")
		}
	}
	if err := w.Write(head); err != nil {
		return err
	}
	for l := first; ; {
		for _, row := range l.Rows {
			var out []string
			for i, c := range l.Columns {
				text := plain(row.Cells[i])
				switch n := row.Cells[i].(type) {
				case int:
					out = append(out, strconv.Itoa(n)) // a number is no formula, also below zero
				case int64:
					out = append(out, strconv.FormatInt(n, 10))
				default:
					if c.Kind == Days {
						jalali := ""
						if d := ISODay(text); d != 0 {
							jalali = d.String()
						}
						out = append(out, jalali)
					}
					out = append(out, Harmless(text))
				}
			}
			if err := w.Write(out); err != nil {
				return err
			}
		}
		if l.Whole || len(l.Rows) < r.paging.Limit {
			w.Flush()
			return w.Error()
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
