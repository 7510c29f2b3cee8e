package wasm_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/site/wasm"
)

func TestBuild(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: nothing is compiled")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	root := filepath.Join("..", "..", "..")
	begun := time.Now()
	m, err := wasm.Build(ctx, root)
	if err != nil {
		t.Fatal(err)
	}
	packed, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes, %d packed, in %.1f s, SHA-256 %s", len(m.Wasm), len(packed), time.Since(begun).Seconds(), m.Hash())
	if len(packed) > 3<<20 {
		t.Errorf("packed it has %d bytes: too large to ask of a reader", len(packed))
	}
	again, err := wasm.Build(ctx, root) // in another folder: the same bytes
	if err != nil || again.Hash() != m.Hash() {
		t.Errorf("a second build gives %s, %v", again.Hash(), err)
	}
	file := filepath.Join(t.TempDir(), "verifier.zip")
	if err := os.WriteFile(file, packed, 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := wasm.Read(file)
	if err != nil || !bytes.Equal(read.Wasm, m.Wasm) || !bytes.Equal(read.Script, m.Script) {
		t.Errorf("packed and read it is another: %v", err)
	}
}

func TestRefuses(t *testing.T) {
	if _, err := wasm.Build(context.Background(), t.TempDir()); !errors.Is(err, wasm.ErrNoSource) {
		t.Errorf("built from nothing: %v", err)
	}
	if _, err := wasm.Build(context.Background(), "."); !errors.Is(err, wasm.ErrNoSource) {
		t.Errorf("built from a part of the source: %v", err)
	}
	file := filepath.Join(t.TempDir(), "x.zip")
	empty, err := (&wasm.Module{}).Pack()
	if err != nil {
		t.Fatal(err)
	}
	for what, b := range map[string][]byte{"nothing": nil, "noise": []byte("noise"), "no wasm": empty} {
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := wasm.Read(file); err == nil {
			t.Errorf("%s is read", what)
		}
	}
	if _, err := wasm.Read(file + "x"); err == nil {
		t.Error("a file that is not there is read")
	}
}
