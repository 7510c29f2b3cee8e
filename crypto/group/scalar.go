package group

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/bits"

	"filippo.io/bigmod"
	"github.com/consensys/gnark-crypto/ecc/secp256r1/fr"
)

// ScalarSize is the length of an encoded scalar in bytes.
const ScalarSize = 32

const limbs = 256 / bits.UintSize

// order is q, the number of elements of the group (SEC 2, secp256r1, n).
var order = must(bigmod.NewModulus([]byte{
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
}))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// A Scalar is an integer mod q. The zero value is 0. Unless a method's name
// says VarTime, its running time does not depend on the values.
type Scalar struct {
	n [limbs]uint // little-endian, always below q
}

var errScalar = errors.New("decode scalar: not 32 bytes big-endian below the group order")

// load copies s into a bigmod number on the caller's stack.
func (s *Scalar) load(n *bigmod.Nat) *bigmod.Nat {
	n.ExpandFor(order)
	copy(n.Bits(), s.n[:])
	return n
}

func (s *Scalar) store(n *bigmod.Nat) { copy(s.n[:], n.Bits()) }

// NewScalar returns u mod q.
func NewScalar(u uint64) Scalar {
	var s Scalar
	for i := 0; i < 64/bits.UintSize; i++ {
		s.n[i] = uint(u >> (i * bits.UintSize % 64))
	}
	return s
}

// DecodeScalar reads 32 bytes big-endian and refuses any other length and any
// value that is not below q. Zero is legal.
func DecodeScalar(b []byte) (Scalar, error) {
	if len(b) != ScalarSize {
		return Scalar{}, errScalar
	}
	n := bigmod.NewNat()
	if _, err := n.SetBytes(b, order); err != nil {
		return Scalar{}, errScalar
	}
	var s Scalar
	s.store(n)
	return s, nil
}

// ReduceScalar returns the integer with the given little-endian bytes mod q.
// At most 48 bytes are taken; 48 uniform bytes give a scalar within 2^-128 of
// uniform (the decoding of squeezed bytes, draft-irtf-cfrg-fiat-shamir).
func ReduceScalar(le []byte) Scalar {
	if len(le) > 48 {
		panic("group: more than 48 bytes to reduce")
	}
	// The value is hi·2^256 + lo; both halves are below 2q and 2^128.
	var lo, hi [ScalarSize]byte
	for i, b := range le {
		if i < 32 {
			lo[31-i] = b
		} else {
			hi[31-(i-32)] = b
		}
	}
	l := bigmod.NewNat()
	must(l.SetOverflowingBytes(lo[:], order))
	h := bigmod.NewNat()
	must(h.SetBytes(hi[:], order))
	w := bigmod.NewNat()
	h.Mul(twoTo256.load(w), order)
	l.Add(h, order)
	var s Scalar
	s.store(l)
	return s
}

// twoTo256 is 2^256 mod q, as (2^128)².
var twoTo256 = func() Scalar {
	var b [ScalarSize]byte
	b[15] = 1
	s := must(DecodeScalar(b[:]))
	return s.Mul(s)
}()

// RandomScalar returns a uniform scalar from crypto/rand.
func RandomScalar() Scalar {
	var b [48]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	s := ReduceScalar(b[:])
	clear(b[:])
	return s
}

// Bytes returns the 32 bytes big-endian.
func (s Scalar) Bytes() []byte {
	n := bigmod.NewNat()
	return s.load(n).Bytes(order)
}

// AppendBytes appends the 32 bytes big-endian to b.
func (s Scalar) AppendBytes(b []byte) []byte { return append(b, s.Bytes()...) }

// Add returns s + t.
func (s Scalar) Add(t Scalar) Scalar {
	a, b := bigmod.NewNat(), bigmod.NewNat()
	s.load(a).Add(t.load(b), order)
	s.store(a)
	return s
}

// Sub returns s − t.
func (s Scalar) Sub(t Scalar) Scalar {
	a, b := bigmod.NewNat(), bigmod.NewNat()
	s.load(a).Sub(t.load(b), order)
	s.store(a)
	return s
}

// Neg returns −s.
func (s Scalar) Neg() Scalar { return Scalar{}.Sub(s) }

// Mul returns s · t.
func (s Scalar) Mul(t Scalar) Scalar {
	a, b := bigmod.NewNat(), bigmod.NewNat()
	s.load(a).Mul(t.load(b), order)
	s.store(a)
	return s
}

// Inverse returns 1/s, and 0 for 0, as s^(q−2).
func (s Scalar) Inverse() Scalar {
	e, t := order.Nat(), bigmod.NewNat()
	two := NewScalar(2)
	e.Sub(two.load(t), order)
	x, out := bigmod.NewNat(), bigmod.NewNat()
	out.Exp(s.load(x), e.Bytes(order), order)
	s.store(out)
	return s
}

// InverseVarTime returns 1/s, and 0 for 0, much faster than Inverse. Variable
// time: public scalars only.
func (s Scalar) InverseVarTime() Scalar {
	f := s.fr()
	f.Inverse(&f)
	b := f.Bytes()
	return must(DecodeScalar(b[:]))
}

// IsZero reports whether s is 0.
func (s Scalar) IsZero() bool { return s.Equal(Scalar{}) }

// Equal reports whether s = t.
func (s Scalar) Equal(t Scalar) bool {
	return subtle.ConstantTimeCompare(s.Bytes(), t.Bytes()) == 1
}

// Select returns s if cond is 1 and t if it is 0.
func Select(cond int, s, t Scalar) Scalar {
	mask := -uint(cond & 1)
	for i := range s.n {
		s.n[i] = t.n[i] ^ (mask & (s.n[i] ^ t.n[i]))
	}
	return s
}

// A scalar may be a key or a nonce, so it prints, logs and marshals as a fixed
// text; a public one is shown by its Bytes.

const redacted = "scalar[REDACTED]"

// Format writes a fixed text, whatever the verb.
func (Scalar) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue returns a fixed text.
func (Scalar) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns a fixed text.
func (Scalar) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// fr converts to gnark's representation. Variable time: public scalars only.
func (s *Scalar) fr() fr.Element {
	var e fr.Element
	e.SetBytes(s.Bytes())
	return e
}
