package kiosk_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/printing/device"
	. "github.com/sandogh/sandogh/internal/terminal/kiosk"
	"github.com/sandogh/sandogh/internal/terminal/voter"
	"github.com/sandogh/sandogh/record"
)

// TestMain is a voter's process too: the kiosk starts this binary with its folder.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "voter" {
		if err := serveVoter(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func serveVoter(dir string) error {
	if err := voter.Harden(); err != nil {
		return err
	}
	l, err := net.FileListener(os.NewFile(3, "voters"))
	if err != nil {
		return err
	}
	return voter.Process(context.Background(), dir, os.Stdin, os.Stdout, l)
}

func TestVote(t *testing.T) {
	r := newRig(t)
	r.open("11112222", "33334444")
	address, _ := r.activate("۱۱۱۱۲۲۲۲")
	if strings.HasPrefix(address, r.home.URL) {
		t.Fatal("no session")
	}
	// A second window of the device's own page only leads back.
	if page := r.get(r.home.URL); !strings.Contains(page, address) || !strings.Contains(page, `data-place="live"`) {
		t.Error("the device's own page does not lead back to the session")
	}
	r.press(address, vote...)
	r.press(address, "!check", "right", "cast", "!done")
	r.branch.with(func() {
		if r.branch.ends[0] != "cast" || len(r.branch.entries) != 2 || r.branch.session != "" {
			t.Errorf("the branch has %v", r.branch.ends)
		}
	})
	r.until(r.home.URL, `data-place="idle"`) // asking for it leaves the last page
	r.over(address)
	// The next voter spoils a card, tests the machine, and votes.
	again, page := r.activate("11112222")
	if !strings.Contains(page, `data-clip="refused.used"`) || !strings.HasPrefix(again, r.home.URL) {
		t.Errorf("a used card: %s", again)
	}
	again, _ = r.activate("33334444")
	if again == address {
		t.Fatal("the same address twice")
	}
	r.over(address)
	r.press(again, vote...)
	r.press(again, "!check", "wrong", "another", "!review", "change:1", "toggle:5", "next", "seal", "!check", "wrong", "test", "challenge", "!tested", "anew", "next", "toggle:1", "next", "seal",
		"!check", "right", "cast", "!done")
	r.branch.with(func() {
		if got := fmt.Sprint(r.branch.ends); got != "map[0:cast 1:spoiled 2:challenged 3:cast]" {
			t.Errorf("the branch has %s", got)
		}
		var revealed *record.Challenged
		for _, e := range r.branch.entries {
			entry, err := record.Decode(e)
			if err != nil {
				t.Fatal(err)
			}
			if c, ok := entry.Body.(*record.Challenged); ok {
				revealed = c
			}
		}
		if revealed == nil || !slices.Equal(revealed.Contests[1].Selections, []uint64{1, 3, 5}) {
			t.Errorf("the test reveals %+v", revealed)
		}
		screens := map[any]bool{}
		for _, h := range r.branch.how {
			screens[h["screen"]] = true
		}
		if !screens["voting"] || !screens["idle"] || !screens["out-of-service"] {
			t.Errorf("the branch was told %v", screens)
		}
	})
}

// TestNothingIsLost: the branch loses answers, goes away and pauses; the voter waits
// and nothing is done twice.
func TestNothingIsLost(t *testing.T) {
	r := newRig(t)
	r.open("11112222")
	address, _ := r.activate("11112222")
	r.press(address, vote[:len(vote)-1]...)
	r.branch.with(func() { r.branch.state = "paused" })
	r.press(address, "seal")
	r.until(address, `data-clip="trouble.paused"`)
	r.branch.with(func() { r.branch.state, r.branch.down = "open", true })
	r.until(address, `data-clip="trouble.branch"`)
	r.branch.with(func() { r.branch.down, r.branch.deaf = false, 2 })
	r.press(address, "!check", "right")
	r.branch.with(func() { r.branch.deaf = 2 })
	r.press(address, "cast", "!done")
	r.branch.with(func() {
		if len(r.branch.entries) != 2 || r.branch.ends[0] != "cast" || len(r.branch.left) != 0 {
			t.Errorf("%d entries, %v, left %v", len(r.branch.entries), r.branch.ends, r.branch.left)
		}
	})
}

// TestPrinter: each fault has its screen; a card that may be half printed is void.
func TestPrinter(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts many processes")
	}
	r := newRig(t)
	r.open("11112222")
	dock := func(body string) {
		t.Helper()
		a, err := r.client.Post(r.home.URL+"/dock/", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		if a.StatusCode != http.StatusNoContent {
			t.Fatalf("%s: status %d", body, a.StatusCode)
		}
	}
	for _, state := range []string{"out", "cover", "hot", "faulty", "lost"} {
		dock(`{"printer":"` + state + `"}`)
		r.until(r.home.URL, `data-clip="cause.`+state)
	}
	dock(`{"printer":"low"}`)
	r.until(r.home.URL, `data-place="idle"`)
	address, _ := r.activate("11112222")
	r.press(address, vote[:len(vote)-1]...)
	dock(`{"printer":"out"}`)
	r.press(address, "seal")
	for _, state := range []string{"out", "cover", "hot", "faulty", "lost"} {
		dock(`{"printer":"` + state + `"}`)
		r.until(address, `data-clip="trouble.`+state)
	}
	dock(`{"printer":"ready"}`)
	r.press(address, "!check", "wrong")
	dock(`{"printer":"out","after":200}`)
	r.press(address, "another", "!review", "seal", "!torn")
	dock(`{"printer":"ready"}`)
	r.press(address, "another", "!review", "seal", "!check", "right")
	dock(`{"printer":"cover","after":100}`)
	r.press(address, "cast")
	r.until(address, `data-clip="slip.code"`)
	dock(`{"printer":"ready"}`)
	r.press(address, "!done")
	r.branch.with(func() {
		if got := fmt.Sprint(r.branch.ends); got != "map[0:spoiled 1:spoiled 2:cast]" {
			t.Errorf("the branch has %s", got)
		}
	})
	if page := r.get(r.home.URL + "/dock/"); !strings.Contains(page, "شبیه‌سازی‌شده") {
		t.Error("the panel is not marked")
	}
}

// TestBreak: the device is cut off in the middle of a session, at any step; after
// it has started again the branch and the officers know what has become of it.
func TestBreak(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts many processes")
	}
	for at, want := range map[int]string{3: "", 7: "", 8: "cast", 9: "spoiled"} {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			r := newRig(t)
			r.open("11112222", "33334444")
			address, _ := r.activate("11112222")
			all := append(slices.Clone(vote), "!check", "right")
			r.press(address, all[:at]...)
			if at >= 8 {
				r.press(address, "!check")
			}
			r.stop()
			r.start()
			if want != "" {
				r.until(r.home.URL, `data-clip="cause.waiting"`)
				if !r.wait(func() (left bool) { r.branch.with(func() { left = r.branch.session == "" }); return left }) {
					t.Error("the session is still live")
				}
				r.branch.with(func() { r.branch.orders = []map[string]any{{"number": uint64(0), "end": want}} })
			}
			r.until(r.home.URL, `data-place="idle"`)
			if !r.wait(func() (done bool) {
				r.branch.with(func() { done = r.branch.ends[0] == want && len(r.branch.left) > 0 })
				return done
			}) {
				r.branch.with(func() { t.Errorf("ballot 0 is %q, left %v", r.branch.ends[0], r.branch.left) })
			}
			address, _ = r.activate("33334444")
			r.press(address, vote...)
			r.press(address, "!check", "right", "cast", "!done")
		})
	}
}

// TestOfficersEnd: officers end the session of a voter, whose process goes.
func TestOfficersEnd(t *testing.T) {
	r := newRig(t)
	r.open("11112222")
	address, _ := r.activate("11112222")
	r.press(address, "lang:fa", "start")
	r.branch.with(func() { r.branch.session = "" }) // the officers end it
	r.until(address, `data-clip="left.officer"`)
	r.until(r.home.URL, `data-place="idle"`)
	if !r.wait(func() (left bool) {
		r.branch.with(func() { left = slices.Equal(r.branch.left, []string{"officer"}) })
		return left
	}) {
		r.branch.with(func() { t.Errorf("left %v", r.branch.left) })
	}
}

func TestRollbackAndClosing(t *testing.T) {
	r := newRig(t)
	r.open("11112222")
	address, _ := r.activate("11112222")
	r.press(address, vote...)
	r.press(address, "!check", "right", "cast", "!done")
	r.until(r.home.URL, `data-place="idle"`)
	r.branch.with(func() { r.branch.next, r.branch.ends = 0, map[uint64]string{} }) // an older copy of the log
	r.until(r.home.URL, `data-clip="cause.rollback"`)
	r.branch.with(func() { r.branch.next, r.branch.ends[0] = 1, "cast" })
	r.until(r.home.URL, `data-place="idle"`)
	r.branch.with(func() { r.branch.state = "closed" })
	r.until(r.home.URL, `data-clip="cause.closed"`)
	if _, err := os.Stat(filepath.Join(r.dir, "root")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the root is still there: %v", err)
	}
	r.stop()
	r.start()
	r.until(r.home.URL, `data-clip="cause.closed"`)
}

// TestCauses: whatever keeps the device from work has a page that says so.
func TestCauses(t *testing.T) {
	r := newRig(t)
	r.open()
	for cause, set := range map[string]func(on bool){
		"paused":    func(on bool) { r.branch.state = map[bool]string{true: "paused", false: "open"}[on] },
		"locked":    func(on bool) { r.branch.locked = on },
		"retired":   func(on bool) { r.branch.retired = on },
		"branch":    func(on bool) { r.branch.down = on },
		"simulated": func(on bool) { r.branch.simulated = !on },
		"mixed":     func(on bool) { r.branch.device = map[bool]string{true: "1-d9", false: "1-d1"}[on] },
	} {
		r.branch.with(func() { set(true) })
		r.until(r.home.URL, `data-clip="cause.`+cause)
		if a, err := r.client.PostForm(r.home.URL+"/", url.Values{"card": {"11112222"}, "do": {"begin"}}); err != nil || a.StatusCode != http.StatusConflict {
			t.Errorf("%s: a session begins: %v", cause, err)
		}
		r.branch.with(func() { set(false) })
		r.until(r.home.URL, `data-place="idle"`)
	}
	if _, page := r.activate("99999999"); !strings.Contains(page, `data-clip="refused.unknown"`) {
		t.Error("an unknown card is not refused")
	}
}

// TestWithoutScript: the keys of the pad of cards work without a script too.
func TestWithoutScript(t *testing.T) {
	r := newRig(t)
	r.open()
	card := ""
	for _, key := range []string{"digit:4", "digit:2", "rub", "digit:0", "digit:12"} {
		a, err := r.client.PostForm(r.home.URL+"/", url.Values{"card": {card}, "do": {key}})
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(a.Body)
		a.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if m := regexp.MustCompile(`name="card" value="([^"]*)"`).FindStringSubmatch(string(b)); m != nil {
			card = m[1]
		}
		if want := map[string]string{"digit:4": "۴", "digit:2": "۴۲", "rub": "۴", "digit:0": "۴۰", "digit:12": ""}[key]; card != want {
			t.Errorf("after %s the card is %q", key, card)
		}
	}
}

// TestPinned: a branch with another key is not spoken to.
func TestPinned(t *testing.T) {
	r := newRig(t)
	c, err := NewClient(r.branch.server.URL, seed("device"), seed("another").Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.State(t.Context()); err == nil || !strings.Contains(err.Error(), "has not the key of the branch") {
		t.Errorf("error is %v", err)
	}
	c, err = NewClient(r.branch.server.URL, seed("another"), seed("log").Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.State(t.Context()); err == nil {
		t.Error("another device is answered")
	}
	for _, bad := range []string{"http://x:1", "x:1", "https://", "https://x/path", ""} {
		if _, err := NewClient(bad, seed("device"), seed("log").Public().(ed25519.PublicKey)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestRedacted(t *testing.T) {
	r := newRig(t)
	if text := fmt.Sprintf("%v %+v %#v", r.kiosk, r.kiosk, r.kiosk); text != "kiosk[REDACTED] kiosk[REDACTED] kiosk[REDACTED]" {
		t.Error(text)
	}
	if device.Ready.String() == "" {
		t.Error("no name")
	}
}
