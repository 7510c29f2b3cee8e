// Package mix is a mixer's act: it takes the rows of a tally unit, returns
// them re-encrypted in another order, and proves it.
//
// Specification: spec/acts.md, section 3; the mathematics is crypto/shuffle.
//
// In and out. Unit takes a verify.View of the record, in which every ballot
// and every earlier shuffle has been checked, and returns the signed entry with
// its two blobs: the rows (66 bytes each) and the proof.
//
// What it never does: it keeps no permutation. It does not mix a unit whose
// turn it is not, nor one that is complete, empty, or of a record that does not
// stand.
//
// How it fails: with an error that says which check or rule refused; nothing
// is returned then.
//
// Sources: Terelius, Wikström 2010.
package mix

import (
	"crypto/sha256"
	"fmt"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/shuffle"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
)

// Unit mixes one unit of a contest as the mixer with the id and key.
func Unit(v *verify.View, contest, unit, mixer string, signer record.Signer) (*record.Submission, error) {
	if err := v.Sound(); err != nil {
		return nil, err
	}
	in, err := v.NextMix(contest, unit, mixer)
	if err != nil {
		return nil, err
	}
	rows, err := elgamal.Decode(in.Rows, in.N)
	if err != nil {
		return nil, err
	}
	gens, err := in.Session.Generators(in.N)
	if err != nil {
		return nil, err
	}
	out, proof, err := shuffle.Prove(in.Session, gens, v.Key(), rows)
	if err != nil {
		return nil, fmt.Errorf("mix unit %s of contest %s: %w", unit, contest, err)
	}
	encoded, bytes := elgamal.Encode(out), proof.Encode()
	hash := sha256.Sum256(in.Rows)
	entry, err := record.Sign(v.Election(), record.HQ, &record.Shuffle{
		Contest: contest, Unit: unit, Mixer: mixer, Turn: uint64(in.Turn), Input: hash[:],
		Output: record.NewBlob(record.TypeRows, encoded),
		Proof:  record.NewBlob(record.TypeShuffleProof, bytes),
	}, signer)
	if err != nil {
		return nil, err
	}
	return &record.Submission{Entry: entry, Blobs: [][]byte{encoded, bytes}}, nil
}
