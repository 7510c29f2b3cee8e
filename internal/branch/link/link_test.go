package link_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/branch/link"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/record"
)

type people struct{ n uint64 }

func (p *people) CheckedIn() uint64 { return p.n }

func (p *people) Check(text string) (int, error) {
	if text == "x" {
		return 0, station.ErrForeign
	}
	return strconv.Atoi(text)
}

// place is a branch whose terminals are at an address.
type place struct {
	t        *testing.T
	station  *station.Station
	people   people
	election *simulate.Election
	address  string
}

func newPlace(t *testing.T) *place {
	t.Helper()
	e, err := simulate.Small(1)
	if err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, election: e}
	roster := station.Roster{"officer/o1": {Office: "hq"}, "officer/o2": {Office: "supervisors"}, "device/d1": {Office: "hq"}, "device/d2": {Office: "hq"}}
	for by, g := range roster {
		g.Key = e.Keys.Signing(by).Public().(ed25519.PublicKey)
		roster[by] = g
	}
	key := e.Keys.Signing("log/branch/101")
	p.station, err = station.New(t.Context(), station.Config{Dir: t.TempDir(), Definition: e.Definition, Branch: "101", LogKey: key, Roster: roster, CheckIns: &p.people, Cards: &p.people})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.address = l.Addr().String()
	s := link.New(link.Config{Station: p.station, Election: e.Definition.ID(), Branch: "101", Admission: "assigned", Simulated: true, Key: key})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		p.station.Shut(context.Background())
	})
	return p
}

// client is a terminal with the device's key, which takes the branch to have the key.
func (p *place) client(device, branch string) *http.Client {
	p.t.Helper()
	config, err := link.ClientTLS(p.election.Keys.Signing(device), p.election.Keys.Signing(branch).Public().(ed25519.PublicKey))
	if err != nil {
		p.t.Fatal(err)
	}
	tr := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	p.t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

// ask returns the status and the answer.
func (p *place) ask(c *http.Client, method, path, body string) (int, map[string]any) {
	p.t.Helper()
	req, err := http.NewRequest(method, "https://"+p.address+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	a, err := c.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer a.Body.Close()
	data, err := io.ReadAll(a.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(data, &v); err != nil {
		p.t.Fatalf("%s: %v: %s", path, err, data)
	}
	return a.StatusCode, v
}

func (p *place) signed(b record.Body) string {
	p.t.Helper()
	data, err := record.Sign(p.election.Definition.ID(), "branch/101", b, p.election.Keys.Signer("device/d1"))
	if err != nil {
		p.t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(data)
}

const root = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

// TestSession: one voter over the link, with every answer that the text names.
func TestSession(t *testing.T) {
	p := newPlace(t)
	c := p.client("device/d1", "log/branch/101")
	want := func(what string, status int, has string, method, path, body string) map[string]any {
		t.Helper()
		got, v := p.ask(c, method, path, body)
		text, _ := json.Marshal(v)
		if got != status || !strings.Contains(string(text), has) {
			t.Fatalf("%s: status %d, want %d with %s: %s", what, got, status, has, text)
		}
		return v
	}
	want("state", 200, `"state":"before"`, "GET", "/v1/branch", "")
	want("an activation before the opening", 409, `"refused":"closed"`, "POST", "/v1/activate", `{"card":"1"}`)
	want("commitment", 200, `"committed":false`, "POST", "/v1/commit", `{"limit":40,"root":"`+root+`"}`)
	by := [2]record.Signer{p.election.Keys.Signer("officer/o1"), p.election.Keys.Signer("officer/o2")}
	if _, err := p.station.Begin(t.Context(), by); err != nil {
		t.Fatal(err)
	}
	want("another commitment", 409, `"refused":"committed"`, "POST", "/v1/commit", `{"limit":41,"root":"`+root+`"}`)
	want("how it is", 200, `"state":"open"`, "POST", "/v1/state", `{"screen":"idle","printer":"low","assisted":false}`)
	if seen := p.station.Device("d1").Seen; seen.Printer != "low" || seen.At.IsZero() {
		t.Errorf("the branch heard %+v", seen)
	}
	want("nobody is checked in", 409, `"refused":"no-check-in"`, "POST", "/v1/activate", `{"card":"1"}`)
	want("a foreign card", 409, `"en":"This card is from another branch."`, "POST", "/v1/activate", `{"card":"x"}`)
	p.people.n = 2
	session := want("a card", 200, "session", "POST", "/v1/activate", `{"card":"1"}`)["session"].(string)
	want("the state has it", 200, session, "GET", "/v1/branch", "")

	style := p.station.Style()
	b := &record.Sealed{Device: "d1", Style: style.ID}
	for _, k := range style.Contests {
		b.Contests = append(b.Contests, record.SealedContest{Contest: k.ID, Rows: make([]byte, k.K()*66)})
	}
	sealed := p.signed(b)
	seal := fmt.Sprintf(`{"session":%q,"entry":%q}`, session, sealed)
	var code string
	for range 2 {
		code = want("seal", 200, "code", "POST", "/v1/seal", seal)["code"].(string)
	}
	want("a waiting ballot", 200, code, "GET", "/v1/branch", "")
	hash, err := base64.StdEncoding.DecodeString(code)
	if err != nil {
		t.Fatal(err)
	}
	cast := p.signed(&record.Cast{Device: "d1", Code: hash})
	want("an ending without an order", 409, `"refused":"order"`, "POST", "/v1/end", fmt.Sprintf(`{"session":"","entry":%q}`, cast))
	want("leave", 200, "{}", "POST", "/v1/leave", fmt.Sprintf(`{"session":%q,"why":"timeout"}`, session))
	want("an ending after leaving", 409, `"refused":"session"`, "POST", "/v1/end", fmt.Sprintf(`{"session":%q,"entry":%q}`, session, cast))
	if err := p.station.Settle(t.Context(), by, "d1", 0, station.Cast); err != nil {
		t.Fatal(err)
	}
	want("the order", 200, `"orders":[{"end":"cast","number":0}]`, "GET", "/v1/branch", "")
	for range 2 {
		want("as ordered", 200, "{}", "POST", "/v1/end", fmt.Sprintf(`{"session":"","entry":%q}`, cast))
	}
	want("it is cast", 200, `"last":{"number":0,"state":"cast"}`, "GET", "/v1/branch", "")

	for what, body := range map[string]string{"no JSON": "card", "no field": "{}", "another field": `{"card":"1","vote":"7"}`, "twice": `{"card":"1","card":"2"}`,
		"a number": `{"card":1}`, "too much": `{"card":"` + strings.Repeat("1", 300_000) + `"}`} {
		want(what, 400, `"refused":"malformed"`, "POST", "/v1/activate", body)
	}
	want("a screen that there is not", 400, "malformed", "POST", "/v1/state", `{"screen":"contest-3","printer":"ready","assisted":false}`)
	want("no base64", 400, "malformed", "POST", "/v1/seal", `{"session":"","entry":"*"}`)
	if err := p.station.Shut(t.Context()); err != nil {
		t.Fatal(err)
	}
	want("the branch has stopped", 503, `"refused":"stopped"`, "POST", "/v1/activate", `{"card":"2"}`)
}

// TestPins: each side speaks to nobody but the holder of the key that it knows, and
// in TLS 1.3 alone.
func TestPins(t *testing.T) {
	p := newPlace(t)
	for what, c := range map[string]*http.Client{
		"a device that is not granted": p.client("device/d9", "log/branch/101"),
		"another branch":               p.client("device/d1", "log/branch/102"),
		"no certificate":               {Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}},
	} {
		if a, err := c.Get("https://" + p.address + "/v1/branch"); err == nil {
			a.Body.Close()
			t.Errorf("%s: status %d", what, a.StatusCode)
		}
	}
	config, err := link.ClientTLS(p.election.Keys.Signing("device/d1"), p.election.Keys.Signing("log/branch/101").Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	config.MinVersion, config.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	if c, err := tls.Dial("tcp", p.address, config); err == nil {
		c.Close()
		t.Error("it speaks TLS 1.2")
	}
	if a, err := http.Get("http://" + p.address + "/v1/branch"); err == nil {
		defer a.Body.Close()
		if a.StatusCode == http.StatusOK {
			t.Error("it speaks plain HTTP")
		}
	}
	// A device that is taken off the roster while it is connected.
	c := p.client("device/d2", "log/branch/101")
	if status, _ := p.ask(c, "GET", "/v1/branch", ""); status != http.StatusOK {
		t.Fatal(status)
	}
	p.station.SetRoster(station.Roster{})
	if status, v := p.ask(c, "GET", "/v1/branch", ""); status != http.StatusForbidden {
		t.Errorf("status %d, %v", status, v)
	}
}

// FuzzDecode: what is read as a request is written as it was read.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"session":"a","entry":"AAAA"}`))
	f.Add([]byte(`{"session":"","entry":""}`))
	f.Add([]byte(`{"session":"a","entry":"AA=\n="}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := link.Decode[link.Entry](data)
		if err != nil {
			return
		}
		out, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		again, err := link.Decode[link.Entry](out)
		if err != nil || again.Session != in.Session || !bytes.Equal(again.Entry, in.Entry) {
			t.Errorf("%q became %q: %v", data, out, err)
		}
	})
}
