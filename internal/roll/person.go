package roll

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/persian"
)

// A Number is a national number. It prints masked; [Number.Digits] is the whole.
type Number uint64

// ErrNumber says that a text is no national number. It does not hold the text.
var ErrNumber = errors.New("this cannot be a national number")

// ParseNumber reads ten digits, Persian or ASCII, the last of which checks the
// others.
func ParseNumber(s string) (Number, error) {
	s, err := persian.NationalNumber(strings.TrimSpace(s))
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNumber, err)
	}
	n, err := strconv.ParseUint(s, 10, 64)
	return Number(n), err
}

// Scanned returns the national numbers that a scanned text can mean, each once:
// runs of ten digits, and of eight or nine that have lost zeros at the beginning.
func Scanned(text string) []Number {
	var found []Number
	for _, run := range strings.FieldsFunc(persian.ASCII(text), func(r rune) bool { return r < '0' || r > '9' }) {
		if len(run) < 8 || len(run) > 10 {
			continue
		}
		n, err := ParseNumber(strings.Repeat("0", 10-len(run)) + run)
		if err != nil {
			continue
		}
		known := false
		for _, f := range found {
			known = known || f == n
		}
		if !known {
			found = append(found, n)
		}
	}
	return found
}

// Digits returns the ten digits.
func (n Number) Digits() string { return fmt.Sprintf("%010d", uint64(n)) }

// Masked returns the last four digits after an ellipsis.
func (n Number) Masked() string { return "…" + n.Digits()[6:] }

// Format writes the masked number, whatever the verb.
func (n Number) Format(f fmt.State, _ rune) { io.WriteString(f, n.Masked()) }

// LogValue returns the masked number.
func (n Number) LogValue() slog.Value { return slog.StringValue(n.Masked()) }

// MarshalJSON writes the ten digits: it is for the branch's own journal.
func (n Number) MarshalJSON() ([]byte, error) { return json.Marshal(n.Digits()) }

// UnmarshalJSON reads ten digits.
func (n *Number) UnmarshalJSON(data []byte) error {
	var s string
	err := json.Unmarshal(data, &s)
	if err == nil {
		*n, err = ParseNumber(s)
	}
	return err
}

// A Person is a line of the roll.
type Person struct {
	Number Number
	Name   string
	Father string
	Birth  calendar.Day // 0 if it is not known here
	Place  string
	Branch string // where the person votes
}

const redacted = "person[REDACTED]"

// Format writes a fixed text, whatever the verb.
func (Person) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue returns a fixed text.
func (Person) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns a fixed text.
func (Person) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }
