// Package schematest judges JSON by the schemas of spec/schemas, for tests: what a
// program writes must be valid, and what it refuses must not be.
//
// In goes the name of a schema without ".json"; out comes a function that says what
// is wrong with a text. The programs themselves read strictly (package strictjson)
// and need no schema.
package schematest

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sandogh/sandogh/spec"
)

// Valid returns what judges a text by one of the schemas.
func Valid(t testing.TB, name string) func(text []byte) error {
	t.Helper()
	data, err := spec.Schemas.ReadFile("schemas/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return func(text []byte) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return err
		}
		return s.Validate(v)
	}
}
