package marks

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/journal"
	"github.com/sandogh/sandogh/internal/roll"
)

// An Admission says whom a branch admits.
type Admission string

// The admissions; see the package.
const (
	Assigned Admission = "assigned"
	Central  Admission = "central"
)

// A Standing is what a person is to this branch.
type Standing string

// The standings.
const (
	Here      Standing = "here"       // may be checked in now
	CheckedIn Standing = "checked-in" // has been
	Elsewhere Standing = "elsewhere"  // votes in Status.Branch
	Released  Standing = "released"   // given up to Status.Branch
	Given     Standing = "given"      // the central register has given the voter to Status.Branch
	UnderAge  Standing = "under-age"
	Unknown   Standing = "unknown"
	Busy      Standing = "busy" // another desk is at it
)

// A Mark is a check-in. Who made it and when is for officers.
type Mark struct {
	At   time.Time
	Desk string
	How  How
}

// How a person was admitted.
type How string

// The ways.
const (
	OwnVoter   How = "own"      // of this branch
	WithSlip   How = "slip"     // released by another branch
	ByRegister How = "register" // the central register has granted it
	Unasked    How = "unasked"  // own voter while the central register did not answer
)

// A Status is a person with their standing.
type Status struct {
	Person   roll.Person
	Standing Standing
	Branch   string // of elsewhere, released and given
	Mark     Mark   // of checked-in
	Offline  bool   // the central register does not answer
}

// A Refused is an act that was not done, with why.
type Refused struct{ Status Status }

func (r *Refused) Error() string { return "refused: the person is " + string(r.Status.Standing) }

// Errors of [Book.Undo].
var (
	ErrNotCheckedIn = errors.New("the person is not checked in")
	ErrReason       = errors.New("a reason of 3 to 200 characters is needed")
	ErrNoChance     = errors.New("every check-in has a ballot or somebody who is voting: nothing can be taken back now")
)

// Chances are the check-ins that have neither a ballot nor somebody who is voting
// now. The station keeps them.
type Chances interface {
	// Withdraw calls undo if there is one, and lets nobody begin to vote
	// meanwhile; else it returns an error without having called it.
	Withdraw(undo func() error) error
}

// A Place is where a book is kept and who it belongs to.
type Place struct {
	Disk       durable.Disk
	Path       string // of the journal
	Definition *election.Definition
	Roll       *roll.Roll
	Admission  Admission
	Register   Register           // of Central
	Key        ed25519.PrivateKey // of the branch's log: signs slips
	Now        func() time.Time
}

// A Book is a roll with the branch's marks. Any number of goroutines may use it.
type Book struct {
	p        Place
	election [32]byte
	journal  *journal.Journal
	count    atomic.Int64 // check-ins that stand
	offline  atomic.Bool  // the register did not answer last time

	mu      sync.Mutex
	people  map[roll.Number]*state
	serials map[[16]byte]bool // of slips that were used
	order   []arrival         // every check-in, also those taken back
	undone  int
	waiting []Waiting
}

// A state is what has happened to one person here.
type state struct {
	mark      *Mark
	request   string // of the mark
	home      string // of a guest: the branch that has released the person to this one
	name      string // of a guest, as the slip has it
	released  string // branch that has the person now
	slip      string // text of the release
	taken     string // branch to which the register has given the person
	unasked   bool   // the register has still to be asked
	busy      bool   // a claim or a release is under way
	confirmed bool   // the register has granted it to this branch
}

// Open opens the journal of marks. It refuses one that was begun with another
// roll, branch or election.
func Open(p Place) (*Book, error) {
	if p.Admission != Assigned && p.Admission != Central {
		return nil, fmt.Errorf("open roll's marks: admission %q is not assigned or central", p.Admission)
	}
	if p.Admission == Central && p.Register == nil {
		return nil, errors.New("open roll's marks: central admission needs the address of the register")
	}
	b := &Book{p: p, election: p.Definition.ID(), people: map[roll.Number]*state{}, serials: map[[16]byte]bool{}}
	begun := false
	j, err := journal.Open(p.Disk, p.Path, func(kind string, data []byte) error {
		if !begun {
			begun = true
			return b.begins(kind, data)
		}
		return b.replay(kind, data)
	})
	if err != nil {
		return nil, fmt.Errorf("open roll's marks: %w", err)
	}
	b.journal = j
	if !begun {
		if err := b.begin(); err != nil {
			return nil, errors.Join(fmt.Errorf("open roll's marks: %w", err), j.Close())
		}
	}
	return b, nil
}

// begin sets space aside for twice as many marks as the branch has voters, where
// the file system can, and binds the journal to the roll.
func (b *Book) begin() error {
	own, _ := b.p.Roll.Len()
	if err := b.journal.Reserve(int64(2*own+1000) * 400); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("the disk has no room for the marks of the day: free some: %w", err)
	}
	return b.journal.Append(kindRoll, b.beginning())
}

// Close closes the journal.
func (b *Book) Close() error { return b.journal.Close() }

// Err returns journal.ErrBroken if nothing can be marked any more.
func (b *Book) Err() error { return b.journal.Err() }

// Cut is how many bytes of a mark that was never acknowledged were cut off.
func (b *Book) Cut() int64 { return b.journal.Cut() }

// Roll returns the roll.
func (b *Book) Roll() *roll.Roll { return b.p.Roll }

// Admission returns whom the branch admits, and whether the central register has
// answered when it was last asked.
func (b *Book) Admission() (a Admission, answers bool) { return b.p.Admission, !b.offline.Load() }

// CheckedIn returns how many check-ins stand: those taken back are not counted.
func (b *Book) CheckedIn() uint64 { return uint64(max(0, b.count.Load())) }

// Status looks a person up by number.
func (b *Book) Status(n roll.Number) (Status, error) {
	p, known, err := b.p.Roll.Find(n)
	if err != nil {
		return Status{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.status(n, p, known), nil
}

// status is the standing of a person whom the roll has or has not.
func (b *Book) status(n roll.Number, p roll.Person, known bool) Status {
	s := b.people[n]
	if s == nil {
		s = &state{}
	}
	if !known {
		p = roll.Person{Number: n, Name: s.name}
	}
	st := Status{Person: p, Standing: Here, Offline: b.p.Admission == Central && b.offline.Load()}
	switch {
	case s.mark != nil:
		st.Standing, st.Mark = CheckedIn, *s.mark
	case s.busy:
		st.Standing = Busy
	case s.released != "":
		st.Standing, st.Branch = Released, s.released
	case s.taken != "":
		st.Standing, st.Branch = Given, s.taken
	case s.home != "":
	case !known:
		st.Standing = Unknown
	case !b.p.Roll.OldEnough(&p):
		st.Standing, st.Branch = UnderAge, p.Branch
	case p.Branch != b.p.Roll.Branch() && (b.p.Admission == Assigned || st.Offline):
		st.Standing, st.Branch = Elsewhere, p.Branch
	}
	return st
}

// A Request is a check-in that a desk asks for.
type Request struct {
	Number roll.Number
	Desk   string
	ID     string // random; the same when the same form is sent again
	Slip   string // text of a release slip, of Assigned
}

// CheckIn marks a person as here. When it returns without error the mark is on the
// disk, and a card may be handed out. The same request again has the same answer.
// What is not done is a [Refused] or an error of the slip.
func (b *Book) CheckIn(ctx context.Context, r Request) (Status, error) {
	p, known, err := b.p.Roll.Find(r.Number)
	if err != nil {
		return Status{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if s := b.people[r.Number]; s != nil && s.mark != nil && r.ID != "" && s.request == r.ID {
		return b.status(r.Number, p, known), nil
	}
	e := event{Person: r.Number, At: b.p.Now(), Desk: r.Desk, Request: r.ID, How: OwnVoter}
	st := b.status(r.Number, p, known)
	if r.Slip != "" {
		if st, err = b.arrive(r.Slip, r.Number, p, known, &e); err != nil {
			return st, err
		}
	} else if s := b.people[r.Number]; s != nil && s.home != "" {
		e.How = WithSlip
	}
	ask := b.p.Admission == Central && known &&
		(st.Standing == Here || st.Standing == Elsewhere || st.Standing == Given) // also once more whom it refused
	if st.Standing != Here && !ask {
		return st, &Refused{st}
	}
	if ask {
		if err := b.claim(ctx, &e, p); err != nil {
			return b.refusal(r.Number, p, err)
		}
	}
	if err := b.write(kindCheckIn, e); err != nil {
		return Status{}, fmt.Errorf("check in: %w", err)
	}
	b.count.Add(1)
	return b.status(r.Number, p, known), nil
}

// refusal is what a claim that failed means.
func (b *Book) refusal(n roll.Number, p roll.Person, err error) (Status, error) {
	var taken *TakenError
	if errors.As(err, &taken) {
		if err := b.write(kindTaken, event{Person: n, At: b.p.Now(), Branch: taken.Branch}); err != nil {
			return Status{}, fmt.Errorf("check in: %w", err)
		}
	} else if !errors.Is(err, ErrOffline) {
		return Status{}, fmt.Errorf("check in: %w", err)
	}
	st := b.status(n, p, true)
	return st, &Refused{st}
}

// claim asks the register for a person, without the lock, while the person is
// busy. An own voter of whom nothing else is known is admitted without it.
func (b *Book) claim(ctx context.Context, e *event, p roll.Person) error {
	s := b.state(p.Number)
	s.busy = true
	b.mu.Unlock()
	err := b.ask(ctx, p.Number)
	b.mu.Lock()
	s.busy = false
	switch {
	case err == nil:
		e.How = ByRegister
	case errors.Is(err, ErrOffline) && p.Branch == b.p.Roll.Branch() && s.taken == "":
		e.How, err = OwnVoter, nil
		if !s.confirmed {
			e.How = Unasked
		}
	}
	return err
}

// ask claims a person for this branch. The request is the same whenever this
// branch asks for this person, so that an answer that was lost does no harm.
func (b *Book) ask(ctx context.Context, n roll.Number) error {
	h := sha256.Sum256([]byte("sandogh claim v1\x00" + string(b.election[:]) + b.p.Roll.Branch() + "\x00" + n.Digits()))
	err := b.p.Register.Claim(ctx, Claim{Request: hex.EncodeToString(h[:]), Election: hex.EncodeToString(b.election[:]), Branch: b.p.Roll.Branch(), Number: n})
	b.offline.Store(errors.Is(err, ErrOffline))
	return err
}

// Undo takes a check-in back, by the head and with a reason, while the branch has
// a chance that nobody is using. The person may be checked in again, here.
func (b *Book) Undo(c Chances, n roll.Number, by, reason string) error {
	reason = strings.TrimSpace(reason)
	if c := utf8.RuneCountInString(reason); c < 3 || !roll.Printable(reason) {
		return fmt.Errorf("undo check-in: %w", ErrReason)
	}
	called := false
	err := c.Withdraw(func() error {
		called = true
		b.mu.Lock()
		defer b.mu.Unlock()
		s := b.people[n]
		if s == nil || s.mark == nil {
			return ErrNotCheckedIn
		}
		if err := b.write(kindUndo, event{Person: n, At: b.p.Now(), By: by, Reason: reason}); err != nil {
			return err
		}
		b.count.Add(-1)
		return nil
	})
	switch {
	case err != nil && !called:
		return fmt.Errorf("undo check-in: %w: %w", ErrNoChance, err)
	case err != nil:
		return fmt.Errorf("undo check-in: %w", err)
	}
	return nil
}
