package journal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/journal"
	"pgregory.net/rapid"
)

type mark struct {
	Person int    `json:"person"`
	Text   string `json:"text"`
}

// open opens the journal and returns what it replayed.
func open(t testing.TB, disk durable.Disk, path string) (*journal.Journal, []string, error) {
	t.Helper()
	var got []string
	j, err := journal.Open(disk, path, func(kind string, data []byte) error {
		got = append(got, kind+" "+string(data))
		return nil
	})
	if err == nil {
		t.Cleanup(func() { j.Close() })
	}
	return j, got, err
}

// written makes a journal of n records and returns its file and what it holds.
func written(t testing.TB, n int) (path string, want []string, ends []int64) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "journal")
	j, _, err := open(t, durable.Disk{}, path)
	if err != nil {
		t.Fatal(err)
	}
	ends = append(ends, size(t, path))
	for i := range n {
		m := mark{i, strings.Repeat("ن", i)}
		if err := j.Append("mark", m); err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		want, ends = append(want, "mark "+string(data)), append(ends, size(t, path))
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return path, want, ends
}

func size(t testing.TB, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func TestReplay(t *testing.T) {
	path, want, _ := written(t, 20)
	for range 2 {
		j, got, err := open(t, durable.Disk{}, path)
		if err != nil || !slices.Equal(got, want) || j.Cut() != 0 {
			t.Fatalf("%d records, %v, %d bytes cut", len(got), err, j.Cut())
		}
		if n, _ := j.Tip(); n != 20 {
			t.Errorf("%d records", n)
		}
		if _, err := journal.Open(durable.Disk{}, path, nil); !errors.Is(err, durable.ErrLocked) {
			t.Errorf("opened twice: %v", err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if err := j.Append("mark", mark{}); !errors.Is(err, journal.ErrBroken) {
			t.Errorf("append after close: %v", err)
		}
	}
	wrong := errors.New("no such person")
	if _, err := journal.Open(durable.Disk{}, path, func(string, []byte) error { return wrong }); !errors.Is(err, wrong) || !strings.Contains(err.Error(), "record 0 (mark)") {
		t.Errorf("a replay that fails: %v", err)
	}
}

// Wherever the file is cut, the records before the cut are there and the one
// that was cut is gone; and the journal goes on from there.
func TestCutAtEveryByte(t *testing.T) {
	path, want, ends := written(t, 4)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) + 1 {
		for _, zeros := range []int{0, 700} { // a size that is on the disk before its bytes
			torn := append(slices.Clone(whole[:n]), make([]byte, zeros)...)
			if err := os.WriteFile(path, torn, 0o600); err != nil {
				t.Fatal(err)
			}
			kept, _ := slices.BinarySearch(ends, int64(n)+1)
			j, got, err := open(t, durable.Disk{}, path)
			if n < int(ends[0]) {
				var damage *journal.DamageError
				if !errors.As(err, &damage) {
					t.Errorf("cut at %d: %v", n, err)
				}
				continue
			}
			if err != nil {
				t.Fatalf("cut at %d and %d zeros: %v", n, zeros, err)
			}
			if !slices.Equal(got, want[:kept-1]) {
				t.Fatalf("cut at %d and %d zeros: %d records, want %d", n, zeros, len(got), kept-1)
			}
			if wantCut := int64(len(torn)) - ends[kept-1]; j.Cut() != wantCut {
				t.Errorf("cut at %d: %d bytes said, want %d", n, j.Cut(), wantCut)
			}
			if n%40 == 0 {
				if err := j.Append("after", "the cut"); err != nil {
					t.Fatal(err)
				}
				j.Close()
				j, again, err := open(t, durable.Disk{}, path)
				if err != nil || len(again) != kept || again[kept-1] != `after "the cut"` {
					t.Fatalf("after a cut at %d: %q, %v", n, again, err)
				}
				j.Close()
				continue
			}
			j.Close()
		}
	}
}

// A bit that turned is never taken for a record that was not acknowledged.
func TestBitFlips(t *testing.T) {
	path, _, ends := written(t, 4)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		bad := slices.Clone(whole)
		bad[i] ^= 1 << (i % 8)
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := open(t, durable.Disk{}, path)
		var damage *journal.DamageError
		if !errors.As(err, &damage) {
			t.Fatalf("a bit of byte %d turned: %v", i, err)
		}
		in, _ := slices.BinarySearch(ends, int64(i)+1)
		if in > 0 && damage.Offset != ends[in-1] || !strings.Contains(err.Error(), fmt.Sprintf("byte %d", damage.Offset)) {
			t.Errorf("a bit of byte %d turned: offset %d", i, damage.Offset)
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, bad) {
			t.Fatalf("the damaged file was changed, %v", err)
		}
	}
}

func TestRecordsMoved(t *testing.T) {
	path, _, ends := written(t, 4)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	record := func(i int) []byte { return whole[ends[i]:ends[i+1]] }
	head := whole[:ends[0]]
	for name, bad := range map[string][]byte{
		"left out": slices.Concat(head, record(0), record(2), record(3)),
		"swapped":  slices.Concat(head, record(0), record(2), record(1), record(3)),
		"twice":    slices.Concat(head, record(0), record(1), record(1)),
		"junk":     slices.Concat(whole, bytes.Repeat([]byte("junk"), 20)),
	} {
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		var damage *journal.DamageError
		if _, _, err := open(t, durable.Disk{}, path); !errors.As(err, &damage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFaultAtEachStep(t *testing.T) {
	fault := errors.New("the disk is on fire")
	for _, step := range []durable.Step{durable.Create, durable.Write, durable.Sync, durable.Rename, durable.SyncDir} {
		disk := durable.Disk{Before: func(s durable.Step, _ string) error {
			if s == step {
				return fault
			}
			return nil
		}}
		path := filepath.Join(t.TempDir(), "journal")
		if _, _, err := open(t, disk, path); !errors.Is(err, fault) {
			t.Errorf("%s of a new journal: %v", step, err)
		}
	}
	for _, step := range []durable.Step{durable.Write, durable.Sync} {
		path, want, _ := written(t, 3)
		armed := false
		disk := durable.Disk{Before: func(s durable.Step, _ string) error {
			if armed && s == step {
				armed = false // it would work again
				return fault
			}
			return nil
		}}
		j, _, err := open(t, disk, path)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Err(); err != nil {
			t.Fatal(err)
		}
		armed = true
		if err := j.Append("mark", mark{9, "lost"}); !errors.Is(err, fault) || !errors.Is(err, journal.ErrBroken) {
			t.Errorf("%s: %v", step, err)
		}
		for range 2 {
			if err := j.Append("mark", mark{10, "after"}); !errors.Is(err, journal.ErrBroken) {
				t.Errorf("%s, then again: %v", step, err)
			}
		}
		if !errors.Is(j.Err(), journal.ErrBroken) || !errors.Is(j.Reserve(1), journal.ErrBroken) {
			t.Error("it does not say that it is broken")
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		j, got, err := open(t, durable.Disk{}, path)
		if err != nil || len(got) < 3 || len(got) > 4 || !slices.Equal(got[:3], want) {
			t.Fatalf("%s: %q, %v", step, got, err)
		}
		if err := j.Append("mark", mark{11, "on"}); err != nil {
			t.Error(err)
		}
	}
	// The steps of opening one that is torn.
	for _, step := range []durable.Step{durable.Truncate, durable.Write, durable.Sync} {
		path, want, _ := written(t, 3)
		if err := os.Truncate(path, size(t, path)-1); err != nil {
			t.Fatal(err)
		}
		disk := durable.Disk{Before: func(s durable.Step, _ string) error {
			if s == step {
				return fault
			}
			return nil
		}}
		if _, _, err := open(t, disk, path); !errors.Is(err, fault) {
			t.Errorf("%s of a torn journal: %v", step, err)
		}
		if _, got, err := open(t, durable.Disk{}, path); err != nil || !slices.Equal(got, want[:2]) {
			t.Errorf("%s of a torn journal, then again: %q, %v", step, got, err)
		}
	}
}

// The last record is written once more at opening, since a sync that failed may
// have left it in memory alone.
func TestLastRecordIsWrittenAgain(t *testing.T) {
	path, _, ends := written(t, 3)
	var steps []durable.Step
	disk := durable.Disk{Before: func(s durable.Step, p string) error {
		if p == path {
			steps = append(steps, s)
		}
		return nil
	}}
	if _, _, err := open(t, disk, path); err != nil {
		t.Fatal(err)
	}
	if want := []durable.Step{durable.Write, durable.Sync}; !slices.Equal(steps, want) {
		t.Errorf("steps %v, want %v", steps, want)
	}
	if size(t, path) != ends[3] {
		t.Error("the file has another size")
	}
}

func TestReserve(t *testing.T) {
	path, _, ends := written(t, 3)
	j, _, err := open(t, durable.Disk{}, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Reserve(1 << 20); errors.Is(err, errors.ErrUnsupported) {
		t.Skipf("this file system sets nothing aside: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Sys().(*syscall.Stat_t).Blocks * 512; got < 1<<20 || info.Size() != ends[3] {
		t.Errorf("%d bytes on the disk, a size of %d", got, info.Size())
	}
	if err := j.Append("mark", mark{}); err != nil {
		t.Error(err)
	}
	fault := errors.New("no space")
	j.Close()
	disk := durable.Disk{Before: func(s durable.Step, _ string) error {
		if s == durable.Allocate {
			return fault
		}
		return nil
	}}
	if j, _, err = open(t, disk, path); err != nil {
		t.Fatal(err)
	}
	if err := j.Reserve(1); !errors.Is(err, fault) || j.Err() != nil {
		t.Errorf("%v, %v", err, j.Err())
	}
}

func TestRefused(t *testing.T) {
	path, _, _ := written(t, 1)
	j, _, err := open(t, durable.Disk{}, path)
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"no kind":   j.Append("", 1),
		"long kind": j.Append(strings.Repeat("k", 256), 1),
		"long":      j.Append("mark", strings.Repeat("x", 1<<20)),
		"no JSON":   j.Append("mark", make(chan int)),
	} {
		if err == nil || errors.Is(err, journal.ErrBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := j.Append("mark", mark{}); err != nil {
		t.Errorf("after what was refused: %v", err)
	}
}

// Whatever is appended by whomever is replayed in an order that each of them
// agrees with.
func TestConcurrent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j, _, err := open(t, durable.Disk{}, path)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 5 {
				if err := j.Append(fmt.Sprint("g", g), i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	j.Close()
	_, got, err := open(t, durable.Disk{}, path)
	if err != nil || len(got) != 40 {
		t.Fatalf("%d records, %v", len(got), err)
	}
	next := map[string]int{}
	for _, r := range got {
		kind, n, _ := strings.Cut(r, " ")
		if n != fmt.Sprint(next[kind]) {
			t.Errorf("%s: %s, want %d", kind, n, next[kind])
		}
		next[kind]++
	}
}

func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		path := filepath.Join(dir, fmt.Sprint(n))
		kinds := rapid.SliceOfN(rapid.StringN(1, 20, 255), 0, 5).Draw(rt, "kinds")
		values := rapid.SliceOfN(rapid.String(), len(kinds), len(kinds)).Draw(rt, "values")
		j, err := journal.Open(durable.Disk{}, path, nil)
		if err != nil {
			rt.Fatal(err)
		}
		for i, k := range kinds {
			if err := j.Append(k, values[i]); err != nil {
				rt.Fatal(err)
			}
		}
		_, tip := j.Tip()
		j.Close()
		i := 0
		j, err = journal.Open(durable.Disk{}, path, func(kind string, data []byte) error {
			var v string
			if err := json.Unmarshal(data, &v); err != nil {
				return err
			}
			if kind != kinds[i] || v != values[i] {
				return fmt.Errorf("record %d is %q %q", i, kind, v)
			}
			i++
			return nil
		})
		if err != nil || i != len(kinds) {
			rt.Fatalf("%d records, %v", i, err)
		}
		if _, again := j.Tip(); again != tip {
			rt.Error("another tip")
		}
		j.Close()
	})
}

// Any bytes are a journal, or damage: nothing else, and no other error.
func FuzzOpen(f *testing.F) {
	path, _, ends := written(f, 3)
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:ends[2]-1])
	f.Add(whole[:ends[0]])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "journal")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		j, got, err := open(t, durable.Disk{}, path)
		if err != nil {
			var damage *journal.DamageError
			if !errors.As(err, &damage) {
				t.Fatal(err)
			}
			return
		}
		kept, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(data, kept) || int64(len(data)-len(kept)) != j.Cut() {
			t.Fatalf("%d of %d bytes kept, %d cut, %v", len(kept), len(data), j.Cut(), err)
		}
		j.Close()
		if _, again, err := open(t, durable.Disk{}, path); err != nil || !slices.Equal(again, got) {
			t.Fatalf("opened again: %v", err)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	j, err := journal.Open(durable.Disk{}, filepath.Join(b.TempDir(), "journal"), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	for b.Loop() {
		if err := j.Append("mark", mark{1234567, "a desk"}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReplay(b *testing.B) {
	path, _, _ := written(b, 100)
	for b.Loop() {
		j, err := journal.Open(durable.Disk{}, path, func(string, []byte) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
		j.Close()
	}
}
