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
// counts nothing itself. What mixers and trustees submit goes on the record only
// after the checks of package verify. Entries of the ceremony, grants and its own
// are appended as they come; Verify, which every act asks before it goes on,
// shows what is wrong in them.
//
// How it fails: a refused submission is an error that names the check; nothing
// of it is written. A blob is durable before the entry that names it.
//
// Sources: the protocol, section 7.
package hq

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sandogh/sandogh/election"
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

// Submit checks submissions of mixers and trustees against the view and puts
// them on the record. The first that is refused ends it; those before it are
// on the record.
func (h *HQ) Submit(ctx context.Context, v *verify.View, submissions ...*record.Submission) error {
	for _, s := range submissions {
		if err := v.Admit(s); err != nil {
			return fmt.Errorf("refuse submission: %w", err)
		}
		if err := h.Enter(ctx, s); err != nil {
			return err
		}
	}
	return nil
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

func (h *HQ) blob(data []byte) error {
	dir := filepath.Join(h.cfg.Record, "blob")
	if err := durable.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return durable.WriteFile(filepath.Join(dir, hex.EncodeToString(record.NewBlob("", data).Hash)), data, 0o644)
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

// Publish writes the published form of headquarters' log.
func (h *HQ) Publish(ctx context.Context) error {
	return h.log.Publish(ctx, filepath.Join(h.cfg.Record, "hq"), h.cfg.Witnesses)
}

// Verify publishes and verifies the record as it stands.
func (h *HQ) Verify(ctx context.Context) (*report.Report, *verify.View, error) {
	if err := h.Publish(ctx); err != nil {
		return nil, nil, fmt.Errorf("publish headquarters' log: %w", err)
	}
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
