package training_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/console/courses"
	"github.com/sandogh/sandogh/internal/console/sessions"
	"github.com/sandogh/sandogh/internal/console/training"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/planner"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	domain "github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/internal/training/programme"
)

func TestWords(t *testing.T) {
	consoletest.Words(t, training.Part(consoletest.New(t, storetest.SQLite(t)).Deps))
}

// upload sends a file.
func upload(cl *consoletest.Client, path, name, content string) consoletest.Reply {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, _ := w.CreateFormFile("file", name)
	f.Write([]byte(content))
	w.Close()
	return cl.Do("POST", path, w.FormDataContentType(), &b)
}

// TestPlanning: headquarters make a course and a programme, pin, move, exchange,
// see what changes and what cannot be had, and publish.
func TestPlanning(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, training.Part, courses.Part, sessions.Part)
		c.Tx(func(ctx context.Context, tx *store.Tx) error {
			for i, name := range []string{"البرز", "سمنان", "قزوین", "تهران", "یزد"} {
				if err := officedb.New(tx).InsertOffice(ctx, officedb.InsertOfficeParams{Code: fmt.Sprint(20 + i), Kind: office.ProvinceAt, NameFa: name, NameEn: fmt.Sprint("P", i)}); err != nil {
					return err
				}
			}
			return nil
		})
		hq := c.As(office.HQ, "")
		hq.Get("/training").Is(http.StatusOK).Has("هنوز برنامه‌ای نیست")
		course := hq.Post("/training/courses/new", "name", "قانون تازه", "months", "۱۲")
		hq.Follow(course).Is(http.StatusOK).Has("سرفصلی ندارد")
		at := course.Header.Get("Location")
		hq.Post(at+"/topic", "title", "", "minutes", "2", "article", "no such").Is(http.StatusUnprocessableEntity)
		hq.Follow(hq.Post(at+"/topic", "title", "روز رأی", "minutes", "۹۰")).Is(http.StatusOK).Has("روز رأی").Has("۹۰")

		id := at[strings.LastIndexByte(at, '/')+1:]
		form := []string{"name", "برنامهٔ استان‌ها", "kind", "national", "office", "-", "course", id, "from", "1405/3/1", "to", "1405/4/20", "size", "4", "days", "2", "parallel", "1", "teachers", "2", "seats", "60"}
		r := hq.Post("/training/new", form...)
		hq.Follow(r).Is(http.StatusOK).Has("همسایه نیستند").Has("جلسهٔ نخست منتشرشده")
		plan := r.Header.Get("Location")
		programme := strings.TrimSuffix(plan, "/plan")
		bad := append(append([]string{}, form...), "to", "1405/2/1")
		bad[11] = "1405/1/1"
		hq.Post("/training/new", bad...).Is(http.StatusUnprocessableEntity).Has("پایان پیش از آغاز است")

		hq.Follow(hq.Post(programme + "/first")).Has("ثابت")
		hq.Post(programme+"/move", "unit", "24", "group", "1", "version", "1").Is(http.StatusConflict)
		hq.Follow(hq.Post(programme+"/when", "group", "1", "day", "1405/3/7", "version", "2")).Has("تعطیل است").Has("نخستین روز شدنی")
		hq.Follow(hq.Post(programme+"/when", "group", "1", "version", "3")).Has("همسایه نیستند")
		hq.Follow(hq.Post(programme + "/publish")).Is(http.StatusOK).Has("۲ جلسه ساخته شد").Has("<svg")
		hq.Follow(hq.Post(programme+"/swap", "unit", "23", "other", "22", "version", "5")).Has("با انتشار تغییر می‌کند").Has("می‌رود")
		hq.Post(programme+"/swap", "unit", "23", "other", "23", "version", "6").Is(http.StatusUnprocessableEntity)
		if pdf := hq.Get(programme + "/programme.pdf").Is(http.StatusOK).Body; !strings.HasPrefix(pdf, "%PDF-1.7") {
			t.Errorf("the printed programme is %.40q", pdf)
		}
		hq.Get("/en" + programme).Is(http.StatusOK).Has("km of travel")
		c.As(office.Province, "07").Get(programme).Is(http.StatusForbidden)

		// People: all faults by line, or everybody.
		file := "national_number,name,role,province,county,district,mobile\n0932833810,علی‌پور,politics,قم,,,09121234567\n123,,king,جایی,,,\n"
		upload(hq, "/training/people/import", "people.csv", file).Is(http.StatusUnprocessableEntity).Has("شمارهٔ ملی درست نیست").Has("چنین نقشی نیست").Has("چنین استانی")
		hq.Follow(upload(hq, "/training/people/import", "people.csv", file[:strings.Index(file, "123,")])).Has("۱ نفر تازه")
		upload(hq, "/training/people/import", "people.csv", "").Is(http.StatusUnprocessableEntity)
	})
}

func TestMatrix(t *testing.T) {
	consoletest.Matrix(t, training.Part, func(c *consoletest.Console, code string) map[string]string {
		out := map[string]string{}
		c.Tx(func(ctx context.Context, tx *store.Tx) error {
			course, err := domain.AddCourse(ctx, tx, c.Now(), c.Root, "دوره", 12)
			if err != nil {
				return err
			}
			topic := store.NewID()
			if err := trainingdb.New(tx).InsertTopic(ctx, trainingdb.InsertTopicParams{ID: topic, Course: course, Title: "سرفصل", Minutes: 60}); err != nil {
				return err
			}
			p, err := programme.Add(ctx, tx, c.Now(), c.Root, programme.Settings{Name: "برنامه", Kind: domain.Local, Office: code[:5], Course: course, Size: 1, Days: 1, Seats: 50,
				Window: planner.Span{From: domain.ISO("2026-05-23"), To: domain.ISO("2026-06-23")}})
			if err != nil {
				return err
			}
			out["course"], out["topic"], out["programme"] = course, topic, p.ID
			return nil
		})
		return out
	})
}
