// Package outreach is the part of the console for participation: meetings with
// groups and what they ask for, campaigns of voter education, and the turnout of
// earlier rounds.
//
// Specification: ../shared/law/facts.md §10 and §12.
//
// In and out: a part of the console (Part). Meetings, requests and campaigns are
// those of the person's subtrees; turnout is of the whole country, as it was
// published. A turnout is drawn beside those of the same contest and the same
// denominator, which stands above it.
//
// What it never does: it draws no turnout without the name of its denominator, and
// shows no campaign's reach as 0 where it was not measured.
//
// How it fails: faults of a form beside their fields; those of a file by line.
//
// Sources: none.
package outreach
