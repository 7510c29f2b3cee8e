// Package stories has no code: its tests are people who do their work in a browser,
// in Persian and in English.
package stories_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/console/agenda"
	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/console/courses"
	"github.com/sandogh/sandogh/internal/console/lessons"
	"github.com/sandogh/sandogh/internal/console/people"
	"github.com/sandogh/sandogh/internal/console/sessions"
	"github.com/sandogh/sandogh/internal/console/setup"
	"github.com/sandogh/sandogh/internal/console/signin"
	"github.com/sandogh/sandogh/internal/console/training"
	"github.com/sandogh/sandogh/internal/console/venues"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/planner"
	"github.com/sandogh/sandogh/internal/planner/iran"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	domain "github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/internal/training/programme"
	"github.com/sandogh/sandogh/internal/web/webtest"
	"github.com/sandogh/sandogh/law"
)

// parts are all that the stories need; signin is always there.
var parts = []func(console.Deps) console.Part{setup.Part, agenda.Part, people.Part, training.Part, courses.Part, venues.Part, sessions.Part, lessons.Part}

// each tells a story in both languages, each in a console of its own.
func each(t *testing.T, name string, begin func(*testing.T, *store.DB) *consoletest.Console, tell func(*testing.T, context.Context, *consoletest.Console, *consoletest.Story)) {
	ctx := webtest.Browser(t)
	for _, english := range []bool{false, true} {
		t.Run(map[bool]string{false: "fa", true: "en"}[english], func(t *testing.T) {
			c := begin(t, storetest.SQLite(t))
			s := c.Tell(t, ctx, name, english)
			defer s.Leave()
			tell(t, ctx, c, s)
		})
	}
}

func country(t *testing.T, db *store.DB) *consoletest.Console {
	return consoletest.New(t, db, parts...)
}

// TestEmptyFolder: an empty folder becomes a calendar, without anybody saying how:
// the first administrator comes in by the link, and each page leads to the next.
func TestEmptyFolder(t *testing.T) {
	empty := func(t *testing.T, db *store.DB) *consoletest.Console { return consoletest.Empty(t, db, parts...) }
	each(t, "empty", empty, func(t *testing.T, ctx context.Context, c *consoletest.Console, s *consoletest.Story) {
		link, err := signin.FirstLink(ctx, c.Deps)
		if err != nil {
			t.Fatal(err)
		}
		s.Open(strings.TrimPrefix(link, c.URL))
		page, err := chromedp.Run(ctx, chromedp.Text("main"))
		if err != nil {
			t.Fatal(err)
		}
		secret := regexp.MustCompile(`(?:[A-Z2-7]{4} ?){8}`).FindString(page)
		code, err := totp.GenerateCode(strings.ReplaceAll(secret, " ", ""), c.Now())
		if err != nil {
			t.Fatalf("%q: %v", secret, err)
		}
		s.Fill("person", "مریم احمدی", "name", "maryam", "password", "چهار واژهٔ ساده", "code", code)
		s.Send(s.Say("دوباره نشان داده نمی‌شوند", "They are not shown again"))
		s.Follow(s.Say("نوشتم", "I have them"), s.Say("امروز در دفتر من", "Today in my office"))
		s.See(s.Say("گام راه‌اندازی", "steps of setting up are left"))
		s.Open("/setup")
		s.Follow(s.Say("انتخابات", "The election"), s.Say("انتخابات", "The election"))
		s.Fill("name_fa", "شوراهای هفتم", "name_en", "Councils", "kinds", "city", "kinds", "village", "start_order", "1405/2/1")
		s.Send(s.Say("ثبت شد", "Saved"))
		s.Follow(s.Say("جاها و دفترها", "Places and offices"), s.Say("جاها", "Places"))
		places := filepath.Join(t.TempDir(), "places.csv")
		text := "province,county,district,kind,name,code,population\nگیلان,رشت,مرکزی,city,رشت,01001010001,700000\nگیلان,رشت,مرکزی,village,پسیخان,01001010002,\n"
		if err := os.WriteFile(places, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s.Fill("file", places)
		s.Send(s.Say("۵ دفتر وارد شد", "5 offices were imported"))
		s.Follow(s.Say("روز رأی‌گیری", "Polling day"), s.Say("روز رأی‌گیری", "Polling day"))
		s.Send(s.Say("ثبت شد", "Saved")) // the first lawful day stands there
		s.Open("/agenda")
		s.See(s.Say("صدور دستور شروع انتخابات، شهرها", "Order to start the election, cities"))
	})
}

// provinces makes the 31 provinces beside the two that are there, and a course, and
// returns its name.
func provinces(c *consoletest.Console) string {
	c.Tx(func(ctx context.Context, tx *store.Tx) error {
		q := officedb.New(tx)
		for i, p := range iran.Provinces() {
			if p.En == "Qom" {
				continue // there already
			}
			if err := q.InsertOffice(ctx, officedb.InsertOfficeParams{Code: fmt.Sprint(50 + i), Kind: office.ProvinceAt, NameFa: p.Fa, NameEn: p.En}); err != nil {
				return err
			}
		}
		_, err := domain.AddCourse(ctx, tx, c.Now(), c.Root, "قانون تازه", 12)
		return err
	})
	return "قانون تازه"
}

// TestProgramme: headquarters put the provinces into groups of four, pin the first
// session as it was published, move one and exchange two, see what that moves,
// publish it, and pick up a venue that comes later.
func TestProgramme(t *testing.T) {
	each(t, "programme", country, func(t *testing.T, ctx context.Context, c *consoletest.Console, s *consoletest.Story) {
		course := provinces(c)
		s.As(office.HQ, "")
		s.Open("/training")
		s.Follow(s.Say("برنامهٔ تازه", "New programme"), s.Say("برنامهٔ تازه", "New programme"))
		s.Fill("name", "آموزش کشوری", "office", "-", "from", "1405/2/20", "to", "1405/4/20", "teachers", "0")
		s.Choose("course", course)
		s.Send(s.Say("برنامه آماده است", "The plan is ready"))
		s.Follow(s.Say("جلسهٔ نخست منتشرشده", "first session"), s.Say("جلسهٔ نخست", "first session"))
		s.Send(s.Say("ثابت", "fixed"))
		s.Follow(s.Say("انتشار برنامه", "Publish"), s.Say("انتشار", "Publish"))
		s.Send(s.Say("۸ جلسه ساخته شد", "8 sessions"))
		s.Open(programmeOf(t, c) + "/plan")
		s.Follow(s.Say("بردن به گروهی دیگر", "Move"), s.Say("بردن", "Move"))
		plan := planOf(t, c)
		s.Fill("unit", plan.Groups[1].Units[0], "group", fmt.Sprint(plan.Groups[2].Number)) // another comes back for it
		s.Send(s.Say("می‌رود", "goes from"))
		s.Follow(s.Say("جابه‌جایی دو واحد", "Exchange"), s.Say("جابه‌جایی", "Exchange"))
		plan = planOf(t, c)
		s.Fill("unit", plan.Groups[3].Units[0], "other", plan.Groups[4].Units[0])
		s.Send(s.Say("آنچه با انتشار تغییر می‌کند", "What publishing would change"))
		s.Open("/training/venues/new")
		s.Fill("name", "مجتمع یادگار", "office", "07", "seats", "120")
		s.Send(s.Say("سالن ثبت شد", "venue was added"))
		s.Open(programmeOf(t, c) + "/plan")
		s.Follow(s.Say("برنامه‌ریزی دوباره", "Plan anew"), s.Say("برنامه‌ریزی دوباره", "Plan anew"))
		s.See("مجتمع یادگار", s.Say("چه جابه‌جا می‌شود", "What would move"))
		s.Send(s.Say("آنچه با انتشار تغییر می‌کند", "What publishing would change"))
	})
}

// planOf is the plan as it is.
func planOf(t *testing.T, c *consoletest.Console) planner.Plan {
	t.Helper()
	p, err := programme.Get(context.Background(), c.DB, strings.TrimPrefix(programmeOf(t, c), "/training/programmes/"))
	if err != nil {
		t.Fatal(err)
	}
	return p.Plan
}

func programmeOf(t *testing.T, c *consoletest.Console) string {
	t.Helper()
	rows, err := trainingdb.New(c.DB).Programmes(context.Background())
	if err != nil || len(rows) == 0 {
		t.Fatal(rows, err)
	}
	return "/training/programmes/" + rows[0].ID
}

// session makes a session of Qom, some days ahead, whose course teaches an article.
func session(c *consoletest.Console, days int) trainingdb.TrainingSession {
	s := trainingdb.TrainingSession{ID: store.NewID()}
	day := func(n int) string { return office.Day(c.Now().AddDate(0, 0, n)) }
	c.Tx(func(ctx context.Context, tx *store.Tx) (err error) {
		q := trainingdb.New(tx)
		if s.Course, err = domain.AddCourse(ctx, tx, c.Now(), c.Root, "قانون تازه", 12); err != nil {
			return err
		}
		topic := trainingdb.TrainingTopic{Course: s.Course, Place: 1, Title: "استعفا", Minutes: 60, Article: law.Published().All()[0].Article}
		if err := domain.SaveTopic(ctx, tx, c.Now(), c.Root, law.Published(), topic); err != nil {
			return err
		}
		if err := q.InsertProgramme(ctx, trainingdb.InsertProgrammeParams{ID: "p", Name: "برنامه", Kind: string(domain.National), Course: s.Course, Input: "{}", Plan: "{}"}); err != nil {
			return err
		}
		return q.InsertSession(ctx, trainingdb.InsertSessionParams{ID: s.ID, Programme: "p", Number: 1, Course: s.Course, Office: "07", Badge: "0000000001", FirstDay: day(days), LastDay: day(days),
			Venue: "مرکز قم", Seats: 40, Trainers: "[]", Units: `["07"]`})
	})
	return s
}

func seat(c *consoletest.Console, person string, role domain.Role) {
	c.Tx(func(ctx context.Context, tx *store.Tx) error {
		return trainingdb.New(tx).InsertSeat(ctx, trainingdb.InsertSeatParams{Office: "07", Role: string(role), Person: person})
	})
}

// TestSubstitute: the liaison of Qom cannot come and names who comes instead, the
// province approves, and the substitute finds the badge on their own page.
func TestSubstitute(t *testing.T) {
	each(t, "substitute", country, func(t *testing.T, ctx context.Context, c *consoletest.Console, s *consoletest.Story) {
		at := session(c, 3)
		seat(c, c.Person(office.IT, "07"), domain.IT)
		c.Person(office.Auditor, "07")
		c.As(office.HQ, "").Post("/training/sessions/"+at.ID+"/invite", "roles", "it").Is(303)

		s.As(office.IT, "07")
		s.Open("/")
		s.See(s.Say("دعوت آموزشی بی‌پاسخ", "invitations to answer"))
		s.Open("/my/training")
		s.Follow(s.Say("پاسخ دادن", "Answer"), s.Say("پاسخ", "Answer"))
		s.Fill("answer", domain.Substitute)
		s.Send(s.Say("بنویسید چرا", "Say why")) // the entry is kept
		s.Fill("reason", "مأموریت در تهران")
		s.Choose("substitute", "auditor-07")
		s.Send(s.Say("پاسخ شما ثبت شد", "Your answer was saved"))
		s.See(s.Say("جانشین، منتظر تأیید", "Substitute, to be approved"))

		s.As(office.Province, "07")
		s.Open("/training/asks")
		s.See("مأموریت در تهران")
		s.Follow("it-07", s.Say("تأیید جانشین", "Approve a substitute"))
		s.Fill("decision", "approve")
		s.Send(s.Say("ثبت شد", "It was saved"))

		s.As(office.Auditor, "07")
		s.Open("/my/training")
		s.Follow(s.Say("پاسخ دادن", "Answer"), s.Say("پاسخ", "Answer"))
		s.Fill("answer", domain.Accepted)
		s.Send(s.Say("کارت ورود شما", "Your badge"))
	})
}

// TestProblem: a problem of an earlier round gets an action that has to be done
// before a stage of the calendar, which is closed with evidence; then two have
// judged the problem, and it is closed with evidence too.
func TestProblem(t *testing.T) {
	each(t, "problem", country, func(t *testing.T, ctx context.Context, c *consoletest.Console, s *consoletest.Story) {
		c.Tx(func(ctx context.Context, tx *store.Tx) error {
			return office.SaveElection(ctx, tx, c.Now(), c.Root, office.Election{NameFa: "شوراهای هفتم", NameEn: "Councils", Kinds: []string{"city", "village"},
				PollingDay: office.Day(c.Now().AddDate(0, 0, 134))})
		})
		s.As(office.Province, "07")
		s.Open("/lessons")
		s.Follow(s.Say("ثبت مشکل", "Record a problem"), s.Say("ثبت مشکل", "Record a problem"))
		s.Fill("office", "07", "round", "1400", "topic", "صف", "problem", "صف دراز در شعبه", "evidence", "گزارش بازرسان", "owner", c.Person(office.Province, "07"), "due", "1405/3/1")
		s.Send("صف دراز در شعبه")
		s.Follow(s.Say("افزودن اقدام", "Add an action"), s.Say("افزودن اقدام", "Add an action"))
		s.Fill("content", "آزمون بار شناسایی", "kind", "stage", "stage", "executive-boards-city", "owner", c.Person(office.Province, "07"), "due", "1405/2/15")
		s.Send("آزمون بار شناسایی")
		s.Open("/agenda/07/stages/executive-boards-city")
		s.See("آزمون بار شناسایی")
		s.Open("/lessons/mine")
		s.Follow("آزمون بار شناسایی", s.Say("بستن اقدام", "Close the action"))
		s.Fill("evidence", "گزارش آزمون، پیوست ۳")
		s.Send(s.Say("اقدام بسته شد", "The action is closed"))
		s.Open("/agenda/07/stages/executive-boards-city")
		s.See(s.Say("انجام‌شده", "Done"))
		s.As(office.HQ, "")
		s.Open("/lessons")
		s.Follow("صف دراز", "صف")
		s.Follow(s.Say("بستن مشکل", "Close the problem"), s.Say("بستن مشکل", "Close the problem"))
		s.Fill("why", "صف در تمرین سراسری زیر ده دقیقه بود، گزارش ۴۰")
		s.Send(s.Say("مشکل با مدرک بسته شد", "The problem is closed with evidence"))
	})
}

// TestLawChanges: an article gets a new version; the course that teaches it and the
// certificates of it are stale, and headquarters see it on their first page.
func TestLawChanges(t *testing.T) {
	each(t, "law", country, func(t *testing.T, ctx context.Context, c *consoletest.Console, s *consoletest.Story) {
		at := session(c, 0)
		person := c.Person(office.IT, "07")
		seat(c, person, domain.IT)
		hq := c.As(office.HQ, "")
		hq.Post("/training/sessions/"+at.ID+"/invite", "roles", "it").Is(303)
		i, err := trainingdb.New(c.DB).InvitationOf(ctx, trainingdb.InvitationOfParams{Session: at.ID, Person: person})
		if err != nil {
			t.Fatal(err)
		}
		c.Tx(func(ctx context.Context, tx *store.Tx) error {
			_, err := trainingdb.New(tx).InsertMark(ctx, trainingdb.InsertMarkParams{ID: store.NewID(), Session: at.ID, Invitation: i.ID, At: store.Millis(c.Now())})
			return err
		})
		s.As(office.HQ, "")
		s.Open("/training/sessions/" + at.ID)
		s.Follow(s.Say("صدور گواهی‌ها", "Issue certificates"), s.Say("صدور", "Issue"))
		s.Send(s.Say("۱ گواهی صادر شد", "1 certificates were issued"))
		s.Open("/training/courses")
		s.See(s.Say("به‌روز", "Up to date"))

		all := law.Published().All()
		versions := law.Published().Versions(all[0].Article)
		next := versions[len(versions)-1]
		next.Version = "1499"
		data, err := json.Marshal(append(all, next))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(c.Deps.Dir, domain.LawFile), data, 0o600); err != nil {
			t.Fatal(err)
		}
		c.Pass(time.Minute)
		s.Open("/")
		s.See(s.Say("سرفصل کهنه", "stale topics"))
		s.Open("/training/courses")
		s.Follow("قانون تازه", "قانون تازه")
		s.See("1499")
		s.As(office.IT, "07")
		s.Open("/my/training")
		s.See(s.Say("کهنه: قانون تغییر کرده", "Stale: the law has changed"))
	})
}
