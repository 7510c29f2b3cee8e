package lessons

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/lessonsdb"
)

// What is wrong with a problem.
var (
	ErrTwice       = errors.New("this problem is in the register already")
	ErrOpenActions = errors.New("an action of this problem is still open")
	ErrState       = errors.New("it is in that state already")
)

// States of a problem and of an action.
const (
	Open   = "open"
	Closed = "closed"
)

// A Problem is something that went wrong in an office in a round.
type Problem struct {
	ID       string `json:"id"`
	Office   string `json:"office"`
	Round    string `json:"round"`
	Topic    string `json:"topic"`
	Problem  string `json:"problem"`
	Evidence string `json:"evidence"`
	Cause    string `json:"cause"`
	Proposal string `json:"proposal"`
	Factor   string `json:"factor"`
	Family   string `json:"family"`
	Session  string `json:"session"`
	Owner    string `json:"owner"`
	Due      string `json:"due"`
	State    string `json:"state"`
	Closing  string `json:"closing"`
	Turn     int64  `json:"turn"`
	Talk     bool   `json:"talk"`
	Risk     int64  `json:"risk"`
	Version  int64  `json:"version"`
}

func problem(r lessonsdb.LessonProblem) Problem {
	return Problem{r.ID, r.Office, r.Round, r.Topic, r.Problem, r.Evidence, r.Cause, r.Proposal, r.Factor, r.Family, r.Session, r.Owner, r.Due,
		r.State, r.Closing, r.Turn, r.Talk != 0, r.Risk, r.Version}
}

// digest is of what makes a problem the same one, in any spelling:
//
//	SHA-256( office ‖ 0 ‖ key(round) ‖ 0 ‖ key(topic) ‖ 0 ‖ key(problem) )
func (p Problem) digest() string {
	h := sha256.Sum256([]byte(strings.Join([]string{p.Office, persian.Key(p.Round), persian.Key(p.Topic), persian.Key(p.Problem)}, "\x00")))
	return hex.EncodeToString(h[:])
}

// folded is what the problem is searched in.
func (p Problem) folded() string { return persian.Key(p.Topic + " " + p.Problem + " " + p.Cause) }

// Get returns a problem.
func Get(ctx context.Context, db lessonsdb.DBTX, id string) (Problem, error) {
	row, err := lessonsdb.New(db).Problem(ctx, id)
	if err != nil {
		return Problem{}, fmt.Errorf("read problem: %w", store.Classify(err))
	}
	return problem(row), nil
}

// A Filter says which problems are looked for; what is empty does not matter.
type Filter struct{ State, Round, Family, Text string }

// An Entry is a problem with the names of its office.
type Entry struct {
	Problem
	NameFa, NameEn string
}

// Find returns problems of a subtree: the open ones first, the greatest risk first.
func Find(ctx context.Context, db lessonsdb.DBTX, under string, f Filter, limit, skip int) ([]Entry, error) {
	lo, hi := office.Range(under)
	text := strings.NewReplacer("%", "", "_", "").Replace(persian.Key(f.Text))
	rows, err := lessonsdb.New(db).Problems(ctx, lessonsdb.ProblemsParams{Lo: lo, Hi: hi, State: f.State, Round: f.Round, Family: f.Family,
		Pattern: "%" + text + "%", Max: int32(limit), Skip: int32(skip)})
	if err != nil {
		return nil, fmt.Errorf("find problems: %w", store.Classify(err))
	}
	out := make([]Entry, len(rows))
	for i, r := range rows {
		out[i] = Entry{Problem{r.ID, r.Office, r.Round, r.Topic, r.Problem, r.Evidence, r.Cause, r.Proposal, r.Factor, r.Family, r.Session, r.Owner, r.Due,
			r.State, r.Closing, r.Turn, r.Talk != 0, r.Risk, r.Version}, r.NameFa, r.NameEn}
	}
	return out, nil
}

// Add puts a problem into the register, and returns it.
func Add(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, p Problem) (Problem, error) {
	if !a.May(office.LessonsEdit, p.Office) {
		return p, fmt.Errorf("add problem: %w", office.ErrForbidden)
	}
	p.ID, p.State, p.Turn, p.Version = store.NewID(), Open, 1, 1
	p.Family, p.Closing, p.Talk, p.Risk = "", "", false, 0
	q := lessonsdb.New(tx)
	if err := free(ctx, q, p); err != nil {
		return p, fmt.Errorf("add problem: %w", err)
	}
	err := q.InsertProblem(ctx, lessonsdb.InsertProblemParams{ID: p.ID, Office: p.Office, Round: p.Round, Topic: p.Topic, Problem: p.Problem, Evidence: p.Evidence,
		Cause: p.Cause, Proposal: p.Proposal, Factor: p.Factor, Session: p.Session, Owner: p.Owner, Due: p.Due, Digest: p.digest(), Folded: p.folded(), Created: store.Millis(now)})
	if err != nil {
		return p, fmt.Errorf("add problem: %w", err)
	}
	return p, office.Audit(ctx, tx, now, a, office.LessonsEdit, office.Change{Act: "lesson.add", Object: p.ID, Office: p.Office, After: p})
}

// free says whether another problem is the same.
func free(ctx context.Context, q *lessonsdb.Queries, p Problem) error {
	id, err := q.ProblemOfDigest(ctx, p.digest())
	switch err = store.Classify(err); {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err == nil && id != p.ID:
		return ErrTwice
	}
	return err
}

// Edit changes what is said of a problem, over the version that was read. Its
// office, session and family stay.
func Edit(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, p Problem) error {
	q := lessonsdb.New(tx)
	before, err := Get(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	if !a.May(office.LessonsEdit, before.Office) {
		return fmt.Errorf("edit problem: %w", office.ErrForbidden)
	}
	after := before
	after.Round, after.Topic, after.Problem, after.Evidence, after.Cause, after.Proposal = p.Round, p.Topic, p.Problem, p.Evidence, p.Cause, p.Proposal
	after.Factor, after.Owner, after.Due = p.Factor, p.Owner, p.Due
	if err := free(ctx, q, after); err != nil {
		return fmt.Errorf("edit problem: %w", err)
	}
	err = store.Changed(q.UpdateProblem(ctx, lessonsdb.UpdateProblemParams{Round: p.Round, Topic: p.Topic, Problem: p.Problem, Evidence: p.Evidence, Cause: p.Cause,
		Proposal: p.Proposal, Factor: p.Factor, Owner: p.Owner, Due: p.Due, Digest: after.digest(), Folded: after.folded(), ID: p.ID, Version: p.Version}))
	if err != nil {
		return fmt.Errorf("edit problem: %w", err)
	}
	after.Version++
	return office.Audit(ctx, tx, now, a, office.LessonsEdit, office.Change{Act: "lesson.edit", Object: p.ID, Office: before.Office, Before: before, After: after})
}

// Close closes a problem, with the evidence that it is solved; no action of it may
// be open. Its risk is 0 from then on.
func Close(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id, evidence string, version int64) error {
	return setState(ctx, tx, now, a, id, Closed, evidence, version)
}

// Reopen opens a problem that was closed, and says why.
func Reopen(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id, why string, version int64) error {
	return setState(ctx, tx, now, a, id, Open, why, version)
}

func setState(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id, state, why string, version int64) error {
	fail := func(err error) error { return fmt.Errorf("set problem %s: %w", state, err) }
	q := lessonsdb.New(tx)
	p, err := Get(ctx, tx, id)
	if err != nil {
		return err
	}
	if !a.May(office.LessonsJudge, p.Office) {
		return fail(office.ErrForbidden)
	}
	if p.State == state {
		return fail(ErrState)
	}
	act, closing, risk := "lesson.reopen", "", p.Risk
	if state == Closed {
		act, closing, risk = "lesson.close", why, 0
		actions, err := q.ActionsOf(ctx, id)
		if err != nil {
			return fail(err)
		}
		for _, one := range actions {
			if one.State == Open {
				return fail(ErrOpenActions)
			}
		}
	}
	if err := store.Changed(q.SetProblemState(ctx, lessonsdb.SetProblemStateParams{State: state, Closing: closing, ID: id, Version: version})); err != nil {
		return fail(err)
	}
	if p.Risk > 0 {
		if err := q.InsertRisk(ctx, lessonsdb.InsertRiskParams{Problem: id, Version: version + 1, Office: p.Office, At: store.Millis(now), Risk: risk}); err != nil {
			return fail(err)
		}
	}
	return office.Audit(ctx, tx, now, a, office.LessonsJudge, office.Change{Act: act, Object: id, Office: p.Office,
		Before: map[string]string{"state": p.State, "closing": p.Closing}, After: map[string]string{"state": state, "why": why}})
}
