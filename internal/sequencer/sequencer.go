// Package sequencer writes one append-only log and publishes it.
//
// Specification: spec/record-log.md, rules L1 to L20 and L29 to L33.
//
// In go entries of 1 to 60,000 bytes and the log's Ed25519 signer, whose name is
// the log's origin; out come the index of the first entry appended, signed
// checkpoints, and the published folder that package board reads. A log lives in
// a folder of its own with the tree as Tessera's POSIX driver keeps it, the last
// checkpoint that was signed, and a lock.
//
// When [Log.Append] returns, its entries are in the tree and on the disk, in the
// order given and next to one another. The package never signs two checkpoints
// that contradict each other: the last one signed is on the disk before it is
// handed out, and the next must extend it. It never publishes anything but the
// files of the published form, nor a time: all files get the same date. It does
// not know what an entry means.
//
// A folder of another key, a folder in use, a wrong entry and a closed log are
// refused before anything is written. If an append fails in writing, it is not
// known whether the entries are in the tree; the log then refuses everything,
// and must be closed and opened again, when [Log.Size] tells. Indexes that are
// not the ones expected are such a failure.
//
// Tessera v1.0.4: one appender for each batch, opened with exactly the batch's
// size. Its queue then flushes in the caller's goroutine; with a greater size it
// would flush by a timer, which can put two halves of a batch in the wrong order,
// and its background goroutines would go on for every open log.
package sequencer

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

// Errors a caller may branch on. ErrEntrySize is board's.
var (
	ErrEntrySize = board.ErrEntrySize
	ErrInUse     = durable.ErrLocked
	ErrOtherKey  = errors.New("the folder holds the log of another key")
	ErrClosed    = errors.New("the log is closed")
	ErrBroken    = errors.New("an earlier failure left the log in doubt; open it again")
)

// Options are the settings of a log; the zero value is good.
type Options struct {
	// Disk writes the files other than Tessera's own.
	Disk durable.Disk
	// Logger receives the warnings of the log's storage; nil discards them.
	// The storage has one for the whole process: the last one set is used.
	Logger *slog.Logger
}

// Log is an open log. Its methods may be called concurrently; they run one
// after another.
type Log struct {
	dir    string
	disk   durable.Disk
	signer note.Signer
	key    ed25519.PublicKey
	driver tessera.Driver
	lock   *durable.Lock

	mu     sync.Mutex
	size   uint64
	signed []byte // the last checkpoint signed
	failed error  // why the log is in doubt
	closed bool
}

const (
	treeFolder = "tree"   // Tessera's folder
	signedFile = "signed" // the last checkpoint signed
	lockFile   = "lock"
	dirPerm    = 0o700
	filePerm   = 0o600
)

// Open opens the log in the folder dir, which it makes if there is none. The
// signer's name is the log's origin, and key is its public key.
func Open(ctx context.Context, dir string, signer note.Signer, key ed25519.PublicKey, opts Options) (*Log, error) {
	l, err := open(ctx, dir, signer, key, opts)
	if err != nil {
		return nil, fmt.Errorf("open log %s in %s: %w", signer.Name(), dir, err)
	}
	return l, nil
}

func open(ctx context.Context, dir string, signer note.Signer, key ed25519.PublicKey, opts Options) (_ *Log, err error) {
	setLogger(opts.Logger)
	if err := opts.Disk.MkdirAll(dir, dirPerm); err != nil {
		return nil, err
	}
	lock, err := durable.Acquire(filepath.Join(dir, lockFile))
	if err != nil {
		return nil, err
	}
	l := &Log{dir: dir, disk: opts.Disk, signer: signer, key: key, lock: lock}
	defer func() {
		if err != nil {
			lock.Release()
		}
	}()
	if err := l.identify(); err != nil {
		return nil, err
	}
	l.driver, err = posix.New(ctx, posix.Config{Path: filepath.Join(dir, treeFolder)})
	if err != nil {
		return nil, err
	}
	_, reader, stop, err := l.appender(ctx, 1)
	if err != nil {
		return nil, err
	}
	defer stop()
	if l.size, err = reader.IntegratedSize(ctx); err != nil {
		return nil, err
	}
	if _, _, err := l.extend(); err != nil {
		return nil, err
	}
	return l, nil
}

// identify reads the last checkpoint signed and checks that it is by this key.
// A new log signs the empty tree before there is one, so that a folder never
// has entries without saying whose they are.
func (l *Log) identify() error {
	path := filepath.Join(l.dir, signedFile)
	signed, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(l.dir, treeFolder)); err == nil {
			return fmt.Errorf("there is a tree but no %s file", signedFile)
		}
		signed, err = l.sign(0, emptyRoot)
		if err != nil {
			return err
		}
		err = l.disk.WriteFile(path, signed, filePerm)
	}
	if err != nil {
		return err
	}
	if _, err = l.parse(signed); err != nil {
		return fmt.Errorf("%w: %w", ErrOtherKey, err)
	}
	l.signed = signed
	return nil
}

// maxBatch bounds the entries that Tessera holds at once.
const maxBatch = 1024

// Append appends entries and returns the index of the first. When it returns,
// they are durably in the tree. It does not stop half-way when ctx ends.
func (l *Log) Append(ctx context.Context, entries ...[]byte) (first uint64, err error) {
	for i, e := range entries {
		if len(e) == 0 || len(e) > board.MaxEntry {
			return 0, fmt.Errorf("append entry %d of %d, which has %d bytes: %w", i+1, len(entries), len(e), ErrEntrySize)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.usable(ctx); err != nil {
		return 0, fmt.Errorf("append: %w", err)
	}
	first = l.size
	for len(entries) > 0 {
		n := min(len(entries), maxBatch)
		if err := l.appendBatch(context.WithoutCancel(ctx), entries[:n]); err != nil {
			l.failed = err
			return 0, fmt.Errorf("append at %d: %w", l.size, err)
		}
		entries = entries[n:]
	}
	return first, nil
}

func (l *Log) appendBatch(ctx context.Context, entries [][]byte) error {
	a, _, stop, err := l.appender(ctx, len(entries))
	if err != nil {
		return err
	}
	defer stop()
	futures := make([]tessera.IndexFuture, len(entries))
	for i, e := range entries {
		futures[i] = a.Add(ctx, tessera.NewEntry(bytes.Clone(e)))
	}
	// Every future is waited for, so that the storage is at rest on return.
	var failed error
	for i, f := range futures {
		index, err := f()
		if want := l.size + uint64(i); err == nil && index.Index != want {
			err = fmt.Errorf("the storage gave an entry index %d, want %d", index.Index, want)
		}
		if err != nil && failed == nil {
			failed = err
		}
	}
	if failed != nil {
		return failed
	}
	l.size += uint64(len(entries))
	return nil
}

func (l *Log) usable(ctx context.Context) error {
	switch {
	case l.closed:
		return ErrClosed
	case l.failed != nil:
		return fmt.Errorf("%w (%v)", ErrBroken, l.failed)
	}
	return ctx.Err()
}

// Size returns how many entries the log has.
func (l *Log) Size(ctx context.Context) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.usable(ctx); err != nil {
		return 0, fmt.Errorf("ask size: %w", err)
	}
	return l.size, nil
}

// Close gives the folder free. Nothing is left to be written by then.
func (l *Log) Close(context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	return l.lock.Release()
}
