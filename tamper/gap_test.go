package tamper_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// busy makes the log of branch 101 longer than a full tile, with ballots that
// are sealed and cast on more devices.
func busy(f *forger) {
	cut[*record.Units](f)
	grants := indices[*record.Grant](f, hq)
	i := slices.IndexFunc(grants, func(i int) bool {
		g := body[*record.Grant](f, hq, i)
		return g.What == record.GrantDevice && g.Branch == "101"
	})
	for n := range 3 {
		g := body[*record.Grant](f, hq, grants[i])
		g.ID = fmt.Sprintf("more%d", n)
		g.Key = f.keys.Signing("device/" + g.ID).Public().(ed25519.PublicKey)
		f.append(hq, g, "office/"+g.Office)
		edit(f, b101, 0, func(o *record.Opening) {
			c := o.Devices[0]
			c.Device, c.Limit = g.ID, uint64(f.def.MaxBallotsPerDevice)
			o.Devices = append(o.Devices, c)
		})
		for range 45 {
			f.cast(b101, f.stuff(b101, f.seal(b101, g.ID, 1, 2)))
		}
	}
	f.reclose(b101)
}

// kept is the record that a forger has made, for others to start from.
func (f *forger) kept() *loot {
	l := *f.loot
	l.logs, l.files = f.logs, f.publish()
	return &l
}

// longHQ, busyBranch, busyDay and manyOrders are records with a log that is
// longer than a full tile.
var (
	longHQ     = sync.OnceValue(func() *loot { f := good().forger(); long(f); return f.kept() })
	busyBranch = sync.OnceValue(func() *loot { f := good().forger(); busy(f); return f.kept() })

	// Branch 101 adds a device in the first tile of its log; it pauses, is extended
	// and loses the device in the second.
	busyDay = sync.OnceValue(func() *loot {
		f := eventful().forger()
		i := indices[*record.Extension](f, b101)[0]
		end := slices.Clone(f.logs[b101][i : i+4])
		f.logs[b101] = slices.Delete(f.logs[b101], i, i+4)
		f.reclose(b101)
		busy(f)
		at := indices[*record.Close](f, b101)[0]
		f.insert(b101, at, end...)
		f.move(b101, indices[*record.Resume](f, b101)[0], at)
		f.move(b101, indices[*record.Pause](f, b101)[0], at-1)
		f.reclose(b101)
		return f.kept()
	})

	// Headquarters' log begins with orders to extend, of which branch 101 follows the
	// first.
	manyOrders = sync.OnceValue(func() *loot {
		f := eventful().forger()
		f.move(hq, indices[*record.ExtensionOrder](f, hq)[0], 1)
		for n := range 300 {
			f.insert(hq, 2, f.sign(hq, &record.ExtensionOrder{Until: "23:00", Article: "19", Text: fmt.Sprint("again ", n)}, offices...))
		}
		return f.kept()
	})
)

// TestGaps takes bundles of entries out of long logs (B14): what comes before or
// after the gap is judged as far as it can be, and nothing is called wrong that
// the missing entries may explain.
func TestGaps(t *testing.T) {
	t.Parallel()
	all := func(*forger) {}
	facts := &source.Facts{} // what is tried is what a gap hides, and no proof
	for _, c := range []struct {
		what   string
		from   func() *loot
		more   func(*forger) // what is wrong besides
		log    string
		bundle uint64
		status report.Status
		check  string // whose state the status is of
	}{
		{"the beginning of headquarters' log", longHQ, all, hq, 0, report.Unknown, "V009"},
		{"the end of headquarters' log", longHQ, all, hq, 1, report.Unknown, "V006"},
		{"the beginning of a branch's log", busyBranch, all, b101, 0, report.Unknown, "V025"},
		{"the end of a branch's log", busyBranch, all, b101, 1, report.Unknown, "V006"},
		{"the beginning, where something follows the close", busyBranch, func(f *forger) {
			f.logs[b101] = append(f.logs[b101], f.logs[b101][len(f.logs[b101])-2])
			f.takeIn(b101)
		}, b101, 0, report.Refuted, "V027"},
		{"the end, where a ballot is cast twice before it", busyBranch, func(f *forger) {
			i := indices[*record.Cast](f, b101)[0]
			f.insert(b101, i+1, f.logs[b101][i])
			f.reclose(b101)
		}, b101, 1, report.Refuted, "V025"},
		{"the beginning of headquarters' log, where a contest has two results", longHQ, func(f *forger) {
			f.append(hq, nth[*record.Result](f, hq, 0), "office/hq", "office/supervisors")
			f.append(hq, &record.Units{Contest: "mayor"}, "office/hq")
		}, hq, 0, report.Refuted, "V009"},
		{"the beginning of an eventful day", busyDay, all, b101, 0, report.Unknown, "V029"},
		{"the end of an eventful day", busyDay, all, b101, 1, report.Unknown, "V006"},
		{"the beginning of an eventful day, at whose end a reason is none", busyDay, func(f *forger) {
			i := edit(f, b101, 0, func(r *record.Retire) { r.Reason = "sleepy" })
			f.reclose(b101)
			if i < board.Width {
				panic("forger: the branch's log is too short")
			}
		}, b101, 0, report.Refuted, "V029"},
		{"the order that a branch followed", manyOrders, all, hq, 0, report.Unknown, "V029"},
	} {
		f := c.from().forger()
		c.more(f)
		files := f.publish()
		whole, _ := verify.Record(context.Background(), files, verify.Options{Election: &f.expect, Facts: facts})
		if c.status == report.Unknown && whole.Status != report.Verified {
			t.Errorf("%s: while it is there the record is %s: %s", c.what, whole.Status, found(whole))
		}
		width := min(board.Width, len(f.logs[c.log])-int(c.bundle)*board.Width)
		name := c.log + "/" + board.BundlePath(c.bundle, width)
		if files[name] == nil {
			t.Fatalf("%s: there is no %s", c.what, name)
		}
		delete(files, name)
		r, view := verify.Record(context.Background(), files, verify.Options{Election: &f.expect, Facts: facts})
		check, _ := r.Check(c.check)
		want := map[report.Status]report.State{report.Unknown: report.Missing, report.Refuted: report.Fail}[c.status]
		if r.Status != c.status || check.State != want {
			t.Errorf("%s: without it the record is %s, %s %s: %s", c.what, r.Status, c.check, check.State, found(r))
		}
		if view != nil && view.Sound() == nil {
			t.Errorf("%s: an act may continue", c.what)
		}
	}
}
