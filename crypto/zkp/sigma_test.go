package zkp_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
	"github.com/sandogh/sandogh/crypto/zkp"
	"pgregory.net/rapid"
)

// scalars weighs the edges 0, 1 and −1.
func scalars() *rapid.Generator[group.Scalar] {
	one := group.NewScalar(1)
	return rapid.OneOf(
		rapid.SampledFrom([]group.Scalar{{}, one, one.Neg()}),
		rapid.Map(rapid.Uint64(), group.NewScalar),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 48, 48), group.ReduceScalar),
	)
}

// relation draws a statement of random shape that the witness satisfies: the
// last element of each equation is made to fit. It may be invalid, say where a
// coefficient is 0.
func relation(t *rapid.T) (elements []group.Element, equations []zkp.Equation, witness []group.Scalar) {
	n := rapid.IntRange(1, 3).Draw(t, "scalars")
	witness = rapid.SliceOfN(scalars(), n, n).Draw(t, "witness")
	for range rapid.IntRange(1, 3).Draw(t, "equations") {
		first := uint32(len(elements) + 1)
		var eq zkp.Equation
		var sum group.Element
		for sc := range uint32(n) {
			c := scalars().Draw(t, "coefficient")
			e := group.BaseMul(group.RandomScalar())
			elements = append(elements, e)
			eq.Terms = append(eq.Terms,
				zkp.Term{Scalar: sc, Element: first + sc, Coefficient: c},
				zkp.Term{Scalar: sc, Element: 0, Coefficient: group.NewScalar(2)})
			sum = sum.Add(e.Mul(c.Mul(witness[sc]))).Add(group.BaseMul(witness[sc].Add(witness[sc])))
		}
		// 3·image + g = sum
		third := group.NewScalar(3).Inverse()
		elements = append(elements, sum.Sub(group.Generator()).Mul(third))
		eq.Image = []zkp.ImageTerm{
			{Element: first + uint32(n), Coefficient: group.NewScalar(3)},
			{Element: 0, Coefficient: group.NewScalar(1)},
		}
		equations = append(equations, eq)
	}
	return elements, equations, witness
}

func TestSigmaProofs(t *testing.T) {
	tag, other := []byte("tag"), []byte("another tag")
	rapid.Check(t, func(t *rapid.T) {
		elements, equations, witness := relation(t)
		in, err := zkp.NewInstance(elements, equations...)
		if err != nil {
			t.Skip(err)
		}
		decoded, err := zkp.DecodeInstance(in.Bytes())
		if err != nil || !bytes.Equal(decoded.Bytes(), in.Bytes()) {
			t.Fatalf("round trip: %v", err)
		}
		if n, m := decoded.Size(); n != len(equations) || m != len(witness) {
			t.Fatalf("%d equations in %d scalars", n, m)
		}
		long, err := zkp.ProveBatchable(tag, in, witness)
		if err != nil {
			t.Fatal(err)
		}
		short, err := zkp.ProveCompact(other, in, witness)
		if err != nil {
			t.Fatal(err)
		}
		if len(long) != 33*len(equations)+32*len(witness) || len(short) != 32*(1+len(witness)) {
			t.Fatalf("proofs of %d and %d bytes", len(long), len(short))
		}
		if err := zkp.VerifyBatchable(tag, decoded, long); err != nil {
			t.Fatal(err)
		}
		if err := zkp.VerifyCompact(other, decoded, short); err != nil {
			t.Fatal(err)
		}
		if zkp.VerifyBatchable(other, in, long) == nil || zkp.VerifyCompact(tag, in, short) == nil {
			t.Fatal("accepted under another tag")
		}
		bit := rapid.IntRange(0, 8*len(long)-1).Draw(t, "bit of the batchable proof")
		long[bit/8] ^= 1 << (bit % 8)
		if zkp.VerifyBatchable(tag, in, long) == nil {
			t.Fatal("a batchable proof with another bit is accepted")
		}
		bit = rapid.IntRange(0, 8*len(short)-1).Draw(t, "bit of the compact proof")
		short[bit/8] ^= 1 << (bit % 8)
		if zkp.VerifyCompact(other, in, short) == nil {
			t.Fatal("a compact proof with another bit is accepted")
		}
		witness[0] = witness[0].Add(group.NewScalar(1))
		if _, err := zkp.ProveBatchable(tag, in, witness); err == nil {
			t.Fatal("a wrong witness is proved")
		}
		if _, err := zkp.ProveCompact(tag, in, witness[1:]); err == nil {
			t.Fatal("a witness of another length is proved")
		}
	})
}

// TestBatch puts a wrong proof among right ones, and checks that a proof that
// cannot be decoded leaves the batch as it was.
func TestBatch(t *testing.T) {
	tag := []byte("tag")
	x, h := group.RandomScalar(), group.Hash("test", 0)
	in, err := zkp.NewInstance([]group.Element{group.BaseMul(x), h, h.Mul(x)}, plain([]uint32{1}, 0, 0), plain([]uint32{3}, 0, 2))
	if err != nil {
		t.Fatal(err)
	}
	var b group.Batch
	var last []byte
	for range 5 {
		if last, err = zkp.ProveBatchable(tag, in, []group.Scalar{x}); err != nil {
			t.Fatal(err)
		}
		if err := zkp.AddBatchable(&b, tag, in, last); err != nil {
			t.Fatal(err)
		}
	}
	size := b.Len()
	for _, bad := range [][]byte{nil, last[:len(last)-1], append(slices.Clone(last), 0), make([]byte, len(last))} {
		if zkp.AddBatchable(&b, tag, in, bad) == nil {
			t.Errorf("a proof of %d bytes is added", len(bad))
		}
	}
	if b.Len() != size || !b.Valid() {
		t.Error("five right proofs are refused")
	}
	wrong := slices.Clone(last)
	wrong[len(wrong)-1] ^= 1
	if err := zkp.AddBatchable(&b, tag, in, wrong); err != nil || b.Valid() {
		t.Errorf("a wrong proof among five right ones is accepted (%v)", err)
	}
}

// TestBatchWeighsEquations has one proof with two false equations whose errors
// add up to nothing: each needs a weight of its own.
func TestBatchWeighsEquations(t *testing.T) {
	tag := []byte("tag")
	x, k, h, d := group.RandomScalar(), group.RandomScalar(), group.Hash("test", 0), group.Hash("test", 1)
	in, err := zkp.NewInstance([]group.Element{group.BaseMul(x).Add(d), h, h.Mul(x).Sub(d)},
		plain([]uint32{1}, 0, 0), plain([]uint32{3}, 0, 2))
	if err != nil {
		t.Fatal(err)
	}
	commitments := append(group.BaseMul(k).Bytes(), h.Mul(k).Bytes()...)
	s := transcript.New(tag)
	s.Absorb(in.Bytes())
	s.Absorb(commitments)
	proof := k.Add(s.Scalar().Mul(x)).AppendBytes(commitments)
	var b group.Batch
	if err := zkp.AddBatchable(&b, tag, in, proof); err != nil || b.Valid() {
		t.Errorf("accepted in a batch (%v)", err)
	}
	if zkp.VerifyBatchable(tag, in, proof) == nil {
		t.Error("accepted alone")
	}
}

// TestInstanceRules breaks each rule of a valid statement alone.
func TestInstanceRules(t *testing.T) {
	e := make([]group.Element, 4)
	for k := range e {
		e[k] = group.Hash("test", uint32(k))
	}
	one, zero := group.NewScalar(1), group.Scalar{}
	term := func(sc, el uint32, c group.Scalar) zkp.Term {
		return zkp.Term{Scalar: sc, Element: el, Coefficient: c}
	}
	image := func(el uint32, c group.Scalar) zkp.ImageTerm { return zkp.ImageTerm{Element: el, Coefficient: c} }
	for _, v := range []struct {
		rule      string
		elements  []group.Element
		equations []zkp.Equation
		want      string
	}{
		{"valid", e[:1], []zkp.Equation{plain([]uint32{1}, 0, 0)}, ""},
		{"valid: the image of another equation's element", e[:2], []zkp.Equation{plain([]uint32{1}, 0, 2), plain([]uint32{2}, 0, 1)}, ""},
		{"1", e[:1], nil, "no equation"},
		{"2, image", e[:1], []zkp.Equation{plain(nil, 0, 1)}, "empty side"},
		{"2, terms", e[:1], []zkp.Equation{plain([]uint32{1})}, "empty side"},
		{"2, second equation", e[:1], []zkp.Equation{plain([]uint32{1}, 0, 0), {}}, "equation 1 has an empty side"},
		{"4, image", e[:1], []zkp.Equation{plain([]uint32{2}, 0, 1)}, "element 2 is not given"},
		{"4, terms", e[:1], []zkp.Equation{plain([]uint32{1}, 0, 1<<32-1)}, "element 4294967295 is not given"},
		{"5", e[:2], []zkp.Equation{plain([]uint32{2}, 0, 0)}, "element 1 is in no equation"},
		{"6", e[:1], []zkp.Equation{plain([]uint32{1}, 0, 0, 2, 0, 2, 1)}, "no equation depends on scalar 1"},
		{"6, before arrays", e[:1], []zkp.Equation{plain([]uint32{1}, 1<<32-1, 0)}, "leave out"},
		{"8", []group.Element{e[0], {}}, []zkp.Equation{plain([]uint32{1}, 0, 2)}, "element 2 is the identity"},
		{"9, zero coefficient", e[:1], []zkp.Equation{{
			Image: []zkp.ImageTerm{image(1, zero)}, Terms: []zkp.Term{term(0, 0, one)},
		}}, "the image of equation 0 is the identity"},
		{"9, cancelling", []group.Element{e[0], e[0].Neg()}, []zkp.Equation{plain([]uint32{1, 2}, 0, 0)}, "the image of equation 0 is the identity"},
		{"10, zero coefficient", e[:1], []zkp.Equation{{
			Image: []zkp.ImageTerm{image(1, one)}, Terms: []zkp.Term{term(0, 0, one), term(1, 0, zero)},
		}}, "no equation depends on scalar 1"},
		{"10, cancelling", e[:1], []zkp.Equation{{
			Image: []zkp.ImageTerm{image(1, one)}, Terms: []zkp.Term{term(0, 0, one), term(0, 0, one.Neg())},
		}}, "no equation depends on scalar 0"},
		{"10 is met by another equation", e[:2], []zkp.Equation{
			{Image: []zkp.ImageTerm{image(1, one)}, Terms: []zkp.Term{term(0, 0, zero)}},
			plain([]uint32{2}, 0, 0),
		}, ""},
	} {
		in, err := zkp.NewInstance(v.elements, v.equations...)
		if v.want == "" {
			if err != nil {
				t.Errorf("rule %s: %v", v.rule, err)
			} else if _, err := zkp.DecodeInstance(in.Bytes()); err != nil {
				t.Errorf("rule %s, decoded: %v", v.rule, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), v.want) {
			t.Errorf("rule %s: %v, want %q", v.rule, err, v.want)
		}
	}
}

// TestCommitmentIdentity has an equation that no nonce can move.
func TestCommitmentIdentity(t *testing.T) {
	x := group.RandomScalar()
	in, err := zkp.NewInstance([]group.Element{group.BaseMul(x), group.Hash("test", 0)},
		plain([]uint32{1}, 0, 0),
		zkp.Equation{Image: []zkp.ImageTerm{{Element: 2, Coefficient: group.NewScalar(1)}}, Terms: []zkp.Term{{}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := zkp.ProveBatchable(nil, in, []group.Scalar{x}); err == nil {
		t.Error("proved")
	}
}

// TestInstanceImmutable changes what an instance was made from.
func TestInstanceImmutable(t *testing.T) {
	elements, eq := []group.Element{group.Hash("test", 0)}, plain([]uint32{1}, 0, 0)
	in, err := zkp.NewInstance(elements, eq)
	if err != nil {
		t.Fatal(err)
	}
	before := in.Bytes()
	proof, err := zkp.ProveBatchable(nil, in, []group.Scalar{{}})
	if err == nil {
		t.Fatalf("an unknown logarithm is proved: %x", proof)
	}
	elements[0], eq.Image[0].Element, eq.Terms[0].Element = group.Generator(), 0, 1
	in.Bytes()[0] ^= 1
	again, err := zkp.DecodeInstance(before)
	if err != nil || !bytes.Equal(in.Bytes(), before) || !bytes.Equal(again.Bytes(), before) {
		t.Errorf("the instance changed (%v)", err)
	}
}

// TestDecodeInstanceBounds claims more items than there are bytes.
func TestDecodeInstanceBounds(t *testing.T) {
	in, err := zkp.NewInstance([]group.Element{group.Hash("test", 0)}, plain([]uint32{1}, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, 4, 8, 44, 48, 52} { // every integer of the encoding
		b := in.Bytes()
		binary.LittleEndian.PutUint32(b[at:], 1<<32-1)
		if _, err := zkp.DecodeInstance(b); err == nil {
			t.Errorf("2^32−1 at byte %d accepted", at)
		}
	}
	b := in.Bytes()
	for cut := range b {
		if _, err := zkp.DecodeInstance(b[:cut]); err == nil {
			t.Errorf("%d of %d bytes accepted", cut, len(b))
		}
	}
	if _, err := zkp.DecodeInstance(append(b, 0)); err == nil {
		t.Error("a trailing byte accepted")
	}
}

func FuzzDecodeInstance(f *testing.F) {
	h := group.Hash("test", 0)
	for _, equations := range [][]zkp.Equation{
		{plain([]uint32{1}, 0, 0)}, {plain([]uint32{1}, 0, 0), plain([]uint32{2, 1}, 1, 2, 0, 1)},
	} {
		in, err := zkp.NewInstance([]group.Element{h, h.Add(h)}[:len(equations)], equations...)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(in.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		in, err := zkp.DecodeInstance(b)
		if err != nil {
			return
		}
		if !bytes.Equal(in.Bytes(), b) {
			t.Errorf("%x decodes and encodes to %x", b, in.Bytes())
		}
		equations, scalars := in.Size()
		if zkp.VerifyBatchable(nil, in, make([]byte, 33*equations+32*scalars)) == nil {
			t.Error("a proof of zeros is accepted")
		}
	})
}

func FuzzVerify(f *testing.F) {
	x, h := group.NewScalar(5), group.Hash("test", 0)
	in, err := zkp.NewInstance([]group.Element{group.BaseMul(x), h, h.Mul(x)}, plain([]uint32{1}, 0, 0), plain([]uint32{3}, 0, 2))
	if err != nil {
		f.Fatal(err)
	}
	// Fixed nonces: every process of the fuzzer must know the same two proofs.
	long, err := zkp.ProveBatchableWith([]byte("batchable"), in, []group.Scalar{x}, stream("fuzz"))
	if err != nil {
		f.Fatal(err)
	}
	short, err := zkp.ProveCompactWith([]byte("compact"), in, []group.Scalar{x}, stream("fuzz"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(long)
	f.Add(short)
	f.Fuzz(func(t *testing.T, b []byte) {
		if zkp.VerifyBatchable([]byte("batchable"), in, b) == nil && !bytes.Equal(b, long) {
			t.Errorf("%x is accepted", b)
		}
		if zkp.VerifyCompact([]byte("compact"), in, b) == nil && !bytes.Equal(b, short) {
			t.Errorf("%x is accepted", b)
		}
	})
}
