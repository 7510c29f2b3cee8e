package strictjson

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Fault is one thing wrong in a value.
type Fault struct {
	Path string // JSON path, such as contests[2].candidates[14].id
	Text string // what is wrong: how to put it right
}

func (f Fault) String() string { return f.Path + ": " + f.Text }

// Faults is everything wrong in a value, those of the shape first.
type Faults []Fault

// Error lists the faults, one to a line.
func (f Faults) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "read JSON: %d at fault", len(f))
	for _, x := range f {
		b.WriteString("\n")
		b.WriteString(x.String())
	}
	return b.String()
}

// Add adds a fault.
func (f *Faults) Add(path, text string, args ...any) {
	*f = append(*f, Fault{path, fmt.Sprintf(text, args...)})
}

// Join appends a field's name to a path. A name that no struct has is shown with
// nothing invisible.
func Join(path, field string) string {
	if !fieldName.MatchString(field) {
		field = Quote(field)
	}
	if path == "" {
		return field
	}
	return path + "." + field
}

var fieldName = regexp.MustCompile(`^[A-Za-z0-9_]{1,40}$`)

// At appends the index of an element to a path.
func At(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// Quote shows what was written, shortened and with nothing invisible.
func Quote(s string) string {
	const most = 40
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return strconv.QuoteToGraphic(s)
}
