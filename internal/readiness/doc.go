// Package readiness is how far the offices are: who is trained, by role; what is
// stale, invited, open and late; and when all will be trained at the present pace.
//
// Specification: ../shared/design/ux.md, part 3 (readiness dashboard).
//
// In and out. [Count] reads the tables of the training programme, one province at
// a time, and keeps what it counted by district and role, with the instant;
// [Keep] does so again and again, the oldest first. [Read] adds up a subtree from
// that: [Line] by [Line], for the office, its roles and the offices below. Open
// problems and late stages are read as they are. [Forecast] is the pace of a
// subtree and the day that follows from it.
//
// A seat counts as trained if its person has a certificate for its role that is
// not revoked, not expired, and teaches the law as it is now; as stale if there is
// one, but none of these. The pace is the people trained since the first complete
// count of the last seven days, a day; with fewer than three days between, or
// nobody trained in them, it cannot be told.
//
// What it never does: it shows no number without when it was counted, and nothing
// that was not counted as 0: such a Line is not Known.
//
// How it fails: the errors of package store.
//
// Sources: none.
package readiness
