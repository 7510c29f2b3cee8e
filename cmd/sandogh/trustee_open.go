package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/sandogh/sandogh/decrypt"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/record"
)

type trusteeOpenCmd struct {
	trusteeStep
	toOut
	which
}

// which are the units that a mixer or trustee takes.
type which struct {
	Contest string `help:"Only this contest." placeholder:"C"`
	Unit    string `help:"Only this tally unit." placeholder:"U"`
}

func (trusteeOpenCmd) Help() string {
	return `Verifies the whole record and writes, for each tally unit that has been mixed
completely, the trustee's partial decryptions with their proof. Nothing else can
be opened: no ballot, and no chosen rows. Units that are on the record already
are skipped, so the command can be run again.` + trusteeExample
}

func (c *trusteeOpenCmd) Run(ctx context.Context, s *streams) error {
	a, err := c.begin(ctx, s)
	if err != nil {
		return err
	}
	defer a.close()
	if err := a.hold(); err != nil {
		return err
	}
	return a.eachUnit(s, c.which, "opening", func(contest, unit string) (bool, error) {
		if a.view.HasShares(contest, unit, a.x.ID) {
			return false, nil
		}
		path := fmt.Sprintf("trustee-%s-open-%s-%s", a.x.ID, contest, unit)
		if written, err := c.before(s, path, a.id, func(b record.Body) bool {
			sh, ok := b.(*record.Shares)
			return ok && sh.Contest == contest && sh.Unit == unit && sh.Trustee == a.x.ID
		}, a.x); written || err != nil {
			return written, err
		}
		if _, err := a.view.Mixed(contest, unit); err != nil {
			return false, notReady{err}
		}
		sub, err := decrypt.Unit(a.view, contest, unit, a.x.ID, a.t.Secret(), a.t.Signer())
		if err != nil {
			return false, refused(err)
		}
		return true, c.hand(s, path, sub)
	})
}

// notReady is why the turn of a body for a unit has not come.
type notReady struct{ error }

// eachUnit calls act for every unit with ballots that is chosen, and tells how
// many there was something to do for. What is not ready is only told if nothing
// is.
func (o *seen) eachUnit(s *streams, w which, stage string, act func(contest, unit string) (bool, error)) error {
	contests, err := o.chosen(w.Contest)
	if err != nil {
		return err
	}
	type job struct{ contest, unit string }
	var jobs []job
	var waiting []error
	for _, contest := range contests {
		units, err := o.view.Units(contest)
		if err != nil {
			waiting = append(waiting, err)
			continue
		}
		for _, u := range units {
			if u.Ballots > 0 && (w.Unit == "" || w.Unit == u.ID) {
				jobs = append(jobs, job{contest, u.ID})
			}
		}
	}
	if len(jobs) == 0 && len(waiting) == 0 {
		return fmt.Errorf("there is no tally unit %q with ballots", w.Unit)
	}
	b := newBar(s)
	did, before := 0, 0
	for i, j := range jobs {
		b.set(stage, i, len(jobs))
		now, err := act(j.contest, j.unit)
		var wait notReady
		switch {
		case errors.As(err, &wait):
			waiting = append(waiting, wait.error)
		case err != nil:
			b.done()
			return err
		case now:
			did++
		default:
			before++
		}
	}
	b.done()
	fmt.Fprintf(s.err, "%d of %d tally units done now, %d before.\n", did, len(jobs), before)
	for _, err := range waiting {
		fmt.Fprintf(s.err, "Not ready: %v\n", err)
	}
	if did+before == 0 {
		return refused(errors.New("nothing is ready"))
	}
	return nil
}

// before finds the entry file of an earlier run that did not reach the record:
// proofs are randomized, so that it would not come out the same.
func (o *toOut) before(s *streams, name string, election [32]byte, is func(record.Body) bool, x *body.Identity) (bool, error) {
	path := o.path(name)
	if !body.Exists(path) {
		return false, nil
	}
	_, e, err := body.ReadEntry(path)
	if err != nil {
		return false, fmt.Errorf("%w: remove it and run this again", err)
	}
	if !is(e.Body) || e.Verify(election, record.HQ, x.Knows) != nil {
		return false, fmt.Errorf("%s is there and holds something else: name another folder with --out, or remove it", path)
	}
	fmt.Fprintln(s.out, path)
	fmt.Fprintf(s.err, "%s was there already.\n", path)
	return true, nil
}
