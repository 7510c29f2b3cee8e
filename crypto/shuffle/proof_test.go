package shuffle_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/shuffle"
)

func TestProofEncoding(t *testing.T) {
	i := newInstance(t, 3)
	out, p := i.prove(t)
	b := p.Encode()
	if len(b) != shuffle.ProofSize(3) || len(b) != 163*3+294 || b[0] != 1 {
		t.Fatalf("%d bytes, version %d", len(b), b[0])
	}
	q, err := shuffle.DecodeProof(b, 3)
	if err != nil {
		t.Fatal(err)
	}
	if q.Rows() != 3 || !bytes.Equal(q.Encode(), b) {
		t.Error("another proof after decoding")
	}
	if err := shuffle.Verify(session, i.gens, i.key, i.in, out, q); err != nil {
		t.Error(err)
	}
	// The layout: A' stands after 2·3 elements, kA after 3·3+5.
	if a, err := group.DecodeElement(b[1+6*33:][:33]); err != nil || !a.Equal(shuffle.NewTranscript(i.gens, i.key, i.in, out, p).Elements()[6]) {
		t.Error("A' is not in its place: ", err)
	}

	at := func(offset int, v ...byte) []byte {
		c := bytes.Clone(b)
		copy(c[offset:], v)
		return c
	}
	ff := bytes.Repeat([]byte{0xff}, 33)
	for name, bad := range map[string][]byte{
		"empty":                      nil,
		"a byte less":                b[:len(b)-1],
		"a byte more":                append(bytes.Clone(b), 0),
		"version 0":                  at(0, 0),
		"version 2":                  at(0, 2),
		"identity":                   at(1, make([]byte, 33)...),
		"prefix 4":                   at(1, 4),
		"abscissa above p":           at(1, append([]byte{2}, ff[:32]...)...),
		"last element":               at(1+13*33, 0),
		"scalar above q":             at(1+14*33, ff[:32]...),
		"last scalar above q":        at(len(b)-32, ff[:32]...),
		"compressed identity prefix": at(1+9*33, 0),
	} {
		if _, err := shuffle.DecodeProof(bad, 3); err == nil {
			t.Errorf("%s: decoded", name)
		}
	}
	for _, n := range []int{-1, 0, 1, 2, 4, shuffle.MaxRows, shuffle.MaxRows + 1, 1 << 60} {
		if _, err := shuffle.DecodeProof(b, n); err == nil {
			t.Errorf("decoded as a proof about %d rows", n)
		}
	}
}

// TestEveryByteCounts changes each byte of an encoded proof.
func TestEveryByteCounts(t *testing.T) {
	i := newInstance(t, 2)
	out, p := i.prove(t)
	b := p.Encode()
	for at := range b {
		changed := bytes.Clone(b)
		changed[at] ^= 1 << (at % 8)
		q, err := shuffle.DecodeProof(changed, 2)
		if err == nil && shuffle.Verify(session, i.gens, i.key, i.in, out, q) == nil {
			t.Errorf("accepted with byte %d changed", at)
		}
	}
}

func FuzzDecodeProof(f *testing.F) {
	for _, n := range []int{2, 3} {
		_, p := newInstance(f, n).prove(f)
		f.Add(p.Encode(), n)
	}
	f.Add([]byte{1}, 1<<24)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		p, err := shuffle.DecodeProof(b, n)
		if err == nil && (p.Rows() != n || !bytes.Equal(p.Encode(), b)) {
			t.Error("not the one encoding")
		}
	})
}

func FuzzByteTree(f *testing.F) {
	for file, data := range export(f, mixed(f, 2, 1)) {
		if filepath.Ext(file) == ".bt" {
			for shape := range shuffle.Shapes {
				f.Add(data.Data, shape, 2)
			}
		}
	}
	f.Add([]byte{0, 0, 0, 0, 0}, 0, 0)
	f.Fuzz(func(t *testing.T, b []byte, shape, n int) {
		if n < 0 || n > 100 || shape < 0 || shape >= len(shuffle.Shapes) {
			return // not a shape or count of ours
		}
		c, err := shuffle.RoundTripTree(shuffle.Shapes[shape], b, n)
		if err == nil && !bytes.Equal(b, c) {
			t.Error("not the one encoding")
		}
	})
}

func FuzzProtInfo(f *testing.F) {
	for _, parties := range []int{1, 25} {
		f.Add(shuffle.FormatProtInfo("Etest", parties))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		sid, parties, thres, err := shuffle.ParseProtInfo(b)
		if err != nil {
			return
		}
		if (shuffle.Session{SID: sid, AuxSID: "Ux"}).Validate() != nil || parties > 25 || thres < 1 || thres > parties {
			t.Errorf("read sid %q, %d parties, threshold %d", sid, parties, thres)
		}
		sid2, parties2, _, err := shuffle.ParseProtInfo(shuffle.FormatProtInfo(sid, parties))
		if err != nil || sid2 != sid || parties2 != parties {
			t.Errorf("read back as %q, %d: %v", sid2, parties2, err)
		}
	})
}

func TestByteTreeRefuses(t *testing.T) {
	x, y := group.Generator().Affine()
	field := func(b []byte) []byte { return append([]byte{1, 0, 0, 0, 33, 0}, b...) }
	point := func(x, y []byte) []byte { return append(append([]byte{0, 0, 0, 0, 2}, field(x)...), field(y)...) }
	one := []byte{0, 0, 0, 0, 1}
	good := append(bytes.Clone(one), point(x[:], y[:])...)
	if b, err := shuffle.RoundTripTree("array", good, 1); err != nil || !bytes.Equal(b, good) {
		t.Fatal(err)
	}
	with := func(at int, v byte) []byte {
		c := bytes.Clone(good)
		c[at] = v
		return c
	}
	p := bytes.Repeat([]byte{0xff}, 32)
	zero := make([]byte, 32)
	for name, bad := range map[string][]byte{
		"empty":              nil,
		"a header cut":       good[:4],
		"a leaf cut":         good[:len(good)-1],
		"a byte after":       append(bytes.Clone(good), 0),
		"leaf for node":      with(0, 1),
		"node for leaf":      with(10, 0),
		"tag 2":              with(0, 2),
		"count 2":            with(4, 2),
		"count 2^24+1":       with(1, 1),
		"leaf of 32":         with(14, 32),
		"leaf of 34":         with(14, 34),
		"negative":           with(15, 0xff),
		"33rd byte not 0":    with(15, 1),
		"off the curve":      with(len(good)-1, good[len(good)-1]^1),
		"abscissa not < p":   append(bytes.Clone(one), point(p, y[:])...),
		"both coordinates 0": append(bytes.Clone(one), point(zero, zero)...),
		// Verificatum's own encoding of the identity is (−1, −1).
		"identity": bytes.ReplaceAll(append(bytes.Clone(one), point(p, p)...), []byte{33, 0}, []byte{33, 0xff}),
	} {
		if _, err := shuffle.RoundTripTree("array", bad, 1); err == nil {
			t.Errorf("%s: decoded", name)
		}
	}
}

func TestProveRefuses(t *testing.T) {
	i := newInstance(t, 2)
	other := shuffle.Session{SID: "Eother", AuxSID: "Uone"}
	for name, f := range map[string]func() error{
		"no rows": func() error { _, _, err := shuffle.Prove(session, i.gens, i.key, nil); return err },
		"one row": func() error { _, _, err := shuffle.Prove(session, i.gens, i.key, i.in[:1]); return err },
		"three rows for two generators": func() error {
			_, _, err := shuffle.Prove(session, i.gens, i.key, append(i.in, i.in[0]))
			return err
		},
		"another session": func() error { _, _, err := shuffle.Prove(other, i.gens, i.key, i.in); return err },
		"identity": func() error {
			_, _, err := shuffle.Prove(session, i.gens, i.key, []elgamal.Ciphertext{i.in[0], {}})
			return err
		},
		"no generators":      func() error { _, err := session.Generators(0); return err },
		"one generator":      func() error { _, err := session.Generators(1); return err },
		"too many":           func() error { _, err := session.Generators(shuffle.MaxRows + 1); return err },
		"empty sid":          func() error { _, err := shuffle.Session{AuxSID: "Ux"}.Generators(2); return err },
		"sid of one letter":  func() error { _, err := shuffle.Session{SID: "E", AuxSID: "Ux"}.Generators(2); return err },
		"digit first":        func() error { _, err := shuffle.Session{SID: "1E", AuxSID: "Ux"}.Generators(2); return err },
		"dot in auxsid":      func() error { _, err := shuffle.Session{SID: "Ex", AuxSID: "U.x"}.Generators(2); return err },
		"letter with accent": func() error { _, err := shuffle.Session{SID: "Eé", AuxSID: "Ux"}.Generators(2); return err },
		"sid of 1025": func() error {
			_, err := shuffle.Session{SID: string(bytes.Repeat([]byte("E"), 1025)), AuxSID: "Ux"}.Generators(2)
			return err
		},
	} {
		if f() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := (shuffle.Session{SID: string(bytes.Repeat([]byte("E"), 1024)), AuxSID: "Ux"}).Generators(2); err != nil {
		t.Error(err)
	}
}

// TestGenerators: those of a shorter list are the first of a longer one,
// whatever the division of the work, and no two sessions share one.
func TestGenerators(t *testing.T) {
	long := generators(t, session, 5000).Elements()
	short := generators(t, session, 37).Elements()
	seen := make(map[string]bool)
	for i, h := range long {
		if i < len(short) && !h.Equal(short[i]) {
			t.Fatalf("generator %d differs", i)
		}
		seen[string(h.Bytes())] = true
	}
	for _, h := range generators(t, shuffle.Session{SID: "Etest", AuxSID: "Utwo"}, 37).Elements() {
		seen[string(h.Bytes())] = true
	}
	if len(seen) != 5037 {
		t.Errorf("%d different generators", len(seen))
	}
}

// TestShuffles decrypts what comes out: the same messages, each row renewed.
func TestShuffles(t *testing.T) {
	i := newInstance(t, 20)
	out, _ := i.prove(t)
	want := make(map[string]int)
	for m := range out {
		e := group.BaseMul(group.NewScalar(uint64(m)))
		want[fmt.Sprint(e)]++
	}
	for _, c := range out {
		want[fmt.Sprint(c.B.Sub(c.A.Mul(i.secret)))]--
		for _, d := range i.in {
			if c.A.Equal(d.A) || c.B.Equal(d.B) {
				t.Error("a row was not re-encrypted")
			}
		}
	}
	for m, n := range want {
		if n != 0 {
			t.Errorf("%s: %+d", m, -n)
		}
	}
}

// TestPermutationUniform counts how often each of the 24 permutations of four
// comes up in 24,000. The standard deviation is 31; a good generator fails this
// once in 10^20 runs.
func TestPermutationUniform(t *testing.T) {
	count := make(map[[4]uint32]int)
	for range 24000 {
		count[[4]uint32(shuffle.Permutation(4))]++
	}
	if len(count) != 24 {
		t.Fatalf("%d permutations", len(count))
	}
	for p, n := range count {
		if n < 700 || n > 1300 {
			t.Errorf("%v: %d times", p, n)
		}
	}
}
