package verify_test

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/internal/rehearsal"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/verify"
)

// load reads a whole record into memory.
func load(t *testing.T, fsys fs.FS) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestPhases holds a small election and verifies its record after every act;
// then it takes away each blob of the last record in turn.
func TestPhases(t *testing.T) {
	ctx := context.Background()
	const seed = 72
	e, err := simulate.Small(seed)
	if err != nil {
		t.Fatal(err)
	}
	r, err := rehearsal.New(ctx, rehearsal.Config{Election: e, Dir: filepath.Join(t.TempDir(), "election"), Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(ctx)
	id := r.Definition().ID()
	var facts verify.Facts
	passed := 0
	step := func(what string, act error, phase verify.Phase, due ...string) {
		t.Helper()
		if act != nil {
			t.Fatalf("%s: %v", what, act)
		}
		if err := r.Verify(ctx); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		rep, view := verify.Record(ctx, os.DirFS(r.Record()), verify.Options{Election: &id, Facts: &facts})
		if rep.Status != verify.Verified || view.Sound() != nil || rep.Phase != phase {
			t.Fatalf("after %s the record is %s in phase %s, want phase %s\n%s", what, rep.Status, rep.Phase, phase, rep.JSON())
		}
		for _, id := range due { // what this act made due
			if c, _ := rep.Check(id); c.State != verify.Pass {
				t.Errorf("after %s check %s is %s", what, id, c.State)
			}
		}
		if n := rep.Passed(); n < passed+len(due) {
			t.Errorf("after %s %d checks pass, %d did before", what, n, passed)
		} else {
			passed = n
		}
	}
	step("the definition", nil, verify.PhaseDefined, "V001", "V002", "V003", "V004", "V005", "V006", "V007", "V008", "V009")
	step("the ceremony", r.Ceremony(ctx), verify.PhaseReady, "V010", "V011", "V012", "V013", "V014")
	_, err = r.Vote(ctx)
	step("voting", err, verify.PhaseClosed, "V020", "V021", "V022", "V023", "V024", "V025", "V026", "V027")
	step("the units", r.Units(ctx), verify.PhaseMixing, "V028", "V030")
	for i, m := range r.Mixers() {
		var due []string
		if i == 0 {
			due = []string{"V031", "V032"}
		}
		step("mixer "+m, r.Mix(ctx, m), verify.PhaseMixing, due...)
	}
	step("opening", r.Open(ctx, 0, 1, 2), verify.PhaseOpening, "V033", "V034", "V035", "V036")
	step("the tally", r.Tally(ctx), verify.PhaseCounted, "V037")
	step("the canvass", r.Canvass(ctx), verify.PhaseCertified, "V040", "V041", "V042")
	if ids, _ := verify.Listed(); passed != len(ids) {
		t.Errorf("%d of %d checks had something to read", passed, len(ids))
	}

	// A missing blob refutes nothing: it is missing, and what rests on it is too.
	files := load(t, os.DirFS(r.Record()))
	blobs := 0
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasPrefix(name, "blob/") {
			continue
		}
		blobs++
		less := fstest.MapFS{}
		for other, f := range files {
			if other != name {
				less[other] = f
			}
		}
		rep, view := verify.Record(ctx, less, verify.Options{Election: &id, Facts: &facts})
		if c, _ := rep.Check("V002"); rep.Status != verify.Unknown || c.State != verify.Missing {
			t.Errorf("without %s the record is %s, V002 %s\n%s", name, rep.Status, c.State, rep.JSON())
		}
		if view != nil && view.Sound() == nil {
			t.Errorf("without %s an act may continue", name)
		}
	}
	if blobs < 10 {
		t.Errorf("the record has only %d blobs", blobs)
	}
}
