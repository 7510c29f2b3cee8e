package board_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"path"
	"testing"
	"testing/fstest"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// The logs of these tests are built by golang.org/x/mod/sumdb alone, apart from
// the code under test: hashes by tlog, checkpoints by note, paths by hand.

const origin = "sandogh/00ff/branch/800"

func testKey(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

var logKey = testKey("log")

// noteSigner makes x/mod's own signer of a raw key, through its text form.
func noteSigner(t testing.TB, name string, key ed25519.PrivateKey) note.Signer {
	t.Helper()
	h := sha256.New()
	fmt.Fprintf(h, "%s\n\x01%s", name, public(key))
	skey := fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", name, binary.BigEndian.Uint32(h.Sum(nil)),
		base64.StdEncoding.EncodeToString(append([]byte{1}, key.Seed()...)))
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func signNote(t testing.TB, text string) []byte {
	t.Helper()
	signed, err := note.Sign(&note.Note{Text: text}, noteSigner(t, origin, logKey))
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func checkpointText(size int64, root tlog.Hash) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin, size, root)
}

// entry is the content of entry i of a plain log: short, of varying length.
func entry(i int) []byte {
	return fmt.Appendf(nil, "entry %d %s", i, bytes.Repeat([]byte{'.'}, i%7))
}

type tree struct{ hashes []tlog.Hash }

func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = t.hashes[x]
	}
	return out, nil
}

func (t *tree) add(tb testing.TB, n int64, data []byte) {
	h, err := tlog.StoredHashes(n, data, t)
	if err != nil {
		tb.Fatal(err)
	}
	t.hashes = append(t.hashes, h...)
}

func (t *tree) root(tb testing.TB, n int64) tlog.Hash {
	h, err := tlog.TreeHash(n, t)
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// build returns the published form of a log of n entries in the folder dir.
func build(t testing.TB, dir string, n int, entry func(int) []byte) (fstest.MapFS, *tree) {
	t.Helper()
	fsys := fstest.MapFS{}
	put := func(name string, data []byte) { fsys[path.Join(dir, name)] = &fstest.MapFile{Data: data, Mode: 0o644} }
	tr := &tree{}
	var bundle []byte
	for i := range n {
		data := entry(i)
		tr.add(t, int64(i), data)
		bundle = binary.BigEndian.AppendUint16(bundle, uint16(len(data)))
		bundle = append(bundle, data...)
		if i%256 == 255 || i == n-1 {
			put("tile/entries/"+number(i/256, i%256+1), bundle)
			bundle = nil
		}
	}
	for _, tile := range tlog.NewTiles(8, 0, int64(n)) {
		data, err := tlog.ReadTileData(tile, tr)
		if err != nil {
			t.Fatal(err)
		}
		put(fmt.Sprintf("tile/%d/%s", tile.L, number(int(tile.N), tile.W)), data)
	}
	put("checkpoint", signNote(t, checkpointText(int64(n), tr.root(t, int64(n)))))
	return fsys, tr
}

// number writes an index below a million as the C2SP path says.
func number(i, width int) string {
	s := fmt.Sprintf("%03d", i%1000)
	if i >= 1000 {
		s = fmt.Sprintf("x%03d/%s", i/1000, s)
	}
	if width < 256 {
		s += fmt.Sprintf(".p/%d", width)
	}
	return s
}

func clone(fsys fstest.MapFS) fstest.MapFS {
	out := fstest.MapFS{}
	for name, f := range fsys {
		g := *f
		g.Data = bytes.Clone(f.Data)
		out[name] = &g
	}
	return out
}
