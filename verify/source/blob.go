package source

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
)

// BlobPath returns where the bytes lie that an entry names.
func BlobPath(b record.Blob) string { return "blob/" + hex.EncodeToString(b.Hash) }

// Blob returns the bytes that ref names, after comparing size and hash: V002.
func (r *Reader) Blob(ref record.Blob, p report.Place) ([]byte, bool) { return r.read(ref, p, false) }

// BlobUpTo is Blob where only the hash is known and ref.Size is the most that
// the bytes may be.
func (r *Reader) BlobUpTo(ref record.Blob, p report.Place) ([]byte, bool) {
	return r.read(ref, p, true)
}

func (r *Reader) read(ref record.Blob, p report.Place, bound bool) ([]byte, bool) {
	r.Count("V002", 1)
	path := BlobPath(ref)
	r.mu.Lock()
	r.named[path] = true
	r.mu.Unlock()
	if len(ref.Hash) != sha256.Size {
		r.Refute("V002", p, "the entry names a %s blob by %d bytes, not by a hash", ref.Type, len(ref.Hash))
		return nil, false
	}
	f, err := r.fsys.Open(path)
	if err != nil {
		r.Absent("V002", p.In(path), "the %s blob is missing", ref.Type)
		return nil, false
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, int64(min(ref.Size, 1<<40))+1))
	if err != nil {
		r.Absent("V002", p.In(path), "the %s blob cannot be read: %v", ref.Type, err)
		return nil, false
	}
	if uint64(len(b)) > ref.Size || !bound && uint64(len(b)) != ref.Size {
		r.Refute("V002", p.In(path), "the %s blob does not have the %d bytes that its entry names", ref.Type, ref.Size)
		return nil, false
	}
	if h := sha256.Sum256(b); string(h[:]) != string(ref.Hash) {
		r.Refute("V002", p.In(path), "the %s blob hashes to %x, not to its name", ref.Type, h)
		return nil, false
	}
	return b, true
}

// Named reports whether an entry has named the blob of the path.
func (r *Reader) Named(path string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.named[path]
}

// Again reads a blob that was verified once more and compares it.
func (r *Reader) Again(ref record.Blob) ([]byte, error) {
	f, err := r.fsys.Open(BlobPath(ref))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, int64(ref.Size)+1))
	if err != nil {
		return nil, err
	}
	if again := record.NewBlob(ref.Type, b); string(again.Hash) != string(ref.Hash) {
		return nil, fmt.Errorf("%s changed while it was used", BlobPath(ref))
	}
	return b, nil
}

// With returns a reader of the same record with some blobs in front of it and a
// ledger of its own.
func (r *Reader) With(blobs map[string][]byte) *Reader {
	return New(r.ctx, overlay{r.fsys, blobs}, r.Facts, r.progress)
}

// overlay is a file system with some files in front of another one.
type overlay struct {
	fs.FS
	files map[string][]byte
}

func (o overlay) Open(name string) (fs.File, error) {
	if b, ok := o.files[name]; ok {
		return &memoryFile{rest: b}, nil
	}
	return o.FS.Open(name)
}

// memoryFile is a file that is read from its beginning to its end.
type memoryFile struct{ rest []byte }

func (f *memoryFile) Stat() (fs.FileInfo, error) { return nil, errors.ErrUnsupported }
func (f *memoryFile) Close() error               { return nil }

func (f *memoryFile) Read(b []byte) (int, error) {
	if len(f.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}
