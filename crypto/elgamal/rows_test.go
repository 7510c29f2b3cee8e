package elgamal_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
)

// TestEqualOfBoth: two ciphertexts that have one element in common are not equal.
func TestEqualOfBoth(t *testing.T) {
	g := group.Generator()
	h := g.Add(g)
	c := elgamal.Ciphertext{A: g, B: h}
	if !c.Equal(elgamal.Ciphertext{A: g, B: h}) {
		t.Error("a ciphertext is not equal to itself")
	}
	for name, d := range map[string]elgamal.Ciphertext{"first": {A: h, B: h}, "second": {A: g, B: g}, "both": {A: h, B: g}} {
		if c.Equal(d) {
			t.Errorf("equal, though the %s differs", name)
		}
	}
}

// TestDecodeCounts: no rows are rows, many rows are not counted otherwise than
// few, and the row and the element that are wrong are named.
func TestDecodeCounts(t *testing.T) {
	if rows, err := elgamal.Decode(nil, 0); err != nil || len(rows) != 0 {
		t.Errorf("no rows: %v, %v", rows, err)
	}
	g := group.Generator()
	many := make([]elgamal.Ciphertext, 2*elgamal.Size+1)
	for i := range many {
		many[i] = elgamal.Ciphertext{A: g, B: g.Add(g)}
	}
	b := elgamal.Encode(many)
	if rows, err := elgamal.Decode(b, len(many)); err != nil || len(rows) != len(many) {
		t.Errorf("%d rows: %d, %v", len(many), len(rows), err)
	}
	for _, n := range []int{len(many) - 1, len(many) + 1, len(many) + 2} {
		if _, err := elgamal.Decode(b, n); err == nil || !strings.Contains(err.Error(), "rows of 66") {
			t.Errorf("%d rows decoded as %d: %v", len(many), n, err)
		}
	}
	for at, element := range []string{"first", "second"} {
		bad := bytes.Clone(b[:2*elgamal.Size])
		clear(bad[elgamal.Size+at*group.ElementSize:][:group.ElementSize])
		if _, err := elgamal.Decode(bad, 2); err == nil || !strings.Contains(err.Error(), "ciphertext 1, "+element) {
			t.Errorf("row 1 with the identity as its %s element: %v", element, err)
		}
	}
}
