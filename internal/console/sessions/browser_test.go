package sessions_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/console/courses"
	"github.com/sandogh/sandogh/internal/console/sessions"
	"github.com/sandogh/sandogh/internal/console/training"
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
)

// TestBrowser looks at the pages of a country's programme.
func TestBrowser(t *testing.T) {
	ctx := webtest.Browser(t)
	c := consoletest.New(t, storetest.SQLite(t), training.Part, courses.Part, sessions.Part)
	s := prepare(t, c, "07", 3)
	var id string
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
		p, err := programme.Add(ctx, tx, c.Now(), c.Root, programme.Settings{Name: "برنامهٔ استان‌ها", Kind: domain.National, Course: s.Course, Size: 4, Days: 2, Parallel: 1, Seats: 60,
			Window: planner.Span{From: domain.ISO("2026-05-23"), To: domain.ISO("2026-07-11")}})
		if err != nil {
			return err
		}
		id = p.ID
		if _, _, err = programme.Publish(ctx, tx, c.Now(), c.Root, id, 1); err != nil {
			return err
		}
		var failed error
		_, err = programme.Change(ctx, tx, c.Now(), c.Root, id, 2, "first", func(p *programme.Programme) { failed = programme.PinFirst(ctx, tx, p) })
		if err != nil {
			return err
		}
		return failed
	})
	for _, role := range []office.Role{office.IT, office.Trainer, office.HQ} {
		code := "07"
		if role == office.HQ {
			code = ""
		}
		seat(c, c.Person(role, code), "07", domain.IT)
	}
	c.As(office.HQ, "").Post("/training/sessions/"+s.ID+"/invite", "roles", "it").Is(http.StatusSeeOther)
	i, err := trainingdb.New(c.DB).InvitationOf(ctx, trainingdb.InvitationOfParams{Session: s.ID, Person: c.Person(office.HQ, "")})
	if err != nil {
		t.Fatal(err)
	}
	c.As(office.HQ, "").Post("/my/invitations/"+i.ID+"/answer", "answer", "accepted", "version", "1").Is(http.StatusSeeOther)
	c.SignIn(ctx, office.HQ, "")
	c.Look(ctx, t, "/training/programmes/"+id, "/training/programmes/"+id+"/plan", "/training/programmes/"+id+"/move", "/training/sessions/"+s.ID,
		"/training/sessions/"+s.ID+"/roster", "/training/sessions/"+s.ID+"/door", "/my/training", "/training/courses/"+s.Course, "/training/new", "/training/messages")
}

// TestOfflineDoor opens the page without a network as a file, lets people in with
// it, and merges what it saves.
func TestOfflineDoor(t *testing.T) {
	ctx := webtest.Browser(t)
	c := consoletest.New(t, storetest.SQLite(t), training.Part, courses.Part, sessions.Part)
	at := 0
	for c.Now().Add(time.Duration(at) * 24 * time.Hour).Before(time.Now().Add(-24 * time.Hour)) {
		at++
	}
	s := prepare(t, c, "07", at) // today by the browser's clock, which is that of the machine
	seat(c, c.Person(office.IT, "07"), "07", domain.IT)
	seat(c, c.Person(office.Trainer, "07"), "07", domain.IT)
	hq := c.As(office.HQ, "")
	path := "/training/sessions/" + s.ID
	hq.Post(path+"/invite", "roles", "it").Is(http.StatusSeeOther)
	page := filepath.Join(t.TempDir(), "door.html")
	if err := os.WriteFile(page, []byte(hq.Post(path+"/sheet").Is(http.StatusOK).Body), 0o600); err != nil {
		t.Fatal(err)
	}
	keys, err := domain.LoadKeys(c.Deps.Dir)
	if err != nil {
		t.Fatal(err)
	}
	enter := func(text, want string) {
		t.Helper()
		err := chromedp.Do(ctx, chromedp.SendKeys("#text", text+"\r"))
		if err == nil {
			_, err = chromedp.Run(ctx, chromedp.Poll[bool](fmt.Sprintf("document.getElementById('said').textContent.includes(%q)", want), chromedp.WithPollingTimeout(10*time.Second)))
		}
		if err != nil {
			got, _ := chromedp.Run(ctx, chromedp.Text("#said"))
			t.Errorf("%s: %q is not said but %q: %v", text, want, got, err)
		}
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(320, 800), chromedp.Navigate("file://"+page), chromedp.WaitVisible("#text")); err != nil {
		t.Fatal(err)
	}
	badge := keys.Badge(s.Badge, 1)
	enter(keys.Badge("0000000000", 1), "جلسهٔ دیگری")
	enter(badge[:27]+fmt.Sprint((badge[27]-'0'+1)%10), "جعلی")
	enter("0932833810", "کسی با این شماره")
	enter(badge, "وارد شد:")
	enter(badge, "پیش‌تر")
	enter(persianDigits(keys.Badge(s.Badge, 2)), "وارد شد:") // by a scanner on a Persian keyboard
	file, err := chromedp.Run(ctx, chromedp.Evaluate[string]("file()", chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	c.Pass(time.Duration(at) * 24 * time.Hour)
	hq = c.As(office.HQ, "")
	upload(hq, path+"/merge", nil, []byte(file)).Is(http.StatusOK).Has("۲ ورود تازه")
	upload(hq, path+"/merge", nil, []byte(file)).Is(http.StatusOK).Has("۰ ورود تازه") // once, however often the file comes
}

func persianDigits(s string) string {
	return strings.Map(func(r rune) rune { return r - '0' + '۰' }, s)
}
