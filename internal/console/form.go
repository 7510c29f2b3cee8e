package console

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sandogh/sandogh/internal/console/entry"
	"github.com/sandogh/sandogh/internal/console/lookup"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/web"
)

// A Kind is what a field holds.
type Kind string

// The kinds of field, and what [Values.Get] returns of them.
const (
	Line     Kind = "text"     // one line, as persian.Clean stores it
	Long     Kind = "long"     // several lines
	Number   Kind = "number"   // in ASCII digits: Values.Int
	Day      Kind = "day"      // ISO, Gregorian; typed as a Jalali date
	Choice   Kind = "choice"   // the value of one of Choices
	Choices  Kind = "choices"  // several of them: Values.All
	Check    Kind = "check"    // "1" or ""
	Person   Kind = "people"   // id of one person; typed as a name or a number
	Office   Kind = "office"   // code of an office; typed as a code or a name
	Upload   Kind = "file"     // Values.File
	Password Kind = "password" // never shown again, never cleaned
	Code     Kind = "code"     // letters and digits without spaces, from left to right
	Hidden   Kind = "hidden"   // such as a version
)

// A Field is one thing to enter.
type Field struct {
	Name     string
	Label    web.Text
	Help     web.Text
	Kind     Kind
	Required bool
	Min, Max int64                          // of a number; Max is also the length of a text in characters, 200 if 0 (long: 4000)
	Choices  func(*Request) ([]Item, error) // of a choice
	Any      bool                           // of an office or a person: also outside the reach of the route's power
	Complete string                         // the autocomplete attribute, such as "username"
	Check    func(*Request, string) string  // what else is wrong with a value that is clean, or ""
}

// An Item is something to choose.
type Item struct {
	Value string `json:"value"`
	Word  string `json:"word"`
}

// Items returns choices that are always the same.
func Items(pairs ...any) func(*Request) ([]Item, error) {
	return func(r *Request) ([]Item, error) {
		var out []Item
		for i := 0; i+1 < len(pairs); i += 2 {
			out = append(out, Item{fmt.Sprint(pairs[i]), r.Text(pairs[i+1].(web.Text))})
		}
		return out, nil
	}
}

// A Form is what a route wants to be told.
type Form struct {
	Fields []Field
	Intro  web.Text                                // above the fields: what it does
	Submit web.Text                                // on the button; the summary of the route if empty
	Danger bool                                    // it cannot be undone: the page says so
	Fill   func(*Request) (Values, error)          // what stands in it at first; also what another has written meanwhile
	Check  func(*Request) []Fault                  // what one field alone cannot tell; called when each of them is valid
	Back   func(*Request) Link                     // where "cancel" leads; the front page if nil
	Limit  int64                                   // bytes of a body; 1 MiB if 0
	Page   func(*Request, *FormView) (Page, error) // a page of its own around the form; the shell's if nil
}

const defaultLimit = 1 << 20

// Values are what was entered: see package entry.
type Values = entry.Values

// Fill returns values from names and values in turn.
func Fill(pairs ...string) Values { return entry.Fill(pairs...) }

// read reads the body of a request.
func (f *Form) read(r *Request) (Values, error) {
	var names []string
	for _, field := range f.Fields {
		names = append(names, field.Name)
	}
	return entry.Read(r.w, r.Request, cmp.Or(f.Limit, defaultLimit), names)
}

// clean returns the values as they are stored, and everything that is wrong.
func clean(r *Request, fields []Field, in Values) (Values, []Fault, error) {
	var out Values
	var faults []Fault
	for _, f := range fields {
		if f.Kind == Upload {
			if h := in.Upload(f.Name); h != nil {
				out.SetUpload(f.Name, h)
			} else if f.Required {
				faults = append(faults, Fault{f.Name, r.Say("form.required")})
			}
			continue
		}
		any := false
		for _, text := range in.All(f.Name) {
			if strings.TrimSpace(text) == "" {
				continue
			}
			any = true
			value, fault, err := f.clean(r, text)
			if err != nil {
				return out, nil, err
			}
			if fault == "" && f.Check != nil {
				fault = f.Check(r, value)
			}
			if fault != "" {
				faults = append(faults, Fault{f.Name, fault})
				value = text // the entry is kept
			}
			out.Add(f.Name, value)
			if f.Kind != Choices {
				break
			}
		}
		if !any && f.Required {
			faults = append(faults, Fault{f.Name, r.Say("form.required")})
		}
	}
	return out, faults, nil
}

// clean returns one value of the field as it is stored, or what is wrong with it.
func (f *Field) clean(r *Request, text string) (value, fault string, err error) {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return "", r.Say("form.text"), nil
	}
	switch f.Kind {
	case Password:
		return text, "", nil
	case Number:
		n, err := entry.Number(text)
		switch {
		case err != nil:
			return "", r.Say("form.number"), nil
		case n < f.Min:
			return "", r.Say("form.min", f.Min), nil
		case f.Max != 0 && n > f.Max:
			return "", r.Say("form.max", f.Max), nil
		}
		return strconv.FormatInt(n, 10), "", nil
	case Day:
		day, err := entry.Day(text)
		if err != nil {
			return "", r.Say("form.day"), nil
		}
		return day, "", nil
	case Check:
		if text = persian.ASCII(text); text != "1" && text != "on" && text != "0" {
			return "", r.Say("form.choice"), nil
		}
		return map[bool]string{true: "1", false: ""}[text != "0"], "", nil
	case Choice, Choices:
		items, err := f.Choices(r)
		if err != nil {
			return "", "", err
		}
		if !slices.ContainsFunc(items, func(i Item) bool { return i.Value == text }) {
			return "", r.Say("form.choice"), nil
		}
		return text, "", nil
	case Office:
		return f.office(r, text)
	case Person:
		return f.person(r, text)
	case Code:
		text = entry.Code(text)
	default:
		text = entry.Text(text)
		if f.Kind == Line && strings.ContainsAny(text, "\r\n") {
			return "", r.Say("form.line"), nil
		}
	}
	longest := cmp.Or(f.Max, map[Kind]int64{Long: 4000}[f.Kind], 200)
	if n := int64(utf8.RuneCountInString(text)); n > longest {
		return "", r.Say("form.long", longest, n), nil
	}
	return text, "", nil
}

// office reads the code of an office, or its name if only one has it.
func (f *Field) office(r *Request, text string) (value, fault string, err error) {
	code, err := lookup.Office(r.Context(), r.DB, text)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "", r.Say("form.office"), nil
	case err != nil:
		return "", "", err
	case !f.Any && !r.May(code):
		return "", r.Say("form.office.reach"), nil
	}
	return cmp.Or(code, "-"), "", nil
}

// person reads the id of a person, or a name or number that only one has.
func (f *Field) person(r *Request, text string) (value, fault string, err error) {
	over := []string{""}
	if !f.Any {
		over = r.Over()
	}
	found, err := lookup.People(r.Context(), r.DB, over, text)
	switch {
	case errors.Is(err, office.ErrMany):
		return "", r.Say("form.person.unclear"), nil
	case err != nil:
		return "", "", err
	case len(found) == 0:
		return "", r.Say("form.person"), nil
	case len(found) == 1:
		return found[0].ID, "", nil
	}
	var names []string
	for _, p := range found {
		names = append(names, p.Name)
	}
	return "", r.Say("form.person.many", r.Lang.And(names)), nil
}

// OfficeNamed returns the code of the office with the name, and how many have it.
// The country's own code is empty.
func OfficeNamed(r *Request, name string) (code string, n int, err error) {
	return lookup.OfficeNamed(r.Context(), r.DB, name)
}

// queryValues are the values of an address, each taken as the fields say. What is not
// valid is left out, and told: to a program as an error, to people beside the field.
func queryValues(r *Request, fields []Field, q url.Values) (Values, []Fault, error) {
	v, faults, err := clean(r, fields, entry.Of(q))
	if err != nil {
		return v, nil, err
	}
	if len(faults) > 0 && (r.WantsJSON() || q.Get("format") == "csv") {
		return v, nil, &Invalid{faults}
	}
	for _, f := range faults {
		v.Remove(f.Field)
	}
	return v, faults, nil
}
