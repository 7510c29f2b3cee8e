package station_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/record"
	"pgregory.net/rapid"
)

func init() { // each day is written to a disk, so that a hundred of them take long
	if err := flag.Set("rapid.checks", "20"); err != nil {
		panic(err)
	}
}

// A model is what the branch must say, kept in the simplest way.
type model struct {
	ballots  map[string][]station.Ending // by device, in order
	sessions map[string]string           // live, by device
	owner    map[string]string           // of the device's last ballot
	used     map[int]bool
	cards    int
	cast     int
	spoiled  int
	tested   int
}

// orphans are waiting ballots whose session has ended.
func (m *model) orphans() (n int) {
	for d, all := range m.ballots {
		for i, b := range all {
			if b == station.Waiting && !(i == len(all)-1 && m.sessions[d] != "" && m.owner[d] == m.sessions[d]) {
				n++
			}
		}
	}
	return n
}

// TestRandomDays: whatever comes in whatever order, and however often the branch is
// started anew in between, it says of every ballot what was acknowledged, lets
// nobody vote twice, and agrees with itself.
func TestRandomDays(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := newPlace(t)
		p.t = r
		p.begin()
		defer p.Shut(context.Background())
		ctx := context.Background()
		m := &model{ballots: map[string][]station.Ending{}, sessions: map[string]string{}, owner: map[string]string{}, used: map[int]bool{}}
		device := func() string { return rapid.SampledFrom([]string{"d1", "d2"}).Draw(r, "device") }
		for range rapid.IntRange(1, 14).Draw(r, "acts") {
			switch rapid.SampledFrom([]string{"check-in", "activate", "seal", "end", "leave", "settle", "again"}).Draw(r, "act") {
			case "check-in":
				p.voters++
			case "activate":
				d := device()
				card := rapid.IntRange(1, m.cards+1).Draw(r, "card")
				id, err := p.activate(d, fmt.Sprint(card))
				chance := int(p.voters)-m.cast-len(m.sessions)-m.orphans() >= 1
				switch {
				case m.used[card] && err == nil && id != m.sessions[d]:
					r.Fatal("a used card began a session")
				case !m.used[card] && err == nil && (m.sessions[d] != "" || !chance):
					r.Fatal("a session began without a check-in, or beside another")
				case !m.used[card] && m.sessions[d] == "" && chance && err != nil && word(err) != "locked":
					r.Fatal(err)
				case err == nil:
					m.sessions[d], m.used[card], m.cards = id, true, max(m.cards, card)
				}
				if word(err) == "locked" {
					if err := p.Unlock(d); err != nil {
						r.Fatal(err)
					}
				}
			case "seal":
				d := device()
				all := m.ballots[d]
				may := m.sessions[d] != "" && !(len(all) > 0 && all[len(all)-1] == station.Waiting && m.owner[d] == m.sessions[d])
				entry := p.sealed(d, uint64(len(all)), byte(len(all)))
				_, err := p.Seal(ctx, station.Sealing{Device: d, Session: m.sessions[d], Entry: entry})
				if (err == nil) != may {
					r.Fatalf("seal: %v, want %v", err, may)
				}
				if may {
					m.ballots[d], m.owner[d] = append(all, station.Waiting), m.sessions[d]
				}
			case "end":
				d := device()
				end := rapid.SampledFrom([]station.Ending{station.Cast, station.Spoiled, station.Challenged}).Draw(r, "end")
				n := len(m.ballots[d]) - 1
				if n < 0 {
					continue
				}
				entry := p.ending(end, d, uint64(n), record.Code(p.sealed(d, uint64(n), byte(n))))
				may := m.ballots[d][n] == station.Waiting && m.sessions[d] != "" && m.owner[d] == m.sessions[d]
				session := m.sessions[d]
				if session == "" {
					session = "none"
				}
				err := p.End(ctx, station.End{Device: d, Session: session, Entry: entry})
				if again := m.ballots[d][n] == end; (err == nil) != (may || again) {
					r.Fatalf("end %s of %s: %v, may %v, again %v", end, m.ballots[d][n], err, may, again)
				}
				if may {
					m.set(d, n, end)
				}
			case "leave":
				d := device()
				if m.sessions[d] == "" {
					continue
				}
				if err := p.Leave(d, m.sessions[d], "left"); err != nil {
					r.Fatal(err)
				}
				delete(m.sessions, d)
			case "settle":
				d := device()
				n := slices.Index(m.ballots[d], station.Waiting)
				if n < 0 {
					continue
				}
				end := rapid.SampledFrom([]station.Ending{station.Cast, station.Spoiled}).Draw(r, "decision")
				live := m.sessions[d] != "" && m.owner[d] == m.sessions[d] && n == len(m.ballots[d])-1
				if err := p.Settle(ctx, p.officers, d, uint64(n), end); (err == nil) == live {
					r.Fatalf("settle: %v, and the voter is there: %v", err, live)
				}
				if live {
					continue
				}
				entry := p.ending(end, d, uint64(n), record.Code(p.sealed(d, uint64(n), byte(n))))
				if err := p.End(ctx, station.End{Device: d, Entry: entry}); err != nil {
					r.Fatal(err)
				}
				m.set(d, n, end)
			case "again":
				p.again()
			}
			m.check(r, p)
		}
	})
}

func (m *model) set(d string, n int, end station.Ending) {
	m.ballots[d][n] = end
	switch end {
	case station.Cast:
		m.cast++
		if m.owner[d] == m.sessions[d] && n == len(m.ballots[d])-1 {
			delete(m.sessions, d)
		}
	case station.Spoiled:
		m.spoiled++
	case station.Challenged:
		m.tested++
	}
}

// check compares what the branch says with the model.
func (m *model) check(r *rapid.T, p *place) {
	c := p.Counts()
	if int(c.Cast) != m.cast || int(c.Spoiled) != m.spoiled || int(c.Challenged) != m.tested || int(c.Active) != len(m.sessions) ||
		c.Chances != int(p.voters)-m.cast-len(m.sessions)-m.orphans() || c.Chances < 0 {
		r.Fatalf("counts %+v; the model has %d cast, %d spoiled, %d challenged, %d live, %d orphans", c, m.cast, m.spoiled, m.tested, len(m.sessions), m.orphans())
	}
	if d := p.Discrepancies(); len(d) > 0 {
		r.Fatalf("discrepancies %v", d)
	}
	for _, d := range []string{"d1", "d2"} {
		got := p.Device(d)
		waiting := 0
		for _, b := range m.ballots[d] {
			if b == station.Waiting {
				waiting++
			}
		}
		if int(got.Next) != len(m.ballots[d]) || len(got.Waiting) != waiting || got.Session != m.sessions[d] {
			r.Fatalf("device %s: %+v, the model has %v and session %q", d, got, m.ballots[d], m.sessions[d])
		}
		if n := len(m.ballots[d]); n > 0 && got.Last.State != m.ballots[d][n-1] {
			r.Fatalf("the last ballot of %s is %s, not %s", d, got.Last.State, m.ballots[d][n-1])
		}
	}
}

// TestEveryStepFails: the disk fails at each step of a whole session, once before
// the step. Nothing is acknowledged then, everything is refused until the branch is
// opened anew, and after that what was acknowledged is there and the rest can be
// done.
func TestEveryStepFails(t *testing.T) {
	p := newPlace(t).begin()
	p.voters = 1000
	steps, at, armed := 0, 0, false
	p.disk = durable.Disk{Before: func(durable.Step, string) error {
		if armed {
			if steps++; steps == at {
				return errors.New("no space left on device")
			}
		}
		return nil
	}}
	p.again()
	for at = 1; ; at++ {
		if at > 100 {
			t.Fatal("a session has no end of steps")
		}
		before, sealed := p.Counts(), p.Device("d1").Next
		steps, armed = 0, true
		acknowledged := p.session(t, fmt.Sprint(at))
		armed = false
		if steps < at {
			if acknowledged != 5 {
				t.Fatalf("the disk did not fail, and %d of 5 acts were acknowledged", acknowledged)
			}
			break
		}
		if !errors.Is(p.Stopped(), station.ErrStopped) {
			t.Errorf("step %d failed, and the branch goes on", at)
		}
		if _, err := p.activate("d2", "900"); !errors.Is(err, station.ErrStopped) {
			t.Errorf("stopped, and it says %v", err)
		}
		p.again()
		if d := p.Discrepancies(); len(d) > 0 {
			t.Errorf("step %d: discrepancies %v", at, d)
		}
		after, d := p.Counts(), p.Device("d1")
		// Acts in their order: activate, seal, spoil, seal, cast. What was in doubt when
		// the disk failed may be there or not.
		least := []struct{ sealed, spoiled, cast uint64 }{{}, {}, {1, 0, 0}, {1, 1, 0}, {2, 1, 0}, {2, 1, 1}}[acknowledged]
		if d.Next < sealed+least.sealed || after.Spoiled < before.Spoiled+least.spoiled || after.Cast < before.Cast+least.cast {
			t.Errorf("step %d: %d acts were acknowledged, and after the restart it is %+v, before it was %+v", at, acknowledged, after, before)
		}
		if acknowledged >= 1 && d.Session == "" && after.Cast == before.Cast {
			t.Errorf("step %d: the session was acknowledged and is gone", at)
		}
		// What is left of it is settled, as officers would.
		if d.Session != "" {
			if err := p.Leave("d1", d.Session, "fault"); err != nil {
				t.Fatal(err)
			}
		}
		for _, b := range p.Device("d1").Waiting {
			if err := p.Settle(t.Context(), p.officers, "d1", b.Number, station.Spoiled); err != nil {
				t.Fatal(err)
			}
			if err := p.End(t.Context(), station.End{Device: "d1", Entry: p.ending(station.Spoiled, "d1", b.Number, b.Code)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if at < 4 {
		t.Errorf("the disk failed %d times only", at-1)
	}
}

// session lets a voter vote on d1: activate, seal, spoil, seal and cast. It returns
// how many of the five were acknowledged.
func (p *place) session(t *testing.T, card string) (acknowledged int) {
	id, err := p.activate("d1", card)
	if err != nil {
		return 0
	}
	acknowledged = 1
	for i, end := range []station.Ending{station.Spoiled, station.Cast} {
		n := p.Device("d1").Next
		codes, err := p.Seal(t.Context(), station.Sealing{Device: "d1", Session: id, Entry: p.sealed("d1", n, byte(i))})
		if err != nil {
			return acknowledged
		}
		acknowledged++
		if err := p.End(t.Context(), station.End{Device: "d1", Session: id, Entry: p.ending(end, "d1", n, codes[0])}); err != nil {
			return acknowledged
		}
		acknowledged++
	}
	return acknowledged
}

// TestDiscrepancies: what was put back from an older copy is named, and what it
// makes unsafe is refused.
func TestDiscrepancies(t *testing.T) {
	for _, c := range []struct {
		what string // that was put back
		want station.Discrepancy
		word string // of the next voter's card; empty if taken
	}{
		{"log", station.LogBehind, "closed"},
		{"journal", station.JournalBehind, ""},
		{"", station.RollBehind, "no-check-in"},
	} {
		p := newPlace(t).begin()
		p.voters = 3
		for i := range 2 {
			if i == 1 {
				if err := os.CopyFS(p.dir+"-copy", os.DirFS(p.dir)); err != nil {
					t.Fatal(err)
				}
			}
			id, err := p.activate("d1", fmt.Sprint(i+1))
			if err != nil {
				t.Fatal(err)
			}
			if err := p.vote("d1", id, station.Cast); err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				if err := p.Shut(t.Context()); err != nil { // so that the copy is of files at rest
					t.Fatal(err)
				}
				if err := p.open(); err != nil {
					t.Fatal(err)
				}
			}
		}
		// One more is begun, so that the journal has seen the log as long as it is.
		id, err := p.activate("d2", "3")
		if err != nil {
			t.Fatal(err)
		}
		p.want("seal", "", p.vote("d2", id, station.Spoiled))
		p.want("leave", "", p.Leave("d2", id, "left"))
		if err := p.Shut(t.Context()); err != nil {
			t.Fatal(err)
		}
		if c.what != "" {
			old := filepath.Join(p.dir, c.what)
			if err := os.RemoveAll(old); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(filepath.Join(p.dir+"-copy", c.what), old); err != nil {
				t.Fatal(err)
			}
		} else {
			p.voters = 1
		}
		os.RemoveAll(p.dir + "-copy")
		if err := p.open(); err != nil {
			t.Fatal(err)
		}
		if d := p.Discrepancies(); !slices.Equal(d, []station.Discrepancy{c.want}) {
			t.Errorf("with an old %s: %v", c.what, d)
		}
		_, err = p.activate("d2", "9")
		p.want("a card with an old "+c.what, c.word, err)
	}
}
