package branchlog

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

var timeOfDay = regexp.MustCompile(`^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$`)

// CheckOrder checks what an order to extend voting says: until when, for which
// branches, and why. A refused order orders nothing.
func CheckOrder(o *record.ExtensionOrder) error {
	if !timeOfDay.MatchString(o.Until) {
		return fmt.Errorf("until %q is no time of the day from 00:00 to 24:00", source.Clip(o.Until))
	}
	for i := 1; i < len(o.Branches); i++ {
		if o.Branches[i-1] >= o.Branches[i] {
			return errors.New("its branches do not ascend")
		}
	}
	if o.Article == "" || o.Text == "" {
		return errors.New("it does not say on which article it rests, or why")
	}
	return nil
}

// Applies reports whether an order is for the branch.
func Applies(o *record.ExtensionOrder, branch string) bool {
	return len(o.Branches) == 0 || slices.Contains(o.Branches, branch)
}

// of checks that a statement names its own branch: V029.
func (r *reader) of(b *Branch, p report.Place, kind, branch string) {
	r.Count("V029", 1)
	if branch != b.id {
		r.Refute("V029", p, "%s: it is of branch %q", kind, source.Clip(branch))
	}
}

// reason checks that a reason is one of those that there are: V029.
func (r *reader) reason(p report.Place, kind, reason string, reasons []string) {
	if !slices.Contains(reasons, reason) {
		r.Refute("V029", p, "%s for reason %q: the reasons are %s", kind, source.Clip(reason), strings.Join(reasons, ", "))
	}
}

func (r *reader) pause(b *Branch, p report.Place, s *record.Pause) {
	r.of(b, p, s.Kind(), s.Branch)
	r.reason(p, s.Kind(), s.Reason, record.PauseReasons())
	if b.paused {
		r.amiss(b, "V029", p, "the branch is paused already")
	}
	b.paused = true
}

func (r *reader) resume(b *Branch, p report.Place, s *record.Resume) {
	r.of(b, p, s.Kind(), s.Branch)
	if !b.paused {
		r.amiss(b, "V029", p, "the branch goes on, and had not paused")
	}
	b.paused = false
}

func (r *reader) extension(b *Branch, p report.Place, s *record.Extension) {
	r.of(b, p, s.Kind(), s.Branch)
	var hash [32]byte
	copy(hash[:], s.ExtensionOrder)
	order := r.Orders[hash]
	switch {
	case len(s.ExtensionOrder) != len(hash) || order == nil && !r.Gap:
		r.Refute("V029", p, "headquarters' log has no order %x to extend voting", s.ExtensionOrder[:min(len(s.ExtensionOrder), 32)])
	case order == nil:
		r.Absent("V029", p, "the order %x may be among the missing entries of headquarters' log", hash)
	case !Applies(order, b.id):
		r.Refute("V029", p, "the order %x is not for this branch", hash)
	case b.extended[hash]:
		r.Refute("V029", p, "the branch has followed the order %x already", hash)
	}
	b.extended[hash] = true
}

// enrol adds a device: V021 as far as it is what an opening says of a device,
// V029 for the rest.
func (r *reader) enrol(b *Branch, p report.Place, s *record.Enrol) {
	r.of(b, p, s.Kind(), s.Branch)
	r.commit(b, p, s.Device)
}

func (r *reader) retire(b *Branch, p report.Place, s *record.Retire) {
	r.of(b, p, s.Kind(), s.Branch)
	r.reason(p, s.Kind(), s.Reason, record.RetireReasons())
	switch d := b.devices[s.Device]; {
	case d == nil:
		r.amiss(b, "V029", p, "device %q is not one of the branch", source.Clip(s.Device))
	case d.retired:
		r.Refute("V029", p, "device %s is retired already", s.Device)
	default:
		d.retired = true
	}
}

// atWork checks that a device may write what it wrote: it is not retired, and a
// ballot is sealed in no pause. V029.
func (r *reader) atWork(b *Branch, p report.Place, kind, dev string) {
	if d := b.devices[dev]; d != nil && d.retired {
		r.Refute("V029", p, "%s by device %s, which is retired", kind, dev)
	}
	if b.paused && kind == (*record.Sealed)(nil).Kind() {
		r.amiss(b, "V029", p, "ballot of device %s sealed while the branch is paused", source.Clip(dev))
	}
}

// spoiledFor checks that officers spoil a ballot only in the place of a device
// that is retired: V029.
func (r *reader) spoiledFor(b *Branch, p report.Place, dev string) {
	if d := b.devices[dev]; d == nil || !d.retired {
		r.amiss(b, "V029", p, "officers spoil a ballot of device %q, which is not retired", source.Clip(dev))
	}
}
