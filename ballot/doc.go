// Package ballot holds one voter's selections in one election: the plaintext
// that exists in the booth only.
//
// Specification: spec/definition.md, "Ballots" (rules D40 to D43); the sealing of a
// ballot is elsewhere.
//
// In: a ballot style and, for each of its contests in the style's order, the
// codes of the chosen candidates, 1..n ([New]). Out: a [Ballot], which is valid
// by construction, and of each contest the array of exactly k slots that is
// sealed ([Ballot.Slots]): the codes ascending, then zeros for selections not
// used. Nothing selected in a contest is a blank vote there, which is valid.
//
// It never draws blank codes, encodes, stores or sends anything; it never
// repairs selections (a terminal cannot make an invalid one); and it never
// prints, logs or marshals what it holds: formatting, slog and JSON give a
// fixed text instead.
//
// It fails with an error that names the contest and what to do, but none of
// the codes.
//
// The slots are put in order by a fixed network of constant-time exchanges over
// all k, whatever the codes; how many were given is not hidden from the
// machine. An odd-even transposition network: Knuth, The Art of Computer
// Programming 3, §5.3.4, exercise 37.
package ballot
