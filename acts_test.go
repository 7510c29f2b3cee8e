package sandogh_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/canvass"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/decrypt"
	"github.com/sandogh/sandogh/internal/rehearsal"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/keyceremony"
	"github.com/sandogh/sandogh/mix"
	"github.com/sandogh/sandogh/tally"
)

// Each act refuses what is out of turn, whoever asks: the same election as in
// TestElection, with somebody who is always too early, or comes twice.
func TestActsOutOfTurn(t *testing.T) {
	ctx := context.Background()
	e, err := simulate.Small(9)
	if err != nil {
		t.Fatal(err)
	}
	r, err := rehearsal.New(ctx, rehearsal.Config{Election: e, Dir: filepath.Join(t.TempDir(), "e"), Seed: 9})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(ctx)
	const contest, empty = "council", "103"
	var unit string
	hq, board := e.Keys.Signer("office/hq"), e.Keys.Signer("office/supervisors")
	secret, err := threshold.CombineShares([]group.Scalar{group.NewScalar(7)}) // not a trustee's
	if err != nil {
		t.Fatal(err)
	}
	acts := map[string]func() error{
		"publish": func() error { _, err := keyceremony.Publish(r.View(), hq); return err },
		"mix":     func() error { _, err := mix.Unit(r.View(), contest, unit, "m1", e.Keys.Signer("mixer/m1")); return err },
		"mix second": func() error {
			_, err := mix.Unit(r.View(), contest, unit, "m2", e.Keys.Signer("mixer/m2"))
			return err
		},
		"mix foreign": func() error { _, err := mix.Unit(r.View(), contest, unit, "m9", hq); return err },
		"mix empty": func() error {
			_, err := mix.Unit(r.View(), contest, empty, "m1", e.Keys.Signer("mixer/m1"))
			return err
		},
		"open": func() error {
			_, err := decrypt.Unit(r.View(), contest, unit, "t1", secret, e.Keys.Signer("trustee/t1"))
			return err
		},
		"tally":   func() error { _, err := tally.Unit(r.View(), contest, unit, hq); return err },
		"canvass": func() error { _, err := canvass.Contest(r.View(), contest, hq); return err },
		"certify": func() error { _, err := canvass.Certify(r.View(), contest, hq, board); return err },
	}
	stage := ""
	refuse := func(names ...string) {
		t.Helper()
		for _, name := range names {
			if err := acts[name](); err == nil {
				t.Errorf("%s: %s is not refused", stage, name)
			}
		}
	}
	do := func(name string, act func() error) {
		t.Helper()
		if err := act(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		stage = "after " + name
	}
	do("beginning", func() error { return r.Verify(ctx) })
	refuse("publish", "mix", "open", "tally", "canvass", "certify")
	do("ceremony", func() error { return r.Ceremony(ctx) })
	do("voting", func() error { _, err := r.Vote(ctx); return err })
	refuse("mix", "open", "tally")
	do("units", func() error { return r.Units(ctx) })
	units, err := r.View().Units(contest)
	if err != nil {
		t.Fatal(err)
	}
	unit = units[0].ID
	refuse("mix second", "mix foreign", "mix empty", "open", "tally", "canvass", "certify")
	do("first mix", func() error { return r.Mix(ctx, "m1") })
	refuse("mix", "mix foreign", "open", "tally")
	do("second mix", func() error { return r.Mix(ctx, "m2") })
	refuse("mix", "mix second", "tally", "canvass")
	// A foreign share gives a submission, and the intake refuses it.
	s, err := decrypt.Unit(r.View(), contest, unit, "t1", secret, e.Keys.Signer("trustee/t1"))
	if err == nil {
		err = r.View().Admit(s)
	}
	if err == nil || !strings.Contains(err.Error(), "V034") && !strings.Contains(err.Error(), "proof") {
		t.Errorf("a foreign share: %v", err)
	}
	do("opening by two", func() error { return r.Open(ctx, 0, 1) })
	refuse("open", "tally", "canvass", "certify")
	do("opening by a third", func() error { return r.Open(ctx, 2) })
	refuse("open", "canvass", "certify")
	do("tally", func() error { return r.Tally(ctx) })
	refuse("certify")
	do("canvass", func() error { return r.Canvass(ctx) })
	refuse("open", "mix")
}
