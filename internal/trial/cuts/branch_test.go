package cuts_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/activation"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/branch/daybook"
	"github.com/sandogh/sandogh/internal/branch/link"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/roll"
	"github.com/sandogh/sandogh/internal/roll/marks"
	"github.com/sandogh/sandogh/internal/sequencer"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/internal/witness"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/branchlog"
	"github.com/sandogh/sandogh/verify/source"
)

const here = "101" // the branch

// world is what all processes of a trial know alike.
type world struct {
	*simulate.Election
	key    *elgamal.Key // of the election
	roster station.Roster
	roll   *roll.Roll
	cards  *activation.Set
	stack  []activation.Card // in the order of their digits
	order  []byte            // of headquarters, to extend voting
}

// signers are drawn in this order, so that all processes draw the same keys.
var signers = []string{"officer/o1", "officer/o2", "device/d1", "device/d2", "device/d3"}

// newWorld draws the world, in a test that nothing runs beside.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{roster: station.Roster{}, key: elgamal.NewKey(group.Hash("election key", 0))}
	t.Run("keys that all processes have", func(t *testing.T) {
		cryptotest.SetGlobalRandom(t, 1)
		var err error
		if w.Election, err = simulate.Small(1); err != nil {
			t.Fatal(err)
		}
		for i, by := range signers {
			office := "hq"
			if i == 1 {
				office = "supervisors"
			}
			w.roster[by] = station.Granted{Office: office, Key: w.Keys.Signing(by).Public().(ed25519.PublicKey)}
		}
	})
	var csv bytes.Buffer
	if err := simulate.Roll(&csv, w.Definition, 1, 10); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.roll, err = roll.Read(bytes.NewReader(csv.Bytes()), int64(csv.Len()), roll.Config{Definition: w.Definition, Branch: here}); err != nil {
		t.Fatal(err)
	}
	if w.cards, err = activation.New(w.logKey(), w.Definition.ID(), here, 20); err != nil {
		t.Fatal(err)
	}
	if w.stack, err = w.cards.Stack(20); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(w.stack, func(a, b activation.Card) int { return strings.Compare(a.Digits, b.Digits) })
	o := &record.ExtensionOrder{Branches: []string{here}, Until: "22:00", Article: "27", Text: "long queues"}
	if w.order, err = record.Sign(w.Definition.ID(), record.HQ, o, w.Keys.Signer("office/hq"), w.Keys.Signer("office/supervisors")); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) logKey() ed25519.PrivateKey { return w.Keys.Signing("log/" + record.BranchLog(here)) }

func (w *world) officers() [2]record.Signer {
	return [2]record.Signer{w.Keys.Signer("officer/o1"), w.Keys.Signer("officer/o2")}
}

// branch is a branch at work: what `sandogh branch serve` is made of.
type branch struct {
	*world
	dir     string
	disk    durable.Disk
	station *station.Station
	marks   *marks.Book
	daybook *daybook.Book
}

// checkIns are the marks for a station that is opened before them.
type checkIns struct{ *marks.Book }

func clock() time.Time { return time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC) }

// open opens the folder of the branch.
func (w *world) open(ctx context.Context, dir string, disk durable.Disk) (_ *branch, err error) {
	b := &branch{world: w, dir: dir, disk: disk}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.shut(ctx))
		}
	}()
	var late checkIns
	b.station, err = station.New(ctx, station.Config{Dir: dir, Disk: disk, Definition: w.Definition, Branch: here, LogKey: w.logKey(),
		Roster: w.roster, CheckIns: &late, Cards: w.cards, Now: clock})
	if err != nil {
		return nil, err
	}
	b.marks, err = marks.Open(marks.Place{Disk: disk, Path: filepath.Join(dir, "check-ins"), Definition: w.Definition, Roll: w.roll,
		Admission: marks.Assigned, Key: w.logKey(), Now: clock})
	if err != nil {
		return nil, err
	}
	late.Book = b.marks
	b.daybook, err = daybook.Open(disk, filepath.Join(dir, "daybook"), clock)
	return b, err
}

func (b *branch) shut(ctx context.Context) error {
	var errs []error
	if b.station != nil {
		errs = append(errs, b.station.Shut(ctx))
	}
	if b.marks != nil {
		errs = append(errs, b.marks.Close())
	}
	if b.daybook != nil {
		errs = append(errs, b.daybook.Close())
	}
	return errors.Join(errs...)
}

// stopped is why the branch takes nothing any more, as its pages say.
func (b *branch) stopped() error {
	return errors.Join(b.station.Stopped(), b.marks.Err(), b.daybook.Err())
}

// serve answers terminals until the context ends.
func (b *branch) serve(ctx context.Context, l net.Listener) error {
	return link.New(link.Config{Station: b.station, Election: b.Definition.ID(), Branch: here, Admission: "assigned", Simulated: true,
		Key: b.logKey(), Stopped: b.stopped, Log: slog.New(slog.DiscardHandler)}).Serve(ctx, l)
}

// do does what a desk or the officers do: desk check-in 0, officers pause. If it is
// asked again, it may have been done before, which the screens would show.
func (b *branch) do(ctx context.Context, act string, again bool) error {
	s, by := b.station, b.officers()
	words := strings.Fields(act)
	done := func(so bool) bool { return again && so }
	var number uint64
	if len(words) > 3 {
		if _, err := fmt.Sscan(words[3], &number); err != nil {
			return err
		}
	}
	note := func(what string, err error) error {
		if err != nil {
			return err
		}
		return b.daybook.Write("o1", what, strings.Join(words[2:], " "))
	}
	switch state := s.State(); words[0] + " " + words[1] {
	case "desk check-in", "desk undo":
		var i int
		if _, err := fmt.Sscan(words[2], &i); err != nil {
			return err
		}
		n := b.roll.Own()[i].Number
		if words[1] == "check-in" {
			_, err := b.marks.CheckIn(ctx, marks.Request{Number: n, Desk: "1", ID: fmt.Sprint("request ", i)})
			return err
		}
		err := b.marks.Undo(s, n, "o1", "wrong person")
		if done(errors.Is(err, marks.ErrNotCheckedIn)) {
			return nil
		}
		return err
	case "officers test":
		path := filepath.Join(b.dir, "self-test")
		if err := b.disk.WriteFile(path, []byte("self-test\n"), 0o600); err != nil {
			return err
		}
		if err := b.disk.Remove(path); err != nil {
			return err
		}
		return note(daybook.Tested, s.Reserve())
	case "officers begin":
		if done(state != station.Before) {
			return nil
		}
		_, err := s.Begin(ctx, by)
		return note(daybook.Opened, err)
	case "officers pause":
		if done(state == station.Paused) {
			return nil
		}
		return note(daybook.Paused, s.Pause(ctx, by, record.PausePower))
	case "officers resume":
		if done(state != station.Paused) {
			return nil
		}
		return note(daybook.Resumed, s.Resume(ctx, by))
	case "officers extend":
		if done(s.Followed(b.order)) {
			return nil
		}
		_, err := s.Extend(ctx, by, b.order)
		return note(daybook.Extended, err)
	case "officers enrol":
		if done(s.Device(words[2]).Committed) {
			return nil
		}
		return note(daybook.Enrolled, s.Enrol(ctx, by, words[2]))
	case "officers retire":
		if done(s.Device(words[2]).Retired) {
			return nil
		}
		return note(daybook.Retired, s.Retire(ctx, by, words[2], record.RetireFaulty))
	case "officers unlock":
		return note(daybook.Unlocked, s.Unlock(words[2]))
	case "officers cast", "officers spoil":
		if done(!slices.ContainsFunc(s.Device(words[2]).Waiting, func(x station.Ballot) bool { return x.Number == number })) {
			return nil
		}
		end := map[string]station.Ending{"cast": station.Cast, "spoil": station.Spoiled}[words[1]]
		return note(daybook.Settled, s.Settle(ctx, by, words[2], number, end))
	case "officers closing":
		if done(state == station.Closing) {
			return nil
		}
		return note(daybook.Closing, s.BeginClosing())
	case "officers close":
		if done(state == station.Closed) {
			return nil
		}
		_, err := s.Close(ctx, by)
		return note(daybook.Closed, err)
	case "officers publish":
		return note(daybook.Published, b.publish(ctx))
	}
	return fmt.Errorf("%q is nothing that is done", act)
}

func (b *branch) published() string {
	return filepath.Join(b.dir, "published", filepath.FromSlash(record.BranchLog(here)))
}

// publish has the log cosigned and writes its published form.
func (b *branch) publish(ctx context.Context) error {
	origin, key := election.BranchOrigin(b.Definition.ID(), here), b.logKey().Public().(ed25519.PublicKey)
	w, err := witness.New(filepath.Join(b.dir, "witness"), b.Definition.Witnesses[0].Name, b.Keys.Signing("witness/1"),
		func(o string) (ed25519.PublicKey, bool) { return key, o == origin }, clock)
	if err != nil {
		return err
	}
	defer w.Close()
	_, err = body.Publish(ctx, b.station.Log(), b.published(), b.Definition, origin, key, []sequencer.Cosigner{w}, nil)
	return err
}

// verify checks the log, published if it is not yet, by the rules of branches, as
// everybody can, and that it has cast so many ballots.
func (b *branch) verify(ctx context.Context, cast uint64) error {
	if _, err := os.Stat(b.published()); err != nil {
		if err := b.publish(ctx); err != nil {
			return err
		}
	}
	grants := func(what string) map[string]*record.Grant {
		out := map[string]*record.Grant{}
		for by, g := range b.roster {
			if id, ok := strings.CutPrefix(by, what+"/"); ok {
				out[id] = &record.Grant{Office: g.Office, What: what, ID: id, Branch: here, Key: g.Key}
			}
		}
		return out
	}
	o, err := b.station.ReadOrder(b.order)
	if err != nil {
		return err
	}
	src := source.New(ctx, os.DirFS(filepath.Join(b.dir, "published")), nil, nil)
	read := branchlog.Read(src, branchlog.Given{Election: b.Definition.ID(), Definition: b.Definition, Witnesses: body.Witnesses(b.Definition), Key: b.key,
		Devices: grants(record.GrantDevice), Officers: grants(record.GrantOfficer), Orders: map[[32]byte]*record.ExtensionOrder{record.Code(b.order): o}})
	for _, c := range src.Report(b.Definition.ID(), true, false, "").Checks {
		for _, f := range c.Findings {
			return fmt.Errorf("verify published log: %s: %s", c.ID, f)
		}
	}
	x := read[here]
	if x == nil || !x.Sound() {
		return errors.New("verify published log: it is not sound, or not there")
	}
	if counts, closed := x.Closed(); !closed || counts.Cast != cast || x.Cast() != cast {
		return fmt.Errorf("verify published log: closed %v with %d ballots cast, want %d", closed, x.Cast(), cast)
	}
	return nil
}
