package reader

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// A Scan is what was read once.
type Scan struct{ Text string }

const redacted = "scan[REDACTED]"

// Format writes a fixed text, whatever the verb.
func (Scan) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue returns a fixed text.
func (Scan) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns a fixed text.
func (Scan) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// What can be wrong with a reading.
var (
	ErrUnreadable = errors.New("could not be read")
	ErrLost       = errors.New("the reader is not connected")
)

// A Reader is a device that reads cards or codes, for one goroutine; package function
// Watch is the one that opens it when needed.
type Reader interface {
	// Open connects to the device, or fails with the reason.
	Open(ctx context.Context) error
	// Read waits until something was presented. After an ErrUnreadable it can be
	// called again; after an ErrLost the device must be opened first. Any other error
	// is the context's, which closes the device.
	Read(ctx context.Context) (Scan, error)
}

// A State is how a reader is.
type State int

// The states of a reader. It is lost until it was opened.
const (
	Lost       State = iota
	Ready            // connected
	Unreadable       // and what was presented last could not be read
)

var names = [...]string{"lost", "ready", "unreadable"}

func (s State) String() string {
	if s < 0 || int(s) >= len(names) {
		return fmt.Sprintf("state %d", int(s))
	}
	return names[s]
}
