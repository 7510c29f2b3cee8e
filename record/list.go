package record

import (
	"bytes"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// MaxList is the greatest length in bytes of a blob that holds a list, such as
// the units of a contest or the statements of its branches. The lists of a
// contest in which the whole country votes, with 60,000 branches, have less than
// half of it.
const MaxList = 8 << 20

// Unit is one tally unit: branches in the plan's order and the number of their
// cast ballots in the contest.
type Unit struct {
	_        struct{} `cbor:",toarray"`
	ID       string
	Branches []string
	Ballots  uint64
}

// Statements is what the branches of a contest stated, and what the canvass
// noticed about it.
type Statements struct {
	_          struct{} `cbor:",toarray"`
	Statements []Statement
	Exceptions []Exception
}

// Statement is what a branch stated at its close.
type Statement struct {
	_      struct{} `cbor:",toarray"`
	Branch string
	Counts Counts
}

// Exception is something that the canvass noticed and that does not refute the
// record, such as voters who checked in and did not cast.
type Exception struct {
	_      struct{} `cbor:",toarray"`
	Branch string
	What   string
	Number uint64
}

// ExceptionNotCast counts voters who were checked in and cast nothing.
const ExceptionNotCast = "checked-in-not-cast"

// EncodeUnits returns the content of a blob of TypeUnits:
//
//	[ * [ id: tstr, branches: [ * tstr ], ballots: uint ] ]
func EncodeUnits(units []Unit) ([]byte, error) { return encodeList(TypeUnits, units) }

// DecodeUnits reads exactly what EncodeUnits writes.
func DecodeUnits(data []byte) (units []Unit, err error) {
	if err := decodeList(TypeUnits, data, &units); err != nil {
		return nil, err
	}
	return units, nil
}

// EncodeStatements returns the content of a blob of TypeStatements:
//
//	[ statements: [ * [ branch: tstr, counts: [ 4*4 uint ] ] ],
//	  exceptions: [ * [ branch: tstr, what: tstr, number: uint ] ] ]
func EncodeStatements(s Statements) ([]byte, error) { return encodeList(TypeStatements, s) }

// DecodeStatements reads exactly what EncodeStatements writes.
func DecodeStatements(data []byte) (s Statements, err error) {
	if err := decodeList(TypeStatements, data, &s); err != nil {
		return Statements{}, err
	}
	return s, nil
}

// lists decodes as entries are decoded, with room for more.
var lists = func() cbor.DecMode {
	o := decoding.DecOptions()
	o.MaxArrayElements = MaxList
	m, err := o.DecMode()
	if err != nil {
		panic(err)
	}
	return m
}()

func encodeList(kind string, list any) ([]byte, error) {
	b, err := encoding.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", kind, err)
	}
	if len(b) > MaxList {
		return nil, fmt.Errorf("encode %s: %d bytes, a list has at most %d", kind, len(b), MaxList)
	}
	return b, nil
}

// decodeList reads data into list, a pointer, and refuses everything that
// encodeList does not write.
func decodeList(kind string, data []byte, list any) error {
	if len(data) > MaxList {
		return fmt.Errorf("decode %s: %d bytes, a list has at most %d", kind, len(data), MaxList)
	}
	if err := lists.Unmarshal(data, list); err != nil {
		return fmt.Errorf("decode %s: %w", kind, withoutNumbers(err))
	}
	again, err := encodeList(kind, list)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, data) {
		return fmt.Errorf("decode %s: %w", kind, errNotCanonical)
	}
	return nil
}
