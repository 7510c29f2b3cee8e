package record_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/record"
	"pgregory.net/rapid"
)

// hmacSHA256 is RFC 2104 written out.
func hmacSHA256(key []byte, message ...[]byte) [32]byte {
	inner, outer := make([]byte, 64), make([]byte, 64)
	copy(inner, key)
	copy(outer, key)
	for i := range inner {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	h := sha256.Sum256(append(inner, slices.Concat(message...)...))
	return sha256.Sum256(append(outer, h[:]...))
}

func uint64be(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func TestSeed(t *testing.T) {
	root := [32]byte(fill(9, 32))
	for _, number := range []uint64{0, 1, 255, 1 << 40} {
		want := hmacSHA256(root[:], []byte("sandogh seed v1\x00800\x00d1\x00"), uint64be(number))
		got := record.Seed(&root, "800", "d1", number)
		if got != want {
			t.Errorf("seed %d is %x, want %x", number, got, want)
		}
		// RFC 6962: a leaf is hashed with a zero byte before it.
		content := sha256.Sum256(slices.Concat([]byte("sandogh seed leaf v1\x00"), uint64be(number), got[:]))
		leaf := sha256.Sum256(append([]byte{0}, content[:]...))
		if l := record.SeedLeaf(number, got); l != leaf {
			t.Errorf("leaf %d is %x, want %x", number, l[:], leaf)
		}
	}
	// Written down, so that the definition cannot move with its test.
	if s := record.Seed(&root, "800", "d1", 0); hex.EncodeToString(s[:]) != seedVector {
		t.Errorf("the first seed is %x", s)
	}
	if l := record.SeedLeaf(7, root); hex.EncodeToString(l[:]) != leafVector {
		t.Errorf("the leaf is %x", l[:])
	}
}

const (
	seedVector = "b29ebbd10e22e6cbe4f1ecb40c4e3377f417b3029d4e66e10cc6ce9c998f9ce1"
	leafVector = "eb48cd912ce0f539f168349a715d536c16899c141f71be23f6ebe2566f882124"
)

// TestSeedsDiffer: branch, device and number each reach the seed, and none can
// take a letter from its neighbour.
func TestSeedsDiffer(t *testing.T) {
	root, other := [32]byte(fill(9, 32)), [32]byte(fill(8, 32))
	seen := map[[32]byte]string{}
	add := func(name string, seed [32]byte) {
		if before, ok := seen[seed]; ok {
			t.Errorf("%s and %s have one seed", name, before)
		}
		seen[seed] = name
	}
	add("1 23 0", record.Seed(&root, "1", "23", 0))
	add("12 3 0", record.Seed(&root, "12", "3", 0))
	add("123 0", record.Seed(&root, "123", "", 0))
	add("3 12 0", record.Seed(&root, "3", "12", 0))
	add("1 23 1", record.Seed(&root, "1", "23", 1))
	add("other root", record.Seed(&other, "1", "23", 0))
	leaf := map[[32]byte]bool{}
	for _, l := range [][32]byte{record.SeedLeaf(0, root), record.SeedLeaf(1, root), record.SeedLeaf(0, other)} {
		if leaf[l] {
			t.Error("two leaves are equal")
		}
		leaf[l] = true
	}
}

// crockford writes 160 bits in base 32 by division, apart from encoding/base32.
func crockford(b []byte) string {
	const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	n := new(big.Int).SetBytes(b)
	out := make([]byte, 32)
	for i := range out {
		var r big.Int
		n.DivMod(n, big.NewInt(32), &r)
		out[31-i] = digits[r.Int64()]
	}
	var groups []string
	for i := 0; i < 32; i += 4 {
		groups = append(groups, string(out[i:i+4]))
	}
	return strings.Join(groups, "-")
}

func TestCode(t *testing.T) {
	data := []byte("an entry")
	code := record.Code(data)
	if code != sha256.Sum256(data) {
		t.Error("the code is not SHA-256 of the entry")
	}
	for _, c := range []struct {
		code [32]byte
		want string
	}{
		{[32]byte{}, "0000-0000-0000-0000-0000-0000-0000-0000"},
		{[32]byte(fill(0xff, 32)), "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ"},
		{[32]byte{19: 1}, "0000-0000-0000-0000-0000-0000-0000-0001"},
		{[32]byte{20: 0xff}, "0000-0000-0000-0000-0000-0000-0000-0000"}, // beyond the first 160 bits
		{code, crockford(code[:20])},
	} {
		if got := record.FormatCode(c.code); got != c.want {
			t.Errorf("code %x is written %s, want %s", c.code, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		c := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "code"))
		got := record.FormatCode(c)
		if got != crockford(c[:20]) {
			t.Fatalf("code %x is written %s", c, got)
		}
		if strings.ContainsAny(got, "ILOU") {
			t.Fatalf("code %s holds a letter that Crockford leaves out", got)
		}
	})
}

func TestNewBlob(t *testing.T) {
	data := []byte("rows")
	h := sha256.Sum256(data)
	b := record.NewBlob(record.TypeRows, data)
	if b.Type != "rows" || b.Size != 4 || string(b.Hash) != string(h[:]) {
		t.Errorf("the blob is named %+v", b)
	}
}
