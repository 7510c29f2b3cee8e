package officer

import (
	"context"
	"net/http"
	"path/filepath"
	"slices"

	"github.com/sandogh/sandogh/internal/branch"
	"github.com/sandogh/sandogh/internal/branch/daybook"
	"github.com/sandogh/sandogh/internal/branch/papers"
	"github.com/sandogh/sandogh/internal/branch/press"
	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/internal/web"
)

// info is the head of a paper in a language.
func (s *Screens) info(l web.Lang) papers.Branch {
	p := s.Paper
	p.Lang = l
	return p
}

func (s *Screens) devices() (out []papers.Device) {
	for _, d := range s.Station.Devices() {
		if d.Committed {
			out = append(out, papers.Device{ID: d.ID, Limit: d.Limit, Root: d.Root, Sealed: d.Next, Retired: d.Retired})
		}
	}
	return out
}

var errNoPaper = &branch.Refusal{Status: http.StatusNotFound, Text: words["paper.none"], Do: words["paper.none.do"], Back: "/officer"}

// document is a paper by its name, if it is there yet.
func (s *Screens) document(ctx context.Context, l web.Lang, name string) (printing.Document, error) {
	switch {
	case name == "zero" && s.Station.State() != station.Before:
		entry, err := s.Station.Entry(ctx, 0)
		if err != nil {
			return printing.Document{}, err
		}
		return papers.ZeroReport(s.info(l), papers.Zero{Entry: entry, Devices: s.devices(), Officers: s.Officers}), nil
	case name == "minutes" && s.Station.State() == station.Closed:
		entry, c, err := s.Station.Statement(ctx)
		if err != nil {
			return printing.Document{}, err
		}
		return papers.MinutesOf(s.info(l), papers.Minutes{Entry: entry, Size: c.Size, Root: c.Root, Counts: c.Counts, Devices: s.devices(),
			Officers: s.Officers, Lines: s.Book.Lines(), Zone: s.Zone}), nil
	}
	return printing.Document{}, errNoPaper
}

// sheets lays a paper out for a page printer and the screen.
func (s *Screens) sheets(ctx context.Context, l web.Lang, name string) (*printing.Pages, error) {
	doc, err := s.document(ctx, l, name)
	if err != nil {
		return nil, err
	}
	return printing.Lay(doc)
}

// paper hands out a paper: zero.pdf, zero.png, minutes.pdf, minutes.png.
func (s *Screens) paper(r *branch.Request) (branch.Answer, error) {
	file := r.PathValue("name")
	ext := filepath.Ext(file)
	pages, err := s.sheets(r.Context(), r.Lang, file[:len(file)-len(ext)])
	if err != nil {
		return nil, err
	}
	if ext == ".png" {
		b, err := pages.PNG(0, 96)
		return branch.File{Type: "image/png", Data: b}, err
	}
	return branch.File{Type: "application/pdf", Data: pages.PDF()}, nil
}

// keep writes a paper below the branch's folder in both languages.
func (s *Screens) keep(ctx context.Context, name string) error {
	dir := filepath.Join(s.Dir, "papers")
	if err := s.Disk.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, l := range web.Langs {
		pages, err := s.sheets(ctx, l, name)
		if err != nil {
			return err
		}
		if err := s.Disk.WriteFile(filepath.Join(dir, name+"-"+l.Code()+".pdf"), pages.PDF(), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// signed are the papers that are printed and signed by hand before the officers go
// on: the line of the daybook that says so, and where they go on.
var signed = map[string]struct{ what, back string }{"zero": {daybook.ZeroPrinted, "/officer/open"}, "minutes": {daybook.MinutesPrinted, "/officer/close"}}

// printView is a paper with the ways to print it.
type printView struct {
	Name    string
	Printer bool // the branch has one
}

// papers are those that there are now.
func (s *Screens) papers() (out []printView) {
	switch s.Station.State() {
	case station.Before:
	case station.Closed:
		out = append(out, printView{"minutes", s.Press != nil})
		fallthrough
	default:
		out = append(out, printView{"zero", s.Press != nil})
	}
	return out
}

// printed reports whether the daybook says that a paper was printed.
func (s *Screens) printed(what string) bool {
	return slices.ContainsFunc(s.Book.Lines(), func(l daybook.Line) bool { return l.What == what })
}

// print prints a paper on the branch's printer. That it was printed is written when
// it is on paper.
func (s *Screens) print(r *branch.Request) (branch.Answer, error) {
	name := r.PathValue("name")
	paper, ok := signed[name]
	if !ok || s.Press == nil {
		return nil, errNoPaper
	}
	doc, err := s.document(r.Context(), r.Lang, name)
	if err != nil {
		return nil, err
	}
	who, how := r.Who(), r.Say("print.here")
	return s.Press.Print(press.Paper{Title: doc.Title, Parts: []printing.Document{doc}, Back: paper.back,
		Printed: func() error { return s.Book.Write(who, paper.what, how) }})
}

// printedElsewhere takes the officers' word that they have printed a paper from the
// browser.
func (s *Screens) printedElsewhere(r *branch.Request) (branch.Answer, error) {
	name := r.PathValue("name")
	paper, ok := signed[name]
	if !ok {
		return nil, errNoPaper
	}
	if _, err := s.document(r.Context(), r.Lang, name); err != nil {
		return nil, err
	}
	if r.PostForm.Get("sure") == "" {
		return nil, &branch.Refusal{Status: http.StatusUnprocessableEntity, Text: words["print.unsure"], Do: words["print.unsure.do"], Back: paper.back}
	}
	return branch.Redirect{Path: paper.back}, s.Book.Write(r.Who(), paper.what, r.Say("print.browser"))
}
