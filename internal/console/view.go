package console

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/web"
)

// A FormView is a form as a page shows it: {{template "form" .Form}}.
type FormView struct {
	Action    string
	Fields    []FieldView
	Faults    []Fault // of the whole form, and of each field with its name
	Intro     string
	Submit    string
	Danger    bool
	Multipart bool
	Back      Link
	Conflicts []Conflicting
}

// A FieldView is one field of it.
type FieldView struct {
	Field
	Label, Help, Fault string
	Value              string   // as it is shown
	Values             []string // of a field with several
	Items              []Item
	Shown              string // what Value stands for: the name of a person or an office
}

// Has reports whether the value is chosen.
func (f FieldView) Has(value string) bool { return slices.Contains(f.Values, value) }

// Describedby returns the ids of what describes the field.
func (f FieldView) Describedby() string {
	s := ""
	if f.Help != "" {
		s = f.Name + "-help"
	}
	if f.Fault != "" {
		s = f.Name + "-fault " + s
	}
	return s
}

// A Conflicting field has another value meanwhile.
type Conflicting struct{ Label, Mine, Theirs string }

// FormView returns a form with values in it, to be sent to an action (a path
// without the language). Faults may be nil.
func (r *Request) FormView(f *Form, action string, v Values, faults []Fault) (*FormView, error) {
	out := &FormView{Action: r.Lang.Prefix() + action, Faults: slices.Clone(faults), Intro: r.Text(f.Intro), Submit: r.Text(f.Submit), Danger: f.Danger,
		Back: Link{"/", r.Say("shell.cancel")}}
	if out.Submit == "" {
		out.Submit = r.Text(r.route.Summary)
	}
	if f.Back != nil {
		out.Back = f.Back(r)
	}
	for _, field := range f.Fields {
		fv := FieldView{Field: field, Label: r.Text(field.Label), Help: r.Text(field.Help), Values: v.All(field.Name), Value: v.Get(field.Name)}
		if i := slices.IndexFunc(faults, func(f Fault) bool { return f.Field == field.Name }); i >= 0 {
			fv.Fault = faults[i].Text
		}
		var err error
		switch field.Kind {
		case Choice, Choices:
			fv.Items, err = field.Choices(r)
		case Password:
			fv.Value = ""
		case Day:
			if d := ISODay(fv.Value); d != 0 {
				fv.Value = r.Lang.Digits(d.String())
			}
			if fv.Help == "" {
				fv.Help = r.Say("form.day.help")
			}
		case Number:
			fv.Value = r.Lang.Digits(fv.Value)
		case Person:
			if p, e := office.GetPerson(r.Context(), r.DB, fv.Value); e == nil {
				fv.Shown = p.Name
			}
			if fv.Help == "" {
				fv.Help = r.Say("form.person.help")
			}
		case Office:
			if o, e := officedb.New(r.DB).Office(r.Context(), v.OfficeOf(field.Name)); e == nil && fv.Value != "" {
				fv.Shown = NameIn(r.Lang, o.NameFa, o.NameEn)
			}
			if fv.Help == "" {
				fv.Help = r.Say("form.office.help")
			}
		case Upload:
			out.Multipart = true
		}
		if err != nil {
			return nil, err
		}
		out.Fields = append(out.Fields, fv)
	}
	return out, nil
}

// Label returns the label of a field that has a fault.
func (f *FormView) Label(name string) string {
	for _, field := range f.Fields {
		if field.Name == name {
			return field.Label
		}
	}
	return ""
}

// conflicts returns the fields that differ between what was entered and what
// another has written.
func (r *Request) conflicts(f *Form, mine, theirs Values) []Conflicting {
	var out []Conflicting
	for _, field := range f.Fields {
		a, b := mine.Get(field.Name), theirs.Get(field.Name)
		if field.Kind == Hidden || field.Kind == Password || a == b {
			continue
		}
		out = append(out, Conflicting{r.Text(field.Label), a, b})
	}
	return out
}

// A ListView is a list as a page shows it: {{template "list" .List}}.
type ListView struct {
	List
	Heads   []Head
	Lines   []RowView
	Pager   Pager
	Query   string // what was searched for
	Path    string
	CSV     string
	Filters *FormView
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

// ListView returns the list as a page shows it.
func (r *Request) ListView(l List) (*ListView, error) {
	v := &ListView{List: l, Query: r.paging.Search, Path: r.Lang.Prefix() + r.path()}
	with := func(pairs ...string) string {
		q := url.Values{}
		for _, key := range []string{"q", "sort", "page"} {
			if s := r.URL.Query().Get(key); s != "" {
				q.Set(key, s)
			}
		}
		for _, f := range r.route.Query {
			for _, s := range r.URL.Query()[f.Name] {
				if s != "" {
					q.Add(f.Name, s)
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
			return v.Path
		}
		return v.Path + "?" + q.Encode()
	}
	v.CSV = with("format", "csv", "page", "")
	for _, c := range l.Columns {
		h := Head{Label: r.Text(c.Label), Kind: c.Kind}
		if c.Sort {
			h.Aria, h.Href = "none", with("sort", c.Key, "page", "")
			if r.paging.Sort == c.Key {
				h.Aria = "ascending"
				if r.paging.Desc {
					h.Aria = "descending"
				} else {
					h.Href = with("sort", "-"+c.Key, "page", "")
				}
			}
		}
		v.Heads = append(v.Heads, h)
	}
	for _, row := range l.Rows {
		line := RowView{Path: row.Path}
		for i, c := range row.Cells {
			cell := Cell{Label: v.Heads[i].Label, Kind: l.Columns[i].Kind, Value: c}
			if s, ok := c.(State); ok {
				cell.State = &s
			}
			line.Cells = append(line.Cells, cell)
		}
		v.Lines = append(v.Lines, line)
	}
	page := r.paging.Skip/max(r.paging.Limit, 1) + 1
	v.Pager = Pager{Page: page, From: r.paging.Skip + 1, To: r.paging.Skip + len(l.Rows), Total: l.Total}
	if page > 1 {
		v.Pager.Previous = with("page", strconv.Itoa(page-1))
	}
	if l.Total > int64(v.Pager.To) || l.Total == 0 && len(l.Rows) == r.paging.Limit {
		v.Pager.Next = with("page", strconv.Itoa(page+1))
	}
	if len(r.route.Query) > 0 {
		f := &Form{Fields: r.route.Query, Submit: words["list.filter"]}
		var err error
		if v.Filters, err = r.FormView(f, r.path(), r.Values, nil); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// frame is what every page shows around its own.
type frame struct {
	Lang      web.Lang
	Title     string
	Site      string
	Practice  bool
	Nav       []navLink
	Person    string
	Post      string
	Crumbs    []Link
	Flash     string
	Next      *Next
	Idle      int // seconds until the session ends, 0 if there is none
	Alternate string
	Body      any
}

type navLink struct {
	Link
	Current bool
}
