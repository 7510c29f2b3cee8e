package lessons_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/lessons"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/lessonsdb"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"pgregory.net/rapid"
)

var start = time.Date(2026, 4, 21, 8, 30, 0, 0, time.UTC)

// country is a database with three provinces and people in them.
type country struct {
	t       *testing.T
	db      *store.DB
	hq      office.Actor
	qom     office.Actor
	second  office.Actor // of Qom too
	tehran  office.Actor
	now     time.Time
	auditor office.Actor
}

func newCountry(t *testing.T, db *store.DB) *country {
	t.Helper()
	c := &country{t: t, db: db, now: start, hq: office.Actor{Posts: []office.Post{{Role: office.HQ}}}}
	c.tx(func(ctx context.Context, tx *store.Tx) error {
		for _, o := range []officedb.InsertOfficeParams{{Code: "", Kind: office.Country, NameFa: "ایران", NameEn: "Iran"},
			{Code: "07", Kind: office.ProvinceAt, NameFa: "قم", NameEn: "Qom"}, {Code: "07001", Kind: office.CountyAt, NameFa: "شهرستان قم", NameEn: "Qom county"},
			{Code: "23", Kind: office.ProvinceAt, NameFa: "تهران", NameEn: "Tehran"}, {Code: "12", Kind: office.ProvinceAt, NameFa: "کردستان", NameEn: "Kurdistan"}} {
			if err := officedb.New(tx).InsertOffice(ctx, o); err != nil {
				return err
			}
		}
		for _, one := range []struct {
			actor *office.Actor
			name  string
			role  office.Role
			code  string
		}{{&c.hq, "hq", office.HQ, ""}, {&c.qom, "qom", office.Province, "07"}, {&c.second, "second", office.Province, "07"}, {&c.tehran, "tehran", office.Province, "23"}, {&c.auditor, "auditor", office.Auditor, "07"}} {
			p, err := office.AddPerson(ctx, tx, c.now, c.hq, office.Person{Name: one.name, Office: one.code, Simulated: true})
			if err != nil {
				return err
			}
			*one.actor = office.Actor{Person: p.ID, Name: one.name, Posts: []office.Post{{Role: one.role, Office: one.code}}}
		}
		return nil
	})
	return c
}

func (c *country) tx(write func(ctx context.Context, tx *store.Tx) error) {
	c.t.Helper()
	if err := c.try(write); err != nil {
		c.t.Fatal(err)
	}
}

func (c *country) try(write func(ctx context.Context, tx *store.Tx) error) error {
	ctx := context.Background()
	return c.db.Tx(ctx, func(tx *store.Tx) error { return write(ctx, tx) })
}

func (c *country) add(a office.Actor, code, topic, text string) lessons.Problem {
	c.t.Helper()
	var p lessons.Problem
	c.tx(func(ctx context.Context, tx *store.Tx) (err error) {
		p, err = lessons.Add(ctx, tx, c.now, a, lessons.Problem{Office: code, Round: "1400", Topic: topic, Problem: text})
		return err
	})
	return p
}

func (c *country) get(id string) lessons.Problem {
	c.t.Helper()
	p, err := lessons.Get(context.Background(), c.db, id)
	if err != nil {
		c.t.Fatal(err)
	}
	return p
}

func wants(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%v, not %v", err, want)
	}
}

func TestRegister(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := newCountry(t, db)
		p := c.add(c.qom, "07001", "صف", "صف دراز در ساعت پایانی")
		twice := func(text string) error {
			return c.try(func(ctx context.Context, tx *store.Tx) error {
				_, err := lessons.Add(ctx, tx, c.now, c.qom, lessons.Problem{Office: "07001", Round: "۱۴۰۰", Topic: "صف", Problem: text})
				return err
			})
		}
		wants(t, twice("صف دراز در ساعت پاياني"), lessons.ErrTwice) // Arabic letters
		wants(t, twice("صفي ديگر"), nil)
		wants(t, c.try(func(ctx context.Context, tx *store.Tx) error {
			_, err := lessons.Add(ctx, tx, c.now, c.tehran, lessons.Problem{Office: "07", Round: "1400", Topic: "x", Problem: "y"})
			return err
		}), office.ErrForbidden)

		// Closed only with evidence, by who judges, and when nothing is open.
		var x lessons.Action
		c.tx(func(ctx context.Context, tx *store.Tx) (err error) {
			x, err = lessons.Act(ctx, tx, c.now, c.qom, lessons.Action{Problem: p.ID, Kind: lessons.Item, Content: "دستگاه دوم", Owner: c.auditor.Person, Due: "2026-05-01"}, lessons.Place{})
			return err
		})
		closing := func(a office.Actor, version int64) error {
			return c.try(func(ctx context.Context, tx *store.Tx) error {
				return lessons.Close(ctx, tx, c.now, a, p.ID, "صورت‌جلسهٔ تحویل", version)
			})
		}
		wants(t, closing(c.qom, 1), lessons.ErrOpenActions)
		finish := func(a office.Actor, evidence string, version int64) error {
			return c.try(func(ctx context.Context, tx *store.Tx) error {
				return lessons.Finish(ctx, tx, c.now, a, x.ID, evidence, version)
			})
		}
		wants(t, finish(c.tehran, "e", 1), office.ErrForbidden)
		wants(t, finish(c.auditor, "e", 9), store.ErrConflict)
		if finish(c.auditor, "", 1) == nil {
			t.Error("closed without evidence")
		}
		wants(t, finish(c.auditor, "رسید تحویل", 1), nil) // its owner, who edits nothing else
		wants(t, finish(c.auditor, "again", 2), lessons.ErrState)
		wants(t, closing(c.tehran, 1), office.ErrForbidden)
		wants(t, closing(c.qom, 9), store.ErrConflict)
		wants(t, closing(c.qom, 1), nil)
		if p = c.get(p.ID); p.State != lessons.Closed || p.Closing != "صورت‌جلسهٔ تحویل" {
			t.Errorf("not closed: %+v", p)
		}
		wants(t, c.try(func(ctx context.Context, tx *store.Tx) error {
			_, err := lessons.Act(ctx, tx, c.now, c.qom, lessons.Action{Problem: p.ID, Kind: lessons.Item, Content: "x", Owner: c.qom.Person, Due: "2026-05-01"}, lessons.Place{})
			return err
		}), lessons.ErrState)
		c.tx(func(ctx context.Context, tx *store.Tx) error {
			return lessons.Reopen(ctx, tx, c.now, c.qom, p.ID, "باز هم", p.Version)
		})
		if n, _, err := office.CheckLog(context.Background(), db); err != nil || n == 0 {
			t.Errorf("log of %d lines: %v", n, err)
		}
		for _, find := range []struct {
			under string
			f     lessons.Filter
			n     int
		}{{"07", lessons.Filter{}, 2}, {"23", lessons.Filter{}, 0}, {"", lessons.Filter{Text: "پاياني"}, 1}, {"", lessons.Filter{Text: "%"}, 2}, {"", lessons.Filter{Text: "نیست"}, 0}, {"", lessons.Filter{State: lessons.Closed}, 0}} {
			found, err := lessons.Find(context.Background(), db, find.under, find.f, 10, 0)
			if err != nil || len(found) != find.n {
				t.Errorf("%+v: %d found, %v", find, len(found), err)
			}
		}
	})
}

func TestTopicAndStage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := newCountry(t, db)
		c.tx(func(ctx context.Context, tx *store.Tx) error {
			return trainingdb.New(tx).InsertCourse(ctx, trainingdb.InsertCourseParams{ID: "course", Name: "ملی", Months: 12})
		})
		p := c.add(c.hq, "", "قطع شبکه", "دستورهای متعارض")
		act := func(a office.Actor, problem string, x lessons.Action, at lessons.Place) (lessons.Action, error) {
			var out lessons.Action
			x.Problem, x.Owner, x.Due = problem, c.hq.Person, "2026-05-01"
			err := c.try(func(ctx context.Context, tx *store.Tx) (err error) {
				out, err = lessons.Act(ctx, tx, c.now, a, x, at)
				return err
			})
			return out, err
		}
		x, err := act(c.hq, p.ID, lessons.Action{Kind: lessons.Topic, Content: "کار بدون شبکه"}, lessons.Place{Course: "course", Minutes: 30})
		if err != nil {
			t.Fatal(err)
		}
		topic, err := trainingdb.New(db).Topic(context.Background(), x.Target)
		if err != nil || topic.Title != "کار بدون شبکه" || topic.Course != "course" || topic.Minutes != 30 || topic.Place != 1 {
			t.Errorf("topic %+v, %v", topic, err)
		}
		own := c.add(c.qom, "07", "قطع شبکه", "یک ساعت قطع بود")
		_, err = act(c.qom, own.ID, lessons.Action{Kind: lessons.Topic, Content: "x"}, lessons.Place{Course: "course"})
		wants(t, err, office.ErrForbidden) // the country's course
		if _, err = act(c.qom, own.ID, lessons.Action{Kind: "wish", Content: "x"}, lessons.Place{}); err == nil {
			t.Error("a kind that is none")
		}
		if _, err := act(c.qom, own.ID, lessons.Action{Kind: lessons.Stage, Target: "training", Content: "آزمون شبکه"}, lessons.Place{}); err != nil {
			t.Fatal(err)
		}
		lo, hi := office.Range("07")
		rows, err := lessonsdb.New(db).ActionsOfStage(context.Background(), lessonsdb.ActionsOfStageParams{Stage: "training", Lo: lo, Hi: hi})
		if err != nil || len(rows) != 1 || rows[0].Content != "آزمون شبکه" {
			t.Errorf("actions of the stage: %+v, %v", rows, err)
		}
	})
}

func TestJudge(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, c := context.Background(), newCountry(t, db)
		p := c.add(c.qom, "07", "صف", "صف دراز")
		judge := func(a office.Actor, likelihood, harm int64) error {
			return c.try(func(ctx context.Context, tx *store.Tx) error {
				_, err := lessons.Judge(ctx, tx, c.now, a, p.ID, lessons.Judgement{Likelihood: likelihood, Harm: harm, Reason: "secret reason"})
				return err
			})
		}
		see := func(a office.Actor) int {
			seen, _, err := lessons.Judgements(ctx, db, c.get(p.ID), a.Person)
			if err != nil {
				t.Fatal(err)
			}
			return len(seen)
		}
		if judge(c.qom, 0, 3) == nil || judge(c.qom, 3, 6) == nil {
			t.Error("numbers outside 1 to 5")
		}
		wants(t, judge(c.tehran, 3, 3), office.ErrForbidden)
		wants(t, judge(c.qom, 1, 2), nil)
		wants(t, judge(c.qom, 1, 2), lessons.ErrOnce)
		if see(c.qom) != 1 || see(c.second) != 0 || see(c.hq) != 0 {
			t.Error("a judgement is seen before there are two")
		}
		log, err := officedb.New(db).AuditIn(ctx, officedb.AuditInParams{Lo: "07", Hi: "08", Act: "lesson.judge", Since: 0, Until: 1 << 60, Max: 10})
		if err != nil || len(log) != 1 || strings.Contains(log[0].After, "secret") || strings.Contains(log[0].After, "likelihood") {
			t.Errorf("the log discloses the first judgement: %+v, %v", log, err)
		}
		wants(t, judge(c.second, 3, 2), nil) // two apart
		if p := c.get(p.ID); !p.Talk || p.Turn != 2 || p.Risk != 0 {
			t.Errorf("they are to talk: %+v", p)
		}
		if see(c.hq) != 2 {
			t.Error("both judgements of the turn should be seen")
		}
		wants(t, judge(c.second, 2, 3), nil)
		if see(c.qom) != 2 {
			t.Error("the second turn is open before two have judged")
		}
		wants(t, judge(c.qom, 3, 2), nil)
		if p := c.get(p.ID); p.Talk || p.Risk != 9 {
			t.Errorf("the greater of each counts: %+v", p)
		}
		wants(t, judge(c.hq, 3, 2), lessons.ErrJudged)
		c.now = c.now.AddDate(0, 0, 20)
		c.tx(func(ctx context.Context, tx *store.Tx) error { return lessons.Again(ctx, tx, c.now, c.qom, p.ID) })
		wants(t, judge(c.hq, 1, 1), nil)
		wants(t, judge(c.second, 1, 2), nil)
		c.now = c.now.AddDate(0, 0, 20)
		c.tx(func(ctx context.Context, tx *store.Tx) error {
			return lessons.Close(ctx, tx, c.now, c.qom, p.ID, "e", c.get(p.ID).Version)
		})
		points, err := lessons.Trend(ctx, db, "07", c.now)
		if err != nil || len(points) < 6 {
			t.Fatalf("trend %v, %v", points, err)
		}
		var sums []int64
		for _, x := range points {
			sums = append(sums, x.Risk)
		}
		if sums = slices.Compact(sums); !slices.Equal(sums, []int64{9, 2, 0}) && !slices.Equal(sums, []int64{0, 9, 2, 0}) {
			t.Errorf("trend %v", points)
		}
		if points, err := lessons.Trend(ctx, db, "23", c.now); err != nil || points != nil {
			t.Errorf("a trend of nothing: %v, %v", points, err)
		}
		weights, err := lessons.Weights(ctx, db, "")
		if w := weights["07"]; err != nil || w.Closed != 1 || w.Open != 0 || w.Risk != 0 {
			t.Errorf("weights %+v, %v", weights, err)
		}
	})
}

func TestFamily(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, c := context.Background(), newCountry(t, db)
		a := c.add(c.qom, "07", "احراز هویت", "سامانهٔ احراز هویت در ساعت اوج کند شد")
		b := c.add(c.tehran, "23", "احراز هويت", "كندي سامانهٔ احراز هویت هنگام ساعت اوج")
		x := c.add(c.hq, "12", "پلمب", "پلمب دو صندوق شکسته بود")
		found, err := lessons.Suggest(ctx, db)
		if err != nil || len(found) != 1 || found[0].Provinces != 2 || len(found[0].Like) != 1 {
			t.Fatalf("suggested %+v, %v", found, err)
		}
		join := func(who office.Actor, family string, ids ...string) (string, error) {
			err := c.try(func(ctx context.Context, tx *store.Tx) (err error) {
				family, err = lessons.Join(ctx, tx, c.now, who, family, "کندی احراز هویت", ids)
				return err
			})
			return family, err
		}
		_, err = join(c.qom, "", a.ID, b.ID)
		wants(t, err, office.ErrForbidden)
		_, err = join(c.hq, "", a.ID, "nobody")
		wants(t, err, store.ErrNotFound)
		first, err := join(c.hq, "", a.ID, b.ID)
		wants(t, err, nil)
		if like, err := lessons.Like(ctx, db, a.ID); err != nil || len(like) != 0 {
			t.Errorf("one's own family is suggested: %+v, %v", like, err)
		}
		second, err := join(c.hq, "", b.ID, x.ID)
		wants(t, err, nil)
		q := lessonsdb.New(db)
		size, err := q.FamilySize(ctx, second)
		if err != nil || size.Problems != 2 || size.Provinces != 2 {
			t.Errorf("second family %+v, %v", size, err)
		}
		undo := func(family string) error {
			rows, err := q.GroupingsOf(ctx, family)
			if err != nil || len(rows) != 1 {
				t.Fatalf("groupings %+v, %v", rows, err)
			}
			return c.try(func(ctx context.Context, tx *store.Tx) error { return lessons.Undo(ctx, tx, c.now, c.hq, rows[0].ID) })
		}
		wants(t, undo(first), lessons.ErrMoved) // b has gone on
		if c.get(a.ID).Family != first {
			t.Error("half undone")
		}
		wants(t, undo(second), nil)
		wants(t, undo(second), lessons.ErrState)
		if c.get(b.ID).Family != first || c.get(x.ID).Family != "" {
			t.Error("not as it was before")
		}
		wants(t, undo(first), nil)
		if c.get(a.ID).Family != "" {
			t.Error("not as it was before")
		}
	})
}

const header = "province,round,topic,problem,cause,proposal\n"

func TestImport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, c := context.Background(), newCountry(t, db)
		in := func(a office.Actor, text string) (n int, err error) {
			err = c.try(func(ctx context.Context, tx *store.Tx) (err error) {
				n, err = lessons.Import(ctx, tx, c.now, a, strings.NewReader(text))
				return err
			})
			return n, err
		}
		good := "\ufeff" + header + "قم,۱۴۰۰,صف,\"صف دراز, تا نیمه‌شب\",کندی,دستگاه بیشتر\nTehran,1396,شبکه,قطع شبکه,,\n12,1396,شبکه,قطع شبکه,,\n"
		if n, err := in(c.hq, good); n != 3 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		bad := header +
			"قم,1400,صف,صف دراز، تا نیمه‌شب,x,y\n" + // the comma differs: another problem, and good
			"نیست,1400,a,b,,\n" +
			"قم,1400,,,,\n" +
			"قم,1400\n" +
			"تهران,1396,شبکه,قطع شبكه,,\n" +
			"قم,1400,a,b,,\n" +
			"قم,1400,a,\"b\",,\n" +
			"قم,1400,\xff,b,,\n" +
			"قم," + strings.Repeat("9", 41) + ",a,b,,\n" +
			"قم,1400,a \"b,b,,\n"
		_, err := in(c.hq, bad)
		var faults lessons.Faults
		if !errors.As(err, &faults) {
			t.Fatal(err)
		}
		var got []string
		for _, f := range faults {
			got = append(got, fmt.Sprintf("%d %s %s", f.Line, f.Field, f.Code))
		}
		want := []string{"3 province province", "4 topic empty", "4 problem empty", "5  columns", "6  register", "8  twice", "9 topic text", "10 round long", "11  quotes"}
		if !slices.Equal(got, want) {
			t.Errorf("faults %q, not %q", got, want)
		}
		_, err = in(c.qom, header+"قم,1400,a,b,,\nتهران,1400,c,d,,\n")
		if !errors.As(err, &faults) || len(faults) != 1 || faults[0].Line != 3 || faults[0].Code != lessons.Foreign {
			t.Errorf("another province: %v", err)
		}
		for _, text := range []string{"", "problem,province\n", header[:20]} {
			if _, err = in(c.hq, text); !errors.As(err, &faults) || faults[0].Code != lessons.BadHeader {
				t.Errorf("%q: %v", text, err)
			}
		}
		if _, err = in(c.hq, good); !errors.As(err, &faults) || len(faults) != 3 {
			t.Errorf("imported twice: %v", err)
		}
		all, err := lessons.Find(ctx, db, "", lessons.Filter{}, 10, 0)
		if err != nil || len(all) != 3 {
			t.Errorf("%d problems, %v: half imported", len(all), err)
		}
	})
}

// A file that is imported gives the problems that were written, whatever they hold.
func TestParseRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[آ-یa-z0-9 ,"'\n]{1,30}`).Filter(func(s string) bool { return persian.Key(s) != "" })
		n := rapid.IntRange(1, 8).Draw(t, "lines")
		var b strings.Builder
		b.WriteString(header)
		var want []string
		for i := range n {
			s := strings.TrimSpace(text.Draw(t, "problem")) + fmt.Sprint(" ", i)
			want = append(want, persian.Clean(s))
			fmt.Fprintf(&b, "07,1400,t,\"%s\",,\n", strings.ReplaceAll(s, `"`, `""`))
		}
		got, err := lessons.Parse(strings.NewReader(b.String()), func(string) (string, bool) { return "07", true }, yes, no)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range got {
			if p.Problem != want[i] {
				t.Errorf("problem %d is %q, not %q", i, p.Problem, want[i])
			}
		}
		if len(got) != n {
			t.Errorf("%d problems of %d", len(got), n)
		}
	})
}

func yes(string) bool { return true }
func no(string) bool  { return false }

func FuzzParse(f *testing.F) {
	f.Add(header + "قم,1400,صف,صف دراز,,\n")
	f.Add(header + "قم,1400,\"صف,صف دراز,,\n")
	f.Add("\ufeff" + header + "x,,,,,\nقم,1400,a,b,c,d\n")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := lessons.Parse(strings.NewReader(text), func(name string) (string, bool) { return "07", name == "قم" }, yes, no)
		var faults lessons.Faults
		if err != nil && (!errors.As(err, &faults) || len(faults) == 0 || all != nil) {
			t.Fatalf("%d problems and %v", len(all), err)
		}
		for _, x := range faults {
			if x.Line < 1 {
				t.Errorf("no line: %+v", x)
			}
		}
		for _, p := range all {
			if p.Office != "07" || p.Round == "" || p.Topic == "" || p.Problem == "" {
				t.Errorf("half a problem: %+v", p)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	var s strings.Builder
	s.WriteString(header)
	for i := range 10_000 {
		fmt.Fprintf(&s, "قم,1400,صف,صف دراز در شعبهٔ %d تا نیمه‌شب,کندی سامانه,دستگاه بیشتر\n", i)
	}
	b.SetBytes(int64(s.Len()))
	for b.Loop() {
		if all, err := lessons.Parse(strings.NewReader(s.String()), func(string) (string, bool) { return "07", true }, yes, no); err != nil || len(all) != 10_000 {
			b.Fatal(err)
		}
	}
}

// BenchmarkSuggest compares 31 provinces with 100 problems each.
func BenchmarkSuggest(b *testing.B) {
	db, ctx := storetest.SQLite(b), context.Background()
	things := []string{"احراز هویت", "شبکه", "برق", "پلمب", "صندوق", "صورت‌جلسه", "نامزد", "ناظر", "تعرفه", "کارت", "صف", "آموزش", "بازشماری", "انبار", "جاده"}
	happened := []string{"قطع شد", "کند بود", "دیر رسید", "شکسته بود", "اشتباه بود", "کم آمد", "گم شد"}
	when := []string{"هنگام ظهر", "در ساعت پایانی", "پیش از آغاز", "در روستاها", "در شهر مرکزی", "نیمه‌شب"}
	err := db.Tx(ctx, func(tx *store.Tx) error {
		var file strings.Builder
		file.WriteString(header)
		for i := range 31 {
			code := fmt.Sprintf("%02d", i)
			if err := officedb.New(tx).InsertOffice(ctx, officedb.InsertOfficeParams{Code: code, Kind: office.ProvinceAt, NameFa: code, NameEn: code}); err != nil {
				return err
			}
			for k := range 100 {
				fmt.Fprintf(&file, "%s,1400,%s,%s %s %s شعبهٔ %d,,\n", code, things[k%15], things[(k+i)%15], happened[(k*3+i)%7], when[(k*5+i)%6], k*31+i)
			}
		}
		p, err := office.AddPerson(ctx, tx, start, office.Actor{Posts: []office.Post{{Role: office.HQ}}}, office.Person{Name: "hq", Office: "00", Simulated: true})
		if err != nil {
			return err
		}
		_, err = lessons.Import(ctx, tx, start, office.Actor{Person: p.ID, Posts: []office.Post{{Role: office.HQ}}}, strings.NewReader(file.String()))
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if found, err := lessons.Suggest(ctx, db); err != nil || len(found) == 0 {
			b.Fatal(len(found), err)
		}
	}
}

func TestFactors(t *testing.T) {
	groups := map[string]int{}
	for _, g := range lessons.Groups() {
		if g.Name.Fa == "" || g.Name.En == "" {
			t.Errorf("group %s has no name", g.ID)
		}
		groups[g.ID] = 0
	}
	ids := map[string]bool{}
	for _, f := range lessons.Factors() {
		if _, ok := groups[f.Group]; !ok || ids[f.ID] || f.Name.Fa == "" || f.Name.En == "" || f.Look.Fa == "" || f.Look.En == "" || len(f.Sources) == 0 {
			t.Errorf("factor %+v", f)
		}
		if !strings.HasSuffix(f.Look.En, "?") && !strings.HasSuffix(f.Look.En, ".") {
			t.Errorf("%s: %q is no sentence", f.ID, f.Look.En)
		}
		groups[f.Group]++
		ids[f.ID] = true
		if got, ok := lessons.FactorByID(f.ID); !ok || got.Name != f.Name {
			t.Errorf("%s is not found", f.ID)
		}
	}
	if n := len(ids); n < 36 || n > 48 {
		t.Errorf("%d factors", n)
	}
	for g, n := range groups {
		if n < 3 {
			t.Errorf("group %s has %d factors", g, n)
		}
	}
}
