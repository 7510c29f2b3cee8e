package election_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/spec"
)

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(election.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("definition.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("definition.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSchemaAcceptsExample(t *testing.T) {
	data, err := spec.Examples.ReadFile("examples/definition.json")
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := compile(t).Validate(v); err != nil {
		t.Error(err)
	}
}

// What the schema cannot say, and only Parse refuses. All other rows of the
// table are refused by both, so that the two do not drift apart.
var beyondSchema = []string{
	"invalid UTF-8", "field twice", "fraction", "exponent", "minus zero", "huge number", "key is a number",
	"bidi control in a name", "bidi isolate in a name", "bidi mark in a name", "line break in a name",
	"zero width space in a name", "space around a name", "lone surrogate in a name", "polling day",
	"polling day in Jalali", "law twice", "district twice", "no such parent", "own parent", "cycle", "too deep",
	"contest twice", "contest of no district", "article that is no law", "lot not last", "candidate twice",
	"no such list", "list of another contest", "list twice", "unit twice", "branch in no unit",
	"branch in two units", "foreign branch in a unit", "unknown branch in a unit", "branch twice",
	"branch of no district", "branch without contests", "key in two roles", "key to sign and to seal",
	"article in two versions", "Experts in a city", "village council of a city", "threshold not in lowest terms",
	"threshold above the whole", "list over its limit", "list under its limit", "list limits crossed", "list called independents",
	"run-off of too many",
	"witness with an office's key", "key of zeros", "X25519 key of zeros", "key of small order", "trustee twice",
	"quorum above", "quorum of one", "quorum no majority", "mixer twice", "witness twice", "witness quorum above",
}

func TestSchemaRefuses(t *testing.T) {
	schema := compile(t)
	for _, row := range faulty {
		b := row.spoil(exampleJSON(t))
		if !json.Valid(b) {
			continue
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			continue
		}
		refused := schema.Validate(v) != nil
		if want := !slices.Contains(beyondSchema, row.name); refused != want {
			t.Errorf("%q: refused by the schema %v, want %v", row.name, refused, want)
		}
	}
	for _, name := range beyondSchema {
		if !slices.ContainsFunc(faulty, func(r struct {
			name  string
			spoil func([]byte) []byte
			paths []string
		}) bool {
			return r.name == name
		}) {
			t.Errorf("no row %q", name)
		}
	}
}
