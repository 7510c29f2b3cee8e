package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
)

// LogValue, Format and MarshalJSON show who signs and not the key, of pointers
// and copies.

func (s Signer) LogValue() slog.Value         { return slog.StringValue(s.redacted()) }
func (s Signer) Format(f fmt.State, _ rune)   { io.WriteString(f, s.redacted()) }
func (s Signer) MarshalJSON() ([]byte, error) { return json.Marshal(s.redacted()) }
func (s Signer) redacted() string             { return "signer " + s.By + " (key redacted)" }

var greatNumber = regexp.MustCompile(`\d{7,}`)

// withoutNumbers returns an error of the decoder of CBOR that repeats no great
// number of its input. What is decoded can be a secret by mistake, a file named
// for another, and eight bytes of it read as a length would stand in the text.
func withoutNumbers(err error) error {
	return errors.New(greatNumber.ReplaceAllString(err.Error(), "a great number"))
}
