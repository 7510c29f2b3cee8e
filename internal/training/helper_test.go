package training_test

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/planner"
)

func decode(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// window begins a week after an instant and has some days.
func window(now time.Time, days int) planner.Span {
	from := calendar.DayOf(now.In(office.Tehran).Date()) + 7
	return planner.Span{From: from, To: from + calendar.Day(days)}
}
