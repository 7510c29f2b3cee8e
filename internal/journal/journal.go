package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/sandogh/sandogh/internal/durable"
)

// The file, all numbers big-endian:
//
//	file   = magic ‖ record*
//	record = length (4) ‖ check (4) ‖ chain (32) ‖ body (length)
//	body   = length of kind (1) ‖ kind ‖ data (JSON)
//	check  = the first 4 bytes of SHA-256("sandogh journal length" ‖ chain before ‖ length)
//	chain  = SHA-256("sandogh journal record" ‖ chain before ‖ length ‖ body)
//
// The chain before the first record is SHA-256(magic). The check makes a length
// that rotted differ from a record that is not all there.
const (
	magic      = "sandogh journal 1\n"
	headerSize = 4 + 4 + sha256.Size
	maxBody    = 1 << 20
	maxKind    = 255
)

// ErrBroken says that a write failed before: open the journal again.
var ErrBroken = errors.New("journal is broken since a write failed: the machine has to be stopped and opened again")

// A Journal is an open file of records.
type Journal struct {
	mu     sync.Mutex
	path   string
	file   *durable.Appender
	lock   *durable.Lock
	tip    [sha256.Size]byte // chain of the last record
	count  uint64
	cut    int64
	broken error
}

// Open opens the journal, or makes an empty one, and replays its records in
// order: the data is the JSON of what was appended. An error of replay ends it.
func Open(disk durable.Disk, path string, replay func(kind string, data []byte) error) (_ *Journal, err error) {
	lock, err := durable.Acquire(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	j := &Journal{path: path, lock: lock}
	defer func() {
		if err != nil {
			err = errors.Join(err, j.Close())
		}
	}()
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := disk.WriteFile(path, []byte(magic), 0o600); err != nil {
			return nil, fmt.Errorf("open journal: %w", err)
		}
	}
	if j.file, err = disk.OpenAppender(path); err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	end, last, err := j.read(replay)
	if err != nil {
		return nil, fmt.Errorf("open journal %s: %w", path, err)
	}
	if j.cut = j.file.Size() - end; j.cut > 0 {
		if err := j.file.Truncate(end); err != nil {
			return nil, fmt.Errorf("open journal: %w", err)
		}
	}
	// A sync that failed may have left the last record in memory alone, where a
	// further sync would not see that it has to be written.
	if last != nil {
		if err := j.file.WriteAt(last, end-int64(len(last))); err != nil {
			return nil, fmt.Errorf("open journal: %w", err)
		}
	}
	return j, nil
}

// Append adds a record: when it returns without error the record is on the disk.
// The kind has 1 to 255 bytes; the value is stored as JSON.
func (j *Journal) Append(kind string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("append to journal: %w", err)
	}
	if kind == "" || len(kind) > maxKind {
		return fmt.Errorf("append to journal: a kind has 1 to %d bytes, not %d", maxKind, len(kind))
	}
	if n := 1 + len(kind) + len(data); n > maxBody {
		return fmt.Errorf("append to journal: record of %d bytes, more than %d", n, maxBody)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return j.broken
	}
	record := make([]byte, headerSize, headerSize+1+len(kind)+len(data))
	record = append(record, byte(len(kind)))
	record = append(record, kind...)
	record = append(record, data...)
	body := record[headerSize:]
	binary.BigEndian.PutUint32(record, uint32(len(body)))
	check := checkOf(j.tip, record[:4])
	chain := chainOf(j.tip, record[:4], body)
	copy(record[4:], check[:])
	copy(record[8:], chain[:])
	if err := j.file.Append(record); err != nil {
		return j.fail(err)
	}
	j.tip = chain
	j.count++
	return nil
}

// fail breaks the journal.
func (j *Journal) fail(err error) error {
	j.broken = fmt.Errorf("%w: %s", ErrBroken, j.path)
	return fmt.Errorf("append to journal: %w: %w", j.broken, err)
}

// Reserve has the disk set space aside for n bytes more. Where the file system
// cannot, the error is [errors.ErrUnsupported]; the journal is not broken by it.
func (j *Journal) Reserve(n int64) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return j.broken
	}
	if err := j.file.Allocate(n); err != nil {
		return fmt.Errorf("reserve %d bytes for journal: %w", n, err)
	}
	return nil
}

// Cut returns how many bytes of a record that was never acknowledged were cut
// off at opening.
func (j *Journal) Cut() int64 { return j.cut }

// Tip returns the number of records and the chain of the last one.
func (j *Journal) Tip() (uint64, [sha256.Size]byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.count, j.tip
}

// Err returns [ErrBroken] if the journal is broken.
func (j *Journal) Err() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.broken
}

// Close closes the journal; it is broken afterwards.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.lock == nil {
		return nil
	}
	var err error
	if j.file != nil {
		err = j.file.Close()
	}
	err = errors.Join(err, j.lock.Release())
	j.lock, j.file = nil, nil
	j.broken = fmt.Errorf("%w: %s: closed", ErrBroken, j.path)
	return err
}
