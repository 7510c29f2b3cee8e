package witness_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/witness"
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
	// What somebody else put there, or a crash left, counts for nothing.
	for _, stray := range []string{"x", "README-fork-x", ".tmp-" + strings.Repeat("0", 64) + "-fork-0.json.ab"} {
		if err := os.WriteFile(filepath.Join(dir, witness.EvidenceDir, stray), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
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
	if err != nil || len(files) != 65+3 {
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
