package voter

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sandogh/sandogh/encrypt"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/printing/device"
	"github.com/sandogh/sandogh/internal/terminal"
	"github.com/sandogh/sandogh/internal/terminal/card"
	"github.com/sandogh/sandogh/internal/terminal/screen"
	"github.com/sandogh/sandogh/internal/terminal/vault"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/record"
)

// Setup is what a process is told first.
type Setup struct {
	Home      string        `json:"home"` // address of the device's own page
	DPI       int           `json:"dpi"`
	Lang      int           `json:"lang"`      // of the first screen
	CardLang  int           `json:"card_lang"` // of cards and slips
	Roll58    bool          `json:"roll_58"`
	Printer   string        `json:"printer"` // as OpenPrinter takes it
	Simulated bool          `json:"simulated"`
	Idle      time.Duration `json:"idle"`  // 0: as usual
	State     device.State  `json:"state"` // of a simulated printer
}

// An Order is what the parent says. Do is one of the words below.
type Order struct {
	Do    string       `json:"do"`
	Next  uint64       `json:"next,omitempty"`  // begin: the number of the next ballot
	ID    uint64       `json:"id,omitempty"`    // answer: to which question
	OK    bool         `json:"ok,omitempty"`    // answer: done, durably
	Word  string       `json:"word,omitempty"`  // answer: refused; without it, it is not known
	State device.State `json:"state,omitempty"` // printer: of the simulated one
	After int          `json:"after,omitempty"` // printer: once so many rows are on paper
}

// Orders.
const (
	Begin   = "begin"
	Answer  = "answer"
	Printer = "printer"
	Settled = "settled" // the officers have ended the session
	Quit    = "quit"
)

// A Report is what the process says. Say is one of the words below.
type Report struct {
	Say      string       `json:"say"`
	Limit    uint64       `json:"limit,omitempty"`    // ready: the commitment
	Root     []byte       `json:"root,omitempty"`     //
	Token    string       `json:"token,omitempty"`    // began: the name of its pages
	ID       uint64       `json:"id,omitempty"`       // seal, end: a question
	Entry    []byte       `json:"entry,omitempty"`    //
	Screen   string       `json:"screen,omitempty"`   // state
	State    device.State `json:"state,omitempty"`    // state: of the printer
	Assisted bool         `json:"assisted,omitempty"` //
	Cast     bool         `json:"cast,omitempty"`     // over: a ballot was cast
	Why      terminal.Why `json:"why,omitempty"`      // over: if not
}

// Reports.
const (
	Ready = "ready"
	Began = "began"
	Seal  = "seal"
	End   = "end"
	State = "state"
	Over  = "over"
)

// pipe speaks with the parent.
type pipe struct {
	mu      sync.Mutex
	out     *json.Encoder
	last    uint64
	waiting map[uint64]chan Order
}

func (p *pipe) say(r Report) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Encode(r)
}

// ask sends an entry and returns what the parent answers.
func (p *pipe) ask(ctx context.Context, what string, entry []byte) error {
	answer := make(chan Order, 1)
	p.mu.Lock()
	p.last++
	id := p.last
	p.waiting[id] = answer
	err := p.out.Encode(Report{Say: what, ID: id, Entry: entry})
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.waiting, id)
	}()
	if err != nil {
		return err
	}
	select {
	case o := <-answer:
		switch {
		case o.OK:
			return nil
		case o.Word != "":
			return &Refused{o.Word}
		}
		return errors.New("the branch does not answer")
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pipe) answer(o Order) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.waiting[o.ID]; c != nil {
		c <- o
		delete(p.waiting, o.ID)
	}
}

// Seal implements Link.
func (p *pipe) Seal(ctx context.Context, entry []byte) error { return p.ask(ctx, Seal, entry) }

// End implements Link.
func (p *pipe) End(ctx context.Context, entry []byte) error { return p.ask(ctx, End, entry) }

// OpenPrinter returns the printer that a text names: file:PATH, path:DEVICE,
// tcp:ADDRESS or simulate.
func OpenPrinter(text string) (device.Printer, error) {
	for prefix, open := range map[string]func(string) device.Printer{
		"file:": func(s string) device.Printer { return device.File{Path: s} },
		"path:": func(s string) device.Printer { return device.Path(s) },
		"tcp:":  func(s string) device.Printer { return device.TCP(s) },
	} {
		if len(text) > len(prefix) && text[:len(prefix)] == prefix {
			return open(text[len(prefix):]), nil
		}
	}
	if text == "simulate" {
		return new(device.Simulator), nil
	}
	return nil, fmt.Errorf("printer %q: use file:PATH, path:DEVICE, tcp:HOST[:PORT] or simulate", text)
}

// Process is the life of a voter's process, with the device's folder.
func Process(ctx context.Context, dir string, in io.Reader, out io.Writer, l net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	orders := json.NewDecoder(in)
	var setup Setup
	if err := orders.Decode(&setup); err != nil {
		return fmt.Errorf("read setup: %w", err)
	}
	r, err := prepare(dir, setup)
	if err != nil {
		return err
	}
	p := &pipe{out: json.NewEncoder(out), waiting: map[uint64]chan Order{}}
	// Before the session the listener would keep a browser waiting that still has a
	// page of the last one.
	var pages pages
	pages.show(screen.Gone(setup.Home))
	server := &http.Server{Handler: &pages, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	go server.Serve(l)
	defer server.Close()
	c, err := r.device.Commitment()
	if err != nil {
		return err
	}
	if err := p.say(Report{Say: Ready, Limit: c.Limit, Root: c.Root}); err != nil {
		return err
	}
	begin := make(chan Order, 1)
	settled := make(chan struct{}, 1)
	go func() {
		defer cancel() // the parent is gone, or wants this process gone
		for {
			var o Order
			if orders.Decode(&o) != nil {
				return
			}
			switch o.Do {
			case Begin:
				select {
				case begin <- o:
				default:
				}
			case Answer:
				p.answer(o)
			case Printer:
				r.simulate(o)
			case Settled:
				select {
				case settled <- struct{}{}:
				default:
				}
			case Quit:
				return
			}
		}
	}()
	select {
	case o := <-begin:
		if err := r.device.Skip(o.Next); err != nil {
			return err
		}
	case <-ctx.Done():
		return nil
	}
	return r.serve(ctx, p, &pages, settled)
}

// pages are what the browser is shown now.
type pages struct{ now atomic.Pointer[http.Handler] }

func (p *pages) show(h http.Handler) { p.now.Store(&h) }

// ServeHTTP implements http.Handler.
func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*p.now.Load()).ServeHTTP(w, r) }

// room is everything that a session needs, ready before the voter comes.
type room struct {
	setup   Setup
	dir     string
	paper   *terminal.Paper
	device  *encrypt.Device
	printer device.Printer
	form    card.Form

	mu   sync.Mutex
	code string
}

func prepare(dir string, setup Setup) (*room, error) {
	v, err := vault.Open(durable.Disk{}, dir)
	if err != nil {
		return nil, err
	}
	if v.Definition == nil {
		return nil, vault.ErrNotPrepared
	}
	root, err := v.Root()
	if err != nil {
		return nil, err
	}
	d, err := encrypt.Restore(v.Definition, v.Election, v.Branch, v.Device, v.Key, v.Limit, root)
	if err != nil {
		return nil, err
	}
	if err := d.Warm(); err != nil {
		return nil, err
	}
	p, err := terminal.NewPaper(v.Definition, v.Branch)
	if err != nil {
		return nil, err
	}
	if err := screen.Warm(p); err != nil {
		return nil, err
	}
	r := &room{setup: setup, dir: dir, paper: p, device: d, form: card.Form{Lang: web.Lang(setup.CardLang & 1), Roll: printing.Roll80, Simulated: setup.Simulated || p.Practice}}
	if setup.Roll58 {
		r.form.Roll = printing.Roll58
	}
	if r.printer, err = OpenPrinter(setup.Printer); err != nil {
		return nil, err
	}
	r.simulate(Order{State: setup.State})
	_, err = card.Job(card.Slip(r.form, p, [32]byte{})) // the fonts are read now
	return r, err
}

// simulate sets the state of a simulated printer.
func (r *room) simulate(o Order) {
	s, ok := r.printer.(*device.Simulator)
	switch {
	case !ok:
	case o.After > 0:
		s.SetAfter(o.After, o.State)
	default:
		s.Set(o.State)
	}
}

// paperOf is what a simulated printer has printed last.
func (r *room) paperOf() func() []byte {
	s, ok := r.printer.(*device.Simulator)
	if !ok {
		return nil
	}
	return func() []byte {
		if job, _ := s.Last(); job.Bitmap != nil && job.Bitmap.Height > 0 {
			return job.Bitmap.PNG()
		}
		return nil
	}
}

// photo is a picture of the definition's hash from the device's folder.
func (r *room) photo(hash string) ([]byte, bool) {
	var known bool
	for _, c := range r.paper.Contests {
		for _, x := range c.Candidates {
			known = known || x.Photo == hash && hash != ""
		}
	}
	if !known { // and so no path
		return nil, false
	}
	b, err := os.ReadFile(filepath.Join(r.dir, "photos", hash))
	sum := sha256.Sum256(b)
	return b, err == nil && hex.EncodeToString(sum[:]) == hash
}

// serve holds the session.
func (r *room) serve(ctx context.Context, p *pipe, pages *pages, settled <-chan struct{}) error {
	limits := terminal.Usual
	if r.setup.Idle > 0 {
		limits.Idle = r.setup.Idle
	}
	session := terminal.New(r.paper, terminal.Comforts{Lang: web.Lang(r.setup.Lang & 1), Size: 1}, limits, time.Now)
	token := screen.NewToken()
	x, err := screen.New(screen.Config{Session: session, Token: token, Home: r.setup.Home, DPI: r.setup.DPI, CardLang: r.form.Lang, Stay: limits.Done,
		Simulated: r.form.Simulated, Photo: r.photo, Paper: r.paperOf(), SlipCode: func() string {
			r.mu.Lock()
			defer r.mu.Unlock()
			return r.code
		}})
	if err != nil {
		return err
	}
	pages.show(x)
	if err := p.say(Report{Say: Began, Token: token}); err != nil {
		return err
	}
	printer := make(chan device.State, 16)
	m := &Machine{Screen: x, Device: r.device, Printer: r.printer, Form: r.form, Link: p,
		Seen: func(s device.State) {
			select {
			case printer <- s:
			default:
			}
		},
		Code: func(code [32]byte) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.code = record.FormatCode(code)
		}}
	watched, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() { watch(watched, x, p, printer, settled) })
	err = m.Run(ctx)
	cancel()
	done.Wait()
	if err != nil {
		return nil // the parent is gone; the branch says what has become of the ballot
	}
	over := Report{Say: Over}
	x.Update(func(s *terminal.Session) {
		over.Cast, over.Why = s.Step() == terminal.Done, s.Why()
		s.Erase()
	})
	r.device.Close()
	if err := p.say(over); err != nil {
		return err
	}
	<-ctx.Done() // the page of the end is shown until the parent says that it was left
	return nil
}

// watch tells the parent how the screen is, whenever it changes.
func watch(ctx context.Context, x *screen.Screen, p *pipe, printer <-chan device.State, settled <-chan struct{}) {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	var last Report
	state := device.Ready
	for {
		now := Report{Say: State, State: state}
		x.Update(func(s *terminal.Session) { now.Screen, now.Assisted = screenOf(s), s.Assisted() })
		if now.Screen != last.Screen || now.State != last.State || now.Assisted != last.Assisted {
			if p.say(now) != nil {
				return
			}
			last = now
		}
		select {
		case <-tick.C:
		case state = <-printer:
		case <-settled:
			x.Update(func(s *terminal.Session) {
				switch s.Step() {
				case terminal.Sealing, terminal.Ending, terminal.Slip, terminal.Done, terminal.Left: // the branch's answer decides
				default:
					s.Settled()
				}
			})
		case <-ctx.Done():
			return
		}
	}
}

// screenOf is what the branch is told of a session: never what is chosen, in which
// contest, or how much.
func screenOf(s *terminal.Session) string {
	switch {
	case s.Tick() == terminal.Alert:
		return "alert"
	case s.Called():
		return "help"
	}
	switch s.Step() {
	case terminal.Sealing, terminal.Ending:
		return "sealing"
	case terminal.Printing, terminal.Slip:
		return "printing"
	case terminal.Check, terminal.Drop, terminal.Wrong, terminal.Warning, terminal.Torn:
		return "deciding"
	}
	return "voting"
}
