package people_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/console/people"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/shared"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestPeople(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, people.Part)
		qom := c.As(office.Province, "07")

		// All faults at once, and the entry kept.
		qom.Post("/people/new", "name", "", "number", "1234567890", "office", "03").Is(http.StatusUnprocessableEntity).
			Has("این خانه را پر کنید").Has("این شمارهٔ ملی درست نیست").Has("زیر نظر سمت شما نیست").Has(`value="1234567890"`)

		r := qom.Post("/people/new", "name", "علي‌پور كاظمي", "number", "۰۹۳۲۸۳۳۸۱۰", "office", "شهرستان قم")
		qom.Follow(r).Is(http.StatusOK).Has("علي‌پور كاظمي").Has("0932833810").Has("شهرستان قم")
		id := r.Header.Get("Location")

		for _, query := range []string{"علی پور", "علیپور", "کاظمی", "0932", "۰۹۳۲"} {
			qom.Get("/people?q=" + url.QueryEscape(query)).Is(http.StatusOK).Has(id)
		}
		other := c.As(office.Province, "03")
		if body := other.Get("/people?q=" + url.QueryEscape("کاظمی")).Is(http.StatusOK).Body; strings.Contains(body, id) {
			t.Error("somebody of another province is found")
		}
		other.Get(id).Is(http.StatusForbidden)
		other.Post(id+"/edit", "name", "دیگری").Is(http.StatusForbidden)

		// Two who edit the same record: the second sees both.
		qom.Post(id+"/edit", "name", "علی‌پور کاظمی", "office", "07001", "version", "1").Is(http.StatusSeeOther)
		qom.Post(id+"/edit", "name", "کاظمی دیگر", "office", "07001", "version", "1").Is(http.StatusConflict).
			Has("کاظمی دیگر").Has("علی‌پور کاظمی").Has(`name="version" value="2"`)

		qom.Get("/en" + id).Is(http.StatusOK).Has("Qom county").Has(`dir="ltr"`)
		c.SignedOut().Get("/people").Is(http.StatusSeeOther)

		qom.JSON = true
		qom.PostJSON("/people/new", map[string]any{"name": "=cmd()", "office": "07"}).Is(http.StatusOK)
		qom.Get("/people?format=csv").Is(http.StatusOK).Has("\ufeff").Has("'=cmd()")
		qom.Get("/people").Is(http.StatusOK).Has(`"rows":[`)
	})
}

// act is one of a part under test.
func actPart(done *string) func(console.Deps) console.Part {
	return func(console.Deps) console.Part {
		return console.Part{Name: "test", Acts: []console.Act{{Name: "postpone", Word: web.Text{"تعویق", "Postpone"}, Power: office.Approve,
			Do: func(_ context.Context, _ *store.Tx, _ *console.Request, object string, data json.RawMessage) error {
				if object == "broken" {
					return errors.New("broken")
				}
				*done = object + string(data)
				return nil
			}}}}
	}
}

func propose(c *consoletest.Console, role office.Role, code, object string) (id string) {
	person := c.Person(role, code)
	c.Tx(func(ctx context.Context, tx *store.Tx) error {
		a, err := office.LoadActor(ctx, tx, person, office.Day(c.Now()))
		if err != nil {
			return err
		}
		id, err = office.Propose(ctx, tx, c.Now(), a, office.Approve, "postpone", object, code, "سیل", map[string]string{"until": "2026-06-01", "reason": "سیل"})
		return err
	})
	return id
}

func TestApprovals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		done := ""
		c := consoletest.New(t, db, people.Part, actPart(&done))
		one, two, other := c.As(office.Province, "07"), c.As(office.HQ, ""), c.As(office.Province, "03")
		id := propose(c, office.Province, "07", "07001")
		if body := one.Get("/approvals/" + id).Is(http.StatusOK).Has("نفر دیگری باید تأیید کند").Body; strings.Count(body, "سیل") != 1 {
			t.Errorf("the reason is said %d times", strings.Count(body, "سیل"))
		}
		one.Post("/approvals/"+id+"/confirm", "version", "1").Is(http.StatusConflict).Has("پیشنهادکننده نمی‌تواند")
		other.Get("/approvals/" + id).Is(http.StatusForbidden)
		other.Post("/approvals/"+id+"/confirm", "version", "1").Is(http.StatusForbidden)
		if done != "" {
			t.Fatal("it was done by one person")
		}
		two.Get("/").Is(http.StatusOK).Has("در انتظار تأیید شما")
		two.Post("/approvals/"+id+"/confirm", "version", "1").Is(http.StatusSeeOther)
		if done != `07001{"reason":"سیل","until":"2026-06-01"}` {
			t.Errorf("what was done is %q", done)
		}
		two.Post("/approvals/"+id+"/confirm", "version", "2").Is(http.StatusConflict)

		// What cannot be done leaves the proposal open.
		id = propose(c, office.Province, "07", "broken")
		two.Post("/approvals/"+id+"/confirm", "version", "1").Is(http.StatusInternalServerError)
		two.Get("/approvals/" + id).Is(http.StatusOK).Has("در انتظار")
		two.Post("/approvals/"+id+"/withdraw", "version", "1").Is(http.StatusForbidden)
		one.Post("/approvals/"+id+"/withdraw", "version", "1").Is(http.StatusSeeOther)
	})
}

func TestPosts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, people.Part)
		qom := c.As(office.Province, "07")
		id := c.Person(office.District, "0700101")
		qom.Post("/people/"+id+"/posts", "role", "county", "office", "07", "since", "۱۴۰۵/۲/۱").Is(http.StatusUnprocessableEntity).Has("این سطح")
		qom.Post("/people/"+id+"/posts", "role", "hq", "office", "-", "since", "1405/2/1").Is(http.StatusUnprocessableEntity).Has("زیر نظر سمت شما نیست")
		qom.Post("/people/"+id+"/posts", "role", "county", "office", "07001", "since", "1405/13/1").Is(http.StatusUnprocessableEntity).Has("شمسی")
		c.As(office.County, "07001").Post("/people/"+id+"/posts", "role", "supervisory-board", "office", "07001", "since", "1405/2/1").
			Is(http.StatusUnprocessableEntity).Has("اختیاری دارد که خود شما")
		qom.JSON = true
		var post struct{ ID string }
		qom.PostJSON("/people/"+id+"/posts", map[string]string{"role": "county", "office": "07001", "since": "1405-02-01"}).Is(http.StatusOK).Decode(&post)
		qom.PostJSON("/posts/"+post.ID+"/end", map[string]any{"until": "1405-02-10", "version": 1}).Is(http.StatusOK)
		qom.PostJSON("/posts/"+post.ID+"/end", map[string]any{"until": "1405-02-11", "version": 1}).Is(http.StatusConflict)
		qom.Get("/people/" + id).Is(http.StatusOK).Has(`"since":"2026-04-21","until":"2026-04-30"`)
		qom.JSON = false
		qom.Get("/offices?kind=county").Is(http.StatusOK).Has("شهرستان قم")
		qom.Get("/offices/07").Is(http.StatusOK)
		qom.Get("/offices/-").Is(http.StatusForbidden)
		qom.Get("/people/" + id + "/invite").Is(http.StatusOK)
		qom.Post("/people/" + id + "/invite").Is(http.StatusOK).Has("/invitation/").Has("نشانی رایانامه‌ای ثبت نشده است")
	})
}

// TestAudit: the log shows what was done, its chain holds, and one that was changed
// is found out.
func TestAudit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, people.Part)
		qom := c.As(office.Province, "07")
		qom.Post("/people/new", "name", "مریم", "number", "0932833810", "office", "07").Is(http.StatusSeeOther)
		r := qom.Get("/audit?act=person.add").Is(http.StatusOK).Has("مریم").Has("******3810")
		if strings.Contains(r.Body, "0932833810") {
			t.Error("the log spreads a national number")
		}
		if strings.Contains(qom.Get("/audit?since=1405/2/2").Is(http.StatusOK).Body, "person.add") {
			t.Error("the filter by day lets everything through")
		}
		qom.Get("/audit/check").Is(http.StatusOK).Has("زنجیره درست است")

		schema := jsonschema.NewCompiler()
		schema.DefaultDraft(jsonschema.Draft4)
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(shared.Read(t, "schemas", "NIST_V1_election_event_logging.json")))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.AddResource("log.json", doc); err != nil {
			t.Fatal(err)
		}
		nist, err := schema.Compile("log.json")
		if err != nil {
			t.Fatal(err)
		}
		export := qom.Get("/audit/export").Is(http.StatusOK).Body
		for _, c := range []struct {
			text string
			good bool
		}{{export, true}, {strings.Replace(export, `"Disposition": "success"`, `"Disposition": "fine"`, 1), false}, {strings.Replace(export, `"Sequence"`, `"Seq"`, 1), false}} {
			v, err := jsonschema.UnmarshalJSON(strings.NewReader(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if err := nist.Validate(v); (err == nil) != c.good {
				t.Errorf("the schema says %v", err)
			}
		}

		for _, change := range []string{"UPDATE audit SET after = '{}' WHERE seq = 3", "DELETE FROM audit WHERE seq = 4"} {
			c.Tx(func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.ExecContext(ctx, change)
				return err
			})
			qom.Get("/audit/check").Is(http.StatusOK).Has("دست خورده")
		}
	})
}

func TestMatrix(t *testing.T) {
	done := ""
	part := func(d console.Deps) console.Part {
		p := people.Part(d)
		p.Acts = actPart(&done)(d).Acts
		return p
	}
	consoletest.Matrix(t, part, func(c *consoletest.Console, code string) map[string]string {
		id := c.Person(office.District, code)
		var post string
		c.Tx(func(ctx context.Context, tx *store.Tx) (err error) {
			post, err = office.Appoint(ctx, tx, c.Now(), c.Root, id, office.Trainer, code, "2026-01-01", "")
			return err
		})
		c.Tx(func(ctx context.Context, tx *store.Tx) (err error) {
			id, err = office.Propose(ctx, tx, c.Now(), c.Root, office.Approve, "postpone", "x", code, "", map[string]string{})
			return err
		})
		return map[string]string{"id": c.Person(office.District, code), "post": post, "proposal": id, "code": code}
	})
}

// TestInvitationMailed: who has an address is mailed the link, and it is shown all
// the same; the secret is nowhere in the database.
func TestInvitationMailed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, people.Part)
		var id string
		c.Tx(func(ctx context.Context, tx *store.Tx) error {
			p, err := office.AddPerson(ctx, tx, c.Now(), c.Root, office.Person{Name: "مریم", Email: "maryam@example.ir", Office: "07"})
			id = p.ID
			return err
		})
		hq := c.As(office.HQ, "")
		body := hq.Post("/people/" + id + "/invite").Is(http.StatusOK).Has("outbox").Body
		link := regexp.MustCompile(c.URL + `/invitation/[A-Za-z0-9_-]+`).FindString(body)
		files, _ := filepath.Glob(filepath.Join(c.Deps.Dir, "outbox", "*.eml"))
		if link == "" || len(files) != 1 {
			t.Fatalf("link %q, files %q", link, files)
		}
		data, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		_, text, _ := strings.Cut(string(data), "\r\n\r\n")
		text = strings.ReplaceAll(text, "\r\n", "")
		if mail, err := base64.StdEncoding.DecodeString(text); err != nil || !strings.Contains(string(mail), link) {
			t.Errorf("%q, %v", mail, err)
		}
		var dump bytes.Buffer
		if _, err := db.Backup(context.Background(), &dump); err != nil {
			t.Fatal(err)
		}
		if secret := link[strings.LastIndexByte(link, '/')+1:]; strings.Contains(dump.String(), secret) {
			t.Error("the database holds the secret of an invitation")
		}
		c.SignedOut().Get(strings.TrimPrefix(link, c.URL)).Is(http.StatusOK)
		// A server that is not there: the link is on the page, and nothing of the error.
		config := `{"address":"127.0.0.1:1","from":"hq@example.ir","user":"","password":"secret word","plain":true}`
		if err := os.WriteFile(filepath.Join(c.Deps.Dir, "mail.json"), []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		if body := hq.Post("/people/" + id + "/invite").Is(http.StatusOK).Has("پیوند را خودتان برسانید").Has("/invitation/").Body; strings.Contains(body, "secret word") || strings.Contains(c.Log.String(), "secret word") {
			t.Error("the server's password is shown")
		}
	})
}
