// Package tally states what an opened unit holds: how often each code occurs.
//
// Specification: spec/acts.md, section 5.
//
// In and out. Unit takes a verify.View of the record, in which the quorum's
// shares have been checked and combined, and returns headquarters' signed entry
// with a count for each code: the n candidates, then the k blanks. A unit
// without ballots gets an explicit tally of zeros.
//
// What it never does: it opens nothing, adds nothing across units, and decides
// nothing about seats.
//
// How it fails: with an error while the unit is not opened by a quorum, or the
// record does not stand.
//
// Sources: the protocol, section 6.
package tally

import (
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
)

// Unit returns the tally of one unit of a contest.
func Unit(v *verify.View, contest, unit string, hq record.Signer) ([]byte, error) {
	if err := v.Sound(); err != nil {
		return nil, err
	}
	counts, ballots, err := v.Opened(contest, unit)
	if err != nil {
		return nil, err
	}
	return record.Sign(v.Election(), record.HQ, &record.Tally{Contest: contest, Unit: unit, Ballots: ballots, Counts: counts}, hq)
}
