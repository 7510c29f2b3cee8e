package rehearsal

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "rehearsal[REDACTED]"

// LogValue, Format and MarshalJSON hide everybody's keys.

func (*Rehearsal) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (*Rehearsal) Format(f fmt.State, _ rune)   { io.WriteString(f, redacted) }
func (*Rehearsal) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

func (Polling) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Polling) Format(f fmt.State, _ rune)   { io.WriteString(f, redacted) }
func (Polling) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
