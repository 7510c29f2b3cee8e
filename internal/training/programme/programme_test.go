package programme_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/planner"
	"github.com/sandogh/sandogh/internal/planner/iran"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/internal/training/programme"
)

var hq = office.Actor{Person: "hq", Posts: []office.Post{{Role: office.HQ}}}

// TestPlan: headquarters plan the country's programme, change it, and publish it.
func TestPlan(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, now := context.Background(), time.Date(2026, 5, 20, 6, 0, 0, 0, time.UTC)
		tx := func(write func(tx *store.Tx) error) {
			t.Helper()
			if err := db.Tx(ctx, write); err != nil {
				t.Fatal(err)
			}
		}
		var p *programme.Programme
		tx(func(tx *store.Tx) (err error) {
			q := officedb.New(tx)
			if err := q.InsertOffice(ctx, officedb.InsertOfficeParams{Kind: office.Country, NameFa: "ایران"}); err != nil {
				return err
			}
			for i, province := range iran.Provinces() {
				code := string([]byte{'0' + byte((i+1)/10), '0' + byte((i+1)%10)})
				if err := q.InsertOffice(ctx, officedb.InsertOfficeParams{Code: code, Kind: office.ProvinceAt, NameFa: province.Fa}); err != nil {
					return err
				}
			}
			for range 3 {
				t, err := office.AddPerson(ctx, tx, now, hq, office.Person{Name: "آموزشگر", Office: "08"})
				if err != nil {
					return err
				}
				if _, err := office.Appoint(ctx, tx, now, hq, t.ID, office.Trainer, "08", "2026-01-01", ""); err != nil {
					return err
				}
			}
			course, err := training.AddCourse(ctx, tx, now, hq, "دوره", 12)
			if err != nil {
				return err
			}
			p, err = programme.Add(ctx, tx, now, hq, programme.Settings{Name: "برنامهٔ کشور", Kind: training.National, Course: course, Size: 4, Days: 2, Parallel: 1, Teachers: 2, Seats: 60,
				Window: planner.Span{From: training.ISO("2026-05-23"), To: training.ISO("2026-07-11")}})
			return err
		})
		if len(p.Plan.Groups) != 8 || len(p.Plan.Wishes) != 0 || len(p.In.Trainers) != 3 || p.In.Teachers != 2 {
			t.Fatalf("%d groups, wishes %+v, trainers %+v", len(p.Plan.Groups), p.Plan.Wishes, p.In.Trainers)
		}
		for _, g := range p.Plan.Groups {
			if !g.Joined || g.Day == 0 || len(g.Trainers) != 2 {
				t.Errorf("%+v", g)
			}
		}
		// The first session as it was published.
		tx(func(tx *store.Tx) error {
			_, err := programme.Change(ctx, tx, now, hq, p.ID, 1, "first", func(p *programme.Programme) {
				if err := programme.PinFirst(ctx, tx, p); err != nil {
					t.Error(err)
				}
			})
			return err
		})
		p, _ = programme.Get(ctx, db, p.ID)
		first := p.Plan.Groups[0]
		for _, code := range []string{"05", "15", "18", "19"} { // Alborz, Semnan, Qazvin, Qom in the order of the alphabet
			if !slices.Contains(first.Units, code) {
				t.Errorf("the first session is that of %v", first.Units)
			}
		}
		// Two who plan at once: the second is told.
		err := db.Tx(ctx, func(tx *store.Tx) error {
			_, err := programme.Change(ctx, tx, now, hq, p.ID, 1, "pin", func(*programme.Programme) {})
			return err
		})
		if !errors.Is(err, store.ErrConflict) {
			t.Errorf("an old version is changed: %v", err)
		}
		publish := func(made, changed int) {
			t.Helper()
			tx(func(tx *store.Tx) error {
				m, c, err := programme.Publish(ctx, tx, now, hq, p.ID, p.Version)
				if m != made || c != changed {
					t.Errorf("%d sessions made, %d changed", m, c)
				}
				return err
			})
			p, _ = programme.Get(ctx, db, p.ID)
		}
		publish(8, 0)
		publish(0, 0)
		other := p.Plan.Groups[3].Day
		var moves []planner.Move
		tx(func(tx *store.Tx) (err error) {
			moves, err = programme.Change(ctx, tx, now, hq, p.ID, p.Version, "session", func(p *programme.Programme) {
				p.In.Pins = p.In.Pins.PinSession(8, planner.Pin{Day: other})
			})
			return err
		})
		if len(moves) < 2 {
			t.Errorf("to take the day of another moves %+v", moves)
		}
		p, _ = programme.Get(ctx, db, p.ID)
		if p.Plan.Groups[7].Day != other || p.Plan.Groups[3].Day == other {
			t.Errorf("days: %v and %v", p.Plan.Groups[7].Day, p.Plan.Groups[3].Day)
		}
		rows, err := trainingdb.New(db).SessionsOf(ctx, p.ID)
		if err != nil || training.ISO(rows[3].FirstDay) != other {
			t.Errorf("a session has moved before the plan was published: %v", err)
		}
		var days int
		for _, m := range planner.Diff(&p.Stands, &p.Plan) {
			if m.What == planner.MovedDay {
				days++
			}
		}
		publish(0, days)
		if rows, _ = trainingdb.New(db).SessionsOf(ctx, p.ID); training.ISO(rows[7].FirstDay) != other {
			t.Error("the session has not moved")
		}
	})
}
