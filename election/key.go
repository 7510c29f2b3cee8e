package election

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"math/big"
	"slices"
	"strings"
)

// A Key is a public key of 32 bytes, Ed25519 or X25519 as its field says. In
// JSON and in the canonical form it is 64 lower-case hex digits.
type Key [32]byte

// Ed25519 returns the key as a signature verification key.
func (k Key) Ed25519() ed25519.PublicKey { return slices.Clone(k[:]) }

// String returns the key in hex.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// MarshalText returns the key in hex.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads exactly what MarshalText writes. It does not look at the
// point: [Definition.Validate] does.
func (k *Key) UnmarshalText(text []byte) error {
	b, err := parseHash(string(text))
	if err != nil {
		return err
	}
	*k = b
	return nil
}

// parseHash reads 32 bytes in lower-case hex.
func parseHash(s string) (h [32]byte, err error) {
	if len(s) == 2*len(h) && s == strings.ToLower(s) {
		if _, err := hex.Decode(h[:], []byte(s)); err == nil {
			return h, nil
		}
	}
	return [32]byte{}, errors.New("not 32 bytes in hex: write 64 digits 0-9 a-f")
}

var (
	fieldPrime = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	edwardsD   = func() *big.Int { // -121665/121666
		d := new(big.Int).ModInverse(big.NewInt(121666), fieldPrime)
		d.Mul(d, big.NewInt(-121665))
		return d.Mod(d, fieldPrime)
	}()
)

// CheckEd25519 refuses what is no canonical encoding of a point of edwards25519
// and the points of small order, under which a signature can hold for any
// message.
//
// With y from the encoding, x² = (y²−1)/(dy²+1) must be a square. The points of
// order 1, 2 and 4 have y = 1, −1 and 0; those of order 8 double to y = 0, where
// x² = −y² and so dy⁴ + 2y² = 1.
func (k Key) CheckEd25519() error {
	y := littleEndian(k)
	y.SetBit(y, 255, 0)
	if y.Cmp(fieldPrime) >= 0 {
		return errors.New("not an Ed25519 key (not canonical): export it again")
	}
	one := big.NewInt(1)
	y2 := new(big.Int).Mul(y, y)
	y2.Mod(y2, fieldPrime)
	dy2 := new(big.Int).Mul(edwardsD, y2)
	num := new(big.Int).Sub(y2, one)
	den := new(big.Int).Add(dy2, one)
	x2 := num.Mul(num, den) // a square exactly when num/den is; d is not a square, so den ≠ 0
	x2.Mod(x2, fieldPrime)
	order8 := new(big.Int).Mul(dy2, y2)
	order8.Add(order8, y2).Add(order8, y2).Sub(order8, one)
	order8.Mod(order8, fieldPrime)
	if y.Sign() == 0 || x2.Sign() == 0 || order8.Sign() == 0 {
		return errors.New("an Ed25519 key of small order: make a new key pair")
	}
	if big.Jacobi(x2, fieldPrime) != 1 {
		return errors.New("not an Ed25519 key (not on the curve): export it again")
	}
	return nil
}

// checkX25519 refuses what is not a canonical coordinate and the points of small
// order, with which the shared secret would be known to all.
func (k Key) checkX25519() error {
	if littleEndian(k).Cmp(fieldPrime) >= 0 {
		return errors.New("not an X25519 key (not canonical): export it again")
	}
	// Any scalar will do: ECDH fails exactly when the product is zero.
	scalar, err := ecdh.X25519().NewPrivateKey([]byte("a scalar that is used for nothing"[:32]))
	if err != nil {
		return err
	}
	pub, err := ecdh.X25519().NewPublicKey(k[:])
	if err != nil {
		return err
	}
	if _, err := scalar.ECDH(pub); err != nil {
		return errors.New("an X25519 key of small order: make a new key pair")
	}
	return nil
}

func littleEndian(k Key) *big.Int {
	slices.Reverse(k[:]) // k is a copy
	return new(big.Int).SetBytes(k[:])
}
