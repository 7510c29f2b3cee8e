package verify

import (
	"errors"
	"fmt"
	"io"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/shuffle"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
)

// A View is a verified record, from which an act continues. It can only be
// had from Record. Its methods read the same source again, so the record must
// not change under it; what they hand out has been compared with the hashes
// that were verified.
type View struct {
	r      *run
	report *Report
}

// Sound returns nil if nothing in the record is refuted and nothing due is
// missing, else an error with the first finding. Every act asks it first.
func (v *View) Sound() error {
	if v.report.Status == Verified {
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

// Dealings returns the verified commitments and the encrypted shares of every
// trustee in the definition's order, or an error while some are not there.
func (v *View) Dealings() (commitments [][]group.Element, shares [][][]byte, err error) {
	commitments = (&run{def: v.r.def, id: v.r.id, hq: v.r.hq, ledger: newLedger()}).dealings()
	if commitments == nil {
		return nil, nil, errors.New("not every trustee's dealing is on the record and right")
	}
	for i := range v.r.def.Trustees {
		shares = append(shares, v.r.hq.dealings[v.r.def.Trustees[i].ID].Shares)
	}
	return commitments, shares, nil
}

// Cast returns how many ballots a branch has cast, and whether it has closed.
func (v *View) Cast(branch string) (n uint64, closed bool) {
	b := v.r.branches[branch]
	if b == nil {
		return 0, false
	}
	return uint64(len(b.cast)), b.close != nil
}

// Units returns the fixed tally units of a contest.
func (v *View) Units(contest string) ([]record.Unit, error) {
	fixed, ok := v.r.hq.plans[contest]
	if !ok {
		return nil, fmt.Errorf("the units of contest %s are not fixed", contest)
	}
	return fixed.body.Units, nil
}

func (v *View) unit(contest, id string) (*unit, error) {
	u := v.r.units[unitID{contest, id}]
	if u == nil || u.contest == nil {
		return nil, fmt.Errorf("contest %s has no fixed unit %s", contest, id)
	}
	return u, nil
}

// A Mix is what the next mixer of a unit starts from.
type Mix struct {
	Session shuffle.Session
	Turn    int    // from 1
	Rows    []byte // the rows to mix, 66 bytes each
	N       int    // rows
}

// NextMix returns what the mixer takes if it is its turn. It is an error if the
// mixer may not take the next turn, if the unit has no ballots, or if it is
// mixed completely.
func (v *View) NextMix(contest, id, mixer string) (Mix, error) {
	u, err := v.unit(contest, id)
	if err != nil {
		return Mix{}, err
	}
	var before []string
	for _, s := range u.shuffles[:u.turns] {
		before = append(before, s.body.Mixer)
	}
	switch _, may := v.r.mayMix(u.turns+1, mixer, before); {
	case u.plan.Ballots == 0:
		return Mix{}, fmt.Errorf("unit %s has no ballots: it is not mixed", id)
	case u.mixed:
		return Mix{}, fmt.Errorf("unit %s is mixed completely", id)
	case !may:
		return Mix{}, fmt.Errorf("mixer %s is not the next for unit %s, after %d turns", mixer, id, u.turns)
	}
	m := Mix{Session: Session(v.r.id, contest, id), Turn: u.turns + 1, N: int(u.plan.Ballots) * u.contest.K()}
	if u.turns == 0 {
		m.Rows, err = v.r.input(u)
	} else {
		m.Rows, err = v.blob(u.output)
	}
	return m, err
}

// Mixed returns the rows of a unit after the last mixer, ready to be opened.
func (v *View) Mixed(contest, id string) ([]elgamal.Ciphertext, error) {
	u, err := v.unit(contest, id)
	if err != nil {
		return nil, err
	}
	if !u.mixed || u.plan.Ballots == 0 {
		return nil, fmt.Errorf("unit %s is not mixed completely: there is nothing to open", id)
	}
	b, err := v.blob(u.output)
	if err != nil {
		return nil, err
	}
	return elgamal.Decode(b, int(u.plan.Ballots)*u.contest.K())
}

// HasShares reports whether the trustee's shares of a unit are on the record.
func (v *View) HasShares(contest, id, trustee string) bool {
	u, err := v.unit(contest, id)
	if err != nil {
		return false
	}
	for _, s := range u.shares {
		if s.body.Trustee == trustee {
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
	if u.opened == nil {
		return nil, 0, fmt.Errorf("unit %s of contest %s is not opened by a quorum", id, contest)
	}
	for _, n := range u.opened {
		counts = append(counts, uint64(n))
	}
	return counts, u.plan.Ballots, nil
}

// Canvass returns what the canvass of a contest must say and the outcome of
// the counting rule, once every unit is opened.
func (v *View) Canvass(contest string) (*record.Canvass, count.Outcome, error) {
	c, ok := v.r.def.Contest(contest)
	if !ok {
		return nil, count.Outcome{}, fmt.Errorf("the definition has no contest %q", contest)
	}
	return v.r.canvass(c)
}

// Canvassed returns the hash of the contest's canvass on the record.
func (v *View) Canvassed(contest string) (hash [32]byte, ok bool) {
	e, ok := v.r.hq.canvass[contest]
	return e.hash, ok
}

// blob reads a blob again and compares it.
func (v *View) blob(ref record.Blob) ([]byte, error) {
	f, err := v.r.fsys.Open(blobPath(ref))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, int64(ref.Size)+1))
	if err != nil {
		return nil, err
	}
	if again := record.NewBlob(ref.Type, b); string(again.Hash) != string(ref.Hash) {
		return nil, fmt.Errorf("%s changed while it was used", blobPath(ref))
	}
	return b, nil
}
