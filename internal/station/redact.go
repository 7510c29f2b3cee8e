package station

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "station[REDACTED]"

// LogValue, Format and MarshalJSON hide the keys, of pointers and copies.

func (Config) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Config) Format(f fmt.State, _ rune)   { io.WriteString(f, redacted) }
func (Config) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

func (*Station) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (*Station) Format(f fmt.State, _ rune)   { io.WriteString(f, redacted) }
func (*Station) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
