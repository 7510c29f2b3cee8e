package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Erase overwrites a small secret in its place, and then removes its file. That no
// older copy of the block is left, the disk decides; a file that is not there is
// erased.
func (d Disk) Erase(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	err = d.step(Write, path, func() error {
		_, err := f.Write(make([]byte, info.Size()))
		return err
	})
	if err == nil {
		err = d.step(Sync, path, f.Sync)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	return d.Remove(path)
}
