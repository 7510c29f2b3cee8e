package site

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"time"

	"github.com/sandogh/sandogh/internal/site/assets"
	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/site/pages"
	"github.com/sandogh/sandogh/internal/site/publish"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/internal/site/server"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// Config is what the site shows.
type Config struct {
	Record fs.FS          // the published record, as it was verified
	Report *report.Report // of verify.Record over it
	View   *verify.View   // of the same call; nil if not even the definition can be read

	Invented *results.Election // instead of all of the above

	Assets   *assets.List // what is in no record, or nil
	Withheld bool         // the lawful moment of results has not come
	Address  string       // of the site, such as https://results.example; or empty
	Public   string       // address of the record for others; or empty
	Practice string       // address of a terminal to practise with; or empty

	// Now is when this state was seen, and History what an earlier site showed of a
	// contest; both may be missing, and then no times are shown.
	Now     time.Time
	History func(contest string) []results.Moment

	// Parts are made for each state, with what is shown and the frame of its pages.
	// The navigation leads to pages of package verifier, so one is of it.
	Parts []Part
}

// A Part makes a part of the site for one state.
type Part func(*results.Election, *frame.Frame) (frame.Part, error)

// state is a Config made ready.
type state struct {
	cfg      Config
	election *results.Election
	pages    *pages.Site
	parts    []frame.Part
}

// prepare makes a state; before is the one that it follows, or nil.
func prepare(cfg Config, served bool, before *state) (*state, error) {
	if cfg.Invented == nil && (cfg.Record == nil || cfg.Report == nil) {
		return nil, errors.New("make the site: a record and its report are needed")
	}
	s := &state{cfg: cfg, election: cfg.Invented}
	if s.election == nil {
		var err error
		if s.election, err = results.FromRecord(cfg.Record, cfg.Report, cfg.View, cfg.Withheld); err != nil {
			return nil, fmt.Errorf("make the site: %w", err)
		}
	}
	var old *pages.Site
	past := cfg.History
	if before != nil {
		old, past = before.pages, before.past
	}
	if past == nil {
		past = func(string) []results.Moment { return nil }
	}
	if !cfg.Now.IsZero() {
		s.election.Remember(past, cfg.Now)
	}
	var err error
	s.pages, err = pages.New(pages.Options{Election: s.election, Assets: cfg.Assets, Address: cfg.Address, Record: cfg.Public,
		Practice: cfg.Practice, Served: served}, old)
	if err != nil {
		return nil, err
	}
	for _, part := range cfg.Parts {
		p, err := part(s.election, s.pages.Frame)
		if err != nil {
			return nil, err
		}
		s.parts = append(s.parts, p)
	}
	return s, nil
}

func (s *state) past(contest string) []results.Moment {
	if c, ok := s.election.Contest(contest); ok {
		return c.History
	}
	return nil
}

// A Site answers requests. Refresh is for one goroutine at a time.
type Site struct {
	*server.Server
	now *state
}

// New returns the site of a record.
func New(cfg Config) (*Site, error) {
	s := &Site{Server: server.New()}
	return s, s.Refresh(cfg)
}

// Handler returns the site of a record that does not change.
func Handler(cfg Config) (http.Handler, error) { return New(cfg) }

// Refresh shows a later state of the same record. What does not differ is kept.
func (s *Site) Refresh(cfg Config) error {
	next, err := prepare(cfg, true, s.now)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	if cfg.Invented == nil {
		if err := next.handle(mux); err != nil {
			return err
		}
	}
	own := map[string]frame.File{}
	for _, p := range next.parts {
		if p.Files != nil {
			if err := p.Files(func(f frame.File) error { own[f.Path] = f; return nil }); err != nil {
				return fmt.Errorf("make the site: %w", err)
			}
		}
		if p.Handle != nil {
			p.Handle(mux)
		}
	}
	paths, all := []string(nil), true
	if s.now != nil {
		paths, all = next.changed(s.now)
	}
	s.Show(server.State{Site: next.pages, More: mux, Own: own}, paths, all)
	s.now = next
	return nil
}

// changed returns the pages that may differ from those of the state before.
func (s *state) changed(before *state) (paths []string, all bool) {
	if s.cfg.Assets.Fingerprint() != before.cfg.Assets.Fingerprint() {
		return nil, true
	}
	c := results.Changed(before.election, s.election)
	if c.None() {
		return nil, false
	}
	return s.pages.Affected(c)
}

// A Builder writes the files of a site into a folder.
type Builder struct {
	folder   *publish.Folder
	now      *state
	streamed *state // of which the large files are
}

// NewBuilder prepares a folder: a new one, an empty one, or that of an earlier
// build, whose moments are kept. Close it.
func NewBuilder(dir string) (*Builder, error) {
	f, err := publish.Open(dir)
	if err != nil {
		return nil, err
	}
	return &Builder{folder: f}, nil
}

// Close gives the folder free.
func (b *Builder) Close() error { return b.folder.Close() }

// Build writes a state of the site: all of it the first time, and then what may
// differ.
func (b *Builder) Build(cfg Config, progress func(done, total int)) (publish.Stats, error) {
	if cfg.History == nil {
		cfg.History = b.folder.History
	}
	next, err := prepare(cfg, false, b.now)
	if err != nil {
		return publish.Stats{}, err
	}
	var stats publish.Stats
	all := true
	var paths []string
	if b.now != nil {
		paths, all = next.changed(b.now)
	}
	if all || len(next.parts) > 0 {
		stats, err = b.folder.Build(next.pages, next.parts, progress)
	} else {
		stats, err = b.folder.Update(next.pages, paths)
	}
	if err == nil {
		b.now = next
	}
	return stats, err
}

// BuildLarge writes the files that are too large to be written again with every
// change, if they are of an earlier state than the one that was built last.
func (b *Builder) BuildLarge() error {
	if b.now == nil || b.now == b.streamed {
		return nil
	}
	for _, name := range b.now.pages.Streams() {
		if err := b.folder.Stream(name, func(w io.Writer) error { return b.now.pages.Stream(name, w) }); err != nil {
			return fmt.Errorf("build site: %w", err)
		}
	}
	b.streamed = b.now
	return nil
}
