package record_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/record"
	"pgregory.net/rapid"
)

// again decodes a list and encodes what comes out.
func again(kind string, data []byte) ([]byte, error) {
	if kind == record.TypeUnits {
		units, err := record.DecodeUnits(data)
		if err != nil {
			return nil, err
		}
		return record.EncodeUnits(units)
	}
	s, err := record.DecodeStatements(data)
	if err != nil {
		return nil, err
	}
	return record.EncodeStatements(s)
}

func list(t testing.TB, data []byte, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func sampleLists(t testing.TB) map[string][]byte {
	units, err := record.EncodeUnits([]record.Unit{{ID: "u1", Branches: []string{"800", "801"}, Ballots: 61}, {ID: "u2", Branches: []string{"802"}}})
	statements, err2 := record.EncodeStatements(record.Statements{
		Statements: []record.Statement{{Branch: "800", Counts: record.Counts{CheckedIn: 500, Cast: 61, Spoiled: 2, Challenged: 1}}, {Branch: "801"}},
		Exceptions: []record.Exception{{Branch: "800", What: record.ExceptionNotCast, Number: 439}}})
	return map[string][]byte{record.TypeUnits: list(t, units, err), record.TypeStatements: list(t, statements, err2)}
}

func TestLists(t *testing.T) {
	for kind, data := range sampleLists(t) {
		if got, err := again(kind, data); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: decoded and encoded again it is %x, want %x (%v)", kind, got, data, err)
		}
	}
	// The bytes of spec/record.md, R18.
	if got := fmt.Sprintf("%x", sampleLists(t)[record.TypeUnits]); got != "8283627531826338303063383031183d83627532816338303200" {
		t.Errorf("the units are encoded as %s", got)
	}
	// Empty and nil are one.
	a, err := record.EncodeUnits(nil)
	b, err2 := record.EncodeUnits([]record.Unit{})
	if !bytes.Equal(list(t, a, err), list(t, b, err2)) || !bytes.Equal(a, []byte{0x80}) {
		t.Errorf("no units are %x and %x", a, b)
	}
}

func TestListsRefuse(t *testing.T) {
	good := sampleLists(t)
	long := []record.Unit{{ID: "u", Branches: []string{strings.Repeat("x", record.MaxList)}}}
	if _, err := record.EncodeUnits(long); err == nil {
		t.Error("a list of more than MaxList bytes is encoded")
	}
	for _, c := range []struct {
		what, kind string
		data       []byte
	}{
		{"nothing", record.TypeUnits, nil},
		{"null", record.TypeUnits, []byte{0xf6}},
		{"a map", record.TypeUnits, []byte{0xa0}},
		{"cut short", record.TypeUnits, good[record.TypeUnits][:20]},
		{"something behind", record.TypeUnits, append(slices.Clone(good[record.TypeUnits]), 0)},
		{"units as statements", record.TypeStatements, good[record.TypeUnits]},
		{"statements as units", record.TypeUnits, good[record.TypeStatements]},
		{"an indefinite length", record.TypeUnits, []byte{0x9f, 0xff}},
		{"a length with a longer head", record.TypeUnits, []byte{0x98, 0x00}},
		{"a number with a longer head", record.TypeUnits, []byte{0x81, 0x83, 0x61, 'u', 0x80, 0x18, 0x05}},
		{"a negative number", record.TypeUnits, []byte{0x81, 0x83, 0x61, 'u', 0x80, 0x20}},
		{"a field more", record.TypeUnits, []byte{0x81, 0x84, 0x61, 'u', 0x80, 0x05, 0x05}},
		{"a field less", record.TypeUnits, []byte{0x81, 0x82, 0x61, 'u', 0x80}},
		{"an id that is not text", record.TypeUnits, []byte{0x81, 0x83, 0x41, 'u', 0x80, 0x05}},
		{"an id that is not UTF-8", record.TypeUnits, []byte{0x81, 0x83, 0x61, 0xff, 0x80, 0x05}},
		{"null for branches", record.TypeUnits, []byte{0x81, 0x83, 0x61, 'u', 0xf6, 0x05}},
		{"a tag", record.TypeUnits, append([]byte{0xc1}, good[record.TypeUnits]...)},
		{"one list of two", record.TypeStatements, []byte{0x81, 0x80}},
		{"a third list", record.TypeStatements, []byte{0x83, 0x80, 0x80, 0x80}},
	} {
		if got, err := again(c.kind, c.data); err == nil {
			t.Errorf("%s: %x is read, as %x", c.what, c.data, got)
		}
	}
	// A length that says more than there is costs nothing.
	if _, err := record.DecodeUnits([]byte{0x9a, 0x7f, 0xff, 0xff, 0xff}); err == nil {
		t.Error("two thousand million units in five bytes are read")
	}
	if _, err := record.DecodeUnits(make([]byte, record.MaxList+1)); err == nil {
		t.Error("more than MaxList bytes are read")
	}
}

// TestCountry: the lists of a contest in which every branch of a country votes
// fit, each branch being a unit of its own.
func TestCountry(t *testing.T) {
	const branches = 60_000
	var units []record.Unit
	var s record.Statements
	for i := range branches {
		id := fmt.Sprintf("31-%05d", i)
		units = append(units, record.Unit{ID: id, Branches: []string{id}, Ballots: 3000})
		s.Statements = append(s.Statements, record.Statement{Branch: id, Counts: record.Counts{CheckedIn: 3000, Cast: 2999, Spoiled: 300, Challenged: 300}})
		s.Exceptions = append(s.Exceptions, record.Exception{Branch: id, What: record.ExceptionNotCast, Number: 1000})
	}
	data, err := record.EncodeUnits(units)
	if got, err2 := record.DecodeUnits(list(t, data, err)); err2 != nil || len(got) != branches || len(data) > record.MaxList/2 {
		t.Errorf("%d bytes: %d units, %v", len(data), len(got), err2)
	}
	data, err = record.EncodeStatements(s)
	if got, err2 := record.DecodeStatements(list(t, data, err)); err2 != nil || len(got.Exceptions) != branches {
		t.Errorf("%d bytes: %d exceptions, %v", len(data), len(got.Exceptions), err2)
	}
}

// TestListsAreInjective: what decodes is the encoding of what it decodes to,
// also for bytes near those of a list.
func TestListsAreInjective(t *testing.T) {
	good := sampleLists(t)
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{record.TypeUnits, record.TypeStatements}).Draw(t, "kind")
		data := slices.Clone(good[kind])
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			data[rapid.IntRange(0, len(data)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		}
		sameList(t, kind, data)
	})
}

func sameList(t interface{ Fatalf(string, ...any) }, kind string, data []byte) {
	got, err := again(kind, data)
	if err == nil && !bytes.Equal(got, data) {
		t.Fatalf("%s: %x is read, and written it is %x", kind, data, got)
	}
}

func FuzzUnits(f *testing.F)      { fuzzList(f, record.TypeUnits) }
func FuzzStatements(f *testing.F) { fuzzList(f, record.TypeStatements) }

func fuzzList(f *testing.F, kind string) {
	f.Add(sampleLists(f)[kind])
	f.Add([]byte{0x80})
	f.Add([]byte{0x82, 0x80, 0x80})
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := again(kind, data)
		if err == nil && !bytes.Equal(got, data) {
			t.Fatalf("%x is read, and written it is %x", data, got)
		}
	})
}

func BenchmarkDecodeUnits(b *testing.B) {
	var units []record.Unit
	for i := range 5000 {
		id := fmt.Sprintf("31-%05d", i)
		units = append(units, record.Unit{ID: id, Branches: []string{id}, Ballots: 3000})
	}
	data, err := record.EncodeUnits(units)
	b.SetBytes(int64(len(list(b, data, err))))
	for b.Loop() {
		if _, err := record.DecodeUnits(data); err != nil {
			b.Fatal(err)
		}
	}
}
