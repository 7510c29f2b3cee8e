package terminal

import (
	"errors"
	"slices"
	"time"

	"github.com/sandogh/sandogh/internal/web"
)

// A Step is where a session stands.
type Step string

// The steps, in the order of a plain vote; the rest are by-ways.
const (
	Language Step = "language"
	Comfort  Step = "comfort"
	Choose   Step = "choose"
	Review   Step = "review"
	Sealing  Step = "sealing"  // the machine seals, until the branch has it
	Printing Step = "printing" // the machine prints the card
	Check    Step = "check"    // is the printed card correct?
	Drop     Step = "drop"     // put it into the box
	Ending   Step = "ending"   // the machine ends the ballot, until the branch has it
	Slip     Step = "slip"     // the machine prints the slip
	Done     Step = "done"

	Wrong   Step = "wrong"   // another card, or a test of the machine?
	Warning Step = "warning" // what a test makes public
	Torn    Step = "torn"    // the card may be half printed
	Tested  Step = "tested"  // a test has ended, the voter begins anew
	Left    Step = "left"    // the session has ended without a cast ballot
)

// An Overlay lies over a step, which stays as it is beneath.
type Overlay string

// The overlays there are.
const (
	None     Overlay = ""
	Settings Overlay = "settings"
	Help     Overlay = "help"
	AskClear Overlay = "ask-clear" // take back all choices of a contest?
	AskLeave Overlay = "ask-leave" // leave without a vote?
)

// An Outcome is how a sealed ballot ends.
type Outcome string

// The outcomes of a sealed ballot.
const (
	Cast       Outcome = "cast"
	Spoiled    Outcome = "spoiled"
	Challenged Outcome = "challenged"
)

// A Why is the reason for which a session ended without a cast ballot.
type Why string

// The reasons there are.
const (
	Timeout   Why = "timeout"
	Walked    Why = "left"
	ByOfficer Why = "officer"
	Fault     Why = "fault"
)

// A Phase is what the clock says of a voter.
type Phase int

// The phases. After the last one a session is over.
const (
	Awake Phase = iota
	Alert
	Gone
)

// Comforts are the settings of a screen.
type Comforts struct {
	Lang     web.Lang
	Size     int // of text, 0 to 3; 1 is usual
	Contrast int // 0 usual, 1 black on white, 2 white on black, 3 low
}

// Limits are how long a voter may do nothing.
type Limits struct {
	Idle  time.Duration // before the alert
	Alert time.Duration // how long it lasts
	Hold  time.Duration // how long it lasts while a sealed ballot is undecided
	Done  time.Duration // how long the last screen stays
}

// Usual are the limits of U-40.
var Usual = Limits{Idle: 3 * time.Minute, Alert: 45 * time.Second, Hold: 10 * time.Minute, Done: 20 * time.Second}

// ErrNotNow says that an act has no place in the step that the session is in.
var ErrNotNow = errors.New("this act has no place in the present step")

// A choice is what a voter has chosen in a contest, in the order of choosing.
type choice struct {
	codes []int
	blank bool // the voter has asked for a blank vote
}

// A Session is one voter's session.
type Session struct {
	paper  *Paper
	limits Limits
	first  Comforts // what a reset returns to
	now    func() time.Time

	step     Step
	overlay  Overlay
	notice   Notice
	comforts Comforts
	at       int  // of the contests
	changing bool // from the review, and back to it
	view     view
	choices  []choice
	sealed   []choice // what was sealed and printed, until it has ended
	outcome  Outcome
	why      Why
	trouble  Trouble
	assisted bool
	called   bool // for an officer
	turn     uint64
	last     time.Time // of a sign of the voter
}

// New begins a session with the settings that the device starts with.
func New(paper *Paper, start Comforts, limits Limits, now func() time.Time) *Session {
	s := &Session{paper: paper, limits: limits, first: start, now: now, step: Language, comforts: start, last: now()}
	for _, c := range paper.Contests {
		s.choices = append(s.choices, choice{codes: make([]int, 0, c.K())}) // one array, so that erasing it erases all
	}
	return s
}

// Paper returns what the voter is asked.
func (s *Session) Paper() *Paper { return s.paper }

// Step returns where the session stands.
func (s *Session) Step() Step { return s.step }

// Overlay returns what lies over the step.
func (s *Session) Overlay() Overlay { return s.overlay }

// Notice returns what is to be said of the last act.
func (s *Session) Notice() Notice { return s.notice }

// Comforts returns the settings of the screen.
func (s *Session) Comforts() Comforts { return s.comforts }

// Turn changes with every act and every step, so that a page that was made
// before can be told from the present one.
func (s *Session) Turn() uint64 { return s.turn }

// At returns the place of the contest in view, from 0.
func (s *Session) At() int { return s.at }

// Contest returns the contest in view.
func (s *Session) Contest() *Contest { return s.paper.Contests[s.at] }

// Changing reports whether the contest in view was opened from the review.
func (s *Session) Changing() bool { return s.changing }

// Outcome returns how the sealed ballot ends or has ended, "" if not decided.
func (s *Session) Outcome() Outcome { return s.outcome }

// Why returns why the session ended without a cast ballot.
func (s *Session) Why() Why { return s.why }

// Trouble returns what the machine waits for.
func (s *Session) Trouble() Trouble { return s.trouble }

// Assisted reports whether somebody helps the voter.
func (s *Session) Assisted() bool { return s.assisted }

// Called reports whether the voter has called an officer.
func (s *Session) Called() bool { return s.called }

// Chosen returns the codes chosen in a contest, in the order of choosing.
func (s *Session) Chosen(contest int) []int { return slices.Clone(s.choices[contest].codes) }

// Blank reports whether the voter has asked for a blank vote in a contest.
func (s *Session) Blank(contest int) bool { return s.choices[contest].blank }

// Has reports whether a candidate is chosen in the contest in view.
func (s *Session) Has(code int) bool { return slices.Contains(s.choices[s.at].codes, code) }

// Rest returns how many more can be chosen in a contest.
func (s *Session) Rest(contest int) int {
	return s.paper.Contests[contest].K() - len(s.choices[contest].codes)
}

// Undecided reports whether a ballot is sealed, or may be, and has not ended.
func (s *Session) Undecided() bool { return s.sealed != nil }

// Over reports whether the session has ended: the voter has nothing more to do.
func (s *Session) Over() bool { return s.step == Done || s.step == Left }

// Deadline returns when the clock changes something next; never while the
// machine works, since it is not the voter who waits.
func (s *Session) Deadline() (at time.Time, ok bool) {
	switch {
	case s.step == Left:
		return time.Time{}, false
	case s.step == Done:
		return s.last.Add(s.limits.Done), true
	case s.working():
		return time.Time{}, false
	case s.phase() == Awake:
		return s.last.Add(s.idle()), true
	}
	return s.last.Add(s.idle() + s.alert()), true
}

func (s *Session) working() bool {
	return s.step == Sealing || s.step == Printing || s.step == Ending || s.step == Slip && s.trouble == ""
}

func (s *Session) idle() time.Duration {
	if s.called {
		return s.limits.Hold // an officer is on the way
	}
	return s.limits.Idle
}

func (s *Session) alert() time.Duration {
	if s.Undecided() {
		return s.limits.Hold
	}
	return s.limits.Alert
}

func (s *Session) phase() Phase {
	switch idle := s.now().Sub(s.last); {
	case s.Over() || s.working() || idle < s.idle():
		return Awake
	case idle < s.idle()+s.alert():
		return Alert
	}
	return Gone
}

// Tick lets the clock act: a voter who has gone ends the session, uncast. It
// returns the phase. A slip that nobody waits for ends with the session done.
func (s *Session) Tick() Phase {
	p := s.phase()
	if p == Gone {
		if s.step == Slip && s.outcome == Cast {
			s.to(Done)
		} else {
			s.leave(Timeout)
		}
	}
	return p
}

// Awaken notes a sign of the voter that is no act: a finger that scrolls.
func (s *Session) Awaken() { s.last = s.now() }

// to goes to a step.
func (s *Session) to(step Step) {
	s.step, s.overlay, s.trouble, s.last = step, None, "", s.now()
	s.turn++
}

func (s *Session) leave(why Why) {
	s.why = why
	s.to(Left)
	s.Erase()
}

// Erase forgets all selections and whatever the voter typed.
func (s *Session) Erase() {
	forget(s.choices)
	forget(s.sealed)
	s.view.erase()
	s.notice = Notice{}
}

func forget(all []choice) {
	for i := range all {
		all[i].erase()
	}
}

func (c *choice) erase() {
	clear(c.codes[:cap(c.codes)])
	*c = choice{codes: c.codes[:0]}
}
