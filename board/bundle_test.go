package board_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/sandogh/sandogh/board"
)

func TestParseBundle(t *testing.T) {
	entries := [][]byte{{1}, []byte("two"), bytes.Repeat([]byte{3}, board.MaxEntry)}
	var bundle []byte
	for _, e := range entries {
		var err error
		if bundle, err = board.AppendBundle(bundle, e); err != nil {
			t.Fatal(err)
		}
	}
	got, err := board.ParseBundle(bundle, 3)
	if err != nil || len(got) != 3 {
		t.Fatalf("%d entries, %v", len(got), err)
	}
	for i := range got {
		if !bytes.Equal(got[i], entries[i]) {
			t.Errorf("entry %d differs", i)
		}
	}
	// Appending to an entry must not write into its neighbour.
	_ = append(got[0], 0xff)
	if again, err := board.ParseBundle(bundle, 3); err != nil || !bytes.Equal(again[1], entries[1]) {
		t.Error("entries share capacity")
	}
}

func TestRefusedBundles(t *testing.T) {
	for name, c := range map[string]struct {
		bundle []byte
		width  int
		whole  int // entries before the fault
		size   bool
	}{
		"empty":          {nil, 1, 0, false},
		"half a length":  {[]byte{0}, 1, 0, false},
		"cut":            {[]byte{0, 2, 1}, 1, 0, false},
		"one too few":    {[]byte{0, 1, 1}, 2, 1, false},
		"one too many":   {[]byte{0, 1, 1, 0, 1, 2}, 1, 1, false},
		"trailing byte":  {[]byte{0, 1, 1, 0}, 1, 1, false},
		"empty entry":    {[]byte{0, 1, 1, 0, 0}, 2, 1, true},
		"too long":       {append([]byte{0xea, 0x61}, make([]byte, 60001)...), 1, 0, true},
		"longest of all": {append([]byte{0xff, 0xff}, make([]byte, 65535)...), 1, 0, true},
	} {
		entries, err := board.ParseBundle(c.bundle, c.width)
		if err == nil || len(entries) != c.whole || errors.Is(err, board.ErrEntrySize) != c.size {
			t.Errorf("%s: %d entries, %v", name, len(entries), err)
		}
	}
	for _, size := range []int{0, board.MaxEntry + 1} {
		if _, err := board.AppendBundle(nil, make([]byte, size)); !errors.Is(err, board.ErrEntrySize) {
			t.Errorf("appended an entry of %d bytes: %v", size, err)
		}
	}
}

func FuzzBundle(f *testing.F) {
	f.Add([]byte{0, 1, 7}, 1)
	f.Add([]byte{0, 1, 7, 0, 2, 8, 9}, 2)
	f.Add([]byte{0, 0}, 1)
	f.Add([]byte{}, 0)
	f.Fuzz(func(t *testing.T, bundle []byte, width int) {
		entries, err := board.ParseBundle(bundle, width&0x1ff)
		var again []byte
		for _, e := range entries {
			var err error
			if again, err = board.AppendBundle(again, e); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.HasPrefix(bundle, again) {
			t.Fatalf("%x is written as %x", bundle, again)
		}
		if err == nil && (len(again) != len(bundle) || len(entries) != width&0x1ff) {
			t.Fatalf("%x was accepted as %x", bundle, again)
		}
	})
}

func TestPaths(t *testing.T) {
	for want, got := range map[string]string{
		"tile/0/000":                      board.TilePath(0, 0, 256),
		"tile/3/x001/x234/067":            board.TilePath(3, 1234067, 256),
		"tile/3/x001/x234/067.p/8":        board.TilePath(3, 1234067, 8),
		"tile/entries/x001/000":           board.BundlePath(1000, 256),
		"tile/entries/999.p/255":          board.BundlePath(999, 255),
		"tile/entries/x123/x456/789.p/1":  board.BundlePath(123456789, 1),
		"tile/6/000.p/1":                  board.TilePath(6, 0, 1),
		"tile/entries/x001/x000/x000/000": board.BundlePath(1e9, 256),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for _, c := range []struct {
		level       int
		index, size uint64
		want        int
	}{
		{0, 0, 0, 0}, {0, 0, 1, 1}, {0, 0, 255, 255}, {0, 0, 256, 256}, {0, 1, 256, 0}, {0, 1, 257, 1},
		{1, 0, 255, 0}, {1, 0, 256, 1}, {1, 0, 70000, 256}, {1, 1, 70000, 17}, {2, 0, 70000, 1}, {2, 1, 70000, 0},
		{6, 0, board.MaxSize, 1}, {7, 0, board.MaxSize, 0}, {-1, 0, 5, 0},
	} {
		if got := board.TileWidth(c.level, c.index, c.size); got != c.want {
			t.Errorf("level %d index %d of %d: width %d, want %d", c.level, c.index, c.size, got, c.want)
		}
	}
}
