// Package branch is the shell of the polling branch's own machine: its pages, the
// sign-in of its officers, and the frame that says at every moment what the
// branch is doing.
//
// Specification: ../shared/design/ux.md, parts 1f, 2 and 5 (U-42 of sessions).
//
// In and out. In go a [Config] and the parts (officers' screens, check-in desk),
// each with its words, templates and routes; out comes an http.Handler with every
// page in Persian and, below /en, in English. A route says who may use it
// ([Role]); an act of two officers asks the second one for a passphrase of their
// own ([Request.Both]). Keys that a passphrase has unlocked stay in memory while
// their officer is signed in, and nowhere else.
//
// What it never does: it shows no name of a voter and no ballot itself, keeps no
// session on a disk, loads nothing from elsewhere, and needs no script. It takes
// no form from another site, and says SIMULATED on every page of what is.
//
// How it fails: with a page that says what happened and what to do. When the
// branch has stopped, because its disk failed or is full, every page says so on
// top and no part is asked to do anything.
//
// Sources: WCAG 2.2 AA; RFC 6265bis (cookies); Fetch metadata (net/http's
// CrossOriginProtection).
package branch
