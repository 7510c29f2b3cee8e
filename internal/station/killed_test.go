package station_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/cryptotest"

	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/station"
)

// The environment of the process that is killed: its folder, and before which step
// of the disk.
const (
	killedDir  = "STATION_TEST_DIR"
	killedStep = "STATION_TEST_STEP"
)

// day is a short day: each act is told when it is acknowledged. Acts that are done
// already are told again.
var day = []string{"commit", "begin", "activate", "seal", "spoil", "seal", "cast", "closing", "close"}

// TestKilled: a process is killed before every step of the disk of a day, from the
// opening to the close. What it had acknowledged is there afterwards, each ballot
// has exactly one state, and the day goes on from there to its end.
func TestKilled(t *testing.T) {
	old := small
	t.Run("keys that both processes have", func(t *testing.T) {
		cryptotest.SetGlobalRandom(t, 1)
		var err error
		if small, err = simulate.Small(1); err != nil {
			t.Fatal(err)
		}
		for _, by := range []string{"officer/o1", "officer/o2", "officer/o3", "device/d1", "device/d2", "device/d3"} {
			small.Keys.Signing(by) // drawn when it is first asked for
		}
	})
	defer func() { small = old }()
	if dir := os.Getenv(killedDir); dir != "" {
		killed(t, dir)
		return
	}
	if testing.Short() {
		t.Skip("-short: no process was killed")
	}
	cuts := 0
	for step := 1; ; step++ {
		dir := t.TempDir()
		child := exec.Command(os.Args[0], "-test.run=^TestKilled$", "-test.count=1")
		child.Env = append(os.Environ(), killedDir+"="+dir, killedStep+"="+strconv.Itoa(step))
		out, err := child.Output()
		var told []string
		for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
			if act, ok := strings.CutPrefix(lines.Text(), "acknowledged "); ok {
				told = append(told, act)
			}
		}
		if err == nil {
			if !slices.Equal(told, day) {
				t.Fatalf("a day without a cut acknowledged %v", told)
			}
			break
		}
		cuts++
		if len(told) > len(day) || !slices.Equal(told, day[:len(told)]) {
			t.Fatalf("killed before step %d: it acknowledged %v", step, told)
		}
		p := daysPlace(t, dir)
		p.check(t, step, told)
		// The day goes on: the terminal asks what became of its acts, and does the rest.
		if got := p.live(t, func(string) {}); got != station.Closed {
			t.Errorf("killed before step %d, after %v: the day ends %s", step, told, got)
		}
		c := p.Counts()
		if c.Cast != 1 || c.Waiting != 0 || c.Active != 0 || c.Spoiled != 1 {
			t.Errorf("killed before step %d, after %v: the day ends with %+v", step, told, c)
		}
		if d := p.Discrepancies(); len(d) > 0 {
			t.Errorf("killed before step %d: %v", step, d)
		}
		if err := p.Shut(context.Background()); err != nil {
			t.Error(err)
		}
	}
	if cuts < 12 {
		t.Errorf("the process was killed %d times only", cuts)
	}
	t.Logf("%d cuts", cuts)
}

// daysPlace is the branch in the folder.
func daysPlace(t *testing.T, dir string) *place {
	t.Helper()
	p := &place{t: t, dir: dir, election: small, voters: 0}
	p.officers[0], p.officers[1] = small.Keys.Signer("officer/o1"), small.Keys.Signer("officer/o2")
	var err error
	if p.style, err = small.Definition.StyleOf(branch); err != nil {
		t.Fatal(err)
	}
	if err := p.open(); err != nil {
		t.Fatal(err)
	}
	return p
}

// killed lives the day and is killed before a step.
func killed(t *testing.T, dir string) {
	at, err := strconv.Atoi(os.Getenv(killedStep))
	if err != nil {
		t.Fatal(err)
	}
	steps := 0
	p := &place{t: t, dir: dir, election: small}
	p.officers[0], p.officers[1] = small.Keys.Signer("officer/o1"), small.Keys.Signer("officer/o2")
	if p.style, err = small.Definition.StyleOf(branch); err != nil {
		t.Fatal(err)
	}
	p.disk = durable.Disk{Before: func(durable.Step, string) error {
		if steps++; steps == at {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // until it is gone
		}
		return nil
	}}
	if err := p.open(); err != nil {
		t.Fatal(err)
	}
	p.live(t, func(act string) { fmt.Println("acknowledged " + act) })
	if err := p.Shut(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// check compares what the branch says with what was acknowledged.
func (p *place) check(t *testing.T, step int, told []string) {
	t.Helper()
	n := len(told)
	d := p.Device("d1")
	c := p.Counts()
	for _, x := range []struct {
		what string
		must bool // it was acknowledged
		is   bool
		may  bool // it was at least begun
	}{
		{"the opening", n >= 2, p.State() != station.Before, n >= 1},
		{"the session", n >= 3, d.Session != "" || c.Cast == 1, n >= 2},
		{"the first ballot", n >= 4, d.Next >= 1, n >= 3},
		{"its end", n >= 5, c.Spoiled == 1, n >= 4},
		{"the second ballot", n >= 6, d.Next >= 2, n >= 5},
		{"its cast", n >= 7, c.Cast == 1, n >= 6},
		{"closing time", n >= 8, p.State() == station.Closing || p.State() == station.Closed, n >= 7},
		{"the close", n >= 9, p.State() == station.Closed, n >= 8},
	} {
		if x.must && !x.is {
			t.Errorf("killed before step %d: %s was acknowledged and is gone", step, x.what)
		}
		if x.is && !x.may {
			t.Errorf("killed before step %d: %s is there and nobody asked for it", step, x.what)
		}
	}
	if got := uint64(len(d.Waiting)) + c.Cast + c.Spoiled + c.Challenged; got != d.Next {
		t.Errorf("killed before step %d: %d ballots are sealed, and %d have a state", step, d.Next, got)
	}
}

// live lives the day from where it stands to its end.
func (p *place) live(t *testing.T, told func(act string)) station.State {
	t.Helper()
	ctx := context.Background()
	if p.State() == station.Before {
		p.commit("d1")
		told("commit")
		if _, err := p.Begin(ctx, p.officers); err != nil {
			t.Fatal(err)
		}
		told("begin")
	}
	p.voters = 1
	if p.State() == station.Open && p.Counts().Cast == 0 {
		id, err := p.activate("d1", "1") // the same session if it is live
		if err != nil {
			t.Fatal(err)
		}
		told("activate")
		p.ballot(t, id, 0, station.Spoiled, "spoil", told) // the same again is done already
		p.ballot(t, id, 1, station.Cast, "cast", told)
	}
	if p.State() == station.Open {
		if err := p.BeginClosing(); err != nil {
			t.Fatal(err)
		}
		told("closing")
	}
	if p.State() == station.Closing {
		if _, err := p.Close(ctx, p.officers); err != nil {
			t.Fatal(err)
		}
		told("close")
	}
	return p.State()
}

// ballot seals the ballot with the number, if it is not sealed, and ends it.
func (p *place) ballot(t *testing.T, session string, number uint64, end station.Ending, name string, told func(act string)) {
	t.Helper()
	codes, err := p.Seal(t.Context(), station.Sealing{Device: "d1", Session: session, Entry: p.sealed("d1", number, byte(number))})
	if err != nil {
		t.Fatal(err)
	}
	told("seal")
	if err := p.End(t.Context(), station.End{Device: "d1", Session: session, Entry: p.ending(end, "d1", number, codes[0])}); err != nil {
		t.Fatal(err)
	}
	told(name)
}
