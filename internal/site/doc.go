// Package site is the public site of an election: pages that are files, made by
// the packages below it, and those that only a server can answer, because the
// record has too many of them: its logs and their entries. The look-up of a code is
// a part of its own, package verifier.
//
// Specification: doc/guides/site.md; spec/verify.md for the checks that are shown;
// doc/glossary.md for the words.
//
// In and out. New takes the published record as an io/fs.FS with the report and
// the view of verify.Record over it, or an invented election, and gives a Site: an
// http.Handler, Persian at /, English at /en/. Refresh shows a later state of the
// same record. Build writes the pages that are files into a folder. Lists of
// entries come in pages of 50.
//
// What it never does: it shows no number as a result unless the report is
// verified; it says nothing of the content of a cast ballot, which nobody can
// know; it keeps no log of who asked what, and reads entries only through package
// board, so that none is shown that the signed root does not cover.
//
// How it fails: a wrong address, number or code is answered with 400 or 404 and
// a sentence that says what to do; a part of the record that cannot be read,
// with 500 and its name. What a page says of a record is only as good as the
// machine that serves it: the page says so, and how to do without it.
//
// Sources: NDI, Open Election Data Initiative; WCAG 2.2 AA; RFC 6962 for the
// audit paths that are shown.
package site
