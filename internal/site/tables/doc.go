// Package tables writes what the public site shows as data for programs: CSV and
// JSON of contests and places, and the file with which a program begins.
//
// Specification: doc/guides/site.md, "Addresses".
//
// In goes a results.Election and what of it is asked for; out come bytes, always the
// same for the same state. Numbers are ballots, votes and persons. ReadHistory reads
// back the moments that the JSON of a contest has.
//
// What it never does: it has no number of a contest that waits, and none of fewer
// ballots than a unit. It gives a spreadsheet no name that it would compute.
//
// How it fails: with the error of the counting rule, which names the contest.
//
// Sources: RFC 4180 (CSV), RFC 8259 (JSON).
package tables
