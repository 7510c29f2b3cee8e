package canvass

import (
	"fmt"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
)

// Answer puts a ruling or a lot on a question that is open on the record, signed
// by headquarters and a supervisory office. It returns its entry, followed by
// the questions that only now arise; they are published together. A ruling that
// answers another question is refused, and so is a lot for anything but a tie.
func Answer(v *verify.View, answer record.Body, hq, supervisor record.Signer) ([][]byte, error) {
	if err := v.Sound(); err != nil {
		return nil, err
	}
	var contest string
	switch b := answer.(type) {
	case *record.Ruling:
		contest = b.Contest
	case *record.Lot:
		contest = b.Contest
	default:
		return nil, fmt.Errorf("answer a question: a %s is neither a ruling nor a lot", answer.Kind())
	}
	next, err := v.Answer(contest, answer)
	if err != nil {
		return nil, fmt.Errorf("answer a question of contest %s: %w", contest, err)
	}
	e, err := record.Sign(v.Election(), record.HQ, answer, hq, supervisor)
	if err != nil {
		return nil, err
	}
	out := [][]byte{e}
	for _, q := range next {
		e, err := record.Sign(v.Election(), record.HQ, q, hq)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// Correct replaces the result of a contest that is in force by what the record
// gives now, signed by headquarters and a supervisory office. Either a ruling has
// answered anew what the result rested on, or the result was not what the
// counting rule gives; if neither is so there is nothing to correct.
func Correct(v *verify.View, contest, article, text string, hq, supervisor record.Signer) ([]byte, error) {
	if err := v.Correctable(); err != nil {
		return nil, err
	}
	body, err := v.Correction(contest, article, text)
	if err != nil {
		return nil, fmt.Errorf("correct a result: %w", err)
	}
	return record.Sign(v.Election(), record.HQ, body, hq, supervisor)
}
