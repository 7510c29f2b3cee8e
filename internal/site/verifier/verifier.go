package verifier

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/site/lookup"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/internal/site/wasm"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/verify/report"
)

//go:embed templates/*.html static/*.js
var files embed.FS

// Config is what the part is made from.
type Config struct {
	Election *results.Election
	Record   fs.FS         // the record, for answers of the server; nil if there is none
	Table    *lookup.Table // of its codes; nil if there is none
	Carry    bool          // the record's files are files of the site, below raw
	Public   string        // address of the record for commands; or empty
	Site     string        // address of the site, such as https://results.example, for commands; or empty
	Module   *wasm.Module  // nil if pages are to do without
	Frame    *frame.Frame
}

// raw is where the record lies for browsers: on the site itself, since its pages
// ask nobody else.
const raw = "/raw"

// maxCarried bounds a file of the record that the site carries. The verifier for
// browsers takes none that is larger.
const maxCarried = 64 << 20 // bytes

// listed is how many units the list to choose from has at most; of more, a page of
// a unit names the one that it is about.
const listed = 2000

// part is a Config made ready.
type part struct {
	Config
	pages *web.Pages
	given [2]*given // by language; nil without a module
	files []frame.File
	hash  string // of the WebAssembly
}

// given is what the script of a page is told.
type given struct {
	Lang     string            `json:"lang"`
	Record   string            `json:"record"`
	Election string            `json:"election"`
	Worker   string            `json:"worker"`
	Script   string            `json:"script"`
	Wasm     string            `json:"wasm"`
	Bytes    int               `json:"bytes"`
	Words    map[string]string `json:"words"`
	Checks   map[string]string `json:"checks"`

	KB      int    `json:"-"`
	Hash    string `json:"-"`
	Address string `json:"-"` // of the page's own script
}

// Part is New for what a site shows, in its frame.
func (c Config) Part(e *results.Election, f *frame.Frame) (frame.Part, error) {
	c.Election, c.Frame = e, f
	return New(c)
}

// New returns the part.
func New(cfg Config) (frame.Part, error) {
	if cfg.Election == nil || cfg.Frame == nil {
		return frame.Part{}, errors.New("make the verifier's pages: what the site shows is needed")
	}
	p := &part{Config: cfg}
	own, err := fs.Sub(files, "templates")
	if err == nil {
		p.pages, err = web.NewPages(own, words)
	}
	if err == nil && cfg.Module != nil {
		err = p.load()
	}
	if err != nil {
		return frame.Part{}, fmt.Errorf("make the verifier's pages: %w", err)
	}
	return frame.Part{Files: p.put, Handle: p.handle}, nil
}

// load makes the files that the browser computes with. Their names change with
// their content, so that no old one is kept.
func (p *part) load() error {
	p.hash = p.Module.Hash()
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(p.Module.Wasm); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	put := func(name, ending string, data []byte) string {
		h := sha256.Sum256(data)
		path := "verifier/" + name + "-" + hex.EncodeToString(h[:4]) + ending
		p.files = append(p.files, frame.File{Path: path, Data: data})
		return "/" + path
	}
	static := func(name string) ([]byte, error) { return files.ReadFile("static/" + name + ".js") }
	worker, err := static("worker")
	if err != nil {
		return err
	}
	script, err := static("check")
	if err != nil {
		return err
	}
	g := given{Record: raw, Election: p.Election.ID, Bytes: packed.Len(), KB: (packed.Len() + 1023) / 1024, Hash: p.hash,
		Wasm: put("verifier", ".wasm.gz", packed.Bytes()), Script: put("wasm_exec", ".js", p.Module.Script),
		Worker: put("worker", ".js", worker), Address: put("check", ".js", script)}
	for _, l := range web.Langs {
		one := g
		one.Lang, one.Words, one.Checks = l.Code(), map[string]string{}, map[string]string{}
		for key, t := range spoken {
			one.Words[key] = t[l]
		}
		for _, id := range report.IDs() {
			one.Checks[id] = p.must(l, id)
		}
		p.given[l] = &one
	}
	return nil
}

// must is the title of a check.
func (p *part) must(l web.Lang, id string) string {
	if l == web.English {
		return report.Title(id)
	}
	return p.pages.Say(l, "check."+id)
}

// put puts the files of the part.
func (p *part) put(put frame.Put) error {
	for _, l := range web.Langs {
		pages := []struct {
			name, title string
			computing   bool
			body        any
		}{
			{"code", "my.title", true, p.code(l)},
			{"check", "part.title", true, p.check(l)},
			{"verify", "verify.title", false, p.verify(l)},
			{"parties", "agents.title", false, p.parties(l)},
		}
		for _, x := range pages {
			b, err := p.html(l, x.name, x.title, x.computing, x.body)
			if err != nil {
				return err
			}
			if err := put(frame.File{Path: frame.FilePath(l, "/"+x.name+".html"), Data: b}); err != nil {
				return err
			}
		}
	}
	for _, f := range p.files {
		if err := put(f); err != nil {
			return err
		}
	}
	if p.Table != nil {
		if err := p.Table.Files(func(name string, data []byte) error { return put(frame.File{Path: name, Data: data}) }); err != nil {
			return err
		}
	}
	if p.Carry && p.Record != nil {
		return p.carry(put)
	}
	return nil
}

// carry puts the files of the record.
func (p *part) carry(put frame.Put) error {
	return fs.WalkDir(p.Record, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Size() > maxCarried {
			return fmt.Errorf("%s has %d bytes: too large for a site to carry; let the web server serve the record at %s", name, info.Size(), raw)
		}
		b, err := fs.ReadFile(p.Record, name)
		if err != nil {
			return err
		}
		return put(frame.File{Path: raw[1:] + "/" + name, Data: b})
	})
}

// html makes a page. One that computes has the policy for it.
func (p *part) html(l web.Lang, name, title string, computing bool, body any) ([]byte, error) {
	page := web.Page{Lang: l, Title: p.pages.Say(l, title), Path: "/" + name + ".html", Body: body}
	if g := p.given[l]; computing && g != nil {
		page.Policy, page.Script = frame.Computing, g.Address
	}
	return p.Frame.HTML(p.pages, name, page)
}

// codePage is the body of the look-up.
type codePage struct {
	Action  string
	Typed   string
	Fault   string
	Given   *given
	Served  bool
	Prefix  int
	Example string
	answer
}

func (p *part) code(l web.Lang) codePage {
	c := codePage{Action: "/code.html", Given: p.given[l], Served: p.Frame.Served, Prefix: 1}
	if c.Served {
		c.Action = "/code"
	}
	if p.Table != nil {
		c.Prefix = p.Table.Index().Prefix
	}
	c.Example = "/" + lookup.FileName("7KQ4"[:c.Prefix])
	return c
}

// checkPage is the body of the page of units.
type checkPage struct {
	Given *given
	Units []unitsOf
}

type unitsOf struct {
	Name  election.Name
	Units []unitOption
}

type unitOption struct {
	Value   string
	Name    election.Name
	Ballots uint64
}

func (p *part) check(l web.Lang) checkPage {
	body := checkPage{Given: p.given[l]}
	n := 0
	for _, c := range p.Election.Contests {
		if n += len(c.Units); n > listed {
			break
		}
		var units []unitOption
		for _, u := range c.Units {
			o := unitOption{Value: c.ID + "/" + u.ID, Ballots: u.Ballots, Name: election.Name{Fa: u.ID, En: u.ID}}
			if len(u.Branches) > 0 {
				var fa, en []string
				for _, b := range u.Branches[:min(len(u.Branches), 3)] {
					fa, en = append(fa, web.Persian.Name(b.Name)), append(en, web.English.Name(b.Name))
				}
				if len(u.Branches) > 3 {
					fa, en = append(fa, "…"), append(en, "…")
				}
				o.Name = election.Name{Fa: strings.Join(fa, "، "), En: strings.Join(en, ", ")}
			}
			units = append(units, o)
		}
		if len(units) > 0 {
			body.Units = append(body.Units, unitsOf{c.Name, units})
		}
	}
	return body
}

// phases are those that are explained.
var phases = []report.Phase{report.PhaseDefined, report.PhaseCeremony, report.PhaseReady, report.PhaseVoting, report.PhaseClosed,
	report.PhaseMixing, report.PhaseOpening, report.PhaseCounted, report.PhaseCanvassed, report.PhaseCertified}

// verifyPage is the body of the page on verifying without this site.
type verifyPage struct {
	Election string
	Record   string
	Mirror   string
	Verify   string
	Module   string
	Hash     string
	Checks   []checkRow
	Phases   []phaseRow
}

// phaseRow is a phase of an election, in its order.
type phaseRow struct {
	Word, Text string
	Now        bool
}

type checkRow struct{ ID, Must, Against string }

// commandAddress is the record's address as commands take it.
func (p *part) commandAddress() string {
	switch {
	case p.Public != "":
		return p.Public
	case p.Site != "":
		return strings.TrimSuffix(p.Site, "/") + raw
	}
	return "https://…" + raw
}

func (p *part) verify(l web.Lang) verifyPage {
	body := verifyPage{Election: p.Election.ID, Record: raw, Hash: p.hash}
	id := ""
	if p.Election.ID != "" {
		id = " --election " + p.Election.ID
	}
	body.Mirror = "sandogh mirror " + p.commandAddress() + " record" + id
	body.Verify = "sandogh verify record" + id
	if g := p.given[l]; g != nil {
		body.Module = g.Wasm
	}
	for _, x := range phases {
		key, r := "phase."+string(x), p.Election.Report
		body.Phases = append(body.Phases, phaseRow{p.pages.Say(l, key), p.pages.Say(l, key+".text"), x == r.Phase && r.Status == report.Verified})
	}
	for _, id := range report.IDs() {
		body.Checks = append(body.Checks, checkRow{id, p.must(l, id), l.Say(against[id])})
	}
	return body
}
