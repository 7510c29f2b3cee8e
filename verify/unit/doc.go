// Package unit checks the tally units of each contest: that they are those of
// the plan, that each was mixed by the mixers and opened by a quorum, and that
// its tally says what came out.
//
// Specification: spec/verify.md, checks V030 to V037; spec/acts.md, sections 3
// to 5 and A82 to A87.
//
// In go the units that headquarters fixed, with the shuffles, shares and tallies
// of each, and what is Given from elsewhere: the keys and the verified branches.
// Out comes, in each Unit, how far it stands: the rows after the last proven
// turn (66 bytes each), and how often each code 1 to n+k occurs once a quorum
// has opened it. NextMix and Mixed hand a mixer and a trustee their inputs;
// Admit checks what they give back before it is on the record, by the same code.
//
// What it never does: it mixes and opens nothing itself, holds no unit's rows
// after its turn, and calls no unit mixed or opened without every proof.
//
// How it fails: what is wrong is a finding in the reader's ledger, and the unit
// does not count as mixed or opened. NextMix, Mixed and Admit return errors.
//
// Sources: the proof of shuffle of Terelius and Wikström (AFRICACRYPT 2010) as
// Verificatum computes it (package crypto/shuffle); opening by a quorum as in
// Pedersen (EUROCRYPT 1991), without a dealer (package crypto/threshold).
package unit
