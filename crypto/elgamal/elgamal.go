// Package elgamal is ElGamal encryption in the exponent over P-256.
//
// Specification: spec/crypto.md, section 3.
//
// In and out. A Ciphertext of the small integer s under the key y is the pair
// (A, B) = (g^r, g^s·y^r), encoded as the 66 bytes of A then B; a list is the
// concatenation of its rows. Elements that are the identity have no encoding,
// so neither component can be one on the record.
//
// What it never does: it does not decrypt alone. Opening takes a quorum
// (crypto/threshold); a secret key exists here only in tests.
//
// How it fails: malformed bytes are an error that names the row.
//
// Sources: ElGamal 1985; Cramer, Gennaro, Schoenmakers 1997 (votes in the
// exponent). Encrypting and re-encrypting run in constant time with respect to
// the message and the randomness.
package elgamal

import (
	"fmt"
	"sync"

	"github.com/sandogh/sandogh/crypto/group"
)

// Size is the length of an encoded ciphertext in bytes.
const Size = 2 * group.ElementSize

// A Ciphertext is a pair of elements.
type Ciphertext struct {
	A, B group.Element
}

// A Key is a public key prepared for many encryptions. Immutable.
type Key struct {
	y    group.Element
	base func() *group.Base // prepared when first needed: who only verifies never does
}

// NewKey prepares the public key y, which must not be the identity.
func NewKey(y group.Element) *Key {
	if y.IsIdentity() {
		panic("elgamal: the identity is not a key")
	}
	return &Key{y, sync.OnceValue(func() *group.Base { return group.NewFixedBase(y) })}
}

// Element returns y.
func (k *Key) Element() group.Element { return k.y }

// Base returns y as a base for secret scalars.
func (k *Key) Base() *group.Base { return k.base() }

// Encrypt returns (g^r, g^s·y^r).
func (k *Key) Encrypt(s, r group.Scalar) Ciphertext {
	var b group.Acc
	b.AddMul(s, group.GeneratorBase())
	b.AddMul(r, k.base())
	return Ciphertext{group.BaseMul(r), b.Element()}
}

// Reencrypt returns c with r added to its randomness. c is public, r secret:
// the sums with c happen in the constant-time representation.
func (k *Key) Reencrypt(c Ciphertext, r group.Scalar) Ciphertext {
	var a, b group.Acc
	a.AddMul(r, group.GeneratorBase())
	a.AddSelect(1, group.NewBase(c.A), nil)
	b.AddMul(r, k.base())
	b.AddSelect(1, group.NewBase(c.B), nil)
	return Ciphertext{a.Element(), b.Element()}
}

// Equal reports whether c = d. Variable time.
func (c Ciphertext) Equal(d Ciphertext) bool { return c.A.Equal(d.A) && c.B.Equal(d.B) }

// AppendBytes appends the 66 bytes of c.
func (c Ciphertext) AppendBytes(b []byte) []byte { return c.B.AppendBytes(c.A.AppendBytes(b)) }

// Encode returns the concatenation of the rows.
func Encode(rows []Ciphertext) []byte {
	b := make([]byte, 0, len(rows)*Size)
	for _, c := range rows {
		b = c.AppendBytes(b)
	}
	return b
}

// Decode reads exactly n rows.
func Decode(b []byte, n int) ([]Ciphertext, error) {
	if n < 0 || len(b)%Size != 0 || len(b)/Size != n {
		return nil, fmt.Errorf("decode ciphertexts: %d bytes are not %d rows of %d", len(b), n, Size)
	}
	rows := make([]Ciphertext, n)
	for i := range rows {
		a, err := group.DecodeElement(b[i*Size : i*Size+group.ElementSize])
		if err != nil {
			return nil, fmt.Errorf("decode ciphertext %d, first element: %w", i, err)
		}
		c, err := group.DecodeElement(b[i*Size+group.ElementSize : (i+1)*Size])
		if err != nil {
			return nil, fmt.Errorf("decode ciphertext %d, second element: %w", i, err)
		}
		rows[i] = Ciphertext{a, c}
	}
	return rows, nil
}
