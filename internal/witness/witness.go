// Package witness cosigns the checkpoints of logs, each only if it extends the
// last one cosigned, and keeps as evidence the signed ones that do not.
//
// Specification: spec/record-log.md, rules L20 to L28 and L34 to L44; request
// and answers are those of C2SP tlog-witness add-checkpoint, the cosignature
// that of tlog-cosignature.
//
// In goes a checkpoint signed by a log, the size cosigned last and the RFC 6962
// consistency proof between them, at most 63 hashes, together at most 64 KiB;
// out comes one signature line with a time in seconds. [Witness] cosigns,
// [Handler] serves it over HTTP; [Client] and [Drop] are a witness far away, as
// a log sees it: behind HTTP, or behind a folder whose files are carried. A
// folder holds, for each log, the checkpoint that was cosigned last, in a file
// named by the SHA-256 of the log's origin, and [Evidence] in evidence/.
//
// It never cosigns two checkpoints of a log of which neither extends the other,
// also not across a crash: what it is about to cosign is on the disk before the
// signature is returned. It does not look at entries, and does not judge the
// time between checkpoints; it takes the clock that it is given. It keeps
// nothing that the log has not signed, and of one log at most 64 files of
// evidence, so that nobody can fill its disk.
//
// An unknown log, a checkpoint that does not parse or verify, a proof that
// fails, a smaller tree and another tree of the same size are refused with
// errors told apart; [ForkError] carries the two signed checkpoints that convict
// a log. [ConflictError] tells which size to prove from. A file of its own that
// does not verify makes the witness refuse that log, not begin anew.
//
// Ed25519 with cosignature/v1, whose message is drawn at
// [board.CosignatureMessage]; SHA-256. That a proof which fails can convict is
// from RFC 9162, section 2.1.4.2: what it computes is the root of both trees.
package witness

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/internal/durable"
	"golang.org/x/mod/sumdb/note"
)

// Errors a caller may branch on.
var (
	ErrUnknownLog = errors.New("the log is not known to this witness")
	ErrCheckpoint = errors.New("the checkpoint is not written as one of the log")
	ErrSignature  = errors.New("the checkpoint is not signed by the log")
	ErrOldSize    = errors.New("the old size is larger than the checkpoint's")
	ErrRollback   = errors.New("the checkpoint is smaller than one cosigned before")
	ErrFork       = errors.New("the log has signed another tree of the same size")
	ErrProof      = errors.New("the consistency proof does not verify")
)

// A ConflictError says that the witness has last cosigned another size than
// the one the proof begins with.
type ConflictError struct{ Size uint64 }

func (e *ConflictError) Error() string {
	return fmt.Sprintf("the witness has last cosigned %d entries", e.Size)
}

// KnownSize returns the size from which the next proof must begin.
func (e *ConflictError) KnownSize() uint64 { return e.Size }

// A ForkError says that the log has signed two different trees of one size.
type ForkError struct {
	Cosigned []byte // the signed checkpoint that was cosigned
	Refused  []byte // the signed checkpoint that contradicts it
}

func (e *ForkError) Error() string { return ErrFork.Error() }

// Is lets errors.Is tell a fork without its evidence.
func (e *ForkError) Is(target error) bool { return target == ErrFork }

// A Witness cosigns for the logs that it knows. Its methods may be called
// concurrently; what depends on its state runs one after another.
type Witness struct {
	dir  string
	name string
	id   uint32
	key  ed25519.PrivateKey
	logs func(origin string) (ed25519.PublicKey, bool)
	now  func() time.Time
	disk durable.Disk
	lock *durable.Lock

	mu     sync.Mutex
	closed bool
	kept   map[string]*kept // evidence, by the SHA-256 of the log's origin
}

const (
	lockFile = "lock"
	dirPerm  = 0o700
	filePerm = 0o600
)

// New opens the witness whose state is in the folder dir, which it makes if
// there is none. logs returns the key of a log that is to be cosigned, and may be
// called concurrently; now is the clock whose time is signed.
func New(dir, name string, key ed25519.PrivateKey, logs func(origin string) (ed25519.PublicKey, bool), now func() time.Time) (*Witness, error) {
	return NewOn(durable.Disk{}, dir, name, key, logs, now)
}

// NewOn is New with the disk to write on.
func NewOn(disk durable.Disk, dir, name string, key ed25519.PrivateKey, logs func(origin string) (ed25519.PublicKey, bool), now func() time.Time) (*Witness, error) {
	if len(key) != ed25519.PrivateKeySize {
		return nil, errors.New("open witness: the key does not have 64 bytes")
	}
	id := board.KeyID(name, board.AlgCosignature, key.Public().(ed25519.PublicKey))
	// Parsing what would be written refuses a name that cannot be written.
	if _, _, _, err := board.ParseSignatureLine(string(board.FormatSignatureLine(name, id, make([]byte, ed25519.SignatureSize)))); err != nil {
		return nil, fmt.Errorf("open witness: the name %q is not a key name", name)
	}
	if err := disk.MkdirAll(dir, dirPerm); err != nil {
		return nil, fmt.Errorf("open witness: %w", err)
	}
	lock, err := durable.Acquire(filepath.Join(dir, lockFile))
	if err != nil {
		return nil, fmt.Errorf("open witness: %w", err)
	}
	w := &Witness{dir: dir, name: name, id: id, key: key, logs: logs, now: now, disk: disk, lock: lock}
	if w.kept, err = countEvidence(dir); err != nil {
		return nil, errors.Join(fmt.Errorf("open witness: %w", err), lock.Release())
	}
	return w, nil
}

// Close gives the folder free.
func (w *Witness) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	return w.lock.Release()
}

// Cosign verifies that the checkpoint is signed by a known log and extends the
// last one cosigned, which must have oldSize entries (0 if there is none), and
// returns the witness's signature line for it. Signatures of others on the
// checkpoint are ignored.
func (w *Witness) Cosign(ctx context.Context, oldSize uint64, checkpoint []byte, proof [][32]byte) ([]byte, error) {
	origin, _, _ := strings.Cut(string(checkpoint), "\n")
	key, ok := w.logs(origin)
	if !ok {
		return nil, fmt.Errorf("cosign %q: %w", origin, ErrUnknownLog)
	}
	// Before the lock, so that whoever sends what no log has signed keeps
	// nobody waiting.
	next, err := parse(checkpoint, origin, key)
	if err != nil {
		return nil, fmt.Errorf("cosign %s: %w", origin, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, errors.New("cosign: the witness is closed")
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("cosign: %w", err)
	}
	line, err := w.cosign(next, key, oldSize, proof)
	if err != nil {
		return nil, fmt.Errorf("cosign %s: %w", origin, err)
	}
	return line, nil
}

func (w *Witness) cosign(next board.Checkpoint, key ed25519.PublicKey, oldSize uint64, proof [][32]byte) ([]byte, error) {
	origin := next.Origin
	last, err := w.last(origin, key)
	if err != nil {
		return nil, err
	}
	if err := judge(last, next, oldSize, proof); err != nil {
		// What convicts does so whatever the request said of the old size.
		if e := convict(last, next, oldSize, proof, key); e != nil {
			err = w.keep(e, err)
		}
		return nil, err
	}
	now := w.now().Unix()
	if now <= 0 {
		return nil, fmt.Errorf("the clock says %d", now)
	}
	if last.Note == nil || next.Size > last.Size {
		if err := w.disk.WriteFile(w.file(origin), next.Note, filePerm); err != nil {
			return nil, err
		}
	}
	text := board.FormatCheckpoint(origin, next.Size, next.Root)
	sig := binary.BigEndian.AppendUint64(nil, uint64(now))
	sig = append(sig, ed25519.Sign(w.key, board.CosignatureMessage(uint64(now), text))...)
	return board.FormatSignatureLine(w.name, w.id, sig), nil
}

// judge says why next does not follow last, in the order of C2SP tlog-witness.
func judge(last, next board.Checkpoint, oldSize uint64, proof [][32]byte) error {
	switch {
	case oldSize > next.Size && next.Size < last.Size:
		return fmt.Errorf("%w: %d entries after %d", ErrRollback, next.Size, last.Size)
	case oldSize > next.Size:
		return fmt.Errorf("%w: %d, and it has %d entries", ErrOldSize, oldSize, next.Size)
	case oldSize != last.Size:
		return &ConflictError{last.Size}
	case next.Size == last.Size && next.Root != last.Root:
		return &ForkError{Cosigned: last.Note, Refused: next.Note}
	}
	if err := board.CheckConsistency(proof, last.Size, last.Root, next.Size, next.Root); err != nil {
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	return nil
}

// parse returns the checkpoint with the log's signature alone.
func parse(checkpoint []byte, origin string, key ed25519.PublicKey) (board.Checkpoint, error) {
	n, err := note.Open(checkpoint, note.VerifierList(board.NewVerifier(origin, key)))
	var unsigned *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	if errors.As(err, &unsigned) || errors.As(err, &invalid) {
		return board.Checkpoint{}, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	var alone []byte
	if err == nil {
		alone, err = note.Sign(&note.Note{Text: n.Text, Sigs: n.Sigs})
	}
	var c board.Checkpoint
	if err == nil {
		c, err = board.ParseCheckpoint(alone, origin, key, nil)
	}
	if err != nil {
		return board.Checkpoint{}, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	return c, nil
}

// Last returns the checkpoint of a known log that was cosigned last, with the
// log's signature alone, or nil if none was.
func (w *Witness) Last(origin string) ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key, ok := w.logs(origin)
	if !ok {
		return nil, fmt.Errorf("look up %q: %w", origin, ErrUnknownLog)
	}
	c, err := w.last(origin, key)
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", origin, err)
	}
	return c.Note, nil
}

func (w *Witness) last(origin string, key ed25519.PublicKey) (board.Checkpoint, error) {
	return Last(w.dir, origin, key)
}

// Last reads from a witness's folder the checkpoint of a log that was cosigned
// last. If none was, it is that of no entries, without a note. The folder may be
// in use.
func Last(dir, origin string, key ed25519.PublicKey) (board.Checkpoint, error) {
	b, err := os.ReadFile(filepath.Join(dir, hashOf(origin)))
	if errors.Is(err, fs.ErrNotExist) {
		return board.Checkpoint{Origin: origin, Root: sha256.Sum256(nil)}, nil
	}
	if err != nil {
		return board.Checkpoint{}, err
	}
	c, err := board.ParseCheckpoint(b, origin, key, nil)
	if err != nil {
		return board.Checkpoint{}, fmt.Errorf("read what was cosigned last: %w", err)
	}
	return c, nil
}

func (w *Witness) file(origin string) string { return filepath.Join(w.dir, hashOf(origin)) }

func hashOf(origin string) string {
	h := sha256.Sum256([]byte(origin))
	return hex.EncodeToString(h[:])
}

func (w *Witness) redacted() string             { return "witness " + w.name + " (key redacted)" }
func (w *Witness) LogValue() slog.Value         { return slog.StringValue(w.redacted()) }
func (w *Witness) Format(f fmt.State, _ rune)   { io.WriteString(f, w.redacted()) }
func (w *Witness) MarshalJSON() ([]byte, error) { return json.Marshal(w.redacted()) }
