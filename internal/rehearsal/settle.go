package rehearsal

import (
	"context"
	"errors"

	"github.com/sandogh/sandogh/canvass"
	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/outcome"
)

// Draw settles the ties of every contest by lot with the public seed, one after
// the other, and certifies the contests in which nothing is open then.
func (r *Rehearsal) Draw(ctx context.Context, seed, from string) error {
	for i := range r.def.Contests {
		id := r.def.Contests[i].ID
		for {
			q, err := r.tie(id)
			if err != nil {
				return err
			}
			if q == nil {
				break
			}
			hash, _ := r.view.Canvassed(id)
			if err := r.Answer(ctx, &record.Lot{Contest: id, Question: q, Seed: seed, Source: from, Canvass: hash[:]}); err != nil {
				return err
			}
		}
	}
	return r.certify(ctx)
}

// tie returns the hash of the first open tie of a contest, or nil.
func (r *Rehearsal) tie(contest string) ([]byte, error) {
	open, err := r.view.Questions(contest)
	if err != nil {
		return nil, err
	}
	for _, q := range open {
		if q.Body.What == count.Tie {
			return q.Hash[:], nil
		}
	}
	return nil, nil
}

// Answer puts a ruling or lot of both offices on the record.
func (r *Rehearsal) Answer(ctx context.Context, answer record.Body) error {
	entries, err := canvass.Answer(r.view, answer, r.keys.Signer("office/hq"), r.keys.Signer("office/supervisors"))
	if err != nil {
		return err
	}
	if err := r.hq.Append(ctx, entries...); err != nil {
		return err
	}
	return r.Verify(ctx)
}

// Correct replaces the result of a contest by what the record gives now, after a
// ruling has answered anew what it rested on.
func (r *Rehearsal) Correct(ctx context.Context, contest, article, text string) error {
	e, err := canvass.Correct(r.view, contest, article, text, r.keys.Signer("office/hq"), r.keys.Signer("office/supervisors"))
	if err != nil {
		return err
	}
	if err := r.hq.Append(ctx, e); err != nil {
		return err
	}
	return r.Verify(ctx)
}

// certify puts the result of every contest on the record in which nothing is
// open and which has none yet.
func (r *Rehearsal) certify(ctx context.Context) error {
	for i := range r.def.Contests {
		id := r.def.Contests[i].ID
		if r.view.Certified(id) {
			continue
		}
		e, err := canvass.Certify(r.view, id, r.keys.Signer("office/hq"), r.keys.Signer("office/supervisors"))
		if errors.Is(err, outcome.ErrOpen) {
			continue
		}
		if err != nil {
			return err
		}
		if err := r.hq.Append(ctx, e); err != nil {
			return err
		}
	}
	return r.Verify(ctx)
}
