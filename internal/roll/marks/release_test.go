package marks_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sandogh/sandogh/internal/roll"
	"github.com/sandogh/sandogh/internal/roll/marks"
	"pgregory.net/rapid"
)

func arrive(d *desk, n roll.Number, slip string) error {
	_, err := d.CheckIn(context.Background(), marks.Request{Number: n, Desk: "1", ID: "arrival", Slip: slip})
	return err
}

// A voter of branch 0 goes to branch 1, is checked in there once, and nowhere
// else, whatever is restarted in between.
func TestRelease(t *testing.T) {
	home, other, third := open(t, 0, nil), open(t, 1, nil), open(t, 2, nil)
	n := adult(0, 0)
	if err := arrive(other, n, ""); !refusedAs(err, marks.Elsewhere) {
		t.Errorf("admitted without a slip: %v", err)
	}
	slip, err := home.Release(n, branch(1), "head")
	ok(t, err)
	for range 2 {
		if again, err := home.Release(n, branch(1), "head"); err != nil || again != slip {
			t.Errorf("released again: %v", err)
		}
		if _, err := home.Release(n, branch(2), "head"); !refusedAs(err, marks.Released) {
			t.Errorf("released to a third branch: %v", err)
		}
		if err := home.checkIn(n, "1", "a"); !refusedAs(err, marks.Released) {
			t.Errorf("checked in who was released: %v", err)
		}
		ok(t, home.reopen())
	}
	if day := home.Day(60e9); day.Released != 1 {
		t.Errorf("%d released", day.Released)
	}
	if err := arrive(third, n, slip); !errors.Is(err, marks.ErrSlipForeign) {
		t.Errorf("a slip for another branch: %v", err)
	}
	if err := arrive(home, n, slip); !errors.Is(err, marks.ErrSlipOwn) {
		t.Errorf("a slip of one's own: %v", err)
	}
	if err := arrive(other, adult(0, 1), slip); !errors.Is(err, marks.ErrSlipForm) {
		t.Errorf("a slip of somebody else: %v", err)
	}
	read, st, err := other.Slip(" " + slip + "\n")
	if err != nil || read.Number != n || read.From != branch(0) || st.Standing != marks.Here {
		t.Errorf("%v, %s, %v", read, st.Standing, err)
	}
	ok(t, arrive(other, n, slip))
	ok(t, other.reopen())
	if err := other.checkIn(n, "2", "b"); !refusedAs(err, marks.CheckedIn) {
		t.Errorf("checked in twice: %v", err)
	}
	ok(t, arrive(other, n, slip)) // the same form again
	if day := other.Day(60e9); day.Guests != 1 || other.CheckedIn() != 1 {
		t.Errorf("%+v", day)
	}
	// Taken back, the guest is still this branch's, and the slip stays used.
	ok(t, other.undo(n, "head", "wrong person"))
	if err := arrive(other, n, slip); !errors.Is(err, marks.ErrSlipUsed) {
		t.Errorf("a slip used twice: %v", err)
	}
	if s := other.standing(t, n); s != marks.Here {
		t.Errorf("the guest is %s", s)
	}
	if _, err := other.Release(n, branch(2), "head"); !errors.Is(err, marks.ErrHome) {
		t.Errorf("a guest passed on: %v", err)
	}
	back, err := other.Release(n, branch(0), "head")
	ok(t, err)
	if s := other.standing(t, n); s != marks.Released {
		t.Errorf("the guest who left is %s", s)
	}
	ok(t, arrive(home, n, back))
	ok(t, home.reopen())
	if st, err := home.Status(n); err != nil || st.Standing != marks.CheckedIn || st.Mark.How != marks.OwnVoter {
		t.Errorf("back home: %s, %v", st.Standing, err)
	}
	// The first slip does not bring the voter to the other branch once more.
	if err := arrive(other, n, slip); !errors.Is(err, marks.ErrSlipUsed) {
		t.Errorf("the slip of before: %v", err)
	}
	lines, err := other.Paper()
	if err != nil || len(lines) != 100 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
}

func TestReleaseRefused(t *testing.T) {
	d := open(t, 0, nil)
	ok(t, d.checkIn(adult(0, 0), "1", "a"))
	for _, c := range []struct {
		n    roll.Number
		want marks.Standing
	}{{adult(0, 0), marks.CheckedIn}, {adult(1, 0), marks.Elsewhere}, {child(0), marks.UnderAge}} {
		if _, err := d.Release(c.n, branch(1), "head"); !refusedAs(err, c.want) {
			t.Errorf("released who is %s: %v", c.want, err)
		}
	}
	for _, to := range []string{"", "999", branch(0)} {
		if _, err := d.Release(adult(0, 1), to, "head"); !errors.Is(err, marks.ErrNoBranch) {
			t.Errorf("released to %q: %v", to, err)
		}
	}
}

// A slip of a branch that is not the voter's own is worth nothing.
func TestSlipOfAnotherBranch(t *testing.T) {
	third := open(t, 2, nil)
	n := adult(0, 0)
	forged := marks.Slip{From: branch(1), To: branch(2), Number: n, Name: "x", Serial: [16]byte{1}}
	text := forged.Text(world.Definition.ID(), world.Keys.Signing("log/branch/"+branch(1)))
	if err := arrive(third, n, text); !errors.Is(err, marks.ErrHome) {
		t.Errorf("%v", err)
	}
	// One's own voter comes back only from where they went.
	own := adult(2, 0)
	forged = marks.Slip{From: branch(1), To: branch(2), Number: own, Name: "x", Serial: [16]byte{2}}
	text = forged.Text(world.Definition.ID(), world.Keys.Signing("log/branch/"+branch(1)))
	if err := arrive(third, own, text); !refusedAs(err, marks.Here) {
		t.Errorf("%v", err)
	}
	young := child(1)
	forged = marks.Slip{From: branch(1), To: branch(2), Number: young, Name: "x", Serial: [16]byte{3}}
	text = forged.Text(world.Definition.ID(), world.Keys.Signing("log/branch/"+branch(1)))
	if err := arrive(third, young, text); !refusedAs(err, marks.UnderAge) {
		t.Errorf("%v", err)
	}
}

func TestSlips(t *testing.T) {
	id, key := world.Definition.ID(), world.Keys.Signing("log/branch/"+branch(0))
	s := marks.Slip{From: branch(0), To: branch(1), Number: adult(0, 0), Name: "علی‌رضا نمونه‌پور", Serial: [16]byte{7}}
	text := s.Text(id, key)
	got, err := marks.OpenSlip(text, world.Definition)
	if err != nil || *got != s {
		t.Fatalf("%v", err)
	}
	if p := fmt.Sprintf("%v %+v %s", s, &s, got); strings.Contains(p, "علی") || strings.Contains(p, s.Number.Digits()) {
		t.Errorf("a slip prints as %s", p)
	}
	if _, err := marks.OpenSlip(s.Text([32]byte{1}, key), world.Definition); !errors.Is(err, marks.ErrSlipForged) {
		t.Errorf("of another election: %v", err)
	}
	_, stranger, err := ed25519.GenerateKey(nil)
	ok(t, err)
	if _, err := marks.OpenSlip(s.Text(id, stranger), world.Definition); !errors.Is(err, marks.ErrSlipForged) {
		t.Errorf("of another key: %v", err)
	}
	for i := range text {
		for _, c := range []byte("A.-\n") {
			if text[i] == c {
				continue
			}
			bad := text[:i] + string(c) + text[i+1:]
			if _, err := marks.OpenSlip(bad, world.Definition); !errors.Is(err, marks.ErrSlipForm) && !errors.Is(err, marks.ErrSlipForged) {
				t.Fatalf("with %q at %d: %v", c, i, err)
			}
		}
	}
	for _, s := range []marks.Slip{
		{From: branch(0), To: branch(0), Number: s.Number, Name: "x"},
		{From: branch(0), To: branch(1), Number: 1234, Name: "x"},
		{From: branch(0), To: branch(1), Number: s.Number, Name: "a\nb"},
		{From: branch(0), To: branch(1), Number: s.Number, Name: strings.Repeat("x", 201)},
		{From: branch(0), To: "", Number: s.Number, Name: "x"},
	} {
		if _, err := marks.OpenSlip(s.Text(id, key), world.Definition); !errors.Is(err, marks.ErrSlipForm) {
			t.Errorf("%v", err)
		}
	}
}

func FuzzOpenSlip(f *testing.F) {
	s := marks.Slip{From: branch(0), To: branch(1), Number: adult(0, 0), Name: "علی", Serial: [16]byte{7}}
	text := s.Text(world.Definition.ID(), world.Keys.Signing("log/branch/"+branch(0)))
	f.Add(text)
	f.Add("SV1.")
	f.Add(strings.ToLower(text))
	f.Fuzz(func(t *testing.T, in string) {
		got, err := marks.OpenSlip(in, world.Definition)
		if err == nil && (*got != s || strings.TrimSpace(in) != text) {
			t.Fatalf("accepted %q", in)
		}
	})
}

// ATK-C01: voters run between four branches that have no network, in any order,
// with slips in hand: nobody is ever checked in twice, and whoever asks at the
// branch that has them is admitted.
func TestATKC01Offline(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		desks := []*desk{open(t, 0, nil), open(t, 1, nil), open(t, 2, nil), open(t, 3, nil)}
		voters := []roll.Number{adult(0, 0), adult(1, 0)}
		holder := []int{0, 1} // who may admit, as far as the world knows
		slips := make([][]string, len(voters))
		done := make([]int, len(voters))
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			v := rapid.IntRange(0, len(voters)-1).Draw(rt, "voter")
			at := rapid.IntRange(0, len(desks)-1).Draw(rt, "branch")
			switch rapid.IntRange(0, 3).Draw(rt, "act") {
			case 0:
				to := rapid.IntRange(0, len(desks)-1).Draw(rt, "to")
				slip, err := desks[at].Release(voters[v], branch(to), "head")
				if err == nil && !slices.Contains(slips[v], slip) {
					if holder[v] != at {
						rt.Fatal("released by a branch that has not the voter")
					}
					slips[v], holder[v] = append(slips[v], slip), -1
				}
			case 1:
				slip := ""
				if len(slips[v]) > 0 && rapid.Bool().Draw(rt, "with slip") {
					slip = rapid.SampledFrom(slips[v]).Draw(rt, "slip")
				}
				_, err := desks[at].CheckIn(context.Background(), marks.Request{Number: voters[v], Desk: "1", Slip: slip})
				if err == nil {
					done[v]++
					holder[v] = at
				} else if holder[v] == at && slip == "" && done[v] == 0 {
					rt.Fatalf("refused where the voter belongs: %v", err)
				}
			case 2:
				ok(t, desks[at].reopen())
			case 3:
				if desks[at].undo(voters[v], "head", "wrong person") == nil {
					done[v]--
				}
			}
			if done[v] < 0 || done[v] > 1 {
				rt.Fatalf("checked in %d times", done[v])
			}
		}
		for _, d := range desks {
			d.Close()
		}
	})
}

// ATK-C01: every voter tries at every branch, all branches at once and without a
// network: each is checked in exactly once, where they belong.
func TestATKC01EverybodyEverywhere(t *testing.T) {
	desks := []*desk{open(t, 0, nil), open(t, 1, nil), open(t, 2, nil), open(t, 3, nil)}
	var voters []roll.Number
	grown := 0
	for i := range desks {
		r := world.rolls[branch(i)]
		for _, p := range r.Own() {
			voters = append(voters, p.Number)
			if r.OldEnough(&p) {
				grown++
			}
		}
	}
	var wg sync.WaitGroup
	for i, d := range desks {
		for half := range 2 {
			wg.Go(func() {
				for k := range voters {
					n := voters[(k*7+i*100+half*50)%len(voters)]
					if err := d.checkIn(n, fmt.Sprint(half), fmt.Sprint(half, k)); err != nil && !refusedAs(err, marks.Elsewhere) && !refusedAs(err, marks.CheckedIn) && !refusedAs(err, marks.UnderAge) {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	sum := 0
	for i, d := range desks {
		sum += int(d.CheckedIn())
		for _, p := range world.rolls[branch(i)].Own() {
			if world.rolls[branch(i)].OldEnough(&p) && d.standing(t, p.Number) != marks.CheckedIn {
				t.Fatal("a voter was refused where they belong")
			}
		}
	}
	if sum != grown || len(voters) != 400 {
		t.Errorf("%d check-ins of %d voters", sum, grown)
	}
}
