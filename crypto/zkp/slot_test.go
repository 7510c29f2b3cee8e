package zkp_test

import (
	"testing"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/zkp"
)

func BenchmarkSeal(b *testing.B) {
	key := elgamal.NewKey(group.Hash("key", 0))
	for _, c := range []struct {
		name string
		n, k int
	}{{"4of10", 10, 4}, {"9of24", 24, 9}, {"21of3000", 3000, 21}} {
		b.Run(c.name, func(b *testing.B) {
			sel := make([]int, c.k)
			sel[0] = 3
			zkp.SealSlots([]byte("x"), key, c.n, c.k, sel, [32]byte{})
			for b.Loop() {
				s, err := zkp.SealSlots([]byte("x"), key, c.n, c.k, sel, [32]byte{1})
				if err != nil {
					b.Fatal(err)
				}
				_ = s
			}
		})
		sel := make([]int, c.k)
		s, _ := zkp.SealSlots([]byte("x"), key, c.n, c.k, sel, [32]byte{})
		st := &zkp.SlotStatement{[]byte("x"), key.Element(), c.n, c.k, s.Rows}
		b.Run("verify"+c.name, func(b *testing.B) {
			for b.Loop() {
				if err := zkp.VerifySlots(st, s.Proof); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("batch100"+c.name, func(b *testing.B) {
			for b.Loop() {
				var ba group.Batch
				for range 100 {
					if err := zkp.AddSlots(&ba, st, s.Proof); err != nil {
						b.Fatal(err)
					}
				}
				if !ba.Valid() {
					b.Fatal("no")
				}
			}
		})
	}
}
