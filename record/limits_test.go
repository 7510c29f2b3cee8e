package record_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/record"
)

// TestLargestList: a list of as many bytes as are allowed is written and read.
func TestLargestList(t *testing.T) {
	named := func(n int) []record.Unit { return []record.Unit{{ID: strings.Repeat("x", n)}} }
	short, err := record.EncodeUnits(named(1 << 16))
	if err != nil {
		t.Fatal(err)
	}
	most := record.MaxList - (len(short) - 1<<16)
	data, err := record.EncodeUnits(named(most))
	if err != nil || len(data) != record.MaxList {
		t.Fatalf("the largest list: %d bytes, %v", len(data), err)
	}
	units, err := record.DecodeUnits(data)
	if err != nil || len(units) != 1 || len(units[0].ID) != most {
		t.Errorf("the largest list is not read: %v", err)
	}
	if data, err := record.EncodeUnits(named(most + 1)); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%d bytes, a list has at most %d", record.MaxList+1, record.MaxList)) {
		t.Errorf("a list of %d bytes is written: %v", len(data), err)
	}
}

// TestSubmissionOfTheLargestEntry: the largest entry is read with what follows
// it, and one byte more is said to be too much.
func TestSubmissionOfTheLargestEntry(t *testing.T) {
	sized := func(rows int) []byte {
		body := &record.Sealed{Device: "d1", Contests: []record.SealedContest{{Contest: "c", Rows: fill(1, rows)}}}
		return array("sealed", encode(body), array(array("device/d1", fill(8, 64))))
	}
	most := record.MaxEntry - (len(sized(1<<12)) - 1<<12)
	s, _, err := record.DecodeSubmission(sized(most))
	if err != nil || len(s.Entry) != record.MaxEntry || len(s.Blobs) != 0 {
		t.Errorf("the largest entry: %v", err)
	}
	for what, c := range map[string]struct {
		data []byte
		text string
	}{
		"bytes after it":              {append(sized(most), 0, 0), "2 bytes after the sealed"},
		"an entry of one byte more":   {sized(most + 1), "at most 60000"},
		"an entry, and an end of one": {append(sized(most+1), sized(1)[:10]...), "at most 60000"},
	} {
		if _, _, err := record.DecodeSubmission(c.data); err == nil || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestSignerIsRedacted: whoever signs may be printed, the key may not.
func TestSignerIsRedacted(t *testing.T) {
	s := signer("office/hq")
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	const want = "signer office/hq (key redacted)"
	for _, got := range []string{fmt.Sprint(s), fmt.Sprintf("%x", s), fmt.Sprintf("%#v", &s), s.LogValue().String(), strings.Trim(string(data), `"`)} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
