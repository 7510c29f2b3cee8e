package station

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/internal/station/book"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/branchlog"
)

// A State is what the branch is doing.
type State string

// The states. Closing is open for those who are in the queue.
const (
	Before  State = "before"
	Open    State = "open"
	Paused  State = "paused"
	Closing State = "closing"
	Closed  State = "closed"
)

// State returns what the branch is doing.
func (s *Station) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state()
}

func (s *Station) state() State {
	switch {
	case s.book.Closed:
		return Closed
	case !s.book.Opened:
		return Before
	case s.book.Paused:
		return Paused
	case s.memory.closing:
		return Closing
	}
	return Open
}

// act does something under the lock, unless the branch has stopped.
func (s *Station) act(do func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped != nil {
		return s.stopped
	}
	if s.behind() {
		return refuse("closed", errors.New("the branch’s log was put back from an older copy"))
	}
	return do()
}

// Begin opens the branch with the devices that have committed: the log must be
// empty, and nobody may be checked in. It returns the opening's entry.
func (s *Station) Begin(ctx context.Context, by [2]record.Signer) (entry []byte, err error) {
	err = s.act(func() error {
		if s.book.Opened || s.book.Size > 0 {
			return refuse("open", fmt.Errorf("open branch %s: its log has %d entries: a branch opens once, with an empty log", s.cfg.Branch, s.book.Size))
		}
		if n := s.cfg.CheckIns.CheckedIn(); n > 0 {
			return refuse("checked-in", fmt.Errorf("open branch %s: %d voters are checked in already", s.cfg.Branch, n))
		}
		body := &record.Opening{Branch: s.cfg.Branch, Devices: s.commits()}
		if len(body.Devices) == 0 {
			return refuse("no-device", fmt.Errorf("open branch %s: no device has committed: start the terminals first", s.cfg.Branch))
		}
		entry, err = s.statement(ctx, by, body)
		return err
	})
	return entry, err
}

// commits are the commitments that are not on the log, of granted devices, in
// the order of their ids.
func (s *Station) commits() []record.Committed {
	var out []record.Committed
	for id, c := range s.memory.commits {
		if _, granted := s.roster["device/"+id]; granted && s.book.Devices[id] == nil {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b record.Committed) int { return compare(a.Device, b.Device) })
	return out
}

// Pause stops voting for a reason of [record.PauseReasons].
func (s *Station) Pause(ctx context.Context, by [2]record.Signer, reason string) error {
	return s.act(func() error {
		_, err := s.statement(ctx, by, &record.Pause{Branch: s.cfg.Branch, Reason: reason})
		return err
	})
}

// Resume ends a pause.
func (s *Station) Resume(ctx context.Context, by [2]record.Signer) error {
	return s.act(func() error {
		_, err := s.statement(ctx, by, &record.Resume{Branch: s.cfg.Branch})
		return err
	})
}

// ReadOrder reads headquarters' order to extend voting and checks that two
// offices have signed it, headquarters' and a supervisory one.
func (s *Station) ReadOrder(entry []byte) (*record.ExtensionOrder, error) {
	e, err := record.Decode(entry)
	if err != nil {
		return nil, refuse("entry", err)
	}
	o, ok := e.Body.(*record.ExtensionOrder)
	if !ok {
		return nil, refuse("entry", fmt.Errorf("read order: this is a %s, not an order to extend voting", e.Body.Kind()))
	}
	if err := branchlog.CheckOrder(o); err != nil {
		return nil, refuse("entry", fmt.Errorf("read order: %w", err))
	}
	if !branchlog.Applies(o, s.cfg.Branch) {
		return nil, refuse("entry", fmt.Errorf("read order: it is not for branch %s", s.cfg.Branch))
	}
	if err := officesSigned(s.cfg.Definition, e); err != nil {
		return nil, refuse("entry", fmt.Errorf("read order: %w", err))
	}
	return o, nil
}

// Extend has the branch stay open by an order of headquarters.
func (s *Station) Extend(ctx context.Context, by [2]record.Signer, order []byte) (*record.ExtensionOrder, error) {
	o, err := s.ReadOrder(order)
	if err != nil {
		return nil, err
	}
	hash := record.Code(order)
	return o, s.act(func() error {
		e, err := s.sign(by, &record.Extension{Branch: s.cfg.Branch, ExtensionOrder: hash[:]})
		if err != nil {
			return err
		}
		if err := s.check([][]byte{e}); err != nil {
			return err
		}
		// First: who is cut off in between can follow the order once more.
		if err := s.setClosing(false); err != nil {
			return err
		}
		return s.append(ctx, e)
	})
}

// Enrol puts a spare device that has committed on the log.
func (s *Station) Enrol(ctx context.Context, by [2]record.Signer, device string) error {
	return s.act(func() error {
		c, ok := s.memory.commits[device]
		if !ok {
			return refuse("no-device", fmt.Errorf("enrol device %s: it has not committed: start the terminal first", device))
		}
		_, err := s.statement(ctx, by, &record.Enrol{Branch: s.cfg.Branch, Device: c})
		return err
	})
}

// Retire takes a device out for good and ends its session. Its waiting ballots
// can then only be spoiled.
func (s *Station) Retire(ctx context.Context, by [2]record.Signer, device, reason string) error {
	return s.act(func() error {
		_, err := s.statement(ctx, by, &record.Retire{Branch: s.cfg.Branch, Device: device, Reason: reason})
		return err
	})
}

// Settle decides a ballot that waits and that no live session has: cast if the
// voter has dropped the card into the box, spoiled if not. The device carries it
// out; for a retired device the officers spoil the ballot themselves.
func (s *Station) Settle(ctx context.Context, by [2]record.Signer, device string, number uint64, end Ending) error {
	return s.act(func() error {
		id := book.BallotID{Device: device, Number: number}
		b := s.book.Ballots[id]
		switch x := s.memory.of[id]; {
		case end != Cast && end != Spoiled:
			return refuse("entry", fmt.Errorf("settle ballot %s %d: %q is no decision of officers", device, number, end))
		case b == nil || b.State != Waiting:
			return refuse("ended", fmt.Errorf("settle ballot %s %d: it does not wait", device, number))
		case x != nil && s.live(x):
			return refuse("session", fmt.Errorf("settle ballot %s %d: its voter is at the terminal", device, number))
		}
		if s.book.Devices[device].Retired {
			if end != Spoiled {
				return refuse("retired", fmt.Errorf("settle ballot %s %d: a ballot of a retired device can only be spoiled", device, number))
			}
			_, err := s.statement(ctx, by, &record.Spoiled{Device: device, Number: number, Code: b.Code[:]})
			return err
		}
		if err := s.note(kindOrder, orderJSON{device, number, end}); err != nil {
			return err
		}
		s.memory.orders[id] = end
		return nil
	})
}

// Dismiss ends the live session of a device, by an officer.
func (s *Station) Dismiss(device string) error {
	s.mu.Lock()
	x := s.liveOn(device)
	s.mu.Unlock()
	if x == nil {
		return nil
	}
	return s.Leave(device, x.id, "officer")
}

// Unlock lets a device take cards again after too many wrong ones.
func (s *Station) Unlock(device string) error {
	return s.act(func() error {
		if err := s.note(kindUnlock, deviceJSON{device}); err != nil {
			return err
		}
		s.memory.wrong[device] = 0
		return nil
	})
}

// BeginClosing says that closing time has come: those in the queue are served.
func (s *Station) BeginClosing() error {
	return s.act(func() error {
		if s.state() != Open {
			return refuse("closed", errors.New("begin to close: the branch is not open"))
		}
		return s.setClosing(true)
	})
}

func (s *Station) setClosing(on bool) error {
	if s.memory.closing == on {
		return nil
	}
	if err := s.note(kindClosing, closingJSON{on}); err != nil {
		return err
	}
	s.memory.closing = on
	return nil
}

// Close writes the closing statement. Every session must be over and every sealed
// ballot have its ending. It returns the statement's entry.
func (s *Station) Close(ctx context.Context, by [2]record.Signer) (entry []byte, err error) {
	err = s.act(func() error {
		if s.state() != Closing {
			return refuse("closed", fmt.Errorf("close branch %s: it is %s, and closing time comes first", s.cfg.Branch, s.state()))
		}
		if s.book.Waiting > 0 {
			return refuse("waiting", fmt.Errorf("close branch %s: %d sealed ballots have no ending: settle them first", s.cfg.Branch, s.book.Waiting))
		}
		if n := s.held(); n > 0 {
			return refuse("busy", fmt.Errorf("close branch %s: %d voters are at the terminals", s.cfg.Branch, n))
		}
		log, err := s.view(ctx)
		if err != nil {
			return fmt.Errorf("close branch %s: %w", s.cfg.Branch, err)
		}
		c := log.Checkpoint()
		counts := s.book.Counts
		counts.CheckedIn = s.cfg.CheckIns.CheckedIn()
		entry, err = s.statement(ctx, by, &record.Close{Branch: s.cfg.Branch, Size: c.Size, Root: c.Root[:], Counts: counts})
		return err
	})
	return entry, err
}
