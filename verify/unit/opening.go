package unit

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// checkOpening checks the shares of a unit (V033, V034), opens it (V035, V036)
// and compares its tally (V037). The rows are those that the last mixer gave, if
// they are decoded already.
func (c *Checker) checkOpening(u *Unit, rows []elgamal.Ciphertext) {
	where := u.where()
	if u.plan.Ballots == 0 {
		for _, s := range u.Shares {
			c.Refute("V033", report.At(record.HQ, s.Index), "%s has no ballots: there is nothing to open", where)
		}
		if u.sound {
			u.opened = make([]int, u.contest.N()+u.contest.K())
		}
		c.checkTally(u, where)
		return
	}
	if len(u.Shares) > 0 {
		c.openUnit(u, rows, where)
	}
	c.checkTally(u, where)
}

func (c *Checker) openUnit(u *Unit, rows []elgamal.Ciphertext, where string) {
	if !u.mixed {
		// Mixing that does not stand is another check's finding; too few turns
		// is this one's.
		for _, s := range u.Shares {
			if u.doubt || c.Gap {
				c.Absent("V033", report.At(record.HQ, s.Index), "%s: the shares of trustee %s cannot be judged: nor could the mixing", where, s.Body.Trustee)
				continue
			}
			c.Refute("V033", report.At(record.HQ, s.Index), "%s: trustee %s opened rows that are not mixed completely and provably", where, s.Body.Trustee)
		}
		return
	}
	o := c.newOpening(u)
	if o == nil {
		return
	}
	o.rows = rows
	var indices []int
	var partials []partial
	var opened uint64 // the entry with which a quorum had opened the unit
	for _, s := range u.Shares {
		shares, ok := c.checkShares(o, s)
		if ok && len(indices) < c.Definition.Quorum {
			indices = append(indices, 1+c.trustee(s.Body.Trustee))
			partials = append(partials, shares)
			opened = s.Index
		}
	}
	if len(indices) < c.Definition.Quorum {
		switch {
		case len(u.Tallies) == 0:
		case len(indices)+o.unread >= c.Definition.Quorum || c.Gap:
			c.Absent("V035", report.At(record.HQ, u.Tallies[0].Index), "%s: %d valid shares and %d that cannot be judged, a quorum is %d", where, len(indices), o.unread, c.Definition.Quorum)
		default:
			c.Refute("V035", report.At(record.HQ, u.Tallies[0].Index), "%s: %d valid shares, a quorum is %d", where, len(indices), c.Definition.Quorum)
		}
		return
	}
	if len(u.Tallies) > 0 && u.Tallies[0].Index < opened {
		say := c.Refute
		if c.Gap { // earlier shares may be among what is missing
			say = c.Absent
		}
		say("V035", report.At(record.HQ, u.Tallies[0].Index), "%s: the tally comes before a quorum had opened the unit (entry %d)", where, opened)
	}
	c.Count("V035", 1)
	c.countCodes(o, indices, partials)
}

// A partial is the shares of one trustee, decoded if they had to be.
type partial struct {
	encoded []byte
	decoded []group.Element
}

// opening is what the shares of one unit have in common.
type opening struct {
	*Unit
	where   string
	n       int    // rows
	encoded []byte // the rows that are opened
	rows    []elgamal.Ciphertext
	seen    []string // trustees
	unread  int      // shares whose blob is missing
}

func (c *Checker) newOpening(u *Unit) *opening {
	encoded, ok := c.Blob(u.output, report.InLog(record.HQ))
	if !ok {
		return nil
	}
	return &opening{Unit: u, where: u.where(), n: u.rows(), encoded: encoded}
}

// decode decodes the rows when they are first needed.
func (o *opening) decode() ([]elgamal.Ciphertext, error) {
	if o.rows == nil {
		rows, err := elgamal.Decode(o.encoded, o.n)
		if err != nil {
			return nil, err
		}
		o.rows = rows
	}
	return o.rows, nil
}

// checkShares checks one trustee's shares of a unit and returns them.
func (c *Checker) checkShares(o *opening, s source.Entry[*record.Shares]) (partial, bool) {
	c.Count("V033", 1)
	at := report.At(record.HQ, s.Index)
	b := s.Body
	switch {
	case s.Index < o.Shuffles[len(o.Shuffles)-1].Index:
		c.Refute("V033", at, "%s: trustee %s opened before the last mixer was done", o.where, b.Trustee)
		return partial{}, false
	case slices.Contains(o.seen, b.Trustee):
		c.Refute("V033", at, "%s: trustee %s opened twice", o.where, b.Trustee)
		return partial{}, false
	case b.Shares.Type != record.TypeShares || b.Shares.Size != uint64(o.n*group.ElementSize):
		c.Refute("V033", at, "%s: the shares of trustee %s are not %d elements", o.where, b.Trustee, o.n)
		return partial{}, false
	}
	o.seen = append(o.seen, b.Trustee)
	raw, ok := c.Blob(b.Shares, at)
	if !ok {
		o.unread++
		c.Absent("V034", at, "%s: the shares of trustee %s cannot be judged without their blob", o.where, b.Trustee)
		return partial{}, false
	}
	c.Count("V034", 1)
	vk := c.Verification[c.trustee(b.Trustee)]
	tag := record.SharesTag(c.Election, c.Key.Element().Bytes(), o.id.Contest, o.id.Unit, b.Trustee)
	var shares []group.Element
	err := c.Facts.Once(source.Fact("shares", tag, vk.Bytes(), o.encoded, raw, b.Proof), func() error {
		rows, err := o.decode()
		if err != nil {
			return err
		}
		if shares, err = group.DecodeElements(raw, o.n); err != nil {
			return err
		}
		return threshold.VerifyPartial(tag, vk, rows, shares, b.Proof)
	})
	if err != nil {
		c.Refute("V034", at, "%s, trustee %s: %v", o.where, b.Trustee, err)
		return partial{}, false
	}
	return partial{raw, shares}, true
}

// countCodes combines the shares and counts what comes out: V036.
func (c *Checker) countCodes(o *opening, indices []int, partials []partial) {
	c.Count("V036", o.n)
	parts := [][]byte{c.Key.Element().Bytes(), o.encoded, fmt.Append(nil, indices, o.contest.N(), o.contest.K(), o.plan.Ballots)}
	for _, p := range partials {
		parts = append(parts, p.encoded)
	}
	counts, err := source.Remember(c.Facts, source.Fact("opened", parts...), func() ([]int, error) {
		return c.openCodes(o, indices, partials)
	})
	if err == nil {
		o.opened = counts
	}
}

// errUnsound says that something was refuted.
var errUnsound = errors.New("refuted")

// openCodes returns how often each code occurs, or an error if it has refuted
// something.
func (c *Checker) openCodes(o *opening, indices []int, partials []partial) ([]int, error) {
	points, err := o.combine(indices, partials)
	if err != nil {
		c.Refute("V035", report.InLog(record.HQ), "%s: %v", o.where, err)
		return nil, errUnsound
	}
	codes := o.contest.N() + o.contest.K()
	table := c.logs(codes)
	counts := make([]int, codes)
	for i, point := range points {
		m, ok := table.Log(point)
		if !ok || m > codes {
			c.Refute("V036", report.InLog(record.HQ), "%s: row %d opens to no code of the contest", o.where, i)
			err = errUnsound
			continue
		}
		counts[m-1]++
	}
	for i, n := range counts {
		if n > int(o.plan.Ballots) {
			c.Refute("V036", report.InLog(record.HQ), "%s: code %d occurs %d times on %d ballots", o.where, i+1, n, o.plan.Ballots)
			err = errUnsound
		}
	}
	return counts, err
}

// combine returns g^code of each row.
func (o *opening) combine(indices []int, partials []partial) ([]group.Element, error) {
	rows, err := o.decode()
	if err != nil {
		return nil, err
	}
	decoded := make([][]group.Element, len(partials))
	for i, p := range partials {
		if decoded[i] = p.decoded; p.decoded != nil {
			continue
		}
		if decoded[i], err = group.DecodeElements(p.encoded, o.n); err != nil {
			return nil, err
		}
	}
	combined, err := threshold.Combine(indices, decoded)
	if err != nil {
		return nil, err
	}
	return threshold.Open(rows, combined)
}

// logs returns a table of the codes 1..codes, the same one for all contests
// that it suffices for.
func (c *Checker) logs(codes int) *threshold.LogTable {
	c.tableMu.Lock()
	defer c.tableMu.Unlock()
	if c.tableSize < codes {
		c.table, c.tableSize = threshold.NewLogTable(codes), codes
	}
	return c.table
}

// trustee returns the place of a trustee in the definition. The signature has
// been checked with its key, so it is there.
func (c *Checker) trustee(id string) int {
	return slices.IndexFunc(c.Definition.Trustees, func(t election.Trustee) bool { return t.ID == id })
}

// checkTally compares the tally with what was opened: V037.
func (c *Checker) checkTally(u *Unit, where string) {
	for i, t := range u.Tallies {
		c.Count("V037", 1)
		p := report.At(record.HQ, t.Index)
		if i > 0 {
			c.Refute("V037", p, "%s has a tally already (entry %d)", where, u.Tallies[0].Index)
			continue
		}
		if u.opened == nil {
			if len(u.Shares) == 0 && u.plan.Ballots > 0 && !c.Gap {
				c.Refute("V035", p, "%s has a tally, and nobody opened it", where)
			} else {
				c.Absent("V037", p, "%s cannot be compared: its opening does not stand", where)
			}
			continue
		}
		ok := t.Body.Ballots == u.plan.Ballots && len(t.Body.Counts) == len(u.opened)
		for j := 0; ok && j < len(u.opened); j++ {
			ok = t.Body.Counts[j] == uint64(u.opened[j])
		}
		if !ok {
			c.Refute("V037", p, "%s: the tally is not what the unit opens to", where)
		}
	}
}
