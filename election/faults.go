package election

import (
	"fmt"
	"regexp"
	"strings"
)

// A Fault is one thing wrong in a definition.
type Fault struct {
	Path string // JSON path, such as contests[2].candidates[14].id
	Text string // what is wrong: how to put it right
}

func (f Fault) String() string { return f.Path + ": " + f.Text }

// Faults is everything wrong in a definition, those of the shape first.
// [Parse] and [Decode] return it as *Faults.
type Faults []Fault

// Error lists the faults, one to a line.
func (f Faults) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "read definition: %d at fault", len(f))
	for _, x := range f {
		b.WriteString("\n")
		b.WriteString(x.String())
	}
	return b.String()
}

// whole is the path of the definition itself.
const whole = "definition"

func (f *Faults) add(path, text string, args ...any) {
	if path == "" {
		path = whole
	}
	*f = append(*f, Fault{path, fmt.Sprintf(text, args...)})
}

func one(text string, args ...any) *Faults {
	var f Faults
	f.add(whole, text, args...)
	return &f
}

// join appends a field's name to a path. A name that no definition has is shown
// with nothing invisible.
func join(path, field string) string {
	if !fieldName.MatchString(field) {
		field = quote(field)
	}
	if path == "" {
		return field
	}
	return path + "." + field
}

var fieldName = regexp.MustCompile(`^[A-Za-z0-9_]{1,40}$`)

func at(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// covers reports whether path is under or at any of the faults' paths, so that
// a second fault there would only repeat the first.
func covers(paths map[string]bool, path string) bool {
	for {
		if paths[path] {
			return true
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			return false
		}
		path = path[:i]
	}
}
