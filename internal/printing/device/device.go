// Package device prints bitmaps on receipt printers and says how they are: ready,
// out of paper, open, hot, or lost in the middle of a print.
//
// Specification: none of its own; what an officer does in each state is said on
// the branch's screens.
//
// In goes a Job: one bitmap, a feed and whether to cut. Out comes nothing, or an
// Error with the State that the printer is in and whether something of the job
// may be on paper already. A Link prints over TCP (port 9100) or a device path in
// ESC/POS; a File writes each job over the one before it; a Simulator is a printer
// in memory, each fault of which can be switched on, also behind a socket.
//
// What it never does: it does not try again, since a card printed twice is two
// cards: the caller decides. It keeps no queue and no copy of what was printed,
// save the Simulator its last job. It adds nothing to a job: no time, no number.
//
// How it fails: with an Error, always. Print returns nil only when the printer
// has said that everything before is on paper; a Link that is Silent cannot ask,
// and returns when all is sent. A context that ends closes the connection, which
// counts as Lost.
//
// Sources: Epson, ESC/POS Application Programming Guide: GS v 0 (raster), DLE EOT
// (status in real time), GS r (status in order), GS V (cut). Bands of 128 rows
// are 9 kB on 80 mm, which small printers can hold.
package device

import (
	"context"
	"fmt"

	"github.com/sandogh/sandogh/internal/printing"
)

// A Job is one piece of paper.
type Job struct {
	Bitmap *printing.Bitmap
	Feed   int // dots of white paper after it, up to 255
	Cut    bool
}

// check returns what is wrong with a job, if anything.
func (j Job) check() error {
	switch b := j.Bitmap; {
	case b == nil || b.Width < 1 || b.Height < 1:
		return fmt.Errorf("print: the bitmap is empty")
	case b.Width > maxWidth || b.Height > maxHeight:
		return fmt.Errorf("print: the bitmap has %d by %d dots, a job at most %d by %d", b.Width, b.Height, maxWidth, maxHeight)
	case j.Feed < 0 || j.Feed > 255:
		return fmt.Errorf("print: a feed of %d dots is not 0 to 255", j.Feed)
	}
	return nil
}

// A Printer prints one job at a time; any number of goroutines may call it.
type Printer interface {
	// Print prints a job. Its error is an *Error, but for a job that no printer
	// could print.
	Print(ctx context.Context, job Job) error
	// State asks the printer how it is.
	State(ctx context.Context) State
}

// A State is how a printer is.
type State int

// The states of a printer. Only the first two can print.
const (
	Ready  State = iota
	Low          // paper is near its end
	Out          // no paper
	Cover        // the cover is open
	Hot          // the head is too hot and will cool down
	Faulty       // something an officer cannot mend: a cutter, a motor
	Lost         // no connection, or none any more
)

var names = [...]string{"ready", "paper low", "out of paper", "cover open", "too hot", "faulty", "lost"}

func (s State) String() string {
	if s < 0 || int(s) >= len(names) {
		return fmt.Sprintf("state %d", int(s))
	}
	return names[s]
}

// Prints reports whether a printer in this state can print.
func (s State) Prints() bool { return s == Ready || s == Low }

// An Error is why a job was not printed.
type Error struct {
	State State
	Begun bool  // some of the job may be on paper
	Err   error // what the system said, if it said something
}

func (e *Error) Error() string {
	text := "print: printer is " + e.State.String()
	if e.Begun {
		text = "print: printer was " + e.State.String() + " in mid-print"
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }
