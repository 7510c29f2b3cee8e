package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/training/intake"
)

type hqImportCmd struct {
	consoleDB
	File string `arg:"" help:"CSV file of people who are to be trained, UTF-8." placeholder:"FILE"`
	JSON bool   `name:"json" help:"Print what was taken, or every fault, as JSON."`
}

func (hqImportCmd) Help() string {
	return `Adds people who are to be trained, and their seats, as the console's page does; for
files of a million lines. The first line names the columns:
  national_number,name,role,province,county,district,mobile
All of the file is taken, or nothing: a file with a fault is refused, and every fault
is printed with its line. Ctrl-C breaks it off, and nothing of it stays. Exit status:
0 done, 1 the file has faults or was broken off, 2 bad usage or unreadable.

Example: sandogh hq import --dir HQ-CONSOLE people.csv`
}

// importJSON is what an import prints for programs.
type importJSON struct {
	Lines  int                `json:"lines"`
	Added  int                `json:"added"`
	Faults []intake.LineFault `json:"faults,omitempty"`
}

// faultWords say what is wrong with a line.
var faultWords = map[string]string{
	intake.BadHeader:  "the first line must be the names of the columns, in their order",
	intake.BadLine:    "it cannot be read: seven columns with commas, UTF-8",
	intake.BadNumber:  "this cannot be a national number",
	intake.SameNumber: "the same number is in line",
	intake.NoName:     "the name is missing or longer than 100 characters",
	intake.BadRole:    "there is no such role",
	intake.NoProvince: "there is no such province in the list of offices",
	intake.NoCounty:   "there is no such county in this province",
	intake.NoDistrict: "there is no such district in this county",
	intake.BadMobile:  "a mobile number has 11 digits and begins with 09",
	intake.OutOfReach: "this province is out of reach",
}

func (c *hqImportCmd) Run(ctx context.Context, s *streams) error {
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("import people: %w", err)
	}
	defer f.Close()
	db, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	who := office.Actor{Name: "hq import", Posts: []office.Post{{Role: office.HQ}}}
	began, told := time.Now(), -1
	lines, added, err := intake.Watch(ctx, db, began, who, f, func(share float64) {
		if percent := int(share * 100); s.terminal && percent != told {
			told = percent
			fmt.Fprintf(s.err, "\r%3d%%", percent)
		}
	})
	if told >= 0 {
		fmt.Fprint(s.err, "\r    \r")
	}
	var wrong *intake.ImportError
	switch {
	case errors.As(err, &wrong) && c.JSON:
		if err := printJSON(s.out, importJSON{Faults: wrong.Faults}); err != nil {
			return err
		}
		return refused(fmt.Errorf("import people: %s has %d faults: nothing was taken", c.File, len(wrong.Faults)))
	case errors.As(err, &wrong):
		for _, fault := range wrong.Faults {
			text := fmt.Sprintf("line %d: %s", fault.Line, faultWords[fault.Say])
			if fault.Field != "" {
				text = fmt.Sprintf("line %d: %s: %s", fault.Line, fault.Field, faultWords[fault.Say])
			}
			if fault.Other > 0 {
				text += fmt.Sprintf(" %d", fault.Other)
			}
			if _, err := fmt.Fprintln(s.out, text); err != nil {
				return err
			}
		}
		return refused(fmt.Errorf("import people: %s has %d faults: nothing was taken", c.File, len(wrong.Faults)))
	case errors.Is(err, context.Canceled):
		return refused(fmt.Errorf("import people: broken off: nothing was taken: %w", err))
	case err != nil:
		return err
	}
	if c.JSON {
		return printJSON(s.out, importJSON{Lines: lines, Added: added})
	}
	_, err = fmt.Fprintf(s.out, "%d lines, %d new people, %v\n", lines, added, time.Since(began).Round(100*time.Millisecond))
	return err
}
