package board

import (
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/mod/sumdb/tlog"
)

// Check reads the whole log once and returns everything that is wrong with its
// folder; see [Log.Scan].
func (l *Log) Check() []Fault {
	faults, _ := l.Scan(func(Entry) error { return nil })
	return faults
}

// Scan reads the whole log once: every tile and every entry is compared with
// the signed root, every entry is handed to visit in order, and at last the
// folder is listed for files that do not belong. The entry's data shares memory
// with its bundle and is not used again.
//
// An entry that is not the one in the tree is reported and not handed over.
// Where a tile on the way to the root is damaged, the entries below it are
// handed over before it is known whether they give the root; so visit may rely
// on them only if no faults are returned. At most 1,000 faults are listed.
//
// The error is the one that visit returned, which ends the scan.
func (l *Log) Scan(visit func(Entry) error) ([]Fault, error) {
	s := &scanner{log: l, visit: visit}
	s.tree()
	if s.err != nil {
		return s.faults, s.err
	}
	s.list()
	if len(s.faults) >= maxFaults {
		s.faults = append(s.faults[:maxFaults], Fault{Path: ".", Entry: -1, Missing: true,
			Text: fmt.Sprintf("the check stopped after %d faults", maxFaults)})
	}
	return s.faults, nil
}

type scanner struct {
	log    *Log
	visit  func(Entry) error
	faults []Fault
	err    error // of visit
}

// done reports whether the scan is to end early.
func (s *scanner) done() bool { return s.err != nil || len(s.faults) >= maxFaults }

func (s *scanner) fault(path string, entry int64, text string) {
	s.faults = append(s.faults, Fault{Path: path, Entry: entry, Text: text})
}

// failed reports the fault of a file that could not be read or was malformed
// as a whole.
func (s *scanner) failed(path string, err error) {
	var content *contentError
	switch {
	case errors.As(err, &content):
		s.fault(path, -1, content.text)
	case errors.Is(err, fs.ErrNotExist):
		s.faults = append(s.faults, Fault{Path: path, Entry: -1, Missing: true, Text: "is missing"})
	default:
		s.faults = append(s.faults, Fault{Path: path, Entry: -1, Missing: true, Text: "cannot be read: " + err.Error()})
	}
}

// tree compares tiles and entries with the root.
//
// The root is computed from the last, partial tiles of all levels. If it is the
// signed one, these tiles are authentic, and each of their hashes authenticates
// what lies below it, down to the entries: so a fault is found at the one file
// that has it. If it is not, everything is computed from the entries upwards
// and the tiles are compared with that.
func (s *scanner) tree() {
	size := s.log.Size()
	var edge [maxLevel + 1][]tlog.Hash
	complete := true
	for level := range edge {
		n := size >> (tileHeight * level)
		if w := int(n % Width); w > 0 {
			edge[level] = s.tile(level, n/Width, w)
			complete = complete && edge[level] != nil
		}
	}
	authentic := complete && rootOf(edge[:]) == s.log.checkpoint.Root

	var computed [maxLevel + 1][]tlog.Hash
	known := true
	for level := maxLevel; level >= 0; level-- { // the order of the entries
		n := size >> (tileHeight * level)
		w := int(n % Width)
		if w == 0 {
			continue
		}
		var want []tlog.Hash
		if authentic {
			want = edge[level]
		}
		hashes, ok := s.below(level, n/Width, w, want)
		switch {
		case !ok && edge[level] != nil:
			hashes = edge[level] // stands in, as in subtree
		case !ok:
			known = false
		case !authentic && edge[level] != nil && !equal(edge[level], hashes):
			s.fault(TilePath(level, n/Width, w), -1, "differs from the hashes of what lies below it")
		}
		computed[level] = hashes
	}
	if !authentic && known && !s.done() && rootOf(computed[:]) != s.log.checkpoint.Root {
		s.fault(CheckpointPath, -1, "names another root than the entries and tiles have")
	}
}

// below walks what the w hashes of a tile stand for and returns those hashes as
// computed from it. If want is not nil, it holds the authentic hashes.
func (s *scanner) below(level int, index uint64, w int, want []tlog.Hash) ([]tlog.Hash, bool) {
	if level == 0 {
		return s.bundle(index, w, want)
	}
	hashes, known := make([]tlog.Hash, w), true
	for i := range hashes {
		if s.done() {
			return nil, false
		}
		var wantOne *tlog.Hash
		if want != nil {
			wantOne = &want[i]
		}
		h, ok := s.subtree(level-1, index*Width+uint64(i), wantOne)
		hashes[i], known = h, known && ok
	}
	return hashes, known
}

// subtree walks a full tile and all that lies below it and returns its hash and
// whether that is known. If want is not nil, it is the authentic hash.
func (s *scanner) subtree(level int, index uint64, want *tlog.Hash) (tlog.Hash, bool) {
	name := TilePath(level, index, Width)
	tile := s.tile(level, index, Width)
	var authentic []tlog.Hash
	switch {
	case tile == nil || want == nil:
	case perfect(tile) == *want:
		authentic = tile
	default:
		s.fault(name, -1, "does not have the hash that the tile above it names")
	}
	computed, known := s.below(level, index, Width, authentic)
	switch {
	case authentic != nil:
		return *want, true
	case want != nil:
		if known && perfect(computed) != *want {
			if level == 0 {
				name = BundlePath(index, Width)
			}
			s.fault(name, -1, "what it holds does not have the hash that the tree names")
		}
		return *want, true
	case known:
		if tile != nil && !equal(tile, computed) {
			s.fault(name, -1, "differs from the hashes of what lies below it")
		}
		return perfect(computed), true
	case tile != nil:
		// What lies below is damaged and reported. The tile stands in for
		// it, so that the tiles above can still be compared.
		return perfect(tile), true
	}
	return tlog.Hash{}, false
}

// bundle hands over the entries of a bundle and returns their hashes.
func (s *scanner) bundle(index uint64, w int, want []tlog.Hash) ([]tlog.Hash, bool) {
	if s.done() {
		return nil, false
	}
	name := BundlePath(index, w)
	b, err := s.log.read(name, maxBundle)
	if err != nil {
		s.failed(name, err)
		return nil, false
	}
	entries, parseErr := ParseBundle(b, w)
	first := index * Width
	wrong, firstWrong := 0, 0
	hashes := make([]tlog.Hash, len(entries))
	for i, data := range entries {
		hashes[i] = tlog.RecordHash(data)
		if want != nil && hashes[i] != want[i] {
			if wrong++; wrong == 1 {
				firstWrong = i
			}
			continue
		}
		if s.err = s.visit(Entry{first + uint64(i), data}); s.err != nil {
			return nil, false
		}
	}
	if parseErr != nil {
		entry := int64(-1)
		if len(entries) < w {
			entry = int64(first) + int64(len(entries))
		}
		s.fault(name, entry, parseErr.Error())
	}
	if wrong > 0 {
		s.fault(name, int64(first)+int64(firstWrong), fmt.Sprintf("is not the entry in the tree (%d such in this bundle)", wrong))
	}
	return hashes, parseErr == nil
}

// tile reads a tile, or reports why it cannot and returns nil.
func (s *scanner) tile(level int, index uint64, w int) []tlog.Hash {
	b, err := s.log.readTile(level, index, w)
	if err != nil {
		s.failed(TilePath(level, index, w), err)
		return nil
	}
	hashes := make([]tlog.Hash, w)
	for i := range hashes {
		copy(hashes[i][:], b[i*hashSize:])
	}
	return hashes
}

func equal(a, b []tlog.Hash) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// perfect returns the hash of a perfect tree over 2^k hashes.
func perfect(h []tlog.Hash) tlog.Hash {
	if len(h) == 1 {
		return h[0]
	}
	return tlog.NodeHash(perfect(h[:len(h)/2]), perfect(h[len(h)/2:]))
}

// rootOf returns the root of the tree whose last, partial tile at each level
// holds the given hashes. Together they are the perfect subtrees into which
// RFC 6962 cuts a tree, the smallest one the last of the lowest level.
func rootOf(edge [][]tlog.Hash) tlog.Hash {
	var root tlog.Hash
	empty := true
	for _, h := range edge {
		for size := 1; len(h) > 0; size *= 2 {
			if len(h)&size == 0 {
				continue
			}
			p := perfect(h[len(h)-size:])
			h = h[:len(h)-size]
			if empty {
				root, empty = p, false
			} else {
				root = tlog.NodeHash(p, root)
			}
		}
	}
	if empty {
		return emptyRoot
	}
	return root
}
