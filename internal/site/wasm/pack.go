package wasm

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Names of the files in a packed module.
const (
	wasmName   = "verifier.wasm"
	scriptName = "wasm_exec.js"
)

// maxPacked bounds the bytes of either file.
const maxPacked = 64 << 20

// Pack returns the module as one zip file, always with the same bytes.
func (m *Module) Pack() ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range []struct {
		name string
		data []byte
	}{{wasmName, m.Wasm}, {scriptName, m.Script}} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: time.Unix(946684800, 0).UTC()})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}

// Read reads a packed module from a file.
func Read(path string) (*Module, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the verifier for browsers: %w", err)
	}
	m, err := unpack(b)
	if err != nil {
		return nil, fmt.Errorf("read the verifier for browsers: %s: %w: name a file that sandogh site wasm has made", path, err)
	}
	return m, nil
}

func unpack(b []byte) (*Module, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	read := func(name string) ([]byte, error) {
		f, err := z.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		b, err := io.ReadAll(io.LimitReader(f, maxPacked+1))
		if err == nil && len(b) > maxPacked {
			err = fmt.Errorf("%s has more than %d bytes", name, maxPacked)
		}
		return b, err
	}
	m := &Module{}
	if m.Wasm, err = read(wasmName); err != nil {
		return nil, err
	}
	if m.Script, err = read(scriptName); err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(m.Wasm, []byte("\x00asm\x01\x00\x00\x00")) {
		return nil, errors.New("it holds no WebAssembly")
	}
	return m, nil
}
