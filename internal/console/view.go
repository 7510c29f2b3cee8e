package console

import (
	"slices"

	"github.com/sandogh/sandogh/internal/console/table"
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

// What lists are shown as: see package table.
type (
	Head    = table.Head
	RowView = table.RowView
	Cell    = table.Cell
	Pager   = table.Pager
)

// ListView returns the list as a page shows it.
func (r *Request) ListView(l List) (*ListView, error) {
	here := table.Here{Path: r.Lang.Prefix() + r.path(), Query: r.URL.Query(), Keep: []string{"q", "sort", "page"}}
	for _, f := range r.route.Query {
		here.Keep = append(here.Keep, f.Name)
	}
	v := &ListView{List: l, Query: r.paging.Search, Path: here.Path, CSV: here.With("format", "csv", "page", ""),
		Heads: here.Heads(r.Lang, l.Columns, r.paging), Pager: here.Pager(r.paging, len(l.Rows), l.Total)}
	v.Lines = table.Lines(v.Heads, l.Rows)
	if len(r.route.Query) > 0 {
		f := &Form{Fields: r.route.Query, Submit: words["list.filter"]}
		var err error
		entered := r.Values.Clone()
		for _, fault := range r.faults {
			entered.Set(fault.Field, r.URL.Query().Get(fault.Field))
		}
		if v.Filters, err = r.FormView(f, r.path(), entered, r.faults); err != nil {
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
