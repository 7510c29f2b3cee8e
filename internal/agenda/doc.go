// Package agenda is the calendar of one election as its offices keep it: what has
// been decided and by whom, and how each stage stands at each office.
//
// Specification: spec/calendar.md, parts 3 to 6; doc/decisions/0008-store-below.md.
//
// In and out. A [Desk] reads the events of the database into a [Book]. A Book
// gives the [calendar.Schedule] of any office, and a [Board]: its stages with
// state, what holds each up, and how many of the offices below have confirmed.
// [Add] writes an event; [NewFeed] makes the secret address of a person's
// iCalendar. Days are [calendar.Day]; offices are codes (package office).
//
// An event concerns an office and those below it: for each of these it is one
// that names its constituency. A stage is confirmed by the office that the stage's
// owner is ([SeatOf]); for an office above it is confirmed on the day of the last
// of those below. What an office above confirms counts for an office with a
// calendar of its own only as long as the days of the stage are the same. Whoever
// has no office (candidates) is spoken for by the one that takes their papers.
//
// What it never does: it folds no event itself (package calendar does), it changes
// or removes none, and it never writes one that makes the calendar of any office
// impossible.
//
// How it fails: [*Refusal] says what the calendar does not allow, of which stage,
// and the day from which it is allowed; office.ErrForbidden for a stage of another
// office.
//
// Sources: none besides those of package calendar.
package agenda
