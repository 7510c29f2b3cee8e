package source_test

import (
	"bytes"
	"context"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// TestLongerFile: a file that begins with the blob and goes on is not the blob,
// however the blob is read, and each is counted once.
func TestLongerFile(t *testing.T) {
	data := []byte("rows and rows")
	ref := record.NewBlob(record.TypeRows, data)
	for more, want := range []report.State{report.Pass, report.Fail, report.Fail} {
		files := fstest.MapFS{source.BlobPath(ref): {Data: append(bytes.Clone(data), make([]byte, more)...)}}
		for name, look := range map[string]func(r *source.Reader) bool{
			"read":       func(r *source.Reader) bool { _, ok := r.Blob(ref, report.Nowhere); return ok },
			"read up to": func(r *source.Reader) bool { _, ok := r.BlobUpTo(ref, report.Nowhere); return ok },
			"compared":   func(r *source.Reader) bool { r.Compare(ref, report.Nowhere); return closed(r).State == report.Pass },
			"read as no bytes": func(r *source.Reader) bool {
				_, ok := r.Blob(record.Blob{Type: ref.Type, Hash: ref.Hash}, report.Nowhere)
				return ok
			},
		} {
			r := source.New(context.Background(), files, nil, nil)
			want := want
			if name == "read as no bytes" {
				want = report.Fail
			}
			ok := look(r)
			if c := closed(r); ok != (want == report.Pass) || c.State != want || c.Read != 1 {
				t.Errorf("%d bytes more, %s: %v, V002 is %s of %d", more, name, ok, c.State, c.Read)
			}
		}
	}
}
