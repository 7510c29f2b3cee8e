package group

import (
	"github.com/consensys/gnark-crypto/ecc/secp256r1"
	"github.com/consensys/gnark-crypto/ecc/secp256r1/fp"
	"github.com/consensys/gnark-crypto/ecc/secp256r1/fr"
)

// A Table holds fixed points prepared for many variable-time multiplications:
// every multiple that a signed window of a scalar may want, so that a product
// is a sum without doublings. It takes 53 to 270 KiB a point, the less the more
// points there are. It is immutable and safe for concurrent use.
type Table struct {
	n, window, digits int
	// multiples[(i·digits + j)·2^(window−1) + d−1] = d·2^(window·j)·point i
	multiples []secp256r1.G1Affine
	index     map[secp256r1.G1Affine]int
}

// NewTable prepares the points, which must not be the identity.
func NewTable(points []Element) *Table {
	t := &Table{n: len(points), index: make(map[secp256r1.G1Affine]int, len(points))}
	switch {
	case t.n <= 80:
		t.window = 8
	case t.n <= 300:
		t.window = 6
	default:
		t.window = 5
	}
	t.digits = 257/t.window + 1
	half := 1 << (t.window - 1)
	t.multiples = make([]secp256r1.G1Affine, 0, t.n*t.digits*half)
	row := make([]secp256r1.G1Jac, t.digits*half)
	for i := range points {
		t.index[points[i].p] = i
		var base secp256r1.G1Jac
		base.FromAffine(&points[i].p)
		for j := range t.digits {
			m := row[j*half : (j+1)*half]
			m[0] = base
			for d := 1; d < half; d++ {
				m[d].Set(&m[d-1])
				m[d].AddAssign(&base)
			}
			base.Double(&m[half-1])
		}
		t.multiples = append(t.multiples, secp256r1.BatchJacobianToAffineG1(row)...)
	}
	return t
}

// MultiMul returns Σ scalars[i]·points[i]. Zero scalars cost nothing. Variable
// time: public values only.
func (t *Table) MultiMul(scalars []Scalar) Element {
	if len(scalars) != t.n {
		panic("group: multi-scalar multiplication of different lengths")
	}
	ss := make([]fr.Element, t.n)
	for i := range scalars {
		ss[i] = scalars[i].fr()
	}
	return Element{t.sum(ss)}
}

func (t *Table) sum(scalars []fr.Element) secp256r1.G1Affine {
	half := 1 << (t.window - 1)
	terms := make([]secp256r1.G1Affine, 0, t.n*t.digits)
	for i := range scalars {
		if scalars[i].IsZero() {
			continue
		}
		k := scalars[i].Bits()
		carry := 0
		for j := range t.digits {
			d := windowOf(&k, j*t.window, t.window) + carry
			carry = 0
			if d > half {
				d -= 2 * half
				carry = 1
			}
			row := (i*t.digits + j) * half
			switch {
			case d > 0:
				terms = append(terms, t.multiples[row+d-1])
			case d < 0:
				terms = append(terms, secp256r1.G1Affine{})
				terms[len(terms)-1].Neg(&t.multiples[row-d-1])
			}
		}
	}
	return sumAffine(terms)
}

// windowOf returns w bits of the little-endian integer k from bit at on.
func windowOf(k *[4]uint64, at, w int) int {
	if at >= 256 {
		return 0
	}
	word, shift := at/64, at%64
	v := k[word] >> shift
	if shift+w > 64 && word < 3 {
		v |= k[word+1] << (64 - shift)
	}
	return int(v & (1<<w - 1))
}

// sumAffine returns the sum of the points, which it overwrites. Points are
// added in pairs, in affine coordinates, with one inversion for each round:
// six multiplications an addition where mixed coordinates take eleven.
func sumAffine(points []secp256r1.G1Affine) secp256r1.G1Affine {
	const few = 24 // where an inversion costs more than it saves
	denominators := make([]fp.Element, len(points)/2)
	for len(points) > few {
		half := len(points) / 2
		a, b := points[:half], points[half:2*half]
		for i := range a {
			denominators[i].Sub(&b[i].X, &a[i].X) // zero is passed over by the inversion
		}
		inverses := fp.BatchInvert(denominators[:half])
		for i := range a {
			if inverses[i].IsZero() || a[i].IsInfinity() || b[i].IsInfinity() {
				a[i].Add(&a[i], &b[i]) // equal, opposite, or the identity
				continue
			}
			var slope, x fp.Element
			slope.Sub(&b[i].Y, &a[i].Y)
			slope.Mul(&slope, &inverses[i])
			x.Square(&slope)
			x.Sub(&x, &a[i].X)
			x.Sub(&x, &b[i].X)
			a[i].X.Sub(&a[i].X, &x)
			a[i].X.Mul(&a[i].X, &slope)
			a[i].Y.Sub(&a[i].X, &a[i].Y)
			a[i].X = x
		}
		if len(points)%2 == 1 {
			points[half] = points[len(points)-1]
			points = points[:half+1]
		} else {
			points = points[:half]
		}
	}
	var r secp256r1.G1Jac
	r.FromAffine(&secp256r1.G1Affine{})
	for i := range points {
		r.AddMixed(&points[i])
	}
	var out secp256r1.G1Affine
	out.FromJacobian(&r)
	return out
}
