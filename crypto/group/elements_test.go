package group_test

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"testing"

	"github.com/sandogh/sandogh/crypto/group"
)

// TestDecodeElements: as many elements as were asked for, each of them decoded.
func TestDecodeElements(t *testing.T) {
	g := group.Generator()
	var want []group.Element
	var b []byte
	for e, n := g, 0; n < 40; e, n = e.Add(g), n+1 {
		want, b = append(want, e), e.AppendBytes(b)
	}
	for _, n := range []int{0, 1, 2, 33, 34, 40} {
		got, err := group.DecodeElements(b[:n*group.ElementSize], n)
		if err != nil || len(got) != n {
			t.Fatalf("%d elements: %d, %v", n, len(got), err)
		}
		for i := range got {
			if !got[i].Equal(want[i]) {
				t.Errorf("element %d of %d is another", i, n)
			}
		}
	}
	identity := append(bytes.Clone(b[:2*group.ElementSize]), make([]byte, group.ElementSize)...)
	for name, c := range map[string]struct {
		b []byte
		n int
	}{
		"less than none":       {nil, -1},
		"one of nothing":       {nil, 1},
		"none of one":          {b[:group.ElementSize], 0},
		"one of two":           {b[:2*group.ElementSize], 1},
		"three of two":         {b[:2*group.ElementSize], 3},
		"a byte less":          {b[:2*group.ElementSize-1], 2},
		"a byte more":          {b[:2*group.ElementSize+1], 2},
		"the identity is last": {identity, 3},
	} {
		if got, err := group.DecodeElements(c.b, c.n); err == nil || got != nil {
			t.Errorf("%s: %d elements, %v", name, len(got), err)
		}
	}
}

// TestLiftSmaller compares with arithmetic on integers: of the roots of
// x³ − 3x + b it is the smaller, and where there is none there is no point.
func TestLiftSmaller(t *testing.T) {
	p, _ := new(big.Int).SetString("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16)
	b, _ := new(big.Int).SetString("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b", 16)
	found := 0
	for i := range int64(40) {
		x := big.NewInt(i)
		if i >= 20 { // some that are greater than p, and taken mod p
			x.Add(p, big.NewInt(i-20))
		}
		y := new(big.Int).Exp(x, big.NewInt(3), p)
		y.Sub(y, new(big.Int).Mul(x, big.NewInt(3))).Add(y, b).Mod(y, p)
		root := new(big.Int).ModSqrt(y, p)
		e, ok := group.LiftSmaller(x.FillBytes(make([]byte, 32)))
		if ok != (root != nil) {
			t.Errorf("x = %d: a point %v, a root %v", i, ok, root)
		}
		if root == nil || !ok {
			continue
		}
		found++
		if other := new(big.Int).Sub(p, root); other.Cmp(root) < 0 {
			root = other
		}
		want, err := group.ElementFromAffine(new(big.Int).Mod(x, p).FillBytes(make([]byte, 32)), root.FillBytes(make([]byte, 32)))
		if err != nil || !e.Equal(want) {
			t.Errorf("x = %d: not the smaller root: %v", i, err)
		}
	}
	if found < 10 {
		t.Errorf("only %d points", found)
	}
}

// TestEncoding: the bytes are those of SEC 1 (2.3.3, compressed), as everybody
// else writes them: 2 for an even ordinate, 3 for an odd one. That what is
// written can be read does not show it.
func TestEncoding(t *testing.T) {
	g := group.Generator()
	for n, want := range map[uint64]string{ // NIST's routines: k·G for k = 1, 2, 3
		1: "036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
		2: "037cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978",
		3: "025ecbe4d1a6330a44c8f7ef951d4bf165e6c6b721efada985fb41661bc6e7fd6c",
	} {
		e := g.Mul(group.NewScalar(n))
		if got := hex.EncodeToString(e.Bytes()); got != want {
			t.Errorf("%d·G is %s, want %s", n, got, want)
		}
		b, err := hex.DecodeString(want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := group.DecodeElement(b); err != nil || !got.Equal(e) {
			t.Errorf("%s is not read as %d·G: %v", want, n, err)
		}
	}
}

// TestMultiMulShort: small numbers, as Lagrange coefficients are, and those beside
// the bound up to which they are taken for small.
func TestMultiMulShort(t *testing.T) {
	g := group.Generator()
	h := g.Add(g).Add(g)
	for _, a := range []uint64{0, 1, 2, 3, 5, 0x5555, 0xaaaa, 1<<16 - 1, 1 << 16, 1<<16 + 1} {
		for _, b := range []uint64{0, 1, 7, 1<<16 - 1, 1 << 16} {
			got := group.MultiMul([]group.Element{g, h}, []group.Scalar{group.NewScalar(a), group.NewScalar(b)})
			if want := group.BaseMul(group.NewScalar(a + 3*b)); !got.Equal(want) {
				t.Errorf("%d·P + %d·3P is not %d·P", a, b, a+3*b)
			}
		}
	}
	if identity := group.MultiMul([]group.Element{h, h.Neg()}, []group.Scalar{group.NewScalar(9), group.NewScalar(9)}); !identity.IsIdentity() {
		t.Error("9·P − 9·P is not the identity")
	}
}
