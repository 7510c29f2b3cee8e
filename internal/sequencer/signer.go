package sequencer

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/sandogh/sandogh/board"
	"golang.org/x/mod/sumdb/note"
)

// NewSigner returns the signer of a log's checkpoints from a raw key. The name
// is the log's origin.
func NewSigner(name string, key ed25519.PrivateKey) (note.Signer, error) {
	if len(key) != ed25519.PrivateKeySize {
		return nil, errors.New("make signer: the key does not have 64 bytes")
	}
	public := key.Public().(ed25519.PublicKey)
	id := board.KeyID(name, board.AlgEd25519, public)
	// Parsing what would be written refuses a name that cannot be written.
	if _, _, _, err := board.ParseSignatureLine(string(board.FormatSignatureLine(name, id, make([]byte, ed25519.SignatureSize)))); err != nil {
		return nil, fmt.Errorf("make signer: the name %q is not a key name", name)
	}
	return &signer{name, id, key}, nil
}

// signer holds a secret: whatever prints it sees the name alone.
type signer struct {
	name string
	id   uint32
	key  ed25519.PrivateKey
}

func (s *signer) Name() string                    { return s.name }
func (s *signer) KeyHash() uint32                 { return s.id }
func (s *signer) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.key, msg), nil }

func (s *signer) redacted() string             { return "signer of " + s.name + " (key redacted)" }
func (s *signer) LogValue() slog.Value         { return slog.StringValue(s.redacted()) }
func (s *signer) Format(f fmt.State, _ rune)   { io.WriteString(f, s.redacted()) }
func (s *signer) MarshalJSON() ([]byte, error) { return json.Marshal(s.redacted()) }
