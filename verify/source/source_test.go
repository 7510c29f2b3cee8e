package source_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

func closed(r *source.Reader) report.Check {
	c, _ := r.Report([32]byte{}, true, true, report.PhaseReady).Check("V002")
	return c
}

func TestBlob(t *testing.T) {
	data := []byte("rows and rows")
	good := record.NewBlob(record.TypeRows, data)
	files := fstest.MapFS{source.BlobPath(good): {Data: data}}
	with := func(change func(b *record.Blob)) record.Blob {
		b := good
		b.Hash = slices.Clone(b.Hash)
		change(&b)
		return b
	}
	forged := with(func(b *record.Blob) { b.Hash[0] ^= 1 })
	files[source.BlobPath(forged)] = &fstest.MapFile{Data: data}
	folder := with(func(b *record.Blob) { b.Hash[1] ^= 1 })
	files[source.BlobPath(folder)+"/x"] = &fstest.MapFile{}
	for _, c := range []struct {
		what string
		ref  record.Blob
		want report.State
	}{
		{"as named", good, report.Pass},
		{"a byte more than named", with(func(b *record.Blob) { b.Size-- }), report.Fail},
		{"a byte less than named", with(func(b *record.Blob) { b.Size++ }), report.Fail},
		{"named with any size", with(func(b *record.Blob) { b.Size = 1<<64 - 1 }), report.Fail},
		{"named as empty", with(func(b *record.Blob) { b.Size = 0 }), report.Fail},
		{"under the hash of something else", forged, report.Fail},
		{"named by 31 bytes", with(func(b *record.Blob) { b.Hash = b.Hash[:31] }), report.Fail},
		{"named by 33 bytes", with(func(b *record.Blob) { b.Hash = append(b.Hash, 0) }), report.Fail},
		{"named by nothing", with(func(b *record.Blob) { b.Hash = nil }), report.Fail},
		{"not there", with(func(b *record.Blob) { b.Hash[2] ^= 1 }), report.Missing},
		{"a folder", folder, report.Missing},
	} {
		r := source.New(context.Background(), files, nil, nil)
		got, ok := r.Blob(c.ref, report.At("hq", 3))
		if ok != (c.want == report.Pass) || ok != (string(got) == string(data)) {
			t.Errorf("%s: read %q, %v", c.what, got, ok)
		}
		if check := closed(r); check.State != c.want {
			t.Errorf("%s: read, V002 is %s, want %s", c.what, check.State, c.want)
		}
		if !r.Named(source.BlobPath(c.ref)) {
			t.Errorf("%s: it is not noted as named", c.what)
		}
		r = source.New(context.Background(), files, nil, nil)
		r.Compare(c.ref, report.At("hq", 3))
		if check := closed(r); check.State != c.want {
			t.Errorf("%s: compared, V002 is %s, want %s", c.what, check.State, c.want)
		}
	}
	// Where only the hash is known, the size is a bound.
	r := source.New(context.Background(), files, nil, nil)
	if _, ok := r.BlobUpTo(with(func(b *record.Blob) { b.Size += 100 }), report.Nowhere); !ok {
		t.Error("a blob below the bound is refused")
	}
	if _, ok := r.BlobUpTo(with(func(b *record.Blob) { b.Size-- }), report.Nowhere); ok {
		t.Error("a blob above the bound is read")
	}
}

// endless is a record in which every file has 64 million zeros.
type endless struct{}

func (endless) Open(string) (fs.File, error) {
	return &zeros{left: 64 << 20}, nil
}

type zeros struct{ left int }

func (*zeros) Stat() (fs.FileInfo, error) { return nil, errors.ErrUnsupported }
func (*zeros) Close() error               { return nil }
func (z *zeros) Read(b []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(len(b), z.left)
	clear(b[:n])
	z.left -= n
	return n, nil
}

// TestCompareHoldsNothing: a blob of which nothing but a name is known costs
// time and no memory, whatever size its entry claims.
func TestCompareHoldsNothing(t *testing.T) {
	ref := record.Blob{Type: record.TypeShares, Size: 1 << 50, Hash: make([]byte, 32)}
	r := source.New(context.Background(), endless{}, nil, nil)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r.Compare(ref, report.Nowhere)
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 4<<20 {
		t.Errorf("comparing allocated %d bytes", n)
	}
	if c := closed(r); c.State != report.Fail || !strings.Contains(c.Findings[0].Text, "bytes") {
		t.Errorf("V002 is %s: %v", c.State, c.Findings)
	}
}

func TestFacts(t *testing.T) {
	var f source.Facts
	wrong := errors.New("wrong")
	calls := 0
	check := func(err error) func() error { return func() error { calls++; return err } }
	a, b := source.Fact("proof", []byte("ab"), []byte("c")), source.Fact("proof", []byte("a"), []byte("bc"))
	if a == b || a == source.Fact("proof", []byte("abc")) || a == source.Fact("other", []byte("ab"), []byte("c")) {
		t.Fatal("two facts have one key")
	}
	for _, want := range []int{1, 2} { // what did not hold is looked at again
		if err := f.Once(a, check(wrong)); err != wrong || calls != want || f.Held(a) {
			t.Fatalf("%v after %d calls", err, calls)
		}
	}
	if err := f.Once(a, check(nil)); err != nil || calls != 3 || !f.Held(a) || f.Held(b) {
		t.Fatalf("%v after %d calls", err, calls)
	}
	if err := f.Once(a, check(wrong)); err != nil || calls != 3 {
		t.Fatalf("%v after %d calls: it held before", err, calls)
	}
	made := 0
	counts := func(err error) func() ([]int, error) {
		return func() ([]int, error) { made++; return []int{1, 2}, err }
	}
	for i, want := range []int{1, 2, 2} { // what could not be made is made again
		err := []error{wrong, nil, wrong}[i]
		got, err2 := source.Remember(&f, b, counts(err))
		if i != 0 && err2 != nil || i == 0 && err2 != wrong || made != want || !slices.Equal(got, []int{1, 2}) {
			t.Fatalf("%v, %v made %d times", got, err2, made)
		}
	}
	var none *source.Facts // remembers nothing
	none.Hold(a)
	source.Remember(none, b, counts(nil))
	if source.Remember(none, b, counts(nil)); made != 4 || none.Held(a) || none.Once(a, check(wrong)) != wrong {
		t.Error("nil facts remember something")
	}
}

// failing is a disk or a server that answers with an error.
type failing struct{}

func (failing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("input/output error")}
}

// TestUnreadableCheckpoint: what cannot be read refutes nothing.
func TestUnreadableCheckpoint(t *testing.T) {
	for what, c := range map[string]struct {
		fsys fs.FS
		want report.State
	}{
		"a disk that fails": {failing{}, report.Missing},
		"no checkpoint":     {fstest.MapFS{}, report.Missing},
		"not a checkpoint":  {fstest.MapFS{"hq/checkpoint": {Data: []byte("nothing")}}, report.Fail},
	} {
		r := source.New(context.Background(), c.fsys, nil, nil)
		if l := r.Open("hq", "sandogh/x/hq", make([]byte, 32), nil, 1); l != nil {
			t.Errorf("%s is opened", what)
		}
		if check, _ := r.Report([32]byte{}, true, true, report.PhaseReady).Check("V005"); check.State != c.want {
			t.Errorf("%s: V005 is %s: %v", what, check.State, check.Findings)
		}
	}
}
