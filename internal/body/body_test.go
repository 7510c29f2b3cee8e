package body_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/strictjson"
)

const passphrase = "correct horse"

// make1 makes a body in a folder of its own.
func make1(t *testing.T, kind body.Kind, id string, keys ...string) (dir string, x *body.Identity) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "body")
	x, err := body.New(kind, id, keys...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Create(dir, passphrase, body.MinWork); err != nil {
		t.Fatal(err)
	}
	return dir, x
}

func TestIdentity(t *testing.T) {
	dir, x := make1(t, body.Trustee, "t1", body.Signing, body.Shares)
	y, err := body.Open(dir, body.Trustee, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	a, err := x.ShareKey()
	if err != nil {
		t.Fatal(err)
	}
	b, err := y.ShareKey()
	if err != nil {
		t.Fatal(err)
	}
	if !x.Key(body.Signing).Equal(y.Key(body.Signing)) || !a.Equal(b) || y.ID != "t1" || y.Signer().By != "trustee/t1" {
		t.Error("what was opened is another identity")
	}
	if x.Key(body.Log) != nil || x.Key(body.Shares) != nil {
		t.Error("there are Ed25519 keys that were not made")
	}
	path := filepath.Join(dir, body.IdentityFile)
	for p, want := range map[string]os.FileMode{dir: 0o700 | os.ModeDir, path: 0o600} {
		if info, err := os.Stat(p); err != nil || info.Mode() != want {
			t.Errorf("%s has mode %v (%v), want %v", p, info.Mode(), err, want)
		}
	}
	sealed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if seed := x.Key(body.Signing).Seed(); bytes.Contains(sealed, seed) || bytes.Contains(sealed, fmt.Appendf(nil, "%x", seed)) {
		t.Error("the key lies open in the file")
	}

	if _, err := body.Open(dir, body.Trustee, "wrong"); !errors.Is(err, body.ErrPassphrase) {
		t.Errorf("a wrong passphrase: %v", err)
	}
	if _, err := body.Open(dir, body.Trustee, ""); err == nil {
		t.Error("an empty passphrase opens")
	}
	if _, err := body.Open(dir, body.Mixer, passphrase); err == nil || !strings.Contains(err.Error(), "trustee t1") {
		t.Errorf("another kind: %v", err)
	}
	if _, err := body.Open(t.TempDir(), body.Mixer, passphrase); err == nil || !strings.Contains(err.Error(), "sandogh mixer init") {
		t.Errorf("no identity: %v", err)
	}
	if _, err := x.Create(dir, passphrase, body.MinWork); err == nil || !strings.Contains(err.Error(), "never overwritten") {
		t.Errorf("made again: %v", err)
	}
	if again, err := os.ReadFile(path); err != nil || !bytes.Equal(again, sealed) {
		t.Error("the identity was touched")
	}
	for i := 0; i < len(sealed); i += 1 + len(sealed)/60 {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := body.Open(dir, body.Trustee, passphrase); err == nil {
			t.Errorf("byte %d can be changed", i)
		}
	}
	for _, work := range []int{0, body.MinWork - 1, 23} {
		if _, err := x.Create(t.TempDir(), passphrase, work); err == nil {
			t.Errorf("work factor %d is accepted", work)
		}
	}
	for _, id := range []string{"", "a/b", "a b", strings.Repeat("a", 33)} {
		if _, err := body.New(body.Mixer, id); err == nil {
			t.Errorf("id %q is accepted", id)
		}
	}
}

func TestRedacted(t *testing.T) {
	_, x := make1(t, body.Branch, "b1", body.Log, "officer/o1")
	j, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{fmt.Sprint(x), fmt.Sprintf("%+v %#v %x", *x, *x, x), string(j), x.LogValue().String()} {
		if !strings.Contains(s, "REDACTED") || strings.Contains(s, "b1") {
			t.Errorf("it prints as %s", s)
		}
	}
}

func TestState(t *testing.T) {
	dir, x := make1(t, body.Trustee, "t1", body.Signing, body.Shares)
	one, two := [32]byte{1}, [32]byte{2}
	if _, ok, err := x.Load("share", one); ok || err != nil {
		t.Errorf("there is a share: %v", err)
	}
	for _, want := range []string{"", "share", strings.Repeat("long", 50_000)} {
		if err := x.Save("share", one, []byte(want)); err != nil {
			t.Fatal(err)
		}
		y, err := body.Open(dir, body.Trustee, passphrase)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok, err := y.Load("share", one); err != nil || !ok || string(got) != want {
			t.Errorf("%d bytes, %v, %v", len(got), ok, err)
		}
	}
	path := filepath.Join(dir, "share.age")
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, _, err := x.Load("share", two); err == nil || !strings.Contains(err.Error(), "of the election 01") {
		t.Errorf("another election: %v", err)
	}
	if err := os.Rename(path, filepath.Join(dir, "dealing.age")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := x.Load("dealing", one); err == nil || !strings.Contains(err.Error(), "not the dealing") {
		t.Errorf("another purpose: %v", err)
	}
	other, z := make1(t, body.Trustee, "t2", body.Signing, body.Shares)
	data, err := os.ReadFile(filepath.Join(dir, "dealing.age"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, "dealing.age"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := z.Load("dealing", one); err == nil || !strings.Contains(err.Error(), "another identity") {
		t.Errorf("another body: %v", err)
	}
	for i := 0; i < len(data); i += 1 + len(data)/200 {
		bad := bytes.Clone(data)
		bad[i] ^= 1
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := x.Load("share", one); err == nil {
			t.Errorf("byte %d can be changed", i)
		}
	}
	for range 2 {
		if err := x.Remove("share"); err != nil {
			t.Error(err)
		}
	}
	if _, ok, err := x.Load("share", one); ok || err != nil {
		t.Errorf("removed, it is there: %v", err)
	}
}

func TestCards(t *testing.T) {
	for _, c := range []struct {
		kind body.Kind
		keys []string
		into []any
	}{
		{body.Trustee, []string{body.Signing, body.Shares}, []any{&election.Trustee{}}},
		{body.Mixer, []string{body.Signing}, []any{&election.Mixer{}}},
		{body.Office, []string{body.Signing, body.Log}, []any{&election.Office{}, &body.HQLogCard{}}},
		{body.Witness, []string{body.Signing}, []any{&election.Witness{}}},
		{body.Branch, []string{body.Log, "officer/o1", "officer/o2", "device/d1"}, []any{&body.BranchCard{}}},
	} {
		x, err := body.New(c.kind, "x1", c.keys...)
		if err != nil {
			t.Fatal(err)
		}
		x.Name, x.Role = election.Name{Fa: "نام"}, election.Headquarters
		cards, err := x.Cards()
		if err != nil || len(cards) != len(c.into) {
			t.Fatalf("%s: %d cards, %v", c.kind, len(cards), err)
		}
		for i, card := range cards {
			if faults := strictjson.Unmarshal(card.JSON, "card", c.into[i]); len(faults) > 0 {
				t.Errorf("%s: %v", c.kind, faults)
			}
			for _, k := range c.keys {
				if k != body.Shares && bytes.Contains(card.JSON, fmt.Appendf(nil, "%x", x.Key(k).Seed())) {
					t.Errorf("%s: the card holds the private key %s", c.kind, k)
				}
			}
		}
		paths, err := x.Create(t.TempDir(), passphrase, body.MinWork)
		if err != nil || len(paths) != len(cards) {
			t.Fatalf("%v, %v", paths, err)
		}
		for i, path := range paths {
			if data, err := os.ReadFile(path); err != nil || !bytes.Equal(data, cards[i].JSON) {
				t.Errorf("%s holds %s (%v)", path, data, err)
			}
		}
		if b, ok := c.into[0].(*body.BranchCard); ok && (len(b.Officers) != 2 || len(b.Devices) != 1 || b.LogKey != x.Public(body.Log)) {
			t.Errorf("the branch's card is %+v", b)
		}
	}
}

func TestEntryFiles(t *testing.T) {
	_, x := make1(t, body.Trustee, "t1", body.Signing, body.Shares)
	entry, err := record.Sign([32]byte{1}, record.HQ, &record.Commitment{Trustee: "t1", Hash: make([]byte, 32)}, x.Signer())
	if err != nil {
		t.Fatal(err)
	}
	s := &record.Submission{Entry: entry}
	path := filepath.Join(t.TempDir(), "out", "commit.entry")
	for i, want := range []bool{true, false} {
		if written, err := body.WriteEntry(durable.Disk{}, path, s); err != nil || written != want {
			t.Errorf("writing %d: %v, %v", i, written, err)
		}
	}
	got, e, err := body.ReadEntry(path)
	if err != nil || !bytes.Equal(got.Entry, entry) || e.Body.Kind() != "commitment" {
		t.Errorf("%v, %v", e, err)
	}
	if err := os.WriteFile(path, append(entry, 0), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := body.ReadEntry(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a byte too many: %v", err)
	}
	if _, err := body.WriteEntry(durable.Disk{}, path, s); err == nil || !strings.Contains(err.Error(), "something else") {
		t.Errorf("overwritten: %v", err)
	}
	if _, _, err := body.ReadEntry(path + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// TestFaults: whatever step of the disk fails, an identity is there whole or not
// at all, and it is made by trying again; state that was kept stays readable.
func TestFaults(t *testing.T) {
	fault := errors.New("the disk is full")
	one := [32]byte{1}
	for n := 0; ; n++ {
		dir := filepath.Join(t.TempDir(), "body")
		steps := 0
		failing := durable.Disk{Before: func(durable.Step, string) error {
			if steps++; steps > n {
				return fault
			}
			return nil
		}}
		x, err := body.New(body.Trustee, "t1", body.Signing, body.Shares)
		if err != nil {
			t.Fatal(err)
		}
		x.Disk = failing
		_, err = x.Create(dir, passphrase, body.MinWork)
		if err == nil && x.Save("share", one, []byte("first")) == nil && x.Save("share", one, []byte("second")) == nil {
			break // no step is left to fail
		}
		y, opened := body.Open(dir, body.Trustee, passphrase)
		if err != nil && opened != nil { // it was not made, and is now
			x.Disk = durable.Disk{}
			if _, err := x.Create(dir, passphrase, body.MinWork); err != nil {
				t.Fatalf("after %d steps: %v", n, err)
			}
			continue
		}
		if opened != nil {
			t.Fatalf("after %d steps: %v", n, opened)
		}
		if !y.Key(body.Signing).Equal(x.Key(body.Signing)) {
			t.Errorf("after %d steps it is another identity", n)
		}
		state, ok, err := y.Load("share", one)
		if err != nil || ok && string(state) != "first" && string(state) != "second" {
			t.Errorf("after %d steps the state is %q, %v", n, state, err)
		}
	}
}
