package sequencer_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/sequencer"
	"github.com/sandogh/sandogh/internal/witness"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/tlog"
)

var witnessKeys = []board.Witness{
	{Name: "alice.example/w", Key: public(testKey("alice"))},
	{Name: "bob.example/w", Key: public(testKey("bob"))},
}

func openWitness(t testing.TB, name, key string) *witness.Witness {
	t.Helper()
	logs := func(o string) (ed25519.PublicKey, bool) { return public(logKey), o == origin }
	now := func() time.Time { return time.Unix(1_700_000_000, 0) }
	w, err := witness.New(t.TempDir(), name, testKey(key), logs, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// bothWitnesses is in the order that the record does not have.
func bothWitnesses(t testing.TB) []sequencer.Cosigner {
	return []sequencer.Cosigner{openWitness(t, "bob.example/w", "bob"), openWitness(t, "alice.example/w", "alice")}
}

// wantPublished checks that dst is the published form of the numbered entries,
// and nothing else.
func wantPublished(t testing.TB, dst string, n uint64, cosigned ...string) {
	t.Helper()
	l, err := board.Open(os.DirFS(dst), ".", origin, public(logKey), witnessKeys)
	if err != nil {
		t.Fatal(err)
	}
	if faults := l.Check(); len(faults) > 0 {
		t.Fatalf("size %d: faults %v", n, faults)
	}
	wantEntries(t, l, n)
	if !slices.Equal(l.Checkpoint().Cosigned, cosigned) {
		t.Errorf("cosigned by %v, want %v", l.Checkpoint().Cosigned, cosigned)
	}
	files := 0
	for range board.Files(n) {
		files++
	}
	want := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	err = filepath.WalkDir(dst, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !info.ModTime().Equal(want) {
			t.Errorf("%s is of %v", path, info.ModTime())
		}
		if !d.IsDir() {
			files--
		}
		return nil
	})
	if err != nil || files != 0 {
		t.Errorf("%d files too few, %v", files, err)
	}
}

// The same folder is published to while the log grows.
func TestPublishWhileGrowing(t *testing.T) {
	l := open(t, t.TempDir())
	dst := filepath.Join(t.TempDir(), "record", "branch", "800")
	both := bothWitnesses(t)
	for _, n := range []uint64{0, 0, 1, 2, 255, 256, 257, 600, 600, 70000} {
		grow(t, l, n, 1000)
		if err := l.Publish(t.Context(), dst, both); err != nil {
			t.Fatal(err)
		}
		wantPublished(t, dst, n, "alice.example/w", "bob.example/w")
	}
}

// Tessera's own checker, which shares nothing with package board, accepts what
// is published.
func TestTesserasChecker(t *testing.T) {
	hashes := func(bundle []byte) ([][]byte, error) {
		var b api.EntryBundle
		if err := b.UnmarshalText(bundle); err != nil {
			return nil, err
		}
		var out [][]byte
		for _, e := range b.Entries {
			h := tlog.RecordHash(e)
			out = append(out, h[:])
		}
		return out, nil
	}
	for _, n := range []uint64{1, 256, 700} {
		l := open(t, t.TempDir())
		grow(t, l, n, 100)
		dst := t.TempDir()
		if err := l.Publish(t.Context(), dst, bothWitnesses(t)); err != nil {
			t.Fatal(err)
		}
		check := fsck.New(origin, board.NewVerifier(origin, public(logKey)), client.FileFetcher{Root: dst}, hashes, fsck.Opts{})
		if err := check.Check(t.Context()); err != nil {
			t.Errorf("size %d: %v", n, err)
		}
	}
}

// How the entries came in batches leaves no trace in what is published.
func TestBatchesAreNotVisible(t *testing.T) {
	first := ""
	for _, batch := range []int{7, 13, 300} {
		l := open(t, t.TempDir())
		grow(t, l, 300, batch)
		dst := t.TempDir()
		if err := l.Publish(t.Context(), dst, nil); err != nil {
			t.Fatal(err)
		}
		wantPublished(t, dst, 300)
		var b strings.Builder
		for name := range board.Files(300) {
			content, err := os.ReadFile(filepath.Join(dst, name))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%s %x\n", name, content)
		}
		if first == "" {
			first = b.String()
		}
		if b.String() != first {
			t.Errorf("batches of %d are published differently", batch)
		}
	}
}

func TestFullTilesAreNotTouched(t *testing.T) {
	l := open(t, t.TempDir())
	dst := t.TempDir()
	grow(t, l, 600, 600)
	if err := l.Publish(t.Context(), dst, nil); err != nil {
		t.Fatal(err)
	}
	full := []string{"tile/0/000", "tile/0/001", "tile/entries/000", "tile/entries/001"}
	before := make(map[string]os.FileInfo)
	for _, name := range full {
		before[name], _ = os.Stat(filepath.Join(dst, name))
	}
	// One that somebody has altered is put right.
	altered := filepath.Join(dst, "tile/entries/001")
	if err := os.WriteFile(altered, []byte("altered"), 0o644); err != nil {
		t.Fatal(err)
	}
	grow(t, l, 800, 200)
	if err := l.Publish(t.Context(), dst, nil); err != nil {
		t.Fatal(err)
	}
	wantPublished(t, dst, 800)
	for _, name := range full[:3] {
		now, err := os.Stat(filepath.Join(dst, name))
		if err != nil || !os.SameFile(before[name], now) {
			t.Errorf("%s was written again (%v)", name, err)
		}
	}
}

func TestForeignFilesAreNotRemoved(t *testing.T) {
	l := open(t, t.TempDir())
	grow(t, l, 3, 3)
	for _, name := range []string{"notes.txt", "tile/0/notes", "tile/0/001", "other/000.p/1", "tile/0/000.p/256", "tile/0/000.p/03", "hq/checkpoint"} {
		dst := t.TempDir()
		path := filepath.Join(dst, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := l.Publish(t.Context(), dst, nil); err == nil {
			t.Errorf("%s: published beside it", name)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != "mine" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if _, err := os.Stat(filepath.Join(dst, "checkpoint")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: a checkpoint was written", name)
		}
	}
}

// At whatever step publishing is interrupted, the checkpoint that is there has
// all its tiles and entries; what is too much goes when it is published again.
func TestPublishInterruptedAtEachStep(t *testing.T) {
	errFault := errors.New("fault")
	left := -1 // steps until the fault; negative for none
	var mu sync.Mutex
	disk := durable.Disk{Before: func(durable.Step, string) error {
		mu.Lock()
		defer mu.Unlock()
		if left == 0 {
			return errFault
		}
		left--
		return nil
	}}
	l, err := openAs(t.TempDir(), origin, logKey, disk)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close(t.Context())
	grow(t, l, 255, 255)
	old := t.TempDir()
	if err := l.Publish(t.Context(), old, nil); err != nil {
		t.Fatal(err)
	}
	grow(t, l, 600, 345)
	if _, err := l.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	sizes := map[uint64]int{}
	for steps := 0; ; steps++ {
		dst := t.TempDir()
		if err := os.CopyFS(dst, os.DirFS(old)); err != nil {
			t.Fatal(err)
		}
		left = steps
		err := l.Publish(t.Context(), dst, nil)
		left = -1
		if err == nil {
			wantPublished(t, dst, 600)
			break
		}
		if !errors.Is(err, errFault) {
			t.Fatal(err)
		}
		b, err := board.Open(os.DirFS(dst), ".", origin, public(logKey), nil)
		if err != nil {
			t.Fatalf("after %d steps: %v", steps, err)
		}
		wantEntries(t, b, b.Size())
		for _, f := range b.Check() {
			if f.Missing || !strings.HasPrefix(f.Text, "does not belong") {
				t.Errorf("after %d steps: %v", steps, f)
			}
		}
		sizes[b.Size()]++
		if err := l.Publish(t.Context(), dst, nil); err != nil {
			t.Fatal(err)
		}
		wantPublished(t, dst, 600)
	}
	if sizes[255] == 0 || sizes[600] == 0 || len(sizes) != 2 {
		t.Errorf("checkpoints after the faults: %v", sizes)
	}
}

func TestLeftoversOfACrashAreRemoved(t *testing.T) {
	l := open(t, t.TempDir())
	grow(t, l, 3, 3)
	dst := t.TempDir()
	if err := l.Publish(t.Context(), dst, nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".tmp-checkpoint.00", "tile/0/000.p/.tmp-3.aa", "tile/0/000.p/2", "tile/5/x001/000.p/9"} {
		path := filepath.Join(dst, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Publish(t.Context(), dst, nil); err != nil {
		t.Fatal(err)
	}
	wantPublished(t, dst, 3)
}

// failing is a witness that cannot be reached.
type failing struct{}

var errAway = errors.New("the witness is away")

func (failing) Cosign(context.Context, uint64, []byte, [][32]byte) ([]byte, error) {
	return nil, errAway
}

func TestWitnessAway(t *testing.T) {
	l := open(t, t.TempDir())
	grow(t, l, 3, 3)
	some := []sequencer.Cosigner{failing{}, openWitness(t, "alice.example/w", "alice")}
	dst := filepath.Join(t.TempDir(), "log")
	if err := l.Publish(t.Context(), dst, some); !errors.Is(err, errAway) {
		t.Errorf("publish: %v", err)
	}
	if _, err := os.Stat(dst); !errors.Is(err, fs.ErrNotExist) {
		t.Error("something was written")
	}
	// The caller may be content with those that answered.
	signed, err := l.Cosign(t.Context(), some)
	if !errors.Is(err, errAway) {
		t.Errorf("cosign: %v", err)
	}
	if err := l.PublishCheckpoint(t.Context(), dst, signed); err != nil {
		t.Fatal(err)
	}
	wantPublished(t, dst, 3, "alice.example/w")
	// Nor is a checkpoint published that is not that of now.
	grow(t, l, 4, 1)
	for _, bad := range [][]byte{signed, nil, []byte("x")} {
		if err := l.PublishCheckpoint(t.Context(), dst, bad); err == nil {
			t.Errorf("published under %q", bad)
		}
	}
	wantPublished(t, dst, 3, "alice.example/w")
}

// stubborn is a witness that always has another size.
type stubborn struct{ asked int }

func (s *stubborn) Cosign(context.Context, uint64, []byte, [][32]byte) ([]byte, error) {
	s.asked++
	return nil, &witness.ConflictError{Size: uint64(s.asked % 2)}
}

func TestWitnessThatNeverAgrees(t *testing.T) {
	l := open(t, t.TempDir())
	grow(t, l, 3, 3)
	w := &stubborn{}
	if _, err := l.Cosign(t.Context(), []sequencer.Cosigner{w}); err == nil || w.asked != 3 {
		t.Errorf("asked %d times, %v", w.asked, err)
	}
	// One that has seen more of this log than there is.
	if _, err := l.Cosign(t.Context(), []sequencer.Cosigner{ahead{}}); err == nil {
		t.Error("a proof from beyond the end")
	}
	// One that answers with something else than its line.
	if _, err := l.Cosign(t.Context(), []sequencer.Cosigner{garbled{}}); err == nil {
		t.Error("a malformed line was taken")
	}
}

type ahead struct{}

func (ahead) Cosign(context.Context, uint64, []byte, [][32]byte) ([]byte, error) {
	return nil, &witness.ConflictError{Size: 99}
}

type garbled struct{}

func (garbled) Cosign(context.Context, uint64, []byte, [][32]byte) ([]byte, error) {
	return []byte("signed, your witness\n"), nil
}
