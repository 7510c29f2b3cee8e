package station

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/station/book"
	"github.com/sandogh/sandogh/record"
)

func compare(a, b string) int { return cmp.Compare(a, b) }

// Counts are what officers see during the day; never a partial result.
type Counts struct {
	CheckedIn, Active, Waiting, Cast, Spoiled, Challenged uint64
	Chances                                               int
}

// Seen is how a terminal said it is. Nothing of it is written.
type Seen struct {
	Screen, Printer string
	Assisted        bool
	At              time.Time
}

// A Device is what the branch knows of a device.
type Device struct {
	ID        string
	Committed bool // on the log
	Announced bool // it has said what it commits to, which is not on the log
	Next      uint64
	Limit     uint64
	Root      []byte // its commitment
	Retired   bool
	Locked    bool
	Session   string // the live one
	Last      *Ballot
	Waiting   []Ballot
	Seen      Seen
}

// A Ballot is a sealed ballot and what has become of it.
type Ballot struct {
	Device string
	Number uint64
	Code   [32]byte
	State  Ending
	Live   bool   // its voter is at the terminal
	Order  Ending // what officers have decided of it, if they have
}

// Counts returns what the branch has counted.
func (s *Station) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := Counts{CheckedIn: s.cfg.CheckIns.CheckedIn(), Waiting: s.book.Waiting, Cast: s.book.Counts.Cast,
		Spoiled: s.book.Counts.Spoiled, Challenged: s.book.Counts.Challenged, Chances: s.chances()}
	for _, x := range s.memory.held {
		if s.live(x) {
			c.Active++
		}
	}
	return c
}

// Devices returns all devices that are granted or on the log, by id.
func (s *Station) Devices() []Device {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := map[string]bool{}
	for by := range s.roster {
		if id, ok := strings.CutPrefix(by, "device/"); ok {
			ids[id] = true
		}
	}
	for id := range s.book.Devices {
		ids[id] = true
	}
	var out []Device
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		out = append(out, s.device(id))
	}
	return out
}

// Device returns one device.
func (s *Station) Device(id string) Device {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.device(id)
}

func (s *Station) device(id string) Device {
	d := Device{ID: id, Seen: s.seen[id], Locked: s.memory.wrong[id] >= MaxWrong}
	c, ok := s.memory.commits[id]
	d.Limit, d.Root = c.Limit, c.Root
	if on := s.book.Devices[id]; on != nil {
		d.Committed, d.Next, d.Limit, d.Root, d.Retired = true, on.Next, on.Limit, on.Root, on.Retired
	} else {
		d.Announced = ok
	}
	if x := s.liveOn(id); x != nil {
		d.Session = x.id
	}
	if d.Next > 0 {
		last := s.ballot(book.BallotID{Device: id, Number: d.Next - 1})
		d.Last = &last
	}
	// A device with more waiting ballots than these has been broken many times.
	for n := d.Next; n > 0; n-- {
		if b := s.book.Ballots[book.BallotID{Device: id, Number: n - 1}]; b.State == Waiting {
			d.Waiting = append(d.Waiting, s.ballot(book.BallotID{Device: id, Number: n - 1}))
		}
	}
	slices.Reverse(d.Waiting)
	return d
}

func (s *Station) ballot(id book.BallotID) Ballot {
	b, x := s.book.Ballots[id], s.memory.of[id]
	return Ballot{id.Device, id.Number, b.Code, b.State, x != nil && s.live(x), s.memory.orders[id]}
}

// Heard keeps how a terminal said it is.
func (s *Station) Heard(device string, seen Seen) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen.At = s.cfg.Now()
	s.seen[device] = seen
}

// DeviceOf returns the device whose key it is.
func (s *Station) DeviceOf(key ed25519.PublicKey) (id string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for by, g := range s.roster {
		if id, is := strings.CutPrefix(by, "device/"); is && g.Key.Equal(key) {
			return id, true
		}
	}
	return "", false
}

// Entries returns how many entries the log has.
func (s *Station) Entries() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.book.Size
}

// Style returns the branch's ballot style.
func (s *Station) Style() election.Style { return s.book.Style }

// A Discrepancy is something in which what was kept does not agree.
type Discrepancy string

// The discrepancies there are; what to do about each the officers' screens say.
const (
	LogBehind     Discrepancy = "log-behind"     // the log has fewer entries than the journal saw: nothing is taken
	JournalBehind Discrepancy = "journal-behind" // the log has ballots that no session accounts for
	RollBehind    Discrepancy = "roll-behind"    // fewer voters are checked in than have cast or are voting
)

func (s *Station) behind() bool { return s.book.Size < s.memory.size }

// Discrepancies names what does not agree.
func (s *Station) Discrepancies() []Discrepancy {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Discrepancy
	if s.behind() {
		out = append(out, LogBehind)
	}
	for id := range s.book.Ballots {
		if s.memory.of[id] == nil {
			out = append(out, JournalBehind)
			break
		}
	}
	if s.chances() < 0 {
		out = append(out, RollBehind)
	}
	return out
}

// Torn returns how many bytes of a record that was never acknowledged were cut
// off the journal when it was opened.
func (s *Station) Torn() int64 { return s.journal.Cut() }

// officesSigned checks that headquarters and a supervisory office have signed.
func officesSigned(def *election.Definition, e record.Entry) error {
	err := e.Verify(def.ID(), record.HQ, func(by string) (ed25519.PublicKey, bool) {
		id, ok := strings.CutPrefix(by, "office/")
		if !ok {
			return nil, false
		}
		o, ok := def.Office(id)
		if !ok {
			return nil, false
		}
		return o.Key.Ed25519(), true
	})
	if err != nil {
		return err
	}
	roles := map[string]bool{}
	for _, s := range e.Signatures {
		if o, ok := def.Office(strings.TrimPrefix(s.By, "office/")); ok {
			roles[o.Role] = true
		}
	}
	if len(e.Signatures) != 2 || !roles[election.Headquarters] || !roles[election.Supervisory] {
		return errors.New("it needs the signatures of headquarters and of a supervisory office")
	}
	return nil
}

// RosterOf returns who was granted to the branch by headquarters' log.
func RosterOf(l *body.Ledger, branch string) Roster {
	r := Roster{}
	for _, e := range l.Entries {
		if g, ok := e.Body.(*record.Grant); ok && g.Branch == branch {
			r[g.What+"/"+g.ID] = Granted{g.Office, g.Key}
		}
	}
	return r
}

// A SpaceError says how much room is missing on the disk.
type SpaceError struct{ Missing int64 } // bytes

func (e *SpaceError) Error() string {
	return fmt.Sprintf("%d MB of free space are missing on the disk for the day", (e.Missing+1<<20-1)>>20)
}

// Entry returns an entry of the log, to be printed.
func (s *Station) Entry(ctx context.Context, index uint64) ([]byte, error) {
	s.mu.Lock()
	log, err := s.view(ctx)
	s.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("read entry of branch %s: %w", s.cfg.Branch, err)
	}
	return log.Entry(index)
}

// Statement returns the closing statement and what it says.
func (s *Station) Statement(ctx context.Context) (entry []byte, c *record.Close, err error) {
	if s.State() != Closed {
		return nil, nil, refuse("closed", errors.New("the branch has not closed"))
	}
	entry, err = s.Entry(ctx, s.Entries()-1)
	if err != nil {
		return nil, nil, err
	}
	e, err := record.Decode(entry)
	if err != nil {
		return nil, nil, err
	}
	c, ok := e.Body.(*record.Close)
	if !ok {
		return nil, nil, fmt.Errorf("the last entry of branch %s is a %s", s.cfg.Branch, e.Body.Kind())
	}
	return entry, c, nil
}

// Followed reports whether the branch has followed an order to extend already.
func (s *Station) Followed(order []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.book.Extended[record.Code(order)]
}
