// Package link is the branch's side of the link to its terminals: HTTPS with a
// pinned key on each side.
//
// Specification: spec/branch-link.md.
//
// In and out. In go the requests of devices that were granted to the branch; out
// come the station's answers: the state, sessions, codes, refusals with words for
// people. ServerTLS and ClientTLS are the two ends of the transport.
//
// What it never does: it carries no selection, no name and no time, and keeps
// nothing. Of how a terminal is, only the officers' screens know.
//
// How it fails: a device that was not granted ends in the handshake. What is no
// request is answered 400, what the station refuses 409, and 503 when the branch
// has stopped; a terminal that gets no answer asks the same again.
//
// Sources: RFC 8446 (4.4.3: what is signed in a handshake), RFC 8410 (Ed25519 in
// certificates), RFC 9110.
package link
