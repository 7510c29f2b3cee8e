package main

import (
	"context"
	"fmt"

	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/record"
)

type trusteeComplainCmd struct {
	trusteeStep
	toOut
	Dealer string `required:"" help:"Id of the trustee whose share cannot be used." placeholder:"ID"`
}

func (trusteeComplainCmd) Help() string {
	return `Checks again that the share which the dealer sent cannot be decrypted or does not
fit what the dealer committed to, and writes the entry that says so. A share that
fits is refused. The dealer answers with trustee disclose; if it does not, or not
rightly, no key can follow.` + trusteeExample
}

func (c *trusteeComplainCmd) Run(ctx context.Context, s *streams) error {
	a, err := c.begin(ctx, s)
	if err != nil {
		return err
	}
	defer a.close()
	if on, ok := body.Find(a.ledger, func(b *record.Complaint) bool { return b.Trustee == a.x.ID && b.Dealer == c.Dealer }); ok {
		return done(s, "The complaint", on)
	}
	e, err := a.t.Complain(a.view, c.Dealer)
	if err != nil {
		return refused(err)
	}
	return c.hand(s, "trustee-"+a.x.ID+"-complain-"+c.Dealer, &record.Submission{Entry: e})
}

type trusteeDiscloseCmd struct {
	trusteeStep
	toOut
	To string `required:"" help:"Id of the trustee who complained." placeholder:"ID"`
}

func (trusteeDiscloseCmd) Help() string {
	return `Writes the entry that answers the open complaint of another trustee with the
share that it should have had. Everybody learns this share, and nothing else of
the dealing.` + trusteeExample
}

func (c *trusteeDiscloseCmd) Run(ctx context.Context, s *streams) error {
	a, err := c.begin(ctx, s)
	if err != nil {
		return err
	}
	defer a.close()
	if on, ok := body.Find(a.ledger, func(b *record.Disclosure) bool { return b.Dealer == a.x.ID && b.Trustee == c.To }); ok {
		return done(s, "The disclosure", on)
	}
	if a.t.State() == nil {
		return refused(fmt.Errorf("%s.age is not in %s: restore it from its copy: without it the complaint cannot be answered, and the ceremony ends", stateDealing, a.x.Dir()))
	}
	e, err := a.t.Disclose(a.view, c.To)
	if err != nil {
		return refused(err)
	}
	return c.hand(s, "trustee-"+a.x.ID+"-disclose-"+c.To, &record.Submission{Entry: e})
}
