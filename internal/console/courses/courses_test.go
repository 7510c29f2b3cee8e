package courses_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/console/courses"
	"github.com/sandogh/sandogh/internal/console/training"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	domain "github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/law"
)

// alone is the part with the words that it otherwise has from the one beside it.
func alone(d console.Deps) console.Part {
	p := courses.Part(d)
	p.Words = training.Vocabulary
	return p
}

// TestStale: a topic is bound to the law as it is, is stale when the law has
// changed, and fresh again when somebody has looked at it and saved it.
func TestStale(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, training.Part, courses.Part)
		hq := c.As(office.HQ, "")
		article := law.Published().All()[0]
		made := hq.Post("/training/courses/new", "name", "قانون تازه", "months", "12")
		at := made.Header.Get("Location")
		hq.Post(at+"/topic", "title", "x", "minutes", "60", "article", "no such").Is(http.StatusUnprocessableEntity)
		hq.Follow(hq.Post(at+"/topic", "title", "استعفا", "minutes", "60", "article", article.Article)).Has(article.Article)
		hq.Get("/training/courses").Has("به‌روز")
		next := law.Published().Versions(article.Article)[len(law.Published().Versions(article.Article))-1]
		next.Version = "1499"
		data, err := json.Marshal(append(law.Published().All(), next))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(c.Deps.Dir, domain.LawFile), data, 0o600); err != nil {
			t.Fatal(err)
		}
		hq.Get("/training/courses").Has("کهنه: قانون تغییر کرده")
		hq.Get(at).Has("1499")
		rows, err := trainingdb.New(db).Topics(context.Background())
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		hq.Follow(hq.Post("/training/topics/"+rows[0].ID+"/edit", "title", "استعفا", "minutes", "60", "article", article.Article, "version", "1")).Is(http.StatusOK)
		hq.Get("/training/courses").Has("به‌روز")
	})
}

func TestMatrix(t *testing.T) {
	consoletest.Matrix(t, alone, func(c *consoletest.Console, code string) map[string]string {
		out := map[string]string{"topic": store.NewID()}
		c.Tx(func(ctx context.Context, tx *store.Tx) (err error) {
			if out["course"], err = domain.AddCourse(ctx, tx, c.Now(), c.Root, "دوره", 12); err != nil {
				return err
			}
			return trainingdb.New(tx).InsertTopic(ctx, trainingdb.InsertTopicParams{ID: out["topic"], Course: out["course"], Title: "سرفصل", Minutes: 60})
		})
		return out
	})
}
