package verify

import "github.com/sandogh/sandogh/verify/report"

// phase returns how far the record has come.
func (r *run) phase() report.Phase {
	h := r.hq
	every := func(has func(contest string) bool) bool {
		for i := range r.def.Contests {
			if !has(r.def.Contests[i].ID) {
				return false
			}
		}
		return true
	}
	opening := false
	for _, u := range r.units {
		opening = opening || len(u.Shares) > 0
	}
	closed := true
	for i := range r.def.Branches {
		b := r.branches[r.def.Branches[i].ID]
		if b == nil {
			closed = false
		} else if _, ok := b.Closed(); !ok {
			closed = false
		}
	}
	switch {
	case every(h.certified):
		return report.PhaseCertified
	case every(func(c string) bool { return h.outcome(c).Canvass != nil }):
		return report.PhaseCanvassed
	case every(func(c string) bool { return h.plans[c].Read && r.counted(c) == nil }):
		return report.PhaseCounted
	case opening:
		return report.PhaseOpening
	case len(h.plans) > 0:
		return report.PhaseMixing
	case closed:
		return report.PhaseClosed
	case len(r.branches) > 0 || len(h.heads) > 0:
		return report.PhaseVoting
	case h.key != nil:
		return report.PhaseReady
	case r.failed != "":
		return report.PhaseFailed
	case len(h.commitments) > 0:
		return report.PhaseCeremony
	case h.size > 0:
		return report.PhaseDefined
	}
	return report.PhaseNothing
}
