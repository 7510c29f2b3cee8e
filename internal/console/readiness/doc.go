// Package readiness is the part of the console for readiness: how far an office and
// those below it are, the forecast, the red list, and the daily report.
//
// Specification: ../shared/design/ux.md, part 3 (readiness dashboard).
//
// In and out: a part of the console (Part). /readiness/CODE is an office, "-" the
// country, from where one goes down to province, county and district. Each page
// says when its numbers were counted. The report is a PDF of the same rows.
//
// What it never does: it counts nothing itself (package internal/readiness does,
// in the background), and it writes no 0 for what was not counted.
//
// How it fails: what was never counted is named, with what to do.
//
// Sources: none.
package readiness
