package board_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/board"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

func open(t testing.TB, fsys fs.FS, dir string) *board.Log {
	t.Helper()
	l, err := board.Open(fsys, dir, origin, public(logKey), nil)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestWholeLogs(t *testing.T) {
	for _, n := range []int{0, 1, 2, 255, 256, 257, 511, 512, 600, 65536, 65536 + 256 + 3} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			fsys, _ := build(t, "hq", n, entry)
			l := open(t, fsys, "hq")
			if l.Size() != uint64(n) {
				t.Fatalf("size %d, want %d", l.Size(), n)
			}
			next := 0
			faults, err := l.Scan(func(e board.Entry) error {
				if e.Index != uint64(next) || !bytes.Equal(e.Data, entry(next)) {
					t.Fatalf("entry %d is %d %q", next, e.Index, e.Data)
				}
				next++
				return nil
			})
			if err != nil || len(faults) > 0 {
				t.Fatalf("scan: %v, %v", err, faults)
			}
			if next != n {
				t.Errorf("scan visited %d entries", next)
			}
			var names []string
			for name := range board.Files(uint64(n)) {
				names = append(names, "hq/"+name)
			}
			if last := names[len(names)-1]; last != "hq/checkpoint" {
				t.Errorf("the last file is %s", last)
			}
			slices.Sort(names)
			if want := slices.Sorted(maps.Keys(fsys)); !slices.Equal(names, want) {
				t.Errorf("files %v, want %v", names, want)
			}
		})
	}
}

func TestEntriesProvenOneByOne(t *testing.T) {
	fsys, _ := build(t, ".", 600, entry)
	l := open(t, fsys, ".")
	for _, span := range [][2]uint64{{0, 600}, {0, 0}, {600, 600}, {255, 257}, {256, 512}, {599, 600}, {10, 20}} {
		next := span[0]
		for e, err := range l.Entries(span[0], span[1]) {
			if err != nil {
				t.Fatal(err)
			}
			if e.Index != next || !bytes.Equal(e.Data, entry(int(next))) {
				t.Fatalf("entry %d is %d %q", next, e.Index, e.Data)
			}
			next++
		}
		if next != span[1] {
			t.Errorf("entries %v ended at %d", span, next)
		}
	}
	if data, err := l.Entry(300); err != nil || !bytes.Equal(data, entry(300)) {
		t.Errorf("entry 300: %q, %v", data, err)
	}
	for _, span := range [][2]uint64{{0, 601}, {2, 1}, {601, 601}} {
		ended := 0
		for _, err := range l.Entries(span[0], span[1]) {
			if err == nil {
				t.Errorf("entries %v were read", span)
			}
			ended++
		}
		if ended != 1 {
			t.Errorf("entries %v yielded %d times", span, ended)
		}
	}
	if _, err := l.Entry(600); err == nil {
		t.Error("entry 600 of 600 was read")
	}
}

// A reader that stops must be left alone, and bytes that are not in the tree
// must never be yielded.
func TestEntriesStopAndRefuse(t *testing.T) {
	fsys, _ := build(t, ".", 600, entry)
	for range open(t, fsys, ".").Entries(0, 600) {
		break
	}
	for _, name := range []string{"tile/entries/001", "tile/0/001", "tile/1/000.p/2"} {
		bad := clone(fsys)
		bad[name].Data[40] ^= 1
		for e, err := range open(t, bad, ".").Entries(256, 512) {
			if err == nil {
				t.Errorf("%s flipped: entry %d was read", name, e.Index)
			}
		}
	}
}

func TestRootsAndProofs(t *testing.T) {
	const n = 65536 + 700
	fsys, tr := build(t, ".", n, entry)
	l := open(t, fsys, ".")
	root := l.Checkpoint().Root
	rapid.Check(t, func(t *rapid.T) {
		newSize := rapid.IntRange(0, n).Draw(t, "new")
		oldSize := rapid.IntRange(0, newSize).Draw(t, "old")
		newRoot, err := l.RootAt(uint64(newSize))
		if err != nil {
			t.Fatal(err)
		}
		if want, _ := tlog.TreeHash(int64(newSize), tr); want != newRoot {
			t.Fatalf("root at %d is %x, want %x", newSize, newRoot, want)
		}
		oldRoot, err := l.RootAt(uint64(oldSize))
		if err != nil {
			t.Fatal(err)
		}
		p, err := l.ProveConsistency(uint64(oldSize), uint64(newSize))
		if err != nil {
			t.Fatal(err)
		}
		if err := board.CheckConsistency(p, uint64(oldSize), oldRoot, uint64(newSize), newRoot); err != nil {
			t.Fatal(err)
		}
		wrong := oldRoot
		wrong[rapid.IntRange(0, 31).Draw(t, "byte")] ^= 1
		if board.CheckConsistency(p, uint64(oldSize), wrong, uint64(newSize), newRoot) == nil {
			t.Fatal("a proof from another root was accepted")
		}
		if board.CheckConsistency(append(p, oldRoot), uint64(oldSize), oldRoot, uint64(newSize), newRoot) == nil {
			t.Fatal("a longer proof was accepted")
		}

		i := rapid.IntRange(0, n-1).Draw(t, "index")
		in, err := l.ProveInclusion(uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		if err := board.CheckInclusion(in, uint64(i), entry(i), n, root); err != nil {
			t.Fatal(err)
		}
		if board.CheckInclusion(in, uint64(i), entry(i+1), n, root) == nil {
			t.Fatal("the proof of another entry was accepted")
		}
	})
	if _, err := l.RootAt(n + 1); err == nil {
		t.Error("root past the end")
	}
	if _, err := l.ProveInclusion(n); err == nil {
		t.Error("proof past the end")
	}
	if _, err := l.ProveConsistency(2, 1); err == nil {
		t.Error("proof backwards")
	}
	if board.CheckConsistency(nil, 2, root, 1, root) == nil {
		t.Error("a tree was accepted that shrinks")
	}
	if board.CheckInclusion(nil, 5, entry(5), 5, root) == nil {
		t.Error("an entry was accepted past the end")
	}
}

func TestZipAndUnlistable(t *testing.T) {
	fsys, _ := build(t, "branch/800", 300, entry)
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, f := range fsys {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(f.Data)
	}
	w, _ := z.Create("branch/800/notes.txt")
	w.Write([]byte("x"))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil {
		t.Fatal(err)
	}
	l := open(t, r, "branch/800")
	if !l.CanList() {
		t.Error("a zip cannot be listed")
	}
	if got := fmt.Sprint(l.Check()); got != "[notes.txt: does not belong to a log of this size]" {
		t.Errorf("faults %s", got)
	}

	l = open(t, filesOnly{fsys}, "branch/800")
	if l.CanList() {
		t.Error("a source without folders can be listed")
	}
	if faults := l.Check(); len(faults) > 0 {
		t.Errorf("faults %v", faults)
	}
}

// filesOnly is a source that cannot list, as HTTP is.
type filesOnly struct{ fsys fs.FS }

func (f filesOnly) Open(name string) (fs.File, error) {
	file, err := f.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, fs.ErrNotExist
	}
	return file, nil
}

func TestVisitorsErrorEndsTheScan(t *testing.T) {
	fsys, _ := build(t, ".", 300, entry)
	stop := errors.New("stop")
	visited := 0
	_, err := open(t, fsys, ".").Scan(func(board.Entry) error {
		visited++
		if visited == 5 {
			return stop
		}
		return nil
	})
	if err != stop || visited != 5 {
		t.Errorf("scan ended with %v after %d entries", err, visited)
	}
}

// A signed checkpoint may claim any size; the work must not follow the claim.
func TestClaimedSizeDoesNotDecideTheWork(t *testing.T) {
	for _, size := range []int64{1 << 20, 1<<48 - 1, 1 << 48} {
		fsys := fstest.MapFS{"checkpoint": {Data: signNote(t, checkpointText(size, tlog.Hash{}))}}
		l := open(t, fsys, ".")
		faults := l.Check()
		if len(faults) < 100 || len(faults) > 1001 {
			t.Errorf("size %d: %d faults", size, len(faults))
		}
		for _, f := range faults {
			if !f.Missing {
				t.Fatalf("size %d: %v is not called missing", size, f)
			}
		}
		if _, err := l.RootAt(12345); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("size %d: root: %v", size, err)
		}
	}
}

func TestOversizeFilesAreNotRead(t *testing.T) {
	fsys, _ := build(t, ".", 3, entry)
	for name, limit := range map[string]int{"checkpoint": 1 << 16, "tile/0/000.p/3": 256 * 32} {
		counted := &endless{FS: fsys, name: name}
		l, err := board.Open(counted, ".", origin, public(logKey), nil)
		if name == "checkpoint" {
			if err == nil {
				t.Error("an endless checkpoint was read")
			}
		} else if faults := l.Check(); len(faults) == 0 || faults[0].Path != name || faults[0].Missing {
			t.Errorf("faults %v", faults)
		}
		if counted.read > limit+4096 {
			t.Errorf("%s: %d bytes were read", name, counted.read)
		}
	}
}

type endless struct {
	fs.FS
	name string
	read int
}

func (e *endless) Open(name string) (fs.File, error) {
	f, err := e.FS.Open(name)
	if name != e.name || err != nil {
		return f, err
	}
	return &endlessFile{f, e}, nil
}

type endlessFile struct {
	fs.File
	e *endless
}

func (f *endlessFile) Read(p []byte) (int, error) {
	f.e.read += len(p)
	return len(p), nil
}

func TestBadPlaces(t *testing.T) {
	fsys, _ := build(t, "hq", 3, entry)
	for _, dir := range []string{"", "/hq", "../hq", "hq/", "branch"} {
		if _, err := board.Open(fsys, dir, origin, public(logKey), nil); err == nil {
			t.Errorf("a log was opened in %q", dir)
		}
	}
	_, err := board.Open(fsys, "branch", origin, public(logKey), nil)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "branch") {
		t.Errorf("missing folder: %v", err)
	}
}

// The largest bundle that the record allows must pass, byte for byte.
func TestLargestEntries(t *testing.T) {
	large := func(i int) []byte { return bytes.Repeat([]byte{byte(i)}, board.MaxEntry) }
	fsys, _ := build(t, ".", 256, large)
	var n int
	faults, err := open(t, fsys, ".").Scan(func(e board.Entry) error { n += len(e.Data); return nil })
	if err != nil || len(faults) > 0 || n != 256*board.MaxEntry {
		t.Errorf("%d bytes, %v, %v", n, faults, err)
	}
}

func BenchmarkScan(b *testing.B) {
	data := bytes.Repeat([]byte{7}, 2338) // a sealed ballot of 21 votes
	fsys, _ := build(b, ".", 4096, func(int) []byte { return data })
	l := open(b, fsys, ".")
	b.SetBytes(4096 * int64(len(data)))
	for b.Loop() {
		faults, err := l.Scan(func(e board.Entry) error { _, err := io.Discard.Write(e.Data); return err })
		if err != nil || len(faults) > 0 {
			b.Fatal(err, faults)
		}
	}
}
