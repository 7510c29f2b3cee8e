package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/sandogh/sandogh/crypto/shuffle"
)

type shuffleCmd struct {
	Check shuffleCheckCmd `cmd:"" help:"Check a Verificatum proof directory of a shuffle."`
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
