package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// A Batch writes many files, such as those of a site, with one wait for the disk.
// Put writes a temporary file beside the target; Commit syncs them all, gives them
// their names and syncs the folders. As with [WriteFile], each target has its old
// content or the new one at every moment; the batch as a whole is not one step.
// Put may be called from several goroutines.
type Batch struct {
	disk    Disk
	mu      sync.Mutex
	files   []pending
	folders map[string]bool // to sync
}

type pending struct{ temp, path string }

// manyFiles is from how many files or folders on the file system is synced as a
// whole.
const manyFiles = 64

// NewBatch begins a batch. End it with Commit or Discard.
func (d Disk) NewBatch() *Batch { return &Batch{disk: d, folders: map[string]bool{}} }

// Folder makes a folder and those above it; Commit syncs them.
func (b *Batch) Folder(path string, perm fs.FileMode) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.folder(filepath.Clean(path), perm)
}

func (b *Batch) folder(path string, perm fs.FileMode) error {
	if b.folders[path] {
		return nil
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		parent := filepath.Dir(path)
		if err := b.folder(parent, perm); err != nil {
			return err
		}
		b.folders[parent] = true
		if err := b.disk.step(Mkdir, path, func() error { return os.Mkdir(path, perm) }); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
	} else if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	b.folders[path] = true
	return nil
}

// Put writes the content of a file, for Commit. Its folder must be there.
func (b *Batch) Put(path string, data []byte, perm fs.FileMode) error {
	temp, f, err := b.disk.create(path, perm)
	if err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	b.mu.Lock()
	b.files = append(b.files, pending{temp, path})
	b.mu.Unlock()
	err = b.disk.step(Write, temp, func() error {
		_, err := f.Write(data)
		return err
	})
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	return nil
}

// Len returns how many files were put.
func (b *Batch) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.files)
}

// Commit gives the files their names. After an error those that have none yet
// are removed; the others stand.
func (b *Batch) Commit() (err error) {
	defer func() { err = errors.Join(err, b.Discard()) }()
	if len(b.files) == 0 {
		return nil
	}
	if err := b.sync(); err != nil {
		return fmt.Errorf("write files: %w", err)
	}
	for len(b.files) > 0 {
		f := b.files[0]
		if err := b.disk.step(Rename, f.path, func() error { return os.Rename(f.temp, f.path) }); err != nil {
			return fmt.Errorf("write files: %w", err)
		}
		b.folders[filepath.Dir(f.path)] = true
		b.files = b.files[1:]
	}
	folders := slices.Sorted(maps.Keys(b.folders))
	if len(folders) >= manyFiles {
		err := b.disk.step(SyncDir, folders[0], func() error { return syncAll(folders[0]) })
		if err == nil {
			return nil
		}
		if !errors.Is(err, errors.ErrUnsupported) {
			return fmt.Errorf("write files: %w", err)
		}
	}
	for _, dir := range folders {
		if err := b.disk.syncDir(dir); err != nil {
			return fmt.Errorf("write files: %w", err)
		}
	}
	return nil
}

// sync puts the content of all files on the disk: one by one if they are few, or
// where the system cannot do it at once.
func (b *Batch) sync() error {
	if len(b.files) >= manyFiles {
		dir := filepath.Dir(b.files[0].path)
		err := b.disk.step(Sync, dir, func() error { return syncAll(dir) })
		if !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
	}
	for _, p := range b.files {
		err := b.disk.step(Sync, p.temp, func() error {
			f, err := os.OpenFile(p.temp, os.O_RDWR, 0)
			if err != nil {
				return err
			}
			return errors.Join(f.Sync(), f.Close())
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Discard removes what was put and has no name yet.
func (b *Batch) Discard() error {
	var all []error
	for _, f := range b.files {
		if err := os.Remove(f.temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
			all = append(all, err)
		}
	}
	b.files = nil
	return errors.Join(all...)
}
