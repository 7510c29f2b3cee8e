// Package training is the part of the console for planning the training programme:
// programmes, courses, and the people who are to be trained.
//
// Specification: ../shared/law/facts.md §10; ../shared/design/ux.md, parts 1f and 2.
//
// In and out: a part of the console (Part). The page of a plan shows its groups,
// what could not be had and why, and what publishing it would change; each command
// is a form of its own. Courses show the version of the law that they teach, and
// which has come after it. Package sessions is the part beside it, and takes its
// words (Vocabulary) and how it puts faults into them (Told) from here.
//
// What it never does: it makes no session before somebody has published the plan,
// and takes no file of people with a fault in it.
//
// How it fails: what packages training and planner refuse is said in words, with
// the day; files with faults are answered with all of them by line, and 422.
//
// Sources: the map of tiles by package drawing.
package training
