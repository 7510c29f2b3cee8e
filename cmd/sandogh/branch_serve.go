package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/activation"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/branch"
	"github.com/sandogh/sandogh/internal/branch/daybook"
	"github.com/sandogh/sandogh/internal/branch/desk"
	"github.com/sandogh/sandogh/internal/branch/link"
	"github.com/sandogh/sandogh/internal/branch/officer"
	"github.com/sandogh/sandogh/internal/branch/papers"
	"github.com/sandogh/sandogh/internal/branch/press"
	"github.com/sandogh/sandogh/internal/handover"
	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/printing/device"
	"github.com/sandogh/sandogh/internal/reader"
	"github.com/sandogh/sandogh/internal/roll"
	"github.com/sandogh/sandogh/internal/roll/central"
	"github.com/sandogh/sandogh/internal/roll/marks"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/internal/terminal/voter"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/record"
)

type branchOfficerCmd struct {
	making
	ID string `required:"" name:"id" help:"Id of the officer." placeholder:"ID"`
}

func (branchOfficerCmd) Help() string {
	return `Draws the key of one officer, writes it to DIR/identity.age, encrypted with a
passphrase of their own, and the card beside it, which goes to the office that
grants. DIR is best on a stick that the officer keeps.

Example: sandogh branch officer --dir stick --id 101-head
Example: sandogh office grant RECORD --dir hq --card stick/officer-101-head.card.json --branch 101 --id 101-head`
}

func (c *branchOfficerCmd) Run(s *streams) error {
	x, err := body.New(body.Officer, c.ID, body.Signing)
	if err != nil {
		return err
	}
	return c.create(x, s)
}

type branchServeCmd struct {
	own
	Record     string            `required:"" help:"Headquarters' published record: folder, zip file or address." placeholder:"HQ"`
	Election   string            `help:"Expected election id." placeholder:"HEX"`
	Roll       string            `required:"" help:"The roll." placeholder:"FILE.csv"`
	Officer    []string          `help:"Folder of an officer's own key; repeat. Default: every folder in DIR/officers." placeholder:"FOLDER"`
	Listen     string            `default:"127.0.0.1:8420" help:"Where officers' and desks' pages are." placeholder:"HOST:PORT"`
	LinkListen string            `default:"127.0.0.1:8421" help:"Where terminals reach the branch; an address of the branch's own network." placeholder:"HOST:PORT"`
	HQ         string            `name:"hq" help:"Where headquarters receives the log." placeholder:"URL"`
	Admission  string            `enum:"assigned,central" default:"assigned" help:"Whom the branch admits: assigned or central."`
	Register   string            `help:"Address of the central register, with --admission central." placeholder:"URL"`
	Token      string            `name:"register-token-file" help:"File with the register's token." placeholder:"FILE"`
	Witness    map[string]string `help:"Where a witness is reached, to publish after the close. Repeat for each." placeholder:"NAME=URL|FOLDER" mapsep:"none"`
	Printer    string            `help:"Receipt printer of the branch: path:DEVICE, tcp:HOST[:PORT], file:PATH or simulate. Without it, papers are printed from the browser." placeholder:"PRINTER"`
	Paper      int               `default:"80" enum:"80,58" help:"Width of its paper in millimetres, 80 or 58." placeholder:"MM"`
	Scanner    string            `default:"keyboard" help:"Scanner of desk 1: keyboard if it types into the page, path:DEVICE, tcp:HOST:PORT or simulate." placeholder:"SCANNER"`
	Simulate   bool              `help:"Devices and voters are simulated; in a practice election alone."`
	Also       map[string]string `help:"What else runs, for the front page." placeholder:"TITLE=URL" mapsep:"none" hidden:""`
}

func (branchServeCmd) Help() string {
	return `Serves a branch on polling day: the officers' screens (opening, board, pause,
incidents, closing, minutes), the check-in desk, and the terminals' link. DIR
holds identity.age with the key of the branch's log, and all that happens; started
again, it goes on where it stood. The pages are for this machine; let others in
through a proxy that speaks TLS. The zero report, the minutes, the paper list and
release slips are printed on --printer; "simulate" is for practice elections: its
page shows the paper and has every fault as a button. What --scanner reads goes into
the field of desk 1; without it a scanner types as a keyboard does. Stop with Ctrl-C.

Example: sandogh branch serve --dir b1 --record HQ --roll roll.csv --officer stick1 --officer stick2 --printer path:/dev/usb/lp0
Example: sandogh branch serve --dir b1 --record https://hq.example/record --roll roll.csv --link-listen 10.0.0.1:8421 --hq https://hq.example/receive` + branchExample
}

// branchAt is a branch at work.
type branchAt struct {
	cmd      *branchServeCmd
	key      ed25519.PrivateKey // of the log
	id       string
	seen     *seen
	station  *station.Station
	marks    *marks.Book
	daybook  *daybook.Book
	officers []seat
	server   *branch.Server
	desk     *desk.Desk
	link     *link.Server
	scanner  reader.Reader  // nil if it types
	printer  device.Printer // nil if there is none
	streams  *streams
	closers  []func() error
}

// seat is an officer of the branch and the folder of the own key.
type seat struct {
	branch.Seat
	folder string
}

// lateMarks are the check-ins for a station that is opened before them.
type lateMarks struct{ *marks.Book }

// stack are the activation cards for the station.
type stack struct{ *activation.Set }

func (c stack) Check(text string) (int, error) {
	i, err := c.Set.Check(text)
	var foreign *activation.ForeignError
	if errors.As(err, &foreign) {
		err = fmt.Errorf("%w: %w", station.ErrForeign, err)
	}
	return i, err
}

func (c *branchServeCmd) Run(ctx context.Context, s *streams) (err error) {
	b, err := c.open(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	pages, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("serve branch: %w: name another address with --listen", err)
	}
	defer pages.Close()
	terminals, err := net.Listen("tcp", c.LinkListen)
	if err != nil {
		return fmt.Errorf("serve branch: %w: name another address with --link-listen", err)
	}
	defer terminals.Close()
	simulated := ""
	if c.Simulate {
		simulated = "SIMULATED. "
	}
	state := string(b.station.State())
	if state == string(station.Before) {
		state = "not open yet"
	}
	fmt.Fprintf(s.err, "%sBranch %s is %s. Officers and desks: http://%s/ (فارسی) and http://%s/en\nTerminals: https://%s\nStop with Ctrl-C.\n",
		simulated, b.id, state, pages.Addr(), pages.Addr(), terminals.Addr())
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	var first [2]error
	for i, serve := range []func() error{func() error { return b.server.Serve(ctx, pages) }, func() error { return b.link.Serve(ctx, terminals) }} {
		wg.Go(func() {
			first[i] = serve()
			stop() // one alone is no branch
		})
	}
	wg.Go(func() {
		b.desk.Keep(ctx, func(err error) { fmt.Fprintf(s.err, "The paper list is not current: %v\n", err) })
	})
	wg.Go(func() {
		b.desk.Scan(ctx, func(err error) { fmt.Fprintf(s.err, "Scanner of desk 1: %v. It is tried again.\n", err) })
	})
	wg.Wait()
	return errors.Join(first[:]...)
}

// loopback refuses plain HTTP beyond this machine, where it counts.
func (c *branchServeCmd) loopback(practice bool) error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("--listen %s: %w", c.Listen, err)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() || practice {
		return nil
	}
	return refused(fmt.Errorf("--listen %s: officers' passphrases would cross the network in the clear: listen on 127.0.0.1, and let others in through a proxy that speaks TLS", c.Listen))
}

func (c *branchServeCmd) open(ctx context.Context, s *streams) (_ *branchAt, err error) {
	scanner, err := reader.Parse(c.Scanner)
	if err != nil {
		return nil, fmt.Errorf("--scanner: %w", err)
	}
	var printer device.Printer
	if c.Printer != "" {
		if printer, err = voter.OpenPrinter(c.Printer); err != nil {
			return nil, fmt.Errorf("--printer: %w", err)
		}
	}
	x, err := c.own.open(body.Branch)
	if err != nil {
		return nil, err
	}
	b := &branchAt{cmd: c, id: x.ID, key: x.Key(body.Log), scanner: scanner, printer: printer, streams: s}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.close())
		}
	}()
	if b.seen, err = (&fromRecord{Record: c.Record, Election: c.Election}).read(ctx, s); err != nil {
		return nil, err
	}
	b.closers = append(b.closers, func() error { b.seen.close(); return nil })
	def := b.seen.def
	c.Simulate = c.Simulate || c.Printer == "simulate" || c.Scanner == "simulate"
	at, ok := def.Branch(b.id)
	switch {
	case !ok || at.LogKey != x.Public(body.Log):
		return nil, refused(fmt.Errorf("the definition has no branch %s with the log_key of %s", b.id, c.Dir))
	case b.seen.view.Key() == nil:
		return nil, refused(errors.New("there is no election key on the record yet"))
	case c.Simulate && !def.Practice:
		return nil, refused(fmt.Errorf("election %x is not marked as practice: nothing is simulated in it", b.seen.id))
	}
	if err := c.loopback(def.Practice); err != nil {
		return nil, err
	}
	if err := b.seats(def); err != nil {
		return nil, err
	}
	if err := b.books(ctx, def, at); err != nil {
		return nil, err
	}
	return b, b.screens(def, at)
}

// close gives everything free, the last first.
func (b *branchAt) close() error {
	var errs []error
	for _, c := range slices.Backward(b.closers) {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}

// seats finds the officers who were granted, and the folders of their keys.
func (b *branchAt) seats(def *election.Definition) error {
	folders := b.cmd.Officer
	if len(folders) == 0 {
		found, err := filepath.Glob(filepath.Join(b.cmd.Dir, "officers", "*"))
		if err != nil {
			return err
		}
		folders = found
	}
	for _, e := range b.seen.ledger.Entries {
		g, ok := e.Body.(*record.Grant)
		if !ok || g.What != record.GrantOfficer || g.Branch != b.id {
			continue
		}
		o, _ := def.Office(g.Office)
		x := seat{Seat: branch.Seat{ID: g.ID, Head: o.Role == election.Headquarters, Office: o.Name}}
		for _, f := range folders {
			if _, err := os.Stat(filepath.Join(f, "officer-"+g.ID+".card.json")); err == nil {
				x.folder = f
			}
		}
		b.officers = append(b.officers, x)
	}
	if len(b.officers) < 2 {
		return refused(fmt.Errorf("%d officers are granted to branch %s on the record, and two are needed: sandogh office grant", len(b.officers), b.id))
	}
	for _, o := range b.officers {
		if o.folder == "" {
			fmt.Fprintf(b.streams.err, "Officer %s cannot sign in: the own key is in no folder that --officer names, nor in %s.\n", o.ID, filepath.Join(b.cmd.Dir, "officers"))
		}
	}
	return nil
}

// unlock opens an officer's own key, which must be the one on the record.
func (b *branchAt) unlock(id, passphrase string) (ed25519.PrivateKey, error) {
	for _, o := range b.officers {
		if o.ID != id || o.folder == "" {
			continue
		}
		x, err := body.Open(o.folder, body.Officer, passphrase)
		if errors.Is(err, body.ErrPassphrase) {
			return nil, branch.ErrPassphrase
		}
		if err != nil {
			return nil, err
		}
		key := x.Key(body.Signing)
		if on := station.RosterOf(b.seen.ledger, b.id)["officer/"+id]; x.ID != id || !on.Key.Equal(key.Public()) {
			return nil, fmt.Errorf("the key in %s is not the one that was granted to officer %s", o.folder, id)
		}
		return key, nil
	}
	return nil, branch.ErrPassphrase
}

// books opens what the branch keeps: check-ins, log and journal, daybook.
func (b *branchAt) books(ctx context.Context, def *election.Definition, at *election.Branch) error {
	file, err := os.Open(b.cmd.Roll)
	if err != nil {
		return fmt.Errorf("read roll: %w", err)
	}
	b.closers = append(b.closers, file.Close)
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("read roll: %w", err)
	}
	voters, err := roll.Read(file, info.Size(), roll.Config{Definition: def, Branch: b.id})
	if err != nil {
		return fmt.Errorf("read roll %s: %w", b.cmd.Roll, err)
	}
	cards, err := activation.New(b.key, b.seen.id, b.id, activation.Count(at.Electorate))
	if err != nil {
		return err
	}
	var late lateMarks
	b.station, err = station.New(ctx, station.Config{Dir: b.cmd.Dir, Disk: disk, Definition: def, Branch: b.id, LogKey: b.key,
		Roster: station.RosterOf(b.seen.ledger, b.id), CheckIns: &late, Cards: stack{cards}, Now: time.Now})
	if err != nil {
		return err
	}
	b.closers = append(b.closers, func() error { return b.station.Shut(context.WithoutCancel(ctx)) })
	place := marks.Place{Disk: disk, Path: filepath.Join(b.cmd.Dir, "check-ins"), Definition: def, Roll: voters, Admission: marks.Admission(b.cmd.Admission),
		Key: b.key, Now: time.Now}
	if b.cmd.Admission == string(marks.Central) {
		if place.Register, err = b.cmd.register(); err != nil {
			return err
		}
	}
	if late.Book, err = marks.Open(place); err != nil {
		return err
	}
	b.marks = late.Book
	b.closers = append(b.closers, b.marks.Close)
	if b.daybook, err = daybook.Open(disk, filepath.Join(b.cmd.Dir, "daybook"), time.Now); err != nil {
		return err
	}
	b.closers = append(b.closers, b.daybook.Close)
	return nil
}

func (c *branchServeCmd) register() (marks.Register, error) {
	token := ""
	if c.Register == "" {
		return nil, errors.New("--admission central: name the register with --register")
	}
	if c.Token != "" {
		data, err := os.ReadFile(c.Token)
		if err != nil {
			return nil, fmt.Errorf("read the register's token: %w", err)
		}
		token = strings.TrimSpace(string(data))
	}
	return central.NewClient(c.Register, token, 5*time.Second)
}

// stopped is why the branch takes nothing any more: one disk that fails stops all.
func (b *branchAt) stopped() error {
	return errors.Join(b.station.Stopped(), b.marks.Err(), b.daybook.Err())
}

// screens makes the pages and the terminals' link.
func (b *branchAt) screens(def *election.Definition, at *election.Branch) error {
	log := slog.New(slog.NewTextHandler(b.streams.err, nil))
	o := officer.Config{Station: b.station, Book: b.daybook, Election: def, Dir: b.cmd.Dir, Disk: disk, Now: time.Now, Zone: tehran(),
		Paper:  papers.Branch{Election: def.Name, ElectionID: b.seen.id, Name: at.Name, ID: b.id, Practice: def.Practice, Simulated: b.cmd.Simulate},
		Orders: b.orders, Refresh: b.refresh, Publish: b.publish}
	var seats []branch.Seat
	for _, x := range b.officers {
		seats = append(seats, x.Seat)
		o.Officers = append(o.Officers, papers.Officer{ID: x.ID, Head: x.Head, Office: x.Office})
	}
	if b.cmd.HQ != "" {
		o.Push = func(ctx context.Context) error {
			return handover.Push(ctx, b.cmd.HQ, b.id, b.published(), nil, nil)
		}
	}
	if b.printer != nil {
		roll := printing.Roll80
		if b.cmd.Paper == 58 {
			roll = printing.Roll58
		}
		o.Press = press.New(b.printer, roll)
		b.closers = append(b.closers, o.Press.Close)
	}
	screens, err := officer.New(o)
	if err != nil {
		return err
	}
	b.desk = desk.New(desk.Config{Book: b.marks, Chances: b.station, Election: def.Name, Branch: at.Name, Simulated: b.cmd.Simulate, Now: time.Now, Zone: tehran(),
		List: filepath.Join(b.cmd.Dir, "papers", "paper-list.pdf"), Disk: disk, Press: o.Press, Scanner: b.scanner,
		Conflicts: func(n int) error { return b.daybook.Count("branch/"+b.id, daybook.Conflict, n) }})
	if err := disk.MkdirAll(filepath.Join(b.cmd.Dir, "papers"), 0o700); err != nil {
		return err
	}
	parts := []branch.Part{screens.Part(), b.desk.Part()}
	if o.Press != nil {
		parts = append(parts, o.Press.Part())
	}
	b.server, err = branch.New(branch.Config{Branch: at.Name, Practice: def.Practice, Simulated: b.cmd.Simulate, Officers: seats, Unlock: b.unlock,
		Note: b.daybook.Write, Now: time.Now, Log: log, Elsewhere: b.elsewhere,
		Status: func() branch.Status {
			return branch.Status{State: string(b.station.State()), Admission: b.desk.Rule(), Stopped: b.stopped()}
		}}, parts...)
	if err != nil {
		return err
	}
	b.link = link.New(link.Config{Station: b.station, Election: b.seen.id, Branch: b.id, Admission: b.cmd.Admission, Simulated: b.cmd.Simulate, Key: b.key, Stopped: b.stopped, Log: log})
	return nil
}

// elsewhere is what else runs, as the demo says.
func (b *branchAt) elsewhere(l web.Lang) []branch.Group {
	if len(b.cmd.Also) == 0 {
		return nil
	}
	g := branch.Group{Title: l.Say(web.Text{"دستگاه‌های رأی‌گیری", "Voting terminals"})}
	var titles []string
	for t := range b.cmd.Also {
		titles = append(titles, t)
	}
	slices.Sort(titles)
	for _, t := range titles {
		g.Entries = append(g.Entries, branch.Entry{Path: b.cmd.Also[t], Title: t, Text: b.cmd.Also[t], Kind: "good"})
	}
	return []branch.Group{g}
}

// reread reads headquarters' record again.
func (b *branchAt) reread(ctx context.Context) (*seen, error) {
	quiet := *b.streams
	quiet.err = io.Discard
	return (&fromRecord{Record: b.cmd.Record, Election: fmt.Sprintf("%x", b.seen.id)}).read(ctx, &quiet)
}

// refresh reads again who was granted to the branch.
func (b *branchAt) refresh(ctx context.Context) error {
	now, err := b.reread(ctx)
	if err != nil {
		return err
	}
	defer now.close()
	b.station.SetRoster(station.RosterOf(now.ledger, b.id))
	return nil
}

// orders are headquarters' orders to extend voting.
func (b *branchAt) orders(ctx context.Context) ([][]byte, error) {
	fsys, err := openRecord(ctx, b.cmd.Record)
	if err != nil {
		return nil, err
	}
	if c, ok := fsys.(io.Closer); ok {
		defer c.Close()
	}
	return body.Raw(fsys, b.seen.def, func(x record.Body) bool { _, is := x.(*record.ExtensionOrder); return is })
}

func (b *branchAt) published() string { return filepath.Join(b.cmd.Dir, "published") }

// publish has the closed log cosigned and writes its published form.
func (b *branchAt) publish(ctx context.Context) (string, error) {
	witnesses, err := cosigners(b.seen.def, b.cmd.Witness)
	if err != nil {
		return "", err
	}
	_, err = body.Publish(ctx, b.station.Log(), b.published(), b.seen.def, election.BranchOrigin(b.seen.id, b.id), b.key.Public().(ed25519.PublicKey), witnesses, nil)
	return b.published(), err
}

// tehran is where polling is; a machine without the table of zones is off by none
// of its rules, for there are none since 1401.
func tehran() *time.Location { return time.FixedZone("Asia/Tehran", 3*3600+1800) }
