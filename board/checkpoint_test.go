package board_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/board"
	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var (
	aliceKey  = testKey("alice")
	bobKey    = testKey("bob")
	witnesses = []board.Witness{{Name: "bob.example/w", Key: public(bobKey)}, {Name: "alice.example/w", Key: public(aliceKey)}}
)

// cosignature makes a line as the specification draws it.
func cosignature(name string, key ed25519.PrivateKey, time uint64, text string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n\x04%s", name, public(key))
	sig := binary.BigEndian.AppendUint64(h.Sum(nil)[:4:4], time)
	sig = append(sig, ed25519.Sign(key, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", time, text))...)
	return "— " + name + " " + base64.StdEncoding.EncodeToString(sig) + "\n"
}

func logLine(t testing.TB, text string) string {
	signed := string(signNote(t, text))
	return signed[strings.Index(signed, "\n\n")+2:]
}

var (
	someRoot = tlog.RecordHash([]byte("some"))
	someText = checkpointText(12345, someRoot)
)

func TestParseCheckpoint(t *testing.T) {
	alice := cosignature("alice.example/w", aliceKey, 1_700_000_000, someText)
	bob := cosignature("bob.example/w", bobKey, 1_700_000_077, someText)
	for _, lines := range []string{"", alice, bob, alice + bob} {
		in := []byte(someText + "\n" + logLine(t, someText) + lines)
		c, err := board.ParseCheckpoint(in, origin, public(logKey), witnesses)
		if err != nil {
			t.Fatal(err)
		}
		if c.Origin != origin || c.Size != 12345 || c.Root != someRoot || !bytes.Equal(c.Note, in) {
			t.Errorf("parsed %+v", c)
		}
		var names []string
		var times []uint64
		if strings.Contains(lines, "alice") {
			names, times = append(names, "alice.example/w"), append(times, 1_700_000_000)
		}
		if strings.Contains(lines, "bob") {
			names, times = append(names, "bob.example/w"), append(times, 1_700_000_077)
		}
		if !slices.Equal(c.Cosigned, names) || !slices.Equal(c.Times, times) {
			t.Errorf("cosigned %v %v, want %v %v", c.Cosigned, c.Times, names, times)
		}
		if got := board.FormatCheckpoint(c.Origin, c.Size, c.Root); string(got) != someText {
			t.Errorf("formatted %q", got)
		}
	}
}

func TestRefusedCheckpoints(t *testing.T) {
	ok := logLine(t, someText)
	alice := cosignature("alice.example/w", aliceKey, 1_700_000_000, someText)
	bob := cosignature("bob.example/w", bobKey, 1_700_000_000, someText)
	b64 := someRoot.String()
	// Every text is signed as it stands: only its form is wrong.
	text := func(s string) string { return s + "\n" + logLine(t, s) }
	// The last character of 32 bytes in base64 has two unused bits.
	loose := b64[:42] + string(b64[42]+1) + "="
	replace := func(old, new string) string { return strings.Replace(ok, old, new, 1) }
	sig := strings.Fields(ok)[2]
	zero := "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" // of no entries
	for name, in := range map[string]string{
		"empty":                 "",
		"text only":             someText,
		"no signature":          someText + "\n",
		"extension line":        text(someText + "ext\n"),
		"two lines":             text(origin + "\n12345\n"),
		"another origin":        text(checkpointTextOf("sandogh/00ff/branch/801", "12345", b64)),
		"leading zero":          text(checkpointTextOf(origin, "012345", b64)),
		"plus sign":             text(checkpointTextOf(origin, "+12345", b64)),
		"minus sign":            text(checkpointTextOf(origin, "-1", b64)),
		"hexadecimal":           text(checkpointTextOf(origin, "0x10", b64)),
		"space in size":         text(checkpointTextOf(origin, "12345 ", b64)),
		"empty size":            text(checkpointTextOf(origin, "", b64)),
		"underscore":            text(checkpointTextOf(origin, "12_345", b64)),
		"size beyond 2^48":      text(checkpointTextOf(origin, "281474976710657", b64)),
		"size beyond 64 bits":   text(checkpointTextOf(origin, "18446744073709551617", b64)),
		"root of 31 bytes":      text(checkpointTextOf(origin, "12345", base64.StdEncoding.EncodeToString(someRoot[:31]))),
		"root of 33 bytes":      text(checkpointTextOf(origin, "12345", base64.StdEncoding.EncodeToString(append(someRoot[:], 1)))),
		"root without padding":  text(checkpointTextOf(origin, "12345", strings.TrimRight(b64, "="))),
		"root with loose bits":  text(checkpointTextOf(origin, "12345", loose)),
		"root with CR":          text(checkpointTextOf(origin, "12345", b64[:10]+"\r"+b64[10:])),
		"root of other size":    text(checkpointTextOf(origin, "0", b64)),
		"carriage returns":      text(strings.ReplaceAll(someText, "\n", "\r\n")),
		"bare cosignature":      someText + "\n" + alice,
		"cosignature first":     someText + "\n" + alice + ok,
		"log signed twice":      someText + "\n" + ok + ok,
		"cosigned twice":        someText + "\n" + ok + alice + alice,
		"out of order":          someText + "\n" + ok + bob + alice,
		"unknown witness":       someText + "\n" + ok + cosignature("carol.example/w", aliceKey, 1, someText),
		"another's key":         someText + "\n" + ok + cosignature("alice.example/w", bobKey, 1, someText),
		"time beyond 63 bits":   someText + "\n" + ok + cosignature("alice.example/w", aliceKey, 1<<63, someText),
		"cosigned other text":   someText + "\n" + ok + cosignature("alice.example/w", aliceKey, 1, checkpointText(12344, someRoot)),
		"cosigned without time": someText + "\n" + ok + strings.Replace(ok, origin, "alice.example/w", 1),
		"signed other text":     someText + "\n" + logLine(t, checkpointText(12344, someRoot)),
		"hyphen for dash":       someText + "\n" + replace("—", "-"),
		"two spaces":            someText + "\n" + replace(" sandogh", "  sandogh"),
		"no last newline":       someText + "\n" + strings.TrimSuffix(ok, "\n"),
		"empty line at the end": someText + "\n" + ok + "\n",
		"empty line between":    someText + "\n\n" + ok,
		"text after":            someText + "\n" + ok + "x\n",
		"space after":           someText + "\n" + strings.TrimSuffix(ok, "\n") + " \n",
		"signature with CR":     someText + "\n" + replace(sig, sig[:8]+"\r"+sig[8:]),
		"signature cut":         someText + "\n" + replace(sig, sig[:80]),
		"key id only":           someText + "\n" + replace(sig, "AAAAAA=="),
		"too long":              someText + "\n" + ok + strings.Repeat(alice, 1000),
	} {
		t.Run(name, func(t *testing.T) {
			if c, err := board.ParseCheckpoint([]byte(in), origin, public(logKey), witnesses); err == nil {
				t.Errorf("accepted %+v", c)
			}
		})
	}
	good := []byte(someText + "\n" + ok)
	if _, err := board.ParseCheckpoint(good, origin, public(aliceKey), witnesses); err == nil {
		t.Error("accepted under another key")
	}
	if _, err := board.ParseCheckpoint(good, origin, public(logKey)[:31], witnesses); err == nil {
		t.Error("accepted under a short key")
	}
	if _, err := board.ParseCheckpoint(good, "sandogh/00ff/hq", public(logKey), witnesses); err == nil {
		t.Error("accepted for another origin")
	}
	// A short witness key is a fault of the caller and must not panic.
	cosigned := append(good, alice...)
	if _, err := board.ParseCheckpoint(cosigned, origin, public(logKey), []board.Witness{{Name: "alice.example/w", Key: public(aliceKey)[:8]}}); err == nil {
		t.Error("accepted a witness with a short key")
	}
	if _, err := board.ParseCheckpoint([]byte(text(checkpointTextOf(origin, "0", zero))), origin, public(logKey), nil); err != nil {
		t.Errorf("the empty log was refused: %v", err)
	}
}

func checkpointTextOf(origin, size, root string) string {
	return origin + "\n" + size + "\n" + root + "\n"
}

// No single bit of a published checkpoint may be changed.
func TestNothingOfACheckpointIsMalleable(t *testing.T) {
	in := []byte(someText + "\n" + logLine(t, someText) + cosignature("alice.example/w", aliceKey, 1_700_000_000, someText))
	if _, err := board.ParseCheckpoint(in, origin, public(logKey), witnesses); err != nil {
		t.Fatal(err)
	}
	for i := range in {
		for bit := range 8 {
			bad := bytes.Clone(in)
			bad[i] ^= 1 << bit
			if _, err := board.ParseCheckpoint(bad, origin, public(logKey), witnesses); err == nil {
				t.Errorf("accepted with bit %d of byte %d flipped", bit, i)
			}
		}
	}
}

// The same key ids and signatures come from other implementations: x/mod for
// the log's, transparency-dev/formats for the witness's.
func TestOtherImplementations(t *testing.T) {
	encode := func(alg byte, key ed25519.PublicKey, name string) string {
		return fmt.Sprintf("%s+%08x+%s", name, board.KeyID(name, alg, key), base64.StdEncoding.EncodeToString(append([]byte{alg}, key...)))
	}
	theirLog, err := note.NewVerifier(encode(board.AlgEd25519, public(logKey), origin))
	if err != nil {
		t.Fatal(err)
	}
	theirWitness, err := fnote.NewVerifierForCosignatureV1(encode(board.AlgCosignature, public(aliceKey), "alice.example/w"))
	if err != nil {
		t.Fatal(err)
	}
	ourLog, ourWitness := board.NewVerifier(origin, public(logKey)), board.NewWitnessVerifier("alice.example/w", public(aliceKey))
	for _, pair := range [][2]note.Verifier{{ourLog, theirLog}, {ourWitness, theirWitness}} {
		if pair[0].Name() != pair[1].Name() || pair[0].KeyHash() != pair[1].KeyHash() {
			t.Errorf("key %s %x, want %s %x", pair[0].Name(), pair[0].KeyHash(), pair[1].Name(), pair[1].KeyHash())
		}
	}

	// Theirs signed, ours verified.
	skey := fmt.Sprintf("PRIVATE+KEY+alice.example/w+%08x+%s", ourWitness.KeyHash(),
		base64.StdEncoding.EncodeToString(append([]byte{board.AlgCosignature}, aliceKey.Seed()...)))
	signer, err := fnote.NewSignerForCosignatureV1(skey)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := note.Sign(&note.Note{Text: someText}, noteSigner(t, origin, logKey), signer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := board.ParseCheckpoint(signed, origin, public(logKey), witnesses)
	if err != nil || !slices.Equal(c.Cosigned, []string{"alice.example/w"}) {
		t.Fatalf("parsed %v, %v", c.Cosigned, err)
	}

	// Ours signed, theirs verified.
	const now = 1_700_000_000
	sig := binary.BigEndian.AppendUint64(nil, now)
	sig = append(sig, ed25519.Sign(aliceKey, board.CosignatureMessage(now, []byte(someText)))...)
	ours, err := board.AddCosignatures(signNote(t, someText), board.FormatSignatureLine("alice.example/w", ourWitness.KeyHash(), sig))
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(ours, note.VerifierList(theirLog, theirWitness))
	if err != nil || len(n.Sigs) != 2 || len(n.UnverifiedSigs) != 0 {
		t.Fatalf("opened %+v, %v", n, err)
	}
	if at, err := fnote.CoSigV1Timestamp(n.Sigs[1]); err != nil || at.Unix() != now {
		t.Errorf("time %v, %v", at, err)
	}
}

func TestAddCosignatures(t *testing.T) {
	alice := cosignature("alice.example/w", aliceKey, 1, someText)
	bob := cosignature("bob.example/w", bobKey, 1, someText)
	plain := signNote(t, someText)
	want := string(plain) + alice + bob
	for _, lines := range [][]string{{alice, bob}, {bob, alice}, {bob + alice}, {"", alice, bob}} {
		out := plain
		for _, line := range lines {
			var err error
			if out, err = board.AddCosignatures(out, []byte(line)); err != nil {
				t.Fatal(err)
			}
		}
		if string(out) != want {
			t.Errorf("%q, want %q", out, want)
		}
	}
	for name, lines := range map[string]string{
		"twice":     alice + alice,
		"malformed": "alice\n",
		"cut":       strings.TrimSuffix(alice, "\n"),
	} {
		if _, err := board.AddCosignatures(plain, []byte(lines)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := board.AddCosignatures([]byte(want), []byte(bob)); err == nil {
		t.Error("accepted a witness that is there")
	}
	if _, err := board.AddCosignatures([]byte(someText), []byte(bob)); err == nil {
		t.Error("accepted a note without signatures")
	}
}

func FuzzCheckpoint(f *testing.F) {
	good := someText + "\n" + logLine(f, someText)
	f.Add([]byte(good))
	f.Add([]byte(good + cosignature("alice.example/w", aliceKey, 9, someText)))
	f.Add([]byte(good + cosignature("alice.example/w", aliceKey, 9, someText) + cosignature("bob.example/w", bobKey, 9, someText)))
	f.Add([]byte(someText))
	f.Add([]byte("\n\n— a AAAAAAA=\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if same, err := board.AddCosignatures(in); err == nil {
			again, err := board.AddCosignatures(same)
			if err != nil || !bytes.Equal(again, same) {
				t.Fatalf("not stable: %q, %q, %v", same, again, err)
			}
		}
		c, err := board.ParseCheckpoint(in, origin, public(logKey), witnesses)
		if err != nil {
			return
		}
		// What is accepted is what the accepted values are written as.
		text := board.FormatCheckpoint(c.Origin, c.Size, c.Root)
		if !bytes.HasPrefix(in, append(text, "\n— "+origin+" "...)) {
			t.Fatalf("accepted %q as %q", in, text)
		}
		if same, err := board.AddCosignatures(in); err != nil || !bytes.Equal(same, in) {
			t.Fatalf("accepted %q, written as %q, %v", in, same, err)
		}
	})
}

func FuzzSignatureLine(f *testing.F) {
	f.Add(logLine(f, someText))
	f.Add("— a b\n")
	f.Add("— a AAAAAAA=\n")
	f.Fuzz(func(t *testing.T, line string) {
		name, id, sig, err := board.ParseSignatureLine(line)
		if err != nil {
			return
		}
		if again := board.FormatSignatureLine(name, id, sig); string(again) != line {
			t.Fatalf("%q is written as %q", line, again)
		}
	})
}

func BenchmarkParseCheckpoint(b *testing.B) {
	in := []byte(someText + "\n" + logLine(b, someText) + cosignature("alice.example/w", aliceKey, 9, someText))
	for b.Loop() {
		if _, err := board.ParseCheckpoint(in, origin, public(logKey), witnesses); err != nil {
			b.Fatal(err)
		}
	}
}
