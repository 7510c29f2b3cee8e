package drafting

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/strictjson"
)

// A Fault is one thing wrong in a file or in the plan.
type Fault struct {
	File string // its name, or the flag that says what is wrong, such as --county
	Line int    // from 1; 0 for the plan
	Text string // what is wrong: how to put it right
}

// String returns the fault as FILE:LINE: TEXT.
func (f Fault) String() string {
	if f.Line == 0 {
		return f.File + ": " + f.Text
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Text)
}

// Faults is everything wrong, in the order of the plan and the files.
type Faults []Fault

// Error lists the faults, one to a line.
func (f Faults) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "build definition: %d at fault", len(f))
	for _, x := range f {
		b.WriteString("\n")
		b.WriteString(x.String())
	}
	return b.String()
}

func (f *Faults) add(file string, line int, text string, args ...any) {
	*f = append(*f, Fault{file, line, fmt.Sprintf(text, args...)})
}

// sorted returns the faults of the plan, then those of each file, by line.
func (f Faults) sorted(files Files) Faults {
	order := map[string]int{files.Places.Name: 1, files.Candidates.Name: 2, files.Branches.Name: 3, files.Bodies.Name: 4}
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(order[a.File], order[b.File]), cmp.Compare(a.Line, b.Line))
	})
	return f
}

// tenDigits may be a national number in the wrong column.
var tenDigits = regexp.MustCompile(`[0-9]{10}`)

// show quotes what was written, shortened and with nothing invisible, unless a
// national number may be in it.
func show(s string) string {
	if tenDigits.MatchString(persian.ASCII(s)) {
		return "what is written (ten digits, not shown)"
	}
	return strictjson.Quote(s)
}
