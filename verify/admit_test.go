package verify_test

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/internal/rehearsal"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/mix"
	"github.com/sandogh/sandogh/record"
)

// TestAdmit: what a mixer or a trustee hands in is looked at before it is put on
// the record, with the checks that an auditor would make.
func TestAdmit(t *testing.T) {
	ctx := context.Background()
	const seed = 73
	e, err := simulate.Small(seed)
	if err != nil {
		t.Fatal(err)
	}
	r, err := rehearsal.New(ctx, rehearsal.Config{Election: e, Dir: filepath.Join(t.TempDir(), "election"), Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(ctx)
	for _, act := range []func() error{
		func() error { return r.Ceremony(ctx) },
		func() error { _, err := r.Vote(ctx); return err },
		func() error { return r.Units(ctx) },
	} {
		if err := act(); err != nil {
			t.Fatal(err)
		}
	}
	id := r.Definition().ID()
	const contest = "council"
	units, err := r.View().Units(contest)
	if err != nil {
		t.Fatal(err)
	}
	signed := func(body record.Body, by string, blobs ...[]byte) *record.Submission {
		t.Helper()
		entry, err := record.Sign(id, record.HQ, body, e.Keys.Signer(by))
		if err != nil {
			t.Fatal(err)
		}
		return &record.Submission{Entry: entry, Blobs: blobs}
	}
	good, err := mix.Unit(r.View(), contest, units[0].ID, "m1", e.Keys.Signer("mixer/m1"))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.View().Admit(good); err != nil {
		t.Fatalf("a good shuffle: %v", err)
	}
	turn := func(change func(b *record.Shuffle, blobs [][]byte)) *record.Submission {
		t.Helper()
		entry, err := record.Decode(good.Entry)
		if err != nil {
			t.Fatal(err)
		}
		b := entry.Body.(*record.Shuffle)
		blobs := [][]byte{bytes.Clone(good.Blobs[0]), bytes.Clone(good.Blobs[1])}
		change(b, blobs)
		typeOf := [2]string{b.Output.Type, b.Proof.Type}
		b.Output, b.Proof = record.NewBlob(typeOf[0], blobs[0]), record.NewBlob(typeOf[1], blobs[1])
		return signed(b, "mixer/"+b.Mixer, blobs...)
	}
	own, err := record.Decode(good.Entry)
	if err != nil {
		t.Fatal(err)
	}
	g := group.Generator().Bytes()
	for name, c := range map[string]struct {
		s    *record.Submission
		want string
	}{
		"rows exchanged": {turn(func(b *record.Shuffle, blobs [][]byte) {
			rows := blobs[0]
			first := bytes.Clone(rows[:elgamal.Size])
			copy(rows, rows[elgamal.Size:2*elgamal.Size])
			copy(rows[elgamal.Size:], first)
		}), "V032"},
		"another proof":              {turn(func(b *record.Shuffle, blobs [][]byte) { blobs[1][len(blobs[1])-1] ^= 1 }), "V032"},
		"a row less":                 {turn(func(b *record.Shuffle, blobs [][]byte) { blobs[0] = blobs[0][elgamal.Size:] }), "V031"},
		"a byte more of proof":       {turn(func(b *record.Shuffle, blobs [][]byte) { blobs[1] = append(blobs[1], 0) }), "V031"},
		"rows that are called other": {turn(func(b *record.Shuffle, blobs [][]byte) { b.Output.Type = record.TypeShares }), "V031"},
		"proof that is called other": {turn(func(b *record.Shuffle, blobs [][]byte) { b.Proof.Type = record.TypeRows }), "V031"},
		"the second turn first":      {turn(func(b *record.Shuffle, blobs [][]byte) { b.Turn++ }), "V031"},
		"other rows":                 {turn(func(b *record.Shuffle, blobs [][]byte) { b.Input[0] ^= 1 }), "V031"},
		"the mixer of the second":    {turn(func(b *record.Shuffle, blobs [][]byte) { b.Mixer = "m2" }), ""},
		"shares of what is not mixed": {signed(&record.Shares{Contest: contest, Unit: units[0].ID, Trustee: "t1", Proof: make([]byte, 98),
			Shares: record.NewBlob(record.TypeShares, g)}, "trustee/t1", g), "not mixed completely"},
		"another's signature":     {signed(own.Body, "mixer/m2", good.Blobs...), "V008"},
		"a blob too few":          {&record.Submission{Entry: good.Entry, Blobs: good.Blobs[:1]}, "brings 1 blobs, its entry names 2"},
		"what headquarters makes": {signed(&record.Head{Branch: "101"}, "office/hq"), "headquarters makes it itself"},
		"what a branch writes":    {signed(&record.Cast{Device: "b1-device1"}, "device/b1-device1"), "belongs into a branch's log"},
		"no entry":                {&record.Submission{Entry: []byte("no entry")}, "decode"},
	} {
		if err := r.View().Admit(c.s); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
