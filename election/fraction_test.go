package election_test

import (
	"encoding/json"
	"math/big"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/sandogh/sandogh/election"
)

func TestFraction(t *testing.T) {
	for s, want := range map[string]election.Fraction{"": {}, "1/5": {Num: 1, Den: 5}, "2/10": {Num: 2, Den: 10}, "1/1": {Num: 1, Den: 1}, "999999999/999999999": {Num: 999999999, Den: 999999999}} {
		f, err := election.ParseFraction(s)
		if err != nil || f != want || f.String() != s {
			t.Errorf("%q is %v, error %v", s, f, err)
		}
	}
	for _, s := range []string{"0/5", "1/0", "01/5", "-1/5", "1/-5", "1", "1/", "/5", "1/5/5", "1 /5", "20%", "0.2", "6/5", "1/1000000000", "۱/۵"} {
		if f, err := election.ParseFraction(s); err == nil {
			t.Errorf("%q is %v", s, f)
		}
	}
}

func TestReachedBy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		den := rapid.IntRange(1, 999_999_999).Draw(t, "den")
		num := rapid.IntRange(1, den).Draw(t, "num")
		whole := rapid.IntRange(1, 1<<62).Draw(t, "whole")
		part := rapid.OneOf(rapid.IntRange(0, whole), rapid.Just(whole/den*num)).Draw(t, "part")
		f := election.Fraction{Num: uint64(num), Den: uint64(den)}
		want := big.NewRat(int64(part), int64(whole)).Cmp(big.NewRat(int64(num), int64(den))) >= 0
		if f.ReachedBy(part, whole) != want || f.Lowest().ReachedBy(part, whole) != want {
			t.Fatalf("%d/%d ≥ %s is not %v", part, whole, f, want)
		}
		if got := f.Lowest().String(); got != big.NewRat(int64(num), int64(den)).String() {
			t.Fatalf("%s in lowest terms is %s", f, got)
		}
	})
	if !(election.Fraction{}).ReachedBy(0, 5) {
		t.Error("no threshold is not reached")
	}
}

// Other files are read as strictly as a definition.
func TestUnmarshal(t *testing.T) {
	type file struct {
		Votes map[string]int  `json:"votes"`
		Raw   json.RawMessage `json:"raw,omitempty"`
		Any   any             `json:"any,omitempty"`
		Text  string          `json:"text,omitempty"`
	}
	var got file
	if f := election.Unmarshal([]byte(`{"any":[1,{"a":null}],"votes":{"a":1,"b c":2}, "raw" : [ 1, "x" ] ,"text":"t"}`), &got); len(f) > 0 {
		t.Fatal(f)
	}
	if want := (file{Votes: map[string]int{"a": 1, "b c": 2}, Raw: json.RawMessage(`[ 1, "x" ]`), Text: "t"}); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	for text, path := range map[string]string{
		`{"votes":{"a":1.5}}`:            "votes.a",
		`{"votes":{"a":1,"a":2}}`:        "votes.a",
		`{"votes":{"a b":null}}`:         `votes."a b"`,
		`{"votes":[1]}`:                  "votes",
		`{"votes":{},"raw":5}`:           "raw",
		`{"votes":{},"any":1,"any":2}`:   "any",
		`{"text":"t"}`:                   "votes",
		`{"votes":{}} {}`:                "definition",
		`{"votes":{},"text":"t","x":{}}`: "x",
	} {
		var v file
		f := election.Unmarshal([]byte(text), &v)
		if len(f) != 1 || f[0].Path != path {
			t.Errorf("%s: faults %v, want one at %s", text, f, path)
		}
	}
}
