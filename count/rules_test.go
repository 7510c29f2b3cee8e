package count_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/apportion"
	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/shared"
)

// lists returns a contest with lists: each group's members with their votes.
func lists(rule string, seats, alternates int, groups map[string][]int) (*election.Contest, []int) {
	c, _ := contest(seats, alternates, fullOrder)
	c.Rule = rule
	var votes []int
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		list := name
		if name == election.Independents {
			list = ""
		} else {
			c.Lists = append(c.Lists, election.List{ID: name, Name: election.Name{En: "List " + name}})
		}
		for i, v := range groups[name] {
			id := fmt.Sprintf("%s%d", name, i+1)
			c.Candidates = append(c.Candidates, election.Candidate{ID: id, Name: election.Name{En: "Candidate " + id}, List: list})
			votes = append(votes, v)
		}
	}
	return c, votes
}

func run(t *testing.T, c *election.Contest, votes []int, decisions ...count.Decision) count.Outcome {
	t.Helper()
	out, err := count.Decided(c, votes, 1<<35, 0, decisions)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range out.Steps {
		sound(t, s)
	}
	bare(t, out.Questions)
	return out
}

func said(out count.Outcome, what string) bool {
	return slices.ContainsFunc(out.Steps, func(s count.Step) bool { return strings.Contains(s.En, what) })
}

func seatsOf(out count.Outcome) map[string]int {
	m := map[string]int{}
	for _, g := range out.Groups {
		m[g.Name] = g.Seats
	}
	return m
}

// The official example: 40, 35 and 25 percent of 21 seats.
func TestOpenLists(t *testing.T) {
	c, votes := lists(election.RoundThenShare, 5, 3, map[string][]int{
		"A": {300, 900, 500, 300}, "B": {800, 200}, election.Independents: {10, 490, 1500},
	})
	out := run(t, c, votes) // V: 2000, 1000, 2000; q: 2, 1, 2
	if want := []string{"independents3", "A2", "B1", "A3", "independents2"}; !slices.Equal(out.Elected, want) {
		t.Errorf("elected %q, want %q", out.Elected, want)
	}
	if want := []string{"A1", "A4", "B2"}; !slices.Equal(out.Alternates, want) {
		t.Errorf("alternates %q, want %q", out.Alternates, want)
	}
	want := []count.Group{
		{Name: "A", Votes: 2000, Quota: "2", QuotaSeats: 2, Seats: 2},
		{Name: "B", Votes: 1000, Quota: "1", QuotaSeats: 1, Seats: 1},
		{Name: "independents", Votes: 2000, Quota: "2", QuotaSeats: 2, Seats: 2},
	}
	if !reflect.DeepEqual(out.Groups, want) {
		t.Errorf("groups %+v", out.Groups)
	}
	for _, step := range []string{"list List A (A): quota 5 × 2000 ÷ 5000 = 2 (about 2.000); seats: 2", article, "seat 2 of 2 in the independents", "does not name the alternates"} {
		if !said(out, step) {
			t.Errorf("no step says %q: %q", step, out.Steps)
		}
	}
}

func TestSeatsAreEnough(t *testing.T) {
	// The tie within list A falls at its last seat, and the tie order settles it.
	c, votes := lists(election.DHondt, 3, 0, map[string][]int{"A": {50, 50, 10}, "B": {90, 90}})
	c.Candidates[1].Veteran = true
	out := run(t, c, votes) // A 110, B 180: B, A, B
	if !slices.Equal(out.Elected, []string{"B1", "B2", "A2"}) || len(out.Questions) != 0 {
		t.Errorf("elected %q, questions %+v", out.Elected, out.Questions)
	}
	// Without it the lot must.
	c.Candidates[1].Veteran = false
	out = run(t, c, votes)
	if want := []count.Question{tie(count.Seat, 1, "A1", "A2")}; !slices.Equal(out.Elected, []string{"B1", "B2"}) || !reflect.DeepEqual(bare(t, out.Questions), want) {
		t.Errorf("elected %q, questions %+v", out.Elected, out.Questions)
	}
	out = run(t, c, votes, out.Questions[0].Answer([]string{"A2", "A1"}, nil))
	if !slices.Equal(out.Elected, []string{"B1", "B2", "A2"}) || len(out.Questions) != 0 {
		t.Errorf("after the lot: elected %q, questions %+v", out.Elected, out.Questions)
	}
}

// Each question of a contest with lists, who is sure meanwhile, and its answer.
func TestGroupQuestions(t *testing.T) {
	for _, row := range []struct {
		name      string
		spoil     func(c *election.Contest)
		rule      string
		seats     int
		groups    map[string][]int
		want      count.Question
		sure      []string
		order     []string
		answer    map[string]int
		elected   []string
		refused   []map[string]int
		noOrder   [][]string
		threshold string
	}{
		{
			name: "tie", rule: election.DHondt, seats: 4,
			groups:  map[string][]int{"A": {40, 20, 0}, "B": {15, 5}, "C": {12, 8}},
			want:    count.Question{Kind: count.Tie, Between: []string{"A", "B", "C"}, Seats: 2},
			sure:    []string{"A1", "A2"},
			order:   []string{"C", "B", "A"},
			elected: []string{"A1", "A2", "B1", "C1"},
			noOrder: [][]string{{"C", "B"}, {"C", "B", "A1"}},
			refused: []map[string]int{{"A": 4}},
		},
		{
			name: "over-allocation", rule: election.RoundThenShare, seats: 21,
			groups:  map[string][]int{"A": make([]int, 21), "B": make([]int, 21), "C": make([]int, 21), "independents": make([]int, 21)},
			want:    count.Question{Kind: count.OverAllocation, Between: []string{"A", "B", "C", "independents"}, Seats: 1},
			answer:  map[string]int{"A": 9, "B": 7, "C": 3, "independents": 2},
			elected: make([]string, 21),
			refused: []map[string]int{{"A": 9, "B": 7, "C": 3, "independents": 3}, {"A": 21, "X": 0}},
			noOrder: [][]string{{"A", "B", "C", "independents"}},
		},
		{
			name: "half", rule: election.RoundThenShare, seats: 5, spoil: func(c *election.Contest) { c.Half = apportion.HalfQuestion },
			groups:  map[string][]int{"A": {20, 20, 10}, "B": {20, 10}, "C": {15, 5}},
			want:    count.Question{Kind: count.Half, Between: []string{"A", "B"}, Seats: 2},
			answer:  map[string]int{"A": 3, "B": 1},
			elected: []string{"A1", "A2", "B1", "C1", "A3"},
			refused: []map[string]int{{"A": 3}, {"A": 4, "B": 1}},
		},
		{
			name: "threshold", rule: election.LargestRemainder, seats: 2, spoil: func(c *election.Contest) { c.Threshold = "1/2" },
			groups:  map[string][]int{"A": {40}, "B": {30}, "C": {30}},
			want:    count.Question{Kind: count.ThresholdNobody, Between: []string{}, Seats: 2},
			answer:  map[string]int{"A": 1, "C": 1},
			elected: []string{"A1", "C1"},
			refused: []map[string]int{{}, {"A": 2}},
		},
		{
			name: "fewer candidates", rule: election.FloorThenShare, seats: 5,
			groups:  map[string][]int{"A": {60}, "B": {30, 10}, "C": {0, 0}},
			want:    count.Question{Kind: count.MoreSeatsThanCandidates, Between: []string{}, Of: count.OfCandidates, Seats: 2},
			sure:    []string{"A1", "B1", "B2"},
			order:   []string{"C2"},
			elected: []string{"A1", "B1", "B2", "C2"},
			noOrder: [][]string{{"A1"}, {"C1", "C1"}, {"C1", "C2", "C3"}, {"nobody"}},
		},
		{
			name: "no votes", rule: election.SainteLague, seats: 1,
			groups:  map[string][]int{"A": {0}, "B": {0}},
			want:    count.Question{Kind: count.NoValidVotes, Between: []string{}, Of: count.OfCandidates, Seats: 1},
			order:   []string{},
			elected: []string{},
			noOrder: [][]string{{"A1", "B1"}},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.name == "over-allocation" {
				for name, v := range map[string]int{"A": 420000, "B": 310000, "C": 150000, "independents": 120000} {
					left := v
					for i := range row.groups[name] {
						row.groups[name][i] = v/21 - i
						left -= v/21 - i
					}
					row.groups[name][0] += left
				}
			}
			c, votes := lists(row.rule, row.seats, 0, row.groups)
			if row.spoil != nil {
				row.spoil(c)
			}
			want := row.want
			want.Place, want.Article = count.Seat, article
			if want.Of == "" {
				want.Of = count.OfGroups
			}
			out := run(t, c, votes)
			if got := bare(t, out.Questions); !reflect.DeepEqual(got, []count.Question{want}) {
				t.Fatalf("questions %+v, want %+v", got, want)
			}
			if !slices.Equal(out.Elected, row.sure) {
				t.Errorf("sure are %q, want %q", out.Elected, row.sure)
			}
			q := out.Questions[0]
			out = run(t, c, votes, q.Answer(row.order, row.answer))
			if len(out.Questions) != 0 || len(out.Elected) != len(row.elected) || row.elected != nil && row.name != "over-allocation" && !slices.Equal(out.Elected, row.elected) {
				t.Errorf("elected %q, questions %+v, want %q", out.Elected, out.Questions, row.elected)
			}
			if row.answer != nil {
				for g, n := range seatsOf(out) {
					if n != row.answer[g] && row.name != "half" {
						t.Errorf("group %s has %d seats", g, n)
					}
				}
			}
			if !said(out, "on the record") {
				t.Errorf("the decision is not shown: %q", out.Steps)
			}
			for _, bad := range row.refused {
				if _, err := count.Decided(c, votes, 1<<35, 0, []count.Decision{q.Answer(nil, bad)}); err == nil {
					t.Errorf("accepted the seats %v", bad)
				}
			}
			for _, bad := range row.noOrder {
				if _, err := count.Decided(c, votes, 1<<35, 0, []count.Decision{q.Answer(bad, nil)}); err == nil {
					t.Errorf("accepted the order %v", bad)
				}
			}
			other := q
			other.Kind = count.DraftLaw
			if _, err := count.Decided(c, votes, 1<<35, 0, []count.Decision{other.Answer(nil, nil)}); !errors.Is(err, count.ErrNotAsked) {
				t.Errorf("an answer to another question: %v", err)
			}
		})
	}
}

// A group in a tie is given the seats that it has in any case, to those who have
// them in any case.
func TestSureInATie(t *testing.T) {
	c, votes := lists(election.DHondt, 4, 0, map[string][]int{"A": {20, 20, 20}, "B": {20}, "C": {20}})
	c.TieOrder = []string{election.TieLot}
	out := run(t, c, votes) // A has 2 or 3 of its three equals
	if len(out.Elected) != 0 || len(out.Questions) != 1 || out.Questions[0].Of != count.OfGroups {
		t.Fatalf("outcome %+v", out)
	}
	groups := out.Questions[0]
	out = run(t, c, votes, groups.Answer([]string{"B", "C", "A"}, nil))
	if want := []count.Question{tie(count.Seat, 2, "A1", "A2", "A3")}; !slices.Equal(out.Elected, []string{"B1", "C1"}) || !reflect.DeepEqual(bare(t, out.Questions), want) {
		t.Errorf("elected %q, questions %+v", out.Elected, out.Questions)
	}
	out = run(t, c, votes, groups.Answer([]string{"B", "A", "C"}, nil))
	if !slices.Equal(out.Elected, []string{"A1", "A2", "A3", "B1"}) || len(out.Questions) != 0 {
		t.Errorf("elected %q, questions %+v", out.Elected, out.Questions)
	}
	// Names of groups and of candidates may be the same: the answers are not.
	c.Candidates[0].ID = "A"
	if _, err := count.Decided(c, votes, 100, 0, []count.Decision{{Between: []string{"A", "B", "C"}, Order: []string{"A", "B", "C"}}}); !errors.Is(err, count.ErrNotAsked) {
		t.Errorf("a lot between candidates for one between groups: %v", err)
	}
}

func TestAlternatesBy(t *testing.T) {
	c, votes := lists(election.DHondt, 2, 1, map[string][]int{"A": {50, 9}, "B": {40, 9}})
	out := run(t, c, votes)
	if want := []count.Question{tie(count.Alternate, 1, "A2", "B2")}; !reflect.DeepEqual(bare(t, out.Questions), want) || len(out.Alternates) != 0 {
		t.Errorf("questions %+v, alternates %q", out.Questions, out.Alternates)
	}
	votes[1] = 40 // A has both quotients: 90, 45; B 49
	out = run(t, c, votes)
	if !slices.Equal(out.Elected, []string{"A1", "B1"}) || !slices.Equal(out.Alternates, []string{"A2"}) {
		t.Errorf("outcome %+v", out)
	}
	// They wait for the seats.
	c, votes = lists(election.DHondt, 1, 1, map[string][]int{"A": {50}, "B": {40, 10}})
	out = run(t, c, votes)
	if len(out.Alternates) != 0 || len(out.Questions) != 1 || !said(out, "once every seat is settled") {
		t.Errorf("outcome %+v", out)
	}
}

func TestHalfIsShown(t *testing.T) {
	for setting, n := range map[string]int{"": 2, apportion.HalfUp: 2, apportion.HalfDown: 1, apportion.HalfEven: 2} {
		c, votes := lists(election.RoundThenShare, 3, 0, map[string][]int{"A": {30, 20}, "B": {49, 1}})
		c.Half = setting // two quotas of 1.5
		out := run(t, c, votes)
		if out.Groups[0].QuotaSeats != n || out.Groups[0].Quota != "3/2" || !said(out, "exactly a half") {
			t.Errorf("half %q: %+v, %q", setting, out.Groups, out.Steps)
		}
	}
}

func twoRound(round, seats int, votes ...int) (*election.Contest, []int) {
	var cs []stands
	for i, v := range votes {
		cs = append(cs, stands{id: fmt.Sprintf("c%d", i+1), votes: v})
	}
	c, v := contest(seats, 0, []string{election.TieLot}, cs...)
	c.Rule, c.Round, c.Threshold, c.VoteLimit = election.TwoRound, round, "1/5", seats
	return c, v
}

func TestTwoRound(t *testing.T) {
	lot := func(place string, n int, between ...string) []count.Question {
		return []count.Question{tie(place, n, between...)}
	}
	for _, row := range []struct {
		name            string
		round, seats    int
		votes           []int
		ballots         int
		elected, runoff []string
		questions       []count.Question
	}{
		{"a fifth exactly", 1, 1, []int{20, 18, 17, 16, 15, 14}, 100, []string{"c1"}, nil, nil},
		{"nobody", 1, 1, []int{19, 18, 18, 17, 14, 14}, 100, nil, []string{"c1"}, lot(count.Runoff, 1, "c2", "c3")},
		{"the first two", 1, 1, []int{19, 18, 17, 16, 15, 15}, 100, nil, []string{"c1", "c2"}, nil},
		{"two reach it", 1, 1, []int{40, 60}, 100, []string{"c2"}, nil, nil},
		{"two reach it equally", 1, 1, []int{50, 50}, 100, nil, nil, lot(count.Seat, 1, "c1", "c2")},
		{"valid votes, not ballots", 1, 1, []int{18, 17, 16, 15, 14, 10}, 110, []string{"c1"}, nil, []count.Question{}},
		{"one of two seats", 1, 2, []int{20, 19, 18, 17}, 100, []string{"c1"}, []string{"c2", "c3"}, nil},
		{"few for the second round", 1, 3, []int{20, 19}, 100, []string{"c1"}, []string{"c2"}, []count.Question{vacant(count.MoreSeatsThanCandidates, 1)}},
		{"second round", 2, 1, []int{19, 17}, 100, []string{"c1"}, nil, nil},
		{"second round, equal", 2, 1, []int{19, 19}, 100, nil, nil, lot(count.Seat, 1, "c1", "c2")},
		{"no votes", 1, 1, []int{0, 0}, 100, nil, nil, []count.Question{vacant(count.NoValidVotes, 1)}},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, votes := twoRound(row.round, row.seats, row.votes...)
			out, err := count.Contest(c, votes, row.ballots, 0)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(out.Elected, row.elected) || !slices.Equal(out.Runoff, row.runoff) || !slices.EqualFunc(bare(t, out.Questions), row.questions, func(a, b count.Question) bool { return reflect.DeepEqual(a, b) }) {
				t.Errorf("elected %q, runoff %q, questions %+v", out.Elected, out.Runoff, out.Questions)
			}
			for _, s := range out.Steps {
				sound(t, s)
			}
		})
	}
	c, votes := twoRound(1, 1, 19, 18, 18, 17, 14, 14)
	out, err := count.Decided(c, votes, 100, 0, []count.Decision{{Between: []string{"c2", "c3"}, Order: []string{"c3", "c2"}}})
	if err != nil || !slices.Equal(out.Runoff, []string{"c1", "c3"}) || len(out.Questions) != 0 {
		t.Errorf("outcome %+v, error %v", out, err)
	}
}

func TestDraftLaw(t *testing.T) {
	c, votes := contest(1, 0, fullOrder, stands{id: "a", votes: 4}, stands{id: "b", votes: 6})
	l := election.Law{Article: article, Version: "1404-2", State: election.Draft}
	in := count.Input{Contest: c, Law: &l, Votes: votes, Ballots: 10}
	out, err := count.Count(in)
	if err != nil {
		t.Fatal(err)
	}
	q := bare(t, out.Questions)
	if len(out.Elected) != 0 || !reflect.DeepEqual(q, []count.Question{vacant(count.DraftLaw, 1)}) {
		t.Fatalf("elected %q, questions %+v", out.Elected, q)
	}
	in.Decisions = []count.Decision{out.Questions[0].Answer(nil, nil)}
	out, err = count.Count(in)
	if err != nil || !slices.Equal(out.Elected, []string{"b"}) || len(out.Questions) != 0 || !said(out, article+", version 1404-2") {
		t.Errorf("outcome %+v, error %v", out, err)
	}
	// A definition names the ruling that allows its draft: no question then.
	in.Decisions, l.Ruling = nil, strings.Repeat("0", 64)
	if out, err = count.Count(in); err != nil || !slices.Equal(out.Elected, []string{"b"}) {
		t.Errorf("outcome %+v, error %v", out, err)
	}
}

// Seats that go to nobody under plurality: a ruling fills them or leaves them.
func TestVacant(t *testing.T) {
	c, votes := contest(3, 0, fullOrder, stands{id: "a", votes: 4}, stands{id: "b"}, stands{id: "d"})
	q := run(t, c, votes).Questions[0]
	if out := run(t, c, votes, q.Answer(nil, nil)); !slices.Equal(out.Elected, []string{"a"}) || len(out.Questions) != 0 || !said(out, "stay vacant: 2") {
		t.Errorf("outcome %+v", out)
	}
	d := q.Answer([]string{"d"}, nil)
	d.Article = "By-law, article 9"
	if out := run(t, c, votes, d); !slices.Equal(out.Elected, []string{"a", "d"}) || !said(out, "take seats: 1 (By-law, article 9)") {
		t.Errorf("outcome %+v", out)
	}
	for _, bad := range [][]string{{"a"}, {"b", "b"}, {"b", "d", "a"}, {"x"}} {
		if _, err := count.Decided(c, votes, 9, 0, []count.Decision{q.Answer(bad, nil)}); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
	if _, err := count.Decided(c, votes, 9, 0, []count.Decision{q.Answer(nil, map[string]int{"a": 1})}); err == nil {
		t.Error("accepted seats of groups")
	}
}

// The vectors of seats, as contests whose candidates share a group's votes.
func TestSeatVectors(t *testing.T) {
	var vectors []struct {
		Name, Rule, Threshold string
		Seats                 int
		Votes, Candidates     map[string]int
		Expect                struct {
			Seats, Before map[string]int
			BeforeTie     map[string]int `json:"before_tie"`
			Undetermined  string
			Tie           *struct{ Groups []string }
		}
	}
	if err := json.Unmarshal(shared.Read(t, "law/seat-vectors.json"), &vectors); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{"over-allocation": count.OverAllocation, "more seats than candidates": count.MoreSeatsThanCandidates,
		"no valid votes": count.NoValidVotes, "no group reaches the threshold": count.ThresholdNobody}
	for _, v := range vectors {
		groups := map[string][]int{}
		for name, votes := range v.Votes {
			n, ok := v.Candidates[name]
			if !ok {
				n = v.Seats
			}
			for i := range n { // the same sum, as far as can be all different
				groups[name] = append(groups[name], votes/n+(n-1-2*i)*votes/(4*n*n))
			}
			sum := 0
			for _, x := range groups[name] {
				sum += x
			}
			groups[name][0] += votes - sum
		}
		c, votes := lists(v.Rule, v.Seats, 0, groups)
		c.Threshold = v.Threshold
		c.TieOrder = []string{election.TieLot}
		out := run(t, c, votes)
		want, kind := v.Expect.Seats, kinds[v.Expect.Undetermined]
		if v.Expect.Tie != nil {
			want, kind = v.Expect.BeforeTie, count.Tie
		}
		if want != nil && !maps.Equal(seatsOf(out), want) {
			t.Errorf("%s: seats %v, want %v", v.Name, seatsOf(out), want)
		}
		asked := slices.IndexFunc(out.Questions, func(q count.Question) bool {
			return q.Kind == kind && (q.Kind != count.Tie || q.Of == count.OfGroups)
		})
		if (kind != "") != (asked >= 0) {
			t.Errorf("%s: questions %+v, want %q", v.Name, out.Questions, kind)
		}
		if v.Expect.Tie != nil && !slices.Equal(out.Questions[asked].Between, v.Expect.Tie.Groups) {
			t.Errorf("%s: tie %+v", v.Name, out.Questions[asked])
		}
	}
}
