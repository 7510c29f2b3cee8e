package zkp

import (
	"errors"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
)

// VerifySlots returns nil if the proof proves the statement.
func VerifySlots(st *SlotStatement, proof []byte) error {
	return verifySlots(new(group.Batch), st, proof)
}

// VerifyOwnSlots is VerifySlots for provers, whose tables make it cheaper.
func VerifyOwnSlots(st *SlotStatement, proof []byte) error {
	_, _, N, err := st.shape()
	if err != nil {
		return err
	}
	return verifySlots(group.NewBatch(slotGeneratorsOf(N).prover().table), st, proof)
}

func verifySlots(batch *group.Batch, st *SlotStatement, proof []byte) error {
	if err := AddSlots(batch, st, proof); err != nil {
		return err
	}
	if !batch.Valid() {
		return errors.New("verify slots: the equations do not hold")
	}
	return nil
}

// AddSlots adds the three equations of the proof to the batch, which decides
// many statements at once. An error (malformed proof or statement) leaves the
// batch as it was, and the statement is refused.
func AddSlots(batch *group.Batch, st *SlotStatement, proof []byte) error {
	return addSlots((*transcript.Sponge).Scalar, batch, st, proof)
}

func addSlots(draw slotDraw, batch *group.Batch, st *SlotStatement, proof []byte) error {
	n, k := st.N, st.K
	b, m, N, err := st.shape()
	if err != nil {
		return err
	}
	p, err := decodeSlotProof(proof, N)
	if err != nil {
		return err
	}
	tr := newSlotTranscript(draw, st, b)
	var eta, zeta, x, w group.Scalar
	if err := tr.commit(p.commitments(), &eta, &zeta); err != nil {
		return err
	}
	if err := tr.commit(p.coefficients(), &x); err != nil {
		return err
	}
	if err := tr.answer(p, &w); err != nil {
		return err
	}
	u := make([]group.Scalar, len(p.lr)/2)
	for r := range u {
		if err := tr.commit(p.lr[2*r:2*r+2], &u[r]); err != nil {
			return err
		}
	}
	inv := invert(append(u, eta))
	uInv, etaInv := inv[:len(u)], inv[len(u)]

	one, gens := group.NewScalar(1), slotGeneratorsOf(N)
	zetas := powers(zeta, m+3) // ζ^0 … ζ^{m+2}
	weights := rowWeights(zeta, k)
	x2 := x.Mul(x)

	// Σ ζ^{2+j}·Q_j = Σ weights_j·B_j + shift·g, and
	// δ = (ζ − ζ²)·Σ η^i − (2^b − 1)·Σ ζ^{3+j}, both sums with the padding.
	shift := group.NewScalar(uint64(n + k)).Mul(zetas[2+k])
	for j := range k {
		shift = shift.Sub(zetas[2+j])
	}
	var etaSum, zetaSum group.Scalar
	etaI := one
	for range N {
		etaSum = etaSum.Add(etaI)
		etaI = etaI.Mul(eta)
	}
	for j := range m {
		zetaSum = zetaSum.Add(zetas[2+j])
	}
	zetaSum = zetaSum.Mul(zeta)
	delta := zeta.Sub(zetas[2]).Mul(etaSum).Sub(group.NewScalar(1<<b - 1).Mul(zetaSum))

	// g^{τx} = Π P_j^{ζ^{2+j}} · T1'^x T2'^{x²}
	batch.Begin()
	batch.AddShared(p.tauX.Neg(), group.Generator())
	for j, c := range st.Rows {
		batch.Add(weights[j], c.A)
	}
	batch.Add(x, p.t1.A)
	batch.Add(x2, p.t2.A)

	// g^{t̂} y^{τx} = g^δ Π Q_j^{ζ^{2+j}} · T1''^x T2''^{x²}
	batch.Begin()
	batch.AddShared(delta.Add(shift).Sub(p.t), group.Generator())
	batch.AddShared(p.tauX.Neg(), st.Key)
	for j, c := range st.Rows {
		batch.Add(weights[j], c.B)
	}
	batch.Add(x, p.t1.B)
	batch.Add(x2, p.t2.B)

	// A S^x F^{−μ} U^{w(t̂ − ab')} Π L_r^{u_r²} R_r^{u_r^{−2}}
	//   · ΠG_i^{−ζ − a·s_i} ΠH_i^{ζ + η^{−i}(ζ^{2+⌊i/b⌋}·2^{i mod b} − b'·s_i^{−1})} = 1
	batch.Begin()
	batch.Add(one, p.a)
	batch.Add(x, p.s)
	batch.AddShared(p.mu.Neg(), gens.f)
	batch.AddShared(w.Mul(p.t.Sub(p.aLast.Mul(p.bLast))), gens.u)
	for r := range u {
		batch.Add(u[r].Mul(u[r]), p.lr[2*r])
		batch.Add(uInv[r].Mul(uInv[r]), p.lr[2*r+1])
	}
	s := foldFactors(u, uInv)
	etaNeg := one // η^{−i}
	var weight group.Scalar
	for i := range N {
		if i%b == 0 {
			weight = zetas[2+i/b]
		}
		// The factors of i and of its complement are inverses.
		batch.AddShared(zeta.Add(p.aLast.Mul(s[i])).Neg(), gens.g[i])
		batch.AddShared(zeta.Add(etaNeg.Mul(weight.Sub(p.bLast.Mul(s[N-1-i])))), gens.h[i])
		etaNeg = etaNeg.Mul(etaInv)
		weight = weight.Add(weight)
	}
	return nil
}

// foldFactors returns s_i = Π_r (u_r if bit (log2 N − r) of i is 1, else
// u_r^{−1}), r from 1, so the last challenge belongs to the lowest bit.
func foldFactors(u, uInv []group.Scalar) []group.Scalar {
	s := make([]group.Scalar, 1, 1<<len(u))
	s[0] = group.NewScalar(1)
	for _, v := range uInv {
		s[0] = s[0].Mul(v)
	}
	for r := len(u) - 1; r >= 0; r-- {
		square := u[r].Mul(u[r])
		for i := range s {
			s = append(s, s[i].Mul(square))
		}
	}
	return s
}

// invert returns the inverses of non-zero public scalars with one inversion.
func invert(xs []group.Scalar) []group.Scalar {
	out := make([]group.Scalar, len(xs))
	product := group.NewScalar(1)
	for i, x := range xs {
		out[i] = product // of all before
		product = product.Mul(x)
	}
	inv := product.InverseVarTime()
	for i := len(xs) - 1; i >= 0; i-- {
		out[i] = out[i].Mul(inv)
		inv = inv.Mul(xs[i])
	}
	return out
}
