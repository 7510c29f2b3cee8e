// Package marks is the branch's book of who has voted: check-ins, what was taken
// back, and voters given up to other branches.
//
// Specification: spec/branch-roll.md.
//
// In goes a roll and a journal's path; [Book.CheckIn] returns when the mark is on
// the disk, and of two desks that check in one person exactly one succeeds.
// [Book.Undo] takes a check-in back while no ballot can have been cast for it.
// [Book.Status] is what a person is to this branch now. Times are the desk's clock
// and are shown to officers alone.
//
// Who is admitted is an [Admission]. Assigned: each voter has one branch, and
// another admits them only with a [Slip], which the home branch signs after it has
// durably given them up; it is used once, and checked without a network. Central:
// a [Register] is asked first; without it the branch admits its own voters alone,
// and [Book.Reconcile] asks later. A voter whom the register has then given to
// another branch is a [Conflict]: it is named, for officers to settle.
//
// It never reaches ballots or sessions, and nothing orders its marks against them:
// of the station it asks one number, how many check-ins have no ballot yet
// ([Chances]). It reads no clock but the one it is given.
//
// How it fails: what is refused at the desk is a [Refused] with the person's
// standing, or an error of the slip. A journal of another roll, branch or election
// is refused. After a disk fault everything is journal.ErrBroken until the branch
// is opened again. Errors hold no name and no number.
//
// Sources: Ed25519 (RFC 8032); base64url without padding (RFC 4648).
package marks
