package record

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// LogValue, Format and MarshalJSON show who signs and not the key, of pointers
// and copies.

func (s Signer) LogValue() slog.Value         { return slog.StringValue(s.redacted()) }
func (s Signer) Format(f fmt.State, _ rune)   { io.WriteString(f, s.redacted()) }
func (s Signer) MarshalJSON() ([]byte, error) { return json.Marshal(s.redacted()) }
func (s Signer) redacted() string             { return "signer " + s.By + " (key redacted)" }
