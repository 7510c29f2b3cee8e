package shuffle_test

import (
	"fmt"
	"testing"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/shuffle"
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
