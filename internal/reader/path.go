package reader

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// openPath opens a device. For writing too, though nothing is written: a FIFO then
// neither waits for a writer nor ends with one. Not blocking, so that closing it ends
// a read; and never as the terminal from which this process can be interrupted.
func openPath(path string) (io.ReadCloser, error) {
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	if err := setUp(f); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func setUp(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := device(info); err != nil {
		return err
	}
	if info.Mode()&fs.ModeCharDevice == 0 {
		return nil
	}
	if err := raw(f); err != nil {
		return fmt.Errorf("set up %s: %w", f.Name(), err)
	}
	return nil
}

// device refuses what gives no lines one by one as they are read.
func device(info fs.FileInfo) error {
	if info.Mode()&(fs.ModeCharDevice|fs.ModeNamedPipe) == 0 {
		return fmt.Errorf("%s is neither a serial line nor a FIFO", info.Name())
	}
	return nil
}
