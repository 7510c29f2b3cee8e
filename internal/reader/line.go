package reader

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// A Line is a reader at the other end of a connection that gives lines.
type Line struct {
	open  func(ctx context.Context) (io.ReadCloser, error) // closing it ends what is being read
	conn  io.ReadCloser
	lines *lines
}

// patience is how long a device may take to answer.
const patience = 5 * time.Second

// TCP returns the reader at an address, HOST:PORT. A cable that was pulled is noticed
// within half a minute.
func TCP(address string) *Line {
	d := net.Dialer{Timeout: patience, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3}}
	return &Line{open: func(ctx context.Context) (io.ReadCloser, error) { return d.DialContext(ctx, "tcp", address) }}
}

// Path returns the reader at a device path, such as /dev/ttyACM0, or a FIFO.
func Path(path string) *Line {
	return &Line{open: func(context.Context) (io.ReadCloser, error) { return openPath(path) }}
}

// Open implements Reader.
func (l *Line) Open(ctx context.Context) error {
	conn, err := l.open(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	l.conn, l.lines = conn, newLines(conn)
	return nil
}

// Read implements Reader.
func (l *Line) Read(ctx context.Context) (Scan, error) {
	if l.conn == nil {
		return Scan{}, ErrLost
	}
	conn := l.conn
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	text, err := l.lines.next()
	switch {
	case !stop(): // it is closed, or is just being closed
		l.conn = nil
		return Scan{}, ctx.Err()
	case errors.Is(err, ErrUnreadable):
		return Scan{}, err
	case err != nil:
		conn.Close()
		l.conn = nil
		return Scan{}, fmt.Errorf("%w: %w", ErrLost, err)
	}
	return Scan{text}, nil
}
