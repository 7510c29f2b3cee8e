package verify

import (
	"crypto/ed25519"
	"fmt"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/branchlog"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// takenKeys enters the keys of the definition as had by somebody already: who
// signs as two bodies is one.
func (r *run) takenKeys() {
	take := func(k election.Key, who string) { r.hq.granted[string(k[:])] = who }
	d := r.def
	take(d.HQLogKey, "headquarters' log")
	for i := range d.Offices {
		take(d.Offices[i].Key, "office "+d.Offices[i].ID)
	}
	for i := range d.Branches {
		take(d.Branches[i].LogKey, "the log of branch "+d.Branches[i].ID)
	}
	for i := range d.Trustees {
		take(d.Trustees[i].SigningKey, "trustee "+d.Trustees[i].ID)
		take(d.Trustees[i].HPKEKey, "trustee "+d.Trustees[i].ID)
	}
	for i := range d.Mixers {
		take(d.Mixers[i].Key, "mixer "+d.Mixers[i].ID)
	}
	for i := range d.Witnesses {
		take(d.Witnesses[i].Key, "witness "+d.Witnesses[i].Name)
	}
}

// grant admits a device or an officer (V014).
func (r *run) grant(index uint64, g *record.Grant) error {
	r.Count("V014", 1)
	p := report.At("hq", index)
	by := map[string]map[string]*record.Grant{record.GrantDevice: r.hq.devices, record.GrantOfficer: r.hq.officers}[g.What]
	if by == nil {
		r.Refute("V014", p, "a grant for a %q: only devices and officers are granted", source.Clip(g.What))
		return nil
	}
	if _, ok := r.def.Branch(g.Branch); !ok {
		r.Refute("V014", p, "%s %q: the definition has no branch %q", g.What, source.Clip(g.ID), source.Clip(g.Branch))
		return nil
	}
	if !election.ValidID(g.ID) || len(g.Key) != ed25519.PublicKeySize {
		r.Refute("V014", p, "%s %q: an id has 1 to 32 letters, digits and hyphens, and a key 32 bytes", g.What, source.Clip(g.ID))
		return nil
	}
	if by[g.ID] != nil {
		r.Refute("V014", p, "%s %s is granted twice", g.What, g.ID)
		return nil
	}
	if err := election.Key(g.Key).CheckEd25519(); err != nil {
		r.Refute("V014", p, "%s %s: %v", g.What, g.ID, err)
		return nil
	}
	if other, ok := r.hq.granted[string(g.Key)]; ok {
		r.Refute("V014", p, "%s %s has the key of %s", g.What, g.ID, other)
		return nil
	}
	r.hq.granted[string(g.Key)] = g.What + " " + g.ID
	by[g.ID] = g
	return nil
}

// extend admits an order to extend voting: once, for branches that there are
// (V009), and saying what it must (V029).
func (r *run) extend(index uint64, data []byte, o *record.ExtensionOrder) error {
	for _, b := range o.Branches {
		if _, ok := r.def.Branch(b); !ok {
			return fmt.Errorf("the definition has no branch %q", source.Clip(b))
		}
	}
	hash := record.Code(data)
	if r.hq.orders[hash] != nil {
		return fmt.Errorf("this order is there already")
	}
	r.Count("V029", 1)
	if err := branchlog.CheckOrder(o); err != nil {
		r.Refute("V029", report.At(record.HQ, index), "an order to extend voting: %v", err)
		return nil
	}
	r.hq.orders[hash] = o
	return nil
}
