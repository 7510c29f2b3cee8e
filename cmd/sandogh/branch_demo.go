package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/sandogh/sandogh/internal/activation"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/rehearsal"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/terminal/vault"
	"github.com/sandogh/sandogh/internal/witness"
	"github.com/sandogh/sandogh/record"
)

type branchDemoCmd struct {
	Dir    string `help:"Folder for the branch; must be empty or new (default: a new temporary folder)." placeholder:"DIR"`
	Listen string `default:"127.0.0.1:8420" help:"Where the index is." placeholder:"HOST:PORT"`
	Seed   uint64 `default:"${seed}" help:"Seed of the simulated roll; keys are always fresh."`
}

func (branchDemoCmd) Help() string {
	return `Makes a practice election with keys that are thrown away, and starts one of its
branches and two terminals, each in a process of its own, with a simulated roll,
simulated printers, card readers and scanner: everything says SIMULATED. It prints
what to open and the passphrases of the two officers. Stop with Ctrl-C; the folder
stays.

Example: sandogh branch demo
Example: sandogh branch demo --dir practice --listen 127.0.0.1:9000`
}

// demoPassphrase protects nothing: the demo prints it.
const demoPassphrase = "practice"

// demoWork is scrypt's work factor of the demo's keys: nobody waits a second for
// what is no secret.
const demoWork = 10

// demoVoters is the size of the simulated roll.
const demoVoters = 400

func (c *branchDemoCmd) Run(ctx context.Context, s *streams) (err error) {
	if c.Dir == "" {
		if c.Dir, err = os.MkdirTemp("", "sandogh-branch-"); err != nil {
			return err
		}
	}
	e, err := simulate.County(c.Seed)
	if err != nil {
		return err
	}
	r, err := rehearsal.New(ctx, rehearsal.Config{Election: e, Dir: filepath.Join(c.Dir, "election"), Seed: c.Seed})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close(context.WithoutCancel(ctx))) }()
	fmt.Fprintln(s.err, "SIMULATED. Making a practice election …")
	if err := r.Ceremony(ctx); err != nil {
		return err
	}
	d := &branchDemo{cmd: c, r: r, keys: e.Keys, id: e.Definition.Branches[0].ID, streams: s}
	d.officers, d.devices = r.Seats(d.id)
	if err := d.write(); err != nil {
		return err
	}
	return d.run(ctx)
}

// branchDemo is a simulated branch: its folder and its processes.
type branchDemo struct {
	cmd               *branchDemoCmd
	r                 *rehearsal.Rehearsal
	keys              *simulate.Keys
	id                string
	officers, devices []string
	streams           *streams
}

func (d *branchDemo) path(name ...string) string {
	return filepath.Join(append([]string{d.cmd.Dir}, name...)...)
}

// write writes what the processes need, as their inits would.
func (d *branchDemo) write() error {
	keep := func(x *body.Identity, dir string) error {
		_, err := x.Create(dir, demoPassphrase, demoWork)
		return err
	}
	x, err := body.Of(body.Branch, d.id, map[string]ed25519.PrivateKey{body.Log: d.keys.Signing("log/" + record.BranchLog(d.id))})
	if err != nil {
		return err
	}
	if err := keep(x, d.path("branch")); err != nil {
		return err
	}
	for _, id := range d.officers {
		x, err := body.Of(body.Officer, id, map[string]ed25519.PrivateKey{body.Signing: d.keys.Signing("officer/" + id)})
		if err != nil {
			return err
		}
		if err := keep(x, d.path("branch", "officers", id)); err != nil {
			return err
		}
	}
	for _, id := range d.devices {
		v, err := vault.Create(disk, d.path(id), d.id, id, d.keys.Signing("device/"+id))
		if err != nil {
			return err
		}
		if err := v.Prepare(d.r.Definition(), d.r.View().Key(), demoVoters, nil); err != nil {
			return err
		}
	}
	var roll bytes.Buffer
	if err := simulate.Roll(&roll, d.r.Definition(), d.cmd.Seed, demoVoters); err != nil {
		return err
	}
	if err := durable.WriteFile(d.path("roll.csv"), roll.Bytes(), 0o600); err != nil {
		return err
	}
	return durable.WriteFile(d.path("passphrase"), []byte(demoPassphrase+"\n"), 0o600)
}

// cardsAt is the file with the cards that a terminal's panel presents.
func (d *branchDemo) cardsAt(device string) string { return d.path("cards-" + device + ".txt") }

// deal writes cards for the panel of each terminal and returns some for people to
// type; the demo prints no paper.
func (d *branchDemo) deal() ([]string, error) {
	at, _ := d.r.Definition().Branch(d.id)
	set, err := activation.New(d.keys.Signing("log/"+record.BranchLog(d.id)), d.r.Definition().ID(), d.id, activation.Count(at.Electorate))
	if err != nil {
		return nil, err
	}
	stack, err := set.Stack(set.Len())
	if err != nil {
		return nil, err
	}
	each := len(stack) / (len(d.devices) + 1)
	for i, id := range d.devices {
		var file bytes.Buffer
		for _, c := range stack[i*each : (i+1)*each] {
			fmt.Fprintln(&file, c.Text)
		}
		if err := durable.WriteFile(d.cardsAt(id), file.Bytes(), 0o600); err != nil {
			return nil, err
		}
	}
	var typed []string
	for _, c := range stack[len(stack)-min(each, 12):] {
		typed = append(typed, c.Digits[:4]+" "+c.Digits[4:])
	}
	return typed, nil
}

// free finds an address that nobody listens on. Somebody may be quicker; then the
// process that wants it says so.
func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// run starts the processes and the witnesses, says what to open, and waits.
func (d *branchDemo) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	at := make([]string, 1+2*len(d.devices)) // the link; of each terminal the idle page and the voter's
	for i := range at {
		var err error
		if at[i], err = free(); err != nil {
			return err
		}
	}
	serve := []string{"branch", "serve", "--dir", d.path("branch"), "--record", d.r.Record(), "--election", fmt.Sprintf("%x", d.r.Definition().ID()), "--roll", d.path("roll.csv"), "--printer", "simulate", "--scanner", "simulate",
		"--passphrase-file", d.path("passphrase"), "--listen", d.cmd.Listen, "--link-listen", at[0]}
	for i, w := range d.r.Witnesses() {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		wg.Go(func() { _ = witness.Serve(ctx, l, witness.Handler(w, nil)) }) // until the demo ends
		serve = append(serve, "--witness", d.r.Definition().Witnesses[i].Name+"=http://"+l.Addr().String())
	}
	for i, id := range d.devices {
		serve = append(serve, "--also", id+"=http://"+at[1+2*i]+"/", "--also", id+" (چاپگر و کارت‌خوان / printer and reader)=http://"+at[1+2*i]+"/dock/")
	}
	cards, err := d.deal()
	if err != nil {
		return err
	}
	ended := make(chan error, 1+len(d.devices))
	start := func(ready string, args ...string) error {
		up := make(chan struct{})
		p, err := d.process(ctx, ready, up, args...)
		if err != nil {
			return err
		}
		done := make(chan error, 1)
		wg.Go(func() { err := p.Wait(); done <- err; ended <- err })
		select {
		case <-up:
			return nil
		case err := <-done:
			return fmt.Errorf("sandogh %s has ended: %w", strings.Join(args[:2], " "), err)
		case <-time.After(time.Minute):
			return fmt.Errorf("sandogh %s does not answer", strings.Join(args[:2], " "))
		}
	}
	if err := start("Stop with Ctrl-C", serve...); err != nil {
		return err
	}
	for i, id := range d.devices {
		err := start("in its browser", "terminal", "serve", "--branch", "https://"+at[0], "--key", d.path(id, vault.KeyFile), "--listen", at[1+2*i],
			"--voter-listen", at[2+2*i], "--printer", "simulate", "--reader", "simulate", "--cards", d.cardsAt(id))
		if err != nil {
			return err
		}
	}
	fmt.Fprintf(d.streams.out, "SIMULATED branch %s, in %s\nOpen: http://%s/ (فارسی), http://%s/en\n", d.id, d.cmd.Dir, d.cmd.Listen, d.cmd.Listen)
	for i, id := range d.devices {
		fmt.Fprintf(d.streams.out, "Terminal %s: http://%s/   printer and card reader: http://%s/dock/\n", id, at[1+2*i], at[1+2*i])
	}
	fmt.Fprintf(d.streams.out, "Desk 1: http://%s/desk   scanner: http://%s/dock/\n", d.cmd.Listen, d.cmd.Listen)
	fmt.Fprintf(d.streams.out, "Officers %s, each with the passphrase: %s\n", strings.Join(d.officers, " and "), demoPassphrase)
	fmt.Fprintf(d.streams.out, "Activation cards to type (the card readers have others), each for one voter who is checked in: %s\n", strings.Join(cards, ", "))
	id := d.r.Definition().ID()
	var groups []string
	for h := fmt.Sprintf("%x", id); h != ""; h = h[4:] {
		groups = append(groups, h[:4])
	}
	fmt.Fprintf(d.streams.out, "Identity of the election, for the opening: %s\nStop with Ctrl-C.\n", strings.Join(groups, " "))
	select {
	case <-ctx.Done():
		return nil
	case err := <-ended:
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("one of the processes has ended: %w", err)
	}
}

// process starts this binary with the arguments. up is closed when a line of what
// it tells people has the text.
func (d *branchDemo) process(ctx context.Context, text string, up chan struct{}, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := exec.CommandContext(ctx, self, args...)
	p.Cancel = func() error { return p.Process.Signal(syscall.SIGTERM) }
	p.WaitDelay = 15 * time.Second
	told, err := p.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := p.Start(); err != nil {
		return nil, err
	}
	is := regexp.MustCompile(regexp.QuoteMeta(text))
	go func() {
		lines := bufio.NewScanner(told)
		seen := false
		for lines.Scan() {
			fmt.Fprintf(d.streams.err, "%s: %s\n", args[0], lines.Text())
			if !seen && is.MatchString(lines.Text()) {
				seen = true
				close(up)
			}
		}
		_, _ = io.Copy(io.Discard, told)
	}()
	return p, nil
}
