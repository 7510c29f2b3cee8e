package verify

import (
	"context"
	"io/fs"
	"slices"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/branchlog"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
	"github.com/sandogh/sandogh/verify/unit"
)

// Counts is what a unit opens to.
type Counts struct {
	Ballots uint64
	Codes   []uint64 // how often each code occurs: candidates, then blanks
}

// Unit verifies one tally unit and what it rests on: headquarters' log, the key
// ceremony, the logs of the unit's branches with every ballot in them, and the
// unit's mixing, opening and tally. It says nothing of other branches and units,
// of canvass and result, nor of files that do not belong: those checks are not
// due. That the unit is one of the plan is judged from its own branches. The
// counts are nil unless the unit is opened soundly.
func Unit(ctx context.Context, fsys fs.FS, contest, id string, o Options) (*report.Report, *Counts) {
	r, rep := part(ctx, fsys, o)
	if rep != nil {
		return rep, nil
	}
	fixed := r.hq.plans[contest]
	i := slices.IndexFunc(fixed.Units, func(u record.Unit) bool { return u.ID == id })
	c, known := r.def.Contest(contest)
	if i < 0 || !known {
		r.Absent("V030", report.Nowhere.In("contest "+source.Clip(contest)+", unit "+source.Clip(id)), "no such unit is fixed on the record")
		return r.partReport(o), nil
	}
	planned := fixed.Units[i]
	// The definition with nothing but this unit is what the checks go through.
	voting := *r.def
	voting.Branches = slices.DeleteFunc(slices.Clone(r.def.Branches), func(b election.Branch) bool { return !slices.Contains(planned.Branches, b.ID) })
	given := r.given()
	given.Definition = &voting
	r.branches = branchlog.Read(r.Reader, given)
	branchlog.CheckHeads(r.Reader, given, r.branches, r.hq.heads, func(string) bool { return true })

	one := *c
	one.Units = slices.DeleteFunc(slices.Clone(c.Units), func(u election.Unit) bool {
		return slices.ContainsFunc(u.Branches, func(b string) bool { return !slices.Contains(planned.Branches, b) })
	})
	counting := voting
	counting.Contests = []election.Contest{one}
	key := unit.ID{Contest: contest, Unit: id}
	units := map[unit.ID]*unit.Unit{}
	if u := r.units[key]; u != nil {
		units[key] = u
	}
	fixed.Units = []record.Unit{planned}
	checker := &unit.Checker{Reader: r.Reader, Units: units, Given: unit.Given{Election: r.id, Definition: &counting, Key: r.key,
		Verification: r.verification, Branches: r.branches, Fixed: map[string]unit.Fixed{contest: fixed}, Heads: r.hq.heads, Gap: r.hq.gap}}
	checker.Check()
	var counts *Counts
	if u := units[key]; u != nil && u.Opened() != nil {
		counts = &Counts{Ballots: u.Ballots()}
		for _, n := range u.Opened() {
			counts.Codes = append(counts.Codes, uint64(n))
		}
	}
	return r.partReport(o), counts
}

// Proofs returns the nth of so many shares of the proofs and signatures that Unit
// checks, if they hold. With the facts of all shares Unit judges as it does without
// them and need not check these again. For processes that divide the work.
func Proofs(ctx context.Context, fsys fs.FS, contest, id string, nth, of int, o Options) [][32]byte {
	o.Facts = source.Share(nth, of)
	Unit(ctx, fsys, contest, id, o)
	return o.Facts.Proven()
}

// Challenge recomputes one challenged ballot, whose ending is the entry of the
// branch's log, and verifies what it rests on: headquarters' log, the key
// ceremony, the device's commitment. It returns what the ballot reveals; nil if
// there is no such entry.
func Challenge(ctx context.Context, fsys fs.FS, branch string, index uint64, o Options) (*report.Report, *record.Challenged) {
	r, rep := part(ctx, fsys, o)
	if rep != nil {
		return rep, nil
	}
	c := branchlog.Challenge(r.Reader, r.given(), branch, index)
	if c == nil {
		r.Absent("V026", report.InLog(record.BranchLog(source.Clip(branch))), "entry %d is no challenged ballot that can be read", index)
	}
	return r.partReport(o), c
}

// part verifies what parts rest on, and reports if there is no definition.
func part(ctx context.Context, fsys fs.FS, o Options) (*run, *report.Report) {
	r := &run{Reader: source.New(ctx, fsys, o.Facts, o.Progress), o: o, units: map[unit.ID]*unit.Unit{}}
	r.Watch(o.Looked)
	known := r.bootstrap()
	if r.def == nil {
		return nil, r.Report(r.id, known, known && o.Election != nil, report.PhaseNothing)
	}
	r.readHeadquarters()
	r.checkCeremony()
	return r, nil
}

func (r *run) given() branchlog.Given {
	return branchlog.Given{Election: r.id, Definition: r.def, Witnesses: r.witnesses, Key: r.key,
		Devices: r.hq.devices, Officers: r.hq.officers, Orders: r.hq.orders, Gap: r.hq.gap}
}

func (r *run) partReport(o Options) *report.Report {
	return r.Report(r.id, true, o.Election != nil, r.phase())
}
