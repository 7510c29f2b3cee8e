package record

import (
	"bytes"
	"crypto/sha256"
	"slices"
)

// Entries that answer what the law leaves open, or put a result right.

// Ruling answers a question by decision, signed by headquarters and a
// supervisory office. Written by: canvass.
type Ruling struct {
	_        struct{} `cbor:",toarray"`
	Contest  string
	Question []byte       // SHA-256 of the question's entry
	Order    []string     // of the names in the question, the first wins; empty if Seats decides
	Seats    []GroupSeats // ascending by group; empty if Order decides
	Article  string       // on which it rests
	Text     string
}

// GroupSeats gives a group its seats.
type GroupSeats struct {
	_     struct{} `cbor:",toarray"`
	Group string
	Seats uint64
}

// Lot answers a tie by lot, signed by headquarters and a supervisory office.
// The order follows from the seed: see LotOrder. Written by: canvass.
type Lot struct {
	_        struct{} `cbor:",toarray"`
	Contest  string
	Question []byte // SHA-256 of the question's entry
	Seed     string // public, and fixed only after the canvass was on the record
	Source   string // where the seed came from
	Canvass  []byte // SHA-256 of the canvass entry
}

// Correction replaces a result of a contest that is on the record by another,
// which is a result like any. Signed by headquarters and a supervisory office.
// Written by: canvass.
type Correction struct {
	_        struct{} `cbor:",toarray"`
	Corrects []byte   // SHA-256 of the entry of the result or correction that was in force
	Result   Result   // what holds from here on
	Article  string   // on which the correction rests
	Text     string   // why
}

func (*Ruling) Kind() string     { return "ruling" }
func (*Lot) Kind() string        { return "lot" }
func (*Correction) Kind() string { return "correction" }

// LotOrder returns the ids in the order that the lot with the public seed gives
// them, the winner first: ascending, compared as bytes, by
//
//	SHA-256("sandogh lot v1" ‖ 0x00 ‖ seed ‖ 0x00 ‖ id)
func LotOrder(seed string, ids []string) []string {
	key := func(id string) []byte {
		h := sha256.Sum256([]byte("sandogh lot v1\x00" + seed + "\x00" + id))
		return h[:]
	}
	out := slices.Clone(ids)
	slices.SortFunc(out, func(a, b string) int { return bytes.Compare(key(a), key(b)) })
	return out
}
