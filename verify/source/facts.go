package source

import (
	"crypto/sha256"
	"sync"
)

// Facts remembers proofs that held, and what was made of bytes, by the hash of everything that goes into
// them, so that one process need not check the same bytes twice. Bodies that
// distrust each other must not share one. The zero value is empty, nil
// remembers nothing; safe for concurrent use.
type Facts struct{ held sync.Map }

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
