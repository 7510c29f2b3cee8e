// Package courses is the part of the console for courses: what they teach, by which
// versions of the law, and whether that is still the law.
//
// Specification: ../shared/law/facts.md §9 and §10.
//
// In and out: a part of the console (Part), with the words of package training, and
// the form of a topic for package sessions, which has topics of one session. Every
// topic is bound to the newest version of its article when it is saved; a course one
// of whose articles has a later version is shown as stale.
//
// What it never does: it binds a topic to a version by itself.
//
// How it fails: with what the shell answers.
//
// Sources: none.
package courses
