package readiness_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/console/readiness"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

// fill has people to be trained, some of whom are.
func fill(c *consoletest.Console) {
	c.Tx(func(ctx context.Context, tx *store.Tx) error {
		if err := office.SaveElection(ctx, tx, c.Now(), c.Root, office.Election{NameFa: "شوراهای هفتم", NameEn: "Councils", Kinds: []string{"city"}, PollingDay: "2026-05-11", Sample: true}); err != nil {
			return err
		}
		for _, q := range []string{
			`INSERT INTO training_course (id, name, months, version) VALUES ('c', 'آموزش', 12, 1)`,
			`INSERT INTO person (id, name, number, phone, email, office, simulated, created, version) VALUES ('a', 'مریم', '', '', '', '0700101', 1, 1, 1), ('b', 'زهرا', '', '', '', '0700101', 1, 1, 1)`,
			`INSERT INTO training_seat (office, role, person) VALUES ('07001010001', 'county', 'a'), ('07001010001', '=کاربر', 'b')`,
			`INSERT INTO training_certificate (serial, person, course, session, office, role, issued, expires, articles, content, revoked, reason, version)
VALUES ('1', 'a', 'c', '', '07001010001', 'county', '2026-04-01', '2026-12-01', '[{"article":"art. 41","version":"round-7"}]', '', '', '', 1)`,
		} {
			if _, err := tx.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestReadiness(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, readiness.Part)
		fill(c)
		hq := c.As(office.HQ, "")
		// What was not counted is no 0.
		page := hq.Get("/readiness").Is(http.StatusOK).Has("هنوز شمرده نشده‌اند").Has("قم")
		if strings.Contains(page.Body, "۰ از ۰") {
			t.Error("what was not counted is shown as 0")
		}
		hq.JSON = true
		hq.Get("/readiness").Is(http.StatusOK).Has(`"trained":""`)
		hq.JSON = false
		hq.Follow(hq.Post("/readiness/count")).Is(http.StatusOK).Has("شمارش انجام شد").Has("۱\u2069 از \u2068۲\u2069 (\u2068۵۰٫۰٪").Has("عددها در این زمان شمرده شده‌اند").Has("نمی‌توان گفت")
		hq.Get("/en/readiness/07").Is(http.StatusOK).Has("1\u2069 of \u20682\u2069 (\u206850.0%").Has("cannot tell").Has("Qom county").Has("County")
		hq.Get("/readiness/0700101").Is(http.StatusOK)
		hq.Get("/readiness/07/red").Is(http.StatusOK).Has("مرحلهٔ دیرشده")
		hq.Get("/").Is(http.StatusOK).Has("دفتر در فهرست قرمز")
		hq.Get("/readiness/07?format=csv").Is(http.StatusOK).Has(",2,1,")
		// Problems of earlier rounds: open, judged by two, and those that are not.
		c.Tx(func(ctx context.Context, tx *store.Tx) error {
			for _, q := range []string{
				`INSERT INTO lesson_problem (id, office, round, topic, problem, evidence, cause, proposal, factor, family, session, owner, due, state, closing, turn, talk, risk, digest, folded, created, version)
VALUES ('p1', '07', '1400', 'صف', 'صف', '', '', '', '', '', '', '', '', 'open', '', 1, 0, 20, '1', '', 1, 1), ('p2', '07', '1400', 'کد', 'کد', '', '', '', '', '', '', '', '', 'open', '', 1, 0, 0, '2', '', 1, 1),
('p3', '07', '1400', 'برق', 'برق', '', '', '', '', '', '', '', '', 'closed', 'سند', 1, 0, 25, '3', '', 1, 1)`} {
				if _, err := tx.ExecContext(ctx, q); err != nil {
					return err
				}
			}
			return nil
		})
		hq.Get("/readiness/07").Has("بی‌داوری؛ بزرگ‌ترین خطر \u2068۲۰\u2069").Has("/lessons?state=open")
		hq.Get("/readiness/-/red").Has("مشکل باز با خطر بزرگ")
		hq.JSON = true
		hq.Get("/readiness/07").Has(`"problems":2`).Has(`"unjudged":1`).Has(`"highest":20`)
		hq.JSON = false
		pdf := hq.Get("/readiness/-/report").Is(http.StatusOK)
		if !strings.HasPrefix(pdf.Body, "%PDF-") || pdf.Header.Get("Content-Type") != "application/pdf" {
			t.Errorf("the report is %s: %.20q", pdf.Header.Get("Content-Type"), pdf.Body)
		}
		hq.Get("/en/readiness/07001/report").Is(http.StatusOK)

		qom := c.As(office.Province, "07")
		qom.Get("/readiness").Is(http.StatusOK).Has("آمادگی")
		qom.Get("/readiness/-").Is(http.StatusForbidden)
		qom.Get("/readiness/03001").Is(http.StatusForbidden)
		qom.Get("/readiness/07001/report").Is(http.StatusOK)
		qom.Get("/readiness/99").Is(http.StatusNotFound)
		c.Pass(48 * time.Hour)
		c.As(office.HQ, "").Get("/readiness/07").Is(http.StatusOK).Has("۱ اردیبهشت ۱۴۰۵") // the age is that of the count
	})
}

func TestMatrix(t *testing.T) {
	consoletest.Matrix(t, readiness.Part, func(_ *consoletest.Console, code string) map[string]string { return map[string]string{"code": code} })
}

// TestBrowser opens the pages of the part.
func TestBrowser(t *testing.T) {
	ctx := webtest.Browser(t)
	c := consoletest.New(t, storetest.SQLite(t), readiness.Part)
	fill(c)
	hq := c.As(office.HQ, "")
	hq.Post("/readiness/count").Is(http.StatusSeeOther)
	c.SignIn(ctx, office.HQ, "")
	c.Look(ctx, t, "/readiness", "/readiness/-/red", "/readiness/count")
}
