package witness

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/sandogh/sandogh/board"
)

// Where evidence lies, in the witness's folder:
//
//	evidence/<hex SHA-256 of origin>-<kind>-<first 16 hex digits of SHA-256 of the second text>.json
//	evidence/<hex SHA-256 of origin>.more
//
// The second holds how much more was refused than is kept, in decimal.
const (
	EvidenceDir = "evidence" // in the witness's folder
	moreSuffix  = ".more"
)

// maxKept is how many files of one log are kept of those that convict it, and
// how many of those that do not. One conviction is enough; what does not
// convict must not take its place.
const maxKept = 32

// kept counts the evidence of one log.
type kept struct {
	convicting, other int
	more              uint64 // not kept because there was enough
}

func (k *kept) of(kind Kind) *int {
	if kind == Fork || kind == Divergence {
		return &k.convicting
	}
	return &k.other
}

// countEvidence counts the evidence in a witness's folder.
func countEvidence(dir string) (map[string]*kept, error) {
	out := map[string]*kept{}
	files, err := os.ReadDir(filepath.Join(dir, EvidenceDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("count evidence: %w", err)
	}
	for _, f := range files {
		log, rest, _ := strings.Cut(f.Name(), "-")
		log, counter := strings.CutSuffix(log, moreSuffix)
		if len(log) != 2*sha256.Size {
			continue // not a file of evidence
		}
		if out[log] == nil {
			out[log] = &kept{}
		}
		if !counter {
			kind, _, _ := strings.Cut(rest, "-")
			*out[log].of(Kind(kind))++
			continue
		}
		path := filepath.Join(dir, EvidenceDir, f.Name())
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("count evidence: %w", err)
		}
		if out[log].more, err = strconv.ParseUint(strings.TrimSpace(string(b)), 10, 64); err != nil {
			return nil, fmt.Errorf("count evidence: %s does not hold a number: remove it", path)
		}
	}
	return out, nil
}

// keep puts evidence on the disk, once, unless there is enough of its sort, and
// returns the refusal with where it lies.
func (w *Witness) keep(e *Evidence, refusal error) error {
	log := hashOf(e.Origin)
	// Named by the text alone: of one text a log can make many signatures.
	text, _, _ := strings.Cut(string(e.Second), "\n\n")
	h := sha256.Sum256([]byte(text))
	path := filepath.Join(w.dir, EvidenceDir, fmt.Sprintf("%s-%s-%x.json", log, e.Kind, h[:8]))
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%w (kept before: %s)", refusal, path)
	}
	k := w.kept[log]
	if k == nil {
		k = &kept{}
		w.kept[log] = k
	}
	if err := w.disk.MkdirAll(filepath.Dir(path), dirPerm); err != nil {
		return fmt.Errorf("%w; keep evidence: %w", refusal, err)
	}
	if n := k.of(e.Kind); *n < maxKept {
		data, err := e.Encode()
		if err == nil {
			err = w.disk.WriteFile(path, data, filePerm)
		}
		if err != nil {
			return fmt.Errorf("%w; keep evidence: %w", refusal, err)
		}
		*n++
		return fmt.Errorf("%w (kept: %s)", refusal, path)
	}
	k.more++
	// At powers of two only, so that a flood is few writes.
	if k.more&(k.more-1) == 0 {
		more := filepath.Join(w.dir, EvidenceDir, log+moreSuffix)
		if err := w.disk.WriteFile(more, fmt.Appendf(nil, "%d\n", k.more), filePerm); err != nil {
			return fmt.Errorf("%w; count evidence: %w", refusal, err)
		}
	}
	return fmt.Errorf("%w (not kept: there is enough of this log)", refusal)
}

// A Status is what a witness's folder holds of one log.
type Status struct {
	Last       board.Checkpoint // without a note if none was cosigned
	Convicting int              // files of evidence that convict the log
	Other      int              // files of evidence that do not
	More       uint64           // at least so many refused beyond those
}

// ReadStatus reads what a witness's folder, which may be in use, holds of a log.
func ReadStatus(dir, origin string, key []byte) (Status, error) {
	last, err := Last(dir, origin, key)
	if err != nil {
		return Status{}, fmt.Errorf("read status of %s: %w", origin, err)
	}
	all, err := countEvidence(dir)
	if err != nil {
		return Status{}, fmt.Errorf("read status of %s: %w", origin, err)
	}
	s := Status{Last: last}
	if k := all[hashOf(origin)]; k != nil {
		s.Convicting, s.Other, s.More = k.convicting, k.other, k.more
	}
	return s, nil
}
