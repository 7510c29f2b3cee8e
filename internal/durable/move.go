package durable

import (
	"fmt"
	"os"
	"path/filepath"
)

// Move gives a file that was written and synced, as an [Appender] leaves it, its
// name, durably and over the target, if there is one.
func Move(from, to string) error { return Disk{}.Move(from, to) }

// Move gives a file that was written and synced, as an [Appender] leaves it, its
// name, durably and over the target, if there is one.
func (d Disk) Move(from, to string) error {
	if err := d.step(Rename, to, func() error { return os.Rename(from, to) }); err != nil {
		return fmt.Errorf("move: %w", err)
	}
	for _, dir := range []string{filepath.Dir(to), filepath.Dir(from)} {
		if err := d.syncDir(dir); err != nil {
			return fmt.Errorf("move: %w", err)
		}
	}
	return nil
}
