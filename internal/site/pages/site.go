package pages

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/site/assets"
	"github.com/sandogh/sandogh/internal/site/data"
	"github.com/sandogh/sandogh/internal/site/find"
	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/site/layout"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/internal/site/wording"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/verify/report"
)

//go:embed templates/*.html
var templates embed.FS

// How much of a list stands on one page; the rest has pages of its own.
const (
	perPage     = layout.PerPage
	onContest   = layout.OnContest
	onSteps     = 200
	onFront     = 3  // contests that are shown whole
	onFrontRows = 40 // candidates and steps of these
)

// Options are what a site is made from.
type Options struct {
	Election *results.Election
	Assets   *assets.List // or nil
	Address  string       // of the site, such as https://results.example, for feeds; or empty
	Record   string       // address of the published record, or empty
	Practice string       // address of a terminal to practise with, or empty
	Served   bool         // by this program
}

// A Site makes the files of one state of an election. It is safe for concurrent
// use.
type Site struct {
	Options
	Frame *frame.Frame
	e     *results.Election
	pages *web.Pages
	index *find.Index

	streams []string
}

// templatesOf are parsed once: they are the same for every state.
var templatesOf = func() func() (*web.Pages, error) {
	own, err := fs.Sub(templates, "templates")
	var pages *web.Pages
	if err == nil {
		pages, err = web.NewPages(own, wording.Results, wording.About)
	}
	return func() (*web.Pages, error) { return pages, err }
}()

// New returns the site of an election. An index of names is taken from a site of
// the same definition, if one is given: names do not change.
func New(o Options, before *Site) (*Site, error) {
	s := &Site{Options: o, e: o.Election}
	if _, ok := s.e.Whole(); ok {
		s.streams = []string{layout.Whole}
	}
	var err error
	if s.pages, err = templatesOf(); err != nil {
		return nil, fmt.Errorf("make the site: %w", err)
	}
	if before != nil && before.e.ID == s.e.ID {
		s.index = before.index
	} else {
		s.index = s.names()
	}
	s.Frame = &frame.Frame{Name: election.Name{Fa: "صندوق", En: "Sandogh"}, Notice: s.notice, Served: o.Served, Invented: len(s.e.Report.Checks) == 0}
	if d := s.e.Definition; d != nil {
		s.Frame.Name, s.Frame.Practice = d.Name, d.Practice
	}
	return s, nil
}

// notice is what verification says, on top of every page. It names no number of
// checks, so that pages stay as they are while the count goes on.
func (s *Site) notice(l web.Lang) web.Notice {
	n := web.Notice{Path: "/checks.html", Link: s.pages.Say(l, "status.more")}
	check, _, _ := s.e.Report.First()
	switch {
	case s.e.Report.Status == report.Refuted:
		n.Kind, n.Title = "bad", s.pages.Say(l, "status.refuted")
		n.Text = s.pages.Say(l, "status.refuted.text", s.checkTitle(l, check), check.ID)
	case s.e.Report.Status == report.Unknown:
		n.Kind, n.Title = "open", s.pages.Say(l, "status.unknown")
		n.Text = s.pages.Say(l, "status.unknown.text", s.checkTitle(l, check), check.ID)
	case s.Frame.Invented:
		n.Kind, n.Title, n.Text, n.Path = "open", s.pages.Say(l, "site.unrecorded"), s.pages.Say(l, "site.unrecorded.text"), ""
	default:
		n.Kind, n.Title, n.Text = "good", s.pages.Say(l, "status.verified"), s.pages.Say(l, "site.verified.text")
	}
	return n
}

func (s *Site) checkTitle(l web.Lang, c report.Check) string {
	if t, ok := s.pages.Text("check." + c.ID); ok && t[l] != "" {
		return l.Say(t)
	}
	return c.Title
}

// A kind of page, by the folder that it lies in.
type maker func(s *Site, l web.Lang, rest string) (frame.File, error)

// one are the pages that are there once, by name without .html.
var one = map[string]maker{
	"index":       (*Site).front,
	"election":    (*Site).election,
	"voting":      (*Site).voting,
	"trust":       (*Site).trust,
	"corrections": (*Site).corrections,
	"data":        (*Site).data,
	"record":      (*Site).record,
	"find":        (*Site).find,
	"checks":      (*Site).checks,
	"404":         (*Site).lost,
}

func (s *Site) files() *data.Site {
	return &data.Site{Election: s.e, Name: s.Frame.Name, Practice: s.Frame.Practice, Served: s.Served, Address: s.Address, Record: s.Record,
		Assets: s.Assets, Say: s.pages.Say}
}

func (s *Site) layout() *layout.Site {
	return &layout.Site{Election: s.e, Served: s.Served, Letters: s.index.Paths(), Assets: s.Assets.Published()}
}

// Paths lists every file of the site.
func (s *Site) Paths() iter.Seq[string] { return s.layout().Paths() }

// Streams lists the files that are not made as others are but written as they are
// made.
func (s *Site) Streams() []string { return s.streams }

// Stream writes a file of Streams.
func (s *Site) Stream(path string, w io.Writer) error {
	if !slices.Contains(s.Streams(), path) {
		return &fs.PathError{Op: "write file", Path: path, Err: fs.ErrNotExist}
	}
	return s.files().Whole(w)
}

// Affected lists the files that may differ from those of the site before. If
// everything may, all is true.
func (s *Site) Affected(c results.Changes) (paths []string, all bool) { return s.layout().Affected(c) }

// File makes the file with the path.
func (s *Site) File(path string) (frame.File, error) {
	missing := &fs.PathError{Op: "make page", Path: path, Err: fs.ErrNotExist}
	l, rest := web.Persian, path
	if r, ok := strings.CutPrefix(path, "en/"); ok {
		l, rest = web.English, r
	}
	name, page := strings.CutSuffix(rest, ".html")
	if m := one[name]; page && m != nil {
		return m(s, l, "")
	}
	folder, id, ok := strings.Cut(name, "/")
	switch {
	case rest == "feed.xml":
		return s.files().Feed(l)
	case !ok && l == web.Persian && !page:
		return s.files().Top(path)
	case !ok:
		return frame.File{}, missing
	}
	if !page {
		if l != web.Persian {
			return frame.File{}, missing
		}
		return s.files().Table(path, folder, id)
	}
	switch folder {
	case "place":
		if p, ok := s.e.Place(id); ok && !p.Leaf() {
			return s.place(l, p)
		}
	case "branch":
		if b, ok := s.e.Branch(id); ok && !b.Alone() {
			return s.branch(l, b)
		}
	case "find":
		if x, ok := s.index.Page(id); ok {
			return s.letter(l, id, x)
		}
	case "widget":
		if c, ok := s.e.Contest(id); ok && layout.Widgets(c) {
			return s.widget(l, c)
		}
	case "contest":
		id, part, deep := strings.Cut(id, "/")
		c, ok := s.e.Contest(id)
		switch {
		case !ok:
		case !deep:
			return s.contest(l, c, 1)
		case strings.HasPrefix(part, "unit/"):
			if u, ok := c.Found(strings.TrimPrefix(part, "unit/")); ok && len(c.Units) > 1 {
				return s.unit(l, c, u)
			}
		default:
			if f, ok, err := s.listed(l, c, part); ok {
				return f, err
			}
		}
	}
	return frame.File{}, missing
}

// listed makes a page of a long list of a contest, such as units-3.
func (s *Site) listed(l web.Lang, c *results.Contest, part string) (frame.File, bool, error) {
	kind, text, _ := strings.Cut(part, "-")
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || strconv.Itoa(n) != text {
		return frame.File{}, false, nil
	}
	var f frame.File
	switch {
	case kind == "candidates" && n > 1 && n <= layout.Parts(c.N()):
		f, err = s.contest(l, c, n)
	case kind == "units" && n <= layout.Parts(len(c.Units)) && len(c.Units) > onContest:
		f, err = s.units(l, c, n)
	case kind == "branches" && n <= layout.Parts(len(c.Branches)) && len(c.Branches) > onContest:
		f, err = s.branches(l, c, n)
	default:
		return f, false, nil
	}
	return f, true, err
}

// page makes a page in the frame.
func (s *Site) page(l web.Lang, name, path, title string, body any) (frame.File, error) {
	p := web.Page{Lang: l, Title: title, Path: path, Body: body}
	if s.Served && (name == "home" || name == "place" || name == "contest") {
		p.Script = "/" + frame.LivePath
	}
	return s.Frame.Page(s.pages, name, p)
}
