package p256_test

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/secp256r1/fp"
	"github.com/sandogh/sandogh/internal/site/wasm/p256"
)

// edges are words at which carries and borrows turn.
var edges = []uint64{0, 1, 1<<29 - 1, 1 << 29, 1 << 32, 1<<32 - 1, 0xffffffff00000000, 0xffffffff00000001, ^uint64(0), ^uint64(1)}

func reduced(w [4]uint64) fp.Element {
	if w[3] >= 0xffffffff00000001 {
		w[3] = 0xffffffff00000000
	}
	return fp.Element(w)
}

func same(t *testing.T, a, b fp.Element) {
	t.Helper()
	var want fp.Element
	var got [4]uint64
	if p256.Mul(&got, (*[4]uint64)(&a), (*[4]uint64)(&b)); fp.Element(got) != *want.Mul(&a, &b) {
		t.Fatalf("%x · %x is %x, not %x", a, b, got, want)
	}
	if p256.Square(&got, (*[4]uint64)(&a)); fp.Element(got) != *want.Square(&a) {
		t.Fatalf("%x² is %x, not %x", a, got, want)
	}
}

// TestMul compares with gnark-crypto's multiplication, at random and where carries
// turn, also with arguments that are the result.
func TestMul(t *testing.T) {
	const seed = 29
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, seed))
	word := func() uint64 {
		if r.IntN(3) == 0 {
			return edges[r.IntN(len(edges))]
		}
		return r.Uint64()
	}
	number := func() fp.Element { return reduced([4]uint64{word(), word(), word(), word()}) }
	for range 200_000 {
		a, b := number(), number()
		same(t, a, b)
		same(t, a, a)
	}
	minusOne := fp.Element{0xfffffffffffffffe, 0xffffffff, 0, 0xffffffff00000001}
	for _, a := range []fp.Element{{}, {1}, fp.One(), minusOne} {
		for _, b := range []fp.Element{{}, {1}, fp.One(), minusOne} {
			same(t, a, b)
		}
	}
	a, b := number(), number()
	var want fp.Element
	want.Mul(&a, &b)
	p256.Mul((*[4]uint64)(&a), (*[4]uint64)(&a), (*[4]uint64)(&b))
	if a != want {
		t.Error("the result may not be an argument")
	}
	want.Square(&a)
	p256.Square((*[4]uint64)(&a), (*[4]uint64)(&a))
	if a != want {
		t.Error("the result of a square may not be its argument")
	}
}

func FuzzMul(f *testing.F) {
	f.Add(make([]byte, 64))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 64 {
			return
		}
		var w [8]uint64
		for i := range w {
			w[i] = binary.LittleEndian.Uint64(b[8*i:])
		}
		same(t, reduced([4]uint64(w[:4])), reduced([4]uint64(w[4:])))
	})
}

func BenchmarkMul(b *testing.B) {
	x := [4]uint64{1, 2, 3, 4}
	y := x
	for b.Loop() {
		p256.Mul(&x, &x, &y)
	}
}

func BenchmarkSquare(b *testing.B) {
	x := [4]uint64{1, 2, 3, 4}
	for b.Loop() {
		p256.Square(&x, &x)
	}
}
