package pages

import (
	"encoding/xml"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/site/cdf"
	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/internal/site/tables"
	"github.com/sandogh/sandogh/internal/web"
)

func (s *Site) tables() *tables.Site {
	return &tables.Site{Election: s.e, Name: s.Frame.Name, Practice: s.Frame.Practice, Record: s.Record, Assets: s.Assets.Fingerprint()}
}

// table makes a file for programs.
func (s *Site) table(path, folder, id string) (frame.File, error) {
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
		c, ok := s.e.Contest(name)
		switch {
		case ok && ending == "csv":
			data, fault = tables.ContestCSV(c)
		case ok && ending == "json":
			data, fault = s.tables().ContestJSON(c)
		default:
			return frame.File{}, missing
		}
	case folder == "place":
		p, ok := s.e.Place(name)
		switch {
		case ok && ending == "err.json" && p.Reports():
			data, fault = cdf.Report(s.e, p, p.Reported())
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

// plain makes the files at the top that are no pages.
func (s *Site) plain(path string) (frame.File, error) {
	switch path {
	case "index.json":
		data, err := s.tables().IndexJSON()
		return frame.File{Path: path, Data: data}, err
	case "definition.json":
		if s.e.Definition != nil {
			data, err := tables.Encode(s.e.Definition)
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

// feed makes the RSS feed of a language.
func (s *Site) feed(l web.Lang) (frame.File, error) {
	type told struct {
		*results.Contest
		results.Moment
	}
	var all []told
	for _, c := range s.e.Contests {
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
	ch.Title, ch.Link, ch.Text, ch.Language = s.pages.Say(l, "feed.title", s.Frame.Name), s.Address+l.Prefix()+"/", s.pages.Say(l, "feed.about"), l.Code()
	for _, m := range all[:min(maxFeed, len(all))] {
		i := feedItem{Title: s.pages.Say(l, "feed.item", m.Contest.Name, s.standing(l, m.Moment)), Link: s.Address + l.Prefix() + contestPath(m.Contest),
			Date: m.At.Format(time.RFC1123Z), Text: s.pages.Say(l, "feed.ballots", m.Moment.Ballots)}
		i.GUID.ID = fmt.Sprintf("%s/%s/%s/%d", s.e.ID, m.Contest.ID, m.Moment.Kind, m.At.Unix())
		ch.Items = append(ch.Items, i)
	}
	b, err := xml.MarshalIndent(doc, "", " ")
	return frame.File{Path: frame.FilePath(l, "/feed.xml"), Data: append([]byte(xml.Header), append(b, '\n')...)}, err
}
