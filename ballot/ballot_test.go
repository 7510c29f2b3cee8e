package ballot_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sandogh/sandogh/ballot"
	"github.com/sandogh/sandogh/election"
)

func contest(id string, n, k int) *election.Contest {
	return &election.Contest{ID: id, VoteLimit: k, Candidates: make([]election.Candidate, n)}
}

var style = election.Style{ID: "city", Contests: []*election.Contest{contest("a", 9, 4), contest("b", 3, 1)}}

func sel(contest string, codes ...int) ballot.Selections {
	return ballot.Selections{Contest: contest, Codes: codes}
}

func TestSlots(t *testing.T) {
	for _, row := range []struct {
		a, b, slotsA, slotsB []int
	}{
		{nil, nil, []int{0, 0, 0, 0}, []int{0}},
		{[]int{9}, []int{3}, []int{9, 0, 0, 0}, []int{3}},
		{[]int{7, 1, 9}, []int{1}, []int{1, 7, 9, 0}, []int{1}},
		{[]int{4, 3, 2, 1}, []int{2}, []int{1, 2, 3, 4}, []int{2}},
	} {
		b, err := ballot.New(style, []ballot.Selections{sel("a", row.a...), sel("b", row.b...)})
		if err != nil {
			t.Fatal(err)
		}
		if got := b.Slots("a"); !slices.Equal(got, row.slotsA) {
			t.Errorf("%v: slots %v, want %v", row.a, got, row.slotsA)
		}
		if got := b.Slots("b"); !slices.Equal(got, row.slotsB) {
			t.Errorf("%v: slots %v, want %v", row.b, got, row.slotsB)
		}
		if b.Slots("c") != nil {
			t.Error("slots of a contest that is not on the ballot")
		}
		b.Slots("a")[0] = 5
		if got := b.Slots("a"); !slices.Equal(got, row.slotsA) {
			t.Error("writing to the slots changed the ballot")
		}
		if b.Style() != "city" || !slices.Equal(b.Contests(), []string{"a", "b"}) {
			t.Errorf("style %q, contests %q", b.Style(), b.Contests())
		}
		b.Erase()
		if got := b.Slots("a"); !slices.Equal(got, []int{0, 0, 0, 0}) {
			t.Errorf("%v after Erase", got)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, row := range []struct {
		name       string
		selections []ballot.Selections
		contest    string // that the error must name
		text       string
	}{
		{"nothing", nil, "a", "missing"},
		{"one missing", []ballot.Selections{sel("a")}, "b", "missing"},
		{"order", []ballot.Selections{sel("b"), sel("a")}, "b", "out of place"},
		{"twice", []ballot.Selections{sel("a"), sel("b"), sel("b")}, "b", "twice"},
		{"foreign", []ballot.Selections{sel("a"), sel("b"), sel("c")}, "c", "not in style"},
		{"other", []ballot.Selections{sel("a"), sel("x")}, "x", "out of place"},
		{"too many", []ballot.Selections{sel("a", 1, 2, 3, 4, 5), sel("b")}, "a", "more than 4"},
		{"too many of one", []ballot.Selections{sel("a"), sel("b", 1, 2)}, "b", "more than 1"},
		{"same", []ballot.Selections{sel("a", 7, 2, 7), sel("b")}, "a", "chosen twice"},
		{"zero", []ballot.Selections{sel("a", 0), sel("b")}, "a", "not of a candidate"},
		{"negative", []ballot.Selections{sel("a", -1), sel("b")}, "a", "not of a candidate"},
		{"blank code", []ballot.Selections{sel("a"), sel("b", 4)}, "b", "not of a candidate"},
		{"huge", []ballot.Selections{sel("a", 1<<32+1), sel("b")}, "a", "not of a candidate"},
		{"least", []ballot.Selections{sel("a", -1<<63), sel("b")}, "a", "not of a candidate"},
	} {
		b, err := ballot.New(style, row.selections)
		if err == nil || b != nil {
			t.Errorf("%s: accepted", row.name)
			continue
		}
		if !strings.Contains(err.Error(), fmt.Sprintf("contest %q", row.contest)) || !strings.Contains(err.Error(), row.text) {
			t.Errorf("%s: error %q does not name contest %q and %q", row.name, err, row.contest, row.text)
		}
	}
	if _, err := ballot.New(election.Style{}, nil); err == nil {
		t.Error("accepted a style without contests")
	}
}

func TestSlotsProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 200).Draw(t, "n")
		k := rapid.IntRange(1, election.MaxVoteLimit).Draw(t, "k")
		codes := rapid.SliceOfN(rapid.IntRange(-1, n+2), 0, k+1).Draw(t, "codes")
		s := election.Style{ID: "s", Contests: []*election.Contest{contest("c", n, k)}}
		b, err := ballot.New(s, []ballot.Selections{sel("c", codes...)})

		want := slices.Clone(codes)
		slices.Sort(want)
		valid := len(codes) <= k && len(slices.Compact(slices.Clone(want))) == len(codes) &&
			!slices.ContainsFunc(codes, func(c int) bool { return c < 1 || c > n })
		if valid != (err == nil) {
			t.Fatalf("n %d, k %d, codes %v: error %v", n, k, codes, err)
		}
		if err != nil {
			return
		}
		want = append(want, make([]int, k-len(want))...)
		if got := b.Slots("c"); !slices.Equal(got, want) {
			t.Fatalf("slots %v, want %v", got, want)
		}
	})
}

// A ballot is not shown, whoever holds it and however it is printed.
func TestRedaction(t *testing.T) {
	const code = 424242
	s := election.Style{ID: "s", Contests: []*election.Contest{contest("c", code, 2)}}
	choice := []ballot.Selections{sel("c", code)}
	b, err := ballot.New(s, choice)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	type holder struct {
		B *ballot.Ballot
		V ballot.Ballot
		S []ballot.Selections
		b ballot.Ballot
	}
	for _, x := range []any{b, *b, choice, choice[0], &choice[0], holder{b, *b, choice, *b}, []any{b}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", x)
		}
		j, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(j)
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(h).Info("x", "ballot", x)
		}
	}
	_, err = ballot.New(s, []ballot.Selections{sel("c", code, code)})
	fmt.Fprintln(&out, err)
	for _, secret := range []string{fmt.Sprint(code), fmt.Sprintf("%x", code)} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("the code shows:\n%s", out.String())
		}
	}
	if !strings.Contains(out.String(), "[ballot: secret]") {
		t.Error("the redaction does not show")
	}
}

func BenchmarkNew(b *testing.B) {
	s := election.Style{ID: "s", Contests: []*election.Contest{contest("c", 3000, 21)}}
	codes := make([]int, 21)
	for i := range codes {
		codes[i] = 3000 - 100*i
	}
	choice := []ballot.Selections{sel("c", codes...)}
	for b.Loop() {
		if _, err := ballot.New(s, choice); err != nil {
			b.Fatal(err)
		}
	}
}
