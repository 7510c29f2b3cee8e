package durable

import (
	"errors"
	"fmt"
	"os"
)

// An Appender adds to the end of one file. What [Appender.Append] has returned
// from without error is on the disk. It is for one goroutine at a time, and for
// one holder: take a lock first.
type Appender struct {
	disk Disk
	f    *os.File
	size int64
}

// OpenAppender opens a file that is there, to add to its end. Make it with
// [Disk.WriteFile], so that its name is durable.
func (d Disk) OpenAppender(path string) (*Appender, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("open to append: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open to append: %w", err), f.Close())
	}
	return &Appender{d, f, info.Size()}, nil
}

// Size returns the number of bytes that the file has.
func (a *Appender) Size() int64 { return a.size }

// ReadAt reads what the file holds.
func (a *Appender) ReadAt(p []byte, off int64) (int, error) { return a.f.ReadAt(p, off) }

// Append adds the bytes and syncs the file. After an error nobody knows how
// much of them the disk holds: do not append again, open the file anew.
func (a *Appender) Append(p []byte) error { return a.WriteAt(p, a.size) }

// WriteAt writes the bytes at the offset, which is not beyond the end, and syncs
// the file.
func (a *Appender) WriteAt(p []byte, off int64) error {
	if off < 0 || off > a.size {
		return fmt.Errorf("append %s: offset %d is not within its %d bytes", a.f.Name(), off, a.size)
	}
	err := a.disk.step(Write, a.f.Name(), func() error {
		_, err := a.f.WriteAt(p, off)
		return err
	})
	if err == nil {
		err = a.disk.step(Sync, a.f.Name(), a.f.Sync)
	}
	if err != nil {
		return fmt.Errorf("append: %w", err)
	}
	a.size = max(a.size, off+int64(len(p)))
	return nil
}

// Truncate cuts the file off at the size and syncs it.
func (a *Appender) Truncate(size int64) error {
	err := a.disk.step(Truncate, a.f.Name(), func() error { return a.f.Truncate(size) })
	if err == nil {
		err = a.disk.step(Sync, a.f.Name(), a.f.Sync)
	}
	if err != nil {
		return fmt.Errorf("cut off: %w", err)
	}
	a.size = size
	return nil
}

// Allocate has the system set aside space for n bytes more, without changing the
// size. Where it cannot, the error is [errors.ErrUnsupported].
func (a *Appender) Allocate(n int64) error {
	err := a.disk.step(Allocate, a.f.Name(), func() error { return allocate(a.f, a.size, n) })
	if err == nil {
		err = a.disk.step(Sync, a.f.Name(), a.f.Sync)
	}
	if err != nil {
		return fmt.Errorf("set space aside: %w", err)
	}
	return nil
}

// Close closes the file.
func (a *Appender) Close() error { return a.f.Close() }
