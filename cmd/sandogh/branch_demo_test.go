package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// visitor is somebody with a browser that has no screen.
type visitor struct {
	t      *testing.T
	client *http.Client
	url    string // of the page that is open
	page   string
}

func newVisitor(t *testing.T) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, client: &http.Client{Jar: jar, Timeout: time.Minute}}
}

func (v *visitor) open(address string) {
	v.t.Helper()
	a, err := v.client.Get(address)
	v.read(a, err)
}

// send sends a form to a path beside the page, and wants the text on the answer.
func (v *visitor) send(text, path string, pairs ...string) {
	v.t.Helper()
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	base, err := url.Parse(v.url)
	if err != nil {
		v.t.Fatal(err)
	}
	a, err := v.client.PostForm(base.ResolveReference(&url.URL{Path: path}).String(), values)
	v.read(a, err)
	if !strings.Contains(v.page, text) {
		v.t.Fatalf("%s: without %q:\n%s", path, text, v.page)
	}
}

func (v *visitor) read(a *http.Response, err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	v.url, v.page = a.Request.URL.String(), string(b)
}

// find returns the first group of a pattern on the page, or "".
func (v *visitor) find(pattern string) string {
	m := regexp.MustCompile(pattern).FindStringSubmatch(v.page)
	if m == nil {
		return ""
	}
	return m[1]
}

// hidden are the hidden fields of the form with the action.
func (v *visitor) hidden(action string) (pairs []string) {
	v.t.Helper()
	_, form, ok := strings.Cut(v.page, `action="`+action+`"`)
	if !ok {
		v.t.Fatalf("no form %s:\n%s", action, v.page)
	}
	form, _, _ = strings.Cut(form, "</form>")
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(form, -1) {
		pairs = append(pairs, m[1], m[2])
	}
	return pairs
}

// startDemo starts the demo and returns what it says to people.
func startDemo(t *testing.T, dir string) []string {
	t.Helper()
	self := filepath.Join(t.TempDir(), "sandogh") // under its own name the test binary is the command
	test, err := os.Executable()
	if err == nil {
		err = os.Link(test, self)
	}
	if err != nil {
		if err = copyFile(self, test); err != nil {
			t.Fatal(err)
		}
	}
	listen, err := free()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "branch", "demo", "--dir", dir, "--listen", listen)
	cmd.Stderr = os.Stderr
	if !testing.Verbose() {
		cmd.Stderr = io.Discard
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the demo ended with %v", err)
		}
	})
	var said []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if said = append(said, lines.Text()); strings.HasPrefix(lines.Text(), "Stop with") {
			return said
		}
	}
	t.Fatalf("the demo said %q and ended", said)
	return nil
}

func copyFile(to, from string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o755)
}

// after returns what follows the word in what was said.
func after(t *testing.T, said []string, word string) string {
	t.Helper()
	for _, line := range said {
		if _, rest, ok := strings.Cut(line, word); ok {
			return rest
		}
	}
	t.Fatalf("the demo does not say %q: %q", word, said)
	return ""
}

// TestBranchDemo: a branch and its terminals, each a process of its own. Two officers
// open it, a desk checks a voter in, the voter votes at a terminal, and the officers
// close and publish.
func TestBranchDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: no processes were started")
	}
	dir := filepath.Join(t.TempDir(), "demo")
	said := startDemo(t, dir)
	home := strings.TrimSuffix(strings.Fields(after(t, said, "Open: "))[0], "/")
	both := []string{"second", "b1-supervisor", "passphrase", demoPassphrase}

	o := newVisitor(t)
	o.open(home + "/")
	for _, text := range []string{"شبیه‌سازی‌شده", "b1-device1", "/dock/"} {
		if !strings.Contains(o.page, text) {
			t.Errorf("the index does not say %s:\n%s", text, o.page)
		}
	}
	o.open(home + "/en/sign-in")
	o.send("Head of the branch", "/en/sign-in", "officer", "b1-head", "passphrase", demoPassphrase)
	o.open(home + "/en/officer/open")
	var typed []string
	groups := strings.Fields(after(t, said, "for the opening: "))
	for _, m := range regexp.MustCompile(`id="g([0-9]+)"`).FindAllStringSubmatch(o.page, -1) {
		n, _ := strconv.Atoi(m[1])
		typed = append(typed, "group", groups[n-1])
	}
	o.send("Self-test", "/en/officer/open/definition", typed...)
	o.send("Start every voting terminal", "/en/officer/open/test", "clock", "1")
	for range 600 { // until both terminals have said what they commit to
		if o.open(home + "/en/officer/open"); strings.Contains(o.page, "<b>2 terminals are ready") {
			break
		}
		o.wait()
	}
	o.send("Sign and open", "/en/officer/open/devices")
	o.send("The branch is open", "/en/officer/open/sign", both...)

	// The desk, which the head opens on a machine of its own.
	d := newVisitor(t)
	d.open(home + "/en/sign-in")
	d.send("Head", "/en/sign-in", "officer", "b1-head", "passphrase", demoPassphrase)
	d.send("Desk ", "/en/open-desk", "desk", "1")
	d.open(home + "/en/desk")
	d.send("", "/en/desk/find", "q", someVoter(t, filepath.Join(dir, "roll.csv")))
	d.send("", "/en/desk/check-in", d.hidden("/en/desk/check-in")...)
	if !strings.Contains(d.page, "stack") {
		t.Fatalf("the desk does not hand out a card:\n%s", d.page)
	}

	// The voter, who takes a card from the stack.
	card := strings.Split(after(t, said, "checked in: "), ", ")[0]
	terminal := strings.Fields(after(t, said, "Terminal b1-device1: "))[0]
	v := newVisitor(t)
	v.vote(terminal, card)
	for range 600 {
		if o.open(home + "/en/officer"); o.find(`<dt>Cast</dt><dd>([0-9]+)</dd>`) == "1" {
			break
		}
		o.wait()
	}
	if got := o.find(`<dt>Cast</dt><dd>([0-9]+)</dd>`); got != "1" {
		t.Fatalf("%q ballots are cast:\n%s", got, o.page)
	}
	// The card again, at the other terminal.
	v.open(strings.Fields(after(t, said, "Terminal b1-device2: "))[0])
	v.send("used", "/", "turn", v.find(`name="turn" value="([0-9]+)"`), "card", card, "do", "begin")

	o.send("Let the last person", "/en/officer/close/time")
	o.send("Closing statement", "/en/officer/close/queue")
	o.send("Publishing the log", "/en/officer/close/sign", both...)
	o.send("The log is published", "/en/officer/close/publish")
	if _, err := os.Stat(filepath.Join(dir, "branch", "published", "checkpoint")); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "branch", "papers", "minutes-fa.pdf")); err != nil || len(b) < 10_000 {
		t.Errorf("the minutes have %d bytes, %v", len(b), err)
	}
	for _, name := range []string{"journal", "daybook"} { // no voter's name or number goes there
		b, err := os.ReadFile(filepath.Join(dir, "branch", name))
		if err != nil || strings.Contains(string(b), "999") && strings.Contains(string(b), someVoter(t, filepath.Join(dir, "roll.csv"))) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// wait gives the processes time: the caller asks again, and gives up after a minute.
func (v *visitor) wait() { time.Sleep(100 * time.Millisecond) }

// someVoter is the national number of a grown-up voter of the first branch.
func someVoter(t *testing.T, roll string) string {
	t.Helper()
	f, err := os.Open(roll)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines[1:] {
		if l[5] == "large-city-1" && l[3] < "1370" {
			return l[0]
		}
	}
	t.Fatal("nobody may vote")
	return ""
}

// vote lets a voter vote at the terminal: the first candidate of the first contest,
// and otherwise what the page's main button says.
func (v *visitor) vote(terminal, card string) {
	v.t.Helper()
	for range 600 { // the terminal hears that the branch is open
		if v.open(terminal); v.find(`data-place="(idle)"`) != "" {
			break
		}
		v.wait()
	}
	v.send("", "/", "turn", v.find(`name="turn" value="([0-9]+)"`), "card", card, "do", "begin")
	if v.find(`data-place="(idle)"`) != "" {
		v.t.Fatalf("the card was not taken:\n%s", v.page)
	}
	var path []string
	chosen := false
	for range 400 {
		place := v.find(`data-place="([^"]*)"`)
		turn := v.find(`name="turn" value="([0-9]+)"`)
		if v.find(`data-over="(true)"`) != "" {
			v.t.Logf("the voter went through %q", path)
			return
		}
		do := v.find(`<button name="do" value="([^"]*)"[^>]*class="[^"]*\bgo\b`)
		if place == "language" {
			do = "lang:fa"
		}
		if first := v.find(`name="do" value="(toggle:[0-9]+)"`); first != "" && !chosen {
			do, chosen = first, true
		}
		if do == "" {
			v.wait()
			v.open(v.url)
			continue
		}
		if path = append(path, place+" "+do); len(path) > 60 {
			break
		}
		at, err := url.Parse(v.url)
		if err != nil {
			v.t.Fatal(err)
		}
		v.send("", at.Path, "turn", turn, "do", do)
	}
	v.t.Fatalf("the voter did not come to an end: %s\n%s", fmt.Sprint(path), v.page)
}
