// Package desk is the check-in desk of a branch: one field for a scan, a number or a
// name, and for every answer a screen of its own that says what to do next.
//
// Specification: spec/branch-roll.md, part 6; ../shared/design/ux.md, parts 1f, 2
// and 7.
//
// In and out. In goes the branch's book of marks; out comes a [branch.Part] with its
// pages in Persian and English: find, check in, take back, give up to another branch,
// take in with a slip, count the queue, and the day's figures as a chart and a table.
// A check-in is on the disk before the screen says to hand out a card. [Desk.Scan]
// gives what the scanner of the first desk reads to the page that waits for it.
// [Desk.Keep] keeps the paper list of all voters with their marks current as a PDF:
// after twenty marks, or a while after the last; and asks the central register, where
// there is one, about those whom it did not answer for.
//
// What it never does: it knows no ballot, no session and no card; which card somebody
// takes is nobody's to know. No name and no number goes into an address or a log: what
// is looked for is sent as a form. Who was checked in when is on the screens of those
// who work here alone, and lists show the last four digits.
//
// How it fails: with the screen of the standing that a person has, or of what is wrong
// with what was typed. Nothing is checked in unless the branch is open. When the disk
// fails, the shell says that the branch has stopped.
//
// Sources: the scenarios of NIST VTS 100-3 part 2 for electronic pollbooks; wishes 3,
// 4, 6 to 9 of ux.md, part 7.
package desk
