package device

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net"
	"sync"
)

// A Simulator is a receipt printer in memory. The zero value is ready. It is for
// practice and for tests: what it prints is marked by those who lay it out.
type Simulator struct {
	mu      sync.Mutex
	state   State
	at      int   // rows that the next job prints before then
	then    State // comes
	waiting bool
	last    Job // what is on its last piece of paper
	whole   bool
}

// Set puts the printer into a state, from now on.
func (s *Simulator) Set(state State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state, s.waiting = state, false
}

// SetAfter puts the printer into a state once so many rows of one job are on
// paper.
func (s *Simulator) SetAfter(rows int, state State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at, s.then, s.waiting = rows, state, true
}

// Last returns what is on the last piece of paper, whole or torn off by a fault,
// or a Job without bitmap.
func (s *Simulator) Last() (job Job, whole bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last, s.whole
}

// State implements Printer.
func (s *Simulator) State(context.Context) State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Print implements Printer, by the same commands as a Link.
func (s *Simulator) Print(ctx context.Context, job Job) error {
	data, err := Encode(job)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return &Error{State: Lost, Err: err}
	}
	if state := s.State(ctx); !state.Prints() {
		return &Error{State: state}
	}
	// Encode and next agree, so that nothing but a fault ends the loop early.
	r := bufio.NewReader(bytes.NewReader(data))
	for {
		c, err := next(r)
		if err != nil {
			break
		}
		if state := s.do(c); !state.Prints() {
			return &Error{State: state, Begun: true}
		}
	}
	s.end()
	return nil
}

// do prints what a command says, row by row, and returns the state then.
func (s *Simulator) do(c command) State {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.whole = false
	if !s.state.Prints() {
		return s.state
	}
	if c.name[1] == '@' {
		s.last = Job{}
		return s.state
	}
	rows := len(c.rows) / max(1, c.width)
	done := 0
	if s.last.Bitmap != nil {
		done = s.last.Bitmap.Height
	}
	if s.waiting && done+rows >= s.at {
		c.rows = c.rows[:max(0, s.at-done)*c.width]
		s.state, s.waiting = s.then, false
	}
	if len(c.rows) > 0 || c.width == 0 && s.state.Prints() {
		if err := s.last.add(c); err != nil {
			s.state = Faulty
		}
	}
	return s.state
}

// end says that a job is whole.
func (s *Simulator) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.whole = s.last.Bitmap != nil && s.state.Prints()
}

// Serve answers as a printer on a listener, one connection after another, until
// the context ends. It closes the listener.
func (s *Simulator) Serve(ctx context.Context, l net.Listener) error {
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	defer l.Close()
	for {
		conn, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			return err
		}
		closing := context.AfterFunc(ctx, func() { conn.Close() })
		s.serve(conn)
		closing()
		conn.Close()
	}
}

// serve reads commands until the connection ends. A printer that cannot print
// still says why, but nothing that waits in order behind the print.
func (s *Simulator) serve(conn net.Conn) {
	r := bufio.NewReader(conn)
	for {
		c, err := next(r)
		if err != nil {
			return
		}
		state := s.State(context.Background())
		switch c.name {
		case [2]byte{dle, eot}:
			if c.n >= 2 && c.n <= 4 && state != Lost {
				_, err = conn.Write([]byte{state.status()[c.n-2]})
			}
		case [2]byte{gs, 'r'}:
			if state.Prints() {
				s.end()
				_, err = conn.Write([]byte{state.status()[2] & 0x0C})
			}
		default:
			state = s.do(c)
		}
		if err != nil || state == Lost {
			return
		}
	}
}
