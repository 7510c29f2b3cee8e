package record_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/record"
	"pgregory.net/rapid"
)

func TestTags(t *testing.T) {
	id, key := testElection, fill(2, 33)
	for _, c := range []struct {
		what      string
		got, want []byte
	}{
		{"possession", record.PossessionTag(id, "t1"), array("sandogh possession", 1, id[:], nil, array("t1"))},
		{"dealing", record.DealingTag(id, "t1"), array("sandogh dealing", 1, id[:], nil, array("t1"))},
		{"share", record.ShareInfo(id, "t1", "t2"), array("sandogh share", 1, id[:], nil, array("t1", "t2"))},
		{"slot", record.SlotTag(id, key, "c", 3000, 21, 12, record.BallotID{Style: "s", Branch: "800", Device: "d1", Number: 70_000}),
			array("sandogh slot", 1, id[:], key, array("c", 3000, 21, 12, "s", "800", "d1", 70_000))},
		{"shares", record.SharesTag(id, key, "c", "u1", "t1"), array("sandogh shares", 1, id[:], key, array("c", "u1", "t1"))},
	} {
		if !bytes.Equal(c.got, c.want) {
			t.Errorf("%s: the tag is %x, want %x", c.what, c.got, c.want)
		}
	}
}

// tagParts are all that goes into a tag, and which one it is.
type tagParts struct {
	Kind       int
	Election   [32]byte
	Key        string
	S1, S2, S3 string
	S4         string
	N, K, B    int
	Number     uint64
}

// tag makes the tag and the text of just those parts that this kind uses.
func (p tagParts) tag() (tag []byte, used string) {
	e, key := p.Election, []byte(p.Key)
	switch p.Kind {
	case 0:
		return record.PossessionTag(e, p.S1), fmt.Sprintf("%d %x %q", p.Kind, e, p.S1)
	case 1:
		return record.DealingTag(e, p.S1), fmt.Sprintf("%d %x %q", p.Kind, e, p.S1)
	case 2:
		return record.ShareInfo(e, p.S1, p.S2), fmt.Sprintf("%d %x %q %q", p.Kind, e, p.S1, p.S2)
	case 3:
		return record.SharesTag(e, key, p.S1, p.S2, p.S3), fmt.Sprintf("%d %x %x %q %q %q", p.Kind, e, key, p.S1, p.S2, p.S3)
	}
	return record.SlotTag(e, key, p.S1, p.N, p.K, p.B, record.BallotID{Style: p.S2, Branch: p.S3, Device: p.S4, Number: p.Number}),
		fmt.Sprintf("%d %x %x %q %q %q %q %d %d %d %d", p.Kind, e, key, p.S1, p.S2, p.S3, p.S4, p.N, p.K, p.B, p.Number)
}

// TestTagsAreInjective: two tags are equal exactly when all of their parts are.
// The alphabet is small, so that parts often meet at other boundaries.
func TestTagsAreInjective(t *testing.T) {
	word := rapid.StringMatching(`[ab]{0,3}`)
	parts := rapid.Custom(func(t *rapid.T) tagParts {
		return tagParts{
			Kind:     rapid.IntRange(0, 4).Draw(t, "kind"),
			Election: [32]byte{rapid.ByteRange(0, 1).Draw(t, "election")},
			Key:      rapid.SampledFrom([]string{"", "k", "kk"}).Draw(t, "key"),
			S1:       word.Draw(t, "s1"), S2: word.Draw(t, "s2"), S3: word.Draw(t, "s3"), S4: word.Draw(t, "s4"),
			N: rapid.IntRange(0, 30).Draw(t, "n"), K: rapid.IntRange(0, 2).Draw(t, "k"), B: rapid.IntRange(0, 2).Draw(t, "b"),
			Number: rapid.Uint64Range(0, 300).Draw(t, "number"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		a := parts.Draw(t, "a")
		b := a
		if rapid.Bool().Draw(t, "near") { // exactly one part differs, or two words trade a letter
			switch rapid.IntRange(0, 5).Draw(t, "part") {
			case 0:
				b.Kind = (a.Kind + 1) % 5
			case 1:
				b.Election[0] ^= 1
			case 2:
				b.Number++
			case 3:
				b.N, b.K = a.K, a.N
			case 4:
				b.S1, b.S2 = a.S1+a.S2, ""
			case 5:
				b.S2, b.S3 = a.S3, a.S2
			}
		} else {
			b = parts.Draw(t, "b")
		}
		x, usedX := a.tag()
		y, usedY := b.tag()
		if bytes.Equal(x, y) != (usedX == usedY) {
			t.Fatalf("%s and %s have the tags %x and %x", usedX, usedY, x, y)
		}
	})
}

// TestLabels: no label of a tag is the beginning of another kind's bytes, and
// none is used twice.
func TestLabels(t *testing.T) {
	e := testElection
	var tags [][]byte
	for kind := range 5 {
		tag, _ := tagParts{Kind: kind, Election: e}.tag()
		if !strings.HasPrefix(string(tag[2:]), "sandogh ") && !strings.HasPrefix(string(tag[3:]), "sandogh ") {
			t.Errorf("the label of %x is not ours", tag)
		}
		for _, other := range tags {
			if bytes.HasPrefix(tag, other) || bytes.HasPrefix(other, tag) {
				t.Errorf("tag %x begins another, %x", other, tag)
			}
		}
		tags = append(slices.Clone(tags), tag)
	}
}
