// Package verify is the numbered checks: record in, report out.
//
// Specification: spec/verify.md, which lists every check with what it reads,
// what it refuses and what it protects against.
//
// In goes an io/fs.FS with the published record and, from elsewhere, the
// election id that is expected. Out comes a report: the state of every check
// with its findings, the phase that the election has reached, and one status.
// Record works in every phase; what has not come yet is not due, what is due
// and not there is named as missing. It never stops at the first finding: what
// can be judged without the faulty part is judged.
//
// Unit and Challenge verify one tally unit or one challenged ballot, by the same
// checks, for those who cannot wait for the whole.
//
// This package finds the definition, walks headquarters' log and the key
// ceremony, and gives the rest its order: package source reads what all of them
// look at, branchlog checks each branch's log, unit each tally unit, outcome what
// each contest comes to, and report collects what they find.
//
// Checks live once, here. Headquarters calls them at intake, a mixer before
// mixing, a trustee before opening; they continue from the View that comes with
// the report. It gives inputs (the rows to mix, the counts that were opened)
// only as far as they are verified.
//
// What it never does: it writes nothing, reaches no act, no clock and no
// network, trusts no byte that another body wrote, and holds no unit in memory
// after its turn.
//
// How it fails: a wrong record is a finding, not an error. A record of which
// not even the definition can be read gives a report of status unknown or
// refuted that says why.
//
// Sources: the protocol's section 7 and the papers named in crypto/….
package verify
