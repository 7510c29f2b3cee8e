package durable

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// ErrLocked says that another holder has the lock.
var ErrLocked = errors.New("already in use")

// A Lock keeps others from writing what it stands for. The system releases it
// when the process ends, in whatever way.
type Lock struct{ f *os.File }

// Acquire takes the lock of the given file, which it makes if necessary and
// never removes. It does not wait: if the lock is held, in this process or in
// another one, the error is [ErrLocked].
func Acquire(path string) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("acquire lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrLocked
		}
		return nil, fmt.Errorf("acquire lock %s: %w", path, err)
	}
	return &Lock{f}, nil
}

// Release gives the lock back.
func (l *Lock) Release() error { return l.f.Close() }
