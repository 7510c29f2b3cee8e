package zkp_test

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
	"github.com/sandogh/sandogh/crypto/zkp"
)

func TestLog(t *testing.T) {
	tag, x := []byte("tag"), group.RandomScalar()
	proof, err := zkp.ProveLog(tag, x)
	if err != nil || len(proof) != zkp.LogSize {
		t.Fatalf("%d bytes, %v", len(proof), err)
	}
	e := group.BaseMul(x)
	if err := zkp.VerifyLog(tag, e, proof); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"another element":      zkp.VerifyLog(tag, e.Add(group.Generator()), proof),
		"the negative":         zkp.VerifyLog(tag, e.Neg(), proof),
		"another tag":          zkp.VerifyLog([]byte("tags"), e, proof),
		"the identity":         zkp.VerifyLog(tag, group.Element{}, proof),
		"a proof too short":    zkp.VerifyLog(tag, e, proof[:zkp.LogSize-1]),
		"the commitment twice": zkp.VerifyLog(tag, e, append(slices.Clone(proof[:33]), proof[:32]...)),
	} {
		if err == nil {
			t.Errorf("%s accepted", name)
		}
	}
	if _, err := zkp.ProveLog(tag, group.Scalar{}); err == nil {
		t.Error("the logarithm of the identity proved")
	}
}

// at returns the pairs of two lists.
func at(p, q []group.Element) func(int) (group.Element, group.Element) {
	return func(j int) (group.Element, group.Element) { return p[j], q[j] }
}

func multiples(x group.Scalar, n int) (p, q []group.Element) {
	for j := range n {
		e := group.Hash("test", uint32(j))
		p, q = append(p, e), append(q, e.Mul(x))
	}
	return p, q
}

func TestEqual(t *testing.T) {
	tag, x := []byte("tag"), group.RandomScalar()
	y := group.BaseMul(x)
	for _, n := range []int{1, 2, 200} {
		p, q := multiples(x, n)
		proof, err := zkp.ProveEqual(tag, x, y, n, at(p, q))
		if err != nil || len(proof) != zkp.EqualSize {
			t.Fatalf("%d pairs: %d bytes, %v", n, len(proof), err)
		}
		if err := zkp.VerifyEqual(tag, y, n, at(p, q), proof); err != nil {
			t.Errorf("%d pairs: %v", n, err)
		}
		if zkp.VerifyEqual([]byte("tags"), y, n, at(p, q), proof) == nil {
			t.Errorf("%d pairs: accepted under another tag", n)
		}
		if zkp.VerifyEqual(tag, y.Neg(), n, at(p, q), proof) == nil {
			t.Errorf("%d pairs: accepted for another key", n)
		}
		for j := range n {
			if n > 2 && j%50 != 0 {
				continue
			}
			wrong := slices.Clone(q)
			wrong[j] = q[j].Add(group.Generator())
			if zkp.VerifyEqual(tag, y, n, at(p, wrong), proof) == nil {
				t.Errorf("%d pairs: accepted with pair %d wrong", n, j)
			}
			if _, err := zkp.ProveEqual(tag, x, y, n, at(p, wrong)); err == nil {
				t.Errorf("%d pairs: proved with pair %d wrong", n, j)
			}
		}
		for i := range proof {
			if n > 2 {
				break
			}
			wrong := slices.Clone(proof)
			wrong[i] ^= 1
			if zkp.VerifyEqual(tag, y, n, at(p, q), wrong) == nil {
				t.Errorf("%d pairs: accepted with byte %d wrong", n, i)
			}
		}
	}
}

func TestEqualRefuses(t *testing.T) {
	tag, x := []byte("tag"), group.RandomScalar()
	y := group.BaseMul(x)
	p, q := multiples(x, 3)
	proof, err := zkp.ProveEqual(tag, x, y, 3, at(p, q))
	if err != nil {
		t.Fatal(err)
	}
	hole := func(list []group.Element, j int) []group.Element {
		list = slices.Clone(list)
		list[j] = group.Element{}
		return list
	}
	swap := func(list []group.Element) []group.Element { return []group.Element{list[1], list[0], list[2]} }
	for name, v := range map[string]struct {
		y    group.Element
		n    int
		p, q []group.Element
	}{
		"no pairs":             {y, 0, nil, nil},
		"a negative number":    {y, -1, nil, nil},
		"the identity as key":  {group.Element{}, 3, p, q},
		"an identity p":        {y, 3, hole(p, 1), q},
		"an identity q":        {y, 3, p, hole(q, 2)},
		"an identity in both":  {y, 3, hole(p, 0), hole(q, 0)},
		"swapped pairs":        {y, 3, swap(p), swap(q)},
		"swapped second parts": {y, 3, p, swap(q)},
		"a pair less":          {y, 2, p, q},
		"pairs turned round":   {y, 3, q, p},
	} {
		if zkp.VerifyEqual(tag, v.y, v.n, at(v.p, v.q), proof) == nil {
			t.Errorf("%s verified", name)
		}
	}
	for name, v := range map[string]struct {
		x    group.Scalar
		y    group.Element
		n    int
		p, q []group.Element
	}{
		"no pairs":            {x, y, 0, nil, nil},
		"the identity as key": {group.Scalar{}, group.Element{}, 3, p, q},
		"an identity p":       {x, y, 3, hole(p, 1), q},
		"another key":         {x, y.Neg(), 3, p, q},
		"another secret":      {x.Neg(), y, 3, p, q},
	} {
		if _, err := zkp.ProveEqual(tag, v.x, v.y, v.n, at(v.p, v.q)); err == nil {
			t.Errorf("%s proved", name)
		}
	}
}

// TestEqualBytes verifies a proof step by step from the specification, without
// the package's own sponge.
func TestEqualBytes(t *testing.T) {
	tag, x := []byte("tag"), group.RandomScalar()
	y := group.BaseMul(x)
	p, q := multiples(x, 5)
	proof, err := zkp.ProveEqual(tag, x, y, 5, at(p, q))
	if err != nil {
		t.Fatal(err)
	}
	s := transcript.New(tag)
	s.Absorb([]byte{5, 0, 0, 0})
	s.Absorb(y.Bytes())
	for j := range p {
		s.Absorb(p[j].Bytes())
		s.Absorb(q[j].Bytes())
	}
	var sumP, sumQ group.Element
	for j := range p {
		w := group.ReduceScalar(s.Squeeze(16))
		sumP, sumQ = sumP.Add(p[j].Mul(w)), sumQ.Add(q[j].Mul(w))
	}
	one := group.NewScalar(1).Bytes()
	le := func(b []byte, values ...uint32) []byte {
		for _, v := range values {
			b = binary.LittleEndian.AppendUint32(b, v)
		}
		return b
	}
	statement := append(le(nil, 2, 1, 1), one...)
	statement = append(le(statement, 1, 0, 0), one...)
	statement = append(le(statement, 1, 3), one...)
	statement = append(le(statement, 1, 0, 2), one...)
	statement = slices.Concat(statement, y.Bytes(), sumP.Bytes(), sumQ.Bytes())
	s.Absorb(statement)
	s.Absorb(proof[:66])
	c := group.ReduceScalar(s.Squeeze(48))
	t0, err := group.DecodeElement(proof[:33])
	if err != nil {
		t.Fatal(err)
	}
	t1, err := group.DecodeElement(proof[33:66])
	if err != nil {
		t.Fatal(err)
	}
	z, err := group.DecodeScalar(proof[66:])
	if err != nil {
		t.Fatal(err)
	}
	if !group.BaseMul(z).Equal(t0.Add(y.Mul(c))) || !sumP.Mul(z).Equal(t1.Add(sumQ.Mul(c))) {
		t.Error("the proof is not the one of the specification")
	}
}

// TestEqualChunks crosses the number of pairs that are combined at a time.
func TestEqualChunks(t *testing.T) {
	const n = 1<<14 + 3
	x := group.NewScalar(12345)
	y := group.BaseMul(x)
	p, q := multiples(x, 7)
	pair := func(j int) (group.Element, group.Element) { return p[j%7], q[j%7] }
	proof, err := zkp.ProveEqual(nil, x, y, n, pair)
	if err != nil {
		t.Fatal(err)
	}
	if err := zkp.VerifyEqual(nil, y, n, pair, proof); err != nil {
		t.Error(err)
	}
	for _, bad := range []int{0, 1<<14 - 1, 1 << 14, n - 1} {
		if zkp.VerifyEqual(nil, y, n, func(j int) (group.Element, group.Element) {
			if j == bad {
				return p[0], q[1]
			}
			return pair(j)
		}, proof) == nil {
			t.Errorf("accepted with pair %d wrong", bad)
		}
	}
}

func BenchmarkProveLog(b *testing.B) {
	x := group.RandomScalar()
	for b.Loop() {
		if _, err := zkp.ProveLog(nil, x); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyEqual(b *testing.B) {
	const n = 1 << 14
	x := group.RandomScalar()
	y := group.BaseMul(x)
	p, q := make([]group.Element, n), make([]group.Element, n)
	e := group.Hash("test", 0)
	for j := range n {
		p[j], q[j] = e, e.Mul(x)
		e = e.Add(group.Generator())
	}
	proof, err := zkp.ProveEqual(nil, x, y, n, at(p, q))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := zkp.VerifyEqual(nil, y, n, at(p, q), proof); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/n, "µs/pair")
}
