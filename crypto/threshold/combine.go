package threshold

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
)

// Lagrange returns the coefficients λ_i with f(0) = Σ λ_i·f(i) for every
// polynomial f of lower degree than there are indices:
//
//	λ_i = Π_{j≠i} j/(j−i)
//
// Indices must be positive and distinct.
func Lagrange(indices []int) ([]group.Scalar, error) {
	if len(indices) == 0 {
		return nil, errors.New("interpolate: no indices")
	}
	seen := make(map[int]bool, len(indices))
	for _, i := range indices {
		if i < 1 {
			return nil, fmt.Errorf("interpolate: index %d", i)
		}
		if seen[i] {
			return nil, fmt.Errorf("interpolate: index %d twice", i)
		}
		seen[i] = true
	}
	lambda := make([]group.Scalar, len(indices))
	for k, i := range indices {
		num, den := group.NewScalar(1), group.NewScalar(1)
		xi := group.NewScalar(uint64(i))
		for _, j := range indices {
			if j != i {
				xj := group.NewScalar(uint64(j))
				num, den = num.Mul(xj), den.Mul(xj.Sub(xi))
			}
		}
		lambda[k] = num.Mul(den.InverseVarTime())
	}
	return lambda, nil
}

// Combine returns x·A of each row from the partial decryptions of exactly a
// quorum: partials[k][row] is from the trustee indices[k]. All must have passed
// VerifyPartial. Fewer trustees than the quorum give elements that mean
// nothing. Variable time; it runs on all cores.
func Combine(indices []int, partials [][]group.Element) ([]group.Element, error) {
	lambda, err := Lagrange(indices)
	if err != nil {
		return nil, fmt.Errorf("combine partial decryptions: %w", err)
	}
	if len(partials) != len(indices) {
		return nil, fmt.Errorf("combine partial decryptions: %d of %d trustees", len(partials), len(indices))
	}
	rows := len(partials[0])
	for k, p := range partials {
		if len(p) != rows {
			return nil, fmt.Errorf("combine partial decryptions: %d rows of trustee %d, %d of trustee %d", len(p), indices[k], rows, indices[0])
		}
	}
	negate := make([]bool, len(lambda))
	for k := range lambda {
		lambda[k], negate[k] = shorter(lambda[k])
	}
	out := make([]group.Element, rows)
	inParallel(rows, func(row int) {
		points := make([]group.Element, len(lambda))
		for k := range points {
			points[k] = partials[k][row]
			if negate[k] {
				points[k] = points[k].Neg()
			}
		}
		out[row] = group.MultiMul(points, lambda)
	})
	return out, nil
}

// shorter returns s or −s, whichever is the smaller integer, and whether it is
// −s. The coefficients of trustees 1..t are ± binomials, which makes combining
// them several times faster; others cost the same either way.
func shorter(s group.Scalar) (group.Scalar, bool) {
	neg := s.Neg()
	if bytes.Compare(neg.Bytes(), s.Bytes()) < 0 {
		return neg, true
	}
	return s, false
}

// Open returns m·g = B − x·A of each row; combined is what Combine returned.
func Open(rows []elgamal.Ciphertext, combined []group.Element) ([]group.Element, error) {
	if len(combined) != len(rows) {
		return nil, fmt.Errorf("open rows: %d combined of %d rows", len(combined), len(rows))
	}
	out := make([]group.Element, len(rows))
	inParallel(len(rows), func(j int) { out[j] = rows[j].B.Sub(combined[j]) })
	return out, nil
}

// A LogTable finds m from m·g for 1 ≤ m ≤ max. It is immutable and safe for
// concurrent use.
type LogTable struct {
	logs map[[group.ElementSize]byte]int
}

// NewLogTable makes the table up to max, which takes about 100 bytes and 10 µs
// an entry. It is empty for max < 1.
func NewLogTable(max int) *LogTable {
	t := &LogTable{make(map[[group.ElementSize]byte]int)}
	e := group.Element{}
	for m := 1; m <= max; m++ {
		e = e.Add(group.Generator())
		t.logs[[group.ElementSize]byte(e.Bytes())] = m
	}
	return t
}

// Log returns m for e = m·g, and false for every element that is not in the
// table, the identity (m = 0) among them.
func (t *LogTable) Log(e group.Element) (int, bool) {
	if e.IsIdentity() {
		return 0, false
	}
	m, ok := t.logs[[group.ElementSize]byte(e.Bytes())]
	return m, ok
}

// inParallel calls do for every index below n, in blocks, on all cores.
func inParallel(n int, do func(int)) {
	const block = 64
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (n+block-1)/block) {
		wg.Go(func() {
			for {
				lo := int(next.Add(block)) - block
				if lo >= n {
					return
				}
				for j := lo; j < min(lo+block, n); j++ {
					do(j)
				}
			}
		})
	}
	wg.Wait()
}
