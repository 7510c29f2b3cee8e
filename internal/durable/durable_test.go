package durable_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/durable"
)

var (
	errFault   = errors.New("the disk is on fire")
	writeSteps = []durable.Step{durable.Create, durable.Write, durable.Sync, durable.Rename, durable.SyncDir}
	oldContent = bytes.Repeat([]byte("old "), 5000)
	newContent = bytes.Repeat([]byte("new! "), 7000)
)

// failing returns a disk on which one kind of step fails.
func failing(step durable.Step) durable.Disk {
	return durable.Disk{Before: func(s durable.Step, _ string) error {
		if s == step {
			return errFault
		}
		return nil
	}}
}

func TestWriteFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	var steps []durable.Step
	disk := durable.Disk{Before: func(s durable.Step, _ string) error { steps = append(steps, s); return nil }}
	for _, content := range [][]byte{oldContent, newContent, nil} {
		steps = nil
		if err := disk.WriteFile(path, content, 0o640); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, content) {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
		if fmt.Sprint(steps) != fmt.Sprint(writeSteps) {
			t.Errorf("steps %v, want %v", steps, writeSteps)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	onlyFile(t, path)
}

func onlyFile(t *testing.T, path string) {
	t.Helper()
	found, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range found {
		if d.Name() != filepath.Base(path) {
			t.Errorf("%s was left behind", d.Name())
		}
	}
}

func TestWriteFileTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	want := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := (durable.Disk{}).WriteFileTime(path, newContent, 0o600, want); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || !info.ModTime().Equal(want) {
		t.Errorf("time %v, %v", info.ModTime(), err)
	}
}

// A fault at any step is an error, and leaves the old content or the new one
// and no other file.
func TestFaultAtEachStep(t *testing.T) {
	for _, had := range []bool{false, true} {
		for _, step := range writeSteps {
			t.Run(fmt.Sprintf("%s/had=%t", step, had), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "file")
				if had {
					if err := durable.WriteFile(path, oldContent, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				err := failing(step).WriteFile(path, newContent, 0o600)
				if !errors.Is(err, errFault) || !strings.Contains(err.Error(), string(step)) {
					t.Fatalf("error %v", err)
				}
				// The folder is synced after the new content is in place.
				wantContent(t, path, had, step == durable.SyncDir)
				onlyFile(t, path)
			})
		}
	}
}

func wantContent(t *testing.T, path string, had, changed bool) {
	t.Helper()
	got, err := os.ReadFile(path)
	switch {
	case changed:
		if err != nil || !bytes.Equal(got, newContent) {
			t.Errorf("%d bytes, %v; want the new content", len(got), err)
		}
	case had:
		if err != nil || !bytes.Equal(got, oldContent) {
			t.Errorf("%d bytes, %v; want the old content", len(got), err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		t.Errorf("%d bytes, %v; want no file", len(got), err)
	}
}

// The process is killed before each step, as by the loss of power: nothing
// runs that could tidy up.
func TestKilledAtEachStep(t *testing.T) {
	const pathVar, stepVar = "DURABLE_TEST_PATH", "DURABLE_TEST_STEP"
	if path := os.Getenv(pathVar); path != "" {
		disk := durable.Disk{Before: func(s durable.Step, _ string) error {
			if s == durable.Step(os.Getenv(stepVar)) {
				os.Exit(86)
			}
			return nil
		}}
		disk.WriteFile(path, newContent, 0o600)
		os.Exit(0)
	}
	for _, step := range writeSteps {
		t.Run(string(step), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			if err := durable.WriteFile(path, oldContent, 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(os.Args[0], "-test.run=^TestKilledAtEachStep$")
			cmd.Env = append(os.Environ(), pathVar+"="+path, stepVar+"="+string(step))
			var exit *exec.ExitError
			if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != 86 {
				t.Fatalf("the process ended with %v", err)
			}
			wantContent(t, path, true, step == durable.SyncDir)
			found, err := os.ReadDir(filepath.Dir(path))
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range found {
				if d.Name() != "file" && !durable.IsTemp(d.Name()) {
					t.Errorf("%s was left behind and is not recognised", d.Name())
				}
			}
			if durable.IsTemp(path) {
				t.Error("the file itself is taken for a temporary one")
			}
		})
	}
}

func TestMkdirAll(t *testing.T) {
	root := t.TempDir()
	var steps []string
	disk := durable.Disk{Before: func(s durable.Step, path string) error {
		rel, _ := filepath.Rel(root, path)
		steps = append(steps, string(s)+" "+rel)
		return nil
	}}
	path := filepath.Join(root, "a", "b", "c")
	if err := disk.MkdirAll(path, 0o700); err != nil {
		t.Fatal(err)
	}
	want := "[mkdir a syncdir . mkdir a/b syncdir a mkdir a/b/c syncdir a/b]"
	if fmt.Sprint(steps) != want {
		t.Errorf("steps %v, want %v", steps, want)
	}
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		t.Errorf("no folder: %v", err)
	}
	if err := durable.MkdirAll(path, 0o700); err != nil {
		t.Errorf("again: %v", err)
	}
	file := filepath.Join(root, "file")
	if err := durable.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{file, filepath.Join(file, "x")} {
		if err := durable.MkdirAll(bad, 0o700); err == nil {
			t.Errorf("made %s", bad)
		}
	}
	for _, step := range []durable.Step{durable.Mkdir, durable.SyncDir} {
		if err := failing(step).MkdirAll(filepath.Join(root, "x", string(step)), 0o700); !errors.Is(err, errFault) {
			t.Errorf("%s: %v", step, err)
		}
	}
}

func TestRemove(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := durable.WriteFile(path, oldContent, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := failing(durable.Unlink).Remove(path); !errors.Is(err, errFault) {
		t.Errorf("error %v", err)
	}
	wantContent(t, path, true, false)
	if err := durable.Remove(path); err != nil {
		t.Fatal(err)
	}
	wantContent(t, path, false, false)
	if err := durable.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("again: %v", err)
	}
	if err := durable.WriteFile(path, oldContent, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := failing(durable.SyncDir).Remove(path); !errors.Is(err, errFault) {
		t.Errorf("error %v", err)
	}
}

func TestCopyFile(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	if err := durable.CopyFile(to, from, 0o600); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("copied nothing: %v", err)
	}
	if err := durable.WriteFile(from, newContent, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := durable.CopyFile(to, from, 0o600); err != nil {
		t.Fatal(err)
	}
	wantContent(t, to, false, true)
}

func TestAppender(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if _, err := (durable.Disk{}).OpenAppender(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opened nothing: %v", err)
	}
	if err := durable.WriteFile(path, []byte("one "), 0o600); err != nil {
		t.Fatal(err)
	}
	var steps []durable.Step
	var fail durable.Step
	disk := durable.Disk{Before: func(s durable.Step, _ string) error {
		if s == fail {
			return errFault
		}
		steps = append(steps, s)
		return nil
	}}
	a, err := disk.OpenAppender(path)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(a.Append([]byte("two three")))
	ok(a.Truncate(8))
	ok(a.WriteAt([]byte("TWO"), 4))
	if err := a.Allocate(1 << 16); !errors.Is(err, errors.ErrUnsupported) {
		ok(err)
	} else {
		steps = append(steps, durable.Sync)
	}
	if got := fmt.Sprint(steps); got != "[write sync truncate sync write sync allocate sync]" {
		t.Errorf("steps %s", got)
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != "one TWO " || a.Size() != 8 {
		t.Errorf("%q of %d bytes, %v", got, a.Size(), err)
	}
	p := make([]byte, 3)
	if n, err := a.ReadAt(p, 4); err != nil || string(p[:n]) != "TWO" {
		t.Errorf("read %q, %v", p[:n], err)
	}
	for _, off := range []int64{-1, 9} {
		if err := a.WriteAt([]byte("x"), off); err == nil {
			t.Errorf("wrote at %d", off)
		}
	}
	for step, do := range map[durable.Step]func() error{
		durable.Write:    func() error { return a.Append([]byte("x")) },
		durable.Truncate: func() error { return a.Truncate(0) },
		durable.Allocate: func() error { return a.Allocate(1) },
	} {
		fail = step
		if err := do(); !errors.Is(err, errFault) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", step, err)
		}
	}
	fail = durable.Sync
	if err := a.Append([]byte("x")); !errors.Is(err, errFault) {
		t.Errorf("sync: %v", err)
	}
}

func TestErrorsNameThePlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "file")
	if err := durable.WriteFile(path, nil, 0o600); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path[:len(path)-5]) {
		t.Errorf("error %v", err)
	}
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, err := durable.Acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := durable.Acquire(path); !errors.Is(err, durable.ErrLocked) {
		t.Errorf("second lock: %v", err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	second, err := durable.Acquire(path)
	if err != nil {
		t.Fatalf("lock after release: %v", err)
	}
	second.Release()
	if _, err := durable.Acquire(filepath.Join(path, "x")); err == nil || errors.Is(err, durable.ErrLocked) {
		t.Errorf("lock in no folder: %v", err)
	}
}

func BenchmarkWriteFile(b *testing.B) {
	path := filepath.Join(b.TempDir(), "file")
	b.SetBytes(int64(len(newContent)))
	for b.Loop() {
		if err := durable.WriteFile(path, newContent, 0o600); err != nil {
			b.Fatal(err)
		}
	}
}
