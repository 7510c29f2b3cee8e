package data

import (
	"encoding/xml"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/site/assets"
	"github.com/sandogh/sandogh/internal/site/cdf"
	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/site/layout"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/internal/site/tables"
	"github.com/sandogh/sandogh/internal/web"
)

// A Site is what the files are made from.
type Site struct {
	Election *results.Election
	Name     election.Name
	Practice bool
	Served   bool                                             // by this program
	Address  string                                           // of the site, for feeds; or empty
	Record   string                                           // address of the record, or empty
	Assets   *assets.List                                     // or nil
	Say      func(l web.Lang, key string, args ...any) string // words of the pages
}

func (s *Site) tables() *tables.Site {
	return &tables.Site{Election: s.Election, Name: s.Name, Practice: s.Practice, Record: s.Record, Assets: s.Assets.Fingerprint()}
}

// Table makes a file below a folder: contest, place or asset.
func (s *Site) Table(path, folder, id string) (frame.File, error) {
	missing := &fs.PathError{Op: "make table", Path: path, Err: fs.ErrNotExist}
	if folder == "asset" {
		data, err := s.Assets.Open(id)
		return frame.File{Path: path, Data: data}, err
	}
	name, ending, _ := strings.Cut(id, ".")
	var data []byte
	var fault error
	switch {
	case folder == "contest":
		c, ok := s.Election.Contest(name)
		switch {
		case ok && ending == "csv":
			data, fault = tables.ContestCSV(c)
		case ok && ending == "json":
			data, fault = s.tables().ContestJSON(c)
		default:
			return frame.File{}, missing
		}
	case folder == "place":
		p, ok := s.Election.Place(name)
		switch {
		case ok && ending == "err.json" && p.Reports():
			data, fault = cdf.Report(s.Election, p, p.Reported())
		case ok && ending == "csv" && !p.Leaf():
			data, fault = tables.PlaceCSV(p)
		case ok && ending == "json" && !p.Leaf():
			data, fault = s.tables().PlaceJSON(p)
		default:
			return frame.File{}, missing
		}
	default:
		return frame.File{}, missing
	}
	return frame.File{Path: path, Data: data}, fault
}

// Whole writes the report of all contests, if there is one.
func (s *Site) Whole(w io.Writer) error {
	top, ok := s.Election.Whole()
	if !ok {
		return fs.ErrNotExist
	}
	return cdf.Write(w, s.Election, top, s.Election.Contests)
}

// Top makes the files at the top that are no pages.
func (s *Site) Top(path string) (frame.File, error) {
	switch path {
	case "index.json":
		data, err := s.tables().IndexJSON()
		return frame.File{Path: path, Data: data}, err
	case "definition.json":
		if s.Election.Definition != nil {
			data, err := tables.Encode(s.Election.Definition)
			return frame.File{Path: path, Data: data}, err
		}
	case frame.LivePath:
		if s.Served {
			return frame.File{Path: path, Data: frame.LiveScript}, nil
		}
	default:
		files, err := web.AssetFiles()
		if err != nil {
			return frame.File{}, err
		}
		if data, ok := files[path]; ok {
			return frame.File{Path: path, Data: data}, nil
		}
	}
	return frame.File{}, &fs.PathError{Op: "make file", Path: path, Err: fs.ErrNotExist}
}

// maxFeed is how many moments a feed holds.
const maxFeed = 50

type feedItem struct {
	Title string `xml:"title"`
	Link  string `xml:"link"`
	GUID  struct {
		Permanent bool   `xml:"isPermaLink,attr"`
		ID        string `xml:",chardata"`
	} `xml:"guid"`
	Date string `xml:"pubDate"`
	Text string `xml:"description"`
}

// Feed makes the RSS feed of a language.
func (s *Site) Feed(l web.Lang) (frame.File, error) {
	type told struct {
		*results.Contest
		results.Moment
	}
	var all []told
	for _, c := range s.Election.Contests {
		for _, m := range c.History {
			all = append(all, told{c, m})
		}
	}
	slices.SortStableFunc(all, func(a, b told) int { return b.At.Compare(a.At) })
	var doc struct {
		XMLName xml.Name `xml:"rss"`
		Version string   `xml:"version,attr"`
		Channel struct {
			Title    string     `xml:"title"`
			Link     string     `xml:"link"`
			Text     string     `xml:"description"`
			Language string     `xml:"language"`
			Items    []feedItem `xml:"item"`
		} `xml:"channel"`
	}
	doc.Version = "2.0"
	ch := &doc.Channel
	ch.Title, ch.Link, ch.Text, ch.Language = s.Say(l, "feed.title", s.Name), s.Address+l.Prefix()+"/", s.Say(l, "feed.about"), l.Code()
	for _, m := range all[:min(maxFeed, len(all))] {
		i := feedItem{Title: s.Say(l, "feed.item", m.Contest.Name, s.Say(l, "standing."+string(m.Moment.Kind), m.Moment.Done, m.Moment.Of)), Link: s.Address + l.Prefix() + layout.Contest(m.Contest),
			Date: m.At.Format(time.RFC1123Z), Text: s.Say(l, "feed.ballots", m.Moment.Ballots)}
		i.GUID.ID = fmt.Sprintf("%s/%s/%s/%d", s.Election.ID, m.Contest.ID, m.Moment.Kind, m.At.Unix())
		ch.Items = append(ch.Items, i)
	}
	b, err := xml.MarshalIndent(doc, "", " ")
	return frame.File{Path: frame.FilePath(l, "/feed.xml"), Data: append([]byte(xml.Header), append(b, '\n')...)}, err
}
