package station

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/sandogh/sandogh/internal/station/book"
	"github.com/sandogh/sandogh/record"
)

// MaxWrong is how many cards in a row lock a terminal.
const MaxWrong = 5

// An Activation asks for a session on a device with a card.
type Activation struct{ Device, Card string }

// held returns how many of those who are checked in have a session, or a ballot
// that officers have not settled.
func (s *Station) held() uint64 {
	for id, x := range s.memory.held {
		if !s.live(x) && !s.waitingOf(x) { // which does not change any more
			delete(s.memory.held, id)
		}
	}
	return uint64(len(s.memory.held))
}

// live reports whether a session goes on: nobody left it, it has no cast ballot, and
// its device is not retired.
func (s *Station) live(x *session) bool {
	d := s.book.Devices[x.device]
	return !x.left && !s.has(x, Cast) && !(d != nil && d.Retired)
}

func (s *Station) waitingOf(x *session) bool { return s.has(x, Waiting) }

func (s *Station) has(x *session, state Ending) bool {
	for _, n := range x.ballots {
		id := book.BallotID{Device: x.device, Number: n}
		if b := s.book.Ballots[id]; b != nil && b.State == state && s.memory.of[id] == x {
			return true
		}
	}
	return false
}

// liveOn returns the live session of a device, or nil.
func (s *Station) liveOn(device string) *session {
	for _, x := range s.memory.held {
		if x.device == device && s.live(x) {
			return x
		}
	}
	return nil
}

// Chances returns how many of those who are checked in have neither voted nor a
// session. It is negative when the roll has fewer check-ins than ballots are cast.
func (s *Station) Chances() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.chances()
}

func (s *Station) chances() int {
	return int(s.cfg.CheckIns.CheckedIn()) - int(s.book.Counts.Cast) - int(s.held())
}

// Withdraw calls undo if the check-in that it undoes is still open: nobody
// can take a session with it meanwhile. undo must not call the Station.
func (s *Station) Withdraw(undo func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.chances() < 1 {
		return refuse("no-check-in", errors.New("undo check-in: a ballot is cast or under way for everybody who is checked in"))
	}
	return undo()
}

// Activate begins a session for each card and returns their ids. If one is
// refused, none begins.
func (s *Station) Activate(asked ...Activation) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped != nil {
		return nil, s.stopped
	}
	var begun []beginJSON
	var ids []string
	cards := map[int]bool{}
	chances := s.chances()
	for _, a := range asked {
		again, card, err := s.mayBegin(a, chances-len(begun))
		if err != nil {
			return nil, err
		}
		if again != nil {
			ids = append(ids, again.id)
			continue
		}
		if cards[card] {
			return nil, refuse("used", errors.New("activate: one card twice"))
		}
		cards[card] = true
		var random [16]byte
		rand.Read(random[:])
		begun = append(begun, beginJSON{hex.EncodeToString(random[:]), a.Device, card})
		ids = append(ids, begun[len(begun)-1].Session)
	}
	if len(begun) == 0 {
		return ids, nil
	}
	if err := s.note(kindBegin, begun); err != nil {
		return nil, err
	}
	for _, b := range begun {
		s.memory.begin(b)
	}
	return ids, nil
}

// mayBegin checks one card. If the session that it began is live on the device,
// that is the answer again.
func (s *Station) mayBegin(a Activation, chances int) (again *session, card int, err error) {
	if err := s.atWork(a.Device); err != nil {
		return nil, 0, err
	}
	if s.memory.wrong[a.Device] >= MaxWrong {
		return nil, 0, refuse("locked", fmt.Errorf("activate: device %s is locked after %d wrong cards", a.Device, MaxWrong))
	}
	live := s.liveOn(a.Device)
	card, err = s.cfg.Cards.Check(a.Card)
	switch {
	case errors.Is(err, ErrForeign):
		return nil, 0, s.wrongCard(a.Device, "foreign", err)
	case err != nil:
		return nil, 0, s.wrongCard(a.Device, "unknown", err)
	}
	if x := s.memory.used[card]; x != nil {
		if x == live && !s.cfg.Many {
			return x, card, nil
		}
		return nil, 0, s.wrongCard(a.Device, "used", errors.New("activate: the card has been used"))
	}
	switch {
	case live != nil && !s.cfg.Many:
		return nil, 0, refuse("busy", fmt.Errorf("activate: device %s has a session", a.Device))
	case s.book.Paused:
		return nil, 0, refuse("paused", errors.New("activate: the branch is paused"))
	case chances < 1:
		return nil, 0, refuse("no-check-in", errors.New("activate: nobody is checked in who has not voted"))
	}
	return nil, card, nil
}

// wrongCard counts a card that is refused. A card that could be counted no more
// would be free to guess.
func (s *Station) wrongCard(device, word string, err error) error {
	if e := s.note(kindWrong, deviceJSON{device}); e != nil {
		return e
	}
	s.memory.wrong[device]++
	return refuse(word, err)
}

// atWork checks that a device may work at all.
func (s *Station) atWork(device string) error {
	d := s.book.Devices[device]
	switch {
	case !s.book.Opened || s.book.Closed:
		return refuse("closed", errors.New("the branch is not open"))
	case d == nil || d.Retired:
		return refuse("retired", fmt.Errorf("device %s is not one at work in the branch", device))
	case s.behind():
		return refuse("closed", errors.New("the branch’s log was put back from an older copy"))
	}
	return nil
}

// A Sealing is a sealed ballot of a session.
type Sealing struct {
	Device, Session string
	Entry           []byte
}

// Seal takes sealed ballots in and returns their codes: they are durable. The
// same bytes again give the same code. If one is refused, none is taken.
func (s *Station) Seal(ctx context.Context, asked ...Sealing) ([][32]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped != nil {
		return nil, s.stopped
	}
	var codes [][32]byte
	var entries [][]byte
	var seals []sealJSON
	fresh := map[string]bool{}
	for _, a := range asked {
		e, err := record.Decode(a.Entry)
		if err != nil {
			return nil, refuse("entry", err)
		}
		b, ok := e.Body.(*record.Sealed)
		if !ok || b.Device != a.Device {
			return nil, refuse("entry", fmt.Errorf("seal: this is a %s, or of another device than %s", e.Body.Kind(), a.Device))
		}
		code := record.Code(a.Entry)
		codes = append(codes, code)
		id := book.BallotID{Device: b.Device, Number: b.Number}
		if have := s.book.Ballots[id]; have != nil && have.Code == code {
			continue // acknowledged before, or in doubt when the connection broke
		}
		if err := s.atWork(a.Device); err != nil {
			return nil, err
		}
		x := s.memory.sessions[a.Session]
		if x == nil || x.device != a.Device || !s.live(x) {
			return nil, refuse("session", errors.New("seal: the session is over, or is none of this device"))
		}
		if s.waitingOf(x) || fresh[x.id] {
			return nil, refuse("waiting", errors.New("seal: the session’s last ballot has no ending yet"))
		}
		fresh[x.id] = true
		entries = append(entries, a.Entry)
		seals = append(seals, sealJSON{x.id, b.Device, b.Number, s.book.Size})
	}
	if len(entries) == 0 {
		return codes, nil
	}
	// Whose ballot it is comes first: an entry that no session accounts for would
	// be a discrepancy, a session that was about to seal is none.
	if err := s.check(entries); err != nil {
		return nil, err
	}
	if err := s.note(kindSeal, seals); err != nil {
		return nil, err
	}
	for _, x := range seals {
		if err := s.memory.seal(x); err != nil {
			return nil, err
		}
	}
	return codes, s.append(ctx, entries...)
}

// check takes entries and gives them back: whether they would be refused.
func (s *Station) check(entries [][]byte) error {
	var undo []func()
	var err error
	for _, e := range entries {
		var u func()
		if u, err = s.book.Take(e); err != nil {
			break
		}
		undo = append(undo, u)
	}
	for i := len(undo) - 1; i >= 0; i-- {
		undo[i]()
	}
	return err
}

// An End is the ending of a sealed ballot. Session is empty when the device
// carries out an order.
type End struct {
	Device, Session string
	Entry           []byte
}

// End takes the endings of ballots in: they are durable. The same bytes again
// are done already. If one is refused, none is taken.
func (s *Station) End(ctx context.Context, asked ...End) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped != nil {
		return s.stopped
	}
	var entries [][]byte
	casts := 0
	for _, a := range asked {
		end, id, err := ending(a.Entry)
		if err != nil {
			return err
		}
		if id.Device != a.Device {
			return refuse("entry", fmt.Errorf("end: this is of device %s", id.Device))
		}
		b := s.book.Ballots[id]
		if b != nil && b.State == end && b.End == record.Code(a.Entry) {
			continue
		}
		x := s.memory.of[id]
		switch {
		case b != nil && b.State != Waiting:
			return refuse("ended", fmt.Errorf("end ballot %s %d: it is %s already", id.Device, id.Number, b.State))
		case s.behind():
			return refuse("closed", errors.New("end: the branch’s log was put back from an older copy"))
		case a.Session != "" && (x == nil || x.id != a.Session || !s.live(x)):
			return refuse("session", errors.New("end: the session is over, or did not seal this ballot"))
		case a.Session == "" && s.memory.orders[id] != end:
			return refuse("order", fmt.Errorf("end ballot %s %d: officers have ordered nothing of the kind", id.Device, id.Number))
		}
		if end == Cast {
			casts++
		}
		entries = append(entries, a.Entry)
	}
	if len(entries) == 0 {
		return nil
	}
	if have := s.cfg.CheckIns.CheckedIn(); s.book.Counts.Cast+uint64(casts) > have {
		return refuse("no-check-in", fmt.Errorf("cast: %d ballots are cast and %d voters are checked in", s.book.Counts.Cast, have))
	}
	return s.append(ctx, entries...)
}

// ending reads what an entry ends, and how.
func ending(data []byte) (Ending, book.BallotID, error) {
	e, err := record.Decode(data)
	if err != nil {
		return "", book.BallotID{}, refuse("entry", err)
	}
	switch b := e.Body.(type) {
	case *record.Cast:
		return Cast, book.BallotID{Device: b.Device, Number: b.Number}, nil
	case *record.Spoiled:
		return Spoiled, book.BallotID{Device: b.Device, Number: b.Number}, nil
	case *record.Challenged:
		return Challenged, book.BallotID{Device: b.Device, Number: b.Number}, nil
	}
	return "", book.BallotID{}, refuse("entry", fmt.Errorf("end: a %s ends no ballot", e.Body.Kind()))
}

// Leave ends a session without a cast ballot. A session that is over stays over.
func (s *Station) Leave(device, id, why string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped != nil {
		return s.stopped
	}
	x := s.memory.sessions[id]
	if x == nil || x.device != device {
		return refuse("session", fmt.Errorf("leave: device %s has no such session", device))
	}
	if !s.live(x) {
		return nil
	}
	if err := s.note(kindLeave, leaveJSON{id, why}); err != nil {
		return err
	}
	x.left = true
	return nil
}

// Commit takes what a device commits to. Before it is on the log the last one
// counts; afterwards another one is refused.
func (s *Station) Commit(c record.Committed) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped != nil {
		return s.stopped
	}
	if most := s.cfg.Definition.MaxBallotsPerDevice; c.Limit == 0 || c.Limit > uint64(most) || len(c.Root) != 32 {
		return refuse("entry", fmt.Errorf("commit device %s: the definition allows a limit of 1 to %d, with a root of 32 bytes", c.Device, most))
	}
	same := func(limit uint64, root []byte) bool { return limit == c.Limit && bytes.Equal(root, c.Root) }
	if d := s.book.Devices[c.Device]; d != nil {
		if !same(d.Limit, d.Root) {
			return refuse("committed", fmt.Errorf("commit device %s: another commitment of it is on the log", c.Device))
		}
		return nil
	}
	if have, ok := s.memory.commits[c.Device]; ok && same(have.Limit, have.Root) {
		return nil
	}
	if err := s.note(kindCommit, commitJSON{c.Device, c.Limit, c.Root}); err != nil {
		return err
	}
	s.memory.commits[c.Device] = c
	return nil
}
