// Package officer is the screens of the branch's officers: opening, the board of
// the day, ballots to settle, pauses, extension, terminals, incidents, closing.
//
// Specification: ../shared/design/ux.md, parts 1f and 2; spec/acts.md, section 7.
//
// In and out. In go the branch's engine, its daybook and the branch's data; out
// comes a [branch.Part]. Opening and closing are one step after the other, each
// with one button and the reason why it cannot be pressed yet. Whatever goes on
// the log is signed by the officer who asks and a second one who confirms.
//
// What it never does: it shows no name of a voter and no partial result, only how
// many were checked in, are voting, and have cast, spoiled or challenged a ballot.
//
// How it fails: what the engine refuses is said with what to do; nothing is done
// then. A line of the daybook is written after the act that it tells of.
//
// Sources: threats C09 (opening and closing are acts, not times), D19.
package officer
