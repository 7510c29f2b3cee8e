package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/keyceremony"
	"github.com/sandogh/sandogh/record"
)

type trusteeCmd struct {
	Init     trusteeInitCmd     `cmd:"" help:"Make a trustee's keys and its card."`
	Commit   trusteeCommitCmd   `cmd:"" help:"Draw the dealing and fix it."`
	Deal     trusteeDealCmd     `cmd:"" help:"Show the dealing, with a share for each trustee."`
	Verify   trusteeVerifyCmd   `cmd:"" help:"Check every share, keep one's own, and confirm the key."`
	Complain trusteeComplainCmd `cmd:"" help:"Say on the record that the share of a dealer cannot be used."`
	Disclose trusteeDiscloseCmd `cmd:"" help:"Answer a complaint with the disputed share, which everybody learns."`
	Rehearse trusteeRehearseCmd `cmd:"" help:"Test that the kept share is readable and right."`
	Open     trusteeOpenCmd     `cmd:"" help:"Open the tally units that are ready, as far as one trustee can."`
}

const trusteeExample = `

The whole way of a trustee (RECORD is a folder, a zip file or an address; each
command but init and rehearse writes entry files, which go to headquarters):
  sandogh trustee init --dir t1 --id t1 --name-fa 'امین یکم' --name-en 'Trustee one'
  sandogh trustee commit RECORD --dir t1 --election HEX     when the definition is on the record
  sandogh trustee deal RECORD --dir t1 --election HEX       when all have committed
  sandogh trustee verify RECORD --dir t1 --election HEX     when all have dealt
  sandogh trustee complain RECORD --dir t1 --election HEX --dealer t4     if verify names t4
  sandogh trustee disclose RECORD --dir t4 --election HEX --to t1         which t4 answers
  sandogh trustee rehearse RECORD --dir t1 --election HEX   at any time after verify
  sandogh trustee open RECORD --dir t1 --election HEX       when all has been mixed
Exit status: 0 done (or done before), 1 refused, 2 bad usage or unreadable.`

// Names of a trustee's private state.
const (
	stateDealing = "dealing" // keyceremony.Trustee.State, until the key is on the record
	stateShare   = "share"   // threshold.Secret.Bytes, from verify on
)

type trusteeInitCmd struct {
	making
	ID     string `required:"" name:"id" help:"Id in the definition: letters, digits, hyphens." placeholder:"ID"`
	NameFa string `help:"Name in Persian." placeholder:"TEXT"`
	NameEn string `help:"Name in English." placeholder:"TEXT"`
}

func (trusteeInitCmd) Help() string {
	return `Draws a signing key and a key for shares, writes them to DIR/identity.age,
encrypted with a passphrase, and the public card beside it, which goes into the
definition. An identity that is there is never overwritten.` + trusteeExample
}

func (c *trusteeInitCmd) Run(s *streams) error {
	x, err := body.New(body.Trustee, c.ID, body.Signing, body.Shares)
	if err != nil {
		return err
	}
	if x.Name, err = named(c.NameFa, c.NameEn); err != nil {
		return err
	}
	return c.create(x, s)
}

func named(fa, en string) (election.Name, error) {
	if fa == "" && en == "" {
		return election.Name{}, errors.New("a name is missing: give --name-fa, --name-en or both")
	}
	return election.Name{Fa: fa, En: en}, nil
}

// trusteeStep are the flags of a trustee's commands on a record.
type trusteeStep struct {
	fromRecord
	own
}

// trusteeAt is a trustee at its place in an election.
type trusteeAt struct {
	*seen
	x *body.Identity
	t *keyceremony.Trustee
}

// begin opens the identity, verifies the record, and takes back the dealing that
// was kept.
func (c *trusteeStep) begin(ctx context.Context, s *streams) (*trusteeAt, error) {
	x, err := c.open(body.Trustee)
	if err != nil {
		return nil, err
	}
	o, err := c.read(ctx, s)
	if err != nil {
		return nil, err
	}
	a := &trusteeAt{seen: o, x: x}
	if err := a.begin(); err != nil {
		o.close()
		return nil, err
	}
	return a, nil
}

func (a *trusteeAt) begin() error {
	shares, err := a.x.ShareKey()
	if err != nil {
		return fmt.Errorf("open identity: %w", err)
	}
	if a.t, err = keyceremony.New(a.def, a.x.ID, a.x.Key(body.Signing), shares); err != nil {
		return refused(err)
	}
	if a.view.Key() != nil { // nobody will ask for the dealing any more
		return a.x.Remove(stateDealing)
	}
	state, ok, err := a.x.Load(stateDealing, a.id)
	if err != nil || !ok {
		return err
	}
	if err := a.t.Resume(state); err != nil {
		return fmt.Errorf("%s.age in %s: %w", stateDealing, a.x.Dir(), err)
	}
	return nil
}

// hold takes back the share that was kept.
func (a *trusteeAt) hold() error {
	b, ok, err := a.x.Load(stateShare, a.id)
	if err == nil && !ok {
		err = fmt.Errorf("there is no %s.age in %s: this trustee holds no share", stateShare, a.x.Dir())
	}
	var secret *threshold.Secret
	if err == nil {
		secret, err = threshold.DecodeSecret(b)
	}
	if err == nil {
		err = a.t.Hold(a.view, secret)
	}
	if err != nil {
		return refused(fmt.Errorf("%w. Restore the file from its copy. If the share is lost, say so: any %d of the other %d trustees can open without it, and nobody can make it anew",
			err, a.def.Quorum, len(a.def.Trustees)-1))
	}
	return nil
}

// toOut is where entry files go.
type toOut struct {
	Out string `help:"Folder for the entry files." default:"." placeholder:"DIR"`
}

func (o *toOut) path(name string) string { return filepath.Join(o.Out, name+".entry") }

// hand writes an entry file and prints its name.
func (o *toOut) hand(s *streams, name string, sub *record.Submission) error {
	path := o.path(name)
	written, err := body.WriteEntry(disk, path, sub)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, path)
	if !written {
		fmt.Fprintf(s.err, "%s was there already, the same to the byte.\n", path)
	}
	return nil
}

// done says that an act is on the record already.
func done(s *streams, what string, at body.Line) error {
	fmt.Fprintf(s.err, "%s is already on the record, at entry %d of headquarters' log.\n", what, at.Index)
	return nil
}
