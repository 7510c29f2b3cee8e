package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/witness"
)

type witnessEvidenceCmd struct {
	File       string `arg:"" help:"The evidence (JSON, schema evidence)." placeholder:"FILE"`
	Definition string `help:"Definition of the election: confirms that the key is the log's." placeholder:"FILE"`
	Log        string `help:"Folder of the published log: holds what alone proves nothing against its hashes; needs --definition." placeholder:"DIR"`
	Out        string `help:"Where to write the evidence that --log gives." placeholder:"FILE"`
	JSON       bool   `name:"json" help:"Print the outcome as JSON."`
}

func (witnessEvidenceCmd) Help() string {
	return `Verifies evidence from nothing but the file and says what it proves, and of which
key. Whether that is the log's key, the definition tells. Two trees of one size
(fork), and two of which the larger begins otherwise (divergence), convict the
log. A smaller tree after a larger one (rollback) and a larger one without proof
(unproven) do not alone: --log holds them against the published log.
Exit status: 0 proved, 1 not proved, 2 unreadable.

Example:

    sandogh witness evidence w1/evidence/5f1c…-fork-09ab….json --definition definition.json`
}

// evidenceOut is what was found out about evidence.
type evidenceOut struct {
	Proved    bool   `json:"proved"`
	Kind      string `json:"kind"`
	Log       string `json:"log"`
	Key       string `json:"key"`
	Confirmed bool   `json:"confirmed"` // the key, by the definition
	Text      string `json:"text"`
}

func (c *witnessEvidenceCmd) Run(s *streams) error {
	if c.Log != "" && c.Definition == "" {
		return errors.New("--log needs --definition: it says who signs and cosigns the log")
	}
	if c.Out != "" && c.Log == "" {
		return errors.New("--out goes with --log")
	}
	data, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("read evidence: %w", err)
	}
	e, err := witness.ParseEvidence(data)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	var def *election.Definition
	if c.Definition != "" {
		defs, err := readDefinitions([]string{c.Definition})
		if err != nil {
			return err
		}
		def = defs[0]
	}
	out := evidenceOut{Kind: string(e.Kind), Log: e.Origin, Key: fmt.Sprintf("%x", []byte(e.LogKey))}
	e, err = c.judge(e, def, &out)
	if err != nil {
		return err
	}
	if c.Out != "" && out.Proved {
		data, err := e.Encode()
		if err == nil {
			err = durable.WriteFile(c.Out, data, 0o644)
		}
		if err != nil {
			return fmt.Errorf("write evidence: %w", err)
		}
	}
	if c.JSON {
		if err := printJSON(s.out, out); err != nil {
			return err
		}
	} else {
		verdict := "NOT PROVED"
		if out.Proved {
			verdict = "PROVED"
		}
		fmt.Fprintf(s.out, "%s (%s)\nlog: %s\nkey: %s\n%s\n", verdict, out.Kind, out.Log, out.Key, out.Text)
	}
	if def == nil {
		fmt.Fprintln(s.err, "The key was NOT compared with the log's: name the election's definition with --definition.")
	}
	if !out.Proved {
		return &status{code: 1}
	}
	return nil
}

// judge fills in what the evidence proves, and returns the evidence that does:
// it, or what the published log makes of it.
func (c *witnessEvidenceCmd) judge(e *witness.Evidence, def *election.Definition, out *evidenceOut) (*witness.Evidence, error) {
	if def != nil {
		key, ok := logsOf([]*election.Definition{def})[e.Origin]
		if !ok {
			out.Text = "The definition has no such log."
			return e, nil
		}
		if !bytes.Equal(key, e.LogKey) {
			out.Text = fmt.Sprintf("The key is not that of the log, which is %x: whoever holds it signed nothing as this log.", []byte(key))
			return e, nil
		}
		out.Confirmed = true
	}
	if err := e.Verify(); err != nil {
		out.Text = fmt.Sprintf("The evidence is not what it says: %v.", err)
		return e, nil
	}
	out.Proved, out.Text = e.Convicts(), e.Proves()
	if c.Log == "" || out.Proved {
		return e, nil
	}
	var witnesses []board.Witness
	for _, w := range def.Witnesses {
		witnesses = append(witnesses, board.Witness{Name: w.Name, Key: w.Key.Ed25519()})
	}
	log, err := board.Open(os.DirFS(c.Log), ".", e.Origin, e.LogKey, witnesses)
	if err != nil {
		return nil, err
	}
	found, err := e.Against(log)
	if err != nil {
		return nil, err
	}
	if found == nil {
		out.Text = "The published log begins with both trees: they do not contradict each other."
		return e, nil
	}
	if err := found.Verify(); err != nil {
		return nil, err
	}
	out.Proved, out.Kind, out.Text = true, string(found.Kind), found.Proves()
	return found, nil
}
