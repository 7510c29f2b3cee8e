package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sandogh/sandogh/crypto/shuffle"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

type shuffleCmd struct {
	Check  shuffleCheckCmd  `cmd:"" help:"Check a Verificatum proof directory of a shuffle."`
	Export shuffleExportCmd `cmd:"" help:"Write the shuffles of a unit as a Verificatum proof directory."`
}

type shuffleCheckCmd struct {
	Verificatum string `required:"" help:"Folder with protInfo.xml and shuffle/." placeholder:"DIR"`
	JSON        bool   `name:"json" help:"Print the outcome as JSON."`
}

func (shuffleCheckCmd) Help() string {
	return `Checks every mixer's proof of shuffle as Verificatum 3.1.0 computes it, on
P-256. Exit status: 0 accepted, 1 refused, 2 unreadable.

Example: sandogh shuffle check --verificatum ../shared/vectors/verificatum/n10`
}

func (c *shuffleCheckCmd) Run(s *streams) error {
	if info, err := os.Stat(c.Verificatum); err != nil {
		return fmt.Errorf("check shuffle: %w", err)
	} else if !info.IsDir() {
		return fmt.Errorf("check shuffle: %s is not a folder: name the one that holds protInfo.xml and shuffle", c.Verificatum)
	}
	r, err := shuffle.CheckDirectory(os.DirFS(c.Verificatum))
	var unreadable *fs.PathError
	if errors.As(err, &unreadable) {
		return fmt.Errorf("check shuffle in %s: %w", c.Verificatum, err)
	}
	if c.JSON {
		out := struct {
			Accepted bool   `json:"accepted"`
			SID      string `json:"sid"`
			AuxSID   string `json:"auxsid"`
			Rows     int    `json:"rows"`
			Mixers   int    `json:"mixers"`
			Proofs   int    `json:"proofs"`
			Text     string `json:"text,omitempty"`
		}{err == nil, r.Session.SID, r.Session.AuxSID, r.Rows, r.Mixers, r.Proofs, ""}
		if err != nil {
			out.Text = err.Error()
		}
		b, err := json.MarshalIndent(out, "", " ")
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s\n", b)
	} else if err == nil {
		fmt.Fprintf(s.out, "accepted: %d proofs of %d mixers over %d ciphertexts, session %s.%s\n", r.Proofs, r.Mixers, r.Rows, r.Session.SID, r.Session.AuxSID)
	}
	if err != nil {
		return refused(fmt.Errorf("refused: %w", err))
	}
	return nil
}

type shuffleExportCmd struct {
	Record      string `arg:"" help:"Folder, zip file or address of the published record." placeholder:"RECORD"`
	Verificatum string `required:"" help:"Folder to write; must be empty or new." placeholder:"OUT"`
	Unit        string `required:"" help:"Id of the tally unit." placeholder:"U"`
	Contest     string `help:"Id of the contest; needed where there are several." placeholder:"C"`
}

func (shuffleExportCmd) Help() string {
	return `Verifies the record and writes all shuffles of one unit as one session of
Verificatum, its mixers as the parties in their order. Then Verificatum's own
verifier can check them:

  vmnv -shuffle -auxsid $(cat OUT/shuffle/auxsid) -a ram -v -e OUT/protInfo.xml OUT/shuffle

Exit status: 0 written, 1 the record is refuted, 2 there is nothing to export.

Example: sandogh shuffle export --verificatum out --unit 101 demo/record`
}

func (c *shuffleExportCmd) Run(ctx context.Context, s *streams) error {
	if files, err := os.ReadDir(c.Verificatum); err == nil && len(files) > 0 {
		return fmt.Errorf("export shuffle: the folder %s is not empty: name another one", c.Verificatum)
	}
	fsys, err := openRecord(ctx, c.Record)
	if err != nil {
		return err
	}
	if z, ok := fsys.(io.Closer); ok {
		defer z.Close()
	}
	b := newBar(s)
	rep, view := verify.Record(ctx, fsys, verify.Options{Progress: b.set})
	b.done()
	if check, f, found := rep.First(); found || view == nil {
		err := fmt.Errorf("export shuffle: the record is %s: %s (%s): %s", rep.Status, check.ID, check.Title, f)
		if rep.Status == report.Refuted {
			return refused(err)
		}
		return err
	}
	contest := c.Contest
	if def := view.Definition(); contest == "" {
		if len(def.Contests) != 1 {
			return fmt.Errorf("export shuffle: the election has %d contests: name one with --contest", len(def.Contests))
		}
		contest = def.Contests[0].ID
	}
	d, err := view.Proofs(contest, c.Unit)
	if err != nil {
		return fmt.Errorf("export shuffle: %w", err)
	}
	err = shuffle.ExportDirectory(d, func(name string, data []byte) error {
		path := filepath.Join(c.Verificatum, filepath.FromSlash(name))
		if err := durable.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return durable.WriteFile(path, data, 0o644)
	})
	if err != nil {
		return fmt.Errorf("export shuffle: %w", err)
	}
	fmt.Fprintf(s.err, "%s holds %d mixers' proofs over %d ciphertexts, session %s.%s.\n", c.Verificatum, len(d.Mixes), len(d.In), d.Session.SID, d.Session.AuxSID)
	return nil
}
