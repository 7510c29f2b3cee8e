// Package voter is one voter's session as a process: it has the selections, seals
// them, prints them, and ends, so that its memory goes with it.
//
// Specification: spec/acts.md, A20 to A27.
//
// In and out. A [Machine] does in one session what the voter asks for: it seals,
// has the branch take the ballot in, prints the card, ends the ballot as the voter
// decides, and prints the slip. [Process] is the whole life of the child process:
// it makes everything ready (root, commitment, tables, fonts), says so, waits for a
// session, serves its pages on the listener that it was given, and returns when the
// page of the end has been left. With its parent it speaks in lines of JSON:
// [Order] in, [Report] out; sealed entries go out and come back acknowledged.
//
// What it never does: it writes no file, opens no connection but the printer's,
// and logs nothing: its errors are words. No selection, seed or nonce is in what
// it sends to its parent. A card is printed once: one that may be half printed is
// void, and its ballot is spoiled.
//
// How it fails: a session that cannot go on ends with the reason fault; a sealed
// ballot without an ending then waits in the branch for its officers. When the
// parent is gone, so is the process.
//
// Sources: D02 and D03 of the threats: seal, store, print, confirm, in this order.
package voter
