package history_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training/history"
	"github.com/sandogh/sandogh/internal/training/intake"
)

const head = "national_number,round,role,place\n"

// country has somebody in Qom and somebody in Fars, and returns who imports for Qom.
func country(t testing.TB, db *store.DB) (qom office.Actor, person string) {
	t.Helper()
	ctx, now := context.Background(), time.Date(2026, 5, 20, 6, 0, 0, 0, time.UTC)
	hq := office.Actor{Person: "hq", Posts: []office.Post{{Role: office.HQ}}}
	err := db.Tx(ctx, func(tx *store.Tx) error {
		for _, o := range []officedb.InsertOfficeParams{{Kind: office.Country, NameFa: "ایران"}, {Code: "07", Kind: office.ProvinceAt, NameFa: "قم"}, {Code: "08", Kind: office.ProvinceAt, NameFa: "فارس"}} {
			if err := officedb.New(tx).InsertOffice(ctx, o); err != nil {
				return err
			}
		}
		for code, number := range map[string]string{"07": "0932833810", "08": "9876543210"} {
			p, err := office.AddPerson(ctx, tx, now, hq, office.Person{Name: "مریم", Number: number, Office: code})
			if err != nil {
				return err
			}
			if code == "07" {
				person = p.ID
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return office.Actor{Person: person, Posts: []office.Post{{Role: office.Province, Office: "07"}}}, person
}

func TestImport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, now := context.Background(), time.Now()
		qom, person := country(t, db)
		file := "\ufeff" + head + "۰۹۳۲۸۳۳۸۱۰,۱۴۰۰,branch-member,شعبهٔ ۱۲\n0932833810,1396,رئیس شعبه,\n"
		for _, want := range []int{2, 0} { // a second time nothing is new
			lines, added, err := history.Import(ctx, db, now, qom, strings.NewReader(file))
			if lines != 2 || added != want || err != nil {
				t.Errorf("%d lines, %d added, %v", lines, added, err)
			}
		}
		rows, err := trainingdb.New(db).PastOf(ctx, person)
		if err != nil || len(rows) != 2 || rows[0].Round != "1400" || rows[0].Office != "شعبهٔ ۱۲" || rows[1].Role != "رئیس شعبه" {
			t.Errorf("%+v, %v", rows, err)
		}
		if n, _, err := office.CheckLog(ctx, db); err != nil || n != 4 { // two people, two files
			t.Errorf("%d lines in the log, %v", n, err)
		}
	})
}

// TestFaults: every fault of every line is told, and nothing is taken.
func TestFaults(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		qom, person := country(t, db)
		for _, c := range []struct{ file, want string }{
			{"", "1 past-header"},
			{"number,round\n", "1 past-header"},
			{head + "0932833810,1400,x\n", "2 past-line"},
			{head + "0932833810,1400,\"x,y\n", "2 past-line"},
			{head + "0932833810,1400,x,\xff\n", "2 past-line"},
			{head + "0932833811,,," + strings.Repeat("ب", 101) + "\n0932833810,1400,x,y\n", "2 number 2 round 2 past-role 2 place"},
			{head + "0932833810,1400,x,y\n9876543210,1400,x,y\n1234567891,1400,x,y\n", "3 person 4 person"}, // one is not within reach, one is not there
			{head + strings.Repeat("0932833810,1400,x,y\n", history.MaxLines+1), fmt.Sprint(history.MaxLines+2, " lines")},
		} {
			_, _, err := history.Import(ctx, db, time.Now(), qom, strings.NewReader(c.file))
			var wrong *intake.ImportError
			if !errors.As(err, &wrong) {
				t.Errorf("%.60q: %v", c.file, err)
				continue
			}
			var got []string
			for _, f := range wrong.Faults {
				got = append(got, fmt.Sprint(f.Line, " ", f.Say))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%.60q: %v, not %s", c.file, got, c.want)
			}
			if strings.Contains(err.Error(), "09328") {
				t.Errorf("a number is told: %v", err)
			}
		}
		if rows, err := trainingdb.New(db).PastOf(ctx, person); len(rows) != 0 || err != nil {
			t.Errorf("%+v, %v", rows, err)
		}
	})
}

func FuzzImport(f *testing.F) {
	db := storetest.SQLite(f)
	qom, person := country(f, db)
	for _, seed := range []string{"", head, head + "0932833810,1400,x,y\n", head + "\"", "\ufeff" + head + "۰۹۳۲۸۳۳۸۱۰,۱۴۰۰,x,\r\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, added, err := history.Import(context.Background(), db, time.Now(), qom, strings.NewReader(string(data)))
		if err == nil && added > lines {
			t.Errorf("%d lines, %d added", lines, added)
		}
		var wrong *intake.ImportError
		if err != nil && (!errors.As(err, &wrong) || len(wrong.Faults) == 0) {
			t.Error(err)
		}
		rows, err := trainingdb.New(db).PastOf(context.Background(), person)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.Round == "" || r.Role == "" {
				t.Errorf("%+v", r)
			}
		}
	})
}
