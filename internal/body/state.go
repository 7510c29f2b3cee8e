package body

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/record"
)

// stateHead is what the encrypted content of a state file begins with:
//
//	"sandogh body state v1" ‖ 0x00 ‖ kind ‖ "/" ‖ id ‖ 0x00 ‖ name ‖ 0x00 ‖ election id (32 bytes)
//
// so that a file of another body, purpose or election is told.
func (x *Identity) stateHead(name string, election [32]byte) []byte {
	return append([]byte("sandogh body state v1\x00"+string(x.Kind)+"/"+x.ID+"\x00"+name+"\x00"), election[:]...)
}

func (x *Identity) statePath(name string) string { return filepath.Join(x.dir, name+".age") }

// Save keeps private state of an election in the file <name>.age. It is on the
// disk when Save returns.
func (x *Identity) Save(name string, election [32]byte, state []byte) error {
	sealed, err := encrypt(append(x.stateHead(name, election), state...), x.state.Recipient())
	if err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	if err := x.Disk.WriteFile(x.statePath(name), sealed, 0o600); err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	return nil
}

// maxState bounds a state file.
const maxState = 16 << 20

// Load returns what Save kept; ok is false if there is no such file.
func (x *Identity) Load(name string, election [32]byte) (state []byte, ok bool, err error) {
	path := x.statePath(name)
	sealed, err := readUpTo(path, maxState)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read %s: %w", path, err)
	}
	text, err := decrypt(sealed, x.state)
	if errors.Is(err, age.ErrIncorrectIdentity) {
		return nil, false, fmt.Errorf("read %s: it is encrypted to another identity than %s", path, IdentityFile)
	}
	if err != nil {
		return nil, false, fmt.Errorf("read %s: the file is damaged (%w): restore it from its copy", path, err)
	}
	head := x.stateHead(name, election)
	if len(text) < len(head) || !bytes.Equal(text[:len(head)-32], head[:len(head)-32]) {
		return nil, false, fmt.Errorf("read %s: it is not the %s of the %s %s", path, name, x.Kind, x.ID)
	}
	if id := text[len(head)-32 : len(head)]; !bytes.Equal(id, election[:]) {
		return nil, false, fmt.Errorf("read %s: it is of the election %x: use a folder of its own for each election", path, id)
	}
	return text[len(head):], true, nil
}

// Remove removes what Save kept, if it is there.
func (x *Identity) Remove(name string) error {
	err := x.Disk.Remove(x.statePath(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// WriteEntry writes a submission to an entry file on the disk. It returns false if the same
// is there already, and refuses to write over anything else.
func WriteEntry(disk durable.Disk, path string, s *record.Submission) (written bool, err error) {
	data, err := s.Encode()
	if err != nil {
		return false, err
	}
	switch have, err := readUpTo(path, record.MaxSubmission); {
	case err == nil && bytes.Equal(have, data):
		return false, nil
	case err == nil:
		return false, fmt.Errorf("write entry: %s is there and holds something else: name another file with --out, or remove it", path)
	case !errors.Is(err, fs.ErrNotExist):
		return false, fmt.Errorf("write entry: %w", err)
	}
	if err := disk.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return false, fmt.Errorf("write entry: %w", err)
	}
	if err := disk.WriteFile(path, data, 0o644); err != nil {
		return false, fmt.Errorf("write entry: %w", err)
	}
	return true, nil
}

// ReadEntry reads an entry file.
func ReadEntry(path string) (*record.Submission, record.Entry, error) {
	data, err := readUpTo(path, record.MaxSubmission)
	if err != nil {
		return nil, record.Entry{}, fmt.Errorf("read entry: %w", err)
	}
	s, e, err := record.DecodeSubmission(data)
	if err != nil {
		return nil, record.Entry{}, fmt.Errorf("read %s: %w", path, err)
	}
	return s, e, nil
}

// Exists reports whether there is a file.
func Exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
