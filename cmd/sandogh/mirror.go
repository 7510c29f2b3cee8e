package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sandogh/sandogh/internal/mirror"
)

type mirrorCmd struct {
	Address  string `arg:"" help:"Address of the published record." placeholder:"URL"`
	Dir      string `arg:"" help:"Folder of the copy: new, or one to go on with." placeholder:"DIR"`
	Election string `help:"Expected election id, from a source other than the record." placeholder:"HEX"`
	Parallel int    `default:"8" help:"Requests at once, 1 to 64."`
	JSON     bool   `name:"json" help:"Print what was copied as JSON."`
}

func (mirrorCmd) Help() string {
	return `Copies a record over HTTP, comparing every file with the signed trees and with
the hash that names it. Interrupted in whatever way, the same command goes on;
run again later it brings what is new. It says "complete" only when everything
that the record names is there. Then verify the copy: copying is not verifying.
Exit status: 0 complete, 1 the server gives something else than what is signed,
2 something is missing or cannot be reached.

Example: sandogh mirror https://site.example/raw copy --election 5f1c…
         sandogh verify copy --election 5f1c…`
}

func (c *mirrorCmd) Run(ctx context.Context, s *streams) error {
	expected, err := parseElection(c.Election)
	if err != nil {
		return err
	}
	if c.Parallel < 1 || c.Parallel > 64 {
		return fmt.Errorf("--parallel %d: 1 to 64", c.Parallel)
	}
	bar := newBar(s)
	sum, err := mirror.Copy(ctx, c.Address, c.Dir, mirror.Options{Election: expected, Parallel: c.Parallel, Progress: bar.set})
	bar.done()
	var wrong *mirror.WrongError
	if errors.As(err, &wrong) {
		return refused(err)
	} else if err != nil {
		return fmt.Errorf("%w\nWhat was copied stays: the same command goes on", err)
	}
	if c.JSON {
		missing := append([]string{}, sum.Missing...)
		err := json.NewEncoder(s.out).Encode(map[string]any{"election": fmt.Sprintf("%x", sum.Election), "complete": sum.Complete(),
			"branches": sum.Branches, "blobs": sum.Blobs, "fetched": sum.Fetched, "missing": missing})
		if err != nil {
			return err
		}
	} else {
		state := "complete"
		if !sum.Complete() {
			state = "INCOMPLETE"
		}
		fmt.Fprintf(s.out, "%s: headquarters' log, %d logs of branches, %d blobs; %d bytes came\n", state, sum.Branches, sum.Blobs, sum.Fetched)
	}
	if !sum.Complete() {
		for i, m := range sum.Missing {
			if i == 10 {
				fmt.Fprintf(s.err, "… and %d more\n", len(sum.Missing)-i)
				break
			}
			fmt.Fprintf(s.err, "missing: %s\n", m)
		}
		return &status{code: 2}
	}
	fmt.Fprintf(s.err, "Now verify it: sandogh verify %s --election %x\n", c.Dir, sum.Election)
	if expected == nil {
		fmt.Fprintln(s.err, "The election id was NOT compared: take it from elsewhere, such as a newspaper.")
	}
	return nil
}
