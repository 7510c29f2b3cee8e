// Package office is who may do what in an election's offices: the hierarchy of
// territory, people, their posts, what each role may do, approvals by two, and
// the audit log.
//
// Specification: ../shared/design has none of its own; doc/decisions/0008-store-below.md.
//
// In and out. An office has a code of digits: "" is the country, "07" a province,
// three more a county, two more a district, four more a place; the offices below
// one are those whose codes begin with its own ([Range]). A post is a person in a
// role at an office for some days. An [Actor] is a person with the posts of today,
// and [Actor.May] says whether a power reaches an office. [Audit] appends to the
// log, in the transaction of what it records; [Propose] and [Decide] are the acts
// that two people do.
//
// What it never does: it changes nothing without a line in the log, it lets nobody
// confirm what they proposed, and it never changes or removes a line.
//
// How it fails: [ErrForbidden] for a power that is missing, the errors of package
// store for the rest; [CheckLog] names the first line that does not follow from
// the one before it.
//
// Sources: the bodies of the elections, by the by-law as published; NIST SP
// 1500-101 (event logging).
package office
