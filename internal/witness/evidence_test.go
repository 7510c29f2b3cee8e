package witness_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/witness"
	"github.com/sandogh/sandogh/spec"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

// evidenceIn returns the files of evidence in a witness's folder, and what they
// hold.
func evidenceIn(t testing.TB, dir string) (paths []string, all []*witness.Evidence) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, witness.EvidenceDir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		e, err := witness.ParseEvidence(data)
		if err == nil {
			err = e.Verify()
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, e)
	}
	return paths, all
}

// Whatever a log has signed against what was cosigned is kept, of its kind, once,
// and verifies; whatever anybody else could have made up is not.
func TestEvidenceIsKept(t *testing.T) {
	tr, fork := newTree(40, 40), newTree(40, 8)
	other := testKey("other")
	for what, c := range map[string]struct {
		cosigned   int
		old        uint64
		checkpoint []byte
		proof      [][32]byte
		want       witness.Kind
	}{
		"fork":                               {12, 12, fork.checkpoint(12), nil, witness.Fork},
		"fork asked from elsewhere":          {12, 0, fork.checkpoint(12), nil, witness.Fork},
		"fork asked from above":              {12, 99, fork.checkpoint(12), nil, witness.Fork},
		"divergence":                         {12, 12, fork.checkpoint(30), fork.proof(12, 30), witness.Divergence},
		"fork at a larger size, wrong proof": {12, 12, fork.checkpoint(30), tr.proof(12, 30), witness.Unproven},
		"fork at a larger size, no proof":    {12, 12, fork.checkpoint(30), nil, witness.Unproven},
		"divergence after a power of two":    {16, 16, fork.checkpoint(30), fork.proof(16, 30), witness.Unproven},
		"rollback":                           {12, 12, tr.checkpoint(9), nil, witness.Rollback},
		"rollback asked from elsewhere":      {12, 0, tr.checkpoint(9), nil, witness.Rollback},
		"rollback to nothing":                {12, 0, tr.checkpoint(0), nil, witness.Rollback},
		"true, without its proof":            {12, 12, tr.checkpoint(30), nil, witness.Unproven},
		"true, asked from elsewhere":         {12, 9, tr.checkpoint(30), tr.proof(9, 30), ""},
		"the same, asked from elsewhere":     {12, 9, tr.checkpoint(12), nil, ""},
		"the same, with a proof":             {12, 12, tr.checkpoint(12), tr.proof(9, 12), ""},
		"after nothing, with a proof":        {0, 0, tr.checkpoint(12), tr.proof(9, 12), ""},
		"nothing before":                     {-1, 5, tr.checkpoint(3), nil, ""},
		"not signed by the log":              {12, 12, sign(origin, other, 12, [32]byte{1}), nil, ""},
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			w := open(t, dir)
			if c.cosigned >= 0 {
				if _, err := w.Cosign(t.Context(), 0, tr.checkpoint(c.cosigned), nil); err != nil {
					t.Fatal(err)
				}
			}
			var first []byte
			for range 3 {
				if line, err := w.Cosign(t.Context(), c.old, c.checkpoint, c.proof); err == nil {
					t.Fatalf("cosigned %q", line)
				}
				paths, all := evidenceIn(t, dir)
				if c.want == "" {
					if len(all) != 0 {
						t.Fatalf("kept %s", paths)
					}
					continue
				}
				if len(all) != 1 || all[0].Kind != c.want || all[0].Origin != origin || !all[0].LogKey.Equal(public(logKey)) ||
					!bytes.Equal(all[0].First, tr.checkpoint(c.cosigned)) || !bytes.Equal(all[0].Second, c.checkpoint) {
					t.Fatalf("kept %s: %+v", paths, all)
				}
				if want := c.want == witness.Fork || c.want == witness.Divergence; all[0].Convicts() != want {
					t.Errorf("convicts: %t", !want)
				}
				data, err := os.ReadFile(paths[0])
				if err != nil {
					t.Fatal(err)
				}
				if first == nil {
					first = data
				} else if !bytes.Equal(data, first) {
					t.Error("it was written anew")
				}
			}
		})
	}
}

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

// A flood of what a log has signed is kept up to a bound, the rest is counted,
// and what does not convict leaves room for what does.
func TestEvidenceIsBounded(t *testing.T) {
	dir := t.TempDir()
	tr := newTree(100, 100)
	w := open(t, dir)
	if _, err := w.Cosign(t.Context(), 0, tr.checkpoint(99), nil); err != nil {
		t.Fatal(err)
	}
	flood := func(kind witness.Kind, size, from, to int) (last error) {
		for i := from; i < to; i++ {
			_, last = w.Cosign(t.Context(), 0, sign(origin, logKey, size, [32]byte{byte(kind[0]), byte(i), byte(i >> 8)}), nil)
			if last == nil {
				t.Fatal("cosigned")
			}
		}
		return last
	}
	status := func() witness.Status {
		t.Helper()
		s, err := witness.ReadStatus(dir, origin, public(logKey))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	flood(witness.Rollback, 50, 0, 100)
	if s := status(); s.Other != 32 || s.Convicting != 0 || s.More != 64 { // 68 of which a power of two is on the disk
		t.Errorf("status %+v", s)
	}
	if err := flood(witness.Fork, 99, 0, 1); !strings.Contains(err.Error(), "(kept: ") {
		t.Errorf("what convicts had no room: %v", err)
	}
	w.Close()
	w = open(t, dir) // it has not forgotten
	flood(witness.Fork, 99, 0, 100)
	if err := flood(witness.Rollback, 50, 0, 1); !strings.Contains(err.Error(), "kept before") {
		t.Errorf("what is kept was not known again: %v", err)
	}
	s := status()
	if s.Other != 32 || s.Convicting != 32 || s.More != 128 || s.Last.Size != 99 || s.Last.Note == nil {
		t.Errorf("status %+v", s)
	}
	files, err := os.ReadDir(filepath.Join(dir, witness.EvidenceDir))
	if err != nil || len(files) != 65 {
		t.Errorf("%d files, %v", len(files), err)
	}
	if _, all := evidenceIn(t, dir); len(all) != 64 {
		t.Errorf("%d files of evidence", len(all))
	}
	if s, err := witness.ReadStatus(dir, "sandogh/00ff/branch/1", public(logKey)); err != nil || s.Last.Note != nil || s.Convicting+s.Other != 0 {
		t.Errorf("another log's status %+v, %v", s, err)
	}
	counter, err := filepath.Glob(filepath.Join(dir, witness.EvidenceDir, "*.more"))
	if err != nil || len(counter) != 1 {
		t.Fatalf("counters %s, %v", counter, err)
	}
	w.Close()
	if err := os.WriteFile(counter[0], []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := witness.New(dir, name, witnessKey, logs, clock); err == nil || !strings.Contains(err.Error(), counter[0]) {
		t.Errorf("a damaged counter: %v", err)
	}
	if _, err := witness.ReadStatus(dir, origin, public(logKey)); err == nil {
		t.Error("a damaged counter was read")
	}
}

// A fault in keeping evidence is told, refuses nonetheless, and leaves no half
// of a file; the next request keeps it.
func TestEvidenceOnAFailingDisk(t *testing.T) {
	tr, fork := newTree(20, 20), newTree(20, 3)
	for _, step := range []durable.Step{durable.Mkdir, durable.Create, durable.Write, durable.Sync, durable.Rename, durable.SyncDir} {
		dir := t.TempDir()
		fault := errors.New("fault")
		var armed bool
		disk := durable.Disk{Before: func(s durable.Step, _ string) error {
			if armed && s == step {
				return fault
			}
			return nil
		}}
		w, err := witness.NewOn(disk, dir, name, witnessKey, logs, clock)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		if _, err := w.Cosign(t.Context(), 0, tr.checkpoint(10), nil); err != nil {
			t.Fatal(err)
		}
		armed = true
		line, err := w.Cosign(t.Context(), 10, fork.checkpoint(10), nil)
		if line != nil || !errors.Is(err, witness.ErrFork) || !errors.Is(err, fault) {
			t.Errorf("%s: %q, %v", step, line, err)
		}
		evidenceIn(t, dir) // whole, or not there
		armed = false
		if _, err := w.Cosign(t.Context(), 10, fork.checkpoint(10), nil); !errors.Is(err, witness.ErrFork) || errors.Is(err, fault) {
			t.Errorf("%s: then %v", step, err)
		}
		if _, all := evidenceIn(t, dir); len(all) != 1 || all[0].Kind != witness.Fork {
			t.Errorf("%s: kept %v", step, all)
		}
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
	text, err := spec.Schemas.ReadFile("schemas/evidence.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("evidence.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("evidence.json")
	if err != nil {
		t.Fatal(err)
	}
	valid := func(data []byte) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			return err
		}
		return schema.Validate(v)
	}
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
