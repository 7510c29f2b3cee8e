// Package station is the branch's engine: it decides who may vote on which
// device, keeps the branch's log, and says of every ballot what has become of it.
//
// Specification: spec/acts.md, section 7; spec/branch-link.md for the words of
// refusals.
//
// In and out. New opens the branch's folder, whether it has voted already or not.
// In go the two officers' acts (Begin, Pause, Resume, Extend, Enrol, Retire,
// Settle, Close), a device's commitment, activation cards, sealed ballots and
// their endings; out come sessions, codes, the state of each device and the
// counts. When a method returns without error, what it did is on the disk: in the
// log, whose entries are public after the close, or in the journal beside it.
//
//	DIR/log      the branch's log (internal/sequencer)
//	DIR/journal  cards used, sessions, orders: no names, no times
//
// What it never does: it holds sealed ballots only and learns no selection. Of
// voters it knows how many are checked in. It does not verify the proofs in a
// ballot; everybody does, after the close. It gives no partial result.
//
// How it fails: what an auditor would refuse is refused here before it is
// written, as a [Refused]. After a failed write it is stopped and every method
// returns [ErrStopped], until it is opened anew. Then journal and log are read
// and compared; where they do not agree, [Station.Discrepancies] names it.
//
// Sources: the protocol, section 7; threats D01, D02, D12, D17, D19.
package station
