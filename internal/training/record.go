package training

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
)

// MaxMaterial is the largest file of a session, in bytes.
const MaxMaterial = 20 << 20

// ErrMaterial says that a file is empty or larger than MaxMaterial.
var ErrMaterial = errors.New("the file is empty or larger than 20 MiB")

// AddMaterial keeps a file of a session, under its hash in the folder; what the
// person calls it is only shown.
func AddMaterial(ctx context.Context, db *store.DB, dir string, now time.Time, a office.Actor, id, name string, r io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(r, MaxMaterial+1))
	if err != nil {
		return fmt.Errorf("add material: %w", err)
	}
	if len(data) == 0 || len(data) > MaxMaterial {
		return fmt.Errorf("add material: %w", ErrMaterial)
	}
	s, err := session(ctx, db, id)
	if err != nil {
		return err
	}
	h := sha256.Sum256(data)
	hash := hex.EncodeToString(h[:])
	path := filepath.Join(dir, "materials", hash)
	if _, err := os.Stat(path); err != nil {
		if err := durable.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fmt.Errorf("add material: %w", err)
		}
		if err := durable.WriteFile(path, data, 0o600); err != nil {
			return fmt.Errorf("add material: %w", err)
		}
	}
	return db.Tx(ctx, func(tx *store.Tx) error {
		m := trainingdb.InsertMaterialParams{ID: store.NewID(), Session: id, Name: filepath.Base(filepath.Clean("/" + name)), Size: int64(len(data)), Hash: hash, Added: store.Millis(now)}
		if err := trainingdb.New(tx).InsertMaterial(ctx, m); err != nil {
			return fmt.Errorf("add material: %w", err)
		}
		return office.Audit(ctx, tx, now, a, office.TrainingTeach, office.Change{Act: "training.material.add", Object: id, Office: s.Office,
			After: map[string]any{"name": m.Name, "sha256": hash, "size": m.Size}})
	})
}

// ReadMaterial returns a file of a session. One that was changed on the disk is an
// error.
func ReadMaterial(dir string, m trainingdb.TrainingMaterial) ([]byte, error) {
	data, err := os.ReadFile(filepath.Join(dir, "materials", m.Hash))
	if err != nil {
		return nil, fmt.Errorf("read material: %w", err)
	}
	if h := sha256.Sum256(data); hex.EncodeToString(h[:]) != m.Hash {
		return nil, fmt.Errorf("read material %s: the file was changed on the disk: put it back from the backup", m.ID)
	}
	return data, nil
}

// SaveMinutes writes the minutes of a session over the version that was read.
func SaveMinutes(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id, minutes string, version int64) error {
	s, err := session(ctx, tx, id)
	if err != nil {
		return err
	}
	before := s.Minutes
	s.Minutes, s.Version = minutes, version
	if err := update(ctx, trainingdb.New(tx), s); err != nil {
		return fmt.Errorf("save minutes: %w", err)
	}
	return office.Audit(ctx, tx, now, a, office.TrainingTeach, office.Change{Act: "training.minutes", Object: id, Office: s.Office, Before: before, After: minutes})
}

// AddDecision keeps what a session has decided, who does it and by when.
func AddDecision(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id, content, owner, due string) error {
	s, err := session(ctx, tx, id)
	if err != nil {
		return err
	}
	q := trainingdb.New(tx)
	all, err := q.Decisions(ctx, id)
	if err != nil {
		return fmt.Errorf("add decision: %w", store.Classify(err))
	}
	d := trainingdb.InsertDecisionParams{ID: store.NewID(), Session: id, Place: int64(len(all) + 1), Content: content, Owner: owner, Due: due}
	if err := q.InsertDecision(ctx, d); err != nil {
		return fmt.Errorf("add decision: %w", err)
	}
	return office.Audit(ctx, tx, now, a, office.TrainingTeach, office.Change{Act: "training.decision.add", Object: d.ID, Office: s.Office, After: d})
}

// FinishDecision marks a decision done: its owner does, or who teaches there.
func FinishDecision(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id string, version int64) error {
	q := trainingdb.New(tx)
	d, err := q.Decision(ctx, id)
	if err != nil {
		return fmt.Errorf("finish decision: %w", store.Classify(err))
	}
	s, err := session(ctx, tx, d.Session)
	if err != nil {
		return err
	}
	p := office.TrainingTeach
	if d.Owner == a.Person {
		p = office.Own
	} else if !a.May(p, s.Office) {
		return fmt.Errorf("finish decision: %w", office.ErrForbidden)
	}
	if err := store.Changed(q.FinishDecision(ctx, trainingdb.FinishDecisionParams{Done: store.Millis(now), ID: id, Version: version})); err != nil {
		return fmt.Errorf("finish decision: %w", err)
	}
	return office.Audit(ctx, tx, now, a, p, office.Change{Act: "training.decision.done", Object: id, Office: s.Office})
}

// GiveFeedback keeps what somebody who came says of a session, once: saying it
// again takes the place of what was said. Nobody is named beside it.
func GiveFeedback(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id string, clear, useful int64, content string) error {
	q := trainingdb.New(tx)
	i, s, err := invitation(ctx, tx, id)
	if err != nil {
		return err
	}
	if i.Person != a.Person {
		return fmt.Errorf("give feedback: %w", office.ErrForbidden)
	}
	if _, err := q.MarkOf(ctx, trainingdb.MarkOfParams{Session: s.ID, Invitation: id}); err != nil {
		if err = store.Classify(err); errors.Is(err, store.ErrNotFound) {
			return &Fault{Reason: NotComing, State: i.State}
		}
		return err
	}
	if err := q.PutFeedback(ctx, trainingdb.PutFeedbackParams{Session: s.ID, Invitation: id, Clear: clear, Useful: useful, Content: strings.TrimSpace(content)}); err != nil {
		return fmt.Errorf("give feedback: %w", err)
	}
	return office.Audit(ctx, tx, now, a, office.Own, office.Change{Act: "training.feedback", Object: id, Office: s.Office})
}

func update(ctx context.Context, q *trainingdb.Queries, s trainingdb.TrainingSession) error {
	return store.Changed(q.UpdateSession(ctx, trainingdb.UpdateSessionParams{FirstDay: s.FirstDay, LastDay: s.LastDay, Venue: s.Venue, Seats: s.Seats,
		Trainers: s.Trainers, Units: s.Units, State: s.State, Minutes: s.Minutes, ID: s.ID, Version: s.Version}))
}

// EditSession changes a session over the version that was read. Who is invited to
// one that moves or is cancelled is told.
func EditSession(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, s trainingdb.TrainingSession) error {
	before, err := session(ctx, tx, s.ID)
	if err != nil {
		return err
	}
	if err := update(ctx, trainingdb.New(tx), s); err != nil {
		return fmt.Errorf("edit session: %w", err)
	}
	s.Course, s.Office = before.Course, before.Office
	if err := office.Audit(ctx, tx, now, a, office.TrainingPlan, office.Change{Act: "training.session.edit", Object: s.ID, Office: s.Office, Before: before, After: s}); err != nil {
		return err
	}
	switch {
	case s.State == Cancelled && before.State != Cancelled:
		return tellAll(ctx, tx, now, s, CancelledMessage)
	case s.FirstDay != before.FirstDay || s.Venue != before.Venue:
		return tellAll(ctx, tx, now, s, MovedMessage)
	}
	return nil
}
