// Package daybook is what the branch's officers did on polling day, and when: who
// signed in, which desk was opened, pauses, incidents. It is printed with the
// minutes.
//
// Specification: none of its own; internal/journal is the file's form.
//
// In and out. In go lines of who, what and a text; out come all of them with the
// time of the machine's clock. A line is on the disk when Write returns.
//
// What it never does: it says nothing of voters, sessions or ballots' content. It
// trusts no clock: a line whose time is before that of the line above it is
// marked, and nothing is put in order by time.
//
// How it fails: as a journal does. After a failed write every later one fails.
//
// Sources: threats C09.
package daybook

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/journal"
)

// What officers do. A text goes with some of them.
const (
	SignedIn  = "signed-in"
	Refused   = "sign-in-refused"
	Desk      = "desk-opened" // its number
	Confirmed = "definition-confirmed"
	Tested    = "self-test"
	Opened    = "opened"
	Paused    = "paused" // the reason
	Resumed   = "resumed"
	Extended  = "extended" // until when
	Enrolled  = "enrolled" // the device
	Retired   = "retired"  // the device and the reason
	Unlocked  = "unlocked" // the device
	Dismissed = "dismissed"
	Settled   = "settled" // the ballot and how
	Closing   = "closing"
	Closed    = "closed"
	Published = "published"
	Pushed    = "pushed"
	Incident  = "incident" // what happened
	// The zero report and the minutes were printed; where.
	ZeroPrinted    = "zero-printed"
	MinutesPrinted = "minutes-printed"
	// How many voters were checked in here and at another branch too, while the
	// central register did not answer: the number, never a name.
	Conflict = "conflict"
)

// A Line is one thing that was done.
type Line struct {
	At   time.Time
	Who  string
	What string
	Text string
	Back bool // the clock stood before that of the line above
}

type lineJSON struct {
	At   int64  `json:"at"` // Unix seconds
	Who  string `json:"who"`
	Text string `json:"text"`
}

// A Book is an open daybook.
type Book struct {
	now     func() time.Time
	journal *journal.Journal
	mu      sync.Mutex
	lines   []Line
}

// Open opens the daybook in the file.
func Open(disk durable.Disk, path string, now func() time.Time) (*Book, error) {
	b := &Book{now: now}
	var err error
	b.journal, err = journal.Open(disk, path, func(kind string, data []byte) error {
		var l lineJSON
		if err := json.Unmarshal(data, &l); err != nil {
			return fmt.Errorf("read daybook: %w", err)
		}
		b.add(Line{At: time.Unix(l.At, 0), Who: l.Who, What: kind, Text: l.Text})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("open daybook: %w", err)
	}
	return b, nil
}

func (b *Book) add(l Line) {
	if n := len(b.lines); n > 0 {
		l.Back = l.At.Before(b.lines[n-1].At)
	}
	b.lines = append(b.lines, l)
}

// Write writes a line.
func (b *Book) Write(who, what, text string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := Line{At: b.now().Truncate(time.Second), Who: who, What: what, Text: text}
	if err := b.journal.Append(what, lineJSON{l.At.Unix(), who, text}); err != nil {
		return fmt.Errorf("write daybook: %w", err)
	}
	b.add(l)
	return nil
}

// Count writes a line that says a number, unless the last of its kind says the same;
// before the first, the number is 0.
func (b *Book) Count(who, what string, n int) error {
	if b.Last(what) == strconv.Itoa(n) || n == 0 && b.Last(what) == "" {
		return nil
	}
	return b.Write(who, what, strconv.Itoa(n))
}

// Last returns the text of the last line of a kind, or "".
func (b *Book) Last(what string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range slices.Backward(b.lines) {
		if l.What == what {
			return l.Text
		}
	}
	return ""
}

// Lines returns all lines.
func (b *Book) Lines() []Line {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Line(nil), b.lines...)
}

// Err returns why nothing can be written any more, or nil.
func (b *Book) Err() error { return b.journal.Err() }

// Close closes the file.
func (b *Book) Close() error { return b.journal.Close() }
