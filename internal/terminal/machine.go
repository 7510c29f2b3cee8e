package terminal

import (
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/ballot"
)

// A Trouble is what keeps the machine from going on; officers are needed.
type Trouble string

// The troubles there are. Those of the printer say that nothing is on paper.
const (
	PaperOut   Trouble = "out"
	CoverOpen  Trouble = "cover"
	TooHot     Trouble = "hot"
	Faulty     Trouble = "faulty"
	PrinterOff Trouble = "lost"
	NoBranch   Trouble = "branch" // the branch does not answer
	Paused     Trouble = "paused" // the officers have paused the branch
)

// Ballot returns the ballot to seal: what the review showed. It is for a session
// that is Sealing.
func (s *Session) Ballot() (*ballot.Ballot, error) {
	if s.step != Sealing {
		return nil, fmt.Errorf("make ballot: %w", ErrNotNow)
	}
	var all []ballot.Selections
	for i, c := range s.paper.Contests {
		all = append(all, ballot.Selections{Contest: c.ID, Codes: slices.Clone(s.sealed[i].codes)})
	}
	return ballot.New(s.paper.Style, all)
}

// Card returns the codes that were sealed in each contest, ascending: what is
// printed, and what is shown beside the printed card.
func (s *Session) Card() [][]int {
	if s.sealed == nil {
		return nil
	}
	out := make([][]int, len(s.sealed))
	for i, c := range s.sealed {
		out[i] = slices.Sorted(slices.Values(c.codes))
	}
	return out
}

// event is a report of the machine in the step that it belongs to.
func (s *Session) event(step, next Step) error {
	if s.step != step {
		return fmt.Errorf("leave step %s for %s: the session is in step %s: %w", step, next, s.step, ErrNotNow)
	}
	s.to(next)
	return nil
}

// Sealed says that the sealed ballot is durable in the branch's log.
func (s *Session) Sealed() error { return s.event(Sealing, Printing) }

// Printed says that the card is on paper.
func (s *Session) Printed() error { return s.event(Printing, Check) }

// TornCard says that the card may be half printed. It is never printed again:
// the ballot will be spoiled with the voter's knowledge, so that every whole card
// belongs to one sealed ballot, and every sealed ballot to one card at most.
func (s *Session) TornCard() error { return s.event(Printing, Torn) }

// Recorded says that the ending is durable in the branch's log.
func (s *Session) Recorded() error {
	if s.step != Ending {
		return fmt.Errorf("record the ending: the session is in step %s: %w", s.step, ErrNotNow)
	}
	forget(s.sealed)
	s.sealed = nil
	switch s.outcome {
	case Spoiled: // the voter goes on with the same choices
		s.outcome = ""
		s.to(Review)
	default:
		forget(s.choices)
		s.view.erase()
		s.to(Slip)
	}
	return nil
}

// SlipPrinted says that the slip is on paper.
func (s *Session) SlipPrinted() error {
	if s.outcome == Challenged {
		return s.event(Slip, Tested)
	}
	return s.event(Slip, Done)
}

// Wait says what keeps the machine from the step's work, "" that it goes on.
func (s *Session) Wait(t Trouble) {
	if s.trouble != t {
		s.trouble = t
		s.turn++
	}
}

// Settled says that the officers have ended the ballot, or the session.
func (s *Session) Settled() { s.leave(ByOfficer) }

// Fail ends the session because the machine cannot go on.
func (s *Session) Fail() { s.leave(Fault) }
