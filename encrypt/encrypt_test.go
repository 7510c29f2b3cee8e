package encrypt_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/ballot"
	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/encrypt"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/spec"
	"golang.org/x/mod/sumdb/tlog"
)

// setting is a device of the example election with a limit of ballots.
func setting(t testing.TB, limit uint64) (*encrypt.Device, *election.Definition, ed25519.PublicKey) {
	t.Helper()
	data, err := spec.Examples.ReadFile("examples/definition.json")
	if err != nil {
		t.Fatal(err)
	}
	def, err := election.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key := elgamal.NewKey(group.BaseMul(group.RandomScalar()))
	d, err := encrypt.New(def, key, def.Branches[0].ID, "d1", private, limit, []byte("dice"))
	if err != nil {
		t.Fatal(err)
	}
	return d, def, public
}

// choose is a ballot that selects the first candidate of every contest.
func choose(t testing.TB, def *election.Definition) *ballot.Ballot {
	t.Helper()
	style, err := def.StyleOf(def.Branches[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	var s []ballot.Selections
	for _, c := range style.Contests {
		s = append(s, ballot.Selections{Contest: c.ID, Codes: []int{1}})
	}
	b, err := ballot.New(style, s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEndings(t *testing.T) {
	d, def, public := setting(t, 4)
	committed, err := d.Commitment()
	if err != nil {
		t.Fatal(err)
	}
	ends := []func(uint64) ([]byte, error){d.Cast, d.Spoil, d.Challenge}
	kinds := []string{"cast", "spoiled", "challenged"}
	for i, end := range ends {
		s, err := d.Seal(choose(t, def))
		if err != nil {
			t.Fatal(err)
		}
		if s.Number != uint64(i) || s.Code != record.Code(s.Entry) || d.Waiting() != 1 {
			t.Errorf("number %d, %d waiting", s.Number, d.Waiting())
		}
		data, err := end(s.Number)
		if err != nil {
			t.Fatal(err)
		}
		e, err := record.Decode(data)
		if err != nil || e.Body.Kind() != kinds[i] {
			t.Fatalf("%v, kind %s", err, e.Body.Kind())
		}
		err = e.Verify(def.ID(), record.BranchLog(def.Branches[0].ID), func(by string) (ed25519.PublicKey, bool) { return public, by == "device/d1" })
		if err != nil {
			t.Error(err)
		}
		for _, again := range ends {
			if _, err := again(s.Number); err == nil {
				t.Error("a ballot ended twice")
			}
		}
		if c, ok := e.Body.(*record.Challenged); ok {
			var path tlog.RecordProof
			for _, h := range c.Path {
				path = append(path, tlog.Hash(h))
			}
			err := tlog.CheckRecord(path, int64(committed.Limit), tlog.Hash(committed.Root), int64(c.Number), record.SeedLeaf(c.Number, [32]byte(c.Seed)))
			if err != nil || len(c.Contests) == 0 || len(c.Contests[0].Selections) != 1 || c.Contests[0].Selections[0] != 1 {
				t.Errorf("the challenge does not open the commitment: %v, %+v", err, c.Contests)
			}
		}
	}
	if _, err := d.Cast(77); err == nil {
		t.Error("a ballot that was never sealed is cast")
	}
}

func TestSealRefuses(t *testing.T) {
	d, def, _ := setting(t, 1)
	if _, err := d.Seal(choose(t, def)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Seal(choose(t, def)); err == nil || !strings.Contains(err.Error(), "another device") {
		t.Errorf("beyond the limit: %v", err)
	}
	d.Close()
	if _, err := d.Seal(choose(t, def)); !errors.Is(err, encrypt.ErrClosed) {
		t.Errorf("after closing: %v", err)
	}
	if _, err := d.Challenge(0); !errors.Is(err, encrypt.ErrClosed) {
		t.Errorf("challenge after closing: %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	_, def, _ := setting(t, 1)
	key := elgamal.NewKey(group.Hash("key", 0))
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		branch, id string
		limit      uint64
	}{{"nowhere", "d1", 1}, {def.Branches[0].ID, "d 1", 1}, {def.Branches[0].ID, "d1", 0}, {def.Branches[0].ID, "d1", uint64(def.MaxBallotsPerDevice) + 1}} {
		if _, err := encrypt.New(def, key, c.branch, c.id, private, c.limit, nil); err == nil {
			t.Errorf("%+v accepted", c)
		}
	}
}

func TestDeviceIsRedacted(t *testing.T) {
	d, _, _ := setting(t, 1)
	j, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "d", d)
	for _, text := range []string{string(j), fmt.Sprintf("%v %+v %#v %s %d", d, d, d, *d, d), log.String()} {
		if !strings.Contains(text, "device[REDACTED]") || len(text) > 200 {
			t.Errorf("prints as %s", text)
		}
	}
}

func TestCheckStyle(t *testing.T) {
	style := func(contests, n, k int) election.Style {
		s := election.Style{ID: strings.Repeat("s", 32)}
		for range contests {
			s.Contests = append(s.Contests, &election.Contest{ID: strings.Repeat("c", 32), Candidates: make([]election.Candidate, n), VoteLimit: k})
		}
		return s
	}
	for _, c := range []struct {
		contests, n, k int
		fits           bool
	}{{1, 10, 4, true}, {24, 3000, 21, true}, {26, 3000, 21, false}, {10, 3000, 64, true}, {12, 3000, 64, false}} {
		if err := encrypt.CheckStyle(style(c.contests, c.n, c.k)); (err == nil) != c.fits {
			t.Errorf("%d contests of %d among %d: %v", c.contests, c.k, c.n, err)
		}
	}
}

// TestRestore: a device that has started anew commits to the same seeds, goes on
// with the next number, and a ballot of it opens its commitment.
func TestRestore(t *testing.T) {
	_, def, _ := setting(t, 1)
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key := elgamal.NewKey(group.Hash("key", 0))
	branch := def.Branches[0].ID
	root := encrypt.DrawRoot([]byte("dice"))
	kept, err := encrypt.ParseRoot(root.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	first, err := encrypt.Restore(def, key, branch, "d1", private, 5, root)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Warm(); err != nil {
		t.Fatal(err)
	}
	sealed, err := first.Seal(choose(t, def))
	if err != nil || sealed.Number != 0 {
		t.Fatalf("number %d, %v", sealed.Number, err)
	}
	again, err := encrypt.Restore(def, key, branch, "d1", private, 5, kept)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Skip(1); err != nil {
		t.Fatal(err)
	}
	a, err := first.Commitment()
	if err != nil {
		t.Fatal(err)
	}
	b, err := again.Commitment()
	if err != nil || !bytes.Equal(a.Root, b.Root) || a.Limit != b.Limit {
		t.Errorf("another commitment: %v", err)
	}
	next, err := again.Seal(choose(t, def))
	if err != nil || next.Number != 1 {
		t.Fatalf("number %d, %v", next.Number, err)
	}
	if _, err := again.Challenge(0); err == nil {
		t.Error("a ballot of before is challenged")
	}
	signer := record.Signer{By: "device/d1", Key: private}
	for _, cast := range []bool{true, false} {
		data, err := encrypt.Settle(def.ID(), branch, "d1", 0, sealed.Code, cast, signer)
		if err != nil {
			t.Fatal(err)
		}
		e, err := record.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		switch body := e.Body.(type) {
		case *record.Cast:
			if !cast || body.Number != 0 || !bytes.Equal(body.Code, sealed.Code[:]) {
				t.Errorf("settled as %+v", body)
			}
		case *record.Spoiled:
			if cast || body.Number != 0 || !bytes.Equal(body.Code, sealed.Code[:]) {
				t.Errorf("settled as %+v", body)
			}
		default:
			t.Errorf("settled as %s", body.Kind())
		}
	}
	for _, next := range []uint64{0, 1, 6} {
		if err := again.Skip(next); err == nil {
			t.Errorf("goes on with ballot %d", next)
		}
	}
	if _, err := encrypt.ParseRoot(root.Bytes()[1:]); err == nil {
		t.Error("a short root is taken")
	}
	if text := fmt.Sprintf("%v %+v %x %s", root, &root, root, root); strings.Contains(text, fmt.Sprintf("%x", root.Bytes())) || !strings.Contains(text, "root[REDACTED]") {
		t.Errorf("prints as %s", text)
	}
}
