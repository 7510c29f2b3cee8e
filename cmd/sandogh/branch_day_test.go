package main

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/activation"
	"github.com/sandogh/sandogh/internal/hq"
	"github.com/sandogh/sandogh/internal/rehearsal"
	"github.com/sandogh/sandogh/internal/sequencer"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/terminal/vault"
	"github.com/sandogh/sandogh/internal/witness"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/source"
)

var (
	dayLoad = flag.Duration("day", 0, "measure a branch's day: 3,000 candidates, 20 check-ins a second for so long; 0 is a short day with 60, without a clock")
	daySeed = flag.Uint64("day-seed", 0, "seed of what the scripted voters choose; 0 draws one and prints it")
)

// terminalsOfDay vote at once.
const terminalsOfDay = 4

// place is a branch and its terminals, each a process of its own.
type place struct {
	t      *testing.T
	dir    string
	self   string // the program
	demo   *branchDemo
	home   string // of the officers and desks
	terms  []*post
	procs  map[string]*exec.Cmd
	stack  []activation.Card
	serves []string // how the branch's process is started
}

// post is a terminal.
type post struct{ id, home, dir string }

// newPlace makes an election, grants two more terminals than a rehearsal has, and
// writes what the processes need.
func newPlace(t *testing.T, candidates, votes, electorate int) *place {
	t.Helper()
	p := &place{t: t, dir: t.TempDir(), procs: map[string]*exec.Cmd{}}
	ctx := t.Context()
	e, err := simulate.County(simulate.DefaultSeed)
	if err != nil {
		t.Fatal(err)
	}
	def := e.Definition
	c, _ := def.Contest("council-large-city")
	crowd(c, candidates, votes)
	b, _ := def.Branch("large-city-1")
	b.Electorate = electorate
	if faults := def.Validate(); len(faults) > 0 {
		t.Fatal(&faults)
	}
	dir := filepath.Join(p.dir, "election")
	r, err := rehearsal.New(ctx, rehearsal.Config{Election: e, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Ceremony(ctx), r.Close(ctx)); err != nil {
		t.Fatal(err)
	}
	p.demo = &branchDemo{cmd: &branchDemoCmd{Dir: p.dir}, r: r, keys: e.Keys, id: b.ID, streams: &streams{out: io.Discard, err: io.Discard}}
	p.demo.officers, p.demo.devices = r.Seats(b.ID)
	for len(p.demo.devices) < terminalsOfDay {
		p.demo.devices = append(p.demo.devices, fmt.Sprintf("b1-device%d", len(p.demo.devices)+1))
	}
	if err := p.grant(ctx, dir, p.demo.devices[2:]); err != nil {
		t.Fatal(err)
	}
	if err := p.demo.write(); err != nil {
		t.Fatal(err)
	}
	set, err := activation.New(e.Keys.Signing("log/"+record.BranchLog(b.ID)), def.ID(), b.ID, activation.Count(electorate))
	if err == nil {
		p.stack, err = set.Stack(set.Len())
	}
	if err != nil {
		t.Fatal(err)
	}
	p.self = filepath.Join(p.dir, "sandogh") // under its own name the test binary is the command
	test, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if os.Link(test, p.self) != nil {
		if err := copyFile(p.self, test); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// crowd gives a contest n candidates, k votes, and lists that are as long as a
// ballot.
func crowd(c *election.Contest, n, k int) {
	c.Seats, c.Alternates, c.VoteLimit, c.ListLimits.Max = k, k/2, k, k
	old, parts := slices.Clone(c.Candidates), len(c.Candidates)
	c.Candidates = nil
	for i := range n {
		x := old[i%parts]
		x.ID = strconv.Itoa(101 + i)
		x.List = ""
		if list := i / c.VoteLimit; list < len(c.Lists) {
			x.List = c.Lists[list].ID
		}
		more := old[i/parts%parts].Name
		if i >= parts {
			x.Name = election.Name{Fa: x.Name.Fa + " " + more.Fa, En: x.Name.En + " " + more.En}
		}
		c.Candidates = append(c.Candidates, x)
	}
}

// grant has headquarters grant more devices.
func (p *place) grant(ctx context.Context, dir string, devices []string) (err error) {
	def, keys := p.demo.r.Definition(), p.demo.keys
	id := def.ID()
	logs := map[string]ed25519.PublicKey{election.HQOrigin(id): def.HQLogKey.Ed25519()}
	w, err := witness.New(filepath.Join(dir, "private", "witness/1"), def.Witnesses[0].Name, keys.Signing("witness/1"),
		func(origin string) (ed25519.PublicKey, bool) { k, ok := logs[origin]; return k, ok }, time.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	h, err := hq.Open(ctx, hq.Config{Private: filepath.Join(dir, "private"), Record: filepath.Join(dir, "record"), Definition: def, LogKey: keys.Signing("log/hq"),
		Office: keys.Signer("office/hq"), Witnesses: []sequencer.Cosigner{w}, Verify: verify.Options{Facts: &source.Facts{}}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close(ctx)) }()
	for _, d := range devices {
		key := keys.Signing("device/" + d).Public().(ed25519.PublicKey)
		if err := h.Sign(ctx, &record.Grant{Office: "hq", What: record.GrantDevice, ID: d, Branch: p.demo.id, Key: key}); err != nil {
			return err
		}
	}
	_, err = h.Publish(ctx)
	return err
}

// start starts a process and returns when it has said the text. What it tells
// people is kept in a file; its folder for what is temporary is one of its own.
func (p *place) start(name, text string, args ...string) {
	p.t.Helper()
	tmp := filepath.Join(p.dir, "tmp", name)
	if err := errors.Join(os.MkdirAll(tmp, 0o700), os.MkdirAll(filepath.Join(p.dir, "told"), 0o700)); err != nil {
		p.t.Fatal(err)
	}
	log, err := os.OpenFile(filepath.Join(p.dir, "told", name), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.Command(p.self, args...)
	cmd.Env = append(os.Environ(), "TMPDIR="+tmp, "HOME="+tmp)
	told, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	p.procs[name] = cmd
	up, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		defer log.Close()
		seen := false
		for lines := bufio.NewScanner(told); lines.Scan(); {
			fmt.Fprintln(log, lines.Text())
			if !seen && strings.Contains(lines.Text(), text) {
				seen = true
				close(up)
			}
		}
	}()
	p.t.Cleanup(func() { // unless stop has ended it
		if p.procs[name] == cmd {
			cmd.Process.Kill()
			<-done
			cmd.Wait()
		}
	})
	select {
	case <-up:
	case <-done:
		said, _ := os.ReadFile(log.Name())
		p.t.Fatalf("%s has ended: %s", name, said)
	case <-time.After(2 * time.Minute):
		p.t.Fatalf("%s does not answer", name)
	}
}

// serve starts all processes.
func (p *place) serve() {
	p.t.Helper()
	address := func() string {
		a, err := free()
		if err != nil {
			p.t.Fatal(err)
		}
		return a
	}
	desks, link := address(), address()
	p.home = "http://" + desks
	d := p.demo
	p.serves = []string{"branch", "serve", "--dir", d.path("branch"), "--record", d.r.Record(), "--election", fmt.Sprintf("%x", d.r.Definition().ID()),
		"--roll", d.path("roll.csv"), "--simulate", "--passphrase-file", d.path("passphrase"), "--listen", desks, "--link-listen", link}
	p.branch()
	for _, id := range d.devices {
		x := &post{id, "http://" + address(), d.path(id)}
		p.start(id, "in its browser", "terminal", "serve", "--branch", "https://"+link, "--key", filepath.Join(x.dir, vault.KeyFile), "--listen", strings.TrimPrefix(x.home, "http://"),
			"--voter-listen", address(), "--printer", "simulate")
		p.terms = append(p.terms, x)
	}
}

// branch starts the branch's own process.
func (p *place) branch() {
	p.t.Helper()
	p.start("branch", "Stop with Ctrl-C", p.serves...)
}

// end ends a process as Ctrl-C does.
func (p *place) end(name string) {
	p.t.Helper()
	cmd := p.procs[name]
	delete(p.procs, name)
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		p.t.Errorf("%s ended with %v", name, err)
	}
}

// stop ends all processes.
func (p *place) stop() {
	p.t.Helper()
	for name := range p.procs {
		p.end(name)
	}
}

// open has the two officers open the branch.
func (p *place) open() {
	p.t.Helper()
	o := newPerson(p.home, nil)
	o.signIn()
	o.get(p.home + "/en/officer/open")
	id := fmt.Sprintf("%x", p.demo.r.Definition().ID())
	var typed []string
	for _, m := range regexp.MustCompile(`id="g([0-9]+)"`).FindAllStringSubmatch(o.page, -1) {
		n, _ := strconv.Atoi(m[1])
		typed = append(typed, "group", id[4*n-4:4*n])
	}
	o.post("/en/officer/open/definition", typed...)
	o.post("/en/officer/open/test", "clock", "1")
	o.until(p.home+"/en/officer/open", fmt.Sprintf("<b>%d terminals are ready", terminalsOfDay))
	o.post("/en/officer/open/devices")
	o.post("/en/officer/open/sign", "second", "b1-supervisor", "passphrase", demoPassphrase)
	o.wants("The branch is open")
	if o.err != nil {
		p.t.Fatal(o.err)
	}
}

// desk has the head make a machine a desk.
func (p *place) desk(number int, times *screens) *person {
	p.t.Helper()
	d := newPerson(p.home, nil)
	d.signIn()
	d.post("/en/open-desk", "desk", strconv.Itoa(number))
	d.wants("Desk ")
	if d.err != nil {
		p.t.Fatal(d.err)
	}
	d.times = times
	return d
}

// voters are those of the branch's roll who are of age.
func (p *place) voters() []string {
	p.t.Helper()
	data, err := os.ReadFile(p.demo.path("roll.csv"))
	if err != nil {
		p.t.Fatal(err)
	}
	var out []string
	for _, l := range strings.Split(string(data), "\n") {
		if f := strings.Split(l, ","); len(f) == 6 && f[5] == p.demo.id && f[3] < "1380" {
			out = append(out, f[0])
		}
	}
	return out
}

// screens are the times that screens took, from the press to the whole page.
type screens struct {
	mu   sync.Mutex
	took map[string][]time.Duration
}

func (s *screens) add(name string, d time.Duration) {
	if s == nil || name == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.took == nil {
		s.took = map[string][]time.Duration{}
	}
	s.took[name] = append(s.took[name], d)
}

// of returns a quantile.
func (s *screens) of(name string, percent int) time.Duration {
	x := slices.Sorted(slices.Values(s.took[name]))
	if len(x) == 0 {
		return 0
	}
	return x[min(len(x)-1, len(x)*percent/100)]
}

func (s *screens) print(t *testing.T) {
	var names []string
	for n := range s.took {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		t.Logf("%-32s %5d times  p50 %7.1f ms  p95 %7.1f ms  p99 %7.1f ms", n, len(s.took[n]), ms(s.of(n, 50)), ms(s.of(n, 95)), ms(s.of(n, 99)))
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
