package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/sandogh/sandogh/canvass"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/keyceremony"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/tally"
	"github.com/sandogh/sandogh/verify"
)

type hqKeyCmd struct {
	hqStep
}

func (hqKeyCmd) Help() string {
	return `Publishes the election key and every trustee's verification key, computed from
the dealings, when every trustee has confirmed. With it the ceremony ends.` + hqExample
}

func (c *hqKeyCmd) Run(ctx context.Context, s *streams) error {
	return c.act(ctx, s, func(h *hqAt, v *verify.View) error {
		if v.Key() != nil {
			fmt.Fprintln(s.err, "The election key is already on the record.")
			return nil
		}
		e, err := keyceremony.Publish(v, h.office)
		if err != nil {
			return refused(err)
		}
		return h.Append(ctx, e)
	})
}

// oneContest is the contest of a command; without it, all that are ready.
type oneContest struct {
	Contest string `help:"Only this contest; else all that are ready." placeholder:"C"`
}

// each calls do for every contest that is chosen and not done. What is not ready
// is told; it is an error if nothing else was there to do.
func (o *oneContest) each(s *streams, v *verify.View, what string, isDone func(contest string) bool, do func(contest string) (string, error)) error {
	all := &seen{def: v.Definition()}
	contests, err := all.chosen(o.Contest)
	if err != nil {
		return err
	}
	did, before := 0, 0
	for _, contest := range contests {
		if isDone(contest) {
			before++
			continue
		}
		text, err := do(contest)
		var wait notReady
		switch {
		case errors.As(err, &wait):
			fmt.Fprintf(s.err, "Not ready: %v\n", wait.error)
		case err != nil:
			return err
		default:
			did++
			fmt.Fprintln(s.out, text)
		}
	}
	fmt.Fprintf(s.err, "%s: %d of %d contests now, %d before.\n", what, did, len(contests), before)
	if did+before == 0 {
		return refused(errors.New("nothing is ready"))
	}
	return nil
}

type hqUnitsCmd struct {
	hqStep
	oneContest
}

func (hqUnitsCmd) Help() string {
	return `Fixes the tally units of the contests all of whose branches have closed, once,
from the definition's plan and the number of cast ballots.` + hqExample
}

func (c *hqUnitsCmd) Run(ctx context.Context, s *streams) error {
	return c.act(ctx, s, func(h *hqAt, v *verify.View) error {
		fixed := func(contest string) bool { _, err := v.Units(contest); return err == nil }
		return c.each(s, v, "Units fixed", fixed, func(contest string) (string, error) {
			for _, b := range h.def.BranchesOf(contest) {
				if _, closed := v.Cast(b.ID); !closed {
					return "", notReady{fmt.Errorf("contest %s: branch %s has not been taken in", contest, b.ID)}
				}
			}
			if err := h.FixUnits(ctx, v, contest); err != nil {
				return "", refused(err)
			}
			return "fixed the units of contest " + contest, nil
		})
	})
}

type hqTallyCmd struct {
	hqStep
	oneContest
}

func (hqTallyCmd) Help() string {
	return `Publishes how often each code occurs in every tally unit that a quorum of the
trustees has opened, and zeros for a unit without ballots.` + hqExample
}

func (c *hqTallyCmd) Run(ctx context.Context, s *streams) error {
	return c.act(ctx, s, func(h *hqAt, v *verify.View) error {
		ledger, err := h.Ledger(ctx)
		if err != nil {
			return err
		}
		tallied := func(contest, unit string) bool {
			_, ok := body.Find(ledger, func(b *record.Tally) bool { return b.Contest == contest && b.Unit == unit })
			return ok
		}
		isDone := func(contest string) bool {
			units, err := v.Units(contest)
			for _, u := range units {
				if !tallied(contest, u.ID) {
					return false
				}
			}
			return err == nil
		}
		return c.each(s, v, "Tallied", isDone, func(contest string) (string, error) {
			units, err := v.Units(contest)
			if err != nil {
				return "", notReady{err}
			}
			did := 0
			for _, u := range units {
				if tallied(contest, u.ID) {
					continue
				}
				if _, _, err := v.Opened(contest, u.ID); err != nil {
					fmt.Fprintf(s.err, "Not ready: %v\n", err)
					continue
				}
				e, err := tally.Unit(v, contest, u.ID, h.office)
				if err != nil {
					return "", refused(err)
				}
				if err := h.Append(ctx, e); err != nil {
					return "", err
				}
				did++
			}
			if did == 0 {
				return "", notReady{fmt.Errorf("contest %s: no unit is opened by a quorum", contest)}
			}
			return fmt.Sprintf("tallied %d units of contest %s", did, contest), nil
		})
	})
}

type hqCanvassCmd struct {
	hqStep
	oneContest
}

func (hqCanvassCmd) Help() string {
	return `Compares the branches' statements with the record, adds up the units, applies the
counting rule, and publishes the canvass of each contest whose units are all
tallied, with the questions that the law leaves open. The result is then signed
by headquarters and a supervisory office (sandogh office certify).` + hqExample
}

func (c *hqCanvassCmd) Run(ctx context.Context, s *streams) error {
	return c.act(ctx, s, func(h *hqAt, v *verify.View) error {
		isDone := func(contest string) bool { _, ok := v.Canvassed(contest); return ok }
		return c.each(s, v, "Canvassed", isDone, func(contest string) (string, error) {
			if _, _, err := v.Canvass(contest); err != nil {
				return "", notReady{err}
			}
			subs, err := canvass.Contest(v, contest, h.office)
			if err != nil {
				return "", refused(err)
			}
			if err := h.Enter(ctx, subs...); err != nil {
				return "", err
			}
			return fmt.Sprintf("canvassed contest %s, %d questions are open", contest, len(subs)-1), nil
		})
	})
}
