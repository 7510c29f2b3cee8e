package durable

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// syncAll syncs the file system that holds the folder. Since Linux 5.8 it reports
// what could not be written.
func syncAll(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(unix.Syncfs(int(f.Fd())), f.Close())
}
