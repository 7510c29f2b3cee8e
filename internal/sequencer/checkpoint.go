package sequencer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sandogh/sandogh/board"
	"golang.org/x/mod/sumdb/tlog"
)

var emptyRoot = sha256.Sum256(nil)

// Checkpoint returns a signed checkpoint that covers all entries appended so
// far. It is the same note until another entry is appended.
func (l *Log) Checkpoint(ctx context.Context) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	view, err := l.checkpoint(ctx)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	return view.Checkpoint().Note, nil
}

// Read returns the log as it is now, to read entries and proofs from, under the
// checkpoint that [Log.Checkpoint] gives. It stays good when the log grows. The
// folder also holds what the storage needs, so it is not for [board.Log.Check].
func (l *Log) Read(ctx context.Context) (*board.Log, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	view, err := l.checkpoint(ctx)
	if err != nil {
		return nil, fmt.Errorf("read log: %w", err)
	}
	return view, nil
}

// checkpoint signs the tree as it is and returns it open for reading. The
// checkpoint is on the disk before anybody sees it.
func (l *Log) checkpoint(ctx context.Context) (*board.Log, error) {
	if err := l.usable(ctx); err != nil {
		return nil, err
	}
	view, signed, err := l.extend()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(signed, l.signed) {
		if err := l.disk.WriteFile(filepath.Join(l.dir, signedFile), signed, filePerm); err != nil {
			// Which of the two is on the disk is not known.
			l.failed = err
			return nil, err
		}
		l.signed = signed
	}
	return view, nil
}

// extend signs the tree as it is on the disk, if it extends the last
// checkpoint signed, and returns it open for reading.
func (l *Log) extend() (*board.Log, []byte, error) {
	last, err := l.parse(l.signed)
	if err != nil {
		return nil, nil, err
	}
	if last.Size > l.size {
		return nil, nil, fmt.Errorf("the tree on the disk has %d entries, but a checkpoint of %d was signed", l.size, last.Size)
	}
	root, err := l.root()
	if err != nil {
		return nil, nil, err
	}
	signed := l.signed
	if last.Size != l.size || last.Root != root {
		if signed, err = l.sign(l.size, root); err != nil {
			return nil, nil, err
		}
	}
	view, err := board.Open(treeFS{l.tree(), signed}, ".", l.signer.Name(), l.key, nil)
	if err != nil {
		return nil, nil, err
	}
	was, err := view.RootAt(last.Size)
	if err != nil {
		return nil, nil, err
	}
	if was != last.Root {
		return nil, nil, fmt.Errorf("the tree on the disk does not extend the checkpoint signed at %d", last.Size)
	}
	return view, signed, nil
}

// sign signs the checkpoint of size entries and this root.
func (l *Log) sign(size uint64, root [32]byte) ([]byte, error) {
	text := board.FormatCheckpoint(l.signer.Name(), size, root)
	sig, err := l.signer.Sign(text)
	if err != nil {
		return nil, err
	}
	line := board.FormatSignatureLine(l.signer.Name(), l.signer.KeyHash(), sig)
	signed := append(append(text, '\n'), line...)
	if _, err := l.parse(signed); err != nil {
		return nil, errors.Join(errors.New("the signer and the key do not belong together"), err)
	}
	return signed, nil
}

// parse verifies a checkpoint of this log without cosignatures.
func (l *Log) parse(signed []byte) (board.Checkpoint, error) {
	return board.ParseCheckpoint(signed, l.signer.Name(), l.key, nil)
}

func (l *Log) tree() string { return filepath.Join(l.dir, treeFolder) }

// root computes the root of the tree on the disk from the last tile of each
// level. Tiles are trusted here: that they agree with what was signed before
// is checked in extend.
func (l *Log) root() ([32]byte, error) {
	read := func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			t := tlog.TileForIndex(8, x)
			t.W = board.TileWidth(t.L, uint64(t.N), l.size)
			name := board.TilePath(t.L, uint64(t.N), t.W)
			data, err := os.ReadFile(filepath.Join(l.tree(), filepath.FromSlash(name)))
			if err != nil {
				return nil, err
			}
			if len(data) != t.W*tlog.HashSize {
				return nil, fmt.Errorf("%s has %d bytes, want %d", name, len(data), t.W*tlog.HashSize)
			}
			if hashes[i], err = tlog.HashFromTile(t, data, x); err != nil {
				return nil, err
			}
		}
		return hashes, nil
	}
	root, err := tlog.TreeHash(int64(l.size), tlog.HashReaderFunc(read))
	if err != nil {
		return root, fmt.Errorf("compute root at %d: %w", l.size, err)
	}
	return root, nil
}
