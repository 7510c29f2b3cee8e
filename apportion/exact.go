package apportion

import "math/bits"

// Exact arithmetic. All votes together are below 2^62, seats and divisors at most
// 2·1000+1: products fit in 128 bits, and twice a remainder in 64.

// compare compares a·b with c·d.
func compare(a, b, c, d int) int {
	hi1, lo1 := bits.Mul64(uint64(a), uint64(b))
	hi2, lo2 := bits.Mul64(uint64(c), uint64(d))
	switch {
	case hi1 < hi2 || hi1 == hi2 && lo1 < lo2:
		return -1
	case hi1 == hi2 && lo1 == lo2:
		return 0
	}
	return 1
}

// divide returns the whole part and the remainder of seats·votes/total, where
// votes ≤ total, so that the whole part is at most seats.
func divide(seats, votes, total int) (whole, rest int) {
	hi, lo := bits.Mul64(uint64(seats), uint64(votes))
	q, r := bits.Div64(hi, lo, uint64(total))
	return int(q), int(r)
}
