// Package central is the central register of who votes where: the client of a
// branch, and a small server that keeps it in a journal.
//
// Specification: spec/branch-roll.md, part 4.
//
// In goes a claim, in JSON over HTTP; out comes granted, or taken with the branch
// that has the voter:
//
//	POST /v1/claim  {"request":…,"election":…,"branch":…,"number":…}
//	200 {"state":"granted","branch":…}   409 {"state":"taken","branch":…}
//
// A claim is durable before it is granted, and the same claim again has the same
// answer. The [Server] holds a number and a branch for each voter, and no name and
// no time. It knows no roll: who may vote is the branch's to check before it asks.
//
// How it fails: a claim that is none is 400, one without the token 401, and after a
// disk fault 503, which the [Client] takes as no answer, as it takes a time that
// has run out. The client follows no redirect.
//
// Sources: RFC 9110; RFC 6750 for the token.
package central
