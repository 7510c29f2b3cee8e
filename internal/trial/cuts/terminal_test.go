package cuts_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/roll/marks"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/internal/terminal/kiosk"
	"github.com/sandogh/sandogh/internal/terminal/vault"
	"github.com/sandogh/sandogh/internal/terminal/voter"
)

// TestMain is a terminal's own process and a voter's too: the test starts the one,
// and that one the other.
func TestMain(m *testing.M) {
	serve := map[string]func([]string) error{"terminal": serveTerminal, "voter": serveVoter}
	if len(os.Args) > 1 && serve[os.Args[1]] != nil {
		if err := serve[os.Args[1]](os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func serveVoter(args []string) error {
	if err := voter.Harden(); err != nil {
		return err
	}
	l, err := net.FileListener(os.NewFile(3, "voters"))
	if err != nil {
		return err
	}
	return voter.Process(context.Background(), args[0], os.Stdin, os.Stdout, l)
}

// serveTerminal serves the device of a folder at the branch's address and kills
// itself at a step of its disk: terminal FOLDER ADDRESS before|after|never STEP.
func serveTerminal(args []string) error {
	last, steps := 0, 0
	if _, err := fmt.Sscan(args[3], &last); err != nil {
		return err
	}
	step := func(kind string) {
		if kind != args[2] {
			return
		}
		if steps++; steps == last {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // until it is gone
		}
	}
	disk := durable.Disk{Before: func(durable.Step, string) error { step("before"); return nil }, After: func(durable.Step, string) { step("after") }}
	v, err := vault.Open(disk, args[0])
	if err != nil {
		return err
	}
	at, _ := v.Definition.Branch(v.Branch)
	client, err := kiosk.NewClient("https://"+args[1], v.Key, at.LogKey.Ed25519())
	if err != nil {
		return err
	}
	voters, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	home, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	setup := voter.Setup{Home: "http://" + home.Addr().String() + "/", DPI: 141, Printer: "simulate", Simulated: true}
	k, err := kiosk.New(kiosk.Config{Vault: v, Client: client, Setup: setup, Command: []string{os.Args[0], "voter", args[0]}, Voters: voters,
		Address: "http://" + voters.Addr().String(), Every: 50 * time.Millisecond})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { // until the test hangs up
		io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	server := &http.Server{Handler: k.Handler(), ReadHeaderTimeout: time.Minute}
	go server.Serve(home)
	fmt.Println("http://" + home.Addr().String())
	return errors.Join(k.Run(ctx), server.Close())
}

// machine is a terminal in a process of its own.
type machine struct {
	cmd    *exec.Cmd
	in     io.Closer
	home   string
	client *http.Client
}

func startMachine(dir, address, kind string, step int) (*machine, error) {
	m := &machine{cmd: exec.Command(os.Args[0], "terminal", dir, address, kind, fmt.Sprint(step)), client: &http.Client{Timeout: patience}}
	m.cmd.Stderr = os.Stderr
	var err error
	if m.in, err = m.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := m.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := m.cmd.Start(); err != nil {
		return nil, err
	}
	m.home, err = bufio.NewReader(out).ReadString('\n')
	m.home = strings.TrimSpace(m.home)
	return m, err
}

// dies waits until the process is killed.
func (m *machine) dies() bool {
	late := time.AfterFunc(patience, func() { m.in.Close() })
	defer late.Stop()
	var exit *exec.ExitError
	return errors.As(m.cmd.Wait(), &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL
}

// end asks the process to end and reports whether it was killed before.
func (m *machine) end() (killed bool) {
	m.in.Close()
	return m.dies()
}

// read returns the address and the text of the page that an answer ends with.
func read(a *http.Response, err error) (string, string, error) {
	if err != nil {
		return "", "", err
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	return a.Request.URL.String(), string(b), err
}

// until waits until a page says something.
func (m *machine) until(address, text string) error {
	end := time.Now().Add(patience)
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		_, page, err := read(m.client.Get(address))
		if err != nil || strings.Contains(page, text) {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("no page says %s; the last one is\n%s", text, page)
		}
		<-again.C
	}
}

// await waits until something is so.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	end := time.After(patience)
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for !so() {
		select {
		case <-again.C:
		case <-end:
			t.Fatalf("no %s", what)
		}
	}
}

var turnOf = regexp.MustCompile(`name="turn" value="(\d+)"`)

// vote lets a voter with an activation card vote, as far as the process lives.
func (m *machine) vote(card string) error {
	if err := m.until(m.home, `data-place="idle"`); err != nil {
		return err
	}
	address, page, err := read(m.client.PostForm(m.home+"/", url.Values{"card": {card}, "do": {"begin"}}))
	if err == nil && strings.HasPrefix(address, m.home) {
		err = fmt.Errorf("no session begins:\n%s", page)
	}
	for _, do := range []string{"lang:fa", "start", "toggle:2", "next", "seal", "!check", "right", "cast", "!done"} {
		if err != nil {
			return err
		}
		if place, ok := strings.CutPrefix(do, "!"); ok {
			err = m.until(address, `data-place="`+place)
			continue
		}
		if _, page, err = read(m.client.Get(address)); err != nil {
			return err
		}
		turn := turnOf.FindStringSubmatch(page)
		if turn == nil {
			return fmt.Errorf("%s: the page has no turn:\n%s", do, page)
		}
		_, _, err = read(m.client.PostForm(address, url.Values{"turn": {turn[1]}, "do": {do}}))
	}
	return err
}

// TestTerminalKilled: the own process of a terminal is killed before and after each
// step of its disk, while a voter votes, and another one goes on in its place. The
// branch, which goes on all the time, says of every ballot one thing; a ballot that
// was left behind is settled by officers and carried out by the terminal; and no
// number is sealed twice.
func TestTerminalKilled(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	b, err := w.open(ctx, folder(t), durable.Disk{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.shut(context.Background())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	all := &listener{Listener: l, before: func() {}}
	served := make(chan struct{})
	serving, stop := context.WithCancel(ctx)
	go func() { defer close(served); b.serve(serving, all) }()
	defer func() { all.hangUp(); stop(); <-served }()

	dir := filepath.Join(folder(t), "d1")
	v, err := vault.Create(durable.Disk{}, dir, here, "d1", w.Keys.Signing("device/d1"))
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Prepare(w.Definition, w.key, 64, []byte("dice")); err != nil {
		t.Fatal(err)
	}
	start := func(kind string, step int) *machine {
		m, err := startMachine(dir, l.Addr().String(), kind, step)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}

	m := start("never", 0)
	if err := m.until(m.home, `data-clip="cause.before"`); err != nil {
		t.Fatal(err)
	}
	await(t, "commitment", func() bool { return b.station.Device("d1").Announced })
	if err := b.do(ctx, "officers begin", false); err != nil {
		t.Fatal(err)
	}
	m.end()

	type cut struct {
		kind string
		step int
	}
	var cuts []cut
	for step := range 5 { // the mark: create, write, sync, rename, sync of the folder
		cuts = append(cuts, cut{"before", step + 1}, cut{"after", step + 1})
	}
	cuts = append(cuts, cut{"never", 0})
	voters, left := 0, 0
	for card, c := range cuts {
		if c := b.station.Counts(); c.Chances < 1 {
			if _, err := b.marks.CheckIn(ctx, marks.Request{Number: w.roll.Own()[voters].Number, Desk: "1", ID: fmt.Sprint(voters)}); err != nil {
				t.Fatal(err)
			}
			voters++
		}
		m := start(c.kind, c.step)
		err := m.vote(w.stack[card].Text)
		killed := m.end()
		if killed != (c.kind != "never") || !killed && err != nil {
			t.Fatalf("%s %d: killed %v, %v", c.kind, c.step, killed, err)
		}
		// What was in hand is settled with a terminal that goes on in its place.
		m = start("never", 0)
		if len(b.station.Device("d1").Waiting) > 0 {
			left++
			if err := m.until(m.home, `data-clip="cause.waiting"`); err != nil {
				t.Fatalf("%s %d: %v", c.kind, c.step, err)
			}
			await(t, "end of the session", func() bool { return b.station.Device("d1").Session == "" })
			for _, x := range b.station.Device("d1").Waiting {
				end := station.Spoiled
				if left%2 == 0 {
					end = station.Cast
				}
				if err := b.station.Settle(ctx, b.officers(), "d1", x.Number, end); err != nil {
					t.Fatalf("%s %d: %v", c.kind, c.step, err)
				}
			}
		}
		if err := m.until(m.home, `data-place="idle"`); err != nil {
			t.Fatalf("%s %d: %v", c.kind, c.step, err)
		}
		m.end()
		if _, err := b.facts(ctx); err != nil {
			t.Errorf("%s %d: %v", c.kind, c.step, err)
		}
		d := b.station.Device("d1")
		mark, err := v.Mark()
		if err != nil || d.Next != uint64(card+1) || mark != d.Next || d.Session != "" || len(b.station.Discrepancies()) > 0 {
			t.Errorf("%s %d: the branch has %d ballots, the terminal %d, %v; session %q, %v", c.kind, c.step, d.Next, mark, err, d.Session, b.station.Discrepancies())
		}
	}
	for _, act := range []string{"officers closing", "officers close"} {
		if err := b.do(ctx, act, false); err != nil {
			t.Fatal(err)
		}
	}
	if c := b.station.Counts(); left != len(cuts)-1 || c.Spoiled+c.Cast != uint64(len(cuts)) {
		t.Errorf("%d ballots were left behind, and the day ends with %+v", left, c)
	}
	if err := b.verify(ctx, b.station.Counts().Cast); err != nil {
		t.Error(err)
	}

	// The branch has closed: the root is erased, whatever comes between.
	for step := range 4 { // of erasing: write, sync, unlink, sync of the folder
		for _, kind := range []string{"before", "after"} {
			again := filepath.Join(folder(t), "d1")
			if err := os.CopyFS(again, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			m, _ := startMachine(again, l.Addr().String(), kind, step+1) // which may be gone before it says where it is
			if !m.dies() {
				t.Fatalf("closing, %s %d: it was not killed", kind, step+1)
			}
			if m, err = startMachine(again, l.Addr().String(), "never", 0); err == nil {
				err = m.until(m.home, `data-clip="cause.closed"`)
			}
			m.end()
			if _, gone := os.Stat(filepath.Join(again, "root")); err != nil || !errors.Is(gone, fs.ErrNotExist) {
				t.Errorf("closing, %s %d: the root: %v; %v", kind, step+1, gone, err)
			}
		}
	}
}
