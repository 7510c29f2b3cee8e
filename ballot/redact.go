package ballot

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted stands for a ballot wherever one would be shown.
const redacted = "[ballot: secret]"

// LogValue, Format and MarshalJSON show nothing of a ballot. They have value
// receivers, so that a copy shows nothing either.

func (Ballot) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Ballot) Format(w fmt.State, _ rune)   { io.WriteString(w, redacted) }
func (Ballot) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

func (Selections) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Selections) Format(w fmt.State, _ rune)   { io.WriteString(w, redacted) }
func (Selections) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
