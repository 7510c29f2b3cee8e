package voter

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sandogh/sandogh/ballot"
	"github.com/sandogh/sandogh/encrypt"
	"github.com/sandogh/sandogh/internal/printing/device"
	"github.com/sandogh/sandogh/internal/terminal"
	"github.com/sandogh/sandogh/internal/terminal/card"
	"github.com/sandogh/sandogh/internal/terminal/screen"
)

// A Link takes entries to the branch. Each returns when the entry is durable in
// the branch's log; a *Refused is final, and after any other error it is not known
// whether the entry is there: the same one is sent again.
type Link interface {
	Seal(ctx context.Context, entry []byte) error
	End(ctx context.Context, entry []byte) error
}

// A Refused is the branch's no, with its word.
type Refused struct{ Word string }

func (r *Refused) Error() string { return "the branch refuses: " + r.Word }

// A Machine seals and prints what a session asks for.
type Machine struct {
	Screen  *screen.Screen
	Device  *encrypt.Device
	Printer device.Printer
	Form    card.Form
	Link    Link
	Code    func(code [32]byte)      // told the confirmation code of each ballot, for the screen; may be nil
	Seen    func(state device.State) // told how the printer is; may be nil
	Pause   time.Duration            // between two tries; 0 is half a second

	paper  *terminal.Paper
	number uint64
	code   [32]byte
	job    device.Job
}

// Run works until the session is over, or the context ends.
func (m *Machine) Run(ctx context.Context) error {
	if m.Pause == 0 {
		m.Pause = 500 * time.Millisecond
	}
	clock := make(chan struct{})
	ctx, cancel := context.WithCancel(ctx)
	go func() { // the voter may have gone, and the browser with them
		defer close(clock)
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				m.Screen.Update(func(s *terminal.Session) { s.Tick() })
			case <-ctx.Done():
				return
			}
		}
	}()
	defer func() { cancel(); <-clock }()
	m.Screen.Update(func(s *terminal.Session) { m.paper = s.Paper() })
	for {
		var step terminal.Step
		err := m.Screen.Wait(ctx, func(s *terminal.Session) bool {
			step = s.Step()
			return s.Over() || step == terminal.Sealing || step == terminal.Printing || step == terminal.Ending || step == terminal.Slip
		})
		if err != nil {
			return err
		}
		switch step {
		case terminal.Sealing:
			err = m.seal(ctx)
		case terminal.Printing:
			err = m.print(ctx)
		case terminal.Ending:
			err = m.end(ctx)
		case terminal.Slip:
			err = m.slip(ctx)
		default:
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var no *Refused
		switch {
		case errors.As(err, &no) && no.Word == "session": // it is no longer the device's
			m.Screen.Update((*terminal.Session).Settled)
		case err != nil: // whatever it was, its text stays here: it may hold what was sealed
			m.Screen.Update((*terminal.Session).Fail)
		}
	}
}

// seal seals the ballot and returns when the branch has it durably.
func (m *Machine) seal(ctx context.Context) error {
	var b *ballot.Ballot
	var codes [][]int
	err := m.event(func(s *terminal.Session) (err error) {
		codes = s.Card()
		b, err = s.Ballot()
		return err
	})
	if err != nil {
		return err
	}
	defer b.Erase()
	doc, err := card.Card(m.Form, m.paper, codes)
	if err != nil {
		return err
	}
	if m.job, err = card.Job(doc); err != nil { // what cannot be printed is not sealed
		return err
	}
	sealed, err := m.Device.Seal(b)
	if err != nil {
		return err
	}
	m.number, m.code = sealed.Number, sealed.Code
	if m.Code != nil {
		m.Code(sealed.Code)
	}
	if err := m.insist(ctx, func() error { return m.Link.Seal(ctx, sealed.Entry) }); err != nil {
		return err
	}
	return m.event((*terminal.Session).Sealed)
}

// insist sends until the branch has answered yes or no. A pause is a no for now.
func (m *Machine) insist(ctx context.Context, send func() error) error {
	for {
		err := send()
		var no *Refused
		trouble := terminal.NoBranch
		switch {
		case err == nil:
			return nil
		case errors.As(err, &no) && no.Word == "paused":
			trouble = terminal.Paused
		case no != nil:
			return err
		}
		m.wait(trouble)
		if err := m.sleep(ctx); err != nil {
			return err
		}
	}
}

func (m *Machine) sleep(ctx context.Context) error {
	t := time.NewTimer(m.Pause)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (m *Machine) wait(t terminal.Trouble) {
	m.Screen.Update(func(s *terminal.Session) { s.Wait(t) })
}

func (m *Machine) event(do func(*terminal.Session) error) (err error) {
	m.Screen.Update(func(s *terminal.Session) { err = do(s) })
	return err
}

// troubles are the states in which a printer does not print.
var troubles = map[device.State]terminal.Trouble{
	device.Out: terminal.PaperOut, device.Cover: terminal.CoverOpen, device.Hot: terminal.TooHot,
	device.Faulty: terminal.Faulty, device.Lost: terminal.PrinterOff,
}

// try prints a job, once the printer can. It returns whether something of it may
// be on paper although it was not printed whole.
func (m *Machine) try(ctx context.Context, job device.Job, wanted func() bool) (torn bool, err error) {
	for wanted() {
		err := m.Printer.Print(ctx, job)
		var e *device.Error
		switch {
		case err == nil:
			m.see(device.Ready)
			return false, nil
		case !errors.As(err, &e):
			return false, err // no printer could print it
		}
		m.see(e.State)
		if e.Begun {
			return true, nil
		}
		m.wait(troubles[e.State])
		for wanted() {
			if err := m.sleep(ctx); err != nil {
				return false, err
			}
			state := m.Printer.State(ctx)
			m.see(state)
			if state.Prints() {
				break
			}
			m.wait(troubles[state])
		}
		m.wait("")
	}
	return false, nil
}

func (m *Machine) see(state device.State) {
	if m.Seen != nil {
		m.Seen(state)
	}
}

// at reports whether the session is still in a step.
func (m *Machine) at(step terminal.Step) func() bool {
	return func() (is bool) {
		m.Screen.Update(func(s *terminal.Session) { is = s.Step() == step })
		return is
	}
}

// print prints the card, once: if it may be half on paper, the voter is told that
// it is void.
func (m *Machine) print(ctx context.Context) error {
	torn, err := m.try(ctx, m.job, m.at(terminal.Printing))
	clear(m.job.Bitmap.Bits)
	m.job = device.Job{}
	switch {
	case err != nil:
		return err
	case torn:
		return m.event((*terminal.Session).TornCard)
	}
	return m.event((*terminal.Session).Printed)
}

// end ends the ballot as the voter has decided.
func (m *Machine) end(ctx context.Context) error {
	var outcome terminal.Outcome
	m.Screen.Update(func(s *terminal.Session) { outcome = s.Outcome() })
	act := map[terminal.Outcome]func(uint64) ([]byte, error){
		terminal.Cast: m.Device.Cast, terminal.Spoiled: m.Device.Spoil, terminal.Challenged: m.Device.Challenge}[outcome]
	if act == nil {
		return fmt.Errorf("end ballot: no outcome %q", outcome)
	}
	entry, err := act(m.number)
	if err != nil {
		return err
	}
	if err := m.insist(ctx, func() error { return m.Link.End(ctx, entry) }); err != nil {
		return err
	}
	return m.event((*terminal.Session).Recorded)
}

// slip prints the slip. A slip that may be half printed is printed again: a second
// one says nothing that the first did not.
func (m *Machine) slip(ctx context.Context) error {
	job, err := card.Job(card.Slip(m.Form, m.paper, m.code))
	if err != nil {
		return err
	}
	wanted := m.at(terminal.Slip)
	for wanted() {
		torn, err := m.try(ctx, job, wanted)
		if err != nil {
			return err
		}
		if !torn {
			break
		}
		m.wait(terminal.Faulty)
		if err := m.sleep(ctx); err != nil {
			return err
		}
	}
	if !wanted() { // the voter did not wait for it
		return nil
	}
	return m.event((*terminal.Session).SlipPrinted)
}
