package cuts_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	pages "github.com/sandogh/sandogh/internal/branch"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/roll/marks"
	"github.com/sandogh/sandogh/internal/terminal/kiosk"
)

// A fault is how the disk fails from a step on.
type fault struct {
	name string
	err  error
	is   func(s durable.Step) bool
	once bool
}

// room tells the steps that need room on the disk.
func room(s durable.Step) bool {
	return s == durable.Create || s == durable.Write || s == durable.Allocate || s == durable.Mkdir
}

var faults = []fault{
	{"full", syscall.ENOSPC, room, false},
	{"failed sync", syscall.EIO, func(s durable.Step) bool { return s == durable.Sync || s == durable.SyncDir }, true},
}

// screen is what a page of the branch says in English, to whoever asks.
func (b *branch) screen() (string, error) {
	at, _ := b.Definition.Branch(here)
	s, err := pages.New(pages.Config{Branch: at.Name, Practice: true, Simulated: true, Now: clock, Note: b.daybook.Write,
		Officers: []pages.Seat{{ID: "o1", Head: true, Office: b.Definition.Offices[0].Name}, {ID: "o2", Office: b.Definition.Offices[1].Name}},
		Unlock:   func(string, string) (ed25519.PrivateKey, error) { return nil, pages.ErrPassphrase },
		Status: func() pages.Status {
			return pages.Status{State: string(b.station.State()), Admission: "assigned", Stopped: b.stopped()}
		}})
	if err != nil {
		return "", err
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/en/sign-in", nil))
	return w.Body.String(), nil
}

// fail lives a day whose disk fails at the n-th of the fault's steps, and reports
// whether there were so many.
func (w *world) fail(ctx context.Context, dir string, how fault, n int64, acts []string, said []facts) (was bool, err error) {
	var steps atomic.Int64
	failed := func() bool { return steps.Load() >= n }
	disk := durable.Disk{Before: func(s durable.Step, _ string) error {
		if !how.is(s) {
			return nil
		}
		if k := steps.Add(1); k == n || k > n && !how.once {
			return how.err
		}
		return nil
	}}
	x, err := w.newTerminals()
	if err != nil {
		return false, err
	}
	at := 0
	b, err := w.open(ctx, dir, disk)
	switch {
	case err == nil && failed():
		return true, errors.Join(errors.New("the branch opens on a disk that failed"), b.shut(ctx))
	case err == nil:
		at, err = x.until(ctx, b, acts, failed)
		if e := b.shut(context.WithoutCancel(ctx)); err == nil && !failed() {
			err = e
		}
		if err != nil {
			return failed(), err
		}
	case !errors.Is(err, how.err):
		return failed(), fmt.Errorf("open: it does not say what failed: %w", err)
	}
	if err := x.rest(ctx, dir, acts, at, said); err != nil {
		return failed(), err
	}
	return failed(), nil
}

// until does acts until the disk fails, and demands that the act in which it does is
// not acknowledged, and that nothing is taken afterwards.
func (x *terminals) until(ctx context.Context, b *branch, acts []string, failed func() bool) (at int, err error) {
	stop, err := x.reach(ctx, b)
	if err != nil {
		return 0, err
	}
	defer stop()
	for ; at < len(acts); at++ {
		err := do(ctx, b, x, acts[at], false)
		switch {
		case err != nil && !failed():
			return at, fmt.Errorf("%s: %w", acts[at], err)
		case err == nil && failed():
			return at, fmt.Errorf("%s: it is acknowledged, and the disk has failed", acts[at])
		case err == nil:
			continue
		case acts[at] == "officers publish" || acts[at] == "officers test" && b.stopped() == nil:
			return at, nil // refused: there is nothing that another act could lose
		}
		if err := x.refused(ctx, b); err != nil {
			return at, fmt.Errorf("after %s: %w", acts[at], err)
		}
		return at, nil
	}
	return at, nil
}

// refused demands that the branch has stopped, and says so.
func (x *terminals) refused(ctx context.Context, b *branch) error {
	if b.stopped() == nil {
		return errors.New("the branch goes on")
	}
	page, err := b.screen()
	if err != nil {
		return err
	}
	if !strings.Contains(page, "The branch has stopped") {
		return errors.New("no page says that the branch has stopped")
	}
	for id, d := range x.devices {
		if _, err := d.client.Activate(ctx, x.stack[19].Text); !errors.Is(err, kiosk.ErrStopped) {
			return fmt.Errorf("%s asks for a session and is told %w", id, err)
		}
		if err := d.client.Leave(ctx, "a session", "left"); !errors.Is(err, kiosk.ErrStopped) {
			return fmt.Errorf("%s leaves a session and is told %w", id, err)
		}
	}
	if b.marks.Err() != nil {
		if _, err := b.marks.CheckIn(ctx, marks.Request{Number: b.roll.Own()[7].Number, Desk: "1", ID: "late"}); err == nil {
			return errors.New("a desk goes on")
		}
	}
	return nil
}

// TestDiskFails: the disk is full, or a sync fails, at each step of three days.
// What is then in hand is not acknowledged; terminals, desks and officers are told
// that the branch has stopped; and opened again with a disk that works it goes on
// from what it had acknowledged.
func TestDiskFails(t *testing.T) {
	w := newWorld(t)
	for day, acts := range days {
		said := w.reference(t, acts)
		for _, how := range faults {
			t.Run(day+" "+how.name, func(t *testing.T) {
				t.Parallel()
				stride := int64(1)
				if day != "session" && !*every {
					stride = 2
				}
				for n := int64(1); ; n += stride {
					dir := folder(t)
					was, err := w.fail(t.Context(), dir, how, n, acts, said)
					os.RemoveAll(dir)
					if err != nil {
						t.Errorf("step %d: %v", n, err)
					}
					if !was {
						if n < 20 {
							t.Errorf("the day has %d steps only", n-1)
						}
						t.Logf("%d steps", n-1)
						return
					}
				}
			})
		}
	}
}
