package station

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/branchlog"
)

// An Ending is what has become of a sealed ballot.
type Ending string

// The endings. A ballot that is not in the log was not sealed.
const (
	Waiting    Ending = "waiting" // sealed and undecided
	Cast       Ending = "cast"
	Spoiled    Ending = "spoiled"
	Challenged Ending = "challenged"
)

// ballotID is a ballot of the branch.
type ballotID struct {
	device string
	number uint64
}

// ballot is a sealed ballot in the log.
type ballot struct {
	code  [32]byte
	state Ending
	end   [32]byte // hash of the ending's entry
}

// voting is a device that is on the log.
type voting struct {
	limit   uint64
	root    []byte
	next    uint64
	retired bool
}

// book is what the log says. It takes an entry only if verification would.
type book struct {
	def      *election.Definition
	id       [32]byte
	branch   string
	style    election.Style
	key      func(by string) (ed25519.PublicKey, bool) // of granted officers and devices
	office   func(officer string) string               // that granted it
	opened   bool
	paused   bool
	closed   bool
	devices  map[string]*voting
	ballots  map[ballotID]*ballot
	extended map[[32]byte]bool
	counts   record.Counts // CheckedIn is that of the close
	waiting  uint64
	size     uint64 // entries
}

func newBook(def *election.Definition, branch string) (*book, error) {
	style, err := def.StyleOf(branch)
	if err != nil {
		return nil, fmt.Errorf("read branch %s: %w", branch, err)
	}
	return &book{def: def, id: def.ID(), branch: branch, style: style, devices: map[string]*voting{},
		ballots: map[ballotID]*ballot{}, extended: map[[32]byte]bool{}}, nil
}

// take checks one entry and enters it. undo takes it out again.
func (b *book) take(data []byte) (undo func(), err error) {
	e, err := record.Decode(data)
	if err != nil {
		return nil, refuse("entry", err)
	}
	if b.closed {
		return nil, refuse("closed", errors.New("the branch has closed"))
	}
	if _, first := e.Body.(*record.Opening); first == b.opened {
		return nil, refuse("entry", fmt.Errorf("take %s: a branch opens once, and first", e.Body.Kind()))
	}
	if err := e.Verify(b.id, record.BranchLog(b.branch), b.key); err != nil {
		return nil, refuse("entry", fmt.Errorf("take %s: %w", e.Body.Kind(), err))
	}
	before := *b
	switch s := e.Body.(type) {
	case *record.Sealed:
		return b.sealed(data, e, s)
	case *record.Cast:
		return b.ended(data, e, s.Device, s.Number, s.Code, Cast)
	case *record.Spoiled:
		return b.ended(data, e, s.Device, s.Number, s.Code, Spoiled)
	case *record.Challenged:
		return b.ended(data, e, s.Device, s.Number, s.Code, Challenged)
	}
	if err := b.officers(e); err != nil {
		return nil, err
	}
	devices := maps.Clone(b.devices)
	for id, d := range devices {
		copied := *d
		devices[id] = &copied
	}
	before.devices, before.extended = devices, maps.Clone(b.extended)
	switch s := e.Body.(type) {
	case *record.Opening:
		err = b.opening(s)
	case *record.Pause:
		err = b.pause(s)
	case *record.Resume:
		if !b.paused || s.Branch != b.branch {
			err = errors.New("the branch is not paused")
		}
		b.paused = false
	case *record.Extension:
		hash := [32]byte{}
		if copy(hash[:], s.ExtensionOrder); b.extended[hash] || s.Branch != b.branch {
			err = errors.New("the branch has followed this order already")
		}
		b.extended[hash] = true
	case *record.Enrol:
		if err = b.commit(s.Device); s.Branch != b.branch {
			err = errors.New("it is of another branch")
		}
	case *record.Retire:
		d := b.devices[s.Device]
		if d == nil || d.retired || s.Branch != b.branch || !slices.Contains(record.RetireReasons(), s.Reason) {
			err = fmt.Errorf("device %q is not one at work here, or the reason %q is none", s.Device, s.Reason)
		} else {
			d.retired = true
		}
	case *record.Close:
		if b.waiting > 0 || s.Size != b.size || s.Branch != b.branch {
			err = fmt.Errorf("%d ballots have no ending", b.waiting)
		}
		b.counts, b.closed = s.Counts, true
	default:
		err = errors.New("no entry of a branch")
	}
	if err != nil {
		*b = before
		return nil, refuse("entry", fmt.Errorf("take %s: %w", e.Body.Kind(), err))
	}
	b.size++
	return func() { *b = before }, nil
}

// officers checks that two officers of two offices have signed.
func (b *book) officers(e record.Entry) error {
	offices := map[string]bool{}
	for _, s := range e.Signatures {
		offices[b.office(s.By)] = true
	}
	if len(e.Signatures) != 2 || len(offices) != 2 || offices[""] {
		return refuse("entry", fmt.Errorf("take %s: it needs the signatures of two officers that two offices have granted", e.Body.Kind()))
	}
	return nil
}

func (b *book) opening(s *record.Opening) error {
	if s.Branch != b.branch || s.Counts != (record.Counts{}) || len(s.Devices) == 0 {
		return errors.New("it is of another branch, names no device, or does not begin with zero")
	}
	for _, d := range s.Devices {
		if err := b.commit(d); err != nil {
			return err
		}
	}
	b.opened = true
	return nil
}

func (b *book) commit(d record.Committed) error {
	if _, granted := b.key("device/" + d.Device); !granted {
		return fmt.Errorf("device %q is not granted to the branch", d.Device)
	}
	if b.devices[d.Device] != nil {
		return fmt.Errorf("device %s has committed already", d.Device)
	}
	if d.Limit == 0 || len(d.Root) != 32 {
		return fmt.Errorf("the commitment of device %s is none", d.Device)
	}
	b.devices[d.Device] = &voting{limit: d.Limit, root: d.Root}
	return nil
}

func (b *book) pause(s *record.Pause) error {
	if b.paused || s.Branch != b.branch || !slices.Contains(record.PauseReasons(), s.Reason) {
		return fmt.Errorf("the branch is paused already, or the reason %q is none", s.Reason)
	}
	b.paused = true
	return nil
}

// of checks that a device at work has signed alone.
func (b *book) of(e record.Entry, device string) (*voting, error) {
	d := b.devices[device]
	if d == nil || len(e.Signatures) != 1 || e.Signatures[0].By != "device/"+device {
		return nil, refuse("entry", fmt.Errorf("take %s: device %q is not one of branch %s, or has not signed alone", e.Body.Kind(), device, b.branch))
	}
	if d.retired {
		return nil, refuse("retired", fmt.Errorf("take %s: device %s is retired", e.Body.Kind(), device))
	}
	return d, nil
}

func (b *book) sealed(data []byte, e record.Entry, s *record.Sealed) (func(), error) {
	d, err := b.of(e, s.Device)
	if err != nil {
		return nil, err
	}
	if b.paused {
		return nil, refuse("paused", errors.New("take sealed: the branch is paused"))
	}
	if s.Number != d.next || s.Number >= d.limit {
		return nil, refuse("number", fmt.Errorf("take sealed: device %s sends ballot %d, expected was %d of at most %d", s.Device, s.Number, d.next, d.limit))
	}
	if err := branchlog.CheckStyle(b.style, s); err != nil {
		return nil, refuse("entry", fmt.Errorf("take sealed: %w", err))
	}
	id := ballotID{s.Device, s.Number}
	d.next++
	b.size++
	b.waiting++
	b.ballots[id] = &ballot{code: record.Code(data), state: Waiting}
	return func() {
		d.next--
		b.size--
		b.waiting--
		delete(b.ballots, id)
	}, nil
}

func (b *book) ended(data []byte, e record.Entry, device string, number uint64, code []byte, end Ending) (func(), error) {
	if d := b.devices[device]; end == Spoiled && d != nil && d.retired {
		if err := b.officers(e); err != nil {
			return nil, err
		}
	} else if _, err := b.of(e, device); err != nil {
		return nil, err
	}
	x := b.ballots[ballotID{device, number}]
	switch {
	case x == nil || !bytes.Equal(x.code[:], code):
		return nil, refuse("entry", fmt.Errorf("end ballot %s %d: there is none with this code", device, number))
	case x.state != Waiting:
		return nil, refuse("ended", fmt.Errorf("end ballot %s %d: it is %s already", device, number, x.state))
	}
	n := map[Ending]*uint64{Cast: &b.counts.Cast, Spoiled: &b.counts.Spoiled, Challenged: &b.counts.Challenged}[end]
	x.state, x.end = end, record.Code(data)
	*n++
	b.size++
	b.waiting--
	return func() {
		x.state, x.end = Waiting, [32]byte{}
		*n--
		b.size--
		b.waiting++
	}, nil
}
