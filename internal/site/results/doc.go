// Package results is what the public site shows of an election, as values: places,
// contests, units, totals, outcomes, and how far each has come.
//
// Specification: doc/guides/site.md.
//
// In goes a record that was verified (FromRecord), or a definition with totals set
// by hand (New), as a simulated country has them. Out comes an Election: the tree
// of Places with the sums of what lies in each, Contests with Units, and Branches
// with what they stated. Numbers are ballots, votes and persons. Remember adds the
// moments at which each contest came to where it is; Changed says what differs
// between two elections, so that only that is written again.
//
// What it never does: it takes no number from a record that is not verified, and
// none before the lawful moment. It adds up opened units and never divides one:
// no number here stands for fewer ballots than a unit of the record has. It
// believes no time from a record, in which there is none; moments come from the
// clock of who makes the site.
//
// How it fails: what the record does not have yet is a contest that waits. A part
// that cannot be read although the record is verified is an error that names it.
//
// Sources: the status of a count as NIST SP 1500-100 has it (partial, complete,
// certified, corrected).
package results
