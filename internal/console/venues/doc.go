// Package venues is the part of the console for what a training programme has to
// plan with: venues and the days on which they are open, trainers and the days on
// which they are away.
//
// Specification: ../shared/law/facts.md §10.
//
// In and out: a part of the console (Part). Lists show what the person's posts
// reach. A venue belongs to the office where it lies; a trainer says when they are
// away, or who plans at their office does. A change is picked up when a programme is
// planned anew, and not before: the page of the plan says that there is something
// new.
//
// What it never does: it changes no session.
//
// How it fails: with what the shell answers; a stretch that ends before it begins is
// said at its field.
//
// Sources: none.
package venues
