package daybook_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/branch/daybook"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/journal"
)

// TestBook: lines stay in the order in which they were written, whatever the clock
// says, and are there after a restart.
func TestBook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "daybook")
	now := time.Unix(1_800_000_000, 5)
	clock := func() time.Time { return now }
	b, err := daybook.Open(durable.Disk{}, path, clock)
	if err != nil {
		t.Fatal(err)
	}
	for i, by := range []time.Duration{0, time.Hour, -24 * time.Hour, time.Minute} { // the clock jumps back a day
		now = now.Add(by)
		if err := b.Write("officer/o1", daybook.Incident, string(rune('a'+i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if b, err = daybook.Open(durable.Disk{}, path, clock); err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	lines := b.Lines()
	if len(lines) != 4 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, back := range []bool{false, false, true, false} {
		if l := lines[i]; l.Text != string(rune('a'+i)) || l.Back != back || l.Who != "officer/o1" || l.What != daybook.Incident {
			t.Errorf("line %d is %+v", i, l)
		}
	}
	if !lines[3].At.Equal(now.Truncate(time.Second)) {
		t.Errorf("the last line is of %v, not %v", lines[3].At, now)
	}
	lines[0].Text = "changed"
	if b.Lines()[0].Text != "a" {
		t.Error("a caller changed the book")
	}
}

// TestDiskFails: what was not written is not there, and nothing follows it.
func TestDiskFails(t *testing.T) {
	fail := false
	disk := durable.Disk{Before: func(durable.Step, string) error {
		if fail {
			return errors.New("no space left on device")
		}
		return nil
	}}
	path := filepath.Join(t.TempDir(), "daybook")
	b, err := daybook.Open(disk, path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	fail = true
	if err := b.Write("officer/o1", daybook.Paused, "power"); err == nil {
		t.Error("a line was written on a disk that fails")
	}
	fail = false
	if err := b.Write("officer/o1", daybook.Paused, "power"); !errors.Is(err, journal.ErrBroken) || !errors.Is(b.Err(), journal.ErrBroken) {
		t.Errorf("after a failure: %v", err)
	}
	if n := len(b.Lines()); n != 0 {
		t.Errorf("%d lines", n)
	}
	b.Close()
}

// TestCount: a number is written when it changes, and known after a restart.
func TestCount(t *testing.T) {
	path := filepath.Join(t.TempDir(), "daybook")
	for range 2 {
		b, err := daybook.Open(durable.Disk{}, path, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{0, 1, 1, 2, 2, 0, 0} {
			if err := b.Count("branch/101", daybook.Conflict, n); err != nil {
				t.Fatal(err)
			}
			if got := b.Last(daybook.Conflict); got != strconv.Itoa(n) && (n != 0 || got != "") {
				t.Errorf("after %d the last is %q", n, got)
			}
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
	b, err := daybook.Open(durable.Disk{}, path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var got []string
	for _, l := range b.Lines() {
		got = append(got, l.Text)
	}
	if want := []string{"1", "2", "0", "1", "2", "0"}; !slices.Equal(got, want) {
		t.Errorf("the book says %q, want %q", got, want)
	}
}
