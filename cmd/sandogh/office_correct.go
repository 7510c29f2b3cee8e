package main

import (
	"context"
	"fmt"
)

type officeCorrectCmd struct {
	ofContest
	Article string `required:"" help:"The article on which the correction rests." placeholder:"TEXT"`
	Text    string `required:"" help:"Why the result is corrected, for everybody to read." placeholder:"TEXT"`
}

func (officeCorrectCmd) Help() string {
	return `Verifies the whole record, computes what the contest's result is now, and signs a
correction that puts it in the place of the one in force: first, or with --with
as the second, if the first has signed the same. The old result stays on the
record, with the reason beside it.

A result changes by what is on the record: a ruling after it (sandogh office
answer), which answers anew what it rested on. It is also the one act on a record
that is refuted by its result alone (V042), because a verifier with a fault let
a wrong one in.

Example:
  sandogh office answer RECORD --dir sup --ruling ruling.json --out sup
  … hq's signature, sandogh hq submit …
  sandogh office correct RECORD --dir sup --article 'ماده ۷۲' --text 'رأی هیئت' --out sup
  sandogh office correct RECORD --dir hq --article 'ماده ۷۲' --text 'رأی هیئت' --with sup/correction-council.entry` + officeExample
}

func (c *officeCorrectCmd) Run(ctx context.Context, s *streams) error {
	c.correcting = true
	x, o, err := c.begin(ctx, s)
	if err != nil {
		return err
	}
	defer o.close()
	contest, err := c.contest(o)
	if err != nil {
		return err
	}
	b, err := o.view.Correction(contest, c.Article, c.Text)
	if err != nil {
		return refused(fmt.Errorf("correct a result: %w", err))
	}
	results := o.view.Results(contest)
	tellResult(s, contest, " as it was", results[len(results)-1].Result)
	tellResult(s, contest, " from now on", &b.Result)
	return c.sign(s, x, o, "correction-"+contest, b)
}
