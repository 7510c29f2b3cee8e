// Package review is the part of the console that says what each province's part
// of a session of training brought to the review of earlier rounds, on a page and
// on paper.
//
// Specification: ../shared/law/facts.md §10.
//
// In and out: a part of the console (Part), beside that of package lessons, whose
// words it uses. Out come the sessions to which offices of the person's posts
// come, for each of these offices its problems and actions, what several of them
// had, and the same as an A4 PDF of package printing.
//
// What it never does: it shows no part of an office outside the person's posts.
//
// How it fails: office.ErrForbidden for a session to which none of them comes.
//
// Sources: none.
package review
