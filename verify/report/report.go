package report

import (
	"encoding/json"
	"fmt"
	"slices"
)

// A Status is what a report says of the whole record.
type Status string

// Verified, Refuted and Unknown are the three answers: nothing wrong and
// nothing due is missing; at least one check fails; nothing fails but
// something due is missing or unreadable.
const (
	Verified Status = "verified"
	Refuted  Status = "refuted"
	Unknown  Status = "unknown"
)

// A State is what a report says of one check.
type State string

// Pass: what was read is right. Fail: something is wrong. NotDue: the record
// has not come to it yet. Missing: it is due and not there, or unreadable.
const (
	Pass    State = "pass"
	Fail    State = "fail"
	NotDue  State = "not-due"
	Missing State = "missing"
)

// A Finding is one thing that a check found, and where.
type Finding struct {
	Log   string `json:"log"`   // hq, branch/<id>, or empty
	Entry int64  `json:"entry"` // number of the entry, −1 if none
	Path  string `json:"path"`
	Text  string `json:"text"`

	missing bool
}

// String returns the finding as one line for people.
func (f Finding) String() string {
	s := f.Log
	if f.Entry >= 0 {
		s += fmt.Sprintf(" entry %d", f.Entry)
	}
	if f.Path != "" {
		if s != "" {
			s += ", "
		}
		s += f.Path
	}
	if s == "" {
		return f.Text
	}
	return s + ": " + f.Text
}

// A Check is one numbered check of spec/verify.md and what came of it.
type Check struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	State    State     `json:"state"`
	Read     int       `json:"read"` // things looked at: files, entries, proofs, units
	Findings []Finding `json:"findings"`
}

// MaxFindings bounds what one check lists; the rest is counted.
const MaxFindings = 50

// A Report is what verification found.
type Report struct {
	Status   Status  `json:"status"`
	Election string  `json:"election"` // hex, empty if not even that could be read
	Compared bool    `json:"compared"` // with an id given from outside
	Phase    Phase   `json:"phase"`
	Checks   []Check `json:"checks"`
}

// First returns the first finding that makes the report what it is, with its
// check; ok is false if there is none.
func (r *Report) First() (Check, Finding, bool) {
	for _, state := range []State{Fail, Missing} {
		for _, c := range r.Checks {
			if c.State == state {
				for _, f := range c.Findings {
					if f.missing == (state == Missing) {
						return c, f, true
					}
				}
			}
		}
	}
	return Check{}, Finding{}, false
}

// Check returns the check with the id.
func (r *Report) Check(id string) (Check, bool) {
	i := slices.IndexFunc(r.Checks, func(c Check) bool { return c.ID == id })
	if i < 0 {
		return Check{}, false
	}
	return r.Checks[i], true
}

// Passed returns how many checks passed.
func (r *Report) Passed() int {
	n := 0
	for _, c := range r.Checks {
		if c.State == Pass {
			n++
		}
	}
	return n
}

// JSON returns the report in the form of the command line's contract.
func (r *Report) JSON() []byte {
	b, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		panic(err) // strings and integers only
	}
	return b
}
