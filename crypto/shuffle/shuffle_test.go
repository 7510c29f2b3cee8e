package shuffle_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/shuffle"
	"go.uber.org/goleak"
)

// An instance is a list to be shuffled, with the secret key for the tests.
type instance struct {
	session shuffle.Session
	gens    *shuffle.Generators
	secret  group.Scalar
	key     *elgamal.Key
	in      []elgamal.Ciphertext
}

var session = shuffle.Session{SID: "Etest", AuxSID: "Uone"}

func newInstance(t testing.TB, n int) *instance {
	t.Helper()
	x := group.RandomScalar()
	i := &instance{session: session, secret: x, key: elgamal.NewKey(group.BaseMul(x)), in: make([]elgamal.Ciphertext, n)}
	for j := range i.in {
		i.in[j] = i.key.Encrypt(group.NewScalar(uint64(j)), group.RandomScalar())
	}
	i.gens = generators(t, session, n)
	return i
}

func generators(t testing.TB, s shuffle.Session, n int) *shuffle.Generators {
	t.Helper()
	g, err := s.Generators(n)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func (i *instance) prove(t testing.TB) ([]elgamal.Ciphertext, *shuffle.Proof) {
	t.Helper()
	out, p, err := shuffle.Prove(i.session, i.gens, i.key, i.in)
	if err != nil {
		t.Fatal(err)
	}
	return out, p
}

func TestProveVerify(t *testing.T) {
	for _, n := range []int{2, 3, 5, 33} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			i := newInstance(t, n)
			out, p := i.prove(t)
			if err := shuffle.Verify(i.session, i.gens, i.key, i.in, out, p); err != nil {
				t.Error(err)
			}
		})
	}
}

func BenchmarkProve1000(b *testing.B) {
	i := newInstance(b, 1000)
	for b.Loop() {
		i.prove(b)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "µs/row")
}

func BenchmarkVerify1000(b *testing.B) {
	i := newInstance(b, 1000)
	out, p := i.prove(b)
	for b.Loop() {
		if err := shuffle.Verify(i.session, i.gens, i.key, i.in, out, p); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "µs/row")
}

func BenchmarkGenerators1000(b *testing.B) {
	for b.Loop() {
		generators(b, session, 1000)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "µs/row")
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestChunks divides the rows among several numbers of processors and changes
// every value of the proof, those beside the borders among them.
func TestChunks(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	i := newInstance(t, 8)
	for _, procs := range []int{1, 2, 3, 8, 9} {
		runtime.GOMAXPROCS(procs)
		out, p := i.prove(t)
		if err := shuffle.Verify(i.session, i.gens, i.key, i.in, out, p); err != nil {
			t.Errorf("%d processors: %v", procs, err)
		}
		tr := shuffle.NewTranscript(i.gens, i.key, i.in, out, p)
		for at := range tr.Scalars() {
			k := &tr.Scalars()[at]
			old := *k
			*k = old.Add(group.NewScalar(1))
			if tr.Batched() == nil {
				t.Errorf("%d processors: accepted with scalar %d changed", procs, at)
			}
			*k = old
		}
		for at := range tr.Elements() {
			e := &tr.Elements()[at]
			old := *e
			*e = old.Add(group.Generator())
			if tr.Batched() == nil {
				t.Errorf("%d processors: accepted with element %d changed", procs, at)
			}
			*e = old
		}
	}
}
