// Package simulate makes elections for the demo, for tests and for load:
// definitions with fresh keys, and voters that exist only in the machine.
//
// Specification: contracts of the command line, "demo".
//
// In and out. ReadStatement reads an official statement of votes (CSV);
// Statement.Election, County and Small make an Election: a definition with the
// Keys of every body in it; Branch.Voters gives the selections of simulated voters, for a
// statement exactly as many of each candidate, undervote and overvote as the
// file says. The same seed gives the same selections; keys are fresh each time.
//
// What it never does: it makes no real election: every definition is marked as
// practice and named as simulated, so that nothing from here can be taken for
// one. Its random numbers are for selections only, never for keys.
//
// How it fails: a malformed statement is an error that lists every fault with
// its line.
//
// Sources: the statements of votes published by Boulder County, Colorado.
package simulate
