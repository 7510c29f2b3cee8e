// Package lookup finds sealed ballots by the beginning of their confirmation
// code, in a table of a few small files that any web server can carry.
//
// Specification: spec/lookup.md.
//
// In go the logs of all branches; out comes a table with a line of some 50 bytes
// for each sealed ballot: its code, branch and entry, and how it ended. Files
// writes it as lookup/index.json and one file for each beginning of a code, so
// that a reader needs one small file; Find reads those files again. A branch whose
// checkpoint has not changed is not read again.
//
// What it never does: it proves nothing. A table is a hint where to look; whoever
// finds a line there takes the entry from the log and compares it with the code.
// That a code is not in a table says only that its maker left it out. It holds
// nothing that the logs do not.
//
// How it fails: a branch whose log cannot be read whole is listed by name in the
// index. A file that is not written in the one way is an error with its line.
//
// Sources: none of its own.
package lookup
