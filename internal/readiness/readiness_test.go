package readiness_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/agenda"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/readiness"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/law"
)

var start = time.Date(2026, 4, 21, 8, 30, 0, 0, time.UTC)

type bench struct {
	*testing.T
	db  *store.DB
	now time.Time
}

func (b *bench) tx(write func(ctx context.Context, tx *store.Tx) error) {
	b.Helper()
	if err := b.db.Tx(context.Background(), func(tx *store.Tx) error { return write(context.Background(), tx) }); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) exec(query string, args ...any) {
	b.Helper()
	b.tx(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

// seat has somebody to be trained.
func (b *bench) seat(person, code, role string) {
	b.Helper()
	b.exec(`INSERT INTO person (id, name, number, phone, email, office, simulated, created, version) VALUES ($1, 'مریم', '', '', '', $2, 1, 1, 1) ON CONFLICT (id) DO NOTHING`, person, code)
	b.exec(`INSERT INTO training_seat (office, role, person) VALUES ($1, $2, $3)`, code, role, person)
}

// certify gives a certificate that teaches a version of article 41.
func (b *bench) certify(serial, person, code, role, version, expires string) {
	b.Helper()
	b.exec(`INSERT INTO training_certificate (serial, person, course, session, office, role, issued, expires, articles, content, revoked, reason, version)
VALUES ($1, $2, 'c', '', $3, $4, '2026-04-01', $5, $6, '', '', '', 1)`, serial, person, code, role, expires, `[{"article":"art. 41","version":"`+version+`"}]`)
}

func (b *bench) count() {
	b.Helper()
	if err := readiness.Count(context.Background(), b.db, law.Published(), b.now); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) read(code string) *readiness.Report {
	b.Helper()
	book, err := agenda.NewDesk().Book(context.Background(), b.db)
	if err != nil {
		b.Fatal(err)
	}
	r, err := readiness.Read(context.Background(), b.db, book, code, calendar.DayOf(b.now.In(office.Tehran).Date()))
	if err != nil {
		b.Fatal(err)
	}
	return r
}

func found(t *testing.T, db *store.DB) *bench {
	b := &bench{t, db, start}
	b.tx(func(ctx context.Context, tx *store.Tx) error {
		for _, o := range []struct{ code, kind string }{{"", office.Country}, {"03", office.ProvinceAt}, {"07", office.ProvinceAt}, {"07001", office.CountyAt},
			{"07002", office.CountyAt}, {"0700101", office.DistrictAt}, {"07001010001", office.City}} {
			if err := officedb.New(tx).InsertOffice(ctx, officedb.InsertOfficeParams{Code: o.code, Kind: o.kind, NameFa: "دفتر"}); err != nil {
				return err
			}
		}
		return office.SaveElection(ctx, tx, b.now, office.Actor{}, office.Election{Kinds: []string{"city"}, PollingDay: "2026-05-21"})
	})
	b.exec(`INSERT INTO training_course (id, name, months, version) VALUES ('c', 'آموزش', 12, 1)`)
	return b
}

func is(t *testing.T, what string, l readiness.Line, seats, trained, stale, invited int64) {
	t.Helper()
	if !l.Known || l.Seats != seats || l.Trained != trained || l.Stale != stale || l.Invited != invited {
		t.Errorf("%s: %+v, not %d seats, %d trained, %d stale, %d invited", what, l, seats, trained, stale, invited)
	}
}

// TestCount: one good certificate is enough, an expired or outdated one is stale,
// and what was not counted is not known.
func TestCount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := found(t, db)
		if r := b.read(""); r.Known || len(r.Missing) != 3 || r.Seats != 0 {
			t.Errorf("before it is counted: %+v", r)
		}
		for _, s := range []struct{ person, code, role string }{{"a", "07001010001", "user"}, {"b", "07001010001", "user"}, {"c", "07001", "inspector"}, {"d", "07002", "user"},
			{"e", "03", "head"}, {"f", "", "head"}} {
			b.seat(s.person, s.code, s.role)
		}
		b.certify("1", "a", "07001010001", "user", "round-7", "2026-12-01")
		b.certify("2", "a", "07001010001", "user", "old", "2020-12-01")
		b.certify("3", "b", "07001010001", "user", "older", "2026-12-01") // the law has moved on
		b.certify("4", "c", "07001", "inspector", "round-7", "2026-04-20")
		b.certify("5", "d", "07002", "other", "round-7", "2026-12-01") // for another role
		b.count()
		all := b.read("")
		is(t, "country", all.Line, 6, 1, 2, 0)
		if len(all.Children) != 2 || len(all.Missing) != 0 {
			t.Fatalf("%+v", all)
		}
		is(t, "03", all.Children[0], 1, 0, 0, 0)
		is(t, "07", all.Children[1], 4, 1, 2, 0)
		qom := b.read("07")
		is(t, "07001", qom.Children[0], 3, 1, 2, 0)
		is(t, "07002", qom.Children[1], 1, 0, 0, 0)
		is(t, "0700101", b.read("07001").Children[0], 2, 1, 1, 0)
		i := slices.IndexFunc(qom.Roles, func(l readiness.Line) bool { return l.Role == "user" })
		is(t, "users", qom.Roles[i], 3, 1, 1, 0)
		if !qom.Counted.Equal(b.now) {
			t.Errorf("counted at %v", qom.Counted)
		}
		if qom.Forecast.Known {
			t.Errorf("one count tells a pace: %+v", qom.Forecast)
		}
		if why := qom.Red(calendar.DayOf(2026, 4, 21), calendar.DayOf(2026, 5, 21)); !slices.Contains(why, readiness.RedStanding) || !slices.Contains(why, readiness.RedStale) {
			t.Errorf("red because of %q", why)
		}
		// A new province is not known, and the country is not either.
		b.exec(`INSERT INTO office (code, kind, name_fa, name_en, population, version) VALUES ('09', 'province', 'سوم', '', 0, 1)`)
		if r := b.read(""); r.Known || !slices.Equal(r.Missing, []string{"09"}) || r.Children[2].Known || !r.Children[1].Known {
			t.Errorf("with a province that was not counted: %+v", r)
		}
	})
}

// TestForecast: the pace is that of the last days, and cannot be told from too
// few of them, or if nobody was trained.
func TestForecast(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := found(t, db)
		people := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
		for _, p := range people {
			b.seat(p, "07001010001", "user")
		}
		first := calendar.DayOf(2026, 4, 21)
		for day := range 5 {
			b.certify(people[day], people[day], "07001010001", "user", "round-7", "2026-12-01")
			b.count()
			for _, code := range []string{"", "07", "07001"} {
				f := b.read(code).Forecast
				if f.Known != (day >= 3) {
					t.Errorf("day %d, %q: %+v", day, code, f)
				}
				// One a day: of ten, 9−day are missing.
				if want := first + 9; f.Known && (f.Ready != want || f.Since != first || f.Days != day || f.Gain != int64(day)) {
					t.Errorf("day %d, %q: %+v, not ready on %v", day, code, f, want)
				}
			}
			b.now = b.now.Add(24 * time.Hour)
		}
		if f := b.read("03").Forecast; f.Known {
			t.Errorf("where nobody is trained: %+v", f)
		}
		l := b.read("07").Line
		if why := l.Red(first+5, first+9); slices.Contains(why, readiness.RedPace) {
			t.Errorf("in time and red: %q", why)
		}
		if why := l.Red(first+5, first+8); !slices.Contains(why, readiness.RedPace) {
			t.Errorf("too late and not red: %q", why)
		}
	})
}

// TestKeep: what was never counted is counted at once, and Keep ends with its
// context.
func TestKeep(t *testing.T) {
	b := found(t, storetest.SQLite(t))
	b.seat("a", "07001010001", "user")
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	now := func() time.Time {
		if r := b.read(""); r.Known { // the last part was counted before
			stop()
		}
		return b.now
	}
	readiness.Keep(ctx, b.db, t.TempDir(), now, 40*time.Millisecond, slog.New(slog.DiscardHandler))
	if r := b.read("07"); !r.Known || r.Seats != 1 {
		t.Errorf("%+v", r)
	}
}
