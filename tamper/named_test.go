package tamper_test

import (
	"slices"
	"strings"
	"testing"
)

// onRecords are the threats that act on a record: all of A, B and F, and of C,
// D and H those that change what is published. Each has a row, or stands in
// notOnRecords.
var onRecords = strings.Fields(`
	A01 A02 A03 A04 A05 A06 A07 A08 A09 A10 A11 A12 A13 A14 A15 A16 A17 A18 A19 A20
	B01 B02 B03 B04 B05 B06 B07 B08 B09 B10 B11 B12 B13 B14 B15 B16 B17 B18
	F01 F02 F03 F04 F05 F06 F07 F08 F09 F10
	C04 D01 D05 D06 D07 D11 D19 H01 H02 H04 H05 H06 H11`)

// notOnRecords are those that leave no mark on a record, and why. What stands
// against them is in doc/threats.md.
var notOnRecords = map[string]string{
	"A05": "the record is as it should be, and gives a vote away",
	"A18": "a verifier whose weights can be guessed, not a record",
	"B07": "a fault of a disk: the entry is not there and was not acknowledged",
	"B08": "a fault of a disk: the entry is not there and was acknowledged to one voter",
	"B09": "a fault of a disk",
	"B11": "an entry that is late, and not missing for long",
	"F02": "a share that is lost is missing in the record, where a quorum suffices",
	"F09": "another verifier: spec/vectors/record is for them",
}

// named is how many rows with an id there must at least be.
const named = 70

// TestEveryThreatHasItsRow: every threat to a record has a row that carries its
// id, and names are given once.
func TestEveryThreatHasItsRow(t *testing.T) {
	seen := map[string]bool{}
	var ids []string
	cases := 0
	for _, tb := range tables() {
		for _, r := range tb.rows {
			if name := r.checks + " " + r.name; seen[name] {
				t.Errorf("two rows are %q, refused by %s", r.name, r.checks)
			} else {
				seen[name] = true
			}
			if m := idOfRow.FindStringSubmatch(r.name); m != nil {
				ids = append(ids, m[1])
				if strings.ContainsAny(m[1][:1], "ABCDFH") {
					cases++
				}
			}
		}
	}
	for _, id := range onRecords {
		why, left := notOnRecords[id]
		if has := slices.Contains(ids, id); has && left {
			t.Errorf("%s has a row, and is said to have none because it is %s", id, why)
		} else if !has && !left {
			t.Errorf("%s has no row", id)
		}
	}
	if cases < named {
		t.Errorf("%d rows carry an id, of %d", cases, named)
	}
	slices.Sort(ids)
	t.Logf("%d rows, %d of them with one of %d ids", len(seen), len(ids), len(slices.Compact(ids)))
}
