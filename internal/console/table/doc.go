// Package table is the rows of a list of the offices' console, whatever they are
// shown as: searched, sorted, as JSON and as CSV.
//
// Specification: ../shared/design/ux.md, part 5.
//
// In and out. In go columns and rows of cells (a string, an integer, a day, an
// instant, a [State]); out come fewer rows, rows in another order, values for JSON,
// or CSV with a byte order mark, ASCII digits, and days both as Jalali dates and as
// ISO dates.
//
// What it never does: it changes no row that it is given, and writes no cell that
// a spreadsheet takes for a formula ([Harmless]).
//
// How it fails: only as the writer of a CSV does.
//
// Sources: OWASP, CSV injection; RFC 4180.
package table
