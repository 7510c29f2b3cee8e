package report

import (
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
)

// A Ledger collects findings, from several goroutines.
type Ledger struct {
	mu     sync.Mutex
	read   map[string]int
	found  map[string][]Finding
	excess map[string]int
	first  func()                    // nil, or called at the first refutation
	looked func(check string, n int) // nil, or told what has been looked at
}

// NewLedger returns an empty ledger.
func NewLedger() *Ledger {
	return &Ledger{read: map[string]int{}, found: map[string][]Finding{}, excess: map[string]int{}}
}

// A Place says where something was found.
type Place struct {
	Log   string
	Entry int64 // −1 if none
	Path  string
}

// Nowhere is the place of what concerns the whole record.
var Nowhere = Place{Entry: -1}

// At returns the place of an entry.
func At(log string, entry uint64) Place { return Place{Log: log, Entry: int64(entry)} }

// InLog returns the place of what concerns a whole log.
func InLog(log string) Place { return Place{Log: log, Entry: -1} }

// InFile returns the place of a file of the record.
func InFile(path string) Place { return Place{Entry: -1, Path: path} }

// In returns the place with a path, or what else names it.
func (p Place) In(path string) Place {
	p.Path = path
	return p
}

// Count notes that check id looked at n things.
func (l *Ledger) Count(id string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.read[id] += n
	if l.looked != nil {
		l.looked(id, l.read[id])
	}
}

// Watch has looked told, at every count, how many things a check has looked at.
// It must return soon.
func (l *Ledger) Watch(looked func(check string, n int)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.looked = looked
}

// Refute notes that check id found something wrong.
func (l *Ledger) Refute(id string, p Place, format string, args ...any) {
	l.add(id, Finding{Log: p.Log, Entry: p.Entry, Path: p.Path, Text: fmt.Sprintf(format, args...)})
}

// Absent notes that something due for check id is missing or unreadable.
func (l *Ledger) Absent(id string, p Place, format string, args ...any) {
	l.add(id, Finding{Log: p.Log, Entry: p.Entry, Path: p.Path, Text: fmt.Sprintf(format, args...), missing: true})
}

// AtFirst has stop called at the first refutation. It must return soon.
func (l *Ledger) AtFirst(stop func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.first = stop
}

func (l *Ledger) add(id string, f Finding) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := titles[id]; !ok {
		panic("report: finding of an unlisted check " + id)
	}
	if l.first != nil && !f.missing {
		l.first()
		l.first = nil
	}
	// A refutation is never pushed out by things that are missing.
	if found := l.found[id]; len(found) >= MaxFindings {
		if i := slices.IndexFunc(found, func(g Finding) bool { return g.missing }); !f.missing && i >= 0 {
			found[i] = f
		}
		l.excess[id]++
		return
	}
	l.found[id] = append(l.found[id], f)
}

// Report closes the ledger of a verification that has come to the phase. The
// election is left out unless it is known; compared says that it was compared
// with an id given from outside.
func (l *Ledger) Report(id [32]byte, known, compared bool, phase Phase) *Report {
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
