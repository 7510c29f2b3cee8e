package zkp_test

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/zkp"
)

// Every byte of the rows and of the proof matters.
func TestEveryByteMatters(t *testing.T) {
	st, s := seal(t, slotTag, 1, 1, []int{1}, 0)
	rows := elgamal.Encode(st.Rows)
	whole := append(bytes.Clone(rows), s.Proof...)
	accepted := func(b []byte) bool {
		changed, err := elgamal.Decode(b[:len(rows)], 1)
		if err != nil {
			return false
		}
		other := *st
		other.Rows = changed
		return zkp.VerifySlots(&other, b[len(rows):]) == nil
	}
	if !accepted(whole) {
		t.Fatal("refused unchanged")
	}
	for i := range whole {
		for _, flip := range []byte{0x01, 0x80, 0xff} {
			b := bytes.Clone(whole)
			b[i] ^= flip
			if accepted(b) {
				t.Errorf("accepted with byte %d changed by %#x", i, flip)
			}
		}
	}
}

func TestOtherStatementRefused(t *testing.T) {
	tag := func(fields ...string) []byte { return []byte(strings.Join(fields, "\x00")) }
	mine := tag("election", "contest", "style", "branch", "device", "1")
	st, s := seal(t, mine, 5, 3, []int{2, 4, 0}, 0)
	foreign, f := seal(t, mine, 5, 3, []int{2, 4, 0}, 1)
	if zkp.VerifySlots(st, s.Proof) != nil || zkp.VerifySlots(foreign, f.Proof) != nil {
		t.Fatal("refused unchanged")
	}
	row := func(j int, c elgamal.Ciphertext) func(*zkp.SlotStatement) {
		return func(st *zkp.SlotStatement) { st.Rows[j] = c }
	}
	tagged := func(fields ...string) func(*zkp.SlotStatement) {
		return func(st *zkp.SlotStatement) { st.Tag = tag(fields...) }
	}
	for name, change := range map[string]func(*zkp.SlotStatement){
		"election":          tagged("other", "contest", "style", "branch", "device", "1"),
		"contest":           tagged("election", "other", "style", "branch", "device", "1"),
		"style":             tagged("election", "contest", "other", "branch", "device", "1"),
		"branch":            tagged("election", "contest", "style", "other", "device", "1"),
		"device":            tagged("election", "contest", "style", "branch", "other", "1"),
		"ballot id":         tagged("election", "contest", "style", "branch", "device", "2"),
		"no tag":            func(st *zkp.SlotStatement) { st.Tag = nil },
		"key":               func(st *zkp.SlotStatement) { st.Key = group.Hash("key", 1) },
		"key is identity":   func(st *zkp.SlotStatement) { st.Key = group.Element{} },
		"n, same b":         func(st *zkp.SlotStatement) { st.N = 6 },
		"n, other b":        func(st *zkp.SlotStatement) { st.N = 16 },
		"n zero":            func(st *zkp.SlotStatement) { st.N = 0 },
		"k, same m":         func(st *zkp.SlotStatement) { st.K = 2 },
		"k and rows":        func(st *zkp.SlotStatement) { st.K, st.Rows = 2, st.Rows[:2] },
		"a row too many":    func(st *zkp.SlotStatement) { st.Rows = append(st.Rows, st.Rows[0]) },
		"no rows":           func(st *zkp.SlotStatement) { st.Rows = nil },
		"foreign first row": row(0, foreign.Rows[0]),
		"foreign last row":  row(2, foreign.Rows[2]),
		"all rows foreign":  func(st *zkp.SlotStatement) { st.Rows = foreign.Rows },
		"rows swapped":      func(st *zkp.SlotStatement) { st.Rows[0], st.Rows[1] = st.Rows[1], st.Rows[0] },
		"row twice":         row(1, st.Rows[0]),
		"re-encrypted row":  row(1, slotKey.Reencrypt(st.Rows[1], refNum(9))),
		"row plus one":      row(1, elgamal.Ciphertext{A: st.Rows[1].A, B: st.Rows[1].B.Add(group.Generator())}),
		"identity in A":     row(1, elgamal.Ciphertext{B: st.Rows[1].B}),
		"identity in B":     row(2, elgamal.Ciphertext{A: st.Rows[2].A}),
	} {
		other := *st
		other.Rows = slices.Clone(st.Rows)
		change(&other)
		if zkp.VerifySlots(&other, s.Proof) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if zkp.VerifySlots(st, f.Proof) == nil {
		t.Error("accepted the proof of another ballot")
	}
}

func TestMalformedProofRefused(t *testing.T) {
	st, s := seal(t, slotTag, 3, 2, []int{1, 0}, 0)
	const r = 3 // N = 8
	order, err := hex.DecodeString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(s.Proof) {
		if zkp.VerifySlots(st, s.Proof[:n]) == nil {
			t.Errorf("accepted the first %d bytes", n)
		}
	}
	if zkp.VerifySlots(st, append(bytes.Clone(s.Proof), 0)) == nil {
		t.Error("accepted a byte too many")
	}
	var elements, numbers []int
	at := 0
	for _, run := range []struct {
		count, size int
		to          *[]int
	}{{6, 33, &elements}, {3, 32, &numbers}, {2 * r, 33, &elements}, {2, 32, &numbers}} {
		for range run.count {
			*run.to = append(*run.to, at)
			at += run.size
		}
	}
	if at != len(s.Proof) {
		t.Fatalf("proof of %d bytes, not %d", len(s.Proof), at)
	}
	var batch group.Batch
	try := func(what string, at int, b []byte) {
		t.Helper()
		bad := bytes.Clone(s.Proof)
		copy(bad[at:], b)
		err := zkp.AddSlots(&batch, st, bad)
		if err == nil || !strings.Contains(err.Error(), "decode slot proof") {
			t.Errorf("%s at %d: %v", what, at, err)
		}
	}
	for _, at := range elements {
		try("identity", at, make([]byte, 33))
		try("uncompressed prefix", at, []byte{4})
		try("abscissa not below p", at, bytes.Repeat([]byte{0xff}, 33)[:33])
	}
	for _, at := range numbers {
		try("scalar q", at, order)
		try("scalar 2^256 − 1", at, bytes.Repeat([]byte{0xff}, 32))
	}
	if batch.Len() != 0 {
		t.Error("refused proofs left terms in the batch")
	}
}

func TestBatchSinglesOut(t *testing.T) {
	const ballots, bad = 20, 13
	var good, all group.Batch
	for i := range ballots {
		st, s := seal(t, slotTag, 3, 2, []int{1 + i%3, 0}, byte(i))
		if i == bad {
			st.Tag = []byte("moved")
		} else if err := zkp.AddSlots(&good, st, s.Proof); err != nil {
			t.Fatal(err)
		}
		if err := zkp.AddSlots(&all, st, s.Proof); err != nil {
			t.Fatal(err)
		}
		if err := zkp.VerifySlots(st, s.Proof); (err != nil) != (i == bad) {
			t.Errorf("ballot %d alone: %v", i, err)
		}
	}
	if !good.Valid() {
		t.Error("the batch of good ballots is refused")
	}
	if all.Valid() {
		t.Error("the batch with a bad ballot is accepted")
	}
}

func FuzzSlotProof(f *testing.F) {
	st, s := seal(f, slotTag, 1, 1, []int{1}, 0)
	_, bigger := seal(f, slotTag, 3, 2, []int{1, 0}, 0)
	f.Add(s.Proof, byte(1))
	f.Add(bigger.Proof, byte(3))
	f.Add(s.Proof[1:], byte(1))
	f.Add([]byte{}, byte(12))
	f.Fuzz(func(t *testing.T, b []byte, rounds byte) {
		out, err := zkp.ReencodeSlotProof(b, 1<<(1+rounds%12))
		if err == nil && !bytes.Equal(out, b) {
			t.Error("decodes to something that encodes differently")
		}
		if err := zkp.VerifySlots(st, b); err == nil && !bytes.Equal(b, s.Proof) {
			t.Error("another proof is accepted")
		}
	})
}
