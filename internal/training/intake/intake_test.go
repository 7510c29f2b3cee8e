package intake_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training/intake"
)

var (
	now = time.Date(2026, 5, 20, 6, 0, 0, 0, time.UTC)
	hq  = office.Actor{Person: "hq", Posts: []office.Post{{Role: office.HQ}}}
	qom = office.Actor{Person: "qom", Posts: []office.Post{{Role: office.Province, Office: "19"}}}
)

const header = "national_number,name,role,province,county,district,mobile\n"

// number returns a valid national number.
func number(n int) string {
	s := fmt.Sprintf("%09d", 100_000_000+n)
	sum := 0
	for i := range 9 {
		sum += int(s[i]-'0') * (10 - i)
	}
	if sum %= 11; sum >= 2 {
		sum = 11 - sum
	}
	return fmt.Sprintf("%s%d", s, sum)
}

func offices(t testing.TB, db *store.DB) {
	t.Helper()
	err := db.Tx(context.Background(), func(tx *store.Tx) error {
		for _, o := range [][3]string{{"", office.Country, "ایران"}, {"19", office.ProvinceAt, "استان قم"}, {"19001", office.CountyAt, "شهرستان قم"},
			{"1900101", office.DistrictAt, "بخش مرکزی"}, {"05", office.ProvinceAt, "البرز"}} {
			if err := officedb.New(tx).InsertOffice(context.Background(), officedb.InsertOfficeParams{Code: o[0], Kind: o[1], NameFa: o[2], NameEn: "e" + o[0]}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPeople(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		offices(t, db)
		ctx := context.Background()
		file := "\ufeff" + header + number(1) + ",علي‌پور,politics,قم,,,۰۹۱۲۳۴۵۶۷۸۹\n" + number(2) + ",\"کاظمی، زهرا\",governor,استان قم,قم,,\n" +
			number(3) + ",رضایی,branch-member,قم,شهرستان قم,مرکزی,\n"
		lines, added, err := intake.People(ctx, db, now, hq, strings.NewReader(file))
		if err != nil || lines != 3 || added != 3 {
			t.Fatal(lines, added, err)
		}
		found, err := office.Find(ctx, db, "19", "زهرا", 10, 0)
		if err != nil || len(found) != 1 || found[0].Office != "19001" || found[0].Number != number(2) {
			t.Errorf("%+v, %v", found, err)
		}
		seats, _ := trainingdb.New(db).CountSeats(ctx, trainingdb.CountSeatsParams{Lo: "19", Hi: "199"})
		if len(seats) != 3 {
			t.Errorf("seats: %+v", seats)
		}
		// The same file again adds nobody; another role adds a seat.
		again := file + number(4) + ",تازه,politics,البرز,,,\n"
		again = strings.Replace(again, ",governor,", ",inspector,", 1)
		if lines, added, err = intake.People(ctx, db, now, hq, strings.NewReader(again)); err != nil || lines != 4 || added != 1 {
			t.Errorf("%d, %d, %v", lines, added, err)
		}
		if of, _ := trainingdb.New(db).SeatsOf(ctx, found[0].ID); len(of) != 2 {
			t.Errorf("seats of one: %+v", of)
		}
		if _, _, err := office.CheckLog(ctx, db); err != nil {
			t.Error(err)
		}
	})
}

func TestFaults(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		offices(t, db)
		ctx := context.Background()
		file := header + number(1) + ",الف,politics,قم,,,\n" + // right
			"123,ب,politics,قم,,,\n" +
			number(2) + ",,king,قم,,,12\n" +
			number(3) + ",ج,it,اتلانتیس,,,\n" +
			number(4) + ",چ,it,قم,جده,,\n" +
			number(5) + ",ح,it,قم,قم,شرقی,\n" +
			number(6) + ",خ,it,قم,,مرکزی,\n" +
			number(1) + ",د,it,قم,,,\n" +
			number(7) + ",ذ,it,البرز,,,\n" +
			"a,b\n" +
			"\"x\"y,ر,it,قم,,,\n" +
			number(8) + ",\xff,it,قم,,,\n"
		_, _, err := intake.People(ctx, db, now, qom, strings.NewReader(file))
		var e *intake.ImportError
		if !errors.As(err, &e) {
			t.Fatal(err)
		}
		want := []intake.LineFault{{Line: 3, Field: "national_number", Say: intake.BadNumber}, {Line: 4, Field: "name", Say: intake.NoName},
			{Line: 4, Field: "role", Say: intake.BadRole}, {Line: 4, Field: "mobile", Say: intake.BadMobile}, {Line: 5, Field: "province", Say: intake.NoProvince},
			{Line: 6, Field: "county", Say: intake.NoCounty}, {Line: 7, Field: "district", Say: intake.NoDistrict}, {Line: 8, Field: "county", Say: intake.NoCounty},
			{Line: 9, Field: "national_number", Say: intake.SameNumber, Other: 2}, {Line: 10, Field: "province", Say: intake.OutOfReach},
			{Line: 11, Say: intake.BadLine}, {Line: 12, Say: intake.BadLine}, {Line: 13, Say: intake.BadLine}}
		if !reflect.DeepEqual(e.Faults, want) {
			t.Errorf("faults:\n%+v\nnot\n%+v", e.Faults, want)
		}
		if found, _ := office.Find(ctx, db, "", "", 10, 0); len(found) != 0 {
			t.Errorf("half of it is there: %+v", found)
		}
		for _, bad := range []string{"", "name,number\n", strings.Replace(header, "mobile", "phone", 1)} {
			if _, _, err := intake.People(ctx, db, now, qom, strings.NewReader(bad)); !errors.As(err, &e) || e.Faults[0].Say != intake.BadHeader {
				t.Errorf("%q: %v", bad, err)
			}
		}
	})
}

// Names of equal length, so that all lines have one.
var (
	given  = []string{"مریم", "سارا", "لیلا", "مهسا", "شیما", "کاوه", "نیما", "یوسف"}
	family = []string{"احمدی", "محمدی", "رضایی", "کریمی", "حسینی", "موسوی", "جعفری", "قاسمی", "صادقی", "رحیمی", "اکبری", "شریفی", "کاظمی", "مرادی", "حیدری", "طاهری"}
)

var benchLines = flag.Int("lines", 50_000, "how many lines the benchmark's file has")

// many is a file of n lines, made as it is read.
type many struct {
	n, at int
	rest  string
}

func (m *many) Seek(_ int64, whence int) (int64, error) {
	if whence == io.SeekEnd {
		return int64(len(header) + m.n*len(m.line(1))), nil
	}
	m.at, m.rest = 0, header
	return 0, nil
}

func (m *many) line(k int) string {
	return number(k) + "," + given[k%len(given)] + " " + family[k/7%len(family)] + ",branch-member,قم,قم,مرکزی,09123456789\n"
}

func (m *many) Read(p []byte) (int, error) {
	if m.rest == "" {
		if m.at == m.n {
			return 0, io.EOF
		}
		m.at++
		m.rest = m.line(m.at)
	}
	k := copy(p, m.rest)
	m.rest = m.rest[k:]
	return k, nil
}

// TestMany: every line of a large file with a fault is told, and nothing is taken.
func TestMany(t *testing.T) {
	db := storetest.SQLite(t)
	offices(t, db)
	_, _, err := intake.People(context.Background(), db, now, office.Actor{Person: "x", Posts: []office.Post{{Role: office.Province, Office: "05"}}}, &many{n: 20_000})
	var e *intake.ImportError
	if !errors.As(err, &e) || len(e.Faults) != 20_000 || e.Faults[19_999].Line != 20_001 {
		t.Errorf("%v", err)
	}
}

// TestProgress: whoever watches hears of all shares of the work in their order.
func TestProgress(t *testing.T) {
	db := storetest.SQLite(t)
	offices(t, db)
	var shares []float64
	if _, _, err := intake.Watch(context.Background(), db, now, hq, &many{n: 5000}, func(share float64) { shares = append(shares, share) }); err != nil {
		t.Fatal(err)
	}
	if len(shares) != 10 || !slices.IsSorted(shares) || shares[0] <= 0 || shares[4] > 0.5 || shares[5] <= 0.5 || shares[9] > 1 {
		t.Errorf("shares: %v", shares)
	}
}

// TestCancelled: of a file that is cancelled while it is checked, or while it goes
// into the tables, nothing is there.
func TestCancelled(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		offices(t, db)
		before, err := db.StateHash(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for at, n := range map[float64]int{0: 2_000, 0.99: 21_000} {
			ctx, cancel := context.WithCancel(context.Background())
			_, _, err := intake.Watch(ctx, db, now, hq, &many{n: n}, func(share float64) {
				if share > at {
					cancel()
				}
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled at %v: %v", at, err)
			}
			if after, err := db.StateHash(context.Background()); err != nil || after != before {
				t.Errorf("cancelled at %v, something is there, %v", at, err)
			}
		}
	})
}

// TestKilled: of a file during which the server of the database dies, nothing is
// there when it comes back, and then it can be imported.
func TestKilled(t *testing.T) {
	ctx, server := context.Background(), storetest.Own(t)
	db, err := store.Open(ctx, server.DSN, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	offices(t, db)
	before, err := db.StateHash(ctx)
	if err != nil {
		t.Fatal(err)
	}
	alive := true
	_, _, err = intake.Watch(ctx, db, now, hq, &many{n: 21_000}, func(share float64) {
		if share > 0.98 && alive {
			alive = false
			server.Kill(t)
		}
	})
	if alive || !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("the server dies: %v", err)
	}
	server.Start(t)
	if after, err := db.StateHash(ctx); err != nil || after != before {
		t.Errorf("something half-written is there, %v", err)
	}
	if lines, added, err := intake.People(ctx, db, now, hq, &many{n: 2_000}); err != nil || added != lines {
		t.Error(lines, added, err)
	}
}

// TestMeanwhile: while a file goes into PostgreSQL others write, and somebody whom
// they enter is not entered a second time.
func TestMeanwhile(t *testing.T) {
	db := storetest.Postgres(t)
	offices(t, db)
	ctx, entered := context.Background(), ""
	lines, added, err := intake.Watch(ctx, db, now, hq, &many{n: 3000}, func(share float64) {
		if share > 0.9 && entered == "" {
			err := db.Tx(ctx, func(tx *store.Tx) (err error) {
				p, err := office.AddPerson(ctx, tx, now, hq, office.Person{Name: "کسی دیگر", Number: number(2999), Office: "19"})
				entered = p.ID
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil || lines != 3000 || added != 2999 {
		t.Fatal(lines, added, err)
	}
	found, err := office.Find(ctx, db, "", number(2999), 10, 0)
	if err != nil || len(found) != 1 || found[0].ID != entered {
		t.Errorf("%+v, %v", found, err)
	}
	if of, err := trainingdb.New(db).SeatsOf(ctx, entered); err != nil || len(of) != 1 {
		t.Errorf("seats: %+v, %v", of, err)
	}
	if _, _, err := office.CheckLog(ctx, db); err != nil {
		t.Error(err)
	}
}

// TestChanged: a file that is another one when it is read again is not taken.
func TestChanged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		offices(t, db)
		ctx := context.Background()
		for _, n := range []int{1, 2, 4} {
			file := &changing{strings.NewReader(header + number(1) + ",الف,it,قم,,,\n" + number(2) + ",ب,it,قم,,,\n"), header, false}
			for k := range n {
				file.then += number(k+n/2) + ",ج,it,قم,,,\n"
			}
			if _, _, err := intake.People(ctx, db, now, hq, file); err == nil || !strings.Contains(err.Error(), "changed") {
				t.Errorf("%d other lines: %v", n, err)
			}
		}
		if found, _ := office.Find(ctx, db, "", "", 10, 0); len(found) != 0 {
			t.Errorf("some of it is there: %+v", found)
		}
	})
}

// changing is a file that is another one when it has been read.
type changing struct {
	*strings.Reader
	then string
	read bool
}

func (c *changing) Seek(at int64, whence int) (int64, error) {
	if whence == io.SeekStart && c.Len() == 0 && c.Size() > 0 {
		if c.read { // the first seek to the start comes after one to the end
			c.Reset(c.then)
		}
		c.read = true
	}
	return c.Reader.Seek(at, whence)
}

// FuzzPeople: whatever the file, it is taken whole, or refused with its faults.
func FuzzPeople(f *testing.F) {
	db := storetest.SQLite(f)
	offices(f, db)
	f.Add(header + number(1) + ",الف,it,قم,,,09123456789\n")
	f.Add("\ufeff" + header + number(1) + ",\"الف\"\"\n\",it,قم,قم,مرکزی,\n" + number(1) + ",ب,it\n")
	f.Add(header[:20])
	f.Fuzz(func(t *testing.T, file string) {
		var wrong *intake.ImportError
		lines, added, err := intake.People(context.Background(), db, now, hq, strings.NewReader(file))
		switch {
		case err == nil && (added > lines || lines > strings.Count(file, "\n")):
			t.Errorf("%d lines, %d people", lines, added)
		case err != nil && (!errors.As(err, &wrong) || len(wrong.Faults) == 0 || lines+added > 0):
			t.Errorf("%d, %d, %v", lines, added, err)
		}
	})
}

func BenchmarkPeople(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *store.DB
	}{{"sqlite", storetest.SQLite}, {"postgres", storetest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			n := *benchLines
			for b.Loop() {
				b.StopTimer()
				db := engine.open(b)
				offices(b, db)
				b.StartTimer()
				if lines, _, err := intake.People(context.Background(), db, now, hq, &many{n: n}); err != nil || lines != n {
					b.Fatal(lines, err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}

// BenchmarkFaults reads a file each line of which is wrong.
func BenchmarkFaults(b *testing.B) {
	db := storetest.SQLite(b)
	offices(b, db)
	elsewhere := office.Actor{Person: "x", Posts: []office.Post{{Role: office.Province, Office: "05"}}}
	for b.Loop() {
		var wrong *intake.ImportError
		if _, _, err := intake.People(context.Background(), db, now, elsewhere, &many{n: *benchLines}); !errors.As(err, &wrong) || len(wrong.Faults) != *benchLines {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(*benchLines)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}
