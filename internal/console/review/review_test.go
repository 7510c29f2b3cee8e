package review_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/console/consoletest"
	part "github.com/sandogh/sandogh/internal/console/lessons"
	"github.com/sandogh/sandogh/internal/console/review"
	"github.com/sandogh/sandogh/internal/lessons"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
)

// session makes a session of offices, and returns its id.
func session(c *consoletest.Console, units string) string {
	id := store.NewID()
	c.Tx(func(ctx context.Context, tx *store.Tx) error {
		q := trainingdb.New(tx)
		if err := q.InsertCourse(ctx, trainingdb.InsertCourseParams{ID: "c" + id, Name: "n", Months: 12}); err != nil {
			return err
		}
		if err := q.InsertProgramme(ctx, trainingdb.InsertProgrammeParams{ID: "p" + id, Name: "n", Kind: "national", Course: "c" + id}); err != nil {
			return err
		}
		return q.InsertSession(ctx, trainingdb.InsertSessionParams{ID: id, Programme: "p" + id, Number: 1, Course: "c" + id, Badge: id[:10], FirstDay: "2026-05-20", LastDay: "2026-05-21",
			Venue: "سالن ستاد", Seats: 40, Trainers: "[]", Units: units})
	})
	return id
}

// A problem that is recorded from the page of a session counts as brought there,
// and each province sees its own part only.
func TestBrought(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, part.Part, review.Part)
		id := session(c, `["07","03"]`)
		page := "/lessons/sessions/" + id
		qom, other := c.As(office.Province, "07"), c.As(office.Province, "03")
		qom.Get(page).Is(http.StatusOK).Has("/lessons/new?session=" + id + "&amp;office=07").Has("هنوز چیزی نیاورده است")
		qom.Get("/lessons/new?session=" + id + "&office=07").Is(http.StatusOK).Has(`name="session" value="` + id + `"`)
		qom.Post("/lessons/new", "office", "07", "session", id, "round", "1400", "topic", "صف", "problem", "صف دراز").Is(http.StatusSeeOther)
		qom.Get(page).Has("۱ مشکل باز، ۰ بسته، ۱ در همین نشست")
		if body := other.Get(page).Is(http.StatusOK).Body; strings.Contains(body, "صف دراز") {
			t.Error("another province's part is shown")
		}
		if body := other.Get(page + "?format=json").Is(http.StatusOK).Body; strings.Contains(body, "صف دراز") {
			t.Error("another province's part is in the JSON")
		}
		alone := session(c, `["07"]`)
		other.Get("/lessons/sessions/" + alone).Is(http.StatusForbidden)
		other.Get("/lessons/sessions/" + alone + "/report").Is(http.StatusForbidden)
		if body := other.Get("/lessons/sessions").Is(http.StatusOK).Has(id).Body; strings.Contains(body, alone) {
			t.Error("a session of others is listed")
		}
		first, again := qom.Get(page+"/report").Is(http.StatusOK), qom.Get(page+"/report")
		if !strings.HasPrefix(first.Body, "%PDF-") || first.Body != again.Body {
			t.Error("no PDF, or not the same one twice")
		}
		qom.Get("/lessons/sessions/none").Is(http.StatusNotFound)
	})
}

func TestWords(t *testing.T) { consoletest.Words(t, review.Part(console.Deps{})) }

func TestMatrix(t *testing.T) {
	consoletest.Matrix(t, review.Part, func(c *consoletest.Console, code string) map[string]string {
		c.Tx(func(ctx context.Context, tx *store.Tx) error {
			_, err := lessons.Add(ctx, tx, c.Now(), c.Root, lessons.Problem{Office: code, Round: "1400", Topic: "t", Problem: "p"})
			return err
		})
		return map[string]string{"session": session(c, fmt.Sprintf("[%q]", code))}
	})
}
