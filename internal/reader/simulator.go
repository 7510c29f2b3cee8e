package reader

import (
	"context"
	"fmt"
	"io"
	"sync"
)

// A Simulator is a reader in memory, at first plugged in. It is for practice and for
// tests.
type Simulator struct {
	*Line

	mu   sync.Mutex
	conn *wire         // nil while nobody reads
	in   chan struct{} // closed while it is plugged in
}

// NewSimulator returns a simulated reader.
func NewSimulator() *Simulator {
	s := &Simulator{in: make(chan struct{})}
	close(s.in)
	s.Line = &Line{open: s.open}
	return s
}

// open waits until the reader is plugged in.
func (s *Simulator) open(ctx context.Context) (io.ReadCloser, error) {
	for {
		s.mu.Lock()
		in := s.in
		select {
		case <-in:
			s.conn = &wire{sent: make(chan []byte, 16), cut: make(chan struct{})}
			defer s.mu.Unlock()
			return s.conn, nil
		default:
		}
		s.mu.Unlock()
		select {
		case <-in:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Present presents a text; what is no line of text is unreadable. It fails if the
// reader is unplugged, or nobody reads.
func (s *Simulator) Present(text string) error { return s.send(append([]byte(text), '\r', '\n')) }

// Smudge presents something that cannot be read.
func (s *Simulator) Smudge() error { return s.send([]byte("NR\r\n")) }

func (s *Simulator) send(line []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		return fmt.Errorf("present: %w", ErrLost)
	}
	select {
	case s.conn.sent <- line:
	default: // too much at once is lost, as it is on a line
	}
	return nil
}

// Unplug pulls the cable.
func (s *Simulator) Unplug() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.in:
		s.in = make(chan struct{})
	default:
	}
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
}

// Plug puts the cable back in.
func (s *Simulator) Plug() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.in:
	default:
		close(s.in)
	}
}

// An Order is what a panel wants of a Simulator.
type Order struct {
	State string // to be put into: lost, ready or unreadable; empty leaves it
	Text  string // to be presented
	Times int    // one after another; 0 is once
}

// Do carries an order out.
func (s *Simulator) Do(o Order) error {
	if o.Times < 0 || o.Times > 9 {
		return fmt.Errorf("present %d times: give 1 to 9", o.Times)
	}
	switch o.State {
	case "":
	case Lost.String():
		s.Unplug()
	case Ready.String():
		s.Plug()
	case Unreadable.String():
		if err := s.Smudge(); err != nil {
			return err
		}
	default:
		return fmt.Errorf("set reader %q: the states of a simulated reader are lost, ready, unreadable", o.State)
	}
	for i := 0; o.Text != "" && i < max(1, o.Times); i++ {
		if err := s.Present(o.Text); err != nil {
			return err
		}
	}
	return nil
}

// A wire is one connection of a Simulator.
type wire struct {
	sent chan []byte
	rest []byte
	once sync.Once
	cut  chan struct{}
}

func (w *wire) Read(p []byte) (int, error) {
	if len(w.rest) == 0 {
		select {
		case <-w.cut:
			return 0, io.EOF
		case w.rest = <-w.sent:
		}
	}
	n := copy(p, w.rest)
	w.rest = w.rest[n:]
	return n, nil
}

func (w *wire) Close() error {
	w.once.Do(func() { close(w.cut) })
	return nil
}
