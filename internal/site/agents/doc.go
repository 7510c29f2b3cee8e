// Package agents compares what the parties' agents counted in branches with what
// the units of a record open to.
//
// Specification: doc/guides/agents.md, which has the form of the file.
//
// In go a CSV file of agents' counts, branch by branch, and the units of the record
// with their totals. Out come a Comparison: a row for every candidate of every unit
// of which the file says something, equal, different, or not comparable and why;
// and the faults of the file, by line. A record opens no branch alone where too few
// have voted: branches that were merged into one unit are compared as that unit,
// by their sum, and the row says so.
//
// What it never does: it judges nobody. A difference may be the agents' slip, and
// is named without a cause. It takes no number that it cannot read for zero.
//
// How it fails: a file with faults is compared as far as its right lines go, and
// says so; a file that is no CSV at all, or too large, is an error.
//
// Sources: RFC 4180, with the digits of three scripts and a byte order mark.
package agents
