package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
)

// Options say how to verify. The zero value is right for most callers.
type Options struct {
	// Election is the expected id; nil prints the id and compares nothing.
	Election *[32]byte
	// Facts, if given, remembers proofs that held, by the hash of everything
	// that goes into them, so that one process need not check the same bytes
	// twice. Bodies that distrust each other must not share one.
	Facts *Facts
	// Progress, if given, is told how far a long stage has come. It is called
	// from several goroutines.
	Progress func(stage string, done, total int)
}

// Facts remembers proofs that held. The zero value is empty; safe for
// concurrent use.
type Facts struct{ held sync.Map }

// once returns check(), or nil if the same key held before.
func (f *Facts) once(key [32]byte, check func() error) error {
	if f == nil {
		return check()
	}
	if _, ok := f.held.Load(key); ok {
		return nil
	}
	if err := check(); err != nil {
		return err
	}
	f.held.Store(key, nil)
	return nil
}

// load returns the counts that were stored for a key.
func (f *Facts) load(key [32]byte) ([]int, bool) {
	if f == nil {
		return nil, false
	}
	v, ok := f.held.Load(key)
	if !ok {
		return nil, false
	}
	return slices.Clone(v.([]int)), true
}

func (f *Facts) store(key [32]byte, counts []int) {
	if f != nil {
		f.held.Store(key, slices.Clone(counts))
	}
}

// factKey hashes labelled parts, each with its length.
func factKey(label string, parts ...[]byte) [32]byte {
	h := sha256.New()
	for _, p := range append([][]byte{[]byte(label)}, parts...) {
		var n [8]byte
		for i := range n {
			n[i] = byte(len(p) >> (8 * i))
		}
		h.Write(n[:])
		h.Write(p)
	}
	return [32]byte(h.Sum(nil))
}

// run is one verification. Fields above the line are written by one goroutine
// before others start; those below have their own locks.
type run struct {
	ctx  context.Context
	fsys fs.FS
	o    Options

	id        [32]byte
	def       *election.Definition
	offices   map[string]string // id → role
	hqOffice  string
	witnesses []board.Witness
	key       *elgamal.Key // nil until the ceremony is verified
	hq        *headquarters
	branches  map[string]*branch
	units     map[unitID]*unit

	*ledger
	blobMu sync.Mutex
	blobs  map[string]bool // hex hash → has been read
	firsts firsts

	tableMu   sync.Mutex
	table     *threshold.LogTable
	tableSize int
}

// Record verifies the record in fsys. The view holds what the acts continue
// from; it is nil if the definition cannot be read.
func Record(ctx context.Context, fsys fs.FS, o Options) (*Report, *View) {
	r := &run{ctx: ctx, fsys: fsys, o: o, ledger: newLedger(), blobs: map[string]bool{},
		branches: map[string]*branch{}, units: map[unitID]*unit{}}
	known := r.bootstrap()
	if r.def == nil {
		return r.report(r.id, known, known && o.Election != nil, PhaseNothing), nil
	}
	r.readHeadquarters()
	r.checkCeremony()
	r.readBranches()
	r.checkHeads()
	r.checkUnits()
	r.checkOutcomes()
	r.checkLayout()
	phase := r.phase()
	if err := ctx.Err(); err != nil {
		r.absent("V001", place{entry: -1}, "verification was interrupted: %v", err)
	}
	rep := r.report(r.id, true, o.Election != nil, phase)
	return rep, &View{r: r, report: rep}
}

// bootstrap finds the election id, the definition and the keys. The origin of
// headquarters' log claims an id; the definition is the blob that hashes to
// it, so nothing need be believed to read it.
func (r *run) bootstrap() (known bool) {
	head, err := fs.ReadFile(r.fsys, "hq/checkpoint")
	if err != nil {
		r.absent("V005", inFile("hq/checkpoint"), "headquarters' log has no readable checkpoint: is this the folder of a record?")
		return false
	}
	origin, _, _ := strings.Cut(string(head), "\n")
	text, ok := strings.CutPrefix(origin, "sandogh/")
	text, ok2 := strings.CutSuffix(text, "/hq")
	id, err := hex.DecodeString(text)
	if !ok || !ok2 || err != nil || len(id) != 32 || hex.EncodeToString(id) != text {
		r.refute("V005", inFile("hq/checkpoint"), "the origin %q is not sandogh/<hex election id>/hq", clip(origin))
		return false
	}
	r.id = [32]byte(id)
	if r.o.Election != nil {
		r.count("V004", 1)
		if r.id != *r.o.Election {
			r.refute("V004", inFile("hq/checkpoint"), "this is the record of election %x; expected was %x", r.id, *r.o.Election)
		}
	}
	ref := record.Blob{Type: record.TypeDefinition, Size: election.MaxCanonical, Hash: r.id[:]}
	canonical, ok := r.readBlob(ref, place{entry: -1}, true)
	if !ok {
		return true
	}
	r.count("V003", 1)
	def, err := election.Decode(canonical)
	if err != nil {
		r.refute("V003", inFile(blobPath(ref)), "%v", err)
		return true
	}
	r.def = def
	r.offices = map[string]string{}
	for _, o := range def.Offices {
		r.offices[o.ID] = o.Role
		if o.Role == election.Headquarters {
			r.hqOffice = o.ID
		}
	}
	for _, w := range def.Witnesses {
		r.witnesses = append(r.witnesses, board.Witness{Name: w.Name, Key: w.Key.Ed25519()})
	}
	return true
}

func blobPath(b record.Blob) string { return "blob/" + hex.EncodeToString(b.Hash) }

// readBlob returns the bytes that ref names, after comparing size and hash.
// With bound, ref.Size is only the most that they may be.
func (r *run) readBlob(ref record.Blob, p place, bound bool) ([]byte, bool) {
	r.count("V002", 1)
	path := blobPath(ref)
	r.blobMu.Lock()
	r.blobs[path] = true
	r.blobMu.Unlock()
	if len(ref.Hash) != sha256.Size {
		r.refute("V002", p, "the entry names a %s blob by %d bytes, not by a hash", ref.Type, len(ref.Hash))
		return nil, false
	}
	f, err := r.fsys.Open(path)
	if err != nil {
		r.absent("V002", p.in(path), "the %s blob is missing", ref.Type)
		return nil, false
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, int64(min(ref.Size, 1<<40))+1))
	if err != nil {
		r.absent("V002", p.in(path), "the %s blob cannot be read: %v", ref.Type, err)
		return nil, false
	}
	if uint64(len(b)) > ref.Size || !bound && uint64(len(b)) != ref.Size {
		r.refute("V002", p.in(path), "the %s blob does not have the %d bytes that its entry names", ref.Type, ref.Size)
		return nil, false
	}
	if h := sha256.Sum256(b); string(h[:]) != string(ref.Hash) {
		r.refute("V002", p.in(path), "the %s blob hashes to %x, not to its name", ref.Type, h)
		return nil, false
	}
	return b, true
}

// openLog opens a log and checks its witnesses.
func (r *run) openLog(dir, origin string, key election.Key) *board.Log {
	l, err := board.Open(r.fsys, dir, origin, key.Ed25519(), r.witnesses)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			r.absent("V005", place{log: dir, entry: -1, path: dir + "/checkpoint"}, "the log has no checkpoint")
		} else {
			r.refute("V005", place{log: dir, entry: -1, path: dir + "/checkpoint"}, "%v", err)
		}
		return nil
	}
	r.count("V005", 1)
	if n := len(l.Checkpoint().Cosigned); n < r.def.WitnessQuorum {
		r.refute("V005", place{log: dir, entry: -1, path: dir + "/checkpoint"}, "%d witnesses cosigned, the definition wants %d", n, r.def.WitnessQuorum)
	}
	return l
}

// scan reads a whole log and hands over what decodes.
func (r *run) scan(log string, l *board.Log, visit func(index uint64, data []byte, e record.Entry)) {
	faults, err := l.Scan(func(e board.Entry) error {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		r.count("V007", 1)
		entry, err := record.Decode(e.Data)
		if err != nil {
			r.refute("V007", at(log, e.Index), "%v", err)
			return nil
		}
		visit(e.Index, e.Data, entry)
		return nil
	})
	r.count("V006", int(l.Size())+1)
	for _, f := range faults {
		p := place{log: log, entry: f.Entry, path: log + "/" + f.Path}
		if f.Missing {
			r.absent("V006", p, "%s", f.Text)
		} else {
			r.refute("V006", p, "%s", f.Text)
		}
	}
	if err != nil {
		r.absent("V006", inLog(log), "reading stopped: %v", err)
	}
}

// parallel calls work(i) for 0 ≤ i < n on as many goroutines as there are
// processors, and returns when all are done.
func (r *run) parallel(stage string, n int, work func(i int)) {
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
				if i >= n || r.ctx.Err() != nil {
					return
				}
				work(i)
				mu.Lock()
				done++
				d := done
				mu.Unlock()
				if r.o.Progress != nil {
					r.o.Progress(stage, d, n)
				}
			}
		})
	}
	wg.Wait()
}

// clip shortens text from outside for a finding.
func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}
