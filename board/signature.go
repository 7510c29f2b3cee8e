package board

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
)

// Signature types of C2SP signed-note that occur in the record.
const (
	AlgEd25519     byte = 0x01 // the log's own signature
	AlgCosignature byte = 0x04 // cosignature/v1, with a time
)

// KeyID returns the key id of signed-note:
//
//	first 4 bytes, big-endian, of SHA-256(name ‖ 0x0A ‖ alg ‖ key)
func KeyID(name string, alg byte, key ed25519.PublicKey) uint32 {
	h := sha256.New()
	h.Write([]byte(name))
	h.Write([]byte{'\n', alg})
	h.Write(key)
	return binary.BigEndian.Uint32(h.Sum(nil))
}

// NewVerifier returns the verifier of a log's signatures. It verifies nothing
// if the key does not have 32 bytes.
func NewVerifier(name string, key ed25519.PublicKey) note.Verifier {
	return &verifier{name, KeyID(name, AlgEd25519, key), key}
}

type verifier struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func (v *verifier) Name() string    { return v.name }
func (v *verifier) KeyHash() uint32 { return v.id }
func (v *verifier) Verify(msg, sig []byte) bool {
	return len(v.key) == ed25519.PublicKeySize && ed25519.Verify(v.key, msg, sig)
}

// NewWitnessVerifier returns the verifier of a witness's cosignatures. A
// signature is
//
//	uint64be Unix seconds ‖ Ed25519 signature (64 bytes) of [CosignatureMessage]
func NewWitnessVerifier(name string, key ed25519.PublicKey) note.Verifier {
	return &witnessVerifier{name, KeyID(name, AlgCosignature, key), key}
}

type witnessVerifier struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func (v *witnessVerifier) Name() string    { return v.name }
func (v *witnessVerifier) KeyHash() uint32 { return v.id }
func (v *witnessVerifier) Verify(msg, sig []byte) bool {
	t, ok := cosignatureTime(sig)
	return ok && len(v.key) == ed25519.PublicKeySize &&
		ed25519.Verify(v.key, CosignatureMessage(t, msg), sig[8:])
}

// cosignatureTime returns the time of a cosignature and whether it is formed
// as one. The specification keeps times within 63 bits.
func cosignatureTime(sig []byte) (uint64, bool) {
	if len(sig) != 8+ed25519.SignatureSize {
		return 0, false
	}
	t := binary.BigEndian.Uint64(sig)
	return t, t <= math.MaxInt64
}

// CosignatureMessage returns the bytes that a witness signs:
//
//	"cosignature/v1" LF
//	"time " Unix seconds in decimal LF
//	the text of the checkpoint, without its signatures
func CosignatureMessage(time uint64, text []byte) []byte {
	return append(fmt.Appendf(nil, "cosignature/v1\ntime %d\n", time), text...)
}

// FormatSignatureLine returns the line of a signature in a signed note:
//
//	"— " name " " base64(uint32be key id ‖ sig) LF
func FormatSignatureLine(name string, id uint32, sig []byte) []byte {
	b := append(binary.BigEndian.AppendUint32(nil, id), sig...)
	return []byte("— " + name + " " + base64.StdEncoding.EncodeToString(b) + "\n")
}

// ParseSignatureLine parses a line of [FormatSignatureLine], and refuses every
// other spelling of it.
func ParseSignatureLine(line string) (name string, id uint32, sig []byte, err error) {
	rest, ok := strings.CutPrefix(line, "— ")
	if !ok || !strings.HasSuffix(rest, "\n") {
		return "", 0, nil, fmt.Errorf("malformed signature line %q", line)
	}
	name, b64, ok := strings.Cut(strings.TrimSuffix(rest, "\n"), " ")
	if !ok || !validName(name) {
		return "", 0, nil, fmt.Errorf("malformed signature line %q", line)
	}
	b, err := base64.StdEncoding.DecodeString(b64)
	if err != nil || len(b) < 5 {
		return "", 0, nil, fmt.Errorf("malformed signature of %s", name)
	}
	id, sig = binary.BigEndian.Uint32(b), b[4:]
	if string(FormatSignatureLine(name, id, sig)) != line {
		return "", 0, nil, fmt.Errorf("signature of %s is not written canonically", name)
	}
	return name, id, sig, nil
}

// validName reports whether name may be a key name of signed-note.
func validName(name string) bool {
	return name != "" && utf8.ValidString(name) && !strings.ContainsRune(name, '+') &&
		strings.IndexFunc(name, unicode.IsSpace) < 0
}
