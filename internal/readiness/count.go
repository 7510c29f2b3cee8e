package readiness

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/readinessdb"
	"github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/law"
)

// tally is what is counted of a unit and a role.
type tally struct{ seats, trained, stale, invited int64 }

type cell struct{ unit, role string }

// upTo cuts a code to a level, the codes of which are so long.
func upTo(code string, level int) string { return code[:min(level, len(code))] }

// bounds returns the range of codes of a part: a province, or the country's own
// office.
func bounds(part string) (lo, hi string) {
	if part == "" {
		return "", "0"
	}
	return office.Range(part)
}

// parts returns what is counted in one go: the country's own office, and each
// province.
func parts(ctx context.Context, db readinessdb.DBTX) ([]string, error) {
	provinces, err := readinessdb.New(db).Provinces(ctx)
	return append([]string{""}, provinces...), err
}

// Count counts all of the country anew.
func Count(ctx context.Context, db *store.DB, reg *law.Register, now time.Time) error {
	all, err := parts(ctx, db)
	if err != nil {
		return fmt.Errorf("count readiness: %w", store.Classify(err))
	}
	for _, part := range all {
		if err := countPart(ctx, db, reg, now, part); err != nil {
			return err
		}
	}
	return nil
}

// Keep counts the part that was counted longest ago, whenever one is older than an
// age, until the context ends. It looks four times in that age. The register of
// the law is that of the folder, or the program's own.
func Keep(ctx context.Context, db *store.DB, dir string, now func() time.Time, age time.Duration, log *slog.Logger) {
	tick := time.NewTicker(age / 4)
	defer tick.Stop()
	for {
		if err := refresh(ctx, db, dir, now, age); err != nil && ctx.Err() == nil {
			log.Error("readiness was not counted", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func refresh(ctx context.Context, db *store.DB, dir string, now func() time.Time, age time.Duration) error {
	reg, err := training.Register(dir)
	if err != nil {
		return err
	}
	all, err := parts(ctx, db)
	if err != nil {
		return err
	}
	rows, err := readinessdb.New(db).Counts(ctx)
	if err != nil {
		return err
	}
	at := map[string]int64{}
	for _, r := range rows {
		at[r.Part] = r.Counted
	}
	slices.SortStableFunc(all, func(a, b string) int { return int(at[a]/1000 - at[b]/1000) })
	for _, part := range all {
		if t := now(); t.Sub(store.Time(at[part])) >= age || office.Day(t) != office.Day(store.Time(at[part])) {
			if err := countPart(ctx, db, reg, t, part); err != nil {
				return err
			}
		}
	}
	return nil
}

// countPart counts one part and keeps it, by itself.
func countPart(ctx context.Context, db *store.DB, reg *law.Register, now time.Time, part string) error {
	cells, err := count(ctx, db, reg, office.Day(now), part)
	if err == nil {
		err = db.Tx(ctx, func(tx *store.Tx) error { return keep(ctx, tx, now, part, cells) })
	}
	if err != nil {
		return fmt.Errorf("count readiness of %q: %w", part, store.Classify(err))
	}
	return nil
}

func count(ctx context.Context, db readinessdb.DBTX, reg *law.Register, today, part string) (map[cell]*tally, error) {
	q := readinessdb.New(db)
	lo, hi := bounds(part)
	cells := map[cell]*tally{}
	at := func(code, role string) *tally {
		c := cell{upTo(code, 7), role}
		if cells[c] == nil {
			cells[c] = &tally{}
		}
		return cells[c]
	}
	seats, err := q.Seats(ctx, readinessdb.SeatsParams{Lo: lo, Hi: hi})
	if err != nil {
		return nil, err
	}
	for _, s := range seats {
		at(s.Office, s.Role).seats += s.People
	}
	invited, err := q.Invited(ctx, readinessdb.InvitedParams{Lo: lo, Hi: hi})
	if err != nil {
		return nil, err
	}
	for _, i := range invited {
		at(i.Office, i.Role).invited += i.People
	}
	holders, err := q.Holders(ctx, readinessdb.HoldersParams{Lo: lo, Hi: hi})
	if err != nil {
		return nil, err
	}
	fresh := map[string]bool{} // by articles
	for i := 0; i < len(holders); {
		h, good := holders[i], false
		for ; i < len(holders) && holders[i].Office == h.Office && holders[i].Role == h.Role && holders[i].Person == h.Person; i++ {
			c := &holders[i]
			if _, known := fresh[c.Articles]; !known {
				fresh[c.Articles] = len(training.StaleOf(reg, c.Articles)) == 0
			}
			good = good || fresh[c.Articles] && c.Expires >= today
		}
		if good {
			at(h.Office, h.Role).trained++
		} else {
			at(h.Office, h.Role).stale++
		}
	}
	return cells, nil
}

func keep(ctx context.Context, tx *store.Tx, now time.Time, part string, cells map[cell]*tally) error {
	q := readinessdb.New(tx)
	lo, hi := bounds(part)
	day := office.Day(now)
	if err := q.DeleteNow(ctx, readinessdb.DeleteNowParams{Lo: lo, Hi: hi}); err != nil {
		return err
	}
	if err := q.DeletePast(ctx, readinessdb.DeletePastParams{Day: day, Lo: lo, Hi: hi}); err != nil {
		return err
	}
	past := map[string]*tally{part: {}} // also where nobody is to be trained: it was counted
	for c, t := range cells {
		err := q.InsertNow(ctx, readinessdb.InsertNowParams{Unit: c.unit, Role: c.role, Seats: t.seats, Trained: t.trained, Stale: t.stale, Invited: t.invited})
		if err != nil {
			return err
		}
		unit := upTo(c.unit, 5)
		if past[unit] == nil {
			past[unit] = &tally{}
		}
		past[unit].seats += t.seats
		past[unit].trained += t.trained
	}
	for _, unit := range slices.Sorted(maps.Keys(past)) {
		t := past[unit]
		if err := q.InsertPast(ctx, readinessdb.InsertPastParams{Day: day, Unit: unit, Seats: t.seats, Trained: t.trained}); err != nil {
			return err
		}
	}
	return q.PutCount(ctx, readinessdb.PutCountParams{Part: part, Counted: store.Millis(now)})
}
