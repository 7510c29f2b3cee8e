// Package p256 multiplies modulo the prime of P-256 as a browser does it fast.
//
// Specification: none; the numbers are those of FIPS 186-4, and the results those
// of Montgomery's multiplication with R = 2²⁵⁶.
//
// In go two numbers below p = 2²⁵⁶ − 2²²⁴ + 2¹⁹² + 2⁹⁶ − 1, as four words, the
// lowest first. Out comes x·y·2⁻²⁵⁶ mod p in the same form. WebAssembly has no
// product of 64 bits by 64 with all its 128 bits, and carries are dear there. So
// the numbers are cut into nine limbs of 29 bits, whose products of 58 bits can be
// summed nine at a time in 64; and since p ≡ −1 mod 2⁹⁶, the multiple of p that
// clears a limb is the limb itself, shifted and added.
//
// It is compiled here to be tested against another implementation. Package wasm
// puts the same text in the place of that implementation's own multiplication when
// it builds the verifier for browsers (doc/decisions, 0013).
//
// What it never does: it is not for secrets; it branches on its result.
//
// How it fails: it does not. Numbers that are not below p are a programmer's error
// and give a number that is.
//
// Sources: Montgomery 1985; Gueron and Krasnov 2013 for the shape of the prime.
package p256

import "math/bits"

// mask selects a limb.
const mask = 1<<29 - 1

// Mul sets z to x·y·2⁻²⁵⁶ mod p.
//
// Each t is a column of the product with what the columns before it carry over and
// what the cleared limbs m add: m·(p+1) is m shifted by 96, 192 and 256 bits, less
// m shifted by 224. Eight limbs of 29 bits and one of 24 are cleared, 256 bits.
func Mul(z, x, y *[4]uint64) {
	a0, a1, a2, a3, a4, a5, a6, a7, a8 := x[0]&mask, x[0]>>29&mask, (x[0]>>58|x[1]<<6)&mask, x[1]>>23&mask, (x[1]>>52|x[2]<<12)&mask, x[2]>>17&mask, (x[2]>>46|x[3]<<18)&mask, x[3]>>11&mask, x[3]>>40
	b0, b1, b2, b3, b4, b5, b6, b7, b8 := y[0]&mask, y[0]>>29&mask, (y[0]>>58|y[1]<<6)&mask, y[1]>>23&mask, (y[1]>>52|y[2]<<12)&mask, y[2]>>17&mask, (y[2]>>46|y[3]<<18)&mask, y[3]>>11&mask, y[3]>>40
	t := a0 * b0
	m0 := t & mask
	t = uint64(int64(t)>>29) + a0*b1 + a1*b0
	m1 := t & mask
	t = uint64(int64(t)>>29) + a0*b2 + a1*b1 + a2*b0
	m2 := t & mask
	t = uint64(int64(t)>>29) + a0*b3 + a1*b2 + a2*b1 + a3*b0 + m0<<9
	m3 := t & mask
	t = uint64(int64(t)>>29) + a0*b4 + a1*b3 + a2*b2 + a3*b1 + a4*b0 + m1<<9
	m4 := t & mask
	t = uint64(int64(t)>>29) + a0*b5 + a1*b4 + a2*b3 + a3*b2 + a4*b1 + a5*b0 + m2<<9
	m5 := t & mask
	t = uint64(int64(t)>>29) + a0*b6 + a1*b5 + a2*b4 + a3*b3 + a4*b2 + a5*b1 + a6*b0 + m3<<9 + m0<<18
	m6 := t & mask
	t = uint64(int64(t)>>29) + a0*b7 + a1*b6 + a2*b5 + a3*b4 + a4*b3 + a5*b2 + a6*b1 + a7*b0 + m4<<9 + m1<<18 - m0<<21
	m7 := t & mask
	t = uint64(int64(t)>>29) + a0*b8 + a1*b7 + a2*b6 + a3*b5 + a4*b4 + a5*b3 + a6*b2 + a7*b1 + a8*b0 + m5<<9 + m2<<18 - m1<<21 + m0<<24
	m8 := t & (1<<24 - 1)
	l0 := t & mask >> 24
	t = uint64(int64(t)>>29) + a1*b8 + a2*b7 + a3*b6 + a4*b5 + a5*b4 + a6*b3 + a7*b2 + a8*b1 + m6<<9 + m3<<18 - m2<<21 + m1<<24
	l1 := t & mask
	t = uint64(int64(t)>>29) + a2*b8 + a3*b7 + a4*b6 + a5*b5 + a6*b4 + a7*b3 + a8*b2 + m7<<9 + m4<<18 - m3<<21 + m2<<24
	l2 := t & mask
	t = uint64(int64(t)>>29) + a3*b8 + a4*b7 + a5*b6 + a6*b5 + a7*b4 + a8*b3 + m8<<9 + m5<<18 - m4<<21 + m3<<24
	l3 := t & mask
	t = uint64(int64(t)>>29) + a4*b8 + a5*b7 + a6*b6 + a7*b5 + a8*b4 + m6<<18 - m5<<21 + m4<<24
	l4 := t & mask
	t = uint64(int64(t)>>29) + a5*b8 + a6*b7 + a7*b6 + a8*b5 + m7<<18 - m6<<21 + m5<<24
	l5 := t & mask
	t = uint64(int64(t)>>29) + a6*b8 + a7*b7 + a8*b6 + m8<<18 - m7<<21 + m6<<24
	l6 := t & mask
	t = uint64(int64(t)>>29) + a7*b8 + a8*b7 - m8<<21 + m7<<24
	l7 := t & mask
	t = uint64(int64(t)>>29) + a8*b8 + m8<<24
	l8 := t & mask
	l9 := t >> 29
	w0, w1, w2, w3, over := l0|l1<<5|l2<<34|l3<<63, l3>>1|l4<<28|l5<<57, l5>>7|l6<<22|l7<<51, l7>>13|l8<<16|l9<<45, l9>>19
	if over == 0 && w3 < highest {
		z[0], z[1], z[2], z[3] = w0, w1, w2, w3
		return
	}
	subtract(z, w0, w1, w2, w3, over)
}

// Square sets z to x²·2⁻²⁵⁶ mod p, as Mul does.
func Square(z, x *[4]uint64) {
	a0, a1, a2, a3, a4, a5, a6, a7, a8 := x[0]&mask, x[0]>>29&mask, (x[0]>>58|x[1]<<6)&mask, x[1]>>23&mask, (x[1]>>52|x[2]<<12)&mask, x[2]>>17&mask, (x[2]>>46|x[3]<<18)&mask, x[3]>>11&mask, x[3]>>40
	d0, d1, d2, d3, d4, d5, d6, d7 := a0<<1, a1<<1, a2<<1, a3<<1, a4<<1, a5<<1, a6<<1, a7<<1
	t := a0 * a0
	m0 := t & mask
	t = uint64(int64(t)>>29) + d0*a1
	m1 := t & mask
	t = uint64(int64(t)>>29) + d0*a2 + a1*a1
	m2 := t & mask
	t = uint64(int64(t)>>29) + d0*a3 + d1*a2 + m0<<9
	m3 := t & mask
	t = uint64(int64(t)>>29) + d0*a4 + d1*a3 + a2*a2 + m1<<9
	m4 := t & mask
	t = uint64(int64(t)>>29) + d0*a5 + d1*a4 + d2*a3 + m2<<9
	m5 := t & mask
	t = uint64(int64(t)>>29) + d0*a6 + d1*a5 + d2*a4 + a3*a3 + m3<<9 + m0<<18
	m6 := t & mask
	t = uint64(int64(t)>>29) + d0*a7 + d1*a6 + d2*a5 + d3*a4 + m4<<9 + m1<<18 - m0<<21
	m7 := t & mask
	t = uint64(int64(t)>>29) + d0*a8 + d1*a7 + d2*a6 + d3*a5 + a4*a4 + m5<<9 + m2<<18 - m1<<21 + m0<<24
	m8 := t & (1<<24 - 1)
	l0 := t & mask >> 24
	t = uint64(int64(t)>>29) + d1*a8 + d2*a7 + d3*a6 + d4*a5 + m6<<9 + m3<<18 - m2<<21 + m1<<24
	l1 := t & mask
	t = uint64(int64(t)>>29) + d2*a8 + d3*a7 + d4*a6 + a5*a5 + m7<<9 + m4<<18 - m3<<21 + m2<<24
	l2 := t & mask
	t = uint64(int64(t)>>29) + d3*a8 + d4*a7 + d5*a6 + m8<<9 + m5<<18 - m4<<21 + m3<<24
	l3 := t & mask
	t = uint64(int64(t)>>29) + d4*a8 + d5*a7 + a6*a6 + m6<<18 - m5<<21 + m4<<24
	l4 := t & mask
	t = uint64(int64(t)>>29) + d5*a8 + d6*a7 + m7<<18 - m6<<21 + m5<<24
	l5 := t & mask
	t = uint64(int64(t)>>29) + d6*a8 + a7*a7 + m8<<18 - m7<<21 + m6<<24
	l6 := t & mask
	t = uint64(int64(t)>>29) + d7*a8 - m8<<21 + m7<<24
	l7 := t & mask
	t = uint64(int64(t)>>29) + a8*a8 + m8<<24
	l8 := t & mask
	l9 := t >> 29
	w0, w1, w2, w3, over := l0|l1<<5|l2<<34|l3<<63, l3>>1|l4<<28|l5<<57, l5>>7|l6<<22|l7<<51, l7>>13|l8<<16|l9<<45, l9>>19
	if over == 0 && w3 < highest {
		z[0], z[1], z[2], z[3] = w0, w1, w2, w3
		return
	}
	subtract(z, w0, w1, w2, w3, over)
}

// highest is the highest word of p. A number whose own is less is below p, as most
// products are.
const highest = 0xffffffff00000001

// subtract writes the value below 2p as four words below p.
func subtract(z *[4]uint64, w0, w1, w2, w3, over uint64) {
	s0, b := bits.Sub64(w0, 0xffffffffffffffff, 0)
	s1, b := bits.Sub64(w1, 0x00000000ffffffff, b)
	s2, b := bits.Sub64(w2, 0, b)
	s3, b := bits.Sub64(w3, highest, b)
	if over >= b {
		w0, w1, w2, w3 = s0, s1, s2, s3
	}
	z[0], z[1], z[2], z[3] = w0, w1, w2, w3
}
