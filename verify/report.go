package verify

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
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
	Log   string `json:"log,omitempty"` // hq, branch/<id>, or empty
	Entry int64  `json:"entry"`         // number of the entry, −1 if none
	Path  string `json:"path,omitempty"`
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

// maxFindings bounds what one check lists; the rest is counted.
const maxFindings = 50

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

// ledger collects findings from several goroutines.
type ledger struct {
	mu     sync.Mutex
	read   map[string]int
	found  map[string][]Finding
	excess map[string]int
}

func newLedger() *ledger {
	return &ledger{read: map[string]int{}, found: map[string][]Finding{}, excess: map[string]int{}}
}

// place says where something was found.
type place struct {
	log   string
	entry int64
	path  string
}

func at(log string, entry uint64) place { return place{log: log, entry: int64(entry)} }
func inLog(log string) place            { return place{log: log, entry: -1} }
func inFile(path string) place          { return place{entry: -1, path: path} }

func (p place) in(path string) place {
	p.path = path
	return p
}

// count notes that check id looked at n things.
func (l *ledger) count(id string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.read[id] += n
}

// refute notes that check id found something wrong.
func (l *ledger) refute(id string, p place, format string, args ...any) {
	l.add(id, Finding{Log: p.log, Entry: p.entry, Path: p.path, Text: fmt.Sprintf(format, args...)})
}

// absent notes that something due for check id is missing or unreadable.
func (l *ledger) absent(id string, p place, format string, args ...any) {
	l.add(id, Finding{Log: p.log, Entry: p.entry, Path: p.path, Text: fmt.Sprintf(format, args...), missing: true})
}

func (l *ledger) add(id string, f Finding) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := titles[id]; !ok {
		panic("verify: finding of an unlisted check " + id)
	}
	// A refutation is never pushed out by things that are missing.
	if found := l.found[id]; len(found) >= maxFindings {
		if i := slices.IndexFunc(found, func(g Finding) bool { return g.missing }); !f.missing && i >= 0 {
			found[i] = f
		}
		l.excess[id]++
		return
	}
	l.found[id] = append(l.found[id], f)
}

// report closes the ledger.
func (l *ledger) report(id [32]byte, known, compared bool, phase Phase) *Report {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := &Report{Status: Verified, Compared: compared, Phase: phase}
	if known {
		r.Election = hex.EncodeToString(id[:])
	}
	for _, t := range list {
		c := Check{ID: t.id, Title: t.title, State: Pass, Read: l.read[t.id], Findings: slices.Clone(l.found[t.id])}
		slices.SortStableFunc(c.Findings, func(a, b Finding) int {
			if a.missing != b.missing {
				if b.missing {
					return -1
				}
				return 1
			}
			if a.Log != b.Log {
				if a.Log < b.Log {
					return -1
				}
				return 1
			}
			return int(a.Entry - b.Entry)
		})
		switch {
		case len(c.Findings) == 0 && c.Read == 0:
			c.State = NotDue
		case len(c.Findings) > 0 && !c.Findings[0].missing:
			c.State, r.Status = Fail, Refuted
		case len(c.Findings) > 0:
			c.State = Missing
			if r.Status == Verified {
				r.Status = Unknown
			}
		}
		if n := l.excess[t.id]; n > 0 {
			c.Findings = append(c.Findings, Finding{Entry: -1, Text: fmt.Sprintf("and %d more", n), missing: c.State == Missing})
		}
		if c.Findings == nil {
			c.Findings = []Finding{}
		}
		r.Checks = append(r.Checks, c)
	}
	return r
}
