// Package setup is the first run of the offices' console: the election, the places,
// polling day; or the sample country instead.
//
// Specification: spec/calendar.md (rules C40 and following: the earliest polling
// day).
//
// In and out: a part of the console (Part). The page /setup says what is done and
// what is next. Places come as CSV (office.PlaceColumns).
//
// What it never does: it imports no half of a list, and sets no polling day that
// the law does not allow after the order to start. A polling day that is set moves
// only in the calendar, by two people.
//
// How it fails: all faults of a list by their lines, up to 500 on the page, beyond
// that as CSV; an early polling day is refused with the earliest one.
//
// Sources: none.
package setup
