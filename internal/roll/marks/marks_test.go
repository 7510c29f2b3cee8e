package marks_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/journal"
	"github.com/sandogh/sandogh/internal/roll"
	"github.com/sandogh/sandogh/internal/roll/marks"
	"github.com/sandogh/sandogh/internal/simulate"
)

// An example is an election whose branches have a hundred voters each.
type example struct {
	*simulate.Election
	csv   []byte
	rolls map[string]*roll.Roll
}

var world = func() *example {
	e, err := simulate.Small(1)
	if err != nil {
		panic(err)
	}
	var csv bytes.Buffer
	if err := simulate.Roll(&csv, e.Definition, 1, 100); err != nil {
		panic(err)
	}
	w := &example{e, csv.Bytes(), map[string]*roll.Roll{}}
	for _, b := range e.Definition.Branches {
		if w.rolls[b.ID], err = roll.Read(bytes.NewReader(w.csv), int64(len(w.csv)), roll.Config{Definition: e.Definition, Branch: b.ID}); err != nil {
			panic(err)
		}
	}
	return w
}()

// branch is the id of the i-th branch.
func branch(i int) string { return world.Definition.Branches[i].ID }

// adult is the number of the i-th grown-up voter of a branch.
func adult(b, i int) roll.Number {
	r := world.rolls[branch(b)]
	for _, p := range r.Own() {
		if r.OldEnough(&p) {
			if i--; i < 0 {
				return p.Number
			}
		}
	}
	panic("no such voter")
}

func child(b int) roll.Number {
	r := world.rolls[branch(b)]
	for _, p := range r.Own() {
		if !r.OldEnough(&p) {
			return p.Number
		}
	}
	panic("everybody is grown up")
}

// chances are what a station would say.
type chances struct {
	mu   sync.Mutex
	book *marks.Book
	used int
}

func (c *chances) Withdraw(undo func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if int(c.book.CheckedIn())-c.used < 1 {
		return errors.New("nobody is left")
	}
	return undo()
}

// A desk is a branch's book with all around it.
type desk struct {
	*marks.Book
	place   marks.Place
	chances *chances
	now     time.Time
}

var noon = time.Date(2026, 5, 1, 8, 30, 0, 0, time.UTC)

// open opens the book of the i-th branch.
func open(t testing.TB, i int, change func(*marks.Place)) *desk {
	t.Helper()
	d := &desk{now: noon, chances: &chances{}}
	d.place = marks.Place{Path: filepath.Join(t.TempDir(), "marks"), Definition: world.Definition, Roll: world.rolls[branch(i)],
		Admission: marks.Assigned, Key: world.Keys.Signing("log/branch/" + branch(i)), Now: func() time.Time { return d.now }}
	if change != nil {
		change(&d.place)
	}
	if err := d.reopen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// reopen closes the book and opens it again, as after a loss of power.
func (d *desk) reopen() (err error) {
	if d.Book != nil {
		d.Close()
	}
	d.Book, err = marks.Open(d.place)
	d.chances.book = d.Book
	return err
}

func (d *desk) undo(n roll.Number, by, reason string) error {
	return d.Undo(d.chances, n, by, reason)
}

func (d *desk) checkIn(n roll.Number, desk, id string) error {
	_, err := d.CheckIn(context.Background(), marks.Request{Number: n, Desk: desk, ID: id})
	return err
}

// standing is what a person is to the desk.
func (d *desk) standing(t testing.TB, n roll.Number) marks.Standing {
	t.Helper()
	st, err := d.Status(n)
	if err != nil {
		t.Fatal(err)
	}
	return st.Standing
}

// refusedAs says that the error is a refusal of that standing.
func refusedAs(err error, s marks.Standing) bool {
	var r *marks.Refused
	return errors.As(err, &r) && r.Status.Standing == s
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestStandings(t *testing.T) {
	d := open(t, 0, nil)
	n := adult(0, 0)
	unknown, err := roll.ParseNumber("0499370899")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		n    roll.Number
		want marks.Standing
	}{{n, marks.Here}, {adult(1, 0), marks.Elsewhere}, {child(0), marks.UnderAge}, {child(1), marks.UnderAge}, {unknown, marks.Unknown}} {
		st, err := d.Status(c.n)
		if err != nil || st.Standing != c.want {
			t.Errorf("%s, %v, want %s", st.Standing, err, c.want)
		}
		if c.want == marks.Elsewhere && (st.Branch != branch(1) || st.Person.Name == "") {
			t.Errorf("elsewhere is %s", st.Branch)
		}
		if c.want != marks.Here {
			if err := d.checkIn(c.n, "1", "a"); !refusedAs(err, c.want) {
				t.Errorf("checked in who is %s: %v", c.want, err)
			}
		}
	}
	ok(t, d.checkIn(n, "1", "form-1"))
	d.now = d.now.Add(time.Hour)
	for range 2 { // also after a loss of power
		st, err := d.Status(n)
		if err != nil || st.Standing != marks.CheckedIn || st.Mark.Desk != "1" || !st.Mark.At.Equal(noon) || st.Mark.How != marks.OwnVoter {
			t.Errorf("%s, %v, %v", st.Standing, st.Mark, err)
		}
		// The same form once more is the same check-in; another one is refused.
		if err := d.checkIn(n, "1", "form-1"); err != nil {
			t.Errorf("the same form: %v", err)
		}
		for _, id := range []string{"form-2", ""} {
			if err := d.checkIn(n, "2", id); !refusedAs(err, marks.CheckedIn) {
				t.Errorf("again: %v", err)
			}
		}
		if d.CheckedIn() != 1 {
			t.Errorf("%d checked in", d.CheckedIn())
		}
		ok(t, d.reopen())
	}
}

func TestUndo(t *testing.T) {
	d := open(t, 0, nil)
	a, b := adult(0, 0), adult(0, 1)
	if err := d.undo(a, "head", "wrong person"); !errors.Is(err, marks.ErrNoChance) {
		t.Errorf("undid nothing: %v", err)
	}
	ok(t, d.checkIn(b, "1", "y"))
	if err := d.undo(a, "head", "wrong person"); !errors.Is(err, marks.ErrNotCheckedIn) {
		t.Errorf("undid nothing: %v", err)
	}
	ok(t, d.checkIn(a, "1", "x"))
	for _, reason := range []string{"", "  ", "ab", "x\x00yz", strings.Repeat("a", 201)} {
		if err := d.undo(a, "head", reason); !errors.Is(err, marks.ErrReason) {
			t.Errorf("reason %q: %v", reason, err)
		}
	}
	d.chances.used = 2 // both are voting
	if err := d.undo(a, "head", "wrong person"); !errors.Is(err, marks.ErrNoChance) || d.CheckedIn() != 2 {
		t.Errorf("undid what is being voted on: %v", err)
	}
	d.chances.used = 1
	ok(t, d.undo(a, "head", "شخص اشتباه"))
	if err := d.undo(b, "head", "wrong person"); !errors.Is(err, marks.ErrNoChance) {
		t.Errorf("undid the one that is being voted on: %v", err)
	}
	for range 2 {
		if day := d.Day(time.Minute); d.CheckedIn() != 1 || d.standing(t, a) != marks.Here || day.CheckedIn != 1 || day.Undone != 1 || len(day.Periods) != 1 || day.Periods[0].CheckedIn != 1 {
			t.Errorf("%d checked in, %+v", d.CheckedIn(), day)
		}
		ok(t, d.reopen())
	}
	ok(t, d.checkIn(a, "1", "x")) // the form of before is not taken for done
	if d.CheckedIn() != 2 {
		t.Errorf("%d checked in", d.CheckedIn())
	}
}

// H08, wish 9: who voted and when is told to those who ask for one person; the
// figures agree with one another and count nothing that was taken back.
func TestDay(t *testing.T) {
	d := open(t, 0, nil)
	for i := range 6 {
		d.now = noon.Add(time.Duration(i*i) * time.Minute)
		ok(t, d.checkIn(adult(0, i), "1", fmt.Sprint(i)))
	}
	ok(t, d.undo(adult(0, 1), "head", "wrong person"))
	ok(t, d.Wait(12))
	for _, bad := range []int{-1, 100_001} {
		if err := d.Wait(bad); err == nil {
			t.Errorf("%d people wait", bad)
		}
	}
	day := d.Day(15 * time.Minute)
	sum := 0
	var got []string
	for _, p := range day.Periods {
		sum += p.CheckedIn
		got = append(got, fmt.Sprintf("%s:%d/%d", p.From.UTC().Format("15:04"), p.CheckedIn, p.Waiting))
	}
	if sum != day.CheckedIn || sum != 5 || day.Voters != 100 || day.Undone != 1 || day.Waiting.Count != 12 {
		t.Errorf("%+v", day)
	}
	if want := "[08:30:3/-1 08:45:2/12]"; fmt.Sprint(got) != want {
		t.Errorf("periods %v, want %s", got, want)
	}
	recent, err := d.Recent(2)
	if err != nil || len(recent) != 2 || recent[0].Person.Number != adult(0, 5) || recent[1].Person.Number != adult(0, 4) {
		t.Errorf("recent: %v, %v", len(recent), err)
	}
	// A clock that jumps far ahead does not fill memory.
	d.now = noon.AddDate(40, 0, 0)
	ok(t, d.checkIn(adult(0, 9), "1", "far"))
	if n := len(d.Day(time.Minute).Periods); n > 200 {
		t.Errorf("%d periods", n)
	}
	lines, err := d.Paper()
	if err != nil || len(lines) != 100 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	marked := 0
	for _, l := range lines {
		if l.Standing == marks.CheckedIn {
			marked++
		}
	}
	if marked != 6 {
		t.Errorf("%d marked on paper", marked)
	}
}

// A book is opened with its own roll, branch and election only.
func TestAnotherRoll(t *testing.T) {
	d := open(t, 0, nil)
	ok(t, d.checkIn(adult(0, 0), "1", "x"))
	d.Close()
	changed := strings.Replace(string(world.csv), adult(0, 0).Digits(), "0499370899", 1)
	other, err := roll.Read(strings.NewReader(changed), int64(len(changed)), roll.Config{Definition: world.Definition, Branch: branch(0)})
	ok(t, err)
	def := *world.Definition
	def.PollingDay = "2026-05-02"
	for name, change := range map[string]func(*marks.Place){
		"SHA-256":  func(p *marks.Place) { p.Roll = other },
		"branch":   func(p *marks.Place) { p.Roll = world.rolls[branch(1)] },
		"election": func(p *marks.Place) { p.Definition = &def },
	} {
		p := d.place
		change(&p)
		if _, err := marks.Open(p); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("another %s: %v", name, err)
		}
	}
	p := d.place
	p.Admission = "somehow"
	if _, err := marks.Open(p); err == nil {
		t.Error("opened with an admission that is none")
	}
	p.Admission = marks.Central
	if _, err := marks.Open(p); err == nil {
		t.Error("opened without a register")
	}
	j, err := journal.Open(durable.Disk{}, d.place.Path+"2", nil)
	ok(t, err)
	ok(t, j.Append("session", 1))
	j.Close()
	p = d.place
	p.Path += "2"
	if _, err := marks.Open(p); err == nil || !strings.Contains(err.Error(), "not the journal of the marks") {
		t.Errorf("another journal: %v", err)
	}
}

// Without room for the day the branch does not begin.
func TestNoRoom(t *testing.T) {
	p := open(t, 0, nil).place
	p.Path = filepath.Join(t.TempDir(), "marks")
	full := errors.New("no space left on device")
	p.Disk.Before = func(s durable.Step, _ string) error {
		if s == durable.Allocate {
			return full
		}
		return nil
	}
	if _, err := marks.Open(p); !errors.Is(err, full) || !strings.Contains(err.Error(), "no room") {
		t.Errorf("%v", err)
	}
	p.Disk = durable.Disk{}
	b, err := marks.Open(p)
	ok(t, err)
	b.Close()
}

// ATK-C03: whatever step of a check-in fails, the voter has exactly one chance
// afterwards: checked in and acknowledged, or to be checked in again.
func TestATKC03EveryStep(t *testing.T) {
	fault := errors.New("the power is cut")
	for _, step := range []durable.Step{durable.Write, durable.Sync} {
		var fail bool
		d := open(t, 0, func(p *marks.Place) {
			p.Disk.Before = func(s durable.Step, _ string) error {
				if fail && s == step {
					return fault
				}
				return nil
			}
		})
		ok(t, d.checkIn(adult(0, 0), "1", "a"))
		fail = true
		n := adult(0, 1)
		if err := d.checkIn(n, "1", "b"); !errors.Is(err, fault) || !errors.Is(d.Err(), journal.ErrBroken) {
			t.Errorf("%s: %v", step, err)
		}
		if d.standing(t, n) != marks.Here || d.CheckedIn() != 1 {
			t.Error("what is not durable is true")
		}
		fail = false
		if err := d.checkIn(adult(0, 2), "1", "c"); !errors.Is(err, journal.ErrBroken) {
			t.Errorf("%s, then another: %v", step, err)
		}
		if err := d.undo(adult(0, 0), "head", "wrong person"); !errors.Is(err, journal.ErrBroken) || d.CheckedIn() != 1 {
			t.Errorf("%s, then an undo: %v", step, err)
		}
		ok(t, d.reopen())
		if err := d.checkIn(n, "1", "b"); err != nil || d.CheckedIn() != 2 {
			t.Errorf("after the restart: %v, %d checked in", err, d.CheckedIn())
		}
	}
}

// ATK-C02: desks that check in the same people at the same moment. The history
// is linearizable: every check-in and undo took effect at one moment.
func TestATKC02TwoDesks(t *testing.T) {
	const desks, voters, rounds = 8, 3, 25
	type input struct {
		voter int
		undo  bool
	}
	model := porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			parts := make([][]porcupine.Operation, voters)
			for _, op := range history {
				v := op.Input.(input).voter
				parts[v] = append(parts[v], op)
			}
			return parts
		},
		Init: func() any { return false },
		Step: func(state, in, out any) (bool, any) {
			marked, done := state.(bool), out.(bool)
			if in.(input).undo {
				return done == marked, false
			}
			return done == !marked, true
		},
	}
	d := open(t, 0, nil)
	ok(t, d.checkIn(adult(0, voters), "1", "a")) // a chance that stays
	var mu sync.Mutex
	var history []porcupine.Operation
	var wg sync.WaitGroup
	start := time.Now()
	for desk := range desks {
		wg.Go(func() {
			for r := range rounds {
				in := input{(desk + r) % voters, desk < 2 && r%3 == 0}
				call := time.Since(start).Nanoseconds()
				var err error
				if in.undo {
					err = d.undo(adult(0, in.voter), "head", "wrong person")
				} else {
					err = d.checkIn(adult(0, in.voter), fmt.Sprint(desk), fmt.Sprint(desk, "-", r))
				}
				if err != nil && !refusedAs(err, marks.CheckedIn) && !errors.Is(err, marks.ErrNotCheckedIn) {
					t.Error(err)
				}
				op := porcupine.Operation{ClientId: desk, Input: in, Call: call, Output: err == nil, Return: time.Since(start).Nanoseconds()}
				mu.Lock()
				history = append(history, op)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if !porcupine.CheckOperations(model, history) {
		t.Error("the history is not linearizable")
	}
	// The check can fail: two desks that both succeed.
	i := slices.IndexFunc(history, func(op porcupine.Operation) bool { return !op.Input.(input).undo && !op.Output.(bool) })
	if i < 0 {
		t.Fatal("no desk was refused")
	}
	history[i].Output = true
	if porcupine.CheckOperations(model, history) {
		t.Error("a person who was checked in twice is linearizable")
	}
	standing := 0
	for v := range voters {
		if d.standing(t, adult(0, v)) == marks.CheckedIn {
			standing++
		}
	}
	before := d.CheckedIn()
	ok(t, d.reopen())
	if uint64(standing+1) != before || d.CheckedIn() != before {
		t.Errorf("%d stand, %d were counted, %d after a restart", standing, before, d.CheckedIn())
	}
}

// ATK-C11: what the desk prints, returns as errors and keeps beside its journal
// holds no name.
func TestATKC11NoNames(t *testing.T) {
	d := open(t, 0, nil)
	p := world.rolls[branch(0)].Own()[0]
	for _, err := range []error{d.checkIn(child(0), "1", "a"), d.undo(p.Number, "head", "wrong person"), d.checkIn(adult(1, 1), "1", "a")} {
		if err == nil || strings.Contains(err.Error(), "999") {
			t.Errorf("%v", err)
		}
	}
	ok(t, d.checkIn(adult(0, 0), "1", "a"))
	_, err := d.Release(adult(0, 3), branch(1), "desk")
	ok(t, err)
	st, err := d.Status(adult(0, 0))
	ok(t, err)
	if s := fmt.Sprintf("%v %+v", st, st); strings.Contains(s, st.Person.Name) || strings.Contains(s, st.Person.Number.Digits()) {
		t.Errorf("a status prints as %s", s)
	}
	data, err := os.ReadFile(d.place.Path)
	ok(t, err)
	for _, p := range world.rolls[branch(0)].Own() {
		if bytes.Contains(data, []byte(p.Name)) {
			t.Fatal("a name is in the journal")
		}
	}
	info, err := os.Stat(d.place.Path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// ATK-C06: from a cold start to the first check-in, of a roll of a hundred thousand
// lines, with nothing but what lies on the disk.
func BenchmarkColdStart(b *testing.B) {
	var csv bytes.Buffer
	if err := simulate.Roll(&csv, world.Definition, 1, 25_000); err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "marks")
	n := 0
	for b.Loop() {
		n++
		r, err := roll.Read(bytes.NewReader(csv.Bytes()), int64(csv.Len()), roll.Config{Definition: world.Definition, Branch: branch(0)})
		ok(b, err)
		book, err := marks.Open(marks.Place{Path: fmt.Sprint(path, n), Definition: world.Definition, Roll: r, Admission: marks.Assigned, Now: time.Now})
		ok(b, err)
		_, err = book.CheckIn(context.Background(), marks.Request{Number: adult(0, 0), Desk: "1", ID: "x"})
		ok(b, err)
		book.Close()
	}
}

// The mean must be far above the twenty a second that a branch needs.
func BenchmarkCheckIn(b *testing.B) {
	var csv bytes.Buffer
	if err := simulate.Roll(&csv, world.Definition, 1, 100_000); err != nil {
		b.Fatal(err)
	}
	r, err := roll.Read(bytes.NewReader(csv.Bytes()), int64(csv.Len()), roll.Config{Definition: world.Definition, Branch: branch(0)})
	if err != nil {
		b.Fatal(err)
	}
	d := open(b, 0, func(p *marks.Place) { p.Roll = r })
	i := 0
	for b.Loop() {
		for ; !r.OldEnough(&r.Own()[i]); i++ {
		}
		ok(b, d.checkIn(r.Own()[i].Number, "1", fmt.Sprint(i)))
		i++
	}
}
