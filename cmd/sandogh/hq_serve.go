package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/console/agenda"
	"github.com/sandogh/sandogh/internal/console/courses"
	"github.com/sandogh/sandogh/internal/console/lessons"
	"github.com/sandogh/sandogh/internal/console/outreach"
	"github.com/sandogh/sandogh/internal/console/people"
	"github.com/sandogh/sandogh/internal/console/readiness"
	"github.com/sandogh/sandogh/internal/console/review"
	"github.com/sandogh/sandogh/internal/console/sessions"
	"github.com/sandogh/sandogh/internal/console/setup"
	"github.com/sandogh/sandogh/internal/console/signin"
	"github.com/sandogh/sandogh/internal/console/training"
	"github.com/sandogh/sandogh/internal/console/venues"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/identity"
	progress "github.com/sandogh/sandogh/internal/readiness"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/training/courier"
)

// parts are the areas of the offices' console, in the order of the navigation.
var parts = []func(console.Deps) console.Part{
	signin.Part,
	setup.Part,
	agenda.Part,
	readiness.Part,
	people.Part,
	training.Part,
	courses.Part,
	venues.Part,
	sessions.Part,
	lessons.Part,
	review.Part,
	outreach.Part,
}

// mailEvery is how often messages that wait are sent.
const mailEvery = 2 * time.Minute

// readinessAge is how old the numbers of readiness may become.
const readinessAge = 10 * time.Minute

// consoleDB says where the offices' console keeps its data.
type consoleDB struct {
	Dir string `help:"Folder of the console; made if it is missing." default:"." placeholder:"DIR"`
	DB  string `name:"db" help:"PostgreSQL instead of SQLite in the folder." placeholder:"postgres://USER@HOST/NAME"`
}

// open opens the database of the folder.
func (c *consoleDB) open(ctx context.Context) (*store.DB, error) {
	if err := durable.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("open the console: %w", err)
	}
	return store.Open(ctx, c.DB, store.Options{Dir: c.Dir})
}

type hqServeCmd struct {
	consoleDB
	Listen string `help:"Where to serve." default:"127.0.0.1:8410" placeholder:"HOST:PORT"`
	Origin string `help:"How people reach it, if that is not the address: a proxy that speaks TLS stands before it." placeholder:"https://hq.example"`
}

func (hqServeCmd) Help() string {
	return `Serves the offices' console: people and powers, the calendar, the training
programme, the review of earlier rounds, readiness and participation. Invitations and
reminders are sent in the background: by the server that DIR/mail.json names, and
without that file into the folder DIR/outbox. On an empty folder it prints a link, good once and for a day, with which the first
administrator comes in. Stop with Ctrl-C.

Example: sandogh hq serve --dir HQ-CONSOLE
Example: sandogh hq serve --dir HQ-CONSOLE --db postgres://sandogh@db/sandogh --origin https://hq.example`
}

func (c *hqServeCmd) Run(ctx context.Context, s *streams) error {
	db, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("serve the console: %w: name another address with --listen", err)
	}
	defer l.Close()
	origin := c.Origin
	if origin == "" {
		_, port, _ := net.SplitHostPort(l.Addr().String())
		origin = "http://localhost:" + port // a name, because passkeys know no numbers
	}
	d := console.Deps{DB: db, Now: time.Now, Log: slog.New(slog.NewTextHandler(s.err, nil)), Dir: c.Dir, Origin: origin,
		Limits: identity.DefaultLimits, Cost: identity.DefaultCost}
	if d.Key, err = identity.LoadKey(c.Dir); err != nil {
		return err
	}
	if d.Passkeys, err = identity.NewPasskeys(origin, "Sandogh"); err != nil {
		return fmt.Errorf("--origin: %w", err)
	}
	handler, err := newConsole(d)
	if err != nil {
		return err
	}
	link, err := signin.FirstLink(ctx, d)
	if err != nil {
		return err
	}
	if link != "" {
		fmt.Fprintf(s.err, "The first administrator comes in by this link, once, within a day:\n  %s\n", link)
	}
	fmt.Fprintf(s.err, "The offices' console: %s/ (فارسی) and %s/en\nStop with Ctrl-C.\n", origin, origin)
	var background sync.WaitGroup
	working, stop := context.WithCancel(ctx)
	background.Go(func() { progress.Keep(working, db, c.Dir, time.Now, readinessAge, d.Log) })
	background.Go(func() {
		(&courier.Courier{DB: db, Dir: c.Dir, Origin: origin, Now: time.Now, Log: d.Log}).Keep(working, mailEvery)
	})
	defer func() { // before the database is closed
		stop()
		background.Wait()
	}()
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10}
	go func() {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if server.Shutdown(stop) != nil {
			server.Close() // somebody still watches a stream
		}
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the console: %w", err)
	}
	return nil
}

// newConsole puts the parts together.
func newConsole(d console.Deps) (*console.Server, error) {
	var all []console.Part
	for _, part := range parts {
		all = append(all, part(d))
	}
	return console.New(d, all...)
}
