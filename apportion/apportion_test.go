package apportion_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/sandogh/sandogh/apportion"
	"github.com/sandogh/sandogh/internal/shared"
)

type seats = map[string]int

// vector is a row of seat-vectors.json.
type vector struct {
	Name       string `json:"name"`
	Rule       string `json:"rule"`
	Seats      int    `json:"seats"`
	Votes      seats  `json:"votes"`
	Candidates seats  `json:"candidates"`
	Threshold  string `json:"threshold"`
	Expect     expect `json:"expect"`
}

type expect struct {
	Seats        seats  `json:"seats"`
	BeforeTie    seats  `json:"before_tie"`
	Undetermined string `json:"undetermined"`
	QuotaSeats   seats  `json:"quota_seats"`
	Tie          *struct {
		Groups []string `json:"groups"`
		Seats  int      `json:"seats"`
	} `json:"tie"`
}

func (v vector) groups() []apportion.Group {
	var groups []apportion.Group
	for name, votes := range v.Votes {
		limit, ok := v.Candidates[name]
		if !ok {
			limit = v.Seats
		}
		groups = append(groups, apportion.Group{Name: name, Votes: votes, Limit: limit})
	}
	return groups
}

func given(r apportion.Result) seats {
	m := seats{}
	for _, g := range r.Groups {
		m[g.Name] = g.Seats
	}
	return m
}

func TestVectors(t *testing.T) {
	var vectors []vector
	if err := json.Unmarshal(shared.Read(t, "law/seat-vectors.json"), &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) < 60 {
		t.Fatalf("only %d vectors", len(vectors))
	}
	said := map[string]string{
		"over-allocation": apportion.OverAllocation, "more seats than candidates": apportion.MoreSeats,
		"no valid votes": apportion.NoVotes, "no group reaches the threshold": apportion.ThresholdNobody,
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			f, err := apportion.ParseFraction(v.Threshold)
			if err != nil {
				t.Fatal(err)
			}
			r, err := apportion.Seats(v.Rule, v.Seats, v.groups(), apportion.Options{Threshold: f})
			if err != nil {
				t.Fatal(err)
			}
			e := v.Expect
			kind := said[e.Undetermined]
			if e.Tie != nil {
				kind = apportion.Tie
				if r.Open == nil || !slices.Equal(r.Open.Groups, e.Tie.Groups) || r.Open.Seats != e.Tie.Seats {
					t.Errorf("open %+v, want the tie %+v", r.Open, e.Tie)
				}
				e.Seats = e.BeforeTie
			}
			switch {
			case (r.Open == nil) != (kind == "") || r.Open != nil && r.Open.Kind != kind:
				t.Errorf("open %+v, want %q", r.Open, kind)
			case e.Seats != nil && !maps.Equal(given(r), e.Seats):
				t.Errorf("seats %v, want %v", given(r), e.Seats)
			case e.QuotaSeats != nil:
				first := seats{}
				for _, g := range r.Groups {
					first[g.Name] = g.First
				}
				if !maps.Equal(first, e.QuotaSeats) {
					t.Errorf("quota seats %v, want %v", first, e.QuotaSeats)
				}
			case e.Seats == nil && e.Undetermined == "":
				t.Error("the vector expects nothing")
			}
		})
	}
}

func groups(pairs ...any) []apportion.Group {
	var out []apportion.Group
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, apportion.Group{Name: pairs[i].(string), Votes: pairs[i+1].(int), Limit: 1000})
	}
	return out
}

// A quota that ends in exactly a half: 5 seats, quotas 2.5, 1.5 and 1.
func TestHalf(t *testing.T) {
	in := groups("A", 50, "B", 30, "C", 20)
	for _, row := range []struct {
		setting string
		want    seats
		open    string
	}{
		{"", seats{"A": 0, "B": 0, "C": 0}, apportion.OverAllocation}, // 3 + 2 + 1
		{apportion.HalfUp, seats{"A": 0, "B": 0, "C": 0}, apportion.OverAllocation},
		{apportion.HalfEven, seats{"A": 2, "B": 2, "C": 1}, ""},
		{apportion.HalfDown, seats{"A": 3, "B": 1, "C": 1}, ""}, // one is left: by share
		{apportion.HalfQuestion, seats{"A": 0, "B": 0, "C": 0}, apportion.Half},
	} {
		r, err := apportion.Seats(apportion.RoundThenShare, 5, in, apportion.Options{Half: row.setting})
		if err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(given(r), row.want) || (r.Open == nil) != (row.open == "") || r.Open != nil && r.Open.Kind != row.open {
			t.Errorf("half %q: seats %v, open %+v, want %v, %q", row.setting, given(r), r.Open, row.want, row.open)
		}
		if !r.Groups[0].Half || !r.Groups[1].Half || r.Groups[2].Half {
			t.Errorf("half %q: halves %+v", row.setting, r.Groups)
		}
	}
}

func TestQuota(t *testing.T) {
	r, err := apportion.Seats(apportion.RoundThenShare, 21, groups("A", 42, "B", 58), apportion.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Quota(0).String(); got != "441/50" {
		t.Errorf("quota %s", got)
	}
	big := 1<<61 - 1
	r, err = apportion.Seats(apportion.SainteLague, 1000, groups("A", big, "B", big-1, "C", 1), apportion.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := given(r); got["A"]+got["B"] != 1000 || got["A"] != 500 {
		t.Errorf("seats %v", got)
	}
}

// decide answers what is open from a table by kind.
func decide(answers map[string]apportion.Answer) func(apportion.Open) (apportion.Answer, bool) {
	return func(o apportion.Open) (apportion.Answer, bool) {
		a, ok := answers[o.Kind]
		return a, ok
	}
}

func TestDecide(t *testing.T) {
	over := groups("A", 420000, "B", 310000, "C", 150000, "independents", 120000)
	for _, row := range []struct {
		name    string
		rule    string
		house   int
		in      []apportion.Group
		o       apportion.Options
		answers map[string]apportion.Answer
		want    seats // nil: refused
	}{
		{"tie", apportion.DHondt, 4, groups("A", 60, "B", 20, "C", 20), apportion.Options{},
			map[string]apportion.Answer{apportion.Tie: {Order: []string{"C", "A", "B"}}}, seats{"A": 3, "B": 0, "C": 1}},
		{"tie of quotas", apportion.LargestRemainder, 21, groups("A", 1, "B", 1, "C", 1, "D", 1), apportion.Options{},
			map[string]apportion.Answer{apportion.Tie: {Order: []string{"D", "C", "B", "A"}}}, seats{"A": 5, "B": 5, "C": 5, "D": 6}},
		{"tie of some", apportion.DHondt, 4, groups("A", 60, "B", 20, "C", 20), apportion.Options{},
			map[string]apportion.Answer{apportion.Tie: {Order: []string{"C", "B"}}}, nil},
		{"tie twice", apportion.DHondt, 4, groups("A", 60, "B", 20, "C", 20), apportion.Options{},
			map[string]apportion.Answer{apportion.Tie: {Order: []string{"C", "B", "C"}}}, nil},
		{"tie by seats", apportion.DHondt, 4, groups("A", 60, "B", 20, "C", 20), apportion.Options{},
			map[string]apportion.Answer{apportion.Tie: {Seats: seats{"A": 4}}}, nil},
		{"over", apportion.RoundThenShare, 21, over, apportion.Options{},
			map[string]apportion.Answer{apportion.OverAllocation: {Seats: seats{"A": 9, "B": 6, "C": 3, "independents": 3}}}, seats{"A": 9, "B": 6, "C": 3, "independents": 3}},
		{"over, too few", apportion.RoundThenShare, 21, over, apportion.Options{},
			map[string]apportion.Answer{apportion.OverAllocation: {Seats: seats{"A": 9, "B": 6, "C": 3}}}, nil},
		{"over, negative", apportion.RoundThenShare, 21, over, apportion.Options{},
			map[string]apportion.Answer{apportion.OverAllocation: {Seats: seats{"A": 22, "B": -1}}}, nil},
		{"over, nobody's", apportion.RoundThenShare, 21, over, apportion.Options{},
			map[string]apportion.Answer{apportion.OverAllocation: {Seats: seats{"A": 20, "Z": 1}}}, nil},
		{"over, an order", apportion.RoundThenShare, 21, over, apportion.Options{},
			map[string]apportion.Answer{apportion.OverAllocation: {Order: []string{"A", "B", "C", "independents"}}}, nil},
		{"half", apportion.RoundThenShare, 5, groups("A", 50, "B", 30, "C", 20), apportion.Options{Half: apportion.HalfQuestion},
			map[string]apportion.Answer{apportion.Half: {Seats: seats{"A": 2, "B": 2}}}, seats{"A": 2, "B": 2, "C": 1}},
		{"half, others", apportion.RoundThenShare, 5, groups("A", 50, "B", 30, "C", 20), apportion.Options{Half: apportion.HalfQuestion},
			map[string]apportion.Answer{apportion.Half: {Seats: seats{"A": 2, "C": 2}}}, nil},
		{"half, two more", apportion.RoundThenShare, 5, groups("A", 50, "B", 30, "C", 20), apportion.Options{Half: apportion.HalfQuestion},
			map[string]apportion.Answer{apportion.Half: {Seats: seats{"A": 4, "B": 1}}}, nil},
		{"threshold", apportion.DHondt, 3, groups("A", 4, "B", 3, "C", 3), apportion.Options{Threshold: apportion.Fraction{Num: 1, Den: 2}},
			map[string]apportion.Answer{apportion.ThresholdNobody: {Seats: seats{"A": 1, "B": 1, "C": 1}}}, seats{"A": 1, "B": 1, "C": 1}},
	} {
		t.Run(row.name, func(t *testing.T) {
			open, err := apportion.Seats(row.rule, row.house, row.in, row.o)
			if err != nil || open.Open == nil {
				t.Fatalf("before the decision: open %+v, error %v", open.Open, err)
			}
			o := row.o
			o.Decide = decide(row.answers)
			r, err := apportion.Seats(row.rule, row.house, row.in, o)
			switch {
			case row.want == nil && err == nil:
				t.Errorf("accepted: %v", given(r))
			case row.want != nil && err != nil:
				t.Error(err)
			case row.want != nil && (!maps.Equal(given(r), row.want) || r.Open != nil):
				t.Errorf("seats %v, open %+v, want %v", given(r), r.Open, row.want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for name, call := range map[string]func() (apportion.Result, error){
		"rule": func() (apportion.Result, error) {
			return apportion.Seats("hare", 3, groups("A", 1), apportion.Options{})
		},
		"at large": func() (apportion.Result, error) {
			return apportion.Seats("plurality-at-large", 3, groups("A", 1), apportion.Options{})
		},
		"no seats": func() (apportion.Result, error) {
			return apportion.Seats(apportion.DHondt, 0, groups("A", 1), apportion.Options{})
		},
		"many seats": func() (apportion.Result, error) {
			return apportion.Seats(apportion.DHondt, 1001, groups("A", 1), apportion.Options{})
		},
		"negative": func() (apportion.Result, error) {
			return apportion.Seats(apportion.DHondt, 3, groups("A", -1), apportion.Options{})
		},
		"too many": func() (apportion.Result, error) {
			return apportion.Seats(apportion.DHondt, 3, groups("A", 1<<61, "B", 1<<61), apportion.Options{})
		},
		"twice": func() (apportion.Result, error) {
			return apportion.Seats(apportion.DHondt, 3, groups("A", 1, "A", 2), apportion.Options{})
		},
		"half": func() (apportion.Result, error) {
			return apportion.Seats(apportion.RoundThenShare, 3, groups("A", 1), apportion.Options{Half: "off"})
		},
		"threshold": func() (apportion.Result, error) {
			return apportion.Seats(apportion.DHondt, 3, groups("A", 1), apportion.Options{Threshold: apportion.Fraction{Num: 3, Den: 2}})
		},
		"limit": func() (apportion.Result, error) {
			return apportion.Seats(apportion.DHondt, 3, []apportion.Group{{Name: "A", Votes: 1, Limit: -1}}, apportion.Options{})
		},
	} {
		if r, err := call(); err == nil || !reflect.DeepEqual(r, apportion.Result{}) {
			t.Errorf("%s: %+v, error %v", name, r, err)
		}
	}
}

func BenchmarkSeats(b *testing.B) {
	in := groups("A", 942000, "B", 321000, "C", 320000, "D", 319000, "E", 91000, "independents", 198000)
	for _, rule := range apportion.Rules() {
		b.Run(rule, func(b *testing.B) {
			for b.Loop() {
				if _, err := apportion.Seats(rule, 21, in, apportion.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
