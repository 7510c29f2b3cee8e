// Package journal keeps an append-only file of what a machine has decided: after
// a loss of power it has everything that was acknowledged.
//
// Specification: spec/record-log.md, rule L20, for what durable means. A journal
// is a machine's own and no part of the record.
//
// In goes a record, a kind and any value as JSON; [Journal.Append] returns when
// it is on the disk. [Open] hands every record back, in order. [Journal.Reserve]
// sets space aside for the day, in bytes.
//
// It adds nothing of its own to a record, in particular no time: a reader learns
// the order of the records and what their writer put into them. It is for one
// process, which a lock file beside it sees to. Every method may be called by
// any number of goroutines.
//
// How it fails: after a write or a sync that failed the journal is broken, and
// every later call is [ErrBroken] until it is opened again, for nobody knows what
// the disk holds. At opening, a last record that is not all there was never
// acknowledged: it is cut off, and [Journal.Cut] says how much. Anything else
// that does not fit is a [DamageError] with its offset, and the file stays as it
// is. A file that was put back to an earlier state, or cut exactly between two
// records, is whole to this package: [Journal.Tip] is what others may keep to
// notice.
//
// Sources: Pillai et al., "All File Systems Are Not Created Equal" (OSDI 2014);
// Rebello et al., "Can Applications Recover from fsync Failures?" (ATC 2020), for
// why nothing is tried again after a failed sync and why the last record is
// written once more at opening; SHA-256; fallocate(2) with KEEP_SIZE.
package journal
