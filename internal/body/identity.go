package body

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"filippo.io/age"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/strictjson"
)

// A Kind is a kind of body.
type Kind string

// The kinds of bodies.
const (
	Trustee Kind = "trustee"
	Mixer   Kind = "mixer"
	Office  Kind = "office"
	Branch  Kind = "branch"
	Witness Kind = "witness"
	Officer Kind = "officer" // of a branch
)

// Names of keys. A branch also has those of its officers and devices, named as
// signers: officer/<id> and device/<id>.
const (
	Signing = "signing" // Ed25519: entries, or a witness's cosignatures
	Shares  = "shares"  // X25519: with which a trustee receives shares
	Log     = "log"     // Ed25519: checkpoints of the body's own log
)

// IdentityFile is the name of the file that holds an identity.
const IdentityFile = "identity.age"

// ErrPassphrase says that a passphrase does not open an identity.
var ErrPassphrase = errors.New("the passphrase does not open it")

// An Identity is a body's keys. It holds secrets.
type Identity struct {
	Kind Kind
	ID   string        // in the definition; the name of a witness
	Name election.Name // what people read; empty for a witness and a branch
	Role string        // of an office

	// Disk writes the body's files; the zero value is the real one.
	Disk durable.Disk

	dir   string
	keys  map[string][]byte // 32 bytes each: seeds of Ed25519, X25519 scalars
	state *age.X25519Identity
}

const redacted = "identity[REDACTED]"

// Format writes a fixed text, whatever the verb.
func (Identity) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue returns a fixed text.
func (Identity) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns a fixed text.
func (Identity) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// New draws the keys of a body.
func New(kind Kind, id string, keys ...string) (*Identity, error) {
	if kind != Witness && !election.ValidID(id) { // a witness has a name, checked where it is used
		return nil, fmt.Errorf("make %s: the id %q is not 1 to 32 letters, digits and hyphens", kind, id)
	}
	state, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("make %s %s: %w", kind, id, err)
	}
	x := &Identity{Kind: kind, ID: id, keys: map[string][]byte{}, state: state}
	for _, name := range keys {
		k := make([]byte, 32)
		rand.Read(k)
		x.keys[name] = k
	}
	return x, nil
}

// Of returns the identity of a body with these Ed25519 keys, for practice, where
// one process has drawn them all.
func Of(kind Kind, id string, keys map[string]ed25519.PrivateKey) (*Identity, error) {
	x, err := New(kind, id)
	if err != nil {
		return nil, err
	}
	for name, k := range keys {
		x.keys[name] = k.Seed()
	}
	return x, nil
}

// Key returns the Ed25519 key of the name, or nil.
func (x *Identity) Key(name string) ed25519.PrivateKey {
	seed, ok := x.keys[name]
	if !ok || name == Shares {
		return nil
	}
	return ed25519.NewKeyFromSeed(seed)
}

// Public returns the public part of the Ed25519 key of the name.
func (x *Identity) Public(name string) election.Key {
	return election.Key(x.Key(name).Public().(ed25519.PublicKey))
}

// ShareKey returns the key with which a trustee receives shares.
func (x *Identity) ShareKey() (*ecdh.PrivateKey, error) {
	return ecdh.X25519().NewPrivateKey(x.keys[Shares])
}

// Keys returns the names of all keys, ascending.
func (x *Identity) Keys() []string {
	var names []string
	for name := range x.keys {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Signer returns the body as a signer of entries.
func (x *Identity) Signer() record.Signer {
	return record.Signer{By: string(x.Kind) + "/" + x.ID, Key: x.Key(Signing)}
}

// Knows is the body's own key for checking what it has signed.
func (x *Identity) Knows(by string) (ed25519.PublicKey, bool) {
	s := x.Signer()
	if s.Key == nil || by != s.By {
		return nil, false
	}
	return s.Key.Public().(ed25519.PublicKey), true
}

// Dir returns the body's folder.
func (x *Identity) Dir() string { return x.dir }

// identityFormat is the first field of an identity's JSON.
const identityFormat = "sandogh-identity-1"

// identityJSON is what identity.age holds, encrypted.
type identityJSON struct {
	Format string            `json:"format"`
	Kind   Kind              `json:"kind"`
	ID     string            `json:"id"`
	Name   election.Name     `json:"name"`
	Role   string            `json:"role,omitempty"`
	Keys   map[string]string `json:"keys"`  // hex
	State  string            `json:"state"` // age X25519 identity
}

// DefaultWork is the work factor of scrypt, as an exponent of 2, unless another
// is asked for; MinWork is for practice on slow machines.
const (
	DefaultWork = 18
	MinWork     = 10
	maxWork     = 22
)

// Create makes the folder and writes the cards and then the identity into it,
// encrypted with the passphrase. It returns the paths of the cards, and refuses a
// folder that has an identity already. Stopped before there is one, it can be
// called again, and the cards are new ones.
func (x *Identity) Create(dir, passphrase string, work int) (cards []string, err error) {
	if work < MinWork || work > maxWork {
		return nil, fmt.Errorf("create identity: the work factor %d is not between %d and %d", work, MinWork, maxWork)
	}
	path := filepath.Join(dir, IdentityFile)
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("create identity: %s is there already, and is never overwritten: name another folder with --dir", path)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("create identity: %w", err)
	}
	keys := map[string]string{}
	for name, k := range x.keys {
		keys[name] = hex.EncodeToString(k)
	}
	text, err := json.Marshal(identityJSON{identityFormat, x.Kind, x.ID, x.Name, x.Role, keys, x.state.String()})
	if err != nil {
		return nil, fmt.Errorf("create identity: %w", err)
	}
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, fmt.Errorf("create identity: %w", err)
	}
	to.SetWorkFactor(work)
	sealed, err := encrypt(text, to)
	if err != nil {
		return nil, fmt.Errorf("create identity: %w", err)
	}
	if err := x.Disk.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create identity: %w", err)
	}
	x.dir = dir
	if cards, err = x.writeCards(); err != nil {
		return nil, fmt.Errorf("create identity: %w", err)
	}
	if err := x.Disk.WriteFile(path, sealed, 0o600); err != nil {
		return nil, fmt.Errorf("create identity: %w", err)
	}
	return cards, nil
}

// maxIdentity bounds an identity's file.
const maxIdentity = 1 << 20

// Open reads the identity of a body of the kind from its folder.
func Open(dir string, kind Kind, passphrase string) (*Identity, error) {
	path := filepath.Join(dir, IdentityFile)
	sealed, err := readUpTo(path, maxIdentity)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open identity: there is no %s: make one with sandogh %s init, or name its folder with --dir", path, kind)
	}
	if err != nil {
		return nil, fmt.Errorf("open identity: %w", err)
	}
	key, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, fmt.Errorf("open identity %s: %w", path, err)
	}
	key.SetMaxWorkFactor(maxWork)
	text, err := decrypt(sealed, key)
	if errors.Is(err, age.ErrIncorrectIdentity) {
		return nil, fmt.Errorf("open identity %s: %w", path, ErrPassphrase)
	}
	if err != nil {
		return nil, fmt.Errorf("open identity %s: the file is damaged (%w): restore it from its copy", path, err)
	}
	var f identityJSON
	if faults := strictjson.Unmarshal(text, "identity", &f); len(faults) > 0 || f.Format != identityFormat {
		return nil, fmt.Errorf("open identity %s: it holds no identity of this version", path) // not what it holds
	}
	if f.Kind != kind {
		return nil, fmt.Errorf("open identity %s: it is that of the %s %s, not of one of the kind %s", path, f.Kind, f.ID, kind)
	}
	x := &Identity{Kind: f.Kind, ID: f.ID, Name: f.Name, Role: f.Role, dir: dir, keys: map[string][]byte{}}
	for name, k := range f.Keys {
		b, err := hex.DecodeString(k)
		if err != nil || len(b) != 32 {
			return nil, fmt.Errorf("open identity %s: the key %q does not have 32 bytes", path, name)
		}
		x.keys[name] = b
	}
	if x.state, err = age.ParseX25519Identity(f.State); err != nil {
		return nil, fmt.Errorf("open identity %s: the key of its state cannot be read", path)
	}
	return x, nil
}

func encrypt(text []byte, to age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func decrypt(sealed []byte, key age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), key)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// readUpTo reads a file that may not be longer than limit.
func readUpTo(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil {
		return nil, err
	} else if info.Size() > limit {
		return nil, fmt.Errorf("%s has %d bytes, more than the %d it may have", path, info.Size(), limit)
	}
	return io.ReadAll(io.LimitReader(f, limit))
}
