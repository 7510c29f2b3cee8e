// Package hq is headquarters: it publishes the definition, takes in what the
// other bodies hand over, watches the record and publishes it.
//
// Specification: spec/acts.md, section 8.
//
// In and out. Open makes or continues headquarters' log. Submit takes a
// Submission of another body, TakeIn a branch's published log, FixUnits fixes
// the tally units. Verify publishes and verifies the whole record and returns
// the View from which every act continues.
//
// What it never does: it holds no share of the key, makes no shuffle and
// counts nothing itself. What other bodies submit goes on the record only after
// the checks of package verify, as if it were the next entry; what is there
// already is not written again. It publishes nothing that fewer witnesses have
// cosigned than the definition wants.
//
// How it fails: a refused submission is an error that names the check; nothing
// of it is written. A blob is durable before the entry that names it. Entries
// that are written and not yet published are published by the next Publish.
//
// Sources: the protocol, section 7.
package hq

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/sequencer"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/unit"
)

// Config is what headquarters is made from.
type Config struct {
	Private    string // the log's own state
	Record     string // the public record
	Definition *election.Definition
	LogKey     ed25519.PrivateKey
	Office     record.Signer // the office in the role of headquarters
	Witnesses  []sequencer.Cosigner
	Verify     verify.Options
}

// HQ is headquarters with its log. Not safe for concurrent use.
type HQ struct {
	cfg Config
	id  [32]byte
	log *sequencer.Log
}

// Open opens headquarters' log and, if it is new, writes the definition.
func Open(ctx context.Context, cfg Config) (*HQ, error) {
	h := &HQ{cfg: cfg, id: cfg.Definition.ID()}
	signer, err := sequencer.NewSigner(election.HQOrigin(h.id), cfg.LogKey)
	if err != nil {
		return nil, err
	}
	h.log, err = sequencer.Open(ctx, filepath.Join(cfg.Private, "hq"), signer, cfg.LogKey.Public().(ed25519.PublicKey), sequencer.Options{})
	if err != nil {
		return nil, fmt.Errorf("open headquarters' log: %w", err)
	}
	n, err := h.log.Size(ctx)
	if err == nil && n == 0 {
		canonical := cfg.Definition.Canonical()
		if err = h.blob(canonical); err == nil {
			err = h.Sign(ctx, &record.Definition{Blob: record.NewBlob(record.TypeDefinition, canonical)})
		}
	}
	if err != nil {
		h.log.Close(ctx)
		return nil, fmt.Errorf("begin headquarters' log: %w", err)
	}
	return h, nil
}

// Election returns the election id.
func (h *HQ) Election() [32]byte { return h.id }

// Sign signs bodies as the office of headquarters and appends them.
func (h *HQ) Sign(ctx context.Context, bodies ...record.Body) error {
	var entries [][]byte
	for _, b := range bodies {
		e, err := record.Sign(h.id, record.HQ, b, h.cfg.Office)
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	return h.Append(ctx, entries...)
}

// Append appends entries that are signed already and name no blobs.
func (h *HQ) Append(ctx context.Context, entries ...[]byte) error {
	if _, err := h.log.Append(ctx, entries...); err != nil {
		return fmt.Errorf("append to headquarters' log: %w", err)
	}
	return nil
}

// Submit checks submissions of other bodies against the view and puts them on
// the record. If one is refused, nothing is written.
func (h *HQ) Submit(ctx context.Context, v *verify.View, submissions ...*record.Submission) error {
	if err := apart(submissions); err != nil {
		return fmt.Errorf("refuse submission: %w", err)
	}
	if err := v.Admit(submissions...); err != nil {
		return fmt.Errorf("refuse submission: %w", err)
	}
	return h.Enter(ctx, submissions...)
}

// apart refuses submissions of which one must be on the record before the other
// can be checked: two turns of a unit, or shares of one trustee twice.
func apart(submissions []*record.Submission) error {
	seen := map[string]bool{}
	for _, s := range submissions {
		e, err := record.Decode(s.Entry)
		if err != nil {
			return err
		}
		var key string
		switch b := e.Body.(type) {
		case *record.Shuffle:
			key = fmt.Sprintf("two turns of unit %s of contest %s", b.Unit, b.Contest)
		case *record.Shares:
			key = fmt.Sprintf("shares of trustee %s for unit %s of contest %s twice", b.Trustee, b.Unit, b.Contest)
		default:
			continue
		}
		if seen[key] {
			return fmt.Errorf("%s: submit one and publish it before the other", key)
		}
		seen[key] = true
	}
	return nil
}

// Ledger reads headquarters' log as it is, published or not.
func (h *HQ) Ledger(ctx context.Context) (*body.Ledger, error) {
	log, err := h.log.Read(ctx)
	if err != nil {
		return nil, err
	}
	return body.ScanLedger(log)
}

// Pending returns how many entries are written and not published.
func (h *HQ) Pending(ctx context.Context) (uint64, error) {
	n, err := h.log.Size(ctx)
	if err != nil {
		return 0, err
	}
	note, err := os.ReadFile(filepath.Join(h.cfg.Record, "hq", board.CheckpointPath))
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read published checkpoint: %w", err)
	}
	c, err := board.ParseCheckpoint(note, election.HQOrigin(h.id), h.cfg.Definition.HQLogKey.Ed25519(), body.Witnesses(h.cfg.Definition))
	if err != nil {
		return 0, fmt.Errorf("read published checkpoint: %w", err)
	}
	if c.Size > n {
		return 0, fmt.Errorf("the published log has %d entries, headquarters' own only %d: an old copy of its folder is in use, and must not go on", c.Size, n)
	}
	return n - c.Size, nil
}

// Enter puts entries with their blobs on the record together: what headquarters
// itself answers for, or has checked.
func (h *HQ) Enter(ctx context.Context, submissions ...*record.Submission) error {
	var entries [][]byte
	for _, s := range submissions {
		for _, b := range s.Blobs {
			if err := h.blob(b); err != nil {
				return err
			}
		}
		entries = append(entries, s.Entry)
	}
	return h.Append(ctx, entries...)
}

// blobs is where blobs wait until the entries that name them are published: the
// record holds no blob that no entry of it names.
func (h *HQ) blobs() string { return filepath.Join(h.cfg.Private, "blob") }

func (h *HQ) blob(data []byte) error {
	if err := durable.MkdirAll(h.blobs(), 0o700); err != nil {
		return err
	}
	return durable.WriteFile(filepath.Join(h.blobs(), hex.EncodeToString(record.NewBlob("", data).Hash)), data, 0o600)
}

// showBlobs copies the blobs that wait and that an entry names into the record.
// Others are left of an entry that was never written, and wait on.
func (h *HQ) showBlobs(ctx context.Context) (shown []string, err error) {
	waiting, err := os.ReadDir(h.blobs())
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(waiting) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l, err := h.Ledger(ctx)
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, e := range l.Entries {
		for _, b := range record.Blobs(e.Body) {
			named[hex.EncodeToString(b.Hash)] = true
		}
	}
	to := filepath.Join(h.cfg.Record, "blob")
	if err := durable.MkdirAll(to, 0o755); err != nil {
		return nil, err
	}
	for _, f := range waiting {
		if !named[f.Name()] {
			continue
		}
		from := filepath.Join(h.blobs(), f.Name())
		data, err := os.ReadFile(from)
		if err != nil {
			return nil, err
		}
		// The time of a blob would tell when its unit was mixed or opened.
		err = durable.Disk{}.WriteFileTime(filepath.Join(to, f.Name()), data, 0o644, sequencer.PublishedTime)
		if err != nil {
			return nil, err
		}
		shown = append(shown, from)
	}
	return shown, nil
}

// TakeIn puts the checkpoints of branches, whose published logs lie in the
// record, into headquarters' log. Whether they are right is seen by Verify.
func (h *HQ) TakeIn(ctx context.Context, branches ...string) error {
	var heads []record.Body
	for _, b := range branches {
		c, err := os.ReadFile(filepath.Join(h.cfg.Record, filepath.FromSlash(record.BranchLog(b)), "checkpoint"))
		if err != nil {
			return fmt.Errorf("take in branch %s: %w", b, err)
		}
		heads = append(heads, &record.Head{Branch: b, Checkpoint: c})
	}
	return h.Sign(ctx, heads...)
}

// FixUnits fixes the tally units of a contest, all of whose branches have
// closed.
func (h *HQ) FixUnits(ctx context.Context, v *verify.View, contest string) error {
	if err := v.Sound(); err != nil {
		return err
	}
	c, ok := h.cfg.Definition.Contest(contest)
	if !ok {
		return fmt.Errorf("fix units: the definition has no contest %q", contest)
	}
	for _, b := range h.cfg.Definition.BranchesOf(contest) {
		if _, closed := v.Cast(b.ID); !closed {
			return fmt.Errorf("fix units of contest %s: branch %s has not closed", contest, b.ID)
		}
	}
	units, err := unit.Plan(c, func(b string) uint64 { n, _ := v.Cast(b); return n })
	if err != nil {
		return fmt.Errorf("fix units: %w", err)
	}
	list, err := record.EncodeUnits(units)
	if err != nil {
		return fmt.Errorf("fix units: %w", err)
	}
	entry, err := record.Sign(h.id, record.HQ, &record.Units{Contest: contest, Units: record.NewBlob(record.TypeUnits, list)}, h.cfg.Office)
	if err != nil {
		return fmt.Errorf("fix units: %w", err)
	}
	return h.Enter(ctx, &record.Submission{Entry: entry, Blobs: [][]byte{list}})
}

// Publish writes the published form of headquarters' log, if enough witnesses
// have cosigned it; missing says why others have not. Too few are a
// [body.QuorumError].
func (h *HQ) Publish(ctx context.Context) (missing []error, err error) {
	var shown []string
	missing, err = body.Publish(ctx, h.log, filepath.Join(h.cfg.Record, "hq"), h.cfg.Definition, election.HQOrigin(h.id),
		h.cfg.LogKey.Public().(ed25519.PublicKey), h.cfg.Witnesses, func() (err error) {
			shown, err = h.showBlobs(ctx)
			return err
		})
	if err != nil {
		return missing, err
	}
	for _, path := range shown {
		if err := durable.Remove(path); err != nil {
			return missing, err
		}
	}
	return missing, nil
}

// Verify publishes and verifies the record as it stands.
func (h *HQ) Verify(ctx context.Context) (*report.Report, *verify.View, error) {
	if _, err := h.Publish(ctx); err != nil {
		return nil, nil, fmt.Errorf("publish headquarters' log: %w", err)
	}
	return h.View(ctx)
}

// View verifies the record as it is published.
func (h *HQ) View(ctx context.Context) (*report.Report, *verify.View, error) {
	o := h.cfg.Verify
	o.Election = &h.id
	rep, view := verify.Record(ctx, os.DirFS(h.cfg.Record), o)
	if view == nil {
		_, f, _ := rep.First()
		return rep, nil, fmt.Errorf("verify the record: %s", f)
	}
	return rep, view, view.Sound()
}

// Close gives the log's folder free.
func (h *HQ) Close(ctx context.Context) error { return h.log.Close(ctx) }
