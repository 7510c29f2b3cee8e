// Package kiosk is the voting device's own process, which outlives the voters: the
// page that waits for a card, the link to the branch, and the life of the process
// that a voter's session has to itself.
//
// Specification: spec/branch-link.md, K1 to K51.
//
// In and out. In goes the device's folder (package vault) and the branch's
// address; out come the page of the device, on one listener, and the voters' pages,
// on another that only a voter's process accepts from. A card that the branch takes,
// typed or shown to a reader while the page waits for one, begins a session in the
// process that was made ready for it; sealed ballots and endings pass through here to
// the branch, and the number after each that the branch has is noted durably before it
// is acknowledged. When the session is over its process ends and the next one is made
// ready. Officers' orders for ballots without an ending are signed here.
//
// What it never does: it never has a selection, a seed or the device's root, in no
// memory, file or message: of a session it knows its id, its ballots as sealed
// entries, and which screen it shows. It never casts: it passes on what the voter
// or two officers have decided.
//
// How it fails: with a page that says that the device is out of service, why, and
// what to do; it tries again by itself. A branch that does not answer costs
// nothing: everything is asked again. A branch whose log has gone back is refused.
//
// Sources: RFC 8446 (TLS 1.3) with pinned keys; Ed25519 certificates by RFC 8410.
package kiosk
