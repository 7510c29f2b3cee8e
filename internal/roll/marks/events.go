package marks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sandogh/sandogh/internal/roll"
)

// Kinds of the journal's records. The first is kindRoll, the others are events.
const (
	kindRoll      = "roll"
	kindCheckIn   = "check-in"
	kindUndo      = "undo"
	kindRelease   = "release"
	kindTaken     = "taken"     // the register has given the person to another branch
	kindConfirmed = "confirmed" // the register has granted an own voter afterwards
	kindWaiting   = "waiting"
)

// A beginning binds the journal to what it belongs to.
type beginning struct {
	Election string `json:"election"`
	Branch   string `json:"branch"`
	Roll     string `json:"roll"` // hex SHA-256 of the file
}

func (b *Book) beginning() beginning {
	return beginning{fmt.Sprintf("%x", b.election), b.p.Roll.Branch(), b.p.Roll.Hash()}
}

// begins checks the first record.
func (b *Book) begins(kind string, data []byte) error {
	var got beginning
	if kind != kindRoll {
		return fmt.Errorf("the journal begins with %q, not with a roll: it is not the journal of the marks", kind)
	}
	if err := strict(data, &got); err != nil {
		return err
	}
	want := b.beginning()
	switch {
	case got.Election != want.Election:
		return fmt.Errorf("the marks are of election %s: use a folder of its own for each election", got.Election)
	case got.Branch != want.Branch:
		return fmt.Errorf("the marks are of branch %s: use its own folder", got.Branch)
	case got.Roll != want.Roll:
		return fmt.Errorf("the branch began with a roll of SHA-256 %s, and this file has %s: open it with the same file", got.Roll, want.Roll)
	}
	return nil
}

// An event is what the journal keeps of one act.
type event struct {
	Person  roll.Number `json:"person,omitempty"`
	At      time.Time   `json:"at"`
	Desk    string      `json:"desk,omitempty"`
	Request string      `json:"request,omitempty"`
	How     How         `json:"how,omitempty"`
	Slip    string      `json:"slip,omitempty"`
	By      string      `json:"by,omitempty"`
	Reason  string      `json:"reason,omitempty"`
	Branch  string      `json:"branch,omitempty"`
	Count   int         `json:"count,omitempty"`
}

func strict(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// write makes an event durable and then true.
func (b *Book) write(kind string, e event) error {
	if err := b.journal.Append(kind, e); err != nil {
		return err
	}
	return b.apply(kind, e)
}

// replay makes an event of the journal true.
func (b *Book) replay(kind string, data []byte) error {
	var e event
	if err := strict(data, &e); err != nil {
		return err
	}
	if err := b.apply(kind, e); err != nil {
		return err
	}
	switch kind {
	case kindCheckIn:
		b.count.Add(1)
	case kindUndo:
		b.count.Add(-1)
	}
	return nil
}

func (b *Book) state(n roll.Number) *state {
	s := b.people[n]
	if s == nil {
		s = &state{}
		b.people[n] = s
	}
	return s
}

var errOrder = errors.New("it does not follow from what came before it")

// apply makes an event true, but for the count of check-ins.
func (b *Book) apply(kind string, e event) error {
	if kind == kindWaiting {
		b.waiting = append(b.waiting, Waiting{e.At, e.Count})
		return nil
	}
	s := b.state(e.Person)
	if (kind == kindCheckIn || kind == kindRelease) == (s.mark != nil) && kind != kindTaken {
		return errOrder
	}
	switch kind {
	case kindCheckIn:
		if e.Slip != "" {
			slip, err := OpenSlip(e.Slip, b.p.Definition)
			if err != nil {
				return err
			}
			b.serials[slip.Serial] = true
			s.name, s.released, s.slip = slip.Name, "", ""
			if s.home == "" && !b.p.Roll.IsOwn(e.Person) {
				s.home = slip.From
			}
		}
		s.mark, s.request = &Mark{e.At, e.Desk, e.How}, e.Request
		s.unasked, s.confirmed = e.How == Unasked, s.confirmed || e.How == ByRegister
		if e.How == ByRegister {
			s.taken = ""
		}
		b.order = append(b.order, arrival{e.Person, e.At})
	case kindUndo:
		s.mark, s.request, s.unasked = nil, "", false
		b.undone++
	case kindRelease:
		s.released, s.slip, s.home = e.Branch, e.Slip, ""
	case kindTaken:
		s.taken, s.unasked = e.Branch, false
	case kindConfirmed:
		s.confirmed, s.unasked = true, false
	default:
		return fmt.Errorf("no such kind of mark: %q", kind)
	}
	return nil
}
