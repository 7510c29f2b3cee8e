// Package outreach is what is done so that people take part: meetings with social,
// cultural and political groups, campaigns of voter education, and the turnout of
// earlier rounds to compare with.
//
// Specification: ../shared/law/facts.md §10 and §12 (disputed turnout figures). The
// CSV file of turnout is described at [Header].
//
// In and out. A [Meeting] is planned, then held with its attendance, or cancelled
// with a reason. What a group asks for there is a [Request]; it stays before its
// owner until it is answered. A [Campaign] says whom it is for, how many they are,
// how many were reached, and how that was measured. A [Turnout] is how many voted,
// of how many who could, and by whose count: figures of different denominators are
// never compared ([Compare]).
//
// What it never does: it makes no turnout where the denominator is not named, and
// no reach where nobody says how it was measured.
//
// How it fails: [ErrState], the errors of packages store and office; Import with
// [Faults], all of a file, by line.
//
// Sources: none; that every turnout figure names its denominator is what went
// wrong in earlier rounds.
package outreach
