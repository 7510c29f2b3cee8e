package group

import (
	"sync"

	"filippo.io/nistec"
)

// A Base is an element prepared for many multiplications by secret scalars. It
// is immutable and safe for concurrent use.
type Base struct {
	p *nistec.P256Point
	// rows[i][j] = (j+1)·2^(5i)·p for the signed windows of digits; nil for the
	// generator, which nistec multiplies faster from its own table.
	rows      [][16]nistec.P256Point
	generator bool
}

const (
	window  = 5
	windows = 52 // ⌈257/5⌉: 256 bits and the carry of the signed recoding
)

// GeneratorBase returns the base g.
var GeneratorBase = sync.OnceValue(func() *Base {
	return &Base{p: nistec.NewP256Point().SetGenerator(), generator: true}
})

// NewBase returns a base for a few multiplications (no table).
func NewBase(e Element) *Base { return &Base{p: e.nistec()} }

// NewFixedBase returns a base with a table of 52·16 points, about 80 KiB: worth
// it from some dozens of multiplications on.
func NewFixedBase(e Element) *Base {
	b := &Base{p: e.nistec(), rows: make([][16]nistec.P256Point, windows)}
	step := nistec.NewP256Point().Set(b.p)
	for i := range b.rows {
		row := &b.rows[i]
		row[0].Set(step)
		for j := 1; j < 16; j++ {
			row[j].Add(&row[j-1], step)
		}
		step.Double(&row[15]) // 32·step
	}
	return b
}

// Element returns the element that the base was made from.
func (b *Base) Element() Element { return fromNistec(b.p) }

// Mul returns s·b in constant time.
func (b *Base) Mul(s Scalar) Element {
	var a Acc
	a.AddMul(s, b)
	return a.Element()
}

// An Acc adds up products of secret scalars in constant time. The zero value
// is the identity. Its partial sums never leave it.
type Acc struct {
	p     nistec.P256Point
	begun bool // p holds a point: where nistec has no assembly its zero value is none
}

func (a *Acc) add(t *nistec.P256Point) {
	if !a.begun {
		a.p.Set(nistec.NewP256Point())
		a.begun = true
	}
	a.p.Add(&a.p, t)
}

// AddMul adds s·b.
func (a *Acc) AddMul(s Scalar, b *Base) {
	if b.rows != nil {
		a.addTable(s, b)
		return
	}
	t := nistec.NewP256Point()
	if b.generator {
		must(t.ScalarBaseMult(s.Bytes()))
	} else {
		must(t.ScalarMult(b.p, s.Bytes()))
	}
	a.add(t)
}

// addTable adds s·b from signed 5-bit windows: digit d_i in [−16, 16) with
// s = Σ d_i·2^(5i), each looked up by touching the whole row.
func (a *Acc) addTable(s Scalar, b *Base) {
	be := s.Bytes()
	var digits [windows]int
	carry := 0
	for i := range digits {
		d := carry
		for j := range window {
			if bit := i*window + j; bit < 256 {
				d += int(be[31-bit/8]>>(bit%8)&1) << j
			}
		}
		// d is in [0, 32]; from 16 on take d−32 and carry one.
		carry = int(uint(15-d) >> 63 & 1)
		digits[i] = d - carry<<window
	}
	var t, neg nistec.P256Point
	identity := nistec.NewP256Point()
	for i, d := range digits {
		sign := int(uint(d) >> 63 & 1)
		abs := (d ^ -sign) + sign
		t.Set(identity)
		row := &b.rows[i]
		for j := range row {
			t.Select(&row[j], &t, eq(abs, j+1))
		}
		neg.Negate(&t)
		t.Select(&neg, &t, sign)
		a.add(&t)
	}
}

// eq returns 1 if x = y and 0 otherwise, for small non-negative integers.
func eq(x, y int) int {
	v := uint64(x ^ y)
	return int((v - 1) >> 63)
}

// AddSelect adds b if cond is 1 and c if it is 0; nil stands for the identity.
func (a *Acc) AddSelect(cond int, b, c *Base) {
	var t nistec.P256Point
	identity := nistec.NewP256Point()
	p, q := identity, identity
	if b != nil {
		p = b.p
	}
	if c != nil {
		q = c.p
	}
	t.Select(p, q, cond)
	a.add(&t)
}

// Neg returns the base −b, without a table.
func (b *Base) Neg() *Base { return &Base{p: nistec.NewP256Point().Negate(b.p)} }

// Element returns the sum.
func (a *Acc) Element() Element {
	if !a.begun {
		return Element{}
	}
	return fromNistec(&a.p)
}
