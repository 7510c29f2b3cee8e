// Package entry is what people and programs enter in forms of the offices' console:
// read from a request, and as it is stored.
//
// Specification: ../shared/design/ux.md, part 5.
//
// In and out. In goes the body of a request (a form of HTML with or without files,
// or a JSON object); out come [Values] by the names of fields, as they were typed.
// [Number], [Day], [Text] and [Code] return them as they are stored: numbers in any
// digits, days as Jalali or ISO dates, texts as package persian cleans them.
//
// What it never does: it knows no route and no database, and reads no more bytes
// than it is told.
//
// How it fails: [ErrTooLarge], and [Unreadable] for a body that is not in the form
// that it says, or names a field that is not there.
//
// Sources: RFC 9110; RFC 7578.
package entry
