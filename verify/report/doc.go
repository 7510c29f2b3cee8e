// Package report is what verification says: the numbered checks, their
// findings, and the one status that follows from them.
//
// Specification: spec/verify.md, sections "The report" and "Phases"; the list of
// checks is the headings of that text.
//
// In go findings, through a Ledger: so many things were looked at under an id,
// this is wrong, that is missing, each with its Place in the record. Out comes
// a Report, whose JSON is the contract of the command line.
//
// What it never does: it judges nothing. It does not let what is missing push
// out what is wrong, and keeps no more findings of a check than people read.
//
// How it fails: a finding under an id that is not listed is a programmer's
// error and panics. Nothing else fails.
//
// Sources: none; the form is this project's own.
package report
