package zkp_test

import (
	"slices"
	"testing"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/zkp"
)

// A weakSlot exploits that something is not hashed: the challenges do not
// depend on it, so it is chosen when they are known, and the one equation that
// fails for impossible codes is solved for it.
type weakSlot struct {
	cheat    refCheat
	equation int // the one that fails before
	solve    func(st *zkp.SlotStatement, tr *refTrace, missing group.Element, c slotChallenges)
}

// slotChallenges are named as in the specification.
type slotChallenges struct {
	zeta, x group.Scalar
	u       []group.Scalar
}

// weight of row j, from 0, in the sums over the differences.
func (c slotChallenges) weight(j int) group.Scalar {
	return refPow(c.zeta, 2+j).Sub(refPow(c.zeta, 3+j))
}

var (
	square = func(x group.Scalar) group.Scalar { return x.Mul(x) }
	// The inner product is not t̂: the third equation fails.
	statesT = refCheat{statesT: true}
	// A quorum of trustees, which together knows log_g y: the first fails.
	knowsKey = refCheat{keyLog: &slotSecret}
)

// weakSlots are the forgeries, by what is not hashed.
var weakSlots = map[string]weakSlot{
	"y": {refCheat{}, 1, func(st *zkp.SlotStatement, tr *refTrace, missing group.Element, c slotChallenges) {
		st.Key = st.Key.Sub(refMul(tr.tauX.Inverse(), missing))
	}},
	"A_j": {knowsKey, 0, func(st *zkp.SlotStatement, tr *refTrace, missing group.Element, c slotChallenges) {
		st.Rows[1].A = st.Rows[1].A.Add(refMul(c.weight(1).Inverse(), missing))
	}},
	// What was done to Helios: the statement is chosen last. One code is the
	// forger's choice, another takes what is left over.
	"B_j": {refCheat{}, 1, func(st *zkp.SlotStatement, tr *refTrace, missing group.Element, c slotChallenges) {
		st.Rows[1].B = st.Rows[1].B.Add(refMul(c.weight(1).Inverse(), missing))
	}},
	"A": {statesT, 2, func(st *zkp.SlotStatement, tr *refTrace, missing group.Element, c slotChallenges) {
		tr.A = tr.A.Add(missing)
	}},
	"S": {statesT, 2, func(st *zkp.SlotStatement, tr *refTrace, missing group.Element, c slotChallenges) {
		tr.S = tr.S.Add(refMul(c.x.Inverse(), missing))
	}},
	"T1'": {knowsKey, 0, func(st *zkp.SlotStatement, tr *refTrace, missing group.Element, c slotChallenges) {
		tr.T1.A = tr.T1.A.Add(refMul(c.x.Inverse(), missing))
	}},
	"T1''": {refCheat{}, 1, func(st *zkp.SlotStatement, tr *refTrace, missing group.Element, c slotChallenges) {
		tr.T1.B = tr.T1.B.Add(refMul(c.x.Inverse(), missing))
	}},
	"T2'": {knowsKey, 0, func(st *zkp.SlotStatement, tr *refTrace, missing group.Element, c slotChallenges) {
		tr.T2.A = tr.T2.A.Add(refMul(square(c.x).Inverse(), missing))
	}},
	"T2''": {refCheat{}, 1, func(st *zkp.SlotStatement, tr *refTrace, missing group.Element, c slotChallenges) {
		tr.T2.B = tr.T2.B.Add(refMul(square(c.x).Inverse(), missing))
	}},
	"L_i": {statesT, 2, func(st *zkp.SlotStatement, tr *refTrace, missing group.Element, c slotChallenges) {
		tr.L[0] = tr.L[0].Add(refMul(square(c.u[0]).Inverse(), missing))
	}},
	"R_i": {statesT, 2, func(st *zkp.SlotStatement, tr *refTrace, missing group.Element, c slotChallenges) {
		tr.R[0] = tr.R[0].Add(refMul(square(c.u[0]), missing))
	}},
	// No equation is about the tag: a good proof is another ballot's as well.
	"tag": {refCheat{}, -1, func(st *zkp.SlotStatement, tr *refTrace, missing group.Element, c slotChallenges) {
		st.Tag = append(slices.Clone(st.Tag), "another ballot"...)
	}},
}

// unforged says of the rest why leaving it out gives no forgery. A proof with
// such a transcript is refused all the same.
var unforged = map[string]string{
	"n":  "a public number of the definition; another n moves the constant term of the second equation, which no later message can",
	"k":  "the number of rows, which are hashed",
	"b":  "a function of n",
	"τx": "determined by the first equation",
	"μ":  "determined by the third, or log_g F is known",
	"t̂": "determined by the first two",
}

// TestWeakSlotTranscripts leaves out of the hash each thing that is hashed. A
// verifier that does the same accepts a proof of codes that no ballot may hold,
// wherever a forgery is known; ours refuses that, and also honest proofs.
func TestWeakSlotTranscripts(t *testing.T) {
	if len(weakSlots)+len(unforged) != len(slotHashed) {
		t.Errorf("%d forgeries and %d reasons for %d things", len(weakSlots), len(unforged), len(slotHashed))
	}
	accepts := func(st *zkp.SlotStatement, tr *refTrace, omit string) bool {
		return refVerify(st, tr, refCheat{omit: omit}) == [3]bool{true, true, true}
	}
	for _, omit := range slotHashed {
		t.Run(omit, func(t *testing.T) {
			honest := []int{1, 3}
			st, w := forgedSlots(refScalars(honest...), 3, lowBits)
			tr := refProve(st, refScalars(honest...), w, refCheat{omit: omit})
			if !accepts(st, tr, omit) {
				t.Error("the weak verifier refuses an honest weak prover")
			}
			if zkp.VerifySlots(st, tr.proof) == nil {
				t.Error("it is not hashed here either")
			}

			forge, ok := weakSlots[omit]
			if !ok {
				if unforged[omit] == "" {
					t.Error("neither a forgery nor a reason")
				}
				return
			}
			codes := impossible
			if omit == "tag" {
				codes = [][]int{honest}
			}
			for _, codes := range codes {
				st, w := forgedSlots(refScalars(codes...), 3, lowBits)
				st.Rows = slices.Clone(st.Rows)
				cheat := forge.cheat
				cheat.omit = omit
				tr := refProve(st, refScalars(codes...), w, cheat)
				missing, drawn := refMissing(st, tr, refCheat{omit: omit})
				var due group.Element
				for i := range missing {
					if missing[i].IsIdentity() == (i == forge.equation) {
						t.Fatalf("%v: equation %d before solving: %v", codes, i+1, missing[i].IsIdentity())
					}
					due = due.Add(missing[i])
				}
				forge.solve(st, tr, due, slotChallenges{drawn[1], drawn[2], drawn[4:]})
				tr.proof = tr.encode()
				if !accepts(st, tr, omit) {
					t.Errorf("%v: the forgery is no good", codes)
				}
				// Under another key the rows hold what nobody knows.
				if omit != "tag" && omit != "y" && possible(st) {
					t.Errorf("%v: the forged statement is true", codes)
				}
				if zkp.VerifySlots(st, tr.proof) == nil {
					t.Errorf("%v: accepted", codes)
				}
			}
		})
	}
}

// possible reports whether rows of two hold codes of 1..5 ascending under the
// key whose logarithm is slotSecret.
func possible(st *zkp.SlotStatement) bool {
	code := func(c elgamal.Ciphertext) int {
		m := c.B.Sub(refMul(slotSecret, c.A))
		for i := 1; i <= st.N+st.K; i++ {
			if m.Equal(group.BaseMul(refNum(i))) {
				return i
			}
		}
		return 0
	}
	a, b := code(st.Rows[0]), code(st.Rows[1])
	return a > 0 && a < b
}
