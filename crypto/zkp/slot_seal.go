package zkp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
)

// Sealed is what SealSlots makes. Rows and Proof are public; Blanks are as
// secret as the selections, so printing, logging or marshalling a Sealed gives
// a fixed redaction.
type Sealed struct {
	redacted
	Rows   []elgamal.Ciphertext
	Proof  []byte
	Blanks []int // the codes above n that fill the unused slots, ascending
}

const sealLabel = "sandogh seal"

// SealSlots encrypts a choice among the codes 1..n into k rows under key and
// proves that they are well formed. selections has k slots: the chosen codes
// ascending, then zeros; unused slots are filled with blanks, codes of n+1..n+k.
// The result is a function of the arguments alone, byte for byte, so whoever is
// later given selections and seed seals again and compares. The seed must be
// secret and may serve many selections: no randomness repeats among them.
//
// Everything but the validity of the selections is constant time.
func SealSlots(tag []byte, key *elgamal.Key, n, k int, selections []int, seed [32]byte) (*Sealed, error) {
	b, _, N, err := SlotParams(n, k)
	if err != nil {
		return nil, err
	}
	if err := checkSelections(selections, n, k); err != nil {
		return nil, err
	}
	s := sealSponge(tag, key.Element(), n, k, b, selections, seed)

	// Unused slot j takes the blank that was drawn as number k−1−j: together
	// the unused slots, which are the last ones, take the first of the draw.
	blanks, codes := drawBlanks(s, n, k), make([]int, k)
	used := 0
	for j, sel := range selections {
		unused := isZero(sel)
		used += 1 - unused
		codes[j] = sel ^ -unused&(sel^blanks[k-1-j])
	}
	sortNetwork(k, func(i, j int) {
		exchange(less(codes[j], codes[i]), &codes[i], &codes[j])
	})

	scalars := func(n int) []group.Scalar {
		out := make([]group.Scalar, n)
		for i := range out {
			out[i] = s.Scalar()
		}
		return out
	}
	w := &SlotWitness{Codes: codes, R: scalars(k)}
	w.Alpha, w.Rho = s.Scalar(), s.Scalar()
	w.SL, w.SR = scalars(N), scalars(N)
	w.Tau1, w.Tau2 = s.Scalar(), s.Scalar()

	st := &SlotStatement{Tag: tag, Key: key.Element(), N: n, K: k}
	for j, code := range codes {
		st.Rows = append(st.Rows, key.Encrypt(group.NewScalar(uint64(code)), w.R[j]))
	}
	proof, err := ProveSlots(st, w)
	if err != nil {
		return nil, err
	}
	// Selections are at most n and blanks above it, so the blanks come last.
	return &Sealed{Rows: st.Rows, Proof: proof, Blanks: codes[used:k:k]}, nil
}

// checkSelections refuses all but ascending codes of 1..n, then zeros. The
// error does not say which selection is at fault.
func checkSelections(selections []int, n, k int) error {
	if len(selections) != k {
		return fmt.Errorf("seal slots: %d selections for %d slots", len(selections), k)
	}
	var bad int64 // negative if anything is wrong
	prev, ended := int64(0), int64(0)
	for _, sel := range selections {
		s := int64(sel)
		unused := -int64(isZero(sel)) // all ones if so
		bad |= s | (int64(n) - s)     // not in 0..n
		bad |= ^unused & ((s - prev - 1) | ended)
		prev, ended = s, unused
	}
	if bad < 0 {
		return errors.New("seal slots: selections are not ascending codes followed by zeros")
	}
	return nil
}

// sealSponge is the source of all that is random in a sealing. Its tag is
//
//	LE4(12) ‖ "sandogh seal" ‖ LE4(len(tag)) ‖ tag
//
// and it absorbs, the selections being the fixed array of k slots,
//
//	seed (32) ‖ LE4(n) ‖ LE4(k) ‖ LE4(b) ‖ y (33) ‖ LE4(len(tag)) ‖ tag ‖ k × LE4(selection)
func sealSponge(tag []byte, y group.Element, n, k, b int, selections []int, seed [32]byte) *transcript.Sponge {
	s := transcript.New(transcript.AppendString(transcript.AppendString(nil, []byte(sealLabel)), tag))
	s.Absorb(seed[:])
	var in []byte
	for _, v := range []int{n, k, b} {
		in = transcript.AppendUint32(in, uint32(v))
	}
	in = transcript.AppendString(y.AppendBytes(in), tag)
	for _, sel := range selections {
		in = transcript.AppendUint32(in, uint32(sel))
	}
	s.Absorb(in)
	return s
}

// drawBlanks returns n+1..n+k in a random order: sorted by keys of 16 bytes,
// compared as big-endian integers, one squeezed for each code in turn.
func drawBlanks(s *transcript.Sponge, n, k int) []int {
	codes, hi, lo := make([]int, k), make([]uint64, k), make([]uint64, k)
	for i := range codes {
		key := s.Squeeze(16)
		hi[i], lo[i] = binary.BigEndian.Uint64(key), binary.BigEndian.Uint64(key[8:])
		codes[i] = n + 1 + i
	}
	sortNetwork(k, func(i, j int) {
		_, borrow := bits.Sub64(lo[j], lo[i], 0)
		_, borrow = bits.Sub64(hi[j], hi[i], borrow)
		swap := int(borrow) // key j is below key i
		exchange(swap, &hi[i], &hi[j])
		exchange(swap, &lo[i], &lo[j])
		exchange(swap, &codes[i], &codes[j])
	})
	return codes
}

// sortNetwork is odd-even transposition: n rounds of comparing neighbours,
// always the same ones. order puts the items i < j in order.
func sortNetwork(n int, order func(i, j int)) {
	for round := range n {
		for i := round % 2; i+1 < n; i += 2 {
			order(i, i+1)
		}
	}
}

// exchange swaps *a and *b if swap is 1 and does nothing if it is 0.
func exchange[T int | uint64](swap int, a, b *T) {
	d := (*a ^ *b) & -T(swap)
	*a ^= d
	*b ^= d
}

// less returns 1 if a < b and 0 otherwise, for codes.
func less(a, b int) int { return int(uint64(int64(a)-int64(b)) >> 63) }

// isZero returns 1 if x is 0 and 0 otherwise.
func isZero(x int) int { return int(^uint64(int64(x)|-int64(x)) >> 63) }
