// Package station is the branch: it opens, takes in sealed ballots and their
// endings, closes, and publishes its log.
//
// Specification: spec/acts.md, section 7.
//
// In and out. Open starts the log with the statement of the two officers and
// the devices' commitments. CheckIn counts a voter; Append takes the entries of
// the branch's devices and returns when they are durably in the tree. Close
// writes the closing statement; Publish writes the published form.
//
// What it never does: it holds sealed ballots only and never learns a
// selection, and in this version no name either: the roll is not built yet, so
// CheckIn is a number.
//
// How it fails: what an auditor would refuse is refused here before it is
// written: a foreign device, a number out of turn, another style or other
// contests than the branch's, a second ending, more cast ballots than voters
// checked in, anything after the close. The proofs in a ballot are not checked
// here.
//
// Sources: the protocol, section 7.
package station

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/sequencer"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/branchlog"
)

// Config is what a branch is made from.
type Config struct {
	Dir        string // the log's own state, not published
	Definition *election.Definition
	Branch     string
	LogKey     ed25519.PrivateKey
	Officers   [2]record.Signer // of two offices
	Devices    []Device
}

// Device is a device that votes in the branch.
type Device struct {
	Committed record.Committed
	Key       ed25519.PublicKey
}

// A Station is an open branch. Not safe for concurrent use.
type Station struct {
	cfg     Config
	id      [32]byte
	style   election.Style
	log     *sequencer.Log
	keys    map[string]ed25519.PublicKey
	next    map[string]uint64
	limit   map[string]uint64
	waiting map[string][32]byte // device and number → code
	counts  record.Counts
	closed  bool
}

// ErrClosed says that the branch has closed.
var ErrClosed = errors.New("the branch has closed")

// Open opens the branch: its log must be empty.
func Open(ctx context.Context, cfg Config) (*Station, error) {
	s := &Station{cfg: cfg, id: cfg.Definition.ID(), keys: map[string]ed25519.PublicKey{},
		next: map[string]uint64{}, limit: map[string]uint64{}, waiting: map[string][32]byte{}}
	var err error
	if s.style, err = cfg.Definition.StyleOf(cfg.Branch); err != nil {
		return nil, fmt.Errorf("open branch %s: %w", cfg.Branch, err)
	}
	body := &record.Opening{Branch: cfg.Branch}
	for _, d := range cfg.Devices {
		s.keys["device/"+d.Committed.Device] = d.Key
		s.limit[d.Committed.Device] = d.Committed.Limit
		body.Devices = append(body.Devices, d.Committed)
	}
	signer, err := sequencer.NewSigner(election.BranchOrigin(s.id, cfg.Branch), cfg.LogKey)
	if err != nil {
		return nil, err
	}
	s.log, err = sequencer.Open(ctx, cfg.Dir, signer, cfg.LogKey.Public().(ed25519.PublicKey), sequencer.Options{})
	if err != nil {
		return nil, fmt.Errorf("open log of branch %s: %w", cfg.Branch, err)
	}
	if n, err := s.log.Size(ctx); err != nil || n != 0 {
		s.log.Close(ctx)
		if err == nil {
			err = fmt.Errorf("its log has %d entries: a branch opens once, with an empty log", n)
		}
		return nil, fmt.Errorf("open branch %s: %w", cfg.Branch, err)
	}
	if err := s.statement(ctx, body); err != nil {
		s.log.Close(ctx)
		return nil, err
	}
	return s, nil
}

func (s *Station) statement(ctx context.Context, b record.Body) error {
	a, c := s.cfg.Officers[0], s.cfg.Officers[1]
	if a.By > c.By {
		a, c = c, a
	}
	e, err := record.Sign(s.id, record.BranchLog(s.cfg.Branch), b, a, c)
	if err != nil {
		return err
	}
	_, err = s.log.Append(ctx, e)
	return err
}

// CheckIn counts voters who were checked in.
func (s *Station) CheckIn(voters uint64) { s.counts.CheckedIn += voters }

// Counts returns what the branch has counted.
func (s *Station) Counts() record.Counts { return s.counts }

// Append takes entries of the branch's devices in order. They are durably in
// the tree when it returns; if one is refused, none is taken.
func (s *Station) Append(ctx context.Context, entries ...[]byte) error {
	if s.closed {
		return ErrClosed
	}
	undo := []func(){}
	for _, data := range entries {
		u, err := s.take(data)
		if err != nil {
			for i := len(undo) - 1; i >= 0; i-- {
				undo[i]()
			}
			return err
		}
		undo = append(undo, u)
	}
	if _, err := s.log.Append(ctx, entries...); err != nil {
		for i := len(undo) - 1; i >= 0; i-- {
			undo[i]()
		}
		return fmt.Errorf("append to log of branch %s: %w", s.cfg.Branch, err)
	}
	return nil
}

// take checks one entry against the state and moves the state on.
func (s *Station) take(data []byte) (undo func(), err error) {
	e, err := record.Decode(data)
	if err != nil {
		return nil, err
	}
	var device string
	switch b := e.Body.(type) {
	case *record.Sealed:
		device = b.Device
	case *record.Cast:
		device = b.Device
	case *record.Spoiled:
		device = b.Device
	case *record.Challenged:
		device = b.Device
	default:
		return nil, fmt.Errorf("take entry: a device does not write a %s", e.Body.Kind())
	}
	by := "device/" + device
	key, ok := s.keys[by]
	if !ok || len(e.Signatures) != 1 || e.Signatures[0].By != by {
		return nil, fmt.Errorf("take %s: device %q is not one of branch %s", e.Body.Kind(), device, s.cfg.Branch)
	}
	err = e.Verify(s.id, record.BranchLog(s.cfg.Branch), func(string) (ed25519.PublicKey, bool) { return key, true })
	if err != nil {
		return nil, fmt.Errorf("take %s: %w", e.Body.Kind(), err)
	}
	switch b := e.Body.(type) {
	case *record.Sealed:
		if b.Number != s.next[device] || b.Number >= s.limit[device] {
			return nil, fmt.Errorf("take sealed: device %s sends ballot %d, expected was %d of at most %d", device, b.Number, s.next[device], s.limit[device])
		}
		if err := branchlog.CheckStyle(s.style, b); err != nil {
			return nil, fmt.Errorf("take sealed: %w", err)
		}
		k := waitingKey(device, b.Number)
		s.next[device]++
		s.waiting[k] = record.Code(data)
		return func() { s.next[device]--; delete(s.waiting, k) }, nil
	case *record.Cast:
		if s.counts.Cast >= s.counts.CheckedIn {
			return nil, fmt.Errorf("take cast: %d ballots are cast and %d voters are checked in", s.counts.Cast, s.counts.CheckedIn)
		}
		return s.end(device, b.Number, b.Code, &s.counts.Cast)
	case *record.Spoiled:
		return s.end(device, b.Number, b.Code, &s.counts.Spoiled)
	case *record.Challenged:
		return s.end(device, b.Number, b.Code, &s.counts.Challenged)
	}
	panic("unreachable: the switch above names the same types")
}

func (s *Station) end(device string, number uint64, code []byte, n *uint64) (func(), error) {
	k := waitingKey(device, number)
	want, ok := s.waiting[k]
	if !ok || !bytes.Equal(want[:], code) {
		return nil, fmt.Errorf("end ballot %s %d: it does not wait for an ending with this code", device, number)
	}
	delete(s.waiting, k)
	*n++
	return func() { s.waiting[k] = want; *n-- }, nil
}

func waitingKey(device string, number uint64) string { return fmt.Sprintf("%s %d", device, number) }

// Close writes the closing statement. Every sealed ballot must have ended.
func (s *Station) Close(ctx context.Context) error {
	if s.closed {
		return ErrClosed
	}
	if n := len(s.waiting); n > 0 {
		return fmt.Errorf("close branch %s: %d sealed ballots have no ending: cast, spoil or challenge them first", s.cfg.Branch, n)
	}
	log, err := s.log.Read(ctx)
	if err != nil {
		return fmt.Errorf("close branch %s: %w", s.cfg.Branch, err)
	}
	c := log.Checkpoint()
	err = s.statement(ctx, &record.Close{Branch: s.cfg.Branch, Size: c.Size, Root: c.Root[:], Counts: s.counts})
	if err != nil {
		return fmt.Errorf("close branch %s: %w", s.cfg.Branch, err)
	}
	s.closed = true
	return nil
}

// Publish writes the published form of the log into dst, after the close.
func (s *Station) Publish(ctx context.Context, dst string, witnesses []sequencer.Cosigner) error {
	if !s.closed {
		return fmt.Errorf("publish log of branch %s: the branch has not closed", s.cfg.Branch)
	}
	return s.log.Publish(ctx, dst, witnesses)
}

// Shut gives the log's folder free.
func (s *Station) Shut(ctx context.Context) error { return s.log.Close(ctx) }
