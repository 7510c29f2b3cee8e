package zkp_test

import (
	"fmt"
	"testing"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
	"github.com/sandogh/sandogh/crypto/zkp"
	"pgregory.net/rapid"
)

// A forger commits to something that is not the bits of the differences.
var forgeries = map[string]func(d []group.Scalar, b, N int) (aL, aR []group.Scalar){
	// Bits, of other differences where these are out of range.
	"low bits": lowBits,
	// The right differences, in one position each: no bits.
	"one position": func(d []group.Scalar, b, N int) (aL, aR []group.Scalar) {
		aL, aR = lowBits(nil, b, N)
		for j := range d {
			aL[j*b], aR[j*b] = d[j], d[j].Sub(refNum(1))
		}
		return aL, aR
	},
	// The right differences and zero products, but aL − aR is not 1.
	"zero product": func(d []group.Scalar, b, N int) (aL, aR []group.Scalar) {
		aL, aR = lowBits(nil, b, N)
		for j := range d {
			aL[j*b], aR[j*b] = d[j], refNum(0)
		}
		return aL, aR
	},
}

// forgedSlots returns rows that hold the codes and a prover's witness for them.
func forgedSlots(codes []group.Scalar, n int, commit func([]group.Scalar, int, int) ([]group.Scalar, []group.Scalar)) (*zkp.SlotStatement, *refWitness) {
	k := len(codes)
	b, _, N, err := zkp.SlotParams(n, k)
	if err != nil {
		panic(err)
	}
	s := transcript.New([]byte("forger"))
	draw := func(n int) []group.Scalar {
		out := make([]group.Scalar, n)
		for i := range out {
			out[i] = s.Scalar()
		}
		return out
	}
	w := &refWitness{r: draw(k), sL: draw(N), sR: draw(N)}
	w.alpha, w.rho, w.tau1, w.tau2 = s.Scalar(), s.Scalar(), s.Scalar(), s.Scalar()
	w.aL, w.aR = commit(refDifferences(codes, n), b, N)
	st := &zkp.SlotStatement{Tag: slotTag, Key: slotKey.Element(), N: n, K: k}
	for j, c := range codes {
		st.Rows = append(st.Rows, refEncrypt(slotKey.Element(), c, w.r[j]))
	}
	return st, w
}

func refScalars(codes ...int) (out []group.Scalar) {
	for _, c := range codes {
		out = append(out, refNum(c))
	}
	return out
}

// Codes of 1..5 (n = 3, k = 2) that no ballot may hold; −1 is q − 1.
var impossible = [][]int{
	{2, 2}, {5, 5}, {0, 3}, {-1, 3}, {2, 6}, {2, -1}, {6, 7}, {0, 0}, {4, 2}, {5, 1}, {0, 6}, {1 << 20, 1<<20 + 1},
}

func TestForgeriesRefused(t *testing.T) {
	guess := refNum(5)
	atX := func(i int, c group.Scalar) group.Scalar {
		if i == 2 {
			return guess
		}
		return c
	}
	for _, codes := range impossible {
		for name, commit := range forgeries {
			t.Run(fmt.Sprint(codes, name), func(t *testing.T) {
				st, w := forgedSlots(refScalars(codes...), 3, commit)
				refused := func(how string, tr *refTrace, equations [3]bool) {
					t.Helper()
					if tr.equationsOfProof != equations {
						t.Errorf("%s: equations %v, not %v", how, tr.equationsOfProof, equations)
					}
					if zkp.VerifySlots(st, tr.proof) == nil {
						t.Errorf("%s: accepted", how)
					}
				}
				tr := refProve(st, refScalars(codes...), w, refCheat{})
				refused("plain", tr, [3]bool{true, false, true})

				// Whoever knows log_g y bends τx until the second equation
				// holds. Were the rows Pedersen commitments, with no first
				// equation, this would be a forgery.
				tr = refProve(st, refScalars(codes...), w, refCheat{keyLog: &slotSecret})
				refused("knows the key", tr, [3]bool{false, true, true})

				// The two equations fail by opposite amounts: only weights of
				// their own keep them apart in a batch.
				both := refNum(1).Add(slotSecret)
				tr = refProve(st, refScalars(codes...), w, refCheat{keyLog: &both})
				refused("makes the sum hold", tr, [3]bool{false, false, true})

				// Whoever foresees x bends T1'' instead.
				tr = refProve(st, refScalars(codes...), w, refCheat{guessX: &guess})
				refused("guesses x", tr, [3]bool{true, false, true})
				tr = refProve(st, refScalars(codes...), w, refCheat{guessX: &guess, challenge: atX})
				if err := zkp.VerifySlotsWith(st, tr.proof, atX); err != nil {
					t.Errorf("foreseeing x does not forge, so guessing it shows nothing: %v", err)
				}
				refused("foresaw another x", tr, [3]bool{true, true, true})
			})
		}
	}
}

// The same provers with possible codes are accepted, so the refusals above are
// due to the codes.
func TestForgersAreHonestOtherwise(t *testing.T) {
	for _, codes := range [][]int{{1, 2}, {1, 5}, {4, 5}} {
		st, w := forgedSlots(refScalars(codes...), 3, lowBits)
		tr := refProve(st, refScalars(codes...), w, refCheat{keyLog: &slotSecret, guessX: &slotSecret})
		if err := zkp.VerifySlots(st, tr.proof); err != nil {
			t.Errorf("%v: %v", codes, err)
		}
	}
}

// If the exponents of ζ began at 1, the first difference would share its power
// with the terms that show aL − aR = 1, and position 0 could hold any
// difference: aL_0 = 0, aR_0 = −1 − d_0.
func TestFirstCodeNeedsExponentTwo(t *testing.T) {
	for _, codes := range [][]int{{0, 3}, {-1, 3}, {-100, 2}} {
		st, w := forgedSlots(refScalars(codes...), 3, func(d []group.Scalar, b, N int) (aL, aR []group.Scalar) {
			aL, aR = lowBits(append([]group.Scalar{{}}, d[1:]...), b, N)
			aR[0] = refNum(-1).Sub(d[0])
			return aL, aR
		})
		// −100, 2 has a second difference out of range: not even there.
		works := codes[0] > -100
		tr := refProve(st, refScalars(codes...), w, refCheat{first: 1})
		if all := tr.equationsOfProof == [3]bool{true, true, true}; all != works {
			t.Errorf("%v: with exponents from 1 the forgery gives %v", codes, tr.equationsOfProof)
		}
		if zkp.VerifySlots(st, tr.proof) == nil {
			t.Errorf("%v: accepted", codes)
		}
		tr = refProve(st, refScalars(codes...), w, refCheat{})
		if tr.equationsOfProof[1] || zkp.VerifySlots(st, tr.proof) == nil {
			t.Errorf("%v: accepted with exponents from 2", codes)
		}
	}
	st, w := forgedSlots(refScalars(1, 3), 3, lowBits)
	if tr := refProve(st, refScalars(1, 3), w, refCheat{first: 1}); tr.equationsOfProof != [3]bool{true, true, true} {
		t.Error("the variant refuses honest proofs")
	}
}

// No forger gets random impossible codes accepted.
func TestForgeriesProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 3).Draw(t, "n")
		k := rapid.IntRange(1, 2).Draw(t, "k")
		codes := rapid.SliceOfN(rapid.IntRange(-3, 9), k, k).Draw(t, "codes")
		possible := true
		for j, c := range codes {
			possible = possible && c >= 1 && c <= n+k && (j == 0 || c > codes[j-1])
		}
		name := rapid.SampledFrom([]string{"low bits", "one position", "zero product"}).Draw(t, "forgery")
		st, w := forgedSlots(refScalars(codes...), n, forgeries[name])
		var cheat refCheat
		if rapid.Bool().Draw(t, "knows the key") {
			cheat.keyLog = &slotSecret
		}
		proof := refProve(st, refScalars(codes...), w, cheat).proof
		err := zkp.VerifySlots(st, proof)
		if !possible && err == nil || possible && name == "low bits" && err != nil {
			t.Fatalf("%v of %d with %s: %v", codes, n, name, err)
		}
	})
}

// Equations and challenges are tested for zero by prover and verifier alike.
func TestZeroChallengeRefused(t *testing.T) {
	ref := refSeal(slotTag, slotKey.Element(), 3, 2, []int{1, 3}, [32]byte{})
	const challenges = 4 + 3 // η, ζ, x, w and log2 8 rounds
	for zero := range challenges + 1 {
		drawn := 0
		f := func(i int, c group.Scalar) group.Scalar {
			drawn = max(drawn, i+1)
			if i == zero {
				return group.Scalar{}
			}
			return c
		}
		_, proveErr := zkp.ProveSlotsWith(ref.st, slotWitness(ref), f)
		verifyErr := zkp.VerifySlotsWith(ref.st, ref.trace.proof, f)
		if zero == challenges {
			if proveErr != nil || verifyErr != nil || drawn != challenges {
				t.Errorf("without a zero: %v, %v, %d challenges", proveErr, verifyErr, drawn)
			}
			continue
		}
		const want = "slot proof: a challenge is zero"
		if fmt.Sprint(proveErr) != want || fmt.Sprint(verifyErr) != want {
			t.Errorf("challenge %d zero: %v, %v", zero, proveErr, verifyErr)
		}
	}
}
