package durable_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/sandogh/sandogh/internal/durable"
)

// TestBatch: few files and many, new and old, from several goroutines.
func TestBatch(t *testing.T) {
	for _, n := range []int{0, 1, 200} {
		dir := t.TempDir()
		b := durable.Disk{}.NewBatch()
		errs := make(chan error, n)
		for i := range n {
			go func() {
				errs <- b.Put(filepath.Join(dir, fmt.Sprint(i)), []byte{byte(i)}, 0o644)
			}()
		}
		for range n {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
		if b.Len() != n {
			t.Errorf("%d files were put, not %d", b.Len(), n)
		}
		if _, err := os.Stat(filepath.Join(dir, "0")); err == nil {
			t.Error("a file is there before the batch is committed")
		}
		if err := b.Commit(); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if data, err := os.ReadFile(filepath.Join(dir, fmt.Sprint(i))); err != nil || len(data) != 1 || data[0] != byte(i) {
				t.Errorf("file %d holds %v, %v", i, data, err)
			}
		}
		if entries, _ := os.ReadDir(dir); len(entries) != n {
			t.Errorf("%d files in the folder, not %d", len(entries), n)
		}
	}
}

// TestBatchFails: whatever step fails, every file has its old content or the new
// one, and no temporary file stays.
func TestBatchFails(t *testing.T) {
	lost := errors.New("the disk is gone")
	for _, many := range []int{3, 100} {
		for _, step := range []durable.Step{durable.Create, durable.Write, durable.Sync, durable.Rename, durable.SyncDir} {
			for _, at := range []int{1, 2, many} {
				dir, n := t.TempDir(), 0
				for i := range many {
					if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), []byte("old"), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				d := durable.Disk{Before: func(s durable.Step, _ string) error {
					if s == step {
						if n++; n == at {
							return lost
						}
					}
					return nil
				}}
				b := d.NewBatch()
				var err error
				for i := range many {
					if err = b.Put(filepath.Join(dir, fmt.Sprint(i)), []byte("new"), 0o644); err != nil {
						break
					}
				}
				if err != nil {
					if err := b.Discard(); err != nil {
						t.Fatal(err)
					}
				} else {
					err = b.Commit()
				}
				if n >= at && !errors.Is(err, lost) {
					t.Errorf("%s %d of %d files: %v", step, at, many, err)
				}
				for i := range many {
					if data, _ := os.ReadFile(filepath.Join(dir, fmt.Sprint(i))); string(data) != "old" && string(data) != "new" {
						t.Errorf("%s %d: file %d holds %q", step, at, i, data)
					}
				}
				if entries, _ := os.ReadDir(dir); len(entries) != many {
					t.Errorf("%s %d: %d files in the folder, not %d", step, at, len(entries), many)
				}
			}
		}
	}
}

// TestBatchFolders: folders are made, many at once.
func TestBatchFolders(t *testing.T) {
	dir := t.TempDir()
	b := durable.Disk{}.NewBatch()
	for i := range 100 {
		folder := filepath.Join(dir, "a", fmt.Sprint(i), "b")
		if err := b.Folder(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := b.Put(filepath.Join(folder, "f"), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "a", "*", "b", "f")); len(found) != 100 {
		t.Errorf("%d files, not 100", len(found))
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := (durable.Disk{}).NewBatch().Folder(filepath.Join(dir, "file", "b"), 0o755); err == nil {
		t.Error("a folder is made in a file")
	}
}
