package branchlog

import (
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// Challenge recomputes the challenged ballot whose ending is the entry of the
// branch's log (V026), with what it rests on: the log's checkpoint (V005), the
// signatures of the entries that it looks at (V008), and the device's commitment
// (V021). It returns what the ballot reveals, or nil if there is no such entry.
// Of the other ballots it says nothing.
func Challenge(src *source.Reader, given Given, branch string, index uint64) *record.Challenged {
	r := &reader{Reader: src, Given: given}
	def, ok := given.Definition.Branch(branch)
	if !ok {
		return nil
	}
	name := record.BranchLog(branch)
	l := r.Open(name, election.BranchOrigin(given.Election, branch), def.LogKey.Ed25519(), given.Witnesses, given.Definition.WitnessQuorum)
	if l == nil || index >= l.Size() {
		return nil
	}
	style, err := given.Definition.StyleOf(branch)
	if err != nil {
		panic(err) // a valid definition has a style for each branch
	}
	b := &Branch{id: branch, log: l, style: style, devices: map[string]*device{}, extended: map[[32]byte]bool{}}
	sealedAt := map[ballotID]*sealed{}
	for entry, err := range l.Entries(0, index+1) {
		if err != nil {
			r.Absent("V006", report.InLog(name), "%v", err)
			return nil
		}
		p := report.At(name, entry.Index)
		r.Count("V006", 1)
		e, err := record.Decode(entry.Data)
		if err != nil {
			r.Refute("V007", p, "%v", err)
			continue
		}
		if s, ok := e.Body.(*record.Sealed); ok {
			sealedAt[ballotID{s.Device, s.Number}] = &sealed{index: entry.Index, code: record.Code(entry.Data)}
			continue
		}
		c, challenged := e.Body.(*record.Challenged)
		switch e.Body.(type) {
		case *record.Opening, *record.Enrol, *record.Challenged:
		default:
			continue
		}
		if challenged && entry.Index != index {
			continue
		}
		r.Count("V008", 1)
		if err := r.signed(b, entry.Data, e); err != nil {
			r.Refute("V008", p, "%s: %v", e.Body.Kind(), err)
			continue
		}
		switch body := e.Body.(type) {
		case *record.Opening:
			r.open(b, p, body)
		case *record.Enrol:
			r.enrol(b, p, body)
		case *record.Challenged:
			s := sealedAt[ballotID{c.Device, c.Number}]
			switch {
			case s == nil || string(s.code[:]) != string(c.Code):
				r.Refute("V025", p, "there is no sealed ballot %q %d with this code before it", source.Clip(c.Device), c.Number)
			case b.devices[c.Device] == nil:
				r.Refute("V026", p, "device %q has committed to nothing", source.Clip(c.Device))
			default:
				r.challenged(b, p, entry.Data, s, c)
			}
			return c
		}
	}
	return nil
}
