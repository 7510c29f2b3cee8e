package mirror_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/mirror"
	"github.com/sandogh/sandogh/internal/remote"
	"github.com/sandogh/sandogh/record"
	"golang.org/x/mod/sumdb/tlog"
)

var megabytes = flag.Int("mirror.mb", 64, "copy a record of so many megabytes, killed on the way, and say how long it takes")

// invented is a record whose logs are right and whose blobs are noise: what a
// copy looks at, and nothing that a verification would pass.
type invented struct {
	key ed25519.PrivateKey
	def *election.Definition
	id  [32]byte
}

func invent(t testing.TB) *invented {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "spec", "examples", "definition.json"))
	if err != nil {
		t.Fatal(err)
	}
	def, err := election.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	i := &invented{key: ed25519.NewKeyFromSeed(make([]byte, 32)), def: def}
	def.HQLogKey = election.Key(i.key.Public().(ed25519.PublicKey))
	i.id = sha256.Sum256(def.Canonical())
	return i
}

// files returns headquarters' log with the entries, after that of the definition,
// and the definition's blob.
func (i *invented) files(t testing.TB, bodies ...record.Body) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	put := func(name string, b []byte) { out[name] = &fstest.MapFile{Data: b, Mode: 0o644} }
	put("blob/"+hex.EncodeToString(i.id[:]), i.def.Canonical())
	bodies = append([]record.Body{&record.Definition{Blob: record.NewBlob(record.TypeDefinition, i.def.Canonical())}}, bodies...)
	var entries [][]byte
	var stored []tlog.Hash
	reader := hashes(func(indexes []int64) []tlog.Hash {
		var h []tlog.Hash
		for _, x := range indexes {
			h = append(h, stored[x])
		}
		return h
	})
	for n, b := range bodies {
		e, err := record.Encode(record.Entry{Body: b, Signatures: []record.Signature{{By: "hq", Sig: make([]byte, 64)}}})
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
		h, err := tlog.StoredHashes(int64(n), e, reader)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, h...)
	}
	size := uint64(len(entries))
	for n := uint64(0); board.TileWidth(0, n, size) > 0; n++ {
		w := board.TileWidth(0, n, size)
		var b []byte
		for _, e := range entries[n*board.Width : n*board.Width+uint64(w)] {
			b = append(append(b, byte(len(e)>>8), byte(len(e))), e...)
		}
		put("hq/"+board.BundlePath(n, w), b)
	}
	for level := 0; board.TileWidth(level, 0, size) > 0; level++ {
		for n := uint64(0); board.TileWidth(level, n, size) > 0; n++ {
			w := board.TileWidth(level, n, size)
			b, err := tlog.ReadTileData(tlog.Tile{H: 8, L: level, N: int64(n), W: w}, reader)
			if err != nil {
				t.Fatal(err)
			}
			put("hq/"+board.TilePath(level, n, w), b)
		}
	}
	root, err := tlog.TreeHash(int64(size), reader)
	if err != nil {
		t.Fatal(err)
	}
	origin := election.HQOrigin(i.id)
	note := board.FormatCheckpoint(origin, size, root)
	sig := ed25519.Sign(i.key, note)
	note = append(append(note, '\n'), board.FormatSignatureLine(origin, board.KeyID(origin, 1, i.key.Public().(ed25519.PublicKey)), sig)...)
	put("hq/checkpoint", note)
	return out
}

type hashes func([]int64) []tlog.Hash

func (f hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) { return f(indexes), nil }

// noise is a file of so many bytes, which follow from its number.
func noise(t testing.TB, dir string, n, size int) record.Blob {
	t.Helper()
	f, err := os.CreateTemp(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	block := make([]byte, 1<<20)
	for at := 0; at < size; at += len(block) {
		for j := range block {
			block[j] = byte(j*(n+at>>20+3) + j>>8)
		}
		if _, err := io.MultiWriter(f, h).Write(block[:min(len(block), size-at)]); err != nil {
			t.Fatal(err)
		}
	}
	name := h.Sum(nil)
	if err := errors.Join(f.Close(), os.Rename(f.Name(), filepath.Join(dir, hex.EncodeToString(name)))); err != nil {
		t.Fatal(err)
	}
	return record.Blob{Type: record.TypeRows, Size: uint64(size), Hash: name}
}

// both is one file system before another.
type both struct{ first, second fs.FS }

func (b both) Open(name string) (fs.File, error) {
	if f, err := b.first.Open(name); err == nil {
		return f, nil
	}
	return b.second.Open(name)
}

// TestGrows: a later state of a log replaces an earlier one, also while it is
// copied; an earlier state is refused.
func TestGrows(t *testing.T) {
	i := invent(t)
	var bodies []record.Body
	for n := range 700 {
		bodies = append(bodies, &record.Tally{Contest: "c", Unit: fmt.Sprint(n), Counts: []uint64{uint64(n)}})
	}
	early, late := i.files(t, bodies[:299]...), i.files(t, bodies...)
	dir := filepath.Join(t.TempDir(), "copy")
	if _, err := mirror.Copy(context.Background(), serve(t, remote.Handler(early)), dir, quick); err != nil {
		t.Fatal(err)
	}
	same(t, dir, early)
	var asked atomic.Int64 // it has grown after the second question
	growing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) > 2 {
			remote.Handler(late).ServeHTTP(w, r)
		} else {
			remote.Handler(early).ServeHTTP(w, r)
		}
	})
	if err := os.RemoveAll(filepath.Join(dir, "hq", "tile")); err != nil {
		t.Fatal(err)
	}
	if _, err := mirror.Copy(context.Background(), serve(t, growing), dir, quick); err != nil {
		t.Fatal(err)
	}
	same(t, dir, late)
	var wrong *mirror.WrongError
	if _, err := mirror.Copy(context.Background(), serve(t, remote.Handler(early)), dir, quick); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "shrink") {
		t.Errorf("an earlier state: %v", err)
	}
	same(t, dir, late)
}

// TestPieces: a large blob goes on where it was cut off, whether the server knows
// ranges or not, and a wrong beginning is not kept.
func TestPieces(t *testing.T) {
	i := invent(t)
	blobs := t.TempDir()
	if err := os.Mkdir(filepath.Join(blobs, "blob"), 0o755); err != nil {
		t.Fatal(err)
	}
	const size = 10<<20 + 77
	b := noise(t, filepath.Join(blobs, "blob"), 1, size)
	record := both{i.files(t, &record.Shuffle{Contest: "c", Unit: "u", Mixer: "m", Turn: 1, Input: make([]byte, 32), Output: b, Proof: b}), os.DirFS(blobs)}
	path := "blob/" + hex.EncodeToString(b.Hash)
	for _, ranges := range []bool{true, false} {
		dir := filepath.Join(t.TempDir(), "copy")
		var sent atomic.Int64
		var budget atomic.Int64 // bytes of the blob that come before the server stops
		budget.Store(5 << 20)
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !ranges {
				r.Header.Del("Range")
			}
			if strings.Contains(r.URL.Path, path) {
				w = &cut{w, &sent, budget.Load()}
			}
			remote.Handler(record).ServeHTTP(w, r)
		})
		if _, err := mirror.Copy(context.Background(), serve(t, handler), dir, quick); err == nil {
			t.Fatal("the server stopped, and the copy is done")
		}
		part := filepath.Join(dir+".part", hex.EncodeToString(b.Hash))
		info, err := os.Stat(part)
		if err != nil || info.Size() < 4<<20 {
			t.Fatalf("nothing is left to go on from: %v", err)
		}
		budget.Store(1 << 40)
		sent.Store(0)
		s, err := mirror.Copy(context.Background(), serve(t, handler), dir, quick)
		if err != nil || !s.Complete() {
			t.Fatal(err)
		}
		if ranges && sent.Load() > size-4<<20 {
			t.Errorf("%d bytes came a second time", sent.Load())
		}
		copied, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		if sum := sha256.Sum256(copied); err != nil || string(sum[:]) != string(b.Hash) {
			t.Errorf("the blob is not whole: %v", err)
		}
		// A part that is wrong is thrown away, and all of it comes again.
		if err := errors.Join(os.Remove(filepath.Join(dir, filepath.FromSlash(path))), os.MkdirAll(dir+".part", 0o755), os.WriteFile(part, make([]byte, 5<<20), 0o644)); err != nil {
			t.Fatal(err)
		}
		if _, err := mirror.Copy(context.Background(), serve(t, handler), dir, quick); err != nil {
			t.Error(err)
		}
	}
}

// cut lets so many bytes through.
type cut struct {
	http.ResponseWriter
	sent   *atomic.Int64
	budget int64
}

func (c *cut) Write(b []byte) (int, error) {
	if c.sent.Add(int64(len(b))) > c.budget {
		panic(http.ErrAbortHandler)
	}
	return c.ResponseWriter.Write(b)
}

// TestLarge copies a record of -mirror.mb megabytes, which is stopped ten times on
// the way.
func TestLarge(t *testing.T) {
	i := invent(t)
	blobs := t.TempDir()
	if err := os.Mkdir(filepath.Join(blobs, "blob"), 0o755); err != nil {
		t.Fatal(err)
	}
	var bodies []record.Body
	for n := range max(*megabytes/64, 1) {
		b := noise(t, filepath.Join(blobs, "blob"), n, 64<<20)
		bodies = append(bodies, &record.Shuffle{Contest: "c", Unit: fmt.Sprint(n), Mixer: "m", Turn: 1, Input: make([]byte, 32), Output: b, Proof: b})
	}
	address := serve(t, remote.Handler(both{i.files(t, bodies...), os.DirFS(blobs)}))
	dir := filepath.Join(t.TempDir(), "copy")
	begun := time.Now()
	total := int64(*megabytes) << 20
	var came int64
	for k := range int64(11) {
		ctx, stop := context.WithCancel(context.Background())
		var got atomic.Int64
		o := mirror.Options{Transport: &counting{http.DefaultTransport, &got, func(n int64) {
			if k < 10 && n > total/11 {
				stop()
			}
		}}}
		s, err := mirror.Copy(ctx, address, dir, o)
		stop()
		came += got.Load()
		if k == 10 && (err != nil || !s.Complete()) {
			t.Fatal(err)
		}
		t.Logf("run %d: %d MB came, %v", k, got.Load()>>20, err)
	}
	t.Logf("%d MB in %.1f s, %.2f times their size came", *megabytes, time.Since(begun).Seconds(), float64(came)/float64(total))
}

// counting tells how many bytes have come.
type counting struct {
	http.RoundTripper
	got  *atomic.Int64
	tell func(int64)
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = &counted{resp.Body, c}
	}
	return resp, err
}

type counted struct {
	io.ReadCloser
	c *counting
}

func (b *counted) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.c.tell(b.c.got.Add(int64(n)))
	return n, err
}
