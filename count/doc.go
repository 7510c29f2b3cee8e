// Package count says who wins: from the votes of a contest's candidates to its
// outcome, by the rule that the contest names.
//
// Specification: spec/definition.md, "Counting" (rules D50 to D57, D69 to D76).
// Law: plurality at large, also for a single seat and for the Experts in a
// province; two rounds with a threshold; proportional lists, whose seats package
// apportion parts and whose members take them by their own votes. Equal votes at
// a cut are settled by the contest's tie order, and then by lot. Each outcome
// and each question cites the contest's article, with its version.
//
// In: the contest, the votes of each candidate (votes[code-1]), the number of
// ballots and of blank selections ([Contest], [Count]); and, once a question was
// put and answered, the decisions ([Decided]). Out: an [Outcome]: the ids of
// those elected and of the alternates in order, of a second round's candidates,
// the seats of groups, the questions that the votes and the tie order leave open
// with what settles each, and the steps in Persian and English, from which a
// jurist can follow every number. All arithmetic is exact.
//
// It never draws a lot, never reads a clock or a random source, never guesses
// what the law leaves open, and does no cryptography. While a question is open
// the outcome holds who is sure, and nobody else.
//
// It fails with an error when the numbers cannot be: a contest that was not
// validated, more votes for one than ballots, more selections than slots; and on
// a decision that does not fit its question, or answers none ([ErrNotAsked]).
// Faults in the votes are for the record's checks, not for a rule.
//
// Sources: the articles in package law's register (councils/plurality,
// councils/ties, proportional/seats, majlis/general-election,
// majlis/by-election, experts/election); what they leave open is a setting of
// the contest or a question, listed in doc/law-traceability.md.
package count
