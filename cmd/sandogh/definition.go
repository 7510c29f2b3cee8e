package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/encrypt"
	"github.com/sandogh/sandogh/spec"
)

type definitionCmd struct {
	Check  definitionCheckCmd  `cmd:"" help:"Check a definition and print its election id."`
	Build  definitionBuildCmd  `cmd:"" help:"Make the definition of a county from its places, candidates and branches."`
	Bodies definitionBodiesCmd `cmd:"" help:"Put the cards of the bodies together for build."`
}

type definitionCheckCmd struct {
	File string `arg:"" help:"The definition (JSON)." placeholder:"FILE"`
	JSON bool   `name:"json" help:"Print the outcome as JSON."`
}

func (definitionCheckCmd) Help() string {
	return `Reads a definition strictly and lists every fault with its path; a valid one
gets its election id. Exit status: 0 valid, 1 faulty, 2 unreadable.

Example: sandogh definition check spec/examples/definition.json`
}

func (c *definitionCheckCmd) Run(s *streams) error {
	data, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("check definition: %w", err)
	}
	type fault struct {
		Path string `json:"path"`
		Text string `json:"text"`
	}
	out := struct {
		Valid    bool    `json:"valid"`
		Election string  `json:"election,omitempty"`
		Faults   []fault `json:"faults"`
	}{Faults: []fault{}}
	d, err := election.Parse(data)
	var faults *election.Faults
	switch {
	case errors.As(err, &faults):
		for _, f := range *faults {
			out.Faults = append(out.Faults, fault{f.Path, f.Text})
		}
	case err != nil:
		return fmt.Errorf("check %s: %w", c.File, err)
	default:
		for _, style := range d.Styles() {
			if err := encrypt.CheckStyle(style); err != nil {
				out.Faults = append(out.Faults, fault{"contests", err.Error() + ": spread them over several polling days"})
			}
		}
		if len(out.Faults) == 0 {
			out.Valid, out.Election = true, fmt.Sprintf("%x", d.ID())
		}
	}
	if c.JSON {
		b, err := json.MarshalIndent(out, "", " ")
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s\n", b)
	} else if out.Valid {
		fmt.Fprintf(s.out, "%s\n", out.Election)
		fmt.Fprintf(s.err, "%s is a valid definition of “%s”: %d contests, %d branches, %d of %d trustees open.\n",
			c.File, d.Name, len(d.Contests), len(d.Branches), d.Quorum, len(d.Trustees))
	}
	if !out.Valid {
		var text strings.Builder
		for _, f := range out.Faults {
			fmt.Fprintf(&text, "\n  %s: %s", f.Path, f.Text)
		}
		return refused(fmt.Errorf("faults in %s: %d%s", c.File, len(out.Faults), text.String()))
	}
	return nil
}

type schemaCmd struct {
	Name string `arg:"" help:"Name of the schema, such as definition."`
}

func (schemaCmd) Help() string { return "Example: sandogh schema definition > definition.schema.json" }

func (c *schemaCmd) Run(s *streams) error {
	b, err := spec.Schemas.ReadFile(path.Join("schemas", c.Name+".json"))
	if err == nil {
		_, err = s.out.Write(b)
		return err
	}
	files, err := fs.Glob(spec.Schemas, "schemas/*.json")
	if err != nil {
		return err
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(path.Base(f), ".json"))
	}
	slices.Sort(names)
	return fmt.Errorf("there is no schema %q: the schemas are %s", c.Name, strings.Join(names, ", "))
}
