package readiness_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/agenda"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/readiness"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/storetest"
)

// large is a country of 31 provinces, 465 counties and 1,395 districts, counted
// for eight days, in which every second county has confirmed a stage.
func large(b *testing.B, db *store.DB) (now time.Time) {
	b.Helper()
	ctx := context.Background()
	roles := []string{"a", "b", "c", "d", "e"}
	var offices, cells, past, counts, events [][]any
	offices = append(offices, []any{"", office.Country, "ایران", "", int64(0), int64(1)})
	counts = append(counts, []any{"", store.Millis(start)})
	place := func(code, kind string) {
		offices = append(offices, []any{code, kind, "دفتر " + code, "", int64(0), int64(1)})
	}
	for p := range 31 {
		province := fmt.Sprintf("%02d", p)
		place(province, office.ProvinceAt)
		counts = append(counts, []any{province, store.Millis(start)})
		for c := range 15 {
			county := fmt.Sprintf("%s%03d", province, c)
			place(county, office.CountyAt)
			for day := range 8 {
				past = append(past, []any{office.Day(start.AddDate(0, 0, day-7)), county, int64(3000), int64(100 + 10*day)})
			}
			if c%2 == 0 {
				events = append(events, []any{int64(len(events) + 1), "2026-04-20", county, calendar.Confirm, "executive-boards-city",
					`{"event":"confirm","on":"1405-01-31","stage":"executive-boards-city"}`, "", "2026-08-01", "p", int64(1)})
			}
			for d := range 3 {
				district := fmt.Sprintf("%s%02d", county, d)
				place(district, office.DistrictAt)
				for _, role := range roles {
					cells = append(cells, []any{district, role, int64(200), int64(50), int64(3), int64(20)})
				}
			}
		}
	}
	err := db.Tx(ctx, func(tx *store.Tx) error {
		for _, t := range []struct {
			table   string
			columns []string
			rows    [][]any
		}{
			{"office", []string{"code", "kind", "name_fa", "name_en", "population", "version"}, offices},
			{"readiness_now", []string{"unit", "role", "seats", "trained", "stale", "invited"}, cells},
			{"readiness_past", []string{"day", "unit", "seats", "trained"}, past},
			{"readiness_count", []string{"part", "counted"}, counts},
			{"agenda_event", []string{"seq", "on_day", "office", "event", "stage", "content", "reason", "base", "person", "at"}, events},
		} {
			err := tx.Load(ctx, t.table, t.columns, func(yield func([]any, error) bool) {
				for _, row := range t.rows {
					if !yield(row, nil) {
						return
					}
				}
			})
			if err != nil {
				return err
			}
		}
		return office.SaveElection(ctx, tx, start, office.Actor{}, office.Election{Kinds: []string{"city", "village"}, PollingDay: "2026-08-01"})
	})
	if err != nil {
		b.Fatal(err)
	}
	return start
}

// BenchmarkRead is what the page of the country waits for: "first" after a
// decision has changed every calendar, "again" otherwise.
func BenchmarkRead(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *store.DB
	}{{"sqlite", storetest.SQLite}, {"postgres", storetest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			ctx, db := context.Background(), engine.open(b)
			today := calendar.DayOf(large(b, db).Date())
			b.Run("first", func(b *testing.B) {
				for b.Loop() {
					book, err := agenda.NewDesk().Book(ctx, db)
					if err != nil {
						b.Fatal(err)
					}
					if _, err := readiness.Read(ctx, db, book, "", today); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("again", func(b *testing.B) {
				desk := agenda.NewDesk()
				for b.Loop() {
					book, err := desk.Book(ctx, db)
					if err != nil {
						b.Fatal(err)
					}
					if _, err := readiness.Read(ctx, db, book, "", today); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
