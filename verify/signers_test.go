package verify_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
)

// The example's private keys are public; spec/definition.md says how they are
// made.
func exampleSigner(by, role string) record.Signer {
	seed := sha256.Sum256([]byte("sandogh example " + role))
	return record.Signer{By: by, Key: ed25519.NewKeyFromSeed(seed[:])}
}

func exampleDefinition(t testing.TB) *election.Definition {
	t.Helper()
	text, err := os.ReadFile("../spec/examples/definition.json")
	if err != nil {
		t.Fatal(err)
	}
	d, err := election.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestWhoAnswers: who must sign each entry of headquarters' log, exactly.
func TestWhoAnswers(t *testing.T) {
	d := exampleDefinition(t)
	id := d.ID()
	fsys := fstest.MapFS{
		"hq/checkpoint":                     {Data: []byte(d.HQOrigin() + "\n")},
		"blob/" + hex.EncodeToString(id[:]): {Data: d.Canonical()},
	}
	hq, board, county := exampleSigner("office/hq", "office hq"), exampleSigner("office/board", "office board"), exampleSigner("office/county", "office county")
	t1, t2, m1 := exampleSigner("trustee/t1", "trustee t1"), exampleSigner("trustee/t2", "trustee t2"), exampleSigner("mixer/m1", "mixer m1")
	type signers = []record.Signer
	for _, c := range []struct {
		body       record.Body
		good, bad  []signers
		branchOnly bool
	}{
		{body: &record.Definition{}, good: []signers{{hq}}, bad: []signers{{board}, {hq, board}, {exampleSigner("office/hq", "office board")}}},
		{body: &record.Commitment{Trustee: "t1"}, good: []signers{{t1}}, bad: []signers{{t2}, {hq}, {t1, t2}}},
		{body: &record.Dealing{Trustee: "t1"}, good: []signers{{t1}}, bad: []signers{{t2}}},
		{body: &record.Complaint{Trustee: "t1", Dealer: "t2"}, good: []signers{{t1}}, bad: []signers{{t2}, {hq}, {t1, t2}}},
		{body: &record.Disclosure{Dealer: "t1", Trustee: "t2"}, good: []signers{{t1}}, bad: []signers{{t2}, {hq}, {t1, t2}}},
		{body: &record.Confirmation{Trustee: "t1"}, good: []signers{{t1}}, bad: []signers{{t2}}},
		{body: &record.Confirmation{Trustee: ""}, bad: []signers{{t1}, {hq}}},
		{body: &record.ElectionKey{}, good: []signers{{hq}}, bad: []signers{{t1}}},
		{body: &record.Grant{Office: "county"}, good: []signers{{county}}, bad: []signers{{hq}, {board}, {board, county}}},
		// An office without a name would be a second name of any supervisory
		// office, which could then grant both officers of a branch alone.
		{body: &record.Grant{Office: ""}, bad: []signers{{board}, {hq}, {exampleSigner("office/", "office board")}}},
		{body: &record.Grant{Office: "a supervisory office"}, bad: []signers{{board}}},
		{body: &record.Grant{Office: "nobody"}, bad: []signers{{board}, {exampleSigner("office/nobody", "office board")}}},
		{body: &record.Head{}, good: []signers{{hq}}, bad: []signers{{board}}},
		{body: &record.Units{}, good: []signers{{hq}}, bad: []signers{{board}}},
		{body: &record.Shuffle{Mixer: "m1"}, good: []signers{{m1}}, bad: []signers{{hq}, {exampleSigner("mixer/m2", "mixer m2")}}},
		{body: &record.Shares{Trustee: "t1"}, good: []signers{{t1}}, bad: []signers{{t2}, {hq}}},
		{body: &record.Tally{}, good: []signers{{hq}}, bad: []signers{{t1}}},
		{body: &record.Canvass{}, good: []signers{{hq}}, bad: []signers{{board}}},
		{body: &record.Question{}, good: []signers{{hq}}, bad: []signers{{board}}},
		{body: &record.Result{}, good: []signers{{hq, board}}, bad: []signers{{hq}, {board}, {hq, county}, {board, county}, {hq, t1}, {hq, board, county}}},
		{body: &record.Correction{}, good: []signers{{hq, board}}, bad: []signers{{hq}, {board}, {hq, county}, {board, county}, {hq, t1}, {hq, board, county}}},
		{body: &record.ExtensionOrder{}, good: []signers{{hq, board}}, bad: []signers{{hq}, {board}, {hq, county}, {board, county}, {hq, board, county}}},
		{body: &record.Opening{}, branchOnly: true},
		{body: &record.Sealed{}, branchOnly: true},
		{body: &record.Cast{}, branchOnly: true},
		{body: &record.Spoiled{}, branchOnly: true},
		{body: &record.Challenged{}, branchOnly: true},
		{body: &record.Close{}, branchOnly: true},
		{body: &record.Pause{}, branchOnly: true},
		{body: &record.Resume{}, branchOnly: true},
		{body: &record.Extension{}, branchOnly: true},
		{body: &record.Enrol{}, branchOnly: true},
		{body: &record.Retire{}, branchOnly: true},
	} {
		check := func(s signers) (bool, error) {
			t.Helper()
			data, err := record.Sign(id, record.HQ, c.body, s...)
			if err != nil {
				t.Fatal(err)
			}
			e, err := record.Decode(data)
			if err != nil {
				t.Fatal(err)
			}
			return verify.SignedInHQ(fsys, e)
		}
		by := func(s signers) (names []string) {
			for _, x := range s {
				names = append(names, x.By)
			}
			return names
		}
		for _, s := range c.good {
			if belongs, err := check(s); !belongs || err != nil {
				t.Errorf("%s signed by %q is refused: %v", c.body.Kind(), by(s), err)
			}
		}
		for _, s := range c.bad {
			if _, err := check(s); err == nil {
				t.Errorf("%s signed by %q is accepted (%+v)", c.body.Kind(), by(s), c.body)
			}
		}
		if belongs, _ := check(signers{hq}); belongs == c.branchOnly {
			t.Errorf("%s belongs into headquarters' log: %v", c.body.Kind(), belongs)
		}
	}
}
