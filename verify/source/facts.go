package source

import (
	"crypto/sha256"
	"sync"
	"sync/atomic"
)

// Facts remembers proofs that held, and what was made of bytes, by the hash of
// everything that goes into them, so that one process need not check the same
// bytes twice. Bodies that distrust each other must not share one. The zero
// value is empty, nil remembers nothing; safe for concurrent use.
type Facts struct {
	held    sync.Map
	nth, of uint64 // of is 0 unless they are a share
	asked   atomic.Uint64
}

// Share returns empty facts for the nth of several processes, from 0, which
// divide one verification: every of-th fact that is asked for is left to it, and
// of the others it says that they hold. What it finds to hold, Proven lists, for
// the Facts of the process that verifies everything and judges. The shares are
// whole if all processes ask in one order; what is in none, that process checks. A
// Reader with a share has a finding that says so: nothing is verified by it.
func Share(nth, of int) *Facts { return &Facts{nth: uint64(nth), of: uint64(max(of, 1))} }

// Proven returns the proofs that held, in no order, without what Remember keeps.
func (f *Facts) Proven() [][32]byte {
	var out [][32]byte
	f.held.Range(func(fact, kept any) bool {
		if kept == nil {
			out = append(out, fact.([32]byte))
		}
		return true
	})
	return out
}

// Fact hashes labelled parts, each with its length:
//
//	SHA-256( [ uint64le length ‖ part ]… ), the label first
func Fact(label string, parts ...[]byte) [32]byte {
	h := sha256.New()
	for _, p := range append([][]byte{[]byte(label)}, parts...) {
		var n [8]byte
		for i := range n {
			n[i] = byte(len(p) >> (8 * i))
		}
		h.Write(n[:])
		h.Write(p)
	}
	return [32]byte(h.Sum(nil))
}

// Once returns check(), or nil if the same fact held before.
func (f *Facts) Once(fact [32]byte, check func() error) error {
	if f.Held(fact) {
		return nil
	}
	if err := check(); err != nil {
		return err
	}
	f.Hold(fact)
	return nil
}

// Held reports whether the fact held before.
func (f *Facts) Held(fact [32]byte) bool {
	if f == nil {
		return false
	}
	if f.of > 0 && (f.asked.Add(1)-1)%f.of != f.nth {
		return true
	}
	_, ok := f.held.Load(fact)
	return ok
}

// Hold remembers that a fact held.
func (f *Facts) Hold(fact [32]byte) {
	if f != nil {
		f.held.Store(fact, nil)
	}
}

// Remember returns what was remembered with a fact, or make() and remembers it
// unless there is an error. Nobody may change it.
func Remember[V any](f *Facts, fact [32]byte, make func() (V, error)) (V, error) {
	if f != nil {
		if v, ok := f.held.Load(fact); ok {
			return v.(V), nil
		}
	}
	v, err := make()
	if err == nil && f != nil {
		f.held.Store(fact, v)
	}
	return v, err
}
