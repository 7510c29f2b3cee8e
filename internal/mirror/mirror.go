package mirror

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/remote"
	"github.com/sandogh/sandogh/record"
)

const (
	lockName = "lock" // in the folder of parts

	large   = 8 << 20        // bytes above which a blob comes in pieces
	maxBlob = remote.MaxFile // bytes
)

// Options say how to copy. The zero value is right for most callers.
type Options struct {
	Election  *[32]byte                         // the expected election; nil takes the one found
	Transport http.RoundTripper                 // nil for the usual one
	Parallel  int                               // requests at once; 0 for 8
	Wait      time.Duration                     // before a request is repeated; 0 for a second
	Progress  func(stage string, done, all int) // called from several goroutines
	Disk      durable.Disk                      // for tests that let it fail
}

// A Summary says what a copy came to.
type Summary struct {
	Election [32]byte
	Branches int      // logs of branches
	Blobs    int      // that lie in the folder
	Fetched  int64    // bytes that came over the network
	Missing  []string // what the server does not have
}

// Complete reports whether everything that the record names is there.
func (s *Summary) Complete() bool { return len(s.Missing) == 0 }

// WrongError says that the server gave something else than the signed record has.
type WrongError struct {
	Path string
	err  error
}

func (e *WrongError) Error() string { return e.Path + ": " + e.err.Error() }
func (e *WrongError) Unwrap() error { return e.err }

func wrong(path string, err error) error { return &WrongError{path, err} }

// run is one copy under way.
type run struct {
	fetch     *fetcher
	to        string
	disk      durable.Disk
	parts     string
	id        [32]byte
	witnesses []board.Witness
	progress  func(stage string, done, all int)

	mu      sync.Mutex
	blobs   map[[32]byte]record.Blob
	heads   map[string][][]byte // checkpoints that headquarters took in, by branch
	missing []string
	failed  error // of a tile that could not be written
	fetched int64
	stage   string
	done    int
	all     int
}

// Copy copies the record at the address into the folder.
func Copy(ctx context.Context, address, to string, o Options) (*Summary, error) {
	base, err := remote.Address(address)
	if err != nil {
		return nil, fmt.Errorf("mirror %w", err)
	}
	r := &run{to: filepath.Clean(to), parts: filepath.Clean(to) + ".part", disk: o.Disk, blobs: map[[32]byte]record.Blob{}, heads: map[string][][]byte{}, progress: o.Progress}
	r.fetch = &fetcher{base: base, http: remote.Client(base, o.Transport, 0), slots: make(chan struct{}, max(o.Parallel, 1)), wait: o.Wait, got: r.got}
	if o.Parallel == 0 {
		r.fetch.slots = make(chan struct{}, 8)
	}
	if o.Wait == 0 {
		r.fetch.wait = time.Second
	}
	defer r.fetch.http.CloseIdleConnections()
	s, err := r.locked(ctx, o.Election)
	if err != nil {
		return nil, fmt.Errorf("mirror %s: %w", address, err)
	}
	return s, nil
}

// locked copies while nobody else copies into the same folder.
func (r *run) locked(ctx context.Context, expected *[32]byte) (*Summary, error) {
	if err := r.prepare(); err != nil {
		return nil, err
	}
	if err := r.disk.MkdirAll(r.parts, 0o755); err != nil {
		return nil, err
	}
	lock, err := durable.Acquire(filepath.Join(r.parts, lockName))
	if err != nil {
		return nil, err
	}
	s, err := r.copy(ctx, expected)
	err = errors.Join(err, r.cleanParts(err == nil && s.Complete()), lock.Release())
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (r *run) copy(ctx context.Context, expected *[32]byte) (*Summary, error) {
	def, err := r.definition(ctx, expected)
	if err != nil {
		return nil, err
	}
	for _, w := range def.Witnesses {
		r.witnesses = append(r.witnesses, board.Witness{Name: w.Name, Key: w.Key.Ed25519()})
	}
	hq := &log{run: r, dir: record.HQ, origin: election.HQOrigin(r.id), key: def.HQLogKey.Ed25519(), visit: r.collect}
	if err := hq.copy(ctx); err != nil {
		return nil, err
	}
	s := &Summary{Election: r.id}
	// Headquarters' log is read before those of the branches: they are at least
	// as long as its entries say.
	r.begin("branches", len(def.Branches))
	var mu sync.Mutex
	err = r.parallel(ctx, len(def.Branches), func(ctx context.Context, i int) error {
		defer r.step()
		b := &def.Branches[i]
		l := &log{run: r, dir: record.BranchLog(b.ID), origin: election.BranchOrigin(r.id, b.ID), key: b.LogKey.Ed25519()}
		if err := l.copy(ctx); err != nil {
			if !errors.Is(err, fs.ErrNotExist) || l.head.Note != nil {
				return err
			}
			if r.short(l, b.ID, 0) { // else the branch has not published
				r.lacks(l.dir)
			}
			return nil
		}
		if r.short(l, b.ID, l.head.Size) {
			r.lacks(l.dir + " beyond its first " + strconv.FormatUint(l.head.Size, 10) + " entries")
		}
		mu.Lock()
		s.Branches++
		mu.Unlock()
		return l.finish()
	})
	if err != nil {
		return nil, err
	}
	if s.Blobs, err = r.copyBlobs(ctx); err != nil {
		return nil, err
	}
	if r.failed != nil {
		return nil, r.failed
	}
	if err := hq.finish(); err != nil {
		return nil, err
	}
	s.Fetched, s.Missing = r.fetched, r.missing
	slices.Sort(s.Missing)
	s.Missing = slices.Compact(s.Missing)
	return s, nil
}

// prepare looks at the folder: it may hold what a record holds, and temporary
// files that a crash left.
func (r *run) prepare() error {
	if err := r.disk.MkdirAll(r.to, 0o755); err != nil {
		return err
	}
	top, err := os.ReadDir(r.to)
	if err != nil {
		return err
	}
	for _, d := range top {
		if n := d.Name(); n != "hq" && n != "branch" && n != "blob" && !durable.IsTemp(n) {
			return fmt.Errorf("%s holds %s, which no record has: name a new folder", r.to, n)
		}
	}
	return fs.WalkDir(os.DirFS(r.to), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !durable.IsTemp(name) {
			return err
		}
		return r.disk.Remove(filepath.Join(r.to, filepath.FromSlash(name)))
	})
}

// definition finds the election id in the origin of headquarters' log, and the
// definition by it.
func (r *run) definition(ctx context.Context, expected *[32]byte) (*election.Definition, error) {
	path := record.HQ + "/" + board.CheckpointPath
	head, err := r.fetch.file(ctx, path, maxCheckpoint)
	if err != nil {
		return nil, err
	}
	origin, _, _ := strings.Cut(string(head), "\n")
	id, err := hex.DecodeString(strings.TrimSuffix(strings.TrimPrefix(origin, "sandogh/"), "/hq"))
	if err != nil || len(id) != 32 || origin != election.HQOrigin([32]byte(id)) {
		return nil, wrong(path, fmt.Errorf("%.80q is not the origin of a record's log", origin))
	}
	r.id = [32]byte(id)
	if expected != nil && r.id != *expected {
		return nil, wrong(path, fmt.Errorf("this is the record of election %x; expected was %x", r.id, *expected))
	}
	if have, err := os.ReadFile(filepath.Join(r.to, filepath.FromSlash(path))); err == nil && !strings.HasPrefix(string(have), origin+"\n") {
		return nil, fmt.Errorf("%s holds the record of another election", r.to)
	}
	b, err := r.checked(ctx, "blob/"+hex.EncodeToString(id), election.MaxCanonical, func(b []byte) error {
		if sha256.Sum256(b) != r.id {
			return errors.New("does not have the hash that names it")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	def, err := election.Decode(b)
	if err != nil {
		return nil, wrong("blob/"+hex.EncodeToString(id), err)
	}
	return def, nil
}

// checked returns a file that passes the check, from the folder or from the
// server, and keeps it.
func (r *run) checked(ctx context.Context, name string, limit int64, check func([]byte) error) ([]byte, error) {
	if b, err := os.ReadFile(filepath.Join(r.to, filepath.FromSlash(name))); err == nil && int64(len(b)) <= limit && check(b) == nil {
		return b, nil
	}
	b, err := r.fetch.file(ctx, name, limit)
	if err != nil {
		return nil, err
	}
	if err := check(b); err != nil {
		return nil, wrong(name, err)
	}
	return b, r.keep(name, b)
}

// keep writes a file that was compared, unless it lies there already.
func (r *run) keep(name string, b []byte) error {
	path := filepath.Join(r.to, filepath.FromSlash(name))
	if have, err := os.ReadFile(path); err == nil && string(have) == string(b) {
		return nil
	}
	if err := r.disk.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return r.disk.WriteFile(path, b, 0o644)
}

// cleanParts removes what is not needed to go on: all of it once the copy is
// complete.
func (r *run) cleanParts(complete bool) error {
	left, err := os.ReadDir(r.parts)
	if err != nil {
		return err
	}
	kept := 0
	for _, d := range left {
		if !complete && d.Name() != lockName {
			kept++
		} else if err := r.disk.Remove(filepath.Join(r.parts, d.Name())); err != nil {
			return err
		}
	}
	if kept > 0 {
		return nil
	}
	return r.disk.Remove(r.parts)
}

// parallel does the work for 0 to n−1, some at a time, until one fails.
func (r *run) parallel(ctx context.Context, n int, work func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	todo := make(chan int)
	var wg sync.WaitGroup
	for range min(n, 2*cap(r.fetch.slots)) {
		wg.Go(func() {
			for i := range todo {
				if ctx.Err() != nil {
					continue
				}
				if err := work(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := range n {
		todo <- i
	}
	close(todo)
	wg.Wait()
	return context.Cause(ctx)
}

// lacks notes what the server does not have.
func (r *run) lacks(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.missing = append(r.missing, what)
}

func (r *run) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil {
		r.failed = err
	}
}

func (r *run) got(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fetched += int64(n)
}

func (r *run) begin(stage string, all int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stage, r.done, r.all = stage, 0, all
}

func (r *run) step() {
	r.mu.Lock()
	r.done++
	stage, done, all := r.stage, r.done, r.all
	r.mu.Unlock()
	if r.progress != nil {
		r.progress(stage, done, all)
	}
}
