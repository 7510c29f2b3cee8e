package witness_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/internal/schematest"
	"github.com/sandogh/sandogh/internal/witness"
	"github.com/sandogh/sandogh/spec"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

// A tree that honestly extends another never yields evidence that convicts,
// whatever proof somebody else shows for it; and a tree that does not, shown
// with its own proof, always does, unless the smaller size is a power of two.
func TestProofConvictsTheGuiltyOnly(t *testing.T) {
	tr := newTree(80, 80)
	forks := map[int]*tree{}
	rapid.Check(t, func(rt *rapid.T) {
		m := rapid.IntRange(1, 79).Draw(rt, "m")
		n := rapid.IntRange(m+1, 80).Draw(rt, "n")
		at := rapid.IntRange(0, m-1).Draw(rt, "fork at")
		if forks[at] == nil {
			forks[at] = newTree(80, at)
		}
		cosigned, honest, forked := tr.checkpoint(m), tr.checkpoint(n), forks[at].checkpoint(n)
		try := func(second []byte, proof [][32]byte) witness.Kind {
			dir, err := os.MkdirTemp(t.TempDir(), "")
			if err != nil {
				rt.Fatal(err)
			}
			w, err := witness.New(dir, name, witnessKey, logs, clock)
			if err != nil {
				rt.Fatal(err)
			}
			defer w.Close()
			if _, err := w.Cosign(context.Background(), 0, cosigned, nil); err != nil {
				rt.Fatal(err)
			}
			if _, err := w.Cosign(context.Background(), uint64(m), second, proof); err == nil {
				rt.Skip("the proof was right")
			}
			_, all := evidenceIn(t, dir)
			if len(all) != 1 {
				rt.Fatalf("%d files of evidence", len(all))
			}
			return all[0].Kind
		}
		want := witness.Divergence
		if m&(m-1) == 0 {
			want = witness.Unproven
		}
		if got := try(forked, forks[at].proof(m, n)); got != want {
			rt.Errorf("a fork at %d of %d after %d is %s, want %s", at, n, m, got, want)
		}
		proof := tr.proof(m, n)
		switch rapid.IntRange(0, 3).Draw(rt, "lie") {
		case 0:
			proof = forks[at].proof(m, n)
		case 1:
			proof[rapid.IntRange(0, len(proof)-1).Draw(rt, "hash")][0] ^= 1
		case 2:
			proof = proof[1:]
		case 3:
			proof = append(proof, [32]byte{})
		}
		if got := try(honest, proof); got != witness.Unproven {
			rt.Errorf("an honest tree of %d after %d is convicted: %s", n, m, got)
		}
	})
}

// some returns evidence of each kind.
func some() []*witness.Evidence {
	tr, fork := newTree(40, 40), newTree(40, 8)
	e := func(kind witness.Kind, first, second []byte) *witness.Evidence {
		return &witness.Evidence{Kind: kind, Origin: origin, LogKey: public(logKey), First: first, Second: second}
	}
	d := e(witness.Divergence, tr.checkpoint(12), fork.checkpoint(30))
	d.Proof = fork.proof(12, 30)
	root, err := tlog.TreeHash(12, fork)
	if err != nil {
		panic(err)
	}
	d.Root = root
	back := *d // the smaller one was published later
	back.First, back.Second = d.Second, d.First
	return []*witness.Evidence{
		e(witness.Fork, tr.checkpoint(12), fork.checkpoint(12)), d, &back,
		e(witness.Rollback, tr.checkpoint(12), tr.checkpoint(9)),
		e(witness.Unproven, tr.checkpoint(12), tr.checkpoint(30)),
	}
}

func encode(t testing.TB, e *witness.Evidence) []byte {
	t.Helper()
	b, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Evidence comes back from its file as it was, and with any byte changed it
// either cannot be read or does not verify.
func TestEvidenceEveryByteFlipped(t *testing.T) {
	for _, e := range some() {
		data := encode(t, e)
		got, err := witness.ParseEvidence(data)
		if err != nil {
			t.Fatal(err)
		}
		if err := got.Verify(); err != nil {
			t.Errorf("%s: %v", e.Kind, err)
		}
		if !bytes.Equal(encode(t, got), data) {
			t.Errorf("%s is not what it was", e.Kind)
		}
		for i := range data {
			for _, mask := range []byte{0x01, 0x20, 0x80} {
				bad := bytes.Clone(data)
				bad[i] ^= mask
				if got, err := witness.ParseEvidence(bad); err == nil && got.Verify() == nil {
					t.Errorf("%s: accepted with byte %d changed by %x", e.Kind, i, mask)
				}
			}
		}
		for _, bad := range [][]byte{data[:len(data)-1], append(bytes.Clone(data), '\n'), append([]byte(" "), data...), nil, make([]byte, 1<<16+1)} {
			if _, err := witness.ParseEvidence(bad); err == nil {
				t.Errorf("%s: read %d bytes for %d", e.Kind, len(bad), len(data))
			}
		}
	}
}

// What is signed and said to be of another kind than it is does not verify.
func TestEvidenceOfAnotherKind(t *testing.T) {
	tr, fork := newTree(40, 40), newTree(40, 8)
	key := public(logKey)
	other := testKey("other")
	root, _ := tlog.TreeHash(12, tr)
	for what, e := range map[string]*witness.Evidence{
		"fork of one tree":             {Kind: witness.Fork, First: tr.checkpoint(12), Second: tr.checkpoint(12)},
		"fork of two sizes":            {Kind: witness.Fork, First: tr.checkpoint(12), Second: fork.checkpoint(13)},
		"fork by another key":          {Kind: witness.Fork, First: tr.checkpoint(12), Second: sign(origin, other, 12, [32]byte{1})},
		"fork of another log":          {Kind: witness.Fork, First: tr.checkpoint(12), Second: sign("sandogh/00ff/branch/1", logKey, 12, [32]byte{1})},
		"fork with a cosignature":      {Kind: witness.Fork, First: tr.checkpoint(12), Second: append(fork.checkpoint(12), "— x AAAAAAA=\n"...)},
		"rollback forward":             {Kind: witness.Rollback, First: tr.checkpoint(12), Second: tr.checkpoint(13)},
		"rollback to the same":         {Kind: witness.Rollback, First: tr.checkpoint(12), Second: tr.checkpoint(12)},
		"unproven backward":            {Kind: witness.Unproven, First: tr.checkpoint(12), Second: tr.checkpoint(9)},
		"unproven after nothing":       {Kind: witness.Unproven, First: tr.checkpoint(0), Second: tr.checkpoint(9)},
		"divergence of an honest tree": {Kind: witness.Divergence, First: tr.checkpoint(12), Second: tr.checkpoint(30), Root: root, Proof: tr.proof(12, 30)},
		"divergence with a wrong root": {Kind: witness.Divergence, First: tr.checkpoint(12), Second: fork.checkpoint(30), Root: [32]byte{1}, Proof: fork.proof(12, 30)},
		"divergence without a proof":   {Kind: witness.Divergence, First: tr.checkpoint(12), Second: fork.checkpoint(30), Root: [32]byte{1}},
		"divergence at one size":       {Kind: witness.Divergence, First: tr.checkpoint(12), Second: fork.checkpoint(12), Root: root},
		"divergence after nothing":     {Kind: witness.Divergence, First: tr.checkpoint(0), Second: tr.checkpoint(12), Root: [32]byte{1}},
		"no kind":                      {First: tr.checkpoint(12), Second: fork.checkpoint(12)},
		"nothing":                      {Kind: witness.Fork},
	} {
		e.Origin, e.LogKey = origin, key
		if err := e.Verify(); err == nil {
			t.Errorf("%s verifies", what)
		}
	}
	for what, change := range map[string]func(*witness.Evidence){
		"another origin": func(e *witness.Evidence) { e.Origin = "sandogh/00ff/branch/1" },
		"another key":    func(e *witness.Evidence) { e.LogKey = public(other) },
		"no key":         func(e *witness.Evidence) { e.LogKey = nil },
	} {
		for _, e := range some() {
			change(e)
			if err := e.Verify(); err == nil {
				t.Errorf("%s with %s verifies", e.Kind, what)
			}
		}
	}
}

// publish returns the published log of the first size entries of a tree that is
// smaller than one tile.
func publish(t *testing.T, tr *tree, size int) *board.Log {
	t.Helper()
	files := fstest.MapFS{}
	var tile []byte
	for i := range size {
		h, err := tr.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(i))})
		if err != nil {
			t.Fatal(err)
		}
		tile = append(tile, h[0][:]...)
	}
	files[board.TilePath(0, 0, size)] = &fstest.MapFile{Data: tile}
	cp := tr.checkpoint(size)
	line, err := open(t, t.TempDir()).Cosign(t.Context(), 0, cp, nil)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := board.AddCosignatures(cp, line)
	if err != nil {
		t.Fatal(err)
	}
	files[board.CheckpointPath] = &fstest.MapFile{Data: signed}
	l, err := board.Open(files, ".", origin, public(logKey), []board.Witness{{Name: name, Key: public(witnessKey)}})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// With the hashes of the published log, evidence that proved nothing convicts
// the log, or is shown to be none.
func TestEvidenceAgainstThePublishedLog(t *testing.T) {
	tr, fork := newTree(40, 40), newTree(40, 8)
	e := func(kind witness.Kind, first, second []byte) *witness.Evidence {
		return &witness.Evidence{Kind: kind, Origin: origin, LogKey: public(logKey), First: first, Second: second}
	}
	for what, c := range map[string]struct {
		e    *witness.Evidence
		log  *board.Log
		want witness.Kind
	}{
		"rollback of the log's own":      {e(witness.Rollback, tr.checkpoint(20), tr.checkpoint(9)), publish(t, tr, 30), ""},
		"rollback to another tree":       {e(witness.Rollback, tr.checkpoint(20), fork.checkpoint(9)), publish(t, tr, 30), witness.Divergence},
		"the log went on with the other": {e(witness.Rollback, tr.checkpoint(20), fork.checkpoint(9)), publish(t, fork, 30), witness.Divergence},
		"at a power of two":              {e(witness.Unproven, tr.checkpoint(16), fork.checkpoint(30)), publish(t, fork, 30), witness.Divergence},
		"published is the other":         {e(witness.Unproven, tr.checkpoint(16), fork.checkpoint(30)), publish(t, tr, 30), witness.Fork},
		"unproven, and true":             {e(witness.Unproven, tr.checkpoint(16), tr.checkpoint(30)), publish(t, tr, 30), ""},
	} {
		t.Run(what, func(t *testing.T) {
			if err := c.e.Verify(); err != nil {
				t.Fatal(err)
			}
			got, err := c.e.Against(c.log)
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" {
				if got != nil {
					t.Errorf("found %s", got.Kind)
				}
				return
			}
			if got == nil || got.Kind != c.want || !got.Convicts() {
				t.Fatalf("found %+v, want %s", got, c.want)
			}
			again, err := witness.ParseEvidence(encode(t, got))
			if err != nil {
				t.Fatal(err)
			}
			if err := again.Verify(); err != nil {
				t.Error(err)
			}
		})
	}
	back := e(witness.Rollback, tr.checkpoint(20), tr.checkpoint(9))
	if _, err := back.Against(publish(t, tr, 15)); err == nil {
		t.Error("a log that ends before the evidence told something")
	}
	back.Origin = "sandogh/00ff/branch/1"
	if _, err := back.Against(publish(t, tr, 30)); err == nil {
		t.Error("another log told something")
	}
}

// The published example is evidence that verifies, in the published schema, and
// every kind is.
func TestEvidenceSchema(t *testing.T) {
	example, err := spec.Examples.ReadFile("examples/evidence.json")
	if err != nil {
		t.Fatal(err)
	}
	e, err := witness.ParseEvidence(example)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Verify(); err != nil || !e.Convicts() {
		t.Errorf("the example: %v", err)
	}
	valid := schematest.Valid(t, "evidence")
	files := [][]byte{example}
	for _, e := range some() {
		files = append(files, encode(t, e))
	}
	for _, data := range files {
		if err := valid(data); err != nil {
			t.Errorf("%s\n%v", data, err)
		}
		for _, field := range []string{"format", "kind", "log_key", "second", "proves"} {
			if err := valid(bytes.Replace(data, []byte(`"`+field+`"`), []byte(`"other"`), 1)); err == nil {
				t.Errorf("the schema does not want %s", field)
			}
		}
	}
}

// FuzzParseEvidence: what parses is written again as it was.
func FuzzParseEvidence(f *testing.F) {
	for _, e := range some() {
		b, err := e.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := witness.ParseEvidence(data)
		if err != nil {
			return
		}
		if b, err := e.Encode(); err != nil || !bytes.Equal(b, data) {
			t.Errorf("written again %q, %v", b, err)
		}
		if e.Verify() == nil && !slices.Contains([]witness.Kind{witness.Fork, witness.Divergence, witness.Rollback, witness.Unproven}, e.Kind) {
			t.Errorf("verified a %q", e.Kind)
		}
	})
}

func BenchmarkVerifyEvidence(b *testing.B) {
	for _, e := range some()[:2] {
		b.Run(fmt.Sprint(e.Kind), func(b *testing.B) {
			for b.Loop() {
				if err := e.Verify(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
