// Package publish writes the public site into a folder that any web server can
// serve.
//
// Specification: doc/guides/site.md.
//
// In go a pages.Site and the parts of the site beside it; out come files. Build
// writes the whole site, Update only what may differ after what has changed.
// Either writes a file only if its bytes are others than those that are there, and
// makes nothing of what it does not write: times of files say when they changed.
//
// What it never does: it writes into no folder that holds something else, and
// takes away nothing but what an earlier build of it has left and this one does
// not have. A reader gets each file whole, the old one or the new one; during a
// build some are old and some are new.
//
// How it fails: with the first error, which names the page or the file. What has
// got its name by then is right, and building again makes the rest.
//
// Sources: package durable.
package publish

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/site/pages"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/internal/site/tables"
)

// mark is the file by which a folder of a site is known.
const mark = "index.json"

// Stats are what a build came to.
type Stats struct {
	Files   int   // of the site, or looked at
	Written int   // that differed
	Removed int   // that are no more
	Bytes   int64 // of all that were looked at
}

// ErrOther says that a folder holds something else than a site.
var ErrOther = errors.New("the folder holds something else than a site: name a new one")

// A Folder is where a site is written. One process at a time writes it.
type Folder struct {
	dir   string
	disk  durable.Disk
	lock  *durable.Lock
	empty bool // when it was opened
}

// Open prepares a folder: a new one, an empty one, or one of an earlier build.
func Open(dir string) (*Folder, error) {
	dir = filepath.Clean(dir)
	if err := durable.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("open site: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("open site: %w", err)
	}
	left := 0
	for _, e := range entries {
		if !durable.IsTemp(e.Name()) {
			left++
		}
	}
	if left > 0 && !ours(dir) {
		return nil, fmt.Errorf("open site %s: %w", dir, ErrOther)
	}
	lock, err := durable.Acquire(dir + ".lock")
	if err != nil {
		return nil, fmt.Errorf("open site %s: %w", dir, err)
	}
	return &Folder{dir: dir, lock: lock, empty: left == 0}, nil
}

// Close gives the folder free.
func (f *Folder) Close() error { return f.lock.Release() }

// ours reports whether a folder is one of a site. A build that was stopped before
// the mark had its name leaves the style.
func ours(dir string) bool {
	data, err := os.ReadFile(filepath.Join(dir, mark))
	if err == nil {
		return bytes.Contains(data, []byte(`"format":"sandogh-site-1"`))
	}
	_, err = os.Stat(filepath.Join(dir, begun))
	return err == nil
}

// begun lies in the folder while the first build is under way.
const begun = ".sandogh-site"

// History returns the moments that the site in the folder shows of a contest.
func (f *Folder) History(contest string) []results.Moment {
	data, err := os.ReadFile(filepath.Join(f.dir, "contest", contest+".json"))
	if err != nil {
		return nil
	}
	return tables.ReadHistory(data)
}

// Build writes every file of the site, and removes those of an earlier build that
// it does not have.
func (f *Folder) Build(s *pages.Site, more []frame.Part, progress func(done, total int)) (Stats, error) {
	if _, err := os.Stat(filepath.Join(f.dir, mark)); err != nil {
		if err := f.disk.WriteFile(filepath.Join(f.dir, begun), []byte("sandogh-site-1\n"), 0o644); err != nil {
			return Stats{}, fmt.Errorf("build site: %w", err)
		}
	}
	var paths []string
	for p := range s.Paths() {
		paths = append(paths, p)
	}
	w := &writer{Folder: f, batch: f.disk.NewBatch(), fresh: f.empty, all: map[string]bool{begun: true}}
	for _, p := range s.Streams() {
		w.all[p] = true
	}
	f.empty = false
	err := w.make(s, paths, progress)
	for _, part := range more {
		if err == nil && part.Files != nil {
			err = part.Files(func(x frame.File) error { return w.put(x) })
		}
	}
	return w.end(err, true)
}

// Update writes those of the paths that differ.
func (f *Folder) Update(s *pages.Site, paths []string) (Stats, error) {
	w := &writer{Folder: f, batch: f.disk.NewBatch(), all: map[string]bool{}}
	return w.end(w.make(s, paths, nil), false)
}

// Stream writes a file that is too large to be held, as it is made. Until it is
// whole it has a name by which package durable knows temporary files.
func (f *Folder) Stream(name string, write func(io.Writer) error) error {
	to := filepath.Join(f.dir, filepath.FromSlash(name))
	temp := filepath.Join(f.dir, ".tmp-"+filepath.Base(to))
	err := f.disk.WriteFile(temp, nil, 0o644)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	a, err := f.disk.OpenAppender(temp)
	if err == nil {
		out := bufio.NewWriterSize(appending{a}, 8<<20)
		err = errors.Join(write(out), out.Flush(), a.Close())
	}
	if err == nil {
		err = f.disk.Move(temp, to)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", name, err), f.disk.Remove(temp))
	}
	return nil
}

// appending is an Appender as an io.Writer.
type appending struct{ *durable.Appender }

func (a appending) Write(p []byte) (int, error) {
	if err := a.Append(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// writer is one build on its way.
type writer struct {
	*Folder
	batch *durable.Batch
	fresh bool // nothing is there to compare with
	mu    sync.Mutex
	all   map[string]bool
	stats Stats
}

// make makes pages on all processors.
func (w *writer) make(s *pages.Site, paths []string, progress func(done, total int)) error {
	var next, done atomic.Int64
	var first error
	var once sync.Once
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(paths) {
					return
				}
				x, err := s.File(paths[i])
				if err == nil {
					err = w.put(x)
				}
				if err != nil {
					once.Do(func() { first = err })
					next.Store(int64(len(paths)))
					return
				}
				if n := int(done.Add(1)); progress != nil && n%500 == 0 {
					progress(n, len(paths))
				}
			}
		})
	}
	wg.Wait()
	return first
}

// put writes a file if it differs.
func (w *writer) put(x frame.File) error {
	if !fs.ValidPath(x.Path) || x.Path == "." || durable.IsTemp(x.Path) {
		return fmt.Errorf("write page: %q is no path of a site", x.Path)
	}
	to := filepath.Join(w.dir, filepath.FromSlash(x.Path))
	same := false
	if !w.fresh {
		var err error
		if same, err = holds(to, x.Data); err != nil {
			return fmt.Errorf("write page: %w", err)
		}
	}
	w.mu.Lock()
	w.all[x.Path] = true
	w.stats.Files++
	w.stats.Bytes += int64(len(x.Data))
	if !same {
		w.stats.Written++
	}
	w.mu.Unlock()
	if same {
		return nil
	}
	if err := w.batch.Folder(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return w.batch.Put(to, x.Data, 0o644)
}

// holds reports whether the file has this content.
func holds(path string, data []byte) (bool, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(data)) {
		return false, err
	}
	old, err := os.ReadFile(path)
	return err == nil && bytes.Equal(old, data), err
}

func (w *writer) end(err error, whole bool) (Stats, error) {
	if err != nil {
		return w.stats, errors.Join(fmt.Errorf("build site: %w", err), w.batch.Discard())
	}
	if err := w.batch.Commit(); err != nil {
		return w.stats, fmt.Errorf("build site: %w", err)
	}
	if whole {
		if err := w.clean(); err != nil {
			return w.stats, fmt.Errorf("build site: %w", err)
		}
	}
	return w.stats, nil
}

// clean removes what an earlier build has left.
func (w *writer) clean() error {
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(w.dir, path)
		if err != nil || w.all[filepath.ToSlash(rel)] {
			return err
		}
		w.stats.Removed++
		return w.disk.Remove(path)
	})
	if err != nil {
		return err
	}
	if err := w.disk.Remove(filepath.Join(w.dir, begun)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
