package vault_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/durable"
	. "github.com/sandogh/sandogh/internal/terminal/vault"
	"github.com/sandogh/sandogh/spec"
)

func definition(t testing.TB) *election.Definition {
	t.Helper()
	data, err := spec.Examples.ReadFile("examples/definition.json")
	if err != nil {
		t.Fatal(err)
	}
	def, err := election.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return def
}

var key = elgamal.NewKey(group.Hash("election key", 0))

// prepared is the folder of a device that is ready.
func prepared(t testing.TB, disk durable.Disk) *Vault {
	t.Helper()
	v, err := Create(disk, filepath.Join(t.TempDir(), "d1"), "1", "1-d1", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Prepare(definition(t), key, 20, []byte("dice")); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVault(t *testing.T) {
	v := prepared(t, durable.Disk{})
	if err := v.Prepare(definition(t), key, 20, nil); err != nil {
		t.Errorf("prepared again: %v", err)
	}
	other := definition(t)
	other.Practice = !other.Practice
	if err := v.Prepare(other, key, 20, nil); err == nil {
		t.Error("prepared for two elections")
	}
	again, err := Open(durable.Disk{}, v.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if again.Public() != v.Public() || again.Branch != "1" || again.Device != "1-d1" || again.Limit != 20 || again.Definition.ID() != v.Definition.ID() || !bytes.Equal(again.Election.Element().Bytes(), key.Element().Bytes()) {
		t.Error("another device came back")
	}
	a, err := v.Root()
	if err != nil {
		t.Fatal(err)
	}
	b, err := again.Root()
	if err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Errorf("another root: %v", err)
	}
	files, err := os.ReadDir(v.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", f.Name(), info.Mode(), err)
		}
	}
	if err := v.EraseRoot(); err != nil {
		t.Fatal(err)
	}
	if err := v.EraseRoot(); err != nil {
		t.Errorf("erased again: %v", err)
	}
	if _, err := again.Root(); !errors.Is(err, ErrClosed) {
		t.Errorf("after erasing: %v", err)
	}
}

func TestMark(t *testing.T) {
	v := prepared(t, durable.Disk{})
	for _, next := range []uint64{0, 1, 1, 7} {
		if err := v.SetMark(next); err != nil {
			t.Fatal(err)
		}
		if got, err := v.Mark(); err != nil || got != next {
			t.Errorf("mark %d, %v", got, err)
		}
	}
	if err := v.SetMark(6); err == nil || !strings.Contains(err.Error(), "older copy") {
		t.Errorf("back to 6: %v", err)
	}
	if got, _ := v.Mark(); got != 7 {
		t.Errorf("mark %d", got)
	}
}

// TestCuts fails each step of preparing, as a loss of power does: the device is
// prepared or it is not, and preparing again makes it so.
func TestCuts(t *testing.T) {
	broken := errors.New("broken")
	for at := 1; ; at++ {
		steps := 0
		disk := durable.Disk{Before: func(durable.Step, string) error {
			if steps++; steps == at {
				return broken
			}
			return nil
		}}
		dir := filepath.Join(t.TempDir(), "d1")
		v, err := Create(disk, dir, "1", "1-d1", nil)
		if err == nil {
			err = v.Prepare(definition(t), key, 20, nil)
		}
		if err == nil {
			if at < 15 {
				t.Errorf("only %d steps", at)
			}
			return
		}
		if !errors.Is(err, broken) {
			t.Fatalf("step %d: %v", at, err)
		}
		again, err := Open(durable.Disk{}, dir)
		if err != nil {
			if again, err = Create(durable.Disk{}, dir, "1", "1-d1", nil); err != nil {
				t.Errorf("step %d: neither a key nor none: %v", at, err)
				continue
			}
		}
		if _, err := again.Root(); again.Definition == nil && !errors.Is(err, ErrNotPrepared) {
			t.Errorf("step %d: a root without an election: %v", at, err)
		}
		if err := again.Prepare(definition(t), key, 20, nil); err != nil {
			t.Errorf("step %d: %v", at, err)
		}
		if _, err := again.Root(); err != nil {
			t.Errorf("step %d: %v", at, err)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range [][2]string{{"a b", "d"}, {"1", ""}, {"1", "../d"}} {
		if _, err := Create(durable.Disk{}, t.TempDir(), c[0], c[1], nil); err == nil {
			t.Errorf("%q is taken", c)
		}
	}
	v := prepared(t, durable.Disk{})
	if _, err := Create(durable.Disk{}, v.Dir, "1", "1-d1", nil); err == nil || !strings.Contains(err.Error(), "never overwritten") {
		t.Errorf("a key is overwritten: %v", err)
	}
	for name, content := range map[string]string{"key": `{"branch":"1","device":"1-d1","seed":"00"}`, "election": `{}`, "definition.cbor": "x"} {
		v := prepared(t, durable.Disk{})
		if err := os.WriteFile(filepath.Join(v.Dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(durable.Disk{}, v.Dir); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
	for _, content := range []string{"", "short", strings.Repeat("x", 33)} {
		if err := os.WriteFile(filepath.Join(v.Dir, "root"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Root(); err == nil {
			t.Errorf("a root of %d bytes is taken", len(content))
		}
	}
	if _, err := Open(durable.Disk{}, t.TempDir()); err == nil {
		t.Error("an empty folder is a device")
	}
}

func TestRedacted(t *testing.T) {
	v := prepared(t, durable.Disk{})
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
	b, err := v.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	seed := fmt.Sprintf("%x", v.Key.Seed())
	for _, text := range []string{fmt.Sprintf("%v %+v %#v", v, *v, v), string(b), log.String()} {
		if strings.Contains(text, seed) || !strings.Contains(text, "vault[REDACTED]") {
			t.Errorf("prints as %s", text)
		}
	}
}
