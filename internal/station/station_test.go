package station_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/record"
)

const branch = "101"

// voters is a roll of which the station knows the number.
type voters uint64

func (v *voters) CheckedIn() uint64 { return uint64(*v) }

// cards are "1", "2", …; "x…" is of another branch.
type cards struct{}

func (cards) Check(text string) (int, error) {
	if strings.HasPrefix(text, "x") {
		return 0, station.ErrForeign
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, errors.New("no card")
	}
	return n, nil
}

// place is a branch of the small election with all that it needs.
type place struct {
	t interface {
		Fatal(...any)
		Helper()
	}
	*station.Station
	dir      string
	disk     durable.Disk
	election *simulate.Election
	style    election.Style
	voters   voters
	many     bool
	officers [2]record.Signer
}

var small = func() *simulate.Election {
	e, err := simulate.Small(1)
	if err != nil {
		panic(err)
	}
	return e
}()

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{t: t, dir: t.TempDir(), election: small}
	p.officers = [2]record.Signer{small.Keys.Signer("officer/o1"), small.Keys.Signer("officer/o2")}
	var err error
	if p.style, err = small.Definition.StyleOf(branch); err != nil {
		t.Fatal(err)
	}
	if err := p.open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Shut(context.Background()) })
	return p
}

func (p *place) roster() station.Roster {
	r := station.Roster{"officer/o1": {Office: "hq"}, "officer/o2": {Office: "supervisors"}, "officer/o3": {Office: "hq"},
		"device/d1": {Office: "hq"}, "device/d2": {Office: "hq"}, "device/d3": {Office: "hq"}}
	for by, g := range r {
		g.Key = small.Keys.Signing(by).Public().(ed25519.PublicKey)
		r[by] = g
	}
	return r
}

func (p *place) open() (err error) {
	p.Station, err = station.New(context.Background(), station.Config{Dir: p.dir, Disk: p.disk, Definition: small.Definition, Branch: branch,
		LogKey: small.Keys.Signing("log/" + record.BranchLog(branch)), Roster: p.roster(), CheckIns: &p.voters, Cards: cards{}, Many: p.many})
	return err
}

// again opens the branch anew, as after a power cut.
func (p *place) again() {
	p.t.Helper()
	if err := p.Shut(context.Background()); err != nil {
		p.t.Fatal(err)
	}
	if err := p.open(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) commit(ids ...string) {
	p.t.Helper()
	for _, id := range ids {
		if err := p.Commit(record.Committed{Device: id, Limit: 100, Root: make([]byte, 32)}); err != nil {
			p.t.Fatal(err)
		}
	}
}

// begin opens the branch with two devices.
func (p *place) begin() *place {
	p.t.Helper()
	p.commit("d1", "d2")
	if _, err := p.Begin(context.Background(), p.officers); err != nil {
		p.t.Fatal(err)
	}
	return p
}

func (p *place) signed(b record.Body, by ...string) []byte {
	p.t.Helper()
	var signers []record.Signer
	for _, name := range by {
		signers = append(signers, small.Keys.Signer(name))
	}
	data, err := record.Sign(small.Definition.ID(), record.BranchLog(branch), b, signers...)
	if err != nil {
		p.t.Fatal(err)
	}
	return data
}

// sealed returns a sealed ballot; salt makes others of the same number.
func (p *place) sealed(device string, number uint64, salt byte) []byte {
	b := &record.Sealed{Device: device, Number: number, Style: p.style.ID}
	for _, c := range p.style.Contests {
		rows := make([]byte, c.K()*66)
		rows[0] = salt
		b.Contests = append(b.Contests, record.SealedContest{Contest: c.ID, Rows: rows})
	}
	return p.signed(b, "device/"+device)
}

func (p *place) ending(end station.Ending, device string, number uint64, code [32]byte) []byte {
	switch end {
	case station.Cast:
		return p.signed(&record.Cast{Device: device, Number: number, Code: code[:]}, "device/"+device)
	case station.Spoiled:
		return p.signed(&record.Spoiled{Device: device, Number: number, Code: code[:]}, "device/"+device)
	}
	b := &record.Challenged{Device: device, Number: number, Code: code[:], Seed: make([]byte, 32)}
	for _, c := range p.style.Contests {
		r := record.Revealed{Contest: c.ID, Selections: []uint64{1}}
		for i := 1; i < c.K(); i++ {
			r.Blanks = append(r.Blanks, uint64(c.N()+i))
		}
		b.Contests = append(b.Contests, r)
	}
	return p.signed(b, "device/"+device)
}

func (p *place) activate(device, card string) (string, error) {
	ids, err := p.Activate(station.Activation{Device: device, Card: card})
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

// vote seals the next ballot of a session and ends it.
func (p *place) vote(device, session string, end station.Ending) error {
	n := p.Device(device).Next
	codes, err := p.Seal(context.Background(), station.Sealing{Device: device, Session: session, Entry: p.sealed(device, n, 0)})
	if err != nil || end == station.Waiting {
		return err
	}
	return p.End(context.Background(), station.End{Device: device, Session: session, Entry: p.ending(end, device, n, codes[0])})
}

// word returns the word of a refusal, "" of none.
func word(err error) string {
	var r *station.Refused
	switch {
	case err == nil:
		return ""
	case errors.As(err, &r):
		return r.Word
	}
	return "failed: " + err.Error()
}

func (p *place) want(what, want string, err error) {
	p.t.Helper()
	if got := word(err); got != want {
		p.t.Fatal(fmt.Sprintf("%s: %q (%v), want %q", what, got, err, want))
	}
}

// TestDay: a polling day with all that can come between.
func TestDay(t *testing.T) {
	p, ctx := newPlace(t), t.Context()
	_, err := p.Begin(ctx, p.officers)
	p.want("open without a device", "no-device", err)
	_, err = p.activate("d1", "1")
	p.want("a card before the opening", "closed", err)
	p.commit("d1", "d2")
	_, err = p.Begin(ctx, [2]record.Signer{p.officers[0], small.Keys.Signer("officer/o3")})
	p.want("two officers of one office", "entry", err)
	_, err = p.Begin(ctx, [2]record.Signer{p.officers[0], small.Keys.Signer("officer/o9")})
	p.want("an officer who is not granted", "entry", err)
	if err := p.Reserve(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Begin(ctx, p.officers); err != nil {
		t.Fatal(err)
	}
	_, err = p.Begin(ctx, p.officers)
	p.want("open twice", "open", err)
	p.want("another commitment", "committed", p.Commit(record.Committed{Device: "d1", Limit: 5, Root: make([]byte, 32)}))
	p.want("the same commitment", "", p.Commit(record.Committed{Device: "d1", Limit: 100, Root: make([]byte, 32)}))

	_, err = p.activate("d1", "1")
	p.want("a card without a check-in", "no-check-in", err)
	p.voters = 3
	s1, err := p.activate("d1", "1")
	p.want("a card", "", err)
	again, err := p.activate("d1", "1")
	if p.want("the card again", "", err); again != s1 {
		t.Error("a double tap began another session")
	}
	_, err = p.activate("d1", "2")
	p.want("a second card on the terminal", "busy", err)
	_, err = p.activate("d2", "1")
	p.want("the card on another terminal", "used", err)
	_, err = p.activate("d2", "x1")
	p.want("a card of another branch", "foreign", err)
	for range 3 {
		_, err = p.activate("d2", "nothing")
		p.want("no card", "unknown", err)
	}
	_, err = p.activate("d2", "2")
	p.want("after five wrong ones", "locked", err)
	p.again()
	if _, err = p.activate("d2", "2"); word(err) != "locked" {
		t.Errorf("locked no more after a restart: %v", err)
	}
	if err := p.Unlock("d2"); err != nil {
		t.Fatal(err)
	}
	p.want("a ballot of no session", "session", p.vote("d2", s1, station.Cast))
	p.want("spoiled", "", p.vote("d1", s1, station.Spoiled))
	p.want("challenged", "", p.vote("d1", s1, station.Challenged))

	p.want("pause for no reason", "entry", p.Pause(ctx, p.officers, "tea"))
	p.want("pause", "", p.Pause(ctx, p.officers, record.PausePower))
	if p.again(); p.State() != station.Paused {
		t.Errorf("after a restart it is %s", p.State())
	}
	p.want("a ballot in the pause", "paused", p.vote("d1", s1, station.Cast))
	_, err = p.activate("d2", "2")
	p.want("a card in the pause", "paused", err)
	p.want("resume", "", p.Resume(ctx, p.officers))
	p.want("resume twice", "entry", p.Resume(ctx, p.officers))
	p.want("cast", "", p.vote("d1", s1, station.Cast))
	p.want("after the cast", "session", p.vote("d1", s1, station.Cast))

	// A voter goes away with the card in hand: the check-in stays taken until officers decide.
	s2, err := p.activate("d2", "2")
	p.want("another voter", "", err)
	p.want("sealed", "", p.vote("d2", s2, station.Waiting))
	p.want("settle while the voter is there", "session", p.Settle(ctx, p.officers, "d2", 0, station.Cast))
	p.want("leave", "", p.Leave("d2", s2, "timeout"))
	p.want("leave twice", "", p.Leave("d2", s2, "timeout"))
	if c := p.Counts(); c.Chances != 1 || c.Active != 0 || c.Waiting != 1 {
		t.Errorf("with a waiting ballot: %+v", c)
	}
	code := p.Device("d2").Waiting[0].Code
	p.want("cast without an order", "order", p.End(ctx, station.End{Device: "d2", Entry: p.ending(station.Cast, "d2", 0, code)}))
	p.want("an order", "", p.Settle(ctx, p.officers, "d2", 0, station.Cast))
	p.want("another ending than ordered", "order", p.End(ctx, station.End{Device: "d2", Entry: p.ending(station.Spoiled, "d2", 0, code)}))
	p.again()
	if w := p.Device("d2").Waiting; len(w) != 1 || w[0].Order != station.Cast {
		t.Errorf("the order is %+v after a restart", w)
	}
	p.want("as ordered", "", p.End(ctx, station.End{Device: "d2", Entry: p.ending(station.Cast, "d2", 0, code)}))

	// A device breaks with a waiting ballot; a spare one comes.
	s3, err := p.activate("d2", "3")
	p.want("the third voter", "", err)
	p.want("sealed", "", p.vote("d2", s3, station.Waiting))
	p.want("retire", "", p.Retire(ctx, p.officers, "d2", record.RetireFaulty))
	p.want("retire twice", "entry", p.Retire(ctx, p.officers, "d2", record.RetireFaulty))
	_, err = p.activate("d2", "4")
	p.want("a retired device", "retired", err)
	p.want("cast of a retired device", "retired", p.Settle(ctx, p.officers, "d2", 1, station.Cast))
	p.want("enrol without a commitment", "no-device", p.Enrol(ctx, p.officers, "d3"))
	p.commit("d3")
	p.want("enrol", "", p.Enrol(ctx, p.officers, "d3"))
	p.want("closing time", "", p.BeginClosing())
	_, err = p.Close(ctx, p.officers)
	p.want("close with a waiting ballot", "waiting", err)
	p.want("spoil for the retired device", "", p.Settle(ctx, p.officers, "d2", 1, station.Spoiled))
	s4, err := p.activate("d3", "4")
	p.want("the voter takes another card", "", err)
	_, err = p.Close(ctx, p.officers)
	p.want("close with a voter at a terminal", "busy", err)
	p.want("cast on the spare device", "", p.vote("d3", s4, station.Cast))
	if _, err := p.Close(ctx, p.officers); err != nil {
		t.Fatal(err)
	}
	p.again()
	want := station.Counts{CheckedIn: 3, Cast: 3, Spoiled: 2, Challenged: 1}
	if got := p.Counts(); got != want || p.State() != station.Closed {
		t.Errorf("closed with %+v, it is %s; want %+v", got, p.State(), want)
	}
	_, err = p.activate("d1", "5")
	p.want("after the close", "closed", err)
	if d := p.Discrepancies(); len(d) != 0 {
		t.Errorf("discrepancies %v", d)
	}
}

// TestRefuses: what verification would refuse is not taken in, and leaves no trace.
func TestRefuses(t *testing.T) {
	p, ctx := newPlace(t).begin(), t.Context()
	p.voters = 2
	s, err := p.activate("d1", "1")
	if err != nil {
		t.Fatal(err)
	}
	other := func(change func(*record.Sealed), by ...string) []byte {
		e, err := record.Decode(p.sealed("d1", 0, 0))
		if err != nil {
			t.Fatal(err)
		}
		b := e.Body.(*record.Sealed)
		change(b)
		return p.signed(b, by...)
	}
	before := p.Entries()
	for _, c := range []struct {
		what, word string
		entry      []byte
	}{
		{"no entry", "entry", []byte{1}},
		{"another style", "entry", other(func(b *record.Sealed) { b.Style = "other" }, "device/d1")},
		{"no contest", "entry", other(func(b *record.Sealed) { b.Contests = nil }, "device/d1")},
		{"a contest twice", "entry", other(func(b *record.Sealed) { b.Contests = append(b.Contests, b.Contests[0]) }, "device/d1")},
		{"a number too high", "number", p.sealed("d1", 1, 0)},
		{"another device's", "entry", p.sealed("d2", 0, 0)},
		{"another signer", "entry", other(func(*record.Sealed) {}, "device/d2")},
		{"two signers", "entry", other(func(*record.Sealed) {}, "device/d1", "officer/o1")},
		{"a statement", "entry", p.signed(&record.Close{Branch: branch, Root: make([]byte, 32)}, "officer/o1", "officer/o2")},
		{"an ending", "entry", p.ending(station.Cast, "d1", 0, [32]byte{})},
	} {
		_, err := p.Seal(ctx, station.Sealing{Device: "d1", Session: s, Entry: c.entry})
		p.want(c.what, c.word, err)
	}
	first := p.sealed("d1", 0, 0)
	p.want("cast of no ballot", "session", p.End(ctx, station.End{Device: "d1", Session: s, Entry: p.ending(station.Cast, "d1", 0, record.Code(first))}))
	if p.Entries() != before {
		t.Fatalf("%d entries were written", p.Entries()-before)
	}
	for range 2 { // the same bytes twice are one ballot
		codes, err := p.Seal(ctx, station.Sealing{Device: "d1", Session: s, Entry: first})
		if p.want("seal", "", err); codes[0] != record.Code(first) {
			t.Errorf("code %x", codes[0])
		}
	}
	_, err = p.Seal(ctx, station.Sealing{Device: "d1", Session: s, Entry: p.sealed("d1", 0, 1)})
	p.want("another ballot of the number", "waiting", err)
	cast := p.ending(station.Cast, "d1", 0, record.Code(first))
	p.want("another code", "entry", p.End(ctx, station.End{Device: "d1", Session: s, Entry: p.ending(station.Cast, "d1", 0, [32]byte{})}))
	for range 2 {
		p.want("cast", "", p.End(ctx, station.End{Device: "d1", Session: s, Entry: cast}))
	}
	p.want("ended in another way", "ended", p.End(ctx, station.End{Device: "d1", Session: s, Entry: p.ending(station.Spoiled, "d1", 0, record.Code(first))}))
	if p.Entries() != before+2 {
		t.Errorf("%d entries were written for one ballot", p.Entries()-before)
	}
	undone := false
	p.want("undo with a chance left", "", p.Withdraw(func() error { undone = true; p.voters--; return nil }))
	p.want("undo with none left", "no-check-in", p.Withdraw(func() error { t.Error("undone"); return nil }))
	if !undone {
		t.Error("not undone")
	}
}
