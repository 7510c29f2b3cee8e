package shuffle

import (
	"crypto/rand"
	"encoding/binary"
	"math/bits"
)

// permutation returns a uniform permutation of [0, n): Fisher and Yates, with
// crypto/rand. Which entries it swaps shows in its memory accesses; nothing
// else depends on the values.
func permutation(n int) []uint32 {
	p := make([]uint32, n)
	for i := range p {
		p[i] = uint32(i)
	}
	for i := n - 1; i > 0; i-- {
		j := uniform(uint64(i) + 1)
		p[i], p[j] = p[j], p[i]
	}
	return p
}

// uniform returns a uniform integer below n > 0 (Lemire 2019: the high half of
// x·n, where the few x that would favour some results are drawn again; that
// tells nothing of the result that is kept).
func uniform(n uint64) uint64 {
	for {
		var b [8]byte
		rand.Read(b[:])
		hi, lo := bits.Mul64(binary.LittleEndian.Uint64(b[:]), n)
		if lo >= -n%n {
			return hi
		}
	}
}
