package body

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
)

// A Ledger is what headquarters' log says, in its order: for a body to see what
// of its own is on the record already. Whether it stands is not looked at here;
// that is for verification.
type Ledger struct {
	Entries []Line
	byHash  map[[32]byte]uint64
}

// A Line is one entry with its place.
type Line struct {
	Index uint64
	Hash  [32]byte
	Body  record.Body
}

// ReadLedger reads headquarters' published log of an election.
func ReadLedger(fsys fs.FS, def *election.Definition) (*Ledger, error) {
	log, err := board.Open(fsys, "hq", def.HQOrigin(), def.HQLogKey.Ed25519(), Witnesses(def))
	if err != nil {
		return nil, fmt.Errorf("read headquarters' log: %w", err)
	}
	return ScanLedger(log)
}

// ScanLedger reads headquarters' log.
func ScanLedger(log *board.Log) (*Ledger, error) {
	l := &Ledger{byHash: map[[32]byte]uint64{}}
	faults, err := log.Scan(func(e board.Entry) error {
		entry, err := record.Decode(e.Data)
		if err != nil {
			return fmt.Errorf("entry %d: %w", e.Index, err)
		}
		h := record.Code(e.Data)
		l.Entries = append(l.Entries, Line{e.Index, h, entry.Body})
		l.byHash[h] = e.Index
		return nil
	})
	if err == nil && len(faults) > 0 {
		err = errors.New(faults[0].Text)
	}
	if err != nil {
		return nil, fmt.Errorf("read headquarters' log: %w", err)
	}
	return l, nil
}

// Raw returns the bytes of the entries of headquarters' published log whose body is
// wanted, in their order.
func Raw(fsys fs.FS, def *election.Definition, wanted func(record.Body) bool) ([][]byte, error) {
	log, err := board.Open(fsys, "hq", def.HQOrigin(), def.HQLogKey.Ed25519(), Witnesses(def))
	if err != nil {
		return nil, fmt.Errorf("read headquarters' log: %w", err)
	}
	var out [][]byte
	faults, err := log.Scan(func(e board.Entry) error {
		entry, err := record.Decode(e.Data)
		if err == nil && wanted(entry.Body) {
			out = append(out, bytes.Clone(e.Data))
		}
		return err
	})
	if err == nil && len(faults) > 0 {
		err = errors.New(faults[0].Text)
	}
	if err != nil {
		return nil, fmt.Errorf("read headquarters' log: %w", err)
	}
	return out, nil
}

// Index returns where the entry with these bytes stands.
func (l *Ledger) Index(entry []byte) (uint64, bool) {
	i, ok := l.byHash[record.Code(entry)]
	return i, ok
}

// Find returns the first entry of a type for which is holds.
func Find[B record.Body](l *Ledger, is func(B) bool) (line Line, ok bool) {
	for _, e := range l.Entries {
		if b, of := e.Body.(B); of && is(b) {
			return e, true
		}
	}
	return Line{}, false
}
