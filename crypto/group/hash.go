package group

import (
	"encoding/binary"

	"github.com/consensys/gnark-crypto/ecc/secp256r1/fp"
)

// Hash returns an element whose logarithm nobody knows: RFC 9380 hash_to_curve,
// suite P256_XMD:SHA-256_SSWU_RO_, with the domain separation tag
// "sandogh-v1-" ‖ label ‖ "_P256_XMD:SHA-256_SSWU_RO_" and the message
//
//	uint32be(index)
//
// Variable time: what is hashed is public.
func Hash(label string, index uint32) Element {
	return hashToCurve(binary.BigEndian.AppendUint32(nil, index),
		[]byte("sandogh-v1-"+label+"_P256_XMD:SHA-256_SSWU_RO_"))
}

// hashToCurve is RFC 9380 section 3. gnark's own HashToG1 uses another map
// (Shallue and van de Woestijne) on this curve; its expansion of the message
// (section 5.2, hash_to_field) is the one of the suite.
func hashToCurve(msg, dst []byte) Element {
	// An error needs a tag over 255 bytes: labels are constants of this module.
	u := must(fp.Hash(msg, dst, 2))
	return mapToCurve(&u[0]).Add(mapToCurve(&u[1]))
}

// mapToCurve is the simplified SWU map of RFC 9380 section 6.6.2 with Z = −10,
// A = −3 (section 8.2).
func mapToCurve(u *fp.Element) Element {
	var one, z, tv1, tv2, x1, x2 fp.Element
	one.SetOne()
	z.SetInt64(-10)
	tv1.Square(u)
	tv1.Mul(&tv1, &z) // Z·u²
	tv2.Square(&tv1)
	tv2.Add(&tv2, &tv1) // Z²·u⁴ + Z·u²
	var a fp.Element
	a.SetInt64(-3)
	if tv2.IsZero() {
		x1.Mul(&z, &a) // x1 = B / (Z·A)
		x1.Inverse(&x1)
		x1.Mul(&x1, &curveB)
	} else {
		x1.Inverse(&tv2) // x1 = (−B/A)·(1 + 1/tv2)
		x1.Add(&x1, &one)
		x1.Mul(&x1, &curveB)
		a.Inverse(&a)
		x1.Mul(&x1, &a)
		x1.Neg(&x1)
	}
	e, ok := lift(&x1)
	if !ok {
		x2.Mul(&tv1, &x1)
		e, ok = lift(&x2)
		if !ok {
			panic("group: neither candidate of the SWU map is on the curve")
		}
	}
	if e.yIsOdd() != odd(u) {
		e.p.Y.Neg(&e.p.Y)
	}
	return e
}

func odd(x *fp.Element) bool {
	b := x.Bytes()
	return b[31]&1 == 1
}
