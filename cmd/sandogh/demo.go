package main

import (
	"context"
	"errors"

	"github.com/sandogh/sandogh/internal/demo"
)

type demoCmd struct {
	Dir       string `help:"Folder for the election; must be empty or new (default: a new temporary folder)." placeholder:"DIR"`
	Statement string `help:"Replay an official statement of votes (CSV) instead of the sample county." placeholder:"FILE.csv"`
	Seats     int    `help:"Seats of the statement's contest; also what a voter may choose."`
	Ballots   int    `help:"At most so many ballots in each branch (totals then no longer equal the file)."`
	Seed      uint64 `default:"${seed}" help:"Seed of the simulated voters' choices; keys are always fresh."`
	Lot       string `help:"Public seed with which ties that stay open are drawn by lot." placeholder:"SEED"`
	JSON      bool   `name:"json" help:"Print the outcome as JSON."`
	Serve     bool   `default:"true" negatable:"" help:"Serve the result afterwards."`
	Listen    string `help:"Where to serve (default: 127.0.0.1:8405, or any free port)." placeholder:"HOST:PORT"`
	Lang      string `enum:"en,fa" default:"en" help:"Language of the story: en or fa."`
}

func (demoCmd) Help() string {
	return `Runs a whole election in one process, with simulated voters and keys that are
thrown away: ceremony, branches, mixing, opening, count, certification. Then it
verifies the public record from nothing but the record.

Example: sandogh demo
Example: sandogh demo --statement council.csv --seats 4 --serve=false --json`
}

func (c *demoCmd) Run(ctx context.Context, s *streams) error {
	if c.Seats != 0 && c.Statement == "" {
		return errors.New("--seats goes with --statement")
	}
	b := newBar(s)
	o := demo.Options{Dir: c.Dir, Statement: c.Statement, Seats: c.Seats, Ballots: c.Ballots, Seed: c.Seed, Lot: c.Lot,
		Persian: c.Lang == "fa", Tell: s.err, Progress: b.set, Pause: b.done}
	if c.JSON {
		o.JSON = s.out
	}
	d, err := demo.Run(ctx, o)
	var wrong *demo.RefutedError
	if errors.As(err, &wrong) {
		return refused(err)
	}
	if err != nil || !c.Serve {
		return err
	}
	return d.Serve(ctx, c.Listen)
}
