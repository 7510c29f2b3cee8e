package table

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
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

// Search returns the rows that have a cell with the words of the query.
func Search(rows []Row, query string) []Row {
	if query == "" {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(row Row) bool {
		return !slices.ContainsFunc(row.Cells, func(c any) bool { return persian.Match(plain(c), query) })
	})
}

// Sort returns the rows in the order of a column that can be sorted by, texts as in
// a Persian dictionary; as they are if there is no such column.
func Sort(columns []Column, rows []Row, key string, down bool) []Row {
	i := slices.IndexFunc(columns, func(c Column) bool { return c.Key == key && c.Sort })
	if i < 0 {
		return rows
	}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b Row) int {
		n := compare(a.Cells[i], b.Cells[i])
		if down {
			return -n
		}
		return n
	})
	return rows
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

// JSON returns the rows as programs read them.
func JSON(columns []Column, rows []Row) []map[string]any {
	out := make([]map[string]any, len(rows))
	for i, row := range rows {
		out[i] = map[string]any{}
		if row.ID != "" {
			out[i]["id"] = row.ID
		}
		if row.Path != "" {
			out[i]["path"] = row.Path
		}
		for j, c := range columns {
			switch cell := row.Cells[j].(type) {
			case int, int64:
				out[i][c.Key] = cell
			case State:
				out[i][c.Key] = cmp.Or(cell.Key, cell.Word)
			default:
				out[i][c.Key] = plain(cell)
			}
		}
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

// A CSV writes rows as CSV with a byte order mark, which spreadsheets take for
// UTF-8. Days have a column as Jalali dates and one as ISO dates.
type CSV struct {
	w       *csv.Writer
	columns []Column
}

// NewCSV writes the head, with the labels in a language.
func NewCSV(w io.Writer, l web.Lang, columns []Column) (*CSV, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	c := &CSV{csv.NewWriter(w), columns}
	c.w.UseCRLF = true
	var head []string
	for _, col := range columns {
		head = append(head, Harmless(l.Say(col.Label)))
		if col.Kind == Days {
			head = append(head, col.Key+"_iso")
		}
	}
	return c, c.w.Write(head)
}

// Write writes rows.
func (c *CSV) Write(rows []Row) error {
	for _, row := range rows {
		var out []string
		for i, col := range c.columns {
			text := plain(row.Cells[i])
			switch n := row.Cells[i].(type) {
			case int:
				out = append(out, strconv.Itoa(n)) // a number is no formula, also below zero
			case int64:
				out = append(out, strconv.FormatInt(n, 10))
			default:
				if col.Kind == Days {
					jalali := ""
					if d := ISODay(text); d != 0 {
						jalali = d.String()
					}
					out = append(out, jalali)
				}
				out = append(out, Harmless(text))
			}
		}
		if err := c.w.Write(out); err != nil {
			return err
		}
	}
	return nil
}

// Close writes what is left.
func (c *CSV) Close() error {
	c.w.Flush()
	return c.w.Error()
}
