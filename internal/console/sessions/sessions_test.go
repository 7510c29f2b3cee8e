package sessions_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/console/courses"
	"github.com/sandogh/sandogh/internal/console/sessions"
	"github.com/sandogh/sandogh/internal/console/training"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	domain "github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/internal/training/certificate"
	"github.com/sandogh/sandogh/internal/training/door"
	"github.com/sandogh/sandogh/law"
)

// alone is the part with the words that it otherwise has from the one beside it.
func alone(d console.Deps) console.Part {
	p := sessions.Part(d)
	all := maps.Clone(training.Vocabulary)
	maps.Copy(all, p.Words)
	p.Words = all
	return p
}

func TestWords(t *testing.T) {
	consoletest.Words(t, alone(consoletest.New(t, storetest.SQLite(t)).Deps))
}

// a session of Qom, begins some days after the clock's, that teaches an article.
func prepare(t testing.TB, c *consoletest.Console, code string, after int) trainingdb.TrainingSession {
	t.Helper()
	s := trainingdb.TrainingSession{ID: store.NewID(), Badge: fmt.Sprintf("%010d", time.Now().UnixNano()%1e10)}
	day := func(n int) string { return office.Day(c.Now().Add(time.Duration(n) * 24 * time.Hour)) }
	c.Tx(func(ctx context.Context, tx *store.Tx) error {
		q := trainingdb.New(tx)
		course, err := domain.AddCourse(ctx, tx, c.Now(), c.Root, "قانون تازه", 12)
		if err != nil {
			return err
		}
		if err := domain.SaveTopic(ctx, tx, c.Now(), c.Root, law.Published(), trainingdb.TrainingTopic{Course: course, Place: 1, Title: "روز رأی", Minutes: 60, Article: law.Published().All()[0].Article}); err != nil {
			return err
		}
		programme := store.NewID()
		if err := q.InsertProgramme(ctx, trainingdb.InsertProgrammeParams{ID: programme, Name: "برنامه", Kind: string(domain.National), Office: "", Course: course, Input: "{}", Plan: "{}"}); err != nil {
			return err
		}
		if err := q.InsertSession(ctx, trainingdb.InsertSessionParams{ID: s.ID, Programme: programme, Number: 1, Course: course, Office: code, Badge: s.Badge,
			FirstDay: day(after), LastDay: day(after + 1), Venue: "مرکز قم", Seats: 40, Trainers: `["آموزشگر"]`, Units: fmt.Sprintf("[%q]", code[:2])}); err != nil {
			return err
		}
		s, err = q.Session(ctx, s.ID)
		return err
	})
	return s
}

// seat gives somebody a seat in a role.
func seat(c *consoletest.Console, person, code string, role domain.Role) {
	c.Tx(func(ctx context.Context, tx *store.Tx) error {
		return trainingdb.New(tx).InsertSeat(ctx, trainingdb.InsertSeatParams{Office: code, Role: string(role), Person: person})
	})
}

func upload(cl *consoletest.Client, path string, fields map[string]string, content []byte) consoletest.Reply {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range fields {
		w.WriteField(k, v)
	}
	f, _ := w.CreateFormFile("file", "marks.json")
	f.Write(content)
	w.Close()
	return cl.Do("POST", path, w.FormDataContentType(), &b)
}

// TestStory: the Qom liaison sends a substitute, who comes; a door without a network
// is merged once; certificates are given, and go stale when the law changes.
func TestStory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, training.Part, courses.Part, sessions.Part)
		s := prepare(t, c, "07", 3)
		at := "/training/sessions/" + s.ID
		liaison, deputy := c.Person(office.IT, "07"), c.Person(office.Auditor, "07")
		seat(c, liaison, "07", domain.IT)
		seat(c, c.Person(office.Trainer, "07"), "07", domain.Politics)

		hq := c.As(office.HQ, "")
		hq.Get(at).Is(http.StatusOK).Has("هنوز کسی به این جلسه دعوت نشده است")
		hq.Follow(hq.Post(at+"/invite", "roles", "it", "roles", "politics")).Has("۲ نفر دعوت شدند")

		mine := c.As(office.IT, "07")
		mine.Get("/").Has("دعوت آموزشی بی‌پاسخ")
		page := mine.Get("/my/training").Is(http.StatusOK).Has("قانون تازه").Has("مرکز قم").Body
		answer := regexp.MustCompile(`/my/invitations/[a-z0-9]+/answer`).FindString(page)
		mine.Get(answer).Is(http.StatusOK).Has("جانشین می‌فرستم")
		mine.Post(answer, "answer", "substitute", "version", "1").Is(http.StatusUnprocessableEntity).Has("بنویسید چرا").Has("جانشین را برگزینید")
		c.As(office.Province, "03").Post(answer, "answer", "accepted", "version", "1").Is(http.StatusForbidden)
		mine.Follow(mine.Post(answer, "answer", "substitute", "reason", "مأموریت", "substitute", deputy, "version", "1")).Has("جانشین، منتظر تأیید")
		mine.Post(answer, "answer", "accepted", "version", "1").Is(http.StatusConflict)

		qom := c.As(office.Province, "07")
		decide := regexp.MustCompile(`/training/invitations/[a-z0-9]+/decide`).FindString(qom.Get("/training/asks").Is(http.StatusOK).Has("مأموریت").Body)
		c.As(office.Province, "03").Get(decide).Is(http.StatusForbidden)
		qom.Follow(qom.Post(decide, "decision", "approve", "version", "2")).Has("کسی منتظر تأیید نیست")
		sub := c.As(office.Auditor, "07")
		answer = regexp.MustCompile(`/my/invitations/[a-z0-9]+/answer`).FindString(sub.Get("/my/training").Body)
		badge := regexp.MustCompile(`>(\d{28})<`).FindStringSubmatch(sub.Follow(sub.Post(answer, "answer", "accepted", "version", "1")).Has("data:image/png").Body)[1]

		// The door: not today, then today; forged, of another session, twice.
		qom.Post(at+"/door", "badge", badge).Is(http.StatusUnprocessableEntity).Has("روز این جلسه نیست")
		sheet := qom.Post(at + "/sheet").Is(http.StatusOK).Has("<script>").Body
		c.Pass(3 * 24 * time.Hour)
		qom = c.As(office.Province, "07")
		qom.Get(at).Has("جلسه امروز است")
		qom.Post(at+"/door", "badge", "1234567890123456789012345678").Is(http.StatusUnprocessableEntity).Has("جعلی")
		qom.Post(at+"/door", "badge", "").Is(http.StatusUnprocessableEntity)
		c.As(office.Trainer, "07").Get(at + "/door").Is(http.StatusOK)
		qom.Follow(qom.Post(at+"/door", "badge", badge)).Has("وارد شد").Has("۱ / ۲")
		qom.Post(at+"/door", "badge", badge).Is(http.StatusUnprocessableEntity).Has("وارد شده است")

		// Without a network: the other one.
		var taken domain.Sheet
		text := regexp.MustCompile(`const sheet = (\{.*\}), words = `).FindStringSubmatch(sheet)[1]
		if err := json.Unmarshal([]byte(text), &taken); err != nil {
			t.Fatal(err)
		}
		secret := decode(t, taken.Secret)
		file, _ := door.File{Door: taken.Door, Session: taken.Session, Marks: []door.Mark{{ID: strings.Repeat("ab", 16), Place: other(taken, badge), At: c.Now().UnixMilli()}}}.Write(secret)
		upload(qom, at+"/merge", nil, file).Is(http.StatusOK).Has("۱ ورود تازه")
		upload(qom, at+"/merge", nil, file).Is(http.StatusOK).Has("۰ ورود تازه").Has("۱ ورود پیش از این")
		upload(qom, at+"/merge", nil, bytes.Replace(file, []byte(`"place":`), []byte(`"place":1`), 1)).Is(http.StatusUnprocessableEntity).Has("مهر پرونده")
		qom.Get(at + "/roster?format=csv").Is(http.StatusOK).Has("\ufeff").Has("2026-04-24T")

		c.Pass(24 * time.Hour)
		hq, qom, sub = c.As(office.HQ, ""), c.As(office.Province, "07"), c.As(office.Auditor, "07")
		qom.Follow(qom.Post(at + "/certify")).Has("۲ گواهی صادر شد")
		sub.Get("/my/training").Has("معتبر")
		serial := regexp.MustCompile(`/training/certificates/([a-z0-9]{16})`).FindStringSubmatch(sub.Get("/my/training").Body)[1]
		cert := sub.Get("/training/certificates/" + serial).Is(http.StatusOK).Has("data:image/png").Body
		public, err := certificate.ParsePublic([]byte(sub.Get("/training/certificates/key").Is(http.StatusOK).Body))
		if err != nil {
			t.Fatal(err)
		}
		code := regexp.MustCompile(`SC1\.[A-Za-z0-9_.-]+`).FindString(cert)
		if got, err := certificate.Open(code, public); err != nil || got.Serial != serial {
			t.Errorf("%+v, %v", got, err)
		}
		if pdf := sub.Get("/training/certificates/" + serial + "/certificate.pdf").Is(http.StatusOK).Body; !strings.HasPrefix(pdf, "%PDF") {
			t.Error("no PDF")
		}
		c.As(office.Province, "03").Get("/training/certificates/" + serial).Is(http.StatusForbidden)

		// The law changes: the course, the topic and the certificates are stale.
		all := law.Published().All()
		v := law.Published().Versions(all[0].Article)[len(law.Published().Versions(all[0].Article))-1]
		v.Version = "1499"
		data, _ := json.Marshal(append(all, v))
		if err := os.WriteFile(filepath.Join(c.Deps.Dir, domain.LawFile), data, 0o600); err != nil {
			t.Fatal(err)
		}
		hq.Get("/training/courses").Has("کهنه: قانون تغییر کرده")
		hq.Get("/").Has("سرفصل کهنه")
		qom.Get("/training/certificates").Has("کهنه: قانون تغییر کرده")
		sub.Get("/training/certificates/" + serial).Has("نسخهٔ تازه").Has("1499")

		qom.Follow(qom.Post("/training/certificates/"+serial+"/revoke", "reason", "اشتباه", "version", "1")).Has("باطل‌شده").Has("اشتباه")
		list, err := certificate.OpenList(strings.TrimSpace(sub.Get("/training/certificates/revoked").Body), public)
		if err != nil || len(list.Serials) != 1 {
			t.Errorf("%+v, %v", list, err)
		}

		// Minutes, decisions, files, feedback.
		qom.Follow(qom.Post(at+"/minutes", "minutes", "همه آمدند.", "version", "2")).Has("همه آمدند.")
		qom.Follow(qom.Post(at+"/decision", "text", "فهرست شعبه‌ها", "owner", deputy, "due", "1405/3/1")).Has("فهرست شعبه‌ها")
		done := regexp.MustCompile(`/my/decisions/[a-z0-9]+/done`).FindString(sub.Get("/my/training").Has("فهرست شعبه‌ها").Body)
		c.As(office.Province, "03").Post(done).Is(http.StatusForbidden)
		sub.Follow(sub.Post(done)).Is(http.StatusOK)
		qom.Follow(upload(qom, at+"/material", map[string]string{"name": "<b>قانون.pdf"}, []byte("%PDF"))).Has("&lt;b&gt;قانون.pdf")
		link := regexp.MustCompile(`/my/materials/[a-z0-9]+`).FindString(sub.Get(at).Body)
		if r := sub.Get(link).Is(http.StatusOK).Has("%PDF"); !strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("the file is shown: %v", r.Header)
		}
		c.As(office.Province, "03").Get(link).Is(http.StatusForbidden)
		c.Pass(24 * time.Hour)
		sub, qom = c.As(office.Auditor, "07"), c.As(office.Province, "07")
		say := regexp.MustCompile(`/my/invitations/[a-z0-9]+/feedback`).FindString(sub.Get("/my/training").Has("جلسه‌های پیشین").Body)
		sub.Post(say, "clear", "9", "useful", "1").Is(http.StatusUnprocessableEntity)
		sub.Follow(sub.Post(say, "clear", "۵", "useful", "4", "text", "خوب بود")).Is(http.StatusOK)
		qom.Get(at).Has("خوب بود").Has("۵٫۰")
		hq = c.As(office.HQ, "")
		hq.Get("/en" + at).Is(http.StatusOK).Has("What those who came say")
		hq.Get("/training/sessions").Has("مرکز قم")
		hq.Get("/training/messages").Is(http.StatusOK).Has("نامه‌ای نیست")
		hq.Follow(hq.Post("/training/messages/send")).Is(http.StatusOK)
		if n, _, err := office.CheckLog(context.Background(), db); err != nil || n < 25 {
			t.Errorf("%d lines in the log, %v", n, err)
		}
	})
}

// other is the place on a sheet that is not that of the badge.
func other(s domain.Sheet, badge string) int64 {
	for _, seat := range s.Seats {
		if fmt.Sprintf("%06d", seat.Place) != badge[10:16] {
			return seat.Place
		}
	}
	return 0
}

func TestMatrix(t *testing.T) {
	consoletest.Matrix(t, alone, func(c *consoletest.Console, code string) map[string]string {
		s := prepare(t, c, code, 1)
		out := map[string]string{"session": s.ID, "invitation": store.NewID(), "serial": store.NewID()[:16], "material": store.NewID(), "decision": store.NewID(), "message": store.NewID(), "topic": store.NewID()}
		person := c.Person(office.District, code)
		c.Tx(func(ctx context.Context, tx *store.Tx) error {
			q := trainingdb.New(tx)
			if err := q.InsertInvitation(ctx, trainingdb.InsertInvitationParams{ID: out["invitation"], Session: s.ID, Place: 1, Person: person, Role: "it", Office: code, State: domain.Invited}); err != nil {
				return err
			}
			if err := q.InsertCertificate(ctx, trainingdb.InsertCertificateParams{Serial: out["serial"], Person: person, Course: s.Course, Session: s.ID, Office: code, Role: "it",
				Issued: "2026-04-01", Expires: "2027-04-01", Articles: "[]", Content: "SC1.x.x"}); err != nil {
				return err
			}
			if err := q.InsertMessage(ctx, trainingdb.InsertMessageParams{ID: out["message"], Invitation: out["invitation"], Office: code, Kind: domain.ReminderMessage, Address: "x@example.ir"}); err != nil {
				return err
			}
			if err := q.InsertTopic(ctx, trainingdb.InsertTopicParams{ID: out["topic"], Course: s.Course, Session: s.ID, Title: "سرفصل", Minutes: 30}); err != nil {
				return err
			}
			if err := q.InsertDecision(ctx, trainingdb.InsertDecisionParams{ID: out["decision"], Session: s.ID, Place: 1, Content: "کار", Owner: person, Due: "2026-06-01"}); err != nil {
				return err
			}
			return nil
		})
		if err := domain.AddMaterial(context.Background(), c.DB, c.Deps.Dir, c.Now(), c.Root, s.ID, "قانون.pdf", strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
		files, err := trainingdb.New(c.DB).Materials(context.Background(), s.ID)
		if err != nil {
			t.Fatal(err)
		}
		out["material"] = files[0].ID
		return out
	})
}

// TestMessages: what was sent, what failed and what may have arrived is told, and
// sent again when somebody says so.
func TestMessages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, training.Part, courses.Part, sessions.Part)
		hq := c.As(office.HQ, "")
		id := map[string]string{}
		c.Tx(func(ctx context.Context, tx *store.Tx) error {
			q := trainingdb.New(tx)
			for _, address := range []string{"good@example.ir", "nobody at all", "cut@example.ir"} {
				id[address] = store.NewID()
				if err := q.InsertMessage(ctx, trainingdb.InsertMessageParams{ID: id[address], Office: "07", Kind: domain.InvitationMessage, Address: address, Subject: "دعوت", Queued: store.Millis(c.Now())}); err != nil {
					return err
				}
			}
			return store.Changed(q.ClaimMessage(ctx, trainingdb.ClaimMessageParams{Claimed: store.Millis(c.Now()), ID: id["cut@example.ir"]}))
		})
		hq.Get("/training/messages").Has("در صف").Has("در حال فرستادن")
		retry := func(address string) string { return "/training/messages/" + id[address] + "/retry" }
		hq.Post(retry("cut@example.ir")).Is(http.StatusConflict).Has("همین حالا")
		hq.Follow(hq.Post("/training/messages/send")).Has("۱ نامه فرستاده شد؛ ۱ نامه نرفت").Has("this is no address of mail")
		hq.Post(retry("good@example.ir")).Is(http.StatusConflict)
		if n := strings.Count(hq.Get("/training/messages?state=failed").Body, "<tr>"); n != 2 { // the head and one
			t.Errorf("%d lines", n)
		}
		c.Pass(10 * time.Minute)
		hq.Get("/training/messages?state=unsure").Has("شاید رسیده باشد")
		province := c.As(office.Province, "07")
		province.Follow(province.Post(retry("cut@example.ir"))).Has("نامه در صف است")
		c.As(office.Province, "03").Post(retry("cut@example.ir")).Is(http.StatusForbidden)
		hq.Follow(hq.Post("/training/messages/send")).Has("۱ نامه فرستاده شد")
		files, _ := filepath.Glob(filepath.Join(c.Deps.Dir, "outbox", "*.eml"))
		if len(files) != 2 {
			t.Errorf("%d files", len(files))
		}
	})
}

// TestTopicOfSession: a topic of one session is taught there alone, and named by its
// certificates alone; once the session was held it stays as it is.
func TestTopicOfSession(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, training.Part, courses.Part, sessions.Part)
		s, other := prepare(t, c, "07", 3), prepare(t, c, "07", 5)
		at, article := "/training/sessions/"+s.ID, law.Published().All()[1].Article
		qom := c.As(office.Province, "07")
		qom.Post(at+"/topic", "title", "", "minutes", "30").Is(http.StatusUnprocessableEntity)
		page := qom.Follow(qom.Post(at+"/topic", "title", "کارهای استان قم", "minutes", "۳۰", "article", article)).Has("کارهای استان قم").Has("تنها این جلسه").Has(article).Body
		hq := c.As(office.HQ, "")
		hq.Get("/training/courses/" + s.Course).Is(http.StatusOK)
		for _, elsewhere := range []string{"/training/courses/" + s.Course, "/training/sessions/" + other.ID} {
			if strings.Contains(hq.Get(elsewhere).Body, "کارهای استان قم") {
				t.Errorf("%s shows the topic of another session", elsewhere)
			}
		}
		edit := regexp.MustCompile(at + `/topics/[a-z0-9]+/edit`).FindString(page)
		id := strings.Split(edit, "/")[5]
		hq.Post("/training/topics/"+id+"/edit", "title", "x", "minutes", "5", "version", "1").Is(http.StatusNotFound)
		qom.Get(strings.Replace(edit, s.ID, other.ID, 1)).Is(http.StatusNotFound)
		qom.Follow(qom.Post(edit, "title", "کارهای قم", "minutes", "45", "article", article, "version", "1")).Has("کارهای قم").Has("۴۵")
		qom.Post(edit, "title", "کارهای دیگر", "minutes", "45", "article", article, "version", "1").Is(http.StatusConflict).Has("کارهای قم")
		c.As(office.Trainer, "07").Post(edit, "title", "x", "minutes", "45", "version", "2").Is(http.StatusForbidden)

		person := c.Person(office.IT, "07")
		seat(c, person, "07", domain.IT)
		qom.Post(at+"/invite", "roles", "it").Is(http.StatusSeeOther)
		i, err := trainingdb.New(db).InvitationOf(context.Background(), trainingdb.InvitationOfParams{Session: s.ID, Person: person})
		if err != nil {
			t.Fatal(err)
		}
		c.Pass(4 * 24 * time.Hour)
		c.Tx(func(ctx context.Context, tx *store.Tx) error {
			_, err := trainingdb.New(tx).InsertMark(ctx, trainingdb.InsertMarkParams{ID: store.NewID(), Session: s.ID, Invitation: i.ID, At: store.Millis(c.Now())})
			return err
		})
		qom = c.As(office.Province, "07")
		qom.Follow(qom.Post(at + "/certify")).Has("۱ گواهی صادر شد")
		rows, err := trainingdb.New(db).CertificatesOf(context.Background(), person)
		if err != nil || len(rows) != 1 || !strings.Contains(rows[0].TrainingCertificate.Articles, article) {
			t.Errorf("%+v, %v", rows, err)
		}
		qom.Post(strings.Replace(edit, "/edit", "/remove", 1), "version", "2").Is(http.StatusConflict)
		qom.Post(at+"/topic", "title", "پس از جلسه", "minutes", "30").Is(http.StatusConflict).Has("گذشته یا لغو")
	})
}
