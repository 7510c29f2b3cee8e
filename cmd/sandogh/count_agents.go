package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/sandogh/sandogh/internal/site/agents"
	"github.com/sandogh/sandogh/verify"
)

type countAgentsCmd struct {
	fromRecord
	File string `arg:"" help:"Agents' counts (CSV); - is standard input." placeholder:"COUNTS.csv"`
	JSON bool   `name:"json" help:"Print the comparison as JSON."`
}

func (countAgentsCmd) Help() string {
	return `Compares what agents counted in branches with what the units of the record open
to, after verifying the record. The file is a CSV with the line
branch,contest,candidate,votes and ids as in the definition; selections left
blank are called blank and may be left out. Branches that were merged into one
unit are compared by their sum, and it is said so. Exit status: 0 all that could
be compared is equal, 1 something differs or the record is refuted, 2 a line is
faulty, a number is lacking, or something could not be read.

Example: sandogh count agents record counts.csv --election 5f1c…`
}

func (c *countAgentsCmd) Run(ctx context.Context, s *streams) error {
	in := os.Stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return fmt.Errorf("count agents: %w", err)
		}
		defer f.Close()
		in = f
	}
	x, err := c.read(ctx, s)
	if err != nil {
		return err
	}
	defer x.close()
	out, err := agents.Compare(in, x.def, unitsOf(x.view))
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if c.JSON {
		if err := printJSON(s.out, out); err != nil {
			return err
		}
	} else {
		printComparison(s, out)
	}
	for _, f := range out.Faults {
		fmt.Fprintf(s.err, "%s: %s\n", c.File, f)
	}
	if out.More > 0 {
		fmt.Fprintf(s.err, "%s: and %d more faults\n", c.File, out.More)
	}
	switch {
	case out.Count(agents.Differs) > 0:
		return &status{code: 1}
	case len(out.Faults) > 0 || out.Count(agents.Lacking)+out.Count(agents.Closed) > 0 || len(out.Rows) == 0:
		return &status{code: 2}
	}
	return nil
}

// unitsOf returns the units of a verified record.
func unitsOf(v *verify.View) []agents.Unit {
	var out []agents.Unit
	for _, c := range v.Definition().Contests {
		units, err := v.Units(c.ID)
		if err != nil {
			continue // not fixed yet
		}
		for _, u := range units {
			x := agents.Unit{Contest: c.ID, ID: u.ID, Branches: u.Branches}
			if counts, _, err := v.Opened(c.ID, u.ID); err == nil {
				x.Opened, x.Votes = true, counts[:c.N()]
				for _, n := range counts[c.N():] {
					x.Blank += n
				}
			}
			out = append(out, x)
		}
	}
	return out
}

func printComparison(s *streams, c *agents.Comparison) {
	merged := false
	for _, r := range c.Rows {
		if r.Outcome == agents.Equal {
			continue
		}
		where := fmt.Sprintf("contest %s, unit %s", r.Contest, r.Unit)
		if len(r.Branches) > 1 {
			merged = true
			where += " (branches " + strings.Join(r.Branches, ", ") + ", merged)"
		}
		switch r.Outcome {
		case agents.Differs:
			fmt.Fprintf(s.out, "DIFFERS  %s, %s: agents %d, record %d (%+d)\n", where, r.Candidate, r.Agents, r.Record, r.Difference())
		case agents.Lacking:
			fmt.Fprintf(s.out, "LACKING  %s, %s: the file says nothing of %s\n", where, r.Candidate, strings.Join(r.Without, ", "))
		default:
			fmt.Fprintf(s.out, "CLOSED   %s, %s: the record has not opened this unit\n", where, r.Candidate)
		}
	}
	fmt.Fprintf(s.out, "%d equal, %d different, %d lacking, %d not opened\n", c.Count(agents.Equal), c.Count(agents.Differs), c.Count(agents.Lacking), c.Count(agents.Closed))
	if merged {
		fmt.Fprintln(s.out, "Branches that were merged are compared as the unit that they are opened in.")
	}
}
