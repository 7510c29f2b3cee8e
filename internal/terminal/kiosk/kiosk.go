package kiosk

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/sandogh/sandogh/internal/printing/device"
	"github.com/sandogh/sandogh/internal/reader"
	"github.com/sandogh/sandogh/internal/terminal"
	"github.com/sandogh/sandogh/internal/terminal/vault"
	"github.com/sandogh/sandogh/internal/terminal/voter"
)

// Config is what a device runs with.
type Config struct {
	Vault   *vault.Vault
	Client  *Client
	Setup   voter.Setup    // for the processes of the voters
	Command []string       // that starts one
	Voters  net.Listener   // for their pages
	Address string         // of these pages: http://HOST:PORT
	Printer device.Printer // asked how it is while nobody votes; nil if simulated
	Every   time.Duration  // between two signs of life; 0 is 2 seconds

	Reader     reader.Reader // of cards; nil if it types into the page
	ReaderLost func(error)   // told why it is; may be nil
	Cards      []string      // that the panel of a simulated reader presents
}

// A Cause is why a device is out of service.
type Cause string

// The causes there are. Those of a printer are its terminal.Trouble.
const (
	InService  Cause = ""
	Starting   Cause = "starting"
	NoBranch   Cause = "branch"
	Stopped    Cause = "stopped"
	WrongKey   Cause = "mixed"    // another election, branch or device
	Rollback   Cause = "rollback" // the branch's log has gone back
	Before     Cause = "before"   // not open yet
	Paused     Cause = "paused"
	Closed     Cause = "closed"
	Retired    Cause = "retired"
	Locked     Cause = "locked"
	Unsettled  Cause = "waiting"   // a ballot without an ending
	Busy       Cause = "busy"      // a session that the branch still has
	NoProcess  Cause = "process"   // the voter's process does not start
	Full       Cause = "full"      // the limit of ballots is reached
	NoPractice Cause = "simulated" // a simulated printer outside of practice
)

// stage is what the voter's process is doing.
type stage int

const (
	none stage = iota // there is no process
	warming
	warm
	live
	over // the session is, and its last page is shown
)

// A Kiosk is the device's own process. Any number of goroutines may use it.
type Kiosk struct {
	cfg  Config
	poke chan struct{} // something has changed: tell the branch

	mu        sync.Mutex
	state     *State // of the branch, nil if it did not answer
	err       error  // why not
	cause     Cause  // found by the device itself: Rollback, WrongKey
	child     *child
	stage     stage
	failed    string // why there is no process
	retry     time.Time
	ready     voter.Report // the commitment
	committed bool         // handed in
	session   string
	token     string
	began     chan struct{} // closed when the voter's pages are there
	how       How
	printer   device.State
	after     int // of a simulated printer: so many rows, and
	then      device.State
	leaving   []left // sessions that the branch does not know to be over
	acts      uint64 // grows with everything that changes sessions
	turn      uint64 // grows with everything that changes the page
	reading
	card      string // what is being typed
	said      *Refusal
	overSince time.Time
}

type left struct {
	session string
	why     terminal.Why
}

const redacted = "kiosk[REDACTED]"

// Format writes a fixed text, whatever the verb.
func (*Kiosk) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue returns a fixed text.
func (*Kiosk) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns a fixed text.
func (*Kiosk) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// New returns the device's own process. Run makes it work.
func New(cfg Config) (*Kiosk, error) {
	if cfg.Vault.Definition == nil {
		return nil, vault.ErrNotPrepared
	}
	if cfg.Every == 0 {
		cfg.Every = 2 * time.Second
	}
	k := &Kiosk{cfg: cfg, poke: make(chan struct{}, 1), how: How{Screen: "out-of-service", Printer: "ready"}}
	if k.practises() && !cfg.Vault.Definition.Practice {
		return nil, errors.New("start terminal: simulated devices are for practice, and this definition is not marked as practice")
	}
	return k, nil
}

// change notes that the page or what the branch is told has changed. mu is held.
func (k *Kiosk) change() {
	k.turn++
	select {
	case k.poke <- struct{}{}:
	default:
	}
}

// Run tells the branch how the device is, does what it is told, and keeps a
// process ready, until the context ends.
func (k *Kiosk) Run(ctx context.Context) error {
	var reading sync.WaitGroup
	defer reading.Wait()
	if k.cfg.Reader != nil {
		reading.Go(func() { k.read(ctx) })
	}
	defer func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.child != nil {
			k.child.quit()
		}
	}()
	tick := time.NewTicker(k.cfg.Every)
	defer tick.Stop()
	for {
		k.keepReady()
		k.pulse(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-k.poke:
		}
	}
}

// keepReady starts a voter's process if there is none, and ends one whose last
// page was left open.
func (k *Kiosk) keepReady() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stage == over && time.Since(k.overSince) > time.Minute {
		k.child.quit()
	}
	if k.stage != none || k.cause == Closed || time.Now().Before(k.retry) {
		return
	}
	setup := k.cfg.Setup
	setup.State = k.printer
	c, err := begin(k.cfg.Command, setup, k.cfg.Voters)
	if err != nil {
		k.failed, k.retry = err.Error(), time.Now().Add(5*time.Second)
		k.change()
		return
	}
	if k.after > 0 {
		c.tell(voter.Order{Do: voter.Printer, State: k.then, After: k.after})
	}
	k.child, k.stage = c, warming
	go k.listen(c)
}

// listen takes the reports of a voter's process.
func (k *Kiosk) listen(c *child) {
	for r := range c.reports {
		switch r.Say {
		case voter.Seal, voter.End:
			go k.forward(c, r)
			continue
		}
		k.mu.Lock()
		switch r.Say {
		case voter.Ready:
			k.stage, k.ready, k.failed = warm, r, ""
		case voter.Began:
			k.token = r.Token
			close(k.began)
		case voter.State:
			if k.stage == live {
				k.how.Screen, k.how.Assisted = r.Screen, r.Assisted
				k.how.Printer = printers[r.State]
				if k.cfg.Setup.Simulated && !r.State.Prints() {
					k.printer, k.after = r.State, 0
				}
			}
		case voter.Over:
			k.stage, k.overSince = over, time.Now()
			k.finish(r.Cast, r.Why)
		}
		k.change()
		k.mu.Unlock()
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	switch k.stage {
	case warming:
		k.failed, k.retry = c.complaint(), time.Now().Add(5*time.Second)
	case live:
		k.finish(false, terminal.Fault)
	}
	k.stage, k.child, k.token = none, nil, ""
	k.change()
}

// finish is the end of a session. mu is held.
func (k *Kiosk) finish(cast bool, why terminal.Why) {
	if !cast && k.session != "" {
		k.leaving = append(k.leaving, left{k.session, why})
	}
	k.session, k.how = "", How{Screen: "out-of-service"}
	k.acts++
}

// printers are the states of a printer in the link's words.
var printers = [...]string{device.Ready: "ready", device.Low: "low", device.Out: "out", device.Cover: "cover", device.Hot: "hot", device.Faulty: "faulty", device.Lost: "lost"}

// pulse tells the branch how the device is and does what it answers.
func (k *Kiosk) pulse(ctx context.Context) {
	k.mu.Lock()
	how := k.look(ctx)
	acts, leaving, ready, committed := k.acts, slices.Clone(k.leaving), k.ready, k.committed
	k.mu.Unlock()
	for _, l := range leaving {
		if err := k.cfg.Client.Leave(ctx, l.session, l.why); err != nil {
			var no *Refusal
			if !errors.As(err, &no) {
				break // asked again with the next sign of life
			}
		}
		k.mu.Lock()
		k.leaving = slices.DeleteFunc(k.leaving, func(x left) bool { return x == l })
		k.acts++
		acts = k.acts
		k.mu.Unlock()
	}
	mark, fault := k.cfg.Vault.Mark() // before the branch is asked: it has at least so many
	s, err := k.cfg.Client.Tell(ctx, how)
	if err == nil && s.Device.ID == k.cfg.Vault.Device && !s.Device.Committed && !committed && ready.Root != nil && s.State != "closed" {
		s, err = k.cfg.Client.Commit(ctx, ready.Limit, ready.Root)
		k.mu.Lock()
		k.committed = err == nil
		k.mu.Unlock()
	}
	if ctx.Err() == nil {
		k.take(ctx, asked{acts, mark, fault}, s, err)
	}
}

// look is how the device is, with the printer asked while nobody votes. mu is held.
func (k *Kiosk) look(ctx context.Context) How {
	how := k.how
	if k.stage == live {
		return how
	}
	if k.cfg.Printer != nil {
		ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
		defer cancel()
		k.mu.Unlock()
		state := k.cfg.Printer.State(ctx)
		k.mu.Lock()
		if k.stage == live {
			return k.how
		}
		if state != k.printer {
			k.printer = state
			k.turn++
		}
	}
	how.Screen, how.Assisted, how.Printer = "idle", false, printers[k.printer]
	if c := k.why(); c != InService && c != Starting {
		how.Screen = "out-of-service"
	}
	k.how = how
	return how
}

// asked is how the device was when it asked the branch: the answer may be older
// than what has happened since.
type asked struct {
	acts, mark uint64
	fault      error // of the mark
}

// take does what the branch has answered.
func (k *Kiosk) take(ctx context.Context, at asked, s *State, err error) {
	k.mu.Lock()
	before := k.why()
	switch {
	case err != nil:
		k.state, k.err = nil, err
	case at.acts == k.acts || k.state == nil:
		k.state, k.err = s, nil
	default: // a session has begun or ended since; the branch is asked again
		k.err = nil
		k.change()
		k.mu.Unlock()
		return
	}
	var orders []Ending
	switch {
	case err != nil:
	case k.cause == Closed:
	case !k.ours(s):
		k.cause = WrongKey
	case at.fault != nil:
		k.cause = NoProcess
	case s.Device.Next < at.mark:
		k.cause = Rollback
	case s.State == "closed":
		if k.cfg.Vault.EraseRoot() != nil {
			break // tried again with the next sign of life
		}
		k.cause = Closed
		if k.child != nil {
			k.child.quit()
		}
	default:
		k.cause = InService
		orders = slices.Clone(s.Orders)
		if at.acts != k.acts {
			break
		}
		known := k.session != ""
		switch {
		case known && s.Device.Session != k.session:
			k.child.tell(voter.Order{Do: voter.Settled})
		case !known && s.Device.Session != "" && k.stage != live:
			k.leaving = append(k.leaving, left{s.Device.Session, terminal.Fault})
		}
	}
	if k.why() != before {
		k.change()
	}
	k.mu.Unlock()
	for _, o := range orders {
		k.settle(ctx, s, o)
	}
}

// ours reports whether the state is of this device, branch and election.
func (k *Kiosk) ours(s *State) bool {
	id := k.cfg.Vault.Definition.ID()
	return s.Election == hex.EncodeToString(id[:]) && s.Branch == k.cfg.Vault.Branch && s.Device.ID == k.cfg.Vault.Device
}

// why is the reason for which no session can begin. mu is held.
func (k *Kiosk) why() Cause {
	switch {
	case k.cause != InService:
		return k.cause
	case errors.Is(k.err, ErrStopped):
		return Stopped
	case k.err != nil:
		return NoBranch
	case k.state == nil:
		return Starting
	case k.failed != "":
		return NoProcess
	case !k.state.Simulated && k.practises():
		return NoPractice
	case k.state.Device.Retired:
		return Retired
	case k.state.State == "before", !k.state.Device.Committed:
		return Before
	case k.state.State == "paused":
		return Paused
	case k.state.Device.Locked:
		return Locked
	case len(k.state.Device.Waiting) > 0:
		return Unsettled
	case len(k.leaving) > 0 || k.state.Device.Session != "" && k.session == "":
		return Busy
	case k.state.Device.Next >= k.cfg.Vault.Limit:
		return Full
	case !k.printer.Prints():
		return Cause(troubles[k.printer])
	case k.stage != warm && k.stage != live:
		return Starting
	}
	return InService
}

var troubles = map[device.State]terminal.Trouble{
	device.Out: terminal.PaperOut, device.Cover: terminal.CoverOpen, device.Hot: terminal.TooHot,
	device.Faulty: terminal.Faulty, device.Lost: terminal.PrinterOff,
}

// patience is how long a voter's process may take to show its first page.
const patience = 10 * time.Second

// Activate begins a session with an activation card and returns the address of its
// first page.
func (k *Kiosk) Activate(ctx context.Context, card string) (address string, err error) {
	k.mu.Lock()
	if c := k.why(); c != InService || k.stage != warm {
		k.mu.Unlock()
		return "", fmt.Errorf("begin session: %w: %s", errNotNow, c)
	}
	k.stage, k.began = live, make(chan struct{})
	k.acts++
	began, c := k.began, k.child
	k.mu.Unlock()

	session, err := k.cfg.Client.Activate(ctx, card)
	var s *State
	if err == nil {
		s, err = k.cfg.Client.State(ctx)
	}
	k.mu.Lock()
	k.acts++
	k.session = session
	mark, fault := k.cfg.Vault.Mark()
	err = errors.Join(err, fault)
	if err == nil && s.Device.Next < mark {
		k.cause, err = Rollback, errors.New("begin session: the branch's log has gone back")
	}
	if err == nil {
		k.state, k.how = s, How{Screen: "voting", Printer: printers[k.printer]}
		err = c.tell(voter.Order{Do: voter.Begin, Next: s.Device.Next})
	}
	if err != nil {
		if k.stage == live {
			k.stage = warm
		}
		k.finish(session == "", terminal.Fault)
		k.change()
		k.mu.Unlock()
		return "", err
	}
	k.change()
	k.mu.Unlock()
	select {
	case <-began:
	case <-time.After(patience):
		c.quit() // listen ends the session with a fault
		return "", errors.New("begin session: the voter's process does not answer")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.pages(), nil
}

// pages is the address of the voter's pages. mu is held.
func (k *Kiosk) pages() string { return k.cfg.Address + "/" + k.token + "/" }

// Simulate sets the state of the simulated printer, at once or once so many rows of
// a piece of paper are printed.
func (k *Kiosk) Simulate(state device.State, after int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.after, k.then = after, state
	if after == 0 {
		k.printer = state
	}
	if k.child != nil {
		k.child.tell(voter.Order{Do: voter.Printer, State: state, After: after})
	}
	k.change()
}

// Handler serves the device's own page.
func (k *Kiosk) Handler() http.Handler { return k.handler() }
