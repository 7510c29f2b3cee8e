package verify_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// vectorsOfRecord calls the test with every record of the index.
func vectorsOfRecord(t *testing.T, test func(t *testing.T, z *zip.ReadCloser, id [32]byte)) {
	t.Helper()
	dir := filepath.Join("..", "spec", "vectors", "record")
	b, err := os.ReadFile(filepath.Join(dir, "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var index []struct{ File, Election string }
	if err := json.Unmarshal(b, &index); err != nil {
		t.Fatal(err)
	}
	for _, v := range index {
		z, err := zip.OpenReader(filepath.Join(dir, filepath.FromSlash(v.File)))
		if err != nil {
			t.Fatal(err)
		}
		id, err := hex.DecodeString(v.Election)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(v.File, func(t *testing.T) { test(t, z, [32]byte(id)) })
		z.Close()
	}
	if len(index) < 100 {
		t.Errorf("only %d records", len(index))
	}
}

func failing(r *report.Report) []string {
	var ids []string
	for _, c := range r.Checks {
		if c.State == report.Fail {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// TestUnit: a unit of a record that stands is verified, and what is wrong with a
// unit or below it is found as by Record. A unit is never refuted for what Record
// does not refute.
func TestUnit(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: verifies every record of the vectors")
	}
	verified, refuted := 0, 0
	vectorsOfRecord(t, func(t *testing.T, z *zip.ReadCloser, id [32]byte) {
		o := verify.Options{Election: &id}
		whole, view := verify.Record(context.Background(), z, o)
		if view == nil {
			return
		}
		var found []string
		units := 0
		for _, c := range view.Definition().Contests {
			fixed, err := view.Units(c.ID)
			if err != nil {
				continue
			}
			for _, u := range fixed {
				units++
				rep, counts := verify.Unit(context.Background(), z, c.ID, u.ID, o)
				if again, other := divided(z, c.ID, u.ID, 3, o); !bytes.Equal(again.JSON(), rep.JSON()) || !reflect.DeepEqual(other, counts) {
					t.Errorf("unit %s in three shares: %s\nin one: %s", u.ID, again.JSON(), rep.JSON())
				}
				found = append(found, failing(rep)...)
				if whole.Status == report.Verified && rep.Status != report.Verified {
					check, f, _ := rep.First()
					t.Errorf("unit %s is %s: %s %s", u.ID, rep.Status, check.ID, f)
				}
				if codes, ballots, err := view.Opened(c.ID, u.ID); err == nil && (counts == nil || counts.Ballots != ballots || !slices.Equal(counts.Codes, codes)) {
					t.Errorf("unit %s opens to %v, by Record to %v", u.ID, counts, codes)
				}
				if rep.Status == report.Verified {
					verified++
				} else if rep.Status == report.Refuted {
					refuted++
				}
				for _, id := range failing(rep) {
					if !slices.Contains(failing(whole), id) {
						t.Errorf("unit %s fails %s, the record does not", u.ID, id)
					}
				}
			}
		}
		if units == 0 {
			return
		}
		for _, id := range failing(whole) {
			// The others are not about a unit: files that do not belong, other lists.
			if id >= "V003" && id < "V040" && !slices.Contains(found, id) {
				t.Errorf("the record fails %s, none of its %d units does", id, units)
			}
		}
	})
	if verified < 10 || refuted < 20 {
		t.Errorf("%d units verified, %d refuted: too few to prove something", verified, refuted)
	}
}

// divided verifies a unit as several processes do that divide the proofs.
func divided(fsys fs.FS, contest, unit string, of int, o verify.Options) (*report.Report, *verify.Counts) {
	o.Facts = &source.Facts{}
	for nth := range of {
		for _, fact := range verify.Proofs(context.Background(), fsys, contest, unit, nth, of, verify.Options{Election: o.Election}) {
			o.Facts.Hold(fact)
		}
	}
	return verify.Unit(context.Background(), fsys, contest, unit, o)
}

// TestProofs: every proof is in one share, no share has much more than the others,
// and by a share alone nothing is verified.
func TestProofs(t *testing.T) {
	z, err := zip.OpenReader(filepath.Join("..", "spec", "vectors", "record", "good", "certified-01.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	_, view := verify.Record(context.Background(), z, verify.Options{})
	contest := view.Definition().Contests[0].ID
	fixed, err := view.Units(contest)
	if err != nil {
		t.Fatal(err)
	}
	// Branches are read side by side, in an order that may differ.
	i := slices.IndexFunc(fixed, func(u record.Unit) bool { return len(u.Branches) == 1 && u.Ballots > 0 })
	if i < 0 {
		t.Fatalf("every unit of %v has several branches", fixed)
	}
	unit := fixed[i].ID
	want, counts := verify.Unit(context.Background(), z, contest, unit, verify.Options{})
	all := len(verify.Proofs(context.Background(), z, contest, unit, 0, 1, verify.Options{}))
	if all < 20 || counts == nil {
		t.Fatalf("%d proofs: %s", all, want.JSON())
	}
	for _, of := range []int{1, 2, 4} {
		seen := map[[32]byte]bool{}
		for nth := range of {
			share := verify.Proofs(context.Background(), z, contest, unit, nth, of, verify.Options{})
			if of > 1 && (len(share) == 0 || len(share) > all/of+3) {
				t.Errorf("share %d of %d has %d of %d proofs", nth, of, len(share), all)
			}
			for _, fact := range share {
				seen[fact] = true
			}
		}
		if len(seen) != all {
			t.Errorf("%d of %d proofs are in %d shares", len(seen), all, of)
		}
		if rep, got := divided(z, contest, unit, of, verify.Options{}); !bytes.Equal(rep.JSON(), want.JSON()) || !reflect.DeepEqual(got, counts) {
			t.Errorf("in %d shares: %s", of, rep.JSON())
		}
	}
	for _, of := range []int{1, 2} {
		if rep, _ := verify.Unit(context.Background(), z, contest, unit, verify.Options{Facts: source.Share(0, of)}); rep.Status != report.Unknown {
			t.Errorf("one share of %d: %s", of, rep.Status)
		}
	}
}

// TestChallenge: every challenged ballot of every record is recomputed by itself,
// with the same outcome as by Record.
func TestChallenge(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: verifies every record of the vectors")
	}
	right, wrong := 0, 0
	vectorsOfRecord(t, func(t *testing.T, z *zip.ReadCloser, id [32]byte) {
		o := verify.Options{Election: &id}
		whole, view := verify.Record(context.Background(), z, o)
		if view == nil {
			return
		}
		def := view.Definition()
		var witnesses []board.Witness
		for _, w := range def.Witnesses {
			witnesses = append(witnesses, board.Witness{Name: w.Name, Key: w.Key.Ed25519()})
		}
		for _, b := range def.Branches {
			l, err := board.Open(z, record.BranchLog(b.ID), election.BranchOrigin(view.Election(), b.ID), b.LogKey.Ed25519(), witnesses)
			if err != nil {
				continue
			}
			for e, err := range l.Entries(0, l.Size()) {
				if err != nil {
					break
				}
				d, err := record.Decode(e.Data)
				if err != nil || d.Body.Kind() != "challenged" {
					continue
				}
				rep, revealed := verify.Challenge(context.Background(), z, b.ID, e.Index, o)
				switch check, _ := rep.Check("V026"); {
				case check.State == report.Pass:
					right++
					if revealed == nil || len(revealed.Contests) == 0 {
						t.Error("nothing is revealed")
					}
				case check.State == report.Fail:
					wrong++
				}
				for _, id := range failing(rep) {
					if id == "V026" && !slices.Contains(failing(whole), id) {
						t.Errorf("entry %d fails %s, the record does not", e.Index, id)
					}
				}
			}
		}
		if slices.Contains(failing(whole), "V026") && wrong == 0 {
			t.Error("the record fails V026, none of its challenged ballots does")
		}
	})
	if right < 20 || wrong < 3 {
		t.Errorf("%d right and %d wrong challenged ballots: too few to prove something", right, wrong)
	}
	z, err := zip.OpenReader(filepath.Join("..", "spec", "vectors", "record", "good", "certified-01.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, at := range []struct {
		branch string
		index  uint64
	}{{"nowhere", 0}, {"1", 1 << 40}, {strings.Repeat("x", 1<<16), 0}} {
		if rep, c := verify.Challenge(context.Background(), z, at.branch, at.index, verify.Options{}); rep.Status != report.Unknown || c != nil {
			t.Errorf("branch %.20s, entry %d: %s", at.branch, at.index, rep.Status)
		}
	}
	if rep, _ := verify.Unit(context.Background(), z, "nothing", strings.Repeat("x", 1<<16), verify.Options{}); rep.Status != report.Unknown || len(rep.JSON()) > 1<<16 {
		t.Errorf("a unit that is not there: %s", rep.Status)
	}
}
