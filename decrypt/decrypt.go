// Package decrypt is a trustee's act: its partial decryptions of a tally unit
// and the proof that they are right.
//
// Specification: spec/acts.md, section 4; the mathematics is crypto/threshold.
//
// In and out. Unit takes a verify.View of the record, in which the branches'
// statements, every ballot and every shuffle of the unit have been checked, and
// the trustee's secret; it returns the signed entry and a blob of 33 bytes for
// each row.
//
// What it never does: there is no function that opens a chosen ballot or rows
// from anywhere but a complete, fixed unit of a record that stands, and none
// that opens a unit twice.
//
// How it fails: with an error that says which check or rule refused; nothing
// is returned then.
//
// Sources: Cramer, Gennaro, Schoenmakers 1997; Chaum, Pedersen 1992.
package decrypt

import (
	"fmt"

	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
)

// Unit opens one unit of a contest as far as one trustee can.
func Unit(v *verify.View, contest, unit, trustee string, secret *threshold.Secret, signer record.Signer) (*record.Submission, error) {
	if err := v.Sound(); err != nil {
		return nil, err
	}
	if v.HasShares(contest, unit, trustee) {
		return nil, fmt.Errorf("trustee %s has opened unit %s of contest %s already", trustee, unit, contest)
	}
	rows, err := v.Mixed(contest, unit)
	if err != nil {
		return nil, err
	}
	shares := secret.PartialDecrypt(rows)
	proof, err := secret.Prove(record.SharesTag(v.Election(), v.Key().Element().Bytes(), contest, unit, trustee), rows, shares)
	if err != nil {
		return nil, fmt.Errorf("open unit %s of contest %s: %w", unit, contest, err)
	}
	encoded := threshold.EncodeCommitments(shares)
	entry, err := record.Sign(v.Election(), record.HQ, &record.Shares{
		Contest: contest, Unit: unit, Trustee: trustee,
		Shares: record.NewBlob(record.TypeShares, encoded), Proof: proof,
	}, signer)
	if err != nil {
		return nil, err
	}
	return &record.Submission{Entry: entry, Blobs: [][]byte{encoded}}, nil
}
