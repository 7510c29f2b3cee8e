package shuffle_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/shuffle"
	"pgregory.net/rapid"
)

// expect checks which equations fail, with the reference verifier, and that
// Verify refuses exactly when one does.
func expect(t *testing.T, i *instance, out []elgamal.Ciphertext, p *shuffle.Proof, failing ...string) {
	t.Helper()
	failed := shuffle.VerifyNaive(i.gens, i.key, i.in, out, p)
	if !slices.Equal(failed, failing) {
		t.Errorf("equations %v fail, want %v", failed, failing)
	}
	err := shuffle.Verify(i.session, i.gens, i.key, i.in, out, p)
	if (err == nil) != (len(failing) == 0) {
		t.Errorf("Verify: %v", err)
	}
	if err != nil && !strings.Contains(err.Error(), "the equations do not hold") {
		t.Errorf("Verify refuses for another reason: %v", err)
	}
}

// TestMixerCheats: what the mixer did, and the equations that refuse it. The
// mixer proves honestly otherwise, with everything hashed after the change.
func TestMixerCheats(t *testing.T) {
	for _, c := range []struct {
		name    string
		perm    []uint32
		tamper  func(i *instance, out []elgamal.Ciphertext, u []group.Element)
		failing []string
	}{
		{"nothing", []uint32{3, 1, 0, 2}, func(*instance, []elgamal.Ciphertext, []group.Element) {}, nil},
		{"identity permutation", []uint32{0, 1, 2, 3}, func(*instance, []elgamal.Ciphertext, []group.Element) {}, nil},
		{"replaces a row", []uint32{3, 1, 0, 2}, func(i *instance, out []elgamal.Ciphertext, _ []group.Element) {
			out[1] = i.key.Encrypt(group.NewScalar(7), group.RandomScalar())
		}, []string{"F.A", "F.B"}},
		{"drops a row and duplicates another", []uint32{3, 1, 0, 2}, func(i *instance, out []elgamal.Ciphertext, _ []group.Element) {
			out[1] = i.key.Reencrypt(out[2], group.RandomScalar())
		}, []string{"F.A", "F.B"}},
		{"changes a vote", []uint32{3, 1, 0, 2}, func(_ *instance, out []elgamal.Ciphertext, _ []group.Element) {
			out[0].B = out[0].B.Add(group.Generator())
		}, []string{"F.B"}},
		{"re-encrypts wrongly", []uint32{3, 1, 0, 2}, func(_ *instance, out []elgamal.Ciphertext, _ []group.Element) {
			out[0].A = out[0].A.Add(group.Generator())
		}, []string{"F.A"}},
		{"moves a vote from one row to another", []uint32{3, 1, 0, 2}, func(_ *instance, out []elgamal.Ciphertext, _ []group.Element) {
			out[0].B = out[0].B.Add(group.Generator())
			out[1].B = out[1].B.Sub(group.Generator())
		}, []string{"F.B"}},
		{"permutes otherwise than committed", []uint32{3, 1, 0, 2}, func(_ *instance, out []elgamal.Ciphertext, _ []group.Element) {
			out[0], out[1] = out[1], out[0]
		}, []string{"F.A", "F.B"}},
		{"commits to something else", []uint32{3, 1, 0, 2}, func(_ *instance, _ []elgamal.Ciphertext, u []group.Element) {
			u[0], u[1] = u[1], u[0]
		}, []string{"A"}},
		{"commits to no permutation", []uint32{0, 0, 1, 2}, func(i *instance, out []elgamal.Ciphertext, _ []group.Element) {
			out[3] = i.key.Encrypt(group.NewScalar(7), group.RandomScalar())
		}, []string{"A", "C", "D", "F.A", "F.B"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			i := newInstance(t, 4)
			out, p := shuffle.ProveTampered(i.gens, i.key, i.in, c.perm, func(out []elgamal.Ciphertext, u []group.Element) {
				c.tamper(i, out, u)
			})
			expect(t, i, out, p, c.failing...)
		})
	}
}

// TestLinearCheats: in = M·out for matrices that are no permutations and for
// which the prover satisfies every other equation, so that C and D are each
// seen to be needed.
func TestLinearCheats(t *testing.T) {
	k := func(u int) group.Scalar {
		if u < 0 {
			return group.NewScalar(uint64(-u)).Neg()
		}
		return group.NewScalar(uint64(u))
	}
	half, third := k(2).Inverse(), k(3).Inverse()
	type matrix = [][]group.Scalar
	for _, c := range []struct {
		name       string
		m, inverse matrix
		failing    []string
	}{
		{"a permutation", matrix{{k(0), k(1)}, {k(1), k(0)}}, matrix{{k(0), k(1)}, {k(1), k(0)}}, nil},
		{"one row doubled, one halved", matrix{{k(2), k(0)}, {k(0), half}}, matrix{{half, k(0)}, {k(0), k(2)}}, []string{"C"}},
		{"columns that sum to one", matrix{{k(2), k(-1)}, {k(-1), k(2)}},
			matrix{{k(2).Mul(third), third}, {third, k(2).Mul(third)}}, []string{"D"}},
		{"sums of rows", matrix{{k(1), k(1)}, {k(0), k(1)}}, matrix{{k(1), k(-1)}, {k(0), k(1)}}, []string{"C", "D"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			i := newInstance(t, 2)
			out, p := shuffle.ProveLinear(i.gens, i.key, i.in, c.m, c.inverse)
			expect(t, i, out, p, c.failing...)
		})
	}
}

// TestAnotherStatement verifies a good proof for something it is not about.
func TestAnotherStatement(t *testing.T) {
	i := newInstance(t, 3)
	out, p := i.prove(t)
	other := newInstance(t, 3)
	otherOut, otherProof := other.prove(t)
	auxsid := shuffle.Session{SID: session.SID, AuxSID: "Utwo"}
	sid := shuffle.Session{SID: "Eother", AuxSID: session.AuxSID}
	swapped := []elgamal.Ciphertext{out[1], out[0], out[2]}
	swappedIn := []elgamal.Ciphertext{i.in[1], i.in[0], i.in[2]}
	for name, err := range map[string]error{
		"auxsid":            shuffle.Verify(auxsid, generators(t, auxsid, 3), i.key, i.in, out, p),
		"sid":               shuffle.Verify(sid, generators(t, sid, 3), i.key, i.in, out, p),
		"generators":        shuffle.Verify(session, generators(t, sid, 3), i.key, i.in, out, p),
		"fewer generators":  shuffle.Verify(session, generators(t, session, 2), i.key, i.in, out, p),
		"more generators":   shuffle.Verify(session, generators(t, session, 4), i.key, i.in, out, p),
		"key":               shuffle.Verify(session, i.gens, other.key, i.in, out, p),
		"input":             shuffle.Verify(session, i.gens, i.key, other.in, out, p),
		"output":            shuffle.Verify(session, i.gens, i.key, i.in, otherOut, p),
		"proof":             shuffle.Verify(session, i.gens, i.key, i.in, out, otherProof),
		"swapped outputs":   shuffle.Verify(session, i.gens, i.key, i.in, swapped, p),
		"swapped inputs":    shuffle.Verify(session, i.gens, i.key, swappedIn, out, p),
		"inputs as outputs": shuffle.Verify(session, i.gens, i.key, i.in, i.in, p),
		"a row less out":    shuffle.Verify(session, i.gens, i.key, i.in, out[:2], p),
		"a row less in":     shuffle.Verify(session, i.gens, i.key, i.in[:2], out, p),
		"a row less":        shuffle.Verify(session, generators(t, session, 2), i.key, i.in[:2], out[:2], p),
		"identity in":       shuffle.Verify(session, i.gens, i.key, []elgamal.Ciphertext{i.in[0], i.in[1], {A: i.in[2].A}}, out, p),
		"identity out":      shuffle.Verify(session, i.gens, i.key, i.in, []elgamal.Ciphertext{out[0], out[1], {B: out[2].B}}, p),
	} {
		if err == nil {
			t.Errorf("another %s: accepted", name)
		}
	}
	if err := shuffle.Verify(session, i.gens, i.key, i.in, out, p); err != nil {
		t.Error(err)
	}
}

// TestKnownLogarithms: a prover who chose the generators. With them the proof
// would hold; whoever derives the generators refuses it.
func TestKnownLogarithms(t *testing.T) {
	i := newInstance(t, 3)
	h := make([]group.Element, 3)
	for j := range h {
		h[j] = group.BaseMul(group.RandomScalar())
	}
	forged := *i
	forged.gens = shuffle.ForgedGenerators(session, h)
	out, p := forged.prove(t)
	expect(t, &forged, out, p)
	if failed := shuffle.VerifyNaive(i.gens, i.key, i.in, out, p); !slices.Contains(failed, "A") {
		t.Errorf("equations %v fail", failed)
	}
	if shuffle.Verify(session, i.gens, i.key, i.in, out, p) == nil {
		t.Error("accepted")
	}
}

// TestZeroChallenge: with v = 0 every equation can be satisfied for every
// statement.
func TestZeroChallenge(t *testing.T) {
	i := newInstance(t, 2)
	_, p := i.prove(t)
	nonsense := newInstance(t, 2).in
	tr := shuffle.NewTranscript(i.gens, i.key, i.in, nonsense, p)
	k, e, g := tr.Scalars(), tr.Elements(), group.Generator()
	kA, kB, kC, kD, kE, kF := k[0], k[1:3], k[3], k[4], k[5:7], k[7]
	h, b := i.gens.Elements(), e[2:4]
	sum := func(points []group.Element, scalars ...group.Scalar) group.Element {
		return group.MultiMul(points, scalars)
	}
	e[4] = sum([]group.Element{g, h[0], h[1]}, kA, kE[0], kE[1])
	e[5] = sum([]group.Element{g, h[0]}, kB[0], kE[0])
	e[6] = sum([]group.Element{g, b[0]}, kB[1], kE[1])
	e[7] = sum([]group.Element{g}, kC)
	e[8] = sum([]group.Element{g}, kD)
	e[9] = sum([]group.Element{g, nonsense[0].A, nonsense[1].A}, kF.Neg(), kE[0], kE[1])
	e[10] = sum([]group.Element{i.key.Element(), nonsense[0].B, nonsense[1].B}, kF.Neg(), kE[0], kE[1])
	tr.SetChallenge(group.Scalar{})
	if failed := tr.Naive(); len(failed) != 0 {
		t.Fatalf("the forgery is no good: %v fail", failed)
	}
	if err := tr.Batched(); err == nil || !strings.Contains(err.Error(), "challenge is zero") {
		t.Errorf("got %v", err)
	}
	tr.SetChallenge(group.NewScalar(1))
	if tr.Batched() == nil {
		t.Error("the forgery holds for challenge 1")
	}
}

// TestBatchAgrees corrupts one value of a proof whose challenge stays as it
// was, or none, or two in a way that cancels out, and compares the batch with
// the equations one by one.
func TestBatchAgrees(t *testing.T) {
	i := newInstance(t, 5)
	out, p := i.prove(t)
	rapid.Check(t, func(t *rapid.T) {
		tr := shuffle.NewTranscript(i.gens, i.key, i.in, out, p)
		e, k := tr.Elements(), tr.Scalars()
		delta := group.NewScalar(rapid.Uint64Min(1).Draw(t, "delta"))
		move := func(e *group.Element) { *e = e.Add(group.BaseMul(delta)) }
		good := false
		switch what := rapid.SampledFrom([]string{"none", "C'+kC", "element", "scalar", "in", "out", "swap"}).Draw(t, "what"); what {
		case "none":
			good = true
		case "C'+kC": // both sides of one equation move alike
			good = true
			move(&e[16])
			k[6] = k[6].Add(delta)
		case "element":
			move(&e[rapid.IntRange(0, len(e)-1).Draw(t, "at")])
		case "scalar":
			at := rapid.IntRange(0, len(k)-1).Draw(t, "at")
			k[at] = k[at].Add(delta)
		case "in", "out":
			list := map[string][]elgamal.Ciphertext{"in": tr.In(), "out": tr.Out()}[what]
			c := &list[rapid.IntRange(0, 4).Draw(t, "row")]
			move(rapid.SampledFrom([]*group.Element{&c.A, &c.B}).Draw(t, "half"))
		case "swap":
			at := rapid.IntRange(1, len(e)-1).Draw(t, "at")
			e[0], e[at] = e[at], e[0]
		}
		failed, err := tr.Naive(), tr.Batched()
		if (err == nil) != (len(failed) == 0) || good != (err == nil) {
			t.Fatalf("batched: %v; one by one %v fail", err, failed)
		}
	})
}
