package strictjson_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/strictjson"
)

func TestUnmarshal(t *testing.T) {
	type file struct {
		Votes map[string]int  `json:"votes"`
		Raw   json.RawMessage `json:"raw,omitempty"`
		Any   any             `json:"any,omitempty"`
		Text  string          `json:"text,omitempty"`
	}
	var got file
	if f := strictjson.Unmarshal([]byte(`{"any":[1,{"a":null}],"votes":{"a":1,"b c":2}, "raw" : [ 1, "x" ] ,"text":"t"}`), "all", &got); len(f) > 0 {
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
		`{"votes":{}} {}`:                "all",
		`{"votes":{},"text":"t","x":{}}`: "x",
	} {
		var v file
		f := strictjson.Unmarshal([]byte(text), "all", &v)
		if len(f) != 1 || f[0].Path != path {
			t.Errorf("%s: faults %v, want one at %s", text, f, path)
		}
	}
}

// What is taken means the same to the standard library, and is taken again when
// that writes it.
func FuzzUnmarshal(f *testing.F) {
	f.Add([]byte(`{"votes":{"a":1,"b c":2},"raw":[1,"x"],"list":[{"yes":true}]}`))
	f.Add([]byte(`{"votes":{"a":1,"a":2}} x`))
	f.Fuzz(func(t *testing.T, data []byte) {
		type file struct {
			Votes map[string]int `json:"votes"`
			List  []struct {
				Yes bool `json:"yes"`
			} `json:"list,omitempty"`
			Raw json.RawMessage `json:"raw,omitempty"`
		}
		var got, other, again file
		if f := strictjson.Unmarshal(data, "all", &got); len(f) > 0 {
			if text := f.Error(); !strings.Contains(text, f[0].Text) {
				t.Fatalf("the error %q leaves out %v", text, f[0])
			}
			return
		}
		if err := json.Unmarshal(data, &other); err != nil || !reflect.DeepEqual(got.Votes, other.Votes) || len(got.List) != len(other.List) {
			t.Fatalf("%+v, the standard library has %+v, error %v", got, other, err)
		}
		text, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if f := strictjson.Unmarshal(text, "all", &again); len(f) > 0 || !reflect.DeepEqual(again.Votes, got.Votes) {
			t.Fatalf("%s: %v", text, f)
		}
	})
}

func TestLines(t *testing.T) {
	lines := strictjson.LinesOf([]byte("{\n\"a\": [\n1, {\n\"b\":\n2}],\n\"c\": {}, \"c\": \n3}\n"))
	for path, want := range map[string]int{"": 1, "a": 2, "a[0]": 3, "a[1]": 3, "a[1].b": 5, "c": 6, "c.missing": 6, "a[7].x": 2, "nothing": 1} {
		if got := lines.At(path); got != want {
			t.Errorf("%q is on line %d, not %d", path, got, want)
		}
	}
}

func TestSyntax(t *testing.T) {
	for text, want := range map[string]int{"": 1, "{}": 0, " [1]\n": 0, "{\n\"a\": }": 2, "{}\n\n{}": 3, "\n\"\xff\"": 2, "{": 1} {
		if line, what := strictjson.Syntax([]byte(text)); line != want || (what == "") != (want == 0) {
			t.Errorf("%q: line %d (%s), not %d", text, line, what, want)
		}
	}
}
