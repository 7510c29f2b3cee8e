// Package board reads one published append-only log: its signed checkpoint,
// the cosignatures of its witnesses, its Merkle tree and its entries.
//
// Specification: spec/record-log.md, rules L1 to L19; the form is that of
// C2SP tlog-tiles, tlog-checkpoint, tlog-cosignature and signed-note.
//
// In goes an [io/fs.FS] with the log's folder, and from a source other than
// that folder the log's origin, its Ed25519 key and the names and keys of its
// witnesses. Out come entries of 1 to [MaxEntry] bytes numbered from 0, proofs
// of 32-byte hashes, and faults. A tile holds 256 hashes, an entry bundle 256
// entries; [Log.Scan] and [Log.Entries] hold one bundle in memory.
//
// It never writes, never asks a clock or a network, and does not know what an
// entry means: the record of an election is only bytes here. It does not decide
// how many witnesses are enough; it says which have cosigned.
//
// A checkpoint that does not parse or verify is an error of [Open], because
// without it nothing else can be judged. After that a wrong folder is no error
// but a list of [Fault] values, each naming one file; a file that is missing or
// cannot be read is marked apart from one whose content is wrong. The functions
// that return entries and proofs return an error instead, and never bytes that
// the signed root does not cover.
//
// Hashing is RFC 6962 with SHA-256 as golang.org/x/mod/sumdb/tlog computes it
// (tiles of height 8); signatures are Ed25519. tlog's own tile paths are those
// of the Go checksum database and differ from C2SP's, which are written here.
package board

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"io"
	"io/fs"
	"path"
)

// A Log is one published log whose checkpoint has been read and verified.
// Its methods only read and may be called concurrently if the file system
// allows it.
type Log struct {
	fsys       fs.FS
	dir        string
	checkpoint Checkpoint
}

// Open reads and verifies the checkpoint of the log in the folder dir of fsys
// ("." for its top). The tiles and entries are not looked at before they are
// asked for.
func Open(fsys fs.FS, dir, origin string, key ed25519.PublicKey, witnesses []Witness) (*Log, error) {
	if !fs.ValidPath(dir) {
		return nil, fmt.Errorf("open log: %q is not a valid path", dir)
	}
	l := &Log{fsys: fsys, dir: dir}
	signed, err := l.read(CheckpointPath, maxCheckpoint)
	if err != nil {
		return nil, fmt.Errorf("open log %s: %w", dir, err)
	}
	l.checkpoint, err = ParseCheckpoint(signed, origin, key, witnesses)
	if err != nil {
		return nil, fmt.Errorf("open log %s: %w", dir, err)
	}
	return l, nil
}

// Checkpoint returns the verified checkpoint.
func (l *Log) Checkpoint() Checkpoint {
	c := l.checkpoint
	c.Cosigned = append([]string(nil), c.Cosigned...)
	c.Times = append([]uint64(nil), c.Times...)
	c.Note = bytes.Clone(c.Note)
	return c
}

// Size returns the number of entries that the checkpoint covers.
func (l *Log) Size() uint64 { return l.checkpoint.Size }

// read returns the content of a file of the log, which may have at most limit
// bytes: what a hostile folder claims never decides how much is allocated.
func (l *Log) read(name string, limit int) ([]byte, error) {
	f, err := l.fsys.Open(path.Join(l.dir, name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(b) > limit {
		return nil, &contentError{name, fmt.Sprintf("has more than %d bytes", limit)}
	}
	return b, nil
}

// A contentError says that a file was read and that its content is wrong; every
// other error of reading says that the content is not known.
type contentError struct {
	path string
	text string
}

func (e *contentError) Error() string { return e.path + " " + e.text }
