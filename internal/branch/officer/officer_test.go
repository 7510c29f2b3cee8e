package officer_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/branch"
	"github.com/sandogh/sandogh/internal/branch/daybook"
	"github.com/sandogh/sandogh/internal/branch/officer"
	"github.com/sandogh/sandogh/internal/branch/papers"
	"github.com/sandogh/sandogh/internal/branch/press"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/printing/device"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/record"
)

type people struct{ n uint64 }

func (p *people) CheckedIn() uint64 { return p.n }

func (p *people) Check(text string) (int, error) { return strconv.Atoi(text) }

// place is a branch with its screens at an address.
type place struct {
	t        *testing.T
	station  *station.Station
	book     *daybook.Book
	people   people
	election *simulate.Election
	dir      string
	url      string
	client   *http.Client
	now      time.Time
	orders   [][]byte
	pushed   int
	printer  device.Simulator
	press    *press.Press
}

func newPlace(t *testing.T) *place {
	t.Helper()
	e, err := simulate.Small(1)
	if err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, election: e, dir: t.TempDir(), now: time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)}
	roster := station.Roster{"officer/o1": {Office: "hq"}, "officer/o2": {Office: "supervisors"}, "device/d1": {Office: "hq"}, "device/d2": {Office: "hq"}}
	for by, g := range roster {
		g.Key = e.Keys.Signing(by).Public().(ed25519.PublicKey)
		roster[by] = g
	}
	now := func() time.Time { return p.now }
	p.station, err = station.New(t.Context(), station.Config{Dir: filepath.Join(p.dir, "station"), Definition: e.Definition, Branch: "101",
		LogKey: e.Keys.Signing("log/branch/101"), Roster: roster, CheckIns: &p.people, Cards: &p.people, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.station.Shut(context.Background()) })
	if p.book, err = daybook.Open(durable.Disk{}, filepath.Join(p.dir, "daybook"), now); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.book.Close() })
	at, _ := e.Definition.Branch("101")
	p.press = press.New(&p.printer, printing.Roll80)
	t.Cleanup(func() { p.press.Close() })
	screens, err := officer.New(officer.Config{Station: p.station, Book: p.book, Election: e.Definition, Dir: p.dir, Now: now, Zone: time.UTC, Press: p.press,
		Paper:    papers.Branch{Election: e.Definition.Name, ElectionID: e.Definition.ID(), Name: at.Name, ID: "101", Practice: true, Simulated: true},
		Officers: []papers.Officer{{ID: "o1", Head: true, Office: e.Definition.Offices[0].Name}, {ID: "o2", Office: e.Definition.Offices[1].Name}},
		Orders:   func(context.Context) ([][]byte, error) { return p.orders, nil }, Refresh: func(context.Context) error { return nil },
		Publish: func(ctx context.Context) (string, error) { return filepath.Join(p.dir, "published"), nil },
		Push: func(context.Context) error {
			if p.pushed++; p.pushed == 1 {
				return errors.New("the network is down")
			}
			return nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	server, err := branch.New(branch.Config{Branch: at.Name, Practice: true, Simulated: true,
		Officers: []branch.Seat{{ID: "o1", Head: true, Office: e.Definition.Offices[0].Name}, {ID: "o2", Office: e.Definition.Offices[1].Name}},
		Status: func() branch.Status {
			return branch.Status{State: string(p.station.State()), Admission: "assigned", Stopped: p.station.Stopped()}
		},
		Unlock: func(id, passphrase string) (ed25519.PrivateKey, error) {
			if passphrase != "words of "+id {
				return nil, branch.ErrPassphrase
			}
			return e.Keys.Signing("officer/" + id), nil
		},
		Note: p.book.Write, Now: now}, screens.Part(), p.press.Part())
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	p.url = web.URL
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p.client = &http.Client{Jar: jar}
	return p
}

// get and post return the page at the end.
func (p *place) get(path string) (int, string) {
	p.t.Helper()
	a, err := p.client.Get(p.url + path)
	return p.read(a, err)
}

func (p *place) post(path string, pairs ...string) (int, string) {
	p.t.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	a, err := p.client.PostForm(p.url+path, v)
	return p.read(a, err)
}

func (p *place) read(a *http.Response, err error) (int, string) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return a.StatusCode, string(b)
}

// must posts and wants to be led on; text must be on the page.
func (p *place) must(text, path string, pairs ...string) string {
	p.t.Helper()
	status, page := p.post(path, pairs...)
	if status != http.StatusOK || !strings.Contains(page, text) {
		p.t.Fatalf("%s: status %d, without %q:\n%s", path, status, text, page)
	}
	return page
}

// refused posts and wants the status and the text.
func (p *place) refused(status int, text, path string, pairs ...string) {
	p.t.Helper()
	got, page := p.post(path, pairs...)
	if got != status || !strings.Contains(page, text) {
		p.t.Fatalf("%s: status %d, want %d with %q:\n%s", path, got, status, text, page)
	}
}

func (p *place) signIn() {
	p.t.Helper()
	p.must("Board", "/en/sign-in?to=/officer", "officer", "o1", "passphrase", "words of o1")
}

var second = []string{"second", "o2", "passphrase", "words of o2"}

func (p *place) commit(ids ...string) {
	p.t.Helper()
	for _, id := range ids {
		if err := p.station.Commit(record.Committed{Device: id, Limit: 50, Root: bytes.Repeat([]byte{7}, 32)}); err != nil {
			p.t.Fatal(err)
		}
		p.station.Heard(id, station.Seen{Screen: "idle", Printer: "ready"})
	}
}

var askedGroup = regexp.MustCompile(`id="g([0-9]+)"`)

// typed are the groups that the page asks for, from the officers' paper.
func (p *place) typed(page string) (pairs []string) {
	id := p.election.Definition.ID()
	h := hex.EncodeToString(id[:])
	for _, m := range askedGroup.FindAllStringSubmatch(page, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			p.t.Fatal(err)
		}
		pairs = append(pairs, "group", h[4*(n-1):4*n])
	}
	return pairs
}

// seal seals a ballot on the device and returns the end of it.
func (p *place) seal(device, card string) (session string, end func(station.Ending) station.End) {
	p.t.Helper()
	sign := func(b record.Body) []byte {
		data, err := record.Sign(p.election.Definition.ID(), record.BranchLog("101"), b, p.election.Keys.Signer("device/"+device))
		if err != nil {
			p.t.Fatal(err)
		}
		return data
	}
	ids, err := p.station.Activate(station.Activation{Device: device, Card: card})
	if err != nil {
		p.t.Fatal(err)
	}
	style, err := p.election.Definition.StyleOf("101")
	if err != nil {
		p.t.Fatal(err)
	}
	n := p.station.Device(device).Next
	b := &record.Sealed{Device: device, Number: n, Style: style.ID}
	for _, c := range style.Contests {
		b.Contests = append(b.Contests, record.SealedContest{Contest: c.ID, Rows: make([]byte, c.K()*66)})
	}
	codes, err := p.station.Seal(context.Background(), station.Sealing{Device: device, Session: ids[0], Entry: sign(b)})
	if err != nil {
		p.t.Fatal(err)
	}
	return ids[0], func(e station.Ending) station.End {
		if e == station.Cast {
			return station.End{Device: device, Entry: sign(&record.Cast{Device: device, Number: n, Code: codes[0][:]})}
		}
		return station.End{Device: device, Entry: sign(&record.Spoiled{Device: device, Number: n, Code: codes[0][:]})}
	}
}

// TestDay walks through opening, the day and closing, with what is refused on the
// way.
func TestDay(t *testing.T) {
	p := newPlace(t)
	if _, page := p.get("/en/officer"); !strings.Contains(page, "Sign in as an officer") {
		t.Error("the board was shown to nobody in particular")
	}
	p.refused(http.StatusForbidden, "not open to you", "/en/officer/pause", second...)
	p.refused(http.StatusUnprocessableEntity, "not right", "/en/sign-in", "officer", "o1", "passphrase", "words of o2")
	p.signIn()

	p.refused(http.StatusConflict, "steps before", "/en/officer/open/sign", second...)
	p.refused(http.StatusUnprocessableEntity, "not the one on your paper", "/en/officer/open/definition", "group", "0000", "group", "0000", "group", "0000")
	_, page := p.get("/en/officer/open")
	p.must("Self-test", "/en/officer/open/definition", p.typed(page)...)
	p.refused(http.StatusUnprocessableEntity, "clock was not confirmed", "/en/officer/open/test")
	p.printer.Set(device.Cover)
	p.refused(http.StatusConflict, "cover is open", "/en/officer/open/test", "clock", "1")
	p.printer.Set(device.Ready)
	p.must("Start every", "/en/officer/open/test", "clock", "1")
	p.refused(http.StatusConflict, "No terminal is ready", "/en/officer/open/devices")
	p.commit("d1", "d2")
	p.must("Sign and open", "/en/officer/open/devices")
	p.refused(http.StatusUnprocessableEntity, "second officer’s passphrase", "/en/officer/open/sign", "second", "o2", "passphrase", "wrong")
	p.refused(http.StatusUnprocessableEntity, "another person", "/en/officer/open/sign", "second", "o1", "passphrase", "words of o1")
	if n := p.station.Entries(); n != 0 {
		t.Fatalf("%d entries were written", n)
	}
	if status, _ := p.post("/en/officer/papers/zero/printed", "sure", "1"); status != http.StatusNotFound {
		t.Errorf("the zero report was said to be printed before there was one: status %d", status)
	}
	p.must("The branch is open", "/en/officer/open/sign", second...)
	p.print("zero", "Zero report")
	p.refused(http.StatusConflict, "opened already", "/en/officer/open/sign", second...)
	for _, name := range []string{"zero-fa.pdf", "zero-en.pdf"} {
		if b, err := os.ReadFile(filepath.Join(p.dir, "papers", name)); err != nil || !bytes.HasPrefix(b, []byte("%PDF")) {
			t.Errorf("%s: %v", name, err)
		}
	}

	p.refused(http.StatusConflict, "not taken", "/en/officer/pause", append([]string{"reason", "tea"}, second...)...)
	p.must("Voting is paused", "/en/officer/pause", append([]string{"reason", "power"}, second...)...)
	p.must("Voting goes on", "/en/officer/resume", second...)
	p.must("Written", "/en/officer/incidents", "text", "چراغ‌ها خاموش شد")
	p.refused(http.StatusUnprocessableEntity, "empty", "/en/officer/incidents", "text", "")

	order := p.order()
	p.refused(http.StatusUnprocessableEntity, "not an order", "/en/officer/extend", append([]string{"typed", "abcd"}, second...)...)
	p.must("extended", "/en/officer/extend", append([]string{"order", hex.EncodeToString(order)}, second...)...)
	p.refused(http.StatusConflict, "not taken", "/en/officer/extend", append([]string{"order", hex.EncodeToString(order)}, second...)...)

	p.people.n = 2
	_, _ = p.seal("d1", "1")
	if err := p.station.Dismiss("d1"); err != nil {
		t.Fatal(err)
	}
	s2, end2 := p.seal("d2", "2")
	if _, page := p.get("/en/officer"); !strings.Contains(page, "Ballots without an ending") || !strings.Contains(page, "The voter is at the terminal") {
		t.Errorf("the board does not show the waiting ballots:\n%s", page)
	}
	e := end2(station.Cast)
	e.Session = s2
	if err := p.station.End(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	p.refused(http.StatusConflict, "has its ending", "/en/officer/settle", append([]string{"device", "d2", "number", "0", "end", "cast"}, second...)...)

	p.must("Let the last person", "/en/officer/close/time")
	p.refused(http.StatusConflict, "no ending", "/en/officer/close/sign", second...)
	p.must("Settle these ballots", "/en/officer/close/queue")
	p.must("The terminal carries it out", "/en/officer/settle", append([]string{"device", "d1", "number", "0", "end", "spoiled"}, second...)...)
	b := p.station.Device("d1").Waiting[0]
	data, err := record.Sign(p.election.Definition.ID(), record.BranchLog("101"), &record.Spoiled{Device: "d1", Number: 0, Code: b.Code[:]}, p.election.Keys.Signer("device/d1"))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.station.End(t.Context(), station.End{Device: "d1", Entry: data}); err != nil {
		t.Fatal(err)
	}
	p.refused(http.StatusConflict, "1 persons are checked in", "/en/officer/close/queue")
	p.must("Closing statement", "/en/officer/close/queue", "sure", "1")
	p.must("count the cards in the box", "/en/officer/close/sign", second...)
	p.refused(http.StatusConflict, "not printed yet", "/en/officer/close/publish")
	p.refused(http.StatusUnprocessableEntity, "hold the paper", "/en/officer/papers/minutes/printed")
	p.must("The witnesses cosign", "/en/officer/papers/minutes/printed", "sure", "1")
	p.must("Sending to headquarters", "/en/officer/close/publish")
	p.refused(http.StatusConflict, "the network is down", "/en/officer/close/push")
	p.must("work is done", "/en/officer/close/push")
	for _, name := range []string{"/officer/papers/minutes.pdf", "/en/officer/papers/minutes.png", "/officer/papers/zero.png"} {
		if status, body := p.get(name); status != http.StatusOK || len(body) < 5000 {
			t.Errorf("%s: status %d, %d bytes", name, status, len(body))
		}
	}
	want := []string{"sign-in-refused", "signed-in", "definition-confirmed", "self-test", "opened", "zero-printed", "paused", "resumed", "incident", "extended", "closing", "settled", "closed", "minutes-printed", "published", "pushed"}
	var got []string
	for _, l := range p.book.Lines() {
		got = append(got, l.What)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the daybook says %v, want %v", got, want)
	}
}

// print prints a paper that the officers are asked for: torn off first, then whole.
func (p *place) print(name, title string) {
	p.t.Helper()
	if _, page := p.get("/en/officer"); !strings.Contains(page, "Print the zero report") {
		p.t.Errorf("the board does not ask for the paper:\n%s", page)
	}
	title = "\u2068" + title + "\u2069"
	p.printer.SetAfter(100, device.Out)
	p.post("/en/officer/papers/" + name + "/print")
	p.press.Wait()
	if _, page := p.get("/en/printer"); !strings.Contains(page, title+" was not printed: \u2068The printer is out of paper") || !strings.Contains(page, "void") {
		p.t.Errorf("the fault in mid-print is not shown:\n%s", page)
	}
	if _, page := p.get("/en/officer/open"); !strings.Contains(page, "/officer/papers/zero/print\"") {
		p.t.Errorf("the wizard goes on without the paper:\n%s", page)
	}
	p.printer.Set(device.Ready)
	p.post("/en/printer/again")
	p.press.Wait()
	if _, page := p.get("/en/printer"); !strings.Contains(page, "Printed: "+title) {
		p.t.Errorf("it was not printed again:\n%s", page)
	}
	job, whole := p.printer.Last()
	if !whole || !job.Cut || job.Bitmap.Width < 560 || job.Bitmap.Height < 800 {
		p.t.Errorf("what came out is whole: %v, cut: %v, %d by %d dots", whole, job.Cut, job.Bitmap.Width, job.Bitmap.Height)
	}
}

// order is one of headquarters to extend voting.
func (p *place) order() []byte {
	p.t.Helper()
	var by []record.Signer
	for _, role := range []string{election.Headquarters, election.Supervisory} {
		for _, o := range p.election.Definition.Offices {
			if o.Role == role {
				by = append(by, p.election.Keys.Signer("office/"+o.ID))
				break
			}
		}
	}
	data, err := record.Sign(p.election.Definition.ID(), record.HQ, &record.ExtensionOrder{Branches: []string{"101"}, Until: "22:00", Article: "art. 27", Text: "Long queues"}, by...)
	if err != nil {
		p.t.Fatal(err)
	}
	return data
}
