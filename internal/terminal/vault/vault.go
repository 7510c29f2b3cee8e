// Package vault is what a voting device keeps on its disk.
//
// Specification: spec/acts.md, A20 and A27; spec/branch-link.md, K50.
//
// In and out. A vault is a folder with files of mode 0600:
//
//	key             JSON: branch, device, the Ed25519 seed of the device's key
//	election        JSON: election id, election key, limit of ballots
//	definition.cbor the definition, whose hash is the election id
//	root            32 bytes, which all seeds of the device come from
//	mark            JSON: the number after the last ballot that the branch has
//
// Create draws the key and Prepare, once headquarters' record has the definition
// and the election key, the root. Open reads all but the root, which is read by
// [Vault.Root] alone: in the process of one voter's session, and no other.
//
// What it never does: it writes no selection, no seed and no time, and never
// changes a key or a root that is there. The root is erased at the closing, and
// then the device seals nothing more.
//
// How it fails: with an error that names the file and what to do. A mark that
// would go back is refused: the branch's log was put back from an older copy.
//
// Sources: none.
package vault

import (
	"bytes"
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

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/encrypt"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/strictjson"
)

// Names of the files.
const (
	KeyFile        = "key"
	electionFile   = "election"
	definitionFile = "definition.cbor"
	rootFile       = "root"
	markFile       = "mark"
)

// A Vault is the folder of one device.
type Vault struct {
	Dir        string
	Disk       durable.Disk
	Branch     string
	Device     string
	Key        ed25519.PrivateKey
	Definition *election.Definition // nil before Prepare
	Election   *elgamal.Key
	Limit      uint64
}

type keyJSON struct {
	Branch string `json:"branch"`
	Device string `json:"device"`
	Seed   string `json:"seed"`
}

type electionJSON struct {
	Election string `json:"election"`
	Key      string `json:"key"`
	Limit    int    `json:"limit"`
}

type markJSON struct {
	Next int `json:"next"`
}

const redacted = "vault[REDACTED]"

// Format writes a fixed text, whatever the verb.
func (Vault) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue returns a fixed text.
func (Vault) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns a fixed text.
func (Vault) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// Errors that a caller tells apart.
var (
	ErrNotPrepared = errors.New("the device is not prepared for an election: sandogh terminal prepare")
	ErrClosed      = errors.New("the device's root was erased at the closing: it seals nothing more")
)

// Create makes the folder of a new device. A key is drawn if none is given.
func Create(disk durable.Disk, dir, branch, device string, key ed25519.PrivateKey) (*Vault, error) {
	for what, id := range map[string]string{"branch": branch, "device": device} {
		if !election.ValidID(id) {
			return nil, fmt.Errorf("make device: %s %q: use 1 to 32 letters, digits and hyphens", what, id)
		}
	}
	if err := disk.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make device: %w", err)
	}
	if _, err := os.Stat(filepath.Join(dir, KeyFile)); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("make device: %s is there already, and a key is never overwritten: use another folder", filepath.Join(dir, KeyFile))
	}
	if key == nil {
		var err error
		if _, key, err = ed25519.GenerateKey(rand.Reader); err != nil {
			return nil, fmt.Errorf("make device: %w", err)
		}
	}
	v := &Vault{Dir: dir, Disk: disk, Branch: branch, Device: device, Key: key}
	return v, v.write(KeyFile, keyJSON{branch, device, hex.EncodeToString(key.Seed())})
}

// Open reads the folder of a device.
func Open(disk durable.Disk, dir string) (*Vault, error) {
	v := &Vault{Dir: dir, Disk: disk}
	var k keyJSON
	if err := v.read(KeyFile, &k); err != nil {
		return nil, err
	}
	seed, err := hex.DecodeString(k.Seed)
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("open device: %s: seed: not 64 hex digits: the file is damaged, take its copy", v.path(KeyFile))
	}
	v.Branch, v.Device, v.Key = k.Branch, k.Device, ed25519.NewKeyFromSeed(seed)
	var e electionJSON
	if err := v.read(electionFile, &e); errors.Is(err, fs.ErrNotExist) {
		return v, nil
	} else if err != nil {
		return nil, err
	}
	canonical, err := os.ReadFile(v.path(definitionFile))
	if err != nil {
		return nil, fmt.Errorf("open device: %w", err)
	}
	def, err := election.Decode(canonical)
	if err != nil {
		return nil, fmt.Errorf("open device: %s: %w", v.path(definitionFile), err)
	}
	if id := def.ID(); hex.EncodeToString(id[:]) != e.Election {
		return nil, fmt.Errorf("open device: %s is of election %x, and %s says %s: the files were mixed up", v.path(definitionFile), id, v.path(electionFile), e.Election)
	}
	b, err := hex.DecodeString(e.Key)
	if err != nil {
		return nil, fmt.Errorf("open device: %s: key: %w", v.path(electionFile), err)
	}
	y, err := group.DecodeElement(b)
	if err != nil {
		return nil, fmt.Errorf("open device: %s: key: %w", v.path(electionFile), err)
	}
	v.Definition, v.Election, v.Limit = def, elgamal.NewKey(y), uint64(max(0, e.Limit))
	return v, nil
}

// Prepare fixes the election, with its verified key, and draws the root together
// with entropy from outside. The same election again changes nothing.
func (v *Vault) Prepare(def *election.Definition, key *elgamal.Key, limit uint64, outside []byte) error {
	if v.Definition != nil {
		if v.Definition.ID() == def.ID() && bytes.Equal(v.Election.Element().Bytes(), key.Element().Bytes()) {
			return nil
		}
		return fmt.Errorf("prepare device: %s is prepared for election %x: use a new device for another one", v.Dir, v.Definition.ID())
	}
	root := encrypt.DrawRoot(outside)
	if _, err := encrypt.Restore(def, key, v.Branch, v.Device, v.Key, limit, root); err != nil {
		return fmt.Errorf("prepare device: %w", err)
	}
	if err := v.Disk.WriteFile(v.path(definitionFile), def.Canonical(), 0o600); err != nil {
		return fmt.Errorf("prepare device: %w", err)
	}
	if err := v.Disk.WriteFile(v.path(rootFile), root.Bytes(), 0o600); err != nil {
		return fmt.Errorf("prepare device: %w", err)
	}
	id := def.ID()
	// Last: without it the device is not prepared, and Prepare begins anew.
	err := v.write(electionFile, electionJSON{hex.EncodeToString(id[:]), hex.EncodeToString(key.Element().Bytes()), int(limit)})
	if err != nil {
		return err
	}
	v.Definition, v.Election, v.Limit = def, key, limit
	return nil
}

// Root reads the root.
func (v *Vault) Root() (encrypt.Root, error) {
	if v.Definition == nil {
		return encrypt.Root{}, ErrNotPrepared
	}
	b, err := os.ReadFile(v.path(rootFile))
	if errors.Is(err, fs.ErrNotExist) {
		return encrypt.Root{}, ErrClosed
	}
	if err != nil {
		return encrypt.Root{}, fmt.Errorf("read device root: %w", err)
	}
	defer clear(b)
	root, err := encrypt.ParseRoot(b)
	if err == nil && bytes.Equal(b, make([]byte, encrypt.RootSize)) {
		err = ErrClosed // the erasing was cut before the file was removed
	}
	return root, err
}

// EraseRoot overwrites the root and removes it. Whether an older copy of the block
// is left is the disk's: the guide says how the disk is to be destroyed.
func (v *Vault) EraseRoot() error {
	if err := v.Disk.Erase(v.path(rootFile)); err != nil {
		return fmt.Errorf("erase device root: %w", err)
	}
	return nil
}

// Mark returns the number after the last ballot that the branch is known to have.
func (v *Vault) Mark() (uint64, error) {
	var m markJSON
	if err := v.read(markFile, &m); errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	} else if err != nil {
		return 0, err
	}
	return uint64(max(0, m.Next)), nil
}

// SetMark notes durably that the branch has every ballot before next.
func (v *Vault) SetMark(next uint64) error {
	was, err := v.Mark()
	if err != nil || next == was {
		return err
	}
	if next < was {
		return fmt.Errorf("set mark: the branch goes on with ballot %d, and it has had %d: its log was put back from an older copy", next, was)
	}
	return v.write(markFile, markJSON{int(next)})
}

// Signer signs the device's entries.
func (v *Vault) Signer() record.Signer { return record.Signer{By: "device/" + v.Device, Key: v.Key} }

// Public returns the device's public key.
func (v *Vault) Public() election.Key { return election.Key(v.Key.Public().(ed25519.PublicKey)) }

func (v *Vault) path(name string) string { return filepath.Join(v.Dir, name) }

func (v *Vault) write(name string, x any) error {
	b, err := json.Marshal(x)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return v.Disk.WriteFile(v.path(name), append(b, '\n'), 0o600)
}

func (v *Vault) read(name string, x any) error {
	b, err := os.ReadFile(v.path(name))
	if err != nil {
		return fmt.Errorf("open device: %w", err)
	}
	if faults := strictjson.Unmarshal(b, name, x); len(faults) > 0 {
		return fmt.Errorf("open device: %s: %s", v.path(name), faults[0])
	}
	return nil
}
