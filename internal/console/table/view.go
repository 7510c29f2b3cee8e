package table

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/sandogh/sandogh/internal/web"
)

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
	maxPage  = 100_000
)

// ReadPaging reads an address: q, sort and page.
func ReadPaging(q url.Values) (p Paging) {
	p.Search = strings.TrimSpace(q.Get("q"))
	if runes := []rune(p.Search); len(runes) > 100 {
		p.Search = string(runes[:100])
	}
	p.Sort, p.Desc = strings.CutPrefix(q.Get("sort"), "-")
	page := 1
	if n, ok := web.ParseNumber(q.Get("page")); ok && n >= 1 && n <= maxPage {
		page = int(n)
	}
	p.Limit, p.Skip = pageSize, (page-1)*pageSize
	return p
}

// A Head is the head of a column.
type Head struct {
	Label, Href, Aria string // Aria is that of aria-sort
	Kind              string
}

// A RowView is a row with the labels of its cells, for narrow screens.
type RowView struct {
	Path  string
	Cells []Cell
}

// A Cell is a value with its column.
type Cell struct {
	Label, Kind string
	Value       any
	State       *State
}

// A Pager leads to other pages.
type Pager struct {
	Page           int
	From, To       int
	Total          int64
	Previous, Next string
}

// Here is the address of a list, whose other pages and orders keep what it says
// under some names.
type Here struct {
	Path  string
	Query url.Values
	Keep  []string
}

// With returns the address with other values, names and values in turn; "" takes a
// name away.
func (h Here) With(pairs ...string) string {
	q := url.Values{}
	for _, key := range h.Keep {
		for _, s := range h.Query[key] {
			if s != "" {
				q.Add(key, s)
			}
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		}
	}
	if len(q) == 0 {
		return h.Path
	}
	return h.Path + "?" + q.Encode()
}

// Heads returns the heads of the columns; those that can be sorted by are links.
func (h Here) Heads(l web.Lang, columns []Column, p Paging) []Head {
	var out []Head
	for _, c := range columns {
		head := Head{Label: l.Say(c.Label), Kind: c.Kind}
		if c.Sort {
			head.Aria, head.Href = "none", h.With("sort", c.Key, "page", "")
			if p.Sort == c.Key {
				head.Aria = "ascending"
				if p.Desc {
					head.Aria = "descending"
				} else {
					head.Href = h.With("sort", "-"+c.Key, "page", "")
				}
			}
		}
		out = append(out, head)
	}
	return out
}

// Lines returns the rows under the heads.
func Lines(heads []Head, rows []Row) []RowView {
	var out []RowView
	for _, row := range rows {
		line := RowView{Path: row.Path}
		for i, c := range row.Cells {
			cell := Cell{Label: heads[i].Label, Kind: heads[i].Kind, Value: c}
			if s, ok := c.(State); ok {
				cell.State = &s
			}
			line.Cells = append(line.Cells, cell)
		}
		out = append(out, line)
	}
	return out
}

// Pager returns where the pages before and behind are. A total of 0 is unknown:
// then a full page has another one behind it.
func (h Here) Pager(p Paging, rows int, total int64) Pager {
	page := p.Skip/max(p.Limit, 1) + 1
	v := Pager{Page: page, From: p.Skip + 1, To: p.Skip + rows, Total: total}
	if page > 1 {
		v.Previous = h.With("page", strconv.Itoa(page-1))
	}
	if total > int64(v.To) || total == 0 && rows == p.Limit {
		v.Next = h.With("page", strconv.Itoa(page+1))
	}
	return v
}
