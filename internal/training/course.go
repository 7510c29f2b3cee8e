package training

import (
	"context"
	"fmt"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/law"
)

// AddCourse adds a course whose certificates are good for some months.
func AddCourse(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, name string, months int64) (string, error) {
	id := store.NewID()
	err := trainingdb.New(tx).InsertCourse(ctx, trainingdb.InsertCourseParams{ID: id, Name: name, Months: months})
	if err != nil {
		return "", fmt.Errorf("add course: %w", err)
	}
	return id, office.Audit(ctx, tx, now, a, office.TrainingPlan, office.Change{Act: "training.course.add", Object: id,
		After: map[string]any{"name": name, "months": months}})
}

// SaveTopic adds a topic, or changes the one with the id over the version that was
// read. The article is bound in its newest version.
func SaveTopic(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, reg *law.Register, t trainingdb.TrainingTopic) error {
	q := trainingdb.New(tx)
	t.Edition = ""
	if all := reg.Versions(t.Article); len(all) > 0 {
		t.Edition = all[len(all)-1].Version
	} else if t.Article != "" {
		return fmt.Errorf("save topic: article %q is not in the register of the law", t.Article)
	}
	code, act := "", "training.topic.edit"
	if t.Session != "" {
		s, err := session(ctx, tx, t.Session)
		if err != nil {
			return err
		}
		if s.State != Planned {
			return &Fault{Reason: Over, State: s.State}
		}
		code = s.Office
	}
	var err error
	if t.ID == "" {
		t.ID, act = store.NewID(), "training.topic.add"
		err = q.InsertTopic(ctx, trainingdb.InsertTopicParams{ID: t.ID, Course: t.Course, Session: t.Session, Place: t.Place, Title: t.Title,
			Minutes: t.Minutes, Article: t.Article, Edition: t.Edition})
	} else {
		err = store.Changed(q.UpdateTopic(ctx, trainingdb.UpdateTopicParams{Title: t.Title, Minutes: t.Minutes, Article: t.Article, Edition: t.Edition,
			ID: t.ID, Version: t.Version}))
	}
	if err != nil {
		return fmt.Errorf("save topic: %w", err)
	}
	return office.Audit(ctx, tx, now, a, office.TrainingPlan, office.Change{Act: act, Object: t.ID, Office: code, After: t})
}

// RemoveTopic takes a topic of one session off it, over the version that was read.
func RemoveTopic(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, t trainingdb.TrainingTopic, version int64) error {
	s, err := session(ctx, tx, t.Session)
	if err != nil {
		return err
	}
	if s.State != Planned {
		return &Fault{Reason: Over, State: s.State}
	}
	if err := store.Changed(trainingdb.New(tx).DeleteTopic(ctx, trainingdb.DeleteTopicParams{ID: t.ID, Version: version})); err != nil {
		return fmt.Errorf("remove topic: %w", err)
	}
	return office.Audit(ctx, tx, now, a, office.TrainingPlan, office.Change{Act: "training.topic.remove", Object: t.ID, Office: s.Office, Before: t})
}

// A Taught topic, with the version of its article that came after it, if any.
type Taught struct {
	trainingdb.TrainingTopic
	Now   law.Version
	Stale bool
}

// Topics returns the topics of a course, and those of one session if it is named.
func Topics(ctx context.Context, db trainingdb.DBTX, reg *law.Register, course, session string) ([]Taught, error) {
	rows, err := trainingdb.New(db).TopicsOf(ctx, trainingdb.TopicsOfParams{Course: course, Session: session})
	if err != nil {
		return nil, fmt.Errorf("read topics: %w", store.Classify(err))
	}
	out := make([]Taught, len(rows))
	for i, r := range rows {
		out[i].TrainingTopic = r
		out[i].Now, out[i].Stale = Stale(reg, r.Article, r.Edition)
	}
	return out, nil
}

// StaleTopics returns every topic whose article has a later version.
func StaleTopics(ctx context.Context, db trainingdb.DBTX, reg *law.Register) ([]Taught, error) {
	rows, err := trainingdb.New(db).Topics(ctx)
	if err != nil {
		return nil, fmt.Errorf("read topics: %w", store.Classify(err))
	}
	var out []Taught
	for _, r := range rows {
		if v, ok := Stale(reg, r.Article, r.Edition); ok {
			out = append(out, Taught{r, v, true})
		}
	}
	return out, nil
}
