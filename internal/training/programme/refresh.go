package programme

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/planner"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
)

// News is what is known now and was not when a programme was planned: the ids of
// venues, trainers and units that have come, gone or changed.
type News struct {
	Venues   []string `json:"venues"`
	Trainers []string `json:"trainers"`
	Units    []string `json:"units"`
}

// Any reports whether there is any.
func (n News) Any() bool { return len(n.Venues)+len(n.Trainers)+len(n.Units) > 0 }

// assumed is how many seats the hall has that is assumed where no venue is entered.
func (p *Programme) assumed() int64 {
	for _, v := range p.In.Venues {
		if slices.ContainsFunc(p.In.Units, func(u planner.Unit) bool { return u.ID == v.ID }) {
			return v.Seats
		}
	}
	var most int64
	for _, v := range p.In.Venues {
		most = max(most, v.Seats)
	}
	return most
}

// fresh is the input of a programme as it would be read today: the wishes of those
// who plan stay, what is known of units, venues and trainers is new.
func (p *Programme) fresh(ctx context.Context, db trainingdb.DBTX, today string) (planner.Input, error) {
	in, err := input(ctx, db, Settings{Kind: training.Kind(p.Kind), Office: p.Office, Window: p.In.Window, Size: p.In.Size, Days: p.In.Days, Parallel: p.In.Parallel,
		Teachers: p.In.Teachers, Seats: p.assumed(), Today: today})
	in.Holidays, in.Closed, in.Reach, in.Pins = p.In.Holidays, p.In.Closed, p.In.Reach, p.In.Pins
	return in, err
}

// news compares what two inputs know; halls that are assumed are no news.
func news(old, fresh planner.Input) News {
	assumed := func(id string) bool {
		return slices.ContainsFunc(fresh.Units, func(u planner.Unit) bool { return u.ID == id })
	}
	return News{
		Venues:   slices.DeleteFunc(differ(old.Venues, fresh.Venues, func(v planner.Venue) string { return v.ID }), assumed),
		Trainers: differ(old.Trainers, fresh.Trainers, func(t planner.Trainer) string { return t.ID }),
		Units:    differ(old.Units, fresh.Units, func(u planner.Unit) string { return u.ID }),
	}
}

// differ returns the ids of what is in one list alone, or not the same in both, in
// the order of the second.
func differ[T any](a, b []T, id func(T) string) []string {
	out := []string{}
	find := func(in []T, key string) int {
		return slices.IndexFunc(in, func(x T) bool { return id(x) == key })
	}
	for _, y := range b {
		if i := find(a, id(y)); i < 0 || !reflect.DeepEqual(a[i], y) {
			out = append(out, id(y))
		}
	}
	for _, x := range a {
		if find(b, id(x)) < 0 {
			out = append(out, id(x))
		}
	}
	return out
}

// Since returns what is new since a programme was planned.
func Since(ctx context.Context, db trainingdb.DBTX, now time.Time, p *Programme) (News, error) {
	in, err := p.fresh(ctx, db, office.Day(now))
	if err != nil {
		return News{}, fmt.Errorf("look for what is new: %w", err)
	}
	return news(p.In, in), nil
}

// Preview returns the programme as planning it anew today would make it, what is
// new, and what would move. Nothing is written.
func Preview(ctx context.Context, db trainingdb.DBTX, now time.Time, id string) (*Programme, News, []planner.Move, error) {
	p, err := Get(ctx, db, id)
	if err != nil {
		return nil, News{}, nil, err
	}
	in, err := p.fresh(ctx, db, office.Day(now))
	if err != nil {
		return nil, News{}, nil, fmt.Errorf("plan anew: %w", err)
	}
	n := news(p.In, in)
	if !n.Any() {
		return p, n, nil, nil
	}
	plan, err := made(in, &p.Plan)
	if err != nil {
		return nil, News{}, nil, fmt.Errorf("plan anew: %w", err)
	}
	moves := planner.Diff(&p.Plan, plan)
	next := *p
	next.In, next.Plan = in, *plan
	return &next, n, moves, nil
}

// Refresh plans anew with the units, venues and trainers of today, over the version
// that was read, and returns what moves. Pins stay.
func Refresh(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id string, version int64) ([]planner.Move, error) {
	p, err := Get(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	in, err := p.fresh(ctx, tx, office.Day(now))
	if err != nil {
		return nil, fmt.Errorf("plan anew: %w", err)
	}
	return Change(ctx, tx, now, a, id, version, "refresh", func(p *Programme) { p.In = in })
}

// made plans. Without any trainer sessions are planned without: the number that is
// wished for holds from when there are some.
func made(in planner.Input, before *planner.Plan) (*planner.Plan, error) {
	if len(in.Trainers) == 0 {
		in.Teachers = 0
	}
	return planner.Make(in, before)
}
