package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/shuffle"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
)

// unitID names a tally unit of a contest.
type unitID struct{ contest, unit string }

// unit is what the record says of one tally unit.
type unit struct {
	id      unitID
	contest *election.Contest
	plan    record.Unit
	planned uint64 // entry that fixed it

	shuffles []entry[*record.Shuffle]
	shares   []entry[*record.Shares]
	tallies  []entry[*record.Tally]

	// What has been verified; only sound results are set.
	sound  bool        // the branches' ballots can be relied on
	turns  int         // mixers whose proofs hold
	mixed  bool        // by all of them
	doubt  bool        // the mixing could not be judged for want of something
	output record.Blob // of the last sound turn
	opened []int       // occurrences of each code, by code−1; nil unless opened
}

// Session names the shuffles of a unit for Verificatum's proofs (protocol,
// section 5).
func Session(id [32]byte, contest, unit string) shuffle.Session {
	return shuffle.Session{
		SID:    "E" + hex.EncodeToString(id[:]) + hex.EncodeToString([]byte(contest)),
		AuxSID: "U" + hex.EncodeToString([]byte(unit)),
	}
}

// Plan returns the tally units of a contest in which each branch has cast the
// given number of ballots: the plan of the definition, with units under
// min_unit merged (protocol, section 2). A contest with one ballot in all has
// no units without a ruling; that is an error.
func Plan(c *election.Contest, cast func(branch string) uint64) ([]record.Unit, error) {
	var out []record.Unit
	small := -1 // the unit in out that is still too small
	for _, planned := range c.Units {
		u := record.Unit{ID: planned.ID, Branches: slices.Clone(planned.Branches)}
		for _, b := range planned.Branches {
			u.Ballots += cast(b)
		}
		switch {
		case u.Ballots == 0:
			out = append(out, u)
			continue
		case small < 0:
			out = append(out, u)
			small = len(out) - 1
		default:
			out[small].Branches = append(out[small].Branches, u.Branches...)
			out[small].Ballots += u.Ballots
		}
		if out[small].Ballots >= uint64(c.MinUnit) {
			small = -1
		}
	}
	if small < 0 {
		return out, nil
	}
	for before := small - 1; before >= 0; before-- {
		if out[before].Ballots > 0 {
			out[before].Branches = append(out[before].Branches, out[small].Branches...)
			out[before].Ballots += out[small].Ballots
			return slices.Delete(out, small, small+1), nil
		}
	}
	if out[small].Ballots == 1 {
		return nil, fmt.Errorf("contest %s has one ballot in all: it is opened only by a recorded ruling", c.ID)
	}
	return out, nil
}

// checkUnits compares the fixed units with the plan (V030) and prepares them.
func (r *run) checkUnits() {
	for i := range r.def.Contests {
		c := &r.def.Contests[i]
		fixed, ok := r.hq.plans[c.ID]
		if !ok {
			continue
		}
		r.count("V030", 1)
		p := at(record.HQ, fixed.index)
		known, sound := true, r.key != nil
		for _, b := range r.def.BranchesOf(c.ID) {
			for _, h := range r.hq.heads[b.ID] {
				if h.index > fixed.index {
					r.refute("V030", at(record.HQ, h.index), "branch %s sent entries after the units of contest %s were fixed", b.ID, c.ID)
				}
			}
			st := r.branches[b.ID]
			switch {
			case st == nil:
				known = false // V020 names it
			case st.close == nil:
				known = false
				r.refute("V030", p, "units of contest %s are fixed, and branch %s has not closed", c.ID, b.ID)
			default:
				sound = sound && !st.broken
			}
		}
		if !known {
			continue
		}
		want, err := Plan(c, func(b string) uint64 { return uint64(len(r.branches[b].cast)) })
		if err != nil {
			r.refute("V030", p, "%v", err)
			continue
		}
		if !slices.EqualFunc(want, fixed.body.Units, func(a, b record.Unit) bool {
			return a.ID == b.ID && a.Ballots == b.Ballots && slices.Equal(a.Branches, b.Branches)
		}) {
			r.refute("V030", p, "the units of contest %s are not those that the plan and the cast ballots give", c.ID)
			continue
		}
		for _, u := range want {
			key := unitID{c.ID, u.ID}
			st := r.units[key]
			if st == nil {
				st = &unit{id: key}
				r.units[key] = st
			}
			st.contest, st.plan, st.planned, st.sound = c, u, fixed.index, sound
		}
	}
	var todo []*unit
	for i := range r.def.Contests { // in the plan's order, for steady progress
		for _, u := range r.hq.plans[r.def.Contests[i].ID].unitsOf() {
			if st := r.units[unitID{r.def.Contests[i].ID, u.ID}]; st != nil && st.contest != nil {
				todo = append(todo, st)
			}
		}
	}
	r.parallel("units", len(todo), func(i int) {
		r.checkMixing(todo[i])
		r.checkOpening(todo[i])
	})
}

func (e entry[B]) unitsOf() []record.Unit {
	if u, ok := any(e.body).(*record.Units); ok && u != nil {
		return u.Units
	}
	return nil
}

// input returns the rows of the unit's cast ballots in record order, encoded.
func (r *run) input(u *unit) ([]byte, error) {
	out := make([]byte, 0, int(u.plan.Ballots)*u.contest.K()*elgamal.Size)
	for _, id := range u.plan.Branches {
		b := r.branches[id]
		cast := b.cast
		for e, err := range b.log.Entries(0, b.log.Size()) {
			if err != nil {
				return nil, fmt.Errorf("read ballots of branch %s: %w", id, err)
			}
			if len(cast) == 0 {
				break
			}
			if e.Index != cast[0] {
				continue
			}
			cast = cast[1:]
			d, err := record.Decode(e.Data)
			if err != nil {
				return nil, err
			}
			s, ok := d.Body.(*record.Sealed)
			if !ok {
				return nil, fmt.Errorf("branch %s entry %d is not a sealed ballot", id, e.Index)
			}
			for _, c := range s.Contests {
				if c.Contest == u.contest.ID {
					out = append(out, c.Rows...)
				}
			}
		}
	}
	if len(out) != int(u.plan.Ballots)*u.contest.K()*elgamal.Size {
		return nil, fmt.Errorf("unit %s has %d bytes of rows for %d ballots", u.id.unit, len(out), u.plan.Ballots)
	}
	return out, nil
}

// mayMix returns how many turns a unit needs, and whether the mixer may take
// the turn: the regular one of that place, or a reserve that has not mixed yet.
func (r *run) mayMix(turn int, mixer string, before []string) (turns int, ok bool) {
	var regular []string
	reserve := false
	for _, m := range r.def.Mixers {
		if !m.Reserve {
			regular = append(regular, m.ID)
		} else if m.ID == mixer {
			reserve = true
		}
	}
	if turn > len(regular) || slices.Contains(before, mixer) {
		return len(regular), false
	}
	return len(regular), reserve || regular[turn-1] == mixer
}

// checkMixing checks the shuffles of a unit: V031 and V032.
func (r *run) checkMixing(u *unit) {
	where := "contest " + u.id.contest + ", unit " + u.id.unit
	if u.plan.Ballots == 0 {
		for _, s := range u.shuffles {
			r.refute("V031", at(record.HQ, s.index), "%s has no ballots: it is not mixed", where)
		}
		u.mixed = u.sound
		return
	}
	if !u.sound {
		u.doubt = true
		for _, s := range u.shuffles {
			r.absent("V032", at(record.HQ, s.index), "%s cannot be judged: a branch's ballots or the key do not stand", where)
		}
		return
	}
	if len(u.shuffles) == 0 {
		return
	}
	rows, err := r.input(u)
	if err != nil {
		u.doubt = true
		r.absent("V031", inLog(record.HQ), "%s: %v", where, err)
		return
	}
	m := &mixing{unit: u}
	for _, s := range u.shuffles {
		out, ok := r.checkTurn(m, s, rows)
		if !ok {
			return
		}
		rows = out
	}
}

// mixing is what the turns of one unit have in common.
type mixing struct {
	*unit
	gens   *shuffle.Generators // derived when first needed
	before []string            // mixers that have had a sound turn
}

// checkTurn checks one turn, which takes rows, and returns what it gives.
func (r *run) checkTurn(m *mixing, s entry[*record.Shuffle], rows []byte) (out []byte, ok bool) {
	where := "contest " + m.id.contest + ", unit " + m.id.unit
	n := int(m.plan.Ballots) * m.contest.K()
	session := Session(r.id, m.id.contest, m.id.unit)
	r.count("V031", 1)
	p := at(record.HQ, s.index)
	b := s.body
	turns, may := r.mayMix(m.turns+1, b.Mixer, m.before)
	hash := sha256.Sum256(rows)
	switch {
	case int(b.Turn) != m.turns+1 || !may:
		r.refute("V031", p, "%s: mixer %s in turn %d is not the next of %d", where, b.Mixer, b.Turn, turns)
		return nil, false
	case string(b.Input) != string(hash[:]):
		r.refute("V031", p, "%s: mixer %s took other rows than those before it (the ballots, or the last mixer's output)", where, b.Mixer)
		return nil, false
	case b.Output.Type != record.TypeRows || b.Proof.Type != record.TypeShuffleProof ||
		b.Output.Size != uint64(n*elgamal.Size) || b.Proof.Size != uint64(shuffle.ProofSize(n)):
		r.refute("V031", p, "%s: mixer %s gave a blob of the wrong type or length for %d rows", where, b.Mixer, n)
		return nil, false
	}
	out, ok = r.readBlob(b.Output, p, false)
	proof, ok2 := r.readBlob(b.Proof, p, false)
	if !ok || !ok2 {
		m.doubt = true
		r.absent("V032", p, "%s: the mix of %s cannot be judged without its blobs", where, b.Mixer)
		return nil, false
	}
	r.count("V032", 1)
	err := r.o.Facts.once(factKey("shuffle", r.key.Element().Bytes(), []byte(session.SID), []byte(session.AuxSID), rows, out, proof), func() error {
		var err error
		if m.gens == nil {
			if m.gens, err = session.Generators(n); err != nil {
				return err
			}
		}
		return verifyShuffle(session, m.gens, r.key, n, rows, out, proof)
	})
	if err != nil {
		r.refute("V032", p, "%s, mixer %s: %v", where, b.Mixer, err)
		return nil, false
	}
	m.before = append(m.before, b.Mixer)
	m.turns++
	m.output, m.mixed = b.Output, m.turns == turns
	return out, true
}

func verifyShuffle(session shuffle.Session, gens *shuffle.Generators, key *elgamal.Key, n int, in, out, proof []byte) error {
	a, err := elgamal.Decode(in, n)
	if err != nil {
		return fmt.Errorf("input: %w", err)
	}
	b, err := elgamal.Decode(out, n)
	if err != nil {
		return fmt.Errorf("output: %w", err)
	}
	p, err := shuffle.DecodeProof(proof, n)
	if err != nil {
		return err
	}
	return shuffle.Verify(session, gens, key, a, b, p)
}
