package outcome

import (
	"errors"
	"fmt"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
)

// ErrOpen says that the law leaves questions open: there is no result before
// they are answered.
var ErrOpen = errors.New("the law leaves questions open, which are settled by a recorded ruling or lot")

// A Question is one on the record that waits for its answer.
type Question struct {
	Hash [32]byte // of its entry, which the answer names
	Body *record.Question
}

func (c *Checker) contest(id string) (*election.Contest, error) {
	contest, ok := c.Definition.Contest(id)
	if !ok {
		return nil, fmt.Errorf("the definition has no contest %q", id)
	}
	return contest, nil
}

// Statements returns what the branches of a contest stated at their close, and
// what the canvass has to notice about it: the list that the canvass names.
func (c *Checker) Statements(id string) (record.Statements, error) {
	contest, err := c.contest(id)
	if err != nil {
		return record.Statements{}, err
	}
	return c.statements(contest)
}

// Canvass returns what the canvass of a contest must say and the outcome of
// the counting rule, with the answers on the record; of a contest that has its
// result, with those on which the one in force rests.
func (c *Checker) Canvass(id string) (*record.Canvass, count.Outcome, error) {
	contest, err := c.contest(id)
	if err != nil {
		return nil, count.Outcome{}, err
	}
	body, in, err := c.canvass(contest)
	if err != nil {
		return nil, count.Outcome{}, err
	}
	s, err := c.settle(id, in)
	if err != nil {
		return nil, count.Outcome{}, err
	}
	if n := len(s.results); n > 0 {
		return body, s.results[n-1].outcome, nil
	}
	return body, s.outcome, nil
}

// Open returns the questions of a canvassed contest that are open.
func (c *Checker) Open(id string) ([]Question, error) {
	s, _, _, err := c.settled(id)
	if err != nil {
		return nil, err
	}
	var out []Question
	for _, a := range s.asked {
		if a.open {
			out = append(out, Question{a.hash, a.body})
		}
	}
	return out, nil
}

// Answered returns the questions of a canvassed contest that have an answer,
// which after a result a ruling may replace.
func (c *Checker) Answered(id string) ([]Question, error) {
	s, _, _, err := c.settled(id)
	if err != nil {
		return nil, err
	}
	var out []Question
	for _, g := range s.given {
		out = append(out, Question{g.question.hash, g.question.body})
	}
	return out, nil
}

// Answer returns the questions that would be open and not on the record after
// the ruling or lot. The error says why it answers nothing.
func (c *Checker) Answer(id string, answer record.Body) ([]*record.Question, error) {
	s, in, canvass, err := c.settled(id)
	if err != nil {
		return nil, err
	}
	if err := s.answer(id, canvass, in, answer, [32]byte{}); err != nil {
		return nil, err
	}
	var out []*record.Question
	for _, q := range Questions(id, canvass, s.outcome) {
		if s.find(q) == nil {
			out = append(out, q)
		}
	}
	return out, nil
}

// Result returns the result of a canvassed contest in which nothing is open,
// else ErrOpen.
func (c *Checker) Result(id string) (*record.Result, error) {
	s, _, canvass, err := c.settled(id)
	if err != nil {
		return nil, err
	}
	if n := len(s.outcome.Questions); n > 0 {
		return nil, fmt.Errorf("contest %s: %w (%d)", id, ErrOpen, n)
	}
	return Result(id, canvass, s.answers(), s.outcome), nil
}

// ErrRight says that a result need not be corrected.
var ErrRight = errors.New("its result is what the record gives: what changes it must be on the record first, as a ruling")

// Correction returns the correction of a contest's result that is in force by
// what there is to count now. If that gives the same result, the error is
// ErrRight.
func (c *Checker) Correction(id, article, text string) (*record.Correction, error) {
	results := c.stated(id).Results()
	if len(results) == 0 {
		return nil, fmt.Errorf("contest %s has no result yet", id)
	}
	result, err := c.Result(id)
	if err != nil {
		return nil, err
	}
	was := results[len(results)-1]
	if equalBody(result, was.Result) {
		return nil, fmt.Errorf("contest %s: %w", id, ErrRight)
	}
	if article == "" || text == "" {
		return nil, fmt.Errorf("a correction says on which article it rests, and why")
	}
	return &record.Correction{Corrects: was.Hash[:], Result: *result, Article: article, Text: text}, nil
}

// settled returns what came of a canvassed contest's questions, what is counted,
// and the hash of the canvass.
func (c *Checker) settled(id string) (s *settled, in count.Input, canvass [32]byte, err error) {
	contest, err := c.contest(id)
	if err != nil {
		return nil, in, canvass, err
	}
	stated := c.stated(id)
	if stated.Canvass == nil {
		return nil, in, canvass, fmt.Errorf("contest %s is not canvassed on the record", id)
	}
	if _, in, err = c.canvass(contest); err != nil {
		return nil, in, canvass, err
	}
	if s, err = c.settle(id, in); err != nil {
		return nil, in, canvass, err
	}
	return s, in, stated.Canvass.Hash, nil
}
