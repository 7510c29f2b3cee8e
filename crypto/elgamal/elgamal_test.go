package elgamal_test

import (
	"bytes"
	"testing"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"pgregory.net/rapid"
)

// decrypt is the single-key decryption that the package does not have: g^s.
func decrypt(x group.Scalar, c elgamal.Ciphertext) group.Element { return c.B.Sub(c.A.Mul(x)) }

func TestEncryptReencryptDecrypt(t *testing.T) {
	x := group.RandomScalar()
	key := elgamal.NewKey(group.BaseMul(x))
	rapid.Check(t, func(t *rapid.T) {
		s := group.NewScalar(rapid.Uint64().Draw(t, "s"))
		r, r2 := group.RandomScalar(), group.RandomScalar()
		c := key.Encrypt(s, r)
		if !decrypt(x, c).Equal(group.BaseMul(s)) {
			t.Fatal("decrypts to something else")
		}
		d := key.Reencrypt(c, r2)
		if d.Equal(c) || !d.Equal(key.Encrypt(s, r.Add(r2))) {
			t.Fatal("re-encryption is not the encryption with the sum of the randomness")
		}
	})
}

func TestEncoding(t *testing.T) {
	key := elgamal.NewKey(group.Hash("key", 0))
	var rows []elgamal.Ciphertext
	for i := range 3 {
		rows = append(rows, key.Encrypt(group.NewScalar(uint64(i)), group.RandomScalar()))
	}
	b := elgamal.Encode(rows)
	got, err := elgamal.Decode(b, 3)
	if err != nil || !got[2].Equal(rows[2]) || !bytes.Equal(elgamal.Encode(got), b) {
		t.Fatal("round trip", err)
	}
	for name, bad := range map[string][]byte{
		"short": b[:len(b)-1], "long": append(bytes.Clone(b), 0), "one row less": b[:2*elgamal.Size],
		"identity": append(bytes.Clone(b[:2*elgamal.Size]), make([]byte, elgamal.Size)...),
	} {
		if _, err := elgamal.Decode(bad, 3); err == nil {
			t.Errorf("%s accepted", name)
		}
	}
	if _, err := elgamal.Decode(nil, -1); err == nil {
		t.Error("negative count accepted")
	}
}

func FuzzDecode(f *testing.F) {
	key := elgamal.NewKey(group.Hash("key", 0))
	f.Add(elgamal.Encode([]elgamal.Ciphertext{key.Encrypt(group.NewScalar(1), group.NewScalar(2))}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if rows, err := elgamal.Decode(b, len(b)/elgamal.Size); err == nil && !bytes.Equal(elgamal.Encode(rows), b) {
			t.Error("decodes and encodes to something else")
		}
	})
}

func BenchmarkEncrypt(b *testing.B) {
	key, r := elgamal.NewKey(group.Hash("key", 0)), group.RandomScalar()
	for b.Loop() {
		key.Encrypt(group.NewScalar(3), r)
	}
}
