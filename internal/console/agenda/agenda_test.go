package agenda_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/calendar"
	domain "github.com/sandogh/sandogh/internal/agenda"
	"github.com/sandogh/sandogh/internal/console/agenda"
	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/console/people"
	"github.com/sandogh/sandogh/internal/lessons"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/storetest"
)

const place = "07001010001"

// set enters the election: polling day is so many days after the clock's, which is
// 1405-02-01.
func set(c *consoletest.Console, days int) {
	c.Tx(func(ctx context.Context, tx *store.Tx) error {
		return office.SaveElection(ctx, tx, c.Now(), c.Root, office.Election{NameFa: "شوراهای هفتم", NameEn: "Councils", Kinds: []string{"city", "village"},
			PollingDay: office.Day(c.Now().AddDate(0, 0, days))})
	})
}

// TestReview: what the review of earlier rounds asks before a stage is on the board
// and at the stage, for who sees the review.
func TestReview(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, people.Part, agenda.Part)
		set(c, 100)
		c.Tx(func(ctx context.Context, tx *store.Tx) error {
			for _, code := range []string{"07", "03"} {
				p, err := lessons.Add(ctx, tx, c.Now(), c.Root, lessons.Problem{Office: code, Round: "1400", Topic: "صف", Problem: "صف دراز"})
				if err != nil {
					return err
				}
				for i, due := range []string{"2026-05-01", "2026-04-01"} {
					x, err := lessons.Act(ctx, tx, c.Now(), c.Root, lessons.Action{Problem: p.ID, Kind: lessons.Stage, Target: "executive-boards-city", Content: "آزمون صف " + code + due, Owner: c.Root.Person, Due: due}, lessons.Place{})
					if err != nil {
						return err
					}
					if i == 1 && code == "03" {
						if err := lessons.Finish(ctx, tx, c.Now(), c.Root, x.ID, "سند", 1); err != nil {
							return err
						}
					}
				}
			}
			return nil
		})
		hq := c.As(office.HQ, "")
		hq.Get("/agenda").Is(http.StatusOK).Has("۳ اقدام باز").Has("۱۲ فروردین ۱۴۰۵")
		page := hq.Get("/agenda/-/stages/executive-boards-city").Has("آزمون صف 072026-05-01").Has("دیر شده").Has("انجام‌شده").Has("/lessons/problem/").Body
		if strings.Index(page, "آزمون صف 032026-04-01") < strings.Index(page, "آزمون صف 072026-05-01") {
			t.Error("what is done stands before what is open")
		}
		qom := c.As(office.Province, "07")
		if body := qom.Get("/agenda/07/stages/executive-boards-city").Has("آزمون صف 07").Body; strings.Contains(body, "آزمون صف 03") {
			t.Error("a province sees what another has to do")
		}
		qom.Get("/agenda/07").Has("۲ اقدام باز")
		qom.JSON = true
		qom.Get("/agenda/07/stages/executive-boards-city").Has(`"review":[{`)
	})
}

func TestBoard(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, people.Part, agenda.Part)
		hq := c.As(office.HQ, "")
		hq.Get("/agenda").Is(http.StatusOK).Has("روز رأی‌گیری تعیین نشده است")
		hq.Get("/agenda/today").Is(http.StatusOK).Has("روز رأی‌گیری تعیین نشده است")
		hq.Get("/agenda?format=csv").Is(http.StatusOK)
		set(c, 134) // the order to start is due today
		page := hq.Get("/agenda").Is(http.StatusOK).Has("<svg").Has("صدور دستور شروع انتخابات").Has("role=\"img\"")
		if strings.Contains(page.Body, "میان‌دوره‌ای مجلس") {
			t.Error("stages of a contest that is not held are shown")
		}
		hq.Get("/en/agenda").Is(http.StatusOK).Has("Order to start the election, cities").Has("Due today")
		hq.Get("/").Is(http.StatusOK).Has("مرحله امروز آغاز می‌شود")
		hq.Get("/agenda/today").Is(http.StatusOK).Has("صدور دستور شروع انتخابات")

		// Not before its day, and the refusal says from when and by which article.
		hq.Get("/agenda/-/stages/start-order-village/confirm").Is(http.StatusOK)
		county := c.As(office.County, "07001")
		county.Get("/agenda/07001/stages/executive-boards-city/confirm").Is(http.StatusConflict).Has("هنوز آغاز نشده است").Has("2026-04-22").Has("calendar, round-7")
		county.Post("/agenda/07001/stages/executive-boards-city/confirm", "on", "1405/2/1").Is(http.StatusConflict).Has("2026-04-22")
		county.Get("/agenda/-").Is(http.StatusForbidden)
		county.Get("/agenda/07").Is(http.StatusForbidden)
		county.Get("/agenda/03001").Is(http.StatusForbidden)
		county.Post("/agenda/07001/stages/start-order-city/confirm", "on", "1405/2/1").Is(http.StatusForbidden)
		hq.Get("/agenda/99").Is(http.StatusNotFound)
		hq.Get("/agenda/-/stages/none").Is(http.StatusNotFound)

		hq.Post("/agenda/-/stages/start-order-city/confirm", "on", "1405/2/2").Is(http.StatusUnprocessableEntity).Has("هنوز نیامده")
		hq.Post("/agenda/-/stages/start-order-city/confirm", "on", "").Is(http.StatusUnprocessableEntity)
		hq.Follow(hq.Post("/agenda/-/stages/start-order-city/confirm", "on", "۱۴۰۵/۲/۱", "reason", "نامهٔ ۱۲")).Is(http.StatusOK).Has("انجام‌شده").Has("مرحله تأیید شد")
		hq.Post("/agenda/-/stages/start-order-city/confirm", "on", "1405/2/1").Is(http.StatusConflict).Has("تأیید شده است")
		hq.Get("/agenda/-/events").Is(http.StatusOK).Has("نامهٔ ۱۲").Has("تأیید")
		hq.Get("/audit?act=agenda.confirm").Is(http.StatusOK).Has("start-order-city")

		c.Pass(24 * time.Hour)
		county = c.As(office.County, "07001")
		county.Post("/agenda/07001/stages/executive-boards-city/confirm", "on", "1405/2/2").Is(http.StatusSeeOther)
		hq = c.As(office.HQ, "")
		hq.Get("/agenda/-/stages/executive-boards-city").Is(http.StatusOK).Has("۱ از ۲")
		hq.Get("/agenda/-/stages/executive-boards-city/offices").Is(http.StatusOK).Has("شهرستان قم").Has("شهرستان دیگر")
		hq.Get("/agenda/-?state=done").Is(http.StatusOK).Has("صدور دستور شروع")
		hq.JSON = true
		hq.Get("/agenda").Is(http.StatusOK).Has(`"stage":"Order`[:9]).Has(`"state":"done"`)
		hq.Get("/agenda?format=csv").Is(http.StatusOK).Has("from_iso")
		hq.Get("/agenda/-/stages/executive-boards-city").Is(http.StatusOK).Has(`"stage":"executive-boards-city"`)
		hq.Get("/agenda/today").Is(http.StatusOK).Has(`"mine":[`)
	})
}

func TestSet(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, agenda.Part)
		set(c, 200)
		hq := c.As(office.HQ, "")
		const path = "/agenda/-/stages/training-national"
		hq.Get(path).Is(http.StatusOK).Has("روزها را تعیین نکرده")
		hq.Get(path + "/set").Is(http.StatusOK)
		hq.Post(path+"/set", "from", "", "to", "").Is(http.StatusUnprocessableEntity).Has("دست‌کم یک روز")
		hq.Post(path+"/set", "from", "1405/3/10", "to", "1405/3/1").Is(http.StatusUnprocessableEntity).Has("پیش از روز نخست")
		hq.Post(path+"/set", "from", "1402/3/10").Is(http.StatusUnprocessableEntity).Has("۴۰۰ روز")
		hq.Follow(hq.Post(path+"/set", "from", "1405/3/1", "to", "1405/4/20")).Is(http.StatusOK).Has("۲۰ تیر ۱۴۰۵")
		hq.Post(path+"/set", "from", "1405/3/1", "to", "1405/4/20").Is(http.StatusUnprocessableEntity).Has("همان روزهای کنونی")
		hq.Post("/agenda/-/stages/training-regional/set", "from", "1405/2/20").Is(http.StatusConflict).Has("نمی‌تواند زودتر").Has("2026-05-22")
		hq.Post("/agenda/-/stages/start-order-city/set", "from", "1405/2/20").Is(http.StatusConflict).Has("قانون تعیین کرده")
		c.As(office.County, "07001").Post("/agenda/07001/stages/training-national/set", "from", "1405/3/1").Is(http.StatusForbidden)
	})
}

var proposalOf = regexp.MustCompile(`/approvals/[a-z2-7]{26}`)

// TestPostpone: one constituency is postponed by two people of headquarters, and
// by no one alone.
func TestPostpone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, people.Part, agenda.Part)
		set(c, 10)
		hq := c.As(office.HQ, "")
		hq.Post("/agenda/postpone", "office", "-").Is(http.StatusUnprocessableEntity)
		hq.Follow(hq.Post("/agenda/postpone", "office", "0700101")).Is(http.StatusOK)
		path := "/agenda/" + place + "/postpone"
		c.As(office.Province, "07").Get(path).Is(http.StatusForbidden)
		hq.Post(path, "polling_day", "1405/3/11").Is(http.StatusUnprocessableEntity).Has("این خانه را پر کنید")
		hq.Post(path, "polling_day", "1405/2/5", "reason", "سیل").Is(http.StatusConflict).Has("پس از روز رأی‌گیری کنونی").Has("2026-05-01")
		hq.Post("/agenda/-/re-anchor", "polling_day", "1405/2/5", "reason", "سیل").Is(http.StatusConflict).Has("2026-04-29").Has("تبلیغات")
		r := hq.Post(path, "polling_day", "1405/3/11", "reason", "سیل، نامهٔ ۷").Is(http.StatusSeeOther)
		approval := proposalOf.FindString(r.Header.Get("Location"))
		hq.Follow(r).Has("سیل، نامهٔ ۷").Has("1405-03-11").Has("شهر قم")
		hq.Post(approval+"/confirm", "version", "1").Is(http.StatusConflict).Has("پیشنهادکننده نمی‌تواند")
		hq.Get("/agenda/" + place).Is(http.StatusOK).Has("جمعه ۱۱ اردیبهشت ۱۴۰۵")

		c.As(office.Province, "07").Post(approval+"/confirm", "version", "1").Is(http.StatusForbidden)
		second := secondHQ(c)
		second.Post(approval+"/confirm", "version", "1").Is(http.StatusSeeOther)
		second.Get("/agenda/" + place).Is(http.StatusOK).Has("دوشنبه ۱۱ خرداد ۱۴۰۵")
		second.Get("/agenda/07001").Is(http.StatusOK).Has("جمعه ۱۱ اردیبهشت ۱۴۰۵").Has("تقویم خود را دارند").Has("شهر قم")
		second.Get("/agenda/03").Is(http.StatusOK)
		if body := second.Get("/agenda/03001").Body; strings.Contains(body, "شهر قم") {
			t.Error("another county is told of it")
		}
		second.Get("/agenda/" + place + "/events").Is(http.StatusOK).Has("سیل، نامهٔ ۷")
	})
}

// secondHQ is the browser of a second person of headquarters.
func secondHQ(c *consoletest.Console) *consoletest.Client {
	person := c.Person(office.Trainer, "")
	c.Tx(func(ctx context.Context, tx *store.Tx) error {
		_, err := office.Appoint(ctx, tx, c.Now(), c.Root, person, office.HQ, "", "2026-01-01", "")
		return err
	})
	return c.As(office.Trainer, "")
}

// TestFreeze: one person freezes at once; to go on takes two, since it moves
// polling day.
func TestFreeze(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, people.Part, agenda.Part)
		set(c, 100)
		c.As(office.Province, "07").Post("/agenda/07/freeze", "reason", "سیل").Is(http.StatusForbidden)
		hq := c.As(office.HQ, "")
		hq.Post("/agenda/07/resume", "reason", "پایان").Is(http.StatusConflict).Has("متوقف نیست")
		hq.Post("/agenda/07/freeze").Is(http.StatusUnprocessableEntity)
		hq.Follow(hq.Post("/agenda/07/freeze", "reason", "سیل")).Is(http.StatusOK).Has("تقویم متوقف است از")
		hq.Post("/agenda/07/freeze", "reason", "سیل").Is(http.StatusConflict).Has("نخست آن را از سر بگیرید")
		hq.Post("/agenda/07/re-anchor", "reason", "سیل", "polling_day", "1405/9/1").Is(http.StatusNotFound)
		c.Pass(5 * 24 * time.Hour)
		hq = c.As(office.HQ, "")
		r := hq.Post("/agenda/07/resume", "reason", "پایان سیل").Is(http.StatusSeeOther)
		second := secondHQ(c)
		second.Post(proposalOf.FindString(r.Header.Get("Location"))+"/confirm", "version", "1").Is(http.StatusSeeOther)
		second.Get("/agenda/07").Is(http.StatusOK).Has("2026-08-03") // 30 July and five days
		second.Get("/agenda/03").Is(http.StatusOK).Has("2026-07-30")
	})
}

// TestFeed: the secret address gives the calendar to whoever has it, until it is
// revoked.
func TestFeed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, agenda.Part)
		set(c, 100)
		qom := c.As(office.Province, "07")
		qom.Get("/agenda/feed").Is(http.StatusOK).Has("/agenda/feed/new")
		page := qom.Post("/en/agenda/feed/new").Is(http.StatusOK)
		address := regexp.MustCompile(`http://[^<]+\.ics`).FindString(page.Body)
		u, err := url.Parse(address)
		if err != nil || address == "" {
			t.Fatalf("no address in\n%s", page.Body)
		}
		stranger := c.SignedOut()
		r := stranger.Get(u.Path).Is(http.StatusOK).Has("BEGIN:VCALENDAR").Has("UID:polling-day.07.").Has("SUMMARY;LANGUAGE=en:Polling day")
		if kind := r.Header.Get("Content-Type"); kind != "text/calendar; charset=utf-8" {
			t.Errorf("it is %s", kind)
		}
		stranger.Get("/calendar/" + strings.Repeat("a", 26) + ".ics").Is(http.StatusNotFound)
		qom.Get("/agenda/feed").Is(http.StatusOK).Has("/agenda/feed/revoke")
		qom.Post("/agenda/feed/revoke").Is(http.StatusSeeOther)
		qom.Post("/agenda/feed/revoke").Is(http.StatusSeeOther)
		stranger.Get(u.Path).Is(http.StatusNotFound)
	})
}

// TestLive: who watches is told when something is decided.
func TestLive(t *testing.T) {
	db := storetest.SQLite(t)
	c := consoletest.New(t, db, agenda.Part)
	set(c, 134)
	hq := c.As(office.HQ, "")
	u, err := url.Parse(c.URL)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, "GET", c.URL+"/agenda/-/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Accept", "text/event-stream")
	for _, cookie := range hq.Cookies(u) {
		q.AddCookie(cookie)
	}
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	buf := make([]byte, 512)
	seen := ""
	read := func(want string) {
		t.Helper()
		for !strings.Contains(seen, want) {
			n, err := a.Body.Read(buf)
			if err != nil {
				t.Fatalf("after %q: %v", seen, err)
			}
			seen += string(buf[:n])
		}
	}
	read("event: beat")
	hq.Post("/agenda/-/stages/start-order-city/confirm", "on", "1405/2/1").Is(http.StatusSeeOther)
	read("event: changed")

	// Another process of the same database decides: the database says so.
	seen = ""
	c.Tx(func(ctx context.Context, tx *store.Tx) error {
		return domain.NewDesk().Add(ctx, tx, c.Now(), c.Root, domain.Decision{Event: calendar.Event{Event: calendar.Freeze}, Reason: "نامهٔ ۱۳"})
	})
	read("event: changed")
}

// TestMonths: the board is folded by month, with those open that need somebody; a
// filter unfolds it, and one that is no state is told.
func TestMonths(t *testing.T) {
	db := storetest.SQLite(t)
	c := consoletest.New(t, db, agenda.Part)
	set(c, 134)
	hq := c.As(office.HQ, "")
	body := hq.Get("/agenda").Has("<summary><strong>").Has("بی‌تاریخ").Body
	open, all := strings.Count(body, `<details class="fold" open>`), strings.Count(body, `<details class="fold"`)
	if open == 0 || all < 4 || open == all {
		t.Errorf("%d of %d months are open", open, all)
	}
	if first := strings.Index(body, `<details class="fold" open>`); !strings.Contains(body[first:], "صدور دستور شروع انتخابات") {
		t.Error("what is due today is not in an open month")
	}
	if body := hq.Get("/agenda/-?state=due").Has("صدور دستور شروع انتخابات").Body; strings.Contains(body, "<details") {
		t.Error("a filtered board is folded")
	}
	hq.Get("/agenda/-?state=nonsense").Is(http.StatusOK).Has(`id="state-fault"`)
	hq.Get("/agenda/-?state=nonsense&format=csv").Is(http.StatusUnprocessableEntity)
}

// TestPicture: bars lie within the picture, right of the names in English and left
// of them in Persian, begin in the order of their days, and are as long as theirs.
func TestPicture(t *testing.T) {
	db := storetest.SQLite(t)
	c := consoletest.New(t, db, agenda.Part)
	set(c, 134)
	hq := c.As(office.HQ, "")
	const width, names = 1060, 350
	bar := regexp.MustCompile(`<g class="(?:good|bad|open|wait)"><rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"`)
	frame := regexp.MustCompile(`<svg width="1060" height="(\d+)" viewBox="0 0 1060 (\d+)"`)
	var lengths [2][]float64
	for k, prefix := range []string{"", "/en"} {
		body := hq.Get(prefix + "/agenda").Body
		size := frame.FindStringSubmatch(body)
		if size == nil || size[1] != size[2] {
			t.Fatalf("the frame is %v", size)
		}
		height := number(t, size[1])
		bars := bar.FindAllStringSubmatch(body, -1)
		if len(bars) < 10 {
			t.Fatalf("%d bars", len(bars))
		}
		last := 0.0
		for _, b := range bars {
			x, y, w, h := number(t, b[1]), number(t, b[2]), number(t, b[3]), number(t, b[4])
			lengths[k] = append(lengths[k], w)
			start := x - names // from where time begins
			if prefix == "" {
				start = width - names - (x + w)
			}
			if start < -.1 || start+w > width-names+.1 || y < 64 || y+h > height || w < 6-.1 {
				t.Errorf("%s: a bar at %v is outside", prefix, b[1:])
			}
			if start < last-.2 {
				t.Errorf("%s: a bar begins at %.1f, before the one above it at %.1f", prefix, start, last)
			}
			last = start
		}
	}
	if !slices.Equal(lengths[0], lengths[1]) {
		t.Error("bars are not as long in both languages")
	}
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestMatrix(t *testing.T) {
	consoletest.Matrix(t, agenda.Part, func(c *consoletest.Console, code string) map[string]string {
		if e, err := office.LoadElection(context.Background(), c.DB); err == nil && e.Version == 0 {
			set(c, 50)
		}
		return map[string]string{"code": code, "stage": "registration-village", "token": "none"}
	})
}
