package durable_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/sandogh/sandogh/internal/durable"
)

// TestErase: the bytes are overwritten where they lie, before the name goes.
func TestErase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "root")
	if err := os.WriteFile(path, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	same, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer same.Close()
	broken := errors.New("broken")
	var steps []durable.Step
	fail := durable.Step("")
	disk := durable.Disk{Before: func(step durable.Step, _ string) error {
		steps = append(steps, step)
		if step == fail {
			return broken
		}
		return nil
	}}
	for _, fail = range []durable.Step{durable.Write, durable.Sync, durable.Unlink} {
		if err := disk.Erase(path); !errors.Is(err, broken) {
			t.Errorf("%s fails: %v", fail, err)
		}
	}
	fail = ""
	steps = nil
	if err := disk.Erase(path); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 6)
	if _, err := same.ReadAt(b, 0); err != nil || !bytes.Equal(b, make([]byte, 6)) {
		t.Errorf("what lay there is %q, %v", b, err)
	}
	if len(steps) != 4 || steps[0] != durable.Write || steps[3] != durable.SyncDir {
		t.Errorf("steps %v", steps)
	}
	if err := disk.Erase(path); err != nil {
		t.Errorf("erased again: %v", err)
	}
}
