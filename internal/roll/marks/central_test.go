package marks_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/sandogh/sandogh/internal/roll"
	"github.com/sandogh/sandogh/internal/roll/marks"
)

// A register is one whose answers a test sets. It is also a claim's gate.
type register struct {
	mu     sync.Mutex
	answer error
	asked  []marks.Claim
	gate   func()
}

func (r *register) set(err error) { r.mu.Lock(); r.answer = err; r.mu.Unlock() }

func (r *register) Claim(_ context.Context, c marks.Claim) error {
	r.mu.Lock()
	r.asked = append(r.asked, c)
	answer, gate := r.answer, r.gate
	r.mu.Unlock()
	if gate != nil {
		gate()
	}
	return answer
}

func openCentral(t *testing.T) (*desk, *register) {
	r := &register{}
	return open(t, 0, func(p *marks.Place) { p.Admission, p.Register = marks.Central, r }), r
}

// Every answer of the register, and what is left of it after a restart.
func TestAnswers(t *testing.T) {
	d, r := openCentral(t)
	own, guest := adult(0, 0), adult(1, 0)
	ok(t, d.checkIn(guest, "1", "a"))
	if day := d.Day(60e9); day.Guests != 1 || len(r.asked) != 1 || r.asked[0].Branch != branch(0) || len(r.asked[0].Request) != 64 {
		t.Errorf("%+v, %+v", day, r.asked)
	}
	r.set(&marks.TakenError{Branch: branch(2)})
	if err := d.checkIn(own, "1", "b"); !refusedAs(err, marks.Given) {
		t.Errorf("%v", err)
	}
	ok(t, d.reopen())
	r.set(marks.ErrOffline)
	if err := d.checkIn(own, "1", "c"); !refusedAs(err, marks.Given) {
		t.Errorf("given to another branch, without the register: %v", err)
	}
	if err := d.checkIn(adult(1, 1), "1", "d"); !refusedAs(err, marks.Elsewhere) {
		t.Errorf("%v", err)
	}
	r.set(errors.New("nonsense"))
	if err := d.checkIn(adult(0, 1), "1", "e"); err == nil || refusedAs(err, marks.Here) || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("an answer that is none: %v", err)
	}
	r.set(nil) // the other branch has let go of the voter
	ok(t, d.checkIn(own, "1", "f"))
	if r.asked[1].Request != r.asked[len(r.asked)-1].Request || r.asked[0].Request == r.asked[1].Request {
		t.Error("a voter is not always asked for by the same request")
	}
	// Taken back, the voter is still this branch's, also without the register.
	ok(t, d.undo(own, "head", "wrong person"))
	r.set(marks.ErrOffline)
	ok(t, d.checkIn(own, "1", "g"))
	if d.Unasked() != 0 {
		t.Error("a voter whom the register has granted is to be asked for again")
	}
	ok(t, d.reopen())
	if d.CheckedIn() != 2 || d.Unasked() != 0 {
		t.Errorf("%d checked in, %d unasked", d.CheckedIn(), d.Unasked())
	}
	if _, err := d.Release(own, branch(1), "head"); !errors.Is(err, marks.ErrNotAssigned) {
		t.Errorf("%v", err)
	}
}

func TestReconcile(t *testing.T) {
	d, r := openCentral(t)
	people := []roll.Number{adult(0, 0), adult(0, 1), adult(0, 2)}
	r.set(marks.ErrOffline)
	for _, n := range people {
		ok(t, d.checkIn(n, "1", ""))
	}
	ok(t, d.undo(people[2], "head", "wrong person"))
	ok(t, d.reopen())
	if d.Unasked() != 2 || !errors.Is(d.Reconcile(context.Background()), marks.ErrOffline) {
		t.Errorf("%d unasked", d.Unasked())
	}
	r.set(&marks.TakenError{Branch: branch(2)})
	ok(t, d.Reconcile(context.Background()))
	for range 2 {
		conflicts, err := d.Conflicts()
		if err != nil || len(conflicts) != 2 || conflicts[0].Branch != branch(2) || d.Unasked() != 0 || d.CheckedIn() != 2 {
			t.Errorf("%d conflicts, %v", len(conflicts), err)
		}
		ok(t, d.reopen())
	}
	lines, err := d.Paper()
	if err != nil || len(lines) != 100 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
	ok(t, open(t, 0, nil).Reconcile(context.Background())) // where nobody is asked
}

// While one desk waits for the register, another one is told so, and nothing else
// waits.
func TestBusy(t *testing.T) {
	d, r := openCentral(t)
	n := adult(0, 0)
	in, out := make(chan struct{}), make(chan struct{})
	r.gate = func() { close(in); <-out }
	done := make(chan error)
	go func() { done <- d.checkIn(n, "1", "a") }()
	<-in
	r.mu.Lock()
	r.gate = nil
	r.mu.Unlock()
	if err := d.checkIn(n, "2", "b"); !refusedAs(err, marks.Busy) || d.standing(t, n) != marks.Busy {
		t.Errorf("%v", err)
	}
	ok(t, d.checkIn(adult(0, 1), "2", "c"))
	close(out)
	ok(t, <-done)
	if err := d.checkIn(n, "2", "b"); !refusedAs(err, marks.CheckedIn) {
		t.Errorf("%v", err)
	}
}
