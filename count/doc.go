// Package count says who wins: from the votes of a contest's candidates to its
// outcome, by the rule that the contest names.
//
// Specification: spec/definition.md, "Counting" (rules D50…). Law: plurality at
// large, seats and alternates by the number of votes; equal votes at a cut are
// settled by the contest's tie order, and then by lot. Each outcome and each
// question cites the contest's article.
//
// In: the contest, the votes of each candidate (votes[code-1]), the number of
// ballots and of blank selections ([Contest]); and, once a question was put and
// answered, the decisions ([Decided]). Out: an [Outcome]: the ids of those
// elected and of the alternates in order, the questions that the votes and the
// tie order leave open, and the steps in Persian and English, from which a
// jurist can follow every number. All arithmetic is on whole numbers.
//
// It never draws a lot, never reads a clock or a random source, never guesses
// what the law leaves open, and does no cryptography. While a question is open
// the outcome holds who is sure, and nobody else.
//
// It fails with an error when the numbers cannot be: a contest that was not
// validated, more votes for one than ballots, more selections than slots, a
// decision that is no order of those tied. Faults in the votes are for the
// record's checks, not for a rule.
//
// A rule is one file with a function from input to Outcome and a line in
// [Decided].
package count
