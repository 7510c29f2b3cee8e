package election_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/sandogh/sandogh/election"
)

func ids(cs []*election.Contest) []string {
	var s []string
	for _, c := range cs {
		s = append(s, c.ID)
	}
	return s
}

func TestStyles(t *testing.T) {
	d := example()
	styles := d.Styles()
	if len(styles) != 2 {
		t.Fatalf("%d styles, want 2", len(styles))
	}
	for i, want := range []struct {
		id       string
		contests []string
	}{
		{"30-1-c", []string{"experts", "karaj"}},
		{"30-1-v", []string{"experts", "atashgah"}},
	} {
		if styles[i].ID != want.id || !slices.Equal(ids(styles[i].Contests), want.contests) {
			t.Errorf("style %q of %q, want %v", styles[i].ID, ids(styles[i].Contests), want)
		}
	}
	s, err := d.StyleOf("4")
	if err != nil || s.ID != "30-1-v" || s.Contests[1] != &d.Contests[2] {
		t.Errorf("style of branch 4: %v, error %v", s, err)
	}
	if c, ok := s.Contest("atashgah"); !ok || c != &d.Contests[2] {
		t.Errorf("contest %v, %v", c, ok)
	}
	if _, ok := s.Contest("karaj"); ok {
		t.Error("the village votes for the city's council")
	}
	if _, err := d.StyleOf("9"); err == nil {
		t.Error("style of a branch that is not there")
	}
	for contest, want := range map[string]string{"experts": "[1 2 3 4]", "karaj": "[1 2 3]", "atashgah": "[4]", "x": "[]"} {
		var got []string
		for _, b := range d.BranchesOf(contest) {
			got = append(got, b.ID)
		}
		if fmt.Sprint(got) != want {
			t.Errorf("branches of %s: %v, want %s", contest, got, want)
		}
	}
	// The contests stay in the definition's order, whatever their districts.
	slices.Reverse(d.Contests)
	if s, _ := d.StyleOf("4"); !slices.Equal(ids(s.Contests), []string{"atashgah", "experts"}) {
		t.Errorf("style %q", ids(s.Contests))
	}
}

func TestLookups(t *testing.T) {
	d := example()
	for what, ok := range map[string]bool{
		"district": has(d.District("30-1-c")), "no district": !has(d.District("x")),
		"office": has(d.Office("hq")), "no office": !has(d.Office("x")),
		"contest": has(d.Contest("karaj")), "no contest": !has(d.Contest("x")),
		"branch": has(d.Branch("3")), "no branch": !has(d.Branch("")),
		"trustee": has(d.Trustee("t3")), "no trustee": !has(d.Trustee("m1")),
		"mixer": has(d.Mixer("m3")), "no mixer": !has(d.Mixer("t1")),
		"witness": has(d.Witness("witness.example.net/w2")), "no witness": !has(d.Witness("w2")),
	} {
		if !ok {
			t.Errorf("%s: wrong", what)
		}
	}
	c, _ := d.Contest("karaj")
	if c.N() != 10 || c.K() != 5 {
		t.Errorf("n %d, k %d", c.N(), c.K())
	}
	if got := c.Codes(); !slices.Equal(got, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) {
		t.Errorf("codes %v", got)
	}
	if got := c.BlankCodes(); !slices.Equal(got, []int{11, 12, 13, 14, 15}) {
		t.Errorf("blank codes %v", got)
	}
	if code, ok := c.Code("104"); !ok || code != 4 {
		t.Errorf("code of 104: %d, %v", code, ok)
	}
	if _, ok := c.Code("4"); ok {
		t.Error("code of a candidate who does not stand")
	}
	for code, want := range map[int]bool{-1: false, 0: false, 1: true, 10: true, 11: false} {
		if x, ok := c.Candidate(code); ok != want || ok && x != &c.Candidates[code-1] {
			t.Errorf("candidate of code %d: %v, %v", code, x, ok)
		}
	}
	if got := c.Members("B"); !slices.Equal(got, []int{2, 5, 8}) {
		t.Errorf("members of B: %v", got)
	}
	if got := c.Members(""); got != nil {
		t.Errorf("independents %v are no list", got)
	}
	if _, ok := c.List("A"); !ok {
		t.Error("no list A")
	}
	if u, ok := c.Unit("u2"); !ok || u != &c.Units[1] {
		t.Error("no unit u2")
	}
	if u, ok := c.UnitOf("2"); !ok || u.ID != "u1" {
		t.Error("branch 2 is not in u1")
	}
	if _, ok := c.UnitOf("4"); ok {
		t.Error("branch 4 is in a unit of the city")
	}
	if election.HQOrigin([32]byte{0xab}) != "sandogh/ab"+fmt.Sprintf("%062d", 0)+"/hq" {
		t.Error(election.HQOrigin([32]byte{0xab}))
	}
}

func has[T any](x *T, ok bool) bool { return ok && x != nil }

// In any forest, a branch votes in a contest exactly when the contest is in its
// style; and whatever the definition, nothing runs on.
func TestStylesProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := new(election.Definition)
		n := rapid.IntRange(1, 20).Draw(t, "districts")
		id := func(what string) string { return fmt.Sprint(rapid.IntRange(-1, n).Draw(t, what)) }
		for i := range n {
			d.Districts = append(d.Districts, election.District{ID: fmt.Sprint(i), Parent: id("parent")})
		}
		for i := range rapid.IntRange(0, 10).Draw(t, "contests") {
			d.Contests = append(d.Contests, election.Contest{ID: fmt.Sprint("c", i), District: id("contest's district")})
		}
		for i := range rapid.IntRange(0, 10).Draw(t, "branches") {
			d.Branches = append(d.Branches, election.Branch{ID: fmt.Sprint("b", i), District: id("branch's district")})
		}
		if len(d.Validate()) == 0 {
			t.Fatal("no faults")
		}
		for i := range d.Branches {
			b := &d.Branches[i]
			s, err := d.StyleOf(b.ID)
			if err != nil {
				t.Fatal(err)
			}
			for j := range d.Contests {
				c := &d.Contests[j]
				if slices.Contains(s.Contests, c) != slices.Contains(d.BranchesOf(c.ID), b) {
					t.Fatalf("branch %s votes in %s and does not", b.ID, c.ID)
				}
			}
			if _, ok := d.District(b.District); ok && !slices.ContainsFunc(d.Styles(), func(x election.Style) bool {
				return x.ID == b.District && slices.Equal(x.Contests, s.Contests)
			}) {
				t.Fatalf("the style of branch %s is not among the styles", b.ID)
			}
		}
	})
}

// large returns the JSON of a city of 3,000 candidates and 1,500 branches.
func large(t testing.TB) []byte {
	d := example()
	c := &d.Contests[1]
	for i := range 3000 - len(c.Candidates) {
		x := c.Candidates[0]
		x.ID = fmt.Sprint("n", i)
		c.Candidates = append(c.Candidates, x)
	}
	for i := range 1500 - len(d.Branches) {
		b := d.Branches[0]
		b.ID = fmt.Sprint("n", i)
		b.LogKey = signing("branch " + b.ID)
		d.Branches = append(d.Branches, b)
		for j := range 2 {
			u := &d.Contests[j].Units[0]
			u.Branches = append(u.Branches, b.ID)
		}
	}
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func BenchmarkStyles(b *testing.B) {
	d, err := election.Parse(large(b))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		d.Styles()
	}
}
