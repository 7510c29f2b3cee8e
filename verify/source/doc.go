// Package source reads a published record for its verification: blobs against
// the hashes that name them, logs against their signed roots, entries against
// their one encoding.
//
// Specification: spec/verify.md, checks V002, V005, V006 and V007; the forms are
// those of spec/record.md and spec/record-log.md.
//
// In go an io/fs.FS and a ledger. Out come bytes and entries, and into the
// ledger what is wrong or missing with them. Blob returns what a hash names;
// Open and Scan hand over the entries of a log that decode; Facts remembers
// proofs that held.
//
// What it never does: it says nothing of what an entry means, holds no log and
// no blob after it has handed it over, and returns no byte that it has not
// compared.
//
// How it fails: what is wrong or missing is a finding; the caller is told only
// that there is nothing to continue with.
//
// Sources: none of its own; see packages board and record.
package source
