package body_test

import (
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/schematest"
	"github.com/sandogh/sandogh/spec"
	"github.com/sandogh/sandogh/strictjson"
)

// TestBranchCardSchema: the schema of a branch's card takes what is written and
// refuses what is not read.
func TestBranchCardSchema(t *testing.T) {
	valid := schematest.Valid(t, "branch-card")
	read := func(data []byte) error {
		var card body.BranchCard
		if faults := strictjson.Unmarshal(data, "card", &card); len(faults) > 0 {
			return &faults
		}
		return nil
	}
	x, err := body.New(body.Branch, "101", body.Log, "officer/o1", "device/d1")
	if err != nil {
		t.Fatal(err)
	}
	cards, err := x.Cards()
	if err != nil {
		t.Fatal(err)
	}
	example, err := spec.Examples.ReadFile("examples/branch-card.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, good := range [][]byte{cards[0].JSON, example} {
		if err := valid(good); err != nil {
			t.Error(err)
		}
		if err := read(good); err != nil {
			t.Error(err)
		}
	}
	for _, swap := range [][2]string{{`"branch"`, `"id"`}, {`"officers": [`, `"officers": [1,`}, {`"log_key": "`, `"log_key": "0`}, {`"devices"`, `"more": 1, "devices"`}, {`"id": "101-head"`, `"id": 1`}} {
		bad := strings.Replace(string(example), swap[0], swap[1], 1)
		if bad == string(example) {
			t.Fatalf("the example has no %s", swap[0])
		}
		if valid([]byte(bad)) == nil || read([]byte(bad)) == nil {
			t.Errorf("%s in place of %s is a card", swap[1], swap[0])
		}
	}
}
