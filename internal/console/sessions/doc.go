// Package sessions is the part of the console for the sessions of the training
// programme: rosters, the door, certificates, and everybody's own page.
//
// Specification: ../shared/law/facts.md §10; ../shared/design/ux.md, parts 1f and 2.
//
// In and out: a part of the console (Part). Lists show what the person's posts
// reach; a session belongs to the office in whose hall it is held. Who is invited
// reaches their own page (/my/training) with any post, and nothing else of others.
// The page of a door without a network is a file of HTML that is taken along: it
// holds names, hashes and a secret, and gives back a file of marks.
//
// What it never does: it shows no badge but one's own, no national number but its
// last four digits on a certificate, and lets nobody certify or move people without
// a page that says what will be done.
//
// How it fails: what package training refuses is said in words, with the day; at
// the door beside the field, so that the next one can be scanned at once.
//
// Sources: QR by ISO/IEC 18004, level M.
package sessions
