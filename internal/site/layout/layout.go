package layout

import (
	"fmt"
	"iter"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/internal/web"
)

// How much of a list stands on one page; the rest has pages of its own.
const (
	PerPage   = 100
	OnContest = 20 // units and branches
)

// Whole is the report of all contests. It is no file like others: of a country it
// has hundreds of megabytes.
const Whole = "all.err.json"

// A Site is what the files of a site depend on.
type Site struct {
	Election *results.Election
	Served   bool     // by this program
	Letters  []string // pages of the list of names, below /find/
	Assets   []string // names of files that are in no record, below asset/
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
		for _, p := range s.Election.Places {
			for _, path := range s.ofPlace(p) {
				if !yield(path) {
					return
				}
			}
		}
		for _, c := range s.Election.Contests {
			for _, path := range s.ofContest(c) {
				if !yield(path) {
					return
				}
			}
		}
		for _, b := range s.Election.Branches {
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
		for _, path := range s.Letters {
			out = append(out, frame.FilePath(l, "/find/"+path+".html"))
		}
	}
	out = append(out, "style.css", "icon.svg")
	if s.Served {
		out = append(out, frame.LivePath)
	}
	if d := s.Election.Definition; d != nil && len(s.Election.Report.Checks) > 0 {
		out = append(out, "definition.json")
	}
	for _, f := range s.Assets {
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
		out = append(out, frame.FilePath(l, Place(p)))
	}
	return append(out, "place/"+p.ID+".csv", "place/"+p.ID+".json")
}

func (s *Site) ofContest(c *results.Contest) []string {
	out := []string{"contest/" + c.ID + ".csv", "contest/" + c.ID + ".json"}
	for _, l := range web.Langs {
		out = append(out, frame.FilePath(l, Contest(c)))
		if Widgets(c) {
			out = append(out, frame.FilePath(l, "/widget/"+c.ID+".html"))
		}
		lists := func(part string, from, n int) {
			for i := from; i <= n; i++ {
				out = append(out, frame.FilePath(l, fmt.Sprintf("/contest/%s/%s-%d.html", c.ID, part, i)))
			}
		}
		lists("candidates", 2, Parts(c.N()))
		if len(c.Units) > OnContest {
			lists("units", 1, Parts(len(c.Units)))
		}
		if len(c.Branches) > OnContest {
			lists("branches", 1, Parts(len(c.Branches)))
		}
		if len(c.Units) > 1 {
			for _, u := range c.Units {
				out = append(out, frame.FilePath(l, Unit(c, u.ID)))
			}
		}
	}
	return out
}

func (s *Site) ofBranch(b *results.Branch) []string {
	if b.Alone() {
		return nil
	}
	return []string{frame.FilePath(web.Persian, Branch(b)), frame.FilePath(web.English, Branch(b))}
}

// Widgets reports whether a contest has pages to be shown within others: those of
// villages have none, there are too many.
func Widgets(c *results.Contest) bool { return c.Place == nil || c.Place.Kind != election.Village }

// Parts is how many pages a list of n takes.
func Parts(n int) int { return max(1, (n+PerPage-1)/PerPage) }

// Place is the path of a place's page: that of its contest, if it is one contest.
func Place(p *results.Place) string {
	if p.Leaf() {
		return Contest(p.Contests[0])
	}
	return "/place/" + p.ID + ".html"
}

// Contest is the path of a contest's page.
func Contest(c *results.Contest) string { return "/contest/" + c.ID + ".html" }

// Unit is the path of the page of a tally unit.
func Unit(c *results.Contest, unit string) string {
	return "/contest/" + c.ID + "/unit/" + unit + ".html"
}

// Branch is the path of a branch's page.
func Branch(b *results.Branch) string { return "/branch/" + b.ID + ".html" }

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
		x, ok := s.Election.Contest(id)
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
		b, ok := s.Election.Branch(id)
		if !ok {
			continue
		}
		add(s.ofBranch(b)...)
		up(b.Place)
		for _, x := range b.Asks() {
			for i, y := range x.Branches {
				if y == b && len(x.Branches) > OnContest {
					for _, l := range web.Langs {
						add(frame.FilePath(l, fmt.Sprintf("/contest/%s/branches-%d.html", x.ID, i/PerPage+1)))
					}
				}
			}
			for _, l := range web.Langs {
				add(frame.FilePath(l, Contest(x)))
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
