package threshold_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
)

// TestDealingIsRead: a dealer who begins again from its file is the same dealer.
func TestDealingIsRead(t *testing.T) {
	for _, c := range [][2]int{{1, 1}, {1, 3}, {2, 3}, {3, 3}, {4, 9}} {
		quorum, n := c[0], c[1]
		d, err := threshold.Deal(quorum, n)
		if err != nil {
			t.Fatal(err)
		}
		b := d.Bytes()
		again, err := threshold.DecodeDealing(b, quorum, n)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) != 32*quorum || !bytes.Equal(again.Bytes(), b) || !slices.EqualFunc(again.Commitments(), d.Commitments(), group.Element.Equal) {
			t.Errorf("quorum %d of %d: another dealing is read", quorum, n)
		}
		for i := 1; i <= n; i++ {
			if !threshold.VerifyShare(d.Commitments(), i, again.Share(i)) {
				t.Errorf("quorum %d of %d: another share of trustee %d is read", quorum, n, i)
			}
		}
		mustPanic(t, "the share of nobody", func() { again.Share(n + 1) })
	}
}

func TestDecodeDealingRefuses(t *testing.T) {
	d, err := threshold.Deal(2, 3)
	if err != nil {
		t.Fatal(err)
	}
	b := d.Bytes()
	zero, order := make([]byte, 32), bytes.Repeat([]byte{0xff}, 32)
	for name, c := range map[string]struct {
		b    []byte
		t, n int
		text string
	}{
		"a quorum of none":           {nil, 0, 3, "quorum 0 of 3"},
		"a negative quorum":          {nil, -1, 3, "quorum -1 of 3"},
		"a quorum of more than all":  {b, 2, 1, "quorum 2 of 1"},
		"a lower quorum":             {b, 1, 3, "not the 1 coefficients"},
		"a higher quorum":            {b, 3, 3, "not the 3 coefficients"},
		"a byte less":                {b[:63], 2, 3, "not the 2 coefficients"},
		"a byte more":                {append(bytes.Clone(b), 0), 2, 3, "not the 2 coefficients"},
		"a first coefficient of 0":   {append(bytes.Clone(zero), b[32:]...), 2, 3, "other than zero"},
		"a last coefficient of 0":    {append(bytes.Clone(b[:32]), zero...), 2, 3, "other than zero"},
		"a number beyond the order":  {append(bytes.Clone(b[:32]), order...), 2, 3, "not a scalar"},
		"nothing in place of a file": {nil, 2, 3, "not the 2 coefficients"},
	} {
		_, err := threshold.DecodeDealing(c.b, c.t, c.n)
		if err == nil || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), fmt.Sprintf("%x", b[:32])) {
			t.Errorf("%s: the error tells a coefficient", name)
		}
	}
}

// TestEraseClears: the polynomial is taken from memory, not only from reach.
func TestEraseClears(t *testing.T) {
	d, err := threshold.Deal(3, 3)
	if err != nil {
		t.Fatal(err)
	}
	memory := d.Coefficients()
	d.Erase()
	for i, a := range memory {
		if !a.IsZero() {
			t.Errorf("coefficient %d is still there", i)
		}
	}
	for name, use := range map[string]func(){
		"bytes":      func() { d.Bytes() },
		"possession": func() { d.ProvePossession(nil) },
		"share":      func() { d.Share(1) },
	} {
		func() {
			defer func() {
				if r := recover(); r != "threshold: the dealing was erased" {
					t.Errorf("%s of an erased dealing: %v", name, r)
				}
			}()
			use()
		}()
	}
}

// TestQuorumOfOne: the least that is allowed, and which dealer is at fault.
func TestQuorumOfOne(t *testing.T) {
	g := group.Generator()
	if c, err := threshold.DecodeCommitments(g.Bytes(), 1); err != nil || len(c) != 1 || !c[0].Equal(g) {
		t.Errorf("the commitment of a quorum of one: %v, %v", c, err)
	}
	if _, err := threshold.PublicKey([][]group.Element{{g}, {g}, {g, g}}); err == nil || !strings.Contains(err.Error(), "dealer 3 of 3 has 2 commitments") {
		t.Errorf("a third dealer of another quorum: %v", err)
	}
	if m, ok := threshold.NewLogTable(3).Log(group.Element{}); ok || m != 0 {
		t.Errorf("the logarithm of the identity is %d, %v", m, ok)
	}
}
