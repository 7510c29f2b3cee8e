package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/internal/schematest"
	"github.com/sandogh/sandogh/internal/shared"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/spec"
)

// sandogh runs a command and returns its exit status and streams.
func sandogh(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = run(args, &out, &err)
	return code, out.String(), err.String()
}

// file writes a file for a command.
func file(t testing.TB, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file.json")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func example(name string) string { return filepath.Join("..", "..", "spec", "examples", name+".json") }

// Every schema has an example, and the example fits it.
func TestExamplesFitSchemas(t *testing.T) {
	files, err := fs.Glob(spec.Schemas, "schemas/*.json")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d schemas, error %v", len(files), err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(path.Base(f), ".json")
		b, err := spec.Examples.ReadFile("examples/" + name + ".json")
		if err != nil {
			t.Error(err)
			continue
		}
		if err := schematest.Valid(t, name)(b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCountSeatsVectors(t *testing.T) {
	name := shared.Path(t, "law", "seat-vectors.json")
	data := shared.Read(t, "law", "seat-vectors.json")
	var vectors []struct {
		Name   string
		Expect any
	}
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := sandogh("count", "seats", name)
	if code != 0 || stderr != "" {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var got []any
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(vectors) || len(got) == 0 {
		t.Fatalf("%d results of %d cases", len(got), len(vectors))
	}
	for i, v := range vectors {
		if !reflect.DeepEqual(got[i], v.Expect) {
			t.Errorf("%s: %v, want %v", v.Name, got[i], v.Expect)
		}
	}
}

// The worked example: a question for a ruling, then one for a lot.
func TestCountContestExample(t *testing.T) {
	contest := func(args ...string) (int, contestOut) {
		t.Helper()
		code, stdout, stderr := sandogh(append([]string{"count", "contest", example("count-contest"), "--json"}, args...)...)
		var out contestOut
		if err := json.Unmarshal([]byte(stdout), &out); err != nil {
			t.Fatalf("%v: exit %d, %s", err, code, stderr)
		}
		return code, out
	}
	code, out := contest()
	if code != 1 || len(out.Questions) != 1 || out.Questions[0].Kind != count.OverAllocation || len(out.Elected) != 0 || out.Groups["A"].Quota != "8/5" || out.Groups["A"].QuotaSeats != 2 {
		t.Fatalf("exit %d: %+v", code, out)
	}
	code, out = contest("--ruling", example("ruling"))
	if code != 1 || len(out.Questions) != 1 || out.Questions[0].Kind != count.Tie || !slices.Equal(out.Elected, []string{"101", "107", "108", "102"}) || out.Groups["B"].Seats != 1 {
		t.Fatalf("exit %d: %+v", code, out)
	}
	winner := record.LotOrder("closing index 2841907", out.Questions[0].Between)[0]
	for _, last := range [][]string{{"--ruling", example("lot")}, {"--lot", "closing index 2841907"}} {
		code, out = contest(append([]string{"--ruling", example("ruling")}, last...)...)
		if code != 0 || len(out.Questions) != 0 || len(out.Elected) != 5 || !slices.Contains(out.Elected, winner) {
			t.Errorf("%q: exit %d: %+v", last, code, out)
		}
	}
	code, out = contest("--ruling", example("ruling"), "--lot", "x", "--lang", "fa")
	if code != 0 || !strings.Contains(out.Steps[0], "۵ کرسی") {
		t.Errorf("exit %d: %q", code, out.Steps)
	}
	// For people: the same, in sentences.
	code, stdout, stderr := sandogh("count", "contest", example("count-contest"))
	if code != 1 || !strings.Contains(stdout, "= 8/5 (about 1.600)") || !strings.Contains(stdout, "elected: none") || !strings.Contains(stderr, "over-allocation") {
		t.Errorf("exit %d: %s\n%s", code, stdout, stderr)
	}
}

const small = `{"rule":"plurality-at-large","seats":1,"alternates":1,"tie_order":["lot"],
	"candidates":[{"id":"1"},{"id":"2"},{"id":"3"}],"votes":{"1":5,"2":5,"3":1},"ballots":20}`

func TestCountContestRefuses(t *testing.T) {
	change := func(old, new string) string {
		if !strings.Contains(small, old) {
			t.Fatal("the contest does not have " + old)
		}
		return strings.Replace(small, old, new, 1)
	}
	twoRound := strings.Replace(strings.Replace(small, `"plurality-at-large"`, `"two-round","round":1,"threshold":"1/5"`, 1), `"alternates":1`, `"alternates":0`, 1)
	for _, row := range []struct{ name, file, path string }{
		{"not JSON", "rule: x", "the file"},
		{"an array", "[]", "the file"},
		{"negative votes", change(`"3":1`, `"3":-1`), "votes.3: -1 votes: write 0"},
		{"fractional votes", change(`"3":1`, `"3":1.5`), "votes.3: 1.5 is not a whole number"},
		{"votes as text", change(`"3":1`, `"3":"1"`), "votes.3"},
		{"votes twice", change(`"3":1`, `"3":1,"3":2`), "votes.3: written twice"},
		{"votes of nobody", change(`"3":1`, `"4":1`), "votes.4: there is no candidate"},
		{"more votes than ballots", change(`"3":1`, `"3":21`), "votes.3: 21 votes on 20 ballots"},
		{"unknown field", change(`"seats":1`, `"seats":1,"colour":"red"`), "colour: unknown field"},
		{"unknown rule", change(`plurality-at-large`, `approval`), "rule: \"approval\" is not a rule"},
		{"no rule", change(`"rule":"plurality-at-large",`, ``), "rule: missing"},
		{"no seats", change(`"seats":1`, `"seats":0`), "seats: 0 is out of range"},
		{"tie order", change(`["lot"]`, `["lot","age"]`), "tie_order[1]"},
		{"candidate twice", change(`{"id":"2"}`, `{"id":"1"}`), "candidates[1].id"},
		{"candidate on two lists", change(`{"id":"1"},{"id":"2"}`, `{"id":"1","list":"A"},{"id":"1","list":"B"}`), "candidates[1].list: the candidate \"1\" is on \"A\" too"},
		{"list too long", change(`{"id":"1"},{"id":"2"}`, `{"id":"1","list":"A"},{"id":"2","list":"A"}`)[:len(small)+2*len(`,"list":"A"`)-1] + `,"list_limits":{"max":1}}`, "candidates: the list \"A\" has 2"},
		{"no candidates", change(`[{"id":"1"},{"id":"2"},{"id":"3"}]`, `[]`), "candidates: 0 elements"},
		{"threshold", change(`"seats":1`, `"seats":1,"threshold":"1/5"`), "threshold: plurality-at-large knows no threshold"},
		{"no fraction", strings.Replace(twoRound, "1/5", "20%", 1), "threshold: \"20%\" is not a fraction"},
		{"more than all", strings.Replace(twoRound, "1/5", "6/5", 1), "threshold: \"6/5\" is more than the whole"},
		{"third round", strings.Replace(twoRound, `"round":1`, `"round":3`, 1), "round: 3 is no round"},
		{"half", change(`"seats":1`, `"seats":1,"half":"up"`), "half: plurality-at-large rounds nothing"},
		{"blank", change(`"ballots":20`, `"ballots":20,"blank":-4`), "blank: -4"},
		{"sum", strings.Replace(twoRound, `"ballots":20`, `"ballots":10`, 1), "votes: count contest"},
		{"law", change(`"seats":1`, `"seats":1,"law":{"article":"x","version":"y"}`), "law: x, version y, is not in the register"},
	} {
		code, stdout, stderr := sandogh("count", "contest", file(t, row.file), "--json")
		if code != 2 || stdout != "" || !strings.Contains(stderr, "\n  "+row.path) {
			t.Errorf("%s: exit %d, %q, %s; want the path %s", row.name, code, stdout, stderr, row.path)
		}
	}
	if code, _, stderr := sandogh("count", "contest", file(t, twoRound), "--json"); code != 1 || !strings.Contains(stderr, "tie") {
		t.Errorf("the contest of two rounds is refused: %s", stderr)
	}
}

func TestCountSeatsRefuses(t *testing.T) {
	for _, row := range []struct{ name, file, path string }{
		{"not an array", `{"rule":"dhondt","seats":3,"votes":{"A":1}}`, "the file"},
		{"unknown field", `[{"rule":"dhondt","seats":3,"votes":{"A":1},"vote":{}}]`, "[0].vote: unknown field"},
		{"negative", `[{"rule":"dhondt","seats":3,"votes":{"A":1,"B":-2}}]`, "[0].votes.B: -2 votes"},
		{"fraction", `[{"rule":"dhondt","seats":3,"votes":{"A":1}},{"rule":"dhondt","seats":3,"votes":{"A":1.5}}]`, "[1].votes.A: 1.5"},
		{"exponent", `[{"rule":"dhondt","seats":3,"votes":{"A":1e3}}]`, "[0].votes.A: 1e3"},
		{"too many", `[{"rule":"dhondt","seats":3,"votes":{"A":2000000000000000000,"B":2000000000000000000,"C":2000000000000000000}}]`, "[0].votes: part seats: more votes"},
		{"rule", `[{"rule":"two-round","seats":3,"votes":{"A":1}}]`, "[0].rule: \"two-round\" is not a rule"},
		{"seats", `[{"rule":"dhondt","seats":0,"votes":{"A":1}}]`, "[0].seats: 0"},
		{"candidates of nobody", `[{"rule":"dhondt","seats":3,"votes":{"A":1},"candidates":{"B":1}}]`, "[0].candidates.B: there is no group"},
		{"negative candidates", `[{"rule":"dhondt","seats":3,"votes":{"A":1},"candidates":{"A":-1}}]`, "[0].candidates.A: -1"},
		{"threshold", `[{"rule":"dhondt","seats":3,"votes":{"A":1},"threshold":"0.05"}]`, "[0].threshold"},
		{"half", `[{"rule":"dhondt","seats":3,"votes":{"A":1},"half":"up"}]`, "[0].half"},
	} {
		code, stdout, stderr := sandogh("count", "seats", file(t, row.file))
		if code != 2 || stdout != "" || !strings.Contains(stderr, "\n  "+row.path) {
			t.Errorf("%s: exit %d, %q, %s; want the path %s", row.name, code, stdout, stderr, row.path)
		}
	}
}

func TestRulingRefused(t *testing.T) {
	totals := file(t, small)
	code, stdout, _ := sandogh("count", "contest", totals, "--json")
	var out contestOut
	if err := json.Unmarshal([]byte(stdout), &out); err != nil || code != 1 || len(out.Questions) != 1 {
		t.Fatalf("exit %d: %s", code, stdout)
	}
	hash := out.Questions[0].Question
	good := `{"question":"` + hash + `","decision":["2","1"],"article":"a","text":"t"}`
	if code, stdout, stderr := sandogh("count", "contest", totals, "--ruling", file(t, good), "--json"); code != 0 || !strings.Contains(stdout, `"elected": [`+"\n  \"2\"") {
		t.Fatalf("exit %d: %s %s", code, stdout, stderr)
	}
	other := strings.Repeat("0", 64)
	for _, row := range []struct {
		name, file string
		code       int
		text       string
	}{
		{"another question", strings.Replace(good, hash, other, 1), 1, "which this contest does not ask"},
		{"an order of others", strings.Replace(good, `["2","1"]`, `["2","3"]`, 1), 1, "orders 2, 3"},
		{"seats", strings.Replace(good, `["2","1"]`, `{"2":1}`, 1), 1, "orders"},
		{"no hash", strings.Replace(good, hash, "abc", 1), 2, "question: not a hash"},
		{"no article", strings.Replace(good, `"article":"a"`, `"article":""`, 1), 2, "article: missing"},
		{"no text", strings.Replace(good, `,"text":"t"`, ``, 1), 2, "text: missing"},
		{"no decision", strings.Replace(good, `"decision":["2","1"],`, ``, 1), 2, "decision: missing"},
		{"a text for a decision", strings.Replace(good, `["2","1"]`, `"2"`, 1), 2, "decision: a string"},
		{"numbers", strings.Replace(good, `["2","1"]`, `[2,1]`, 1), 2, "decision: [0]"},
		{"unknown field", strings.Replace(good, `"text"`, `"date":"1405-02-12","text"`, 1), 2, "date: unknown field"},
		{"one office twice", strings.Replace(good, `"text"`, `"signatures":[{"by":"office/hq","sig":"00"},{"by":"office/hq","sig":"01"}],"text"`, 1), 2, "signatures[1].by"},
		{"a lot without source", `{"question":"` + hash + `","seed":"x","tally":"` + other + `"}`, 2, "source: missing"},
		{"a lot that decides", strings.Replace(good, `"text"`, `"seed":"x","source":"y","tally":"`+other+`","text"`, 1), 2, "decision: a lot decides"},
		{"a source without seed", strings.Replace(good, `"text"`, `"source":"y","text"`, 1), 2, "seed: missing"},
	} {
		code, _, stderr := sandogh("count", "contest", totals, "--ruling", file(t, row.file), "--json")
		if code != row.code || !strings.Contains(stderr, row.text) {
			t.Errorf("%s: exit %d, %s; want %d, %s", row.name, code, stderr, row.code, row.text)
		}
	}
	// The same ruling is no answer to other totals.
	if code, _, stderr := sandogh("count", "contest", file(t, small+"\n"), "--ruling", file(t, good)); code != 1 || !strings.Contains(stderr, "does not ask") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	lot := `{"question":"` + hash + `","seed":"x","source":"y","tally":"` + other + `"}`
	over := example("count-contest")
	_, stdout, _ = sandogh("count", "contest", over, "--json")
	if err := json.Unmarshal([]byte(stdout), &out); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := sandogh("count", "contest", over, "--ruling", file(t, strings.Replace(lot, hash, out.Questions[0].Question, 1))); code != 1 || !strings.Contains(stderr, "needs a ruling") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if code, _, _ := sandogh("count", "contest", totals, "--lot", ""); code != 2 {
		t.Errorf("an empty seed: exit %d", code)
	}
	if code, _, _ := sandogh("count", "contest", totals+"x"); code != 2 {
		t.Errorf("no file: exit %d", code)
	}
}

func TestDraftNeedsRuling(t *testing.T) {
	totals := file(t, strings.Replace(strings.Replace(small, `"2":5`, `"2":4`, 1), `"seats":1`, `"seats":1,"law":{"article":"bill 9","version":"1405","state":"draft"}`, 1))
	code, stdout, _ := sandogh("count", "contest", totals, "--json")
	var out contestOut
	if err := json.Unmarshal([]byte(stdout), &out); err != nil || code != 1 || len(out.Questions) != 1 || out.Questions[0].Kind != count.DraftLaw || len(out.Elected) != 0 {
		t.Fatalf("exit %d: %s", code, stdout)
	}
	ruling := `{"question":"` + out.Questions[0].Question + `","decision":[],"article":"bill 9","text":"applies"}`
	if code, stdout, stderr := sandogh("count", "contest", totals, "--ruling", file(t, ruling)); code != 0 || !strings.Contains(stdout, "elected: 1") {
		t.Errorf("exit %d: %s %s", code, stdout, stderr)
	}
}
