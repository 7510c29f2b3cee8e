package marks

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "place[REDACTED]"

// LogValue, Format and MarshalJSON hide the key and the roll.

func (Place) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Place) Format(f fmt.State, _ rune)   { io.WriteString(f, redacted) }
func (Place) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }
