package main

import (
	"context"
	"fmt"
	"io"
	"net"

	"github.com/sandogh/sandogh/internal/remote"
)

type recordCmd struct {
	Serve recordServeCmd `cmd:"" help:"Serve a published record, read-only."`
}

type recordServeCmd struct {
	Record string `arg:"" help:"Folder or zip file of the published record." placeholder:"RECORD"`
	Listen string `default:"127.0.0.1:8407" help:"Address to listen on." placeholder:"HOST:PORT"`
}

func (recordServeCmd) Help() string {
	return `Serves the files of a published record and nothing else, so that its address can
stand wherever a command takes a RECORD. Any static web server does the same;
readers verify what they get. Runs until it is interrupted.

Example: sandogh record serve HQ/record --listen 0.0.0.0:8407
         sandogh verify http://hq.example:8407`
}

func (c *recordServeCmd) Run(ctx context.Context, s *streams) error {
	if isAddress(c.Record) {
		return fmt.Errorf("serve record: %s is an address already", c.Record)
	}
	fsys, err := openRecord(ctx, c.Record)
	if err != nil {
		return err
	}
	if z, ok := fsys.(io.Closer); ok {
		defer z.Close()
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("serve record: %w: name another address with --listen", err)
	}
	fmt.Fprintf(s.err, "Serving %s at http://%s/ until Ctrl-C.\n", c.Record, l.Addr())
	return remote.Serve(ctx, l, remote.Handler(fsys))
}
