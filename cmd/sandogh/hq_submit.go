package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
)

type hqSubmitCmd struct {
	hqStep
	Files []string `arg:"" help:"Entry files." placeholder:"FILE"`
}

func (hqSubmitCmd) Help() string {
	return `Checks the entry files of trustees, mixers and offices by the checks of
spec/verify.md, as if they were the record's next entries, and puts them on the
record. If one is refused, nothing of this command is written. A file that is on
the record already is skipped, so the command can be run again.

Example: sandogh hq submit --dir HQ t1/trustee-t1-commit.entry` + hqExample
}

func (c *hqSubmitCmd) Run(ctx context.Context, s *streams) error {
	// What is not an entry file is told before anything else is done.
	subs := make([]*record.Submission, len(c.Files))
	entries := make([]record.Entry, len(c.Files))
	for i, file := range c.Files {
		var err error
		if subs[i], entries[i], err = body.ReadEntry(file); err != nil {
			if errors.Is(err, os.ErrNotExist) {
				return err
			}
			return refused(err)
		}
	}
	return c.write(ctx, s, func(h *hqAt) error {
		_, v, err := h.View(ctx)
		if err != nil && (v == nil || v.Correctable() != nil) {
			return refused(err)
		}
		ledger, err := h.Ledger(ctx)
		if err != nil {
			return err
		}
		var fresh []*record.Submission
		var names []string // of the files that they come from
		seen := map[[32]byte]bool{}
		for i, sub := range subs {
			if at, ok := ledger.Index(sub.Entry); ok {
				fmt.Fprintf(s.err, "%s is already on the record, at entry %d.\n", c.Files[i], at)
				continue
			}
			hash := record.Code(sub.Entry)
			if seen[hash] {
				continue
			}
			seen[hash] = true
			more, err := h.follows(v, entries[i])
			if err != nil {
				return refused(fmt.Errorf("refuse %s: %w", c.Files[i], err))
			}
			for _, x := range append([]*record.Submission{sub}, more...) {
				fresh, names = append(fresh, x), append(names, c.Files[i])
			}
		}
		if len(fresh) == 0 {
			fmt.Fprintln(s.err, "Nothing is new.")
			return nil
		}
		if err := h.Submit(ctx, v, fresh...); err != nil {
			for i := range fresh { // which of them is it?
				if err := v.Admit(fresh[:i+1]...); err != nil {
					return refused(fmt.Errorf("refuse %s: %w", names[i], err))
				}
			}
			return refused(err)
		}
		for _, name := range slices.Compact(names) {
			fmt.Fprintf(s.out, "accepted %s\n", name)
		}
		return nil
	})
}

// follows returns the questions that only arise with an answer and are put on
// the record together with it.
func (h *hqAt) follows(v *verify.View, e record.Entry) ([]*record.Submission, error) {
	var contest string
	switch b := e.Body.(type) {
	case *record.Ruling:
		contest = b.Contest
	case *record.Lot:
		contest = b.Contest
	default:
		return nil, nil
	}
	next, err := v.Answer(contest, e.Body)
	if err != nil {
		return nil, err
	}
	var out []*record.Submission
	for _, q := range next {
		data, err := record.Sign(h.Election(), record.HQ, q, h.office)
		if err != nil {
			return nil, err
		}
		out = append(out, &record.Submission{Entry: data})
	}
	return out, nil
}

type hqTakeInCmd struct {
	hqStep
	Branches []string `arg:"" help:"Folders of the branches' published logs." placeholder:"FOLDER"`
}

func (hqTakeInCmd) Help() string {
	return `Checks each branch's published log (its signature, the witnesses, every file),
copies it into the record, and appends its checkpoint. A log that is there
already is skipped; one that does not extend what is there is refused.

Example: sandogh hq take-in --dir HQ b800/published` + hqExample
}

func (c *hqTakeInCmd) Run(ctx context.Context, s *streams) error {
	return c.write(ctx, s, func(h *hqAt) error {
		ledger, err := h.Ledger(ctx)
		if err != nil {
			return err
		}
		type found struct {
			dir, branch string
			size        uint64
		}
		var fresh []found
		with := mounted{FS: os.DirFS(filepath.Join(h.dir, "record")), at: map[string]fs.FS{}}
		for _, dir := range c.Branches {
			branch, size, note, err := checkBranch(h.def, dir)
			if err != nil {
				return refused(fmt.Errorf("take in %s: %w", dir, err))
			}
			at, ok := body.Find(ledger, func(b *record.Head) bool { return b.Branch == branch })
			switch {
			case ok && bytes.Equal(at.Body.(*record.Head).Checkpoint, note):
				fmt.Fprintf(s.err, "Branch %s is already on the record, at entry %d.\n", branch, at.Index)
				continue
			case ok:
				return refused(fmt.Errorf("take in %s: branch %s was taken in at entry %d, with another checkpoint: it has closed, and stays as it is", dir, branch, at.Index))
			}
			fresh = append(fresh, found{dir, branch, size})
			with.at[record.BranchLog(branch)] = os.DirFS(dir)
		}
		if len(fresh) == 0 {
			return nil
		}
		b := newBar(s)
		err = with.verify(ctx, h.Election(), verify.Options{Progress: b.set})
		b.done()
		if err != nil {
			return refused(err)
		}
		var names []string
		for _, x := range fresh {
			if err := h.copyBranch(x.dir, x.branch, x.size); err != nil {
				return fmt.Errorf("take in %s: %w", x.dir, err)
			}
			names = append(names, x.branch)
		}
		if err := h.TakeIn(ctx, names...); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "accepted branches %s\n", strings.Join(names, ", "))
		return nil
	})
}

// mounted is a file system with others in the place of some of its folders.
type mounted struct {
	fs.FS
	at map[string]fs.FS // by path
}

func (m mounted) Open(name string) (fs.File, error) {
	for at, sub := range m.at {
		if name == at {
			return sub.Open(".")
		}
		if rest, ok := strings.CutPrefix(name, at+"/"); ok {
			return sub.Open(rest)
		}
	}
	return m.FS.Open(name)
}

// verify verifies the record as it would be before a file of it is written.
func (m mounted) verify(ctx context.Context, id [32]byte, o verify.Options) error {
	o.Election = &id
	rep, _ := verify.Record(ctx, m, o)
	if check, f, found := rep.First(); found {
		return fmt.Errorf("the record with these branches would be %s: %s (%s): %s", rep.Status, check.ID, check.Title, f)
	}
	return nil
}

// checkBranch finds out of which branch a published log is, and reads all of it.
func checkBranch(def *election.Definition, dir string) (branch string, size uint64, note []byte, err error) {
	note, err = os.ReadFile(filepath.Join(dir, board.CheckpointPath))
	if err != nil {
		return "", 0, nil, fmt.Errorf("%w: name the folder that holds the branch's checkpoint", err)
	}
	origin, _, _ := strings.Cut(string(note), "\n")
	branch, ok := strings.CutPrefix(origin, election.BranchOrigin(def.ID(), ""))
	at, known := def.Branch(branch)
	if !ok || !known {
		return "", 0, nil, fmt.Errorf("its log %.120q is not of a branch of this election", origin)
	}
	log, err := board.Open(os.DirFS(dir), ".", origin, at.LogKey.Ed25519(), body.Witnesses(def))
	if err != nil {
		return "", 0, nil, err
	}
	if n := len(log.Checkpoint().Cosigned); n < def.WitnessQuorum {
		return "", 0, nil, fmt.Errorf("%d witnesses cosigned it, the definition wants %d", n, def.WitnessQuorum)
	}
	closed := false
	faults, err := log.Scan(func(e board.Entry) error {
		entry, err := record.Decode(e.Data)
		if err != nil {
			return fmt.Errorf("entry %d: %w", e.Index, err)
		}
		_, closed = entry.Body.(*record.Close)
		return nil
	})
	if err == nil && len(faults) > 0 {
		err = fmt.Errorf("%s: %s", faults[0].Path, faults[0].Text)
	}
	if err == nil && !closed {
		err = errors.New("its last entry does not close the branch")
	}
	return branch, log.Size(), note, err
}

// copyBranch copies the files of a published log into the record.
func (h *hqAt) copyBranch(dir, branch string, size uint64) error {
	to := filepath.Join(h.dir, "record", filepath.FromSlash(record.BranchLog(branch)))
	// The checkpoint comes last, so that what has one is whole.
	names := []string{}
	for name := range board.Files(size) {
		if name != board.CheckpointPath {
			names = append(names, name)
		}
	}
	for _, name := range append(names, board.CheckpointPath) {
		path := filepath.Join(to, filepath.FromSlash(name))
		if err := durable.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		if err := (durable.Disk{}).WriteFileTime(path, data, 0o644, oneDate); err != nil {
			return err
		}
	}
	return filepath.WalkDir(to, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(path, oneDate, oneDate)
	})
}

// oneDate is the time of all files of a branch's log: it tells nothing.
var oneDate = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)
