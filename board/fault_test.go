package board_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/board"
)

// Whatever is done to one file, the faults name that file and no other.
func TestEachDamagedFileIsNamed(t *testing.T) {
	damages := []struct {
		name    string
		do      func(fsys fstest.MapFS, file string)
		missing bool
	}{
		{"truncated by a byte", func(f fstest.MapFS, n string) { f[n].Data = f[n].Data[:len(f[n].Data)-1] }, false},
		{"cut in half", func(f fstest.MapFS, n string) { f[n].Data = f[n].Data[:len(f[n].Data)/2] }, false},
		{"emptied", func(f fstest.MapFS, n string) { f[n].Data = nil }, false},
		{"a byte longer", func(f fstest.MapFS, n string) { f[n].Data = append(f[n].Data, 0) }, false},
		{"first byte flipped", func(f fstest.MapFS, n string) { f[n].Data[0] ^= 1 }, false},
		{"middle byte flipped", func(f fstest.MapFS, n string) { f[n].Data[len(f[n].Data)/2] ^= 0x20 }, false},
		{"last byte flipped", func(f fstest.MapFS, n string) { f[n].Data[len(f[n].Data)-1] ^= 0x80 }, false},
		{"removed", func(f fstest.MapFS, n string) { delete(f, n) }, true},
		{"made a folder", func(f fstest.MapFS, n string) { f[n+"/x"] = f[n]; delete(f, n) }, true},
	}
	for _, n := range []int{1, 255, 256, 257, 600} {
		whole, _ := build(t, "hq", n, entry)
		for file := range whole {
			for _, damage := range damages {
				t.Run(fmt.Sprintf("%d/%s/%s", n, file, damage.name), func(t *testing.T) {
					fsys := clone(whole)
					damage.do(fsys, file)
					want := strings.TrimPrefix(file, "hq/")
					l, err := board.Open(fsys, "hq", origin, public(logKey), nil)
					if want == "checkpoint" {
						if err == nil {
							t.Fatal("the log was opened")
						}
						if missing := errors.Is(err, fs.ErrNotExist); missing != (damage.name == "removed") {
							t.Errorf("error %v", err)
						}
						return
					}
					if err != nil {
						t.Fatal(err)
					}
					faults := l.Check()
					if len(faults) == 0 {
						t.Fatal("no fault was found")
					}
					for _, f := range faults {
						if f.Path == want && f.Missing == damage.missing {
							continue
						}
						// A folder that took the place of a file holds
						// something that does not belong, and the folder of
						// a removed file may remain.
						if damage.missing && (f.Path == want+"/x" || f.Path == path.Dir(want)) {
							continue
						}
						t.Errorf("fault %v, missing %t", f, f.Missing)
					}
				})
			}
		}
	}
}

// Large trees have tiles that no test of each file could afford; these are
// one of each kind.
func TestDamageDeepInTheTree(t *testing.T) {
	whole, _ := build(t, ".", 65536+300, entry)
	for _, name := range []string{
		"tile/2/000.p/1", "tile/1/000", "tile/1/001.p/1", "tile/0/000", "tile/0/255", "tile/0/256", "tile/0/257.p/44",
		"tile/entries/000", "tile/entries/128", "tile/entries/256", "tile/entries/257.p/44",
	} {
		for _, remove := range []bool{false, true} {
			fsys := clone(whole)
			if remove {
				delete(fsys, name)
			} else {
				fsys[name].Data[20] ^= 1
			}
			faults := open(t, fsys, ".").Check()
			if len(faults) == 0 {
				t.Errorf("%s (removed: %t): no fault", name, remove)
			}
			for _, f := range faults {
				if f.Path != name || f.Missing != remove {
					t.Errorf("%s (removed: %t): %v", name, remove, f)
				}
			}
		}
	}
}

func TestDamagedEntryIsNumberedAndWithheld(t *testing.T) {
	fsys, _ := build(t, ".", 600, entry)
	bundle := fsys["tile/entries/001"].Data
	copy(bundle[2:], "ENTRY") // entry 256
	visited := 0
	faults, err := open(t, fsys, ".").Scan(func(e board.Entry) error {
		if e.Index == 256 {
			t.Errorf("entry 256 was handed over: %q", e.Data)
		}
		visited++
		return nil
	})
	if err != nil || len(faults) != 1 || faults[0].Path != "tile/entries/001" || faults[0].Entry != 256 {
		t.Errorf("faults %v, %v", faults, err)
	}
	if visited != 599 {
		t.Errorf("%d entries were handed over", visited)
	}
}

// Two files that agree with each other do not agree with the root.
func TestAlteredTogether(t *testing.T) {
	fsys, _ := build(t, ".", 600, entry)
	other, _ := build(t, ".", 600, func(i int) []byte {
		if i == 300 {
			return []byte("another vote")
		}
		return entry(i)
	})
	took := []string{"tile/entries/001", "tile/0/001", "tile/1/000.p/2"}
	for k := 1; k <= len(took); k++ {
		bad := clone(fsys)
		for _, name := range took[:k] {
			bad[name] = other[name]
		}
		if faults := open(t, bad, ".").Check(); len(faults) == 0 {
			t.Errorf("%v were replaced and no fault was found", took[:k])
		}
	}
	// With everything replaced but the signed root, the root is what differs.
	bad := clone(other)
	bad["checkpoint"] = fsys["checkpoint"]
	faults := open(t, bad, ".").Check()
	if len(faults) != 1 || faults[0].Path != "checkpoint" {
		t.Errorf("faults %v", faults)
	}
}

// Two files that are damaged apart from each other are both named.
func TestTwoDamagedFiles(t *testing.T) {
	whole, _ := build(t, ".", 65536+300, entry)
	for _, pair := range [][2]string{
		{"tile/0/000", "tile/entries/000"},    // a tile and what it would authenticate
		{"tile/0/000", "tile/entries/001"},    // beside it
		{"tile/1/000", "tile/0/003"},          // below a tile that is wrong itself
		{"tile/2/000.p/1", "tile/0/003"},      // below the end of the tree
		{"tile/2/000.p/1", "tile/1/000"},      //
		{"tile/0/257.p/44", "tile/0/000"},     //
		{"tile/0/257.p/44", "tile/1/001.p/1"}, // at the end of the tree
	} {
		fsys := clone(whole)
		for _, name := range pair {
			fsys[name].Data[5] ^= 1 // in an entry, not its length
		}
		named := map[string]bool{}
		for _, f := range open(t, fsys, ".").Check() {
			named[f.Path] = true
		}
		for _, name := range pair {
			if !named[name] {
				t.Errorf("%v damaged, %v named", pair, named)
			}
		}
	}
}

// A file that is missing must not hide that another one is wrong: what is wrong
// refutes, what is missing does not.
func TestMissingDoesNotHideWrong(t *testing.T) {
	whole, _ := build(t, ".", 65536+300, entry)
	for _, c := range []struct{ missing, wrong, named string }{
		{"tile/entries/000", "tile/2/000.p/1", "tile/2/000.p/1"},
		{"tile/entries/000", "tile/1/000", "tile/1/000"},
		{"tile/entries/257.p/44", "tile/2/000.p/1", "tile/2/000.p/1"},
		{"tile/entries/257.p/44", "tile/0/257.p/44", "checkpoint"}, // which of the two cannot be said
		{"tile/0/257.p/44", "tile/entries/257.p/44", "checkpoint"},
	} {
		fsys := clone(whole)
		delete(fsys, c.missing)
		fsys[c.wrong].Data[5] ^= 1
		named := map[string]bool{}
		for _, f := range open(t, fsys, ".").Check() {
			named[f.Path] = !f.Missing
		}
		if wrong, ok := named[c.missing]; wrong || !ok || !named[c.named] || len(named) != 2 {
			t.Errorf("%s missing, %s wrong: %v", c.missing, c.wrong, named)
		}
	}
}

// A link may show another file to the next reader.
func TestLinksDoNotBelong(t *testing.T) {
	whole, _ := build(t, ".", 3, entry)
	dir, elsewhere := t.TempDir(), t.TempDir()
	if err := os.CopyFS(dir, whole); err != nil {
		t.Fatal(err)
	}
	file, target := filepath.Join(dir, "tile", "0", "000.p", "3"), filepath.Join(elsewhere, "3")
	if err := os.Rename(file, target); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, file); err != nil {
		t.Fatal(err)
	}
	faults := open(t, os.DirFS(dir), ".").Check()
	if len(faults) != 1 || faults[0].Path != "tile/0/000.p/3" {
		t.Errorf("faults %v", faults)
	}
}

// Reordered, repeated and dropped entries keep every file well-formed.
func TestAnotherBundle(t *testing.T) {
	fsys, _ := build(t, ".", 600, entry)
	for name, bundle := range map[string][]byte{
		"first bundle again": fsys["tile/entries/000"].Data,
		"bundle of 88":       fsys["tile/entries/002.p/88"].Data,
	} {
		bad := clone(fsys)
		bad["tile/entries/001"].Data = bundle
		faults := open(t, bad, ".").Check()
		if len(faults) == 0 {
			t.Errorf("%s: no fault", name)
		}
		for _, f := range faults {
			if f.Path != "tile/entries/001" {
				t.Errorf("%s: fault %v", name, f)
			}
		}
	}
}

func TestFilesThatDoNotBelong(t *testing.T) {
	whole, _ := build(t, "hq", 600, entry)
	for _, name := range []string{
		"tile/0/002.p/87", "tile/0/002.p/89", "tile/0/002", "tile/0/002.p/088", "tile/0/003", "tile/0/000.p/1",
		"tile/1/000", "tile/1/000.p/1", "tile/1/000.p/3", "tile/2/000", "tile/2/000.p/1", "tile/7/000", "tile/-1/000",
		"tile/00/000", "tile/0/0", "tile/0/0000", "tile/0/x000/000", "tile/0/+00", "tile/8/0/000", "tile/data/000",
		"tile/entries/002", "tile/entries/002.p/87", "tile/entries/003", "tile/entries/000.p/255", "tile/entries/001.p/256",
		"tile/entries/.tmp-001.aa", "tile/0/.tmp-000.bb", "checkpoint.old", ".tmp-checkpoint.cc", "Checkpoint",
		"index.html", "tile/index", "entries/000", "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t", "tile/0/000.p",
	} {
		fsys := clone(whole)
		fsys["hq/"+name] = &fstest.MapFile{Data: []byte("x")}
		faults := open(t, fsys, "hq").Check()
		if len(faults) != 1 || !strings.HasPrefix(name, faults[0].Path) || faults[0].Missing {
			t.Errorf("%s: %v", name, faults)
		}
	}
	for name, mode := range map[string]fs.FileMode{
		"empty":         fs.ModeDir,
		"tile/3":        fs.ModeDir,
		"tile/0/000.p":  fs.ModeDir,
		"link":          fs.ModeSymlink,
		"tile/0/pipe":   fs.ModeNamedPipe,
		"tile/0/002.p ": fs.ModeDir,
	} {
		fsys := clone(whole)
		fsys["hq/"+name] = &fstest.MapFile{Mode: mode}
		faults := open(t, fsys, "hq").Check()
		if len(faults) != 1 || faults[0].Path != name {
			t.Errorf("%s: %v", name, faults)
		}
	}
	// Files beside the log are not its concern.
	fsys := clone(whole)
	fsys["other"] = &fstest.MapFile{Data: []byte("x")}
	if faults := open(t, fsys, "hq").Check(); len(faults) > 0 {
		t.Errorf("faults %v", faults)
	}
}

// The tree hashes entries of any length; the record does not allow all.
func TestEntrySizes(t *testing.T) {
	for _, size := range []int{0, board.MaxEntry + 1, 65535} {
		fsys, _ := build(t, ".", 5, func(i int) []byte {
			if i == 3 {
				return make([]byte, size)
			}
			return entry(i)
		})
		l := open(t, fsys, ".")
		faults := l.Check()
		if len(faults) != 1 || faults[0].Path != "tile/entries/000.p/5" || faults[0].Entry != 3 {
			t.Errorf("size %d: %v", size, faults)
		}
		var err error
		for _, err = range l.Entries(0, 5) {
		}
		if !errors.Is(err, board.ErrEntrySize) {
			t.Errorf("size %d: %v", size, err)
		}
	}
}

func TestFaultsArePrinted(t *testing.T) {
	for want, f := range map[string]board.Fault{
		"tile/0/000: is missing":          {Path: "tile/0/000", Entry: -1, Missing: true, Text: "is missing"},
		"tile/entries/000: entry 0: text": {Path: "tile/entries/000", Entry: 0, Text: "text"},
	} {
		if f.String() != want {
			t.Errorf("%q, want %q", f, want)
		}
	}
}
