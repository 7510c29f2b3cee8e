package unit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/shuffle"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// Session names the shuffles of a unit for Verificatum's proofs (protocol,
// section 5).
func Session(id [32]byte, contest, unit string) shuffle.Session {
	return shuffle.Session{
		SID:    "E" + hex.EncodeToString(id[:]) + hex.EncodeToString([]byte(contest)),
		AuxSID: "U" + hex.EncodeToString([]byte(unit)),
	}
}

// input returns the rows of the unit's cast ballots in record order, encoded.
func (c *Checker) input(u *Unit) ([]byte, error) {
	out := make([]byte, 0, u.rows()*elgamal.Size)
	for _, id := range u.plan.Branches {
		var err error
		if out, err = c.Branches[id].AppendRows(out, u.id.Contest); err != nil {
			return nil, err
		}
	}
	if len(out) != u.rows()*elgamal.Size {
		return nil, fmt.Errorf("unit %s has %d bytes of rows for %d ballots", u.id.Unit, len(out), u.plan.Ballots)
	}
	return out, nil
}

// mayMix returns how many turns a unit needs, and whether the mixer may take
// the turn: the regular one of that place, or a reserve that has not mixed yet.
func (c *Checker) mayMix(turn int, mixer string, before []string) (turns int, ok bool) {
	var regular []string
	reserve := false
	for _, m := range c.Definition.Mixers {
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

// checkMixing checks the shuffles of a unit: V031 and V032. It returns the rows
// that the last one gave if it had to decode them, and nil otherwise.
func (c *Checker) checkMixing(u *Unit) []elgamal.Ciphertext {
	where := u.where()
	if u.plan.Ballots == 0 {
		for _, s := range u.Shuffles {
			c.Refute("V031", report.At(record.HQ, s.Index), "%s has no ballots: it is not mixed", where)
		}
		u.mixed = u.sound
		return nil
	}
	if !u.sound {
		u.doubt = true
		for _, s := range u.Shuffles {
			c.Absent("V032", report.At(record.HQ, s.Index), "%s cannot be judged: a branch's ballots or the key do not stand", where)
		}
		return nil
	}
	if len(u.Shuffles) == 0 {
		return nil
	}
	rows, err := c.input(u)
	if err != nil {
		u.doubt = true
		c.Absent("V031", report.InLog(record.HQ), "%s: %v", where, err)
		return nil
	}
	m := &mixing{Unit: u}
	for _, s := range u.Shuffles {
		out, ok := c.checkTurn(m, s, rows)
		if !ok {
			return nil
		}
		rows = out
	}
	return m.given
}

// mixing is what the turns of one unit have in common.
type mixing struct {
	*Unit
	given  []elgamal.Ciphertext // what the last turn gave, if it was decoded
	gens   *shuffle.Generators  // derived when first needed
	before []string             // mixers that have had a sound turn
}

// checkTurn checks one turn, which takes rows, and returns what it gives.
func (c *Checker) checkTurn(m *mixing, s source.Entry[*record.Shuffle], rows []byte) (out []byte, ok bool) {
	where := m.where()
	n := m.rows()
	session := Session(c.Election, m.id.Contest, m.id.Unit)
	c.Count("V031", 1)
	p := report.At(record.HQ, s.Index)
	b := s.Body
	turns, may := c.mayMix(m.turns+1, b.Mixer, m.before)
	hash := sha256.Sum256(rows)
	switch {
	case int(b.Turn) > m.turns+1 && c.Gap:
		m.doubt = true
		c.Absent("V031", p, "%s: the turns before that of mixer %s may be among the missing entries", where, b.Mixer)
		return nil, false
	case int(b.Turn) != m.turns+1 || !may:
		c.Refute("V031", p, "%s: mixer %s in turn %d is not the next of %d", where, b.Mixer, b.Turn, turns)
		return nil, false
	case string(b.Input) != string(hash[:]):
		c.Refute("V031", p, "%s: mixer %s took other rows than those before it (the ballots, or the last mixer's output)", where, b.Mixer)
		return nil, false
	case b.Output.Type != record.TypeRows || b.Proof.Type != record.TypeShuffleProof ||
		b.Output.Size != uint64(n*elgamal.Size) || b.Proof.Size != uint64(shuffle.ProofSize(n)):
		c.Refute("V031", p, "%s: mixer %s gave a blob of the wrong type or length for %d rows", where, b.Mixer, n)
		return nil, false
	}
	out, ok = c.Blob(b.Output, p)
	proof, ok2 := c.Blob(b.Proof, p)
	if !ok || !ok2 {
		m.doubt = true
		c.Absent("V032", p, "%s: the mix of %s cannot be judged without its blobs", where, b.Mixer)
		return nil, false
	}
	c.Count("V032", 1)
	given := m.given
	m.given = nil
	err := c.Facts.Once(source.Fact("shuffle", c.Key.Element().Bytes(), []byte(session.SID), []byte(session.AuxSID), rows, out, proof), func() error {
		var err error
		if m.gens == nil {
			if m.gens, err = session.Generators(n); err != nil {
				return err
			}
		}
		m.given, err = verifyShuffle(session, m.gens, c.Key, n, rows, given, out, proof)
		return err
	})
	if err != nil {
		c.Refute("V032", p, "%s, mixer %s: %v", where, b.Mixer, err)
		return nil, false
	}
	m.before = append(m.before, b.Mixer)
	m.turns++
	m.output, m.mixed = b.Output, m.turns == turns
	return out, true
}

// verifyShuffle returns what out holds. What in holds is decoded unless a is that.
func verifyShuffle(session shuffle.Session, gens *shuffle.Generators, key *elgamal.Key, n int, in []byte, a []elgamal.Ciphertext, out, proof []byte) ([]elgamal.Ciphertext, error) {
	if a == nil {
		var err error
		if a, err = elgamal.Decode(in, n); err != nil {
			return nil, fmt.Errorf("input: %w", err)
		}
	}
	b, err := elgamal.Decode(out, n)
	if err != nil {
		return nil, fmt.Errorf("output: %w", err)
	}
	p, err := shuffle.DecodeProof(proof, n)
	if err != nil {
		return nil, err
	}
	if err := shuffle.Verify(session, gens, key, a, b, p); err != nil {
		return nil, err
	}
	return b, nil
}
