package election_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/apportion"
	"github.com/sandogh/sandogh/election"
)

// edited returns a spoiler that replaces text of the example's JSON.
func edited(old, new string) func([]byte) []byte {
	return func(b []byte) []byte {
		if !bytes.Contains(b, []byte(old)) {
			panic("the example does not have " + old)
		}
		return bytes.Replace(b, []byte(old), []byte(new), 1)
	}
}

// changed returns a spoiler that changes the example's value.
func changed(change func(d *election.Definition)) func([]byte) []byte {
	return func([]byte) []byte {
		d := example()
		change(d)
		b, err := json.Marshal(d)
		if err != nil {
			panic(err)
		}
		return b
	}
}

type (
	def     = *election.Definition
	contest = *election.Contest
)

// proportional makes the city's contest one of lists, and twoRounds the village's
// one of two rounds.
func proportional(c contest) {
	c.Rule, c.Kind, c.Half = election.RoundThenShare, election.KindCity, apportion.HalfDown
	c.Threshold, c.AlternatesBy, c.ListLimits = "1/25", election.AlternatesByVotes, election.ListLimits{Min: 1, Max: 5}
}

func twoRounds(c contest) {
	c.Rule, c.Round, c.Threshold, c.Alternates = election.TwoRound, 1, "1/5", 0
}

func lists(change func(c contest)) func([]byte) []byte {
	return changed(func(d def) {
		proportional(&d.Contests[1])
		change(&d.Contests[1])
	})
}

func rounds(change func(c contest)) func([]byte) []byte {
	return changed(func(d def) {
		twoRounds(&d.Contests[2])
		change(&d.Contests[2])
	})
}

var faulty = []struct {
	name  string
	spoil func([]byte) []byte
	paths []string // of all the faults, in order
}{
	// The text.
	{"nothing", func([]byte) []byte { return nil }, []string{"definition"}},
	{"not JSON", func([]byte) []byte { return []byte("format: x") }, []string{"definition"}},
	{"trailing data", func(b []byte) []byte { return append(b, "{}"...) }, []string{"definition"}},
	{"trailing comma", edited("\"max_ballots_per_device\": 2000\n", "\"max_ballots_per_device\": 2000,\n"), []string{"definition"}},
	{"cut short", func(b []byte) []byte { return b[:len(b)-3] }, []string{"definition"}},
	{"byte order mark", func(b []byte) []byte { return append([]byte("\ufeff"), b...) }, []string{"definition"}},
	{"an array", func(b []byte) []byte { return []byte("[]") }, []string{"definition"}},
	{"null", func(b []byte) []byte { return []byte("null") }, []string{"definition"}},
	{"invalid UTF-8", edited("Judiciary", "Judi\xffciary"), []string{"definition"}},
	{"too large", func([]byte) []byte { return bytes.Repeat([]byte(" "), election.MaxJSON+1) }, []string{"definition"}},

	// The shape.
	{"unknown field", edited(`"practice": true`, `"practice": true, "practise": true`), []string{"practise"}},
	{"unknown field below", edited(`"kind": "province"`, `"kind": "province", "Kind": {"a": [1, {}]}`), []string{"districts[0].Kind"}},
	{"strange unknown field", edited(`"practice": true`, `"practice": true, "a.b\u202e\n": 1`), []string{`"a.b\u202e\n"`}},
	{"field twice", edited(`"practice": true`, `"practice": true, "practice": true`), []string{"practice"}},
	{"field twice by escape", edited(`"practice": true`, `"practice": true, "\u0070ractice": [true]`), []string{"practice"}},
	{"field in other case", edited(`"practice": true`, `"Practice": true`), []string{"Practice", "practice"}},
	{"field missing", edited(`"min_unit": 50,`, ``), []string{"contests[0].min_unit"}},
	{"null field", edited(`"practice": true`, `"practice": null`), []string{"practice"}},
	{"null array", edited(`"parent": "30-1"`, `"parent": null`), []string{"districts[2].parent"}},
	{"string for number", edited(`"quorum": 2`, `"quorum": "2"`), []string{"quorum"}},
	{"fraction", edited(`"quorum": 2`, `"quorum": 2.0`), []string{"quorum"}},
	{"exponent", edited(`"quorum": 2`, `"quorum": 2e0`), []string{"quorum"}},
	{"minus zero", edited(`"electorate": 900`, `"electorate": -0`), []string{"branches[0].electorate"}},
	{"huge number", edited(`"quorum": 2`, `"quorum": 18446744073709551618`), []string{"quorum"}},
	{"number for string", edited(`"id": "hq"`, `"id": 7`), []string{"offices[0].id"}},
	{"object for array", edited(`"branches": [
            "1",
            "2"
          ]`, `"branches": {"1": []}`), []string{"contests[0].units[0].branches", "contests[0].units", "contests[0].units"}},
	{"array for object", edited(`"name": {
        "en": "Judiciary"
      }`, `"name": ["Judiciary"]`), []string{"trustees[0].name"}},
	{"key in capitals", edited(`"hq_log_key": "`, `"hq_log_key": "AB`), []string{"hq_log_key"}},
	{"key is a number", edited(`"practice": true`, `"hq_log_key": 5, "practice": true`), []string{"hq_log_key", "hq_log_key"}},

	// The values.
	{"format", edited("definition-1", "definition-2"), []string{"format"}},
	{"no name", changed(func(d def) { d.Name = election.Name{} }), []string{"name"}},
	{"bidi control in a name", changed(func(d def) { d.Contests[0].Name.Fa = "مجلس\u202eخبرگان" }), []string{"contests[0].name.fa"}},
	{"bidi isolate in a name", changed(func(d def) { d.Trustees[0].Name.En = "a\u2067b" }), []string{"trustees[0].name.en"}},
	{"bidi mark in a name", changed(func(d def) { d.Districts[0].Name.Fa = "البرز\u200f" }), []string{"districts[0].name.fa"}},
	{"line break in a name", changed(func(d def) { d.Mixers[0].Name.En = "a\nb" }), []string{"mixers[0].name.en"}},
	{"zero width space in a name", changed(func(d def) { d.Branches[1].Name.En = "a\u200bb" }), []string{"branches[1].name.en"}},
	{"space around a name", changed(func(d def) { d.Offices[1].Name.En = " a" }), []string{"offices[1].name.en"}},
	{"long name", changed(func(d def) { d.Contests[1].Candidates[3].Name.En = strings.Repeat("é", 201) }), []string{"contests[1].candidates[3].name.en"}},
	{"lone surrogate in a name", edited(`"Judiciary"`, `"\ud800"`), []string{"trustees[0].name.en"}},
	{"polling day", changed(func(d def) { d.PollingDay = "2026-02-30" }), []string{"polling_day"}},
	{"polling day with a time", changed(func(d def) { d.PollingDay = "2026-05-01T00:00:00Z" }), []string{"polling_day"}},
	{"polling day in Jalali", changed(func(d def) { d.PollingDay = "1405-02-11" }), []string{"polling_day"}},
	{"state of a law", changed(func(d def) { d.Laws[0].State = "repealed" }), []string{"laws[0].state"}},
	{"draft without ruling", changed(func(d def) { d.Laws[1].Ruling = "" }), []string{"laws[1].ruling"}},
	{"ruling is no hash", changed(func(d def) { d.Laws[1].Ruling = "yes" }), []string{"laws[1].ruling"}},
	{"law without version", changed(func(d def) { d.Laws[0].Version = "" }), []string{"laws[0].version"}},
	{"law twice", changed(func(d def) { d.Laws = append(d.Laws, d.Laws[0]) }), []string{"laws[2]"}},
	{"district twice", changed(func(d def) { d.Districts[1].ID = "30" }), []string{"districts[1].id", "districts[2].parent", "districts[3].parent"}},
	{"kind", changed(func(d def) { d.Districts[0].Kind = "state" }), []string{"districts[0].kind"}},
	{"no such parent", changed(func(d def) { d.Districts[1].Parent = "31" }), []string{"districts[1].parent"}},
	{"own parent", changed(func(d def) { d.Districts[0].Parent = "30" }), []string{"districts[0].parent"}},
	{"cycle", changed(func(d def) { d.Districts[0].Parent = "30-1" }), []string{"districts[0].parent", "districts[1].parent"}},
	{"too deep", changed(func(d def) {
		for i := range election.MaxDepth {
			x := d.Districts[0]
			x.ID, x.Parent = fmt.Sprint("d", i), fmt.Sprint("d", i-1)
			if i == 0 {
				x.Parent = "30"
			}
			d.Districts = append(d.Districts, x)
		}
	}), []string{"districts[19].parent"}},
	{"two headquarters", changed(func(d def) { d.Offices[2].Role = election.Headquarters }), []string{"offices"}},
	{"no headquarters", changed(func(d def) { d.Offices[0].Role = election.Executive }), []string{"offices"}},
	{"no supervision", changed(func(d def) { d.Offices = slices.Delete(d.Offices, 1, 2) }), []string{"offices"}},
	{"role", changed(func(d def) { d.Offices[2].Role = "chef" }), []string{"offices[2].role"}},
	{"no contests", changed(func(d def) { d.Contests = []election.Contest{} }), []string{
		"branches[0].district", "branches[1].district", "branches[2].district", "branches[3].district", "contests",
	}},
	{"contest twice", changed(func(d def) { d.Contests[2].ID = "karaj" }), []string{"contests[2].id"}},
	{"contest of no district", changed(func(d def) { d.Contests[2].District = "x" }), []string{"contests[2].district"}},
	{"rule", changed(func(d def) { d.Contests[1].Rule = "approval" }), []string{"contests[1].rule"}},
	{"article that is no law", changed(func(d def) { d.Contests[1].Article = "Councils Act, article 21" }), []string{"contests[1].article"}},
	{"no seats", changed(func(d def) { d.Contests[1].Seats = 0 }), []string{"contests[1].seats"}},
	{"alternates", changed(func(d def) { d.Contests[1].Alternates = -1 }), []string{"contests[1].alternates"}},
	{"no votes", changed(func(d def) { d.Contests[1].VoteLimit = 0 }), []string{"contests[1].vote_limit"}},
	{"too many votes", changed(func(d def) { d.Contests[1].VoteLimit = 65 }), []string{"contests[1].vote_limit"}},
	{"two of a single seat", changed(func(d def) { d.Contests[0].Seats = 2 }), []string{"contests[0].seats"}},
	{"two votes for a single seat", changed(func(d def) { d.Contests[0].VoteLimit = 2 }), []string{"contests[0].vote_limit"}},
	{"tie order without lot", changed(func(d def) { d.Contests[1].TieOrder = []string{"veteran"} }), []string{"contests[1].tie_order"}},
	{"lot not last", changed(func(d def) { d.Contests[1].TieOrder = []string{"lot", "degree"} }), []string{"contests[1].tie_order"}},
	{"tie order empty", changed(func(d def) { d.Contests[1].TieOrder = []string{} }), []string{"contests[1].tie_order"}},
	{"tie order twice", changed(func(d def) { d.Contests[1].TieOrder = []string{"degree", "degree", "lot"} }), []string{"contests[1].tie_order[1]"}},
	{"tie order unknown", changed(func(d def) { d.Contests[1].TieOrder = []string{"age", "lot"} }), []string{"contests[1].tie_order[0]"}},
	{"unit of one", changed(func(d def) { d.Contests[2].MinUnit = 1 }), []string{"contests[2].min_unit"}},
	{"no candidates", changed(func(d def) { d.Contests[2].Candidates = []election.Candidate{} }), []string{"contests[2].candidates"}},
	{"too many candidates", changed(func(d def) {
		for i := range election.MaxCandidates {
			x := d.Contests[2].Candidates[0]
			x.ID = fmt.Sprint("x", i)
			d.Contests[2].Candidates = append(d.Contests[2].Candidates, x)
		}
	}), []string{"contests[2].candidates"}},
	{"candidate's id", changed(func(d def) { d.Contests[1].Candidates[4].ID = "10 5" }), []string{"contests[1].candidates[4].id"}},
	{"long id", changed(func(d def) { d.Contests[1].Candidates[4].ID = strings.Repeat("1", 33) }), []string{"contests[1].candidates[4].id"}},
	{"id in Persian digits", changed(func(d def) { d.Contests[1].Candidates[4].ID = "۱۰۵" }), []string{"contests[1].candidates[4].id"}},
	{"candidate twice", changed(func(d def) { d.Contests[1].Candidates[4].ID = "101" }), []string{"contests[1].candidates[4].id"}},
	{"no such list", changed(func(d def) { d.Contests[1].Candidates[0].List = "C" }), []string{"contests[1].candidates[0].list"}},
	{"list of another contest", changed(func(d def) { d.Contests[2].Candidates[5].List = "A" }), []string{"contests[2].candidates[5].list"}},
	{"list twice", changed(func(d def) { d.Contests[1].Lists = append(d.Contests[1].Lists, d.Contests[1].Lists[0]) }), []string{"contests[1].lists[2].id"}},
	{"photo", changed(func(d def) { d.Contests[1].Candidates[0].Photo = "101.jpg" }), []string{"contests[1].candidates[0].photo"}},
	{"degree", changed(func(d def) { d.Contests[1].Candidates[0].Degree = 10 }), []string{"contests[1].candidates[0].degree"}},
	{"article in two versions", changed(func(d def) {
		d.Laws = append(d.Laws, election.Law{Article: d.Laws[0].Article, Version: "1405", State: election.Approved})
	}), []string{"contests[1].article", "contests[2].article"}},
	{"kind of contest", changed(func(d def) { d.Contests[1].Kind = "mayor" }), []string{"contests[1].kind"}},
	{"Experts in a city", changed(func(d def) { d.Contests[1].Kind = election.KindExperts }), []string{"contests[1].kind"}},
	{"village council of a city", changed(func(d def) { d.Contests[1].Kind = election.KindVillage }), []string{"contests[1].kind"}},
	{"Majlis without lot alone", changed(func(d def) { d.Contests[1].Kind = election.KindMajlis }), []string{"contests[1].tie_order"}},
	{"threshold at large", changed(func(d def) { d.Contests[1].Threshold = "1/5" }), []string{"contests[1].threshold"}},
	{"threshold in percent", lists(func(c contest) { c.Threshold = "20%" }), []string{"contests[1].threshold"}},
	{"threshold as a decimal", lists(func(c contest) { c.Threshold = "0.2" }), []string{"contests[1].threshold"}},
	{"threshold by zero", lists(func(c contest) { c.Threshold = "1/0" }), []string{"contests[1].threshold"}},
	{"threshold not in lowest terms", lists(func(c contest) { c.Threshold = "2/10" }), []string{"contests[1].threshold"}},
	{"threshold above the whole", lists(func(c contest) { c.Threshold = "6/5" }), []string{"contests[1].threshold"}},
	{"half", lists(func(c contest) { c.Half = "off" }), []string{"contests[1].half"}},
	{"half of divisors", lists(func(c contest) { c.Rule = election.DHondt }), []string{"contests[1].half"}},
	{"alternates by", lists(func(c contest) { c.AlternatesBy = "age" }), []string{"contests[1].alternates_by"}},
	{"alternates by votes at large", changed(func(d def) { d.Contests[1].AlternatesBy = "votes" }), []string{"contests[1].alternates_by"}},
	{"alternates where there are none", lists(func(c contest) { c.AlternatesBy = "none" }), []string{"contests[1].alternates"}},
	{"list over its limit", lists(func(c contest) { c.ListLimits.Max = 3 }), []string{"contests[1].lists[0]"}},
	{"list under its limit", lists(func(c contest) { c.ListLimits.Min = 4 }), []string{"contests[1].lists[1]"}},
	{"list limits crossed", lists(func(c contest) { c.ListLimits = election.ListLimits{Min: 3, Max: 2} }), []string{"contests[1].list_limits", "contests[1].lists[0]", "contests[1].lists[1]"}},
	{"list limit negative", lists(func(c contest) { c.ListLimits.Min = -1 }), []string{"contests[1].list_limits.min"}},
	{"list limits unknown", edited(`"min_unit": 50`, `"list_limits": {"most": 3}, "min_unit": 50`), []string{"contests[0].list_limits.most"}},
	{"list called independents", lists(func(c contest) {
		c.Lists[0].ID = election.Independents
		for i := range c.Candidates {
			if c.Candidates[i].List == "A" {
				c.Candidates[i].List = election.Independents
			}
		}
	}), []string{"contests[1].lists[0].id"}},
	{"third round", rounds(func(c contest) { c.Round = 3 }), []string{"contests[2].round"}},
	{"no round", rounds(func(c contest) { c.Round = 0 }), []string{"contests[2].round"}},
	{"first round without a threshold", rounds(func(c contest) { c.Threshold = "" }), []string{"contests[2].threshold"}},
	{"alternates of two rounds", rounds(func(c contest) { c.Alternates = 1 }), []string{"contests[2].alternates"}},
	{"result before the first round", rounds(func(c contest) { c.PreviousResult = strings.Repeat("0", 64) }), []string{"contests[2].previous_result"}},
	{"second round without a first", rounds(func(c contest) { c.Round = 2 }), []string{"contests[2].previous_result"}},
	{"second round after no hash", rounds(func(c contest) { c.Round, c.PreviousResult = 2, "first" }), []string{"contests[2].previous_result"}},
	{"run-off of too many", rounds(func(c contest) { c.Round, c.PreviousResult, c.Seats = 2, strings.Repeat("0", 64), 2 }), []string{"contests[2].candidates"}},
	{"round at large", changed(func(d def) { d.Contests[1].Round = 1 }), []string{"contests[1].round"}},
	{"previous result at large", changed(func(d def) { d.Contests[1].PreviousResult = strings.Repeat("0", 64) }), []string{"contests[1].previous_result"}},
	{"no units", changed(func(d def) { d.Contests[2].Units = []election.Unit{} }), []string{"contests[2].units", "contests[2].units"}},
	{"unit twice", changed(func(d def) { d.Contests[1].Units[1].ID = "u1" }), []string{"contests[1].units[1].id"}},
	{"unit without branches", changed(func(d def) {
		d.Contests[2].Units = append(d.Contests[2].Units, election.Unit{ID: "u2", Branches: []string{}})
	}), []string{"contests[2].units[1].branches"}},
	{"branch in no unit", changed(func(d def) { d.Contests[1].Units[0].Branches = []string{"1"} }), []string{"contests[1].units"}},
	{"branch in two units", changed(func(d def) { d.Contests[1].Units[1].Branches = []string{"3", "1"} }), []string{"contests[1].units[1].branches[1]"}},
	{"branch twice in a unit", changed(func(d def) { d.Contests[1].Units[0].Branches = []string{"1", "2", "1"} }), []string{"contests[1].units[0].branches[2]"}},
	{"foreign branch in a unit", changed(func(d def) { d.Contests[1].Units[1].Branches = []string{"3", "4"} }), []string{"contests[1].units[1].branches[1]"}},
	{"unknown branch in a unit", changed(func(d def) { d.Contests[1].Units[1].Branches = []string{"3", "5"} }), []string{"contests[1].units[1].branches[1]"}},
	{"branch twice", changed(func(d def) { d.Branches[3].ID = "1" }), []string{"branches[3].id", "contests[0].units[1].branches[1]", "contests[0].units", "contests[2].units[0].branches[0]", "contests[2].units"}},
	{"branch of no district", changed(func(d def) { d.Branches[3].District = "x" }), []string{"branches[3].district"}},
	{"branch without contests", changed(func(d def) {
		d.Districts = append(d.Districts, election.District{ID: "31", Name: d.Name, Kind: election.Province})
		d.Branches = append(d.Branches, election.Branch{ID: "5", Name: d.Name, District: "31", LogKey: signing("branch 5")})
	}), []string{"branches[4].district"}},
	{"electorate", changed(func(d def) { d.Branches[0].Electorate = -1 }), []string{"branches[0].electorate"}},
	{"key in two roles", changed(func(d def) { d.Branches[0].LogKey = d.HQLogKey }), []string{"branches[0].log_key"}},
	{"key to sign and to seal", changed(func(d def) { d.Trustees[1].HPKEKey = d.Trustees[0].HPKEKey }), []string{"trustees[1].hpke_key"}},
	{"witness with an office's key", changed(func(d def) { d.Witnesses[1].Key = d.Offices[0].Key }), []string{"witnesses[1].key"}},
	{"key of zeros", changed(func(d def) { d.Mixers[1].Key = election.Key{} }), []string{"mixers[1].key"}},
	{"X25519 key of zeros", changed(func(d def) { d.Trustees[1].HPKEKey = election.Key{} }), []string{"trustees[1].hpke_key"}},
	{"key of small order", changed(func(d def) { d.Offices[1].Key = election.Key{1} }), []string{"offices[1].key"}},
	{"no trustees", changed(func(d def) { d.Trustees = []election.Trustee{} }), []string{"trustees"}},
	{"trustee twice", changed(func(d def) { d.Trustees[2].ID = "t1" }), []string{"trustees[2].id"}},
	{"quorum above", changed(func(d def) { d.Quorum = 4 }), []string{"quorum"}},
	{"quorum of none in practice", changed(func(d def) { d.Quorum = 0 }), []string{"quorum"}},
	{"quorum of one", changed(func(d def) { d.Practice = false; d.Quorum = 1 }), []string{"quorum"}},
	{"quorum no majority", changed(func(d def) {
		d.Practice = false
		t := d.Trustees[0]
		t.ID, t.SigningKey, t.HPKEKey = "t4", signing("trustee t4"), sealing("trustee t4 hpke")
		d.Trustees = append(d.Trustees, t)
	}), []string{"quorum"}},
	{"one mixer", changed(func(d def) { d.Mixers[1].Reserve = true }), []string{"mixers"}},
	{"mixer twice", changed(func(d def) { d.Mixers[2].ID = "m1" }), []string{"mixers[2].id"}},
	{"no witnesses", changed(func(d def) { d.Witnesses = []election.Witness{} }), []string{"witnesses"}},
	{"witness's name", changed(func(d def) { d.Witnesses[0].Name = "a b+c" }), []string{"witnesses[0].name"}},
	{"witness twice", changed(func(d def) { d.Witnesses[1].Name = d.Witnesses[0].Name }), []string{"witnesses[1].name"}},
	{"witness quorum above", changed(func(d def) { d.WitnessQuorum = 3 }), []string{"witness_quorum"}},
	{"witness quorum of none", changed(func(d def) { d.WitnessQuorum = 0 }), []string{"witness_quorum"}},
	{"ballots per device", changed(func(d def) { d.MaxBallotsPerDevice = 100001 }), []string{"max_ballots_per_device"}},
	{"no ballots per device", changed(func(d def) { d.MaxBallotsPerDevice = 0 }), []string{"max_ballots_per_device"}},
	{"many at once", func(b []byte) []byte {
		b = edited(`"quorum": 2`, `"quorum": 9, "extra": 1`)(b)
		b = edited(`"min_unit": 50`, `"min_unit": "50"`)(b)
		return edited(`"kind": "city"`, `"kind": "town"`)(b)
	}, []string{"contests[0].min_unit", "extra", "districts[2].kind", "quorum"}},
}

func TestFaults(t *testing.T) {
	for _, row := range faulty {
		t.Run(row.name, func(t *testing.T) {
			d, err := election.Parse(row.spoil(exampleJSON(t)))
			var faults *election.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("definition %v, error %v", d, err)
			}
			if d != nil {
				t.Fatal("both a definition and an error")
			}
			var got []string
			for _, f := range *faults {
				got = append(got, f.Path)
				if what, fix, ok := strings.Cut(f.Text, ": "); !ok || what == "" || fix == "" {
					t.Errorf("%q does not say what is wrong and what to do", f.Text)
				}
				if !strings.Contains(err.Error(), f.Path+": "+f.Text) {
					t.Errorf("error %q leaves out %v", err, f)
				}
			}
			if !slices.Equal(got, row.paths) {
				t.Errorf("faults at %q, want %q\n%v", got, row.paths, err)
			}
		})
	}
}

// What Parse refuses as a value, Decode refuses too.
func TestDecodeValidates(t *testing.T) {
	d := example()
	d.Quorum = 9
	d.Contests[0].Seats = 2
	_, err := election.Decode(d.Canonical())
	var faults *election.Faults
	if !errors.As(err, &faults) || len(*faults) != 2 {
		t.Errorf("error %v, want two faults", err)
	}
}
