package source_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/source"
)

// TestFactIsOfItsParts: the hash is the one that is written down, so that no
// two lists of parts have one, whatever bytes are in them.
func TestFactIsOfItsParts(t *testing.T) {
	for _, parts := range [][][]byte{
		{}, {nil}, {nil, nil}, {[]byte("a")}, {make([]byte, 8)}, {bytes.Repeat([]byte{7}, 300), nil, make([]byte, 70_000)},
	} {
		var want []byte
		for _, p := range append([][]byte{[]byte("label")}, parts...) {
			want = append(binary.LittleEndian.AppendUint64(want, uint64(len(p))), p...)
		}
		if got := source.Fact("label", parts...); got != sha256.Sum256(want) {
			t.Errorf("a fact of %d parts has another hash", len(parts))
		}
	}
}

// TestAgainUnreadable: a file that is there and cannot be read is an error, not
// an empty blob.
func TestAgainUnreadable(t *testing.T) {
	ref := record.NewBlob(record.TypeRows, nil)
	folder := fstest.MapFS{source.BlobPath(ref) + "/x": {}}
	if b, err := source.New(context.Background(), folder, nil, nil).Again(ref); err == nil {
		t.Errorf("a folder is read as a blob of %d bytes", len(b))
	}
}
