package verify

import (
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
			r.refute("V033", at(record.HQ, s.index), "%s: trustee %s opened rows that are not mixed completely and provably", where, s.body.Trustee)
		}
		return
	}
	n := int(u.plan.Ballots) * u.contest.K()
	encoded, ok := r.readBlob(u.output, inLog(record.HQ), false)
	if !ok {
		return
	}
	var rows []elgamal.Ciphertext
	decode := func() bool {
		if rows != nil {
			return true
		}
		var err error
		rows, err = elgamal.Decode(encoded, n)
		return err == nil // checkMixing has decoded the same bytes
	}
	last := u.shuffles[len(u.shuffles)-1].index
	var seen []string
	var indices []int
	var partials [][]group.Element
	for _, s := range u.shares {
		r.count("V033", 1)
		p := at(record.HQ, s.index)
		b := s.body
		switch {
		case s.index < last:
			r.refute("V033", p, "%s: trustee %s opened before the last mixer was done", where, b.Trustee)
			continue
		case slices.Contains(seen, b.Trustee):
			r.refute("V033", p, "%s: trustee %s opened twice", where, b.Trustee)
			continue
		case b.Shares.Type != record.TypeShares || b.Shares.Size != uint64(n*group.ElementSize):
			r.refute("V033", p, "%s: the shares of trustee %s are not %d elements", where, b.Trustee, n)
			continue
		}
		seen = append(seen, b.Trustee)
		raw, ok := r.readBlob(b.Shares, p, false)
		if !ok || !decode() {
			r.absent("V034", p, "%s: the shares of trustee %s cannot be judged without their blob", where, b.Trustee)
			continue
		}
		r.count("V034", 1)
		shares, err := group.DecodeElements(raw, n)
		if err != nil {
			r.refute("V034", p, "%s, trustee %s: %v", where, b.Trustee, err)
			continue
		}
		vk, _ := r.verification(b.Trustee)
		tag := record.SharesTag(r.id, r.key.Element().Bytes(), u.id.contest, u.id.unit, b.Trustee)
		err = r.o.Facts.once(factKey("shares", tag, vk.Bytes(), encoded, raw, b.Proof), func() error {
			return threshold.VerifyPartial(tag, vk, rows, shares, b.Proof)
		})
		if err != nil {
			r.refute("V034", p, "%s, trustee %s: %v", where, b.Trustee, err)
			continue
		}
		if len(indices) < r.def.Quorum {
			indices = append(indices, 1+slices.IndexFunc(r.def.Trustees, trusteeIs(b.Trustee)))
			partials = append(partials, shares)
		}
	}
	if len(indices) < r.def.Quorum {
		if len(u.tallies) > 0 {
			r.refute("V035", at(record.HQ, u.tallies[0].index), "%s: %d valid shares, a quorum is %d", where, len(indices), r.def.Quorum)
		}
		return
	}
	r.count("V035", 1)
	r.countCodes(u, where, rows, indices, partials)
}

// countCodes combines the shares and counts what comes out: V036.
func (r *run) countCodes(u *unit, where string, rows []elgamal.Ciphertext, indices []int, partials [][]group.Element) {
	combined, err := threshold.Combine(indices, partials)
	if err != nil {
		r.refute("V035", inLog(record.HQ), "%s: %v", where, err)
		return
	}
	points, err := threshold.Open(rows, combined)
	if err != nil {
		r.refute("V035", inLog(record.HQ), "%s: %v", where, err)
		return
	}
	codes := u.contest.N() + u.contest.K()
	table := r.logs(codes)
	counts := make([]int, codes)
	sound := true
	for i, point := range points {
		m, ok := table.Log(point)
		if !ok || m > codes {
			r.refute("V036", inLog(record.HQ), "%s: row %d opens to no code of the contest", where, i)
			sound = false
			continue
		}
		counts[m-1]++
	}
	r.count("V036", len(points))
	for i, n := range counts {
		if n > int(u.plan.Ballots) {
			r.refute("V036", inLog(record.HQ), "%s: code %d occurs %d times on %d ballots", where, i+1, n, u.plan.Ballots)
			sound = false
		}
	}
	if sound {
		u.opened = counts
	}
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
