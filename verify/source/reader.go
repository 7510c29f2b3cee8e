package source

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io/fs"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
)

// A Reader reads one record for one verification. Safe for concurrent use.
type Reader struct {
	*report.Ledger
	Facts *Facts // nil remembers nothing

	ctx      context.Context
	fsys     fs.FS
	progress func(stage string, done, total int)
	refuted  atomic.Bool // and StopAtFirst was asked for

	mu    sync.Mutex
	named map[string]bool // paths of blobs that an entry names
}

// New returns a reader of the record in fsys, whose findings go into a new
// ledger. Progress, unless it is nil, is told how far a long stage has come.
func New(ctx context.Context, fsys fs.FS, facts *Facts, progress func(stage string, done, total int)) *Reader {
	r := &Reader{Ledger: report.NewLedger(), Facts: facts, ctx: ctx, fsys: fsys, progress: progress, named: map[string]bool{}}
	if facts != nil && facts.of > 0 {
		r.Absent("V001", report.Nowhere, "only one share of the proofs is checked")
	}
	return r
}

// StopAtFirst lets the first refutation end the reading: after it Scan and
// Parallel hand over nothing more. What is missing ends nothing, because what
// comes after it may be wrong.
func (r *Reader) StopAtFirst() { r.AtFirst(func() { r.refuted.Store(true) }) }

// Refuted reports whether StopAtFirst has ended the reading.
func (r *Reader) Refuted() bool { return r.refuted.Load() }

// FS returns the record that is read.
func (r *Reader) FS() fs.FS { return r.fsys }

// An Entry is a decoded entry of headquarters' log with its place.
type Entry[B record.Body] struct {
	Index uint64
	Body  B
	Hash  [32]byte // SHA-256 of the entry's bytes, where another entry refers to it
}

// Open opens a log and checks its checkpoint: V005. It returns nil if there is
// nothing to read.
func (r *Reader) Open(dir, origin string, key ed25519.PublicKey, witnesses []board.Witness, quorum int) *board.Log {
	p := report.InLog(dir).In(dir + "/checkpoint")
	l, err := board.Open(r.fsys, dir, origin, key, witnesses)
	if err != nil {
		var unreadable *fs.PathError
		switch {
		case errors.Is(err, fs.ErrNotExist):
			r.Absent("V005", p, "the log has no checkpoint")
		case errors.As(err, &unreadable): // a disk or a server that fails refutes nothing
			r.Absent("V005", p, "the checkpoint cannot be read: %v", err)
		default:
			r.Refute("V005", p, "%v", err)
		}
		return nil
	}
	r.Count("V005", 1)
	if n := len(l.Checkpoint().Cosigned); n < quorum {
		r.Refute("V005", p, "%d witnesses cosigned, the definition wants %d", n, quorum)
	}
	return l
}

// errRefuted ends a scan after StopAtFirst.
var errRefuted = errors.New("refuted")

// Scan reads a whole log (V006) and hands over what decodes (V007). The
// visitor is told whether entries before this one could not be read; Scan
// reports whether all could.
func (r *Reader) Scan(log string, l *board.Log, visit func(index uint64, gap bool, data []byte, e record.Entry)) (whole bool) {
	var next uint64 // entry, if none is missing
	gap := false
	faults, err := l.Scan(func(e board.Entry) error {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if r.Refuted() {
			return errRefuted
		}
		gap = gap || e.Index != next
		next = e.Index + 1
		r.Count("V007", 1)
		entry, err := record.Decode(e.Data)
		if err != nil {
			r.Refute("V007", report.At(log, e.Index), "%v", err)
			return nil
		}
		visit(e.Index, gap, e.Data, entry)
		return nil
	})
	r.Count("V006", int(l.Size())+1)
	for _, f := range faults {
		p := report.Place{Log: log, Entry: f.Entry, Path: log + "/" + f.Path}
		if f.Missing {
			r.Absent("V006", p, "%s", f.Text)
		} else {
			r.Refute("V006", p, "%s", f.Text)
		}
	}
	if err != nil && err != errRefuted {
		r.Absent("V006", report.InLog(log), "reading stopped: %v", err)
	}
	return !gap && next == l.Size()
}

// Parallel calls work(i) for 0 ≤ i < n on as many goroutines as there are
// processors, and returns when all are done.
func (r *Reader) Parallel(stage string, n int, work func(i int)) {
	var mu sync.Mutex
	next, done := 0, 0
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= n || r.Refuted() || r.ctx.Err() != nil {
					return
				}
				work(i)
				mu.Lock()
				done++
				d := done
				mu.Unlock()
				if r.progress != nil {
					r.progress(stage, d, n)
				}
			}
		})
	}
	wg.Wait()
}

// Clip shortens text from outside for a finding.
func Clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}
