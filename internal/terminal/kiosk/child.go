package kiosk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/sandogh/sandogh/internal/terminal/voter"
)

// A child is the process of one session, from warm to gone.
type child struct {
	cmd     *exec.Cmd
	reports chan voter.Report // closed when the process is gone

	mu  sync.Mutex
	in  *json.Encoder
	err *bounded
}

// bounded keeps the beginning of what a process complains of before it is ready.
type bounded struct {
	mu   sync.Mutex
	text bytes.Buffer
	shut bool
}

func (b *bounded) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if room := 4096 - b.text.Len(); !b.shut && room > 0 {
		b.text.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}

// Environment is what a voter's process is started with: a crash says nothing of
// the memory.
var Environment = []string{"GOTRACEBACK=none"}

// begin starts a voter's process with the listener for its pages as its file 3.
func begin(command []string, setup voter.Setup, l net.Listener) (*child, error) {
	t, ok := l.(*net.TCPListener)
	if !ok {
		return nil, errors.New("start voter's process: its listener is no TCP listener")
	}
	file, err := t.File()
	if err != nil {
		return nil, fmt.Errorf("start voter's process: %w", err)
	}
	defer file.Close()
	c := &child{cmd: exec.Command(command[0], command[1:]...), reports: make(chan voter.Report, 16), err: &bounded{}}
	c.cmd.Env = append(os.Environ(), Environment...)
	c.cmd.ExtraFiles = []*os.File{file}
	c.cmd.Stderr = c.err
	in, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start voter's process: %w", err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start voter's process: %w", err)
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start voter's process: %w", err)
	}
	c.in = json.NewEncoder(in)
	go c.read(out)
	return c, c.tell(setup)
}

// read passes the reports on until the process is gone.
func (c *child) read(out io.Reader) {
	defer close(c.reports)
	d := json.NewDecoder(out)
	for {
		var r voter.Report
		if d.Decode(&r) != nil {
			break
		}
		if r.Say == voter.Ready {
			c.err.mu.Lock()
			c.err.shut = true
			c.err.mu.Unlock()
		}
		c.reports <- r
	}
	stuck := time.AfterFunc(5*time.Second, func() { c.cmd.Process.Kill() })
	c.cmd.Wait()
	stuck.Stop()
}

// tell sends an order; a process that is gone does not hear it.
func (c *child) tell(o any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.in.Encode(o)
}

// quit ends the process, at once if it does not listen.
func (c *child) quit() {
	c.tell(voter.Order{Do: voter.Quit})
	time.AfterFunc(3*time.Second, func() { c.cmd.Process.Kill() })
}

// complaint is what the process said before it was ready.
func (c *child) complaint() string {
	c.err.mu.Lock()
	defer c.err.mu.Unlock()
	return strings.TrimSpace(c.err.text.String())
}
