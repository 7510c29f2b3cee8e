package sessions

import (
	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/console/courses"
	shown "github.com/sandogh/sandogh/internal/console/training"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
)

// topicOf reads the topic of the path, which is one of this session alone.
func topicOf(r *console.Request) (trainingdb.TrainingTopic, error) {
	t, err := trainingdb.New(r.DB).Topic(r.Context(), r.PathValue("topic"))
	if err == nil && t.Session != r.PathValue("session") {
		return t, console.ErrNotFound
	}
	return t, store.Classify(err)
}

func (p *part) addTopic(r *console.Request) (console.Answer, error) {
	s, err := get(r)
	if err != nil {
		return nil, err
	}
	rows, err := trainingdb.New(r.DB).TopicsOf(r.Context(), trainingdb.TopicsOfParams{Course: s.Course, Session: s.ID})
	if err != nil {
		return nil, store.Classify(err)
	}
	return courses.SaveTopic(r, trainingdb.TrainingTopic{Course: s.Course, Session: s.ID, Place: int64(len(rows) + 1)}, here(r))
}

func (p *part) editTopic(r *console.Request) (console.Answer, error) {
	t, err := topicOf(r)
	if err != nil {
		return nil, err
	}
	return courses.SaveTopic(r, t, here(r))
}

// topicForm is that of a topic of the session in the path.
func topicForm() *console.Form {
	f := courses.TopicForm(true, words["sessions.topic.intro"], toSession)
	fill := f.Fill
	f.Fill = func(r *console.Request) (console.Values, error) {
		if _, err := topicOf(r); err != nil {
			return console.Values{}, err
		}
		return fill(r)
	}
	return f
}

// removeForm asks whether a topic is taken off.
func removeForm() *console.Form {
	f := confirm("sessions.topic.remove.intro", toSession)
	f.Fields = []console.Field{versionField}
	f.Fill = func(r *console.Request) (console.Values, error) {
		t, err := topicOf(r)
		var v console.Values
		v.SetInt("version", t.Version)
		return v, err
	}
	return f
}

func (p *part) removeTopic(r *console.Request) (console.Answer, error) {
	t, err := topicOf(r)
	if err != nil {
		return nil, err
	}
	return shown.Write(r, here(r), r.Say("sessions.topic.removed"), func(tx *store.Tx) error {
		return training.RemoveTopic(r.Context(), tx, r.Now(), r.Actor, t, r.Values.Int("version"))
	})
}
