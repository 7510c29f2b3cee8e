package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/site"
	"github.com/sandogh/sandogh/internal/site/lookup"
	"github.com/sandogh/sandogh/internal/site/verifier"
	"github.com/sandogh/sandogh/internal/site/wasm"
)

// siteVerifier says how readers check the record in their browsers.
type siteVerifier struct {
	Wasm  string `help:"Verifier for browsers: a file that sandogh site wasm has made; none does without. Without this it is built, if there is a go command and the source." placeholder:"FILE"`
	Carry bool   `help:"Make the record's files a part of the site, below /raw. Without this the web server is to serve the record there."`

	module *wasm.Module
	looked bool
	table  *lookup.Table
}

// load finds the verifier for browsers once.
func (c *siteVerifier) load(ctx context.Context, s *streams) (err error) {
	if c.looked || c.Wasm == "none" {
		return nil
	}
	if c.Wasm != "" {
		c.module, err = wasm.Read(c.Wasm)
	} else {
		fmt.Fprintln(s.err, "Building the verifier for browsers …")
		c.module, err = wasm.Build(ctx, ".")
		if errors.Is(err, wasm.ErrNoSource) {
			fmt.Fprintln(s.err, "The site will have no verifier for browsers: there is no go command, or not the source. Name one with --wasm, or say --wasm none.")
			err = nil
		}
	}
	if err != nil {
		return err
	}
	c.looked = true
	if c.module != nil {
		fmt.Fprintf(s.err, "The verifier for browsers has the SHA-256 %s.\n", c.module.Hash())
	}
	return nil
}

// join adds the pages on which readers check for themselves to what a site shows.
func (c *siteVerifier) join(ctx context.Context, s *streams, cfg *site.Config) error {
	if err := c.load(ctx, s); err != nil {
		return err
	}
	if c.table == nil && cfg.View != nil {
		c.table = lookup.New(cfg.View.Election(), cfg.View.Definition())
	}
	if c.table != nil {
		if err := c.table.Refresh(ctx, cfg.Record); err != nil {
			return err
		}
	}
	of := verifier.Config{Record: cfg.Record, Table: c.table, Module: c.module, Carry: c.Carry, Public: cfg.Public, Site: cfg.Address}
	cfg.Parts = append(cfg.Parts, of.Part)
	return nil
}

type siteWasmCmd struct {
	Source string `default:"." help:"Folder of the source of this program." placeholder:"DIR"`
	Out    string `arg:"" help:"File to write." placeholder:"FILE"`
}

func (siteWasmCmd) Help() string {
	return `Builds the verifier for browsers from the source of this program, with the script
of the Go distribution that starts it, into one file for sandogh site --wasm.
The same source and the same Go give the same bytes on every machine; the hash
that is printed is the one that pages show.

Example: sandogh site wasm verifier.zip
         sandogh site build --record HQ/record --out SITE --wasm verifier.zip`
}

func (c *siteWasmCmd) Run(ctx context.Context, s *streams) error {
	m, err := wasm.Build(ctx, c.Source)
	if err != nil {
		return err
	}
	b, err := m.Pack()
	if err != nil {
		return err
	}
	if err := durable.WriteFile(c.Out, b, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(s.err, "%s has %d bytes.\n", c.Out, len(b))
	fmt.Fprintln(s.out, m.Hash())
	return nil
}
