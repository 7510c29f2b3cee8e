// Package cuts ends a polling branch at every step of its disk and before every
// answer that it gives, and looks at what is left.
//
// Specification: spec/record-log.md, L20; spec/branch-link.md, K30 to K41.
//
// In and out. A day is a list of acts of a desk, of officers and of terminals. The
// branch (check-ins, activation cards, log, journal, daybook, the terminals' link
// over TLS) runs in a process of its own; terminals are in the test, and so outlive
// it; in another trial the terminal is the one that is killed, with a voter before
// it, and the branch lives. The process kills itself with SIGKILL before a step of the disk, after it, or
// before a piece of an answer to a terminal or a desk is written. Then the branch
// is opened again in its folder, and everybody does what they were doing once more,
// and all that comes after it.
//
// What it demands: what the branch says after the cut is what it said before the
// act that was cut, or after it; every ballot of the log has exactly one state; no
// discrepancy is named; the day ends as a day without a cut; and its published log
// stands before the verifier's rules for branches.
//
// What it does not do: it loses no pages of the file system's cache, as a loss of
// power would (internal/sequencer.TestSyncedBeforeAcknowledged does), and it cuts
// the storage of the log between its own files at answers only
// (internal/sequencer.TestKilledWhileAppending).
//
// How it fails: with the day, the cut and the act, and the command that repeats it.
package cuts_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/sandogh/sandogh/internal/durable"
)

var (
	oneDay = flag.String("day", "", "the day to be cut: session, settled, spare")
	every  = flag.Bool("every", false, "cut at every place, which takes twice as long")
	oneCut = flag.String("cut", "", "where, such as \"before 12\"")
)

// folder is a folder that needs no disk, where there is one: a process that is
// killed leaves the same in memory as on a disk.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "cuts-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// reference lives the day without a cut and returns what the branch says before it
// and after each act.
func (w *world) reference(t *testing.T, acts []string) (said []facts) {
	t.Helper()
	ctx := t.Context()
	b, err := w.open(ctx, folder(t), durable.Disk{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.shut(context.Background())
	x, stop, err := w.connected(ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	look := func() {
		f, err := b.facts(ctx)
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, f)
	}
	look()
	for _, act := range acts {
		if err := do(ctx, b, x, act, false); err != nil {
			t.Fatalf("%s: %v", act, err)
		}
		look()
	}
	if err := b.verify(ctx, b.station.Counts().Cast); err != nil {
		t.Fatal(err)
	}
	return said
}

// connected serves the branch here and makes terminals for it.
func (w *world) connected(ctx context.Context, b *branch) (*terminals, func(), error) {
	x, err := w.newTerminals()
	if err != nil {
		return nil, nil, err
	}
	stop, err := x.reach(ctx, b)
	return x, stop, err
}

// reach serves the branch here and connects the terminals with it.
func (x *terminals) reach(ctx context.Context, b *branch) (func(), error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	all := &listener{Listener: l, before: func() {}}
	go func() { defer close(done); b.serve(ctx, all) }()
	return func() { all.hangUp(); cancel(); <-done }, x.connect(l.Addr().String())
}

// rest opens the branch of the folder after it was interrupted in the act, holds
// what it says against what it said before, and lives the rest of the day.
func (x *terminals) rest(ctx context.Context, dir string, acts []string, at int, said []facts) error {
	b, err := x.open(ctx, dir, durable.Disk{})
	if err != nil {
		return fmt.Errorf("open the branch again: %w", err)
	}
	defer b.shut(context.Background())
	now, err := b.facts(ctx)
	if err != nil {
		return err
	}
	if d := b.station.Discrepancies(); len(d) > 0 {
		return fmt.Errorf("discrepancies %v", d)
	}
	if at < len(acts) {
		was, is := said[at], said[at+1]
		if !inSteps(acts[at]) && len(now.differ(was)) > 0 && len(now.differ(is)) > 0 {
			return fmt.Errorf("neither done nor not done: %s; and %s", now.tell(was), now.tell(is))
		}
		for _, name := range now.differ(was) {
			if now[name] != is[name] {
				return fmt.Errorf("%s is %q; before the act it was %q, after it %q", name, now[name], was[name], is[name])
			}
		}
	}
	stop, err := x.reach(ctx, b)
	if err != nil {
		return err
	}
	defer stop()
	for i := at; i < len(acts); i++ {
		if err := do(ctx, b, x, acts[i], i == at); err != nil {
			return fmt.Errorf("afterwards, %s: %w", acts[i], err)
		}
	}
	end, err := b.facts(ctx)
	if err != nil {
		return err
	}
	last := said[len(said)-1]
	for _, name := range end.differ(last) {
		if name != "daybook" { // what was done before the cut may lack its line, or have two
			return fmt.Errorf("the day ends otherwise: %s", end.tell(last))
		}
	}
	return b.verify(ctx, b.station.Counts().Cast)
}

// cut lives a day that is cut, and reports whether it was.
func (w *world) cut(ctx context.Context, dir, where string, acts []string, said []facts) (was bool, steps string, err error) {
	x, err := w.newTerminals()
	if err != nil {
		return false, "", err
	}
	p, err := start(dir, where)
	if err != nil {
		return false, "", err
	}
	at := 0
	if p.address, err = p.line(); err == nil {
		if err = x.connect(p.address); err == nil {
			for at < len(acts) {
				if err = do(ctx, p, x, acts[at], false); err != nil {
					break
				}
				at++
			}
		}
	}
	killed, ended := p.end()
	if !killed && (err != nil || ended != nil) {
		return false, "", fmt.Errorf("act %d: %w", at, errors.Join(err, ended))
	}
	if err := x.rest(ctx, dir, acts, at, said); err != nil {
		act := "the end"
		if at < len(acts) {
			act = acts[at]
		}
		return killed, p.steps, fmt.Errorf("killed in %q: %w", act, err)
	}
	return killed, p.steps, nil
}

// TestKilled: a branch is killed before and after every step of the disk and before
// every piece of an answer, on three days.
func TestKilled(t *testing.T) {
	w := newWorld(t)
	if dir := os.Getenv(dirVar); dir != "" {
		live(t, w, dir)
		return
	}
	type cut struct{ day, where string }
	var cuts []cut
	said := map[string][]facts{}
	for _, day := range slices.Sorted(maps.Keys(days)) {
		acts := days[day]
		if *oneDay != "" && *oneDay != day {
			continue
		}
		said[day] = w.reference(t, acts)
		if *oneCut != "" {
			cuts = append(cuts, cut{day, *oneCut})
			continue
		}
		was, steps, err := w.cut(t.Context(), folder(t), "", acts, said[day])
		if err != nil || was {
			t.Fatalf("day %s without a cut: killed %v, %v", day, was, err)
		}
		var disk, answers int
		if _, err := fmt.Sscan(steps, &disk, &answers); err != nil {
			t.Fatal(err)
		}
		for i := range disk {
			cuts = append(cuts, cut{day, fmt.Sprint("before ", i+1)}, cut{day, fmt.Sprint("after ", i+1)})
		}
		for i := range answers {
			cuts = append(cuts, cut{day, fmt.Sprint("answer ", i+1)})
		}
	}
	all := len(cuts)
	if !*every && *oneCut == "" { // before every step of the session, and half of the rest
		var some []cut
		for i, c := range cuts {
			if c.day == "session" && c.where[0] == 'b' || i%4 == 0 || i%4 == 3 {
				some = append(some, c)
			}
		}
		cuts = some
	}
	if testing.Short() {
		cuts = slices.DeleteFunc(cuts, func(c cut) bool { return len(c.where)%7 != 0 })
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	killed := 0
	work := make(chan cut)
	for range 8 {
		wg.Go(func() {
			for c := range work {
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				dir := folder(t)
				was, _, err := w.cut(ctx, dir, c.where, days[c.day], said[c.day])
				cancel()
				os.RemoveAll(dir)
				mu.Lock()
				if was {
					killed++
				}
				if err != nil {
					t.Errorf("day %s, %s: %v\nrepeat it: go test ./internal/trial/cuts -run '^TestKilled$' -day %s -cut '%s'", c.day, c.where, err, c.day, c.where)
				}
				mu.Unlock()
			}
		})
	}
	for _, c := range cuts {
		work <- c
	}
	close(work)
	wg.Wait()
	t.Logf("%d cuts at %d places", killed, all)
	if *oneDay == "" && !testing.Short() && killed < 300 {
		t.Errorf("%d cuts, and 300 are wanted", killed)
	}
}
