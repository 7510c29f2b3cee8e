package cuts_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/durable"
)

// The environment of a branch's process: its folder, and where it kills itself.
const (
	dirVar = "CUTS_DIR"
	cutVar = "CUTS_AT" // "before 12", "after 12", "answer 12"; empty: nowhere
)

// process is the branch in a process of its own.
type process struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	address string // for terminals
	steps   string // how many there were in all, once it has ended by itself
}

// line reads what the process says; other lines are the test binary's own.
func (p *process) line() (string, error) {
	for {
		s, err := p.out.ReadString('\n')
		if err != nil {
			return "", err
		}
		if said, ok := strings.CutPrefix(s, "@ "); ok {
			return strings.TrimSuffix(said, "\n"), nil
		}
	}
}

// start starts a branch in the folder that kills itself at the cut.
func start(dir, cut string) (*process, error) {
	p := &process{cmd: exec.Command(os.Args[0], "-test.run=^TestKilled$", "-test.count=1", "-test.timeout=5m")}
	p.cmd.Env = append(os.Environ(), dirVar+"="+dir, cutVar+"="+cut)
	p.cmd.Stderr = os.Stderr
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	return p, p.cmd.Start()
}

// do implements counter.
func (p *process) do(_ context.Context, act string, _ bool) error {
	if _, err := fmt.Fprintln(p.in, act); err != nil {
		return err
	}
	answer, err := p.line()
	if err == nil && answer != "done" {
		err = errors.New(answer)
	}
	return err
}

// end waits for the process, which has no more to do, and reports whether it was
// killed.
func (p *process) end() (killed bool, err error) {
	p.in.Close()
	for {
		said, err := p.line()
		if err != nil {
			break
		}
		if steps, ok := strings.CutPrefix(said, "steps "); ok {
			p.steps = steps
		}
	}
	err = p.cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if s, ok := exit.Sys().(syscall.WaitStatus); ok && s.Signal() == syscall.SIGKILL {
			return true, nil
		}
	}
	return false, err
}

// live is the branch's process.
func live(t *testing.T, w *world, dir string) {
	var kind string
	var at int64
	if cut := os.Getenv(cutVar); cut != "" {
		if _, err := fmt.Sscan(cut, &kind, &at); err != nil {
			t.Fatal(err)
		}
	}
	var steps [3]atomic.Int64
	step := func(i int, is string) {
		if steps[i].Add(1) == at && kind == is {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // until it is gone
		}
	}
	disk := durable.Disk{
		Before: func(durable.Step, string) error { step(0, "before"); return nil },
		After:  func(durable.Step, string) { step(1, "after") },
	}
	answer := func() { step(2, "answer") }
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	b, err := w.open(ctx, dir, disk)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	all := &listener{Listener: l, before: answer}
	go func() { served <- b.serve(ctx, all) }()
	fmt.Println("@ " + l.Addr().String())
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		said := "done"
		if err := b.do(ctx, in.Text(), false); err != nil {
			said = strings.ReplaceAll(err.Error(), "\n", " ")
		}
		answer()
		fmt.Println("@ " + said)
	}
	all.hangUp()
	stop()
	if err := errors.Join(<-served, b.shut(context.Background())); err != nil {
		t.Fatal(err)
	}
	fmt.Printf("@ steps %d %d\n", steps[1].Load(), steps[2].Load())
}

// listener calls before for each piece of an answer that is written to a terminal.
type listener struct {
	net.Listener
	before func()
	mu     sync.Mutex
	conns  []net.Conn
}

func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns = append(l.conns, c)
	return conn{c, l.before}, nil
}

// hangUp ends all connections, which a server would wait for.
func (l *listener) hangUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.conns {
		c.Close()
	}
}

type conn struct {
	net.Conn
	before func()
}

func (c conn) Write(p []byte) (int, error) {
	c.before()
	return c.Conn.Write(p)
}

// patience is how long one act may take on a busy machine.
const patience = time.Minute
