package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/sandogh/sandogh/internal/site"
)

type siteServeCmd struct {
	siteOf
	Listen string        `default:"127.0.0.1:8406" help:"Address to listen on." placeholder:"HOST:PORT"`
	Every  time.Duration `default:"5s" help:"How often to look whether the record has grown." placeholder:"5s"`
}

func (siteServeCmd) Help() string {
	return `Verifies the record and serves the site from memory, with what files cannot do:
search, logs and entries of the record, codes, a terminal to practise with at
/practice/ (--practice names another, or none), and news of every change at
/events (server-sent events). When headquarters' log has grown the record is
verified again, and only the pages that differ are made anew. Runs until it is
interrupted.

Example: sandogh site serve --record HQ/record --election 5f1c…
         sandogh site serve --country 1`
}

func (c *siteServeCmd) Run(ctx context.Context, s *streams) error {
	from, err := c.open(s)
	if err != nil {
		return err
	}
	if c.Every < time.Second {
		return errors.New("--every: at least 1s")
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("serve site: %w: name another address with --listen", err)
	}
	defer l.Close()
	own := new(sitePractice)
	read := func(progress func(stage string, done, total int)) (site.Config, io.Closer, error) {
		cfg, closer, err := from.read(ctx, progress)
		if err == nil && c.Practice == "" {
			err = own.join(&cfg)
		}
		return cfg, closer, err
	}
	mark := from.mark(ctx)
	bar := newBar(s)
	cfg, closer, err := read(bar.set)
	bar.done()
	if err != nil {
		return err
	}
	x, err := site.New(cfg)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.err, "Showing %s\nat http://%s/ (فارسی) and http://%s/en/ until Ctrl-C.\n", told(cfg), l.Addr(), l.Addr())
	server := &http.Server{Handler: x, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	tick := time.NewTicker(c.Every)
	defer tick.Stop()
	open := []io.Closer{closer} // a record that may still be read from stays open for one more state
	defer func() {
		for _, x := range open {
			if x != nil {
				x.Close()
			}
		}
	}()
	for {
		select {
		case err := <-served:
			return fmt.Errorf("serve site: %w", err)
		case <-ctx.Done():
			x.Close()
			stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			if err := server.Shutdown(stop); err != nil {
				return fmt.Errorf("stop serving: %w", server.Close())
			}
			return nil
		case <-tick.C:
		}
		now := from.mark(ctx)
		if now == mark {
			continue
		}
		cfg, closer, err := read(nil)
		if err != nil {
			fmt.Fprintf(s.err, "The record could not be read again; what was there stays: %v\n", err)
			continue
		}
		if err := x.Refresh(cfg); err != nil {
			fmt.Fprintf(s.err, "The site could not be made again; what was there stays: %v\n", err)
			continue
		}
		mark = now
		open = append(open, closer)
		if len(open) > 2 {
			if open[0] != nil {
				open[0].Close()
			}
			open = open[1:]
		}
		fmt.Fprintf(s.err, "%s: showing %s\n", time.Now().Format(time.TimeOnly), told(cfg))
	}
}
