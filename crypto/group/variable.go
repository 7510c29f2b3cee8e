package group

import (
	"crypto/rand"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/secp256r1"
	"github.com/consensys/gnark-crypto/ecc/secp256r1/fr"
)

// MultiMul returns Σ scalars[i]·points[i] in variable time: public values only.
func MultiMul(points []Element, scalars []Scalar) Element {
	if len(points) != len(scalars) {
		panic("group: multi-scalar multiplication of different lengths")
	}
	var b Batch
	for i := range points {
		b.add(scalars[i], &points[i])
	}
	return b.sum()
}

// A Batch collects equations Σ s_i·P_i = 0 between public values and decides
// them all with one multi-scalar multiplication: each equation gets a fresh
// random weight of 128 bits, so that a wrong one passes with probability
// 2^-128 at most. The zero value is empty and true. Not safe for concurrent
// use.
type Batch struct {
	table   *Table       // of elements that AddShared sums apart, or nil
	fixed   []fr.Element // their coefficients
	points  []secp256r1.G1Affine
	scalars []fr.Element
	shared  map[secp256r1.G1Affine]int // where a shared point's sum stands
	weight  fr.Element
}

// NewBatch returns an empty batch that multiplies the elements of the table,
// where AddShared names them, by means of it. It is worth it for few equations.
func NewBatch(t *Table) *Batch { return &Batch{table: t, fixed: make([]fr.Element, t.n)} }

// Begin starts the next equation with a fresh weight from crypto/rand.
func (b *Batch) Begin() {
	var w [16]byte
	rand.Read(w[:])
	b.weight.SetBytes(w[:])
}

// Add adds s·e to the equation begun last.
func (b *Batch) Add(s Scalar, e Element) {
	f := s.fr()
	f.Mul(&f, &b.weight)
	b.points = append(b.points, e.p)
	b.scalars = append(b.scalars, f)
}

// AddShared is Add for an element that occurs in many equations (g, y, the
// fixed generators): its coefficients are summed before the multiplication.
func (b *Batch) AddShared(s Scalar, e Element) {
	f := s.fr()
	f.Mul(&f, &b.weight)
	if b.table != nil {
		if i, ok := b.table.index[e.p]; ok {
			b.fixed[i].Add(&b.fixed[i], &f)
			return
		}
	}
	i, ok := b.shared[e.p]
	if !ok {
		if b.shared == nil {
			b.shared = make(map[secp256r1.G1Affine]int)
		}
		i = len(b.points)
		b.shared[e.p] = i
		b.points = append(b.points, e.p)
		b.scalars = append(b.scalars, fr.Element{})
	}
	b.scalars[i].Add(&b.scalars[i], &f)
}

// Len returns the number of terms collected.
func (b *Batch) Len() int { return len(b.points) }

// Valid reports whether every equation holds.
func (b *Batch) Valid() bool { return b.sum().IsIdentity() }

func (b *Batch) add(s Scalar, e *Element) {
	b.points = append(b.points, e.p)
	b.scalars = append(b.scalars, s.fr())
}

// straus is the number of terms below which interleaved windows beat gnark's
// bucket method (measured: buckets cost 94 µs a term at 16 terms and 45 µs at
// 100, interleaving 35 µs).
const (
	straus       = 150
	strausWindow = 5
)

func (b *Batch) sum() Element {
	var r secp256r1.G1Jac
	r.FromAffine(&secp256r1.G1Affine{})
	if len(b.points) < straus {
		w := strausWindow
		if short(b.scalars) {
			w = 2 // no multiples to prepare
		}
		r = interleave(oddMultiples(b.points, w), b.scalars, w)
	} else {
		// The only error is a difference in lengths. One task: callers run
		// batches side by side, so that all cores work without contention.
		must(r.MultiExp(b.points, b.scalars, ecc.MultiExpConfig{NbTasks: 1}))
	}
	if b.table != nil {
		fixed := b.table.sum(b.fixed)
		r.AddMixed(&fixed)
	}
	var e Element
	e.p.FromJacobian(&r)
	return e
}

// short reports whether all scalars are so small, such as Lagrange coefficients
// mostly are, that preparing multiples costs more than it saves.
func short(scalars []fr.Element) bool {
	for i := range scalars {
		if k := scalars[i].Bits(); k[1]|k[2]|k[3] != 0 || k[0] >= 1<<16 {
			return false
		}
	}
	return true
}

// oddMultiples returns P, 3P, … (2^(w−1)−1)P of each point, with one inversion
// for all, so that every later addition is a mixed one.
func oddMultiples(points []secp256r1.G1Affine, w int) []secp256r1.G1Affine {
	if w == 2 {
		return points
	}
	multiples := make([]secp256r1.G1Jac, 0, len(points)<<(w-2))
	for i := range points {
		var p, two secp256r1.G1Jac
		p.FromAffine(&points[i])
		two.Set(&p)
		two.DoubleAssign()
		for range 1 << (w - 2) {
			multiples = append(multiples, p)
			p.AddAssign(&two)
		}
	}
	return secp256r1.BatchJacobianToAffineG1(multiples)
}

// interleave is Straus's method with signed windows of w bits.
func interleave(odd []secp256r1.G1Affine, scalars []fr.Element, w int) secp256r1.G1Jac {
	nafs := make([][257]int8, len(scalars))
	top := -1
	for i := range scalars {
		top = max(top, recode(&nafs[i], scalars[i].Bits(), uint(w)))
	}
	var r secp256r1.G1Jac
	r.FromAffine(&secp256r1.G1Affine{})
	for bit := top; bit >= 0; bit-- {
		r.DoubleAssign()
		for i := range nafs {
			switch d := int(nafs[i][bit]); {
			case d > 0:
				r.AddMixed(&odd[i<<(w-2)+d/2])
			case d < 0:
				var neg secp256r1.G1Affine
				neg.Neg(&odd[i<<(w-2)-d/2])
				r.AddMixed(&neg)
			}
		}
	}
	return r
}

// recode writes the width-w non-adjacent form of the little-endian integer k
// and returns the index of its highest digit, −1 for 0.
func recode(naf *[257]int8, k [4]uint64, w uint) int {
	bit := func(i uint) int {
		if i >= 256 {
			return 0
		}
		return int(k[i/64] >> (i % 64) & 1)
	}
	top, carry := -1, 0
	for i := uint(0); i < 257; {
		if bit(i)+carry == 0 || bit(i)+carry == 2 {
			i++ // the carry, if any, goes on: 1+1 = 10 in binary
			continue
		}
		d := carry
		for j := range w {
			d += bit(i+j) << j
		}
		carry = 0
		if d >= 1<<(w-1) {
			d -= 1 << w
			carry = 1
		}
		naf[i] = int8(d)
		top = int(i)
		i += w
	}
	return top
}

// Reset empties the batch and keeps its memory.
func (b *Batch) Reset() {
	b.points, b.scalars = b.points[:0], b.scalars[:0]
	clear(b.shared)
	clear(b.fixed)
}
