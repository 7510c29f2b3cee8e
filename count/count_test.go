package count_test

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
)

const article = "Councils Act, article 20"

var fullOrder = []string{election.TieVeteran, election.TieDegree, election.TieLot}

// stands is a candidate and its votes.
type stands struct {
	id      string
	votes   int
	veteran bool
	degree  int
}

func contest(seats, alternates int, order []string, cs ...stands) (*election.Contest, []int) {
	c := &election.Contest{
		ID: "c", Rule: election.PluralityAtLarge, Article: article,
		Seats: seats, Alternates: alternates, TieOrder: order,
	}
	var votes []int
	for _, x := range cs {
		c.Candidates = append(c.Candidates, election.Candidate{
			ID: x.id, Name: election.Name{Fa: "نامزد " + x.id, En: "Candidate " + x.id}, Veteran: x.veteran, Degree: x.degree,
		})
		votes = append(votes, x.votes)
	}
	return c, votes
}

func tie(place string, seats int, between ...string) count.Question {
	return count.Question{Kind: count.Tie, Between: between, Of: count.OfCandidates, Seats: seats, Place: place, Article: article}
}

// vacant is a question about seats that go to nobody.
func vacant(kind string, seats int) count.Question {
	return count.Question{Kind: kind, Between: []string{}, Of: count.OfCandidates, Seats: seats, Place: count.Seat, Article: article}
}

// bare returns the questions without their texts, which must be there.
func bare(t testing.TB, qs []count.Question) []count.Question {
	t.Helper()
	var out []count.Question
	for _, q := range qs {
		sound(t, q.Text)
		q.Text = count.Step{}
		out = append(out, q)
	}
	return out
}

// given is what stands in a sentence as it was written: names with ids, articles.
var given = regexp.MustCompile(`«[^»]*» \([A-Za-z0-9-]+\)|[A-Z][A-Za-z-]* ?[a-z]*, article [0-9]+`)

// sound checks that a sentence is there in both languages, with the digits of
// each.
func sound(t testing.TB, s count.Step) {
	t.Helper()
	latin := strings.ContainsAny(given.ReplaceAllString(s.Fa, ""), "0123456789")
	if strings.Contains(s.Fa+s.En, "%!") || s.Fa == "" || s.En == "" || latin {
		t.Errorf("sentence %q", s)
	}
}

func TestPlurality(t *testing.T) {
	lot := []string{election.TieLot}
	for _, row := range []struct {
		name              string
		seats, alternates int
		order             []string
		candidates        []stands
		elected, next     []string
		questions         []count.Question
		step              string // that must be said
	}{
		{"clear", 2, 1, fullOrder, []stands{{"a", 5, false, 0}, {"b", 9, false, 0}, {"c", 7, false, 0}, {"d", 1, false, 0}},
			[]string{"b", "c"}, []string{"a"}, nil, "Candidate b (b), votes 9: seat 1 of 2"},
		{"tied within the elected", 3, 0, fullOrder, []stands{{"z", 5, false, 0}, {"y", 5, true, 9}, {"x", 5, false, 3}, {"w", 1, false, 0}},
			[]string{"x", "y", "z"}, nil, nil, "seat 3 of 3"},
		{"veteran", 1, 1, fullOrder, []stands{{"a", 5, false, 9}, {"b", 5, true, 0}},
			[]string{"b"}, []string{"a"}, nil, "veteran"},
		{"degree", 1, 1, fullOrder, []stands{{"a", 5, false, 4}, {"b", 5, false, 6}},
			[]string{"b"}, []string{"a"}, nil, "degree 6"},
		{"degree among veterans", 2, 0, fullOrder, []stands{{"a", 5, true, 4}, {"b", 5, true, 6}, {"c", 5, true, 5}, {"d", 5, false, 9}},
			[]string{"b", "c"}, nil, nil, ""},
		{"degree first", 1, 0, []string{election.TieDegree, election.TieVeteran, election.TieLot}, []stands{{"a", 5, false, 9}, {"b", 5, true, 0}},
			[]string{"a"}, nil, nil, ""},
		{"lot alone", 1, 1, lot, []stands{{"a", 5, false, 9}, {"b", 5, true, 0}},
			nil, nil, []count.Question{tie(count.Seat, 1, "a", "b")}, "Who gets no seat is an alternate: 1 of Candidate a (a), Candidate b (b)"},
		{"tie at the seats", 2, 0, fullOrder, []stands{{"a", 9, false, 0}, {"c", 5, false, 1}, {"b", 5, false, 1}},
			[]string{"a"}, nil, []count.Question{tie(count.Seat, 1, "b", "c")}, "The lot must decide between Candidate b (b), Candidate c (c); places for seats: 1"},
		{"part settled, part tied", 2, 1, fullOrder, []stands{{"a", 5, true, 0}, {"b", 5, false, 1}, {"c", 5, false, 1}, {"d", 5, false, 0}},
			[]string{"a"}, nil, []count.Question{tie(count.Seat, 1, "b", "c")}, ""},
		{"both cuts in one tie", 1, 1, lot, []stands{{"a", 5, false, 0}, {"b", 5, false, 0}, {"c", 5, false, 0}},
			nil, nil, []count.Question{tie(count.Seat, 1, "a", "b", "c"), tie(count.Alternate, 1, "a", "b", "c")}, ""},
		{"losers are alternates, then others", 1, 3, lot, []stands{{"a", 5, false, 0}, {"b", 5, false, 0}, {"c", 4, false, 0}, {"d", 3, false, 0}, {"e", 2, false, 0}},
			nil, []string{"c", "d"}, []count.Question{tie(count.Seat, 1, "a", "b")}, ""},
		{"tie at the alternates", 1, 1, fullOrder, []stands{{"a", 9, false, 0}, {"b", 5, false, 1}, {"c", 5, false, 1}},
			[]string{"a"}, nil, []count.Question{tie(count.Alternate, 1, "b", "c")}, "places for alternates: 1"},
		{"alternates in succession", 1, 3, fullOrder, []stands{{"a", 9, false, 0}, {"b", 5, false, 1}, {"c", 5, true, 1}, {"d", 5, false, 7}},
			[]string{"a"}, []string{"c", "d", "b"}, nil, "all become alternates"},
		{"alternates equal in all", 1, 2, fullOrder, []stands{{"a", 9, false, 0}, {"c", 5, false, 1}, {"b", 5, false, 1}},
			[]string{"a"}, []string{"b", "c"}, nil, "written by id"},
		{"tie below the cuts", 1, 1, fullOrder, []stands{{"a", 9, false, 0}, {"b", 5, false, 0}, {"c", 1, false, 0}, {"d", 1, false, 0}},
			[]string{"a"}, []string{"b"}, nil, "The others have 1 votes or fewer"},
		{"fewer candidates than seats", 3, 1, fullOrder, []stands{{"a", 9, false, 0}, {"b", 5, false, 0}},
			[]string{"a", "b"}, nil, []count.Question{vacant(count.MoreSeatsThanCandidates, 1)}, "seats vacant: 1"},
		{"without votes nobody is elected", 3, 1, fullOrder, []stands{{"a", 9, false, 0}, {"b", 0, true, 0}, {"c", 0, false, 0}, {"d", 0, false, 0}},
			[]string{"a"}, nil, []count.Question{vacant(count.MoreSeatsThanCandidates, 2)}, ""},
		{"no votes", 2, 1, fullOrder, []stands{{"a", 0, false, 0}, {"b", 0, true, 0}, {"c", 0, false, 0}},
			nil, nil, []count.Question{vacant(count.NoValidVotes, 2)}, "the seats (2) are open"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, votes := contest(row.seats, row.alternates, row.order, row.candidates...)
			out, err := count.Contest(c, votes, 10, 3)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(out.Elected, row.elected) {
				t.Errorf("elected %q, want %q", out.Elected, row.elected)
			}
			if !slices.Equal(out.Alternates, row.next) {
				t.Errorf("alternates %q, want %q", out.Alternates, row.next)
			}
			if got := bare(t, out.Questions); !reflect.DeepEqual(got, row.questions) {
				t.Errorf("questions %+v, want %+v", got, row.questions)
			}
			said := false
			for _, s := range out.Steps {
				said = said || strings.Contains(s.En, row.step)
				sound(t, s)
			}
			if !said {
				t.Errorf("no step says %q: %q", row.step, out.Steps)
			}
		})
	}
}

func TestSingleSeat(t *testing.T) {
	c, votes := contest(1, 0, []string{election.TieLot}, stands{id: "a", votes: 4}, stands{id: "b", votes: 6})
	c.Rule = election.SingleSeatPlurality
	c.VoteLimit = 1
	out, err := count.Contest(c, votes, 12, 2)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(out.Elected, []string{"b"}) || len(out.Alternates) != 0 || len(out.Questions) != 0 {
		t.Errorf("outcome %+v", out)
	}
}

func TestDecided(t *testing.T) {
	c, votes := contest(1, 1, []string{election.TieLot}, stands{id: "a", votes: 5}, stands{id: "b", votes: 5}, stands{id: "c", votes: 5})
	d := []count.Decision{{Between: []string{"a", "b", "c"}, Order: []string{"c", "a", "b"}}}
	out, err := count.Decided(c, votes, 9, 0, d)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(out.Elected, []string{"c"}) || !slices.Equal(out.Alternates, []string{"a"}) || len(out.Questions) != 0 {
		t.Errorf("outcome %+v", out)
	}
	// All alternates: no question, but a decision gives their order.
	c.Alternates = 3
	c.Candidates[0].Veteran, c.TieOrder = true, fullOrder
	out, err = count.Decided(c, votes, 9, 0, []count.Decision{{Between: []string{"c", "b"}, Order: []string{"c", "b"}}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(out.Elected, []string{"a"}) || !slices.Equal(out.Alternates, []string{"c", "b"}) || len(out.Questions) != 0 {
		t.Errorf("outcome %+v", out)
	}
	c, votes = contest(1, 1, []string{election.TieLot}, stands{id: "a", votes: 5}, stands{id: "b", votes: 5}, stands{id: "c", votes: 5})

	other := []count.Decision{{Between: []string{"a", "b"}, Order: []string{"b", "a"}}}
	if _, err := count.Decided(c, votes, 9, 0, other); !errors.Is(err, count.ErrNotAsked) {
		t.Errorf("a decision between others: %v", err)
	}
	for _, bad := range [][]count.Decision{
		{{Between: []string{"a", "b", "c"}, Order: []string{"c", "a"}}},
		{{Between: []string{"a", "b", "c"}, Order: []string{"c", "a", "d"}}},
		{{Between: []string{"a", "b", "b"}, Order: []string{"b", "a", "b"}}},
		{d[0], {Between: []string{"c", "b", "a"}, Order: []string{"a", "b", "c"}}},
	} {
		if _, err := count.Decided(c, votes, 9, 0, bad); err == nil {
			t.Errorf("accepted %v", bad)
		}
	}
}

func TestRefused(t *testing.T) {
	for name, spoil := range map[string]func(c *election.Contest, in *[]int, ballots, blank *int){
		"rule":             func(c *election.Contest, _ *[]int, _, _ *int) { c.Rule = "approval" },
		"no rule":          func(c *election.Contest, _ *[]int, _, _ *int) { c.Rule = "" },
		"single seat of 2": func(c *election.Contest, _ *[]int, _, _ *int) { c.Rule = election.SingleSeatPlurality },
		"votes missing":    func(_ *election.Contest, in *[]int, _, _ *int) { *in = (*in)[1:] },
		"votes of nobody":  func(_ *election.Contest, in *[]int, _, _ *int) { *in = append(*in, 1) },
		"negative votes":   func(_ *election.Contest, in *[]int, _, _ *int) { (*in)[0] = -1 },
		"too many votes":   func(_ *election.Contest, in *[]int, _, _ *int) { (*in)[0] = 11 },
		"negative ballots": func(_ *election.Contest, _ *[]int, b, _ *int) { *b = -1 },
		"too many ballots": func(_ *election.Contest, _ *[]int, b, _ *int) { *b = 1 << 50 },
		"negative blanks":  func(_ *election.Contest, _ *[]int, _, b *int) { *b = -1 },
		"too many blanks":  func(_ *election.Contest, _ *[]int, _, b *int) { *b = 9 },
		"no seats":         func(c *election.Contest, _ *[]int, _, _ *int) { c.Seats = 0 },
		"alternates":       func(c *election.Contest, _ *[]int, _, _ *int) { c.Alternates = -1 },
		"same id":          func(c *election.Contest, _ *[]int, _, _ *int) { c.Candidates[1].ID = "a" },
		"tie order":        func(c *election.Contest, _ *[]int, _, _ *int) { c.TieOrder = []string{"age"} },
		"no candidates":    func(c *election.Contest, in *[]int, _, _ *int) { c.Candidates, *in = nil, nil },
	} {
		c, votes := contest(2, 1, fullOrder, stands{id: "a", votes: 5}, stands{id: "b", votes: 4}, stands{id: "d", votes: 3})
		c.VoteLimit = 2
		ballots, blank := 10, 8
		if _, err := count.Contest(c, votes, ballots, blank); err != nil {
			t.Fatal(err)
		}
		spoil(c, &votes, &ballots, &blank)
		if _, err := count.Contest(c, votes, ballots, blank); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func BenchmarkContest(b *testing.B) {
	var cs []stands
	for i := range 3000 {
		cs = append(cs, stands{id: fmt.Sprint(i), votes: i * 7919 % 1000, degree: i % 10, veteran: i%7 == 0})
	}
	c, votes := contest(21, 11, fullOrder, cs...)
	for b.Loop() {
		if _, err := count.Contest(c, votes, 1000, 0); err != nil {
			b.Fatal(err)
		}
	}
}
