package branchlog

import (
	"bytes"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// open checks the opening statement: V021.
func (r *reader) open(b *Branch, p report.Place, o *record.Opening) {
	r.Count("V021", 1)
	r.Count("V029", 1)
	b.opening = o
	if o.Branch != b.id {
		r.Refute("V021", p, "the opening statement is of branch %q", source.Clip(o.Branch))
	}
	if o.Counts != (record.Counts{}) {
		r.Refute("V021", p, "the branch opened with counts that are not zero: %d checked in, %d cast, %d spoiled, %d challenged",
			o.Counts.CheckedIn, o.Counts.Cast, o.Counts.Spoiled, o.Counts.Challenged)
	}
	if len(o.Devices) == 0 {
		r.Refute("V021", p, "no device is committed")
	}
	for _, c := range o.Devices {
		r.commit(b, p, c)
	}
}

// commit enters the commitment of a device, at the opening or when it is
// enrolled: V021.
func (r *reader) commit(b *Branch, p report.Place, c record.Committed) {
	g := r.Devices[c.Device]
	switch {
	case g == nil && r.Gap:
		b.gap = true
		r.Absent("V021", p, "the grant of device %q may be among the missing entries of headquarters' log", source.Clip(c.Device))
	case g == nil || g.Branch != b.id:
		r.Refute("V021", p, "device %q was not granted to this branch", source.Clip(c.Device))
	case b.devices[c.Device] != nil:
		r.Refute("V021", p, "device %s is committed twice", c.Device)
	case c.Limit == 0 || c.Limit > uint64(r.Definition.MaxBallotsPerDevice) || len(c.Root) != 32:
		r.Refute("V021", p, "device %s commits to %d ballots; the definition allows 1 to %d, with a root of 32 bytes", c.Device, c.Limit, r.Definition.MaxBallotsPerDevice)
	default:
		b.devices[c.Device] = &device{committed: c}
	}
}

// closing checks the closing statement: V027.
func (r *reader) closing(b *Branch, p report.Place, index uint64, c *record.Close) {
	r.Count("V027", 1)
	b.close, b.closeAt = c, index
	if c.Branch != b.id {
		r.Refute("V027", p, "the closing statement is of branch %q", source.Clip(c.Branch))
	}
	if c.Size != index {
		r.Refute("V027", p, "the statement names a tree of %d entries; before it are %d", c.Size, index)
	} else if root, err := b.log.RootAt(index); err != nil {
		r.Absent("V027", p, "the tree before the statement cannot be computed: %v", err)
	} else if !bytes.Equal(c.Root, root[:]) {
		r.Refute("V027", p, "the statement names the root %x; that of the %d entries before it is %x", c.Root, index, root)
	}
	if c.Counts.Cast != b.counts.Cast || c.Counts.Spoiled != b.counts.Spoiled || c.Counts.Challenged != b.counts.Challenged {
		r.amiss(b, "V027", p, "stated are %d cast, %d spoiled, %d challenged; the log has %d, %d, %d",
			c.Counts.Cast, c.Counts.Spoiled, c.Counts.Challenged, b.counts.Cast, b.counts.Spoiled, b.counts.Challenged)
	}
	if c.Counts.Cast > c.Counts.CheckedIn {
		r.Refute("V027", p, "branch %s cast %d ballots for %d voters checked in", b.id, c.Counts.Cast, c.Counts.CheckedIn)
	}
}
