package threshold_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"pgregory.net/rapid"
)

func checkRedacted(t *testing.T, what string, values ...any) {
	t.Helper()
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
			if got := fmt.Sprintf(verb, v); got != "[redacted]" {
				t.Errorf("%s prints with %s as %s", what, verb, got)
			}
		}
		if b, err := json.Marshal(map[string]any{"v": v}); err != nil || string(b) != `{"v":"[redacted]"}` {
			t.Errorf("%s marshals as %s, %v", what, b, err)
		}
		for _, handler := range []func(*bytes.Buffer) slog.Handler{
			func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
			func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		} {
			var b bytes.Buffer
			slog.New(handler(&b)).Info("m", "v", v)
			if !strings.Contains(b.String(), "[redacted]") {
				t.Errorf("%s is logged as %s", what, b.String())
			}
		}
	}
}

func TestPartialProof(t *testing.T) {
	c := hold(t, 2, 3)
	rows := c.encrypt(5, 6, 7)
	partials := c.secrets[0].PartialDecrypt(rows)
	tag := []byte("unit 1")
	proof, err := c.secrets[0].Prove(tag, rows, partials)
	if err != nil {
		t.Fatal(err)
	}
	if err := threshold.VerifyPartial(tag, c.keys[0], rows, partials, proof); err != nil {
		t.Fatal(err)
	}
	swapped := []group.Element{partials[1], partials[0], partials[2]}
	shifted := slices.Clone(partials)
	shifted[0] = partials[0].Add(group.Generator())
	moved := slices.Clone(shifted) // errors that cancel in the plain sum
	moved[1] = partials[1].Sub(group.Generator())
	flipped := slices.Clone(proof)
	flipped[len(flipped)-1] ^= 1
	otherRows := slices.Clone(rows)
	otherRows[2] = c.encrypt(7)[0]
	missing := slices.Clone(partials)
	missing[1] = group.Element{}
	for name, v := range map[string]struct {
		tag      string
		key      group.Element
		rows     []elgamal.Ciphertext
		partials []group.Element
		proof    []byte
	}{
		"another tag":         {"unit 2", c.keys[0], rows, partials, proof},
		"another trustee":     {"unit 1", c.keys[1], rows, partials, proof},
		"swapped partials":    {"unit 1", c.keys[0], rows, swapped, proof},
		"one wrong partial":   {"unit 1", c.keys[0], rows, shifted, proof},
		"opposite errors":     {"unit 1", c.keys[0], rows, moved, proof},
		"another row":         {"unit 1", c.keys[0], otherRows, partials, proof},
		"a row less":          {"unit 1", c.keys[0], rows[:2], partials[:2], proof},
		"a partial less":      {"unit 1", c.keys[0], rows, partials[:2], proof},
		"no rows":             {"unit 1", c.keys[0], nil, nil, proof},
		"an identity":         {"unit 1", c.keys[0], rows, missing, proof},
		"the identity as key": {"unit 1", group.Element{}, rows, partials, proof},
		"a flipped bit":       {"unit 1", c.keys[0], rows, partials, flipped},
		"a longer proof":      {"unit 1", c.keys[0], rows, partials, append(slices.Clone(proof), 0)},
		"no proof":            {"unit 1", c.keys[0], rows, partials, nil},
	} {
		if threshold.VerifyPartial([]byte(v.tag), v.key, v.rows, v.partials, v.proof) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	for name, p := range map[string][]group.Element{"wrong": shifted, "too few": partials[:2]} {
		if _, err := c.secrets[0].Prove(tag, rows, p); err == nil {
			t.Errorf("%s partials are proved", name)
		}
	}
}

var q, _ = new(big.Int).SetString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16)

// TestLagrange compares with rational arithmetic mod q.
func TestLagrange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		indices := rapid.SliceOfNDistinct(rapid.IntRange(1, 40), 1, 8, rapid.ID).Draw(t, "indices")
		lambda, err := threshold.Lagrange(indices)
		if err != nil {
			t.Fatal(err)
		}
		for k, i := range indices {
			want := big.NewRat(1, 1)
			for _, j := range indices {
				if j != i {
					want.Mul(want, big.NewRat(int64(j), int64(j-i)))
				}
			}
			mod := new(big.Int).ModInverse(want.Denom(), q)
			mod.Mul(mod, want.Num()).Mod(mod, q)
			if new(big.Int).SetBytes(lambda[k].Bytes()).Cmp(mod) != 0 {
				t.Fatalf("coefficient of %d among %v: %x, want %v", i, indices, lambda[k].Bytes(), want)
			}
		}
	})
	for name, indices := range map[string][]int{
		"none": nil, "zero": {1, 0}, "a negative index": {1, -2}, "an index twice": {3, 1, 3},
	} {
		if _, err := threshold.Lagrange(indices); err == nil {
			t.Errorf("%s accepted", name)
		}
	}
}

func TestCombineRefuses(t *testing.T) {
	g := group.Generator()
	column := []group.Element{g, g}
	for name, c := range map[string]struct {
		indices  []int
		partials [][]group.Element
	}{
		"nothing":            {nil, nil},
		"index 0":            {[]int{0, 1}, [][]group.Element{column, column}},
		"an index twice":     {[]int{2, 2}, [][]group.Element{column, column}},
		"a trustee too many": {[]int{1}, [][]group.Element{column, column}},
		"a trustee less":     {[]int{1, 2}, [][]group.Element{column}},
		"unequal rows":       {[]int{1, 2}, [][]group.Element{column, column[:1]}},
	} {
		if _, err := threshold.Combine(c.indices, c.partials); err == nil {
			t.Errorf("%s accepted", name)
		}
	}
	if got, err := threshold.Combine([]int{1, 2}, [][]group.Element{{}, {}}); err != nil || len(got) != 0 {
		t.Errorf("no rows: %v, %v", got, err)
	}
	if _, err := threshold.Open(make([]elgamal.Ciphertext, 2), column[:1]); err == nil {
		t.Error("fewer combined than rows opened")
	}
}

// TestSwappedTrustees combines right partials under wrong indices.
func TestSwappedTrustees(t *testing.T) {
	c := hold(t, 2, 3)
	rows := c.encrypt(9)
	p1, p2 := c.secrets[0].PartialDecrypt(rows), c.secrets[1].PartialDecrypt(rows)
	table := threshold.NewLogTable(20)
	for _, swap := range []bool{false, true} {
		if swap {
			p1, p2 = p2, p1
		}
		combined, err := threshold.Combine([]int{1, 2}, [][]group.Element{p1, p2})
		if err != nil {
			t.Fatal(err)
		}
		opened, err := threshold.Open(rows, combined)
		if err != nil {
			t.Fatal(err)
		}
		if m, ok := table.Log(opened[0]); ok == swap || !swap && m != 9 {
			t.Errorf("swapped %v: %d, %v", swap, m, ok)
		}
	}
}

// TestManyRows crosses the blocks of parallel work.
func TestManyRows(t *testing.T) {
	c := hold(t, 2, 3)
	var messages []uint64
	for m := range uint64(200) {
		messages = append(messages, m+1)
	}
	table := threshold.NewLogTable(200)
	for _, indices := range [][]int{{1, 2}, {3, 1}} {
		for j, e := range c.open(t, indices, c.encrypt(messages...)) {
			if m, ok := table.Log(e); !ok || m != j+1 {
				t.Fatalf("trustees %v: row %d opens as %d, %v", indices, j, m, ok)
			}
		}
	}
}

func TestLogTable(t *testing.T) {
	table := threshold.NewLogTable(30)
	for m := -2; m <= 33; m++ {
		s := group.NewScalar(uint64(max(m, -m)))
		if m < 0 {
			s = s.Neg()
		}
		got, ok := table.Log(group.BaseMul(s))
		if want := m >= 1 && m <= 30; ok != want || ok && got != m {
			t.Errorf("log of %d: %d, %v", m, got, ok)
		}
	}
	for _, max := range []int{0, -1} {
		if _, ok := threshold.NewLogTable(max).Log(group.Generator()); ok {
			t.Errorf("the table up to %d holds 1", max)
		}
	}
}

func FuzzDecodeCommitments(f *testing.F) {
	g := group.Generator()
	f.Add(threshold.EncodeCommitments([]group.Element{g, g.Add(g)}), 2)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		c, err := threshold.DecodeCommitments(b, n)
		if err == nil && (len(c) != n || !bytes.Equal(threshold.EncodeCommitments(c), b)) {
			t.Errorf("%x decodes and encodes to something else", b)
		}
	})
}

func FuzzDecodeSecret(f *testing.F) {
	f.Add(group.NewScalar(7).Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := threshold.DecodeSecret(b); err == nil && !bytes.Equal(s.Bytes(), b) {
			t.Errorf("%x decodes and encodes to something else", b)
		}
	})
}

func benchmarkRows(b *testing.B, work func(c *ceremony, rows []elgamal.Ciphertext) func()) {
	c := hold(b, 3, 5)
	key := elgamal.NewKey(c.y)
	rows := make([]elgamal.Ciphertext, 512)
	for j := range rows {
		rows[j] = key.Encrypt(group.NewScalar(uint64(j)), group.RandomScalar())
	}
	run := work(c, rows)
	for b.Loop() {
		run()
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(len(rows)), "µs/row")
}

func BenchmarkPartialDecrypt(b *testing.B) {
	benchmarkRows(b, func(c *ceremony, rows []elgamal.Ciphertext) func() {
		return func() { c.secrets[0].PartialDecrypt(rows) }
	})
}

func BenchmarkVerifyPartial(b *testing.B) {
	benchmarkRows(b, func(c *ceremony, rows []elgamal.Ciphertext) func() {
		partials := c.secrets[0].PartialDecrypt(rows)
		proof, err := c.secrets[0].Prove(nil, rows, partials)
		if err != nil {
			b.Fatal(err)
		}
		return func() {
			if err := threshold.VerifyPartial(nil, c.keys[0], rows, partials, proof); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func benchmarkCombine(b *testing.B, indices ...int) {
	benchmarkRows(b, func(c *ceremony, rows []elgamal.Ciphertext) func() {
		var partials [][]group.Element
		for _, i := range indices {
			partials = append(partials, c.secrets[i-1].PartialDecrypt(rows))
		}
		return func() {
			combined, err := threshold.Combine(indices, partials)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := threshold.Open(rows, combined); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkCombineFirstThree(b *testing.B) { benchmarkCombine(b, 1, 2, 3) }
func BenchmarkCombineLastThree(b *testing.B)  { benchmarkCombine(b, 3, 4, 5) }
func BenchmarkCombineOdd(b *testing.B)        { benchmarkCombine(b, 1, 3, 5) }
