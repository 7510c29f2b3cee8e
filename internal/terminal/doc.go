// Package terminal is one voter's session on a voting device, as a pure model:
// what is asked, what the voter has chosen, and which step comes next.
//
// Specification: spec/acts.md, section 2 (A22 to A29), from the voter's side.
//
// In and out. A [Paper] is what every voter of the branch is asked. A [Session]
// takes the voter's acts ([Session.Do], a verb and an argument each) and what the
// machine reports ([Session.Sealed], [Session.Printed] and so on), and says which
// [Step] and what of it is to be shown. When the voter has confirmed the review,
// [Session.Ballot] gives the ballot to seal, and [Session.Card] what is printed:
// both are copies of what the review showed.
//
// What it never does: no page, no printer, no network, no clock but the one it is
// given. It never takes a selection back that the voter did not take back, and
// never casts: a session that ends without the voter's last step ends uncast. It
// knows no voter's name and never reaches the roll.
//
// How it fails: an act that has no place in the step is refused by [ErrNotNow]
// and changes nothing; one that a rule forbids (a candidate too many) leaves a
// [Notice] that says how to go on. Erase forgets all selections. Not safe for
// concurrent use.
//
// Sources: VVSG 2.0, 7.1 to 7.3 by way of the needs U-30 to U-45; idle 3 minutes,
// alert 45 seconds, 10 minutes before an undecided card is left to the officers.
package terminal
