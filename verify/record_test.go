package verify_test

import (
	"context"
	"fmt"
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
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
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
	var facts source.Facts
	passed := 0
	step := func(what string, act error, phase report.Phase, due ...string) {
		t.Helper()
		if act != nil {
			t.Fatalf("%s: %v", what, act)
		}
		if err := r.Verify(ctx); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		rep, view := verify.Record(ctx, os.DirFS(r.Record()), verify.Options{Election: &id, Facts: &facts})
		if rep.Status != report.Verified || view.Sound() != nil || rep.Phase != phase {
			t.Fatalf("after %s the record is %s in phase %s, want phase %s\n%s", what, rep.Status, rep.Phase, phase, rep.JSON())
		}
		for _, id := range due { // what this act made due
			if c, _ := rep.Check(id); c.State != report.Pass {
				t.Errorf("after %s check %s is %s", what, id, c.State)
			}
		}
		if n := rep.Passed(); n < passed+len(due) {
			t.Errorf("after %s %d checks pass, %d did before", what, n, passed)
		} else {
			passed = n
		}
	}
	step("the definition", nil, report.PhaseDefined, "V001", "V002", "V003", "V004", "V005", "V006", "V007", "V008", "V009")
	step("the ceremony", r.Ceremony(ctx), report.PhaseReady, "V010", "V011", "V012", "V013", "V014", "V015")
	_, err = r.Vote(ctx)
	step("voting", err, report.PhaseClosed, "V020", "V021", "V022", "V023", "V024", "V025", "V026", "V027")
	step("the units", r.Units(ctx), report.PhaseMixing, "V028", "V030")
	for i, m := range r.Mixers() {
		var due []string
		if i == 0 {
			due = []string{"V031", "V032"}
		}
		step("mixer "+m, r.Mix(ctx, m), report.PhaseMixing, due...)
	}
	step("opening", r.Open(ctx, 0, 1, 2), report.PhaseOpening, "V033", "V034", "V035", "V036")
	step("the tally", r.Tally(ctx), report.PhaseCounted, "V037")
	step("the canvass", r.Canvass(ctx), report.PhaseCertified, "V040", "V041", "V042")
	if ids := report.IDs(); passed != len(ids) {
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
		if c, _ := rep.Check("V002"); rep.Status != report.Unknown || c.State != report.Missing {
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

// TestNoRecord: what is no record at all is never verified.
func TestNoRecord(t *testing.T) {
	d := exampleDefinition(t)
	id, other := d.ID(), [32]byte{1}
	blob := fmt.Sprintf("blob/%x", id)
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	origin := d.HQOrigin() + "\n"
	for _, c := range []struct {
		what   string
		fsys   fstest.MapFS
		expect *[32]byte
		status report.Status
		check  string
		state  report.State
	}{
		{"an empty folder", fstest.MapFS{}, nil, report.Unknown, "V005", report.Missing},
		{"an empty folder, with an id", fstest.MapFS{}, &id, report.Unknown, "V005", report.Missing},
		{"another log's origin", fstest.MapFS{"hq/checkpoint": file("example.org/log\n")}, nil, report.Refuted, "V005", report.Fail},
		{"an id in capitals", fstest.MapFS{"hq/checkpoint": file("sandogh/" + strings.ToUpper(origin[8:72]) + "/hq\n")}, nil, report.Refuted, "V005", report.Fail},
		{"a short id", fstest.MapFS{"hq/checkpoint": file("sandogh/" + origin[8:70] + "/hq\n")}, nil, report.Refuted, "V005", report.Fail},
		{"a branch's origin", fstest.MapFS{"hq/checkpoint": file(d.BranchOrigin("1") + "\n")}, nil, report.Refuted, "V005", report.Fail},
		{"no definition", fstest.MapFS{"hq/checkpoint": file(origin)}, &id, report.Unknown, "V002", report.Missing},
		{"another definition", fstest.MapFS{"hq/checkpoint": file(origin), blob: file("{}")}, &id, report.Refuted, "V002", report.Fail},
		{"another election", fstest.MapFS{"hq/checkpoint": file(origin), blob: {Data: d.Canonical()}}, &other, report.Refuted, "V004", report.Fail},
		{"an unsigned checkpoint", fstest.MapFS{"hq/checkpoint": file(origin), blob: {Data: d.Canonical()}}, &id, report.Refuted, "V005", report.Fail},
	} {
		r, view := verify.Record(context.Background(), c.fsys, verify.Options{Election: c.expect})
		if r.Status != c.status {
			t.Errorf("%s: the status is %s, want %s\n%s", c.what, r.Status, c.status, r.JSON())
		}
		if got, _ := r.Check(c.check); got.State != c.state {
			t.Errorf("%s: %s is %s, want %s", c.what, c.check, got.State, c.state)
		}
		if r.Phase != report.PhaseNothing {
			t.Errorf("%s: the phase is %s", c.what, r.Phase)
		}
		known := false
		if f := c.fsys["hq/checkpoint"]; f != nil {
			known = string(f.Data) == origin
		}
		if known != (r.Election == fmt.Sprintf("%x", id)) {
			t.Errorf("%s: the election is %q", c.what, r.Election)
		}
		if r.Compared != (known && c.expect != nil) {
			t.Errorf("%s: compared is %v", c.what, r.Compared)
		}
		if view != nil && view.Sound() == nil {
			t.Errorf("%s: an act may continue from it", c.what)
		}
	}
}
