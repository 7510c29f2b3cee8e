package sequencer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/internal/durable"
)

// A Cosigner is a witness, here or behind a network, with the request and the
// answers of C2SP tlog-witness add-checkpoint: given a checkpoint signed by the
// log, the size that the witness cosigned last and the consistency proof
// between them, it returns its signature line. If the size is not the one the
// witness has, the error is one with a method KnownSize() uint64 that gives it.
type Cosigner interface {
	Cosign(ctx context.Context, oldSize uint64, checkpoint []byte, proof [][32]byte) ([]byte, error)
}

// cosignTries is how often one witness is asked anew because its size was
// another one: the first answer tells it, and nobody else submits this log.
const cosignTries = 3

// Cosign has the log as it is now cosigned and returns the checkpoint with all
// signature lines obtained. If some witnesses fail, it returns the checkpoint
// with the lines of the others along with the error: how many are enough is
// for the caller to decide.
func (l *Log) Cosign(ctx context.Context, witnesses []Cosigner) ([]byte, error) {
	view, err := l.Read(ctx)
	if err != nil {
		return nil, err
	}
	signed := view.Checkpoint().Note
	var failures []error
	for i, w := range witnesses {
		lines, err := cosign(ctx, view, w)
		if err == nil {
			var more []byte
			if more, err = board.AddCosignatures(signed, lines); err == nil {
				signed = more
			}
		}
		if err != nil {
			failures = append(failures, fmt.Errorf("have checkpoint cosigned by witness %d of %d: %w", i+1, len(witnesses), err))
		}
	}
	return signed, errors.Join(failures...)
}

func cosign(ctx context.Context, view *board.Log, w Cosigner) ([]byte, error) {
	c := view.Checkpoint()
	old := uint64(0)
	for try := 1; ; try++ {
		proof, err := view.ProveConsistency(old, c.Size)
		if err != nil {
			return nil, err
		}
		lines, err := w.Cosign(ctx, old, c.Note, proof)
		if err == nil {
			return lines, nil
		}
		var conflict interface{ KnownSize() uint64 }
		if try == cosignTries || !errors.As(err, &conflict) {
			return nil, err
		}
		old = conflict.KnownSize()
	}
}

// PublishedTime is the time of every published file and folder: a constant
// tells nothing about when votes were cast.
var PublishedTime = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// Publish has the log cosigned by all the witnesses and writes its published
// form into the folder dst. If one of them fails, nothing is written.
func (l *Log) Publish(ctx context.Context, dst string, witnesses []Cosigner) error {
	signed, err := l.Cosign(ctx, witnesses)
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	return l.PublishCheckpoint(ctx, dst, signed)
}

// PublishCheckpoint writes the published form of the log into the folder dst
// under a checkpoint that [Log.Cosign] returned and that covers all entries.
//
// Tiles and entries are written first, then the checkpoint, then the partial
// tiles of an earlier publication are removed: whenever it is interrupted, the
// checkpoint that is there has its tiles, and publishing again finishes. Full
// tiles that are there with the same content are not touched. A folder that
// holds anything but an earlier publication is refused before anything is
// written.
func (l *Log) PublishCheckpoint(ctx context.Context, dst string, signed []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.publish(ctx, dst, signed); err != nil {
		return fmt.Errorf("publish to %s: %w", dst, err)
	}
	return nil
}

func (l *Log) publish(ctx context.Context, dst string, signed []byte) error {
	view, err := l.checkpoint(ctx)
	if err != nil {
		return err
	}
	// The witnesses' keys are for readers to judge; the log's own signature
	// and text must be those of now.
	if !bytes.HasPrefix(signed, view.Checkpoint().Note) {
		return fmt.Errorf("the checkpoint is not that of the log's %d entries", l.size)
	}
	if signed, err = board.AddCosignatures(signed); err != nil {
		return err
	}
	if err := l.disk.MkdirAll(dst, publicDirPerm); err != nil {
		return err
	}
	stale, err := listStale(dst, l.size)
	if err != nil {
		return err
	}
	if err := l.publishTiles(ctx, dst); err != nil {
		return err
	}
	if err := l.publishFile(filepath.Join(dst, board.CheckpointPath), signed); err != nil {
		return err
	}
	for _, path := range stale {
		if err := l.disk.Remove(path); err != nil {
			return err
		}
	}
	return levelTimes(dst)
}

const (
	publicDirPerm  = 0o755
	publicFilePerm = 0o644
)

// publishTiles writes everything but the checkpoint. The order does not matter,
// and a disk syncs several files at once in hardly more time than one.
func (l *Log) publishTiles(ctx context.Context, dst string) error {
	names := make(chan string)
	failed := make(chan error, publishers)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for range publishers {
		go func() {
			var err error
			for name := range names {
				if err == nil {
					if err = l.publishTile(dst, filepath.FromSlash(name)); err != nil {
						cancel()
					}
				}
			}
			failed <- err
		}()
	}
	for name := range board.Files(l.size) {
		if ctx.Err() != nil {
			break
		}
		if name != board.CheckpointPath {
			names <- name
		}
	}
	err := ctx.Err() // of the caller, unless a publisher says more
	close(names)
	for range publishers {
		if e := <-failed; e != nil {
			err = e
		}
	}
	return err
}

// publishers is how many files are written at once.
const publishers = 16

func (l *Log) publishTile(dst, name string) error {
	data, err := os.ReadFile(filepath.Join(l.tree(), name))
	if err != nil {
		return err
	}
	return l.publishFile(filepath.Join(dst, name), data)
}

func (l *Log) publishFile(path string, data []byte) error {
	if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, data) {
		return nil
	}
	if err := l.disk.MkdirAll(filepath.Dir(path), publicDirPerm); err != nil {
		return err
	}
	return l.disk.WriteFileTime(path, data, publicFilePerm, PublishedTime)
}

// listStale returns what an earlier or interrupted publication has left in the
// folder and a log of this size does not have, files before their folders. It
// refuses a folder with anything else in it.
func listStale(dst string, size uint64) (stale []string, err error) {
	keep := make(map[string]bool)
	for name := range board.Files(size) {
		for ; name != "."; name = filepath.Dir(name) {
			keep[filepath.FromSlash(name)] = true
		}
	}
	err = filepath.WalkDir(dst, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dst {
			return err
		}
		name, err := filepath.Rel(dst, path)
		if err != nil || keep[name] {
			return err
		}
		if !d.IsDir() && !durable.IsTemp(name) && !isPartial(name) || d.IsDir() && !isTileFolder(name) {
			return fmt.Errorf("%s is not part of a published log", name)
		}
		stale = append(stale, path)
		return nil
	})
	sort.Sort(sort.Reverse(sort.StringSlice(stale)))
	return stale, err
}

// isPartial reports whether a path is formed as that of a partial tile or
// bundle: tile/….p/<width>.
func isPartial(name string) bool {
	dir, width := filepath.Split(name)
	w, err := strconv.Atoi(width)
	return err == nil && w > 0 && w < board.Width && strconv.Itoa(w) == width && isTileFolder(filepath.Clean(dir)) &&
		strings.HasSuffix(filepath.Clean(dir), ".p")
}

func isTileFolder(name string) bool {
	return name == "tile" || strings.HasPrefix(name, "tile"+string(filepath.Separator))
}

// levelTimes gives every file and folder the same date.
func levelTimes(dst string) error {
	return filepath.WalkDir(dst, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(path, PublishedTime, PublishedTime)
	})
}
