package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sandogh/sandogh/internal/sample"
	"github.com/sandogh/sandogh/internal/training"
)

type hqSampleCmd struct {
	consoleDB
	Scale string `enum:"small,full" default:"small" help:"small: 124 counties and some 400 people; full: 457 counties, 39,000 places, 1.5 million executors, 20,000 training sessions, 5 million marks of attendance."`
}

func (hqSampleCmd) Help() string {
	return `Fills an empty console with a sample country: the real provinces, and people who
are simulated and marked so on every page. Exit status: 0 done, 1 there are
offices already, 2 bad usage or unreadable.

Example: sandogh hq sample --scale small --dir HQ-CONSOLE && sandogh hq serve --dir HQ-CONSOLE`
}

func (c *hqSampleCmd) Run(ctx context.Context, s *streams) error {
	db, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	scale := sample.Small
	if c.Scale == "full" {
		keys, err := training.LoadKeys(c.Dir)
		if err != nil {
			return err
		}
		scale = sample.Full.Certified(keys.Certificate)
	}
	began := time.Now()
	err = sample.Load(ctx, db, scale, began)
	if errors.Is(err, sample.ErrNotEmpty) {
		return refused(err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(s.err, "The sample country is loaded (%s, %v). Next: sandogh hq serve --dir %s\n", c.Scale, time.Since(began).Round(100*time.Millisecond), c.Dir)
	return nil
}
