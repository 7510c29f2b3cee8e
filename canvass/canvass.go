// Package canvass turns tallies into a result: it compares the statements of
// the branches with the record, applies the counting rule, and either puts the
// questions that the law leaves open or certifies the result.
//
// Specification: spec/acts.md, section 6.
//
// In and out. Contest takes a verify.View of the record and returns
// headquarters' canvass of one contest, with the list of statements beside it,
// followed by one entry for each question that the law leaves open; they are
// published together. Certify, after the
// canvass is on the record and nothing is open, returns the result, signed by
// headquarters and a supervisory office.
//
// Answer puts a ruling or a lot on an open question. Correct replaces a result
// that a later ruling has changed.
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
	"fmt"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/outcome"
)

// Contest returns the canvass of one contest and its open questions.
func Contest(v *verify.View, contest string, hq record.Signer) ([]*record.Submission, error) {
	if err := v.Sound(); err != nil {
		return nil, err
	}
	body, counted, err := v.Canvass(contest)
	if err != nil {
		return nil, err
	}
	statements, err := v.Statements(contest)
	if err != nil {
		return nil, err
	}
	list, err := record.EncodeStatements(statements)
	if err != nil {
		return nil, err
	}
	entry, err := record.Sign(v.Election(), record.HQ, body, hq)
	if err != nil {
		return nil, err
	}
	out := []*record.Submission{{Entry: entry, Blobs: [][]byte{list}}}
	for _, q := range outcome.Questions(contest, record.Code(entry), counted) {
		e, err := record.Sign(v.Election(), record.HQ, q, hq)
		if err != nil {
			return nil, err
		}
		out = append(out, &record.Submission{Entry: e})
	}
	return out, nil
}

// Certify returns the result of a canvassed contest. While a question is open
// the error is outcome.ErrOpen.
func Certify(v *verify.View, contest string, hq, supervisor record.Signer) ([]byte, error) {
	if err := v.Sound(); err != nil {
		return nil, err
	}
	body, err := v.Result(contest)
	if err != nil {
		return nil, fmt.Errorf("certify: %w", err)
	}
	return record.Sign(v.Election(), record.HQ, body, hq, supervisor)
}
