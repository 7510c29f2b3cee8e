// Package lessons is the part of the console for the review of earlier rounds:
// the register of problems and actions, risks and their map, the same problem in
// several provinces, and what each session of training brought.
//
// Specification: ../shared/law/facts.md §10 and §12; ../shared/design/contracts.md
// (the CSV file of problems).
//
// In and out: a part of the console (Part). Lists show the subtrees of the
// person's posts. A family of problems names all provinces that had it, and shows
// the problems of one's own. Risks are 1 to 25: up to 5 small, from 12 great.
//
// What it never does: it shows no judgement before two have judged, and no
// problem of another subtree.
//
// How it fails: faults of a form beside their fields; those of a file by line.
//
// Sources: none; see package lessons of internal.
package lessons
