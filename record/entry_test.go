package record_test

import (
	"bytes"
	"crypto/ed25519"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/record"
	"pgregory.net/rapid"
)

func TestEveryKind(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range samples() {
		seen[b.Kind()] = true
		data := sign(t, record.HQ, b, "office/hq")
		message := slices.Concat([]byte("sandogh entry v1\x00"), testElection[:], array(record.HQ, b.Kind(), encode(b)))
		sig := ed25519.Sign(testKey("office/hq"), message)
		if want := array(b.Kind(), encode(b), array(array("office/hq", sig))); !bytes.Equal(data, want) {
			t.Errorf("%s is encoded as\n%x, want\n%x", b.Kind(), data, want)
		}
		if m, err := record.Message(testElection, record.HQ, b); err != nil || !bytes.Equal(m, message) {
			t.Errorf("%s: what is signed is %x, want %x (%v)", b.Kind(), m, message, err)
		}
		e, err := record.Decode(data)
		if err != nil {
			t.Errorf("%s: %v", b.Kind(), err)
			continue
		}
		if e.Body.Kind() != b.Kind() {
			t.Errorf("%s is decoded as %s", b.Kind(), e.Body.Kind())
		}
		again, err := record.Encode(e)
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s: encoded again it is %x, want %x (%v)", b.Kind(), again, data, err)
		}
		if err := e.Verify(testElection, record.HQ, keys("office/hq")); err != nil {
			t.Errorf("%s: %v", b.Kind(), err)
		}
	}
	if len(seen) != record.Kinds() {
		t.Errorf("the table has %d types of entries, there are %d", len(seen), record.Kinds())
	}
}

func TestNilAndEmptyAreOne(t *testing.T) {
	for _, pair := range [][2]record.Body{
		{&record.Tally{Contest: "c"}, &record.Tally{Contest: "c", Counts: []uint64{}}},
		{&record.Cast{Device: "d"}, &record.Cast{Device: "d", Code: []byte{}}},
		{&record.Dealing{Shares: [][]byte{nil}}, &record.Dealing{Shares: [][]byte{{}}}},
		{&record.Result{}, &record.Result{Elected: []string{}, Alternates: []string{}, Canvass: []byte{}}},
	} {
		a, b := sign(t, record.HQ, pair[0], "office/hq"), sign(t, record.HQ, pair[1], "office/hq")
		if !bytes.Equal(a, b) {
			t.Errorf("%s: nil is encoded as %x, empty as %x", pair[0].Kind(), a, b)
		}
	}
}

// cast is a whole entry with any body and signatures.
func cast(body, signatures any) []byte { return array("cast", body, signatures) }

func TestDecodeRefuses(t *testing.T) {
	sig, code := fill(8, 64), fill(1, 32)
	sigs := array(array("device/d1", sig))
	body := array("d1", 5, code)
	if _, err := record.Decode(cast(body, sigs)); err != nil {
		t.Fatalf("the entry that the others are made from: %v", err)
	}
	const canonical = "not the one encoding"
	for _, c := range []struct {
		what string
		data []byte
		text string
	}{
		{"nothing", nil, "EOF"},
		{"cut short", cast(body, sigs)[:50], "EOF"},
		{"trailing byte", append(cast(body, sigs), 0), "extraneous"},
		{"two entries", slices.Concat(cast(body, sigs), cast(body, sigs)), "extraneous"},

		{"number in 2 bytes", cast(array("d1", raw{0x18, 5}, code), sigs), canonical},
		{"number in 9 bytes", cast(array("d1", raw{0x1b, 0, 0, 0, 0, 0, 0, 0, 5}, code), sigs), canonical},
		{"number as a float", cast(array("d1", raw{0xf9, 0x45, 0}, code), sigs), "cbor"},
		{"number as a string", cast(array("d1", "5", code), sigs), "cbor"},
		{"negative number", cast(array("d1", raw{0x24}, code), sigs), "cbor"},
		{"number as a bignum", cast(array("d1", raw{0xc2, 0x41, 5}, code), sigs), "tag"},
		{"tagged kind", array(raw(append([]byte{0xc1}, encode("cast")...)), body, sigs), "tag"},
		{"tagged body", cast(raw(append([]byte{0xd9, 0xd9, 0xf7}, body...)), sigs), "tag"},
		{"length of a string in 2 bytes", cast(array(raw{0x78, 2, 'd', '1'}, 5, code), sigs), canonical},
		{"length of the array in 2 bytes", slices.Concat([]byte{0x98, 3}, cast(body, sigs)[1:]), canonical},
		{"length of the body in 3 bytes", cast(raw(slices.Concat([]byte{0x99, 0, 3}, body[1:])), sigs), canonical},
		{"indefinite array", slices.Concat([]byte{0x9f}, cast(body, sigs)[1:], []byte{0xff}), "indefinite"},
		{"indefinite body", cast(raw(slices.Concat([]byte{0x9f}, body[1:], []byte{0xff})), sigs), "indefinite"},
		{"indefinite bytes", cast(array("d1", 5, raw(slices.Concat([]byte{0x5f}, encode(code), []byte{0xff}))), sigs), "indefinite"},
		{"indefinite text", cast(array(raw(slices.Concat([]byte{0x7f}, encode("d1"), []byte{0xff})), 5, code), sigs), "indefinite"},

		{"map for the entry", slices.Concat([]byte{0xa3}, encode("Kind"), encode("cast"), encode("Body"), body, encode("Signatures"), sigs), "cbor"},
		{"map for the body", cast(raw(slices.Concat([]byte{0xa3}, encode("Device"), encode("d1"), encode("Number"), encode(5), encode("Code"), encode(code))), sigs), "cbor"},
		{"map for a signature", cast(body, array(raw(slices.Concat([]byte{0xa2}, encode("By"), encode("device/d1"), encode("Sig"), encode(sig))))), "cbor"},

		{"entry of two", array("cast", body), "cbor"},
		{"entry of four", array("cast", body, sigs, sigs), "cbor"},
		{"body of one field less", cast(array("d1", 5), sigs), "cbor"},
		{"body of one field more", cast(array("d1", 5, code, 0), sigs), "cbor"},
		{"empty body", cast(array(), sigs), "cbor"},
		{"signature of one field less", cast(body, array(array("device/d1"))), "cbor"},
		{"signature of one field more", cast(body, array(array("device/d1", sig, 0))), "cbor"},

		{"unknown kind", array("stolen", body, sigs), `unknown type "stolen"`},
		{"kind in capitals", array("Cast", body, sigs), "unknown type"},
		{"no kind", array("", body, sigs), "unknown type"},
		{"kind as bytes", array([]byte("cast"), body, sigs), "cbor"},
		{"body of another kind", array("close", body, sigs), "cbor"},

		{"no signatures", cast(body, array()), "no signature"},
		{"null for the signatures", cast(body, nil), "no signature"},
		{"one signer twice", cast(body, array(array("device/d1", sig), array("device/d1", sig))), "ascending"},
		{"signers out of order", cast(body, array(array("officer/o2", sig), array("officer/o1", sig))), "ascending"},
		{"short signature", cast(body, array(array("device/d1", sig[:63]))), "63 bytes"},
		{"long signature", cast(body, array(array("device/d1", append(sig, 0)))), "65 bytes"},
		{"null for a signature", cast(body, array(array("device/d1", nil))), "0 bytes"},

		{"null for bytes", cast(array("d1", 5, nil), sigs), canonical},
		{"undefined for bytes", cast(array("d1", 5, raw{0xf7}), sigs), canonical},
		{"null for text", cast(array(nil, 5, code), sigs), canonical},
		{"null for a number", cast(array("d1", nil, code), sigs), canonical},
		{"null for the body", cast(nil, sigs), canonical},
		{"text for bytes", cast(array("d1", 5, strings.Repeat("x", 32)), sigs), "cbor"},
		{"bytes for text", cast(array([]byte("d1"), 5, code), sigs), "cbor"},
		{"array of numbers for bytes", cast(array("d1", 5, array(1, 2)), sigs), canonical},
		{"invalid UTF-8", cast(array(raw{0x61, 0xff}, 5, code), sigs), "UTF-8"},
		{"surrogate in UTF-8", cast(array(raw{0x63, 0xed, 0xa0, 0x80}, 5, code), sigs), "UTF-8"},
		{"invalid UTF-8 in a signer", cast(body, array(array(raw{0x61, 0xff}, sig))), "UTF-8"},

		{"null for a list", array("tally", array("c", "u", 0, nil), sigs), canonical},
		{"null in a list of bytes", array("dealing", array("t", []byte{}, []byte{}, array(nil)), sigs), canonical},
		{"null for a blob", array("definition", array(nil), sigs), canonical},
		{"nested deeper than any type", array("tally", array("c", "u", 0, array(array(array(array(array(array(array(1)))))))), sigs), "nested"},
		{"an array that claims 2^32 elements", append([]byte{0x9a, 0xff, 0xff, 0xff, 0xff}, fill(0, 20)...), "cbor"},
		{"bytes that claim 2^62", []byte{0x83, 0x5b, 0x40, 0, 0, 0, 0, 0, 0, 0, 1}, "EOF"},
	} {
		refused(t, c.what, c.data, c.text)
	}
}

// TestErrorsRepeatNoNumber: eight bytes that are read as a length or as a number
// may be those of a key that was taken for an entry.
func TestErrorsRepeatNoNumber(t *testing.T) {
	number := []byte{0xd1, 0x52, 0x51, 0x44, 0x05, 0x15, 0x77, 0x64}
	for _, kind := range []byte{0, 1, 2, 3, 4, 5, 6, 7} {
		for _, prefix := range []string{"", "\xa3", "\xa1\x61k", "\x83\x01"} {
			in := append(append([]byte(prefix), kind<<5|27), number...)
			if _, err := record.Decode(in); err == nil {
				t.Errorf("% x is an entry", in)
			} else if strings.Contains(err.Error(), "15083207454602131300") {
				t.Errorf("% x: %v", in, err)
			}
			if _, err := record.DecodeUnits(in); err != nil && strings.Contains(err.Error(), "15083207454602131300") {
				t.Errorf("% x as units: %v", in, err)
			}
		}
	}
}

func TestLimit(t *testing.T) {
	sized := func(rows int) *record.Sealed {
		return &record.Sealed{Device: "d1", Contests: []record.SealedContest{{Contest: "c", Rows: fill(1, rows)}}}
	}
	overhead := len(sign(t, record.HQ, sized(1<<12), "device/d1")) - 1<<12
	most := record.MaxEntry - overhead
	data := sign(t, record.HQ, sized(most), "device/d1")
	if len(data) != record.MaxEntry {
		t.Fatalf("the largest entry has %d bytes", len(data))
	}
	if _, err := record.Decode(data); err != nil {
		t.Error(err)
	}
	if _, err := record.Sign(testElection, record.HQ, sized(most+1), signer("device/d1")); err == nil || !strings.Contains(err.Error(), "blob") {
		t.Errorf("an entry of %d bytes is written: %v", record.MaxEntry+1, err)
	}
	over := array("sealed", encode(sized(most+1)), array(array("device/d1", fill(8, 64))))
	refused(t, "one byte more", over, "at most 60000")
}

// TestWritesWhatIsRead: nothing is signed that a reader would refuse.
func TestWritesWhatIsRead(t *testing.T) {
	if _, err := record.Sign(testElection, record.HQ, &record.Cast{Device: "\xff"}, signer("device/d1")); err == nil {
		t.Error("an id that is not UTF-8 is signed")
	}
	if _, err := record.Sign(testElection, record.HQ, &record.Cast{}); err == nil {
		t.Error("an entry without signers is written")
	}
	if _, err := record.Sign(testElection, record.HQ, &record.Cast{}, signer("a"), signer("a")); err == nil {
		t.Error("an entry with one signer twice is written")
	}
	s := func(by string, n int) record.Signature { return record.Signature{By: by, Sig: fill(8, n)} }
	for what, sigs := range map[string][]record.Signature{
		"short": {s("a", 63)}, "out of order": {s("b", 64), s("a", 64)},
	} {
		if _, err := record.Encode(record.Entry{Body: &record.Cast{}, Signatures: sigs}); err == nil {
			t.Errorf("signatures that are %s are encoded", what)
		}
	}
	// The order in which signers are named does not matter.
	a := sign(t, record.HQ, &record.Result{Contest: "c"}, "office/hq", "office/board")
	b := sign(t, record.HQ, &record.Result{Contest: "c"}, "office/board", "office/hq")
	if !bytes.Equal(a, b) {
		t.Error("the order in which signers are named changes the entry")
	}
	if _, err := record.Decode(a); err != nil {
		t.Error(err)
	}
}

func TestVerifyRefuses(t *testing.T) {
	branch := record.BranchLog("800")
	if branch != "branch/800" {
		t.Errorf("the log of branch 800 is named %q", branch)
	}
	body := func() *record.Cast { return &record.Cast{Device: "d1", Number: 5, Code: fill(1, 32)} }
	decode := func(data []byte) record.Entry {
		t.Helper()
		e, err := record.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	good := decode(sign(t, branch, body(), "device/d1"))
	known := keys("device/d1")
	if err := good.Verify(testElection, branch, known); err != nil {
		t.Fatal(err)
	}
	refuse := func(what string, err error) {
		t.Helper()
		if err == nil {
			t.Errorf("%s: the signature verifies", what)
		}
	}
	other := testElection
	other[31] ^= 1
	refuse("another election", good.Verify(other, branch, known))
	refuse("another branch", good.Verify(testElection, record.BranchLog("801"), known))
	refuse("headquarters' log", good.Verify(testElection, record.HQ, known))
	refuse("unknown signer", good.Verify(testElection, branch, keys("device/d2")))
	refuse("the key of another", good.Verify(testElection, branch, func(string) (ed25519.PublicKey, bool) {
		return testKey("device/d2").Public().(ed25519.PublicKey), true
	}))
	refuse("another kind", record.Entry{Body: (*record.Spoiled)(body()), Signatures: good.Signatures}.Verify(testElection, branch, known))
	refuse("no signatures", record.Entry{Body: body()}.Verify(testElection, branch, known))
	refuse("one signature of two is unknown",
		decode(sign(t, branch, body(), "device/d1", "officer/o1")).Verify(testElection, branch, known))
	two := decode(sign(t, branch, body(), "device/d1", "officer/o1"))
	two.Signatures[1].Sig = two.Signatures[0].Sig
	refuse("the second of two is false", two.Verify(testElection, branch, keys("device/d1", "officer/o1")))

	// Every byte of the entry matters: changed, it is no entry or not signed.
	data := sign(t, branch, body(), "device/d1")
	for i := range data {
		for _, bit := range []byte{1, 0x80} {
			data[i] ^= bit
			if e, err := record.Decode(data); err == nil {
				if err := e.Verify(testElection, branch, keys("device/d1", "device/d0", "device/q1")); err == nil {
					t.Errorf("with byte %d changed by %#x the entry still verifies", i, bit)
				}
			}
			data[i] ^= bit
		}
	}
}

// TestMalleableSignature: s + L satisfies the equation too, and is refused.
func TestMalleableSignature(t *testing.T) {
	e, err := record.Decode(sign(t, record.HQ, &record.Cast{Device: "d1"}, "device/d1"))
	if err != nil {
		t.Fatal(err)
	}
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	s := slices.Clone(e.Signatures[0].Sig[32:])
	slices.Reverse(s)
	sum := new(big.Int).Add(new(big.Int).SetBytes(s), order).FillBytes(make([]byte, 32))
	slices.Reverse(sum)
	e.Signatures[0].Sig = slices.Concat(e.Signatures[0].Sig[:32], sum)
	if err := e.Verify(testElection, record.HQ, keys("device/d1")); err == nil {
		t.Error("a signature with s + L verifies")
	}
}

// TestDecodeIsInjective: what decodes is the encoding of what it decodes to,
// also for bytes near those of an entry.
func TestDecodeIsInjective(t *testing.T) {
	var entries [][]byte
	for _, b := range samples() {
		entries = append(entries, sign(t, record.HQ, b, "office/hq"))
	}
	rapid.Check(t, func(t *rapid.T) {
		data := slices.Clone(rapid.SampledFrom(entries).Draw(t, "entry"))
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			at := rapid.IntRange(0, min(len(data)-1, 200)).Draw(t, "at")
			switch rapid.IntRange(0, 2).Draw(t, "how") {
			case 0:
				data[at] = rapid.Byte().Draw(t, "byte")
			case 1:
				data = slices.Insert(data, at, rapid.Byte().Draw(t, "byte"))
			case 2:
				data = slices.Delete(data, at, at+1)
			}
			if len(data) == 0 {
				return
			}
		}
		same(t, data)
	})
}

func same(t interface{ Fatalf(string, ...any) }, data []byte) {
	e, err := record.Decode(data)
	if err != nil {
		return
	}
	again, err := record.Encode(e)
	if err != nil || !bytes.Equal(again, data) {
		t.Fatalf("%x is decoded, and encoded again it is %x (%v)", data, again, err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range samples() {
		f.Add(sign(f, record.HQ, b, "office/hq"))
	}
	f.Add([]byte{0x83, 0x60, 0xf6, 0x80})
	f.Fuzz(func(t *testing.T, data []byte) { same(t, data) })
}

func BenchmarkDecodeSealed(b *testing.B) {
	data := sign(b, record.HQ, &record.Sealed{Device: "d1", Style: "30-1-c",
		Contests: []record.SealedContest{{Contest: "c", Rows: fill(2, 21*66), Proof: fill(3, 952)}}}, "device/d1")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := record.Decode(data); err != nil {
			b.Fatal(err)
		}
	}
}
