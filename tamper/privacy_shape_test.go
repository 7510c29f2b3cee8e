package tamper_test

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/ballot"
	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/shuffle"
	"github.com/sandogh/sandogh/crypto/zkp"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/encrypt"
	"github.com/sandogh/sandogh/record"
	"pgregory.net/rapid"
)

// shape lists the files of a published record with what anyone sees without
// opening one: name, size and time. A blob's name is a hash.
func shape(root string) (out []string) {
	succeed(filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info := must(d.Info())
		name := must(filepath.Rel(root, path))
		if dir, _ := filepath.Split(name); dir == "blob/" {
			name = "blob"
		}
		out = append(out, fmt.Sprintf("%s %06d %s", name, info.Size(), info.ModTime().UTC().Format(time.RFC3339Nano)))
		return nil
	}))
	slices.Sort(out)
	return out
}

// TestShapeTellsNoVotes: two elections with equal counts of ballots and other
// votes, mixed and opened, are published in files of equal names, sizes and
// times, and every file has the one time.
func TestShapeTellsNoVotes(t *testing.T) {
	var shapes [2][]string
	for i, vote := range []func(branch, voter int) []int{
		func(int, int) []int { return nil }, // everybody blank
		func(branch, voter int) []int { // from one vote to all twelve
			codes := make([]int, 1+(branch*5+voter*4)%12)
			for i := range codes {
				codes[i] = 1 + (branch+voter+3*i)%40
			}
			return codes
		},
	} {
		r := opened(wide(vote), filepath.Join(t.TempDir(), "e"))
		succeed(r.Close(t.Context()))
		shapes[i] = shape(r.Record())
	}
	if len(shapes[0]) < 30 || !slices.Equal(shapes[0], shapes[1]) {
		t.Errorf("the files differ:\n%s\n\n%s", strings.Join(shapes[0], "\n"), strings.Join(shapes[1], "\n"))
	}
	for _, line := range shapes[0] {
		if !strings.HasSuffix(line, " 2000-01-01T00:00:00Z") {
			t.Errorf("another time: %s", line)
		}
	}
}

// device returns one that votes on a style of the given contests.
func device(t interface{ Fatal(...any) }, shapes [][2]int) (*encrypt.Device, election.Style) {
	e := wide(func(int, int) []int { return nil })
	d := e.Definition
	first := d.Contests[0]
	d.Contests = nil
	for i, s := range shapes {
		c := first
		c.ID = fmt.Sprint("c", i)
		c.Candidates = nil
		for j := range s[0] {
			c.Candidates = append(c.Candidates, election.Candidate{ID: fmt.Sprint(j + 1)})
		}
		c.VoteLimit = s[1]
		d.Contests = append(d.Contests, c)
	}
	style, err := d.StyleOf("101")
	if err != nil {
		t.Fatal(err)
	}
	key := elgamal.NewKey(group.BaseMul(group.RandomScalar()))
	out, err := encrypt.New(d, key, "101", "d1", e.Keys.Signing("device/d1"), 8, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out, style
}

// TestSealedSizes: the sealed ballots of a style, and the entries that cast or
// spoil them, have one length whatever is chosen. D16.
func TestSealedSizes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var shapes [][2]int
		for range rapid.IntRange(1, 2).Draw(t, "contests") {
			shapes = append(shapes, [2]int{rapid.IntRange(1, 30).Draw(t, "n"), rapid.IntRange(1, 6).Draw(t, "k")})
		}
		d, style := device(t, shapes)
		lengths := map[int]bool{}
		for _, kind := range []string{"blank", "most", "first", "drawn"} {
			var all []ballot.Selections
			for _, c := range style.Contests {
				codes := rapid.Permutation(upTo(c.N())).Draw(t, "codes")
				most := min(c.N(), c.K())
				switch kind {
				case "blank":
					codes = nil
				case "most":
					codes = codes[:most]
				case "first":
					codes = upTo(c.N())[:most] // as one who takes a whole list
				case "drawn":
					codes = codes[:rapid.IntRange(0, most).Draw(t, "used")]
				}
				all = append(all, ballot.Selections{Contest: c.ID, Codes: codes})
			}
			sealed, err := d.Seal(must(ballot.New(style, all)))
			if err != nil {
				t.Fatal(err)
			}
			lengths[len(sealed.Entry)] = true
		}
		if len(lengths) != 1 {
			t.Fatalf("the sealed ballots of contests %v have the lengths %v", shapes, lengths)
		}
		cast, spoiled := must(d.Cast(0)), must(d.Spoil(1))
		if again := must(d.Cast(2)); len(again) != len(cast) || len(spoiled) != len(must(d.Spoil(3))) {
			t.Fatal("the endings of ballots have different lengths")
		}
	})
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i + 1
	}
	return out
}

// TestNothingRepeats: no commitment, response or row of one proof on the record
// is in another or twice in one, as it would be if a nonce were used again. A11.
func TestNothingRepeats(t *testing.T) {
	l := good()
	f := l.forger()
	seen, counts := map[string]string{}, map[string]int{}
	see := func(where string, size int, b []byte) []byte {
		if other := seen[string(b[:size])]; other != "" {
			t.Errorf("%x is in %s and in %s", b[:size], where, other)
		}
		seen[string(b[:size])] = where
		counts[strings.Fields(where)[0]]++
		return b[size:]
	}
	all := func(where string, size int, b []byte) {
		for len(b) > 0 {
			b = see(where, size, b)
		}
	}
	contest := &l.def.Contests[0]
	_, _, length, err := zkp.SlotParams(contest.N(), contest.K())
	succeed(err)
	rounds := 0
	for 1<<rounds < length {
		rounds++
	}
	for log := range l.logs {
		for _, i := range indices[*record.Sealed](f, log) {
			where := fmt.Sprintf("ballot %s %d", log, i)
			c := body[*record.Sealed](f, log, i).Contests[0]
			all(where+" rows", group.ElementSize, c.Rows)
			e, s := group.ElementSize, group.ScalarSize
			p := c.Proof
			all(where, e, p[:6*e])
			all(where, s, p[6*e:6*e+3*s])
			all(where, e, p[6*e+3*s:][:2*rounds*e])
			all(where, s, p[6*e+3*s+2*rounds*e:])
		}
	}
	for n, i := range indices[*record.Dealing](f, hq) {
		d := body[*record.Dealing](f, hq, i)
		where := fmt.Sprint("dealing ", n)
		all(where, group.ElementSize, d.Commitments)
		all(where, group.ScalarSize, see(where, group.ElementSize, d.Proof))
		for _, share := range d.Shares {
			all(where, len(share), share)
		}
	}
	for n, i := range indices[*record.Shuffle](f, hq) {
		b := body[*record.Shuffle](f, hq, i)
		where := fmt.Sprint("shuffle ", n)
		all(where+" rows", group.ElementSize, f.blobs[path(b.Output)])
		proof := f.blobs[path(b.Proof)]
		rows := len(f.blobs[path(b.Output)]) / elgamal.Size
		if len(proof) != shuffle.ProofSize(rows) {
			t.Fatalf("%s: %d bytes of proof", where, len(proof))
		}
		elements := (3*rows + 5) * group.ElementSize
		all(where, group.ElementSize, proof[1:1+elements])
		all(where, group.ScalarSize, proof[1+elements:])
	}
	for n, i := range indices[*record.Shares](f, hq) {
		b := body[*record.Shares](f, hq, i)
		where := fmt.Sprint("shares ", n)
		all(where, group.ElementSize, f.blobs[path(b.Shares)])
		all(where, group.ScalarSize, see(where, group.ElementSize, see(where, group.ElementSize, b.Proof)))
	}
	for kind, least := range map[string]int{"ballot": 300, "dealing": 40, "shuffle": 300, "shares": 60} {
		if counts[kind] < least {
			t.Errorf("only %d values of a %s were compared", counts[kind], kind)
		}
	}
}

// TestUnitsHideBallots: in a record nothing is opened below min_unit, and every
// cast ballot stands in one unit of each of its contests. H05, H06.
func TestUnitsHideBallots(t *testing.T) {
	f := good().forger()
	cast := map[string]uint64{}
	for log := range f.logs {
		if log != hq {
			cast[strings.TrimPrefix(log, "branch/")] = uint64(len(indices[*record.Cast](f, log)))
		}
	}
	contest := &f.def.Contests[0]
	units := must(record.DecodeUnits(f.blobs[path(nth[*record.Units](f, hq, 0).Units)]))
	in := map[string]string{}
	size := map[string]uint64{}
	for _, u := range units {
		for _, b := range u.Branches {
			if other, ok := in[b]; ok {
				t.Errorf("branch %s is in the units %s and %s", b, other, u.ID)
			}
			in[b] = u.ID
			size[u.ID] += cast[b]
		}
	}
	for b := range cast {
		if _, ok := in[b]; !ok {
			t.Errorf("branch %s is in no unit", b)
		}
	}
	rows := map[string]int{}
	for _, i := range indices[*record.Shares](f, hq) {
		b := body[*record.Shares](f, hq, i)
		rows[b.Unit] = len(f.blobs[path(b.Shares)]) / group.ElementSize
		if size[b.Unit] < uint64(contest.MinUnit) {
			t.Errorf("unit %s of %d ballots is opened: fewer than %d", b.Unit, size[b.Unit], contest.MinUnit)
		}
	}
	for u, n := range rows {
		if uint64(n) != size[u]*uint64(contest.K()) {
			t.Errorf("unit %s: %d rows are opened of %d ballots", u, n, size[u])
		}
	}
	if len(rows) < 2 {
		t.Errorf("only %d units are opened", len(rows))
	}
}
