package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/rehearsal"
	"github.com/sandogh/sandogh/internal/sequencer"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/record"
)

type branchCmd struct {
	Init     branchInitCmd     `cmd:"" help:"Make the keys of a branch, its officers and devices, and its card."`
	Officer  branchOfficerCmd  `cmd:"" help:"Make the own key of an officer, and its card."`
	Serve    branchServeCmd    `cmd:"" help:"Serve a branch on polling day: officers, desks and terminals."`
	Simulate branchSimulateCmd `cmd:"" help:"Hold a simulated polling day, in a practice election alone."`
	Demo     branchDemoCmd     `cmd:"" help:"Start a simulated branch with two terminals."`
	Publish  branchPublishCmd  `cmd:"" help:"Publish the log of the closed branch, with the witnesses' cosignatures."`
	Push     branchPushCmd     `cmd:"" help:"Send the published log to headquarters."`
	Cards    branchCardsCmd    `cmd:"" help:"Make the stack of activation cards, to be printed."`
}

const branchExample = `

The whole way of a simulated branch (RECORD is a folder, a zip file or an
address):
  sandogh branch init --dir b1 --id 101 --officer 101-head --officer 101-supervisor --device 101-d1
  sandogh branch simulate RECORD --dir b1 --election HEX --voters 60 --seed 7
  sandogh branch publish RECORD --dir b1 --election HEX --out b1/published --witness w1=https://w1.example
The folder b1/published goes to headquarters: sandogh hq take-in.
Exit status: 0 done, 1 refused or not published, 2 bad usage or unreadable.`

type branchInitCmd struct {
	making
	ID      string   `required:"" name:"id" help:"Id of the branch." placeholder:"ID"`
	Officer []string `help:"For practice: id of an officer whose key is kept here too; two, of two granting offices." placeholder:"ID"`
	Device  []string `help:"For practice: id of a voting device whose key is kept here too; repeat for more." placeholder:"ID"`
}

func (branchInitCmd) Help() string {
	return `Draws the key of the branch's log, writes it to DIR/identity.age, encrypted with a
passphrase, and the card beside it: its log_key goes into the table of the
branches. Officers and devices have keys of their own (sandogh branch officer,
sandogh terminal init); those named here are for branch simulate, which plays them
all.` + branchExample
}

func (c *branchInitCmd) Run(s *streams) error {
	if len(c.Officer) != 0 && (len(c.Officer) != 2 || c.Officer[0] == c.Officer[1]) {
		return errors.New("a branch has two officers: give --officer twice, or not at all")
	}
	keys := []string{body.Log}
	for _, id := range c.Officer {
		keys = append(keys, "officer/"+id)
	}
	for _, id := range c.Device {
		keys = append(keys, "device/"+id)
	}
	for _, k := range keys[1:] {
		if _, id, _ := strings.Cut(k, "/"); !election.ValidID(id) {
			return fmt.Errorf("%s: an id has 1 to 32 letters, digits and hyphens", k)
		}
	}
	x, err := body.New(body.Branch, c.ID, keys...)
	if err != nil {
		return err
	}
	return c.create(x, s)
}

// branchStep are the flags of a branch's commands on a record.
type branchStep struct {
	fromRecord
	own
}

// begin opens the identity and verifies the record.
func (c *branchStep) begin(ctx context.Context, s *streams) (*body.Identity, *seen, error) {
	x, err := c.open(body.Branch)
	if err != nil {
		return nil, nil, err
	}
	o, err := c.read(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	if at, ok := o.def.Branch(x.ID); !ok || at.LogKey != x.Public(body.Log) {
		o.close()
		return nil, nil, refused(fmt.Errorf("the definition has no branch %s with the log_key of %s", x.ID, c.Dir))
	}
	return x, o, nil
}

func (c *branchStep) logDir() string { return filepath.Join(c.Dir, "log") }

type branchSimulateCmd struct {
	branchStep
	Voters int    `required:"" help:"How many voters to invent." placeholder:"N"`
	Seed   uint64 `required:"" help:"Seed of what they choose." placeholder:"S"`
}

func (branchSimulateCmd) Help() string {
	return `Opens the branch, invents voters who seal ballots with simulated devices (some
take another card, some challenge), and closes it. SIMULATED: a definition that
is not marked as practice is refused.` + branchExample
}

func (c *branchSimulateCmd) Run(ctx context.Context, s *streams) error {
	x, o, err := c.begin(ctx, s)
	if err != nil {
		return err
	}
	defer o.close()
	if !o.def.Practice {
		return refused(fmt.Errorf("election %x is not marked as practice: nobody's votes are invented in it", o.id))
	}
	if o.view.Key() == nil {
		return refused(errors.New("there is no election key on the record yet"))
	}
	at, _ := o.def.Branch(x.ID)
	if c.Voters < 0 || c.Voters > at.Electorate {
		return fmt.Errorf("--voters %d: branch %s has %d voters", c.Voters, x.ID, at.Electorate)
	}
	style, err := o.def.StyleOf(x.ID)
	if err != nil {
		return err
	}
	done := 0
	b := newBar(s)
	p := rehearsal.Polling{Dir: c.Dir, Definition: o.def, Key: o.view.Key(), Branch: x.ID, LogKey: x.Key(body.Log), Roster: station.RosterOf(o.ledger, x.ID),
		Voters: simulate.Voters(c.Seed, x.ID, style, c.Voters), Seed: [2]uint64{c.Seed, 0},
		Voted: func() { done++; b.set("SIMULATED voting", done, c.Voters) }}
	officers := 0
	for _, name := range x.Keys() {
		what, id, _ := strings.Cut(name, "/")
		if what != record.GrantOfficer && what != record.GrantDevice {
			continue
		}
		if _, ok := body.Find(o.ledger, func(g *record.Grant) bool { return g.What == what && g.ID == id && g.Branch == x.ID }); !ok {
			return refused(fmt.Errorf("%s %s is not granted on the record: sandogh office grant", what, id))
		}
		signer := record.Signer{By: name, Key: x.Key(name)}
		if what == record.GrantDevice {
			p.Devices = append(p.Devices, signer)
		} else if officers < len(p.Officers) {
			p.Officers[officers] = signer
			officers++
		}
	}
	if officers < len(p.Officers) || len(p.Devices) == 0 {
		b.done()
		return refused(fmt.Errorf("%s holds no keys of two officers and a device: branch init makes them with --officer and --device, for practice", c.Dir))
	}
	v, err := p.Run(ctx, nil)
	b.done()
	if err != nil {
		return refused(err)
	}
	fmt.Fprintf(s.out, "SIMULATED branch %s: %d voters, %d ballots cast, %d spoiled, %d challenged; it has closed\n", x.ID, v.Voters, v.Cast, v.Spoiled, v.Challenged)
	return nil
}

type branchPublishCmd struct {
	branchStep
	Out     string            `required:"" help:"Folder for the published log." placeholder:"FOLDER"`
	Witness map[string]string `help:"Where a witness is reached: its address, or a folder that somebody carries to it. Repeat for each." placeholder:"NAME=URL|FOLDER" mapsep:"none"`
}

func (branchPublishCmd) Help() string {
	return `Has the log of the closed branch cosigned and writes its published form, if as
many witnesses have cosigned as the definition wants. For a witness behind a
folder, of which each log has its own, it says which file to carry to it and
where to put the answer; then run it again.` + branchExample
}

func (c *branchPublishCmd) Run(ctx context.Context, s *streams) (err error) {
	x, o, err := c.begin(ctx, s)
	if err != nil {
		return err
	}
	defer o.close()
	witnesses, err := cosigners(o.def, c.Witness)
	if err != nil {
		return err
	}
	key, origin := x.Key(body.Log), election.BranchOrigin(o.id, x.ID)
	signer, err := sequencer.NewSigner(origin, key)
	if err != nil {
		return err
	}
	log, err := sequencer.Open(ctx, c.logDir(), signer, x.Public(body.Log).Ed25519(), sequencer.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close(ctx)) }()
	if err := closed(ctx, log); err != nil {
		return refused(fmt.Errorf("publish branch %s: %w", x.ID, err))
	}
	missing, err := body.Publish(ctx, log, c.Out, o.def, origin, x.Public(body.Log).Ed25519(), witnesses, nil)
	var few *body.QuorumError
	if errors.As(err, &few) {
		missing = few.Missing
	}
	tellMissing(s, missing)
	if few != nil {
		return refused(fmt.Errorf("branch %s is not published yet: %d of %d witnesses have cosigned; run this again then", x.ID, few.Have, few.Quorum))
	}
	if err != nil {
		return err
	}
	simulated := ""
	if o.def.Practice {
		simulated = "SIMULATED, "
	}
	fmt.Fprintf(s.out, "%sbranch %s: published in %s\n", simulated, x.ID, c.Out)
	return nil
}

// closed refuses a log whose last entry does not close the branch.
func closed(ctx context.Context, log *sequencer.Log) error {
	read, err := log.Read(ctx)
	if err != nil {
		return err
	}
	last := false
	faults, err := read.Scan(func(e board.Entry) error {
		entry, err := record.Decode(e.Data)
		if err != nil {
			return err
		}
		_, last = entry.Body.(*record.Close)
		return nil
	})
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return fmt.Errorf("its log is damaged: %s", faults[0].Text)
	}
	if !last {
		return errors.New("it has not closed")
	}
	return nil
}
