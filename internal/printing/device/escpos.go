package device

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/sandogh/sandogh/internal/printing"
)

const (
	maxWidth  = 1024  // dots
	maxHeight = 20000 // 2.5 m of paper
	band      = 128   // rows in one command
)

const (
	dle = 0x10
	eot = 0x04
	esc = 0x1B
	gs  = 0x1D
)

// Encode returns a job in ESC/POS:
//
//	1B 40                      begin anew
//	1D 76 30 00 w w h h bits   rows: w bytes a row, h rows, low byte first
//	…                          for each band of rows
//	1B 4A n                    feed n dots
//	1D 56 42 00                feed to the knife and cut
func Encode(job Job) ([]byte, error) {
	parts, err := encode(job)
	return bytes.Join(parts, nil), err
}

// encode returns a job in parts of one band each.
func encode(job Job) ([][]byte, error) {
	if err := job.check(); err != nil {
		return nil, err
	}
	b := job.Bitmap
	var parts [][]byte
	part := []byte{esc, '@'}
	for y := 0; y < b.Height; y += band {
		h := min(band, b.Height-y)
		part = append(part, gs, 'v', '0', 0, byte(b.Stride), byte(b.Stride>>8), byte(h), byte(h>>8))
		part = append(part, b.Bits[y*b.Stride:(y+h)*b.Stride]...)
		if y+h < b.Height {
			parts, part = append(parts, part), nil
		}
	}
	if job.Feed > 0 {
		part = append(part, esc, 'J', byte(job.Feed))
	}
	if job.Cut {
		part = append(part, gs, 'V', 'B', 0)
	}
	return append(parts, part), nil
}

// Decode returns the job that ESC/POS of this package prints. Its width is in
// whole bytes.
func Decode(data []byte) (Job, error) {
	var job Job
	r := bufio.NewReader(bytes.NewReader(data))
	for {
		c, err := next(r)
		if err == io.EOF {
			break
		}
		if err != nil {
			return Job{}, fmt.Errorf("decode ESC/POS: %w", err)
		}
		if err := job.add(c); err != nil {
			return Job{}, fmt.Errorf("decode ESC/POS: %w", err)
		}
	}
	if err := job.check(); err != nil {
		return Job{}, fmt.Errorf("decode ESC/POS: %w", err)
	}
	return job, nil
}

// A command is one command of ESC/POS that we use.
type command struct {
	name  [2]byte
	n     byte   // its argument, if it has one
	width int    // of rows, in bytes
	rows  []byte // of GS v
}

// next reads a command. It returns io.EOF at the end of the stream alone.
func next(r *bufio.Reader) (command, error) {
	var c command
	if _, err := io.ReadFull(r, c.name[:]); err != nil {
		return c, err
	}
	rest := func(n int) ([]byte, error) {
		b := make([]byte, n)
		_, err := io.ReadFull(r, b)
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return b, err
	}
	switch c.name {
	case [2]byte{esc, '@'}:
		return c, nil
	case [2]byte{esc, 'J'}, [2]byte{dle, eot}, [2]byte{gs, 'r'}:
		b, err := rest(1)
		c.n = b[0]
		return c, err
	case [2]byte{gs, 'V'}:
		b, err := rest(2)
		if err == nil && (b[0] != 'B' || b[1] != 0) {
			err = fmt.Errorf("read cut: mode %#x is not known", b[0])
		}
		return c, err
	case [2]byte{gs, 'v'}:
		b, err := rest(6)
		if err != nil {
			return c, err
		}
		width, height := int(b[2])|int(b[3])<<8, int(b[4])|int(b[5])<<8
		if b[0] != '0' || b[1] != 0 || width < 1 || width > maxWidth/8 || height < 1 || height > band {
			return c, fmt.Errorf("read rows: mode %#x %#x with %d bytes by %d rows is not known", b[0], b[1], width, height)
		}
		c.width = width
		c.rows, err = rest(width * height)
		return c, err
	}
	return c, fmt.Errorf("read command: %#x %#x is not known", c.name[0], c.name[1])
}

// add does what a command says.
func (j *Job) add(c command) error {
	switch c.name[1] {
	case '@':
		*j = Job{}
	case 'v':
		if j.Bitmap == nil {
			j.Bitmap = printing.NewBitmap(8*c.width, 0)
		}
		b := j.Bitmap
		if b.Stride != c.width || j.Cut || j.Feed > 0 {
			return errors.New("rows do not follow on those before")
		}
		b.Height += len(c.rows) / c.width
		if b.Height > maxHeight {
			return fmt.Errorf("more than %d rows", maxHeight)
		}
		b.Bits = append(b.Bits, c.rows...)
	case 'J':
		j.Feed = int(c.n)
	case 'V':
		j.Cut = true
	}
	return nil
}

// status returns the answers of a printer in a state to DLE EOT 2, 3 and 4: why
// it is off line, what error it has, how its paper is. Bits 1 and 4 are always set.
func (s State) status() [3]byte {
	out := [3]byte{0x12, 0x12, 0x12}
	switch s {
	case Cover:
		out[0] |= 0x04
	case Out:
		out[0] |= 0x20
		out[2] |= 0x6C
	case Hot:
		out[0] |= 0x40
		out[1] |= 0x40
	case Faulty:
		out[0] |= 0x40
		out[1] |= 0x08
	case Low:
		out[2] |= 0x0C
	}
	return out
}

// read is the state in such answers.
func read(a [3]byte) State {
	switch {
	case a[0]&0x04 != 0:
		return Cover
	case a[0]&0x20 != 0 || a[2]&0x60 != 0:
		return Out
	case a[1]&0x40 != 0:
		return Hot
	case a[1]&0x2C != 0 || a[0]&0x40 != 0:
		return Faulty
	case a[2]&0x0C != 0:
		return Low
	}
	return Ready
}
