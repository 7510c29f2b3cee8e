package durable

import (
	"errors"
	"os"
	"syscall"
)

// keepSize is FALLOC_FL_KEEP_SIZE.
const keepSize = 1

// allocate sets n bytes aside from the offset on.
func allocate(f *os.File, off, n int64) error {
	for {
		err := syscall.Fallocate(int(f.Fd()), keepSize, off, n)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
