package board

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// CheckpointPath is the path of a log's signed checkpoint.
const CheckpointPath = "checkpoint"

// Width is the number of hashes in a full tile and of entries in a full bundle.
const Width = 256

const (
	tileHeight = 8  // log2(Width)
	maxLevel   = 6  // the top level of a tree of MaxSize entries
	hashSize   = 32 // bytes of a SHA-256 hash
)

// MaxSize is the greatest number of entries that a log may claim. It is far
// from the end of the integers in which positions in the tree are computed.
const MaxSize = 1 << (tileHeight * maxLevel)

// TilePath returns the path of the tile with width hashes (1 to [Width]) at the
// level and index:
//
//	tile/<level>/<index>          width 256
//	tile/<level>/<index>.p/<width>  otherwise
//
// The index is written in groups of three digits, all but the last preceded
// by an x: 1234067 is x001/x234/067.
func TilePath(level int, index uint64, width int) string {
	return "tile/" + strconv.Itoa(level) + "/" + indexPath(index, width)
}

// BundlePath returns the path of the bundle with width entries (1 to [Width])
// at the index; it is formed like a tile's.
func BundlePath(index uint64, width int) string {
	return "tile/entries/" + indexPath(index, width)
}

func indexPath(n uint64, width int) string {
	s := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		s = fmt.Sprintf("x%03d/%s", n%1000, s)
	}
	if width != Width {
		s += ".p/" + strconv.Itoa(width)
	}
	return s
}

// TileWidth returns how many hashes the tile at the level and index has in a
// tree of size entries, 0 if there is no such tile. A bundle is as wide as the
// tile of its index at level 0.
func TileWidth(level int, index, size uint64) int {
	if level < 0 || level > maxLevel {
		return 0
	}
	n := size >> (tileHeight * level) // hashes at this level
	switch full := n / Width; {
	case index < full:
		return Width
	case index == full:
		return int(n % Width)
	default:
		return 0
	}
}

// Files yields the path of every file that the published form of a log of size
// entries has, and no other: bundles, tiles level by level, the checkpoint last.
func Files(size uint64) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := uint64(0); TileWidth(0, i, size) > 0; i++ {
			if !yield(BundlePath(i, TileWidth(0, i, size))) {
				return
			}
		}
		for level := 0; level <= maxLevel; level++ {
			for i := uint64(0); TileWidth(level, i, size) > 0; i++ {
				if !yield(TilePath(level, i, TileWidth(level, i, size))) {
					return
				}
			}
		}
		yield(CheckpointPath)
	}
}

// belongs reports whether the published form of a log of size entries has a
// file of this path.
func belongs(name string, size uint64) bool {
	if name == CheckpointPath {
		return true
	}
	rest, ok := strings.CutPrefix(name, "tile/")
	if !ok {
		return false
	}
	kind, rest, _ := strings.Cut(rest, "/")
	level := 0
	if kind != "entries" {
		n, err := strconv.Atoi(kind)
		if err != nil {
			return false
		}
		level = n
	}
	rest, _, _ = strings.Cut(rest, ".p/")
	digits := strings.NewReplacer("x", "", "/", "").Replace(rest)
	index, err := strconv.ParseUint(digits, 10, 63)
	if err != nil {
		return false
	}
	width := TileWidth(level, index, size)
	// Whatever was lenient above is settled by writing the path anew.
	if kind == "entries" {
		return width > 0 && name == BundlePath(index, width)
	}
	return width > 0 && name == TilePath(level, index, width)
}
