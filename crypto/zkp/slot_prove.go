package zkp

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
)

// A SlotWitness is all that the prover of a SlotStatement keeps secret: the
// codes and randomness of the rows, row j being (g^R[j], g^Codes[j]·y^R[j]),
// and the nonces. Nonces serve one statement only: two proofs with the same
// nonces and other rows give the codes away. SealSlots derives everything.
type SlotWitness struct {
	redacted
	Codes      []int          // K, ascending, in 1..N+K
	R          []group.Scalar // K
	Alpha, Rho group.Scalar   // blind A and S
	SL, SR     []group.Scalar // as many as the bit vector is long
	Tau1, Tau2 group.Scalar   // blind T1 and T2
}

// redacted, embedded, hides a whole value wherever it is printed.
type redacted struct{}

const redaction = "[redacted]"

// Format writes a fixed redaction.
func (redacted) Format(f fmt.State, _ rune) { io.WriteString(f, redaction) }

// LogValue returns a fixed redaction.
func (redacted) LogValue() slog.Value { return slog.StringValue(redaction) }

// MarshalJSON returns a fixed redaction.
func (redacted) MarshalJSON() ([]byte, error) { return []byte(`"` + redaction + `"`), nil }

// bits returns the bits of the differences, j·b+i being bit i of d_j, and an
// error unless the codes are ascending and in range. Only whether they are
// shows in the running time.
//
//	d_0 = s_1 − 1,  d_j = s_{j+1} − s_j − 1 (0 < j < k),  d_k = n + k − s_k
func (w *SlotWitness) bits(n, k, b, N int) ([]int, error) {
	out := make([]int, N)
	top := int64(n + k)
	var prev, signs int64
	for j := range k + 1 {
		d := top - prev
		if j < k {
			s := int64(w.Codes[j])
			signs |= (s - 1) | (top - s)
			d = s - prev - 1
			prev = s
		}
		signs |= d
		for i := range b {
			out[j*b+i] = int(d >> i & 1)
		}
	}
	if signs < 0 {
		return nil, errors.New("prove slots: codes are not ascending in their range")
	}
	return out, nil
}

// ProveSlots returns the proof of the statement. The witness is touched in
// constant time. If the witness is not that of the rows the proof is worthless
// but gives no error; nor does the prover test its work, so whoever publishes a
// proof verifies it first. The proof is a function of its arguments: when by a
// chance below 2^-240 a commitment is the identity or a challenge zero, that is
// an error and, there being no other randomness, stays one.
func ProveSlots(st *SlotStatement, w *SlotWitness) ([]byte, error) {
	return proveSlots((*transcript.Sponge).Scalar, st, w)
}

func proveSlots(draw slotDraw, st *SlotStatement, w *SlotWitness) ([]byte, error) {
	n, k := st.N, st.K
	b, _, N, err := st.shape()
	if err != nil {
		return nil, err
	}
	if len(w.Codes) != k || len(w.R) != k || len(w.SL) != N || len(w.SR) != N {
		return nil, errors.New("prove slots: witness has the wrong shape")
	}
	aL, err := w.bits(n, k, b, N)
	if err != nil {
		return nil, err
	}
	bases, tr := slotGeneratorsOf(N).prover(), newSlotTranscript(draw, st, b)

	// A = F^α ΠG_i^{aL_i} ΠH_i^{aR_i} with aR_i = aL_i − 1: each i adds G_i or −H_i.
	var accA, accS group.Acc
	accA.AddMul(w.Alpha, bases.f)
	accS.AddMul(w.Rho, bases.f)
	for i, bit := range aL {
		accA.AddSelect(bit, bases.g[i], bases.negH[i])
		accS.AddMul(w.SL[i], bases.g[i])
		accS.AddMul(w.SR[i], bases.h[i])
	}
	p := &slotProof{a: accA.Element(), s: accS.Element()}
	var eta, zeta, x, wU group.Scalar
	if err := tr.commit(p.commitments(), &eta, &zeta); err != nil {
		return nil, err
	}

	// l(X) = l0 + sL·X, r(X) = r0 + r1·X, t(X) = ⟨l(X), r(X)⟩ = t0 + t1·X + t2·X².
	one := group.NewScalar(1)
	l, r, r1 := make([]group.Scalar, N), make([]group.Scalar, N), make([]group.Scalar, N)
	var t1, t2 group.Scalar
	etaI, zetaJ := one, zeta.Mul(zeta) // η^i, ζ^{2+⌊i/b⌋}
	weight := zetaJ                    // ζ^{2+⌊i/b⌋}·2^{i mod b}
	for i, bit := range aL {
		if i > 0 && i%b == 0 {
			zetaJ = zetaJ.Mul(zeta)
			weight = zetaJ
		}
		bitL := group.NewScalar(uint64(bit))
		l[i] = bitL.Sub(zeta)
		r[i] = etaI.Mul(bitL.Sub(one).Add(zeta)).Add(weight)
		r1[i] = etaI.Mul(w.SR[i])
		t1 = t1.Add(l[i].Mul(r1[i])).Add(w.SL[i].Mul(r[i]))
		t2 = t2.Add(w.SL[i].Mul(r1[i]))
		etaI = etaI.Mul(eta)
		weight = weight.Add(weight)
	}
	y := group.NewBase(st.Key)
	p.t1 = encryptScalar(y, t1, w.Tau1)
	p.t2 = encryptScalar(y, t2, w.Tau2)
	if err := tr.commit(p.coefficients(), &x); err != nil {
		return nil, err
	}

	for i := range N {
		l[i] = l[i].Add(w.SL[i].Mul(x))
		r[i] = r[i].Add(r1[i].Mul(x))
		p.t = p.t.Add(l[i].Mul(r[i]))
	}
	p.mu = w.Alpha.Add(w.Rho.Mul(x))
	p.tauX = w.Tau1.Add(w.Tau2.Mul(x)).Mul(x)
	for j, c := range rowWeights(zeta, k) {
		p.tauX = p.tauX.Add(c.Mul(w.R[j])) // in all Σ ζ^{2+j}·γ_j
	}
	if err := tr.answer(p, &wU); err != nil {
		return nil, err
	}
	if err := p.innerProduct(tr, bases.table, l, r, eta, wU); err != nil {
		return nil, err
	}
	return p.encode(), nil
}

func encryptScalar(y *group.Base, t, tau group.Scalar) elgamal.Ciphertext {
	var b group.Acc
	b.AddMul(t, group.GeneratorBase())
	b.AddMul(tau, y)
	return elgamal.Ciphertext{A: group.BaseMul(tau), B: b.Element()}
}

// rowWeights returns ζ^{1+j} − ζ^{2+j}, j = 1..k: with what weight row j stands
// in Σ_j ζ^{2+j}·D_j, being added in one difference and taken away in the next.
func rowWeights(zeta group.Scalar, k int) []group.Scalar {
	out := make([]group.Scalar, k)
	power := zeta.Mul(zeta)
	for j := range out {
		next := power.Mul(zeta)
		out[j] = power.Sub(next)
		power = next
	}
	return out
}

// innerProduct appends the rounds that shrink l and r to one scalar each. Both
// are masked by S and as good as public, so from here on time may vary. The
// generators are never folded: a folded G is a sum of original ones, whose
// factors s_i are carried along (gs), with η^{−i} in those of H (hs), so that
// every L and R is one multiplication over the prepared table.
func (p *slotProof) innerProduct(tr *slotTranscript, table *group.Table, l, r []group.Scalar, eta, wU group.Scalar) error {
	N := len(l)
	gs, hs := make([]group.Scalar, N), powers(eta.InverseVarTime(), N)
	for i := range gs {
		gs[i] = group.NewScalar(1)
	}
	for half := N / 2; half > 0; half /= 2 {
		left, right := make([]group.Scalar, 2*N+1), make([]group.Scalar, 2*N+1)
		for i := range N {
			// L = ⟨a_lo, G_hi⟩ ⟨b_hi, H_lo⟩ U^{w⟨a_lo, b_hi⟩}, R the mirror.
			if j := i % (2 * half); j < half {
				right[i] = l[half+j].Mul(gs[i])
				left[N+i] = r[half+j].Mul(hs[i])
			} else {
				left[i] = l[j-half].Mul(gs[i])
				right[N+i] = r[j-half].Mul(hs[i])
			}
		}
		for j := range half {
			left[2*N] = left[2*N].Add(l[j].Mul(r[half+j]))
			right[2*N] = right[2*N].Add(l[half+j].Mul(r[j]))
		}
		left[2*N] = left[2*N].Mul(wU)
		right[2*N] = right[2*N].Mul(wU)
		round := []group.Element{table.MultiMul(left), table.MultiMul(right)}
		var u group.Scalar
		if err := tr.commit(round, &u); err != nil {
			return err
		}
		p.lr = append(p.lr, round...)
		inv := u.InverseVarTime()
		for j := range half {
			l[j] = l[j].Mul(u).Add(l[half+j].Mul(inv))
			r[j] = r[j].Mul(inv).Add(r[half+j].Mul(u))
		}
		for i := range N {
			if i%(2*half) < half {
				gs[i], hs[i] = gs[i].Mul(inv), hs[i].Mul(u)
			} else {
				gs[i], hs[i] = gs[i].Mul(u), hs[i].Mul(inv)
			}
		}
	}
	p.aLast, p.bLast = l[0], r[0]
	return nil
}

// powers returns 1, x, … x^{n−1}.
func powers(x group.Scalar, n int) []group.Scalar {
	out := make([]group.Scalar, n)
	out[0] = group.NewScalar(1)
	for i := 1; i < n; i++ {
		out[i] = out[i-1].Mul(x)
	}
	return out
}
