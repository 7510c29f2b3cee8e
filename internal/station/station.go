package station

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/journal"
	"github.com/sandogh/sandogh/internal/sequencer"
	"github.com/sandogh/sandogh/internal/station/book"
	"github.com/sandogh/sandogh/record"
)

// CheckIns says how many voters are checked in, and not undone.
type CheckIns interface{ CheckedIn() uint64 }

// Cards knows the activation cards of the branch.
type Cards interface {
	// Check returns the place of the card in the set. An error that
	// [errors.Is] [ErrForeign] says that it is of another branch.
	Check(text string) (int, error)
}

// ErrForeign says that a card is of another branch or election.
var ErrForeign = errors.New("the card is of another branch or election")

// A Granted officer or device is one on headquarters' log.
type Granted struct {
	Office string // that granted it
	Key    ed25519.PublicKey
}

// A Roster is who was granted to the branch: by name, officer/<id> and
// device/<id>.
type Roster map[string]Granted

// Config is what a branch is made from.
type Config struct {
	Dir        string
	Disk       durable.Disk
	Definition *election.Definition
	Branch     string
	LogKey     ed25519.PrivateKey
	Roster     Roster
	CheckIns   CheckIns
	Cards      Cards
	Now        func() time.Time // of what terminals say of themselves; nothing of it is written
	// Many lets a device have many sessions at once, for one process that plays
	// many voters.
	Many bool
}

// A Refused is what was refused, with its word of spec/branch-link.md.
type Refused = book.Refused

func refuse(word string, err error) error { return &Refused{Word: word, Err: err} }

// An Ending is what has become of a sealed ballot.
type Ending = book.Ending

// The endings. A ballot that is not in the log was not sealed.
const (
	Waiting    = book.Waiting // sealed and undecided
	Cast       = book.Cast
	Spoiled    = book.Spoiled
	Challenged = book.Challenged
)

// ErrStopped says that an earlier failure of the disk has stopped the branch.
var ErrStopped = errors.New("the branch has stopped: its disk failed")

// A Station is a branch. Its methods may be called concurrently.
type Station struct {
	cfg     Config
	log     *sequencer.Log
	journal *journal.Journal

	mu      sync.Mutex
	roster  Roster
	book    *book.Book
	memory  *memory
	seen    map[string]Seen
	stopped error
}

// New opens the folder of a branch, and reads what has happened.
func New(ctx context.Context, cfg Config) (*Station, error) {
	s := &Station{cfg: cfg, roster: cfg.Roster, memory: newMemory(), seen: map[string]Seen{}}
	if s.cfg.Now == nil {
		s.cfg.Now = time.Now
	}
	var err error
	key := func(by string) (ed25519.PublicKey, bool) { g, ok := s.roster[by]; return g.Key, ok }
	office := func(by string) string {
		if !strings.HasPrefix(by, "officer/") {
			return ""
		}
		return s.roster[by].Office
	}
	if s.book, err = book.New(cfg.Definition, cfg.Branch, key, office); err != nil {
		return nil, err
	}
	if err := cfg.Disk.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("open branch %s: %w", cfg.Branch, err)
	}
	signer, err := sequencer.NewSigner(election.BranchOrigin(s.book.Election, cfg.Branch), cfg.LogKey)
	if err != nil {
		return nil, err
	}
	s.log, err = sequencer.Open(ctx, filepath.Join(cfg.Dir, "log"), signer, cfg.LogKey.Public().(ed25519.PublicKey), sequencer.Options{Disk: cfg.Disk})
	if err != nil {
		return nil, fmt.Errorf("open log of branch %s: %w", cfg.Branch, err)
	}
	if err = s.read(ctx); err == nil {
		s.journal, err = journal.Open(cfg.Disk, filepath.Join(cfg.Dir, "journal"), s.memory.replay)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open branch %s: %w", cfg.Branch, err), s.log.Close(ctx))
	}
	return s, nil
}

// read enters what is in the log.
func (s *Station) read(ctx context.Context) error {
	n, err := s.log.Size(ctx)
	if err != nil || n == 0 {
		return err
	}
	log, err := s.log.Read(ctx)
	if err != nil {
		return err
	}
	faults, err := log.Scan(func(e board.Entry) error {
		if _, err := s.book.Take(e.Data); err != nil {
			return fmt.Errorf("entry %d of the log: %w", e.Index, err)
		}
		return nil
	})
	if err == nil && len(faults) > 0 {
		err = fmt.Errorf("the log is damaged: %s", faults[0].Text)
	}
	return err
}

// SetRoster changes who was granted to the branch: headquarters has granted a
// spare device.
func (s *Station) SetRoster(r Roster) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.roster = r
}

// Stopped returns why the branch takes nothing any more, or nil.
func (s *Station) Stopped() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopped
}

// stop remembers that a write failed: what is on the disk is not known.
func (s *Station) stop(err error) error {
	s.stopped = fmt.Errorf("%w: %w", ErrStopped, err)
	return s.stopped
}

// view is the log under a checkpoint of now, which is written to the disk first.
func (s *Station) view(ctx context.Context) (*board.Log, error) {
	log, err := s.log.Read(context.WithoutCancel(ctx))
	if err != nil {
		return nil, s.stop(fmt.Errorf("read log: %w", err))
	}
	return log, nil
}

// note writes into the journal.
func (s *Station) note(kind string, v any) error {
	if err := s.journal.Append(kind, v); err != nil {
		return s.stop(err)
	}
	return nil
}

// append takes entries in order and appends them. If one is refused, none is
// taken.
func (s *Station) append(ctx context.Context, entries ...[]byte) error {
	var undo []func()
	for _, e := range entries {
		u, err := s.book.Take(e)
		if err != nil {
			for i := len(undo) - 1; i >= 0; i-- {
				undo[i]()
			}
			return err
		}
		undo = append(undo, u)
	}
	if _, err := s.log.Append(context.WithoutCancel(ctx), entries...); err != nil {
		return s.stop(fmt.Errorf("append to log of branch %s: %w", s.cfg.Branch, err))
	}
	return nil
}

// statement signs what two officers say and appends it.
func (s *Station) statement(ctx context.Context, by [2]record.Signer, body record.Body) ([]byte, error) {
	e, err := s.sign(by, body)
	if err != nil {
		return nil, err
	}
	return e, s.append(ctx, e)
}

func (s *Station) sign(by [2]record.Signer, body record.Body) ([]byte, error) {
	return record.Sign(s.book.Election, record.BranchLog(s.cfg.Branch), body, by[0], by[1])
}

// Shut gives the folder free.
func (s *Station) Shut(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped == nil {
		s.stopped = ErrStopped
	}
	return errors.Join(s.journal.Close(), s.log.Close(ctx))
}

// Publish writes the published form of the log into dst, after the close.
func (s *Station) Publish(ctx context.Context, dst string, witnesses []sequencer.Cosigner) error {
	if s.State() != Closed {
		return fmt.Errorf("publish log of branch %s: the branch has not closed", s.cfg.Branch)
	}
	return s.log.Publish(ctx, dst, witnesses)
}

// Log returns the branch's log, for its publication after the close.
func (s *Station) Log() *sequencer.Log { return s.log }
