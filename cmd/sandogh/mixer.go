package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/mix"
	"github.com/sandogh/sandogh/record"
)

type mixerCmd struct {
	Init mixerInitCmd `cmd:"" help:"Make a mixer's key and its card."`
	Mix  mixerMixCmd  `cmd:"" help:"Mix the tally units whose turn it is."`
}

const mixerExample = `

The whole way of a mixer (RECORD is a folder, a zip file or an address):
  sandogh mixer init --dir m1 --id m1 --name-fa 'آمیزندهٔ یکم' --name-en 'Mixer one'
  sandogh mixer mix RECORD --dir m1 --election HEX --out m1/out
The entry files in m1/out go to headquarters: sandogh hq submit --dir HQ m1/out/*.entry
Exit status: 0 done (or done before), 1 refused, 2 bad usage or unreadable.`

type mixerInitCmd struct {
	making
	ID     string `required:"" name:"id" help:"Id in the definition: letters, digits, hyphens." placeholder:"ID"`
	NameFa string `help:"Name in Persian." placeholder:"TEXT"`
	NameEn string `help:"Name in English." placeholder:"TEXT"`
}

func (mixerInitCmd) Help() string {
	return `Draws a signing key, writes it to DIR/identity.age, encrypted with a
passphrase, and the public card beside it, which goes into the definition.` + mixerExample
}

func (c *mixerInitCmd) Run(s *streams) error {
	x, err := body.New(body.Mixer, c.ID, body.Signing)
	if err != nil {
		return err
	}
	if x.Name, err = named(c.NameFa, c.NameEn); err != nil {
		return err
	}
	return c.create(x, s)
}

type mixerMixCmd struct {
	fromRecord
	own
	toOut
	which
}

func (mixerMixCmd) Help() string {
	return `Verifies the whole record and mixes every tally unit whose turn it is for this
mixer: one entry file for each, with the shuffled rows and their proof. No
permutation is kept. A mixer in reserve takes the turn of one that failed by
running this command. Units that it has mixed on the record are skipped, so the
command can be run again.` + mixerExample
}

func (c *mixerMixCmd) Run(ctx context.Context, s *streams) error {
	x, err := c.open(body.Mixer)
	if err != nil {
		return err
	}
	o, err := c.read(ctx, s)
	if err != nil {
		return err
	}
	defer o.close()
	m, ok := o.def.Mixer(x.ID)
	if !ok || m.Key != x.Public(body.Signing) {
		return refused(fmt.Errorf("the definition has no mixer %s with the key in %s", x.ID, c.Dir))
	}
	return o.eachUnit(s, c.which, "mixing", func(contest, unit string) (bool, error) {
		is := func(b *record.Shuffle) bool { return b.Contest == contest && b.Unit == unit && b.Mixer == x.ID }
		if _, ok := body.Find(o.ledger, is); ok {
			return false, nil
		}
		next, err := o.view.NextMix(contest, unit, x.ID)
		if err != nil {
			return false, notReady{err}
		}
		name, hash := fmt.Sprintf("mixer-%s-mix-%s-%s", x.ID, contest, unit), sha256.Sum256(next.Rows)
		written, err := c.before(s, name, o.id, func(b record.Body) bool {
			sh, ok := b.(*record.Shuffle)
			return ok && is(sh) && sh.Turn == uint64(next.Turn) && bytes.Equal(sh.Input, hash[:])
		}, x)
		if written || err != nil {
			return written, err
		}
		sub, err := mix.Unit(o.view, contest, unit, x.ID, x.Signer())
		if err != nil {
			return false, refused(err)
		}
		return true, c.hand(s, name, sub)
	})
}
