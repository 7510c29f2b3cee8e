package verify

import (
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
)

// checkOpening checks the shares of a unit (V033, V034), opens it (V035, V036)
// and compares its tally (V037).
func (r *run) checkOpening(u *unit) {
	where := "contest " + u.id.contest + ", unit " + u.id.unit
	if u.plan.Ballots == 0 {
		for _, s := range u.shares {
			r.refute("V033", at(record.HQ, s.index), "%s has no ballots: there is nothing to open", where)
		}
		if u.sound {
			u.opened = make([]int, u.contest.N()+u.contest.K())
		}
		r.checkTally(u, where)
		return
	}
	if len(u.shares) > 0 {
		r.openUnit(u, where)
	}
	r.checkTally(u, where)
}

func (r *run) openUnit(u *unit, where string) {
	if !u.mixed {
		// Mixing that does not stand is another check's finding; too few turns
		// is this one's.
		for _, s := range u.shares {
			if u.doubt {
				r.absent("V033", at(record.HQ, s.index), "%s: the shares of trustee %s cannot be judged: nor could the mixing", where, s.body.Trustee)
				continue
			}
			r.refute("V033", at(record.HQ, s.index), "%s: trustee %s opened rows that are not mixed completely and provably", where, s.body.Trustee)
		}
		return
	}
	o := r.newOpening(u, where)
	if o == nil {
		return
	}
	var indices []int
	var partials [][]byte
	var opened uint64 // the entry with which a quorum had opened the unit
	for _, s := range u.shares {
		shares, ok := r.checkShares(o, s)
		if ok && len(indices) < r.def.Quorum {
			indices = append(indices, 1+slices.IndexFunc(r.def.Trustees, trusteeIs(s.body.Trustee)))
			partials = append(partials, shares)
			opened = s.index
		}
	}
	if len(indices) < r.def.Quorum {
		switch {
		case len(u.tallies) == 0:
		case len(indices)+o.unread >= r.def.Quorum:
			r.absent("V035", at(record.HQ, u.tallies[0].index), "%s: %d valid shares and %d that cannot be judged, a quorum is %d", where, len(indices), o.unread, r.def.Quorum)
		default:
			r.refute("V035", at(record.HQ, u.tallies[0].index), "%s: %d valid shares, a quorum is %d", where, len(indices), r.def.Quorum)
		}
		return
	}
	if len(u.tallies) > 0 && u.tallies[0].index < opened {
		r.refute("V035", at(record.HQ, u.tallies[0].index), "%s: the tally comes before a quorum had opened the unit (entry %d)", where, opened)
	}
	r.count("V035", 1)
	r.countCodes(o, indices, partials)
}

// opening is what the shares of one unit have in common.
type opening struct {
	*unit
	where   string
	n       int    // rows
	encoded []byte // the rows that are opened
	rows    []elgamal.Ciphertext
	seen    []string // trustees
	unread  int      // shares whose blob is missing
}

func (r *run) newOpening(u *unit, where string) *opening {
	encoded, ok := r.readBlob(u.output, inLog(record.HQ), false)
	if !ok {
		return nil
	}
	return &opening{unit: u, where: where, n: int(u.plan.Ballots) * u.contest.K(), encoded: encoded}
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

// checkShares checks one trustee's shares of a unit and returns them, encoded.
func (r *run) checkShares(o *opening, s entry[*record.Shares]) ([]byte, bool) {
	r.count("V033", 1)
	p := at(record.HQ, s.index)
	b := s.body
	switch {
	case s.index < o.shuffles[len(o.shuffles)-1].index:
		r.refute("V033", p, "%s: trustee %s opened before the last mixer was done", o.where, b.Trustee)
		return nil, false
	case slices.Contains(o.seen, b.Trustee):
		r.refute("V033", p, "%s: trustee %s opened twice", o.where, b.Trustee)
		return nil, false
	case b.Shares.Type != record.TypeShares || b.Shares.Size != uint64(o.n*group.ElementSize):
		r.refute("V033", p, "%s: the shares of trustee %s are not %d elements", o.where, b.Trustee, o.n)
		return nil, false
	}
	o.seen = append(o.seen, b.Trustee)
	raw, ok := r.readBlob(b.Shares, p, false)
	if !ok {
		o.unread++
		r.absent("V034", p, "%s: the shares of trustee %s cannot be judged without their blob", o.where, b.Trustee)
		return nil, false
	}
	r.count("V034", 1)
	vk, _ := r.verification(b.Trustee)
	tag := record.SharesTag(r.id, r.key.Element().Bytes(), o.id.contest, o.id.unit, b.Trustee)
	err := r.o.Facts.once(factKey("shares", tag, vk.Bytes(), o.encoded, raw, b.Proof), func() error {
		rows, err := o.decode()
		if err != nil {
			return err
		}
		shares, err := group.DecodeElements(raw, o.n)
		if err != nil {
			return err
		}
		return threshold.VerifyPartial(tag, vk, rows, shares, b.Proof)
	})
	if err != nil {
		r.refute("V034", p, "%s, trustee %s: %v", o.where, b.Trustee, err)
		return nil, false
	}
	return raw, true
}

// countCodes combines the shares and counts what comes out: V036.
func (r *run) countCodes(o *opening, indices []int, encoded [][]byte) {
	r.count("V036", o.n)
	parts := [][]byte{r.key.Element().Bytes(), o.encoded, fmt.Append(nil, indices, o.contest.N(), o.contest.K(), o.plan.Ballots)}
	fact := factKey("opened", append(parts, encoded...)...)
	if counts, ok := r.o.Facts.load(fact); ok {
		o.opened = counts
		return
	}
	points, err := o.combine(indices, encoded)
	if err != nil {
		r.refute("V035", inLog(record.HQ), "%s: %v", o.where, err)
		return
	}
	codes := o.contest.N() + o.contest.K()
	table := r.logs(codes)
	counts := make([]int, codes)
	sound := true
	for i, point := range points {
		m, ok := table.Log(point)
		if !ok || m > codes {
			r.refute("V036", inLog(record.HQ), "%s: row %d opens to no code of the contest", o.where, i)
			sound = false
			continue
		}
		counts[m-1]++
	}
	for i, n := range counts {
		if n > int(o.plan.Ballots) {
			r.refute("V036", inLog(record.HQ), "%s: code %d occurs %d times on %d ballots", o.where, i+1, n, o.plan.Ballots)
			sound = false
		}
	}
	if sound {
		o.opened = counts
		r.o.Facts.store(fact, counts)
	}
}

// combine returns g^code of each row.
func (o *opening) combine(indices []int, encoded [][]byte) ([]group.Element, error) {
	rows, err := o.decode()
	if err != nil {
		return nil, err
	}
	var partials [][]group.Element
	for _, b := range encoded {
		shares, err := group.DecodeElements(b, o.n)
		if err != nil {
			return nil, err
		}
		partials = append(partials, shares)
	}
	combined, err := threshold.Combine(indices, partials)
	if err != nil {
		return nil, err
	}
	return threshold.Open(rows, combined)
}

// logs returns a table of the codes 1..codes, the same one for all contests
// that it suffices for.
func (r *run) logs(codes int) *threshold.LogTable {
	r.tableMu.Lock()
	defer r.tableMu.Unlock()
	if r.tableSize < codes {
		r.table, r.tableSize = threshold.NewLogTable(codes), codes
	}
	return r.table
}

func trusteeIs(id string) func(election.Trustee) bool {
	return func(t election.Trustee) bool { return t.ID == id }
}

// checkTally compares the tally with what was opened: V037.
func (r *run) checkTally(u *unit, where string) {
	for i, t := range u.tallies {
		r.count("V037", 1)
		p := at(record.HQ, t.index)
		if i > 0 {
			r.refute("V037", p, "%s has a tally already (entry %d)", where, u.tallies[0].index)
			continue
		}
		if u.opened == nil {
			if len(u.shares) == 0 && u.plan.Ballots > 0 {
				r.refute("V035", p, "%s has a tally, and nobody opened it", where)
			} else {
				r.absent("V037", p, "%s cannot be compared: its opening does not stand", where)
			}
			continue
		}
		ok := t.body.Ballots == u.plan.Ballots && len(t.body.Counts) == len(u.opened)
		for j := 0; ok && j < len(u.opened); j++ {
			ok = t.body.Counts[j] == uint64(u.opened[j])
		}
		if !ok {
			r.refute("V037", p, "%s: the tally is not what the unit opens to", where)
		}
	}
}
