package marks

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/internal/roll"
)

// Errors of releases.
var (
	ErrNotAssigned = errors.New("voters are released only where each has one branch: here the central register is asked")
	ErrNoBranch    = errors.New("the election has no other branch of this id")
	ErrHome        = errors.New("the person's own branch is another one: only it can release the person, and this branch can release the person only to it")
)

// Release gives a voter up to another branch, and returns the slip for it when
// that is on the disk. From then on the voter cannot be checked in here. The same
// release again gives the same slip. A guest can be released to their own branch.
func (b *Book) Release(n roll.Number, to, by string) (string, error) {
	p, known, err := b.p.Roll.Find(n)
	if err != nil {
		return "", err
	}
	if b.p.Admission != Assigned {
		return "", fmt.Errorf("release voter: %w", ErrNotAssigned)
	}
	if _, ok := b.p.Definition.Branch(to); !ok || to == b.p.Roll.Branch() {
		return "", fmt.Errorf("release voter: %w", ErrNoBranch)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	st := b.status(n, p, known)
	s := b.people[n]
	if st.Standing == Released && st.Branch == to {
		return s.slip, nil
	}
	if st.Standing != Here {
		return "", &Refused{st}
	}
	if s != nil && s.home != "" && to != s.home {
		return "", fmt.Errorf("release voter: %w", ErrHome)
	}
	slip := newSlip(b.p.Roll.Branch(), to, &st.Person)
	text := slip.Text(b.election, b.p.Key)
	if err := b.write(kindRelease, event{Person: n, At: b.p.Now(), By: by, Branch: to, Slip: text}); err != nil {
		return "", fmt.Errorf("release voter: %w", err)
	}
	return text, nil
}

// Slip checks a slip that somebody brings, without using it, and returns it with
// the standing that it gives.
func (b *Book) Slip(text string) (*Slip, Status, error) {
	s, err := OpenSlip(text, b.p.Definition)
	if err != nil {
		return nil, Status{}, err
	}
	p, known, err := b.p.Roll.Find(s.Number)
	if err != nil {
		return nil, Status{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	st, err := b.arrive(text, s.Number, p, known, &event{})
	return s, st, err
}

// arrive checks a slip for a person, and puts it into the check-in.
func (b *Book) arrive(text string, n roll.Number, p roll.Person, known bool, e *event) (Status, error) {
	st := b.status(n, p, known)
	slip, err := OpenSlip(text, b.p.Definition)
	if err != nil {
		return st, err
	}
	st.Person.Name = slip.Name
	if known {
		st.Person.Name = p.Name
	}
	refuse := func(err error) (Status, error) { return st, fmt.Errorf("use slip: %w", err) }
	home := slip.From
	if known {
		home = p.Branch
	}
	me := b.p.Roll.Branch()
	switch {
	case b.p.Admission != Assigned:
		return refuse(ErrNotAssigned)
	case slip.From == me:
		return refuse(ErrSlipOwn)
	case slip.To != me:
		return refuse(ErrSlipForeign)
	case slip.Number != n:
		return refuse(ErrSlipForm)
	case st.Standing == CheckedIn || st.Standing == Busy || st.Standing == UnderAge:
		return st, &Refused{st}
	case b.serials[slip.Serial]:
		return refuse(ErrSlipUsed)
	case home == me && (st.Standing != Released || st.Branch != slip.From):
		return st, &Refused{st}
	case home != me && home != slip.From:
		return refuse(ErrHome)
	}
	e.Slip, e.How = text, WithSlip
	if home == me {
		e.How = OwnVoter
	}
	st.Standing, st.Branch = Here, ""
	return st, nil
}

// A Conflict is a person who was checked in here while the register did not
// answer, and whom it has given to another branch.
type Conflict struct {
	Person roll.Person
	Mark   Mark
	Branch string
}

// Conflicts returns all of them, the first check-in first.
func (b *Book) Conflicts() ([]Conflict, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []Conflict
	for n, s := range b.people {
		if s.mark == nil || s.taken == "" {
			continue
		}
		p, _, err := b.p.Roll.Find(n)
		if err != nil {
			return nil, err
		}
		out = append(out, Conflict{p, *s.mark, s.taken})
	}
	slices.SortFunc(out, func(a, b Conflict) int { return a.Mark.At.Compare(b.Mark.At) })
	return out, nil
}

// Unasked returns how many own voters were checked in of whom the register has
// still to be asked.
func (b *Book) Unasked() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, s := range b.people {
		if s.unasked {
			n++
		}
	}
	return n
}

// Reconcile asks the register for those who were admitted without it, until it
// does not answer.
func (b *Book) Reconcile(ctx context.Context) error {
	if b.p.Admission != Central {
		return nil
	}
	b.mu.Lock()
	var open []roll.Number
	for n, s := range b.people {
		if s.unasked {
			open = append(open, n)
		}
	}
	b.mu.Unlock()
	slices.Sort(open)
	for _, n := range open {
		err := b.ask(ctx, n)
		kind, e := kindConfirmed, event{Person: n, At: b.p.Now()}
		var taken *TakenError
		if errors.As(err, &taken) {
			kind, e.Branch = kindTaken, taken.Branch
		} else if err != nil {
			return fmt.Errorf("ask central register: %w", err)
		}
		b.mu.Lock()
		if s := b.people[n]; s.unasked { // not taken back meanwhile
			err = b.write(kind, e)
		} else {
			err = nil
		}
		b.mu.Unlock()
		if err != nil {
			return fmt.Errorf("ask central register: %w", err)
		}
	}
	return nil
}
