// Package spec holds the normative text of Sandogh and, for programs, the JSON
// Schemas of the files that people write and the worked examples of them.
//
// Specification: the documents beside this file; each states numbered rules.
//
// Out: [Schemas], JSON Schemas (draft 2020-12) at schemas/NAME.json, and
// [Examples], a valid file for each at examples/NAME.json; both UTF-8 JSON.
//
// It never interprets what it holds: a schema describes the shape of a file,
// while the rules that a schema cannot say are checked by the package that
// reads it (for the definition, package election).
//
// It cannot fail: the files are part of the program.
//
// Sources: JSON Schema draft 2020-12.
package spec

import "embed"

// Schemas holds schemas/NAME.json.
//
//go:embed schemas/*.json
var Schemas embed.FS

// Examples holds examples/NAME.json.
//
//go:embed examples/*.json
var Examples embed.FS
