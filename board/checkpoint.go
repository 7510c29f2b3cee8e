package board

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// maxCheckpoint bounds the bytes of a checkpoint file. Three lines and some
// hundreds of cosignatures fit many times over.
const maxCheckpoint = 1 << 16

// A Witness is one cosigner whose signatures are known.
type Witness struct {
	Name string
	Key  ed25519.PublicKey
}

// A Checkpoint is a verified statement of a log about its own size and root.
type Checkpoint struct {
	Origin   string
	Size     uint64   // entries
	Root     [32]byte // RFC 6962 root of the first Size entries
	Cosigned []string // names of the witnesses that cosigned, ascending
	Times    []uint64 // Unix seconds of each cosignature, in the same order
	Note     []byte   // the signed note as it was read
}

// FormatCheckpoint returns the text that a log signs and a witness cosigns:
//
//	origin LF
//	size in decimal LF
//	base64(root) LF
func FormatCheckpoint(origin string, size uint64, root [32]byte) []byte {
	return fmt.Appendf(nil, "%s\n%d\n%s\n", origin, size, base64.StdEncoding.EncodeToString(root[:]))
}

// ParseCheckpoint parses and verifies a checkpoint in the one form that the
// record allows: the three lines above, an empty line, the line of the log's
// signature and then the lines of known witnesses in ascending order of their
// names. Every line must be there for a reason: an extension line, an unknown
// signer, a repeated signer, a signature that does not verify, or another
// spelling of a number or of base64 is refused.
func ParseCheckpoint(note []byte, origin string, key ed25519.PublicKey, witnesses []Witness) (Checkpoint, error) {
	c, err := parseCheckpoint(note, origin, key, witnesses)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("parse checkpoint of %s: %w", origin, err)
	}
	return c, nil
}

func parseCheckpoint(note []byte, origin string, key ed25519.PublicKey, witnesses []Witness) (c Checkpoint, err error) {
	if !validName(origin) {
		return c, errors.New("the origin is not a key name")
	}
	if len(key) != ed25519.PublicKeySize {
		return c, fmt.Errorf("the log's key has %d bytes, want %d", len(key), ed25519.PublicKeySize)
	}
	if len(note) > maxCheckpoint {
		return c, fmt.Errorf("it has more than %d bytes", maxCheckpoint)
	}
	text, lines, err := splitNote(note)
	if err != nil {
		return c, err
	}
	if c.Size, c.Root, err = parseText(text, origin); err != nil {
		return c, err
	}
	name, id, sig, err := ParseSignatureLine(lines[0])
	if err != nil {
		return c, err
	}
	v := NewVerifier(origin, key)
	if name != origin || id != v.KeyHash() {
		return c, errors.New("the first signature is not by the log's key")
	}
	if !v.Verify(text, sig) {
		return c, errors.New("the log's signature does not verify")
	}
	last := ""
	for _, line := range lines[1:] {
		name, id, sig, err := ParseSignatureLine(line)
		if err != nil {
			return c, err
		}
		if name <= last {
			return c, fmt.Errorf("the signature line of %s is repeated or out of order", name)
		}
		last = name
		w := findWitness(witnesses, name, id)
		if w == nil {
			return c, fmt.Errorf("the signature line of %s is by no known witness", name)
		}
		if !NewWitnessVerifier(w.Name, w.Key).Verify(text, sig) {
			return c, fmt.Errorf("the cosignature of %s does not verify", name)
		}
		t, _ := cosignatureTime(sig)
		c.Cosigned = append(c.Cosigned, name)
		c.Times = append(c.Times, t)
	}
	c.Origin, c.Note = origin, bytes.Clone(note)
	return c, nil
}

func findWitness(witnesses []Witness, name string, id uint32) *Witness {
	for i := range witnesses {
		w := &witnesses[i]
		if w.Name == name && len(w.Key) == ed25519.PublicKeySize && KeyID(name, AlgCosignature, w.Key) == id {
			return w
		}
	}
	return nil
}

// splitNote cuts a signed note into its text, which ends with a newline, and
// its signature lines, which keep theirs. There is at least one line.
func splitNote(note []byte) (text []byte, lines []string, err error) {
	i := bytes.Index(note, []byte("\n\n"))
	if i < 0 {
		return nil, nil, errors.New("it has no signatures")
	}
	text, rest := note[:i+1], string(note[i+2:])
	for line := range strings.Lines(rest) {
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return nil, nil, errors.New("it has no signatures")
	}
	return text, lines, nil
}

// parseText parses the three lines of [FormatCheckpoint] and accepts nothing
// that FormatCheckpoint would not have written.
func parseText(text []byte, origin string) (size uint64, root [32]byte, err error) {
	f := strings.Split(string(text), "\n")
	if len(f) != 4 || f[3] != "" {
		return 0, root, errors.New("its text does not have three lines")
	}
	if f[0] != origin {
		return 0, root, fmt.Errorf("its origin is %q", f[0])
	}
	size, err = strconv.ParseUint(f[1], 10, 64)
	if err != nil || size > MaxSize {
		return 0, root, fmt.Errorf("its size %q is not a number up to %d", f[1], uint64(MaxSize))
	}
	h, err := base64.StdEncoding.DecodeString(f[2])
	if err != nil || len(h) != len(root) {
		return 0, root, fmt.Errorf("its root %q is not base64 of 32 bytes", f[2])
	}
	copy(root[:], h)
	if !bytes.Equal(text, FormatCheckpoint(origin, size, root)) {
		return 0, root, errors.New("its text is not written canonically")
	}
	if size == 0 && root != emptyRoot {
		return 0, root, errors.New("its root is not the root of no entries")
	}
	return size, root, nil
}

// AddCosignatures returns the signed checkpoint with the given signature lines
// put behind the log's own, in the order that [ParseCheckpoint] wants. It
// refuses malformed lines and two lines of one name; it verifies nothing.
func AddCosignatures(signed []byte, cosignatures ...[]byte) ([]byte, error) {
	text, lines, err := splitNote(signed)
	if err != nil {
		return nil, fmt.Errorf("add cosignatures: %w", err)
	}
	byName := make(map[string]string)
	var names []string
	add := func(line string) error {
		name, _, _, err := ParseSignatureLine(line)
		if err != nil {
			return fmt.Errorf("add cosignatures: %w", err)
		}
		if _, ok := byName[name]; ok {
			return fmt.Errorf("add cosignatures: two signature lines of %s", name)
		}
		byName[name] = line
		names = append(names, name)
		return nil
	}
	for _, line := range lines[1:] {
		if err := add(line); err != nil {
			return nil, err
		}
	}
	for _, c := range cosignatures {
		for line := range strings.Lines(string(c)) {
			if err := add(line); err != nil {
				return nil, err
			}
		}
	}
	sort.Strings(names)
	out := append(bytes.Clone(text), '\n')
	out = append(out, lines[0]...)
	for _, name := range names {
		out = append(out, byName[name]...)
	}
	return out, nil
}
