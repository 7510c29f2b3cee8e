// Package roll knows who may vote in a branch: the roll as it was handed over.
//
// Specification: the command line's contract for the roll, CSV with the header
// national_number,name,father,birth,place,branch, where birth is a Jalali date.
// Who has voted is in internal/roll/marks.
//
// In goes a file; [Read] checks every line in one pass, keeps the voters of this
// branch whole and of all others sixteen bytes each, so that a roll of millions
// fits. Out come people: [Roll.Find] by national number, whatever their branch,
// and [Roll.Search] by parts of names among this branch's own, in any spelling and
// in the wrong layout of the keyboard. [Scanned] reads the numbers that a scanned
// text can mean.
//
// It never decides who is admitted, and never reaches ballots: a package that
// imports it reaches neither the package ballot nor those that seal and open.
// Errors and faults hold no name and no number; a [Number] and a [Person] print
// masked.
//
// How it fails: a roll with faults is refused with all of them ([Faults], by line,
// up to a hundred thousand). Being younger than voters are is no fault: the roll
// says so of a person ([Roll.OldEnough]). If the file changes while it is in use a
// look-up of another branch's voter is an error.
//
// Sources: RFC 4180, read strictly but for a byte order mark, rows of empty fields
// and spaces around a field; the age of voters as package law registers it; the
// check digit of the national number as in internal/persian.
package roll
