package main

import (
	"archive/zip"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/sandogh/sandogh/internal/remote"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

type verifyCmd struct {
	Record   string `arg:"" help:"Folder, zip file or address of the published record." placeholder:"RECORD"`
	Election string `help:"Expected election id, from a source other than the record." placeholder:"HEX"`
	JSON     bool   `name:"json" help:"Print the report as JSON."`
}

func (verifyCmd) Help() string {
	return `Walks the numbered checks of spec/verify.md and says which pass, which fail and
what is missing, in every phase of an election. Exit status: 0 verified,
1 refuted, 2 could not tell.

Example: sandogh verify demo/record --election 5f1c…`
}

func (c *verifyCmd) Run(ctx context.Context, s *streams) error {
	var o verify.Options
	if c.Election != "" {
		id, err := hex.DecodeString(c.Election)
		if err != nil || len(id) != 32 {
			return fmt.Errorf("--election %q: an election id is 64 hex digits", c.Election)
		}
		e := [32]byte(id)
		o.Election = &e
	}
	fsys, err := openRecord(ctx, c.Record)
	if err != nil {
		return err
	}
	if z, ok := fsys.(io.Closer); ok {
		defer z.Close()
	}
	bar := newBar(s)
	o.Progress = bar.set
	rep, _ := verify.Record(ctx, fsys, o)
	bar.done()
	if c.JSON {
		fmt.Fprintf(s.out, "%s\n", rep.JSON())
	} else {
		printReport(s.out, rep)
	}
	return reportStatus(rep)
}

// openRecord opens the folder, the zip file or the address of a record. What it
// returns is closed if it can be.
func openRecord(ctx context.Context, path string) (fs.FS, error) {
	if isAddress(path) {
		return remote.Open(ctx, path, nil)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open record: %w: name the folder that holds hq, branch and blob", err)
	}
	if info.IsDir() {
		return os.DirFS(path), nil
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, fmt.Errorf("open record %s: %w: a record is a folder or a zip file", path, err)
	}
	// Whoever zips a folder often zips the folder itself.
	if inner, err := fs.Glob(z, "*/hq/checkpoint"); err == nil && len(inner) == 1 {
		if _, err := fs.Stat(z, "hq"); err != nil {
			sub, err := fs.Sub(z, strings.TrimSuffix(inner[0], "/hq/checkpoint"))
			return zipped{sub, z}, err
		}
	}
	return z, nil
}

// zipped is a folder of an open zip file.
type zipped struct {
	fs.FS
	io.Closer
}

func reportStatus(r *report.Report) error {
	switch r.Status {
	case report.Verified:
		return nil
	case report.Refuted:
		return &status{code: 1}
	}
	return &status{code: 2}
}

func printReport(w io.Writer, r *report.Report) {
	marks := map[report.State]string{report.Pass: "pass   ", report.Fail: "FAIL   ", report.NotDue: "not due", report.Missing: "MISSING"}
	for _, c := range r.Checks {
		fmt.Fprintf(w, "%s  %s  %s (%d read)\n", c.ID, marks[c.State], c.Title, c.Read)
		for i, f := range c.Findings {
			if i == 10 {
				fmt.Fprintf(w, "               … and %d more findings (--json lists them)\n", len(c.Findings)-i)
				break
			}
			fmt.Fprintf(w, "               %s\n", f)
		}
	}
	fmt.Fprintln(w)
	if r.Election == "" {
		fmt.Fprintln(w, "election: unknown")
	} else if r.Compared {
		fmt.Fprintf(w, "election: %s, compared with the one expected\n", r.Election)
	} else {
		fmt.Fprintf(w, "election: %s, NOT compared: give the id that you know from elsewhere with --election\n", r.Election)
	}
	fmt.Fprintf(w, "phase:    %s\n", r.Phase)
	switch r.Status {
	case report.Verified:
		fmt.Fprintf(w, "status:   verified by %d checks\n", r.Passed())
	case report.Refuted:
		fmt.Fprintln(w, "status:   REFUTED: this record does not stand")
	default:
		fmt.Fprintln(w, "status:   unknown: something that is due is missing or unreadable")
	}
}
