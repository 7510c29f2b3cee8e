package venues_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/console/courses"
	"github.com/sandogh/sandogh/internal/console/training"
	"github.com/sandogh/sandogh/internal/console/venues"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/planner"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	domain "github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/internal/training/programme"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

func TestWords(t *testing.T) {
	consoletest.Words(t, venues.Part(consoletest.New(t, storetest.SQLite(t)).Deps))
}

// prepare makes five provinces and a programme of them, and returns its path.
func prepare(c *consoletest.Console) string {
	var id string
	c.Tx(func(ctx context.Context, tx *store.Tx) error {
		for i, name := range []string{"البرز", "سمنان", "قزوین", "تهران", "یزد"} {
			if err := officedb.New(tx).InsertOffice(ctx, officedb.InsertOfficeParams{Code: fmt.Sprint(20 + i), Kind: office.ProvinceAt, NameFa: name, NameEn: fmt.Sprint("P", i)}); err != nil {
				return err
			}
		}
		course, err := domain.AddCourse(ctx, tx, c.Now(), c.Root, "دوره", 12)
		if err != nil {
			return err
		}
		p, err := programme.Add(ctx, tx, c.Now(), c.Root, programme.Settings{Name: "برنامهٔ استان‌ها", Kind: domain.National, Course: course, Size: 4, Days: 2, Parallel: 1, Teachers: 1, Seats: 60,
			Window: planner.Span{From: domain.ISO("2026-05-23"), To: domain.ISO("2026-07-11")}})
		if err != nil {
			return err
		}
		id = p.ID
		return nil
	})
	return "/training/programmes/" + id
}

// TestNew: what is entered after a programme was planned is told on its page; what
// planning anew would move is shown before it is done; and done, the plan has it.
func TestNew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, training.Part, courses.Part, venues.Part)
		at := prepare(c)
		hq, qom := c.As(office.HQ, ""), c.As(office.Province, "07")
		if strings.Contains(hq.Get(at+"/plan").Is(http.StatusOK).Body, "/refresh") {
			t.Error("something is new and nothing was entered")
		}
		hq.Get(at + "/refresh").Is(http.StatusOK).Has("چیزی تغییر نکرده است")

		hq.Get("/training/venues").Has("هنوز سالنی ثبت نشده است")
		qom.Post("/training/venues/new", "name", "سالن", "office", "03", "seats", "100").Is(http.StatusUnprocessableEntity)
		qom.Post("/training/venues/new", "name", "", "office", "07", "seats", "0").Is(http.StatusUnprocessableEntity)
		made := qom.Post("/training/venues/new", "name", "مجتمع یادگار", "office", "07", "seats", "۱۰۰")
		qom.Follow(made).Is(http.StatusOK).Has("همهٔ روزها باز است")
		venue := made.Header.Get("Location")
		qom.Post(venue+"/open", "first", "1405/4/10", "last", "1405/4/1").Is(http.StatusUnprocessableEntity).Has("پایان پیش از آغاز است")
		open := qom.Follow(qom.Post(venue+"/open", "first", "1405/4/1", "last", "۱۴۰۵/۴/۱۰")).Has("۱ تیر ۱۴۰۵").Body
		qom.Get("/training/venues").Has("۱ تیر ۱۴۰۵")
		c.As(office.Province, "03").Post(venue+"/open", "first", "1405/4/1").Is(http.StatusForbidden)

		trainer := c.Person(office.Trainer, "")
		own := c.As(office.Trainer, "")
		person := "/training/trainers/" + trainer
		own.Follow(own.Post(person+"/off", "first", "1405/3/2", "last", "1405/4/5")).Has("۲ خرداد ۱۴۰۵")
		c.As(office.Province, "03").Get(person).Is(http.StatusForbidden)
		c.As(office.Province, "03").Post(person+"/off", "first", "1405/3/2").Is(http.StatusForbidden)
		hq.Get("/training/trainers/" + c.Person(office.IT, "07")).Is(http.StatusNotFound)
		hq.Get("/training/trainers").Has("۲ خرداد ۱۴۰۵")

		before, err := programme.Get(context.Background(), db, strings.TrimPrefix(at, "/training/programmes/"))
		if err != nil {
			t.Fatal(err)
		}
		hq.Get(at + "/plan").Has("آمده یا تغییر کرده است")
		hq.Get(at + "/refresh").Is(http.StatusOK).Has("سالن: \u2068مجتمع یادگار").Has("آموزشگر: ").Has("چه جابه‌جا می‌شود")
		hq.Get("/en" + at + "/refresh").Has("What would move")
		same, err := programme.Get(context.Background(), db, before.ID)
		if err != nil || same.TrainingProgramme.Plan != before.TrainingProgramme.Plan {
			t.Errorf("looking has changed the plan, %v", err)
		}
		hq.Follow(hq.Post(at+"/refresh", "version", "1")).Is(http.StatusOK)
		hq.Post(at+"/refresh", "version", "1").Is(http.StatusConflict)
		after, err := programme.Get(context.Background(), db, before.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(after.Input, "مجتمع یادگار") || len(after.In.Trainers) != 1 {
			t.Errorf("%+v", after.In.Trainers)
		}
		for _, g := range after.Plan.Groups {
			if g.Day != 0 && g.Last <= domain.ISO("2026-06-26") { // 5 Tir
				t.Errorf("a session is held while its trainer is away: %+v", g)
			}
			if g.Venue == strings.TrimPrefix(venue, "/training/venues/") && (g.Day < domain.ISO("2026-06-22") || g.Last > domain.ISO("2026-07-01")) {
				t.Errorf("a session is held in a venue that is closed: %+v", g)
			}
		}
		hq.Get(at + "/refresh").Has("چیزی تغییر نکرده است")

		// What is taken back is new again.
		remove := regexp.MustCompile(venue + `/open/[a-z0-9]+/remove`).FindString(open)
		qom.Get(remove).Is(http.StatusOK)
		qom.Follow(qom.Post(remove)).Has("همهٔ روزها باز است")
		qom.Post(remove).Is(http.StatusConflict)
		qom.Follow(qom.Post(venue+"/edit", "name", "مجتمع یادگار امام", "seats", "120", "version", "1")).Has("یادگار امام")
		qom.Post(venue+"/edit", "name", "دیگری", "seats", "1", "version", "1").Is(http.StatusConflict)
		off := regexp.MustCompile(person + `/off/[a-z0-9]+/remove`).FindString(own.Get(person).Body)
		own.Follow(own.Post(off)).Has("روزی ثبت نشده است")
		hq.Get(at + "/refresh").Has("سالن: \u2068مجتمع یادگار امام").Has("آموزشگر: ")
		if n, _, err := office.CheckLog(context.Background(), db); err != nil || n < 8 {
			t.Errorf("%d lines in the log, %v", n, err)
		}
	})
}

func TestMatrix(t *testing.T) {
	consoletest.Matrix(t, venues.Part, func(c *consoletest.Console, code string) map[string]string {
		out := map[string]string{"days": store.NewID(), "person": c.Person(office.Trainer, code[:2])}
		c.Tx(func(ctx context.Context, tx *store.Tx) (err error) {
			out["venue"], err = programme.AddVenue(ctx, tx, c.Now(), c.Root, code[:5], "سالن", 50)
			if err != nil {
				return err
			}
			return trainingdb.New(tx).InsertOpenDays(ctx, trainingdb.InsertOpenDaysParams{ID: out["days"], Venue: out["venue"], FirstDay: "2026-06-01", LastDay: "2026-06-02"})
		})
		return out
	})
}

func TestBrowser(t *testing.T) {
	ctx := webtest.Browser(t)
	c := consoletest.New(t, storetest.SQLite(t), training.Part, courses.Part, venues.Part)
	at := prepare(c)
	trainer := "/training/trainers/" + c.Person(office.Trainer, "")
	qom := c.As(office.Province, "07")
	venue := qom.Post("/training/venues/new", "name", "مجتمع یادگار امام", "office", "07", "seats", "120").Header.Get("Location")
	qom.Post(venue+"/open", "first", "1405/4/1", "last", "1405/4/10").Is(http.StatusSeeOther)
	c.As(office.HQ, "").Post(trainer+"/off", "first", "1405/3/2", "last", "1405/3/20").Is(http.StatusSeeOther)
	c.SignIn(ctx, office.HQ, "")
	c.Look(ctx, t, "/training/venues", venue, venue+"/open", "/training/trainers", trainer, at+"/plan", at+"/refresh")
}
