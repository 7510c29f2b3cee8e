package simulate

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "keys[REDACTED]"

// LogValue, Format and MarshalJSON hide the keys, of pointers and copies.

func (Keys) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Keys) Format(f fmt.State, _ rune)   { io.WriteString(f, redacted) }
func (Keys) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
