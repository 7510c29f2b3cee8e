// Package book is what a branch's log says: which devices vote, what has become of
// each ballot, whether the branch is open.
//
// Specification: spec/acts.md, section 7, A70 to A79.
//
// In and out. In go entries in the order of the log; out comes the state after
// them. Take enters an entry only if verification would not refute the log with
// it, and gives a way to take it out again while it is not yet written.
//
// What it never does: it writes nothing and reads no clock. It does not verify the
// proofs in a ballot, does not compare the root that a close names, and looks up
// no order to extend: whoever makes those statements does.
//
// How it fails: with a [Refused], which has the word that a terminal is told, and
// the book is as it was.
//
// Sources: verify/branchlog, whose checks these are.
package book

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

// A Refused is what was refused, with its word of spec/branch-link.md.
type Refused struct {
	Word string
	Err  error
}

func (r *Refused) Error() string { return r.Err.Error() }

// Unwrap returns the reason.
func (r *Refused) Unwrap() error { return r.Err }

func refuse(word string, err error) error { return &Refused{Word: word, Err: err} }

// An Ending is what has become of a sealed ballot.
type Ending string

// The endings. A ballot that is not in the log was not sealed.
const (
	Waiting    Ending = "waiting" // sealed and undecided
	Cast       Ending = "cast"
	Spoiled    Ending = "spoiled"
	Challenged Ending = "challenged"
)

// A BallotID is a ballot of the branch.
type BallotID struct {
	Device string
	Number uint64
}

// A Ballot is a sealed ballot in the log.
type Ballot struct {
	Code  [32]byte
	State Ending
	End   [32]byte // hash of the ending's entry
}

// A Device is one that is on the log.
type Device struct {
	Limit   uint64
	Root    []byte
	Next    uint64
	Retired bool
}

// A Book is what the log says. It takes an entry only if verification would.
type Book struct {
	Election [32]byte
	Style    election.Style
	Opened   bool
	Paused   bool
	Closed   bool
	Devices  map[string]*Device
	Ballots  map[BallotID]*Ballot
	Extended map[[32]byte]bool // orders that the branch has followed
	Counts   record.Counts     // CheckedIn is that of the close
	Waiting  uint64            // ballots without an ending
	Size     uint64            // entries

	branch string
	key    func(by string) (ed25519.PublicKey, bool)
	office func(officer string) string
}

// New returns the book of an empty log. key returns the keys of granted officers and
// devices, office the office that granted an officer.
func New(def *election.Definition, branch string, key func(by string) (ed25519.PublicKey, bool), office func(officer string) string) (*Book, error) {
	style, err := def.StyleOf(branch)
	if err != nil {
		return nil, fmt.Errorf("read branch %s: %w", branch, err)
	}
	return &Book{Election: def.ID(), Style: style, Devices: map[string]*Device{}, Ballots: map[BallotID]*Ballot{},
		Extended: map[[32]byte]bool{}, branch: branch, key: key, office: office}, nil
}

// Take checks one entry and enters it. undo takes it out again.
func (b *Book) Take(data []byte) (undo func(), err error) {
	e, err := record.Decode(data)
	if err != nil {
		return nil, refuse("entry", err)
	}
	if b.Closed {
		return nil, refuse("closed", errors.New("the branch has closed"))
	}
	if _, first := e.Body.(*record.Opening); first == b.Opened {
		return nil, refuse("entry", fmt.Errorf("take %s: a branch opens once, and first", e.Body.Kind()))
	}
	if err := e.Verify(b.Election, record.BranchLog(b.branch), b.key); err != nil {
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
	devices := maps.Clone(b.Devices)
	for id, d := range devices {
		copied := *d
		devices[id] = &copied
	}
	before.Devices, before.Extended = devices, maps.Clone(b.Extended)
	switch s := e.Body.(type) {
	case *record.Opening:
		err = b.opening(s)
	case *record.Pause:
		err = b.pause(s)
	case *record.Resume:
		if !b.Paused || s.Branch != b.branch {
			err = errors.New("the branch is not paused")
		}
		b.Paused = false
	case *record.Extension:
		hash := [32]byte{}
		if copy(hash[:], s.ExtensionOrder); b.Extended[hash] || s.Branch != b.branch {
			err = errors.New("the branch has followed this order already")
		}
		b.Extended[hash] = true
	case *record.Enrol:
		if err = b.commit(s.Device); s.Branch != b.branch {
			err = errors.New("it is of another branch")
		}
	case *record.Retire:
		d := b.Devices[s.Device]
		if d == nil || d.Retired || s.Branch != b.branch || !slices.Contains(record.RetireReasons(), s.Reason) {
			err = fmt.Errorf("device %q is not one at work here, or the reason %q is none", s.Device, s.Reason)
		} else {
			d.Retired = true
		}
	case *record.Close:
		if b.Waiting > 0 || s.Size != b.Size || s.Branch != b.branch {
			err = fmt.Errorf("%d ballots have no ending", b.Waiting)
		}
		b.Counts, b.Closed = s.Counts, true
	default:
		err = errors.New("no entry of a branch")
	}
	if err != nil {
		*b = before
		return nil, refuse("entry", fmt.Errorf("take %s: %w", e.Body.Kind(), err))
	}
	b.Size++
	return func() { *b = before }, nil
}

// officers checks that two officers of two offices have signed.
func (b *Book) officers(e record.Entry) error {
	offices := map[string]bool{}
	for _, s := range e.Signatures {
		offices[b.office(s.By)] = true
	}
	if len(e.Signatures) != 2 || len(offices) != 2 || offices[""] {
		return refuse("entry", fmt.Errorf("take %s: it needs the signatures of two officers that two offices have granted", e.Body.Kind()))
	}
	return nil
}

func (b *Book) opening(s *record.Opening) error {
	if s.Branch != b.branch || s.Counts != (record.Counts{}) || len(s.Devices) == 0 {
		return errors.New("it is of another branch, names no device, or does not begin with zero")
	}
	for _, d := range s.Devices {
		if err := b.commit(d); err != nil {
			return err
		}
	}
	b.Opened = true
	return nil
}

func (b *Book) commit(d record.Committed) error {
	if _, granted := b.key("device/" + d.Device); !granted {
		return fmt.Errorf("device %q is not granted to the branch", d.Device)
	}
	if b.Devices[d.Device] != nil {
		return fmt.Errorf("device %s has committed already", d.Device)
	}
	if d.Limit == 0 || len(d.Root) != 32 {
		return fmt.Errorf("the commitment of device %s is none", d.Device)
	}
	b.Devices[d.Device] = &Device{Limit: d.Limit, Root: d.Root}
	return nil
}

func (b *Book) pause(s *record.Pause) error {
	if b.Paused || s.Branch != b.branch || !slices.Contains(record.PauseReasons(), s.Reason) {
		return fmt.Errorf("the branch is paused already, or the reason %q is none", s.Reason)
	}
	b.Paused = true
	return nil
}

// of checks that a device at work has signed alone.
func (b *Book) of(e record.Entry, device string) (*Device, error) {
	d := b.Devices[device]
	if d == nil || len(e.Signatures) != 1 || e.Signatures[0].By != "device/"+device {
		return nil, refuse("entry", fmt.Errorf("take %s: device %q is not one of branch %s, or has not signed alone", e.Body.Kind(), device, b.branch))
	}
	if d.Retired {
		return nil, refuse("retired", fmt.Errorf("take %s: device %s is retired", e.Body.Kind(), device))
	}
	return d, nil
}

func (b *Book) sealed(data []byte, e record.Entry, s *record.Sealed) (func(), error) {
	d, err := b.of(e, s.Device)
	if err != nil {
		return nil, err
	}
	if b.Paused {
		return nil, refuse("paused", errors.New("take sealed: the branch is paused"))
	}
	if s.Number != d.Next || s.Number >= d.Limit {
		return nil, refuse("number", fmt.Errorf("take sealed: device %s sends ballot %d, expected was %d of at most %d", s.Device, s.Number, d.Next, d.Limit))
	}
	if err := branchlog.CheckStyle(b.Style, s); err != nil {
		return nil, refuse("entry", fmt.Errorf("take sealed: %w", err))
	}
	id := BallotID{s.Device, s.Number}
	d.Next++
	b.Size++
	b.Waiting++
	b.Ballots[id] = &Ballot{Code: record.Code(data), State: Waiting}
	return func() {
		d.Next--
		b.Size--
		b.Waiting--
		delete(b.Ballots, id)
	}, nil
}

func (b *Book) ended(data []byte, e record.Entry, device string, number uint64, code []byte, end Ending) (func(), error) {
	if d := b.Devices[device]; end == Spoiled && d != nil && d.Retired {
		if err := b.officers(e); err != nil {
			return nil, err
		}
	} else if _, err := b.of(e, device); err != nil {
		return nil, err
	}
	x := b.Ballots[BallotID{device, number}]
	switch {
	case x == nil || !bytes.Equal(x.Code[:], code):
		return nil, refuse("entry", fmt.Errorf("end ballot %s %d: there is none with this code", device, number))
	case x.State != Waiting:
		return nil, refuse("ended", fmt.Errorf("end ballot %s %d: it is %s already", device, number, x.State))
	}
	n := map[Ending]*uint64{Cast: &b.Counts.Cast, Spoiled: &b.Counts.Spoiled, Challenged: &b.Counts.Challenged}[end]
	x.State, x.End = end, record.Code(data)
	*n++
	b.Size++
	b.Waiting--
	return func() {
		x.State, x.End = Waiting, [32]byte{}
		*n--
		b.Size--
		b.Waiting++
	}, nil
}
