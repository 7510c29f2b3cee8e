package branchlog

import (
	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// CheckHeads compares the heads that headquarters took in, by branch, with the
// branches' logs (V028) and names branches that are due and not there (V020).
// A branch is due when the units of one of its contests are fixed.
func CheckHeads(src *source.Reader, given Given, branches map[string]*Branch, heads map[string][]source.Entry[*record.Head], due func(branch string) bool) {
	r := &reader{Reader: src, Given: given}
	for i := range r.Definition.Branches {
		def := &r.Definition.Branches[i]
		b := branches[def.ID]
		var last *board.Checkpoint
		for _, h := range heads[def.ID] {
			r.Count("V028", 1)
			p := report.At(record.HQ, h.Index)
			c, err := board.ParseCheckpoint(h.Body.Checkpoint, election.BranchOrigin(r.Election, def.ID), def.LogKey.Ed25519(), r.Witnesses)
			if err != nil {
				r.Refute("V028", p, "the checkpoint of branch %s: %v", def.ID, err)
				continue
			}
			switch {
			case last == nil:
			case c.Size < last.Size:
				r.Refute("V028", p, "branch %s went back from %d entries to %d", def.ID, last.Size, c.Size)
			case c.Size == last.Size && c.Root != last.Root:
				r.Refute("V028", p, "branch %s signed two different logs of %d entries: roots %x and %x", def.ID, c.Size, last.Root, c.Root)
			}
			last = &c
			if b == nil {
				continue
			}
			if c.Size > b.log.Size() {
				r.Refute("V028", p, "headquarters took in %d entries of branch %s; its published log has %d", c.Size, def.ID, b.log.Size())
				continue
			}
			if root, err := b.log.RootAt(c.Size); err != nil {
				r.Absent("V028", p, "the tree of %d entries cannot be computed: %v", c.Size, err)
			} else if root != c.Root {
				r.Refute("V028", p, "branch %s signed two different logs: at %d entries headquarters has root %x, the published log %x", def.ID, c.Size, c.Root, root)
			}
		}
		if b == nil {
			if due(def.ID) {
				r.Absent("V020", report.InLog(record.BranchLog(def.ID)), "branch %s is expected and not present", def.ID)
			}
			continue
		}
		var taken uint64
		if last != nil {
			taken = last.Size
		}
		if due(def.ID) && taken != b.log.Size() && given.Gap {
			r.Absent("V028", report.InLog(record.BranchLog(def.ID)), "the last head of branch %s may be among the missing entries of headquarters' log", def.ID)
		} else if due(def.ID) && taken != b.log.Size() {
			r.Refute("V028", report.InLog(record.BranchLog(def.ID)), "headquarters took in %d entries of branch %s; its published log has %d", taken, def.ID, b.log.Size())
		}
	}
}
