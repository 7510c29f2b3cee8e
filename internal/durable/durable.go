// Package durable is the one place that writes files: what it has returned from
// without error is on the disk, whole, and survives the loss of power.
//
// Specification: spec/record-log.md, rule L20.
//
// In go paths, bytes and permissions. [WriteFile] writes a temporary file in
// the target's own folder, syncs it, renames it over the target and syncs the
// folder; a [Batch] does so for many files at once; [MkdirAll] syncs the parent
// of every folder that it makes; [Remove] syncs the folder that it removed
// from; an [Appender] adds to the end of a file; [Acquire] holds a lock file so
// that a folder has one writer.
//
// It never leaves a torn file: at every moment, also after a crash, the target
// has its old content or the new one. It does not merge concurrent writers of
// one file: the last rename wins. It keeps nothing in memory.
//
// Every failure is an error that names the step and the path. After an error
// the target has the old content or, if only the last sync of the folder
// failed, possibly the new one; a temporary file is removed. One that a crash
// has left behind is recognised by [IsTemp]. An Appender alone can leave a torn
// end: who reads the file must be able to tell.
//
// A [Disk] with hooks lets a test fail any one step, or end the process there.
// The order of steps is that of Pillai et al., "All File Systems Are Not Created
// Equal" (OSDI 2014): data before name, name before answer.
package durable

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A Step is one system call that may fail.
type Step string

// The steps, in the order of a [Disk.WriteFile]; the others stand alone.
const (
	Create   Step = "create"
	Write    Step = "write"
	Sync     Step = "sync"
	Rename   Step = "rename"
	SyncDir  Step = "syncdir"
	Mkdir    Step = "mkdir"
	Unlink   Step = "unlink"
	Truncate Step = "truncate"
	Allocate Step = "allocate"
)

// Disk writes to the file system. The zero value is ready for use; the
// functions of the package are its methods.
type Disk struct {
	// Before, if not nil, is called before each step; an error that it
	// returns takes the place of the step's own.
	Before func(step Step, path string) error

	// After, if not nil, is called after each step that succeeded.
	After func(step Step, path string)
}

// WriteFile makes data the content of the file, durably and at once.
func WriteFile(path string, data []byte, perm fs.FileMode) error {
	return Disk{}.WriteFile(path, data, perm)
}

// MkdirAll makes a folder and those above it, durably.
func MkdirAll(path string, perm fs.FileMode) error { return Disk{}.MkdirAll(path, perm) }

// Remove removes a file or an empty folder, durably.
func Remove(path string) error { return Disk{}.Remove(path) }

// CopyFile makes the content of the file from that of the file to.
func CopyFile(to, from string, perm fs.FileMode) error { return Disk{}.CopyFile(to, from, perm) }

func (d Disk) step(s Step, path string, do func() error) error {
	var err error
	if d.Before != nil {
		err = d.Before(s, path)
	}
	if err == nil {
		err = do()
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", s, path, err)
	}
	if d.After != nil {
		d.After(s, path)
	}
	return nil
}

// WriteFile makes data the content of the file, durably and at once.
func (d Disk) WriteFile(path string, data []byte, perm fs.FileMode) error {
	return d.WriteFileTime(path, data, perm, time.Time{})
}

// WriteFileTime is WriteFile for a file that is to have the given times of
// access and change; the zero time leaves them as they come.
func (d Disk) WriteFileTime(path string, data []byte, perm fs.FileMode, t time.Time) (err error) {
	temp, f, err := d.create(path, perm)
	if err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	defer func() {
		if err != nil {
			f.Close()
			err = fmt.Errorf("write file: %w", err)
			if e := os.Remove(temp); e != nil && !errors.Is(e, fs.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
	}()
	err = d.step(Write, temp, func() error {
		if _, err := f.Write(data); err != nil {
			return err
		}
		if t.IsZero() {
			return nil
		}
		return os.Chtimes(temp, t, t)
	})
	if err != nil {
		return err
	}
	if err = d.step(Sync, temp, f.Sync); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = d.step(Rename, path, func() error { return os.Rename(temp, path) }); err != nil {
		return err
	}
	return d.syncDir(filepath.Dir(path))
}

// create opens a new temporary file beside the target with exactly the wanted
// permissions, whatever the process's umask is.
func (d Disk) create(path string, perm fs.FileMode) (temp string, f *os.File, err error) {
	var random [8]byte
	rand.Read(random[:])
	dir, base := filepath.Split(path)
	temp = dir + tempPrefix + base + "." + hex.EncodeToString(random[:])
	err = d.step(Create, temp, func() error {
		if f, err = os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm); err != nil {
			return err
		}
		if err = f.Chmod(perm); err != nil {
			f.Close()
			os.Remove(temp)
		}
		return err
	})
	return temp, f, err
}

const tempPrefix = ".tmp-"

// IsTemp reports whether a file of this name is a temporary file of this
// package. Whoever alone writes a folder may remove those a crash has left.
func IsTemp(name string) bool { return strings.HasPrefix(filepath.Base(name), tempPrefix) }

// CopyFile makes the content of the file from that of the file to.
func (d Disk) CopyFile(to, from string, perm fs.FileMode) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("copy file: %w", err)
	}
	return d.WriteFile(to, data, perm)
}

// MkdirAll makes a folder and those above it, durably. A folder that is there
// is taken to be durable already.
func (d Disk) MkdirAll(path string, perm fs.FileMode) error {
	path = filepath.Clean(path)
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.IsDir():
		return fmt.Errorf("make folder %s: %w", path, syscall.ENOTDIR)
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("make folder: %w", err)
	}
	parent := filepath.Dir(path)
	if err := d.MkdirAll(parent, perm); err != nil {
		return err
	}
	err = d.step(Mkdir, path, func() error {
		if err := os.Mkdir(path, perm); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if err := d.syncDir(parent); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	return nil
}

// Remove removes a file or an empty folder, durably.
func (d Disk) Remove(path string) error {
	if err := d.step(Unlink, path, func() error { return os.Remove(path) }); err != nil {
		return fmt.Errorf("remove: %w", err)
	}
	if err := d.syncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("remove: %w", err)
	}
	return nil
}

func (d Disk) syncDir(dir string) error {
	return d.step(SyncDir, dir, func() error {
		f, err := os.Open(dir)
		if err != nil {
			return err
		}
		defer f.Close()
		return f.Sync()
	})
}
