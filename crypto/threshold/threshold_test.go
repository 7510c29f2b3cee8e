package threshold_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"pgregory.net/rapid"
)

// A ceremony is what everybody knows and every trustee holds after an honest
// key generation; trustee i is at index i−1.
type ceremony struct {
	t, n    int
	dealers [][]group.Element
	secrets []*threshold.Secret
	y       group.Element
	keys    []group.Element
}

type fataler interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func hold(t fataler, quorum, n int) *ceremony {
	t.Helper()
	c := &ceremony{t: quorum, n: n}
	shares := make([][]group.Scalar, n)
	for range n {
		d, err := threshold.Deal(quorum, n)
		if err != nil {
			t.Fatal(err)
		}
		c.dealers = append(c.dealers, d.Commitments())
		for i := range shares {
			s := d.Share(i + 1)
			if !threshold.VerifyShare(d.Commitments(), i+1, s) {
				t.Fatalf("the share of trustee %d is refused", i+1)
			}
			shares[i] = append(shares[i], s)
		}
		d.Erase()
	}
	var err error
	if c.y, err = threshold.PublicKey(c.dealers); err != nil {
		t.Fatal(err)
	}
	for i := range shares {
		s, err := threshold.CombineShares(shares[i])
		if err != nil {
			t.Fatal(err)
		}
		yi, err := threshold.VerificationKey(c.dealers, i+1)
		if err != nil || !s.Key().Equal(yi) {
			t.Fatalf("the key of trustee %d: %v", i+1, err)
		}
		c.secrets, c.keys = append(c.secrets, s), append(c.keys, yi)
	}
	return c
}

// encrypt returns a row for each message.
func (c *ceremony) encrypt(messages ...uint64) []elgamal.Ciphertext {
	key := elgamal.NewKey(c.y)
	var rows []elgamal.Ciphertext
	for _, m := range messages {
		rows = append(rows, key.Encrypt(group.NewScalar(m), group.RandomScalar()))
	}
	return rows
}

// open opens rows with the trustees of these indices.
func (c *ceremony) open(t fataler, indices []int, rows []elgamal.Ciphertext) []group.Element {
	t.Helper()
	var partials [][]group.Element
	for _, i := range indices {
		partials = append(partials, c.secrets[i-1].PartialDecrypt(rows))
	}
	combined, err := threshold.Combine(indices, partials)
	if err != nil {
		t.Fatal(err)
	}
	out, err := threshold.Open(rows, combined)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAnyQuorumOpens(t *testing.T) {
	table := threshold.NewLogTable(100)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		c := hold(t, rapid.IntRange(1, n).Draw(t, "t"), n)
		messages := rapid.SliceOfN(rapid.Uint64Range(1, 100), 1, 3).Draw(t, "messages")
		rows := c.encrypt(messages...)
		indices := make([]int, n)
		for i := range indices {
			indices[i] = i + 1
		}
		indices = rapid.Permutation(indices).Draw(t, "trustees")
		for _, size := range []int{c.t, n} {
			for j, e := range c.open(t, indices[:size], rows) {
				if m, ok := table.Log(e); !ok || uint64(m) != messages[j] {
					t.Fatalf("trustees %v open row %d as %d, %v; want %d", indices[:size], j, m, ok, messages[j])
				}
			}
		}
		if c.t > 1 {
			for j, e := range c.open(t, indices[:c.t-1], rows) {
				if m, ok := table.Log(e); ok {
					t.Fatalf("trustees %v, one too few, open row %d as %d", indices[:c.t-1], j, m)
				}
			}
		}
	})
}

// TestBadDealer lets one dealer of a random ceremony send one wrong share.
func TestBadDealer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 5).Draw(t, "n")
		quorum := rapid.IntRange(1, n).Draw(t, "t")
		bad, victim := rapid.IntRange(1, n).Draw(t, "dealer"), rapid.IntRange(1, n).Draw(t, "victim")
		for dealer := 1; dealer <= n; dealer++ {
			d, err := threshold.Deal(quorum, n)
			if err != nil {
				t.Fatal(err)
			}
			for i := 1; i <= n; i++ {
				s := d.Share(i)
				wrong := dealer == bad && i == victim
				if wrong {
					s = s.Add(group.NewScalar(rapid.Uint64Min(1).Draw(t, "error")))
				}
				if threshold.VerifyShare(d.Commitments(), i, s) == wrong {
					t.Fatalf("share of dealer %d for trustee %d, wrong: %v, judged otherwise", dealer, i, wrong)
				}
			}
		}
	})
}

func TestSwappedShares(t *testing.T) {
	d, err := threshold.Deal(2, 3)
	if err != nil {
		t.Fatal(err)
	}
	other, err := threshold.Deal(2, 3)
	if err != nil {
		t.Fatal(err)
	}
	// 2·f(1) − f(2) = f(0), which fits the commitments and is no trustee's share.
	secret := d.Share(1).Add(d.Share(1)).Sub(d.Share(2))
	if !group.BaseMul(secret).Equal(d.Commitments()[0]) {
		t.Fatal("the shares do not give the constant term")
	}
	for name, ok := range map[string]bool{
		"at 0":               threshold.VerifyShare(d.Commitments(), 0, secret),
		"of another trustee": threshold.VerifyShare(d.Commitments(), 1, d.Share(2)),
		"of another dealer":  threshold.VerifyShare(d.Commitments(), 1, other.Share(1)),
		"for index 0":        threshold.VerifyShare(d.Commitments(), 0, d.Share(1)),
		"for index −1":       threshold.VerifyShare(d.Commitments(), -1, d.Share(1)),
		"of no commitments":  threshold.VerifyShare(nil, 1, group.Scalar{}),
		"of less":            threshold.VerifyShare(d.Commitments()[:1], 1, d.Share(1)),
	} {
		if ok {
			t.Errorf("a share %s is accepted", name)
		}
	}
}

func TestDealRefuses(t *testing.T) {
	for _, c := range [][2]int{{0, 3}, {-1, 3}, {4, 3}, {1, 0}, {0, 0}} {
		if _, err := threshold.Deal(c[0], c[1]); err == nil {
			t.Errorf("quorum %d of %d dealt", c[0], c[1])
		}
	}
}

func mustPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s does not panic", what)
		}
	}()
	f()
}

func TestMisusePanics(t *testing.T) {
	d, err := threshold.Deal(2, 3)
	if err != nil {
		t.Fatal(err)
	}
	mustPanic(t, "share 0, the secret", func() { d.Share(0) })
	mustPanic(t, "share −1", func() { d.Share(-1) })
	mustPanic(t, "share n+1", func() { d.Share(4) })
	s, err := threshold.CombineShares([]group.Scalar{d.Share(1)})
	if err != nil {
		t.Fatal(err)
	}
	d.Erase()
	s.Erase()
	if len(d.Commitments()) != 2 {
		t.Error("erasing took the commitments")
	}
	mustPanic(t, "an erased share", func() { d.Share(1) })
	mustPanic(t, "an erased constant term", func() { d.ProvePossession(nil) })
	mustPanic(t, "an erased secret's key", func() { s.Key() })
	mustPanic(t, "an erased secret's bytes", func() { s.Bytes() })
	mustPanic(t, "an erased secret's decryption", func() { s.PartialDecrypt(nil) })
	mustPanic(t, "an erased secret's rehearsal", func() { s.Rehearse(group.NewScalar(1)) })
}

// TestRogueKey lets the last dealer choose its constant term as the target's
// minus all others': y would then be a key that it alone knows. The shares can
// be made to fit for some, but possession cannot be proved.
func TestRogueKey(t *testing.T) {
	honest, err := threshold.Deal(2, 3)
	if err != nil {
		t.Fatal(err)
	}
	tag := []byte("ceremony, dealer 1")
	proof, err := honest.ProvePossession(tag)
	if err != nil {
		t.Fatal(err)
	}
	if err := threshold.VerifyPossession(tag, honest.Commitments(), proof); err != nil {
		t.Fatal(err)
	}
	known := group.RandomScalar()
	rogue := []group.Element{group.BaseMul(known).Sub(honest.Commitments()[0]), group.BaseMul(group.RandomScalar())}
	y, err := threshold.PublicKey([][]group.Element{honest.Commitments(), rogue})
	if err != nil || !y.Equal(group.BaseMul(known)) {
		t.Fatalf("the attack does not work as described: %v", err)
	}
	d, err := threshold.Deal(2, 3)
	if err != nil {
		t.Fatal(err)
	}
	own, err := d.ProvePossession([]byte("ceremony, dealer 2"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		tag         string
		commitments []group.Element
		proof       []byte
	}{
		"rogue with another's proof":       {"ceremony, dealer 1", rogue, proof},
		"rogue with a proof of its own":    {"ceremony, dealer 2", rogue, own},
		"rogue with nothing":               {"ceremony, dealer 2", rogue, nil},
		"another's commitments and proof":  {"ceremony, dealer 2", honest.Commitments(), proof},
		"no commitments":                   {"ceremony, dealer 1", nil, proof},
		"a constant term of zero":          {"ceremony, dealer 1", []group.Element{{}}, proof},
		"the constant term in other place": {"ceremony, dealer 1", []group.Element{honest.Commitments()[1], honest.Commitments()[0]}, proof},
	} {
		if threshold.VerifyPossession([]byte(c.tag), c.commitments, c.proof) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestKeysRefuse(t *testing.T) {
	c := hold(t, 2, 3)
	cancel := []group.Element{c.dealers[0][0].Neg(), c.dealers[0][1].Neg()}
	for name, dealers := range map[string][][]group.Element{
		"no dealers":                 {},
		"no commitments":             {{}},
		"unequal quorums":            {c.dealers[0], c.dealers[1][:1]},
		"dealers who cancel":         {c.dealers[0], cancel},
		"an empty dealer at the end": {c.dealers[0], {}},
	} {
		if _, err := threshold.PublicKey(dealers); err == nil {
			t.Errorf("public key of %s", name)
		}
		if _, err := threshold.VerificationKey(dealers, 1); err == nil {
			t.Errorf("verification key of %s", name)
		}
	}
	for _, i := range []int{0, -1} {
		if _, err := threshold.VerificationKey(c.dealers, i); err == nil {
			t.Errorf("verification key of trustee %d", i)
		}
	}
}

func TestCombineSharesRefuses(t *testing.T) {
	x := group.RandomScalar()
	for name, shares := range map[string][]group.Scalar{"none": nil, "shares that cancel": {x, x.Neg()}} {
		if _, err := threshold.CombineShares(shares); err == nil {
			t.Errorf("%s accepted", name)
		}
	}
}

func TestCommitments(t *testing.T) {
	d, err := threshold.Deal(3, 4)
	if err != nil {
		t.Fatal(err)
	}
	b := threshold.EncodeCommitments(d.Commitments())
	got, err := threshold.DecodeCommitments(b, 3)
	if err != nil || !slices.EqualFunc(got, d.Commitments(), group.Element.Equal) {
		t.Fatalf("round trip: %v", err)
	}
	for name, c := range map[string]struct {
		b []byte
		t int
	}{
		"a lower quorum": {b, 2}, "a higher quorum": {b, 4}, "no quorum": {nil, 0}, "a negative quorum": {nil, -1},
		"a zero at the end": {append(slices.Clone(b[:66]), make([]byte, 33)...), 3}, "a byte less": {b[:98], 3},
	} {
		if _, err := threshold.DecodeCommitments(c.b, c.t); err == nil {
			t.Errorf("%s accepted", name)
		}
	}
}

func TestCommitHash(t *testing.T) {
	g := group.Generator()
	two := g.Add(g)
	hash := threshold.CommitHash([]byte("tag"), []group.Element{g, two}, []byte("pop"))
	// SHA-256 of "sandogh dealing v1" 03000000 "tag" 02000000 g 2g 03000000 "pop".
	const want = "ad5999688f4f33aa18d078900b59ce76b3897369dc612a4c2e2b3cf6cbbdc63e"
	if got := fmt.Sprintf("%x", hash); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for name, other := range map[string][32]byte{
		"another tag":              threshold.CommitHash([]byte("tagg"), []group.Element{g, two}, []byte("pop")),
		"another order":            threshold.CommitHash([]byte("tag"), []group.Element{two, g}, []byte("pop")),
		"another proof":            threshold.CommitHash([]byte("tag"), []group.Element{g, two}, []byte("pop2")),
		"bytes moved to the proof": threshold.CommitHash([]byte("tag"), []group.Element{g}, append(two.Bytes(), "pop"...)),
		"bytes moved from the tag": threshold.CommitHash([]byte("ta"), []group.Element{g, two}, []byte("gpop")),
	} {
		if other == hash {
			t.Errorf("%s has the same hash", name)
		}
	}
}

func TestRehearsal(t *testing.T) {
	c := hold(t, 2, 3)
	r := group.RandomScalar()
	answer := c.secrets[0].Rehearse(r)
	if !threshold.VerifyRehearsal(r, c.keys[0], answer) {
		t.Error("an honest answer is refused")
	}
	for name, ok := range map[string]bool{
		"another trustee's":   threshold.VerifyRehearsal(r, c.keys[1], answer),
		"for another r":       threshold.VerifyRehearsal(r.Add(group.NewScalar(1)), c.keys[0], answer),
		"for r = 0":           threshold.VerifyRehearsal(group.Scalar{}, c.keys[0], group.Element{}),
		"for no key":          threshold.VerifyRehearsal(r, group.Element{}, group.Element{}),
		"that is no response": threshold.VerifyRehearsal(r, c.keys[0], group.Element{}),
	} {
		if ok {
			t.Errorf("an answer %s is accepted", name)
		}
	}
	// Together the answers are those of the election key.
	combined, err := threshold.Combine([]int{1, 3}, [][]group.Element{{answer}, {c.secrets[2].Rehearse(r)}})
	if err != nil || !combined[0].Equal(c.y.Mul(r)) {
		t.Errorf("the answers of a quorum are not r·y: %v", err)
	}
}

func TestSecretsStaySecret(t *testing.T) {
	d, err := threshold.Deal(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	s, err := threshold.CombineShares([]group.Scalar{d.Share(1)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := threshold.DecodeSecret(s.Bytes())
	if err != nil || !got.Key().Equal(s.Key()) {
		t.Fatalf("round trip: %v", err)
	}
	for _, b := range [][]byte{nil, make([]byte, 32), slices.Repeat([]byte{0xff}, 32), s.Bytes()[:31]} {
		if _, err := threshold.DecodeSecret(b); err == nil || strings.Contains(err.Error(), fmt.Sprintf("%x", b)) && len(b) > 0 {
			t.Errorf("%d bytes: %v", len(b), err)
		}
	}
	checkRedacted(t, "secret", s, *s)
	checkRedacted(t, "dealing", d, *d)
}
