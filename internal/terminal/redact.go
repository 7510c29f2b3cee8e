package terminal

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "session[REDACTED]"

// Format writes a fixed text, whatever the verb.
func (Session) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue returns a fixed text.
func (Session) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns a fixed text.
func (Session) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }
