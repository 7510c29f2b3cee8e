// Package people is the part of the console for people and their posts, the
// offices, the approvals by two and the audit log.
//
// Specification: ../shared/law/facts.md §8 (the bodies).
//
// In and out: a part of the console (Part). Lists show the subtrees of the
// person's posts, one after the other; search is by name in any spelling, or by
// number.
//
// What it never does: it shows nobody outside these subtrees, and gives no post
// that its giver could not hold over the office.
//
// How it fails: faults of a form beside their fields; a record that another has
// changed is shown with both versions.
//
// Sources: none.
package people
