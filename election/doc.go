// Package election holds the definition of one election: the single value
// from which screens, ballots, proofs and counts are derived.
//
// Specification: spec/definition.md (rules D1 to D37). JSON Schema: [Schema].
//
// In: strict JSON written by people ([Parse], at most 64 MiB), or the canonical
// bytes of a definition ([Decode], at most 32 MiB). Out: a validated
// [Definition]; its canonical bytes ([Definition.Canonical], deterministic CBOR
// of the same value); the election id ([Definition.ID], SHA-256 of those
// bytes), which is bound into every proof and every log's origin; and what is
// derived and never written by hand: ballot styles, candidates' codes, the
// branches of a contest.
//
// Counts are whole numbers of seats, votes or persons; ids match
// [A-Za-z0-9-]{1,32}; keys are 32 bytes, written as 64 lower-case hex digits;
// the polling day is an ISO date without a time zone. Candidates have the codes
// 1..n in the definition's order, blanks the codes n+1..n+k.
//
// It never reads a file or a clock, never repairs its input, never fills in a
// default that changes the election, and holds no secret and no voter.
//
// It fails with *[Faults]: all faults at once, each with its JSON path, what is
// wrong, and how to put it right. Lookups take definitions that passed
// [Definition.Validate]; on others they may find less, but do not panic.
//
// Sources: RFC 8259 (JSON), read strictly: no unknown field, repeated field,
// null, trailing data, invalid UTF-8 or bidirectional control; RFC 8949 §4.2.1
// (core deterministic CBOR); RFC 8032 §5.1.3 (Ed25519 keys: canonical, on the
// curve, not of small order); RFC 7748 §6.1 (X25519 keys: canonical, not of
// small order); C2SP signed-note (key names).
package election
