package pages

import (
	"embed"
	"fmt"
	"io/fs"
	"iter"
	"strconv"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/site/assets"
	"github.com/sandogh/sandogh/internal/site/find"
	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/internal/site/wording"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/verify/report"
)

//go:embed templates/*.html
var templates embed.FS

// How much of a list stands on one page; the rest has pages of its own.
const (
	perPage     = 100
	onContest   = 20 // units and branches
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
	var err error
	if s.pages, err = templatesOf(); err != nil {
		return nil, fmt.Errorf("make the site: %w", err)
	}
	if before != nil && before.e.ID == s.e.ID {
		s.index = before.index
	} else {
		s.index = s.names()
	}
	s.Frame = &frame.Frame{Name: election.Name{Fa: "صندوق", En: "Sandogh"}, Notice: s.notice, Served: o.Served}
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
	case len(s.e.Report.Checks) == 0:
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

// Paths lists every file of the site.
func (s *Site) Paths() iter.Seq[string] {
	return func(yield func(string) bool) {
		for p := range s.always() {
			if !yield(p) {
				return
			}
		}
		for _, p := range s.fixed() {
			if !yield(p) {
				return
			}
		}
		for _, p := range s.e.Places {
			for _, path := range s.ofPlace(p) {
				if !yield(path) {
					return
				}
			}
		}
		for _, c := range s.e.Contests {
			for _, path := range s.ofContest(c) {
				if !yield(path) {
					return
				}
			}
		}
		for _, b := range s.e.Branches {
			for _, path := range s.ofBranch(b) {
				if !yield(path) {
					return
				}
			}
		}
	}
}

// always are the files that may differ after any change.
func (s *Site) always() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, l := range web.Langs {
			for _, path := range []string{"/", "/corrections.html", "/checks.html", "/feed.xml"} {
				if !yield(frame.FilePath(l, path)) {
					return
				}
			}
		}
		yield("index.json")
	}
}

// fixed are the files that do not depend on totals.
func (s *Site) fixed() []string {
	var out []string
	for _, l := range web.Langs {
		for _, path := range []string{"/election.html", "/voting.html", "/trust.html", "/data.html", "/record.html", "/find.html", "/404.html"} {
			out = append(out, frame.FilePath(l, path))
		}
		for _, path := range s.index.Paths() {
			out = append(out, frame.FilePath(l, "/find/"+path+".html"))
		}
	}
	out = append(out, "style.css", "icon.svg")
	if s.Served {
		out = append(out, frame.LivePath)
	}
	if d := s.e.Definition; d != nil && len(s.e.Report.Checks) > 0 {
		out = append(out, "definition.json")
	}
	for _, f := range s.Assets.Published() {
		out = append(out, "asset/"+f)
	}
	return out
}

func (s *Site) ofPlace(p *results.Place) []string {
	var out []string
	if p.Reports() {
		out = append(out, "place/"+p.ID+".err.json")
	}
	if p.Leaf() {
		return out
	}
	for _, l := range web.Langs {
		out = append(out, frame.FilePath(l, placePath(p)))
	}
	return append(out, "place/"+p.ID+".csv", "place/"+p.ID+".json")
}

func (s *Site) ofContest(c *results.Contest) []string {
	out := []string{"contest/" + c.ID + ".csv", "contest/" + c.ID + ".json"}
	for _, l := range web.Langs {
		out = append(out, frame.FilePath(l, contestPath(c)))
		if widgets(c) {
			out = append(out, frame.FilePath(l, "/widget/"+c.ID+".html"))
		}
		lists := func(part string, from, n int) {
			for i := from; i <= n; i++ {
				out = append(out, frame.FilePath(l, fmt.Sprintf("/contest/%s/%s-%d.html", c.ID, part, i)))
			}
		}
		lists("candidates", 2, parts(c.N()))
		if len(c.Units) > onContest {
			lists("units", 1, parts(len(c.Units)))
		}
		if len(c.Branches) > onContest {
			lists("branches", 1, parts(len(c.Branches)))
		}
		if len(c.Units) > 1 {
			for _, u := range c.Units {
				out = append(out, frame.FilePath(l, unitPath(c, u.ID)))
			}
		}
	}
	return out
}

func (s *Site) ofBranch(b *results.Branch) []string {
	if b.Alone() {
		return nil
	}
	return []string{frame.FilePath(web.Persian, branchPath(b)), frame.FilePath(web.English, branchPath(b))}
}

// widgets reports whether a contest has pages to be shown within others: those of
// villages have none, there are too many.
func widgets(c *results.Contest) bool { return c.Place == nil || c.Place.Kind != election.Village }

func parts(n int) int { return max(1, (n+perPage-1)/perPage) }

func placePath(p *results.Place) string {
	if p.Leaf() {
		return contestPath(p.Contests[0])
	}
	return "/place/" + p.ID + ".html"
}
func contestPath(c *results.Contest) string { return "/contest/" + c.ID + ".html" }
func unitPath(c *results.Contest, unit string) string {
	return "/contest/" + c.ID + "/unit/" + unit + ".html"
}
func branchPath(b *results.Branch) string { return "/branch/" + b.ID + ".html" }

// Affected lists the files that may differ from those of the site before. If
// everything may, all is true.
func (s *Site) Affected(c results.Changes) (paths []string, all bool) {
	if c.Everything {
		return nil, true
	}
	seen := map[string]bool{}
	add := func(all ...string) {
		for _, p := range all {
			if !seen[p] {
				seen[p] = true
				paths = append(paths, p)
			}
		}
	}
	for p := range s.always() {
		add(p)
	}
	up := func(p *results.Place) {
		for _, p := range p.Up() {
			add(s.ofPlace(p)...)
		}
	}
	for id, units := range c.Contests {
		x, ok := s.e.Contest(id)
		if !ok {
			continue
		}
		up(x.Place)
		for _, path := range s.ofContest(x) {
			if unit, ok := unitOf(path); ok && !units[unit] {
				continue
			}
			add(path)
		}
	}
	for id := range c.Branches {
		b, ok := s.e.Branch(id)
		if !ok {
			continue
		}
		add(s.ofBranch(b)...)
		up(b.Place)
		for _, x := range b.Asks() {
			for i, y := range x.Branches {
				if y == b && len(x.Branches) > onContest {
					for _, l := range web.Langs {
						add(frame.FilePath(l, fmt.Sprintf("/contest/%s/branches-%d.html", x.ID, i/perPage+1)))
					}
				}
			}
			for _, l := range web.Langs {
				add(frame.FilePath(l, contestPath(x)))
			}
		}
	}
	return paths, false
}

// unitOf returns the unit of the path of a page of a unit.
func unitOf(path string) (string, bool) {
	_, after, ok := strings.Cut(path, "/unit/")
	return strings.TrimSuffix(after, ".html"), ok
}

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
		return s.feed(l)
	case !ok && l == web.Persian && !page:
		return s.plain(path)
	case !ok:
		return frame.File{}, missing
	}
	if !page {
		if l != web.Persian {
			return frame.File{}, missing
		}
		return s.table(path, folder, id)
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
		if c, ok := s.e.Contest(id); ok && widgets(c) {
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
	case kind == "candidates" && n > 1 && n <= parts(c.N()):
		f, err = s.contest(l, c, n)
	case kind == "units" && n <= parts(len(c.Units)) && len(c.Units) > onContest:
		f, err = s.units(l, c, n)
	case kind == "branches" && n <= parts(len(c.Branches)) && len(c.Branches) > onContest:
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
