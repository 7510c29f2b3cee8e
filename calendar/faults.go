package calendar

import (
	"fmt"
	"strings"
)

// A Fault is one thing wrong in stages, events or a polling day.
type Fault struct {
	Path string // such as stages[3].after[0], events[1].polling_day or polling_day
	Text string // what is wrong: how to put it right
}

// Faults is everything wrong.
type Faults []Fault

// Error lists the faults, one to a line.
func (f Faults) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "make calendar: %d at fault", len(f))
	for _, x := range f {
		fmt.Fprintf(&b, "\n%s: %s", x.Path, x.Text)
	}
	return b.String()
}

func (f *Faults) add(path, text string, args ...any) {
	*f = append(*f, Fault{path, fmt.Sprintf(text, args...)})
}

// err returns the faults as an error, or nil if there are none.
func (f Faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return &f
}
