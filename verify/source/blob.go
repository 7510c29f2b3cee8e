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
// Callers bound ref.Size by what they expect before they ask for it.
func (r *Reader) Blob(ref record.Blob, p report.Place) ([]byte, bool) { return r.read(ref, p, false) }

// BlobUpTo is Blob where only the hash is known and ref.Size is the most that
// the bytes may be.
func (r *Reader) BlobUpTo(ref record.Blob, p report.Place) ([]byte, bool) {
	return r.read(ref, p, true)
}

// Compare compares size and hash as Blob does and holds nothing of the bytes:
// for blobs of which nothing but their name is known.
func (r *Reader) Compare(ref record.Blob, p report.Place) {
	f, ok := r.open(ref, p)
	if !ok {
		return
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, limited(f, ref))
	if err != nil {
		r.Absent("V002", p.In(BlobPath(ref)), "the %s blob cannot be read: %v", Clip(ref.Type), err)
		return
	}
	r.compare(ref, p, uint64(n), [sha256.Size]byte(h.Sum(nil)), false)
}

func (r *Reader) read(ref record.Blob, p report.Place, bound bool) ([]byte, bool) {
	f, ok := r.open(ref, p)
	if !ok {
		return nil, false
	}
	defer f.Close()
	b, err := io.ReadAll(limited(f, ref))
	if err != nil {
		r.Absent("V002", p.In(BlobPath(ref)), "the %s blob cannot be read: %v", Clip(ref.Type), err)
		return nil, false
	}
	if !r.compare(ref, p, uint64(len(b)), sha256.Sum256(b), bound) {
		return nil, false
	}
	return b, true
}

// limited lets one byte more be read than the blob may have, to see that it is
// there.
func limited(f fs.File, ref record.Blob) io.Reader {
	return io.LimitReader(f, int64(min(ref.Size, 1<<40))+1)
}

// open opens the blob that an entry names and notes that it is named.
func (r *Reader) open(ref record.Blob, p report.Place) (fs.File, bool) {
	r.Count("V002", 1)
	path := BlobPath(ref)
	r.mu.Lock()
	r.named[path] = true
	r.mu.Unlock()
	if len(ref.Hash) != sha256.Size {
		r.Refute("V002", p, "the entry names a %s blob by %d bytes, not by a hash", Clip(ref.Type), len(ref.Hash))
		return nil, false
	}
	f, err := r.fsys.Open(path)
	if err != nil {
		r.Absent("V002", p.In(path), "the %s blob is missing", Clip(ref.Type))
		return nil, false
	}
	return f, true
}

// compare compares n bytes with the hash to what ref says of them.
func (r *Reader) compare(ref record.Blob, p report.Place, n uint64, hash [sha256.Size]byte, bound bool) bool {
	if n > ref.Size || !bound && n != ref.Size {
		r.Refute("V002", p.In(BlobPath(ref)), "the %s blob does not have the %d bytes that its entry names", Clip(ref.Type), ref.Size)
		return false
	}
	if string(hash[:]) != string(ref.Hash) {
		r.Refute("V002", p.In(BlobPath(ref)), "the %s blob hashes to %x, not to its name", Clip(ref.Type), hash)
		return false
	}
	return true
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
