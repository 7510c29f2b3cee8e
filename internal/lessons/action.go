package lessons

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/lessonsdb"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
)

// What an action becomes.
const (
	Item  = "item"  // of the checklist
	Stage = "stage" // done before a stage of the calendar begins
	Topic = "topic" // of the training programme
)

// An Action is what is done about a problem. It stays before its owner until it is
// closed with evidence.
type Action struct {
	ID      string `json:"id"`
	Problem string `json:"problem"`
	Office  string `json:"office"`
	Kind    string `json:"kind"`
	Target  string `json:"target"` // id of the stage or of the topic
	Content string `json:"content"`
	Owner   string `json:"owner"`
	Due     string `json:"due"`
	State   string `json:"state"`
	Closing string `json:"closing"`
	Version int64  `json:"version"`
}

// A Place is where a topic of the training programme is put: into a course, or
// into one session alone.
type Place struct {
	Course  string
	Session string // or ""
	Minutes int64
}

// GetAction returns an action.
func GetAction(ctx context.Context, db lessonsdb.DBTX, id string) (Action, error) {
	r, err := lessonsdb.New(db).Action(ctx, id)
	if err != nil {
		return Action{}, fmt.Errorf("read action: %w", store.Classify(err))
	}
	return Action{r.ID, r.Problem, r.Office, r.Kind, r.Target, r.Content, r.Owner, r.Due, r.State, r.Closing, r.Version}, nil
}

// Act decides on an action. For a topic, it is made where the place says: in a
// course of the country's by who plans the country's training, in a session by who
// plans that.
func Act(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, x Action, at Place) (Action, error) {
	fail := func(err error) (Action, error) { return x, fmt.Errorf("add action: %w", err) }
	p, err := Get(ctx, tx, x.Problem)
	if err != nil {
		return x, err
	}
	switch {
	case !a.May(office.LessonsEdit, p.Office):
		return fail(office.ErrForbidden)
	case p.State != Open:
		return fail(ErrState)
	case x.Kind != Item && x.Kind != Stage && x.Kind != Topic:
		return fail(fmt.Errorf("%q is no kind of action", x.Kind))
	}
	x.ID, x.Office, x.State, x.Version = store.NewID(), p.Office, Open, 1
	if x.Kind == Topic {
		if x.Target, err = teach(ctx, tx, a, x.Content, at); err != nil {
			return fail(err)
		}
	}
	err = lessonsdb.New(tx).InsertAction(ctx, lessonsdb.InsertActionParams{ID: x.ID, Problem: x.Problem, Office: x.Office, Kind: x.Kind, Target: x.Target,
		Content: x.Content, Owner: x.Owner, Due: x.Due, Created: store.Millis(now)})
	if err != nil {
		return fail(err)
	}
	return x, office.Audit(ctx, tx, now, a, office.LessonsEdit, office.Change{Act: "lesson.act", Object: x.ID, Office: x.Office, After: x})
}

// teach makes a topic behind those that are there, and returns its id.
func teach(ctx context.Context, tx *store.Tx, a office.Actor, title string, at Place) (string, error) {
	q, code := trainingdb.New(tx), ""
	if at.Session != "" {
		s, err := q.Session(ctx, at.Session)
		if err != nil {
			return "", err
		}
		at.Course, code = s.Course, s.Office
	}
	if !a.May(office.TrainingPlan, code) {
		return "", office.ErrForbidden
	}
	topics, err := q.TopicsOf(ctx, trainingdb.TopicsOfParams{Course: at.Course, Session: at.Session})
	if err != nil {
		return "", err
	}
	last := int64(0)
	for _, t := range topics {
		last = max(last, t.Place)
	}
	id := store.NewID()
	return id, q.InsertTopic(ctx, trainingdb.InsertTopicParams{ID: id, Course: at.Course, Session: at.Session, Place: last + 1, Title: title, Minutes: at.Minutes})
}

// MayFinish reports whether somebody may say that an action is done: its owner,
// and who edits problems of its office.
func (x Action) MayFinish(a office.Actor) bool {
	return a.Person != "" && a.Person == x.Owner || a.May(office.LessonsEdit, x.Office)
}

// Finish closes an action with evidence.
func Finish(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id, evidence string, version int64) error {
	x, err := GetAction(ctx, tx, id)
	if err != nil {
		return err
	}
	if !x.MayFinish(a) {
		return fmt.Errorf("finish action: %w", office.ErrForbidden)
	}
	if x.State != Open {
		return fmt.Errorf("finish action: %w", ErrState)
	}
	if evidence == "" {
		return errors.New("finish action: there is no evidence")
	}
	if err := store.Changed(lessonsdb.New(tx).SetActionState(ctx, lessonsdb.SetActionStateParams{State: Closed, Closing: evidence, ID: id, Version: version})); err != nil {
		return fmt.Errorf("finish action: %w", err)
	}
	return office.Audit(ctx, tx, now, a, office.Own, office.Change{Act: "lesson.finish", Object: id, Office: x.Office, Before: map[string]string{"state": x.State},
		After: map[string]string{"state": Closed, "evidence": evidence}})
}
