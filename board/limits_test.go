package board_test

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/board"
)

// TestBeyondTheEnd: nothing is proven of a tree that there is not, also where
// the proof would be empty.
func TestBeyondTheEnd(t *testing.T) {
	const n = 5
	fsys, _ := build(t, ".", n, entry)
	l := open(t, fsys, ".")
	for _, sizes := range [][2]uint64{{0, n + 1}, {n + 1, n + 1}, {n, n + 1}, {2, 1}, {n + 1, n}} {
		if _, err := l.ProveConsistency(sizes[0], sizes[1]); err == nil || !strings.Contains(err.Error(), "the log has 5") {
			t.Errorf("a proof from %d to %d: %v", sizes[0], sizes[1], err)
		}
	}
	if _, err := l.ProveInclusion(n); err == nil || !strings.Contains(err.Error(), "the log has 5") {
		t.Errorf("a proof of entry %d: %v", n, err)
	}

	empty, root := sha256.Sum256(nil), l.Checkpoint().Root
	for name, c := range map[string]struct {
		oldSize uint64
		oldRoot [32]byte
		newSize uint64
	}{
		"a tree that is too large":       {0, empty, board.MaxSize + 1},
		"one that is too large, twice":   {board.MaxSize + 1, root, board.MaxSize + 1},
		"a tree that shrinks to nothing": {n, root, 0},
		"a tree that shrinks":            {2, root, 1},
	} {
		if err := board.CheckConsistency(nil, c.oldSize, c.oldRoot, c.newSize, root); err == nil || !strings.Contains(err.Error(), "cannot begin with") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := board.CheckConsistency(nil, board.MaxSize, root, board.MaxSize, root); err != nil {
		t.Errorf("the largest tree does not begin with itself: %v", err)
	}
	if err := board.CheckConsistency(nil, 0, empty, board.MaxSize, root); err != nil {
		t.Errorf("the largest tree does not begin with nothing: %v", err)
	}
}

// TestFaultsAreCounted: as many faults as are listed, one less, and more.
func TestFaultsAreCounted(t *testing.T) {
	whole, _ := build(t, ".", 5, entry)
	for _, n := range []int{999, 1000, 1001, 1100} {
		fsys := clone(whole)
		for i := range n {
			fsys[fmt.Sprintf("stray-%04d", i)] = &fstest.MapFile{Data: []byte("x")}
		}
		faults := open(t, fsys, ".").Check()
		last := faults[len(faults)-1]
		if n < 1000 {
			if len(faults) != n || last.Missing {
				t.Errorf("%d stray files: %d faults, the last %v", n, len(faults), last)
			}
			continue
		}
		if len(faults) != 1001 || last.Path != "." || last.Entry != -1 || !last.Missing || !strings.Contains(last.Text, "stopped after 1000 ") {
			t.Errorf("%d stray files: %d faults, the last %v", n, len(faults), last)
		}
	}
}

// TestDeepFolders: how deep is looked before the folder itself is the fault.
func TestDeepFolders(t *testing.T) {
	whole, _ := build(t, ".", 5, entry)
	for deep, listed := range map[int]int{15: 15, 16: 16, 17: 17, 18: 17} {
		fsys := clone(whole)
		folder := strings.TrimPrefix(strings.Repeat("/d", deep), "/")
		fsys[folder+"/x"] = &fstest.MapFile{Data: []byte("x")}
		want := folder + "/x"
		if deep > 16 {
			want = strings.TrimPrefix(strings.Repeat("/d", listed), "/")
		}
		faults := open(t, fsys, ".").Check()
		if len(faults) != 1 || faults[0].Path != want || faults[0].Entry != -1 {
			t.Errorf("a file %d folders deep: %v", deep, faults)
		}
	}
}

// TestCosignaturesOfWhat: a cosignature is not put on what is no checkpoint, or
// beside a line that is none.
func TestCosignaturesOfWhat(t *testing.T) {
	signed := someText + "\n" + logLine(t, someText)
	alice := cosignature("alice.example/w", aliceKey, 1_700_000_000, someText)
	if _, err := board.AddCosignatures([]byte(signed), []byte(alice)); err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]string{
		"no note":                    someText,
		"a note without a signature": someText + "\n",
		"a line that is none":        signed + "— bob.example/w\n",
		"a line twice":               signed + alice,
	} {
		if out, err := board.AddCosignatures([]byte(in), []byte(alice)); err == nil {
			t.Errorf("%s: %q", name, out)
		}
	}
}

// lockedFolder is a record in which one folder cannot be listed.
type lockedFolder struct {
	fstest.MapFS
	name string
}

func (f lockedFolder) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == f.name {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrPermission}
	}
	return f.MapFS.ReadDir(name)
}

// TestFolderFaults: what is wrong with a folder is said of no entry, and a
// folder that cannot be listed is not taken for one in which nothing is wrong.
func TestFolderFaults(t *testing.T) {
	whole, _ := build(t, ".", 5, entry)
	for name, mode := range map[string]fs.FileMode{"empty": fs.ModeDir, "link": fs.ModeSymlink, "stray": 0} {
		fsys := clone(whole)
		fsys[name] = &fstest.MapFile{Mode: mode}
		if faults := open(t, fsys, ".").Check(); len(faults) != 1 || faults[0].Path != name || faults[0].Entry != -1 || faults[0].Missing {
			t.Errorf("%s: %v", name, faults)
		}
	}
	faults := open(t, lockedFolder{whole, "tile/0"}, ".").Check()
	if len(faults) != 1 || faults[0].Path != "tile/0" || faults[0].Entry != -1 {
		t.Errorf("a folder that cannot be listed: %v", faults)
	}
}
