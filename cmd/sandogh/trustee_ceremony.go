package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/keyceremony"
	"github.com/sandogh/sandogh/record"
)

type trusteeCommitCmd struct {
	trusteeStep
	toOut
}

func (trusteeCommitCmd) Help() string {
	return `Draws the trustee's polynomial, keeps it in DIR/dealing.age, and writes the
entry that fixes it. The file is on the disk before the entry exists; run again,
the command gives the same entry.` + trusteeExample
}

func (c *trusteeCommitCmd) Run(ctx context.Context, s *streams) error {
	a, err := c.begin(ctx, s)
	if err != nil {
		return err
	}
	defer a.close()
	fixed, on := body.Find(a.ledger, func(b *record.Commitment) bool { return b.Trustee == a.x.ID })
	if on && a.view.Key() != nil {
		return done(s, "The commitment", fixed)
	}
	if on && a.t.State() == nil {
		return refused(fmt.Errorf("the commitment of trustee %s is on the record, and its %s.age is not in %s: restore the file from its copy, or end the ceremony; another polynomial cannot take its place", a.x.ID, stateDealing, a.x.Dir()))
	}
	e, err := a.t.Commit(a.view)
	if err != nil {
		return refused(err)
	}
	if on {
		if hash := record.Code(e); hash != fixed.Hash {
			return refused(fmt.Errorf("the commitment on the record is of another dealing than the one in %s: restore %s.age from its copy, or end the ceremony", a.x.Dir(), stateDealing))
		}
		return done(s, "The commitment", fixed)
	}
	if err := a.x.Save(stateDealing, a.id, a.t.State()); err != nil {
		return err
	}
	return c.hand(s, "trustee-"+a.x.ID+"-commit", &record.Submission{Entry: e})
}

type trusteeDealCmd struct {
	trusteeStep
	toOut
}

func (trusteeDealCmd) Help() string {
	return `Writes the entry that shows the dealing, with a share for each trustee
encrypted to it. All trustees must have fixed theirs on the record before. Run
again, the command gives the same entry.` + trusteeExample
}

func (c *trusteeDealCmd) Run(ctx context.Context, s *streams) error {
	a, err := c.begin(ctx, s)
	if err != nil {
		return err
	}
	defer a.close()
	if on, ok := body.Find(a.ledger, func(b *record.Dealing) bool { return b.Trustee == a.x.ID }); ok {
		return done(s, "The dealing", on)
	}
	e, err := a.t.Deal(a.view)
	if err != nil {
		return refused(err)
	}
	if err := a.x.Save(stateDealing, a.id, a.t.State()); err != nil {
		return err
	}
	return c.hand(s, "trustee-"+a.x.ID+"-deal", &record.Submission{Entry: e})
}

type trusteeVerifyCmd struct {
	trusteeStep
	toOut
}

func (trusteeVerifyCmd) Help() string {
	return `Decrypts the share of every dealer, checks it against what the dealer
committed to, keeps the sum in DIR/share.age, rehearses with it, and writes the
entry that confirms the key. A dealer whose share does not fit is named: complain
of it. dealing.age stays until the key is on the record, because another trustee
may complain.` + trusteeExample
}

func (c *trusteeVerifyCmd) Run(ctx context.Context, s *streams) error {
	a, err := c.begin(ctx, s)
	if err != nil {
		return err
	}
	defer a.close()
	on, confirmed := body.Find(a.ledger, func(b *record.Confirmation) bool { return b.Trustee == a.x.ID })
	kept, ok, err := a.x.Load(stateShare, a.id)
	if err != nil {
		return err
	}
	if confirmed && ok {
		if err := a.hold(); err != nil {
			return err
		}
		return done(s, "The confirmation", on)
	}
	// The share can be computed again from the record as often as needed.
	e, err := a.t.Confirm(a.view)
	var bad *keyceremony.BadShareError
	if errors.As(err, &bad) {
		return refused(fmt.Errorf("%w: sandogh trustee complain --dealer %s", err, bad.Dealer))
	}
	if err != nil {
		return refused(err)
	}
	secret := a.t.Secret().Bytes()
	if ok && !bytes.Equal(kept, secret) {
		return refused(fmt.Errorf("%s.age in %s holds another share than the record gives: move it away and run this again", stateShare, a.x.Dir()))
	}
	if !ok {
		if err := a.x.Save(stateShare, a.id, secret); err != nil {
			return err
		}
		fmt.Fprintf(s.err, "The share is in %s.age in %s, and the rehearsal with it passed. Keep a copy.\n", stateShare, a.x.Dir())
	}
	if confirmed {
		return done(s, "The confirmation", on)
	}
	return c.hand(s, "trustee-"+a.x.ID+"-verify", &record.Submission{Entry: e})
}

type trusteeRehearseCmd struct {
	trusteeStep
}

func (trusteeRehearseCmd) Help() string {
	return `Reads the kept share and takes the known-answer test of the ceremony with it:
that it is readable, and the one that belongs to the trustee's verification key
on the record. Nothing is opened, and nothing is written.` + trusteeExample
}

func (c *trusteeRehearseCmd) Run(ctx context.Context, s *streams) error {
	a, err := c.begin(ctx, s)
	if err != nil {
		return err
	}
	defer a.close()
	if err := a.hold(); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "The share of trustee %s is readable and right. Any %d of %d trustees can open.\n", a.x.ID, a.def.Quorum, len(a.def.Trustees))
	return nil
}
