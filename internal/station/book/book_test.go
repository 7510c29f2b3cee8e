package book_test

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"testing"

	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/station/book"
	"github.com/sandogh/sandogh/record"
)

// TestTake: each entry of a day is entered, taken out again without a trace, and
// entered again; what comes out of turn is refused and leaves none.
func TestTake(t *testing.T) {
	e, err := simulate.Small(1)
	if err != nil {
		t.Fatal(err)
	}
	b, err := book.New(e.Definition, "101", func(by string) (ed25519.PublicKey, bool) {
		return e.Keys.Signing(by).Public().(ed25519.PublicKey), true
	}, func(officer string) string {
		return map[string]string{"officer/o1": "hq", "officer/o2": "supervisors"}[officer]
	})
	if err != nil {
		t.Fatal(err)
	}
	signed := func(body record.Body, by ...string) []byte {
		var signers []record.Signer
		for _, name := range by {
			signers = append(signers, e.Keys.Signer(name))
		}
		data, err := record.Sign(e.Definition.ID(), record.BranchLog("101"), body, signers...)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	officers := []string{"officer/o1", "officer/o2"}
	ballot := &record.Sealed{Device: "d1", Style: b.Style.ID}
	for _, c := range b.Style.Contests {
		ballot.Contests = append(ballot.Contests, record.SealedContest{Contest: c.ID, Rows: make([]byte, c.K()*66)})
	}
	sealed := signed(ballot, "device/d1")
	code := record.Code(sealed)
	committed := func(id string) record.Committed {
		return record.Committed{Device: id, Limit: 2, Root: make([]byte, 32)}
	}
	day := [][]byte{
		signed(&record.Opening{Branch: "101", Devices: []record.Committed{committed("d1")}}, officers...),
		signed(&record.Pause{Branch: "101", Reason: record.PausePower}, officers...),
		signed(&record.Resume{Branch: "101"}, officers...),
		signed(&record.Enrol{Branch: "101", Device: committed("d2")}, officers...),
		signed(&record.Extension{Branch: "101", ExtensionOrder: make([]byte, 32)}, officers...),
		sealed,
		signed(&record.Retire{Branch: "101", Device: "d1", Reason: record.RetireLost}, officers...),
		signed(&record.Spoiled{Device: "d1", Code: code[:]}, officers...),
		signed(&record.Close{Branch: "101", Size: 8, Root: make([]byte, 32), Counts: record.Counts{Spoiled: 1}}, officers...),
	}
	state := func() string {
		s := fmt.Sprint(b.Opened, b.Paused, b.Closed, b.Counts, b.Waiting, b.Size, len(b.Extended), len(b.Ballots))
		for _, id := range []string{"d1", "d2"} {
			if d := b.Devices[id]; d != nil {
				s += fmt.Sprintf(" %s %+v", id, *d)
			}
		}
		return s
	}
	for i, entry := range day {
		before := state()
		for j, other := range day { // out of turn, unless it may come when it likes
			if j == i {
				continue
			}
			undo, err := b.Take(other)
			var refused *book.Refused
			switch {
			case err == nil:
				undo()
			case !errors.As(err, &refused) || refused.Word == "":
				t.Errorf("entry %d in the place of %d: %v", j, i, err)
			}
			if got := state(); got != before {
				t.Fatalf("entry %d in the place of %d left %s, before it was %s", j, i, got, before)
			}
		}
		undo, err := b.Take(entry)
		if err != nil {
			t.Fatalf("entry %d: %v", i, err)
		}
		if state() == before {
			t.Errorf("entry %d changed nothing", i)
		}
		undo()
		if got := state(); got != before {
			t.Errorf("entry %d was taken out and left %s, before it was %s", i, got, before)
		}
		if _, err := b.Take(entry); err != nil {
			t.Fatalf("entry %d again: %v", i, err)
		}
	}
	if !b.Closed || b.Size != uint64(len(day)) || b.Counts.Spoiled != 1 {
		t.Errorf("the day ends with %s", state())
	}
}
