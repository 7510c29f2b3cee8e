package courses

import (
	"embed"
	"io/fs"

	"github.com/sandogh/sandogh/internal/console"
	shown "github.com/sandogh/sandogh/internal/console/training"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/internal/web"
)

//go:embed templates/*.html
var templates embed.FS

// words are those of package training, which is always beside this part.
var words = shown.Vocabulary

var versionField = console.Field{Name: "version", Kind: console.Hidden, Required: true}

// Part returns the part.
func Part(console.Deps) console.Part {
	own, _ := fs.Sub(templates, "templates") // embedded: it is there
	return console.Part{Name: "courses", Templates: own, Routes: routes()}
}

// Routes returns its routes.
func Routes(d console.Deps) []console.Route { return Part(d).Routes }

func routes() []console.Route {
	see, plan := office.TrainingSee, office.TrainingPlan
	s := func(key string) web.Text { return words["training."+key] }
	return []console.Route{
		{Method: "GET", Path: "/training/courses", Power: see, Summary: s("courses"), Do: courses},
		{Method: "POST", Path: "/training/courses/new", Power: plan, Summary: s("course.new"), Form: courseForm(), Do: addCourse},
		{Method: "GET", Path: "/training/courses/{course}", Power: see, Summary: s("course"), Do: course},
		{Method: "POST", Path: "/training/courses/{course}/topic", Power: plan, Summary: s("topic.new"), Form: TopicForm(false, words["training.topic.intro"], toCourses), Do: addTopic},
		{Method: "POST", Path: "/training/topics/{topic}/edit", Power: plan, Summary: s("topic.edit"), Form: TopicForm(true, words["training.topic.intro"], toCourses), Do: editTopic},
	}
}

func courses(r *console.Request) (console.Answer, error) {
	rows, err := trainingdb.New(r.DB).Courses(r.Context())
	if err != nil {
		return nil, store.Classify(err)
	}
	reg, err := training.Register(r.Dir)
	if err != nil {
		return nil, err
	}
	l := console.List{Whole: true, Crumbs: shown.Crumbs(r), Empty: r.Say("training.courses.empty"), Columns: []console.Column{
		{Key: "name", Label: words["training.course"], Sort: true}, {Key: "topics", Label: words["training.topics"], Kind: console.Numbers},
		{Key: "months", Label: words["training.months"], Kind: console.Numbers}, {Key: "state", Label: words["training.law"], Kind: console.States}}}
	if r.Actor.Somewhere(office.TrainingPlan) {
		l.Primary = &console.Link{Path: "/training/courses/new", Word: r.Say("training.course.new")}
	}
	for _, c := range rows {
		topics, err := training.Topics(r.Context(), r.DB, reg, c.ID, "")
		if err != nil {
			return nil, err
		}
		state := console.State{Kind: "good", Word: r.Say("training.current"), Key: "current"}
		for _, t := range topics {
			if t.Stale {
				state = console.State{Kind: "bad", Word: r.Say("training.stale"), Key: "stale"}
			}
		}
		l.Rows = append(l.Rows, console.Row{ID: c.ID, Path: "/training/courses/" + c.ID, Cells: []any{c.Name, len(topics), c.Months, state}})
	}
	return l, nil
}

func courseForm() *console.Form {
	return &console.Form{Fields: []console.Field{{Name: "name", Kind: console.Line, Label: words["training.name"], Required: true, Max: 80},
		{Name: "months", Kind: console.Number, Label: words["training.months"], Required: true, Min: 1, Max: 60}},
		Fill: func(*console.Request) (console.Values, error) { return console.Fill("months", "12"), nil },
		Back: func(r *console.Request) console.Link {
			return console.Link{Path: "/training/courses", Word: r.Say("shell.cancel")}
		}}
}

func addCourse(r *console.Request) (console.Answer, error) {
	var id string
	err := r.Tx(func(tx *store.Tx) (err error) {
		id, err = training.AddCourse(r.Context(), tx, r.Now(), r.Actor, r.Values.Get("name"), r.Values.Int("months"))
		return err
	})
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/training/courses/" + id, Flash: r.Say("training.course.added")}, nil
}

// A Topic is a topic as pages show it.
type Topic struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Minutes int64  `json:"minutes"`
	Article string `json:"article"`
	Edition string `json:"edition"`
	Law     string `json:"-"`                 // title of the article
	Session string `json:"session,omitempty"` // if it is taught in this one alone
	Stale   bool   `json:"stale"`
	Newest  string `json:"newest,omitempty"`
}

// Topics are those of a course, and of one session if it is named.
func Topics(r *console.Request, course, session string) ([]Topic, error) {
	reg, err := training.Register(r.Dir)
	if err != nil {
		return nil, err
	}
	all, err := training.Topics(r.Context(), r.DB, reg, course, session)
	if err != nil {
		return nil, err
	}
	out := []Topic{}
	for _, t := range all {
		v := Topic{ID: t.ID, Title: t.Title, Minutes: t.Minutes, Article: t.Article, Edition: t.Edition, Session: t.Session, Stale: t.Stale, Newest: t.Now.Version}
		if law, ok := reg.Lookup(t.Article, t.Edition); ok {
			v.Law = console.NameIn(r.Lang, law.Title.Fa, law.Title.En)
		}
		out = append(out, v)
	}
	return out, nil
}

func course(r *console.Request) (console.Answer, error) {
	c, err := trainingdb.New(r.DB).Course(r.Context(), r.PathValue("course"))
	if err != nil {
		return nil, store.Classify(err)
	}
	all, err := Topics(r, c.ID, "")
	if err != nil {
		return nil, err
	}
	data := struct {
		ID     string  `json:"id"`
		Months int64   `json:"months"`
		Topics []Topic `json:"topics"`
		Stale  int     `json:"stale"`
		Plans  bool    `json:"-"`
	}{c.ID, c.Months, all, 0, r.Actor.Somewhere(office.TrainingPlan)}
	for _, t := range all {
		if t.Stale {
			data.Stale++
		}
	}
	page := console.Page{Template: "course", Title: c.Name, Data: data, Crumbs: shown.Crumbs(r, console.Link{Path: "/training/courses", Word: r.Say("training.courses")})}
	if data.Plans && len(all) == 0 {
		page.Next = &console.Next{Text: r.Say("training.next.topic"), Link: console.Link{Path: "/training/courses/" + c.ID + "/topic", Word: r.Say("training.topic.new")}}
	}
	return page, nil
}

// ArticleItems are the articles of the law, each in its newest version.
func ArticleItems(r *console.Request) ([]console.Item, error) {
	reg, err := training.Register(r.Dir)
	if err != nil {
		return nil, err
	}
	var out []console.Item
	for _, v := range training.Editions(reg) {
		out = append(out, console.Item{Value: v.Article, Word: r.Say("training.article.item", console.NameIn(r.Lang, v.Title.Fa, v.Title.En), v.Article, v.Version)})
	}
	return out, nil
}

// TopicForm is the form of a topic, new or in the path.
func TopicForm(edit bool, intro web.Text, back func(*console.Request) console.Link) *console.Form {
	f := &console.Form{Intro: intro, Back: back, Fields: []console.Field{{Name: "title", Kind: console.Line, Label: words["training.topic.title"], Required: true, Max: 150},
		{Name: "minutes", Kind: console.Number, Label: words["training.topic.minutes"], Required: true, Min: 5, Max: 600},
		{Name: "article", Kind: console.Choice, Label: words["training.article"], Choices: ArticleItems}},
		Fill: func(*console.Request) (console.Values, error) { return console.Fill("minutes", "60"), nil }}
	if edit {
		f.Fields = append(f.Fields, versionField)
		f.Fill = func(r *console.Request) (console.Values, error) {
			t, err := trainingdb.New(r.DB).Topic(r.Context(), r.PathValue("topic"))
			v := console.Fill("title", t.Title, "article", t.Article)
			v.SetInt("minutes", t.Minutes)
			v.SetInt("version", t.Version)
			return v, store.Classify(err)
		}
	}
	return f
}

// SaveTopic saves what was entered of a topic, and goes on to a page.
func SaveTopic(r *console.Request, t trainingdb.TrainingTopic, path string) (console.Answer, error) {
	reg, err := training.Register(r.Dir)
	if err != nil {
		return nil, err
	}
	t.Title, t.Minutes, t.Article, t.Version = r.Values.Get("title"), r.Values.Int("minutes"), r.Values.Get("article"), r.Values.Int("version")
	return shown.Write(r, path, r.Say("training.topic.saved"), func(tx *store.Tx) error {
		return training.SaveTopic(r.Context(), tx, r.Now(), r.Actor, reg, t)
	})
}

func toCourses(r *console.Request) console.Link {
	return console.Link{Path: "/training/courses", Word: r.Say("shell.cancel")}
}

func addTopic(r *console.Request) (console.Answer, error) {
	c, err := trainingdb.New(r.DB).Course(r.Context(), r.PathValue("course"))
	if err != nil {
		return nil, store.Classify(err)
	}
	rows, err := trainingdb.New(r.DB).TopicsOf(r.Context(), trainingdb.TopicsOfParams{Course: c.ID})
	if err != nil {
		return nil, store.Classify(err)
	}
	return SaveTopic(r, trainingdb.TrainingTopic{Course: c.ID, Place: int64(len(rows) + 1)}, "/training/courses/"+c.ID)
}

func editTopic(r *console.Request) (console.Answer, error) {
	t, err := trainingdb.New(r.DB).Topic(r.Context(), r.PathValue("topic"))
	if err != nil {
		return nil, store.Classify(err)
	}
	if t.Session != "" {
		return nil, console.ErrNotFound // of a session: it has a page there
	}
	return SaveTopic(r, t, "/training/courses/"+t.Course)
}
