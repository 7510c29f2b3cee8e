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
)

// demoListen is where the demo serves unless told otherwise; if it is taken,
// any free port will do.
const demoListen = "127.0.0.1:8405"

// Serve shows the record and its result until it is interrupted. Without an
// address it takes the demo's own, or any free port.
func (d *Demo) Serve(ctx context.Context, listen string) error {
	handler, err := site.Handler(site.Config{Record: os.DirFS(d.record), Dir: d.record, Report: d.report, View: d.view, Code: d.t.code})
	if err != nil {
		return err
	}
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
	d.t.tell("\nThe result, the record and the checks: http://%s/ (فارسی) and http://%s/en/\nStop with Ctrl-C.",
		"\nنتیجه، پرونده و بررسی‌ها: http://%s/ و به انگلیسی http://%s/en/\nپایان با Ctrl-C.", l.Addr(), l.Addr())
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
