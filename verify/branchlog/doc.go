// Package branchlog checks the log of each branch: from the opening statement
// over sealed ballots and their endings to the close.
//
// Specification: spec/verify.md, checks V008 and V013 as far as they are about a
// branch, and V020 to V029; the entries are those of spec/record.md, R16, R17,
// R20 and R22.
//
// In go the record and what is Given from headquarters' log: the definition, the
// election key, the devices and officers that were granted. Out comes a Branch
// for each log that is there: how many ballots it has cast, whether they can be
// relied on, what it stated at its close, and the rows of a contest's cast
// ballots in the order of the record. What is wrong goes into the reader's
// ledger.
//
// What it never does: it keeps no ballot in memory, only ids, codes and the
// first components of rows, by which it finds copies; it opens nothing but what
// a challenged ballot reveals.
//
// How it fails: a wrong log is a finding, and the branch says of itself that it
// does not stand.
//
// Sources: the challenge is that of Benaloh (USENIX/ACCURATE EVT 2006), with all
// randomness derived from one committed seed; proofs are decided 256 ballots at
// a time by one multi-scalar multiplication.
package branchlog
