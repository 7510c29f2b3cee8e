package certificate

import (
	"crypto/ed25519"
	"fmt"
	"log/slog"
)

// A Key signs certificates. It is secret.
type Key struct{ private ed25519.PrivateKey }

// NewKey returns the key of a seed of 32 bytes.
func NewKey(seed []byte) (Key, error) {
	if len(seed) != ed25519.SeedSize {
		return Key{}, fmt.Errorf("make key: the seed has %d bytes and not %d", len(seed), ed25519.SeedSize)
	}
	return Key{ed25519.NewKeyFromSeed(seed)}, nil
}

// Public returns the key that checks.
func (k Key) Public() ed25519.PublicKey { return k.private.Public().(ed25519.PublicKey) }

const redacted = "[REDACTED]"

// LogValue, Format and MarshalJSON keep the key out of logs and messages.
func (Key) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Key) Format(f fmt.State, _ rune)   { f.Write([]byte(redacted)) }
func (Key) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
