package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/site"
	"github.com/sandogh/sandogh/internal/site/assets"
	"github.com/sandogh/sandogh/internal/site/country"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

type siteCmd struct {
	Build siteBuildCmd `cmd:"" help:"Write the public site as files that any web server carries."`
	Serve siteServeCmd `cmd:"" help:"Serve the public site, and refresh it while the record grows."`
	Wasm  siteWasmCmd  `cmd:"" help:"Build the verifier for browsers."`
	Sign  siteSignCmd  `cmd:"" help:"Sign, as an office, what the site shows besides the record."`
}

// siteOf says what a site is made from.
type siteOf struct {
	siteVerifier
	Record    string `help:"Folder, zip file or address of the published record." placeholder:"RECORD"`
	Election  string `help:"Expected election id, from a source other than the record." placeholder:"HEX"`
	Assets    string `help:"Folder with photographs, scanned minutes and turnout, in a list that an office has signed (sandogh site sign)." placeholder:"DIR"`
	NotBefore string `help:"The lawful moment of results: before it no number of votes is shown." placeholder:"2026-05-01T22:00:00+03:30"`
	Address   string `help:"Address of the site, for feeds and pages to embed." placeholder:"https://results.example"`
	Public    string `help:"Address of the record for readers who verify it." placeholder:"https://record.example"`
	Practice  string `help:"Address of a terminal to practise with, or none. Without this, site serve has one of its own." placeholder:"URL"`
	Country   uint64 `help:"Instead of a record, invent a whole country with simulated totals from this seed." placeholder:"SEED"`
}

// siteSource is a record, or an invented country, that a site is made from again
// and again.
type siteSource struct {
	siteOf
	streams   *streams
	expected  *[32]byte
	notBefore time.Time
	facts     *source.Facts
	remote    bool
}

func (c *siteOf) open(s *streams) (*siteSource, error) {
	out := &siteSource{siteOf: *c, streams: s, facts: &source.Facts{}, remote: isAddress(c.Record)}
	var err error
	if out.expected, err = parseElection(c.Election); err != nil {
		return nil, err
	}
	if c.NotBefore != "" {
		if out.notBefore, err = time.Parse(time.RFC3339, c.NotBefore); err != nil {
			return nil, fmt.Errorf("--not-before %q: give a moment such as 2026-05-01T22:00:00+03:30", c.NotBefore)
		}
	}
	if c.Practice == "none" {
		out.Practice = ""
	}
	switch {
	case c.Record == "" && c.Country == 0:
		return nil, errors.New("--record RECORD is needed: what is the site to show?")
	case c.Record != "" && c.Country != 0:
		return nil, errors.New("--country stands instead of --record")
	case c.Country != 0 && c.Assets != "":
		return nil, errors.New("--assets goes with --record: nobody has signed anything for an invented country")
	}
	return out, nil
}

// read verifies the record as it stands now. What comes with it is closed when the
// next state is shown.
func (c *siteSource) read(ctx context.Context, progress func(stage string, done, total int)) (site.Config, io.Closer, error) {
	now := time.Now()
	cfg := site.Config{Withheld: now.Before(c.notBefore), Address: strings.TrimRight(c.Address, "/"), Public: c.Public, Practice: c.Practice, Now: now}
	if c.Country != 0 {
		x := country.New(c.Country, country.Full)
		n := len(x.Definition.Contests)
		cfg.Invented = x.At(country.State{Closed: n, Opened: n, Certified: n - n/10})
		return cfg, nil, nil
	}
	fsys, err := openRecord(ctx, c.Record)
	if err != nil {
		return cfg, nil, err
	}
	closer, _ := fsys.(io.Closer)
	cfg.Record = fsys
	cfg.Report, cfg.View = verify.Record(ctx, fsys, verify.Options{Election: c.expected, Facts: c.facts, Progress: progress})
	if err := ctx.Err(); err != nil {
		return cfg, closer, err
	}
	if err := c.join(ctx, c.streams, &cfg); err != nil {
		return cfg, closer, err
	}
	if c.Assets != "" && cfg.View != nil {
		if cfg.Assets, err = assets.Read(os.DirFS(c.Assets), cfg.View.Definition(), cfg.View.Election()); err != nil {
			return cfg, closer, refused(err)
		}
	}
	return cfg, closer, nil
}

// mark changes when headquarters' log does.
func (c *siteSource) mark(ctx context.Context) string {
	if c.Country != 0 {
		return "country"
	}
	fsys, err := openRecord(ctx, c.Record)
	if err != nil {
		return "unreadable"
	}
	if x, ok := fsys.(io.Closer); ok {
		defer x.Close()
	}
	head, err := fs.ReadFile(fsys, "hq/checkpoint")
	if err != nil {
		return "unreadable"
	}
	late := ""
	if time.Now().Before(c.notBefore) {
		late = "withheld"
	}
	return string(head) + late
}

// told says in a line what a site is of.
func told(cfg site.Config) string {
	if cfg.Invented != nil {
		return "an invented country (SIMULATED)"
	}
	check, f, found := cfg.Report.First()
	if !found {
		return fmt.Sprintf("the record of election %s: %s, %s", cfg.Report.Election, cfg.Report.Status, cfg.Report.Phase)
	}
	return fmt.Sprintf("a record that is %s: %s (%s): %s", cfg.Report.Status, check.ID, check.Title, f)
}

type siteBuildCmd struct {
	siteOf
	Out   string        `required:"" help:"Folder of the site: new, empty, or of an earlier build." placeholder:"SITE"`
	Watch time.Duration `help:"Stay, look at the record so often, and write what has changed." placeholder:"10s"`
	JSON  bool          `name:"json" help:"Print what was written as JSON."`
}

func (siteBuildCmd) Help() string {
	return `Verifies the record and writes the site: pages in Persian and English, tables as
CSV and JSON, NIST ERR reports, feeds. A file is written only if it differs. A
record that does not verify gives a site that says so, in red, without a result;
the exit status is then 1 (refuted) or 2 (unknown).

Example: sandogh site build --record HQ/record --election 5f1c… --out /srv/site --assets assets
         sandogh site build --country 1 --out country`
}

func (c *siteBuildCmd) Run(ctx context.Context, s *streams) error {
	from, err := c.open(s)
	if err != nil {
		return err
	}
	b, err := site.NewBuilder(c.Out)
	if err != nil {
		return err
	}
	defer b.Close()
	last := ""
	large := time.Now() // when the large files were looked at
	for {
		mark := from.mark(ctx)
		grown := mark != last
		if grown {
			err = c.build(ctx, s, from, b)
			var known *status
			if err != nil && !errors.As(err, &known) {
				return err
			}
			last = mark
		}
		if c.Watch == 0 || !grown || err != nil || time.Since(large) > 10*time.Minute {
			if fault := b.BuildLarge(); fault != nil {
				return fault
			}
			large = time.Now()
		}
		if c.Watch == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(c.Watch):
		}
	}
}

func (c *siteBuildCmd) build(ctx context.Context, s *streams, from *siteSource, b *site.Builder) error {
	bar := newBar(s)
	cfg, closer, err := from.read(ctx, bar.set)
	if closer != nil {
		defer closer.Close()
	}
	if err != nil {
		bar.done()
		return err
	}
	begin := time.Now()
	stats, err := b.Build(cfg, func(done, total int) { bar.set("site", done, total) })
	bar.done()
	if err != nil {
		return err
	}
	took := time.Since(begin)
	fmt.Fprintf(s.err, "%s shows %s.\n%d files, %d written, %d removed, %.1f MB, in %.1f s.\n", c.Out, told(cfg), stats.Files, stats.Written, stats.Removed,
		float64(stats.Bytes)/1e6, took.Seconds())
	if c.JSON {
		if err := printJSON(s.out, map[string]any{"files": stats.Files, "written": stats.Written, "removed": stats.Removed, "bytes": stats.Bytes, "seconds": took.Seconds()}); err != nil {
			return err
		}
	}
	if cfg.Report != nil && cfg.Report.Status != report.Verified {
		return reportStatus(cfg.Report)
	}
	return nil
}

type siteSignCmd struct {
	own
	Assets   string `arg:"" help:"Folder with assets.json." placeholder:"DIR"`
	Election string `required:"" help:"Election id." placeholder:"HEX"`
	Collect  bool   `help:"First write assets.json from the files in the folders photo, turnout, agents and minutes/BRANCH."`
}

func (siteSignCmd) Help() string {
	return `Signs DIR/assets.json, the list of what the site shows besides the record, with
the key of an office of the election's definition, into DIR/assets.sig. With
--collect the list is made from the files in DIR/photo, DIR/turnout, DIR/agents
and DIR/minutes/BRANCH.

Example: sandogh site sign assets --dir hq --election 5f1c… --collect`
}

func (c *siteSignCmd) Run(s *streams) error {
	id, err := parseElection(c.Election)
	if err != nil {
		return err
	}
	x, err := c.own.open(body.Office)
	if err != nil {
		return err
	}
	name := filepath.Join(c.Assets, assets.ListName)
	if c.Collect {
		list, err := assets.Collect(os.DirFS(c.Assets), *id)
		if err != nil {
			return err
		}
		if err := durable.WriteFile(name, list, 0o644); err != nil {
			return err
		}
	}
	list, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("sign assets: %w: make the list, or give --collect", err)
	}
	signature := assets.Sign(*id, list, x.ID, x.Key(body.Signing))
	if err := durable.WriteFile(filepath.Join(c.Assets, assets.SignatureName), signature, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(s.err, "Office %s has signed %s for election %x.\n", x.ID, name, *id)
	return nil
}
