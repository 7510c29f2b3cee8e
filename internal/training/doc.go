// Package training is the training programme: courses whose topics are bound to
// versions of the law, sessions, invitations, attendance and certificates.
//
// Specification: ../shared/law/facts.md §10; doc/decisions/0008-store-below.md.
//
// In and out: functions over (ctx, tx *store.Tx, now, actor, …) that write, each
// with a line in the audit log, and over a reader that read. Days are ISO, instants
// Unix milliseconds, offices codes of digits. Package programme makes sessions;
// [Invite] fills them, [Answer], [Decide] and [Move] change who comes, [Mark] and [Merge] say who came,
// and [Issue] gives certificates. A topic is stale when the register of the law has
// a later version of its article ([Stale]); so is every certificate that names it.
//
// What it never does: it asks nobody who does not sit in one of the roles and units
// of the session, takes no mark twice, puts nobody beyond the seats but on the
// waiting list, lets nobody approve their own substitute, and imports no file of
// people with a fault in it.
//
// How it fails: [Fault] values that pages put into words, office.ErrForbidden, and
// the errors of package store.
//
// Sources: the four roles of the national sessions, as published; packages
// certificate, door and mail for what leaves the house.
package training
