package voter_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/encrypt"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/printing/device"
	"github.com/sandogh/sandogh/internal/terminal"
	"github.com/sandogh/sandogh/internal/terminal/card"
	"github.com/sandogh/sandogh/internal/terminal/screen"
	. "github.com/sandogh/sandogh/internal/terminal/voter"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/spec"
)

// log is a branch that takes every entry in, durably, after some answers that are
// given in its place.
type log struct {
	mu      sync.Mutex
	dir     string
	first   []error
	entries [][]byte
}

func (l *log) take(entry []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.first) > 0 {
		err := l.first[0]
		l.first = l.first[1:]
		return err
	}
	if !slices.ContainsFunc(l.entries, func(e []byte) bool { return string(e) == string(entry) }) {
		l.entries = append(l.entries, entry)
	}
	return durable.WriteFile(l.dir+"/last", entry, 0o600)
}

func (l *log) Seal(_ context.Context, entry []byte) error { return l.take(entry) }
func (l *log) End(_ context.Context, entry []byte) error  { return l.take(entry) }

func (l *log) kinds() (out []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, data := range l.entries {
		e, err := record.Decode(data)
		if err != nil {
			return []string{err.Error()}
		}
		out = append(out, e.Body.Kind())
	}
	return out
}

// bench is a machine at work on a session.
type bench struct {
	t       testing.TB
	machine *Machine
	printer *device.Simulator
	log     *log
	done    chan error
}

func newBench(t testing.TB, n, k int) *bench {
	t.Helper()
	data, err := spec.Examples.ReadFile("examples/definition.json")
	if err != nil {
		t.Fatal(err)
	}
	def, err := election.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := def.Contest("karaj")
	c.VoteLimit, c.Candidates = k, nil
	for i := range n {
		c.Candidates = append(c.Candidates, election.Candidate{ID: fmt.Sprint(i + 1), Name: election.Name{Fa: fmt.Sprintf("نامزد شمارهٔ %d", i+1)}})
	}
	p, err := terminal.NewPaper(def, "1")
	if err != nil {
		t.Fatal(err)
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d, err := encrypt.New(def, elgamal.NewKey(group.Hash("key", 0)), "1", "d1", private, 1000, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Warm(); err != nil {
		t.Fatal(err)
	}
	s := terminal.New(p, terminal.Comforts{Size: 1}, terminal.Usual, time.Now)
	x, err := screen.New(screen.Config{Session: s, Token: screen.NewToken(), DPI: 141})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, printer: new(device.Simulator), log: &log{dir: t.TempDir()}, done: make(chan error, 1)}
	b.machine = &Machine{Screen: x, Device: d, Printer: b.printer, Form: card.Form{Roll: printing.Roll80}, Link: b.log, Pause: 5 * time.Millisecond}
	return b
}

func (b *bench) start() {
	ctx, cancel := context.WithCancel(context.Background())
	go func() { b.done <- b.machine.Run(ctx) }()
	b.t.Cleanup(cancel)
}

func (b *bench) do(acts ...terminal.Act) {
	b.t.Helper()
	for _, a := range acts {
		var err error
		b.machine.Screen.Update(func(s *terminal.Session) { err = s.Do(a) })
		if err != nil {
			b.t.Fatalf("%s: %v", a.Verb, err)
		}
	}
}

// until waits until the session is in a step.
func (b *bench) until(step terminal.Step) {
	b.t.Helper()
	b.wait(string(step), func(s *terminal.Session) bool { return s.Step() == step })
}

func (b *bench) wait(what string, wanted func(*terminal.Session) bool) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := b.machine.Screen.Wait(ctx, wanted); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

func act(verb string) terminal.Act { return terminal.Act{Verb: verb} }

// review goes to the review with k choices.
func (b *bench) review(k int) {
	b.t.Helper()
	b.do(terminal.Act{Verb: "lang", Arg: "fa"}, act("start"), act("next"))
	for i := range k {
		b.do(terminal.Act{Verb: "toggle", Arg: fmt.Sprint(7*i + 1)})
	}
	b.do(act("next"))
}

func TestMachine(t *testing.T) {
	b := newBench(t, 40, 5)
	b.log.first = []error{errors.New("no answer"), &Refused{"paused"}, errors.New("no answer")}
	b.start()
	b.review(5)
	b.printer.Set(device.Out)
	b.do(act("seal"))
	b.wait("out of paper", func(s *terminal.Session) bool { return s.Trouble() == terminal.PaperOut })
	b.printer.SetAfter(100, device.Cover)
	b.printer.Set(device.Ready)
	b.printer.SetAfter(100, device.Cover)
	for { // the machine may have printed between the two
		var step terminal.Step
		b.wait("printed", func(s *terminal.Session) bool {
			step = s.Step()
			return step == terminal.Torn || step == terminal.Check
		})
		if step == terminal.Torn {
			break
		}
		b.do(act("wrong"), act("another"))
		b.until(terminal.Review)
		b.printer.SetAfter(100, device.Cover)
		b.do(act("seal"))
	}
	if _, whole := b.printer.Last(); whole {
		t.Error("a torn card is whole")
	}
	b.printer.Set(device.Ready)
	b.do(act("another"))
	b.until(terminal.Review)
	b.do(act("seal"))
	b.until(terminal.Check)
	if job, whole := b.printer.Last(); !whole || job.Bitmap.Height < 500 {
		t.Error("no card is printed")
	}
	b.do(act("wrong"), act("test"), act("challenge"))
	b.until(terminal.Tested)
	b.do(act("anew"), act("next"), act("next"), act("seal"))
	b.until(terminal.Check)
	b.do(act("right"))
	b.log.mu.Lock()
	b.log.first = []error{errors.New("the answer is lost")}
	b.log.mu.Unlock()
	b.do(act("cast"))
	b.until(terminal.Done)
	if err := <-b.done; err != nil {
		t.Error(err)
	}
	kinds := b.log.kinds()
	if n := len(kinds); n < 6 || !slices.Equal(kinds[n-6:], []string{"sealed", "spoiled", "sealed", "challenged", "sealed", "cast"}) {
		t.Errorf("the log has %v", kinds)
	}
}

// TestRefusedForGood: what the branch will never take ends the session uncast.
func TestRefusedForGood(t *testing.T) {
	for word, why := range map[string]terminal.Why{"session": terminal.ByOfficer, "number": terminal.Fault, "retired": terminal.Fault} {
		b := newBench(t, 40, 5)
		b.log.first = []error{&Refused{word}}
		b.start()
		b.review(2)
		b.do(act("seal"))
		b.until(terminal.Left)
		b.wait(word, func(s *terminal.Session) bool { return s.Why() == why })
		if err := <-b.done; err != nil {
			t.Error(err)
		}
		if job, _ := b.printer.Last(); job.Bitmap != nil || len(b.log.entries) != 0 {
			t.Errorf("%s: something is printed or in the log", word)
		}
	}
}

// TestSlip: a slip that cannot be printed keeps nobody, and the vote is cast.
func TestSlip(t *testing.T) {
	b := newBench(t, 40, 5)
	b.start()
	b.review(1)
	b.do(act("seal"))
	b.until(terminal.Check)
	b.printer.Set(device.Faulty)
	b.do(act("right"), act("cast"))
	b.wait("trouble", func(s *terminal.Session) bool { return s.Step() == terminal.Slip && s.Trouble() == terminal.Faulty })
	b.do(act("no-slip"))
	b.until(terminal.Done)
	if err := <-b.done; err != nil {
		t.Error(err)
	}
	if got := b.log.kinds(); !slices.Equal(got, []string{"sealed", "cast"}) {
		t.Errorf("the log has %v", got)
	}
}

func TestOpenPrinter(t *testing.T) {
	for _, good := range []string{"file:/x/y.png", "path:/dev/usb/lp0", "tcp:10.0.0.9", "simulate"} {
		if p, err := OpenPrinter(good); err != nil || p == nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "file:", "lp0", "simulated"} {
		if _, err := OpenPrinter(bad); err == nil {
			t.Errorf("%q is a printer", bad)
		}
	}
}
