package sequencer_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/sequencer"
	"go.uber.org/goleak"
)

// Everything that a log starts ends with it: nothing is to be excused here.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const origin = "sandogh/00ff/branch/800"

func testKey(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

var logKey = testKey("log")

func openAs(dir, origin string, key ed25519.PrivateKey, disk durable.Disk) (*sequencer.Log, error) {
	s, err := sequencer.NewSigner(origin, key)
	if err != nil {
		return nil, err
	}
	return sequencer.Open(context.Background(), dir, s, public(key), sequencer.Options{Disk: disk})
}

func open(t testing.TB, dir string) *sequencer.Log {
	t.Helper()
	l, err := openAs(dir, origin, logKey, durable.Disk{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(context.Background()) })
	return l
}

func entry(i uint64) []byte { return fmt.Appendf(nil, "entry %d", i) }

// grow appends numbered entries in batches until the log has n.
func grow(t testing.TB, l *sequencer.Log, n uint64, batch int) {
	t.Helper()
	size, err := l.Size(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for size < n {
		var entries [][]byte
		for i := size; i < n && len(entries) < batch; i++ {
			entries = append(entries, entry(i))
		}
		first, err := l.Append(t.Context(), entries...)
		if err != nil {
			t.Fatal(err)
		}
		if first != size {
			t.Fatalf("the first entry is %d, want %d", first, size)
		}
		size += uint64(len(entries))
	}
}

// wantEntries checks that a log holds the numbered entries 0 to n−1.
func wantEntries(t testing.TB, l *board.Log, n uint64) {
	t.Helper()
	if l.Size() != n {
		t.Errorf("size %d, want %d", l.Size(), n)
	}
	next := uint64(0)
	for e, err := range l.Entries(0, l.Size()) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Index != next || !bytes.Equal(e.Data, entry(next)) {
			t.Fatalf("entry %d is %d %q", next, e.Index, e.Data)
		}
		next++
	}
}

func TestAppendAndOpenAgain(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		n     uint64
		batch int
	}{{0, 1}, {3, 1}, {3, 1}, {10, 7}, {255, 300}, {258, 2}, {1500, 100}, {6000, 3000}} {
		l := open(t, dir)
		grow(t, l, c.n, c.batch)
		size, err := l.Size(t.Context())
		if err != nil || size != c.n {
			t.Fatalf("size %d, %v", size, err)
		}
		signed, err := l.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		cp, err := board.ParseCheckpoint(signed, origin, public(logKey), nil)
		if err != nil || cp.Size != c.n {
			t.Fatalf("checkpoint of %d, %v", cp.Size, err)
		}
		if again, err := l.Checkpoint(t.Context()); err != nil || !bytes.Equal(again, signed) {
			t.Errorf("another checkpoint %q, %v", again, err)
		}
		view, err := l.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		wantEntries(t, view, c.n)
		if faults, err := view.Scan(func(board.Entry) error { return nil }); err != nil || len(faults) > 0 {
			t.Errorf("faults %v, %v", faults, err)
		}
		if err := l.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// A view stays good while the log grows past it.
func TestViewOutlivesGrowth(t *testing.T) {
	l := open(t, t.TempDir())
	grow(t, l, 100, 100)
	view, err := l.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	grow(t, l, 700, 50)
	wantEntries(t, view, 100)
	later, err := l.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if root, err := later.RootAt(100); err != nil || root != view.Checkpoint().Root {
		t.Errorf("root %x, %v", root, err)
	}
}

func TestRefusedEntries(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	grow(t, l, 2, 2)
	before := snapshot(t, dir)
	for _, size := range []int{0, board.MaxEntry + 1, 65535, 65536} {
		_, err := l.Append(t.Context(), entry(2), make([]byte, size), entry(3))
		if !errors.Is(err, sequencer.ErrEntrySize) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	if after := snapshot(t, dir); after != before {
		t.Errorf("something was written:\n%s\n%s", before, after)
	}
	if first, err := l.Append(t.Context()); err != nil || first != 2 {
		t.Errorf("no entries: %d, %v", first, err)
	}
	if first, err := l.Append(t.Context(), make([]byte, board.MaxEntry)); err != nil || first != 2 {
		t.Errorf("the longest entry: %d, %v", first, err)
	}
}

// snapshot lists a folder with sizes and times.
func snapshot(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintln(&b, path, info.Size(), info.ModTime().UnixNano())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRefusedFolders(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	grow(t, l, 2, 2)
	if _, err := openAs(dir, origin, logKey, durable.Disk{}); !errors.Is(err, sequencer.ErrInUse) {
		t.Errorf("opened twice: %v", err)
	}
	l.Close(t.Context())
	if _, err := openAs(dir, origin, testKey("other"), durable.Disk{}); !errors.Is(err, sequencer.ErrOtherKey) {
		t.Errorf("another key: %v", err)
	}
	if _, err := openAs(dir, "sandogh/00ff/hq", logKey, durable.Disk{}); !errors.Is(err, sequencer.ErrOtherKey) {
		t.Errorf("another origin: %v", err)
	}
	s, err := sequencer.NewSigner(origin, logKey)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sequencer.Open(t.Context(), t.TempDir(), s, public(testKey("other")), sequencer.Options{}); err == nil {
		t.Error("a signer and a key that do not belong together")
	}
	// A refusal leaves the log as it was, and free.
	l = open(t, dir)
	grow(t, l, 5, 1)

	l.Close(t.Context())
	if err := os.Remove(filepath.Join(dir, "signed")); err != nil {
		t.Fatal(err)
	}
	if _, err := openAs(dir, origin, logKey, durable.Disk{}); err == nil {
		t.Error("a tree that does not say whose it is")
	}
}

// A tree put back from an older copy, or another tree, must not be signed: a
// witness would never cosign again, and the log would convict itself.
func TestDoesNotContradictItself(t *testing.T) {
	for _, c := range []struct {
		name    string
		size    uint64
		altered bool
	}{{"rolled back", 3, false}, {"another tree of the size", 10, true}, {"another, larger tree", 15, true}} {
		t.Run(c.name, func(t *testing.T) {
			dir, other := t.TempDir(), t.TempDir()
			l := open(t, dir)
			grow(t, l, 10, 10)
			if _, err := l.Checkpoint(t.Context()); err != nil {
				t.Fatal(err)
			}
			l.Close(t.Context())

			l = open(t, other)
			if c.altered {
				if _, err := l.Append(t.Context(), []byte("another first entry")); err != nil {
					t.Fatal(err)
				}
			}
			grow(t, l, c.size, 20)
			l.Close(t.Context())

			if err := os.RemoveAll(filepath.Join(dir, "tree")); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(filepath.Join(dir, "tree"), os.DirFS(filepath.Join(other, "tree"))); err != nil {
				t.Fatal(err)
			}
			if _, err := openAs(dir, origin, logKey, durable.Disk{}); err == nil {
				t.Error("the log was opened")
			}
		})
	}
}

func TestFailureLeavesTheLogInDoubt(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	grow(t, l, 3, 3)
	bundle := filepath.Join(dir, "tree", "tile", "entries", "000.p", "3")
	content, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(bundle); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), entry(3)); err == nil || errors.Is(err, sequencer.ErrBroken) {
		t.Fatalf("appended to a damaged tree: %v", err)
	}
	// Repaired or not, this log gives no further answer.
	if err := os.WriteFile(bundle, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), entry(3)); !errors.Is(err, sequencer.ErrBroken) {
		t.Errorf("append: %v", err)
	}
	if _, err := l.Size(t.Context()); !errors.Is(err, sequencer.ErrBroken) {
		t.Errorf("size: %v", err)
	}
	if _, err := l.Checkpoint(t.Context()); !errors.Is(err, sequencer.ErrBroken) {
		t.Errorf("checkpoint: %v", err)
	}
	l.Close(t.Context())
	l = open(t, dir)
	grow(t, l, 6, 1)
	view, err := l.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantEntries(t, view, 6)
}

func TestFaultInSigning(t *testing.T) {
	for _, step := range []durable.Step{durable.Create, durable.Write, durable.Sync, durable.Rename, durable.SyncDir} {
		dir := t.TempDir()
		armed := false
		l, err := openAs(dir, origin, logKey, durable.Disk{Before: func(s durable.Step, _ string) error {
			if armed && s == step {
				return errors.New("fault")
			}
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		grow(t, l, 5, 5)
		armed = true
		if signed, err := l.Checkpoint(t.Context()); err == nil {
			t.Errorf("%s: signed %q", step, signed)
		}
		l.Close(t.Context())
		l = open(t, dir)
		view, err := l.Read(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		wantEntries(t, view, 5)
	}
}

func TestClosed(t *testing.T) {
	l := open(t, t.TempDir())
	grow(t, l, 1, 1)
	for range 2 {
		if err := l.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if _, err := l.Append(t.Context(), entry(1)); !errors.Is(err, sequencer.ErrClosed) {
		t.Errorf("append: %v", err)
	}
	if _, err := l.Checkpoint(t.Context()); !errors.Is(err, sequencer.ErrClosed) {
		t.Errorf("checkpoint: %v", err)
	}
	if err := l.Publish(t.Context(), t.TempDir(), nil); !errors.Is(err, sequencer.ErrClosed) {
		t.Errorf("publish: %v", err)
	}
	l = open(t, t.TempDir())
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Append(ended, entry(0)); !errors.Is(err, context.Canceled) {
		t.Errorf("append in an ended context: %v", err)
	}
	if size, err := l.Size(t.Context()); err != nil || size != 0 {
		t.Errorf("size %d, %v", size, err)
	}
}

// Batches of several callers do not interleave.
func TestConcurrentAppends(t *testing.T) {
	l := open(t, t.TempDir())
	const callers, rounds = 8, 12
	type span struct {
		first uint64
		tag   string
		n     int
	}
	spans := make(chan span, callers*rounds)
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for r := range rounds {
				tag, n := fmt.Sprint(c, " ", r), 1+(c*7+r*3)%20
				var entries [][]byte
				for i := range n {
					entries = append(entries, fmt.Appendf(nil, "%s %d", tag, i))
				}
				first, err := l.Append(context.Background(), entries...)
				if err != nil {
					t.Error(err)
					return
				}
				spans <- span{first, tag, n}
			}
		})
	}
	wg.Wait()
	close(spans)
	view, err := l.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for s := range spans {
		total += s.n
		i := 0
		for e, err := range view.Entries(s.first, s.first+uint64(s.n)) {
			if want := fmt.Sprint(s.tag, " ", i); err != nil || string(e.Data) != want {
				t.Fatalf("entry %d is %q, want %q (%v)", e.Index, e.Data, want, err)
			}
			i++
		}
	}
	if view.Size() != uint64(total) {
		t.Errorf("size %d, want %d", view.Size(), total)
	}
}

// A country's logs are open in one process: an idle log costs no goroutine.
func TestManyLogs(t *testing.T) {
	dir := t.TempDir()
	before := goleak.IgnoreCurrent()
	var logs []*sequencer.Log
	for i := range 60 {
		name := fmt.Sprintf("sandogh/00ff/branch/%d", i)
		l, err := openAs(filepath.Join(dir, fmt.Sprint(i)), name, testKey(name), durable.Disk{})
		if err != nil {
			t.Fatal(err)
		}
		logs = append(logs, l)
		grow(t, l, 2, 2)
	}
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
	for _, l := range logs {
		if err := l.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestSigner(t *testing.T) {
	for _, bad := range []string{"", "two words", "a+b", "line\nfeed", "\xff"} {
		if _, err := sequencer.NewSigner(bad, logKey); err == nil {
			t.Errorf("a signer of the name %q", bad)
		}
	}
	if _, err := sequencer.NewSigner(origin, logKey[:32]); err == nil {
		t.Error("a signer with half a key")
	}
	s, err := sequencer.NewSigner(origin, logKey)
	if err != nil {
		t.Fatal(err)
	}
	v := board.NewVerifier(origin, public(logKey))
	sig, err := s.Sign([]byte("text\n"))
	if err != nil || !v.Verify([]byte("text\n"), sig) || s.KeyHash() != v.KeyHash() || s.Name() != origin {
		t.Errorf("the verifier does not know the signer: %v", err)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%v %+v %#v %s %d %x %q", s, s, s, s, s, s, s)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "s", s)
	j, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(j)
	seed := logKey.Seed()
	for _, form := range []string{fmt.Sprintf("%x", seed[:8]), fmt.Sprint(seed[0], " ", seed[1], " ", seed[2]), string(seed[:8])} {
		if strings.Contains(out.String(), form) {
			t.Errorf("the key is in %q", out.String())
		}
	}
}

func benchmarkAppend(b *testing.B, n int) {
	l := open(b, b.TempDir())
	entries := make([][]byte, n)
	for i := range entries {
		entries[i] = bytes.Repeat([]byte{byte(i)}, 200)
	}
	for b.Loop() {
		if _, err := l.Append(b.Context(), entries...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

func BenchmarkAppend1(b *testing.B)    { benchmarkAppend(b, 1) }
func BenchmarkAppend64(b *testing.B)   { benchmarkAppend(b, 64) }
func BenchmarkAppend1000(b *testing.B) { benchmarkAppend(b, 1000) }
