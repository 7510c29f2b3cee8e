package device

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/sandogh/sandogh/internal/durable"
)

// A Link is a receipt printer at the other end of a connection.
type Link struct {
	// Open opens the connection. It is closed after every job.
	Open func(ctx context.Context) (io.ReadWriteCloser, error)
	// Silent says that the printer does not answer, as some cheap ones do not.
	Silent bool
	// Patience is how long the printer may be silent; 0 is 5 seconds.
	Patience time.Duration

	mu sync.Mutex // one conversation at a time
}

// TCP returns the printer at an address. The port is 9100 if none is given.
func TCP(address string) *Link {
	if _, _, err := net.SplitHostPort(address); err != nil {
		address = net.JoinHostPort(strings.Trim(address, "[]"), "9100")
	}
	return &Link{Open: func(ctx context.Context) (io.ReadWriteCloser, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", address)
	}}
}

// Path returns the printer at a device path, such as /dev/usb/lp0.
func Path(path string) *Link {
	return &Link{Open: func(context.Context) (io.ReadWriteCloser, error) {
		return os.OpenFile(path, os.O_RDWR, 0)
	}}
}

// A talk is one open connection. What the printer says arrives on the channel,
// which is closed when the connection is.
type talk struct {
	conn     io.ReadWriteCloser
	patience time.Duration
	heard    chan byte
	done     chan struct{}
	stop     func() bool
}

func (l *Link) talk(ctx context.Context) (*talk, error) {
	t := &talk{patience: l.Patience, heard: make(chan byte), done: make(chan struct{})}
	if t.patience <= 0 {
		t.patience = 5 * time.Second
	}
	opening, cancel := context.WithTimeout(ctx, t.patience)
	defer cancel()
	var err error
	if t.conn, err = l.Open(opening); err != nil {
		return nil, err
	}
	t.stop = context.AfterFunc(ctx, func() { t.conn.Close() })
	if l.Silent {
		close(t.heard)
		return t, nil
	}
	go func() {
		defer close(t.heard)
		var b [1]byte
		for {
			if _, err := io.ReadFull(t.conn, b[:]); err != nil {
				return
			}
			select {
			case t.heard <- b[0]:
			case <-t.done:
				return
			}
		}
	}()
	return t, nil
}

func (t *talk) close() {
	t.stop()
	close(t.done)
	t.conn.Close()
}

// patient is how many times a printer that is ready, but does nothing, is waited
// for.
const patient = 12

var errSilent = errors.New("it does not answer")

// hear waits for a byte that has the bits of an answer to DLE EOT, or not.
func (t *talk) hear(live bool) (byte, error) {
	late := time.NewTimer(t.patience)
	defer late.Stop()
	for {
		select {
		case b, ok := <-t.heard:
			if !ok {
				return 0, io.ErrUnexpectedEOF
			}
			if isLive := b&0x93 == 0x12; isLive == live {
				return b, nil
			}
		case <-late.C:
			return 0, errSilent
		}
	}
}

// state asks for the state, which a printer tells at once, also in mid-print.
func (t *talk) state() (State, error) {
	var answers [3]byte
	for i := range answers {
		if _, err := t.conn.Write([]byte{dle, eot, byte(i + 2)}); err != nil {
			return Lost, err
		}
		b, err := t.hear(true)
		if err != nil {
			return Lost, err
		}
		answers[i] = b
	}
	return read(answers), nil
}

// State implements Printer. A Silent printer that can be reached is Ready.
func (l *Link) State(ctx context.Context) State {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, err := l.talk(ctx)
	if err != nil {
		return Lost
	}
	defer t.close()
	if l.Silent {
		return Ready
	}
	s, _ := t.state()
	return s
}

// Print implements Printer.
func (l *Link) Print(ctx context.Context, job Job) error {
	parts, err := encode(job)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	t, err := l.talk(ctx)
	if err != nil {
		return &Error{State: Lost, Err: err}
	}
	defer t.close()
	if !l.Silent {
		if s, err := t.state(); !s.Prints() {
			return &Error{State: s, Err: err}
		}
	}
	for i, part := range parts {
		if !l.Silent {
			part = append(part, gs, 'r', 1)
		}
		if err := t.send(part); err != nil {
			return &Error{State: Lost, Begun: true, Err: err}
		}
		// Two bands are on their way at most, so that neither the printer's
		// memory nor the connection fills up and hides why it has stopped.
		if i > 0 && !l.Silent {
			if err := t.finish(); err != nil {
				return err
			}
		}
	}
	if l.Silent {
		return nil
	}
	return t.finish()
}

// send writes, but does not wait for ever for a printer that takes nothing.
func (t *talk) send(data []byte) error {
	stuck := time.AfterFunc(patient*t.patience, func() { t.conn.Close() })
	defer stuck.Stop()
	_, err := t.conn.Write(data)
	return err
}

// finish waits until the printer has done one part of a job: it answers GS r only
// then. While it does not, it is asked how it is.
func (t *talk) finish() error {
	for range patient {
		_, err := t.hear(false)
		if err == nil {
			return nil
		}
		if err != errSilent {
			return &Error{State: Lost, Begun: true, Err: err}
		}
		if s, err := t.state(); !s.Prints() {
			return &Error{State: s, Begun: true, Err: err}
		}
	}
	return &Error{State: Faulty, Begun: true, Err: errors.New("it is ready but does not finish")}
}

// A File is a printer whose paper is one file: each job takes the place of the
// one before it, so that no order of jobs can be read from it. A name that ends
// in .png holds a picture, any other one ESC/POS.
type File struct{ Path string }

// State implements Printer: the folder is there, or it is not.
func (f File) State(context.Context) State {
	if info, err := os.Stat(filepath.Dir(f.Path)); err != nil || !info.IsDir() {
		return Lost
	}
	return Ready
}

// Print implements Printer.
func (f File) Print(ctx context.Context, job Job) error {
	data, err := Encode(job)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return &Error{State: Lost, Err: err}
	}
	if filepath.Ext(f.Path) == ".png" {
		data = job.Bitmap.PNG()
	}
	if err := durable.WriteFile(f.Path, data, 0o600); err != nil {
		return &Error{State: Lost, Begun: true, Err: err}
	}
	return nil
}
