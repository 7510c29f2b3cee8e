package hq

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "hq[REDACTED]"

// LogValue, Format and MarshalJSON hide the keys, of pointers and copies.

func (Config) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Config) Format(f fmt.State, _ rune)   { io.WriteString(f, redacted) }
func (Config) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

func (HQ) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (HQ) Format(f fmt.State, _ rune)   { io.WriteString(f, redacted) }
func (HQ) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
