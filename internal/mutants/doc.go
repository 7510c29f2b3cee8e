// Command mutants changes single places of this module's code and tells which of
// the changes no test notices.
//
// Specification: none; it measures the tests of what spec/ says. What it found,
// and why each survivor is left, is doc/mutants.md; why it is built so is
// doc/decisions/0010.
//
// In go packages of the module, a seed and a number of mutants. Out, on stdout,
// comes one line for each mutant that was tried (its id, its place, what was
// changed, and the tests that noticed it, "SURVIVED" or "not reached") and a
// table of killed by tried for each package. The sample is the mutants with the
// smallest hashes of seed and id, so a greater sample holds the smaller one.
//
// The mutants: conditions negated, comparisons replaced, && and || exchanged, +
// and - exchanged, constants one greater and one less, true and false exchanged,
// an error returned as nil, a call, an assignment or a case left out. What is only
// printed in an error or a finding, and constants returned beside an error, are
// left as they are.
//
// All mutants of a package are built at once ("mutant schemata", Untch, Offutt
// and Harrold, ISSTA 1993): each place asks an environment variable which of its
// variants is wanted. The rewritten files lie in a temporary folder and are built
// by -overlay; a test binary is built once and run once for each mutant, first
// that of the package, then those of the packages that rest on it. A mutant that
// no test of a binary reaches is not run there. One that needs ten times the
// processor time of the tests without it is killed by that.
//
// What it never does: it writes nothing into the checkout, and nothing that it
// builds can be had as a program.
//
// How it fails: a package that does not build, or whose tests fail without a
// mutant, ends it with status 2. A survivor is no failure: whether it is a gap is
// for people to say.
package main
