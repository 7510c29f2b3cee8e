package sequencer

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sandogh/sandogh/board"
)

// treeFS shows the tiles of Tessera's folder under a checkpoint held in memory,
// and nothing else: it cannot be listed.
type treeFS struct {
	dir        string
	checkpoint []byte
}

func (t treeFS) Open(name string) (fs.File, error) {
	if name == board.CheckpointPath {
		return &memFile{bytes.NewReader(t.checkpoint), int64(len(t.checkpoint))}, nil
	}
	if !fs.ValidPath(name) || !strings.HasPrefix(name, "tile/") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return os.Open(filepath.Join(t.dir, filepath.FromSlash(name)))
}

// memFile is the checkpoint as a file; it is its own FileInfo.
type memFile struct {
	*bytes.Reader
	size int64
}

func (f *memFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *memFile) Close() error               { return nil }
func (f *memFile) Name() string               { return board.CheckpointPath }
func (f *memFile) Size() int64                { return f.size }
func (f *memFile) Mode() fs.FileMode          { return 0o444 }
func (f *memFile) ModTime() time.Time         { return time.Time{} }
func (f *memFile) IsDir() bool                { return false }
func (f *memFile) Sys() any                   { return nil }
