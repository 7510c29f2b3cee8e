package tamper_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	bodies "github.com/sandogh/sandogh/internal/body"
)

// TestIdentityHidesItsKeys: of a body's keys, state and passphrase nothing is
// in its folder in the open, in its cards, in what it prints, or in the errors
// of opening it.
func TestIdentityHidesItsKeys(t *testing.T) {
	const passphrase = "nine words that are nowhere else to be found"
	dir := t.TempDir()
	x := must(bodies.New(bodies.Trustee, "t1", bodies.Signing, bodies.Shares))
	must(x.Create(dir, passphrase, bodies.MinWork))
	share := good().secrets[0].Bytes()
	succeed(x.Save("share", good().id, share))

	c := newCanaries()
	c.add("signing key", x.Key(bodies.Signing).Seed())
	c.add("key for shares", must(x.ShareKey()).Bytes())
	c.add("share", share)
	c.add("passphrase", []byte(passphrase))

	files := 0
	succeed(filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		if found := c.find(must(os.ReadFile(path))); found != "" {
			t.Errorf("%s: %s", path, found)
		}
		return nil
	}))
	if files < 3 {
		t.Errorf("only %d files were searched", files)
	}
	if found := c.find(said(t, x)); found != "" {
		t.Errorf("printed: %s", found)
	}

	path := filepath.Join(dir, bodies.IdentityFile)
	whole := must(os.ReadFile(path))
	open := func(kind bodies.Kind, passphrase string, data []byte) error {
		succeed(os.WriteFile(path, data, 0o600))
		_, err := bodies.Open(dir, kind, passphrase)
		return err
	}
	_, again := x.Create(dir, passphrase, bodies.MinWork)
	damaged := bytes.Clone(whole)
	damaged[len(damaged)-20] ^= 1
	for name, err := range map[string]error{
		"another passphrase": open(bodies.Trustee, passphrase+" not", whole),
		"no passphrase":      open(bodies.Trustee, "", whole),
		"another kind":       open(bodies.Mixer, passphrase, whole),
		"damaged":            open(bodies.Trustee, passphrase, damaged),
		"cut short":          open(bodies.Trustee, passphrase, whole[:len(whole)-1]),
		"in the open":        open(bodies.Trustee, passphrase, fmt.Appendf(nil, `{"keys":{"signing":"%x"}}`, x.Key(bodies.Signing).Seed())),
		"made again":         again,
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			if found := c.find(fmt.Appendf(nil, "%v\n%+v\n%#v", e, e, e)); found != "" {
				t.Errorf("%s tells %s: %v", name, found, e)
			}
		}
	}
	if err := open(bodies.Trustee, passphrase, whole); err != nil {
		t.Errorf("as it was: %v", err)
	}
	// The search finds the passphrase and a key where they are.
	if c.find(fmt.Appendf(nil, "(%s)", passphrase)) == "" || c.find(x.Key(bodies.Signing)) == "" {
		t.Error("what is in the open was not found")
	}
}
