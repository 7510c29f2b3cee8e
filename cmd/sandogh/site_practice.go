package main

import (
	"net/http"
	"sync/atomic"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/site"
	"github.com/sandogh/sandogh/internal/site/assets"
	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/internal/terminal/practice"
	"github.com/sandogh/sandogh/internal/web"
)

// sitePractice is the terminal that a served site has to practise with. Visits
// outlast the states of the site.
type sitePractice struct {
	election string
	terminal *practice.Practice
	assets   atomic.Pointer[assets.List]
}

// join adds the terminal to what a site shows, if the definition is known.
func (c *sitePractice) join(cfg *site.Config) error {
	var def *election.Definition
	id := ""
	switch {
	case cfg.Invented != nil:
		def, id = cfg.Invented.Definition, cfg.Invented.ID
	case cfg.View != nil:
		def, id = cfg.View.Definition(), cfg.Report.Election
	}
	if def == nil || len(def.Branches) == 0 {
		return nil
	}
	c.assets.Store(cfg.Assets)
	if c.terminal == nil || c.election != id {
		x, err := practice.New(practice.Config{Definition: def, Photo: c.photo,
			Home: web.Text{web.Persian.Prefix() + "/voting.html", web.English.Prefix() + "/voting.html"}})
		if err != nil {
			return err
		}
		c.election, c.terminal = id, x
	}
	cfg.Practice = practice.At
	terminal := c.terminal
	cfg.Parts = append(cfg.Parts, func(*results.Election, *frame.Frame) (frame.Part, error) {
		return frame.Part{Handle: func(mux *http.ServeMux) {
			mux.Handle("GET "+practice.At, terminal)
			mux.Handle("POST "+practice.At, terminal)
		}}, nil
	})
	return nil
}

// photo returns the photograph with a hash, from the list that is shown now.
func (c *sitePractice) photo(hash string) ([]byte, bool) {
	x := c.assets.Load()
	b, err := x.Open(x.Photo(hash))
	return b, err == nil
}
