package witness_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/witness"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

const (
	origin = "sandogh/00ff/hq"
	name   = "alice.example/w"
)

func testKey(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

var (
	logKey     = testKey("log")
	witnessKey = testKey("witness")
	clock      = func() time.Time { return time.Unix(1_700_000_000, 5) }
)

func logs(o string) (ed25519.PublicKey, bool) {
	if o != origin {
		return nil, false
	}
	return public(logKey), true
}

// tree is a log of the test's making: entries that differ after the fork.
type tree struct{ hashes []tlog.Hash }

func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = t.hashes[x]
	}
	return out, nil
}

func newTree(n, fork int) *tree {
	t := &tree{}
	for i := range n {
		data := fmt.Sprint("entry ", i)
		if i >= fork {
			data += " of the fork"
		}
		h, err := tlog.StoredHashes(int64(i), []byte(data), t)
		if err != nil {
			panic(err)
		}
		t.hashes = append(t.hashes, h...)
	}
	return t
}

func (t *tree) checkpoint(size int) []byte {
	root, err := tlog.TreeHash(int64(size), t)
	if err != nil {
		panic(err)
	}
	return sign(origin, logKey, size, root)
}

func sign(origin string, key ed25519.PrivateKey, size int, root [32]byte) []byte {
	text := board.FormatCheckpoint(origin, uint64(size), root)
	line := board.FormatSignatureLine(origin, board.KeyID(origin, board.AlgEd25519, public(key)), ed25519.Sign(key, text))
	return append(append(text, '\n'), line...)
}

func (t *tree) proof(old, size int) [][32]byte {
	if old == 0 || old == size {
		return nil
	}
	p, err := tlog.ProveTree(int64(size), int64(old), t)
	if err != nil {
		panic(err)
	}
	out := make([][32]byte, len(p))
	for i := range p {
		out[i] = p[i]
	}
	return out
}

func open(t *testing.T, dir string) *witness.Witness {
	t.Helper()
	w, err := witness.New(dir, name, witnessKey, logs, clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// wantCosigned checks that the line is the witness's cosignature.
func wantCosigned(t *testing.T, checkpoint, line []byte) {
	t.Helper()
	signed, err := board.AddCosignatures(checkpoint, line)
	if err != nil {
		t.Fatal(err)
	}
	c, err := board.ParseCheckpoint(signed, origin, public(logKey), []board.Witness{{Name: name, Key: public(witnessKey)}})
	if err != nil || len(c.Cosigned) != 1 || c.Times[0] != 1_700_000_000 {
		t.Fatalf("cosigned %v at %v, %v", c.Cosigned, c.Times, err)
	}
}

func TestCosignsWhatExtends(t *testing.T) {
	dir := t.TempDir()
	tr := newTree(700, 700)
	old := 0
	for _, size := range []int{0, 0, 1, 1, 5, 256, 700, 700} {
		// Opened anew each time: what it knows is on the disk.
		w := open(t, dir)
		cp := tr.checkpoint(size)
		line, err := w.Cosign(t.Context(), uint64(old), cp, tr.proof(old, size))
		if err != nil {
			t.Fatalf("%d after %d: %v", size, old, err)
		}
		wantCosigned(t, cp, line)
		last, err := w.Last(origin)
		if err != nil || !bytes.Equal(last, cp) {
			t.Errorf("last %q, %v", last, err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		old = size
	}
}

func TestRefusals(t *testing.T) {
	tr, fork := newTree(20, 20), newTree(20, 8)
	cp := tr.checkpoint(15)
	proof := tr.proof(10, 15)
	other := testKey("other")
	root, _ := tlog.TreeHash(15, tr)
	flipped := tr.proof(10, 15)
	flipped[1][7] ^= 1
	for what, c := range map[string]struct {
		old        uint64
		checkpoint []byte
		proof      [][32]byte
		want       error
	}{
		"smaller tree":           {10, tr.checkpoint(9), nil, witness.ErrRollback},
		"empty tree":             {10, tr.checkpoint(0), nil, witness.ErrRollback},
		"fork at a larger size":  {10, fork.checkpoint(15), fork.proof(10, 15), witness.ErrProof},
		"fork and honest proof":  {10, fork.checkpoint(15), proof, witness.ErrProof},
		"no proof":               {10, cp, nil, witness.ErrProof},
		"proof cut":              {10, cp, proof[1:], witness.ErrProof},
		"proof longer":           {10, cp, append(tr.proof(10, 15), root), witness.ErrProof},
		"proof flipped":          {10, cp, flipped, witness.ErrProof},
		"proof from elsewhere":   {10, cp, tr.proof(9, 15), witness.ErrProof},
		"proof for no growth":    {10, tr.checkpoint(10), proof, witness.ErrProof},
		"unknown log":            {10, sign("sandogh/00ff/branch/1", logKey, 15, root), proof, witness.ErrUnknownLog},
		"nothing":                {10, nil, proof, witness.ErrUnknownLog},
		"another key":            {10, sign(origin, other, 15, root), proof, witness.ErrSignature},
		"not signed":             {10, board.FormatCheckpoint(origin, 15, root), proof, witness.ErrCheckpoint},
		"signed for another":     {10, bytes.Replace(cp, []byte("\n15\n"), []byte("\n16\n"), 1), proof, witness.ErrSignature},
		"old size above":         {16, cp, nil, witness.ErrOldSize},
		"extension line":         {10, signText(origin + "\n15\n" + root.String() + "\nmore\n"), proof, witness.ErrCheckpoint},
		"leading zero":           {10, signText(origin + "\n015\n" + root.String() + "\n"), proof, witness.ErrCheckpoint},
		"empty tree, wrong root": {10, sign(origin, logKey, 0, root), nil, witness.ErrCheckpoint},
	} {
		t.Run(what, func(t *testing.T) {
			w := open(t, t.TempDir())
			if _, err := w.Cosign(t.Context(), 0, tr.checkpoint(10), nil); err != nil {
				t.Fatal(err)
			}
			line, err := w.Cosign(t.Context(), c.old, c.checkpoint, c.proof)
			if !errors.Is(err, c.want) || line != nil {
				t.Errorf("%q, %v; want %v", line, err, c.want)
			}
			// A refusal changes nothing.
			if last, err := w.Last(origin); err != nil || !bytes.Equal(last, tr.checkpoint(10)) {
				t.Errorf("last %q, %v", last, err)
			}
			if _, err := w.Cosign(t.Context(), 10, cp, proof); err != nil {
				t.Errorf("then the honest one: %v", err)
			}
		})
	}
}

func signText(text string) []byte {
	line := board.FormatSignatureLine(origin, board.KeyID(origin, board.AlgEd25519, public(logKey)), ed25519.Sign(logKey, []byte(text)))
	return append([]byte(text+"\n"), line...)
}

func TestConflictTellsTheSize(t *testing.T) {
	w := open(t, t.TempDir())
	tr := newTree(20, 20)
	for _, old := range []uint64{1, 7, 15} {
		_, err := w.Cosign(t.Context(), old, tr.checkpoint(15), nil)
		var conflict *witness.ConflictError
		if !errors.As(err, &conflict) || conflict.KnownSize() != 0 {
			t.Errorf("old size %d of an unseen log: %v", old, err)
		}
	}
	if _, err := w.Cosign(t.Context(), 0, tr.checkpoint(10), nil); err != nil {
		t.Fatal(err)
	}
	for _, old := range []uint64{0, 9, 11, 15} {
		_, err := w.Cosign(t.Context(), old, tr.checkpoint(15), tr.proof(10, 15))
		var conflict *witness.ConflictError
		if !errors.As(err, &conflict) || conflict.KnownSize() != 10 {
			t.Errorf("old size %d: %v", old, err)
		}
	}
}

func TestForkIsEvidence(t *testing.T) {
	w := open(t, t.TempDir())
	honest, fork := newTree(10, 10), newTree(10, 3)
	if _, err := w.Cosign(t.Context(), 0, honest.checkpoint(10), nil); err != nil {
		t.Fatal(err)
	}
	_, err := w.Cosign(t.Context(), 10, fork.checkpoint(10), nil)
	var evidence *witness.ForkError
	if !errors.As(err, &evidence) {
		t.Fatalf("error %v", err)
	}
	a, errA := board.ParseCheckpoint(evidence.Cosigned, origin, public(logKey), nil)
	b, errB := board.ParseCheckpoint(evidence.Refused, origin, public(logKey), nil)
	if errA != nil || errB != nil || a.Size != b.Size || a.Root == b.Root {
		t.Errorf("evidence %v %v, %v %v", a, b, errA, errB)
	}
}

// Whatever is submitted, two cosigned checkpoints never contradict each other.
func TestNeverCosignsAContradiction(t *testing.T) {
	trees := []*tree{newTree(40, 40), newTree(40, 0), newTree(40, 5), newTree(40, 20)}
	dir := t.TempDir()
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		w, err := witness.New(filepath.Join(dir, fmt.Sprint(run)), name, witnessKey, logs, clock)
		if err != nil {
			rt.Fatal(err)
		}
		defer w.Close()
		known := 0
		type cosigned struct{ size, tree int }
		var last *cosigned
		for range rapid.IntRange(1, 12).Draw(rt, "requests") {
			k := rapid.IntRange(0, len(trees)-1).Draw(rt, "tree")
			size := rapid.IntRange(0, 40).Draw(rt, "size")
			if size < known && rapid.Bool().Draw(rt, "grow") {
				size = known
			}
			var proof [][32]byte
			if known <= size {
				proof = trees[k].proof(known, size)
			}
			if _, err := w.Cosign(context.Background(), uint64(known), trees[k].checkpoint(size), proof); err != nil {
				continue
			}
			if last != nil {
				was, _ := tlog.TreeHash(int64(last.size), trees[last.tree])
				is, _ := tlog.TreeHash(int64(last.size), trees[k])
				if size < last.size || was != is {
					rt.Fatalf("cosigned %d of tree %d after %d of tree %d", size, k, last.size, last.tree)
				}
			}
			last, known = &cosigned{size, k}, size
		}
	})
}

// The state is on the disk before the signature is given: a fault in writing
// it means no signature, and afterwards the old state or the new one.
func TestStateBeforeSignature(t *testing.T) {
	tr := newTree(20, 20)
	for _, step := range []durable.Step{durable.Create, durable.Write, durable.Sync, durable.Rename, durable.SyncDir} {
		dir := t.TempDir()
		armed := false
		disk := durable.Disk{Before: func(s durable.Step, _ string) error {
			if armed && s == step {
				return errors.New("fault")
			}
			return nil
		}}
		w, err := witness.NewOn(disk, dir, name, witnessKey, logs, clock)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Cosign(t.Context(), 0, tr.checkpoint(10), nil); err != nil {
			t.Fatal(err)
		}
		armed = true
		if line, err := w.Cosign(t.Context(), 10, tr.checkpoint(15), tr.proof(10, 15)); err == nil || line != nil {
			t.Errorf("%s: signed %q, %v", step, line, err)
		}
		w.Close()
		last, err := open(t, dir).Last(origin)
		if err != nil || !bytes.Equal(last, tr.checkpoint(10)) && !bytes.Equal(last, tr.checkpoint(15)) {
			t.Errorf("%s: last %q, %v", step, last, err)
		}
	}
}

func TestDamagedStateIsNotForgotten(t *testing.T) {
	dir := t.TempDir()
	tr := newTree(20, 20)
	w := open(t, dir)
	if _, err := w.Cosign(t.Context(), 0, tr.checkpoint(10), nil); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, fmt.Sprintf("%x", sha256.Sum256([]byte(origin))))
	for _, content := range []string{"", "x", string(tr.checkpoint(10)[:40])} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if line, err := w.Cosign(t.Context(), 0, newTree(9, 0).checkpoint(9), nil); err == nil {
			t.Errorf("state %q: signed %q", content, line)
		}
		if _, err := w.Last(origin); err == nil {
			t.Errorf("state %q was read", content)
		}
	}
}

func TestOthersSignaturesAreIgnored(t *testing.T) {
	w := open(t, t.TempDir())
	tr := newTree(5, 5)
	bob := testKey("bob")
	plain := tr.checkpoint(5)
	extra := board.FormatSignatureLine("bob.example/w", board.KeyID("bob.example/w", board.AlgCosignature, public(bob)), make([]byte, 72))
	line, err := w.Cosign(t.Context(), 0, append(bytes.Clone(plain), extra...), nil)
	if err != nil {
		t.Fatal(err)
	}
	wantCosigned(t, plain, line)
	if last, err := w.Last(origin); err != nil || !bytes.Equal(last, plain) {
		t.Errorf("last %q, %v", last, err)
	}
}

func TestOpening(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	if _, err := witness.New(dir, name, witnessKey, logs, clock); !errors.Is(err, durable.ErrLocked) {
		t.Errorf("opened twice: %v", err)
	}
	if _, err := w.Last("other"); !errors.Is(err, witness.ErrUnknownLog) {
		t.Errorf("last of an unknown log: %v", err)
	}
	w.Close()
	if _, err := w.Cosign(t.Context(), 0, newTree(1, 1).checkpoint(1), nil); err == nil {
		t.Error("a closed witness signed")
	}
	for _, bad := range []string{"", "two words", "a+b", "line\nfeed", "\xff"} {
		if _, err := witness.New(t.TempDir(), bad, witnessKey, logs, clock); err == nil {
			t.Errorf("opened under the name %q", bad)
		}
	}
	if _, err := witness.New(t.TempDir(), name, witnessKey[:32], logs, clock); err == nil {
		t.Error("opened with half a key")
	}
	w, err := witness.New(t.TempDir(), name, witnessKey, logs, func() time.Time { return time.Time{} })
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := w.Cosign(t.Context(), 0, newTree(1, 1).checkpoint(1), nil); err == nil {
		t.Error("signed with a clock that is not set")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Cosign(ended, 0, newTree(1, 1).checkpoint(1), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestKeyIsNotPrinted(t *testing.T) {
	w := open(t, t.TempDir())
	var out strings.Builder
	fmt.Fprintf(&out, "%v %+v %#v %s %d %x %q", w, w, w, w, w, w, w)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "w", w)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "w", w)
	j, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(j)
	seed := witnessKey.Seed()
	for _, form := range []string{fmt.Sprintf("%x", seed[:8]), fmt.Sprint(seed[0], " ", seed[1], " ", seed[2]), string(seed[:8])} {
		if strings.Contains(out.String(), form) {
			t.Errorf("the key is in %q", out.String())
		}
	}
	if !strings.Contains(out.String(), "redacted") {
		t.Errorf("printed %q", out.String())
	}
}
