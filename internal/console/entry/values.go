package entry

import (
	"maps"
	"mime/multipart"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/persian"
)

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

// Remove removes the values of a field.
func (v Values) Remove(name string) { delete(v.text, name) }

// Add adds a value of a field.
func (v *Values) Add(name, value string) { v.Set(name, append(v.text[name], value)...) }

// Upload returns the head of what was uploaded, or nil.
func (v Values) Upload(name string) *multipart.FileHeader { return v.files[name] }

// SetUpload sets what was uploaded.
func (v *Values) SetUpload(name string, h *multipart.FileHeader) {
	if v.files == nil {
		v.files = map[string]*multipart.FileHeader{}
	}
	v.files[name] = h
}

// Of returns the values of an address.
func Of(q url.Values) Values { return Values{text: q} }

// File returns what was uploaded, or nil. The caller closes it.
func (v Values) File(name string) (multipart.File, error) {
	h := v.files[name]
	if h == nil {
		return nil, nil
	}
	return h.Open()
}

// Clone returns values that can be changed.
func (v Values) Clone() Values { return Values{maps.Clone(v.text), v.files} }

// OfficeOf returns the code that an Office field holds.
func (v Values) OfficeOf(name string) string { return strings.TrimPrefix(v.Get(name), "-") }

// Number reads a number in any digits.
func Number(text string) (int64, error) {
	s := strings.NewReplacer("٬", "", ",", "", " ", "", "−", "-").Replace(persian.ASCII(strings.TrimSpace(text)))
	return strconv.ParseInt(s, 10, 64)
}

// Day reads a Jalali date in any digits, or the ISO date of a program, and returns
// it as ISO.
func Day(text string) (string, error) {
	if t, err := time.Parse(time.DateOnly, text); err == nil && t.Year() > 1900 { // of a program
		return text, nil
	}
	d, err := calendar.ParseDay(strings.TrimSpace(text))
	if err != nil {
		return "", err
	}
	return d.Gregorian(), nil
}

// Text returns a text as it is stored.
func Text(text string) string {
	return strings.ReplaceAll(strings.TrimSpace(persian.Clean(text)), "\r\n", "\n")
}

// Code returns letters and digits without spaces, in ASCII digits.
func Code(text string) string { return strings.Join(strings.Fields(persian.ASCII(text)), "") }
