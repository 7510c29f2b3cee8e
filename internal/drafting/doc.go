// Package drafting makes the definition of a county's election from lists of
// places, candidates and branches.
//
// Specification: spec/building.md (rules B1 to B43). JSON Schema of the bodies:
// schemas/bodies.json.
//
// In go four files as they were read ([Files]: places, candidates and branches
// as CSV of at most 64 MiB each, the bodies as JSON) and what is to be held
// ([Plan]). Out comes a [Draft]: a valid definition, its JSON, and notes on what
// an office should know before it signs. What the law says is taken from package
// law, with the article and its version: members and alternates by population,
// the rule, the tie order. Populations and electorates are persons, sizes seats.
//
// It never reads or writes a file, and never settles what the law leaves open:
// that is a setting of the plan, a note, or a fault that asks for a ruling. No
// national number, father's name or date of birth leaves the reading of the
// candidates: none is in a definition, a note or a fault. It vets nobody: of
// the conditions on candidates it checks only what their list shows to be
// impossible.
//
// It fails with *[Faults]: all faults of all files at once, each with its file
// and line, and the way to put it right. A fault that can only follow from
// another may be left out.
//
// Sources: RFC 4180 (CSV), read strictly but for a byte order mark, rows of empty
// fields and spaces around a field; the law as registered, round 7.
package drafting
