package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/identity"
	"github.com/sandogh/sandogh/internal/lessons"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/readiness"
	"github.com/sandogh/sandogh/internal/sample"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/law"
)

var (
	loadScale = flag.String("load", "", "measure the offices' console with the sample country: small or full")
	loadPath  = flag.String("load-path", "", "measure only paths that hold this text")
	loadDB    = flag.String("load-db", "", "a database that holds the sample already: a file, or postgres://…")
)

// searches are what is hardest to find: frequent words, together and not, in the
// whole country.
var searches = []string{"مریم", "مریم احمدی", "علی کریمی", "احمدی مریم", "م ا", "محم احم", "علی پور رضا", "نیست", "مریم نیست", "علی‌پور", "0012345678", "001"}

// tooSlow is what one page in twenty may take.
const tooSlow = 200 * time.Millisecond

// whole are the paths that read all of something because that is what they are
// for: a check of the whole log, exports and streams. They are not measured.
func whole(path string) bool {
	return path == "/audit/check" || strings.HasSuffix(path, "/export") || strings.HasSuffix(path, "/live")
}

// TestOfficesLoad asks for every page that needs no object, for pages of objects,
// and for searches, as headquarters, as a province and as somebody who is trained:
// each must be answered. With -load it says how long each takes, and fails for one
// that takes longer than 200 ms in 19 of 20 times; without it no clock is looked
// at.
func TestOfficesLoad(t *testing.T) {
	if *loadDB != "" {
		db, err := store.Open(context.Background(), *loadDB, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		officesLoad(t, db)
		return
	}
	storetest.Each(t, officesLoad)
}

func officesLoad(t *testing.T, db *store.DB) {
	scale, ok := map[string]sample.Scale{"": sample.Small, "small": sample.Small, "full": sample.Full}[*loadScale]
	if !ok {
		t.Fatalf("-load %s: small or full", *loadScale)
	}
	c := consoletest.Empty(t, db, parts[1:]...) // signin is there by itself
	c.Root = office.Actor{Name: "load", Posts: []office.Post{{Role: office.HQ}}}
	ctx := context.Background()
	if *loadDB == "" {
		keys, err := training.LoadKeys(c.Deps.Dir)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if err := sample.Load(ctx, db, scale.Certified(keys.Certificate), c.Now()); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s loads in %v", *loadScale, time.Since(began).Round(100*time.Millisecond))
	}
	if *loadScale != "" {
		furnish(t, c)
	}
	table := &timings{t: t}
	for _, who := range []struct {
		role office.Role
		code string
	}{{office.HQ, ""}, {office.Province, "07"}} {
		cl := c.As(who.role, who.code)
		var paths []string
		for _, r := range c.Server.Routes() {
			path := strings.ReplaceAll(r.Path, "{$}", "")
			if (r.Method == http.MethodGet || r.Form != nil) && !strings.Contains(path, "{") && r.Power != "" && !whole(path) {
				paths = append(paths, path)
			}
		}
		for _, q := range searches {
			paths = append(paths, "/people?q="+strings.ReplaceAll(q, " ", "+"))
		}
		paths = append(paths, "/offices/07", "/offices/07001", "/agenda/07", "/agenda/07/events", "/readiness/07", "/readiness/07/red", "/lessons?q=کمبود",
			"/audit?act=agenda.none", "/audit?act=training.mark", "/audit?object=object7", "/audit?until=1400/1/1")
		paths = append(paths, objects(t, c)...)
		slices.Sort(paths)
		for _, path := range slices.Compact(paths) {
			table.ask(string(who.role), cl, path)
		}
	}
	if person := trained(t, c); person != nil {
		table.ask("trained", person, "/my/training")
	}
	table.print()
	if *loadScale != "" {
		atDoor(t, c)
	}
}

// timings is how long pages took.
type timings struct {
	t     *testing.T
	lines []timing
}

type timing struct {
	who, path string
	status    int
	p50, p95  time.Duration
}

func (l *timings) ask(who string, cl *consoletest.Client, path string) {
	l.t.Helper()
	if !strings.Contains(path, *loadPath) {
		return
	}
	times := 20
	if *loadScale == "" {
		times = 1
	}
	one := timing{who: who, path: path}
	var took []time.Duration
	for range times {
		began := time.Now()
		one.status = cl.Get(path).Status
		took = append(took, time.Since(began))
	}
	if one.status != http.StatusOK && one.status != http.StatusForbidden && !strings.Contains(path, "?q=") {
		l.t.Errorf("%s %s is answered with %d", who, path, one.status)
	}
	if *loadScale == "" {
		return
	}
	slices.Sort(took)
	one.p50, one.p95 = took[10].Round(100*time.Microsecond), took[18].Round(100*time.Microsecond)
	l.lines = append(l.lines, one)
	if one.p95 > tooSlow {
		l.t.Errorf("too slow: %v", one)
	}
}

// print prints all, the slowest first.
func (l *timings) print() {
	slices.SortStableFunc(l.lines, func(a, b timing) int { return int(b.p95 - a.p95) })
	for _, one := range l.lines {
		l.t.Logf("%-8s %d p50 %8v p95 %8v %s", one.who, one.status, one.p50, one.p95, one.path)
	}
}

// objects are the pages of objects of the training programme and of the review of
// earlier rounds, if there are any.
func objects(t *testing.T, c *consoletest.Console) []string {
	t.Helper()
	ctx, q := context.Background(), trainingdb.New(c.DB)
	var out []string
	sessions, err := q.SessionsIn(ctx, trainingdb.SessionsInParams{Lo: "07", Hi: "0799", Max: 1, Skip: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sessions {
		at := "/training/sessions/" + s.ID
		out = append(out, at, at+"/roster", at+"/roster?format=csv", at+"/door", at+"/edit", at+"/minutes", "/training/courses/"+s.Course, "/training/sessions?page=50", "/training/certificates?page=20")
	}
	certificates, err := q.CertificatesIn(ctx, trainingdb.CertificatesInParams{Lo: "07", Hi: "0799", Max: 1, Skip: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range certificates {
		out = append(out, "/training/certificates/"+x.TrainingCertificate.Serial, "/people/"+x.TrainingCertificate.Person)
	}
	programmes, err := q.Programmes(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range programmes {
		if p.Plan != "{}" || p.Office == "07" {
			out = append(out, "/training/programmes/"+p.ID, "/training/programmes/"+p.ID+"/plan")
		}
	}
	page := c.As(office.HQ, "").Get("/lessons?format=csv").Body
	if lines := strings.Split(page, "\n"); len(lines) > 2 {
		out = append(out, "/lessons?page=3", "/audit?page=40", "/people?page=500")
	}
	return out
}

// scans is how many badges are shown at the door that is measured, and fastest how
// many of them it must take in a second.
const (
	scans   = 100
	fastest = 50
)

// atDoor moves a session that is yet to come to today and lets in those who were
// asked to it, one behind the other, by the page of the door.
func atDoor(t *testing.T, c *consoletest.Console) {
	t.Helper()
	ctx, q := context.Background(), trainingdb.New(c.DB)
	today := office.Day(c.Now())
	last, err := q.CountSessions(ctx, trainingdb.CountSessionsParams{Hi: "9"})
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := q.SessionsIn(ctx, trainingdb.SessionsInParams{Hi: "9", Max: 500, Skip: int32(max(0, last-500))})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(sessions, func(s trainingdb.TrainingSession) bool {
		tally, err := q.Tally(ctx, s.ID)
		return err == nil && s.State == training.Planned && tally.Present == 0 && tally.People >= scans
	})
	if i < 0 {
		t.Log("no session has people at whom to look")
		return
	}
	s := sessions[i]
	keys, err := training.LoadKeys(c.Deps.Dir)
	if err != nil {
		t.Fatal(err)
	}
	c.Root.Person = c.Person(office.HQ, "")
	c.Tx(func(ctx context.Context, tx *store.Tx) error {
		s.FirstDay, s.LastDay = today, today
		return training.EditSession(ctx, tx, c.Now(), c.Root, s)
	})
	trainer := c.As(office.Trainer, s.Office[:2])
	var took []time.Duration
	began := time.Now()
	for place := range scans {
		one := time.Now()
		if r := trainer.Post("/training/sessions/"+s.ID+"/door", "badge", keys.Badge(s.Badge, int64(place+1))); r.Status != http.StatusSeeOther {
			t.Fatalf("the door answers with %d", r.Status)
		}
		took = append(took, time.Since(one))
	}
	rate := scans / time.Since(began).Seconds()
	slices.Sort(took)
	t.Logf("the door takes %.0f badges a second, p50 %v, p95 %v", rate, took[scans/2].Round(100*time.Microsecond), took[scans*95/100].Round(100*time.Microsecond))
	if rate < fastest {
		t.Errorf("the door takes %.0f badges a second, not %d", rate, fastest)
	}
	if n, err := q.CountMarks(ctx, s.ID); err != nil || n != scans {
		t.Errorf("%d marks of %d, %v", n, scans, err)
	}
}

// trained is the browser of an executor who has been asked to sessions, or nil.
func trained(t *testing.T, c *consoletest.Console) *consoletest.Client {
	t.Helper()
	ctx := context.Background()
	certificates, err := trainingdb.New(c.DB).CertificatesIn(ctx, trainingdb.CertificatesInParams{Lo: "07", Hi: "0799", Max: 100})
	if err != nil || len(certificates) == 0 {
		return nil
	}
	hash, err := consoletest.Cost.Hash(consoletest.Password)
	if err != nil {
		t.Fatal(err)
	}
	name := "trained-" + store.NewID()[:8]
	for _, x := range certificates { // the first ones may have an account of a run before
		err = c.DB.Tx(ctx, func(tx *store.Tx) error { return identity.Create(ctx, tx, x.TrainingCertificate.Person, name, hash) })
		if err == nil {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	cl := c.SignedOut()
	cl.Post("/sign-in", "name", name, "password", consoletest.Password).Is(http.StatusSeeOther)
	return cl
}

// furnish adds what the sample country has not: lines of the log, problems of
// earlier rounds, programmes that are planned, and the count of readiness. A
// database that has them keeps them.
func furnish(t *testing.T, c *consoletest.Console) {
	t.Helper()
	ctx, db := context.Background(), c.DB
	q := officedb.New(db)
	if last, err := q.LastAudit(ctx); err == nil && last.Seq > 100_000 {
		return
	}
	c.Root.Person = c.Person(office.HQ, "")
	began := time.Now()
	logged(t, c, 300_000)
	var csv strings.Builder
	csv.WriteString(strings.Join(lessons.Header, ",") + "\n")
	for i, p := range sample.Provinces() {
		for k := range 100 {
			fmt.Fprintf(&csv, "%s,%d,کمبود %d,کمبود نیرو در شعبه‌های %d,علت %d,پیشنهاد %d\n", p.Name.Fa, 1396+k%3*4, k%40, k, i, k)
		}
	}
	if err := db.Tx(ctx, func(tx *store.Tx) error {
		n, err := lessons.Import(ctx, tx, c.Now(), c.Root, strings.NewReader(csv.String()))
		t.Logf("%d problems", n)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	courses, err := trainingdb.New(db).Courses(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(courses) > 0 {
		hq := c.As(office.HQ, "")
		for _, kind := range []string{"national", "regional"} {
			began := time.Now()
			hq.Post("/training/new", "name", "برنامهٔ "+kind, "kind", kind, "office", "ایران", "course", courses[0].ID, "from", "1405/2/20", "to", "1405/4/20",
				"size", "4", "days", "2", "parallel", "10", "teachers", "0", "seats", "400").Is(http.StatusSeeOther)
			t.Logf("the page plans a %s programme in %v", kind, time.Since(began).Round(time.Millisecond))
		}
	}
	t.Logf("furnished in %v", time.Since(began).Round(100*time.Millisecond))
	began = time.Now()
	if err := readiness.Count(ctx, db, law.Published(), c.Now()); err != nil {
		t.Fatal(err)
	}
	t.Logf("readiness is counted in %v", time.Since(began).Round(100*time.Millisecond))
}

// logged appends lines to the log, each behind the one before, as a year of work
// would.
func logged(t *testing.T, c *consoletest.Console, n int) {
	t.Helper()
	ctx := context.Background()
	lo, hi := office.Range("")
	counties, err := officedb.New(c.DB).OfficesOfKind(ctx, officedb.OfficesOfKindParams{Kind: office.CountyAt, Lo: lo, Hi: hi, Max: 1000})
	if err != nil {
		t.Fatal(err)
	}
	acts := []string{"training.mark", "training.invitation.accepted", "training.invite", "person.edit", "agenda.confirm", "lessons.edit"}
	c.Tx(func(ctx context.Context, tx *store.Tx) error {
		last, err := officedb.New(tx).LastAudit(ctx)
		if err != nil {
			return err
		}
		return tx.Load(ctx, "audit", []string{"seq", "at", "person", "role", "post_office", "act", "object", "office", "before", "after", "prev", "hash"}, func(yield func([]any, error) bool) {
			seq, prev, at := last.Seq, last.Hash, store.Millis(c.Now())
			for i := range n {
				seq++
				code := counties[i%len(counties)].Code
				row := []any{seq, at, c.Root.Person, "hq", "", acts[i%len(acts)], fmt.Sprintf("object%d", i%1000), code, "", `{"state":"accepted"}`, prev}
				h := sha256.New()
				h.Write([]byte("sandogh audit line"))
				for _, f := range row {
					fmt.Fprintf(h, "%d:%v", len(fmt.Sprint(f)), f)
				}
				prev = hex.EncodeToString(h.Sum(nil))
				if !yield(append(row, prev), nil) {
					return
				}
			}
		})
	})
	if m, _, err := office.CheckLog(ctx, c.DB); err != nil || m < int64(n) {
		t.Fatalf("the log has %d lines, %v", m, err)
	}
}
