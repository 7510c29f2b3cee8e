package record_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/record"
)

// fill returns n bytes that differ from place to place.
func fill(b byte, n int) []byte { return bytes.Repeat([]byte{b}, n) }

func blob(kind string) record.Blob { return record.NewBlob(kind, []byte(kind)) }

// samples returns at least one body of every type, and for those with lists
// also one with none.
func samples() []record.Body {
	counts := record.Counts{CheckedIn: 70_000, Cast: 300, Spoiled: 24, Challenged: 23}
	return []record.Body{
		&record.Definition{Blob: blob(record.TypeDefinition)},
		&record.Commitment{Trustee: "t1", Hash: fill(1, 32)},
		&record.Dealing{Trustee: "t1", Commitments: fill(2, 66), Proof: fill(3, 65), Shares: [][]byte{fill(4, 80), fill(5, 80), {}}},
		&record.Complaint{Trustee: "t1", Dealer: "t2"},
		&record.Disclosure{Dealer: "t2", Trustee: "t1", Share: fill(6, 32)},
		&record.Confirmation{Trustee: "t1", Key: fill(2, 33), Verification: fill(3, 33)},
		&record.ElectionKey{Key: fill(2, 33), Verification: [][]byte{fill(3, 33), fill(4, 33)}},
		&record.Grant{Office: "board", What: record.GrantDevice, ID: "d1", Branch: "800", Key: fill(7, 32)},
		&record.Head{Branch: "800", Checkpoint: []byte("a signed note\n")},
		&record.Units{Contest: "c", Units: record.NewBlob(record.TypeUnits, nil)},
		&record.Shuffle{Contest: "c", Unit: "u1", Mixer: "m1", Turn: 1, Input: fill(1, 32), Output: blob(record.TypeRows), Proof: blob(record.TypeShuffleProof)},
		&record.Shares{Contest: "c", Unit: "u1", Trustee: "t1", Shares: blob(record.TypeShares), Proof: fill(9, 98)},
		&record.Tally{Contest: "c", Unit: "u1", Ballots: 61, Counts: []uint64{0, 23, 24, 61}},
		&record.Canvass{Contest: "c", Ballots: 61, Votes: []uint64{40, 1 << 33}, Blank: 7, Statements: record.NewBlob(record.TypeStatements, nil)},
		&record.Question{Contest: "c", What: "tie", Place: "seat", Of: "candidates", Between: []string{"101", "102"}, Seats: 1, Article: "ماده ۲۰", Votes: fill(1, 32)},
		&record.Ruling{Contest: "c", Question: fill(1, 32), Order: []string{"102"}, Article: "ماده ۲۱", Text: "به حکم هیئت"},
		&record.Lot{Contest: "c", Question: fill(1, 32), Seed: "۱۲۳", Source: "قرعه در جلسهٔ علنی", Canvass: fill(2, 32)},
		&record.Result{Contest: "c", Canvass: fill(1, 32), Answers: [][]byte{fill(2, 32)}, Runoff: []string{"104"}, Elected: []string{"101"}, Alternates: []string{"102", "103"}},
		&record.Opening{Branch: "800", Devices: []record.Committed{{Device: "d1", Limit: 1500, Root: fill(1, 32)}}},
		&record.Sealed{Device: "d1", Number: 0, Style: "30-1-c", Contests: []record.SealedContest{{Contest: "c", Rows: fill(2, 21*66), Proof: fill(3, 952)}}},
		&record.Cast{Device: "d1", Number: 0, Code: fill(1, 32)},
		&record.Spoiled{Device: "d1", Number: 65_536, Code: fill(2, 32)},
		&record.Challenged{Device: "d1", Number: 1 << 32, Code: fill(3, 32), Seed: fill(4, 32), Path: [][]byte{fill(5, 32), fill(6, 32)},
			Contests: []record.Revealed{{Contest: "c", Selections: []uint64{1, 3000}, Blanks: []uint64{3001}}}},
		&record.Close{Branch: "800", Size: 400, Root: fill(1, 32), Counts: counts},
		&record.Pause{Branch: "800", Reason: record.PausePower},
		&record.Resume{Branch: "800"},
		&record.ExtensionOrder{Branches: []string{"800", "801"}, Until: "22:00", Article: "ماده ۱۹", Text: "به علت ازدحام"},
		&record.Extension{Branch: "800", ExtensionOrder: fill(1, 32)},
		&record.Enrol{Branch: "800", Device: record.Committed{Device: "spare", Limit: 1500, Root: fill(2, 32)}},
		&record.Retire{Branch: "800", Device: "d1", Reason: record.RetireLost},
		&record.Correction{Corrects: fill(1, 32), Result: record.Result{Contest: "c", Canvass: fill(2, 32), Answers: [][]byte{fill(3, 32)},
			Elected: []string{"102"}, Alternates: []string{"101"}}, Article: "ماده ۷۴", Text: "به حکم هیئت"},

		&record.Units{Contest: "c"},
		&record.Tally{Contest: "c", Unit: "u1"},
		&record.Canvass{Contest: "c"},
		&record.Question{Contest: "c"},
		&record.Ruling{Contest: "c", Seats: []record.GroupSeats{{Group: "A", Seats: 21}, {Group: "independents"}}},
		&record.Lot{Contest: "c"},
		&record.Result{Contest: "c"},
		&record.Opening{Branch: "800"},
		&record.Sealed{},
		&record.Challenged{Contests: []record.Revealed{{}}},
		&record.Dealing{},
		&record.Disclosure{},
		&record.ExtensionOrder{},
		&record.Correction{},
	}
}

// The encoding of these tests is written here, from RFC 8949 and the rules of
// the specification, apart from the code under test.

// head is the initial bytes of a CBOR item: major type and argument, shortest.
func head(major byte, n uint64) []byte {
	major <<= 5
	switch {
	case n < 24:
		return []byte{major | byte(n)}
	case n < 1<<8:
		return []byte{major | 24, byte(n)}
	case n < 1<<16:
		return binary.BigEndian.AppendUint16([]byte{major | 25}, uint16(n))
	case n < 1<<32:
		return binary.BigEndian.AppendUint32([]byte{major | 26}, uint32(n))
	}
	return binary.BigEndian.AppendUint64([]byte{major | 27}, n)
}

// raw is an item that is encoded already.
type raw []byte

func array(items ...any) raw {
	b := head(4, uint64(len(items)))
	for _, x := range items {
		b = append(b, encode(x)...)
	}
	return b
}

func encode(x any) raw {
	switch x := x.(type) {
	case raw:
		return x
	case nil:
		return raw{0xf6}
	case []byte:
		return append(head(2, uint64(len(x))), x...)
	}
	v := reflect.ValueOf(x)
	switch v.Kind() {
	case reflect.String:
		return append(head(3, uint64(v.Len())), v.String()...)
	case reflect.Uint64:
		return head(0, v.Uint())
	case reflect.Int:
		return head(0, uint64(v.Int()))
	case reflect.Slice:
		var items []any
		for i := range v.Len() {
			items = append(items, v.Index(i).Interface())
		}
		return array(items...)
	case reflect.Pointer:
		return encode(v.Elem().Interface())
	case reflect.Struct:
		var items []any
		for _, f := range reflect.VisibleFields(v.Type()) {
			if f.Name != "_" {
				items = append(items, v.FieldByIndex(f.Index).Interface())
			}
		}
		return array(items...)
	}
	panic(fmt.Sprintf("encode %T", x))
}

var testElection = sha256.Sum256([]byte("election of the tests"))

func testKey(by string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("key of " + by))
	return ed25519.NewKeyFromSeed(seed[:])
}

func signer(by string) record.Signer { return record.Signer{By: by, Key: testKey(by)} }

// keys knows the given signers.
func keys(by ...string) func(string) (ed25519.PublicKey, bool) {
	return func(who string) (ed25519.PublicKey, bool) {
		for _, b := range by {
			if b == who {
				return testKey(b).Public().(ed25519.PublicKey), true
			}
		}
		return nil, false
	}
}

func sign(t testing.TB, log string, b record.Body, by ...string) []byte {
	t.Helper()
	var s []record.Signer
	for _, x := range by {
		s = append(s, signer(x))
	}
	data, err := record.Sign(testElection, log, b, s...)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// refused fails unless the bytes are refused with an error that holds the text.
func refused(t *testing.T, what string, data []byte, text string) {
	t.Helper()
	_, err := record.Decode(data)
	if err == nil {
		t.Errorf("%s: accepted", what)
	} else if !strings.Contains(err.Error(), text) {
		t.Errorf("%s: refused with %q, want %q", what, err, text)
	}
}
