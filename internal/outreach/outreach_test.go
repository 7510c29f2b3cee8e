package outreach_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/outreach"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"pgregory.net/rapid"
)

var now = time.Date(2026, 4, 21, 8, 30, 0, 0, time.UTC)

// people are headquarters, a province, and somebody who answers.
func people(t *testing.T, db *store.DB) (hq, qom, answerer office.Actor) {
	t.Helper()
	hq = office.Actor{Posts: []office.Post{{Role: office.HQ}}}
	ctx := context.Background()
	err := db.Tx(ctx, func(tx *store.Tx) error {
		for _, o := range []officedb.InsertOfficeParams{{Code: "", Kind: office.Country, NameFa: "ایران", NameEn: "Iran"},
			{Code: "07", Kind: office.ProvinceAt, NameFa: "قم", NameEn: "Qom"}, {Code: "23", Kind: office.ProvinceAt, NameFa: "تهران", NameEn: "Tehran"}} {
			if err := officedb.New(tx).InsertOffice(ctx, o); err != nil {
				return err
			}
		}
		for _, one := range []struct {
			actor *office.Actor
			role  office.Role
			code  string
		}{{&hq, office.HQ, ""}, {&qom, office.Province, "07"}, {&answerer, office.Auditor, "07"}} {
			p, err := office.AddPerson(ctx, tx, now, hq, office.Person{Name: string(one.role), Office: one.code, Simulated: true})
			if err != nil {
				return err
			}
			*one.actor = office.Actor{Person: p.ID, Posts: []office.Post{{Role: one.role, Office: one.code}}}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return hq, qom, answerer
}

func wants(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%v, not %v", err, want)
	}
}

func TestMeeting(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		hq, qom, answerer := people(t, db)
		try := func(f func(tx *store.Tx) error) error { return db.Tx(ctx, f) }
		plan := func(a office.Actor, m outreach.Meeting) (outreach.Meeting, error) {
			err := try(func(tx *store.Tx) (err error) { m, err = outreach.Plan(ctx, tx, now, a, m); return err })
			return m, err
		}
		_, err := plan(qom, outreach.Meeting{Office: "23", Kind: "social", Partner: "x", Planned: "2026-04-20"})
		wants(t, err, office.ErrForbidden)
		m, err := plan(qom, outreach.Meeting{Office: "07", Kind: "social", Partner: "انجمن معلولان", Subject: "دسترسی", Planned: "2026-04-20"})
		wants(t, err, nil)
		ask := func(a office.Actor) (outreach.Request, error) {
			x := outreach.Request{Meeting: m.ID, Content: "رمپ", Owner: answerer.Person, Due: "2026-05-01"}
			err := try(func(tx *store.Tx) (err error) { x, err = outreach.Ask(ctx, tx, now, a, x); return err })
			return x, err
		}
		_, err = ask(qom)
		wants(t, err, outreach.ErrState) // it is not held yet
		m.Venue = "استانداری"
		m, err = plan(qom, m)
		wants(t, err, nil)
		stale := m
		stale.Version = 1
		_, err = plan(qom, stale)
		wants(t, err, store.ErrConflict)
		hold := func(version int64) error {
			return try(func(tx *store.Tx) error {
				return outreach.Hold(ctx, tx, now, qom, m.ID, "2026-04-20", 40, "گفت‌وگو", version)
			})
		}
		wants(t, hold(1), store.ErrConflict)
		wants(t, hold(2), nil)
		wants(t, hold(3), outreach.ErrState)
		wants(t, try(func(tx *store.Tx) error { return outreach.Cancel(ctx, tx, now, hq, m.ID, "x", 3) }), outreach.ErrState)
		_, err = plan(qom, m)
		wants(t, err, outreach.ErrState)
		_, err = ask(answerer)
		wants(t, err, office.ErrForbidden)
		x, err := ask(qom)
		wants(t, err, nil)
		answer := func(a office.Actor, text string, version int64) error {
			return try(func(tx *store.Tx) error { return outreach.Answer(ctx, tx, now, a, x.ID, text, version) })
		}
		wants(t, answer(office.Actor{}, "y", 1), office.ErrForbidden)
		if answer(answerer, "", 1) == nil {
			t.Error("an empty answer")
		}
		wants(t, answer(answerer, "نصب می‌شود", 9), store.ErrConflict)
		wants(t, answer(answerer, "نصب می‌شود", 1), nil)
		wants(t, answer(answerer, "باز", 2), outreach.ErrState)
		got, err := outreach.GetMeeting(ctx, db, m.ID)
		if err != nil || got.State != outreach.Held || got.Attendance != 40 || got.Venue != "استانداری" {
			t.Errorf("%+v, %v", got, err)
		}
		if n, _, err := office.CheckLog(ctx, db); err != nil || n < 8 {
			t.Errorf("log of %d lines, %v", n, err)
		}
	})
}

func TestCampaign(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		hq, qom, _ := people(t, db)
		save := func(a office.Actor, c outreach.Campaign) (outreach.Campaign, error) {
			err := db.Tx(ctx, func(tx *store.Tx) (err error) { c, err = outreach.Save(ctx, tx, now, a, c); return err })
			return c, err
		}
		if _, err := save(qom, outreach.Campaign{Office: "07", Name: "n", Reach: 5, Target: 10}); err == nil {
			t.Error("a reach that nobody has measured")
		}
		c, err := save(qom, outreach.Campaign{Office: "07", Name: "n", Reach: outreach.Unknown, Target: 10})
		wants(t, err, nil)
		c.Reach, c.Measured = 5, "survey"
		_, err = save(hq, c)
		wants(t, err, nil)
		_, err = save(hq, c)
		wants(t, err, store.ErrConflict)
		_, err = save(qom, outreach.Campaign{Office: "23", Reach: outreach.Unknown})
		wants(t, err, office.ErrForbidden)
		if got, err := outreach.GetCampaign(ctx, db, c.ID); err != nil || got.Reach != 5 || got.Version != 2 || got.Office != "07" {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

const header = "province,round,contest,basis,eligible,voted,source\n"

func TestTurnout(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		hq, qom, _ := people(t, db)
		in := func(a office.Actor, text string) (n int, err error) {
			err = db.Tx(ctx, func(tx *store.Tx) (err error) {
				n, err = outreach.Import(ctx, tx, now, a, strings.NewReader(text))
				return err
			})
			return n, err
		}
		good := "\ufeff" + header + "-,1400,councils,civil-register,59000000,25000000,وزارت کشور\nقم,۱۴۰۰,councils,civil-register,۸۰۰۰۰۰,۴۰۰۰۰۰,x\nQom,1396,councils,civil-register,700000,500000,x\n07,1396,councils,census,710000,500000,y\n"
		if n, err := in(hq, good); n != 4 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		_, err := in(qom, good)
		wants(t, err, office.ErrForbidden)
		_, err = in(hq, header+"نیست,1400,councils,census,10,5,x\nقم,1400,club,guess,0,5,x\nقم,1400,councils,census,10,11,x\nقم,1400,councils,census,1 000,5,x\nقم,1400,councils,census,10,5,\nقم,1400\n"+
			"قم,1400,councils,census,10,5,x\nقم,1400,councils,census,10,6,x\nقم,1400,councils,census,10,5,\"x\n")
		var faults outreach.Faults
		if !errors.As(err, &faults) {
			t.Fatal(err)
		}
		var got []string
		for _, f := range faults {
			got = append(got, fmt.Sprintf("%d %s %s", f.Line, f.Field, f.Code))
		}
		want := []string{"2 province province", "3 contest contest", "3 basis basis", "3 eligible number", "4 voted more", "5 eligible number", "6 source empty", "7  columns", "9  twice", "10  quotes"}
		if !slices.Equal(got, want) {
			t.Errorf("faults %q, not %q", got, want)
		}
		if n, err := in(hq, header+"قم,1400,councils,civil-register,800000,410000,corrected\n"); n != 1 || err != nil {
			t.Fatal(err)
		}
		all, err := outreach.Compare(ctx, db, "", "")
		if err != nil || len(all) != 2 {
			t.Fatalf("%+v, %v", all, err)
		}
		for _, c := range all {
			if c.Basis == "census" && len(c.Figures) != 1 || c.Basis == "civil-register" && (len(c.Figures) != 3 || c.Figures[2].Voted != 410000) {
				t.Errorf("%+v", c)
			}
		}
		if all, err := outreach.Compare(ctx, db, "majlis", ""); err != nil || len(all) != 0 {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

// Whatever figures are written to a file, in whatever digits, are read from it.
func TestParseRoundTrip(t *testing.T) {
	persian := strings.NewReplacer("0", "۰", "1", "۱", "2", "۲", "3", "۳", "4", "۴", "5", "۵", "6", "۶", "7", "۷", "8", "۸", "9", "۹")
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		b.WriteString(header)
		var want []outreach.Turnout
		for i := range rapid.IntRange(1, 8).Draw(t, "lines") {
			eligible := rapid.Int64Range(1, 1e9).Draw(t, "eligible")
			x := outreach.Turnout{Office: "07", Round: fmt.Sprint(1370 + i), Contest: rapid.SampledFrom(outreach.Contests).Draw(t, "contest"), Basis: rapid.SampledFrom(outreach.Bases).Draw(t, "basis"),
				Eligible: eligible, Voted: rapid.Int64Range(0, eligible).Draw(t, "voted"), Source: "s"}
			want = append(want, x)
			line := fmt.Sprintf("07,%s,%s,%s,%d,%d,s\n", x.Round, x.Contest, x.Basis, x.Eligible, x.Voted)
			if rapid.Bool().Draw(t, "persian") {
				line = persian.Replace(line)
			}
			b.WriteString(line)
		}
		got, err := outreach.Parse(strings.NewReader(b.String()), func(name string) (string, bool) { return "07", name == "07" || name == "۰۷" })
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%+v, %v, not %+v", got, err, want)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(header + "قم,1400,councils,census,10,5,x\n")
	f.Add(header + "-,۱۴۰۰,majlis,voters-roll,۱۰,۵,\"x\"\n")
	f.Add("\ufeff" + header + "قم,,,,,\n")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := outreach.Parse(strings.NewReader(text), func(name string) (string, bool) { return "07", name == "قم" })
		var faults outreach.Faults
		if err != nil && (!errors.As(err, &faults) || len(faults) == 0 || all != nil) {
			t.Fatalf("%d figures and %v", len(all), err)
		}
		for _, x := range all {
			if x.Eligible < 1 || x.Voted < 0 || x.Voted > x.Eligible || x.Source == "" || !slices.Contains(outreach.Bases, x.Basis) {
				t.Errorf("%+v", x)
			}
		}
	})
}
