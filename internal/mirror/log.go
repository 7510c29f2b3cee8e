package mirror

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/record"
	"golang.org/x/mod/sumdb/tlog"
)

// Sizes that no honest file exceeds.
const (
	maxCheckpoint = 1 << 16
	maxTile       = board.Width * tlog.HashSize
	maxBundle     = board.Width * (2 + board.MaxEntry)
)

// log copies one log: dir is its folder in the record.
type log struct {
	*run
	dir    string
	origin string
	key    ed25519.PublicKey
	head   board.Checkpoint
	visit  func(data []byte) error // sees every entry, in no order

	mu    sync.Mutex
	upper map[tlog.Tile][]byte // proven tiles above level 0
}

// copy copies everything but the checkpoint. A log that grows while it is read
// loses the partial tiles of the size that was seen: it is then begun again with
// its new checkpoint.
func (l *log) copy(ctx context.Context) error {
	err := l.readHead(ctx)
	for err == nil {
		if err = l.extends(ctx); err == nil {
			err = l.tiles(ctx)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		size, gone := l.head.Size, err
		if err = l.readHead(ctx); err == nil && l.head.Size == size {
			return gone
		}
	}
	return err
}

// readHead fetches the checkpoint.
func (l *log) readHead(ctx context.Context) error {
	note, err := l.fetch.file(ctx, l.dir+"/"+board.CheckpointPath, maxCheckpoint)
	if err != nil {
		return err
	}
	l.head, err = board.ParseCheckpoint(note, l.origin, l.key, l.witnesses)
	if err != nil {
		return wrong(l.dir+"/"+board.CheckpointPath, err)
	}
	l.upper = map[tlog.Tile][]byte{}
	return nil
}

// extends compares the checkpoint with that of an earlier copy.
func (l *log) extends(ctx context.Context) error {
	have, err := board.Open(os.DirFS(l.to), l.dir, l.origin, l.key, l.witnesses)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("the folder has another log: %w", err)
	case have.Size() > l.head.Size:
		return wrong(l.dir+"/"+board.CheckpointPath, fmt.Errorf("the server has %d entries, %s has %d: keep that copy, a log does not shrink", l.head.Size, l.to, have.Size()))
	case have.Size() == 0:
		return nil
	}
	// The earlier root must be the root of as many entries of the new tree.
	root, err := tlog.TreeHash(int64(have.Size()), l.hashes(ctx, false))
	if err != nil {
		return err
	}
	if root != have.Checkpoint().Root {
		return wrong(l.dir+"/"+board.CheckpointPath, fmt.Errorf("the log on the server does not begin with the %d entries that %s has: keep that copy, two signed logs contradict each other", have.Size(), l.to))
	}
	return nil
}

// tiles copies the tiles and bundles that the checkpoint needs.
func (l *log) tiles(ctx context.Context) error {
	n := int((l.head.Size + board.Width - 1) / board.Width)
	return l.parallel(ctx, n, func(ctx context.Context, i int) error {
		return l.bundle(ctx, uint64(i))
	})
}

// bundle copies a bundle and the tiles that prove it.
func (l *log) bundle(ctx context.Context, n uint64) error {
	width := board.TileWidth(0, n, l.head.Size)
	indexes := make([]int64, width)
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, int64(n*board.Width)+int64(i))
	}
	want, err := l.hashes(ctx, true).ReadHashes(indexes)
	if err != nil {
		return fmt.Errorf("log %s: %w", l.dir, err)
	}
	name := l.dir + "/" + board.BundlePath(n, width)
	check := func(b []byte) error {
		entries, err := board.ParseBundle(b, width)
		if err != nil {
			return err
		}
		for i, e := range entries {
			if tlog.RecordHash(e) != want[i] {
				return fmt.Errorf("entry %d is not the one in the tree", n*board.Width+uint64(i))
			}
		}
		return nil
	}
	b, err := l.checked(ctx, name, maxBundle, check)
	if err != nil || l.visit == nil {
		return err
	}
	entries, err := board.ParseBundle(b, width)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := l.visit(e); err != nil {
			return err
		}
	}
	return nil
}

// hashes returns a reader of the tree's hashes that proves every tile against
// the signed root before it is kept, if it is to be: nothing of a log is that may
// contradict the earlier copy. Of a tile that lies in the folder and does not fit,
// a second reading fetches another.
func (l *log) hashes(ctx context.Context, keep bool) tlog.HashReader {
	tree := tlog.Tree{N: int64(l.head.Size), Hash: l.head.Root}
	return hashReader(func(indexes []int64) ([]tlog.Hash, error) {
		read := func(fresh bool) ([]tlog.Hash, error) {
			from := &tiles{l: l, ctx: ctx, fresh: fresh, keep: keep}
			h, err := tlog.TileHashReader(tree, from).ReadHashes(indexes)
			if err != nil && !from.failed {
				err = wrong(l.dir, err)
			}
			return h, err
		}
		h, err := read(false)
		var differs *WrongError
		if errors.As(err, &differs) {
			return read(true)
		}
		return h, err
	})
}

type hashReader func([]int64) ([]tlog.Hash, error)

func (f hashReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) { return f(indexes) }

// tiles reads tiles from memory, the folder and the server.
type tiles struct {
	l     *log
	ctx   context.Context
	fresh bool // from the server alone
	keep  bool // what is proven

	failed bool // a tile could not be had
}

func (t *tiles) Height() int { return 8 }

func (t *tiles) path(x tlog.Tile) string {
	return t.l.dir + "/" + board.TilePath(x.L, uint64(x.N), x.W)
}

func (t *tiles) ReadTiles(want []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(want))
	for i, x := range want {
		t.l.mu.Lock()
		b, ok := t.l.upper[x]
		t.l.mu.Unlock()
		if !ok && !t.fresh {
			var err error
			b, err = os.ReadFile(filepath.Join(t.l.to, filepath.FromSlash(t.path(x))))
			ok = err == nil && len(b) == x.W*tlog.HashSize
		}
		if !ok {
			var err error
			if b, err = t.l.fetch.file(t.ctx, t.path(x), maxTile); err != nil {
				t.failed = true
				return nil, err
			}
			if len(b) != x.W*tlog.HashSize {
				return nil, wrong(t.path(x), fmt.Errorf("has %d bytes, not %d", len(b), x.W*tlog.HashSize))
			}
		}
		out[i] = b
	}
	return out, nil
}

// SaveTiles is told of tiles that are proven.
func (t *tiles) SaveTiles(proven []tlog.Tile, data [][]byte) {
	for i, x := range proven {
		if x.L > 0 {
			t.l.mu.Lock()
			t.l.upper[x] = data[i]
			t.l.mu.Unlock()
		}
		if !t.keep {
			continue
		}
		if err := t.l.keep(t.path(x), data[i]); err != nil {
			t.l.fail(err)
		}
	}
}

// finish writes the checkpoint, when all that it needs is there, and removes the
// partial tiles of earlier sizes.
func (l *log) finish() error {
	if err := l.keep(l.dir+"/"+board.CheckpointPath, l.head.Note); err != nil {
		return err
	}
	belongs := map[string]bool{}
	for name := range board.Files(l.head.Size) {
		belongs[l.dir+"/"+name] = true
	}
	var empty []string
	err := fs.WalkDir(os.DirFS(l.to), l.dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if strings.HasSuffix(name, ".p") {
				empty = append(empty, name)
			}
			return nil
		case belongs[name] || !strings.Contains(name, ".p/"):
			return nil
		}
		return l.disk.Remove(filepath.Join(l.to, filepath.FromSlash(name)))
	})
	if err != nil {
		return err
	}
	for _, name := range empty {
		path := filepath.Join(l.to, filepath.FromSlash(name))
		if left, err := os.ReadDir(path); err == nil && len(left) == 0 {
			if err := l.disk.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// collect notes what an entry of headquarters' log names: blobs, and logs of
// branches. An entry that does not decode names nothing: the verification says what
// is wrong with it.
func (r *run) collect(data []byte) error {
	e, err := record.Decode(data)
	if err != nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if h, ok := e.Body.(*record.Head); ok {
		r.heads[h.Branch] = append(r.heads[h.Branch], h.Checkpoint)
	}
	for _, b := range named(e.Body) {
		if len(b.Hash) == len(r.id) && b.Size <= maxBlob {
			r.blobs[[32]byte(b.Hash)] = b
		} else if !bytes.Equal(b.Hash, r.id[:]) {
			r.missing = append(r.missing, fmt.Sprintf("blob %x of %d bytes (no record has such a blob)", b.Hash[:min(len(b.Hash), 32)], b.Size))
		}
	}
	return nil
}

// short reports whether headquarters has taken in more of the branch's log than
// there is, size entries. A head that its log has not signed says nothing.
func (r *run) short(l *log, branch string, size uint64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, note := range r.heads[branch] {
		if c, err := board.ParseCheckpoint(note, l.origin, l.key, l.witnesses); err == nil && c.Size > size {
			return true
		}
	}
	return false
}
