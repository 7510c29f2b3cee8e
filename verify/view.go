package verify

import (
	"errors"
	"fmt"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/shuffle"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/outcome"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/unit"
)

// A View is a verified record, from which an act continues. It can only be
// had from Record. Its methods read the same source again, so the record must
// not change under it; what they hand out has been compared with the hashes
// that were verified.
type View struct {
	r      *run
	report *report.Report
}

// Sound returns nil if nothing in the record is refuted and nothing due is
// missing, else an error with the first finding. Every act asks it first.
func (v *View) Sound() error {
	if v.report.Status == report.Verified {
		return nil
	}
	c, f, _ := v.report.First()
	return fmt.Errorf("the record does not stand: %s (%s): %s", c.ID, c.Title, f)
}

// Definition returns the definition.
func (v *View) Definition() *election.Definition { return v.r.def }

// Election returns the election id.
func (v *View) Election() [32]byte { return v.r.id }

// Key returns the election key, or nil before the ceremony is verified.
func (v *View) Key() *elgamal.Key { return v.r.key }

// Committed returns how many trustees have fixed their dealings.
func (v *View) Committed() int { return len(v.r.hq.commitments) }

// Confirmed returns how many trustees have confirmed the key.
func (v *View) Confirmed() int { return len(v.r.hq.confirmations) }

// HasConfirmed reports whether the trustee has confirmed the key.
func (v *View) HasConfirmed(trustee string) bool {
	_, ok := v.r.hq.confirmations[trustee]
	return ok
}

// Dealings returns the verified commitments and the encrypted shares of every
// trustee in the definition's order, or an error while some are not there.
func (v *View) Dealings() (commitments [][]group.Element, shares [][][]byte, err error) {
	if v.r.dealt == nil {
		return nil, nil, errors.New("not every trustee's dealing is on the record and right")
	}
	for i := range v.r.def.Trustees {
		shares = append(shares, v.r.hq.dealings[v.r.def.Trustees[i].ID].Shares)
	}
	return v.r.dealt, shares, nil
}

// A Complaint is one of the key ceremony that is on the record.
type Complaint struct {
	Trustee string // who complained
	Dealer  string // of whose dealing
	Settled bool
	Share   group.Scalar // if it is settled: the disputed share, which fits
}

// Complaints returns the complaints of the key ceremony in their order. In a
// record that stands each is open or settled.
func (v *View) Complaints() []Complaint {
	var out []Complaint
	for _, c := range v.r.hq.complaints {
		out = append(out, Complaint{c.body.Trustee, c.body.Dealer, c.settled, c.share})
	}
	return out
}

// Cast returns how many ballots a branch has cast, and whether it has closed.
func (v *View) Cast(branch string) (n uint64, closed bool) {
	b := v.r.branches[branch]
	if b == nil {
		return 0, false
	}
	_, closed = b.Closed()
	return b.Cast(), closed
}

// Units returns the fixed tally units of a contest.
func (v *View) Units(contest string) ([]record.Unit, error) {
	fixed := v.r.hq.plans[contest]
	if !fixed.Read {
		return nil, fmt.Errorf("the units of contest %s are not fixed", contest)
	}
	return fixed.Units, nil
}

func (v *View) unit(contest, id string) (*unit.Unit, error) {
	u := v.r.units[unit.ID{Contest: contest, Unit: id}]
	if u == nil || !u.Planned() {
		return nil, fmt.Errorf("contest %s has no fixed unit %s", contest, id)
	}
	return u, nil
}

// NextMix returns what the mixer takes if it is its turn. It is an error if the
// mixer may not take the next turn, if the unit has no ballots, or if it is
// mixed completely.
func (v *View) NextMix(contest, id, mixer string) (unit.Mix, error) {
	u, err := v.unit(contest, id)
	if err != nil {
		return unit.Mix{}, err
	}
	return v.r.checker.NextMix(u, mixer)
}

// Mixed returns the rows of a unit after the last mixer, ready to be opened.
func (v *View) Mixed(contest, id string) ([]elgamal.Ciphertext, error) {
	u, err := v.unit(contest, id)
	if err != nil {
		return nil, err
	}
	return v.r.checker.Mixed(u)
}

// Proofs returns the shuffles of a unit that is mixed completely, in the form
// that Verificatum's verifier takes.
func (v *View) Proofs(contest, id string) (*shuffle.Directory, error) {
	u, err := v.unit(contest, id)
	if err != nil {
		return nil, err
	}
	return v.r.checker.Proofs(u)
}

// HasShares reports whether the trustee's shares of a unit are on the record.
func (v *View) HasShares(contest, id, trustee string) bool {
	u, err := v.unit(contest, id)
	if err != nil {
		return false
	}
	for _, s := range u.Shares {
		if s.Body.Trustee == trustee {
			return true
		}
	}
	return false
}

// Opened returns how often each code occurs in an opened unit, candidates
// first and then blanks, and how many ballots it has.
func (v *View) Opened(contest, id string) (counts []uint64, ballots uint64, err error) {
	u, err := v.unit(contest, id)
	if err != nil {
		return nil, 0, err
	}
	if u.Opened() == nil {
		return nil, 0, fmt.Errorf("unit %s of contest %s is not opened by a quorum", id, contest)
	}
	for _, n := range u.Opened() {
		counts = append(counts, uint64(n))
	}
	return counts, u.Ballots(), nil
}

// Statements returns what the branches of a contest stated at their close, and
// what the canvass has to notice about it: the list that the canvass names.
func (v *View) Statements(contest string) (record.Statements, error) {
	return v.r.outcomes.Statements(contest)
}

// Canvass returns what the canvass of a contest must say and the outcome of
// the counting rule, with the answers on the record, once every unit has its
// tally; of a contest that has its result, with the answers on which the one in
// force rests.
func (v *View) Canvass(contest string) (*record.Canvass, count.Outcome, error) {
	if err := v.r.counted(contest); err != nil {
		return nil, count.Outcome{}, err
	}
	return v.r.outcomes.Canvass(contest)
}

// Questions returns the questions of a canvassed contest that are open.
func (v *View) Questions(contest string) ([]outcome.Question, error) {
	return v.r.outcomes.Open(contest)
}

// Answer returns the questions that would be open and not on the record after
// the ruling or lot. The error says why it answers nothing.
func (v *View) Answer(contest string, answer record.Body) ([]*record.Question, error) {
	return v.r.outcomes.Answer(contest, answer)
}

// Result returns the result of a canvassed contest in which nothing is open,
// else outcome.ErrOpen.
func (v *View) Result(contest string) (*record.Result, error) {
	return v.r.outcomes.Result(contest)
}

// Answered returns the questions of a canvassed contest that have an answer,
// which after a result a ruling may replace.
func (v *View) Answered(contest string) ([]outcome.Question, error) {
	return v.r.outcomes.Answered(contest)
}

// Correction returns the correction of a contest's result that is in force by
// what there is to count now. If that gives the same result, the error is
// outcome.ErrRight.
func (v *View) Correction(contest, article, text string) (*record.Correction, error) {
	return v.r.outcomes.Correction(contest, article, text)
}

// Correctable returns nil if the record stands but for results in force that are
// not what the counting rule gives (V042), which is what a correction mends.
func (v *View) Correctable() error {
	for _, c := range v.report.Checks {
		if c.ID != "V042" && (c.State == report.Fail || c.State == report.Missing) {
			return v.Sound()
		}
	}
	return nil
}

// Certified reports whether the contest has a result on the record.
func (v *View) Certified(contest string) bool { return v.r.hq.certified(contest) }

// Results returns the results of a contest on the record, the first and those by
// which corrections have replaced it, in their order. The last is in force.
func (v *View) Results(contest string) []outcome.Certified {
	return v.r.hq.outcome(contest).Results()
}

// Canvassed returns the hash of the contest's canvass on the record.
func (v *View) Canvassed(contest string) (hash [32]byte, ok bool) {
	if e := v.r.hq.outcome(contest).Canvass; e != nil {
		return e.Hash, true
	}
	return hash, false
}
