package group_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/crypto/group"
	"pgregory.net/rapid"
)

var q, _ = new(big.Int).SetString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16)

// scalars weighs the edges: 0, 1, q−1 and values around the window carries.
func scalars() *rapid.Generator[*big.Int] {
	edge := []*big.Int{
		big.NewInt(0), big.NewInt(1), big.NewInt(2), big.NewInt(15), big.NewInt(16), big.NewInt(17), big.NewInt(31), big.NewInt(32),
		new(big.Int).Sub(q, big.NewInt(1)), new(big.Int).Sub(q, big.NewInt(2)), new(big.Int).Rsh(q, 1),
		new(big.Int).Lsh(big.NewInt(1), 128), new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(1)),
	}
	return rapid.OneOf(
		rapid.SampledFrom(edge),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 32, 32), func(b []byte) *big.Int { return new(big.Int).Mod(new(big.Int).SetBytes(b), q) }),
	)
}

type fataler interface{ Fatalf(string, ...any) }

func equalInt(t fataler, what string, got group.Scalar, want *big.Int) {
	if new(big.Int).SetBytes(got.Bytes()).Cmp(new(big.Int).Mod(want, q)) != 0 {
		t.Fatalf("%s: got %x, want %x", what, got.Bytes(), want)
	}
}

func mustScalar(x *big.Int) group.Scalar {
	s, err := group.DecodeScalar(x.FillBytes(make([]byte, 32)))
	if err != nil {
		panic(err)
	}
	return s
}

func TestScalarArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := scalars().Draw(t, "x"), scalars().Draw(t, "y")
		a, b := mustScalar(x), mustScalar(y)
		equalInt(t, "add", a.Add(b), new(big.Int).Add(x, y))
		equalInt(t, "sub", a.Sub(b), new(big.Int).Sub(x, y))
		equalInt(t, "mul", a.Mul(b), new(big.Int).Mul(x, y))
		equalInt(t, "neg", a.Neg(), new(big.Int).Neg(x))
		equalInt(t, "square by alias", a.Mul(a), new(big.Int).Mul(x, x))
		if x.Sign() == 0 {
			equalInt(t, "inverse of 0", a.Inverse(), x)
			equalInt(t, "variable-time inverse of 0", a.InverseVarTime(), x)
		} else {
			equalInt(t, "inverse", a.Inverse(), new(big.Int).ModInverse(x, q))
			equalInt(t, "variable-time inverse", a.InverseVarTime(), new(big.Int).ModInverse(x, q))
		}
		equalInt(t, "select 1", group.Select(1, a, b), x)
		equalInt(t, "select 0", group.Select(0, a, b), y)
		if a.Equal(b) != (x.Cmp(y) == 0) || a.IsZero() != (x.Sign() == 0) {
			t.Fatalf("equality of %x and %x", x, y)
		}
	})
}

func TestNewScalar(t *testing.T) {
	for _, u := range []uint64{0, 1, 1 << 32, 1<<64 - 1} {
		equalInt(t, "new", group.NewScalar(u), new(big.Int).SetUint64(u))
	}
}

func TestReduceScalar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		le := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 0x7f, 0x80, 0xfe, 0xff}), 0, 48).Draw(t, "bytes")
		be := bytes.Clone(le)
		for i, j := 0, len(be)-1; i < j; i, j = i+1, j-1 {
			be[i], be[j] = be[j], be[i]
		}
		equalInt(t, "reduce", group.ReduceScalar(le), new(big.Int).SetBytes(be))
	})
}

func TestDecodeScalarRefuses(t *testing.T) {
	for _, b := range [][]byte{nil, make([]byte, 31), make([]byte, 33), q.Bytes(), new(big.Int).Add(q, big.NewInt(1)).Bytes(), bytes.Repeat([]byte{0xff}, 32)} {
		if _, err := group.DecodeScalar(b); err == nil {
			t.Errorf("accepted %x", b)
		}
	}
}

// Every way of multiplying must agree, whatever the scalar and however the
// arguments alias.
func TestMultiplicationsAgree(t *testing.T) {
	h := group.Hash("test", 7)
	fixed, plain, g := group.NewFixedBase(h), group.NewBase(h), group.GeneratorBase()
	gTable := group.NewFixedBase(group.Generator())
	rapid.Check(t, func(t *rapid.T) {
		x, y := scalars().Draw(t, "x"), scalars().Draw(t, "y")
		s, u := mustScalar(x), mustScalar(y)
		want := h.Mul(s)
		for name, got := range map[string]group.Element{
			"table": fixed.Mul(s), "no table": plain.Mul(s),
			"variable time":  group.MultiMul([]group.Element{h}, []group.Scalar{s}),
			"variable table": group.NewTable([]group.Element{h}).MultiMul([]group.Scalar{s}),
		} {
			if !got.Equal(want) {
				t.Fatalf("%s differs at %x", name, x)
			}
		}
		if !group.BaseMul(s).Equal(gTable.Mul(s)) || !group.BaseMul(s).Equal(g.Mul(s)) {
			t.Fatalf("generator differs at %x", x)
		}
		var a group.Acc
		a.AddMul(s, g)
		a.AddMul(u, fixed)
		sum := group.BaseMul(s).Add(h.Mul(u))
		if !a.Element().Equal(sum) {
			t.Fatalf("sum differs")
		}
		// (x+y)·h = x·h + y·h, x·h − x·h = 0, doubling by alias.
		if !h.Mul(s.Add(u)).Equal(h.Mul(s).Add(h.Mul(u))) || !want.Sub(want).IsIdentity() || !want.Add(want).Equal(h.Mul(s.Add(s))) {
			t.Fatalf("distributivity")
		}
	})
}

func TestAddSelect(t *testing.T) {
	a, b := group.NewBase(group.Hash("a", 0)), group.NewBase(group.Hash("b", 0))
	var s group.Acc
	s.AddSelect(1, a, b)
	s.AddSelect(0, a, b)
	s.AddSelect(1, nil, b)
	s.AddSelect(0, nil, a.Neg())
	if !s.Element().Equal(b.Element()) {
		t.Error("a + b + 0 − a is not b")
	}
}

func TestMultiMulSizes(t *testing.T) {
	for _, n := range []int{0, 1, 2, 149, 150, 400} {
		var points []group.Element
		var ss []group.Scalar
		want := group.Element{}
		for i := range n {
			s := group.RandomScalar()
			p := group.BaseMul(group.NewScalar(uint64(i) % 5)) // repeats, and the identity
			points, ss, want = append(points, p), append(ss, s), want.Add(p.Mul(s))
		}
		if !group.MultiMul(points, ss).Equal(want) || !group.NewTable(points).MultiMul(ss).Equal(want) {
			t.Errorf("%d terms", n)
		}
	}
}

func TestBatch(t *testing.T) {
	h := group.Hash("test", 1)
	equation := func(b *group.Batch, x, y group.Scalar) { // claims y = x through x·h − y·h = 0
		b.Begin()
		b.Add(x, h)
		b.AddShared(y.Neg(), h)
		b.AddShared(x, group.Generator())
		b.Add(x.Neg(), group.Generator())
	}
	for _, n := range []int{1, 3, 100, -3} {
		b := new(group.Batch)
		if n < 0 {
			n, b = -n, group.NewBatch(group.NewTable([]group.Element{group.Hash("other", 0), h}))
		}
		for range n {
			x := group.RandomScalar()
			equation(b, x, x)
		}
		if !b.Valid() {
			t.Errorf("%d true equations refused", n)
		}
		x := group.RandomScalar()
		equation(b, x, x.Add(group.NewScalar(1)))
		equation(b, x, x.Sub(group.NewScalar(1))) // the errors would cancel without weights
		if b.Valid() {
			t.Errorf("two opposite errors accepted among %d", n)
		}
		b.Reset()
		if !b.Valid() || b.Len() != 0 {
			t.Error("reset batch is not empty")
		}
	}
}

func TestElementEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := scalars().Draw(t, "x")
		e := group.BaseMul(mustScalar(x))
		if e.IsIdentity() {
			return
		}
		got, err := group.DecodeElement(e.Bytes())
		if err != nil || !got.Equal(e) {
			t.Fatalf("round trip of %x: %v", e.Bytes(), err)
		}
		ax, ay := e.Affine()
		got, err = group.ElementFromAffine(ax[:], ay[:])
		if err != nil || !got.Equal(e) {
			t.Fatalf("affine round trip: %v", err)
		}
		neg, err := group.DecodeElement(append([]byte{e.Bytes()[0] ^ 1}, e.Bytes()[1:]...))
		if err != nil || !neg.Equal(e.Neg()) {
			t.Fatalf("the other sign is not the negation: %v", err)
		}
	})
}

func TestDecodeElementRefuses(t *testing.T) {
	g := group.Generator().Bytes()
	p := "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
	for name, b := range map[string]string{
		"empty": "", "identity": "00", "zeros": hex.EncodeToString(make([]byte, 33)),
		"uncompressed prefix": "04" + hex.EncodeToString(g[1:]), "hybrid prefix": "06" + hex.EncodeToString(g[1:]),
		"short": hex.EncodeToString(g[:32]), "long": hex.EncodeToString(g) + "00",
		"x = p": "02" + p, "x = p+5": "02" + p[:62] + "04" + "", "x off the curve": "02" + hex.EncodeToString(append(make([]byte, 31), 1)),
	} {
		raw, err := hex.DecodeString(b)
		if err != nil {
			t.Fatal(name, err)
		}
		if _, err := group.DecodeElement(raw); err == nil {
			t.Errorf("%s accepted", name)
		}
	}
	x, y := group.Generator().Affine()
	y[31] ^= 1
	if _, err := group.ElementFromAffine(x[:], y[:]); err == nil {
		t.Error("affine point off the curve accepted")
	}
	if _, err := group.ElementFromAffine(make([]byte, 32), make([]byte, 32)); err == nil {
		t.Error("affine (0, 0) accepted")
	}
}

// RFC 9380, appendix J.1.1 (P256_XMD:SHA-256_SSWU_RO_), through the suite that
// Hash uses.
func TestHashToCurveVectors(t *testing.T) {
	for _, v := range []struct{ msg, x string }{
		{"", "2c15230b26dbc6fc9a37051158c95b79656e17a1a920b11394ca91c44247d3e4"},
		{"abc", "0bb8b87485551aa43ed54f009230450b492fead5f1cc91658775dac4a3388a0f"},
	} {
		x, _ := group.HashToCurveForTest([]byte(v.msg), []byte("QUUX-V01-CS02-with-P256_XMD:SHA-256_SSWU_RO_")).Affine()
		if hex.EncodeToString(x[:]) != v.x {
			t.Errorf("hash of %q: %x", v.msg, x)
		}
	}
	if group.Hash("a", 0).Equal(group.Hash("a", 1)) || group.Hash("a", 0).Equal(group.Hash("b", 0)) {
		t.Error("labels or indices collide")
	}
}

func FuzzDecodeElement(f *testing.F) {
	f.Add(group.Generator().Bytes())
	f.Add(make([]byte, 33))
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, err := group.DecodeElement(b); err == nil && !bytes.Equal(e.Bytes(), b) {
			t.Errorf("%x decodes and encodes to %x", b, e.Bytes())
		}
		if s, err := group.DecodeScalar(b); err == nil && !bytes.Equal(s.Bytes(), b) {
			t.Errorf("%x decodes and encodes to %x", b, s.Bytes())
		}
	})
}

func BenchmarkFixedBase(b *testing.B) {
	base, s := group.NewFixedBase(group.Hash("bench", 0)), group.RandomScalar()
	for b.Loop() {
		var a group.Acc
		a.AddMul(s, base)
	}
}

func BenchmarkMul(b *testing.B) {
	h, s := group.Hash("bench", 0), group.RandomScalar()
	for b.Loop() {
		h.Mul(s)
	}
}

func BenchmarkBaseMul(b *testing.B) {
	s := group.RandomScalar()
	for b.Loop() {
		group.BaseMul(s)
	}
}

func BenchmarkDecodeElement(b *testing.B) {
	e := group.Generator().Bytes()
	for b.Loop() {
		if _, err := group.DecodeElement(e); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkMultiMul(b *testing.B, n int) {
	var points []group.Element
	var ss []group.Scalar
	for i := range n {
		points, ss = append(points, group.Hash("bench", uint32(i))), append(ss, group.RandomScalar())
	}
	for b.Loop() {
		group.MultiMul(points, ss)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/term")
}

func BenchmarkMultiMul16(b *testing.B)   { benchmarkMultiMul(b, 16) }
func BenchmarkMultiMul64(b *testing.B)   { benchmarkMultiMul(b, 64) }
func BenchmarkMultiMul149(b *testing.B)  { benchmarkMultiMul(b, 149) }
func BenchmarkMultiMul1000(b *testing.B) { benchmarkMultiMul(b, 1000) }

func BenchmarkTable64(b *testing.B) {
	var points []group.Element
	var ss []group.Scalar
	for i := range 64 {
		points, ss = append(points, group.Hash("bench", uint32(i))), append(ss, group.RandomScalar())
	}
	table := group.NewTable(points)
	for b.Loop() {
		table.MultiMul(ss)
	}
}

func TestScalarIsRedacted(t *testing.T) {
	s := group.RandomScalar()
	j, err := json.Marshal(struct{ S group.Scalar }{s})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "s", s)
	for _, text := range []string{string(j), fmt.Sprintf("%v %+v %#v %x %d %s", s, s, s, s, s, &s), log.String()} {
		if !strings.Contains(text, "REDACTED") || strings.Contains(text, hex.EncodeToString(s.Bytes()[:4])) {
			t.Errorf("prints as %s", text)
		}
	}
}
