package simulate_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/roll"
	"github.com/sandogh/sandogh/internal/simulate"
)

// An invented roll is one that a branch reads, and the same seed gives the same.
func TestRoll(t *testing.T) {
	e, err := simulate.Small(1)
	if err != nil {
		t.Fatal(err)
	}
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if err := simulate.Roll(w, e.Definition, 7, 200); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same seed gave another roll")
	}
	r, err := roll.Read(bytes.NewReader(a.Bytes()), int64(a.Len()), roll.Config{Definition: e.Definition, Branch: e.Branches[0].ID})
	if err != nil {
		t.Fatal(err)
	}
	own, others := r.Len()
	if own != 200 || others != 200*(len(e.Branches)-1) {
		t.Errorf("%d own voters and %d others", own, others)
	}
	young := 0
	for _, p := range r.Own() {
		if !strings.HasPrefix(p.Number.Digits(), "999") || !strings.Contains(p.Place, "شبیه‌سازی") {
			t.Error("a voter is not marked as invented")
		}
		if !r.OldEnough(&p) {
			young++
		}
	}
	if young != 2 {
		t.Errorf("%d are too young, want 2", young)
	}
	if err := simulate.Roll(&a, e.Definition, 7, 1<<20); err == nil {
		t.Error("more voters than numbers were invented")
	}
	real := *e.Definition
	real.Practice = false
	if err := simulate.Roll(&a, &real, 7, 1); err == nil {
		t.Error("voters were invented for a real election")
	}
}
