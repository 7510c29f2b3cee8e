package station_test

import (
	"context"
	"crypto/ed25519"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/record"
)

const branch = "101"

// open opens a branch of the small election, with one device for three ballots.
func open(t *testing.T, e *simulate.Election) *station.Station {
	t.Helper()
	s, err := station.Open(t.Context(), station.Config{Dir: filepath.Join(t.TempDir(), "log"), Definition: e.Definition, Branch: branch,
		LogKey:   e.Keys.Signing("log/" + record.BranchLog(branch)),
		Officers: [2]record.Signer{e.Keys.Signer("officer/o2"), e.Keys.Signer("officer/o1")},
		Devices: []station.Device{{Committed: record.Committed{Device: "d1", Limit: 3, Root: make([]byte, 32)},
			Key: e.Keys.Signing("device/d1").Public().(ed25519.PublicKey)}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Shut(context.Background()) })
	return s
}

// TestAppendRefuses: what verification would refuse is not taken in, and leaves
// no trace.
func TestAppendRefuses(t *testing.T) {
	e, err := simulate.Small(1)
	if err != nil {
		t.Fatal(err)
	}
	style, err := e.Definition.StyleOf(branch)
	if err != nil {
		t.Fatal(err)
	}
	id := e.Definition.ID()
	s := open(t, e)
	signed := func(log string, b record.Body, by ...string) []byte {
		var signers []record.Signer
		for _, name := range by {
			signers = append(signers, e.Keys.Signer(name))
		}
		data, err := record.Sign(id, log, b, signers...)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	log := record.BranchLog(branch)
	ballot := func(number uint64, change func(*record.Sealed)) []byte {
		b := &record.Sealed{Device: "d1", Number: number, Style: style.ID}
		for _, c := range style.Contests {
			b.Contests = append(b.Contests, record.SealedContest{Contest: c.ID, Rows: make([]byte, c.K()*66)})
		}
		if change != nil {
			change(b)
		}
		return signed(log, b, "device/"+b.Device)
	}
	code := func(data []byte) []byte { c := record.Code(data); return c[:] }
	cast := func(number uint64, of []byte) []byte {
		return signed(log, &record.Cast{Device: "d1", Number: number, Code: code(of)}, "device/d1")
	}
	first := ballot(0, nil)
	for _, c := range []struct {
		what    string
		entries [][]byte
		text    string
	}{
		{"no entry", [][]byte{{1}}, "decode entry"},
		{"another style", [][]byte{ballot(0, func(b *record.Sealed) { b.Style = "other" })}, "style"},
		{"no contest", [][]byte{ballot(0, func(b *record.Sealed) { b.Contests = nil })}, "0 contests"},
		{"a contest twice", [][]byte{ballot(0, func(b *record.Sealed) { b.Contests = append(b.Contests, b.Contests[0]) })}, "contests on a ballot"},
		{"another contest", [][]byte{ballot(0, func(b *record.Sealed) { b.Contests[0].Contest = "mayor" })}, `"mayor" stands where`},
		{"a number too high", [][]byte{ballot(1, nil)}, "expected was 0"},
		{"a foreign device", [][]byte{ballot(0, func(b *record.Sealed) { b.Device = "d2" })}, "not one of branch"},
		{"another signer", [][]byte{signed(log, &record.Sealed{Device: "d1", Style: style.ID}, "device/d2")}, "not one of branch"},
		{"two signers", [][]byte{signed(log, &record.Sealed{Device: "d1", Style: style.ID}, "device/d1", "officer/o1")}, "not one of branch"},
		{"signed for another branch", [][]byte{signed(record.BranchLog("102"), &record.Sealed{Device: "d1", Style: style.ID}, "device/d1")}, "does not verify"},
		{"a statement", [][]byte{signed(log, &record.Close{Branch: branch}, "officer/o1", "officer/o2")}, "a device does not write"},
		{"an ending of no ballot", [][]byte{cast(0, first)}, "voters are checked in"},
		{"the second of two is refused", [][]byte{first, ballot(0, nil)}, "expected was 1"},
	} {
		if err := s.Append(t.Context(), c.entries...); err == nil || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	s.CheckIn(1)
	for _, c := range []struct {
		what    string
		entries [][]byte
		text    string // empty if taken
	}{
		{"the first ballot", [][]byte{first}, ""},
		{"the same again", [][]byte{first}, "expected was 1"},
		{"its ending with another code", [][]byte{cast(0, ballot(1, nil))}, "does not wait"},
		{"its ending", [][]byte{cast(0, first)}, ""},
		{"a second ending", [][]byte{signed(log, &record.Spoiled{Device: "d1", Number: 0, Code: code(first)}, "device/d1")}, "does not wait"},
		{"a second ballot", [][]byte{ballot(1, nil)}, ""},
		{"more cast than checked in", [][]byte{cast(1, ballot(1, nil))}, "1 voters are checked in"},
		{"and spoiled", [][]byte{signed(log, &record.Spoiled{Device: "d1", Number: 1, Code: code(ballot(1, nil))}, "device/d1"), ballot(2, nil)}, ""},
		{"above the limit", [][]byte{ballot(3, nil)}, "at most 3"},
	} {
		err := s.Append(t.Context(), c.entries...)
		if c.text == "" && err != nil || c.text != "" && (err == nil || !strings.Contains(err.Error(), c.text)) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	if err := s.Close(t.Context()); err == nil || !strings.Contains(err.Error(), "1 sealed ballots") {
		t.Errorf("closed with a ballot that has no ending: %v", err)
	}
	if err := s.Append(t.Context(), signed(log, &record.Spoiled{Device: "d1", Number: 2, Code: code(ballot(2, nil))}, "device/d1")); err != nil {
		t.Fatal(err)
	}
	if got := s.Counts(); got != (record.Counts{CheckedIn: 1, Cast: 1, Spoiled: 2}) {
		t.Errorf("the counts are %+v", got)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Append(t.Context(), slices.Clone(first)); err != station.ErrClosed {
		t.Errorf("after the close: %v", err)
	}
}
