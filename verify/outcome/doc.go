// Package outcome checks what follows from the tallies of each contest: the
// canvass, the questions that the law leaves open, their answers, the result.
//
// Specification: spec/verify.md, checks V040 to V043; spec/acts.md, section 6.
//
// In go, for each contest, the entries of its canvass, of its questions,
// rulings, lots, results and corrections in their order, and what is Given from
// elsewhere: the definition, the verified branches and the opened units. The
// numbers are ballots and selections; candidates stand in the definition's
// order. Out come findings in the reader's ledger. Statements, Canvass, Open,
// Answer, Result and Correction hand the acts what they put on the record next, by the code
// that checks it.
//
// What it never does: it counts with no number that somebody wrote down, and
// guesses nothing that the law leaves open. It opens no unit and sees no
// ballot.
//
// How it fails: what is wrong is a finding, and a refused question or answer
// counts for nothing. What the acts ask for is an error while what it rests on
// is not there; ErrOpen says that a question is open.
//
// Sources: the articles that the definition's contests cite (package count).
package outcome
