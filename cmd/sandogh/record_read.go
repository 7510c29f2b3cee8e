package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// fromRecord is the record that a body reads, and the election it is to be of.
type fromRecord struct {
	Record   string `arg:"" help:"Folder, zip file or address of the published record." placeholder:"RECORD"`
	Election string `help:"Expected election id: the hash of the ceremony's one file, from a source other than the record." placeholder:"HEX"`

	correcting bool // go on from a record that a correction puts right
}

// seen is a record that a body has verified itself.
type seen struct {
	view   *verify.View
	def    *election.Definition
	id     [32]byte
	ledger *body.Ledger
	close  func()
}

// read verifies the record and prints first what it is the record of. A body
// shares no verification with another.
func (f *fromRecord) read(ctx context.Context, s *streams) (*seen, error) {
	expected, err := parseElection(f.Election)
	if err != nil {
		return nil, err
	}
	fsys, err := openRecord(ctx, f.Record)
	if err != nil {
		return nil, err
	}
	out := &seen{close: func() {
		if c, ok := fsys.(io.Closer); ok {
			c.Close()
		}
	}}
	if err := out.verify(ctx, s, fsys, expected, f.correcting); err != nil {
		out.close()
		return nil, err
	}
	return out, nil
}

func (o *seen) verify(ctx context.Context, s *streams, fsys fs.FS, expected *[32]byte, correcting bool) error {
	b := newBar(s)
	rep, view := verify.Record(ctx, fsys, verify.Options{Election: expected, Progress: b.set})
	b.done()
	if rep.Election != "" {
		if expected != nil {
			fmt.Fprintf(s.err, "Election %s, compared with the one expected.\n", rep.Election)
		} else {
			fmt.Fprintf(s.err, "Election %s, NOT COMPARED: give the id that you know from elsewhere with --election.\n", rep.Election)
		}
	}
	if check, f, found := rep.First(); found && correcting && view != nil && view.Correctable() == nil {
		fmt.Fprintf(s.err, "THE RECORD IS %s, and a correction can put it right: %s: %s\n", strings.ToUpper(string(rep.Status)), check.ID, f)
	} else if found || view == nil {
		err := fmt.Errorf("the record is %s: %s (%s): %s", rep.Status, check.ID, check.Title, f)
		if rep.Status == report.Refuted {
			return refused(err)
		}
		return err
	}
	o.view, o.def, o.id = view, view.Definition(), view.Election()
	var err error
	o.ledger, err = body.ReadLedger(fsys, o.def)
	return err
}

// parseElection reads an election id, or nothing.
func parseElection(text string) (*[32]byte, error) {
	if text == "" {
		return nil, nil
	}
	id, err := hex.DecodeString(text)
	if err != nil || len(id) != 32 {
		return nil, fmt.Errorf("--election %q: an election id is 64 hex digits", text)
	}
	return (*[32]byte)(id), nil
}

// chosen returns the contests that a command is about: the one named, or all.
func (o *seen) chosen(contest string) ([]string, error) {
	if contest != "" {
		if _, ok := o.def.Contest(contest); !ok {
			return nil, fmt.Errorf("--contest %q: the definition has no such contest", contest)
		}
		return []string{contest}, nil
	}
	var ids []string
	for i := range o.def.Contests {
		ids = append(ids, o.def.Contests[i].ID)
	}
	return ids, nil
}
