package drafting

import (
	"slices"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/persian"
)

var branchesHeader = []string{"id", "name", "place", "electorate", "log_key"}

type branch struct {
	line int
	election.Branch
}

// readBranches returns the branches without fault, and whether there may be
// others. What a key must be beyond its form is checked in the definition.
func readBranches(f File) (all []*branch, others bool, faults Faults) {
	ids := map[string]int{}
	faults, whole := readTable(f, branchesHeader, func(r *row) {
		b := &branch{line: r.line}
		b.ID, b.District = r.id("id"), r.id("place")
		b.Name = named(persian.Clean(r.need("name")))
		b.Electorate = r.number("electorate", election.MaxPersons)
		if key := r.need("log_key"); key != "" {
			if err := b.LogKey.UnmarshalText([]byte(key)); err != nil {
				r.fault("log_key", "%v", err)
			}
		}
		if line, ok := ids[b.ID]; ok {
			r.fault("id", "%s is the id of line %d too: give each branch its own", show(b.ID), line)
		} else if election.ValidID(b.ID) {
			ids[b.ID] = r.line
		}
		if !r.bad {
			all = append(all, b)
		}
	})
	return all, !whole || len(faults) > 0, faults
}

// branches puts the branches into the definition and plans the tally units: in
// every contest each of its branches is one, in the file's order. Merging small
// ones is for the day when the ballots are known (spec/acts.md, A83).
func (b *builder) branches(all []*branch) {
	file := b.files.Branches.Name
	others, seen := 0, map[string]bool{}
	for _, x := range all {
		p, elsewhere, atFault := b.in(x.District)
		if p == nil {
			if elsewhere {
				others++
			} else if !atFault && b.unknown(seen, x.District) {
				b.faults.add(file, x.line, "place: there is no place %s in %s: correct the code, or add the place", show(x.District), b.files.Places.Name)
			}
			continue
		}
		votes := false
		for _, h := range b.order {
			if slices.Contains(p.within, h.contest.District) {
				h.contest.Units = append(h.contest.Units, election.Unit{ID: x.ID, Branches: []string{x.ID}})
				votes = true
			}
		}
		if !votes {
			b.faults.add(file, x.line, "place: no contest is held in %s (--omit): remove the branch, or the code from the flag", show(p.code))
			continue
		}
		b.def.Branches = append(b.def.Branches, x.Branch)
		b.branchLines = append(b.branchLines, x.line)
	}
	if others > 0 {
		b.note("%s: %d branches lie in other counties and are left out", file, others)
	}
}
