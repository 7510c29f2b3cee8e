package station

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/sandogh/sandogh/internal/station/book"
	"github.com/sandogh/sandogh/record"
)

// The records of the journal. None holds a name or a time. A session ends with
// its cast ballot, which the log says, or with a record that it was left.
const (
	kindCommit  = "commit"  // commitJSON: a device says what it commits to
	kindBegin   = "begin"   // []beginJSON: cards are used, sessions begin
	kindSeal    = "seal"    // []sealJSON: sessions are about to seal
	kindLeave   = "leave"   // leaveJSON
	kindWrong   = "wrong"   // deviceJSON: a card was not taken
	kindUnlock  = "unlock"  // deviceJSON
	kindOrder   = "order"   // orderJSON: officers have decided a ballot
	kindClosing = "closing" // closingJSON
)

type commitJSON struct {
	Device string `json:"device"`
	Limit  uint64 `json:"limit"`
	Root   []byte `json:"root"`
}

type beginJSON struct {
	Session string `json:"session"`
	Device  string `json:"device"`
	Card    int    `json:"card"`
}

type sealJSON struct {
	Session string `json:"session"`
	Device  string `json:"device"`
	Number  uint64 `json:"number"`
	Size    uint64 `json:"size"` // of the log, before
}

type leaveJSON struct {
	Session string `json:"session"`
	Why     string `json:"why"`
}

type deviceJSON struct {
	Device string `json:"device"`
}

type orderJSON struct {
	Device string `json:"device"`
	Number uint64 `json:"number"`
	End    Ending `json:"end"`
}

type closingJSON struct {
	On bool `json:"on"`
}

// session is one that has begun.
type session struct {
	id      string
	device  string
	card    int
	ballots []uint64 // numbers that it sealed, or was about to
	left    bool
}

// memory is what the journal says.
type memory struct {
	commits  map[string]record.Committed
	sessions map[string]*session
	held     map[string]*session // those that are live or have a waiting ballot, and maybe others
	used     map[int]*session    // by card
	of       map[book.BallotID]*session
	wrong    map[string]int // cards in a row, by device
	orders   map[book.BallotID]Ending
	closing  bool
	size     uint64 // that the log had at least
}

func newMemory() *memory {
	return &memory{commits: map[string]record.Committed{}, sessions: map[string]*session{}, held: map[string]*session{}, used: map[int]*session{},
		of: map[book.BallotID]*session{}, wrong: map[string]int{}, orders: map[book.BallotID]Ending{}}
}

// replay enters a record of the journal.
func (m *memory) replay(kind string, data []byte) error {
	read := func(v any) error {
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields() // of a later version: what it means is not known
		if err := d.Decode(v); err != nil {
			return fmt.Errorf("read record %s: %w", kind, err)
		}
		return nil
	}
	switch kind {
	case kindCommit:
		var c commitJSON
		if err := read(&c); err != nil {
			return err
		}
		m.commits[c.Device] = record.Committed{Device: c.Device, Limit: c.Limit, Root: c.Root}
	case kindBegin:
		var begun []beginJSON
		if err := read(&begun); err != nil {
			return err
		}
		for _, b := range begun {
			m.begin(b)
		}
	case kindSeal:
		var seals []sealJSON
		if err := read(&seals); err != nil {
			return err
		}
		for _, s := range seals {
			if err := m.seal(s); err != nil {
				return err
			}
		}
	case kindLeave:
		var l leaveJSON
		if err := read(&l); err != nil {
			return err
		}
		x := m.sessions[l.Session]
		if x == nil {
			return fmt.Errorf("read record %s: there is no such session", kind)
		}
		x.left = true
	case kindWrong, kindUnlock:
		var d deviceJSON
		if err := read(&d); err != nil {
			return err
		}
		if m.wrong[d.Device]++; kind == kindUnlock {
			m.wrong[d.Device] = 0
		}
	case kindOrder:
		var o orderJSON
		if err := read(&o); err != nil {
			return err
		}
		m.orders[book.BallotID{Device: o.Device, Number: o.Number}] = o.End
	case kindClosing:
		var c closingJSON
		if err := read(&c); err != nil {
			return err
		}
		m.closing = c.On
	default:
		return fmt.Errorf("read record %q: it is none of this version", kind)
	}
	return nil
}

func (m *memory) begin(b beginJSON) *session {
	x := &session{id: b.Session, device: b.Device, card: b.Card}
	m.sessions[x.id] = x
	m.held[x.id] = x
	m.used[x.card] = x
	m.wrong[x.device] = 0
	return x
}

// seal notes that a session is about to seal. If an earlier one was about to seal
// the same number and did not, the number is this one's now.
func (m *memory) seal(s sealJSON) error {
	x := m.sessions[s.Session]
	if x == nil {
		return fmt.Errorf("read record %s: there is no such session", kindSeal)
	}
	id := book.BallotID{Device: s.Device, Number: s.Number}
	if m.of[id] != x {
		x.ballots = append(x.ballots, s.Number)
		m.of[id] = x
	}
	m.size = max(m.size, s.Size)
	return nil
}
