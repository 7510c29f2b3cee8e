package outreach_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/console/consoletest"
	part "github.com/sandogh/sandogh/internal/console/outreach"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/outreach"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

func upload(t *testing.T, cl *consoletest.Client, path, text string) consoletest.Reply {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, err := w.CreateFormFile("file", "turnout.csv")
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte(text))
	w.Close()
	return cl.Do("POST", path, w.FormDataContentType(), &b)
}

const figures = "province,round,contest,basis,eligible,voted,source\n-,1400,councils,civil-register,59000000,25000000,وزارت کشور\n-,1396,councils,civil-register,56000000,38000000,وزارت کشور\n" +
	"07,1400,councils,civil-register,800000,400000,فرمانداری\n07,1396,councils,civil-register,700000,490000,فرمانداری\n07,1400,majlis,census,790000,360000,فرمانداری\n"

func TestStory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, part.Part)
		qom, county, hq, other := c.As(office.Province, "07"), c.As(office.County, "07001"), c.As(office.HQ, ""), c.As(office.Province, "03")
		new := []string{"kind", "cultural", "partner", "انجمن سینما", "subject", "آگاهی جوانان", "planned", "1405/1/30"}
		qom.Post("/outreach/meetings/new", append(new, "office", "03")...).Is(http.StatusUnprocessableEntity).Has("زیر نظر سمت شما نیست").Has("انجمن سینما")
		r := qom.Post("/outreach/meetings/new", append(new, "office", "07")...)
		one := r.Header.Get("Location")
		qom.Follow(r).Is(http.StatusOK).Has("گام بعدی").Has("دیرکرد")
		other.Get(one).Is(http.StatusForbidden)
		qom.Post(one+"/ask", "content", "x", "owner", c.Person(office.County, "07001"), "due", "1405/2/1").Is(http.StatusUnprocessableEntity).Has("نخست برگزاری")
		qom.Post(one+"/held", "held", "1405/2/2", "attendance", "0", "note", "n", "version", "1").Is(http.StatusUnprocessableEntity).Has("هنوز نرسیده").Has("کم‌ترین مقدار")
		qom.Post(one+"/held", "held", "1405/1/30", "attendance", "۶۰", "note", "گفت‌وگوی خوب", "version", "1").Is(http.StatusSeeOther)
		qom.Post(one+"/cancel", "why", "x", "version", "2").Is(http.StatusUnprocessableEntity)
		qom.Post(one+"/ask", "content", "پخش فیلم آموزشی", "owner", c.Person(office.County, "07001"), "due", "1405/2/20").Is(http.StatusSeeOther)

		county.Get("/").Is(http.StatusOK).Has("درخواست بی‌پاسخ")
		body := county.Get("/outreach/mine").Is(http.StatusOK).Has("پخش فیلم آموزشی").Body
		i := strings.Index(body, "/outreach/request/")
		answer := body[i:][:len("/outreach/request/")+26] + "/answer"
		other.Get(answer).Is(http.StatusForbidden)
		county.Get(answer).Is(http.StatusOK).Has("پخش فیلم آموزشی")
		county.Post(answer, "answer", "از اول خرداد پخش می‌شود", "version", "1").Is(http.StatusSeeOther)
		county.Post(answer, "answer", "x", "version", "2").Is(http.StatusUnprocessableEntity)
		qom.Get(one).Is(http.StatusOK).Has("از اول خرداد پخش می‌شود").Has("۶۰")
		qom.Get("/outreach").Is(http.StatusOK).Has("قم")
		qom.Get("/outreach/requests").Is(http.StatusOK).Has("درخواست بی‌پاسخی نیست")
		qom.Get("/outreach/requests?every=1").Is(http.StatusOK).Has("پخش فیلم آموزشی")
		hq.Get("/outreach/meetings?format=csv").Is(http.StatusOK).Has("انجمن سینما")

		campaign := []string{"office", "07", "name", "رأی‌اولی‌ها", "channel", "schools", "audience", "دانش‌آموزان", "since", "1405/2/10", "until", "1405/2/1", "target", "1000", "reach", "2000"}
		qom.Post("/outreach/campaigns/new", campaign...).Is(http.StatusUnprocessableEntity).Has(`id="until-fault"`).Has(`id="reach-fault"`).Has(`id="measured-fault"`)
		qom.Post("/outreach/campaigns/new", append(campaign[:10:10], "until", "1405/3/1", "target", "1000")...).Is(http.StatusSeeOther)
		list := qom.Get("/outreach/campaigns").Is(http.StatusOK).Has("اندازه‌گیری نشده").Body
		i = strings.Index(list, "/outreach/campaign/")
		edit := list[i:][:len("/outreach/campaign/")+26]
		other.Get(edit).Is(http.StatusForbidden)
		qom.Post(edit, append(campaign[2:10:10], "until", "1405/3/1", "target", "1000", "reach", "250", "measured", "نظرسنجی", "version", "1")...).Is(http.StatusSeeOther)
		qom.Get("/outreach/campaigns").Has("۲۵٫۰")

		qom.Get("/outreach/turnout").Is(http.StatusOK).Has("هنوز رقمی وارد نشده")
		upload(t, qom, "/outreach/turnout/import", figures).Is(http.StatusForbidden)
		upload(t, hq, "/outreach/turnout/import", figures+"x,1400,club,census,1,2,s\n").Is(http.StatusUnprocessableEntity).Has("۲ خطا").Has("councils")
		upload(t, hq, "/outreach/turnout/import", figures).Is(http.StatusSeeOther)
		page := qom.Get("/outreach/turnout").Is(http.StatusOK).Has("مخرج:").Has("۵۰٫۰").Has("۷۰٫۰").Body
		if strings.Count(page, `<svg class="chart"`) != 2 {
			t.Error("figures of two denominators should be two charts")
		}
		if page := qom.Get("/outreach/turnout?basis=census").Body; strings.Count(page, `<svg class="chart"`) != 1 {
			t.Error("the filter of the denominator has no effect")
		}
	})
}

// TestFaultWords: each code that Parse can give has its sentence.
func TestFaultWords(t *testing.T) {
	words := part.Part(console.Deps{}).Words
	for _, code := range []string{outreach.BadHeader, outreach.BadQuotes, outreach.BadColumns, outreach.BadText, outreach.Empty, outreach.NoProvince, outreach.NoContest, outreach.NoBasis,
		outreach.BadNumber, outreach.TooMany, outreach.Twice} {
		if _, ok := words["outreach.fault."+code]; !ok {
			t.Errorf("no words for %s", code)
		}
	}
	for _, c := range outreach.Contests {
		if _, ok := words["outreach.contest."+c]; !ok {
			t.Errorf("no words for %s", c)
		}
	}
	for _, b := range outreach.Bases {
		if _, ok := words["outreach.basis."+b]; !ok {
			t.Errorf("no words for %s", b)
		}
	}
}

func TestWords(t *testing.T) { consoletest.Words(t, part.Part(console.Deps{})) }

func TestMatrix(t *testing.T) {
	consoletest.Matrix(t, part.Part, func(c *consoletest.Console, code string) map[string]string {
		values := map[string]string{}
		c.Tx(func(ctx context.Context, tx *store.Tx) error {
			m, err := outreach.Plan(ctx, tx, c.Now(), c.Root, outreach.Meeting{Office: code, Kind: "social", Partner: "p", Subject: "s", Planned: "2026-04-20"})
			if err != nil {
				return err
			}
			if err := outreach.Hold(ctx, tx, c.Now(), c.Root, m.ID, "2026-04-20", 5, "n", 1); err != nil {
				return err
			}
			x, err := outreach.Ask(ctx, tx, c.Now(), c.Root, outreach.Request{Meeting: m.ID, Content: "c", Owner: c.Root.Person, Due: "2026-05-01"})
			if err != nil {
				return err
			}
			g, err := outreach.Save(ctx, tx, c.Now(), c.Root, outreach.Campaign{Office: code, Name: "n", Channel: "press", Since: "2026-04-20", Until: "2026-05-20", Target: 10, Reach: outreach.Unknown})
			values["meeting"], values["request"], values["campaign"] = m.ID, x.ID, g.ID
			return err
		})
		return values
	})
}

// TestBrowser looks at every page.
func TestBrowser(t *testing.T) {
	ctx := webtest.Browser(t)
	c := consoletest.New(t, storetest.SQLite(t), part.Part)
	var m, planned outreach.Meeting
	var x outreach.Request
	var g outreach.Campaign
	c.Tx(func(ctx context.Context, tx *store.Tx) (err error) {
		if m, err = outreach.Plan(ctx, tx, c.Now(), c.Root, outreach.Meeting{Office: "07", Kind: "social", Partner: "انجمن معلولان قم", Subject: "دسترسی به شعبه‌ها", Venue: "استانداری", Planned: "2026-04-18"}); err != nil {
			return err
		}
		if planned, err = outreach.Plan(ctx, tx, c.Now(), c.Root, outreach.Meeting{Office: "03", Kind: "political", Partner: "خانهٔ احزاب", Subject: "قاعده‌های تبلیغات", Planned: "2026-04-20"}); err != nil {
			return err
		}
		if err = outreach.Hold(ctx, tx, c.Now(), c.Root, m.ID, "2026-04-18", 64, "خواستار رمپ و راهنمای صوتی بودند.", 1); err != nil {
			return err
		}
		if x, err = outreach.Ask(ctx, tx, c.Now(), c.Root, outreach.Request{Meeting: m.ID, Content: "رمپ در شعبه‌های مدرسه‌ای", Owner: c.Root.Person, Due: "2026-04-20"}); err != nil {
			return err
		}
		if g, err = outreach.Save(ctx, tx, c.Now(), c.Root, outreach.Campaign{Office: "07", Name: "رأی‌اولی‌ها", Channel: "schools", Audience: "دانش‌آموزان سال آخر", Since: "2026-04-20", Until: "2026-05-20",
			Target: 12_000, Reach: 7_400, Measured: "شمار حاضران"}); err != nil {
			return err
		}
		_, err = outreach.Import(ctx, tx, c.Now(), c.Root, strings.NewReader(figures))
		return err
	})
	c.SignIn(ctx, office.HQ, "")
	c.Look(ctx, t, "/outreach", "/outreach/meetings", "/outreach/meetings/new", "/outreach/meeting/"+m.ID, "/outreach/meeting/"+planned.ID, "/outreach/meeting/"+planned.ID+"/held", "/outreach/meeting/"+planned.ID+"/cancel",
		"/outreach/meeting/"+m.ID+"/ask", "/outreach/requests", "/outreach/mine", "/outreach/request/"+x.ID+"/answer", "/outreach/campaigns", "/outreach/campaign/"+g.ID, "/outreach/turnout", "/outreach/turnout/import")
}
