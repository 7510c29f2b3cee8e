package mirror

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/record"
)

// copyBlobs copies every blob that an entry of headquarters' log names.
func (r *run) copyBlobs(ctx context.Context) (n int, err error) {
	var refs []record.Blob
	for _, b := range r.blobs {
		refs = append(refs, b)
	}
	slices.SortFunc(refs, func(a, b record.Blob) int { return strings.Compare(string(a.Hash), string(b.Hash)) })
	r.begin("blobs", len(refs))
	err = r.parallel(ctx, len(refs), func(ctx context.Context, i int) error {
		defer r.step()
		err := r.blob(ctx, refs[i])
		r.mu.Lock()
		defer r.mu.Unlock()
		if errors.Is(err, fs.ErrNotExist) {
			r.missing = append(r.missing, "blob/"+hex.EncodeToString(refs[i].Hash))
			return nil
		}
		n++
		return err
	})
	return n, err
}

func (r *run) blob(ctx context.Context, ref record.Blob) error {
	name := "blob/" + hex.EncodeToString(ref.Hash)
	if ref.Size <= large {
		_, err := r.checked(ctx, name, int64(ref.Size), func(b []byte) error {
			if h := sha256.Sum256(b); string(h[:]) != string(ref.Hash) {
				return errors.New("does not have the hash that names it")
			}
			return nil
		})
		return err
	}
	path := filepath.Join(r.to, filepath.FromSlash(name))
	if hashOf(path) == string(ref.Hash) {
		return nil
	}
	part := filepath.Join(r.parts, hex.EncodeToString(ref.Hash))
	for again := false; ; again = true {
		begun, err := r.pieces(ctx, name, part, int64(ref.Size))
		if err != nil {
			return err
		}
		if hashOf(part) == string(ref.Hash) {
			break
		}
		if err := r.disk.Remove(part); err != nil {
			return err
		}
		if again || !begun { // what an earlier server gave may be wrong: once more without it
			return wrong(name, errors.New("does not have the hash that names it"))
		}
	}
	if err := r.disk.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return r.disk.Move(part, path)
}

// pieces completes a part; begun says that there was something of it before.
func (r *run) pieces(ctx context.Context, name, part string, size int64) (begun bool, err error) {
	if _, err := os.Stat(part); errors.Is(err, fs.ErrNotExist) {
		if err := r.disk.WriteFile(part, nil, 0o644); err != nil {
			return false, err
		}
	}
	a, err := r.disk.OpenAppender(part)
	if err != nil {
		return false, err
	}
	defer a.Close()
	begun = a.Size() > 0
	if a.Size() > size {
		if err := a.Truncate(0); err != nil {
			return begun, err
		}
	}
	return begun, r.fetch.rest(ctx, name, a, size)
}

// hashOf returns the SHA-256 of a file, or nothing if it cannot be read.
func hashOf(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return string(h.Sum(nil))
}

// named returns the blobs that a value names, wherever in it they stand.
func named(body any) []record.Blob {
	var out []record.Blob
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Slice:
			if v.Type().Elem().Kind() != reflect.Uint8 {
				for i := range v.Len() {
					walk(v.Index(i))
				}
			}
		case reflect.Struct:
			if b, ok := v.Interface().(record.Blob); ok {
				if b.Type != "" {
					out = append(out, b)
				}
				return
			}
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		}
	}
	walk(reflect.ValueOf(body))
	return out
}
