package main

import (
	"bufio"
	"encoding/csv"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

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
// open it and print the zero report, a desk checks a voter in, the voter votes at a
// terminal, and the officers close, print the minutes and publish.
func TestBranchDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: no processes were started")
	}
	dir := filepath.Join(t.TempDir(), "demo")
	said := startDemo(t, dir)
	home := strings.TrimSuffix(strings.Fields(after(t, said, "Open: "))[0], "/")
	done := func(v *person) {
		t.Helper()
		if v.err != nil {
			t.Fatal(v.err)
		}
	}

	o := newPerson(home, nil)
	o.get(home + "/")
	for _, text := range []string{"شبیه‌سازی‌شده", "b1-device1", "/dock/", "/printer"} {
		o.wants(text)
	}
	o.signIn()
	o.get(home + "/en/officer/open")
	var typed []string
	groups := strings.Fields(after(t, said, "for the opening: "))
	for _, m := range regexp.MustCompile(`id="g([0-9]+)"`).FindAllStringSubmatch(o.page, -1) {
		n, _ := strconv.Atoi(m[1])
		typed = append(typed, "group", groups[n-1])
	}
	o.post("/en/officer/open/definition", typed...)
	o.post("/en/officer/open/test", "clock", "1")
	o.wants("Start every voting terminal")
	o.until(home+"/en/officer/open", "<b>2 terminals are ready") // have said what they commit to
	o.post("/en/officer/open/devices")
	o.post("/en/officer/open/sign", "second", "b1-supervisor", "passphrase", demoPassphrase)
	o.wants("put it on the wall")
	o.post("/en/officer/papers/zero/print")
	o.until(home+"/en/printer", "Printed: ")
	o.wants("data:image/png;base64,")
	done(o)

	// The desk, which the head opens on a machine of its own.
	d := newPerson(home, nil)
	d.signIn()
	d.post("/en/open-desk", "desk", "1")
	d.admit(someVoter(t, filepath.Join(dir, "roll.csv")))
	done(d)

	// The voter, who takes a card from the stack and shows it to the reader.
	v := newPerson(strings.Fields(after(t, said, "Terminal b1-device1: "))[0], nil)
	v.until(v.base, `data-place="idle"`)
	v.post("/dock/", "reader", "next")
	v.until(v.base, `data-place="begun"`)
	v.get(v.find(`data-home="([^"]*)"`))
	v.walk(t)
	done(v)
	o.until(home+"/en/officer", "<dt>Cast</dt><dd>1</dd>")
	done(o)
	// The card again, at the other terminal.
	v.base = strings.Fields(after(t, said, "Terminal b1-device2: "))[0]
	v.until(v.base, `data-place="idle"`)
	done(v)
	stack, err := os.ReadFile(filepath.Join(dir, "cards-b1-device1.txt"))
	if err != nil {
		t.Fatal(err)
	}
	v.post("/", "turn", v.turn(), "card", strings.Fields(string(stack))[0], "do", "begin")
	if v.place() == "language" || !strings.Contains(v.page, "used") {
		t.Errorf("a card that was used is taken again:\n%s", v.page)
	}

	o.post("/en/officer/close/time")
	o.post("/en/officer/close/queue")
	o.post("/en/officer/close/sign", "second", "b1-supervisor", "passphrase", demoPassphrase)
	o.wants("count the cards in the box")
	o.post("/en/officer/papers/minutes/print")
	o.until(home+"/en/printer", "Printed: ")
	o.get(home + "/en/officer/close")
	o.post("/en/officer/close/publish")
	o.wants("The log is published")
	done(o)
	if _, err := os.Stat(filepath.Join(dir, "branch", "published", "checkpoint")); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "branch", "papers", "minutes-fa.pdf")); err != nil || len(b) < 10_000 {
		t.Errorf("the minutes have %d bytes, %v", len(b), err)
	}
	for _, name := range []string{"journal", "daybook"} { // no voter's name or number goes there
		b, err := os.ReadFile(filepath.Join(dir, "branch", name))
		if err != nil || strings.Contains(string(b), someVoter(t, filepath.Join(dir, "roll.csv"))) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

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

// walk votes for the first candidate of the first contest, and presses otherwise what
// is the page's main button.
func (v *person) walk(t *testing.T) {
	t.Helper()
	var path []string
	chosen := false
	for v.err == nil && v.find(`data-over="(true)"`) == "" {
		do := v.find(`<button name="do" value="([^"]*)"[^>]*class="[^"]*\bgo\b`)
		if v.place() == "language" {
			do = "lang:fa"
		}
		if first := v.find(`name="do" value="(toggle:[0-9]+)"`); first != "" && !chosen {
			do, chosen = first, true
		}
		if do == "" { // the terminal is at work
			v.turned()
			continue
		}
		if path = append(path, v.place()+" "+do); len(path) > 60 {
			t.Fatalf("the voter did not come to an end: %q\n%s", path, v.page)
		}
		v.press(do)
	}
	t.Logf("the voter went through %q", path)
}
