package threshold

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/zkp"
)

// A Secret is x_i, trustee i's share of the secret key.
type Secret struct {
	x group.Scalar // never zero but once erased
}

// SecretSize is the length of an encoded Secret in bytes.
const SecretSize = group.ScalarSize

// CombineShares returns the Secret of the trustee who received these shares,
// one from every dealer, each of which must have passed VerifyShare.
func CombineShares(shares []group.Scalar) (*Secret, error) {
	if len(shares) == 0 {
		return nil, errors.New("combine shares: none given")
	}
	var x group.Scalar
	for _, s := range shares {
		x = x.Add(s)
	}
	if x.IsZero() {
		return nil, errors.New("combine shares: the sum is zero")
	}
	return &Secret{x}, nil
}

// DecodeSecret reads what Bytes returned.
func DecodeSecret(b []byte) (*Secret, error) {
	x, err := group.DecodeScalar(b)
	if err != nil || x.IsZero() {
		return nil, errors.New("decode secret: not 32 bytes of a scalar other than zero")
	}
	return &Secret{x}, nil
}

// Bytes returns the 32 bytes big-endian of x_i, for the trustee's encrypted
// file and nothing else.
func (s *Secret) Bytes() []byte { return s.alive().Bytes() }

// Key returns x_i·g, which must be the trustee's verification key.
func (s *Secret) Key() group.Element { return group.BaseMul(s.alive()) }

// Rehearse returns r·x_i·g for a public r, to be compared with VerifyRehearsal.
// It takes r and not r·g: nobody has a ciphertext opened by a rehearsal.
func (s *Secret) Rehearse(r group.Scalar) group.Element { return group.BaseMul(r.Mul(s.alive())) }

// VerifyRehearsal reports whether e is what the trustee with the verification
// key yi answers to r. A zero r proves nothing and is refused.
func VerifyRehearsal(r group.Scalar, yi, e group.Element) bool {
	return !r.IsZero() && !yi.IsIdentity() && e.Equal(yi.Mul(r))
}

// PartialDecrypt returns x_i·A of each row. It runs on all cores.
func (s *Secret) PartialDecrypt(rows []elgamal.Ciphertext) []group.Element {
	x := s.alive()
	out := make([]group.Element, len(rows))
	inParallel(len(rows), func(j int) { out[j] = rows[j].A.Mul(x) })
	return out
}

// Prove proves that the partials are those of the rows. The tag must name the
// trustee and what the rows are.
func (s *Secret) Prove(tag []byte, rows []elgamal.Ciphertext, partials []group.Element) ([]byte, error) {
	if len(partials) != len(rows) {
		return nil, fmt.Errorf("prove partial decryptions: %d of %d rows", len(partials), len(rows))
	}
	proof, err := zkp.ProveEqual(tag, s.alive(), s.Key(), len(rows), pairs(rows, partials))
	if err != nil {
		return nil, fmt.Errorf("prove partial decryptions: %w", err)
	}
	return proof, nil
}

// VerifyPartial checks that the partials are x_i·A of the rows for the trustee
// with the verification key yi.
func VerifyPartial(tag []byte, yi group.Element, rows []elgamal.Ciphertext, partials []group.Element, proof []byte) error {
	if len(partials) != len(rows) {
		return fmt.Errorf("verify partial decryptions: %d of %d rows", len(partials), len(rows))
	}
	if err := zkp.VerifyEqual(tag, yi, len(rows), pairs(rows, partials), proof); err != nil {
		return fmt.Errorf("verify partial decryptions: %w", err)
	}
	return nil
}

func pairs(rows []elgamal.Ciphertext, partials []group.Element) func(int) (p, q group.Element) {
	return func(j int) (p, q group.Element) { return rows[j].A, partials[j] }
}

// Erase forgets the share. Afterwards nothing may be called.
func (s *Secret) Erase() { s.x = group.Scalar{} }

func (s *Secret) alive() group.Scalar {
	if s.x.IsZero() {
		panic("threshold: the secret was erased")
	}
	return s.x
}

const redacted = "[redacted]"

// LogValue, Format and MarshalJSON hide the share, of pointers and copies.

func (Secret) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Secret) Format(f fmt.State, _ rune)   { fmt.Fprint(f, redacted) }
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue, Format and MarshalJSON hide the polynomial, of pointers and copies.

func (Dealing) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Dealing) Format(f fmt.State, _ rune)   { fmt.Fprint(f, redacted) }
func (Dealing) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
