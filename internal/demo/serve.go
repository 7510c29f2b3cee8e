package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/sandogh/sandogh/internal/site"
	"github.com/sandogh/sandogh/internal/site/lookup"
	"github.com/sandogh/sandogh/internal/site/verifier"
	"github.com/sandogh/sandogh/internal/site/wasm"
)

// demoListen is where the demo serves unless told otherwise; if it is taken,
// any free port will do.
const demoListen = "127.0.0.1:8405"

// Serve shows the record and its result until it is interrupted. Without an
// address it takes the demo's own, or any free port.
func (d *Demo) Serve(ctx context.Context, listen string) error {
	address := listen
	if address == "" {
		address = demoListen
	}
	l, err := net.Listen("tcp", address)
	if err != nil && listen == "" {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return fmt.Errorf("serve the result: %w: name another address with --listen, or --serve=false", err)
	}
	defer l.Close()
	handler, err := d.handler(ctx, "http://"+l.Addr().String())
	if err != nil {
		return err
	}
	d.t.tell("\nThe result, the record and the checks: http://%s/ (فارسی) and http://%s/en/\nOne voter's code: http://%s/en/code?code=%s\nStop with Ctrl-C.",
		"\nنتیجه، پرونده و بررسی‌ها: http://%s/ و به انگلیسی http://%s/en/\nکد یک رأی‌دهنده: http://%s/code?code=%s\nپایان با Ctrl-C.", l.Addr(), l.Addr(), l.Addr(), d.t.code)
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, MaxHeaderBytes: 16 << 10}
	go func() {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		_ = server.Shutdown(stop)
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// handler returns the site, at the address given, with the pages on which readers
// check for themselves. The verifier for browsers is built if it can be; without
// it the server answers the look-up of a code.
func (d *Demo) handler(ctx context.Context, address string) (http.Handler, error) {
	files := os.DirFS(d.record)
	table := lookup.New(d.view.Election(), d.view.Definition())
	if err := table.Refresh(ctx, files); err != nil {
		return nil, err
	}
	module, err := wasm.Build(ctx, ".")
	if err != nil && !errors.Is(err, wasm.ErrNoSource) {
		return nil, err
	}
	own := verifier.Config{Record: files, Table: table, Module: module, Site: address}
	return site.Handler(site.Config{Record: files, Report: d.report, View: d.view, Address: address, Parts: []site.Part{own.Part}})
}
