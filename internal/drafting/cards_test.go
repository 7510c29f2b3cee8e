package drafting_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/drafting"
	"github.com/sandogh/sandogh/spec"
)

// exampleCards takes the example's file of the bodies apart into cards.
func exampleCards(t *testing.T) (cards []drafting.File, want map[string]any) {
	t.Helper()
	data, err := spec.Examples.ReadFile("examples/bodies.json")
	if err != nil {
		t.Fatal(err)
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	for _, list := range []string{"trustees", "mixers", "witnesses", "offices"} {
		var all []json.RawMessage
		if err := json.Unmarshal(parts[list], &all); err != nil {
			t.Fatal(err)
		}
		for i, c := range all {
			var fields map[string]any
			if err := json.Unmarshal(c, &fields); err != nil {
				t.Fatal(err)
			}
			delete(fields, "reserve") // no mixer says that of itself
			if c, err = json.Marshal(fields); err != nil {
				t.Fatal(err)
			}
			cards = append(cards, drafting.File{Name: list + string(rune('0'+i)), Data: c})
		}
	}
	log, err := json.Marshal(map[string]json.RawMessage{"hq_log_key": parts["hq_log_key"]})
	if err != nil {
		t.Fatal(err)
	}
	return append(cards, drafting.File{Name: "hq-log", Data: log}), want
}

// setting is what the example has besides its cards.
func setting(t *testing.T, want map[string]any) drafting.Setting {
	t.Helper()
	set := drafting.Setting{Quorum: int(want["quorum"].(float64)), WitnessQuorum: int(want["witness_quorum"].(float64)),
		MaxBallotsPerDevice: int(want["max_ballots_per_device"].(float64))}
	for _, m := range want["mixers"].([]any) {
		if r, _ := m.(map[string]any)["reserve"].(bool); r {
			set.Reserves = append(set.Reserves, m.(map[string]any)["id"].(string))
		}
	}
	return set
}

// TestAssemble: the cards of the example put together are the example.
func TestAssemble(t *testing.T) {
	cards, want := exampleCards(t)
	got, err := drafting.Assemble(cards, setting(t, want))
	if err != nil {
		t.Fatal(err)
	}
	var have map[string]any
	if err := json.Unmarshal(got, &have); err != nil {
		t.Fatal(err)
	}
	a, err := json.Marshal(have)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if string(a) != string(b) {
		t.Errorf("assembled\n%s, want\n%s", a, b)
	}
}

func TestAssembleRefuses(t *testing.T) {
	good, want := exampleCards(t)
	set := setting(t, want)
	for what, c := range map[string]struct {
		card string
		want string
	}{
		"not JSON":             {`{"id":`, "x:1: not JSON"},
		"the card of a branch": {`{"branch":"1","log_key":"00","officers":[],"devices":[]}`, "table of the branches"},
		"a mixer with more":    {`{"id":"m9","name":{"en":"M"},"key":"` + strings.Repeat("0a", 32) + "\",\n" + `"salary":1}`, "x:2: salary: unknown field"},
		"a mixer with less":    {`{"id":"m9","name":{"en":"M"}}`, "x:1: key: missing"},
		"a trustee's key":      {`{"id":"t9","name":{"en":"T"},"signing_key":"00","hpke_key":"` + strings.Repeat("0a", 32) + `"}`, "signing_key"},
		"a second log":         {`{"hq_log_key":"` + strings.Repeat("0a", 32) + `"}`, "there is one"},
		"an array":             {`[]`, "x:1:"},
	} {
		_, err := drafting.Assemble(append(good[:len(good):len(good)], drafting.File{Name: "x", Data: []byte(c.card)}), set)
		var faults *drafting.Faults
		if !errors.As(err, &faults) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", what, err, c.want)
		}
	}
	if _, err := drafting.Assemble(good[:len(good)-1], set); err == nil || !strings.Contains(err.Error(), "hq-log.card.json") {
		t.Errorf("no log of headquarters: %v", err)
	}
	set.Reserves = []string{"nobody"}
	if _, err := drafting.Assemble(good, set); err == nil || !strings.Contains(err.Error(), "--reserve") {
		t.Errorf("a reserve that is nobody: %v", err)
	}
	// What is wrong beyond the cards is for the definition to say.
	data, err := drafting.Assemble(good[len(good)-1:], drafting.Setting{})
	if err != nil {
		t.Fatal(err)
	}
	var x struct {
		Trustees []election.Trustee `json:"trustees"`
	}
	if err := json.Unmarshal(data, &x); err != nil || x.Trustees == nil {
		t.Errorf("no trustees are written as %s", data)
	}
}
