package group

import (
	"errors"

	"filippo.io/nistec"
	"github.com/consensys/gnark-crypto/ecc/secp256r1"
	"github.com/consensys/gnark-crypto/ecc/secp256r1/fp"
)

// ElementSize is the length of an encoded element in bytes.
const ElementSize = 33

var errElement = errors.New("decode element: not the 33 bytes of a compressed point of P-256 other than the identity")

// An Element is a point of P-256. The zero value is the identity, which exists
// in arithmetic and has no encoding.
type Element struct {
	p secp256r1.G1Affine
}

var generator = func() Element { _, g := secp256r1.Generators(); return Element{g} }()

// Generator returns g.
func Generator() Element { return generator }

// DecodeElement reads 33 bytes of compressed SEC 1. It refuses any other
// length or prefix, coordinates not below p, points off the curve, and the
// identity.
func DecodeElement(b []byte) (Element, error) {
	if len(b) != ElementSize || b[0] != 2 && b[0] != 3 {
		return Element{}, errElement
	}
	var x fp.Element
	if err := x.SetBytesCanonical(b[1:]); err != nil {
		return Element{}, errElement
	}
	e, ok := lift(&x)
	if !ok {
		return Element{}, errElement
	}
	if e.yIsOdd() != (b[0] == 3) {
		e.p.Y.Neg(&e.p.Y)
	}
	return e, nil
}

// DecodeElements reads n consecutive elements, as DecodeElement does each.
func DecodeElements(b []byte, n int) ([]Element, error) {
	if n < 0 || len(b)/ElementSize != n || len(b)%ElementSize != 0 {
		return nil, errElement
	}
	out := make([]Element, n)
	for i := range out {
		e, err := DecodeElement(b[i*ElementSize : (i+1)*ElementSize])
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

// ElementFromAffine returns the point with the given coordinates, each 32
// bytes big-endian below p, and refuses points off the curve.
func ElementFromAffine(x, y []byte) (Element, error) {
	var e Element
	if len(x) != 32 || len(y) != 32 ||
		e.p.X.SetBytesCanonical(x) != nil || e.p.Y.SetBytesCanonical(y) != nil ||
		e.p.IsInfinity() || !e.p.IsOnCurve() {
		return Element{}, errElement
	}
	return e, nil
}

// Affine returns the coordinates, each 32 bytes big-endian. The identity has
// none: it panics.
func (e Element) Affine() (x, y [32]byte) {
	if e.IsIdentity() {
		panic("group: the identity has no coordinates")
	}
	return e.p.X.Bytes(), e.p.Y.Bytes()
}

// Bytes returns the 33 bytes of compressed SEC 1. The identity has none: it
// panics, so a caller that may hold one asks IsIdentity first.
func (e Element) Bytes() []byte { return e.AppendBytes(nil) }

// AppendBytes appends what Bytes returns to b.
func (e Element) AppendBytes(b []byte) []byte {
	if e.IsIdentity() {
		panic("group: the identity has no encoding")
	}
	prefix := byte(2)
	if e.yIsOdd() {
		prefix = 3
	}
	x := e.p.X.Bytes()
	return append(append(b, prefix), x[:]...)
}

func (e *Element) yIsOdd() bool { return odd(&e.p.Y) }

// lift returns the point with abscissa x and either root as ordinate.
func lift(x *fp.Element) (Element, bool) {
	var e Element
	e.p.X = *x
	y2 := curvePolynomial(x)
	if e.p.Y.Sqrt(&y2) == nil {
		return Element{}, false
	}
	return e, true
}

var curveB = func() fp.Element {
	// b = y² − x³ + 3x at the generator, so that the constant is not typed twice.
	var x3, b, t fp.Element
	g := generator.p
	x3.Square(&g.X)
	x3.Mul(&x3, &g.X)
	t.Double(&g.X)
	t.Add(&t, &g.X)
	b.Square(&g.Y)
	b.Sub(&b, &x3)
	return *b.Add(&b, &t)
}()

// curvePolynomial returns x³ − 3x + b.
func curvePolynomial(x *fp.Element) fp.Element {
	var r, t fp.Element
	r.Square(x)
	r.Mul(&r, x)
	t.Double(x)
	t.Add(&t, x)
	r.Sub(&r, &t)
	r.Add(&r, &curveB)
	return r
}

// LiftSmaller returns the point whose abscissa is the big-endian integer be
// mod p and whose ordinate is the smaller of the two roots as integers. It
// reports false when there is no such point or the ordinate is 0. This is how
// Verificatum 3.1.0 maps random strings to P-256 (protocol, section 8).
func LiftSmaller(be []byte) (Element, bool) {
	var x fp.Element
	x.SetBytes(be)
	e, ok := lift(&x)
	if !ok || e.p.Y.IsZero() {
		return Element{}, false
	}
	var neg fp.Element
	neg.Neg(&e.p.Y)
	if neg.Cmp(&e.p.Y) < 0 {
		e.p.Y = neg
	}
	return e, true
}

// IsIdentity reports whether e is the identity.
func (e Element) IsIdentity() bool { return e.p.IsInfinity() }

// Equal reports whether e = f. Variable time.
func (e Element) Equal(f Element) bool { return e.p.Equal(&f.p) }

// Add returns e + f. Variable time.
func (e Element) Add(f Element) Element {
	var a, b secp256r1.G1Jac
	a.FromAffine(&e.p)
	b.FromAffine(&f.p)
	a.AddAssign(&b)
	e.p.FromJacobian(&a)
	return e
}

// Sub returns e − f. Variable time.
func (e Element) Sub(f Element) Element { return e.Add(f.Neg()) }

// Neg returns −e.
func (e Element) Neg() Element {
	e.p.Neg(&e.p)
	return e
}

// Mul returns s·e in constant time with respect to s.
func (e Element) Mul(s Scalar) Element {
	p := e.nistec()
	must(p.ScalarMult(p, s.Bytes()))
	return fromNistec(p)
}

// BaseMul returns s·g in constant time.
func BaseMul(s Scalar) Element {
	p := nistec.NewP256Point()
	must(p.ScalarBaseMult(s.Bytes()))
	return fromNistec(p)
}

// nistec converts to the constant-time representation.
func (e *Element) nistec() *nistec.P256Point {
	p := nistec.NewP256Point()
	if e.p.IsInfinity() {
		return p
	}
	var b [65]byte
	b[0] = 4
	x, y := e.p.X.Bytes(), e.p.Y.Bytes()
	copy(b[1:], x[:])
	copy(b[33:], y[:])
	return must(p.SetBytes(b[:]))
}

// fromNistec leaves the constant-time representation. Whether the result is
// the identity becomes visible; a uniform secret makes that impossible in
// practice.
func fromNistec(p *nistec.P256Point) Element {
	b := p.Bytes()
	if len(b) == 1 {
		return Element{}
	}
	var e Element
	e.p.X.SetBytes(b[1:33])
	e.p.Y.SetBytes(b[33:65])
	return e
}
