package kiosk_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/durable"
	. "github.com/sandogh/sandogh/internal/terminal/kiosk"
	"github.com/sandogh/sandogh/internal/terminal/vault"
	"github.com/sandogh/sandogh/internal/terminal/voter"
	"github.com/sandogh/sandogh/spec"
)

// rig is a device in a branch, both running.
type rig struct {
	t      testing.TB
	branch *branch
	kiosk  *Kiosk
	home   *httptest.Server
	dir    string
	stop   func()
	client *http.Client
	change []func(*Config)
}

func definition(t testing.TB) *election.Definition {
	t.Helper()
	data, err := spec.Examples.ReadFile("examples/definition.json")
	if err != nil {
		t.Fatal(err)
	}
	def, err := election.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return def
}

func seed(name string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(fmt.Sprintf("%-32s", name))[:32])
}

func newRig(t testing.TB, change ...func(*Config)) *rig {
	t.Helper()
	return newRigOf(t, definition(t), change...)
}

func newRigOf(t testing.TB, def *election.Definition, change ...func(*Config)) *rig {
	t.Helper()
	if t, ok := t.(*testing.T); ok {
		t.Parallel()
	}
	r := &rig{t: t, dir: filepath.Join(t.TempDir(), "d1"), client: &http.Client{Timeout: 30 * time.Second}, change: change}
	log := seed("log")
	b, _ := def.Branch("1")
	b.LogKey = election.Key(log.Public().(ed25519.PublicKey))
	v, err := vault.Create(durable.Disk{}, r.dir, "1", "1-d1", seed("device"))
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Prepare(def, elgamal.NewKey(group.Hash("election key", 0)), 50, []byte("dice")); err != nil {
		t.Fatal(err)
	}
	r.branch = newBranch(t, def, "1", "1-d1", log, v.Key.Public().(ed25519.PublicKey))
	r.start()
	t.Cleanup(func() { r.stop() })
	return r
}

// start starts the device's own process, as after a break.
func (r *rig) start() {
	r.t.Helper()
	v, err := vault.Open(durable.Disk{}, r.dir)
	if err != nil {
		r.t.Fatal(err)
	}
	b, _ := v.Definition.Branch(v.Branch)
	client, err := NewClient(r.branch.server.URL, v.Key, b.LogKey.Ed25519())
	if err != nil {
		r.t.Fatal(err)
	}
	voters, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	r.home = httptest.NewUnstartedServer(nil)
	setup := voter.Setup{Home: "http://" + r.home.Listener.Addr().String() + "/", DPI: 141, Printer: "simulate", Simulated: true}
	cfg := Config{Vault: v, Client: client, Setup: setup, Command: []string{os.Args[0], "voter", r.dir}, Voters: voters,
		Address: "http://" + voters.Addr().String(), Every: 50 * time.Millisecond}
	for _, change := range r.change {
		change(&cfg)
	}
	r.kiosk, err = New(cfg)
	if err != nil {
		r.t.Fatal(err)
	}
	r.home.Config.Handler = r.kiosk.Handler()
	r.home.Start()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); r.kiosk.Run(ctx) }()
	home := r.home
	r.stop = func() { cancel(); <-done; home.Close(); voters.Close() }
}

func (r *rig) get(address string) string {
	r.t.Helper()
	a, err := r.client.Get(address)
	if err != nil {
		r.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(b)
}

// wait waits until something is so, for a minute at most.
func (r *rig) wait(so func() bool) bool {
	end := time.After(time.Minute)
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for !so() {
		select {
		case <-again.C:
		case <-end:
			return false
		}
	}
	return true
}

// until waits until a page says something.
func (r *rig) until(address, text string) string {
	r.t.Helper()
	var page string
	if r.wait(func() bool { page = r.get(address); return strings.Contains(page, text) }) {
		return page
	}
	r.t.Fatalf("no page says %q; the last one is\n%s", text, page)
	return ""
}

// open opens the branch with cards and waits for the device to be in service.
func (r *rig) open(cards ...string) {
	r.t.Helper()
	r.until(r.home.URL, `data-clip="cause.before"`)
	if !r.wait(func() (there bool) { r.branch.with(func() { there = r.branch.root != nil }); return there }) {
		r.t.Fatal("no commitment")
	}
	r.branch.with(func() {
		r.branch.state = "open"
		for _, c := range cards {
			r.branch.cards[c] = true
		}
	})
	r.until(r.home.URL, `data-place="idle"`)
}

// activate shows a card and returns the address of the voter's pages.
func (r *rig) activate(card string) (address, page string) {
	r.t.Helper()
	a, err := r.client.PostForm(r.home.URL+"/", url.Values{"card": {card}, "do": {"begin"}})
	if err != nil {
		r.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return a.Request.URL.String(), string(b)
}

// over checks that a page of a session that is over leads back to the device's own.
func (r *rig) over(address string) {
	r.t.Helper()
	for _, path := range []string{"", "turn", "paper.png"} {
		a, err := r.client.Get(address + path)
		if err != nil {
			r.t.Fatal(err)
		}
		a.Body.Close()
		if a.StatusCode != http.StatusGone || a.Header.Get("Refresh") != "0; url="+r.home.URL+"/" {
			r.t.Errorf("/%s of a session that is over: status %d, Refresh %q", path, a.StatusCode, a.Header.Get("Refresh"))
		}
	}
}

var turnOf = regexp.MustCompile(`name="turn" value="(\d+)"`)

// press presses buttons of the voter's pages, one after another; a word after a "!"
// waits until the page is in that place.
func (r *rig) press(address string, dos ...string) {
	r.t.Helper()
	for _, do := range dos {
		if place, ok := strings.CutPrefix(do, "!"); ok {
			r.until(address, `data-place="`+place)
			continue
		}
		turn := turnOf.FindStringSubmatch(r.get(address))[1]
		a, err := r.client.PostForm(address, url.Values{"turn": {turn}, "do": {do}})
		if err != nil {
			r.t.Fatal(err)
		}
		a.Body.Close()
		if a.StatusCode != http.StatusOK {
			r.t.Fatalf("%s: status %d", do, a.StatusCode)
		}
	}
}

var vote = []string{"lang:fa", "start", "toggle:2", "next", "toggle:3", "toggle:1", "next", "seal"}
