package console

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
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

// Values are what was entered. The zero Values are empty and ready for use.
type Values struct {
	text  map[string][]string
	files map[string]*multipart.FileHeader
}

// Fill returns values from names and values in turn.
func Fill(pairs ...string) Values {
	var v Values
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// Set sets the values of a field.
func (v *Values) Set(name string, values ...string) {
	if v.text == nil {
		v.text = map[string][]string{}
	}
	v.text[name] = values
}

// SetInt sets the value of a number.
func (v *Values) SetInt(name string, n int64) { v.Set(name, strconv.FormatInt(n, 10)) }

// Get returns the value of a field, or "".
func (v Values) Get(name string) string {
	if all := v.text[name]; len(all) > 0 {
		return all[0]
	}
	return ""
}

// All returns all values of a field.
func (v Values) All(name string) []string { return v.text[name] }

// Int returns the value of a number, or 0.
func (v Values) Int(name string) int64 {
	n, _ := strconv.ParseInt(v.Get(name), 10, 64)
	return n
}

// Is reports whether a check was set.
func (v Values) Is(name string) bool { return v.Get(name) == "1" }

// File returns what was uploaded, or nil. The caller closes it.
func (v Values) File(name string) (multipart.File, error) {
	h := v.files[name]
	if h == nil {
		return nil, nil
	}
	return h.Open()
}

// clone returns values that can be changed.
func (v Values) clone() Values { return Values{maps.Clone(v.text), v.files} }

// errTooLarge says that a body is longer than its form allows.
var errTooLarge = errors.New("the body is too large")

// read reads the body of a request: a form of HTML, or a JSON object.
func (f *Form) read(r *Request) (Values, error) {
	limit := cmp.Or(f.Limit, defaultLimit)
	r.Body = http.MaxBytesReader(r.w, r.Body, limit)
	v := Values{text: map[string][]string{}}
	kind, _, err := mime.ParseMediaType(cmp.Or(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"))
	switch {
	case err != nil:
		err = fmt.Errorf("read the body: %w", err)
	case kind == "application/json":
		err = f.readJSON(r.Body, v)
	case kind == "multipart/form-data":
		if err = r.ParseMultipartForm(1 << 20); err == nil {
			v.text, v.files = r.MultipartForm.Value, map[string]*multipart.FileHeader{}
			for name, files := range r.MultipartForm.File {
				if len(files) > 0 && files[0].Size > 0 {
					v.files[name] = files[0]
				}
			}
		}
	case kind == "application/x-www-form-urlencoded":
		if err = r.ParseForm(); err == nil {
			v.text = r.PostForm
		}
	default:
		err = fmt.Errorf("read the body: %s is not a kind of body that is read", kind)
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return v, errTooLarge
	}
	if err != nil {
		return v, &badRequest{err}
	}
	return v, nil
}

func (f *Form) readJSON(body io.Reader, v Values) error {
	d := json.NewDecoder(body)
	d.UseNumber()
	var in map[string]any
	if err := d.Decode(&in); err != nil {
		return fmt.Errorf("read the JSON object: %w", err)
	}
	if d.More() {
		return errors.New("read the JSON object: something follows it")
	}
	for name, value := range in {
		if !slices.ContainsFunc(f.Fields, func(f Field) bool { return f.Name == name }) {
			return fmt.Errorf("read the JSON object: no field is named %q", name)
		}
		all, isArray := value.([]any)
		if !isArray {
			all = []any{value}
		}
		for _, one := range all {
			switch one := one.(type) {
			case nil:
			case string:
				v.text[name] = append(v.text[name], one)
			case json.Number:
				v.text[name] = append(v.text[name], one.String())
			case bool:
				v.text[name] = append(v.text[name], strconv.FormatInt(store.Bool(one), 10))
			default:
				return fmt.Errorf("read the JSON object: field %q is not a text, a number or a list of them", name)
			}
		}
	}
	return nil
}

// clean returns the values as they are stored, and everything that is wrong.
func clean(r *Request, fields []Field, in Values) (Values, []Fault, error) {
	out := Values{text: map[string][]string{}, files: map[string]*multipart.FileHeader{}}
	var faults []Fault
	for _, f := range fields {
		if f.Kind == Upload {
			if h := in.files[f.Name]; h != nil {
				out.files[f.Name] = h
			} else if f.Required {
				faults = append(faults, Fault{f.Name, r.Say("form.required")})
			}
			continue
		}
		any := false
		for _, text := range in.text[f.Name] {
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
			out.text[f.Name] = append(out.text[f.Name], value)
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
		s := strings.NewReplacer("٬", "", ",", "", " ", "", "−", "-").Replace(persian.ASCII(strings.TrimSpace(text)))
		n, err := strconv.ParseInt(s, 10, 64)
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
		if t, err := time.Parse(time.DateOnly, text); err == nil && t.Year() > 1900 { // of a program
			return text, "", nil
		}
		d, err := calendar.ParseDay(strings.TrimSpace(text))
		if err != nil {
			return "", r.Say("form.day"), nil
		}
		return d.Gregorian(), "", nil
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
		text = strings.Join(strings.Fields(persian.ASCII(text)), "")
	default:
		text = strings.TrimSpace(persian.Clean(text))
		if f.Kind == Line && strings.ContainsAny(text, "\r\n") {
			return "", r.Say("form.line"), nil
		}
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	longest := cmp.Or(f.Max, map[Kind]int64{Long: 4000}[f.Kind], 200)
	if n := int64(utf8.RuneCountInString(text)); n > longest {
		return "", r.Say("form.long", longest, n), nil
	}
	return text, "", nil
}

// office reads the code of an office, or its name if only one has it.
func (f *Field) office(r *Request, text string) (value, fault string, err error) {
	code := persian.ASCII(strings.TrimSpace(text))
	if code == "-" { // the country, whose code is empty
		code = ""
	} else if strings.Trim(code, "0123456789") != "" {
		o, n, err := OfficeNamed(r, code)
		if err != nil || n != 1 {
			return "", r.Say("form.office"), err
		}
		code = o
	}
	if _, err := officedb.New(r.DB).Office(r.Context(), code); err != nil {
		if err = store.Classify(err); errors.Is(err, store.ErrNotFound) {
			return "", r.Say("form.office"), nil
		}
		return "", "", err
	}
	if !f.Any && !r.May(code) {
		return "", r.Say("form.office.reach"), nil
	}
	if code == "" {
		code = "-"
	}
	return code, "", nil
}

// person reads the id of a person, or a name or number that only one has.
func (f *Field) person(r *Request, text string) (value, fault string, err error) {
	text = strings.TrimSpace(text)
	over := []string{""}
	if !f.Any {
		over = r.Over()
	}
	if len(text) == 26 {
		p, err := office.GetPerson(r.Context(), r.DB, text)
		if err == nil && slices.ContainsFunc(over, func(code string) bool { return office.Within(p.Office, code) }) {
			return p.ID, "", nil
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return "", "", err
		}
		return "", r.Say("form.person"), nil
	}
	var found []office.Person
	for _, code := range over {
		people, err := office.Find(r.Context(), r.DB, code, text, 6, 0)
		if errors.Is(err, office.ErrMany) {
			return "", r.Say("form.person.unclear"), nil
		}
		if err != nil {
			return "", "", err
		}
		found = append(found, people...)
	}
	switch len(found) {
	case 1:
		return found[0].ID, "", nil
	case 0:
		return "", r.Say("form.person"), nil
	}
	var names []string
	for _, p := range found {
		names = append(names, p.Name)
	}
	return "", r.Say("form.person.many", r.Lang.And(names)), nil
}

// OfficeNamed returns the code of the office with the name, and how many have it
// or one that begins with it. The country's own code is empty.
func OfficeNamed(r *Request, name string) (code string, n int, err error) {
	lo, hi := office.Range("")
	for _, kind := range []string{office.Country, office.ProvinceAt, office.CountyAt, office.DistrictAt} {
		rows, err := officedb.New(r.DB).OfficesOfKind(r.Context(), officedb.OfficesOfKindParams{Kind: kind, Lo: lo, Hi: hi, Max: 2000})
		if err != nil {
			return "", 0, store.Classify(err)
		}
		for _, o := range rows {
			if persian.Key(o.NameFa) == persian.Key(name) || strings.EqualFold(o.NameEn, name) {
				code, n = o.Code, n+1
			}
		}
		if n > 0 {
			return code, n, nil
		}
	}
	return "", 0, nil
}

// OfficeOf returns the code that an Office field holds.
func (v Values) OfficeOf(name string) string { return strings.TrimPrefix(v.Get(name), "-") }

// queryValues are the values of an address, each taken as the fields say; what is
// not valid is left out.
func queryValues(r *Request, fields []Field, q url.Values) (Values, error) {
	v, faults, err := clean(r, fields, Values{text: q})
	if err != nil {
		return v, err
	}
	for _, f := range faults {
		delete(v.text, f.Field)
	}
	return v, nil
}
