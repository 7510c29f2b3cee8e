package zkp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
	"github.com/sandogh/sandogh/crypto/zkp"
	"pgregory.net/rapid"
)

var (
	slotSecret = transcript.New([]byte("slot test key")).Scalar()
	slotKey    = elgamal.NewKey(group.BaseMul(slotSecret))
	slotTag    = []byte("tag")
)

// slots returns the first of codes in an array of k slots.
func slots(k int, codes ...int) []int { return append(codes, make([]int, k-len(codes))...) }

func seal(t testing.TB, tag []byte, n, k int, selections []int, seed byte) (*zkp.SlotStatement, *zkp.Sealed) {
	t.Helper()
	s, err := zkp.SealSlots(tag, slotKey, n, k, selections, [32]byte{seed})
	if err != nil {
		t.Fatal(err)
	}
	return &zkp.SlotStatement{Tag: tag, Key: slotKey.Element(), N: n, K: k, Rows: s.Rows}, s
}

func TestSlotParams(t *testing.T) {
	for _, c := range [][5]int{ // n, k, b, m, N
		{1, 1, 1, 2, 2}, {2, 1, 2, 2, 4}, {3, 3, 2, 4, 8}, {4, 4, 4, 8, 32}, {10, 4, 4, 8, 32},
		{15, 7, 4, 8, 32}, {16, 8, 8, 16, 128}, {24, 9, 8, 16, 128}, {255, 1, 8, 2, 16},
		{256, 1, 16, 2, 32}, {3000, 21, 16, 32, 512}, {65535, 64, 16, 128, 2048}, {65536, 64, 32, 128, 4096},
	} {
		b, m, N, err := zkp.SlotParams(c[0], c[1])
		if err != nil || [3]int{b, m, N} != [3]int(c[2:]) {
			t.Errorf("n = %d, k = %d: got %d, %d, %d, %v, want %v", c[0], c[1], b, m, N, err, c[2:])
		}
	}
	for _, c := range [][2]int{{0, 1}, {-1, 1}, {65537, 1}, {1, 0}, {1, -1}, {1, 65}} {
		if _, _, _, err := zkp.SlotParams(c[0], c[1]); err == nil {
			t.Errorf("n = %d, k = %d accepted", c[0], c[1])
		}
	}
}

func TestSealComplete(t *testing.T) {
	cases := []struct {
		n, k       int
		selections []int
		size       int // rows and proof
	}{
		{1, 1, []int{1}, 66 + 424},
		{1, 1, []int{0}, 66 + 424},
		{2, 5, []int{1, 2, 0, 0, 0}, 0}, // more slots than codes
		{3, 2, []int{1, 3}, 0},
		{7, 3, []int{7, 0, 0}, 0},
		{10, 4, []int{1, 4, 9, 10}, 952},
		{10, 4, []int{0, 0, 0, 0}, 952},
		{24, 9, slots(9, 2, 3, 5, 24), 0},
		{3000, 21, slots(21, 1, 2, 999, 3000), 2338},
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%dof%d/%v", c.k, c.n, c.selections), func(t *testing.T) {
			st, s := seal(t, slotTag, c.n, c.k, c.selections, 7)
			if err := zkp.VerifySlots(st, s.Proof); err != nil {
				t.Fatal(err)
			}
			if got := len(s.Proof) + len(elgamal.Encode(s.Rows)); c.size != 0 && got != c.size {
				t.Errorf("%d bytes, not %d", got, c.size)
			}
			var want []int
			for _, sel := range c.selections {
				if sel != 0 {
					want = append(want, sel)
				}
			}
			want = append(want, s.Blanks...)
			if len(want) != c.k {
				t.Fatalf("%d codes in %d slots", len(want), c.k)
			}
			for j, row := range s.Rows {
				if !row.B.Sub(row.A.Mul(slotSecret)).Equal(group.BaseMul(refNum(want[j]))) {
					t.Errorf("row %d does not hold %d", j, want[j])
				}
				if j > 0 && want[j] <= want[j-1] {
					t.Errorf("codes %v are not ascending", want)
				}
			}
			for _, blank := range s.Blanks {
				if blank <= c.n || blank > c.n+c.k {
					t.Errorf("blank %d", blank)
				}
			}
			if c.n > 10 {
				return // the reference is slow
			}
			ref := refSeal(slotTag, slotKey.Element(), c.n, c.k, c.selections, [32]byte{7})
			if !bytes.Equal(ref.trace.proof, s.Proof) || !bytes.Equal(elgamal.Encode(ref.st.Rows), elgamal.Encode(s.Rows)) {
				t.Error("differs from the reference")
			}
			if ref.trace.equationsOfProof != [3]bool{true, true, true} {
				t.Error("refused by the reference")
			}
		})
	}
}

func TestSealDeterministic(t *testing.T) {
	base := func() ([]byte, *elgamal.Key, int, int, []int, [32]byte) {
		return []byte("tag"), slotKey, 5, 3, []int{2, 4, 0}, [32]byte{1}
	}
	tag, key, n, k, sel, seed := base()
	first, err := zkp.SealSlots(tag, key, n, k, sel, seed)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	note := func(name string, s *zkp.Sealed) {
		for _, c := range s.Rows {
			if old, ok := seen[string(c.A.Bytes())]; ok {
				t.Errorf("randomness of %q repeats in %q", old, name)
			}
			seen[string(c.A.Bytes())] = name
		}
	}
	note("first", first)
	again, err := zkp.SealSlots(tag, key, n, k, sel, seed)
	if err != nil || !bytes.Equal(again.Proof, first.Proof) || !bytes.Equal(elgamal.Encode(again.Rows), elgamal.Encode(first.Rows)) {
		t.Error("a second sealing differs")
	}
	for name, change := range map[string]func(){
		"tag":             func() { tag = []byte("tah") },
		"key":             func() { key = elgamal.NewKey(group.Hash("key", 1)) },
		"n":               func() { n = 6 },
		"k":               func() { k, sel = 4, []int{2, 4, 0, 0} },
		"seed":            func() { seed[31] = 1 },
		"one more":        func() { sel = []int{2, 4, 5} },
		"one less":        func() { sel = []int{2, 0, 0} },
		"other selection": func() { sel = []int{2, 5, 0} },
		"none":            func() { sel = []int{0, 0, 0} },
	} {
		tag, key, n, k, sel, seed = base()
		change()
		s, err := zkp.SealSlots(tag, key, n, k, sel, seed)
		if err != nil {
			t.Fatal(name, err)
		}
		note(name, s)
	}
}

// Sealings of different shapes side by side share the cached generators.
func TestSealConcurrently(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			n, k := 1<<(i%4), 1+i%3
			s, err := zkp.SealSlots(slotTag, slotKey, n, k, slots(k, 1), [32]byte{byte(i)})
			if err != nil {
				t.Error(err)
				return
			}
			st := &zkp.SlotStatement{Tag: slotTag, Key: slotKey.Element(), N: n, K: k, Rows: s.Rows}
			if err := zkp.VerifySlots(st, s.Proof); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestSealRefusesSelections(t *testing.T) {
	const maxInt = int(^uint(0) >> 1)
	for _, sel := range [][]int{
		nil, {1, 2}, {1, 2, 3, 4}, // wrong length
		{1, 1, 0}, {2, 1, 0}, {1, 3, 2}, // twice, descending
		{0, 1, 0}, {1, 0, 2}, {0, 0, 5}, // after a zero
		{6, 0, 0}, {1, 2, 6}, {-1, 0, 0}, {-1, 1, 2}, {1, -2, 0}, {1, 2, -1},
		{maxInt, 0, 0}, {1, maxInt, 0}, {-maxInt - 1, 0, 0}, {1, -maxInt - 1, 0}, {1, 2, -maxInt - 1}, {maxInt, -maxInt - 1, 0},
	} {
		if _, err := zkp.SealSlots(slotTag, slotKey, 5, 3, sel, [32]byte{}); err == nil {
			t.Errorf("%v accepted", sel)
		}
	}
	if _, err := zkp.SealSlots(slotTag, slotKey, 0, 3, slots(3), [32]byte{}); err == nil {
		t.Error("n = 0 accepted")
	}
}

// Every order of the blanks occurs, about equally often.
func TestBlanksUniform(t *testing.T) {
	s := transcript.New([]byte("blanks"))
	count := map[[4]int]int{}
	const draws = 4800
	for range draws {
		count[[4]int(zkp.DrawBlanksForTest(s, 9, 4))]++
	}
	if len(count) != 24 {
		t.Errorf("%d orders, not 24", len(count))
	}
	var chi float64
	for _, c := range count {
		chi += float64((c-draws/24)*(c-draws/24)) / (draws / 24)
	}
	if chi > 49.7 { // 23 degrees of freedom, one in a thousand; the stream is fixed
		t.Errorf("chi-square %.1f", chi)
	}
}

func validSlots(t *rapid.T) (n, k int, selections []int) {
	n, k = rapid.IntRange(1, 15).Draw(t, "n"), rapid.IntRange(1, 3).Draw(t, "k")
	selections = make([]int, k)
	next := 1
	for j := range rapid.IntRange(0, k).Draw(t, "used") {
		if next > n {
			break
		}
		selections[j] = rapid.IntRange(next, n).Draw(t, "selection")
		next = selections[j] + 1
	}
	return n, k, selections
}

func TestSealProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, k, selections := validSlots(t)
		seed := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed"))
		s, err := zkp.SealSlots(slotTag, slotKey, n, k, selections, seed)
		if err != nil {
			t.Fatal(err)
		}
		st := &zkp.SlotStatement{Tag: slotTag, Key: slotKey.Element(), N: n, K: k, Rows: s.Rows}
		if err := zkp.VerifySlots(st, s.Proof); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSealRefusesProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, k := rapid.IntRange(1, 15).Draw(t, "n"), rapid.IntRange(1, 4).Draw(t, "k")
		selections := rapid.SliceOfN(rapid.IntRange(-2, 18), k, k).Draw(t, "selections")
		valid, zero := true, false
		for j, s := range selections {
			valid = valid && s >= 0 && s <= n && !(zero && s != 0) && (j == 0 || s == 0 || s > selections[j-1])
			zero = zero || s == 0
		}
		if valid {
			t.Skip("valid")
		}
		if _, err := zkp.SealSlots(slotTag, slotKey, n, k, selections, [32]byte{}); err == nil {
			t.Fatalf("%v of %d accepted", selections, n)
		}
	})
}

func slotWitness(ref *refSealed) *zkp.SlotWitness {
	return &zkp.SlotWitness{
		Codes: ref.codes, R: ref.w.r, Alpha: ref.w.alpha, Rho: ref.w.rho,
		SL: ref.w.sL, SR: ref.w.sR, Tau1: ref.w.tau1, Tau2: ref.w.tau2,
	}
}

func TestProveSlots(t *testing.T) {
	ref := refSeal(slotTag, slotKey.Element(), 3, 2, []int{1, 3}, [32]byte{})
	proof, err := zkp.ProveSlots(ref.st, slotWitness(ref))
	if err != nil || !bytes.Equal(proof, ref.trace.proof) {
		t.Fatal("differs from the reference", err)
	}
	const maxInt = int(^uint(0) >> 1)
	for name, change := range map[string]func(*zkp.SlotWitness){
		"twice":       func(w *zkp.SlotWitness) { w.Codes = []int{2, 2} },
		"zero":        func(w *zkp.SlotWitness) { w.Codes = []int{0, 2} },
		"beyond":      func(w *zkp.SlotWitness) { w.Codes = []int{1, 6} },
		"unsorted":    func(w *zkp.SlotWitness) { w.Codes = []int{3, 1} },
		"wraps":       func(w *zkp.SlotWitness) { w.Codes = []int{maxInt, -maxInt - 1} },
		"wraps about": func(w *zkp.SlotWitness) { w.Codes = []int{-maxInt - 1, -1} },
		"smallest":    func(w *zkp.SlotWitness) { w.Codes = []int{-maxInt - 1, 1} },
		"one code":    func(w *zkp.SlotWitness) { w.Codes = []int{1} },
		"one r":       func(w *zkp.SlotWitness) { w.R = w.R[:1] },
		"short sL":    func(w *zkp.SlotWitness) { w.SL = w.SL[1:] },
		"short sR":    func(w *zkp.SlotWitness) { w.SR = w.SR[1:] },
		"T1 identity": func(w *zkp.SlotWitness) { w.Tau1 = group.Scalar{} },
		"T2 identity": func(w *zkp.SlotWitness) { w.Tau2 = group.Scalar{} },
		"S is identity": func(w *zkp.SlotWitness) {
			w.Rho, w.SL, w.SR = group.Scalar{}, make([]group.Scalar, 8), make([]group.Scalar, 8)
		},
	} {
		w := slotWitness(ref)
		change(w)
		if _, err := zkp.ProveSlots(ref.st, w); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestSlotSecretsRedacted(t *testing.T) {
	_, s := seal(t, slotTag, 3, 2, []int{2, 0}, 0)
	w := zkp.SlotWitness{Codes: []int{12345}}
	for _, v := range []any{*s, s, w, &w} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
			if got := fmt.Sprintf(verb, v); got != "[redacted]" {
				t.Errorf("%T with %s prints %q", v, verb, got)
			}
		}
		if got, err := json.Marshal(v); err != nil || string(got) != `"[redacted]"` {
			t.Errorf("%T marshals to %s, %v", v, got, err)
		}
		var log strings.Builder
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
		if !strings.HasSuffix(log.String(), "v=[redacted]\n") {
			t.Errorf("%T logs %s", v, log.String())
		}
	}
}

var slotBenchmarks = []struct {
	name       string
	n, k, used int
}{{"4of10", 10, 4, 4}, {"9of24", 24, 9, 9}, {"21of3000", 3000, 21, 21}}

func BenchmarkSealSlots(b *testing.B) {
	for _, c := range slotBenchmarks {
		b.Run(c.name, func(b *testing.B) {
			var codes []int
			for i := range c.used {
				codes = append(codes, i+1)
			}
			seal(b, slotTag, c.n, c.k, slots(c.k, codes...), 0) // the generators
			for b.Loop() {
				seal(b, slotTag, c.n, c.k, slots(c.k, codes...), 0)
			}
		})
	}
}

func BenchmarkVerifySlots(b *testing.B) {
	const batch = 50
	for _, c := range slotBenchmarks {
		st, s := seal(b, slotTag, c.n, c.k, slots(c.k, 3), 0)
		b.Run(c.name+"/single", func(b *testing.B) {
			for b.Loop() {
				if err := zkp.VerifySlots(st, s.Proof); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/batched", func(b *testing.B) {
			for b.Loop() {
				var all group.Batch
				for range batch {
					if err := zkp.AddSlots(&all, st, s.Proof); err != nil {
						b.Fatal(err)
					}
				}
				if !all.Valid() {
					b.Fatal("refused")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*batch), "µs/ballot")
		})
	}
}
