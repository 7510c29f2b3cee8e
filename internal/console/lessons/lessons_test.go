package lessons_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/console/consoletest"
	part "github.com/sandogh/sandogh/internal/console/lessons"
	"github.com/sandogh/sandogh/internal/console/review"
	"github.com/sandogh/sandogh/internal/lessons"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/lessonsdb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

// upload sends a file.
func upload(t *testing.T, cl *consoletest.Client, path, text string) consoletest.Reply {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, err := w.CreateFormFile("file", "problems.csv")
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte(text))
	w.Close()
	return cl.Do("POST", path, w.FormDataContentType(), &b)
}

const header = "province,round,topic,problem,cause,proposal\n"

// session makes a session of training of both provinces, and returns its id.
func session(c *consoletest.Console) string {
	id := store.NewID()
	c.Tx(func(ctx context.Context, tx *store.Tx) error {
		q := trainingdb.New(tx)
		if err := q.InsertCourse(ctx, trainingdb.InsertCourseParams{ID: "course" + id, Name: "دورهٔ ملی", Months: 12}); err != nil {
			return err
		}
		if err := q.InsertProgramme(ctx, trainingdb.InsertProgrammeParams{ID: "programme" + id, Name: "ملی", Kind: "national", Course: "course" + id}); err != nil {
			return err
		}
		return q.InsertSession(ctx, trainingdb.InsertSessionParams{ID: id, Programme: "programme" + id, Number: 1, Course: "course" + id, Badge: id[:10],
			FirstDay: "2026-05-20", LastDay: "2026-05-21", Venue: "سالن ستاد", Seats: 40, Trainers: "[]", Units: `["07","03"]`})
	})
	return id
}

func TestStory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, part.Part, review.Part)
		hq, qom, board, other := c.As(office.HQ, ""), c.As(office.Province, "07"), c.As(office.County, "07001"), c.As(office.Province, "03")

		// A file with faults: all of them, by line; then a good one.
		upload(t, qom, "/lessons/import", header+"قم,1400,,x,,\nنیست,1400,a,b,,\nاستان دیگر,1400,a,b,,\n").Is(http.StatusUnprocessableEntity).
			Has("ستون").Has("خالی است").Has("زیر نظر سمت شما نیست").Has("۳ خطا")
		upload(t, hq, "/lessons/import", header+"قم,1400,احراز هویت,سامانهٔ احراز هویت در ساعت اوج کند شد,,\n03,1396,احراز هويت,كندي سامانهٔ احراز هویت در ساعت اوج,,\n").Is(http.StatusSeeOther)
		upload(t, hq, "/lessons/import", header+"قم,1400,احراز هویت,سامانهٔ احراز هويت در ساعت اوج کند شد,,\n").Is(http.StatusUnprocessableEntity).Has("پیش‌تر ثبت شده")

		if body := qom.Get("/lessons").Is(http.StatusOK).Has("سامانهٔ احراز هویت در ساعت اوج کند شد").Body; strings.Contains(body, "كندي سامانهٔ") {
			t.Error("a problem of another province is shown")
		}
		var list struct {
			Rows []struct{ ID, Path, Risk string }
		}
		qom.JSON = true
		qom.Get("/lessons").Decode(&list)
		qom.JSON = false
		if len(list.Rows) != 1 {
			t.Fatalf("%d problems", len(list.Rows))
		}
		one := list.Rows[0].Path
		other.Get(one).Is(http.StatusForbidden)
		qom.Get("/lessons?format=csv").Is(http.StatusOK).Has("\ufeff").Has("1400")

		// The same in two provinces, by a person's decision, undone and done again.
		hq.Get("/lessons/suggestions").Is(http.StatusOK).Has("/group")
		form := hq.Get(one + "/group").Is(http.StatusOK).Body
		i := strings.Index(form, `type="checkbox" name="problems" value="`)
		if i < 0 {
			t.Fatalf("nothing is offered: %s", form)
		}
		twin := form[i+len(`type="checkbox" name="problems" value="`):][:26]
		hq.Post(one+"/group", "name", "کندی احراز هویت").Is(http.StatusUnprocessableEntity)
		qom.Post(one+"/group", "name", "x", "problems", twin).Is(http.StatusForbidden)
		grouped := hq.Post(one+"/group", "name", "کندی احراز هویت", "problems", twin)
		page := hq.Follow(grouped).Is(http.StatusOK).Has("۲ استان این مشکل را داشته‌اند")
		if body := qom.Get(grouped.Header.Get("Location")).Is(http.StatusOK).Has("استان دیگر").Body; strings.Contains(body, "كندي سامانهٔ") {
			t.Error("the text of another province is shown")
		}
		i = strings.Index(page.Body, "/lessons/grouping/")
		undo := page.Body[i:][:len("/lessons/grouping/")+26] + "/undo"
		hq.Get(undo).Is(http.StatusOK)
		hq.Post(undo).Is(http.StatusSeeOther)
		hq.Post(undo).Is(http.StatusUnprocessableEntity)
		hq.Post(one+"/group", "name", "کندی احراز هویت", "problems", twin).Is(http.StatusSeeOther)
		qom.Get(one).Has("این مشکل را ۲ استان داشته‌اند").Has("گام بعدی")

		// What kinds of action need.
		owner := c.Person(office.County, "07001")
		qom.Post(one+"/act", "content", "a", "kind", "stage", "owner", owner).Is(http.StatusUnprocessableEntity).Has(`id="stage-fault"`).Has(`id="due-fault"`)
		qom.Post(one+"/act", "content", "a", "kind", "topic", "owner", owner, "due", "1405/2/20").Is(http.StatusUnprocessableEntity).Has(`id="place-fault"`)
		qom.Post(one+"/act", "content", "نصب دستگاه دوم", "kind", "item", "owner", owner, "due", "۱۴۰۵/۲/۲۰").Is(http.StatusSeeOther)
		// Before a stage of the calendar: due on the day before it begins, once polling day is known.
		stages := calendar.Stages()
		stage := stages[slices.IndexFunc(stages, func(s calendar.Stage) bool { return s.From != nil && *s.From < 0 })]
		c.Tx(func(ctx context.Context, tx *store.Tx) error {
			return office.SaveElection(ctx, tx, c.Now(), c.Root, office.Election{NameFa: "شوراها", NameEn: "Councils", PollingDay: "2026-12-18"})
		})
		qom.Post(one+"/act", "content", "آزمون پیش از مرحله", "kind", "stage", "stage", stage.ID, "owner", c.Person(office.Province, "07")).Is(http.StatusSeeOther)
		rows, err := lessonsdb.New(db).ActionsOfStage(context.Background(), lessonsdb.ActionsOfStageParams{Stage: stage.ID, Lo: "07", Hi: "08"})
		want := (console.ISODay("2026-12-18") + calendar.Day(*stage.From) - 1).Gregorian()
		if err != nil || len(rows) != 1 || rows[0].Due != want {
			t.Errorf("%+v, %v: not due on %s", rows, err, want)
		}
		qom.Get("/lessons/actions?kind=stage").Is(http.StatusOK).Has(stage.TitleFa)
		s := session(c)
		hq.Post(one+"/act", "content", "کار بدون شبکه", "kind", "topic", "place", "session:"+s, "minutes", "۴۵", "owner", c.Person(office.HQ, ""), "due", "1405/2/20").Is(http.StatusSeeOther)
		topics, err := trainingdb.New(db).TopicsOf(context.Background(), trainingdb.TopicsOfParams{Course: "course" + s, Session: s})
		if err != nil || len(topics) != 1 || topics[0].Title != "کار بدون شبکه" || topics[0].Minutes != 45 || topics[0].Session != s {
			t.Errorf("topics %+v, %v", topics, err)
		}

		// It is before its owner until closed with evidence.
		board.Get("/").Is(http.StatusOK).Has("پیش روی شما")
		body := board.Get("/lessons/mine").Is(http.StatusOK).Has("نصب دستگاه دوم").Body
		i = strings.Index(body, "/lessons/action/")
		finish := body[i:][:len("/lessons/action/")+26] + "/finish"
		other.Get(finish).Is(http.StatusForbidden)
		qom.Post(one+"/close", "why", "x", "version", "3").Is(http.StatusUnprocessableEntity).Has("یک اقدام هنوز باز است")
		board.Get(finish).Is(http.StatusOK).Has("نصب دستگاه دوم").Has(`name="version" value="1"`)
		board.Post(finish, "version", "1").Is(http.StatusUnprocessableEntity)
		board.Post(finish, "evidence", "نامهٔ ۱۲", "version", "1").Is(http.StatusSeeOther)
		hq.Get("/lessons/mine").Is(http.StatusOK).Has("کار بدون شبکه")

		// Two judge, each blind to the other.
		qom.Post(one+"/judge", "likelihood", "4", "harm", "3", "reason", "دلیل نخست").Is(http.StatusSeeOther)
		qom.Post(one+"/judge", "likelihood", "4", "harm", "3", "reason", "x").Is(http.StatusUnprocessableEntity)
		board.Get(one).Is(http.StatusForbidden) // of the province, not of the county
		if body := hq.Get(one).Is(http.StatusOK).Has("یک نفر سنجیده است").Body; strings.Contains(body, "دلیل نخست") {
			t.Error("the first judgement is shown to the second")
		}
		hq.JSON = true
		if body := hq.Get(one).Is(http.StatusOK).Body; strings.Contains(body, "دلیل نخست") {
			t.Error("the first judgement is in the JSON")
		}
		hq.JSON = false
		hq.Post(one+"/judge", "likelihood", "3", "harm", "3", "reason", "دلیل دوم").Is(http.StatusSeeOther)
		qom.Get(one + "/judge").Is(http.StatusOK).Has("سامانهٔ احراز هویت در ساعت اوج کند شد")
		qom.Get(one).Has("۱۲، زیاد").Has("دلیل دوم")
		hq.Get("/lessons/risk?province=07").Is(http.StatusOK).Has(`<svg class="chart"`).Has("۱۲")
		hq.Post(one + "/again").Is(http.StatusSeeOther)
		hq.Post(one + "/again").Is(http.StatusUnprocessableEntity)

		// What the session brought, on a page and on paper.
		qom.Get("/lessons/sessions").Is(http.StatusOK).Has(s)
		if body := qom.Get("/lessons/sessions/" + s).Is(http.StatusOK).Has("کندی احراز هویت").Body; strings.Contains(body, "كندي سامانهٔ") {
			t.Error("another province's part is shown")
		}
		hq.Get("/lessons/sessions/" + s).Is(http.StatusOK).Has("كندي سامانهٔ")
		if r := hq.Get("/lessons/sessions/" + s + "/report").Is(http.StatusOK); !strings.HasPrefix(r.Body, "%PDF-") || r.Header.Get("Content-Type") != "application/pdf" {
			t.Error("no PDF")
		}
		if r := hq.Get("/en/lessons/sessions/" + s + "/report").Is(http.StatusOK); !strings.HasPrefix(r.Body, "%PDF-") {
			t.Error("no PDF in English")
		}

		// Two edit the same problem.
		qom.Post(one+"/edit", "round", "1400", "topic", "t", "problem", "p", "version", "1").Is(http.StatusConflict).Has("احراز هویت")
	})
}

func TestFactorsPages(t *testing.T) {
	c := consoletest.New(t, storetest.SQLite(t), part.Part)
	qom := c.As(office.Province, "07")
	qom.Get("/en/lessons/factors?group=technology").Is(http.StatusOK).Has("The network is lost")
	qom.Get("/lessons/factors/none").Is(http.StatusNotFound)
	for _, f := range lessons.Factors() {
		qom.Get("/lessons/factors/" + f.ID).Is(http.StatusOK).Has("/lessons/new?factor=" + f.ID)
	}
	qom.Get("/lessons/new?factor=queues").Is(http.StatusOK).Has("صف‌های دراز").Has(`value="07"`)
}

// TestFaultWords: each code that Parse can give has its sentence.
func TestFaultWords(t *testing.T) {
	words := part.Part(console.Deps{}).Words
	for _, code := range []string{lessons.BadHeader, lessons.BadQuotes, lessons.BadColumns, lessons.BadText, lessons.Empty, lessons.TooLong, lessons.NoProvince, lessons.Foreign, lessons.TwiceInFile, lessons.TwiceInAll} {
		if _, ok := words["lessons.fault."+code]; !ok {
			t.Errorf("no words for %s", code)
		}
	}
}

func TestWords(t *testing.T) { consoletest.Words(t, part.Part(console.Deps{})) }

func TestMatrix(t *testing.T) {
	consoletest.Matrix(t, part.Part, func(c *consoletest.Console, code string) map[string]string {
		values := map[string]string{"factor": "queues"}
		c.Tx(func(ctx context.Context, tx *store.Tx) error {
			p, err := lessons.Add(ctx, tx, c.Now(), c.Root, lessons.Problem{Office: code, Round: "1400", Topic: "t", Problem: "p"})
			if err != nil {
				return err
			}
			x, err := lessons.Act(ctx, tx, c.Now(), c.Root, lessons.Action{Problem: p.ID, Kind: lessons.Item, Content: "c", Owner: c.Root.Person, Due: "2026-05-01"}, lessons.Place{})
			if err != nil {
				return err
			}
			family, err := lessons.Join(ctx, tx, c.Now(), c.Root, "", "n", []string{p.ID})
			values["problem"], values["action"], values["family"], values["grouping"] = p.ID, x.ID, family, "none"
			return err
		})
		return values
	})
}

// TestBrowser: a problem of an earlier round becomes an action and is closed with
// evidence, by hand, in both languages; and every page is looked at.
func TestBrowser(t *testing.T) {
	ctx := webtest.Browser(t)
	c := consoletest.New(t, storetest.SQLite(t), part.Part, review.Part)
	s := session(c)
	c.Tx(func(ctx context.Context, tx *store.Tx) error {
		text := header
		for _, province := range []string{"07", "03"} {
			text += province + ",1400,احراز هویت,سامانهٔ احراز هویت در ساعت اوج کند شد و صف‌ها تا نیمه‌شب ماند,ظرفیت کم,ظرفیت دو برابر\n" +
				province + ",1396,شبکه,قطع شبکه در بعدازظهر و دستورهای متعارض,,دستور واحد\n"
		}
		_, err := lessons.Import(ctx, tx, c.Now(), c.Root, strings.NewReader(text))
		return err
	})
	c.Person(office.Province, "07")
	c.SignIn(ctx, office.HQ, "")
	story := func(prefix, topic string) string {
		do := func(step string, actions ...chromedp.Action[chromedp.Void]) {
			t.Helper()
			soon, cancel := context.WithTimeout(ctx, 30*time.Second)
			defer cancel()
			if err := chromedp.Do(soon, actions...); err != nil {
				page, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
				t.Fatalf("%s %s: %v\n%s", prefix, step, err, page)
			}
		}
		href := func(part string) string { return fmt.Sprintf(`main a[href*="%s"]`, part) }
		do("record", chromedp.Navigate(c.URL+prefix+"/lessons/new?factor=queues&office=07"), chromedp.WaitVisible("#round"), chromedp.SendKeys("#round", "۱۴۰۰"),
			chromedp.SendKeys("#problem", topic), chromedp.SendKeys("#owner", "province-07"), chromedp.Submit("#problem"), chromedp.WaitVisible("dl.facts"))
		do("act", chromedp.Click(".next a"), chromedp.WaitVisible("#content"), chromedp.SendKeys("#content", "دستگاه دوم در شعبه‌های بزرگ"), chromedp.SetValue("#kind", "item"),
			chromedp.SendKeys("#owner", "hq"), chromedp.SendKeys("#due", "۱۴۰۵/۳/۱۰"), chromedp.Submit("#content"), chromedp.WaitVisible(href("/finish")))
		do("finish", chromedp.Click(".next a"), chromedp.WaitVisible("#evidence"), chromedp.SendKeys("#evidence", "رسید ۳۱۲"), chromedp.Submit("#evidence"), chromedp.WaitVisible(href("/close")))
		do("close", chromedp.Click(href("/close")), chromedp.WaitVisible("#why"), chromedp.SendKeys("#why", "آزمون بار با دو برابر رأی‌دهنده"), chromedp.Submit("#why"), chromedp.WaitVisible(href("/reopen")))
		path, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.pathname"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.querySelector('main').innerText"))
		if err != nil || !strings.Contains(got, "آزمون بار") || !strings.Contains(got, "رسید ۳۱۲") {
			t.Errorf("%s: %v: %s", prefix, err, got)
		}
		return strings.TrimPrefix(path, prefix)
	}
	closed := story("", "صف تا نیمه‌شب")
	story("/en", "queue until midnight")
	found, err := lessons.Find(context.Background(), c.DB, "07", lessons.Filter{State: lessons.Open}, 10, 0)
	if err != nil || len(found) != 2 {
		t.Fatalf("%d open, %v", len(found), err)
	}
	one := "/lessons/problem/" + found[0].ID
	hq, qom := c.As(office.HQ, ""), c.As(office.Province, "07")
	for _, cl := range []*consoletest.Client{hq, qom} {
		cl.Post(one+"/judge", "likelihood", "4", "harm", "4", "reason", "در ۱۴۰۰ شش ساعت کشید").Is(http.StatusSeeOther)
	}
	hq.Post(one+"/act", "content", "آزمون بار سامانه", "kind", "item", "owner", c.Person(office.HQ, ""), "due", "1405/1/20").Is(http.StatusSeeOther)
	twins, err := lessons.Like(context.Background(), c.DB, found[0].ID)
	if err != nil || len(twins) == 0 {
		t.Fatalf("%d alike, %v", len(twins), err)
	}
	grouped := hq.Post(one+"/group", "name", found[0].Topic, "problems", twins[0].ID).Is(http.StatusSeeOther)
	family, err := url.PathUnescape(grouped.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	c.Look(ctx, t, "/lessons", one, closed, one+"/act", one+"/judge", one+"/edit", "/lessons/new", "/lessons/import", "/lessons/mine", "/lessons/actions", "/lessons/factors", "/lessons/factors/queues",
		"/lessons/risk?province=07", "/lessons/groups", family, "/lessons/suggestions", "/lessons/problem/"+found[1].ID+"/group", "/lessons/sessions", "/lessons/sessions/"+s)
}
