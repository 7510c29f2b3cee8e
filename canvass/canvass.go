// Package canvass turns tallies into a result: it compares the statements of
// the branches with the record, applies the counting rule, and either puts the
// questions that the law leaves open or certifies the result.
//
// Specification: spec/acts.md, section 6.
//
// In and out. Contest takes a verify.View of the record and returns
// headquarters' canvass of one contest, followed by one entry for each question
// that the law leaves open; they are published together. Certify, after the
// canvass is on the record and nothing is open, returns the result, signed by
// headquarters and a supervisory office.
//
// What it never does: it guesses nothing. A tie or anything else that the rule
// leaves open becomes a question, and there is no result while one is open.
//
// How it fails: with an error while units are not opened, or the record does
// not stand.
//
// Sources: the articles that the definition's contests cite (package count).
package canvass

import (
	"errors"
	"fmt"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
)

// Contest returns the canvass of one contest and its open questions.
func Contest(v *verify.View, contest string, hq record.Signer) ([][]byte, error) {
	if err := v.Sound(); err != nil {
		return nil, err
	}
	body, outcome, err := v.Canvass(contest)
	if err != nil {
		return nil, err
	}
	entry, err := record.Sign(v.Election(), record.HQ, body, hq)
	if err != nil {
		return nil, err
	}
	out := [][]byte{entry}
	for _, q := range verify.Questions(contest, record.Code(entry), outcome) {
		e, err := record.Sign(v.Election(), record.HQ, q, hq)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// ErrOpen says that the law leaves a question open: there is no result before
// it is answered.
var ErrOpen = errors.New("the law leaves a question open in this contest: it is settled by a recorded ruling or lot")

// Certify returns the result of a canvassed contest.
func Certify(v *verify.View, contest string, hq, supervisor record.Signer) ([]byte, error) {
	if err := v.Sound(); err != nil {
		return nil, err
	}
	hash, ok := v.Canvassed(contest)
	if !ok {
		return nil, fmt.Errorf("contest %s is not canvassed on the record", contest)
	}
	_, outcome, err := v.Canvass(contest)
	if err != nil {
		return nil, err
	}
	if len(outcome.Questions) > 0 {
		return nil, fmt.Errorf("certify contest %s: %w", contest, ErrOpen)
	}
	return record.Sign(v.Election(), record.HQ, &record.Result{Contest: contest, Canvass: hash[:],
		Elected: outcome.Elected, Alternates: outcome.Alternates}, hq, supervisor)
}
