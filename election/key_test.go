package election_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sandogh/sandogh/election"
)

// withKey returns the fault, if any, of an Ed25519 key in the definition.
func withKey(k election.Key) string {
	d := example()
	d.HQLogKey = k
	for _, f := range d.Validate() {
		return f.String()
	}
	return ""
}

// The encodings of the eight points of small order and, where y < 19, of the
// same points with y + p; with and without the sign bit.
func TestEd25519SmallOrder(t *testing.T) {
	for _, y := range []string{
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	} {
		b, err := hex.DecodeString(y)
		if err != nil {
			t.Fatal(err)
		}
		for _, sign := range []byte{0, 0x80} {
			k := election.Key(b)
			k[31] |= sign
			if f := withKey(k); !strings.Contains(f, "small order") && !strings.Contains(f, "not canonical") {
				t.Errorf("%v: fault %q", k, f)
			}
		}
	}
}

func TestEd25519Canonical(t *testing.T) {
	p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	for i := range int64(19) {
		var k election.Key
		new(big.Int).Add(p, big.NewInt(i)).FillBytes(k[:])
		for a, b := 0, 31; a < b; a, b = a+1, b-1 {
			k[a], k[b] = k[b], k[a]
		}
		if f := withKey(k); !strings.Contains(f, "not canonical") {
			t.Errorf("p + %d: fault %q", i, f)
		}
	}
}

// Every real key is accepted, and of random strings only points of the curve:
// with a y that has no point, no signature verifies.
func TestEd25519OnCurve(t *testing.T) {
	off := 0
	for i := range 64 {
		if f := withKey(signing(fmt.Sprint("on curve ", i))); f != "" {
			t.Errorf("key %d: %s", i, f)
		}
		k := election.Key(seed(fmt.Sprint("off curve ", i)))
		k[31] &= 0x7f
		switch f := withKey(k); {
		case strings.Contains(f, "not on the curve"):
			off++
		case f != "":
			t.Errorf("%v: %s", k, f)
		}
	}
	if off < 16 || off > 48 {
		t.Errorf("%d of 64 strings are off the curve, want about half", off)
	}
	// y = 2 and y = 7 have no point; y = 3 and 4 have.
	for y, want := range map[byte]bool{2: false, 7: false, 3: true, 4: true} {
		if got := withKey(election.Key{y}) == ""; got != want {
			t.Errorf("y = %d: accepted %v, want %v", y, got, want)
		}
	}
}

func TestX25519SmallOrder(t *testing.T) {
	for _, u := range []string{
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0900000000000000000000000000000000000000000000000000000000000080", // the base point with the high bit
	} {
		b, err := hex.DecodeString(u)
		if err != nil {
			t.Fatal(err)
		}
		d := example()
		d.Trustees[0].HPKEKey = election.Key(b)
		f := d.Validate()
		if len(f) != 1 || f[0].Path != "trustees[0].hpke_key" {
			t.Errorf("%s: faults %v", u, f)
		}
	}
}

func TestKeyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := election.Key(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
		text, err := json.Marshal(k)
		if err != nil || string(text) != fmt.Sprintf("\"%x\"", k[:]) {
			t.Fatalf("text %s, error %v", text, err)
		}
		var back election.Key
		if err := json.Unmarshal(text, &back); err != nil || back != k {
			t.Fatalf("back %v, error %v", back, err)
		}
		if !bytes.Equal(k.Ed25519(), ed25519.PublicKey(k[:])) {
			t.Fatal("another Ed25519 key")
		}
	})
	good := signing("text").String()
	for _, bad := range []string{"", good[:62], good + "00", strings.ToUpper(good), "0x" + good[2:], good[:63] + "g", " " + good[1:]} {
		var k election.Key
		if err := k.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
}
