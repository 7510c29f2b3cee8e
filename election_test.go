package sandogh_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/sandogh/sandogh/internal/rehearsal"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// One small election, from the definition to the verified result. It reads as
// the story that the packages tell together.
func TestElection(t *testing.T) {
	ctx := context.Background()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	const seed = 1
	e, err := simulate.Small(seed)
	ok(err)
	r, err := rehearsal.New(ctx, rehearsal.Config{Election: e, Dir: filepath.Join(t.TempDir(), "election"), Seed: seed})
	ok(err)
	defer r.Close(ctx)

	ok(r.Ceremony(ctx))
	votes, err := r.Vote(ctx)
	ok(err)
	ok(r.Units(ctx))
	for _, m := range r.Mixers() {
		ok(r.Mix(ctx, m))
	}
	ok(r.Open(ctx, 0, 2, 4)) // any three of the five
	ok(r.Tally(ctx))
	ok(r.Canvass(ctx))

	id := r.Definition().ID()
	rep, _ := verify.Record(ctx, os.DirFS(r.Record()), verify.Options{Election: &id})
	if rep.Status != report.Verified || rep.Phase != report.PhaseCertified {
		t.Fatalf("status %s, phase %s\n%s", rep.Status, rep.Phase, rep.JSON())
	}
	t.Logf("%+v, %d checks", votes, rep.Passed())
}
