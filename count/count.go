package count

import (
	"errors"
	"fmt"

	"github.com/sandogh/sandogh/election"
)

// Kinds of questions.
const (
	Tie                     = "tie"
	OverAllocation          = "over-allocation"
	MoreSeatsThanCandidates = "more-seats-than-candidates"
	NoValidVotes            = "no-valid-votes"
	ThresholdNobody         = "threshold-nobody"
	DraftLaw                = "draft-law"
	Half                    = "half" // only where the contest's setting says to ask
)

// Places that a question is about.
const (
	Seat      = "seat"
	Alternate = "alternate"
	Runoff    = "runoff"
)

// What the names in a question are.
const (
	OfCandidates = "candidates"
	OfGroups     = "groups"
)

// An Outcome is who wins a contest, as far as that is settled.
type Outcome struct {
	Elected    []string   `json:"elected"`          // ids, by descending votes
	Alternates []string   `json:"alternates"`       // ids, in the order in which they step in
	Runoff     []string   `json:"runoff,omitempty"` // ids, by descending votes; the candidates of a second round
	Groups     []Group    `json:"groups,omitempty"` // by name; rules with lists only
	Questions  []Question `json:"questions"`
	Steps      []Step     `json:"steps"`
}

// A Group is what a list, or all independents together, gets.
type Group struct {
	Name       string `json:"name"`        // id of the list, or election.Independents
	Votes      int    `json:"votes"`       // of its candidates, added up
	Quota      string `json:"quota"`       // seats·votes/total, such as 441/50
	QuotaSeats int    `json:"quota_seats"` // the quota as the rule makes it whole, limited to the candidates
	Seats      int    `json:"seats"`       // as far as they are sure
	Below      bool   `json:"below"`       // below the threshold
}

// A Question is what votes and tie order leave open. Its text says what settles
// it; [Question.Answer] makes the decision.
type Question struct {
	Kind    string   `json:"kind"`
	Between []string `json:"between"` // names, sorted; those concerned, else empty
	Of      string   `json:"of"`      // what they are: candidates or groups
	Seats   int      `json:"seats"`   // how many places are open, seats too many, halves
	Place   string   `json:"place"`   // seat, alternate or runoff
	Article string   `json:"article"`
	Text    Step     `json:"text"`
}

// A Decision answers a question, by its kind and the names in it. One order
// answers every tie between the same candidates, so that one lot gives the last
// seats and the first alternates.
type Decision struct {
	Kind    string   // empty is Tie
	Of      string   // empty is OfCandidates
	Between []string // names, in any order

	// Of a tie, the same names: the first wins. Of seats that nobody can fill, or
	// for which there are no votes, the candidates who take them: the others stay
	// vacant. Of a draft that applies, empty.
	Order []string
	// Of an over-allocation or a threshold that nobody reaches, the seats of all
	// groups, which fill the house; of halves, of the groups concerned.
	Seats map[string]int

	Article string // on which a ruling rests; empty for a lot
}

// Answer returns the decision that answers the question with an order or with
// seats.
func (q Question) Answer(order []string, seats map[string]int) Decision {
	return Decision{Kind: q.Kind, Of: q.Of, Between: q.Between, Order: order, Seats: seats}
}

// A Step is one sentence of the reasoning.
type Step struct {
	Fa string `json:"fa"`
	En string `json:"en"`
}

// Input is what is counted.
type Input struct {
	Contest   *election.Contest
	Law       *election.Law // the version of the article that it rests on; nil if that is not known
	Votes     []int         // Votes[code-1], of each candidate
	Ballots   int
	Blank     int // selections left blank; with a vote limit of 1, blank ballots
	Decisions []Decision
}

// ErrNotAsked is in the error on a decision that answers no question of the
// contest.
var ErrNotAsked = errors.New("the contest does not ask this")

// Contest returns the outcome of a contest by its rule, with nothing decided
// but by votes and tie order. See [Input] for the arguments.
func Contest(c *election.Contest, votes []int, ballots, blank int) (Outcome, error) {
	return Count(Input{Contest: c, Votes: votes, Ballots: ballots, Blank: blank})
}

// Decided is [Contest] with the answers to the questions that it put.
func Decided(c *election.Contest, votes []int, ballots, blank int, decisions []Decision) (Outcome, error) {
	return Count(Input{Contest: c, Votes: votes, Ballots: ballots, Blank: blank, Decisions: decisions})
}

// Count returns the outcome of a contest by its rule. Contests with a vote limit
// of 0 are not checked against it. A decision that answers no question is
// refused with [ErrNotAsked].
func Count(in Input) (Outcome, error) {
	if in.Contest == nil {
		return Outcome{}, errors.New("count: no contest")
	}
	o, err := count(in)
	if err != nil {
		return Outcome{}, fmt.Errorf("count contest %q: %w", in.Contest.ID, err)
	}
	return o, nil
}

func count(in Input) (Outcome, error) {
	x := input{Input: in, c: in.Contest, votes: in.Votes, used: make([]bool, len(in.Decisions))}
	if err := x.check(); err != nil {
		return Outcome{}, err
	}
	out := Outcome{Elected: []string{}, Alternates: []string{}, Questions: []Question{}}
	p := placer{input: &x, out: &out}
	p.say(msgInput, x.c.Seats, x.c.Alternates, x.c.N(), in.Ballots, total(x.votes), in.Blank, x.article())
	if err := p.rule(); err != nil {
		return Outcome{}, err
	}
	for i, used := range x.used {
		if d := in.Decisions[i]; !used {
			return Outcome{}, fmt.Errorf("decision on %s between %q: %w", d.kind(), d.Between, ErrNotAsked)
		}
	}
	return out, nil
}

// rule counts by the contest's rule.
func (p *placer) rule() error {
	if p.draft() {
		return nil // nothing is sure under a rule that does not hold
	}
	switch {
	case p.c.Proportional():
		return p.proportional()
	case total(p.votes) == 0:
		p.say(msgNoVotes, p.c.Seats, p.article())
		return p.vacant(NoValidVotes, p.c.Seats)
	case p.c.Rule == election.TwoRound && p.c.Round == 1:
		return p.firstRound()
	}
	return p.plurality()
}

// draft asks whether a draft applies, and reports whether that is open.
func (p *placer) draft() bool {
	if p.Law == nil || p.Law.State != election.Draft || p.Law.Ruling != "" {
		return false
	}
	if _, ok := p.decided(DraftLaw, OfCandidates, nil); ok {
		p.say(msgDraftApplies, p.article())
		return false
	}
	p.say(msgDraft, p.article())
	p.ask(DraftLaw, OfCandidates, nil, p.c.Seats, Seat)
	return true
}
