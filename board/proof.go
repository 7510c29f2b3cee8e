package board

import (
	"crypto/sha256"
	"fmt"
	"iter"

	"golang.org/x/mod/sumdb/tlog"
)

// emptyRoot is the root of no entries (RFC 6962: the hash of nothing).
var emptyRoot = sha256.Sum256(nil)

// Entries yields the entries numbered from to to−1, reading one bundle at a
// time. An entry is yielded only after its hash has been proven to be in the
// signed tree. The first trouble is yielded as an error and ends the sequence.
// The data of an entry shares memory with its bundle and is not used again.
func (l *Log) Entries(from, to uint64) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		if from > to || to > l.Size() {
			yield(Entry{}, fmt.Errorf("read entries %d to %d: the log has %d", from, to, l.Size()))
			return
		}
		for from < to {
			entries, err := l.provenBundle(from / Width)
			if err != nil {
				yield(Entry{}, fmt.Errorf("read entries from %d: %w", from, err))
				return
			}
			for _, data := range entries[from%Width:] {
				if from == to {
					return
				}
				if !yield(Entry{from, data}, nil) {
					return
				}
				from++
			}
		}
	}
}

// Entry returns one entry, proven to be in the signed tree.
func (l *Log) Entry(index uint64) ([]byte, error) {
	for e, err := range l.Entries(index, index+1) {
		return e.Data, err
	}
	return nil, fmt.Errorf("read entry %d: the log has %d", index, l.Size())
}

func (l *Log) provenBundle(n uint64) ([][]byte, error) {
	width := TileWidth(0, n, l.Size())
	name := BundlePath(n, width)
	b, err := l.read(name, maxBundle)
	if err != nil {
		return nil, err
	}
	entries, err := ParseBundle(b, width)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	indexes := make([]int64, width)
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, int64(n*Width)+int64(i))
	}
	hashes, err := l.hashes().ReadHashes(indexes)
	if err != nil {
		return nil, err
	}
	for i, data := range entries {
		if tlog.RecordHash(data) != hashes[i] {
			return nil, fmt.Errorf("%s: entry %d is not the one in the tree", name, n*Width+uint64(i))
		}
	}
	return entries, nil
}

// RootAt returns the root of the first size entries, from the tiles, which are
// proven against the signed root. It is what an earlier checkpoint of the same
// log must have said.
func (l *Log) RootAt(size uint64) ([32]byte, error) {
	if size > l.Size() {
		return [32]byte{}, fmt.Errorf("compute root at %d: the log has %d entries", size, l.Size())
	}
	if size == 0 {
		return emptyRoot, nil
	}
	h, err := tlog.TreeHash(int64(size), l.hashes())
	if err != nil {
		return [32]byte{}, fmt.Errorf("compute root at %d: %w", size, err)
	}
	return h, nil
}

// ProveInclusion returns the RFC 6962 audit path of an entry in the tree of the
// checkpoint.
func (l *Log) ProveInclusion(index uint64) ([][32]byte, error) {
	if index >= l.Size() {
		return nil, fmt.Errorf("prove entry %d: the log has %d", index, l.Size())
	}
	p, err := tlog.ProveRecord(int64(l.Size()), int64(index), l.hashes())
	if err != nil {
		return nil, fmt.Errorf("prove entry %d: %w", index, err)
	}
	return proof(p), nil
}

// ProveConsistency returns the RFC 6962 proof that the first newSize entries
// begin with the first oldSize entries. It is empty if either tree is the whole
// of the other or there is nothing to begin with.
func (l *Log) ProveConsistency(oldSize, newSize uint64) ([][32]byte, error) {
	if oldSize > newSize || newSize > l.Size() {
		return nil, fmt.Errorf("prove consistency of %d with %d: the log has %d entries", oldSize, newSize, l.Size())
	}
	if oldSize == 0 || oldSize == newSize {
		return nil, nil
	}
	p, err := tlog.ProveTree(int64(newSize), int64(oldSize), l.hashes())
	if err != nil {
		return nil, fmt.Errorf("prove consistency of %d with %d: %w", oldSize, newSize, err)
	}
	return proof(p), nil
}

// CheckInclusion verifies a proof of [Log.ProveInclusion]: that the tree of
// size entries with this root has the entry at the index.
func CheckInclusion(p [][32]byte, index uint64, entry []byte, size uint64, root [32]byte) error {
	if index >= size || size > MaxSize {
		return fmt.Errorf("check inclusion: no entry %d in a tree of %d", index, size)
	}
	if err := tlog.CheckRecord(hashes[tlog.RecordProof](p), int64(size), root, int64(index), tlog.RecordHash(entry)); err != nil {
		return fmt.Errorf("check inclusion of entry %d: %w", index, err)
	}
	return nil
}

// CheckConsistency verifies a proof of [Log.ProveConsistency].
func CheckConsistency(p [][32]byte, oldSize uint64, oldRoot [32]byte, newSize uint64, newRoot [32]byte) error {
	switch {
	case oldSize > newSize || newSize > MaxSize:
		return fmt.Errorf("check consistency: a tree of %d cannot begin with one of %d", newSize, oldSize)
	case oldSize == 0 || oldSize == newSize:
		if len(p) != 0 {
			return fmt.Errorf("check consistency of %d with %d: the proof is not empty", oldSize, newSize)
		}
		if oldSize == 0 && oldRoot != emptyRoot || oldSize == newSize && oldRoot != newRoot {
			return fmt.Errorf("check consistency of %d with %d: the roots differ", oldSize, newSize)
		}
		return nil
	}
	if err := tlog.CheckTree(hashes[tlog.TreeProof](p), int64(newSize), newRoot, int64(oldSize), oldRoot); err != nil {
		return fmt.Errorf("check consistency of %d with %d: %w", oldSize, newSize, err)
	}
	return nil
}

func proof(p []tlog.Hash) [][32]byte {
	out := make([][32]byte, len(p))
	for i, h := range p {
		out[i] = h
	}
	return out
}

func hashes[P ~[]tlog.Hash](p [][32]byte) P {
	out := make(P, len(p))
	for i, h := range p {
		out[i] = h
	}
	return out
}

// hashes returns a reader of the tree's hashes that proves every tile it reads
// against the signed root.
func (l *Log) hashes() tlog.HashReader {
	tree := tlog.Tree{N: int64(l.Size()), Hash: l.checkpoint.Root}
	return tlog.TileHashReader(tree, tiles{l})
}

// tiles reads the tiles that tlog names at the paths of C2SP.
type tiles struct{ l *Log }

func (t tiles) Height() int { return tileHeight }

func (t tiles) ReadTiles(want []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(want))
	for i, w := range want {
		b, err := t.l.readTile(w.L, uint64(w.N), w.W)
		if err != nil {
			return nil, err
		}
		data[i] = b
	}
	return data, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// readTile returns the tile's width × 32 bytes.
func (l *Log) readTile(level int, index uint64, width int) ([]byte, error) {
	name := TilePath(level, index, width)
	b, err := l.read(name, Width*hashSize)
	if err != nil {
		return nil, err
	}
	if len(b) != width*hashSize {
		return nil, &contentError{name, fmt.Sprintf("has %d bytes, want %d", len(b), width*hashSize)}
	}
	return b, nil
}
