package election

import "github.com/sandogh/sandogh/spec"

// Schema returns the JSON Schema (draft 2020-12) of the JSON that [Parse] reads.
// It says the shape; what it cannot say is in spec/definition.md.
func Schema() []byte {
	b, err := spec.Schemas.ReadFile("schemas/definition.json")
	if err != nil {
		panic("election: schema is not embedded: " + err.Error())
	}
	return b
}
