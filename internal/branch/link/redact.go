package link

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "link[REDACTED]"

// LogValue, Format and MarshalJSON hide the key.

func (Config) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Config) Format(f fmt.State, _ rune)   { io.WriteString(f, redacted) }
func (Config) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

func (Server) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Server) Format(f fmt.State, _ rune)   { io.WriteString(f, redacted) }
func (Server) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
